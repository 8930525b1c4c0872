//! From what a server says to what its documentation says about it.

use std::fmt;

use apigen_core::template::Template;

use crate::api::{Api, ErrorRow, Operation};
use crate::error::hidden;
use crate::values::Secret;

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
        let known = fields.iter().filter_map(|(name, value)| Some((plain(name), (*value)?.to_owned())));
        Self(known.collect())
    }

    /// The same without secrets that a server may have echoed.
    pub(crate) fn hidden(self, secrets: &[Secret]) -> Self {
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

/// Prints message, cause and remedy of a documented error.
pub fn describe(documented: &impl Documented, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let ErrorRow { message, cause, remedy, .. } = documented.row();
    let captures = documented.captures();
    let message = Template::new(message).fill(|name| captures.get(name));
    write!(f, "{message}: {cause} {remedy}")
}

/// The row that documents an answer. A message that has the form of a row's template decides, first among rows that agree
/// in status and code, then among all; the most literal template wins. Without a message that matches, a row counts when
/// it is the only error with that status and code. The rows of the operation come before the common ones; of these, a code
/// that only repeats the status, such as 400 `Bad Request`, tells nothing when the message is another. Last come rows
/// without code and message, which document a status.
pub(crate) fn find(
    api: &Api,
    operation: &Operation,
    status: u16,
    code: Option<&str>,
    message: Option<&str>,
) -> Option<(&'static ErrorRow, Captures)> {
    let agrees = |row: &ErrorRow| {
        row.status == status
            && !row.code.is_empty()
            && code.is_some_and(|code| row.code.eq_ignore_ascii_case(code.trim()))
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
            let captures = Template::new(row.message).captures(message).unwrap_or_default();
            return Some((row, Captures::new(captures.into_iter().map(|(name, value)| (name, value.to_owned())))));
        }
    }
    let only = |rows: &[&'static ErrorRow], may_be_vague: bool| {
        let telling = |row: &ErrorRow| {
            may_be_vague || message.is_none() || row.message.is_empty() || !repeats_status(row.code, status)
        };
        let mut agreeing = rows.iter().copied().filter(|row| agrees(row) && telling(row));
        let first = agreeing.next()?;
        agreeing.all(|row| row.id == first.id).then_some(first)
    };
    let ambiguous = operation.errors.iter().any(|row| agrees(row));
    let of_status = |row: &&&'static ErrorRow| row.status == status && row.code.is_empty() && row.message.is_empty();
    let row = only(operation.errors, true)
        .or_else(|| if ambiguous { None } else { only(api.errors, false) })
        .or_else(|| operation.errors.iter().chain(api.errors).find(of_status).copied())?;
    Some((row, Captures::default()))
}

/// Whether a code says no more than the status does: `BAD_REQUEST` for 400.
fn repeats_status(code: &str, status: u16) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphabetic).map(|it| it.to_ascii_lowercase()).collect()
    };
    let reason = http::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
    reason.is_some_and(|reason| letters(reason) == letters(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Advice, Auth, BodyKind, Effect, ErrorBody};

    const fn row(id: &'static str, status: u16, code: &'static str, message: &'static str) -> ErrorRow {
        ErrorRow { id, status, code, message, cause: "", remedy: "", advice: Advice::GiveUp }
    }

    static ANY: ErrorRow = row("any", 400, "any", "{text}");
    static GONE: ErrorRow = row("gone", 404, "gone", "{thing} is gone");
    static SHELF_GONE: ErrorRow = row("shelf_gone", 404, "gone", "shelf {id} is gone");
    static SHELF_LOST: ErrorRow = row("shelf_lost", 410, "lost", "shelf {id} is gone");
    static BUSY: ErrorRow = row("busy", 503, "busy", "busy, {hint}");
    static BUSY_TOO: ErrorRow = row("busy", 503, "busy", "come back later");
    static COMMON_GONE: ErrorRow = row("common_gone", 404, "gone", "all is gone");
    static GATEWAY: ErrorRow = row("gateway", 502, "", "");
    static COMMON_BUSY: ErrorRow = row("common_busy", 503, "busy", "no");
    static COMMON_SHUT: ErrorRow = row("common_shut", 503, "SERVICE_UNAVAILABLE", "no more");
    static COMMON_FULL: ErrorRow = row("common_full", 503, "full", "");

    static OPERATION: Operation = Operation {
        id: "shelves.get",
        method: http::Method::GET,
        path: "/",
        reserved: &[],
        headers: &[],
        auth: Auth::None,
        body: BodyKind::None,
        payload: None,
        one_or_many: false,
        outcome: &[],
        errors: &[&ANY, &GONE, &SHELF_GONE, &SHELF_LOST, &BUSY, &BUSY_TOO],
        limits: &[],
        rates: None,
        effect: Effect::Read,
        split: None,
        paging: None,
    };

    static API: Api = Api {
        name: "shop",
        user_agent: "shop",
        server: "{host}",
        server_params: &[],
        utc_offset: 0,
        token: None,
        errors: &[&COMMON_GONE, &COMMON_BUSY, &COMMON_SHUT, &COMMON_FULL, &GATEWAY],
        rates: &[],
        error_body: ErrorBody { code: "error", message: "message" },
    };

    #[test]
    fn the_most_telling_row_wins() {
        let cases = [
            ("the most literal template", 500, "", "shelf 7 is gone", Some("shelf_gone")),
            ("agreement beats letters", 410, "LOST", "shelf 7 is gone", Some("shelf_lost")),
            ("also over the operation's own", 500, "", "all is gone", Some("common_gone")),
            ("a message of any form says nothing", 500, "", "x", None),
            ("but its code does", 400, "any", "x", Some("any")),
            ("two errors with one code", 404, "gone", "x", None),
            ("one error in two spellings", 503, "busy", "x", Some("busy")),
            ("no code", 503, "", "x", None),
            ("a common row by a code that repeats the status", 503, "service_unavailable", "x", None),
            ("a common row that any message will do for", 503, "full", "x", Some("common_full")),
            ("a status is documented", 502, "anything", "<html>", Some("gateway")),
        ];
        for (name, status, code, message, expected) in cases {
            let code = Some(code).filter(|code| !code.is_empty());
            let found = find(&API, &OPERATION, status, code, Some(message));
            assert_eq!(found.map(|(row, _)| row.id), expected, "{name}");
        }
        assert_eq!(
            find(&API, &OPERATION, 503, Some("SERVICE_UNAVAILABLE"), None).map(|(row, _)| row.id),
            Some("common_shut")
        );
        assert_eq!(find(&API, &OPERATION, 503, Some("busy"), None).map(|(row, _)| row.id), Some("busy"));
    }
}
