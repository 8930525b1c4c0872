//! `vocabulary:` of `pages.yaml`: the words by which the vendor's pages say what they say.
//!
//! The generator reads pages of any vendor in any language; what a heading, a column, a mark or a phrase means stands
//! here. Words are compared without regard to case, to spaces, and to full-width forms of punctuation.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::load::{Entries, List, Spanned};

/// Words or phrases that mean the same.
pub type Phrases = List<Spanned<String>>;

/// The words of the pages of one language. The vocabularies of all languages are read as one, so that what languages
/// share is said once, and a page may mix them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Vocabulary {
    /// Headings, by what stands under them. Any other heading is the title of an operation, or of a part of what it
    /// stands under.
    #[serde(default)]
    pub headings: Headings,
    /// Headings of columns, by what stands in them.
    #[serde(default)]
    pub columns: Columns,
    /// What stands in the column that tells whether a parameter must be there.
    #[serde(default)]
    pub required: Marks,
    /// Words for types.
    #[serde(default)]
    pub types: TypeWords,
    /// Words behind numbers, to what they count: `characters`, `bytes`, `items`, `value`, `per_second`, `per_minute`,
    /// `per_hour`, `per_day` or `seconds`, with a number in front if the word stands for several, as in `KB: 1024 bytes`.
    #[serde(default)]
    pub units: Entries<Spanned<String>>,
    /// Phrases that bound something, by what their numbers count.
    #[serde(default)]
    pub limits: LimitPhrases,
    /// Phrases with the default of a parameter, in the place `{value}`.
    #[serde(default)]
    pub defaults: Phrases,
    /// Phrases with one of the values of a parameter or field, in the place `{value}`.
    #[serde(default)]
    pub values: Phrases,
    /// Headings and sentences above a table that say which field the rows of the table stand within, in the place
    /// `{name}`.
    #[serde(default)]
    pub within: Phrases,
    /// What a cell says that has nothing to say, such as `N/A`.
    #[serde(default)]
    pub nothing: Phrases,
    /// Names that tables list and that are no parameters of operations: headers that every request has, and the
    /// parameters of the server's URL.
    #[serde(default)]
    pub no_parameters: Phrases,
}

/// Headings, by what stands under them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Headings {
    /// What the operation is for; its numbers bound the operation.
    #[serde(default)]
    pub overview: Phrases,
    /// How often the operation may be called.
    #[serde(default)]
    pub rates: Phrases,
    /// The request, with its method and URL.
    #[serde(default)]
    pub request: Phrases,
    /// Parameters in the path.
    #[serde(default)]
    pub path: Phrases,
    /// Parameters in the query.
    #[serde(default)]
    pub query: Phrases,
    /// Parameters in headers.
    #[serde(default)]
    pub header: Phrases,
    /// Fields of the request's body.
    #[serde(default)]
    pub body: Phrases,
    /// Fields of the reply.
    #[serde(default)]
    pub response: Phrases,
    /// Examples of anything.
    #[serde(default)]
    pub examples: Phrases,
    /// Examples of the request.
    #[serde(default)]
    pub request_examples: Phrases,
    /// Examples of the reply.
    #[serde(default)]
    pub response_examples: Phrases,
    /// Documented errors.
    #[serde(default)]
    pub errors: Phrases,
    /// What all operations of the page share.
    #[serde(default)]
    pub common: Phrases,
    /// Parameters that several operations of the page share.
    #[serde(default)]
    pub common_request: Phrases,
    /// Fields that the replies of the page share.
    #[serde(default)]
    pub common_response: Phrases,
    /// A remark on what stands above it.
    #[serde(default)]
    pub notes: Phrases,
    /// What says nothing about operations.
    #[serde(default)]
    pub other: Phrases,
}

/// Headings of columns, by what stands in them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Columns {
    /// Names of parameters or fields.
    #[serde(default)]
    pub name: Phrases,
    /// Their types.
    #[serde(default)]
    pub r#type: Phrases,
    /// Whether they must be there.
    #[serde(default)]
    pub required: Phrases,
    /// What they are assumed to be when they are not there.
    #[serde(default)]
    pub default: Phrases,
    /// What they are, and what bounds them.
    #[serde(default)]
    pub description: Phrases,
    /// Status of an error.
    #[serde(default)]
    pub status: Phrases,
    /// Code of an error.
    #[serde(default)]
    pub code: Phrases,
    /// Message of an error.
    #[serde(default)]
    pub message: Phrases,
    /// Method of an operation.
    #[serde(default)]
    pub method: Phrases,
    /// URL or path of an operation.
    #[serde(default)]
    pub url: Phrases,
    /// How often an operation may be called.
    #[serde(default)]
    pub rates: Phrases,
}

/// What stands in the column that tells whether a parameter must be there.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Marks {
    /// It must.
    #[serde(default)]
    pub yes: Phrases,
    /// It need not.
    #[serde(default)]
    pub no: Phrases,
}

/// Words for types, by what values of the type are on the wire.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TypeWords {
    /// Text.
    #[serde(default)]
    pub string: Phrases,
    /// Whole numbers.
    #[serde(default)]
    pub integer: Phrases,
    /// Numbers.
    #[serde(default)]
    pub number: Phrases,
    /// True or false.
    #[serde(default)]
    pub boolean: Phrases,
    /// Lists of anything.
    #[serde(default)]
    pub list: Phrases,
    /// Objects and maps.
    #[serde(default)]
    pub object: Phrases,
    /// Files.
    #[serde(default)]
    pub file: Phrases,
}

/// Phrases that bound something. Places are `{n}` for a number, `{unit}` for one of the units, and `{words}` for a few
/// words without punctuation that do not matter.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LimitPhrases {
    /// The unit stands in the phrase, as in `at most {n} {unit}`.
    #[serde(default)]
    pub counted: Phrases,
    /// The numbers bound the value itself, as in `from {n} to {n}`.
    #[serde(default)]
    pub value: Phrases,
    /// The number is of calls or messages per second.
    #[serde(default)]
    pub per_second: Phrases,
    /// The number is of calls or messages per minute.
    #[serde(default)]
    pub per_minute: Phrases,
    /// The number is of calls or messages per hour.
    #[serde(default)]
    pub per_hour: Phrases,
    /// The number is of calls or messages per day.
    #[serde(default)]
    pub per_day: Phrases,
    /// Phrases of sections and columns that tell how often an operation may be called; the unit stands in the phrase.
    #[serde(default)]
    pub rates: Phrases,
}
