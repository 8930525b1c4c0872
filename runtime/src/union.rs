//! Values of several shapes, told apart by a tag: what generated enums share.

use std::borrow::Cow;

use apigen_core::json::Value;

use crate::decode::{Decode, DecodeError, Fields};

/// A value of a shape that the server added since: it can be looked at, and is sent back as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownVariant {
    /// Its tag.
    pub tag: String,
    /// The value as it came, the tag included where that stands inside.
    pub value: serde_json::Value,
}

/// A value whose shape is told by a tag beside it: the parent object holds both. Made by [`union!`](crate::union).
///
/// By itself it encodes without its tag; [`Call::union`](crate::Call::union) and [`encode::tag`](crate::encode::tag) put
/// that into the parent, [`Fields::union`] reads both.
pub trait Beside {
    /// The field of the tag.
    const TAG: &'static str;

    /// The tag of this value.
    fn tag(&self) -> &str;

    /// The tag of this value, to outlive it.
    fn owned_tag(&self) -> Cow<'static, str> {
        Cow::Owned(self.tag().to_owned())
    }
}

/// A value that is read together with the tag beside it.
pub trait DecodeBeside: Beside + Sized {
    /// Reads a value with a tag.
    ///
    /// # Errors
    /// The value does not have the shape that the tag promises.
    fn decode_as(tag: String, value: &Value<'_>) -> Result<Self, DecodeError>;
}

/// An object with a tag inside, first.
pub fn tagged(field: &'static str, tag: &'static str, value: Value<'static>) -> Value<'static> {
    match value {
        Value::Object(mut fields) => {
            fields.insert(0, (Cow::Borrowed(field), tag.into()));
            Value::Object(fields)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Str(_) | Value::Array(_) => value,
    }
}

/// The tag inside an object.
pub fn tag(field: &'static str, value: &Value<'_>) -> Result<String, DecodeError> {
    Fields::of(value)?.required(field)
}

/// A value whose tag nobody knows.
pub fn unknown(tag: String, value: &Value<'_>) -> Result<UnknownVariant, DecodeError> {
    Ok(UnknownVariant { tag, value: Decode::decode(value)? })
}
