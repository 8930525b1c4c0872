//! Messages of error rows: what varies in them is written in another way on every page.

use apigen_core::template::Template;

/// A message, in a form in which those that mean the same are equal or match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The text in one line; of a spec, with placeholders in braces.
    text: String,
    is_template: bool,
}

impl Message {
    /// A message with placeholders in braces.
    pub fn of_spec(text: &str) -> Self {
        Self { text: one_line(text), is_template: true }
    }

    /// A message as a page shows it: it may have anything in the places of placeholders.
    pub fn of_page(text: &str) -> Self {
        Self { text: one_line(text), is_template: false }
    }

    /// Whether a message of a page is this one.
    pub fn is(&self, page: &str) -> bool {
        let page = one_line(page);
        if self.is_template { Template::new(&self.text).matches(&page) } else { self.text == page }
    }
}

/// The text with single blanks in place of white space, and without quotes around it: pages quote what is no part of a
/// message, and leave out quotes that are.
fn one_line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let inner = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner.map(str::to_owned).unwrap_or(text)
}
