//! One operation with all that is known of it.

use std::sync::Arc;

use apigen_model::ir::{Api, Discrepancy, Effect, ErrorRef, Operation, Paging, Response, Source};

use super::fields::{self, FieldRow, FieldTable, Note};
use super::highlight::Code;
use super::samples::Sample;
use super::text::{Inline, Link, Prose, anchor, inline, prose};
use super::{Site, contradiction_link, error_link, errors, guides, title};
use crate::emit::rust::names;
use crate::facts;
use crate::prose as phrases;
use crate::prose::amount;
use crate::words::{Words, fill};

pub(super) struct OperationView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) title: Inline,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) signature: Arc<Code>,
    pub(super) rustdoc: Link,
    pub(super) description: Prose,
    /// What to use instead; empty when it is not deprecated.
    pub(super) deprecated: Inline,
    pub(super) facts: Vec<Note>,
    pub(super) parameters: Vec<FieldTable>,
    pub(super) reply: Prose,
    /// The envelope around the payload; its text is empty when there is none.
    pub(super) envelope: Link,
    pub(super) response: Vec<FieldRow>,
    pub(super) errors: Vec<ErrorRow>,
    /// The link to what every operation shares; its text is empty when that is nothing.
    pub(super) common_errors: Link,
    pub(super) examples: Vec<ExampleView>,
    pub(super) contradictions: Vec<ContradictionView>,
    /// Whether there are so few contradictions that all can be shown at once.
    pub(super) few_contradictions: bool,
    pub(super) source: SourceView,
}

/// An error in one of its spellings.
pub(super) struct ErrorRow {
    pub(super) link: Link,
    pub(super) spelling: errors::SpellingView,
    pub(super) cause: Inline,
    pub(super) remedy: Inline,
    pub(super) action: &'static str,
}

pub(super) struct ExampleView {
    /// Id in the page.
    pub(super) id: String,
    pub(super) title: Inline,
    pub(super) code: Arc<Sample>,
}

pub(super) struct ContradictionView {
    pub(super) link: Link,
    pub(super) is_open: bool,
    pub(super) decision: Inline,
}

/// A place on a page of the vendor.
pub(super) struct SourceView {
    pub(super) page: Link,
    pub(super) revision: String,
    pub(super) section: String,
    pub(super) language: String,
}

/// More contradictions than this are folded away.
const FEW: usize = 2;

pub(super) fn view(site: &Site<'_>, operation: &Operation) -> OperationView {
    let api = site.api;
    let (reply, envelope) = reply(api, operation);
    let contradiction = |it: &Discrepancy| ContradictionView {
        link: contradiction_link(it),
        is_open: it.open,
        decision: inline(&it.decision),
    };
    let contradictions: Vec<_> = api.discrepancies_of(operation).map(contradiction).collect();
    let code = &site.samples[&operation.id];
    let examples = operation.examples.iter().zip(&code.examples).map(|(example, code)| ExampleView {
        id: format!("{}.{}", operation.name, anchor(&example.name)),
        title: inline(&example.title),
        code: Arc::clone(code),
    });
    OperationView {
        id: operation.id.clone(),
        name: operation.name.clone(),
        title: inline(title(&operation.summary)),
        method: operation.method.as_str(),
        path: format!("{}{}", api.server.path(), operation.path),
        signature: Arc::clone(&code.signature),
        rustdoc: rustdoc(api, operation),
        description: prose(&operation.description),
        deprecated: inline(operation.deprecated.as_deref().unwrap_or_default()),
        facts: facts_of(site, operation),
        parameters: fields::parameters(site, operation),
        reply,
        envelope,
        response: fields::payload(site, operation),
        errors: operation.errors.iter().map(|it| error_row(site, *it)).collect(),
        common_errors: errors::common_link(site),
        examples: examples.collect(),
        few_contradictions: contradictions.len() <= FEW,
        contradictions,
        source: source(api, &operation.source),
    }
}

pub(super) fn source(api: &Api, source: &Source) -> SourceView {
    let page = &api[source.page];
    SourceView {
        page: Link { text: page.title.clone(), href: format!("coverage.html#page.{}", anchor(&page.name)) },
        revision: page.revision.clone(),
        section: source.section.clone(),
        language: page.language.clone(),
    }
}

/// Where the documentation of the client of this version is published.
pub(super) fn docs_rs(api: &Api) -> String {
    format!("https://docs.rs/{}/{}", api.name, api.version)
}

fn rustdoc(api: &Api, operation: &Operation) -> Link {
    let resource = &api.resources[operation.resource].name;
    let (krate, module, handle) = (names::krate(&api.name), names::module(resource), names::type_(resource));
    let method = names::value(&operation.name);
    let href = format!("{}/{krate}/{module}/struct.{handle}.html#method.{method}", docs_rs(api));
    Link { text: "rustdoc".to_owned(), href }
}

