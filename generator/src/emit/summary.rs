//! `api.txt`: the whole public meaning of the API, one short line per fact, for the reviewer of a change.
//!
//! Every line stands for itself, because a reviewer sees it in the middle of a diff: it begins with what it is about. No
//! two lines are equal, and the order is that of the spec.

use std::fmt::Write;

use apigen_model::ir::{
    Api, Auth, Body, Bound, Condition, Cost, Discrepancy, ErrorDef, Field, Limit, Operation, Outcome, OutcomeTest,
    Paging, Payload, Place, Presence, RateLimit, RateScope, Resource, Response, Rule, Sharing, TagPlace, Test, TypeDef,
    TypeKind,
};
use serde_json::Value;

use crate::facts::{self, type_name};
use crate::tree::FileTree;
use apigen_model::flat::{self, Entry};

/// Renders api.txt.
pub(super) fn emit(api: &Api) -> FileTree {
    let mut text = Lines::default();
    service(api, &mut text);
    shared(api, &mut text);
    for resource in &api.resources {
        self::resource(api, resource, &mut text);
    }
    let mut files = FileTree::default();
    files.insert("api.txt", text.0);
    files
}

/// Lines of text; what is written never holds a line break.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, subject: &str, fact: &str) {
        writeln!(self.0, "{subject}  {}", fact.trim_end()).expect("writing to a string cannot fail");
    }

    fn section(&mut self) {
        self.0.push('\n');
    }
}

fn service(api: &Api, lines: &mut Lines) {
    lines.add("api", &format!("{} {} {}", word(&api.name), word(&api.version), quoted(&api.title)));
    lines.add("api", &format!("server {}", word(&api.server.url)));
    for parameter in &api.server.parameters {
        lines.add("api", &format!("server parameter {}", word(&parameter.name)));
    }
    if let Some(offset) = &api.server.utc_offset {
        lines.add("api", &format!("server hours {} minutes east of UTC", offset.minutes));
    }
    match &api.auth {
        Auth::None => lines.add("api", "auth none"),
        Auth::TokenOperation(token) => {
            let fields =
                [&token.id_field, &token.secret_field, &token.access_token, &token.expires_in].map(|it| word(it));
            let [id, secret, access, expires] = fields;
            let operation = &api[token.operation].id;
            lines.add(
                "api",
                &format!("auth bearer token from {operation} with {id} and {secret}, read from {access} and {expires}"),
            );
        }
    }
    let body = &api.error_body;
    lines.add("api", &format!("error body code {} message {}", word(&body.code), word(&body.message)));
    entries(api, "api", "error body", &flat::fields(api, &body.fields), lines);
    for error in &api.common_errors {
        lines.add("api", &format!("any operation: error {}", facts::error_id(api, *error)));
    }
}

fn shared(api: &Api, lines: &mut Lines) {
    for envelope in &api.envelopes {
        lines.section();
        let subject = format!("envelope {}", word(&envelope.name));
        match &envelope.payload {
            Payload::Key(key) => lines.add(&subject, &format!("payload under {}", word(key))),
            Payload::Whole => lines.add(&subject, "payload beside the fields"),
        }
        if let Some(outcome) = &envelope.outcome {
            lines.add(&subject, &format!("a success {}", self::outcome(outcome)));
        }
        entries(api, &subject, "field", &flat::fields(api, &envelope.fields), lines);
    }
    lines.section();
    for limit in &api.rate_limits {
        lines.add(&format!("rate limit {}", word(&limit.name)), &rate_limit(api, limit));
    }
    for error in &api.errors {
        self::error(error, lines);
    }
    for type_ in api.shared_types() {
        self::type_(api, type_, lines);
    }
    for discrepancy in api.discrepancies.iter().filter(|it| !is_owned(api, it)) {
        self::discrepancy(discrepancy, lines);
    }
}

fn is_owned(api: &Api, discrepancy: &Discrepancy) -> bool {
    let owner = discrepancy.id.split_once('.').map_or("", |(owner, _)| owner);
    api.resources.iter().any(|it| it.name == owner)
}

