//! Examples: that they could be sent and received, so that documentation never shows what does not work.

use serde_json::Value;

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{
    Api, Envelope, Example, ExampleReply, Field, Operation, Payload, Place, Presence, Response, Scalar, TagPlace, Type,
    TypeKind,
};

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    for operation in &api.operations {
        for example in &operation.examples {
            let mut problems = Vec::new();
            request(api, operation, example, &mut problems);
            reply(api, operation, &example.reply, &mut problems);
            for problem in problems {
                let message = format!("the example `{}` of `{}`: {problem}", example.name, operation.id);
                let help = "an example holds every required field, with values of their types";
                diagnostics.push(Diagnostic::error(Code::E0403, example.at, message).help(help));
            }
        }
    }
}

fn request(api: &Api, operation: &Operation, example: &Example, problems: &mut Vec<String>) {
    let request = &example.request;
    for (place, given) in [
        (Place::Path, &request.path),
        (Place::Query, &request.query),
        (Place::Header, &request.headers),
        (Place::Body, &request.body),
    ] {
        for (index, field) in operation.parameters_in(place).iter().enumerate() {
            match given.iter().find(|(it, _)| *it == index) {
                Some((_, value)) if is_endless(field, value) => {}
                Some((_, value)) => match api.tag_beside(&field.type_) {
                    Some(tag) => {
                        let chosen = request.tags.iter().find(|(name, _)| name == tag).map(|(_, value)| value.as_str());
                        beside(api, &field.type_, chosen, value, (&field.name, tag), problems);
                    }
                    None => conforms(api, &field.type_, value, &field.name, problems),
                },
                None if field.presence == Presence::Required => problems.push(format!("`{}` is missing", field.name)),
                None => {}
            }
        }
    }
    for (index, field) in operation.parameters_in(Place::Form).iter().enumerate() {
        if field.presence == Presence::Required && !request.form.iter().any(|(it, _)| *it == index) {
            problems.push(format!("`{}` is missing", field.name));
        }
    }
}

fn reply(api: &Api, operation: &Operation, reply: &ExampleReply, problems: &mut Vec<String>) {
    match (reply, &operation.response) {
        (ExampleReply::Json { body, records }, Response::Json { envelope, at, payload, also }) => {
            let envelope = envelope.map(|id| &api[id]);
            let refused = envelope.and_then(|it| it.outcome.as_ref()).is_some_and(|it| !it.holds(body));
            let data = match at {
                Payload::Key(key) => body.get(key).unwrap_or(&Value::Null),
                Payload::Whole => body,
            };
            if !refused {
                either(api, payload, also.as_ref(), data, "data", problems);
            }
            envelope_of(api, envelope, body, problems);
            for (index, record) in records.iter().enumerate() {
                match &operation.follow_up {
                    Some(follow_up) => {
                        conforms(api, &follow_up.records, record, &format!("records[{index}]"), problems)
                    }
                    None => problems.push("it has records, but the operation has no `follow_up`".to_owned()),
                }
            }
        }
        (ExampleReply::Json { body, .. }, Response::Empty { envelope }) => {
            envelope_of(api, envelope.map(|id| &api[id]), body, problems);
        }
        (ExampleReply::Error { .. }, _) | (ExampleReply::Binary { .. }, Response::Binary { .. }) => {}
        (ExampleReply::Json { .. } | ExampleReply::Binary { .. }, _) => {
            problems.push("the reply is not of the kind that the operation returns".to_owned());
        }
    }
}

fn envelope_of(api: &Api, envelope: Option<&Envelope>, body: &Value, problems: &mut Vec<String>) {
    if let (Some(envelope), Value::Object(_)) = (envelope, body) {
        fields(api, &envelope.fields, body, "envelope", problems);
    }
}

fn fields(api: &Api, fields: &[Field], value: &Value, at: &str, problems: &mut Vec<String>) {
    let Value::Object(object) = value else {
        problems.push(format!("`{at}` is not an object"));
        return;
    };
    for field in fields {
        match object.get(&field.wire) {
            Some(value) if is_endless(field, value) => {}
            Some(value) => {
                let place = format!("{at}.{}", field.wire);
                match api.tag_beside(&field.type_) {
                    Some(tag) => {
                        let chosen = object.get(tag).and_then(Value::as_str);
                        beside(api, &field.type_, chosen, value, (&place, tag), problems);
                    }
                    None => either(api, &field.type_, field.also.as_ref(), value, &place, problems),
                }
            }
            None if field.presence == Presence::Required => problems.push(format!("`{at}.{}` is missing", field.wire)),
            None => {}
        }
    }
}

