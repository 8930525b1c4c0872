//! One operation with all that is known of it.

use apigen_model::ir::{Advice, Api, ErrorRef, Example, ExampleReply, Operation, Paging, Response, Source};
use serde::Serialize;

use super::fields::{self, FieldRow, FieldTable, Note};
use super::text::{Inline, Link, Prose, anchor, inline, prose, web_address};
use super::{contradiction_link, curl, error_link};
use crate::emit::rust::calls;
use crate::facts;
use crate::prose::grouped;

#[derive(Serialize)]
pub(super) struct OperationView {
    name: String,
    method: &'static str,
    path: String,
    summary: Inline,
    description: Prose,
    /// What to use instead; empty when it is not deprecated.
    deprecated: Inline,
    facts: Vec<Note>,
    parameters: Vec<FieldTable>,
    reply: Prose,
    /// The envelope around the payload; its text is empty when there is none.
    envelope: Link,
    response: Vec<FieldRow>,
    errors: Vec<ErrorRow>,
    common_errors: Vec<Link>,
    examples: Vec<ExampleView>,
    contradictions: Vec<ContradictionView>,
    source: SourceView,
}

/// An error in one of its spellings.
#[derive(Serialize)]
pub(super) struct ErrorRow {
    link: Link,
    status: u16,
    code: String,
    message: String,
    cause: Inline,
    remedy: Inline,
    advice: &'static str,
}

#[derive(Serialize)]
struct ExampleView {
    title: Inline,
    curl: String,
    rust: String,
    status: u16,
    reply: String,
}

#[derive(Serialize)]
struct ContradictionView {
    link: Link,
    state: &'static str,
    decision: Inline,
}

/// A place on a page of the vendor.
#[derive(Serialize)]
pub(super) struct SourceView {
    page: Link,
    revision: String,
    section: String,
    language: String,
}

pub(super) fn view(api: &Api, operation: &Operation) -> OperationView {
    let (reply, envelope) = reply(api, operation);
    let contradiction = |it: &apigen_model::ir::Discrepancy| ContradictionView {
        link: contradiction_link(it),
        state: state(it.open),
        decision: inline(&it.decision),
    };
    OperationView {
        name: operation.name.clone(),
        method: operation.method.as_str(),
        path: format!("{}{}", api.server.path(), operation.path),
        summary: inline(&operation.summary),
        description: prose(&operation.description),
        deprecated: inline(operation.deprecated.as_deref().unwrap_or_default()),
        facts: facts_of(api, operation),
        parameters: fields::parameters(api, operation),
        reply,
        envelope,
        response: fields::payload(api, operation),
        errors: operation.errors.iter().map(|it| error_row(api, *it)).collect(),
        common_errors: api.common_errors.iter().map(|it| error_link(api.error(*it).0)).collect(),
        examples: operation.examples.iter().map(|it| example(api, operation, it)).collect(),
        contradictions: api.discrepancies_of(operation).map(contradiction).collect(),
        source: source(api, &operation.source),
    }
}

/// Whether a contradiction is decided for good.
pub(super) fn state(open: bool) -> &'static str {
    if open { "open" } else { "settled" }
}

/// What a program should do about an error, in words.
pub(super) fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::FixRequest => "fix the request",
        Advice::RefreshToken => "fetch a new token and repeat",
        Advice::Retry => "back off and repeat",
        Advice::GiveUp => "give up and tell a person",
    }
}

pub(super) fn source(api: &Api, source: &Source) -> SourceView {
    let page = &api[source.page];
    SourceView {
        page: Link { text: page.title.clone(), href: web_address(&page.url) },
        revision: page.revision.clone(),
        section: source.section.clone(),
        language: page.language.clone(),
    }
}

