//! Operations, their replies, examples and contradictions, resolved.

use serde_json::Value;

use super::limit::{Bound, Condition, Place, PlacedLimit, Rule};
use super::types::{Field, Outcome, Type};
use super::{DiscrepancyId, EnvelopeId, ErrorId, PageId, RateLimitId, Source};
use crate::facts::Claim as Fact;
use crate::source::Span;

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `resource.name`.
    pub id: String,
    /// Name in snake case.
    pub name: String,
    /// Index of its resource in [`super::Api::resources`].
    pub resource: usize,
    /// HTTP method.
    pub method: Method,
    /// Path below the server's URL, with path parameters in braces by wire name.
    pub path: String,
    /// The path, segment by segment.
    pub segments: Vec<PathSegment>,
    /// One sentence: what it does.
    pub summary: String,
    /// What else a caller must know; empty when nothing.
    pub description: String,
    /// Where the facts are taken from.
    pub source: Source,
    /// Whether the request carries a token.
    pub authenticated: bool,
    /// Parameters in the path, in its order.
    pub path_parameters: Vec<Field>,
    /// Parameters in the query.
    pub query: Vec<Field>,
    /// Parameters in headers.
    pub headers: Vec<Field>,
    /// The body.
    pub body: Body,
    /// What a successful reply holds.
    pub response: Response,
    /// Tell whether a successful status reports success, with paths from the root of the reply: all must hold.
    pub outcomes: Vec<Outcome>,
    /// Files that the reply names.
    pub follow_up: Option<FollowUp>,
    /// How a list is read.
    pub paging: Paging,
    /// The documented errors, in the author's order, the common ones excepted.
    pub errors: Vec<ErrorRef>,
    /// The budgets it draws on.
    pub rate_limits: Vec<RateLimitId>,
    /// What sending it a second time does.
    pub effect: Effect,
    /// The list that can be sent in several calls.
    pub split: Option<Split>,
    /// Every limit of its parameters, with those of their types.
    pub limits: Vec<PlacedLimit>,
    /// Numbers of the service that no parameter carries.
    pub quotas: Vec<Quota>,
    /// Requests and replies; the first is the one that documentation shows.
    pub examples: Vec<Example>,
    /// The contradictions that concern it.
    pub discrepancies: Vec<DiscrepancyId>,
    /// What to use instead, when it should no longer be used.
    pub deprecated: Option<String>,
    /// Since when it exists; empty when unknown.
    pub since: String,
    /// Where the spec says so.
    pub at: Span,
}

/// What sending a request a second time does, whatever became of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it only reads.
    Read,
    /// No more than the first time.
    Idempotent,
    /// It may do its work again.
    Repeats,
}

/// The list that says for whom a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// Where it stands.
    pub place: Place,
    /// Its index among the parameters there.
    pub field: usize,
    /// Where the spec says so.
    pub at: Span,
}

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

/// A segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// As it stands.
    Literal(String),
    /// Index into [`Operation::path_parameters`].
    Parameter(usize),
}

/// The body of a request.
#[derive(Debug, Clone)]
pub enum Body {
    /// None.
    None,
    /// A JSON object with these fields.
    Json(Vec<Field>),
    /// A multipart form with these fields.
    Multipart(Vec<Field>),
}

/// What a successful reply holds.
#[derive(Debug, Clone)]
pub enum Response {
    /// JSON with a payload of a type.
    Json {
        /// What wraps the payload; `None` for a bare body.
        envelope: Option<EnvelopeId>,
        /// Where the payload stands.
        at: Payload,
        /// The type of the payload.
        payload: Type,
        /// What the payload comes as instead; `None` when it always comes as its type.
        also: Option<Type>,
    },
    /// An envelope around nothing, or an empty body.
    Empty {
        /// The envelope.
        envelope: Option<EnvelopeId>,
    },
    /// Raw bytes.
    Binary {
        /// What they are.
        description: String,
    },
}