fn facts_of(site: &Site<'_>, operation: &Operation) -> Vec<Note> {
    let (api, words, note) = (site.api, site.words, &site.words.note);
    let details = |href: String| Link { text: words.label.details.to_owned(), href };
    let mut notes = vec![Note::new(note.token, if operation.authenticated { note.bearer } else { note.none })];
    for limit in operation.rate_limits.iter().map(|id| &api[*id]) {
        let link = details(format!("rates.html#{}", guides::rate_anchor(limit)));
        notes.push(Note::with_link(note.rate_limit, &phrases::rate(words, limit), link));
    }
    notes.push(Note::with_link(note.repeating, repeating(words, operation), details("retries.html#lost".to_owned())));
    for quota in &operation.quotas {
        let raised = if quota.raisable { note.quota_raised } else { "" };
        let parts =
            [&format!("{} {}{}", amount(quota.amount), quota.unit, words.facts.stop), &quota.description, raised];
        let parts: Vec<_> = parts.into_iter().filter(|it| !it.is_empty()).collect();
        notes.push(Note::new(note.quota, &parts.join(words.facts.gap)));
    }
    if let (Some((_, field)), Some(most)) = (operation.split_field(), operation.batch()) {
        let text = fill(note.split_text, &[("field", &field.wire), ("most", &phrases::grouped(most))]);
        notes.push(Note::new(note.split, &text));
    }
    if let Response::Json { also: Some(also), .. } = &operation.response {
        notes.push(Note::new(note.payload, &fill(note.payload_also, &[("type", &facts::type_name(api, also))])));
    }
    for outcome in &operation.outcomes {
        let test = phrases::outcome(words, outcome);
        notes.push(Note::new(note.success, &fill(note.success_text, &[("test", &test)])));
    }
    if let Some(follow_up) = &operation.follow_up {
        let values = [("url", follow_up.url.as_str()), ("description", &follow_up.description)];
        notes.push(Note::new(note.files, &fill(note.files_text, &values)));
    }
    for placed in operation.limits.iter().filter(|it| it.path.is_empty()) {
        let link = details(format!("limits.html#{}", anchor(&placed.id)));
        notes.push(Note::with_link(note.limit, &phrases::limit(words, placed), link));
    }
    notes.extend(paging(site, operation));
    if !operation.since.is_empty() {
        notes.push(Note::new(note.since, &operation.since));
    }
    notes
}

fn repeating(words: &'static Words, operation: &Operation) -> &'static str {
    match operation.effect {
        Effect::Read | Effect::Idempotent => words.label.repeat_safe,
        Effect::Repeats => words.label.repeat_unsafe,
    }
}

fn paging(site: &Site<'_>, operation: &Operation) -> Option<Note> {
    let words = &site.words.note;
    let counted = |path: &str| if path.is_empty() { String::new() } else { fill(words.page_total, &[("path", path)]) };
    let text = match &operation.paging {
        Paging::None => return None,
        Paging::PageNumber { parameter, size, first, default_size, max_size, items, total } => {
            let most = if *max_size == u64::MAX {
                String::new()
            } else {
                fill(words.page_number_most, &[("most", &amount(*max_size))])
            };
            let values = [
                ("parameter", parameter.as_str()),
                ("size", size),
                ("first", &first.to_string()),
                ("default", &amount(*default_size)),
                ("most", &most),
                ("items", &facts::items_path(site.api, operation, items)),
                ("total", &counted(total)),
            ];
            fill(words.page_number, &values)
        }
        Paging::Cursor { parameter, size, next, items, total } => {
            let per_page = if size.is_empty() { String::new() } else { fill(words.cursor_size, &[("size", size)]) };
            let values = [
                ("parameter", parameter.as_str()),
                ("next", next),
                ("size", &per_page),
                ("items", &facts::items_path(site.api, operation, items)),
                ("total", &counted(total)),
            ];
            fill(words.cursor, &values)
        }
    };
    Some(Note::new(words.paging, &text))
}

/// What a successful reply is, and the link to its envelope.
fn reply(api: &Api, operation: &Operation) -> (Prose, Link) {
    match &operation.response {
        Response::Binary { description } => (prose(description), Link::none()),
        Response::Json { envelope: None, .. } | Response::Empty { envelope: None } => (Vec::new(), Link::none()),
        Response::Json { envelope: Some(id), .. } | Response::Empty { envelope: Some(id) } => {
            let name = &api[*id].name;
            (Vec::new(), Link { text: name.clone(), href: format!("types.html#envelope.{}", anchor(name)) })
        }
    }
}

fn error_row(site: &Site<'_>, reference: ErrorRef) -> ErrorRow {
    let (error, variant) = site.api.error(reference);
    ErrorRow {
        link: error_link(error),
        spelling: errors::spelling(variant),
        cause: inline(&error.cause),
        remedy: inline(&error.remedy),
        action: errors::action(site.words, error.advice),
    }
}
