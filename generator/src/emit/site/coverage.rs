//! The page that says how much of the vendor's pages is here, and which of them were read.

use super::text::{Link, anchor, web_address};
use super::{Page, PageName, Site, page};
use crate::stats::{Counts, Stats};
use crate::words::Columns;

pub(super) struct CoveragePage {
    pub(super) page: Page,
    pub(super) headings: Vec<&'static str>,
    pub(super) pages: Vec<PageRow>,
    pub(super) total: Vec<usize>,
    pub(super) sources: Vec<SourceRow>,
}

pub(super) struct PageRow {
    pub(super) page: Link,
    pub(super) counts: Vec<usize>,
}

pub(super) struct SourceRow {
    pub(super) id: String,
    pub(super) page: Link,
    pub(super) revision: String,
    pub(super) language: String,
}

pub(super) fn coverage(site: &Site<'_>) -> CoveragePage {
    let counts = |it: &Counts| it.columns().into_iter().map(|(_, count)| count).collect();
    let stats = Stats::of(site.api);
    let id = |it: &apigen_model::ir::Page| format!("page.{}", anchor(&it.name));
    let row = |(page, it): &(&apigen_model::ir::Page, Counts)| PageRow {
        page: Link { text: page.title.clone(), href: format!("#{}", id(page)) },
        counts: counts(it),
    };
    let source = |it: &apigen_model::ir::Page| SourceRow {
        id: id(it),
        page: Link { text: it.title.clone(), href: web_address(&it.url) },
        revision: it.revision.clone(),
        language: it.language.clone(),
    };
    let (title, lead) = PageName::Coverage.words(site);
    let headings = stats.total.columns().into_iter().map(|(name, _)| heading(&site.words.column, name));
    CoveragePage {
        page: page(site, PageName::Coverage.stem(), &title, &lead),
        headings: headings.collect(),
        pages: stats.pages.iter().map(row).collect(),
        total: counts(&stats.total),
        sources: site.api.pages.iter().map(source).collect(),
    }
}

fn heading(words: &Columns, name: &'static str) -> &'static str {
    match name {
        "operations" => words.operations,
        "path" => words.path,
        "query" => words.query,
        "header" => words.header,
        "body" => words.body,
        "form" => words.form,
        "payload" => words.payload,
        "envelope" => words.envelope,
        "errors" => words.errors,
        "limits" => words.limits,
        "quotas" => words.quotas,
        "rates" => words.rates,
        "examples" => words.examples,
        "settled" => words.settled,
        "open" => words.open,
        other => other,
    }
}
