//! From what a server says to what the spec says about it, by the rule of generated clients.

use apigen_core::documented::{Answer, Row};
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
    /// The error that documents an answer.
    pub fn documented(
        &self,
        operation: &Operation,
        status: u16,
        code: Option<&str>,
        message: Option<&str>,
    ) -> Option<Documented> {
        let api = self.api();
        let row = |it: ErrorRef| {
            let (_, ErrorVariant { status, code, message, .. }) = api.error(it);
            Row { error: it.error, status: *status, code, message }
        };
        let reason = http::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
        let answer = Answer { status, reason, code, message };
        let (own, common) = (api.spellings(&operation.errors), api.spellings(&api.common_errors));
        let (error, captures) = answer.documented(&own, &common, row)?;
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Some(Documented { error, captures: captures.into_iter().map(owned).collect() })
    }
}
