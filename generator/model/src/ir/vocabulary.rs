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
    Type(Shape),
    /// A unit: how many of what.
    Unit(u64, Unit),
    /// Something is bounded; `None` when the phrase names the unit.
    Limit(Option<Unit>),
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
