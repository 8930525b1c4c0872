//! The documentation site: plain HTML files with relative links, readable from a folder and without a network, in every
//! language of the spec, each page with a twin in Markdown.
//!
//! Templates escape everything. Prose of the spec reaches them as spans of text and code, and only `highlight` hands them
//! markup of its own, so no string of a spec is ever trusted.

mod assets;
mod contradictions;
mod coverage;
mod curl;
mod errors;
mod fields;
mod frame;
mod guides;
mod highlight;
mod html;
mod limits;
mod llms;
mod markdown;
mod operation;
mod samples;
mod search;
mod shown;
mod start;
mod text;
mod twins;
mod types;

use apigen_model::ir::{Api, Discrepancy, ErrorDef, Operation, Resource};
use apigen_model::translate::ENGLISH;
use askama::Template;
use rayon::prelude::*;

use self::frame::{Page, page};
use self::operation::OperationView;
use self::samples::Samples;
use self::text::{Inline, Link, Prose, anchor, inline, prose};
use self::types::TypeView;
use super::templates::file;
use crate::Localized;
use crate::progress::{Progress, Stage};
use crate::tree::FileTree;
use crate::words::{PageWords, Words};

/// Renders the site.
pub(super) fn emit(apis: &Localized, progress: &Progress) -> FileTree {
    let english = &apis.english;
    let samples = samples::all(english);
    let tags: Vec<_> = std::iter::once(ENGLISH).chain(apis.others.iter().map(|(tag, _)| tag.as_str())).collect();
    let others = apis.others.iter().map(|(tag, api)| (tag.as_str(), api));
    let sites = std::iter::once((ENGLISH, english)).chain(others);
    let sites = sites.map(|(tag, api)| {
        let words = Words::of(tag);
        Site { api, english, tag, words, tags: &tags, samples: &samples, progress }
    });
    let sites: Vec<_> = sites.collect();
    let mut files: FileTree = sites.par_iter().map(Site::files).collect::<Vec<_>>().into_iter().collect();
    assets::insert(&mut files);
    files.insert("site/index.html", file(&html::Choice(&start::choice(&sites))));
    files.insert("site/llms.txt", llms::all(&sites));
    files
}

/// The site in one language.
struct Site<'a> {
    api: &'a Api,
    /// The same in English: what it says is found by English words in every language.
    english: &'a Api,
    /// The language.
    tag: &'a str,
    words: &'static Words,
    /// All languages.
    tags: &'a [&'a str],
    samples: &'a Samples,
    progress: &'a Progress,
}

/// A page that is not about one resource.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PageName {
    Start,
    Paging,
    Retries,
    Rates,
    Errors,
    Limits,
    Types,
    Contradictions,
    Changelog,
    Coverage,
}

impl PageName {
    const ALL: [Self; 10] = [
        Self::Start,
        Self::Paging,
        Self::Retries,
        Self::Rates,
        Self::Errors,
        Self::Limits,
        Self::Types,
        Self::Contradictions,
        Self::Changelog,
        Self::Coverage,
    ];

    /// Its file without the extension. No resource may be called so.
    fn stem(self) -> &'static str {
        match self {
            Self::Start => "index",
            Self::Paging => "paging",
            Self::Retries => "retries",
            Self::Rates => "rates",
            Self::Errors => "errors",
            Self::Limits => "limits",
            Self::Types => "types",
            Self::Contradictions => "contradictions",
            Self::Changelog => "changelog",
            Self::Coverage => "coverage",
        }
    }

    /// Its title and first sentence.
    fn words(self, site: &Site<'_>) -> (String, String) {
        let words = |it: PageWords| (it.title.to_owned(), it.lead.to_owned());
        let page = &site.words.page;
        match self {
            Self::Start => (page.start.to_owned(), site.api.summary.clone()),
            Self::Paging => words(page.paging),
            Self::Retries => words(page.retries),
            Self::Rates => words(page.rates),
            Self::Errors => words(page.errors),
            Self::Limits => words(page.limits),
            Self::Types => words(page.types),
            Self::Contradictions => words(page.contradictions),
            Self::Changelog => words(page.changelog),
            Self::Coverage => words(page.coverage),
        }
    }
}

