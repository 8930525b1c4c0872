//! The templates of the twins of pages in Markdown, each over the view that fills it.

use super::shown::markdown_filters as filters;
use super::{ResourcePage, contradictions, coverage, errors, guides, limits, llms, start, types};
use crate::emit::templates::templates;

templates! {
    pub(super) Changelog(guides::ChangelogPage) = "site/changelog.md.jinja" as "md";
    pub(super) Contradictions(contradictions::ContradictionsPage) = "site/contradictions.md.jinja" as "md";
    pub(super) Coverage(coverage::CoveragePage) = "site/coverage.md.jinja" as "md";
    pub(super) Errors(errors::ErrorsPage) = "site/errors.md.jinja" as "md";
    pub(super) Limits(limits::LimitsPage) = "site/limits.md.jinja" as "md";
    pub(super) List(llms::ListView) = "site/llms.md.jinja" as "md";
    pub(super) Paging(guides::PagingPage) = "site/paging.md.jinja" as "md";
    pub(super) Rates(guides::RatesPage) = "site/rates.md.jinja" as "md";
    pub(super) Resource(ResourcePage) = "site/resource.md.jinja" as "md";
    pub(super) Retries(guides::RetriesPage) = "site/retries.md.jinja" as "md";
    pub(super) Start(start::StartPage) = "site/start.md.jinja" as "md";
    pub(super) Types(types::TypesPage) = "site/types.md.jinja" as "md";
}
