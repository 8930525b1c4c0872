//! Which envelope a reply comes in, and what its payload is.

use std::cmp::Reverse;

use apigen_model::ir::{Api, Envelope, Field, Payload, Presence, Type};

use super::fields::Maker;
use super::types::Kind;
use super::values::Value;
use super::{At, NoteKind};
use crate::facts::Shape;

/// The reply of a drafted operation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    /// `None` for a bare body.
    pub(super) envelope: Option<String>,
    /// The key of the payload, where it is not that of the envelope.
    pub(super) at: Option<String>,
    /// The type of the payload; `None` when there is none.
    pub(super) payload: Option<Kind>,
}

/// A way to read a reply.
struct Reading<'a> {
    envelope: Option<&'a Envelope>,
    at: Option<String>,
    payload: Option<Value>,
    /// What has no place.
    lost: Vec<String>,
    score: Score,
}

/// The smaller, the better: values without a place, less what of the envelope is there where the payload is too; required
/// fields of the envelope that are not there, fields of it that are, another envelope than usual, and whether it is guessed
/// where the payload stands.
type Score = (i64, usize, Reverse<usize>, bool, bool);

/// The reply that the pages describe.
pub(super) fn reply(maker: &mut Maker<'_>, api: &Api, usual: Option<&str>, values: &[Value], operation: At) -> Reply {
    let keys = ["operations", maker.operation, "response"].map(str::to_owned).to_vec();
    if values.is_empty() {
        let message = "no page says what the reply holds; drafted as holding nothing".to_owned();
        maker.notes.add(NoteKind::Guess, operation, message, maker.resource.0, &keys);
        return Reply { envelope: usual.map(str::to_owned), at: None, payload: None };
    }
    let envelopes = api.envelopes.iter().map(Some).chain([None]);
    let best = envelopes.map(|it| read(it, usual, values)).min_by_key(|it| it.score);
    let Some(Reading { envelope, at, payload, lost, score }) = best else {
        return Reply { envelope: None, at: None, payload: None };
    };
    if !lost.is_empty() {
        let message = format!("no envelope of the spec has a place for {}", lost.join(", "));
        maker.notes.add(NoteKind::LeftOut, operation, message, maker.resource.0, &keys);
    }
    if score.4 {
        let message =
            "no example shows where the payload stands in the reply; drafted as its envelope has it".to_owned();
        maker.notes.add(NoteKind::Guess, operation, message, maker.resource.0, &keys);
    }
    let payload = payload.map(|it| maker.payload(&it));
    Reply { envelope: envelope.map(|it| it.name.clone()), at, payload }
}

/// Takes out what examples of failures show among the replies.
pub(super) fn without_failures(api: &Api, values: &mut Vec<Value>) {
    let body = &api.error_body;
    let is_failure = |it: &Value, wire: &str| it.wire == wire && !it.is_named() && !it.shown.is_empty();
    let shows = |wire: &str| values.iter().any(|it| is_failure(it, wire));
    if !shows(&body.code) || !shows(&body.message) {
        return;
    }
    let of_envelope = |wire: &str| api.envelopes.iter().any(|it| it.fields.iter().any(|field| field.wire == wire));
    let of_body = |wire: &str| {
        wire == body.code || wire == body.message || body.fields.iter().any(|it| it.wire == wire && !of_envelope(wire))
    };
    values.retain(|it| it.is_named() || !of_body(&it.wire));
}

/// The names of a reply that belong to an envelope.
pub(super) fn is_of_envelope(api: &Api, reply: &Reply, wire: &str) -> bool {
    let envelope = api.envelopes.iter().find(|it| Some(&it.name) == reply.envelope.as_ref());
    envelope.is_some_and(|it| it.fields.iter().any(|field| field.wire == wire))
}

fn read<'a>(envelope: Option<&'a Envelope>, usual: Option<&str>, values: &[Value]) -> Reading<'a> {
    let fields = envelope.map_or(&[][..], |it| &it.fields);
    let key = match envelope.map(|it| &it.payload) {
        Some(Payload::Key(key)) => Some(key.as_str()),
        Some(Payload::Whole) | None => None,
    };
    let (mut matched, mut rest, mut payload) = (0, Vec::new(), None);
    for value in values {
        let field = fields.iter().find(|it| it.wire == value.wire);
        match field {
            _ if key == Some(value.wire.as_str()) => payload = Some(value.clone()),
            // What has fields of its own would be lost in a field that may hold anything.
            Some(field) if value.inside.is_empty() || field.type_ != Type::Json => matched += 1,
            Some(_) | None => rest.push(value),
        }
    }
    let is_shown = values.iter().any(|it| !it.shown.is_empty());
    let missing = fields.iter().filter(|it| it.presence == Presence::Required);
    let missing = missing.filter(|it| is_shown && !values.iter().any(|value| value.wire == it.wire)).count();
    let is_unusual = envelope.map(|it| it.name.as_str()) != usual;
    let has_payload = payload.as_ref().is_some_and(|it| !it.shown.is_empty());
    let (mut at, mut lost, mut is_guess) = (None, Vec::new(), false);
    match (key, rest.as_slice()) {
        (_, []) => {}
        (_, [only]) if payload.is_none() && envelope.is_some() && is_structured(only) && !collides(fields, only) => {
            at = Some(only.wire.clone());
            payload = Some((*only).clone());
        }
        (None, rest) => payload = Some(object(rest)),
        (Some(_), rest) if payload.is_none() && rest.iter().all(|it| it.shown.is_empty()) => {
            payload = Some(object(rest));
            is_guess = true;
        }
        (Some(_), rest) => lost = rest.iter().map(|it| format!("`{}`", it.wire)).collect(),
    }
    let count = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
    let cost = count(lost.len()) - if has_payload { count(matched) + 1 } else { 0 };
    Reading { envelope, at, payload, lost, score: (cost, missing, Reverse(matched), is_unusual, is_guess) }
}

/// Values as the fields of an object.
fn object(values: &[&Value]) -> Value {
    let at = values.first().map(|it| it.at()).unwrap_or_default();
    let inside = values.iter().map(|it| (*it).clone()).collect();
    Value { wire: String::new(), shown: vec![(Shape::Object, at)], inside, ..Value::default() }
}

fn is_structured(value: &Value) -> bool {
    let shapes = value.types.iter().chain(&value.shown).map(|it| it.0);
    !value.inside.is_empty() || shapes.into_iter().any(|it| matches!(it, Shape::Object | Shape::List))
}

fn collides(fields: &[Field], value: &Value) -> bool {
    fields.iter().any(|it| it.wire == value.wire)
}
