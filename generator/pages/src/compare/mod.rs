//! Holds what pages say against what is expected of them.
//!
//! What is the same in other words is no finding. These are the only equivalences, and each has a test:
//!
//! | a page may say | where the spec has | because |
//! |---|---|---|
//! | a path without its beginning | the one path that ends so | pages leave out what surrounds a payload |
//! | any name below it | a map or any JSON | a table cannot list its keys |
//! | another name in braces | the parameter at that place of the path | such names are not on the wire |
//! | a string | a list in path or query | it is joined by commas |
//! | a number | a whole number | pages seldom tell them apart |
//! | a mark either way | a condition | a column of marks cannot tell it |
//! | items, or seconds | a bound of a value | what a value counts is the prose's matter |
//! | a field once | the same field of a shared type in several operations | tables refer to each other |
//! | an object without its fields | its fields | tables refer to each other |
//! | no envelope | the envelope | it is told once, if at all |
//! | no table of replies, or of errors | fields, or errors | the section is on another page |
//! | a status alone | any error that has it | the rows are on another page |
//! | nothing but numbers | an operation | tables of numbers describe none |
//! | nothing | a number of the service | prose may tell it anywhere |

mod common;
mod operation;

use std::collections::{BTreeMap, BTreeSet};

use self::common::common;
use self::operation::Comparing;
use crate::expected::{At, Expected, Field, Number, Operation, Row};
use crate::facts::{self, Amount, Claim, ErrorRow, Facet, Fact, Name, Page, Place, Shape, Unit};
use crate::finding::{Change, Finding};
use crate::matching::{Told, matches};

/// What a comparison found.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// By operation, in the order of the spec.
    pub findings: Vec<Finding>,
    /// Ids of the operations that the pages tell of.
    pub told: BTreeSet<String>,
    /// Ids of the pages whose operations are mostly there.
    pub pages: BTreeSet<String>,
    /// Where each expected operation is told, by its index.
    pub(crate) matches: Vec<Vec<Told>>,
}

/// What stands for all operations of a page.
pub const EVERY: &str = "*";

/// Compares pages with what is expected.
pub fn compare(pages: &[Page], expected: &Expected) -> Comparison {
    let matches = matches(pages, expected);
    let mut comparison = Comparison::default();
    let mut told_places = BTreeSet::new();
    for (operation, told) in expected.operations.iter().zip(&matches.told).filter(|(_, told)| !told.is_empty()) {
        let mut one = Comparing::new(pages, told, operation, expected);
        one.facts();
        // A table of numbers describes no operation.
        if !one.is_described() {
            comparison.findings.append(&mut one.only_numbers());
            continue;
        }
        comparison.told.insert(operation.id.clone());
        one.rest();
        told_places.extend(one.told_places());
        comparison.findings.append(&mut one.findings);
    }
    comparison.pages = present(expected, &comparison.told);
    for (operation, _) in expected.operations.iter().zip(&matches.told).filter(|(_, told)| told.is_empty()) {
        if expected.strict || comparison.pages.contains(&operation.page) {
            let other = expected
                .operations
                .iter()
                .zip(&matches.told)
                .find(|(it, told)| it.page == operation.page && !told.is_empty());
            let page = other.map_or(0, |(_, told)| told[0].0);
            comparison.findings.push(gone(operation, pages.get(page).map(|it| it.file.clone())));
        }
    }
    if !expected.strict {
        comparison.findings.extend(common(pages, expected, &matches));
    }
    let described = matches.unknown.iter().filter(|it| expected.strict || !only_numbers(&pages[it.0].operations[it.1]));
    comparison.findings.extend(described.map(|told| new(pages, *told)));
    // What several operations share is told when one of them tells it.
    let shared = |it: &Finding| it.spec.as_ref().is_some_and(|at| told_places.contains(&(at.clone(), last(&it.name))));
    let is_field =
        |it: &Finding| it.change == Change::Removed && it.facet != Facet::Error && it.facet != Facet::Operation;
    comparison.findings.retain(|it| expected.strict || !is_field(it) || !shared(it));
    comparison.matches = matches.told;
    comparison
}

/// The pages of which more than half of the operations are there: of these, the others are missed.
fn present(expected: &Expected, told: &BTreeSet<String>) -> BTreeSet<String> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for operation in &expected.operations {
        let count = counts.entry(&operation.page).or_default();
        count.0 += usize::from(told.contains(&operation.id));
        count.1 += 1;
    }
    counts.into_iter().filter(|(_, (told, all))| told * 2 > *all).map(|(page, _)| page.to_owned()).collect()
}

