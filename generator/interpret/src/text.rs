//! Values that stand as text: in paths, queries, headers and forms.

use std::borrow::Cow;

use apigen_core::json::Value;
use apigen_model::ir::{Field, Scalar, Type, TypeKind};

use crate::values::Walk;

impl Walk<'_> {
    /// The value that text in a path, a query, a header or a form stands for, as its type says; as text when it does not.
    pub(crate) fn text<'t>(&mut self, field: &Field, text: Cow<'t, str>) -> Value<'t> {
        let value = self.read(&field.type_, text);
        self.present(field, &value, None);
        value
    }

    /// Text as the kind of value that a type has.
    fn read<'t>(&self, type_: &Type, text: Cow<'t, str>) -> Value<'t> {
        match type_ {
            Type::Scalar(scalar) => read_scalar(*scalar, text),
            Type::Named(id) => match &self.api[*id].kind {
                TypeKind::Newtype(inner) => self.read(inner, text),
                TypeKind::Enum { of, .. } => read_scalar(*of, text),
                TypeKind::Flag { .. } => read_scalar(Scalar::Boolean, text),
                TypeKind::Object { .. } | TypeKind::Union { .. } => read_json(text),
            },
            Type::List(_) if text.is_empty() => Value::Array(Vec::new()),
            Type::List(item) => match text {
                Cow::Borrowed(text) => Value::Array(text.split(',').map(|it| self.read(item, it.into())).collect()),
                Cow::Owned(text) => {
                    Value::Array(text.split(',').map(|it| self.read(item, it.to_owned().into())).collect())
                }
            },
            Type::Map(_) | Type::Json => read_json(text),
            Type::File => Value::Str(text),
        }
    }
}

fn read_scalar(scalar: Scalar, text: Cow<'_, str>) -> Value<'_> {
    let read = match scalar {
        Scalar::String | Scalar::LocalHour => None,
        Scalar::Boolean => match &*text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        Scalar::Number => text.parse().ok().filter(|it: &f64| it.is_finite()).map(Value::from),
        Scalar::Integer | Scalar::TimestampMs | Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount => {
            text.parse().ok().map(|it: i64| Value::from(it))
        }
    };
    read.unwrap_or(Value::Str(text))
}

/// JSON that stands as text; other text stays text.
fn read_json(text: Cow<'_, str>) -> Value<'_> {
    match Value::parse(text.as_bytes()) {
        Ok(value) => value.into_owned(),
        Err(_) => Value::Str(text),
    }
}
