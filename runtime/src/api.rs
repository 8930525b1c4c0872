//! What generated code says about an API and its operations, as `static` tables. Nothing here does anything.

use std::time::Duration;

use apigen_core::limit::{Limit, Place};
use http::Method;

use crate::outcome::Outcome;

/// What all calls of a client have in common.
#[derive(Debug)]
pub struct Api {
    /// Name of the API, for messages and spans.
    pub name: &'static str,
    /// Default of the `User-Agent` header, such as `bookshop/1.2.0`.
    pub user_agent: &'static str,
    /// URL of the server with parameters in braces, such as `{host}/{shop}`. A parameter that starts the URL holds
    /// scheme and host; the others are path segments.
    pub server: &'static str,
    /// The parameters of [`Api::server`], all of them required.
    pub server_params: &'static [ServerParam],
    /// How many minutes the clock of the server is ahead of UTC, unless a client says otherwise.
    pub utc_offset: i16,
    /// The operation that hands out tokens for credentials.
    pub token: Option<TokenOperation>,
    /// The errors that any operation may answer with.
    pub errors: &'static [&'static ErrorRow],
    /// The budgets that operations draw on, unless they name others.
    pub rates: &'static [&'static RateLimit],
    /// Where an error reply keeps its code and its message.
    pub error_body: ErrorBody,
}

/// A parameter of the server's URL.
#[derive(Debug)]
pub struct ServerParam {
    /// Its name, as it stands in braces.
    pub name: &'static str,
    /// What it is, in a few words.
    pub docs: &'static str,
}

/// The operation that hands out bearer tokens for credentials.
#[derive(Debug)]
pub struct TokenOperation {
    /// The operation.
    pub operation: &'static Operation,
    /// Body field of the public identifier.
    pub id: &'static str,
    /// Body field of the secret.
    pub secret: &'static str,
    /// Body fields with constant text.
    pub constants: &'static [(&'static str, &'static str)],
    /// Reply field of the token.
    pub access_token: &'static str,
    /// Reply field of the validity in seconds.
    pub expires_in: &'static str,
}

/// Where an error reply keeps its code and its message: names of fields of its JSON object.
#[derive(Debug)]
pub struct ErrorBody {
    /// The code.
    pub code: &'static str,
    /// The message.
    pub message: &'static str,
}

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// `resource.name`.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path below the server's URL. `{name}` is a parameter, `{name,}` a list whose items are joined by `%2C`.
    pub path: &'static str,
    /// Path parameters whose value would name another operation, with those values. A `,` among them refuses every
    /// value with a comma, because the server would read a list.
    pub reserved: &'static [(&'static str, &'static [&'static str])],
    /// Constant headers.
    pub headers: &'static [(&'static str, &'static str)],
    /// Whether the request carries a token.
    pub auth: Auth,
    /// What kind of body the request has.
    pub body: BodyKind,
    /// The key under which the payload stands in the reply; `None` when the reply is the payload.
    pub payload: Option<&'static str>,
    /// Whether the payload is a list in whose place a single item may stand.
    pub one_or_many: bool,
    /// What tells whether a successful status reports success.
    pub outcome: &'static [Outcome],
    /// The documented errors, those of [`Api::errors`] excepted.
    pub errors: &'static [&'static ErrorRow],
    /// The limits of its parameters.
    pub limits: &'static [Limit],
    /// The budgets that a call draws on; `None` means those of [`Api::rates`].
    pub rates: Option<&'static [&'static RateLimit]>,
    /// What sending it a second time does.
    pub effect: Effect,
    /// The list that says for whom the call is; a longer one than a call may have can be sent in several calls.
    pub split: Option<(Place, &'static str)>,
    /// How its list is read.
    pub paging: Option<Paging>,
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

/// A budget that the server enforces.
#[derive(Debug)]
pub struct RateLimit {
    /// Its id.
    pub id: &'static str,
    /// How much may be spent in a period.
    pub amount: u64,
    /// The period.
    pub period: Duration,
    /// What a call costs.
    pub cost: Cost,
    /// The path parameter that names the user whose budget it is; `None` when it is the application's.
    pub user: Option<&'static str>,
    /// Which operations draw on the same budget.
    pub sharing: Sharing,
    /// Id of the error that the server answers with when the budget is spent.
    pub error: Option<&'static str>,
}

/// Which operations draw on the same budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Each has one of its own.
    PerOperation,
    /// All that name the limit share one.
    Shared,
}

/// What a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// One.
    Call,
    /// As much as the list with this wire name has items, in the path, the query or the body.
    Items(&'static str),
}

/// Whether a request carries a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// It carries none.
    None,
    /// `Authorization: Bearer …`.
    Bearer,
}

/// What kind of body a request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// None.
    None,
    /// A JSON object; it is sent even when it is empty.
    Json,
    /// A multipart form.
    Multipart,
}

/// How a list is read page by page. Paths are dotted and start at the whole reply; the empty path is the reply itself.
#[derive(Debug)]
pub enum Paging {
    /// Pages are numbered.
    PageNumber {
        /// Query parameter with the number.
        parameter: &'static str,
        /// Query parameter with the number of items on a page.
        size: &'static str,
        /// Number of the first page.
        first: u32,
        /// Items on a page when the size is not given.
        default_size: u64,
        /// What the server makes of a larger size.
        max_size: u64,
        /// Path of the list or map of items.
        items: &'static str,
        /// Path of the number of items on all pages; empty when there is none.
        total: &'static str,
    },
    /// Each page names the next one.
    Cursor {
        /// Query parameter with the cursor.
        parameter: &'static str,
        /// Query parameter with the number of items on a page; empty when there is none.
        size: &'static str,
        /// Path of the cursor of the next page.
        next: &'static str,
        /// Path of the list or map of items.
        items: &'static str,
    },
}

/// A documented error.
#[derive(Debug, Clone, Copy)]
pub struct ErrorRow {
    /// Id of the error. Rows that spell one error in several ways share it.
    pub id: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Code in the body. Letter case does not matter.
    pub code: &'static str,
    /// Message in the body, a [template](apigen_core::template).
    pub message: &'static str,
    /// Why the server answers this.
    pub cause: &'static str,
    /// What the caller should do.
    pub remedy: &'static str,
    /// What a program should do.
    pub advice: Advice,
}

/// What a program should do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Repeat the request after backing off.
    Retry,
    /// Repeat the request with a new token. The client has done so once already, if it could have another token.
    RefreshToken,
    /// Repeating is useless until a person has acted.
    GiveUp,
    /// The request is wrong.
    FixRequest,
}