/// Files that a reply names: each holds one JSON value per line and may be compressed with gzip.
#[derive(Debug, Clone)]
pub struct FollowUp {
    /// Wire path from the root of the reply to the URLs, with `[]` for each item.
    pub url: String,
    /// The type of the value on a line.
    pub records: Type,
    /// What the files hold.
    pub description: String,
}

/// Where the payload of a reply stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Under a key.
    Key(String),
    /// It is the whole body.
    Whole,
}

/// How a list is read.
#[derive(Debug, Clone)]
pub enum Paging {
    /// The operation does not page.
    None,
    /// Pages are numbered.
    PageNumber {
        /// Wire name of the query parameter with the number.
        parameter: String,
        /// Wire name of the query parameter with the size of a page.
        size: String,
        /// Number of the first page.
        first: u32,
        /// Items of a page when the size is not given.
        default_size: u64,
        /// The size that the server clamps to.
        max_size: u64,
        /// Where the items stand.
        items: Items,
        /// Path in the reply to the number of items on all pages; empty when there is none.
        total: String,
    },
    /// Each page names the next one.
    Cursor {
        /// Wire name of the query parameter with the cursor.
        parameter: String,
        /// Wire name of the query parameter with the size of a page; empty when there is none.
        size: String,
        /// Path in the reply to the cursor of the next page.
        next: String,
        /// Where the items stand.
        items: Items,
        /// Path in the reply to the number of items on all pages; empty when there is none.
        total: String,
    },
}

/// Where the items of a page stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items {
    /// Name of the payload's field that holds them; `None` when the payload is the list.
    pub field: Option<String>,
    /// Type of an item.
    pub type_: Type,
}

/// A number of the service that no parameter carries.
#[derive(Debug, Clone)]
pub struct Quota {
    /// Name in snake case.
    pub name: String,
    /// How much.
    pub amount: u64,
    /// Of what.
    pub unit: String,
    /// What the number bounds.
    pub description: String,
    /// Whether the vendor raises it on request.
    pub raisable: bool,
    /// The error that the server answers with, if it is documented.
    pub error: Option<ErrorRef>,
    /// The page that states it; `None` when it is that of the operation.
    pub source: Option<PageId>,
    /// Where the spec says so.
    pub at: Span,
}

/// A documented error in one of its spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorRef {
    /// The error.
    pub error: ErrorId,
    /// Index of the spelling in [`super::ErrorDef::variants`].
    pub variant: usize,
}

/// When a field is there.
#[derive(Debug, Clone, PartialEq)]
pub enum Presence {
    /// Always.
    Required,
    /// Perhaps.
    Optional,
    /// Certainly when the condition holds, else perhaps.
    RequiredWhen(Condition),
    /// Always, with this value, which callers never see.
    Constant(Value),
}

/// A request and the reply to it.
#[derive(Debug, Clone)]
pub struct Example {
    /// Id in the spec.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// The request.
    pub request: ExampleRequest,
    /// The reply.
    pub reply: ExampleReply,
    /// Where the spec says so.
    pub at: Span,
}

/// The values of a request: by the fields of the operation, in their order, absent ones left out.
#[derive(Debug, Clone, Default)]
pub struct ExampleRequest {
    /// Index into the operation's path parameters, and value.
    pub path: Vec<(usize, Value)>,
    /// Index into the operation's query parameters, and value.
    pub query: Vec<(usize, Value)>,
    /// Index into the operation's header parameters, and value.
    pub headers: Vec<(usize, Value)>,
    /// Index into the body's fields, and value.
    pub body: Vec<(usize, Value)>,
    /// The tags that stand in the body beside unions: wire name, and value.
    pub tags: Vec<(String, String)>,
    /// Index into the form's fields, and file.
    pub form: Vec<(usize, ExampleFile)>,
}