fn resource(api: &Api, resource: &Resource, lines: &mut Lines) {
    lines.section();
    lines.add(&format!("resource {}", resource.name), &quoted(&resource.title));
    for operation in api.operations_of(resource) {
        lines.section();
        self::operation(api, operation, lines);
    }
    lines.section();
    for id in &resource.types {
        type_(api, &api[*id], lines);
    }
    for id in &resource.discrepancies {
        discrepancy(&api[*id], lines);
    }
}

fn operation(api: &Api, operation: &Operation, lines: &mut Lines) {
    let id = operation.id.as_str();
    lines.add(id, &format!("{} {}", operation.method.as_str(), word(&operation.path)));
    match &api.auth {
        Auth::TokenOperation(_) if !operation.authenticated => lines.add(id, "without token"),
        Auth::TokenOperation(_) | Auth::None => {}
    }
    if let Some(instead) = &operation.deprecated {
        lines.add(id, &format!("deprecated {}", quoted(instead)));
    }
    if !operation.since.is_empty() {
        lines.add(id, &format!("since {}", word(&operation.since)));
    }
    match &operation.body {
        Body::None | Body::Json(_) => {}
        Body::Multipart(_) => lines.add(id, "body multipart"),
    }
    for place in Place::ALL {
        entries(api, id, place.name(), &flat::fields(api, operation.parameters_in(place)), lines);
    }
    for placed in &operation.limits {
        let arm = placed.arm.as_ref().map_or_else(String::new, |arm| format!(" in {}", arm_text(arm)));
        lines.add(
            id,
            &format!(
                "limit {} {}{arm}",
                word(crate::prose::bounded(&crate::words::ENGLISH, placed)),
                limit(api, &placed.limit)
            ),
        );
    }
    reply(api, operation, lines);
    for error in &operation.errors {
        let (definition, variant) = api.error(*error);
        let advice = facts::advice(definition.advice);
        let wire = format!("{} {} {}", variant.status, word(&variant.code), quoted(&variant.message));
        lines.add(id, &format!("error {} {wire} {advice}", facts::error_id(api, *error)));
    }
    if operation.effect != operation.method.effect() {
        lines.add(id, facts::effect(operation.effect));
    }
    if let (Some((_, field)), Some(most)) = (operation.split_field(), operation.batch()) {
        lines.add(id, &format!("split {} by {most}", word(&field.wire)));
    }
    for rate in &operation.rate_limits {
        lines.add(id, &format!("rate limit {}", word(&api[*rate].name)));
    }
    for quota in &operation.quotas {
        let raisable = if quota.raisable { ", raisable" } else { "" };
        lines.add(id, &format!("quota {} {} {}{raisable}", quota.name, quota.amount, word(&quota.unit)));
    }
}

fn outcome(outcome: &Outcome) -> String {
    let reason =
        if outcome.reason.is_empty() { String::new() } else { format!(", reason in {}", word(&outcome.reason)) };
    match &outcome.test {
        OutcomeTest::Equals(values) => {
            let values: Vec<_> = values.iter().map(json).collect();
            format!("only when {} is {}{reason}", word(&outcome.path), values.join(" or "))
        }
        OutcomeTest::Absent => format!("only without {}{reason}", word(&outcome.path)),
    }
}

