//! Which operation of a page is which of the spec: by method and the shape of the path, never by heading or place.

use std::collections::BTreeMap;

use crate::expected::{Expected, Field, Operation};
use crate::facts::{self, Claim, Page, Place};
use crate::names::Names;

/// An operation of a page: index of the page, and of the operation on it.
pub(crate) type Told = (usize, usize);

/// For each expected operation, where it is told; and what is told and not expected.
pub(crate) struct Matches {
    /// By index of the expected operation.
    pub(crate) told: Vec<Vec<Told>>,
    /// In the order of the pages.
    pub(crate) unknown: Vec<Told>,
}

/// Finds for every operation of the pages the one that is expected.
pub(crate) fn matches(pages: &[Page], expected: &Expected) -> Matches {
    let mut by_key: BTreeMap<(String, String), (Vec<Told>, Vec<usize>)> = BTreeMap::new();
    for (index, operation) in expected.operations.iter().enumerate() {
        by_key.entry(key(&operation.method, &operation.path)).or_default().1.push(index);
    }
    for (page, it) in pages.iter().enumerate() {
        for (index, operation) in it.operations.iter().enumerate() {
            by_key.entry(key(&operation.method, &operation.path)).or_default().0.push((page, index));
        }
    }
    let mut matches = Matches { told: vec![Vec::new(); expected.operations.len()], unknown: Vec::new() };
    for (told, candidates) in by_key.values() {
        match candidates.as_slice() {
            [] => matches.unknown.extend(told),
            [only] => matches.told[*only].extend(told),
            several => {
                for (told, index) in twins(pages, expected, told, several) {
                    matches.told[index].push(told);
                }
            }
        }
    }
    matches.told.iter_mut().for_each(|it| it.sort_unstable());
    matches.unknown.sort_unstable();
    matches
}

/// Method and path with nothing in the braces.
fn key(method: &str, path: &str) -> (String, String) {
    let shape = path.trim_end_matches('/').split('/').map(|it| if is_placeholder(it) { "{}" } else { it });
    (method.to_ascii_uppercase(), shape.collect::<Vec<_>>().join("/"))
}

fn is_placeholder(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}

/// The names in the braces of a path, in order.
pub(crate) fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|it| is_placeholder(it)).map(|it| &it[1..it.len() - 1])
}

/// Tells operations apart that share method and shape: those that have most in common belong together, each expected one
/// first once; of equals, those in the same order.
fn twins(pages: &[Page], expected: &Expected, told: &[Told], candidates: &[usize]) -> Vec<(Told, usize)> {
    let mut pairs = Vec::new();
    for (order, (page, index)) in told.iter().enumerate() {
        for (position, candidate) in candidates.iter().enumerate() {
            let score = likeness(&pages[*page].operations[*index], &expected.operations[*candidate]);
            pairs.push((-score, order.abs_diff(position), order, *candidate));
        }
    }
    pairs.sort_unstable();
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, _, order, candidate) in &pairs {
        if !found.contains_key(order) && !found.values().any(|it| it == candidate) {
            found.insert(*order, *candidate);
        }
    }
    for (_, _, order, candidate) in &pairs {
        found.entry(*order).or_insert(*candidate);
    }
    found.into_iter().map(|(order, candidate)| (told[order], candidate)).collect()
}

/// How much an operation of a page has in common with an expected one.
fn likeness(told: &facts::Operation, expected: &Operation) -> i64 {
    /// A parameter's name in the path is chosen for the operation, other names are often shared by twins.
    const PLACEHOLDER: i64 = 3;
    let mut names = Names::new(&told.path, expected);
    let mut score = 0;
    for (own, other) in placeholders(&told.path).zip(placeholders(&expected.path)) {
        score += if own == other { PLACEHOLDER } else { 0 };
    }
    for fact in &told.facts {
        let has_it = match &fact.claim {
            Claim::Limit(_, amount) => expected.numbers.iter().any(|it| it.is(*amount)),
            Claim::Error(row) => expected.errors.iter().any(|it| it.is(row)),
            Claim::Field(name) | Claim::Shown(name, _) => names.resolve(name).is_known(),
            Claim::Type(..) | Claim::Required(..) | Claim::Default(..) | Claim::Value(..) => continue,
        };
        score += if has_it { 1 } else { -1 };
    }
    let asked =
        |it: &Field| matches!(it.name.place, Place::Query | Place::Header | Place::Body) && it.required == [true];
    let missing = expected.fields.iter().enumerate().filter(|(index, it)| asked(it) && !names.is_told(*index)).count();
    score - i64::try_from(missing).unwrap_or(i64::MAX)
}
