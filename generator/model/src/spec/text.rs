//! Small shapes that many parts of the spec share.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::load::Spanned;

/// Says since when something should no longer be used, and what to use instead.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Deprecation {
    /// The date or revision of the vendor's page that deprecates it.
    pub since: Option<Spanned<String>>,
    /// What to use instead.
    pub instead: Spanned<String>,
}

/// A text that a person has yet to write, in drafts. A spec that holds one is reported.
pub const PLACEHOLDER: &str = "To be described.";
