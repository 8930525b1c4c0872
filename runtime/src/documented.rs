//! From what a server says to what its documentation says about it.

use std::fmt;

use apigen_core::template::Template;

use crate::api::{Api, ErrorRow, Operation};

/// What stands in the places of a message's placeholders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captures(Vec<(&'static str, String)>);

/// An enum of documented errors; [`documented!`](crate::documented) implements it.
pub trait Documented: Sized {
    /// The value for a row; `None` if the enum does not have it.
    fn build(row: &'static ErrorRow, captures: &Captures) -> Option<Self>;

    /// The row that documents the value.
    fn row(&self) -> &'static ErrorRow;

    /// What the value holds in the places of the message's placeholders.
    fn captures(&self) -> Captures;
}

impl Captures {
    /// Captures by name.
    pub fn new(captures: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self(captures.into_iter().collect())
    }

    /// Captures from the fields of an enum; names may be raw identifiers.
    pub fn from_fields(fields: &[(&'static str, Option<&str>)]) -> Self {
        let known = fields
            .iter()
            .filter_map(|(name, value)| Some((plain(name), (*value)?.to_owned())));
        Self(known.collect())
    }

    /// The value of a placeholder.
    pub fn get(&self, name: &str) -> Option<&str> {
        let name = plain(name);
        self.0
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Names and values, in the order of the message.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// A name without the mark that makes a keyword an identifier.
fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// Prints message, cause and remedy of a documented error.
pub fn describe(documented: &impl Documented, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let ErrorRow {
        message,
        cause,
        remedy,
        ..
    } = documented.row();
    let captures = documented.captures();
    let message = Template::new(message).fill(|name| captures.get(name));
    write!(f, "{message}: {cause} {remedy}")
}

/// The row that documents an answer. A message that has the form of a row's template decides, first among rows that agree
/// in status and code, then among all; the most literal template wins. Without a message that matches, a row counts when
/// it is the only error with that status and code. The rows of the operation come before the common ones.
pub(crate) fn find(
    api: &Api,
    operation: &Operation,
    status: u16,
    code: Option<&str>,
    message: Option<&str>,
) -> Option<(&'static ErrorRow, Captures)> {
    let agrees = |row: &ErrorRow| {
        row.status == status && code.is_some_and(|code| row.code.eq_ignore_ascii_case(code.trim()))
    };
    if let Some(message) = message {
        let mut best: Option<(&'static ErrorRow, (bool, usize))> = None;
        for row in operation.errors.iter().chain(api.errors).copied() {
            let template = Template::new(row.message);
            let rank = (agrees(row), template.literal_len());
            if rank.1 > 0 && best.is_none_or(|(_, best)| rank > best) && template.matches(message) {
                best = Some((row, rank));
            }
        }
        if let Some((row, _)) = best {
            let captures = Template::new(row.message)
                .captures(message)
                .unwrap_or_default();
            return Some((
                row,
                Captures::new(
                    captures
                        .into_iter()
                        .map(|(name, value)| (name, value.to_owned())),
                ),
            ));
        }
    }
    let only = |rows: &[&'static ErrorRow]| {
        let mut agreeing = rows.iter().copied().filter(|row| agrees(row));
        let first = agreeing.next()?;
        agreeing.all(|row| row.id == first.id).then_some(first)
    };
    let ambiguous = operation.errors.iter().any(|row| agrees(row));
    let row = only(operation.errors).or_else(|| if ambiguous { None } else { only(api.errors) })?;
    Some((row, Captures::default()))
}