/// Whether an operation stands in a table of numbers.
fn only_numbers(operation: &facts::Operation) -> bool {
    let is_number = |it: &Fact| match &it.claim {
        Claim::Limit(..) => true,
        Claim::Field(name) => name.place == Place::Path,
        _ => false,
    };
    operation.facts.iter().any(|it| matches!(it.claim, Claim::Limit(..))) && operation.facts.iter().all(is_number)
}

/// An operation that the pages no longer have.
fn gone(operation: &Operation, file: Option<String>) -> Finding {
    Finding {
        operation: operation.id.clone(),
        facet: Facet::Operation,
        change: Change::Removed,
        name: format!("{} {}", operation.method, operation.path),
        page: file.map(|file| At { file, line: 1 }),
        spec: Some(operation.at.clone()),
        told: None,
        expected: None,
        explained: None,
        moved: None,
    }
}

/// An operation that nobody expects.
fn new(pages: &[Page], (page, index): Told) -> Finding {
    let operation = &pages[page].operations[index];
    let name = format!("{} {}", operation.method, operation.path);
    Finding {
        operation: name.clone(),
        facet: Facet::Operation,
        change: Change::Added,
        name,
        page: Some(At { file: pages[page].file.clone(), line: operation.line }),
        spec: None,
        told: None,
        expected: None,
        explained: None,
        moved: None,
    }
}

impl Row {
    /// Whether a row of a page is this one. A status alone may be any error that has it.
    pub(crate) fn is(&self, row: &ErrorRow) -> bool {
        let is_status_alone = row.code.is_empty() && row.message.is_empty();
        let same_code = self.row.code.split_whitespace().eq([row.code.split_whitespace().collect::<String>().as_str()])
            || self.row.code == row.code;
        let same_message =
            if row.message.is_empty() { self.row.message.is_empty() } else { self.message.is(&row.message) };
        self.row.status == row.status && (is_status_alone || same_code && same_message)
    }
}

impl Number {
    /// Whether it may be meant where a number is told of a parameter, or of the operation as a whole.
    pub(crate) fn is_of(&self, name: Option<&Name>) -> bool {
        match (&self.name, name) {
            (Some(own), Some(told)) if told.place != Place::Path => {
                own.place == told.place && ends_with(&own.path, &told.path)
            }
            // Names in paths differ, and an operation has hardly two bounded ones.
            (Some(own), Some(_)) => own.place == Place::Path,
            (None, _) | (_, None) => true,
        }
    }

    /// Whether a number of a page is this one.
    pub(crate) fn is(&self, amount: Amount) -> bool {
        self.amount == amount
            || self.also.contains(&amount)
            || self.amount.number == amount.number && (self.any_unit || counts_like(self.amount.unit, amount.unit))
    }
}

/// Whether two units may be meant by the same words.
pub(crate) fn counts_like(a: Unit, b: Unit) -> bool {
    let class = |it: Unit| match it {
        Unit::Items | Unit::Value => Unit::Items,
        Unit::Characters | Unit::Bytes | Unit::Seconds => it,
        Unit::PerSecond | Unit::PerMinute | Unit::PerHour | Unit::PerDay => it,
    };
    class(a) == class(b)
}

/// Whether a page may say a shape where these are expected; anything may be said where nothing is.
fn fits(shape: Shape, field: &Field, expected: &[Shape]) -> bool {
    let joined = matches!(field.name.place, Place::Path | Place::Query) && expected.contains(&Shape::List);
    expected.contains(&shape)
        || (shape == Shape::Number && expected.contains(&Shape::Integer))
        || (shape == Shape::Integer && expected.contains(&Shape::Number))
        || (shape == Shape::String && joined)
}

/// Whether two values are the same on the wire.
fn same_value(a: &str, b: &str) -> bool {
    a == b || matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(a), Ok(b)) if (a - b).abs() < f64::EPSILON)
}

/// Whether a path is another one, or ends with it.
pub(crate) fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

/// Whether a path stands below another.
pub(crate) fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// The last step of a path.
fn last(path: &str) -> String {
    path.rsplit('.').next().unwrap_or_default().to_owned()
}

/// What a finding about a claim is called.
pub(crate) fn name_of(claim: &Claim) -> String {
    match claim {
        Claim::Limit(None, amount) => amount.to_string(),
        Claim::Error(ErrorRow { status, code, message }) => {
            let text = format!("{status} {code}: {message}");
            text.trim_end_matches([':', ' ']).to_owned()
        }
        other => other.name().map(|it| it.path.clone()).unwrap_or_default(),
    }
}
