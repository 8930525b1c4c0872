//! Patterns of strings, compiled when they are first needed.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A regular expression that the whole string must match.
#[derive(Debug)]
pub struct Pattern {
    expression: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern in the syntax of the `regex` crate, without Unicode classes.
    pub const fn new(expression: &'static str) -> Self {
        Self { expression, compiled: OnceLock::new() }
    }

    /// The expression as it was written.
    pub const fn expression(&self) -> &'static str {
        self.expression
    }

    /// Whether the whole text matches. An expression that cannot be compiled matches everything, since a mistake in a
    /// table must not stop requests.
    pub fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(&format!("^(?:{})$", self.expression)).ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}
