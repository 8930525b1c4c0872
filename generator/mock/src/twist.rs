//! Replies that are not what the spec says: values of other types, and values that nobody knows.

use apigen_model::ir::{Api, Operation, Payload, Response, Scalar, TagPlace, Type, TypeKind};
use serde_json::{Value, json};

use crate::shape;

/// A text that is none of any known values.
const UNKNOWN_TEXT: &str = "unheard-of";
/// A number that is none of any known values.
const UNKNOWN_NUMBER: i64 = 987_654_321;

/// Gives each value of the payload another JSON type; of a reply without one, each value.
pub(crate) fn wrong_types(operation: &Operation, body: &mut Value) {
    let payload = match &operation.response {
        Response::Json { at: Payload::Key(key), .. } => body.get_mut(key),
        Response::Json { at: Payload::Whole, .. } | Response::Empty { .. } | Response::Binary { .. } => Some(body),
    };
    if let Some(payload) = payload {
        distort(payload);
    }
}

fn distort(value: &mut Value) {
    match value {
        Value::Object(fields) if !fields.is_empty() => fields.values_mut().for_each(distort),
        Value::Array(items) if !items.is_empty() => items.iter_mut().for_each(distort),
        Value::Object(_) => *value = json!([[]]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            *value = json!({ "unexpected": [] });
        }
    }
}

/// Gives each value that is one of a set of known ones another value.
pub(crate) fn unknown_values(api: &Api, operation: &Operation, body: &mut Value) {
    let root = shape::root(api, operation);
    let whole = body.clone();
    match body {
        Value::Object(fields) => {
            for (key, value) in fields {
                if let Some(type_) = root.key(api, &whole, key) {
                    replace(api, type_, value);
                }
            }
        }
        other => {
            if let Some((_, type_)) = root.payload {
                replace(api, type_, other);
            }
        }
    }
}

fn replace(api: &Api, type_: &Type, value: &mut Value) {
    match api.underlying(type_) {
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Enum { of: Scalar::Integer, .. } => *value = UNKNOWN_NUMBER.into(),
            TypeKind::Enum { .. } => *value = UNKNOWN_TEXT.into(),
            TypeKind::Object { .. } => replace_fields(api, type_, value),
            TypeKind::Union { tag, placed, .. } => {
                replace_fields(api, type_, value);
                if let (TagPlace::Inside, Some(tag)) = (placed, value.get_mut(tag)) {
                    *tag = UNKNOWN_TEXT.into();
                }
            }
            TypeKind::Newtype(_) | TypeKind::Flag { .. } => {}
        },
        Type::List(item) => {
            value.as_array_mut().into_iter().flatten().for_each(|it| replace(api, item, it));
        }
        Type::Map(of) => {
            value.as_object_mut().into_iter().flatten().for_each(|(_, it)| replace(api, of, it));
        }
        Type::Scalar(_) | Type::Json | Type::File => {}
    }
}

fn replace_fields(api: &Api, type_: &Type, value: &mut Value) {
    let whole = value.clone();
    for (key, inner) in value.as_object_mut().into_iter().flatten() {
        if let Some(field) = shape::field(api, type_, &whole, key) {
            replace(api, &field.type_, inner);
        }
    }
}
