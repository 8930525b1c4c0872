//! The page of all documented errors.

use std::collections::BTreeMap;

use apigen_model::ir::{Advice, Api, ErrorDef, ErrorId, ErrorVariant, Placeholder};

use super::text::{Inline, Link, anchor, inline};
use super::{Page, PageName, Site, error_link, operation_link, page};
use crate::words::Words;

pub(super) struct ErrorsPage {
    pub(super) page: Page,
    /// Those that any operation may answer with.
    pub(super) common: Vec<Link>,
    pub(super) statuses: Vec<StatusView>,
}

/// The errors whose main spelling has a status.
pub(super) struct StatusView {
    pub(super) id: String,
    pub(super) status: u16,
    pub(super) errors: Vec<ErrorView>,
}

pub(super) struct ErrorView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) spellings: Vec<SpellingView>,
    pub(super) placeholders: Vec<PlaceholderView>,
    pub(super) cause: Inline,
    pub(super) remedy: Inline,
    pub(super) action: &'static str,
    pub(super) is_common: bool,
    pub(super) operations: Vec<Link>,
}

/// What stands in a reply.
pub(super) struct SpellingView {
    pub(super) status: u16,
    pub(super) code: String,
    /// Empty when any message will do.
    pub(super) message: Vec<MessagePart>,
}

/// A part of a message: text as it stands there, or the name of a placeholder.
#[derive(Debug, PartialEq)]
pub(super) struct MessagePart {
    pub(super) text: String,
    pub(super) is_placeholder: bool,
}

pub(super) struct PlaceholderView {
    pub(super) name: String,
    pub(super) description: Inline,
    pub(super) example: String,
}

pub(super) fn errors(site: &Site<'_>) -> ErrorsPage {
    let statuses = by_status(site.api).into_iter().map(|(status, errors)| StatusView {
        id: status_anchor(status),
        status,
        errors: errors.into_iter().map(|it| error(site, it)).collect(),
    });
    let statuses: Vec<_> = statuses.collect();
    let (title, lead) = PageName::Errors.words(site);
    let page = page(site, PageName::Errors.stem(), &title, &lead);
    let common = site.api.common_errors.iter().map(|it| error_link(site.api.error(*it).0)).collect();
    let page = page.with_parts(statuses.iter().map(|it| (it.status.to_string(), it.id.clone())));
    ErrorsPage { page, common, statuses }
}

/// The link to the errors that any operation may answer with; its text is empty when there are none.
pub(super) fn common_link(site: &Site<'_>) -> Link {
    let text = if site.api.common_errors.is_empty() { "" } else { site.words.label.common_errors };
    Link { text: text.to_owned(), href: "errors.html#common-errors".to_owned() }
}

/// The errors by the status of their main spelling.
pub(super) fn by_status(api: &Api) -> BTreeMap<u16, Vec<&ErrorDef>> {
    let mut statuses: BTreeMap<u16, Vec<&ErrorDef>> = BTreeMap::new();
    for error in &api.errors {
        statuses.entry(error.variants.first().map_or(0, |it| it.status)).or_default().push(error);
    }
    statuses
}

/// The id of a status in the page.
pub(super) fn status_anchor(status: u16) -> String {
    format!("status.{status}")
}

/// What the client does about an error.
pub(super) fn action(words: &'static Words, advice: Advice) -> &'static str {
    let words = &words.action;
    match advice {
        Advice::FixRequest => words.fix_request,
        Advice::RefreshToken => words.refresh_token,
        Advice::Retry => words.retry,
        Advice::GiveUp => words.give_up,
    }
}

/// A spelling as readers and the search for messages see it.
pub(super) fn spelling(variant: &ErrorVariant) -> SpellingView {
    SpellingView { status: variant.status, code: variant.code.clone(), message: message(&variant.message) }
}

fn error(site: &Site<'_>, error: &ErrorDef) -> ErrorView {
    let api = site.api;
    let is_meant = |id: ErrorId| api[id].name == error.name;
    let placeholder = |it: &Placeholder| PlaceholderView {
        name: format!("{{{}}}", it.name),
        description: inline(&it.description),
        example: it.example.clone(),
    };
    let operations = api.operations.iter().filter(|it| it.errors.iter().any(|it| is_meant(it.error)));
    ErrorView {
        id: anchor(&error.name),
        name: error.name.clone(),
        spellings: error.variants.iter().map(spelling).collect(),
        placeholders: error.placeholders.iter().map(placeholder).collect(),
        cause: inline(&error.cause),
        remedy: inline(&error.remedy),
        action: action(site.words, error.advice),
        is_common: api.common_errors.iter().any(|it| is_meant(it.error)),
        operations: operations.map(|it| operation_link(api, it)).collect(),
    }
}

/// The parts of a message: `{name}` is a placeholder and `{{` one brace.
fn message(template: &str) -> Vec<MessagePart> {
    let mut parts: Vec<MessagePart> = Vec::new();
    let mut add = |text: &str, is_placeholder: bool| match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if !last.is_placeholder && !is_placeholder => last.text.push_str(text),
        Some(_) | None => parts.push(MessagePart { text: text.to_owned(), is_placeholder }),
    };
    let mut rest = template.trim();
    while let Some(at) = rest.find('{') {
        add(&rest[..at], false);
        let after = &rest[at + 1..];
        let name = after.split_once('}').filter(|(name, _)| !after.starts_with('{') && !name.contains('{'));
        rest = if let Some((name, after)) = name {
            add(&format!("{{{name}}}"), true);
            after
        } else {
            add("{", false);
            after.strip_prefix('{').unwrap_or(after)
        };
    }
    add(rest, false);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_fall_into_text_and_placeholders() {
        for (template, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("user {name} is not {place}!", "user <{name}> is not <{place}>!"),
            ("{{\"a\": {b}}", "{\"a\": <{b}>}"),
            ("open { brace", "open { brace"),
        ] {
            let shown = |it: MessagePart| if it.is_placeholder { format!("<{}>", it.text) } else { it.text };
            assert_eq!(message(template).into_iter().map(shown).collect::<String>(), expected, "{template}");
        }
    }
}
