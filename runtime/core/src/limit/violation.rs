//! What is said about a value beyond a limit.

use std::fmt;

use super::{Enforcement, Rule};

/// A value beyond a limit. Holds no text of the value itself, which may be private.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Violation {
    /// Wire path of the value, with the index of each item: `members[3].id`.
    pub field: Box<str>,
    /// The rule as the table of limits has it; [`Rule::name`] names it.
    pub rule: Rule,
    /// The bound that held, adjustments and other fields considered: a number, a pattern, a list of strings; empty for
    /// required values.
    pub limit: Box<str>,
    /// What was measured, a number; empty for patterns, lists of strings and required values.
    pub actual: Box<str>,
    /// Id of the limit.
    pub id: &'static str,
    /// What the server does beyond the bound.
    pub enforcement: Enforcement,
    /// Whether the value is denied.
    pub severity: Severity,
}

/// What becomes of a violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The request must not be sent.
    Denied,
    /// The request may be sent.
    Warned,
}

/// The violations of a request, in the order of the table of limits. Allocates only when there are any.
#[derive(Debug, Clone, Default)]
pub struct Violations(pub(super) Vec<Violation>);

impl Violations {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// Whether one of them must keep the request from being sent.
    pub fn is_denied(&self) -> bool {
        self.iter().any(|violation| violation.severity == Severity::Denied)
    }

    /// Success, unless a violation must keep the request from being sent.
    ///
    /// # Errors
    /// All violations, if one of them is denied.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_denied() { Err(self) } else { Ok(()) }
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl std::error::Error for Violation {}

impl std::error::Error for Violations {}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, limit, actual, id, .. } = self;
        let (much, unit) = match self.rule {
            Rule::Required => return write!(f, "{field}: missing ({id})"),
            Rule::Pattern(_) => return write!(f, "{field}: must match the pattern {limit} ({id})"),
            Rule::OneOf(_) => return write!(f, "{field}: must be one of {limit} ({id})"),
            Rule::Min(_) => ("at least", ""),
            Rule::Max(_) => ("at most", ""),
            Rule::MinChars(_) => ("at least", " characters"),
            Rule::MaxChars(_) => ("at most", " characters"),
            Rule::MinItems(_) => ("at least", " items"),
            Rule::MaxItems(_) => ("at most", " items"),
            Rule::MaxBytes(_) | Rule::MaxSize(_) | Rule::BodySize(..) => ("at most", " bytes"),
        };
        write!(f, "{field}: {actual}{unit}, {much} {limit} allowed ({id})")
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}