/// Records where a value is not what the tag beside it selects.
fn beside(
    api: &Api,
    type_: &Type,
    chosen: Option<&str>,
    value: &Value,
    (at, tag): (&str, &str),
    problems: &mut Vec<String>,
) {
    match chosen.and_then(|it| api.variant(type_, it)) {
        Some(variant) => fields(api, &variant.fields, value, at, problems),
        None => problems.push(format!("`{tag}` beside `{at}` is none of the tags of the union")),
    }
}

/// Whether a value is the number that stands for "without end".
fn is_endless(field: &Field, value: &Value) -> bool {
    field.forever.is_some() && value.as_i64() == field.forever
}

/// Records where a value is of neither of two types.
fn either(api: &Api, type_: &Type, also: Option<&Type>, value: &Value, at: &str, problems: &mut Vec<String>) {
    let mut other = Vec::new();
    match also {
        Some(also) => conforms(api, also, value, at, &mut other),
        None => return conforms(api, type_, value, at, problems),
    }
    if !other.is_empty() {
        conforms(api, type_, value, at, problems);
    }
}

/// Records where a value is not of a type.
fn conforms(api: &Api, type_: &Type, value: &Value, at: &str, problems: &mut Vec<String>) {
    let wrong = |wanted: &str, problems: &mut Vec<String>| problems.push(format!("`{at}` is {value}, not {wanted}"));
    match (type_, value) {
        (Type::Json | Type::File, _) => {}
        (Type::Scalar(scalar), value) => {
            if let Some(wanted) = mismatch(api, *scalar, value) {
                wrong(wanted, problems);
            }
        }
        (Type::List(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                conforms(api, item, value, &format!("{at}[{index}]"), problems);
            }
        }
        (Type::List(_), _) => wrong("a list", problems),
        (Type::Map(inner), Value::Object(entries)) => {
            for (key, value) in entries {
                conforms(api, inner, value, &format!("{at}.{key}"), problems);
            }
        }
        (Type::Map(_), _) => wrong("an object", problems),
        (Type::Named(id), value) => {
            let type_ = &api[*id];
            let actual = match &type_.verdict {
                Some(verdict) if !verdict.outcome.holds(value) => &api[verdict.otherwise],
                Some(_) | None => type_,
            };
            named(api, &actual.kind, value, at, problems);
        }
    }
}

fn named(api: &Api, kind: &TypeKind, value: &Value, at: &str, problems: &mut Vec<String>) {
    match kind {
        TypeKind::Newtype(inner) => conforms(api, inner, value, at, problems),
        TypeKind::Enum { of, .. } => conforms(api, &Type::Scalar(*of), value, at, problems),
        TypeKind::Flag { .. } => conforms(api, &Type::Scalar(Scalar::Boolean), value, at, problems),
        TypeKind::Object { fields: known } => fields(api, known, value, at, problems),
        // The tag stands in the object around the value, which has been checked with it.
        TypeKind::Union { placed: TagPlace::Beside, .. } => {}
        TypeKind::Union { tag, variants, placed: TagPlace::Inside } => {
            let chosen = value.get(tag).and_then(Value::as_str);
            match variants.iter().find(|it| Some(it.tag.as_str()) == chosen) {
                Some(variant) => fields(api, &variant.fields, value, at, problems),
                None => problems.push(format!("`{at}.{tag}` is none of the tags of the union")),
            }
        }
    }
}

/// What was wanted, when the value is something else.
fn mismatch(api: &Api, scalar: Scalar, value: &Value) -> Option<&'static str> {
    let (fits, wanted) = match scalar {
        Scalar::String => (value.is_string(), "a string"),
        Scalar::Boolean => (value.is_boolean(), "a boolean"),
        Scalar::Number => (value.is_number(), "a number"),
        Scalar::Integer => (value.is_i64() || value.is_u64(), "a whole number"),
        Scalar::TimestampMs => (value.is_i64(), "a time in milliseconds"),
        Scalar::DurationMs | Scalar::DurationS => (value.is_u64(), "a duration"),
        Scalar::LocalHour => (value.as_str().and_then(|it| api.utc_hour(it)).is_some(), "an hour as `yyyyMMddHH`"),
        Scalar::ByteCount => (value.is_u64(), "a number of bytes"),
    };
    (!fits).then_some(wanted)
}
