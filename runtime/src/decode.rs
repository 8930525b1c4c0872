//! From JSON replies to Rust values, as lenient as servers are sloppy.
//!
//! Numbers may come as text, text as a number or a boolean, booleans as `"true"`; fields that nobody knows are ignored, and a
//! field that is `null` counts as absent. Where an API is known to send a single item in the place of a list,
//! [`one_or_many`] reads both. What cannot be read is reported with its path.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use apigen_core::json::{self, Number, Value};

use crate::union::DecodeBeside;
use crate::values::{Lasting, Until};

/// A value that a reply can hold.
pub trait Decode: Sized {
    /// Whether it is read from an object whose keys are data, such as receivers, rather than names of fields.
    const IS_MAP: bool = false;

    /// Reads the value.
    ///
    /// # Errors
    /// What was expected and what stands there instead.
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError>;

    /// How many of its items say that they failed, where items have results of their own.
    fn failed_items(&self) -> usize {
        0
    }
}

/// A value that could not be read: `data[3].created: expected integer, found string`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Problem>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Problem {
    /// The steps to the value, the last one first: names as they are, indexes in brackets.
    steps: Vec<String>,
    message: String,
}

/// The fields of a JSON object.
///
/// ```
/// use apigen_runtime::{Decode, DecodeError, Fields, Value};
///
/// struct Book {
///     title: String,
///     pages: Option<i64>,
/// }
///
/// impl Decode for Book {
///     fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
///         let fields = Fields::of(value)?;
///         Ok(Self { title: fields.required("title")?, pages: fields.optional("pages")? })
///     }
/// }
///
/// let value = Value::parse(br#"[{"title": "Emma", "pages": "many"}]"#).expect("it is JSON");
/// let error = Vec::<Book>::decode(&value).map(|_| ()).unwrap_err();
/// assert_eq!(error.to_string(), "[0].pages: expected integer, found string");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Fields<'v>(&'v json::Entries<'v>);

