//! The resolved API: names bound, inheritance applied, defaults filled. What emitters see, and all that they see.
//!
//! Ids index into the arenas of [`Api`]; the indexing operators cannot fail for an id that resolve handed out. Nothing
//! here knows a programming language, Markdown or HTML. Strings are as the maintainer wrote them.

mod limit;
mod operation;
mod types;
mod vocabulary;

use std::collections::BTreeSet;
use std::ops::Index;

use jiff_core::civil::{Date, UnixEpochDay};

use crate::source::Span;
pub use limit::{Bound, Condition, Enforcement, Limit, Place, PlacedLimit, Precondition, PreconditionTest, Rule, Test};
pub use operation::{
    Body, Claim, Discrepancy, Effect, ErrorRef, Example, ExampleFile, ExampleReply, ExampleRequest, Explanation,
    FollowUp, Items, Method, Operation, Paging, PathSegment, Payload, Presence, Quota, Response, Side, Split,
};
pub use types::{EnumValue, Field, Outcome, OutcomeTest, Scalar, TagPlace, Type, TypeDef, TypeKind, Variant, Verdict};
pub use vocabulary::{Column, Heading, Meaning, Phrase};

/// Index of a type in [`Api::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub(crate) u32);

/// Index of an error in [`Api::errors`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorId(pub(crate) u32);

/// Index of an envelope in [`Api::envelopes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvelopeId(pub(crate) u32);

/// Index of a page in [`Api::pages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub(crate) u32);

/// Index of a rate limit in [`Api::rate_limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RateLimitId(pub(crate) u32);

/// Index of a contradiction in [`Api::discrepancies`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DiscrepancyId(pub(crate) u32);

/// Index of an operation in [`Api::operations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub(crate) u32);

/// A resolved API.
#[derive(Debug, Clone)]
pub struct Api {
    /// Name of the client package, in kebab case.
    pub name: String,
    /// What people call the API.
    pub title: String,
    /// Semantic version of the generated packages.
    pub version: String,
    /// Where the spec states the version.
    pub version_at: Span,
    /// One sentence: what the API is for.
    pub summary: String,
    /// Paragraphs for the front page; empty when there is nothing to add.
    pub description: String,
    /// Where the API is served.
    pub server: Server,
    /// How a token is obtained.
    pub auth: Auth,
    /// Where an error reply keeps its code and its message.
    pub error_body: ErrorBody,
    /// The shapes that wrap payloads.
    pub envelopes: Vec<Envelope>,
    /// The vendor's pages.
    pub pages: Vec<Page>,
    /// The words by which the pages say what they say.
    pub vocabulary: Vec<Phrase>,
    /// All named types, by name.
    pub types: Vec<TypeDef>,
    /// All documented errors, by id.
    pub errors: Vec<ErrorDef>,
    /// The errors that any operation may answer with.
    pub common_errors: Vec<ErrorRef>,
    /// All rate limits, by name.
    pub rate_limits: Vec<RateLimit>,
    /// All contradictions: those of the API first, then by resource.
    pub discrepancies: Vec<Discrepancy>,
    /// The resources, by name.
    pub resources: Vec<Resource>,
    /// The operations: by resource, in the author's order.
    pub operations: Vec<Operation>,
}

/// Where the API is served.
#[derive(Debug, Clone)]
pub struct Server {
    /// URL with the parameters in braces.
    pub url: String,
    /// The parameters of the URL, in its order.
    pub parameters: Vec<ServerParameter>,
    /// The budgets of operations that name no others.
    pub rate_limits: Vec<RateLimitId>,
    /// The zone of hours in parameters; `None` when no parameter holds an hour.
    pub utc_offset: Option<UtcOffset>,
    /// Where the spec says so.
    pub at: Span,
}

/// The zone that the server reads hours in.
#[derive(Debug, Clone)]
pub struct UtcOffset {
    /// Minutes east of UTC, where nothing else is set.
    pub minutes: i32,
    /// Which data centres use which.
    pub description: String,
}

