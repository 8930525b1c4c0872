//! From what a server says to what its documentation says about it.

use std::fmt;

use apigen_core::documented::{Answer, Row};
use apigen_core::template::Template;

use crate::api::{Api, ErrorRow, Operation};
use crate::error::hidden;
use crate::exchange::Secrets;

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

    /// The same without secrets that a server may have echoed.
    pub(crate) fn hidden(self, secrets: &Secrets) -> Self {
        Self(self.0.into_iter().map(|(name, value)| (name, hidden(&value, secrets))).collect())
    }

    /// The value of a placeholder.
    pub fn get(&self, name: &str) -> Option<&str> {
        let name = plain(name);
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
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

/// Whether two rows are spellings of one error.
#[inline(never)]
pub fn is_same(row: &ErrorRow, other: &ErrorRow) -> bool {
    row.id == other.id
}

/// The value of a placeholder, for a field of an enum.
#[inline(never)]
pub fn captured(captures: &Captures, name: &str) -> Option<String> {
    captures.get(name).map(str::to_owned)
}

/// Captures from the fields of an enum, whose names may be raw identifiers. To look into the fields would be compiled for each.
#[inline(never)]
pub fn captures(fields: &[(&'static str, &Option<String>)]) -> Captures {
    let known = fields.iter().filter_map(|(name, value)| Some((plain(name), (*value).clone()?)));
    Captures(known.collect())
}

/// Prints message, cause and remedy of a documented error.
#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "each enum of errors would have to drop the captures")]
pub fn describe(row: &ErrorRow, captures: Captures, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let ErrorRow { message, cause, remedy, .. } = row;
    let message = Template::new(message).fill(|name| captures.get(name));
    write!(f, "{message}: {cause} {remedy}")
}

/// The row that documents an answer, and its captures.
pub(crate) fn find(
    api: &Api,
    operation: &Operation,
    status: http::StatusCode,
    code: Option<&str>,
    message: Option<&str>,
) -> Option<(&'static ErrorRow, Captures)> {
    let row = |it: &'static ErrorRow| Row { error: it.id, status: it.status, code: it.code, message: it.message };
    let answer = Answer { status: status.as_u16(), reason: status.canonical_reason(), code, message };
    let (row, captures) = answer.documented(operation.errors, api.errors, row)?;
    Some((row, Captures::new(captures.into_iter().map(|(name, value)| (name, value.to_owned())))))
}
