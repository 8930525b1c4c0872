//! The documentation site: plain HTML files with relative links, readable from a folder and without a network.
//!
//! Templates escape everything. Prose of the spec reaches them as spans of text and code, so no string is ever trusted.

mod coverage;
mod curl;
mod fields;
mod ledgers;
mod operation;
mod text;
mod types;

use apigen_model::ir::{Api, Auth, Resource};
use rayon::prelude::*;
use serde::Serialize;

use self::fields::Note;
use self::operation::OperationView;
use self::text::{Link, Prose, anchor, inline, prose};
use self::types::TypeView;
use super::templates::render;
use crate::tree::FileTree;

/// Renders the site.
pub(super) fn emit(apis: &crate::Localized) -> FileTree {
    let api = &apis.english;
    let mut files = FileTree::default();
    files.insert("site/assets/style.css", render("site/assets/style.css.jinja", &()));
    files.insert("site/index.html", render("site/index.html.jinja", &index(api)));
    files.insert("site/errors.html", render("site/errors.html.jinja", &ledgers::errors(api)));
    files.insert("site/limits.html", render("site/limits.html.jinja", &ledgers::limits(api)));
    files.insert("site/contradictions.html", render("site/contradictions.html.jinja", &ledgers::contradictions(api)));
    files.insert("site/coverage.html", render("site/coverage.html.jinja", &coverage::coverage(api)));
    files.insert("site/types.html", render("site/types.html.jinja", &types::shared(api)));
    let pages = api.resources.par_iter().map(|resource| {
        let name = format!("site/{}", resource_page(resource));
        (name, render("site/resource.html.jinja", &self::resource(api, resource)))
    });
    for (name, page) in pages.collect::<Vec<_>>() {
        files.insert(name, page);
    }
    files
}

/// What surrounds the content of every page.
#[derive(Serialize)]
struct Page {
    title: String,
    site: String,
    description: String,
    reference: Vec<NavLink>,
    resources: Vec<NavLink>,
}

#[derive(Serialize)]
struct NavLink {
    link: Link,
    is_current: bool,
    /// What is on the page, when it is the current one.
    inside: Vec<Link>,
}

#[derive(Serialize)]
struct IndexPage {
    page: Page,
    summary: String,
    description: Prose,
    version: String,
    server: String,
    /// The zone of hours in parameters; empty when no parameter holds one.
    hours: Vec<Note>,
    parameters: Vec<ParameterView>,
    authentication: Vec<Note>,
    resources: Vec<ResourceSummary>,
    sources: Vec<SourceView>,
}

#[derive(Serialize)]
struct ParameterView {
    name: String,
    description: Prose,
    example: String,
}

#[derive(Serialize)]
struct ResourceSummary {
    link: Link,
    summary: text::Inline,
    operations: Vec<OperationSummary>,
}

#[derive(Serialize)]
struct OperationSummary {
    method: &'static str,
    path: String,
    link: Link,
    summary: text::Inline,
}

/// A page of the vendor.
#[derive(Serialize)]
struct SourceView {
    link: Link,
    revision: String,
    language: String,
}

#[derive(Serialize)]
struct ResourcePage {
    page: Page,
    summary: text::Inline,
    description: Prose,
    operations: Vec<OperationView>,
    types: Vec<TypeView>,
}

/// Name and title of the pages that are not about one resource.
const REFERENCE: [(&str, &str); 6] = [
    ("index.html", "Overview"),
    ("errors.html", "Errors"),
    ("limits.html", "Limits"),
    ("types.html", "Shared types"),
    ("contradictions.html", "Contradictions"),
    ("coverage.html", "Coverage"),
];

fn resource_page(resource: &Resource) -> String {
    format!("{}.html", resource.name)
}

/// The link to an operation, under its id.
fn operation_link(api: &Api, operation: &apigen_model::ir::Operation) -> Link {
    let page = resource_page(&api.resources[operation.resource]);
    Link { text: operation.id.clone(), href: format!("{page}#{}", operation.name) }
}

