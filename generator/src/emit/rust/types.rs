//! How types of the spec are written in Rust: as fields, as arguments, and how values are decoded.

use apigen_model::ir::{Api, Field, Scalar, Type, TypeKind};

use super::names;

/// The type of a field of a reply.
pub(crate) fn owned(api: &Api, type_: &Type) -> String {
    match type_ {
        Type::Scalar(scalar) => scalar_type(*scalar).to_owned(),
        Type::Named(id) => names::type_(&api[*id].name),
        Type::List(item) => format!("Vec<{}>", item_type(api, item)),
        Type::Map(value) => format!("BTreeMap<String, {}>", item_type(api, value)),
        Type::Json => "serde_json::Value".to_owned(),
        Type::File => "Upload".to_owned(),
    }
}

/// The type of an item of a list or map: one that may have failed on its own is a result.
fn item_type(api: &Api, type_: &Type) -> String {
    let verdict = match type_ {
        Type::Named(id) => api[*id].verdict.as_ref(),
        Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
    };
    match verdict {
        Some(verdict) => format!("Result<{}, {}>", owned(api, type_), names::type_(&api[verdict.otherwise].name)),
        None => owned(api, type_),
    }
}

/// The type of a field: that of its values, or of values that may be without end.
pub(crate) fn field(api: &Api, field: &Field) -> String {
    match (&field.type_, field.forever) {
        (Type::Scalar(Scalar::TimestampMs), Some(_)) => "Until".to_owned(),
        (_, Some(_)) => "Lasting".to_owned(),
        (type_, None) => owned(api, type_),
    }
}

/// The type of an argument: as little as possible for a caller to write.
pub(crate) fn argument(api: &Api, type_: &Type) -> String {
    match type_ {
        Type::Scalar(Scalar::String) => "impl Into<String>".to_owned(),
        Type::List(item) if matches!(**item, Type::List(_)) => {
            format!("impl IntoIterator<Item = {}>", owned(api, item))
        }
        Type::List(item) => format!("impl IntoIterator<Item = {}>", argument(api, item)),
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Newtype(_) | TypeKind::Union { .. } => format!("impl Into<{}>", owned(api, type_)),
            TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Object { .. } => owned(api, type_),
        },
        Type::Scalar(_) | Type::Map(_) | Type::Json | Type::File => owned(api, type_),
    }
}

/// The type of the argument that sets a field or parameter.
pub(crate) fn argument_of(api: &Api, field: &Field) -> String {
    match (&field.type_, field.secret, field.forever) {
        (_, true, _) => "impl Into<Secret>".to_owned(),
        (Type::File, false, _) => "impl Into<apigen_runtime::Upload>".to_owned(),
        (_, false, Some(_)) => format!("impl Into<{}>", self::field(api, field)),
        (type_, false, None) => argument(api, type_),
    }
}

/// The expression that turns an argument into the value to send.
pub(crate) fn sent(api: &Api, type_: &Type, argument: &str) -> String {
    match type_ {
        Type::Scalar(Scalar::String) => format!("{argument}.into()"),
        Type::Scalar(Scalar::DurationMs) => format!("Millis({argument})"),
        Type::Scalar(Scalar::DurationS) => format!("Seconds({argument})"),
        Type::List(item) if argument_needs_into(api, item) => {
            format!("{argument}.into_iter().map(Into::<{}>::into).collect::<Vec<_>>()", owned(api, item))
        }
        Type::List(_) => format!("{argument}.into_iter().collect::<Vec<_>>()"),
        Type::Named(_) if argument_needs_into(api, type_) => format!("{argument}.into()"),
        Type::Named(_) | Type::Scalar(_) | Type::Map(_) | Type::Json | Type::File => argument.to_owned(),
    }
}

fn argument_needs_into(api: &Api, type_: &Type) -> bool {
    match type_ {
        Type::Scalar(scalar) => *scalar == Scalar::String,
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Newtype(_) | TypeKind::Union { .. } => true,
            TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Object { .. } => false,
        },
        Type::List(_) | Type::Map(_) | Type::Json | Type::File => false,
    }
}

fn scalar_type(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "String",
        Scalar::Integer => "i64",
        Scalar::Number => "f64",
        Scalar::Boolean => "bool",
        Scalar::TimestampMs => "Timestamp",
        Scalar::DurationMs | Scalar::DurationS => "Duration",
        Scalar::ByteCount => "u64",
        Scalar::LocalHour => "Hour",
    }
}
