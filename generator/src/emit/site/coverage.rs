//! The page that says how much of the vendor's pages is here.

use apigen_model::ir::Api;
use serde::Serialize;

use super::text::{Link, web_address};
use super::{Page, page};
use crate::stats::{Counts, Stats};

#[derive(Serialize)]
pub(super) struct CoveragePage {
    page: Page,
    headings: Vec<&'static str>,
    pages: Vec<PageRow>,
    total: Vec<usize>,
}

#[derive(Serialize)]
struct PageRow {
    page: Link,
    counts: Vec<usize>,
}

pub(super) fn coverage(api: &Api) -> CoveragePage {
    let counts = |it: &Counts| it.columns().into_iter().map(|(_, count)| count).collect();
    let stats = Stats::of(api);
    let row = |(page, it): &(&apigen_model::ir::Page, Counts)| PageRow {
        page: Link { text: page.title.clone(), href: web_address(&page.url) },
        counts: counts(it),
    };
    let description = "How much of each of the vendor's pages is here.";
    CoveragePage {
        page: page(api, "coverage.html", "Coverage", description),
        headings: stats.total.columns().into_iter().map(|(heading, _)| heading).collect(),
        pages: stats.pages.iter().map(row).collect(),
        total: counts(&stats.total),
    }
}
