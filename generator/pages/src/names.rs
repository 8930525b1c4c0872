//! From the names of a page to the fields that are expected: pages leave out what stands around a payload.

use std::collections::BTreeMap;

use crate::expected::{Field, Operation};
use crate::facts::{Name, Place};
use crate::matching::placeholders;

/// The fields of an expected operation, by the names that pages use, with those that were told.
pub(crate) struct Names<'e> {
    fields: &'e [Field],
    exact: BTreeMap<&'e Name, usize>,
    /// By place and last step of the path.
    by_end: BTreeMap<(Place, &'e str), Vec<usize>>,
    /// The parameters in the path, by the names that the page gives them.
    in_path: BTreeMap<String, usize>,
    told: Vec<bool>,
}

/// What a name of a page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// One of these fields; there are several when the page leaves out what would tell them apart.
    Fields(Vec<usize>),
    /// Something in a map, or in what may be any JSON.
    Inside,
    /// Nothing that is expected.
    Unknown,
}

impl Known {
    pub(crate) fn is_known(&self) -> bool {
        *self != Self::Unknown
    }
}

impl<'e> Names<'e> {
    /// The fields of an operation, with the path that the page gives it.
    pub(crate) fn new(path: &str, expected: &'e Operation) -> Self {
        let fields = expected.fields.as_slice();
        let mut by_end: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, Field { name, .. }) in fields.iter().enumerate() {
            let end = name.path.rsplit('.').next().unwrap_or_default();
            by_end.entry((name.place, end)).or_default().push(index);
        }
        let of_path = |wire: &str| fields.iter().position(|it| it.name.place == Place::Path && it.name.path == wire);
        let pairs = placeholders(path).zip(placeholders(&expected.path));
        Self {
            fields,
            exact: fields.iter().enumerate().map(|(index, it)| (&it.name, index)).collect(),
            by_end,
            in_path: pairs.filter_map(|(own, wire)| Some((own.to_owned(), of_path(wire)?))).collect(),
            told: vec![false; fields.len()],
        }
    }

    /// What a name is; the field, and those around it, are told from now on.
    pub(crate) fn resolve(&mut self, name: &Name) -> Known {
        let known = self.find(name);
        if let Known::Fields(found) = &known {
            found.iter().for_each(|it| self.tell(*it));
        }
        known
    }

    pub(crate) fn is_told(&self, index: usize) -> bool {
        self.told[index]
    }

    /// The expected field that holds a field.
    pub(crate) fn parent(&self, index: usize) -> Option<usize> {
        let Name { place, path } = &self.fields[index].name;
        let (above, _) = path.rsplit_once('.')?;
        self.exact.get(&Name { place: *place, path: above.to_owned() }).copied()
    }

    fn tell(&mut self, index: usize) {
        let mut next = Some(index);
        while let Some(index) = next.filter(|it| !self.told[*it]) {
            self.told[index] = true;
            next = self.parent(index);
        }
    }

    fn find(&self, name: &Name) -> Known {
        if let Some(index) = self.in_path.get(&name.path).filter(|_| name.place == Place::Path) {
            return Known::Fields(vec![*index]);
        }
        let found = self.ending(name);
        if name.place == Place::Path && found.iter().any(|it| self.in_path.values().any(|known| known == it)) {
            // The parameter has another name on the page; this is one more.
            return Known::Unknown;
        }
        if !found.is_empty() {
            return Known::Fields(found);
        }
        let mut path = name.path.as_str();
        while let Some((above, _)) = path.rsplit_once('.') {
            path = above;
            let above = self.ending(&Name { place: name.place, path: path.to_owned() });
            if above.iter().any(|it| self.fields[*it].is_open) {
                return Known::Inside;
            }
        }
        Known::Unknown
    }

    /// The field with this path, or those whose path ends with it.
    fn ending(&self, name: &Name) -> Vec<usize> {
        if let Some(index) = self.exact.get(name) {
            return vec![*index];
        }
        let end = name.path.rsplit('.').next().unwrap_or_default();
        let candidates = self.by_end.get(&(name.place, end)).map_or(&[][..], Vec::as_slice);
        let ends = |index: &&usize| {
            let above = self.fields[**index].name.path.strip_suffix(name.path.as_str());
            above.is_some_and(|it| it.ends_with('.'))
        };
        candidates.iter().filter(ends).copied().collect()
    }
}
