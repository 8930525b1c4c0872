//! What a vendor's prose pages say about an API, fact by fact.
//!
//! ```text
//! page ─ read ─▶ document ─ understand ─▶ facts ─┐
//!                           digest ─ parse ─▶ facts ─┼─ compare ─▶ findings
//!                           ir::Api ─ expect ─▶ facts ─┘
//! ```

pub mod compare;
pub mod digest;
pub mod drift;
pub mod expected;
pub mod explain;
pub mod finding;
pub mod import;

mod document;
mod form;
mod lost;
mod matching;
mod message;
mod names;
mod phrases;
mod report;
mod spelling;
mod understand;
mod vocabulary;

pub use apigen_model::facts;
pub use vocabulary::Vocabulary;

/// Reads a page of any form: what it says, fact by fact, and what of it could not be read. `file` is where it comes from,
/// as it shall be shown; its extension may tell the form.
pub fn read(file: &str, text: &str, vocabulary: &Vocabulary) -> facts::Page {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let document = form::read(file, text, vocabulary);
    let mut page = understand::page(file, &document, vocabulary);
    if page.operations.is_empty() && page.common.is_empty() {
        let reason =
            "nothing here is understood: there is no request line, and no table with columns of the vocabulary";
        page.unread.push(facts::Unread { line: 1, reason: reason.to_owned() });
    }
    page
}
