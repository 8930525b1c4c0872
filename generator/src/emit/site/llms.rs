//! The list of all pages in Markdown, where language tools look for it.

use super::text::{Inline, Link, inline};
use super::twins;
use super::{PageName, Site};
use crate::emit::templates::file;
use crate::words::Words;

pub(super) struct ListView {
    pub(super) title: String,
    pub(super) summary: Inline,
    pub(super) languages: Vec<LanguageView>,
}

pub(super) struct LanguageView {
    pub(super) tag: String,
    pub(super) words: &'static Words,
    pub(super) pages: Vec<Entry>,
    pub(super) resources: Vec<Entry>,
}

pub(super) struct Entry {
    pub(super) link: Link,
    pub(super) summary: Inline,
}

/// The list of the pages in every language, English first.
pub(super) fn all(sites: &[Site<'_>]) -> String {
    let Some(first) = sites.first() else { return String::new() };
    let view = ListView {
        title: first.api.title.clone(),
        summary: inline(&first.api.summary),
        languages: sites.iter().map(language).collect(),
    };
    file(&twins::List(&view))
}

fn language(site: &Site<'_>) -> LanguageView {
    let address = |stem: &str| format!("{}/{stem}.md", site.tag);
    let page = |it: PageName| {
        let (text, lead) = it.words(site);
        Entry { link: Link { text, href: address(it.stem()) }, summary: inline(&lead) }
    };
    let resource = |it: &apigen_model::ir::Resource| Entry {
        link: Link { text: it.title.clone(), href: address(&it.name) },
        summary: inline(&it.summary),
    };
    LanguageView {
        tag: site.tag.to_owned(),
        words: site.words,
        pages: PageName::ALL.map(page).into(),
        resources: site.api.resources.iter().map(resource).collect(),
    }
}
