//! The forms that pages are written in, and how to tell them apart.

mod dokuwiki;
mod extracted;
mod markdown;
mod rows;
mod unfenced;

use crate::document::Document;
use crate::vocabulary::Vocabulary;

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Markdown, with whatever a site generator adds to it.
    Markdown,
    /// The source of a `DokuWiki` page.
    DokuWiki,
    /// Text that was extracted from HTML: tables have bars, headings have nothing.
    Extracted,
}

/// Reads a page of any form.
pub(crate) fn read(file: &str, text: &str, vocabulary: &Vocabulary) -> Document {
    match form(file, text) {
        Form::Markdown => markdown::read(text),
        Form::DokuWiki => dokuwiki::read(text),
        Form::Extracted => extracted::read(text, vocabulary),
    }
}

/// The form of a page: by the name of its file, else by what only one form has.
pub(crate) fn form(file: &str, text: &str) -> Form {
    let extension = file.rsplit_once('.').map(|it| it.1.to_ascii_lowercase());
    if matches!(extension.as_deref(), Some("md" | "mdx" | "markdown")) {
        return Form::Markdown;
    }
    for line in text.lines() {
        if dokuwiki::heading(line).is_some() || line.starts_with('^') && line.trim_end().ends_with('^') {
            return Form::DokuWiki;
        }
        if line.starts_with("```") || line.starts_with("## ") || rows::is_rule(line) && line.starts_with('|') {
            return Form::Markdown;
        }
    }
    Form::Extracted
}