fn facts_of(api: &Api, operation: &Operation) -> Vec<Note> {
    let token = if operation.authenticated { "`Authorization: Bearer` and a token" } else { "none" };
    let mut notes = vec![Note::new("Token", token)];
    for limit in operation.rate_limits.iter().map(|id| &api[*id]) {
        let link = Link { text: "details".to_owned(), href: format!("limits.html#rate-{}", anchor(&limit.name)) };
        notes.push(Note::with_link("Rate limit", &crate::prose::rate(limit), link));
    }
    for quota in &operation.quotas {
        let amount = grouped(i64::try_from(quota.amount).unwrap_or(i64::MAX));
        let raisable = if quota.raisable { " The vendor raises it on request." } else { "" };
        notes.push(Note::new("Quota", &format!("{amount} {}. {}{raisable}", quota.unit, quota.description)));
    }
    if let Response::Json { also: Some(also), .. } = &operation.response {
        notes.push(Note::new("Payload", &format!("It also comes as `{}`.", facts::type_name(api, also))));
    }
    for outcome in &operation.outcomes {
        let text = format!("A reply with status 200 reports success {}.", crate::prose::outcome(outcome));
        notes.push(Note::new("Success", &text));
    }
    if let Some(follow_up) = &operation.follow_up {
        let text = format!("`{}` names files to read on. {}", follow_up.url, follow_up.description);
        notes.push(Note::new("Files", &text));
    }
    for placed in operation.limits.iter().filter(|it| it.path.is_empty()) {
        let link = Link { text: "details".to_owned(), href: format!("limits.html#{}", anchor(&placed.id)) };
        notes.push(Note::with_link("Limit", &crate::prose::limit(placed), link));
    }
    notes.extend(paging(api, operation));
    if !operation.since.is_empty() {
        notes.push(Note::new("Since", &operation.since));
    }
    notes
}

fn paging(api: &Api, operation: &Operation) -> Option<Note> {
    let total =
        |path: &str| if path.is_empty() { String::new() } else { format!(" `{path}` counts the items of all pages.") };
    let text = match &operation.paging {
        Paging::None => return None,
        Paging::PageNumber { parameter, size, first, default_size, max_size, items, total: path } => {
            let number = |it: &u64| grouped(i64::try_from(*it).unwrap_or(i64::MAX));
            let most = if *max_size == u64::MAX { String::new() } else { format!(" and at most {}", number(max_size)) };
            format!(
                "`{parameter}` counts pages from {first}; `{size}` is the number of items on one, {} unless given{most}. The items \
                 stand in `{}`. A page that is not full is the last.{}",
                number(default_size),
                facts::items_path(api, operation, items),
                total(path),
            )
        }
        Paging::Cursor { parameter, size, next, items, total: path } => {
            let size =
                if size.is_empty() { String::new() } else { format!(" `{size}` is the number of items on a page.") };
            format!(
                "`{parameter}` takes the cursor that the page before holds in `{next}`; a page without one is the last.{size} The \
                 items stand in `{}`.{}",
                facts::items_path(api, operation, items),
                total(path),
            )
        }
    };
    Some(Note::new("Paging", &text))
}

/// What a successful reply is, and the link to its envelope.
fn reply(api: &Api, operation: &Operation) -> (Prose, Link) {
    let none = Link { text: String::new(), href: String::new() };
    match &operation.response {
        Response::Binary { description } => (prose(description), none),
        Response::Json { envelope: None, .. } | Response::Empty { envelope: None } => (Vec::new(), none),
        Response::Json { envelope: Some(id), .. } | Response::Empty { envelope: Some(id) } => {
            let name = &api[*id].name;
            (Vec::new(), Link { text: name.clone(), href: format!("types.html#envelope.{}", anchor(name)) })
        }
    }
}

fn error_row(api: &Api, reference: ErrorRef) -> ErrorRow {
    let (error, variant) = api.error(reference);
    ErrorRow {
        link: error_link(error),
        status: variant.status,
        code: variant.code.clone(),
        message: variant.message.clone(),
        cause: inline(&error.cause),
        remedy: inline(&error.remedy),
        advice: advice(error.advice),
    }
}

fn example(api: &Api, operation: &Operation, example: &Example) -> ExampleView {
    let (status, reply) = match &example.reply {
        ExampleReply::Json { body, records } => {
            let lines: Vec<_> = records.iter().map(|it| format!("\n{it}")).collect();
            let file = if lines.is_empty() {
                String::new()
            } else {
                format!("\n\nThe file, a record per line:{}", lines.concat())
            };
            (200, format!("{body:#}{file}"))
        }
        ExampleReply::Binary { content } => (200, content.clone()),
        ExampleReply::Error { error, body } => (api.error(*error).1.status, format!("{body:#}")),
    };
    ExampleView {
        title: inline(&example.title),
        curl: curl::command(api, operation, example),
        rust: calls::example(api, operation, example),
        status,
        reply,
    }
}
