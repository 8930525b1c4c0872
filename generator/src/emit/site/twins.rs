//! The templates of the twins of pages in Markdown, each over the view that fills it.

use super::shown::markdown_filters as filters;
use super::{ResourcePage, contradictions, coverage, errors, guides, limits, llms, start, types};
use crate::emit::templates::templates;

templates! {
    escaped for "md":
    pub(super) Changelog(guides::ChangelogPage) = "site/changelog.md.jinja";
    pub(super) Contradictions(contradictions::ContradictionsPage) = "site/contradictions.md.jinja";
    pub(super) Coverage(coverage::CoveragePage) = "site/coverage.md.jinja";
    pub(super) Errors(errors::ErrorsPage) = "site/errors.md.jinja";
    pub(super) Limits(limits::LimitsPage) = "site/limits.md.jinja";
    pub(super) List(llms::ListView) = "site/llms.md.jinja";
    pub(super) Paging(guides::PagingPage) = "site/paging.md.jinja";
    pub(super) Rates(guides::RatesPage) = "site/rates.md.jinja";
    pub(super) Resource(ResourcePage) = "site/resource.md.jinja";
    pub(super) Retries(guides::RetriesPage) = "site/retries.md.jinja";
    pub(super) Start(start::StartPage) = "site/start.md.jinja";
    pub(super) Types(types::TypesPage) = "site/types.md.jinja";
}
