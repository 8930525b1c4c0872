//! Limits: bounds of values, with what the server does beyond them.

use serde_json::Value;

use super::PageId;
use super::operation::ErrorRef;
use crate::source::Span;

/// A bound of a value.
#[derive(Debug, Clone)]
pub struct Limit {
    /// The bound.
    pub rule: Rule,
    /// What the server does beyond it.
    pub enforcement: Enforcement,
    /// Whether the vendor raises it on request.
    pub raisable: bool,
    /// When it holds; `None` is always.
    pub when: Option<Condition>,
    /// The error that the server answers with, if it is documented.
    pub error: Option<ErrorRef>,
    /// What else there is to say; empty when nothing is.
    pub description: String,
    /// The page that states it; `None` when it is that of the operation.
    pub source: Option<PageId>,
    /// Where the spec says so.
    pub at: Span,
}

/// A kind of bound with its value.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Fewest Unicode code points.
    MinChars(Bound),
    /// Most Unicode code points.
    MaxChars(Bound),
    /// Most bytes in UTF-8.
    MaxBytes(Bound),
    /// Fewest items of a list or map.
    MinItems(Bound),
    /// Most items of a list or map.
    MaxItems(Bound),
    /// Least number.
    Min(Bound),
    /// Greatest number.
    Max(Bound),
    /// A regular expression that the whole string matches.
    Pattern(String),
    /// Greatest size of a file in bytes.
    MaxSize(Bound),
    /// The value must be there; holds under a condition only.
    Required,
    /// Most bytes of the JSON of several body fields together.
    BodySize {
        /// The bound.
        bytes: Bound,
        /// Wire names of the fields; empty for the whole body.
        of: Vec<String>,
    },
}

/// The value of a bound.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// The value of another field beside the bounded one.
    Field {
        /// Its wire name.
        field: String,
        /// What the server assumes when it is not there.
        default: Option<i64>,
    },
}

/// What the server does with a value beyond a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// It answers with an error.
    Rejected,
    /// It goes on with the nearest allowed value.
    Clamped,
    /// Nobody knows.
    Unknown,
}

/// When a limit or a requirement holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Another field of the same request tells.
    Field {
        /// Its wire name.
        field: String,
        /// What is tested.
        test: Test,
        /// What the server assumes when the field is not there; `Null` when nothing is known.
        default: Value,
    },
    /// A state of the service, as a sentence; no request shows it.
    State(String),
}

/// What is tested.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The field is there.
    Present,
    /// The field has this value.
    Equals(Value),
}

/// Where a parameter stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In the JSON body.
    Body,
    /// In the multipart body.
    Form,
}

/// A limit of an operation, with the parameter that it bounds.
#[derive(Debug, Clone)]
pub struct PlacedLimit {
    /// Stable id: resource, operation, parameter and rule, joined by dots.
    pub id: String,
    /// Where the parameter stands.
    pub place: Place,
    /// Names from the parameter down to the bounded value, in snake case; `[]` for items, `{}` for map values; empty for the
    /// body.
    pub path: Vec<String>,
    /// Wire path: dotted, `[]` for items, `{}` for map values; empty for the body.
    pub wire: String,
    /// The tag that selects the union arm the value belongs to, as (wire path of the tag, value).
    pub arm: Option<(String, String)>,
    /// The limit.
    pub limit: Limit,
}

/// A test on another field that must succeed for a limit to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Precondition {
    /// Wire path of the other field, from the root of its place.
    pub field: String,
    /// The test.
    pub test: PreconditionTest,
}

/// What a precondition tests; values are the text that they are on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreconditionTest {
    /// The field is there.
    Present,
    /// The field has this value.
    Equals(String),
    /// The field has this value, or is not there: the server assumes the value then.
    EqualsOrAbsent(String),
}

impl PlacedLimit {
    /// When the limit holds: where its value belongs to this arm of a union, and its own condition is met. A condition on a
    /// state of the service is left out, since no request shows it.
    pub fn preconditions(&self) -> Vec<Precondition> {
        let arm = self
            .arm
            .as_ref()
            .map(|(tag, value)| Precondition { field: tag.clone(), test: PreconditionTest::Equals(value.clone()) });
        let own = match &self.limit.when {
            Some(Condition::Field { field, test, default }) => Some(Precondition {
                field: self.beside(field),
                test: match test {
                    Test::Present => PreconditionTest::Present,
                    Test::Equals(value) if value == default => PreconditionTest::EqualsOrAbsent(plain(value)),
                    Test::Equals(value) => PreconditionTest::Equals(plain(value)),
                },
            }),
            Some(Condition::State(_)) | None => None,
        };
        arm.into_iter().chain(own).collect()
    }

    /// The wire path of a field beside the bounded one, from the root of its place.
    pub fn beside(&self, field: &str) -> String {
        match self.wire.rsplit_once('.') {
            Some((parent, _)) => format!("{parent}.{field}"),
            None => field.to_owned(),
        }
    }
}

/// A value as text without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Rule {
    /// Name of the rule, as it stands in ids and reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::MinChars(_) => "min_chars",
            Self::MaxChars(_) => "max_chars",
            Self::MaxBytes(_) => "max_bytes",
            Self::MinItems(_) => "min_items",
            Self::MaxItems(_) => "max_items",
            Self::Min(_) => "min",
            Self::Max(_) => "max",
            Self::Pattern(_) => "pattern",
            Self::MaxSize(_) | Self::BodySize { .. } => "max_size",
            Self::Required => "required",
        }
    }

    /// The value of the bound, unless the rule is a pattern or a requirement.
    pub fn bound(&self) -> Option<&Bound> {
        match self {
            Self::MinChars(bound)
            | Self::MaxChars(bound)
            | Self::MaxBytes(bound)
            | Self::MinItems(bound)
            | Self::MaxItems(bound)
            | Self::Min(bound)
            | Self::Max(bound)
            | Self::MaxSize(bound)
            | Self::BodySize { bytes: bound, .. } => Some(bound),
            Self::Pattern(_) | Self::Required => None,
        }
    }

    /// The value of the bound, to be replaced while resolving.
    pub(crate) fn bound_mut(&mut self) -> Option<&mut Bound> {
        match self {
            Self::MinChars(bound)
            | Self::MaxChars(bound)
            | Self::MaxBytes(bound)
            | Self::MinItems(bound)
            | Self::MaxItems(bound)
            | Self::Min(bound)
            | Self::Max(bound)
            | Self::MaxSize(bound)
            | Self::BodySize { bytes: bound, .. } => Some(bound),
            Self::Pattern(_) | Self::Required => None,
        }
    }
}

impl Place {
    /// All places, in the order in which documentation lists them.
    pub const ALL: [Self; 5] = [Self::Path, Self::Query, Self::Header, Self::Body, Self::Form];

    /// Name of the place, as it stands in dumps and documentation.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Body => "body",
            Self::Form => "form",
        }
    }
}
