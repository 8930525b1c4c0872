//! From what a server says to what the spec says about it, by the same rules as in generated clients.

use apigen_core::template::Template;
use apigen_model::ir::{ErrorRef, ErrorVariant, Operation};

use crate::Interpreter;

/// A documented error that an answer was recognised as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documented {
    /// Which, and in which spelling.
    pub error: ErrorRef,
    /// What stands in the places of the message's placeholders, by name; empty when the message has another form.
    pub captures: Vec<(String, String)>,
}

impl Interpreter {
    /// The error that documents an answer. A message that has the form of a row's template decides, first among rows that
    /// agree in status and code, then among all; the most literal template wins. Without a message that matches, a row
    /// counts when it is the only error with that status and code. The rows of the operation come before the common ones; of
    /// these, a code that only repeats the status, such as 400 `Bad Request`, tells nothing when the message is another.
    /// Last come rows without code and message, which document a status.
    pub fn documented(
        &self,
        operation: &Operation,
        status: u16,
        code: Option<&str>,
        message: Option<&str>,
    ) -> Option<Documented> {
        let api = self.api();
        let own = || operation.errors.iter().copied();
        let common = || api.common_errors.iter().copied();
        let row = |reference: ErrorRef| api.error(reference).1;
        let agrees = |row: &ErrorVariant| {
            row.status == status
                && !row.code.is_empty()
                && code.is_some_and(|code| row.code.eq_ignore_ascii_case(code.trim()))
        };
        if let Some(message) = message {
            let mut best: Option<(ErrorRef, (bool, usize))> = None;
            for reference in own().chain(common()) {
                let template = Template::new(&row(reference).message);
                let rank = (agrees(row(reference)), template.literal_len());
                if rank.1 > 0 && best.is_none_or(|(_, best)| rank > best) && template.matches(message) {
                    best = Some((reference, rank));
                }
            }
            if let Some((error, _)) = best {
                let captures = Template::new(&row(error).message).captures(message).unwrap_or_default();
                let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
                return Some(Documented { error, captures: captures.into_iter().map(owned).collect() });
            }
        }
        let only = |rows: &[ErrorRef], may_be_vague: bool| {
            let telling = |row: &ErrorVariant| {
                may_be_vague || message.is_none() || row.message.is_empty() || !repeats_status(&row.code, status)
            };
            let mut agreeing = rows.iter().copied().filter(|it| agrees(row(*it)) && telling(row(*it)));
            let first = agreeing.next()?;
            agreeing.all(|it| it.error == first.error).then_some(first)
        };
        let is_ambiguous = own().any(|it| agrees(row(it)));
        let of_status = |it: &ErrorRef| {
            let row = row(*it);
            row.status == status && row.code.is_empty() && row.message.is_empty()
        };
        let error = only(&operation.errors, true)
            .or_else(|| if is_ambiguous { None } else { only(&api.common_errors, false) })
            .or_else(|| own().chain(common()).find(of_status))?;
        Some(Documented { error, captures: Vec::new() })
    }
}

/// Whether a code says no more than the status does: `BAD_REQUEST` for 400.
fn repeats_status(code: &str, status: u16) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphabetic).map(|it| it.to_ascii_lowercase()).collect()
    };
    let reason = http::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
    reason.is_some_and(|reason| letters(reason) == letters(code))
}