fn reply(api: &Api, operation: &Operation, lines: &mut Lines) {
    let id = operation.id.as_str();
    match &operation.response {
        Response::Binary { .. } => lines.add(id, "response bytes"),
        Response::Json { envelope, also, .. } => {
            let envelope = envelope.map_or_else(|| "none".to_owned(), |id| word(&api[id].name));
            lines.add(id, &format!("response envelope {envelope}"));
            if let Some(also) = also {
                lines.add(id, &format!("response or {}", type_name(api, also)));
            }
            entries(api, id, "response", &flat::payload(api, operation), lines);
        }
        Response::Empty { envelope } => {
            let envelope = envelope.map_or_else(|| "none".to_owned(), |id| word(&api[id].name));
            lines.add(id, &format!("response envelope {envelope} around nothing"));
        }
    }
    for outcome in &operation.outcomes {
        lines.add(id, &format!("succeeds {}", self::outcome(outcome)));
    }
    if let Some(follow_up) = &operation.follow_up {
        let records = type_name(api, &follow_up.records);
        lines.add(id, &format!("follow-up files at {}, a {records} per line", word(&follow_up.url)));
    }
    let total = |path: &str| if path.is_empty() { String::new() } else { format!(", total {}", word(path)) };
    match &operation.paging {
        Paging::None => {}
        Paging::PageNumber { parameter, size, first, default_size, max_size, items, total: path } => {
            let most = if *max_size == u64::MAX { String::new() } else { format!(", at most {max_size}") };
            let items = word(&facts::items_path(api, operation, items));
            let sizes = format!("{} items by {}{most}", default_size, word(size));
            lines.add(
                id,
                &format!("paging by number {} from {first}, {sizes}, items {items}{}", word(parameter), total(path)),
            );
        }
        Paging::Cursor { parameter, size, next, items, total: path } => {
            let size = if size.is_empty() { String::new() } else { format!(", size by {}", word(size)) };
            let items = word(&facts::items_path(api, operation, items));
            lines.add(
                id,
                &format!(
                    "paging by cursor {} from {}{size}, items {items}{}",
                    word(parameter),
                    word(next),
                    total(path)
                ),
            );
        }
    }
}

