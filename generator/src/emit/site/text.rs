//! Prose, links and anchors as data that templates escape.
//!
//! The spec writes plain text with `code` in backticks and blank lines between paragraphs. Exactly these two become
//! markup; everything else stays what it is.

use apigen_model::ir::{Api, Type, TypeDef};

use super::resource_page;
use crate::facts;

/// Paragraphs.
pub(super) type Prose = Vec<Inline>;

/// One paragraph, with `code` in backticks.
pub(super) type Inline = String;

/// Text that leads somewhere; an empty address leads nowhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Link {
    pub(super) text: String,
    pub(super) href: String,
}

impl Link {
    /// One that is not there.
    pub(super) fn none() -> Self {
        Self { text: String::new(), href: String::new() }
    }
}

/// Splits at blank lines.
pub(super) fn prose(text: &str) -> Prose {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        match paragraphs.last_mut() {
            Some(last) if !line.trim().is_empty() => {
                last.push_str(line);
                last.push('\n');
            }
            Some(_) | None => paragraphs.push(String::new()),
        }
    }
    paragraphs.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).map(inline).collect()
}

/// A text as one paragraph.
pub(super) fn inline(text: &str) -> Inline {
    text.to_owned()
}

/// A text as an id: what is not plain ASCII becomes its code point, so that different texts stay different.
pub(super) fn anchor(text: &str) -> String {
    let mut id = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' || letter == '.' {
            id.push(letter);
        } else {
            id.push_str(&format!("-{:x}-", u32::from(letter)));
        }
    }
    id
}

/// An address of the web, or nothing: what a spec gives must not run anything when it is clicked.
pub(super) fn web_address(url: &str) -> String {
    if url.starts_with("https://") || url.starts_with("http://") { url.to_owned() } else { String::new() }
}

/// A type as the spec spells it, with links to the named types in it.
pub(super) fn type_links(api: &Api, type_: &Type) -> Vec<Link> {
    let plain = |text: &str| Link { text: text.to_owned(), href: String::new() };
    match type_ {
        Type::Scalar(_) | Type::Json | Type::File => vec![plain(&facts::type_name(api, type_))],
        Type::List(item) => [vec![plain("list<")], type_links(api, item), vec![plain(">")]].concat(),
        Type::Map(value) => [vec![plain("map<")], type_links(api, value), vec![plain(">")]].concat(),
        Type::Named(id) => vec![type_link(api, &api[*id])],
    }
}

/// The link to a named type, which stands with its resource, or among the shared ones.
pub(super) fn type_link(api: &Api, definition: &TypeDef) -> Link {
    let page = definition.resource.map_or_else(|| "types.html".to_owned(), |it| resource_page(&api.resources[it]));
    Link { text: definition.name.clone(), href: format!("{page}#{}", definition.name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_separate_paragraphs() {
        assert_eq!(prose("one\nstill one\n\n \n\ntwo\n").len(), 2);
        assert_eq!(prose(" \n"), Vec::<Inline>::new());
    }

    #[test]
    fn anchors_hold_no_spaces_and_stay_apart() {
        assert_eq!(anchor("books.list"), "books.list");
        let ids = ["a b", "a-b", "a\u{202e}b", "a\"b", "ab"].map(anchor);
        assert!(ids.iter().all(|it| it.bytes().all(|it| it.is_ascii_graphic() && it != b'"')));
        assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(web_address("https://example.com/a?b"), "https://example.com/a?b");
        assert_eq!(web_address("javascript:alert(1)"), "");
    }
}
