//! A JSON value that borrows from what it was parsed from, keeps the order of keys, and costs little to build.
//!
//! Generated code decodes replies from it and builds bodies with it. Derived deserializers would do the same at several
//! times the compile time.

mod length;
mod number;
mod parse;

use std::borrow::Cow;

use serde_core::de::Error as _;
use serde_core::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

pub use number::Number;

/// A JSON value.
///
/// ```
/// use apigen_core::json::Value;
///
/// let value = Value::parse(br#"{"data": [{"id": "7"}]}"#)?;
/// assert_eq!(value.path("data").and_then(Value::as_array).map(<[_]>::len), Some(1));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value<'a> {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    Str(Cow<'a, str>),
    /// A list.
    Array(Vec<Value<'a>>),
    /// Keys with values, in the order in which they were written.
    Object(Entries<'a>),
}

/// The keys and values of an object.
pub type Entries<'a> = Vec<(Cow<'a, str>, Value<'a>)>;

impl<'a> Value<'a> {
    /// Parses JSON text. Strings without escapes borrow from it. Nesting deeper than 128 is an error, as is text that
    /// follows the value.
    pub fn parse(text: &'a [u8]) -> Result<Self, serde_json::Error> {
        // All of it at once takes less time than each string for itself.
        serde_json::from_str(str::from_utf8(text).map_err(serde_json::Error::custom)?)
    }

    /// An object of the keys whose values are not [`Value::Null`]: a field that is not there is not sent.
    pub fn object<const N: usize>(entries: [(&'a str, Value<'a>); N]) -> Self {
        let present = entries.into_iter().filter(|(_, value)| !value.is_null());
        Self::Object(present.map(|(key, value)| (Cow::Borrowed(key), value)).collect())
    }

    /// The value under a key of an object; the last one if the key stands there twice.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => get(entries, key),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Str(_) | Self::Array(_) => None,
        }
    }

    /// The value under a dotted path of keys and indexes, such as `data.cursor` or `data[0].id`. The empty path is the
    /// value itself.
    pub fn path(&self, path: &str) -> Option<&Self> {
        path.split('.').filter(|step| !step.is_empty()).try_fold(self, |value, step| {
            let mut parts = step.split('[');
            let value = parts.next().filter(|key| !key.is_empty()).map_or(Some(value), |key| value.get(key))?;
            parts.try_fold(value, |list, index| list.as_array()?.get(index.strip_suffix(']')?.parse::<usize>().ok()?))
        })
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Str(_) | Self::Object(_) => None,
        }
    }

    /// What kind of value it is, for messages: `string`, `integer`, `number`, `boolean`, `array`, `object` or `null`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(Number::Float(_)) => "number",
            Self::Number(Number::Int(_) | Number::Unsigned(_)) => "integer",
            Self::Str(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// A single value as text: strings as they are, numbers and booleans as JSON writes them. `None` for `null`, arrays
    /// and objects.
    pub fn to_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Str(text) => Some(Cow::Borrowed(text)),
            Self::Null | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// JSON text without white space. Numbers that JSON cannot say (infinities, not-a-number) become `null`.
    #[expect(clippy::missing_panics_doc, reason = "writing to memory cannot fail")]
    pub fn to_json_string(&self) -> String {
        serde_json::to_string(self).expect("keys are strings, and writing to memory cannot fail")
    }

    /// The same text as bytes, in memory of just that size: it can be handed on without being moved.
    #[expect(clippy::missing_panics_doc, reason = "writing to memory cannot fail")]
    pub fn to_json_vec(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.json_len());
        serde_json::to_writer(&mut text, self).expect("keys are strings, and writing to memory cannot fail");
        text
    }

    /// Bytes of that text, which is not put together for it.
    pub(crate) fn json_len(&self) -> usize {
        match self {
            Self::Null | Self::Bool(true) => 4,
            Self::Bool(false) => 5,
            Self::Number(number) => length::number(*number),
            Self::Str(text) => length::text(text),
            Self::Array(items) => length::list(items.iter().map(Self::json_len)),
            Self::Object(entries) => {
                length::list(entries.iter().map(|(key, value)| length::text(key) + 1 + value.json_len()))
            }
        }
    }

    /// The same value, borrowing nothing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number),
            Self::Str(text) => Value::Str(Cow::Owned(text.into_owned())),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(entries) => {
                let owned = |(key, value): (Cow<'a, str>, Self)| (Cow::Owned(key.into_owned()), value.into_owned());
                Value::Object(entries.into_iter().map(owned).collect())
            }
        }
    }
}

/// The value under a key; the last one if the key stands there twice.
pub fn get<'e, 'a>(entries: &'e [(Cow<'a, str>, Value<'a>)], key: &str) -> Option<&'e Value<'a>> {
    entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Str(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Str(Cow::Owned(text))
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<N: Into<Number>> From<N> for Value<'_> {
    fn from(number: N) -> Self {
        Self::Number(number.into())
    }
}

impl<'a> From<&'a serde_json::Value> for Value<'a> {
    fn from(value: &'a serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => Self::Number(number.into()),
            serde_json::Value::String(text) => Self::Str(Cow::Borrowed(text)),
            serde_json::Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(map) => {
                Self::Object(map.iter().map(|(key, value)| (Cow::Borrowed(key.as_str()), Self::from(value))).collect())
            }
        }
    }
}

impl From<&Value<'_>> for serde_json::Value {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => number.into(),
            Value::Str(text) => Self::String(text.clone().into_owned()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(entries) => {
                let mut object = serde_json::Map::new();
                for (key, value) in entries {
                    object.insert(key.clone().into_owned(), Self::from(value));
                }
                Self::Object(object)
            }
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Str(text) => serializer.serialize_str(text),
            Self::Array(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| sequence.serialize_element(item))?;
                sequence.end()
            }
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                entries.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}
