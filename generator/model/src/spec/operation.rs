//! `resources/*.yaml`: the operations of one resource with everything that is particular to them.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::api::{ErrorDef, RateLimit};
use super::text::Deprecation;
use super::types::{Bound, Enforced, FieldSpec, Outcome, TypeDef};
use crate::load::{Entries, List, Spanned};

/// A file under `resources/`, named after the resource.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ResourceFile {
    /// What people call the resource.
    pub title: Spanned<String>,
    /// One sentence: what the resource is.
    pub summary: Spanned<String>,
    /// A few paragraphs, where one sentence does not do.
    pub description: Option<Spanned<String>>,
    /// Id of the page that the facts of this file are taken from.
    pub page: Spanned<String>,
    /// The operations, by name, in the order in which they are documented.
    pub operations: Entries<Operation>,
    /// Types that only this resource uses.
    #[serde(default)]
    pub types: Entries<TypeDef>,
    /// Documented errors that no other file needs to know of, by id; ids are unique across all files.
    #[serde(default)]
    pub errors: Entries<ErrorDef>,
    /// Budgets that no other file needs to know of; names are unique across all files.
    #[serde(default)]
    pub rate_limits: Entries<RateLimit>,
    /// What the vendor's pages contradict themselves about.
    #[serde(default)]
    pub discrepancies: Entries<Discrepancy>,
}

/// An operation of the API.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Operation {
    /// Method and path below the server's URL, as in `GET /books/{book_id}`.
    pub http: Spanned<String>,
    /// One sentence: what the operation does.
    pub summary: Spanned<String>,
    /// What else a caller must know.
    pub description: Option<Spanned<String>>,
    /// Heading of the section on the vendor's page.
    pub section: Option<Spanned<String>>,
    /// Id of the page, where it is not that of the resource.
    pub page: Option<Spanned<String>>,
    /// `none` when the request carries no token.
    pub auth: Option<AuthMode>,
    /// Parameters in the path, in the order of the path.
    #[serde(default)]
    pub path: Entries<FieldSpec>,
    /// Parameters in the query.
    #[serde(default)]
    pub query: Entries<FieldSpec>,
    /// Parameters in headers.
    #[serde(default)]
    pub headers: Entries<FieldSpec>,
    /// Fields of the JSON body.
    #[serde(default)]
    pub body: Entries<FieldSpec>,
    /// Fields of the multipart body.
    #[serde(default)]
    pub form: Entries<FieldSpec>,
    /// What a successful reply holds.
    pub response: Response,
    /// Files that the reply names and that the client can read on.
    pub follow_up: Option<FollowUp>,
    /// How a list is read page by page.
    pub paging: Option<Paging>,
    /// Ids of the documented errors; a variant follows a slash, as in `not_found/legacy`.
    #[serde(default)]
    pub errors: List<Spanned<String>>,
    /// Ids of the rate limits, where they are not those of the server.
    pub rate_limits: Option<List<Spanned<String>>>,
    /// Whether doing it twice leaves things as doing it once does. Left out, the method says so: yes for `GET`, `PUT` and
    /// `DELETE`, no for `POST` and `PATCH`.
    pub idempotent: Option<bool>,
    /// The list that says for whom the call is. The client can send one that is too long for a call in several calls.
    pub split: Option<Spanned<String>>,
    /// Bounds of the body as a whole, or of several of its fields together.
    #[serde(default)]
    pub limits: List<BodyLimit>,
    /// Numbers of the service that no parameter carries: how many things may exist, how long they are kept.
    #[serde(default)]
    pub quotas: Entries<Quota>,
    /// Requests and the replies to them, by id.
    #[serde(default)]
    pub examples: Entries<Example>,
    /// Set when the operation should no longer be used.
    pub deprecated: Option<Deprecation>,
    /// The date or revision since which the operation exists.
    pub since: Option<Spanned<String>>,
}

/// Whether a request carries a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthMode {
    /// It carries none.
    None,
}

/// What a successful reply holds: a payload of a named type, fields given here, bytes, or nothing.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Response {
    /// Id of the envelope, where it is not that of the server; `none` for a bare body.
    pub envelope: Option<Spanned<String>>,
    /// The key of the body under which the payload stands, where it is not that of the envelope.
    pub at: Option<Spanned<String>>,
    /// The type of the payload.
    pub data: Option<Spanned<String>>,
    /// Another type that the payload comes as; a `list<T>` may also come as one `T`.
    pub also: Option<Spanned<String>>,
    /// The name of the payload's type, when its fields are given here.
    pub name: Option<Spanned<String>>,
    /// What the payload is, when its fields are given here.
    pub description: Option<Spanned<String>>,
    /// The fields of the payload.
    pub fields: Option<Entries<FieldSpec>>,
    /// How the payload tells whether the call succeeded, when its fields are given here.
    pub outcome: Option<Outcome>,
    /// The reply is raw bytes: what they are.
    pub binary: Option<Spanned<String>>,
    /// `true` when the reply carries nothing but its envelope.
    pub nothing: Option<Spanned<bool>>,
}

/// Files that a reply names: each holds one JSON value per line and may be compressed with gzip.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FollowUp {
    /// Path in the reply, from its root, to the absolute URLs of the files, as in `data[].url`.
    pub url: Spanned<String>,
    /// The type of the value on a line.
    pub records: Spanned<String>,
    /// What the files hold.
    pub description: Spanned<String>,
}