/// A part of the server's URL.
#[derive(Debug, Clone)]
pub struct ServerParameter {
    /// Name in snake case.
    pub name: String,
    /// What it is.
    pub description: String,
    /// A made-up value.
    pub example: String,
    /// Where the spec says so.
    pub at: Span,
}

/// How a token is obtained.
#[derive(Debug, Clone)]
pub enum Auth {
    /// Requests carry no token.
    None,
    /// An operation hands out bearer tokens.
    TokenOperation(TokenOperation),
}

/// The operation that hands out bearer tokens.
#[derive(Debug, Clone)]
pub struct TokenOperation {
    /// The operation.
    pub operation: OperationId,
    /// Wire name of the body field with the public identifier.
    pub id_field: String,
    /// Wire name of the body field with the secret.
    pub secret_field: String,
    /// Wire name of the response field with the token.
    pub access_token: String,
    /// Wire name of the response field with the validity in seconds.
    pub expires_in: String,
}

/// Where an error reply keeps its code and its message.
#[derive(Debug, Clone)]
pub struct ErrorBody {
    /// Wire name of the field with the code.
    pub code: String,
    /// Wire name of the field with the message.
    pub message: String,
    /// The other fields.
    pub fields: Vec<Field>,
    /// Where the spec says so.
    pub at: Span,
}

/// A shape that wraps payloads.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Id in the spec.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Where the payload stands.
    pub payload: Payload,
    /// The fields beside the payload, with those of the envelope it extends.
    pub fields: Vec<Field>,
    /// Tells whether the call succeeded; `None` when the status alone tells.
    pub outcome: Option<Outcome>,
    /// Where the spec says so.
    pub at: Span,
}

/// A page of the vendor's documentation.
#[derive(Debug, Clone)]
pub struct Page {
    /// Id in the spec.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// The revision that was read.
    pub revision: String,
    /// Language, as a BCP 47 tag.
    pub language: String,
    /// Where it is published; empty when unknown.
    pub url: String,
    /// Where the spec says so.
    pub at: Span,
}

/// A place on a page.
#[derive(Debug, Clone)]
pub struct Source {
    /// The page.
    pub page: PageId,
    /// Heading of the section; empty for the page as a whole.
    pub section: String,
}

/// A documented error with all its spellings.
#[derive(Debug, Clone)]
pub struct ErrorDef {
    /// Id in the spec, in snake case.
    pub name: String,
    /// Why the server answers this.
    pub cause: String,
    /// What the caller should do.
    pub remedy: String,
    /// What a program should do.
    pub advice: Advice,
    /// The placeholders of its messages, in the order of the first message.
    pub placeholders: Vec<Placeholder>,
    /// The spellings: the main one first.
    pub variants: Vec<ErrorVariant>,
    /// Where the spec says so.
    pub at: Span,
}

/// One spelling of an error.
#[derive(Debug, Clone)]
pub struct ErrorVariant {
    /// Name of the spelling; empty for the main one.
    pub name: String,
    /// HTTP status.
    pub status: u16,
    /// The code in the body; empty when the status says it all.
    pub code: String,
    /// The message in the body; empty when any will do, else with placeholders in braces.
    pub message: String,
    /// Where the spec states the status.
    pub at: Span,
}

/// A placeholder of an error message.
#[derive(Debug, Clone)]
pub struct Placeholder {
    /// Name in snake case.
    pub name: String,
    /// What the server puts there.
    pub description: String,
    /// A made-up value.
    pub example: String,
}

/// What a program should do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// The request is wrong.
    FixRequest,
    /// Fetch a new token and repeat.
    RefreshToken,
    /// Back off and repeat.
    Retry,
    /// A person has to act.
    GiveUp,
}

/// A budget that the server enforces.
#[derive(Debug, Clone)]
pub struct RateLimit {
    /// Id in the spec.
    pub name: String,
    /// What it protects and who shares it.
    pub description: String,
    /// How much may be spent per period.
    pub amount: u64,
    /// What a call costs.
    pub cost: Cost,
    /// The period.
    pub per: Period,
    /// Whose calls are counted together.
    pub scope: RateScope,
    /// Which operations draw on the same budget.
    pub sharing: Sharing,
    /// Whether the vendor raises it on request.
    pub raisable: bool,
    /// The error that the server answers with, if it is documented.
    pub error: Option<ErrorRef>,
    /// The page that states it.
    pub source: Option<PageId>,
    /// Where the spec says so.
    pub at: Span,
}

