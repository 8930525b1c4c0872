//! Guides: what holds for many operations, explained once, with the operations that it concerns.

use apigen_model::ir::{Advice, Effect, Operation, Paging, RateLimit};

use super::highlight::{self, Code};
use super::limits::optional_error;
use super::text::{Inline, Link, Prose, anchor, inline};
use super::{Page, PageName, Site, errors, operation_link, page};
use crate::emit::rust::calls;
use crate::facts;
use crate::prose as phrases;
use crate::words::{self, fill};

pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) text: Prose,
}

pub(super) struct PagingPage {
    pub(super) page: Page,
    pub(super) sections: Vec<Section>,
    /// How a paging operation is read in Rust; empty when none pages.
    pub(super) code: Vec<Code>,
    pub(super) operations: Vec<PagingRow>,
}

pub(super) struct PagingRow {
    pub(super) operation: Link,
    pub(super) style: &'static str,
    pub(super) parameter: String,
    pub(super) size: String,
    /// Empty when it is not known.
    pub(super) default: String,
    pub(super) most: String,
    pub(super) items: String,
    pub(super) total: String,
}

pub(super) struct RetriesPage {
    pub(super) page: Page,
    pub(super) sections: Vec<Section>,
    pub(super) advice: Vec<AdviceRow>,
    pub(super) safe: Vec<Link>,
    pub(super) unsafe_: Vec<Link>,
}

pub(super) struct AdviceRow {
    pub(super) action: &'static str,
    pub(super) errors: Vec<Link>,
}

pub(super) struct RatesPage {
    pub(super) page: Page,
    pub(super) sections: Vec<Section>,
    pub(super) rates: Vec<RateView>,
}

pub(super) struct RateView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) rate: Inline,
    pub(super) description: Inline,
    pub(super) error: Link,
    pub(super) operations: Vec<Link>,
}

pub(super) struct ChangelogPage {
    pub(super) page: Page,
    pub(super) version: String,
    pub(super) text: Inline,
}

pub(super) fn paging(site: &Site<'_>) -> PagingPage {
    let paging = |it: &&Operation| !matches!(it.paging, Paging::None);
    let operations: Vec<_> = site.api.operations.iter().filter(paging).collect();
    let example = site.english.operations.iter().filter(paging).find_map(|it| Some((it, it.examples.first()?)));
    let code = example.map(|(operation, it)| highlight::rust(calls::paging(site.english, operation, it)));
    PagingPage {
        page: frame(site, PageName::Paging).with_parts(parts(site.words.paging)),
        sections: sections(site.words.paging),
        code: code.into_iter().collect(),
        operations: operations.into_iter().filter_map(|it| paging_row(site, it)).collect(),
    }
}

pub(super) fn retries(site: &Site<'_>) -> RetriesPage {
    let api = site.api;
    let advice = [Advice::FixRequest, Advice::RefreshToken, Advice::Retry, Advice::GiveUp].map(|advice| AdviceRow {
        action: errors::action(site.words, advice),
        errors: api.errors.iter().filter(|it| it.advice == advice).map(super::error_link).collect(),
    });
    let (safe, unsafe_): (Vec<_>, Vec<_>) = api.operations.iter().partition(|it| match it.effect {
        Effect::Read | Effect::Idempotent => true,
        Effect::Repeats => false,
    });
    let links = |all: Vec<&Operation>| all.into_iter().map(|it| operation_link(api, it)).collect();
    RetriesPage {
        page: frame(site, PageName::Retries).with_parts(parts(site.words.retries)),
        sections: sections(site.words.retries),
        advice: advice.into_iter().filter(|it| !it.errors.is_empty()).collect(),
        safe: links(safe),
        unsafe_: links(unsafe_),
    }
}

pub(super) fn rates(site: &Site<'_>) -> RatesPage {
    RatesPage {
        page: frame(site, PageName::Rates).with_parts(
            parts(site.words.rates).chain(site.api.rate_limits.iter().map(|it| (it.name.clone(), rate_anchor(it)))),
        ),
        sections: sections(site.words.rates),
        rates: site.api.rate_limits.iter().map(|it| rate(site, it)).collect(),
    }
}

/// What changed. The spec holds one version, so there is one entry.
pub(super) fn changelog(site: &Site<'_>) -> ChangelogPage {
    let api = site.api;
    let text = fill(
        site.words.label.version_first,
        &[
            ("operations", &api.operations.len().to_string()),
            ("errors", &api.errors.len().to_string()),
            ("limits", &api.operations.iter().map(|it| it.limits.len()).sum::<usize>().to_string()),
            ("contradictions", &api.discrepancies.len().to_string()),
        ],
    );
    ChangelogPage { page: frame(site, PageName::Changelog), version: api.version.clone(), text: inline(&text) }
}

/// The id of a rate limit in its page.
pub(super) fn rate_anchor(limit: &RateLimit) -> String {
    format!("rate.{}", anchor(&limit.name))
}

fn frame(site: &Site<'_>, name: PageName) -> Page {
    let (title, lead) = name.words(site);
    page(site, name.stem(), &title, &lead)
}

fn parts(sections: &[words::Section]) -> impl Iterator<Item = (String, String)> {
    sections.iter().map(|it| (it.title.to_owned(), it.id.to_owned()))
}

fn sections(sections: &'static [words::Section]) -> Vec<Section> {
    let section = |it: &'static words::Section| Section {
        id: it.id,
        title: it.title,
        text: it.paragraphs.iter().map(|it| inline(it)).collect(),
    };
    sections.iter().map(section).collect()
}

fn paging_row(site: &Site<'_>, operation: &Operation) -> Option<PagingRow> {
    let api = site.api;
    let link = operation_link(api, operation);
    match &operation.paging {
        Paging::None => None,
        Paging::PageNumber { parameter, size, default_size, max_size, items, total, .. } => Some(PagingRow {
            operation: link,
            style: site.words.label.style_number,
            parameter: parameter.clone(),
            size: size.clone(),
            default: phrases::amount(*default_size),
            most: if *max_size == u64::MAX { String::new() } else { phrases::amount(*max_size) },
            items: facts::items_path(api, operation, items),
            total: total.clone(),
        }),
        Paging::Cursor { parameter, size, items, total, .. } => Some(PagingRow {
            operation: link,
            style: site.words.label.style_cursor,
            parameter: parameter.clone(),
            size: size.clone(),
            default: String::new(),
            most: String::new(),
            items: facts::items_path(api, operation, items),
            total: total.clone(),
        }),
    }
}

fn rate(site: &Site<'_>, limit: &RateLimit) -> RateView {
    let api = site.api;
    let draws = |it: &&Operation| it.rate_limits.iter().any(|id| api[*id].name == limit.name);
    RateView {
        id: rate_anchor(limit),
        name: limit.name.clone(),
        rate: inline(&phrases::rate(site.words, limit)),
        description: inline(&limit.description),
        error: optional_error(site, limit.error),
        operations: api.operations.iter().filter(draws).map(|it| operation_link(api, it)).collect(),
    }
}
