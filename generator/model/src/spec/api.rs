//! `api.yaml` and `pages.yaml`: what all operations of the API share, and the pages that the facts come from.

use schemars::JsonSchema;
use serde::Deserialize;

use super::operation::Discrepancy;
use super::types::{FieldSpec, Outcome, TypeDef};
use super::vocabulary::Vocabulary;
use crate::load::{Entries, List, Spanned};

/// The file `api.yaml`: identity, server, authentication, envelopes, errors, rate limits and shared types.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ApiFile {
    /// Name, version and purpose of the API and of the packages generated for it.
    pub api: Api,
    /// Where the API is served.
    pub server: Server,
    /// How requests are authenticated. Left out, no request carries a token.
    pub auth: Option<Auth>,
    /// Named shapes that wrap the payload of a response.
    #[serde(default)]
    pub envelopes: Entries<Envelope>,
    /// Where an error reply keeps its code and its message.
    pub error_body: ErrorBody,
    /// Named budgets that the server enforces.
    #[serde(default)]
    pub rate_limits: Entries<RateLimit>,
    /// Every documented error of the API, by id.
    #[serde(default)]
    pub errors: Entries<ErrorDef>,
    /// Ids of the errors that any operation may answer with.
    #[serde(default)]
    pub common_errors: List<Spanned<String>>,
    /// Types that more than one resource uses.
    #[serde(default)]
    pub types: Entries<TypeDef>,
    /// Contradictions that concern the whole API.
    #[serde(default)]
    pub discrepancies: Entries<Discrepancy>,
}

/// Name, version and purpose of the API and of the packages generated for it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Api {
    /// Name of the client package, in kebab case; the validation package is called `<name>-validation`.
    pub name: Spanned<String>,
    /// What people call the API.
    pub title: Spanned<String>,
    /// Semantic version of the generated packages.
    pub version: Spanned<String>,
    /// One sentence: what the API is for.
    pub summary: Spanned<String>,
    /// A few paragraphs for the front page of the documentation.
    #[serde(default)]
    pub description: Option<Spanned<String>>,
    /// The languages beside English that the texts of the spec are translated to, as BCP 47 tags; each has a directory.
    #[serde(default)]
    pub languages: List<Spanned<String>>,
}

/// Where the API is served.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Server {
    /// URL that the path of every operation is appended to, with the parameters in braces.
    pub url: Spanned<String>,
    /// The parameters of the URL, set once when a client is built.
    #[serde(default)]
    pub parameters: Entries<ServerParameter>,
    /// Id of the envelope of every response that does not name another.
    pub envelope: Option<Spanned<String>>,
    /// Ids of the rate limits of every operation that does not name others.
    #[serde(default)]
    pub rate_limits: List<Spanned<String>>,
    /// The zone of hours in parameters.
    pub utc_offset: Option<UtcOffset>,
}

/// The zone that a server reads hours in; it may differ by data centre.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UtcOffset {
    /// The offset that most data centres use, as in `+08:00`.
    pub default: Spanned<String>,
    /// Which data centres use which.
    pub description: Spanned<String>,
}

/// A part of the server's URL.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ServerParameter {
    /// What the parameter is and where its value is found.
    pub description: Spanned<String>,
    /// A made-up value for examples.
    pub example: Spanned<String>,
}

/// How requests are authenticated: a bearer token that an operation of the API hands out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Auth {
    /// The operation that issues tokens, as `resource.operation`.
    pub token_operation: Spanned<String>,
    /// The fields of its body that carry the credentials.
    pub credentials: ClientCredentials,
    /// The field of its response that holds the token.
    pub access_token: Spanned<String>,
    /// The field of its response that holds the validity in seconds.
    pub expires_in: Spanned<String>,
}

/// The fields of the token operation's body that carry the credentials of the application.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ClientCredentials {
    /// The field for the public identifier.
    pub id: Spanned<String>,
    /// The field for the secret.
    pub secret: Spanned<String>,
}

/// A shape that wraps the payload of a response.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Envelope {
    /// What the envelope is.
    pub description: Spanned<String>,
    /// Id of the envelope whose payload and fields this one has as well.
    pub extends: Option<Spanned<String>>,
    /// How the envelope tells whether the call succeeded.
    pub outcome: Option<Outcome>,
    /// The key under which the payload stands. Left out, the payload is the whole body.
    pub payload: Option<Spanned<String>>,
    /// The fields beside the payload. An example value may hold `{method}`, `{path}`, `{url}` or a server parameter.
    #[serde(default)]
    pub fields: Entries<FieldSpec>,
}