/// What a call costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cost {
    /// One.
    Call,
    /// As much as the list parameter with this wire name has items.
    Items(String),
}

/// The period of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// One second.
    Second,
    /// One minute.
    Minute,
    /// One hour.
    Hour,
    /// One day.
    Day,
}

/// Whose calls a rate limit counts together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateScope {
    /// All calls of the application.
    Application,
    /// The calls for one user, named by the path parameter with this wire name.
    User(String),
}

/// Which operations draw on the same budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Each operation has a budget of its own.
    PerOperation,
    /// All operations that name the limit share one budget.
    Shared,
}

/// A resource: the operations and types of one spec file.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Name in snake case: the name of its file.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// One sentence: what it is.
    pub summary: String,
    /// Paragraphs; empty when there is nothing to add.
    pub description: String,
    /// The page that its facts are taken from.
    pub page: PageId,
    /// The types that only it uses, in the author's order.
    pub types: Vec<TypeId>,
    /// Its operations, in the author's order.
    pub operations: Vec<OperationId>,
    /// The contradictions recorded in its file.
    pub discrepancies: Vec<DiscrepancyId>,
    /// The beginning of its file.
    pub at: Span,
}

impl Api {
    /// The operations of a resource, in the author's order.
    pub fn operations_of<'a>(&'a self, resource: &'a Resource) -> impl Iterator<Item = &'a Operation> {
        resource.operations.iter().map(|id| &self[*id])
    }

    /// The types that no resource owns, by name.
    pub fn shared_types(&self) -> impl Iterator<Item = &TypeDef> {
        self.types.iter().filter(|it| it.resource.is_none())
    }

