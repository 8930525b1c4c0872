//! The templates of the pages, each over the view that fills it.

use super::shown::html_filters as filters;
use super::{ResourcePage, contradictions, coverage, errors, guides, limits, start, types};
use crate::emit::templates::templates;

templates! {
    pub(super) Choice(start::Choice) = "site/index.html.jinja" as "html";
    pub(super) Changelog(guides::ChangelogPage) = "site/changelog.html.jinja" as "html";
    pub(super) Contradictions(contradictions::ContradictionsPage) = "site/contradictions.html.jinja" as "html";
    pub(super) Coverage(coverage::CoveragePage) = "site/coverage.html.jinja" as "html";
    pub(super) Errors(errors::ErrorsPage) = "site/errors.html.jinja" as "html";
    pub(super) Limits(limits::LimitsPage) = "site/limits.html.jinja" as "html";
    pub(super) Paging(guides::PagingPage) = "site/paging.html.jinja" as "html";
    pub(super) Rates(guides::RatesPage) = "site/rates.html.jinja" as "html";
    pub(super) Resource(ResourcePage) = "site/resource.html.jinja" as "html";
    pub(super) Retries(guides::RetriesPage) = "site/retries.html.jinja" as "html";
    pub(super) Start(start::StartPage) = "site/start.html.jinja" as "html";
    pub(super) Types(types::TypesPage) = "site/types.html.jinja" as "html";
}
