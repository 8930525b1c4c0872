//! Examples: that they could be sent and received, so that documentation never shows what does not work.

use serde_json::Value;

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{
    Api, Example, ExampleReply, Field, Operation, Payload, Place, Presence, Response, Scalar, TagPlace, Type, TypeKind,
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
                Some((_, value)) => conforms(api, &field.type_, value, &field.name, problems),
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
        (ExampleReply::Json { body }, Response::Json { envelope, payload }) => {
            let envelope = envelope.map(|id| &api[id]);
            let data = match envelope.map(|it| &it.payload) {
                Some(Payload::Key(key)) => body.get(key).unwrap_or(&Value::Null),
                Some(Payload::Whole) | None => body,
            };
            conforms(api, payload, data, "data", problems);
            if let (Some(envelope), Value::Object(_)) = (envelope, body) {
                fields(api, &envelope.fields, body, "envelope", problems);
            }
        }
        (ExampleReply::Error { .. }, _) | (ExampleReply::Binary { .. }, Response::Binary { .. }) => {}
        (ExampleReply::Json { .. } | ExampleReply::Binary { .. }, _) => {
            problems.push("the reply is not of the kind that the operation returns".to_owned());
        }
    }
}

fn fields(api: &Api, fields: &[Field], value: &Value, at: &str, problems: &mut Vec<String>) {
    let Value::Object(object) = value else {
        problems.push(format!("`{at}` is not an object"));
        return;
    };
    for field in fields {
        match object.get(&field.wire) {
            Some(value) => conforms(api, &field.type_, value, &format!("{at}.{}", field.wire), problems),
            None if field.presence == Presence::Required => problems.push(format!("`{at}.{}` is missing", field.wire)),
            None => {}
        }
    }
}

/// Records where a value is not of a type.
fn conforms(api: &Api, type_: &Type, value: &Value, at: &str, problems: &mut Vec<String>) {
    let wrong = |wanted: &str, problems: &mut Vec<String>| problems.push(format!("`{at}` is {value}, not {wanted}"));
    match (type_, value) {
        (Type::Json | Type::File, _) => {}
        (Type::Scalar(scalar), value) => {
            if let Some(wanted) = mismatch(*scalar, value) {
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
        (Type::Named(id), value) => named(api, &api[*id].kind, value, at, problems),
    }
}

fn named(api: &Api, kind: &TypeKind, value: &Value, at: &str, problems: &mut Vec<String>) {
    match kind {
        TypeKind::Newtype(inner) => conforms(api, inner, value, at, problems),
        TypeKind::Enum { of, .. } => conforms(api, &Type::Scalar(*of), value, at, problems),
        TypeKind::Flag { .. } => conforms(api, &Type::Scalar(Scalar::Boolean), value, at, problems),
        TypeKind::Object { fields: known } => fields(api, known, value, at, problems),
        // The tag stands in the object around the value, which is checked with its fields.
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
fn mismatch(scalar: Scalar, value: &Value) -> Option<&'static str> {
    let (fits, wanted) = match scalar {
        Scalar::String => (value.is_string(), "a string"),
        Scalar::Boolean => (value.is_boolean(), "a boolean"),
        Scalar::Number => (value.is_number(), "a number"),
        Scalar::Integer => (value.is_i64() || value.is_u64(), "a whole number"),
        Scalar::TimestampMs => (value.is_i64(), "a time in milliseconds"),
        Scalar::DurationMs | Scalar::DurationS => (value.is_u64(), "a duration"),
        Scalar::ByteCount => (value.is_u64(), "a number of bytes"),
    };
    (!fits).then_some(wanted)
}