struct ResourcePage {
    page: Page,
    summary: Inline,
    description: Prose,
    operations: Vec<OperationView>,
    types: Vec<TypeView>,
}

/// A page, and its twin in Markdown.
macro_rules! pages {
    ($stem:expr, $page:ident, $view:expr) => {{
        let view = $view;
        both($stem, &html::$page(&view), &twins::$page(&view))
    }};
}

impl Site<'_> {
    fn files(&self) -> FileTree {
        let pages = PageName::ALL.into_par_iter().flat_map_iter(|it| self.page(it));
        let resources = self.api.resources.par_iter().flat_map_iter(|it| self.resource(it));
        let (index, pages): (_, Vec<_>) = rayon::join(|| search::index(self), || pages.chain(resources).collect());
        let mut files = FileTree::default();
        for (name, text) in pages {
            files.insert(format!("site/{}/{name}", self.tag), text);
        }
        files.insert(format!("site/{}/search.js", self.tag), index);
        files
    }

    fn page(&self, name: PageName) -> [(String, String); 2] {
        let stem = name.stem();
        match name {
            PageName::Start => pages!(stem, Start, start::start(self)),
            PageName::Paging => pages!(stem, Paging, guides::paging(self)),
            PageName::Retries => pages!(stem, Retries, guides::retries(self)),
            PageName::Rates => pages!(stem, Rates, guides::rates(self)),
            PageName::Errors => pages!(stem, Errors, errors::errors(self)),
            PageName::Limits => pages!(stem, Limits, limits::limits(self)),
            PageName::Types => pages!(stem, Types, types::shared(self)),
            PageName::Contradictions => pages!(stem, Contradictions, contradictions::contradictions(self)),
            PageName::Changelog => pages!(stem, Changelog, guides::changelog(self)),
            PageName::Coverage => pages!(stem, Coverage, coverage::coverage(self)),
        }
    }

    fn resource(&self, resource: &Resource) -> [(String, String); 2] {
        let view = ResourcePage {
            page: page(self, &resource.name, &resource.title, &resource.summary),
            summary: inline(&resource.summary),
            description: prose(&resource.description),
            operations: self.api.operations_of(resource).map(|it| operation::view(self, it)).collect(),
            types: resource.types.iter().map(|id| types::view(self, &self.api[*id])).collect(),
        };
        let pages = pages!(&resource.name, Resource, view);
        self.progress.step(Stage::Rendering);
        pages
    }
}

fn both(stem: &str, page: &impl Template, twin: &impl Template) -> [(String, String); 2] {
    [(format!("{stem}.html"), file(page)), (format!("{stem}.md"), file(twin))]
}

fn resource_page(resource: &Resource) -> String {
    format!("{}.html", resource.name)
}

/// The address of an operation.
fn operation_address(api: &Api, operation: &Operation) -> String {
    format!("{}#{}", resource_page(&api.resources[operation.resource]), operation.name)
}

/// The link to an operation, under its id.
fn operation_link(api: &Api, operation: &Operation) -> Link {
    Link { text: operation.id.clone(), href: operation_address(api, operation) }
}

/// The link to a contradiction in the ledger.
fn contradiction_link(discrepancy: &Discrepancy) -> Link {
    // A link is plain text, so code in the title loses its backticks.
    let text = discrepancy.title.replace('`', "");
    Link { text, href: format!("contradictions.html#{}", anchor(&discrepancy.id)) }
}

/// The link to an error, under its id.
fn error_link(error: &ErrorDef) -> Link {
    Link { text: error.name.clone(), href: format!("errors.html#{}", anchor(&error.name)) }
}

/// A sentence as a title.
fn title(summary: &str) -> &str {
    summary.trim_end().trim_end_matches(['.', '。'])
}