impl<'v> Fields<'v> {
    /// The fields of a value.
    ///
    /// # Errors
    /// The value is not an object.
    pub fn of(value: &'v Value<'v>) -> Result<Self, DecodeError> {
        match value {
            Value::Object(entries) => Ok(Self(entries)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Str(_) | Value::Array(_) => {
                Err(DecodeError::expected("object", value))
            }
        }
    }

    /// Reads a field that is always there.
    ///
    /// # Errors
    /// It is not there, or not readable.
    pub fn required<T: Decode>(&self, name: &'static str) -> Result<T, DecodeError> {
        self.required_with(name, T::decode)
    }

    /// Reads a field that may be absent or `null`.
    ///
    /// # Errors
    /// It is there and not readable.
    pub fn optional<T: Decode>(&self, name: &'static str) -> Result<Option<T>, DecodeError> {
        self.optional_with(name, T::decode)
    }

    /// Reads a field that is always there by a function of its own, such as [`millis`].
    ///
    /// # Errors
    /// It is not there, or not readable.
    pub fn required_with<T>(
        &self,
        name: &'static str,
        decode: fn(&Value<'_>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        decode(self.given(name)?).map_err(|error| error.within(name))
    }

    /// Reads a field that may be absent or `null` by a function of its own, such as [`millis`].
    ///
    /// # Errors
    /// It is there and not readable.
    pub fn optional_with<T>(
        &self,
        name: &'static str,
        decode: fn(&Value<'_>) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        self.get(name).map(|value| decode(value).map_err(|error| error.within(name))).transpose()
    }

    /// Reads a union that is always there, and whose shape is told by the field beside it.
    ///
    /// # Errors
    /// The tag is not there, or the field does not have the shape that it promises.
    pub fn union<U: DecodeBeside>(&self, name: &'static str) -> Result<U, DecodeError> {
        let tag = self.required(U::TAG)?;
        U::decode_as(tag, self.get(name).unwrap_or(&Value::Null)).map_err(|error| error.within(name))
    }

    /// Reads a union that may be absent or `null`, and whose shape is told by the field beside it.
    ///
    /// # Errors
    /// It is there without its tag, or does not have the shape that this promises.
    pub fn optional_union<U: DecodeBeside>(&self, name: &'static str) -> Result<Option<U>, DecodeError> {
        self.get(name).map(|_| self.union(name)).transpose()
    }

    fn given(self, name: &str) -> Result<&'v Value<'v>, DecodeError> {
        self.get(name).ok_or_else(|| DecodeError::new("missing").within(name))
    }

    pub(crate) fn get(self, name: &str) -> Option<&'v Value<'v>> {
        json::get(self.0, name).filter(|value| !value.is_null())
    }
}

impl DecodeError {
    /// An error in words of one's own, such as `unknown kind`.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Problem { steps: Vec::new(), message: message.into() }))
    }

    /// Something else stands there.
    pub fn expected(expected: &str, found: &Value<'_>) -> Self {
        Self::new(format!("expected {expected}, found {}", found.kind()))
    }

    /// The same error of a value within a field.
    #[must_use]
    pub fn within(mut self, field: &str) -> Self {
        self.0.steps.push(field.to_owned());
        self
    }

    pub(crate) fn at(mut self, index: usize) -> Self {
        self.0.steps.push(format!("[{index}]"));
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.steps.iter().rev().enumerate() {
            let dot = if index == 0 || step.starts_with('[') { "" } else { "." };
            write!(f, "{dot}{step}")?;
        }
        let colon = if self.0.steps.is_empty() { "" } else { ": " };
        write!(f, "{colon}{}", self.0.message)
    }
}

impl std::error::Error for DecodeError {}

/// A duration from whole milliseconds.
///
/// # Errors
/// The value is no whole number, or negative.
pub fn millis(value: &Value<'_>) -> Result<Duration, DecodeError> {
    u64::decode(value).map(Duration::from_millis)
}

/// A duration from whole seconds.
///
/// # Errors
/// The value is no whole number, or negative.
pub fn seconds(value: &Value<'_>) -> Result<Duration, DecodeError> {
    u64::decode(value).map(Duration::from_secs)
}

/// Whole milliseconds, or the number that means that there is no end.
///
/// # Errors
/// The value is no whole number, or another negative one.
pub fn lasting_millis<const FOREVER: i64>(value: &Value<'_>) -> Result<Lasting, DecodeError> {
    if is(value, FOREVER) { Ok(Lasting::Forever) } else { millis(value).map(Lasting::For) }
}

/// Whole seconds, or the number that means that there is no end.
///
/// # Errors
/// The value is no whole number, or another negative one.
pub fn lasting_seconds<const FOREVER: i64>(value: &Value<'_>) -> Result<Lasting, DecodeError> {
    if is(value, FOREVER) { Ok(Lasting::Forever) } else { seconds(value).map(Lasting::For) }
}

/// A moment, or the number that means that there is no end.
///
/// # Errors
/// The value is no whole number.
pub fn until<const FOREVER: i64>(value: &Value<'_>) -> Result<Until, DecodeError> {
    if is(value, FOREVER) { Ok(Until::Forever) } else { Decode::decode(value).map(Until::Moment) }
}

fn is(value: &Value<'_>, number: i64) -> bool {
    i64::decode(value) == Ok(number)
}

/// A list whose items are read by a function of their own, such as [`millis`].
///
/// # Errors
/// The value is no list, or an item is not readable.
pub fn each<T>(value: &Value<'_>, decode: fn(&Value<'_>) -> Result<T, DecodeError>) -> Result<Vec<T>, DecodeError> {
    let mut items = Items { read: Vec::with_capacity(value.as_array().map_or(0, <[_]>::len)), decode };
    match visit(value, &mut items) {
        Ok(()) => Ok(items.read),
        Err(error) => Err(error),
    }
}

/// A place for what is read, to be filled by those who do not know its type: what they do is compiled once.
// No closures, since the table of one has three functions.
pub(crate) trait Place {
    fn fill(&mut self, value: &Value<'_>) -> Result<(), DecodeError>;
}

impl<T: Decode> Place for Option<T> {
    fn fill(&mut self, value: &Value<'_>) -> Result<(), DecodeError> {
        match T::decode(value) {
            Ok(read) => {
                *self = Some(read);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

struct Items<T> {
    read: Vec<T>,
    decode: fn(&Value<'_>) -> Result<T, DecodeError>,
}

impl<T> Place for Items<T> {
    fn fill(&mut self, value: &Value<'_>) -> Result<(), DecodeError> {
        match (self.decode)(value) {
            Ok(item) => {
                self.read.push(item);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

/// Fills a place with the items of a list, one after the other, until one is not readable.
#[inline(never)]
fn visit(value: &Value<'_>, place: &mut dyn Place) -> Result<(), DecodeError> {
    let items = value.as_array().ok_or_else(|| DecodeError::expected("array", value))?;
    items.iter().enumerate().try_for_each(|(index, item)| place.fill(item).map_err(|error| error.at(index)))
}

/// A list, or a single item in its place.
///
/// # Errors
/// The value, or an item of it, is not readable.
pub fn one_or_many<T: Decode>(value: &Value<'_>) -> Result<Vec<T>, DecodeError> {
    match value {
        Value::Array(_) | Value::Null => Vec::decode(value),
        Value::Bool(_) | Value::Number(_) | Value::Str(_) | Value::Object(_) => T::decode(value).map(|item| vec![item]),
    }
}

impl Decode for () {
    fn decode(_: &Value<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }
}

impl Decode for String {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        match value {
            Value::Str(text) => Ok(text.clone().into_owned()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(value) => Ok(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => Err(DecodeError::expected("string", value)),
        }
    }
}

impl Decode for bool {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        match value {
            Value::Bool(value) => Ok(*value),
            Value::Str(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Value::Str(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Value::Null | Value::Number(_) | Value::Str(_) | Value::Array(_) | Value::Object(_) => {
                Err(DecodeError::expected("boolean", value))
            }
        }
    }
}

impl Decode for i64 {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        let whole = match value {
            Value::Number(number) => number.as_i64(),
            Value::Str(digits) => digits.trim().parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        whole.ok_or_else(|| DecodeError::expected("integer", value))
    }
}

impl Decode for u64 {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        if let Value::Number(Number::Unsigned(value)) = value {
            return Ok(*value);
        }
        if let Value::Str(digits) = value
            && let Ok(value) = digits.trim().parse()
        {
            return Ok(value);
        }
        Self::try_from(i64::decode(value)?)
            .map_err(|_| DecodeError::new("expected a whole number from 0, found a negative one"))
    }
}

impl Decode for f64 {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        let number = match value {
            Value::Number(number) => Some(number.as_f64()),
            Value::Str(digits) => digits.trim().parse().ok().filter(|number: &Self| number.is_finite()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        number.ok_or_else(|| DecodeError::expected("number", value))
    }
}

impl Decode for serde_json::Value {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        Ok(value.into())
    }
}

impl<T: Decode> Decode for Option<T> {
    const IS_MAP: bool = T::IS_MAP;

    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        if value.is_null() { Ok(None) } else { T::decode(value).map(Some) }
    }

    fn failed_items(&self) -> usize {
        self.as_ref().map_or(0, T::failed_items)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        each(value, T::decode)
    }

    fn failed_items(&self) -> usize {
        self.iter().map(T::failed_items).sum()
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    const IS_MAP: bool = true;

    fn decode(value: &Value<'_>) -> Result<Self, DecodeError> {
        let Fields(entries) = Fields::of(value)?;
        let mut read = Self::new();
        for (key, value) in entries {
            read.insert(key.to_string(), T::decode(value).map_err(|error| error.within(key))?);
        }
        Ok(read)
    }
}