    /// The contradictions that concern an operation, in the order of the ledger.
    pub fn discrepancies_of<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = &'a Discrepancy> {
        operation.discrepancies.iter().map(|id| &self[*id])
    }

    /// The error that a reference means.
    pub fn error(&self, reference: ErrorRef) -> (&ErrorDef, &ErrorVariant) {
        let error = &self[reference.error];
        (error, &error.variants[reference.variant])
    }

    /// The errors that references mean, each followed by its other spellings under the same status and code: which of them a
    /// server takes, nobody says.
    pub fn spellings(&self, references: &[ErrorRef]) -> Vec<ErrorRef> {
        let spelled = |meant: ErrorRef| {
            let (error, row) = self.error(meant);
            let is_another = move |(index, it): &(usize, &ErrorVariant)| {
                *index != meant.variant && it.status == row.status && it.code == row.code
            };
            let others = error.variants.iter().enumerate().filter(is_another);
            std::iter::once(meant).chain(others.map(move |(variant, _)| ErrorRef { variant, ..meant }))
        };
        references.iter().copied().flat_map(spelled).collect()
    }

    /// The UTC year, month, day and hour of an hour on the clock of the server; `None` when there is no such hour.
    pub fn utc_hour(&self, local: &str) -> Option<(i16, i8, i8, i64)> {
        let offset = self.server.utc_offset.as_ref().map_or(0, |it| it.minutes);
        let part = |from: usize, to: usize| local.get(from..to).filter(|it| it.bytes().all(|it| it.is_ascii_digit()));
        let date = Date::new(part(0, 4)?.parse().ok()?, part(4, 6)?.parse().ok()?, part(6, 8)?.parse().ok()?).ok()?;
        let hour: i64 = part(8, 10).filter(|_| local.len() == 10)?.parse().ok().filter(|it| *it < 24)?;
        let hours = i64::from(date.to_unix_epoch_day().day()) * 24 + hour - i64::from(offset).div_euclid(60);
        let day = UnixEpochDay::new(i32::try_from(hours.div_euclid(24)).ok()?).ok()?.to_date();
        Some((day.year(), day.month(), day.day(), hours.rem_euclid(24)))
    }

    /// The tag that stands beside a value of a type; `None` for types that have none.
    pub fn tag_beside(&self, type_: &Type) -> Option<&str> {
        match type_ {
            Type::Named(id) => match &self[*id].kind {
                TypeKind::Union { tag, placed: TagPlace::Beside, .. } => Some(tag),
                TypeKind::Union { placed: TagPlace::Inside, .. }
                | TypeKind::Newtype(_)
                | TypeKind::Enum { .. }
                | TypeKind::Flag { .. }
                | TypeKind::Object { .. } => None,
            },
            Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
        }
    }

    /// The variant of a union that a tag selects.
    pub fn variant(&self, type_: &Type, tag: &str) -> Option<&Variant> {
        match type_ {
            Type::Named(id) => match &self[*id].kind {
                TypeKind::Union { variants, .. } => variants.iter().find(|it| it.tag == tag),
                TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Object { .. } => None,
            },
            Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
        }
    }

    /// Collects the named types that a value may hold, those that stand there on failure included.
    pub fn reach(&self, type_: &Type, found: &mut BTreeSet<TypeId>) {
        match type_ {
            Type::Named(id) => self.reach_named(*id, found),
            Type::List(inner) | Type::Map(inner) => self.reach(inner, found),
            Type::Scalar(_) | Type::Json | Type::File => {}
        }
    }

    fn reach_named(&self, id: TypeId, found: &mut BTreeSet<TypeId>) {
        if !found.insert(id) {
            return;
        }
        if let Some(verdict) = &self[id].verdict {
            self.reach_named(verdict.otherwise, found);
        }
        match &self[id].kind {
            TypeKind::Newtype(inner) => self.reach(inner, found),
            TypeKind::Object { fields } => fields.iter().for_each(|it| self.reach(&it.type_, found)),
            TypeKind::Union { variants, .. } => {
                variants.iter().flat_map(|it| &it.fields).for_each(|it| self.reach(&it.type_, found));
            }
            TypeKind::Enum { .. } | TypeKind::Flag { .. } => {}
        }
    }

    /// The type without the newtypes around it.
    pub fn underlying<'a>(&'a self, type_: &'a Type) -> &'a Type {
        match type_ {
            Type::Named(id) => match &self[*id].kind {
                TypeKind::Newtype(inner) => self.underlying(inner),
                TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Object { .. } | TypeKind::Union { .. } => {
                    type_
                }
            },
            Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => type_,
        }
    }
}

impl Server {
    /// The path of the URL, from the first slash after the host, with the parameters in braces.
    pub fn path(&self) -> &str {
        let url = &self.url;
        let host = url.find("://").map_or(0, |at| at + "://".len());
        url[host..].find('/').map_or("", |at| url[host + at..].trim_end_matches('/'))
    }
}

macro_rules! arena {
    ($id:ident, $field:ident, $item:ty) => {
        impl Index<$id> for Api {
            type Output = $item;

            fn index(&self, id: $id) -> &$item {
                &self.$field[id.0 as usize]
            }
        }
    };
}

arena!(TypeId, types, TypeDef);
arena!(ErrorId, errors, ErrorDef);
arena!(EnvelopeId, envelopes, Envelope);
arena!(PageId, pages, Page);
arena!(RateLimitId, rate_limits, RateLimit);
arena!(DiscrepancyId, discrepancies, Discrepancy);
arena!(OperationId, operations, Operation);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn the_path_of_a_server_starts_after_the_host() {
        for (url, path) in [
            ("{host}/{org}/{app}", "/{org}/{app}"),
            ("https://api.example.com", ""),
            ("https://api.example.com/", ""),
            ("https://api.example.com/v1/", "/v1"),
            ("{scheme}://{host}/v1", "/v1"),
            ("{host}", ""),
        ] {
            let server = Server {
                url: url.to_owned(),
                parameters: Vec::new(),
                rate_limits: Vec::new(),
                utc_offset: None,
                at: Span { file: FileId::from_index(0), start: 0, end: 0 },
            };
            assert_eq!(server.path(), path, "{url}");
        }
    }
}