/// Where an error reply keeps its code and its message.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ErrorBody {
    /// The field with the error code.
    pub code: Spanned<String>,
    /// The field with the message for people.
    pub message: Spanned<String>,
    /// The other fields of an error reply.
    #[serde(default)]
    pub fields: Entries<FieldSpec>,
}

/// A documented error.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ErrorDef {
    /// HTTP status of the reply.
    pub status: Spanned<u16>,
    /// The error code in the body. Left out, the status says it all, as when a gateway answers.
    pub code: Option<Spanned<String>>,
    /// The message in the body; what varies stands in braces, as in `user {user} not found`. Left out, any message will do.
    pub message: Option<Spanned<String>>,
    /// Why the server answers this.
    pub cause: Spanned<String>,
    /// What the caller should do.
    pub remedy: Spanned<String>,
    /// What a program should do: `fix_request`, `refresh_token`, `retry` after backing off, or `give_up`.
    pub advice: Spanned<Advice>,
    /// What each placeholder of the message stands for.
    #[serde(default)]
    pub placeholders: Entries<Placeholder>,
    /// Other spellings of the same error, by name; what a variant leaves out is as above. Those with the same status and
    /// code are recognised wherever one of them is listed.
    #[serde(default)]
    pub variants: Entries<ErrorVariant>,
}

/// What a program should do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// The request is wrong: repeating it unchanged is useless.
    FixRequest,
    /// Fetch a new token and repeat.
    RefreshToken,
    /// Back off and repeat.
    Retry,
    /// Nothing a program can do: a person has to act.
    GiveUp,
}

/// A placeholder of an error message.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Placeholder {
    /// What the server puts there.
    pub description: Spanned<String>,
    /// A made-up value.
    pub example: Spanned<String>,
}

/// Another spelling of an error.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ErrorVariant {
    /// HTTP status, where it differs.
    pub status: Option<Spanned<u16>>,
    /// The error code, where it differs.
    pub code: Option<Spanned<String>>,
    /// The message, where it differs.
    pub message: Option<Spanned<String>>,
}

/// A budget that the server enforces.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RateLimit {
    /// What the budget protects and who shares it.
    pub description: Spanned<String>,
    /// How much may be spent per period.
    pub amount: Spanned<u64>,
    /// What is counted: `calls` (default), or the items of a list, `items`.
    pub unit: Option<RateUnit>,
    /// The list field whose items are counted.
    pub items_of: Option<Spanned<String>>,
    /// The period.
    pub per: Spanned<Per>,
    /// Whose calls are counted together: the whole `application` (default) or each `user`.
    pub scope: Option<RateScope>,
    /// The path parameter that names the user, for the scope `user`.
    pub user: Option<Spanned<String>>,
    /// All operations that name this limit draw on one budget, instead of each having its own.
    #[serde(default)]
    pub shared: bool,
    /// The vendor raises the limit on request.
    #[serde(default)]
    pub raisable: bool,
    /// Id of the error that the server answers with when the budget is spent.
    pub error: Option<Spanned<String>>,
    /// Id of the page that states it.
    pub page: Option<Spanned<String>>,
}

/// What a rate limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateUnit {
    /// Each call costs one.
    Calls,
    /// Each call costs as much as the list named by `items_of` has items.
    Items,
}

/// The period of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateScope {
    /// All calls of the application.
    Application,
    /// The calls that concern one user.
    User,
}

/// The file `pages.yaml`: the vendor's pages that facts are taken from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PagesFile {
    /// The pages, by id.
    pub pages: Entries<Page>,
    /// The words by which the pages say what they say, by language, as a BCP 47 tag.
    #[serde(default)]
    pub vocabulary: Entries<Vocabulary>,
}

/// A page of the vendor's documentation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Page {
    /// What the page is about, in our words.
    pub title: Spanned<String>,
    /// The revision that was read: a date.
    pub revision: Spanned<String>,
    /// Language of the page, as a BCP 47 tag.
    pub language: Spanned<String>,
    /// Where the page is published.
    pub url: Option<Spanned<String>>,
}
