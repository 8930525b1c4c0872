//! Where pages and a spec part.

use crate::expected::At;
use crate::facts::{Claim, Facet};

/// A place where pages and a spec part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Id of the operation, or its method and path where it has none; `*` for what is common to those of a page.
    pub operation: String,
    /// What it is about.
    pub facet: Facet,
    /// What the page does to the spec.
    pub change: Change,
    /// Path of the parameter or field, status, code and message of an error, method and path of an operation; for a number
    /// that bounds the operation as a whole, the number.
    pub name: String,
    /// Where the page says it, or should.
    pub page: Option<At>,
    /// Where the spec says it, or should.
    pub spec: Option<At>,
    /// What the page says.
    pub told: Option<Claim>,
    /// What the spec says.
    pub expected: Option<Claim>,
    /// Id of the entry of the ledger that explains it.
    pub explained: Option<String>,
    /// Who moved since the page was accepted; `None` when it never was.
    pub moved: Option<Moved>,
}

/// What the page does to the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Only the page has it.
    Added,
    /// Only the spec has it.
    Removed,
    /// Both have it, and differ.
    Changed,
}

/// Who moved since the page was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moved {
    /// The vendor: the page says something else than it did.
    Vendor,
    /// The spec, or nobody: the page says what it did.
    Spec,
    /// Both.
    Both,
}

impl Change {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

impl Moved {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Spec => "spec",
            Self::Both => "both",
        }
    }
}
