//! The front page of a language, and the page above that leads to the languages.

use apigen_model::ir::{Api, Auth, Operation, Resource, ServerParameter, UtcOffset};

use super::fields::Note;
use super::frame::{LanguageLink, language_name};
use super::highlight::{self, Code};
use super::text::{Inline, Link, Prose, inline, prose};
use super::{Page, PageName, Site, operation_address, operation_link, page, resource_page, title};
use crate::emit::rust::calls;
use crate::words::fill;

pub(super) struct StartPage {
    pub(super) page: Page,
    pub(super) summary: Inline,
    pub(super) description: Prose,
    /// How much there is.
    pub(super) counts: String,
    pub(super) install: Code,
    pub(super) rust: Code,
    /// The commands that fetch a token; empty when none is needed.
    pub(super) token: Vec<Code>,
    /// The commands of a first call; empty when there is no example.
    pub(super) first: Vec<Code>,
    pub(super) server: String,
    /// The zone of hours in parameters; empty when no parameter holds one.
    pub(super) hours: Vec<Note>,
    pub(super) parameters: Vec<ParameterView>,
    pub(super) authentication: Vec<Note>,
    pub(super) resources: Vec<ResourceSummary>,
}

pub(super) struct ParameterView {
    pub(super) name: String,
    pub(super) description: Prose,
    pub(super) example: String,
}

pub(super) struct ResourceSummary {
    pub(super) link: Link,
    pub(super) summary: Inline,
    pub(super) operations: Vec<OperationSummary>,
}

pub(super) struct OperationSummary {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) link: Link,
    pub(super) summary: Inline,
}

/// The page that leads to the languages.
pub(super) struct Choice {
    pub(super) title: String,
    pub(super) tags: String,
    pub(super) languages: Vec<ChoiceRow>,
}

pub(super) struct ChoiceRow {
    pub(super) link: LanguageLink,
    pub(super) title: String,
    pub(super) summary: String,
}

/// The page above the languages. It is in none of them, and its own language is that of the first.
pub(super) fn choice(sites: &[Site<'_>]) -> Choice {
    let row = |site: &Site<'_>| ChoiceRow {
        link: LanguageLink {
            tag: site.tag.to_owned(),
            name: language_name(site.tag),
            href: format!("{}/index.html", site.tag),
            is_current: false,
        },
        title: site.api.title.clone(),
        summary: site.api.summary.clone(),
    };
    Choice {
        title: sites.first().map_or_else(String::new, |it| it.api.title.clone()),
        tags: sites.first().map_or_else(String::new, |it| it.tags.join(" ")),
        languages: sites.iter().map(row).collect(),
    }
}

pub(super) fn start(site: &Site<'_>) -> StartPage {
    let api = site.api;
    let parameter = |it: &ServerParameter| ParameterView {
        name: it.name.clone(),
        description: prose(&it.description),
        example: it.example.clone(),
    };
    let resource = |resource: &Resource| ResourceSummary {
        link: Link { text: resource.title.clone(), href: resource_page(resource) },
        summary: inline(&resource.summary),
        operations: api.operations_of(resource).map(|it| operation_summary(api, it)).collect(),
    };
    let command = |it: &Operation, index: usize| Some(site.samples.get(&it.id)?.examples.get(index)?.curl.clone());
    let token = match &api.auth {
        Auth::None => None,
        Auth::TokenOperation(token) => command(&api[token.operation], 0),
    };
    StartPage {
        page: page(site, PageName::Start.stem(), &api.title, &api.summary),
        summary: inline(&api.summary),
        description: prose(&api.description),
        counts: counts(site),
        install: highlight::bash(format!("cargo add {}\ncargo add tokio --features full", api.name)),
        rust: highlight::rust(calls::first_call(site.english)),
        token: token.into_iter().collect(),
        first: calls::first_example(api).and_then(|(operation, index)| command(operation, index)).into_iter().collect(),
        server: api.server.url.clone(),
        hours: hours(site),
        parameters: api.server.parameters.iter().map(parameter).collect(),
        authentication: authentication(site),
        resources: api.resources.iter().map(resource).collect(),
    }
}

fn counts(site: &Site<'_>) -> String {
    let api = site.api;
    let limits: usize = api.operations.iter().map(|it| it.limits.len()).sum();
    let values = [
        ("operations", api.operations.len()),
        ("resources", api.resources.len()),
        ("errors", api.errors.len()),
        ("limits", limits),
        ("contradictions", api.discrepancies.len()),
    ];
    let values = values.map(|(name, count)| (name, crate::prose::amount(count as u64)));
    fill(site.words.label.title_lead, &values.each_ref().map(|(name, count)| (*name, count.as_str())))
}

fn operation_summary(api: &Api, operation: &Operation) -> OperationSummary {
    OperationSummary {
        method: operation.method.as_str(),
        path: operation.path.clone(),
        link: Link { text: operation.name.clone(), href: operation_address(api, operation) },
        summary: inline(title(&operation.summary)),
    }
}

fn hours(site: &Site<'_>) -> Vec<Note> {
    let note = |it: &UtcOffset| {
        let offset = crate::prose::utc_offset(it);
        let values = [("offset", offset.as_str()), ("description", &it.description)];
        Note::new(site.words.note.hours, &fill(site.words.note.hours_text, &values))
    };
    site.api.server.utc_offset.as_ref().map(note).into_iter().collect()
}

fn authentication(site: &Site<'_>) -> Vec<Note> {
    let words = &site.words.note;
    match &site.api.auth {
        Auth::None => vec![Note::new(words.token, words.no_token)],
        Auth::TokenOperation(token) => {
            let body = fill(words.token_for_text, &[("id", &token.id_field), ("secret", &token.secret_field)]);
            let reply = [("token", token.access_token.as_str()), ("expires", &token.expires_in)];
            vec![
                Note::linked(words.issued_by, operation_link(site.api, &site.api[token.operation])),
                Note::new(words.token_for, &body),
                Note::new(words.token_given, &fill(words.token_given_text, &reply)),
                Note::new(words.sent_as, words.sent_as_text),
            ]
        }
    }
}
