//! `<tag>/…`: the texts of the file with the same path below the spec in another language.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::load::{Entries, Spanned};

/// A file below the directory of a language, written by `apigen translate` and completed by a translator.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct TranslationFile {
    /// Translations by the address of the text, as in `operations.list.summary`.
    pub texts: Entries<Translation>,
}

/// A text in another language.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Translation {
    /// Which English was translated: its hash, eight hexadecimal digits. Another one says that the text is out of date.
    pub of: Spanned<String>,
    /// The translation, with the same code in backticks as the English. Empty until someone has written it.
    pub text: Spanned<String>,
}