/// A bound of the JSON body as a whole, or of several of its fields together.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BodyLimit {
    /// The keys of the fields whose JSON counts. Left out, the whole body.
    #[serde(default)]
    pub of: List<Spanned<String>>,
    /// Most bytes of their JSON, as in `5 KB`; a KB is 1,024 bytes.
    pub max_size: Spanned<Bound>,
    /// What the server does with a larger one: `reject` (default) or `unknown`.
    pub enforced: Option<Enforced>,
    /// The vendor raises the bound on request.
    #[serde(default)]
    pub raisable: bool,
    /// Id of the error that the server answers with.
    pub error: Option<Spanned<String>>,
    /// What else there is to say about the bound.
    pub description: Option<Spanned<String>>,
    /// Id of the page that states it, where it is not that of the operation.
    pub page: Option<Spanned<String>>,
}

/// A number of the service that no parameter carries.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Quota {
    /// How much.
    pub amount: Spanned<u64>,
    /// Of what: `files`, `days`, `groups`.
    pub unit: Spanned<String>,
    /// What the number bounds.
    pub description: Spanned<String>,
    /// The vendor raises it on request.
    #[serde(default)]
    pub raisable: bool,
    /// Id of the error that the server answers with.
    pub error: Option<Spanned<String>>,
    /// Id of the page that states it, where it is not that of the operation.
    pub page: Option<Spanned<String>>,
}

/// How a list is read page by page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Paging {
    /// `page_number` or `cursor`.
    pub style: Spanned<PagingStyle>,
    /// The query parameter that selects the page: its number, or the cursor.
    pub parameter: Spanned<String>,
    /// The query parameter with the size of a page.
    pub size: Option<Spanned<String>>,
    /// The number of the first page.
    pub first: Option<Spanned<u32>>,
    /// The field of the payload that holds the items. Left out, the payload is the list.
    pub items: Option<Spanned<String>>,
    /// Path in the reply, from its root, to the cursor of the next page.
    pub next: Option<Spanned<String>>,
    /// Path in the reply, from its root, to the number of items on all pages.
    pub total: Option<Spanned<String>>,
}

/// How the next page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PagingStyle {
    /// Pages are numbered; the list ends with a page that is not full.
    PageNumber,
    /// Each page names the next one; the list ends with a page that names none.
    Cursor,
}

/// A request and the reply to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Example {
    /// What the example shows.
    pub title: Spanned<String>,
    /// The values of the parameters.
    #[serde(default)]
    pub request: ExampleRequest,
    /// The reply.
    pub response: ExampleResponse,
}

/// The values of the parameters of an example, by key.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExampleRequest {
    /// Parameters in the path.
    #[serde(default)]
    pub path: Entries<Value>,
    /// Parameters in the query.
    #[serde(default)]
    pub query: Entries<Value>,
    /// Parameters in headers.
    #[serde(default)]
    pub headers: Entries<Value>,
    /// Fields of the JSON body.
    #[serde(default)]
    pub body: Entries<Value>,
    /// Files of the multipart body.
    #[serde(default)]
    pub form: Entries<ExampleFile>,
}

/// A file of an example: its name and its content.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExampleFile {
    /// The name of the file.
    pub name: Spanned<String>,
    /// The content, as text.
    pub content: Spanned<String>,
}

/// The reply of an example. Exactly one of `data`, `body`, `text` and `error` stands in it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExampleResponse {
    /// The payload; the envelope is put around it with its example values.
    pub data: Option<Spanned<Value>>,
    /// The whole body, where the payload has no place in it.
    pub body: Option<Spanned<Value>>,
    /// What the files of a follow-up hold: a value per line.
    #[serde(default)]
    pub records: List<Value>,
    /// Fields of the envelope that differ from its example values.
    #[serde(default)]
    pub envelope: Entries<Value>,
    /// The content of a binary reply, as text.
    pub text: Option<Spanned<String>>,
    /// Id of a documented error that the server answers with; a variant follows a slash.
    pub error: Option<Spanned<String>>,
    /// The placeholders of the error's message; left out, their examples.
    #[serde(default)]
    pub values: Entries<Spanned<String>>,
}

/// A contradiction in the vendor's pages, and what this project decided.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Discrepancy {
    /// The question, in one line.
    pub title: Spanned<String>,
    /// What is claimed, and where; at least two, or one and its silence elsewhere.
    pub claims: List<Claim>,
    /// What the generated code and documentation do.
    pub decision: Spanned<String>,
    /// Why.
    pub reason: Spanned<String>,
    /// `settled`, or `open` until someone has seen what the service does.
    pub state: Spanned<State>,
    /// What it concerns: operations, as `operation` or `resource.operation`. Left out, the whole file.
    #[serde(default)]
    pub concerns: List<Spanned<String>>,
    /// Where the pages part from the spec because of the decision: facts as `apigen drift` shows them, such as
    /// `type query page_size: string`; with `no` in front when the spec has what the page lacks.
    #[serde(default)]
    pub explains: List<Spanned<String>>,
}

/// What a page claims.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Claim {
    /// Id of the page, where it is not that of the resource.
    pub page: Option<Spanned<String>>,
    /// Where on the page.
    pub section: Spanned<String>,
    /// The claim, in our words.
    pub says: Spanned<String>,
}

/// Whether a contradiction is decided for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The evidence suffices.
    Settled,
    /// The decision is a guess until someone has seen what the service does.
    Open,
}
