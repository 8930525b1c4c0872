//! The words by which the vendor's pages say what they say.

use crate::facts::{Shape, Unit};
use crate::source::Span;

/// A word or phrase of the pages, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Language of the vocabulary that it stands in, as a BCP 47 tag.
    pub language: String,
    /// The phrase, with places in braces.
    pub text: String,
    /// What it means.
    pub meaning: Meaning,
    /// Where the spec says so.
    pub at: Span,
}

/// What a word or phrase of the pages means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// A heading.
    Heading(Heading),
    /// The heading of a column.
    Column(Column),
    /// A parameter must be there, or need not.
    Required(bool),
    /// A type.
    Type(WireShape),
    /// A unit: how many of what.
    Unit(u64, CountOf),
    /// Something is bounded; `None` when the phrase names the unit.
    Limit(Option<CountOf>),
    /// How often an operation may be called, where a page speaks of that.
    Rate,
    /// What is assumed of an absent parameter.
    Default,
    /// One of the values of a parameter or field.
    Value,
    /// The field that the rows of the next table stand within.
    Within,
    /// A cell says nothing.
    Nothing,
    /// No parameter of an operation.
    NoParameter,
}

/// What stands under a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// What an operation is for.
    Overview,
    /// How often it may be called.
    Rates,
    /// Its request.
    Request,
    /// Parameters in the path.
    Path,
    /// Parameters in the query.
    Query,
    /// Parameters in headers.
    Header,
    /// Fields of the body.
    Body,
    /// Fields of the reply.
    Response,
    /// Examples of anything.
    Examples,
    /// Examples of the request.
    RequestExamples,
    /// Examples of the reply.
    ResponseExamples,
    /// Documented errors.
    Errors,
    /// What all operations of the page share.
    Common,
    /// Parameters that several operations share.
    CommonRequest,
    /// Fields that the replies share.
    CommonResponse,
    /// A remark on what stands above it.
    Notes,
    /// What says nothing about operations.
    Other,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Names of parameters or fields.
    Name,
    /// Their types.
    Type,
    /// Whether they must be there.
    Required,
    /// What they are assumed to be.
    Default,
    /// What they are.
    Description,
    /// Status of an error.
    Status,
    /// Code of an error.
    Code,
    /// Message of an error.
    Message,
    /// Method of an operation.
    Method,
    /// URL or path of an operation.
    Url,
    /// How often an operation may be called.
    Rates,
}

/// What a value is on the wire, as coarsely as pages tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WireShape {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A list of anything.
    List,
    /// An object or a map.
    Object,
    /// A file.
    File,
}

/// What a number of a page counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CountOf {
    /// Unicode characters.
    Characters,
    /// Bytes.
    Bytes,
    /// Items of anything.
    Items,
    /// The value itself.
    Value,
    /// Calls or messages per second.
    PerSecond,
    /// Calls or messages per minute.
    PerMinute,
    /// Calls or messages per hour.
    PerHour,
    /// Calls or messages per day.
    PerDay,
    /// Seconds.
    Seconds,
}

impl CountOf {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Characters,
        Self::Bytes,
        Self::Items,
        Self::Value,
        Self::PerSecond,
        Self::PerMinute,
        Self::PerHour,
        Self::PerDay,
        Self::Seconds,
    ];

    /// The word for it in a spec.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Bytes => "bytes",
            Self::Items => "items",
            Self::Value => "value",
            Self::PerSecond => "per_second",
            Self::PerMinute => "per_minute",
            Self::PerHour => "per_hour",
            Self::PerDay => "per_day",
            Self::Seconds => "seconds",
        }
    }
}

impl From<WireShape> for Shape {
    fn from(shape: WireShape) -> Self {
        match shape {
            WireShape::String => Self::String,
            WireShape::Integer => Self::Integer,
            WireShape::Number => Self::Number,
            WireShape::Boolean => Self::Boolean,
            WireShape::List => Self::List,
            WireShape::Object => Self::Object,
            WireShape::File => Self::File,
        }
    }
}

impl From<CountOf> for Unit {
    fn from(count: CountOf) -> Self {
        match count {
            CountOf::Characters => Self::Characters,
            CountOf::Bytes => Self::Bytes,
            CountOf::Items => Self::Items,
            CountOf::Value => Self::Value,
            CountOf::PerSecond => Self::PerSecond,
            CountOf::PerMinute => Self::PerMinute,
            CountOf::PerHour => Self::PerHour,
            CountOf::PerDay => Self::PerDay,
            CountOf::Seconds => Self::Seconds,
        }
    }
}