/// The frame of the page with a file name.
fn page(api: &Api, name: &str, title: &str, description: &str) -> Page {
    let reference = REFERENCE.map(|(href, text)| NavLink {
        link: Link { text: text.to_owned(), href: href.to_owned() },
        is_current: href == name,
        inside: Vec::new(),
    });
    let resources = api.resources.iter().map(|resource| {
        let href = resource_page(resource);
        let is_current = href == name;
        let inside = |it: &apigen_model::ir::Operation| Link { text: it.name.clone(), href: format!("#{}", it.name) };
        let inside = if is_current { api.operations_of(resource).map(inside).collect() } else { Vec::new() };
        NavLink { link: Link { text: resource.title.clone(), href }, is_current, inside }
    });
    Page {
        title: title.to_owned(),
        site: api.title.clone(),
        description: description.to_owned(),
        reference: reference.into(),
        resources: resources.collect(),
    }
}

fn index(api: &Api) -> IndexPage {
    let parameter = |it: &apigen_model::ir::ServerParameter| ParameterView {
        name: it.name.clone(),
        description: prose(&it.description),
        example: it.example.clone(),
    };
    let resource = |resource: &Resource| ResourceSummary {
        link: Link { text: resource.title.clone(), href: resource_page(resource) },
        summary: inline(&resource.summary),
        operations: api.operations_of(resource).map(|it| operation_summary(api, it)).collect(),
    };
    let source = |it: &apigen_model::ir::Page| SourceView {
        link: Link { text: it.title.clone(), href: text::web_address(&it.url) },
        revision: it.revision.clone(),
        language: it.language.clone(),
    };
    IndexPage {
        page: page(api, "index.html", &api.title, &api.summary),
        summary: api.summary.clone(),
        description: prose(&api.description),
        version: api.version.clone(),
        server: api.server.url.clone(),
        hours: hours(api),
        parameters: api.server.parameters.iter().map(parameter).collect(),
        authentication: authentication(api),
        resources: api.resources.iter().map(resource).collect(),
        sources: api.pages.iter().map(source).collect(),
    }
}

fn operation_summary(api: &Api, operation: &apigen_model::ir::Operation) -> OperationSummary {
    let page = resource_page(&api.resources[operation.resource]);
    OperationSummary {
        method: operation.method.as_str(),
        path: operation.path.clone(),
        link: Link { text: operation.name.clone(), href: format!("{page}#{}", operation.name) },
        summary: inline(&operation.summary),
    }
}

fn hours(api: &Api) -> Vec<Note> {
    let note = |it: &apigen_model::ir::UtcOffset| {
        let offset = crate::prose::utc_offset(it);
        Note::new(
            "Hours",
            &format!("Where a parameter names an hour, it is one of a clock at `{offset}`. {}", it.description),
        )
    };
    api.server.utc_offset.as_ref().map(note).into_iter().collect()
}

fn authentication(api: &Api) -> Vec<Note> {
    match &api.auth {
        Auth::None => vec![Note::new("Token", "Requests carry no token.")],
        Auth::TokenOperation(token) => {
            let body = format!("`{}` and `{}`", token.id_field, token.secret_field);
            let reply = format!("`{}`, valid for `{}` seconds", token.access_token, token.expires_in);
            let header = "`Authorization: Bearer` and the token, on every request that does not say otherwise";
            vec![
                Note::linked("Issued by", operation_link(api, &api[token.operation])),
                Note::new("For", &body),
                Note::new("Given as", &reply),
                Note::new("Sent as", header),
            ]
        }
    }
}

fn resource(api: &Api, resource: &Resource) -> ResourcePage {
    ResourcePage {
        page: page(api, &resource_page(resource), &resource.title, &resource.summary),
        summary: inline(&resource.summary),
        description: prose(&resource.description),
        operations: api.operations_of(resource).map(|it| operation::view(api, it)).collect(),
        types: resource.types.iter().map(|id| types::view(api, &api[*id])).collect(),
    }
}

/// The link to a contradiction in the ledger.
fn contradiction_link(discrepancy: &apigen_model::ir::Discrepancy) -> Link {
    // A link is plain text, so code in the title loses its backticks.
    let text = discrepancy.title.replace('`', "");
    Link { text, href: format!("contradictions.html#{}", anchor(&discrepancy.id)) }
}

/// The link to an error, under its id.
fn error_link(error: &apigen_model::ir::ErrorDef) -> Link {
    Link { text: error.name.clone(), href: format!("errors.html#{}", anchor(&error.name)) }
}
