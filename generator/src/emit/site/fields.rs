//! Tables of parameters and fields: a row per value, with everything that is to be known of it.

use apigen_model::ir::{Api, Field, Operation, Place, Presence};
use serde::Serialize;
use serde_json::Value;

use super::text::{Inline, Link, Prose, anchor, inline, prose, type_links};
use crate::flat::{self, Entry};
use crate::prose as words;

/// A table with its heading.
#[derive(Serialize)]
pub(super) struct FieldTable {
    title: &'static str,
    rows: Vec<FieldRow>,
}

/// A value of a request or reply.
#[derive(Serialize)]
pub(super) struct FieldRow {
    /// Id in the page; empty for values inside others.
    id: String,
    path: String,
    types: Vec<Link>,
    presence: Inline,
    description: Prose,
    notes: Vec<Note>,
}

/// A short fact with its name.
#[derive(Serialize)]
pub(super) struct Note {
    label: &'static str,
    text: Inline,
    link: Link,
}

impl Note {
    /// A fact in words.
    pub(super) fn new(label: &'static str, text: &str) -> Self {
        Self { label, text: inline(text), link: Link { text: String::new(), href: String::new() } }
    }

    /// A fact that stands elsewhere.
    pub(super) fn linked(label: &'static str, link: Link) -> Self {
        Self { label, text: Vec::new(), link }
    }

    /// A fact in words with more of it elsewhere.
    pub(super) fn with_link(label: &'static str, text: &str, link: Link) -> Self {
        Self { label, text: inline(text), link }
    }
}

/// The parameters of an operation, a table for each place that has any.
pub(super) fn parameters(api: &Api, operation: &Operation) -> Vec<FieldTable> {
    let tables = Place::ALL.map(|place| {
        let entries = flat::fields(api, operation.parameters_in(place));
        let rows = entries.iter().map(|it| parameter(api, operation, place, it));
        FieldTable { title: title(place), rows: rows.collect() }
    });
    tables.into_iter().filter(|it| !it.rows.is_empty()).collect()
}

/// The fields of a payload, as they stand in a reply.
pub(super) fn payload(api: &Api, operation: &Operation) -> Vec<FieldRow> {
    flat::payload(api, operation).iter().map(|it| row(api, it)).collect()
}

/// The fields of an object, of an envelope or of a shape of a union; what is inside them is said by their types.
pub(super) fn object(api: &Api, fields: &[Field]) -> Vec<FieldRow> {
    fields.iter().map(|it| own(api, it)).collect()
}

fn own(api: &Api, field: &Field) -> FieldRow {
    let entry = Entry {
        path: field.wire.clone(),
        type_: &field.type_,
        presence: &field.presence,
        description: &field.description,
        field: Some(field),
        arm: None,
    };
    let mut row = row(api, &entry);
    row.notes.extend(field.limits.iter().map(limit));
    row
}

/// A limit of a type, which several operations may use.
pub(super) fn limit(limit: &apigen_model::ir::Limit) -> Note {
    let condition = limit.when.as_ref().map_or_else(String::new, |it| format!(" {}", words::condition(it)));
    Note::new("Limit", &format!("{}{condition}", words::rule(&limit.rule)))
}

fn title(place: Place) -> &'static str {
    match place {
        Place::Path => "Path",
        Place::Query => "Query",
        Place::Header => "Headers",
        Place::Body => "JSON body",
        Place::Form => "Multipart form",
    }
}

fn parameter(api: &Api, operation: &Operation, place: Place, entry: &Entry<'_>) -> FieldRow {
    let mut row = row(api, entry);
    let is_top = operation.parameters_in(place).iter().any(|it| entry.arm.is_none() && it.wire == entry.path);
    if let (true, Some(field)) = (is_top, entry.field) {
        row.id = parameter_anchor(operation, &field.name);
    }
    let limits = operation.limits.iter().filter(|it| it.place == place && it.wire == entry.path && it.arm == entry.arm);
    row.notes.extend(limits.map(|it| {
        let link = Link { text: "details".to_owned(), href: format!("limits.html#{}", anchor(&it.id)) };
        Note::with_link("Limit", &words::limit(it), link)
    }));
    row
}

/// The id of a parameter in the page of its operation.
pub(super) fn parameter_anchor(operation: &Operation, name: &str) -> String {
    format!("{}.{name}", operation.name)
}

fn row(api: &Api, entry: &Entry<'_>) -> FieldRow {
    let path = if entry.path.is_empty() { "body".to_owned() } else { entry.path.clone() };
    FieldRow {
        id: String::new(),
        path,
        types: type_links(api, entry.type_),
        presence: presence(entry),
        description: prose(entry.description),
        notes: notes(api, entry),
    }
}

fn presence(entry: &Entry<'_>) -> Inline {
    match entry.presence {
        Presence::Required if entry.field.is_none() && entry.path.ends_with("[]") => inline("each item"),
        Presence::Required if entry.field.is_none() && entry.path.ends_with("{}") => inline("each value"),
        Presence::Required => inline("required"),
        Presence::Optional => inline("optional"),
        Presence::RequiredWhen(condition) => inline(&format!("required {}", words::condition(condition))),
        Presence::Constant(value) => inline(&format!("always `{value}`")),
    }
}

fn notes(api: &Api, entry: &Entry<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some((tag, value)) = &entry.arm {
        notes.push(Note::new("Only when", &format!("`{tag}` is `{value}`")));
    }
    let Some(field) = entry.field else { return notes };
    if let Some(instead) = &field.deprecated {
        notes.push(Note::new("Deprecated", instead));
    }
    if field.name != field.wire {
        notes.push(Note::new("In code", &format!("`{}`", field.name)));
    }
    if !field.default.is_null() {
        notes.push(Note::new("Default", &format!("`{}`", field.default)));
    }
    if let Some(forever) = field.forever {
        notes.push(Note::new("Without end", &format!("`{forever}`")));
    }
    if let Some(also) = &field.also {
        notes.push(Note::new("Also sent as", &format!("`{}`", crate::facts::type_name(api, also))));
    }
    if field.secret {
        notes.push(Note::new("Secret", "kept out of logs and debug output"));
    }
    match &field.example {
        Value::String(_) | Value::Number(_) if field.default.is_null() => {
            notes.push(Note::new("Example", &format!("`{}`", field.example)));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {}
    }
    notes
}
