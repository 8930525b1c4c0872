//! What pages say of the values of one place of an operation, put together as a tree.

use std::collections::{BTreeMap, BTreeSet};

use super::At;
use crate::facts::{Amount, Claim, Place, Shape};

/// A named value with all that is said of it, in the order of the pages.
#[derive(Debug, Clone, Default)]
pub(super) struct Value {
    /// Its name on the wire.
    pub(super) wire: String,
    /// The dotted path to it.
    pub(super) path: String,
    /// Where it is named: in a table, or in the request line.
    pub(super) named: Vec<At>,
    pub(super) shown: Vec<(Shape, At)>,
    pub(super) types: Vec<(Shape, At)>,
    pub(super) required: Vec<(bool, At)>,
    pub(super) defaults: Vec<(String, At)>,
    pub(super) values: Vec<(String, At)>,
    pub(super) limits: Vec<(Amount, At)>,
    pub(super) inside: Vec<Value>,
    /// An example shows it, and the table which describes what stands beside it does not list it.
    pub(super) is_unlisted: bool,
}

/// Values while they are collected: by index, with the indexes of what is inside.
#[derive(Default)]
struct Arena {
    values: Vec<(Value, Vec<usize>)>,
    known: BTreeMap<String, usize>,
    roots: Vec<usize>,
}

/// Values nest as deep as this; what is deeper is part of the value above it.
const DEEPEST: usize = 12;

impl Value {
    /// A place that says something of it.
    pub(super) fn at(&self) -> At {
        let places = [
            self.named.first(),
            self.types.first().map(|it| &it.1),
            self.required.first().map(|it| &it.1),
            self.shown.first().map(|it| &it.1),
            self.limits.first().map(|it| &it.1),
            self.values.first().map(|it| &it.1),
            self.defaults.first().map(|it| &it.1),
        ];
        places.into_iter().flatten().next().copied().unwrap_or_default()
    }

    /// Whether a table or the request line names it, and not only an example.
    pub(super) fn is_named(&self) -> bool {
        !self.named.is_empty() || self.is_described()
    }

    /// Whether a table says more of it than its name.
    pub(super) fn is_described(&self) -> bool {
        !self.types.is_empty() || !self.required.is_empty()
    }

    fn says(&mut self, claim: &Claim, at: At) {
        match claim {
            Claim::Field(_) => self.named.push(at),
            Claim::Type(_, shape) => self.types.push((*shape, at)),
            Claim::Required(_, required) => self.required.push((*required, at)),
            Claim::Default(_, value) => self.defaults.push((value.clone(), at)),
            Claim::Value(_, value) => {
                if !self.values.iter().any(|(it, _)| it == value) {
                    self.values.push((value.clone(), at));
                }
            }
            Claim::Shown(_, shape) => self.shown.push((*shape, at)),
            Claim::Limit(_, amount) => self.limits.push((*amount, at)),
            Claim::Error(_) => {}
        }
    }
}

/// The values of a place, as trees in the order in which they are first mentioned.
///
/// A table may leave out what stands around the payload: a path that no example shows means the shown paths that end with
/// it.
pub(super) fn collect(place: Place, claims: &[(Claim, At)]) -> Vec<Value> {
    let claims: Vec<_> = claims.iter().filter(|(claim, _)| claim.name().is_some_and(|it| it.place == place)).collect();
    let (shown, by_end) = shown_paths(&claims);
    let mut arena = Arena::default();
    for (claim, at) in claims {
        let Some(name) = claim.name() else { continue };
        let own = [name.path.as_str()];
        let paths = match by_end.get(own[0]) {
            Some(whole) if !shown.contains(own[0]) => whole.as_slice(),
            Some(_) | None => &own[..],
        };
        for path in paths {
            if let Some(index) = arena.index(path) {
                arena.values[index].0.says(claim, *at);
            }
        }
    }
    arena.trees()
}

/// Paths by what they end with.
type ByEnd<'c> = BTreeMap<&'c str, Vec<&'c str>>;

/// The paths that examples show, and by each end of theirs those that end so.
fn shown_paths<'c>(claims: &[&'c (Claim, At)]) -> (BTreeSet<&'c str>, ByEnd<'c>) {
    let mut shown = BTreeSet::new();
    let mut by_end = ByEnd::new();
    for (claim, _) in claims {
        let Claim::Shown(name, _) = claim else { continue };
        if !shown.insert(name.path.as_str()) {
            continue;
        }
        for (at, _) in name.path.match_indices('.').take(DEEPEST) {
            let paths = by_end.entry(&name.path[at + 1..]).or_default();
            if paths.len() < MOST {
                paths.push(&name.path);
            }
        }
    }
    (shown, by_end)
}

/// A row of a table describes at most so many values.
const MOST: usize = 8;

impl Arena {
    /// The value at a path, made with all that is above it; `None` for a path with an empty step.
    fn index(&mut self, path: &str) -> Option<usize> {
        if let Some(index) = self.known.get(path) {
            return Some(*index);
        }
        if path.split('.').any(str::is_empty) {
            return None;
        }
        let mut above = None;
        for (depth, end) in path.match_indices('.').map(|(at, _)| at).chain([path.len()]).enumerate() {
            if depth == DEEPEST {
                break;
            }
            let path = &path[..end];
            above = Some(match self.known.get(path) {
                Some(index) => *index,
                None => self.insert(path, above),
            });
        }
        above
    }

    fn insert(&mut self, path: &str, above: Option<usize>) -> usize {
        let wire = path.rsplit_once('.').map_or(path, |(_, wire)| wire).to_owned();
        let index = self.values.len();
        self.values.push((Value { wire, path: path.to_owned(), ..Value::default() }, Vec::new()));
        self.known.insert(path.to_owned(), index);
        match above {
            Some(above) => self.values[above].1.push(index),
            None => self.roots.push(index),
        }
        index
    }

    /// What is inside stands behind what it is inside of, so that taking from the end finds it whole.
    fn trees(mut self) -> Vec<Value> {
        let mut whole: BTreeMap<usize, Value> = BTreeMap::new();
        while let Some((mut value, inside)) = self.values.pop() {
            value.inside = inside.iter().filter_map(|it| whole.remove(it)).collect();
            whole.insert(self.values.len(), value);
        }
        let mut roots: Vec<_> = self.roots.iter().filter_map(|it| whole.remove(it)).collect();
        mark_unlisted(&mut roots);
        roots
    }
}

fn mark_unlisted(values: &mut [Value]) {
    let has_table = values.iter().any(Value::is_described);
    for value in values {
        value.is_unlisted = has_table && !value.is_named() && !value.shown.is_empty() && value.limits.is_empty();
        mark_unlisted(&mut value.inside);
    }
}
