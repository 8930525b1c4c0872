//! Types and fields, resolved.

use serde_json::Value;

use super::TypeId;
use super::limit::Limit;
use super::operation::Presence;
use crate::source::Span;

/// A type as it is mentioned: what is emitted stands in [`TypeDef`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A single value.
    Scalar(Scalar),
    /// A named type.
    Named(TypeId),
    /// A JSON array, or a comma-joined list in a path or query.
    List(Box<Type>),
    /// A JSON object with arbitrary keys.
    Map(Box<Type>),
    /// Any JSON value.
    Json,
    /// A file of a multipart body.
    File,
}

/// A single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    String,
    /// A whole number, 64 bits.
    Integer,
    /// A number that may have a fraction.
    Number,
    /// True or false.
    Boolean,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    TimestampMs,
    /// A duration in whole milliseconds.
    DurationMs,
    /// A duration in whole seconds.
    DurationS,
    /// A number of bytes.
    ByteCount,
    /// An hour as `yyyyMMddHH` in the time zone of the server; in parameters only.
    LocalHour,
}

/// A named type.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// Name in the spec, in upper camel case.
    pub name: String,
    /// What its values mean.
    pub description: String,
    /// What it is.
    pub kind: TypeKind,
    /// Limits that hold wherever the type is used.
    pub limits: Vec<Limit>,
    /// How its values tell success from failure; `None` when they are what they are.
    pub verdict: Option<Verdict>,
    /// A made-up value.
    pub example: Value,
    /// The resource that owns it, as an index into [`super::Api::resources`]; `None` when it is shared.
    pub resource: Option<usize>,
    /// Where the spec says so.
    pub at: Span,
}

/// How an object tells whether it stands for a success.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The test, with paths from the object.
    pub outcome: Outcome,
    /// The type that stands there on failure; it may be the type itself.
    pub otherwise: TypeId,
}

/// A test of a reply that has the status of a success.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Wire path of what is tested: dotted, with `[0]` for the first item.
    pub path: String,
    /// The test.
    pub test: OutcomeTest,
    /// Wire path of the reason of a failure; empty when there is none.
    pub reason: String,
}

/// What makes a success.
#[derive(Debug, Clone, PartialEq)]
pub enum OutcomeTest {
    /// One of these values stands there, or nothing.
    Equals(Vec<Value>),
    /// Nothing stands there.
    Absent,
}

/// What a named type is.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// A value of another type that must not be mixed up with others.
    Newtype(Type),
    /// A set of values that the vendor may extend.
    Enum {
        /// `String` or `Integer`.
        of: Scalar,
        /// The known values.
        values: Vec<EnumValue>,
    },
    /// A boolean with a name for either way.
    Flag {
        /// What `true` means.
        on: EnumValue,
        /// What `false` means.
        off: EnumValue,
    },
    /// A JSON object.
    Object {
        /// Its fields, in the author's order.
        fields: Vec<Field>,
    },
    /// A choice between objects.
    Union {
        /// Wire name of the tag.
        tag: String,
        /// Where the tag stands.
        placed: TagPlace,
        /// The objects.
        variants: Vec<Variant>,
    },
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// Name in snake case.
    pub name: String,
    /// The value on the wire, as text.
    pub wire: String,
    /// What it means.
    pub description: String,
    /// Where the spec says so.
    pub at: Span,
}

/// Where the tag of a union stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagPlace {
    /// Inside the value.
    Inside,
    /// Beside the field that holds the value.
    Beside,
}

/// One of the objects of a union.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Name in snake case.
    pub name: String,
    /// The tag on the wire.
    pub tag: String,
    /// What it means.
    pub description: String,
    /// Its fields, the tag excepted.
    pub fields: Vec<Field>,
    /// Where the spec says so.
    pub at: Span,
}

/// A field of an object, or a parameter of an operation.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name in snake case.
    pub name: String,
    /// Name on the wire.
    pub wire: String,
    /// What the value means.
    pub description: String,
    /// Its type.
    pub type_: Type,
    /// What it comes as instead; `None` when it always comes as its type.
    pub also: Option<Type>,
    /// The number that stands for "without end" or "never"; `None` when no number does.
    pub forever: Option<i64>,
    /// When it is there.
    pub presence: Presence,
    /// What the server assumes when it is not there; `Null` when nothing is known.
    pub default: Value,
    /// Its own limits and those of its type.
    pub limits: Vec<Limit>,
    /// A made-up value; for an envelope it may hold placeholders in braces.
    pub example: Value,
    /// Whether it must stay out of logs.
    pub secret: bool,
    /// What to use instead, when it should no longer be used.
    pub deprecated: Option<String>,
    /// Where the spec says so.
    pub at: Span,
}

impl Outcome {
    /// Whether a value reports success. As clients do, it takes `"true"` for `true`.
    pub fn holds(&self, value: &Value) -> bool {
        let found = at_path(value, &self.path);
        match &self.test {
            OutcomeTest::Equals(values) => {
                found.is_none_or(|it| values.iter().any(|wanted| plain(wanted) == plain(it)))
            }
            OutcomeTest::Absent => found.is_none(),
        }
    }
}

/// The value at a dotted path with `[0]`, unless it is not there or null.
fn at_path<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut value = value;
    for step in path.split(['.', '[']) {
        value = match step.strip_suffix(']') {
            Some(index) => value.get(index.parse::<usize>().ok()?)?,
            None => value.get(step)?,
        };
    }
    Some(value).filter(|it| !it.is_null())
}

/// The value as text without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
