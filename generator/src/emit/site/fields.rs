//! Tables of parameters and fields: a row per value, with everything that is to be known of it.

use apigen_model::ir::{Field, Limit, Operation, Place, Presence};
use serde_json::Value;

use super::Site;
use super::text::{Inline, Link, Prose, anchor, inline, prose, type_links};
use crate::prose as phrases;
use crate::words::{Words, fill};
use apigen_model::flat::{self, Entry};

/// A table with its heading.
pub(super) struct FieldTable {
    pub(super) title: &'static str,
    pub(super) rows: Vec<FieldRow>,
}

/// A value of a request or reply.
pub(super) struct FieldRow {
    /// Id in the page; empty for values inside others.
    pub(super) id: String,
    pub(super) path: String,
    pub(super) types: Vec<Link>,
    pub(super) presence: Inline,
    pub(super) description: Prose,
    pub(super) notes: Vec<Note>,
}

/// A short fact with its name.
pub(super) struct Note {
    pub(super) label: &'static str,
    pub(super) text: Inline,
    pub(super) link: Link,
}

impl Note {
    /// A fact in words.
    pub(super) fn new(label: &'static str, text: &str) -> Self {
        Self { label, text: inline(text), link: Link { text: String::new(), href: String::new() } }
    }

    /// A fact that stands elsewhere.
    pub(super) fn linked(label: &'static str, link: Link) -> Self {
        Self { label, text: String::new(), link }
    }

    /// A fact in words with more of it elsewhere.
    pub(super) fn with_link(label: &'static str, text: &str, link: Link) -> Self {
        Self { label, text: inline(text), link }
    }
}

/// The parameters of an operation, a table for each place that has any.
pub(super) fn parameters(site: &Site<'_>, operation: &Operation) -> Vec<FieldTable> {
    let tables = Place::ALL.map(|place| {
        let entries = flat::fields(site.api, operation.parameters_in(place));
        let rows = entries.iter().map(|it| parameter(site, operation, place, it));
        FieldTable { title: title(site.words, place), rows: rows.collect() }
    });
    tables.into_iter().filter(|it| !it.rows.is_empty()).collect()
}

/// The fields of a payload, as they stand in a reply.
pub(super) fn payload(site: &Site<'_>, operation: &Operation) -> Vec<FieldRow> {
    flat::payload(site.api, operation).iter().map(|it| row(site, it)).collect()
}

/// The fields of an object, of an envelope or of a shape of a union; what is inside them is said by their types.
pub(super) fn object(site: &Site<'_>, fields: &[Field]) -> Vec<FieldRow> {
    fields.iter().map(|it| own(site, it)).collect()
}

fn own(site: &Site<'_>, field: &Field) -> FieldRow {
    let entry = Entry {
        path: field.wire.clone(),
        type_: &field.type_,
        presence: &field.presence,
        description: &field.description,
        field: Some(field),
        arm: None,
    };
    let mut row = row(site, &entry);
    row.notes.extend(field.limits.iter().map(|it| limit(site.words, it)));
    row
}

/// A limit of a type, which several operations may use.
pub(super) fn limit(words: &'static Words, limit: &Limit) -> Note {
    let rule = phrases::rule(words, &limit.rule);
    let text = match &limit.when {
        Some(condition) => {
            fill(words.facts.rule_when, &[("rule", &rule), ("condition", &phrases::condition(words, condition))])
        }
        None => rule,
    };
    Note::new(words.note.limit, &text)
}

fn title(words: &'static Words, place: Place) -> &'static str {
    match place {
        Place::Path => words.label.path,
        Place::Query => words.label.query,
        Place::Header => words.label.headers,
        Place::Body => words.label.json_body,
        Place::Form => words.label.form,
    }
}

fn parameter(site: &Site<'_>, operation: &Operation, place: Place, entry: &Entry<'_>) -> FieldRow {
    let mut row = row(site, entry);
    let is_top = operation.parameters_in(place).iter().any(|it| entry.arm.is_none() && it.wire == entry.path);
    if let (true, Some(field)) = (is_top, entry.field) {
        row.id = parameter_anchor(operation, &field.name);
    }
    let limits = operation.limits.iter().filter(|it| it.place == place && it.wire == entry.path && it.arm == entry.arm);
    row.notes.extend(limits.map(|it| {
        let link = Link { text: site.words.label.details.to_owned(), href: format!("limits.html#{}", anchor(&it.id)) };
        Note::with_link(site.words.note.limit, &phrases::limit(site.words, it), link)
    }));
    row
}

/// The id of a parameter in the page of its operation.
pub(super) fn parameter_anchor(operation: &Operation, name: &str) -> String {
    format!("{}.{name}", operation.name)
}

fn row(site: &Site<'_>, entry: &Entry<'_>) -> FieldRow {
    let path = if entry.path.is_empty() { site.words.label.body.to_owned() } else { entry.path.clone() };
    FieldRow {
        id: String::new(),
        path,
        types: type_links(site.api, entry.type_),
        presence: presence(site.words, entry),
        description: prose(description(site.words, entry)),
        notes: notes(site, entry),
    }
}

/// What a value means. The tag of a union has no words of the spec.
fn description<'a>(words: &Words, entry: &Entry<'a>) -> &'a str {
    if entry.description == flat::TAG { words.note.tag } else { entry.description }
}

fn presence(words: &Words, entry: &Entry<'_>) -> Inline {
    let note = &words.note;
    match entry.presence {
        Presence::Required if entry.field.is_none() && entry.path.ends_with("[]") => inline(note.each_item),
        Presence::Required if entry.field.is_none() && entry.path.ends_with("{}") => inline(note.each_value),
        Presence::Required => inline(words.facts.required),
        Presence::Optional => inline(note.optional),
        Presence::RequiredWhen(condition) => {
            let condition = phrases::condition(words, condition);
            inline(&fill(words.facts.required_when, &[("condition", &condition)]))
        }
        Presence::Constant(value) => inline(&fill(note.always, &[("value", &value.to_string())])),
    }
}

fn notes(site: &Site<'_>, entry: &Entry<'_>) -> Vec<Note> {
    let words = &site.words.note;
    let code = |it: &str| format!("`{it}`");
    let mut notes = Vec::new();
    if let Some((tag, value)) = &entry.arm {
        notes.push(Note::new(words.only_when, &fill(words.only_when_text, &[("tag", tag), ("value", value)])));
    }
    let Some(field) = entry.field else { return notes };
    if let Some(instead) = &field.deprecated {
        notes.push(Note::new(words.deprecated, instead));
    }
    if field.name != field.wire {
        notes.push(Note::new(words.code_name, &code(&field.name)));
    }
    if !field.default.is_null() {
        notes.push(Note::new(words.default, &code(&field.default.to_string())));
    }
    if let Some(forever) = field.forever {
        notes.push(Note::new(words.endless, &code(&forever.to_string())));
    }
    if let Some(also) = &field.also {
        notes.push(Note::new(words.also_sent_as, &code(&crate::facts::type_name(site.api, also))));
    }
    if field.secret {
        notes.push(Note::new(words.secret, words.secret_text));
    }
    match &field.example {
        Value::String(_) | Value::Number(_) if field.default.is_null() => {
            notes.push(Note::new(words.example, &code(&field.example.to_string())));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {}
    }
    notes
}