/// A file of an example.
#[derive(Debug, Clone)]
pub struct ExampleFile {
    /// Its name.
    pub name: String,
    /// Its content.
    pub content: String,
}

/// The reply of an example.
#[derive(Debug, Clone)]
pub enum ExampleReply {
    /// A successful JSON reply: the whole body.
    Json {
        /// The body with its envelope.
        body: Value,
        /// The lines of the files that the body names.
        records: Vec<Value>,
    },
    /// A successful binary reply.
    Binary {
        /// The content.
        content: String,
    },
    /// A documented error.
    Error {
        /// Which.
        error: ErrorRef,
        /// The whole body.
        body: Value,
    },
}

/// A contradiction in the vendor's pages, and what was decided.
#[derive(Debug, Clone)]
pub struct Discrepancy {
    /// `resource.name`, or `api.name`.
    pub id: String,
    /// The question.
    pub title: String,
    /// What is claimed, and where.
    pub claims: Vec<Claim>,
    /// What the generated code and documentation do.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// Whether the decision is a guess until someone has seen what the service does.
    pub open: bool,
    /// Where the pages part from the spec because of the decision.
    pub explains: Vec<Explanation>,
    /// Where the spec says so.
    pub at: Span,
}

/// A fact that stands on a page or in the spec only, for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The fact.
    pub fact: Fact,
    /// Where it stands.
    pub side: Side,
    /// Where the ledger says so.
    pub at: Span,
}

/// Where a fact stands that stands in one place only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// On the page.
    Page,
    /// In the spec.
    Spec,
}

/// What a page claims.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Where.
    pub source: Source,
    /// What.
    pub says: String,
}

impl Method {
    /// The method as it stands in a request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// What HTTP says about repeating a request with it.
    pub fn effect(self) -> Effect {
        match self {
            Self::Get => Effect::Read,
            Self::Put | Self::Delete => Effect::Idempotent,
            Self::Post | Self::Patch => Effect::Repeats,
        }
    }
}

impl Body {
    /// The fields of a JSON body; empty for other bodies.
    pub fn json_fields(&self) -> &[Field] {
        match self {
            Self::Json(fields) => fields,
            Self::None | Self::Multipart(_) => &[],
        }
    }

    /// The fields of a multipart body; empty for other bodies.
    pub fn form_fields(&self) -> &[Field] {
        match self {
            Self::Multipart(fields) => fields,
            Self::None | Self::Json(_) => &[],
        }
    }
}

impl Operation {
    /// The parameters that stand in a place, in the author's order.
    pub fn parameters_in(&self, place: Place) -> &[Field] {
        match place {
            Place::Path => &self.path_parameters,
            Place::Query => &self.query,
            Place::Header => &self.headers,
            Place::Body => self.body.json_fields(),
            Place::Form => self.body.form_fields(),
        }
    }

    /// The limits that a request can be held against: all but those that depend on a state that no request shows.
    pub fn checkable_limits(&self) -> impl Iterator<Item = &PlacedLimit> {
        self.limits.iter().filter(|it| !matches!(it.limit.when, Some(Condition::State(_))))
    }

    /// The list that can be sent in several calls.
    pub fn split_field(&self) -> Option<(Place, &Field)> {
        let Split { place, field, .. } = self.split?;
        Some((place, self.parameters_in(place).get(field)?))
    }

    /// The most items that a call may have in the list that can be split.
    pub fn batch(&self) -> Option<i64> {
        let (place, field) = self.split_field()?;
        self.limits.iter().filter(|it| it.place == place && it.wire == field.wire).find_map(|it| match it.limit.rule {
            Rule::MaxItems(Bound::Integer(most)) => Some(most),
            _ => None,
        })
    }

    /// All parameters with their places, in the order of [`Place::ALL`].
    pub fn parameters(&self) -> impl Iterator<Item = (Place, &Field)> {
        Place::ALL.into_iter().flat_map(|place| self.parameters_in(place).iter().map(move |field| (place, field)))
    }
}
