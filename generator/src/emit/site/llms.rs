//! The list of all pages in Markdown, where language tools look for it.

use minijinja::Value;
use serde::Serialize;

use super::text::{Inline, Link, inline};
use super::{PageName, Site, render};

#[derive(Serialize)]
struct ListView {
    title: String,
    summary: Inline,
    languages: Vec<LanguageView>,
}

#[derive(Serialize)]
struct LanguageView {
    tag: String,
    words: Value,
    pages: Vec<Entry>,
    resources: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    link: Link,
    summary: Inline,
}

/// The list of the pages in every language, English first.
pub(super) fn all(sites: &[Site<'_>]) -> String {
    let Some(first) = sites.first() else { return String::new() };
    let view = ListView {
        title: first.api.title.clone(),
        summary: inline(&first.api.summary),
        languages: sites.iter().map(language).collect(),
    };
    format!("{}\n", render("site/llms.md.jinja", &view).trim_end())
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
        words: site.shown_words.clone(),
        pages: PageName::ALL.map(page).into(),
        resources: site.api.resources.iter().map(resource).collect(),
    }
}
