//! The templates of the pages, each over the view that fills it.

use super::shown::html_filters as filters;
use super::{ResourcePage, contradictions, coverage, errors, guides, limits, start, types};
use crate::emit::templates::templates;

templates! {
    escaped for "html":
    pub(super) Choice(start::Choice) = "site/index.html.jinja";
    pub(super) Changelog(guides::ChangelogPage) = "site/changelog.html.jinja";
    pub(super) Contradictions(contradictions::ContradictionsPage) = "site/contradictions.html.jinja";
    pub(super) Coverage(coverage::CoveragePage) = "site/coverage.html.jinja";
    pub(super) Errors(errors::ErrorsPage) = "site/errors.html.jinja";
    pub(super) Limits(limits::LimitsPage) = "site/limits.html.jinja";
    pub(super) Paging(guides::PagingPage) = "site/paging.html.jinja";
    pub(super) Rates(guides::RatesPage) = "site/rates.html.jinja";
    pub(super) Resource(ResourcePage) = "site/resource.html.jinja";
    pub(super) Retries(guides::RetriesPage) = "site/retries.html.jinja";
    pub(super) Start(start::StartPage) = "site/start.html.jinja";
    pub(super) Types(types::TypesPage) = "site/types.html.jinja";
}
