//! What tells whether a reply with a status of success, or an item of one, reports success.

use std::borrow::Cow;

use apigen_core::json::Value;

use crate::decode::{Decode, DecodeError};

/// A test on a reply or on an item of it. All tests of an operation must pass.
#[derive(Debug)]
pub struct Outcome {
    /// Path of the tested value: dotted, `[0]` for the first item of a list. It starts at the whole reply, or at the item.
    pub path: &'static str,
    /// When the test passes.
    pub success: Success,
    /// Path of the text that says why it failed.
    pub because: Option<&'static str>,
}

/// When a test on a reply passes.
#[derive(Debug)]
pub enum Success {
    /// The value is one of these, as text, or is not there. Letter case does not matter; `true` is `"true"`.
    Equals(&'static [&'static str]),
    /// The value is not there, or `null`.
    Absent,
}

/// An item of a batch that tells itself whether it succeeded, so that a list of them is read as one of `Result`s. Made by
/// [`judged!`](crate::judged).
pub trait Judged: Decode {
    /// What a failed item is.
    type Failure: Decode;

    /// What tells it; paths start at the item.
    const OUTCOME: &'static [Outcome];
}

impl<T: Judged> Decode for Result<T, T::Failure> {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        let succeeded = T::OUTCOME.iter().all(|outcome| outcome.test(value).is_ok());
        if succeeded { T::decode(value).map(Ok) } else { Decode::decode(value).map(Err) }
    }

    fn failed_items(&self) -> usize {
        usize::from(self.is_err())
    }
}

/// A test that did not pass.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    /// Which test it was, for messages.
    pub(crate) test: String,
    /// Why, in the server's words.
    pub(crate) reason: Option<String>,
}

impl Outcome {
    /// Tests a reply or an item.
    pub(crate) fn test(&self, value: &Value<'_>) -> Result<(), Failed> {
        let Self { path, success, because } = self;
        let found = value.path(path).filter(|found| !found.is_null());
        let test = match (success, found) {
            (_, None) => return Ok(()),
            (Success::Absent, Some(_)) => format!("`{path}` is there"),
            (Success::Equals(expected), Some(found)) => match found.to_text() {
                Some(text) if !expected.iter().any(|expected| text.eq_ignore_ascii_case(expected)) => {
                    format!("`{path}` is {text:?}, and {} would be success", listed(expected))
                }
                Some(_) | None => return Ok(()),
            },
        };
        let reason = because.and_then(|path| value.path(path)?.to_text());
        Err(Failed { test, reason: reason.map(Cow::into_owned).filter(|text| !text.is_empty()) })
    }
}

fn listed(expected: &[&str]) -> String {
    expected.iter().map(|expected| format!("{expected:?}")).collect::<Vec<_>>().join(" or ")
}