/// One line per value of a request, a reply or an envelope.
fn entries(api: &Api, subject: &str, kind: &str, entries: &[Entry<'_>], lines: &mut Lines) {
    for entry in entries {
        let path = if entry.path.is_empty() { "body".to_owned() } else { word(&entry.path) };
        let mut fact = format!("{kind} {path} {}{}", type_name(api, entry.type_), presence(entry.presence));
        if let Some(field) = entry.field {
            fact.push_str(&marks(api, field));
        }
        if let Some(arm) = &entry.arm {
            fact.push_str(&format!(" in {}", arm_text(arm)));
        }
        lines.add(subject, &fact);
    }
}

fn presence(presence: &Presence) -> String {
    match presence {
        Presence::Required => String::new(),
        Presence::Optional => " optional".to_owned(),
        Presence::RequiredWhen(condition) => format!(" required {}", when(condition)),
        Presence::Constant(value) => format!(" always {}", json(value)),
    }
}

fn marks(api: &Api, field: &Field) -> String {
    let mut marks = String::new();
    if let Some(also) = &field.also {
        marks.push_str(&format!(" or {}", type_name(api, also)));
    }
    if let Some(forever) = field.forever {
        marks.push_str(&format!(" without end {forever}"));
    }
    if !field.default.is_null() {
        marks.push_str(&format!(" default {}", json(&field.default)));
    }
    if field.name != field.wire {
        marks.push_str(&format!(" named {}", field.name));
    }
    if field.secret {
        marks.push_str(" secret");
    }
    if let Some(instead) = &field.deprecated {
        marks.push_str(&format!(" deprecated {}", quoted(instead)));
    }
    marks
}

fn limit(api: &Api, limit: &Limit) -> String {
    let mut text = limit.rule.name().to_owned();
    match limit.rule.bound() {
        Some(Bound::Field { field, default }) => {
            let absent = default.map_or_else(String::new, |it| format!(" or {it}"));
            text.push_str(&format!(" value of {}{absent}", word(field)));
        }
        Some(Bound::Integer(_) | Bound::Number(_)) | None if limit.rule != Rule::Required => {
            text.push_str(&format!(" {}", json(&facts::bound(&limit.rule))));
        }
        Some(Bound::Integer(_) | Bound::Number(_)) | None => {}
    }
    if let Rule::BodySize { of, .. } = &limit.rule {
        let of: Vec<_> = of.iter().map(|it| word(it)).collect();
        text.push_str(&format!(" of {}", if of.is_empty() { "all".to_owned() } else { of.join(" and ") }));
    }
    if let Some(condition) = &limit.when {
        text.push_str(&format!(" {}", when(condition)));
    }
    text.push_str(&format!(" {}", facts::enforcement(limit.enforcement)));
    if limit.raisable {
        text.push_str(", raisable");
    }
    if let Some(error) = limit.error {
        text.push_str(&format!(", error {}", facts::error_id(api, error)));
    }
    text
}

fn rate_limit(api: &Api, limit: &RateLimit) -> String {
    let unit = match &limit.cost {
        Cost::Call => "calls".to_owned(),
        Cost::Items(field) => format!("items of {}", word(field)),
    };
    let scope = match &limit.scope {
        RateScope::Application => "application".to_owned(),
        RateScope::User(parameter) => format!("user {}", word(parameter)),
    };
    let sharing = match limit.sharing {
        Sharing::PerOperation => "each operation",
        Sharing::Shared => "all operations together",
    };
    let mut text = format!("{} {unit} per {} per {scope}, {sharing}", limit.amount, facts::period(limit.per));
    if limit.raisable {
        text.push_str(", raisable");
    }
    if let Some(error) = limit.error {
        text.push_str(&format!(", error {}", facts::error_id(api, error)));
    }
    text
}

fn error(error: &ErrorDef, lines: &mut Lines) {
    for variant in &error.variants {
        let id = if variant.name.is_empty() { error.name.clone() } else { format!("{}/{}", error.name, variant.name) };
        let wire = format!("{} {} {}", variant.status, word(&variant.code), quoted(&variant.message));
        lines.add(&format!("error {id}"), &format!("{wire} {}", facts::advice(error.advice)));
    }
}

/// What a type is. Its fields stand where operations use it.
fn type_(api: &Api, type_: &TypeDef, lines: &mut Lines) {
    let subject = format!("type {}", type_.name);
    match &type_.kind {
        TypeKind::Newtype(inner) => lines.add(&subject, &format!("newtype of {}", type_name(api, inner))),
        TypeKind::Enum { of, values } => {
            lines.add(&subject, &format!("enum of {}, open", facts::scalar_name(*of)));
            for value in values {
                lines.add(&subject, &format!("value {} named {}", word(&value.wire), value.name));
            }
        }
        TypeKind::Flag { on, off } => {
            lines.add(&subject, &format!("flag true named {}, false named {}", on.name, off.name));
        }
        TypeKind::Object { .. } => lines.add(&subject, "object"),
        TypeKind::Union { tag, placed, variants } => {
            let placed = match placed {
                TagPlace::Inside => "inside",
                TagPlace::Beside => "beside",
            };
            lines.add(&subject, &format!("union by {} {placed}", word(tag)));
            for variant in variants {
                lines.add(&subject, &format!("variant {} named {}", word(&variant.tag), variant.name));
            }
        }
    }
    if let Some(verdict) = &type_.verdict {
        let otherwise = &api[verdict.otherwise].name;
        let otherwise = if *otherwise == type_.name { String::new() } else { format!(", otherwise {otherwise}") };
        lines.add(&subject, &format!("a success {}{otherwise}", outcome(&verdict.outcome)));
    }
    for limit in &type_.limits {
        lines.add(&subject, &format!("limit {}", self::limit(api, limit)));
    }
}

fn discrepancy(discrepancy: &Discrepancy, lines: &mut Lines) {
    let state = if discrepancy.open { "open" } else { "settled" };
    lines.add(
        &format!("contradiction {}", word(&discrepancy.id)),
        &format!("{state} {}", quoted(&discrepancy.decision)),
    );
}

/// A condition in words.
fn when(condition: &Condition) -> String {
    match condition {
        Condition::Field { field, test: Test::Present, .. } => format!("when {} is present", word(field)),
        Condition::Field { field, test: Test::Equals(value), default } => {
            let absent = if value == default { " or absent" } else { "" };
            format!("when {} is {}{absent}", word(field), json(value))
        }
        Condition::State(state) => format!("when {}", quoted(state)),
    }
}

fn arm_text((tag, value): &(String, String)) -> String {
    format!("{}={}", word(tag), word(value))
}

/// A word as it stands, or quoted when it is not one word of visible characters.
fn word(text: &str) -> String {
    let quoted = quoted(text);
    let is_plain = quoted.len() == text.len() + 2 && !text.is_empty() && !text.contains(char::is_whitespace);
    if is_plain { text.to_owned() } else { quoted }
}

/// A text in quotes; line breaks, quotes and invisible characters are escaped.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// A JSON value on one line; invisible characters are escaped.
fn json(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", quoted(key), json(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}
