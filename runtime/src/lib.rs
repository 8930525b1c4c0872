//! The behaviour of generated clients: everything that is not particular to one API.
//!
//! Generated code says what an API looks like: [`Operation`]s as `static` tables, builders that fill a [`Call`], types that
//! [`Encode`] and [`Decode`] themselves. This crate does the rest: tokens, limits, URLs that no value can bend, uploads
//! and downloads as streams, errors with what the documentation says about them, pages, records of files elsewhere.
//!
//! Applications use it through a generated client, and meet of it [`Reply`], [`Error`], [`Upload`], [`Download`],
//! [`Pages`], [`Records`], [`Timestamp`], [`Hour`], [`Lasting`], [`Until`], [`Secret`], [`RateLimits`] and the settings of
//! [`limit`].
//!
//! # When a call fails
//!
//! A call makes up to three attempts, each with a limit of time of its own, all within that of the call ([`Retry`]). What
//! decides is what the documentation says of the failure, and what repeating the call does:
//!
//! | failure | the server acted | a call that reads, or may be repeated | a call that works again |
//! |---|---|---|---|
//! | no connection | no | repeated | repeated |
//! | status 429, or the error of a rate limit | no | repeated | repeated |
//! | the error of a rate limit that counts receivers, of several | perhaps for some | repeated | not repeated |
//! | no answer in time, a connection or body that broke off | perhaps | repeated | not repeated |
//! | status 408, 502, 503, 504, or 5xx documented as passing | perhaps | repeated | not repeated |
//! | another error that is documented as passing | no | repeated | not repeated |
//! | status 401, or a refused token | no | once, with a new token | once, with a new token |
//! | anything else | see [`Error::outcome`] | not repeated | not repeated |
//!
//! Pauses double and have jitter; `Retry-After` is honoured, in seconds and as a date, however long; a wait that would end
//! after the time of the call ends it at once, with [`Error::retry_after`]. Clones of a client share a reserve of
//! repetitions, which successes fill again, so that an outage is not multiplied. Bodies that come from a reader are sent
//! once. What is known of the effect of a call that failed is its [`CallOutcome`]: [`Error::unknown_for`] names the
//! receivers for whom it is unknown, and [`Error::is_safe_to_repeat`] says whether calling again could do anything twice.
//!
//! # Rate limits
//!
//! A call goes when all budgets that it draws on suffice, and is charged for each attempt: one, or as much as it has
//! receivers, on budgets of the application or of one user. In no period more than the documented amount is spent, and at
//! once no more than a tenth of it or what one call costs. Calls wait in the order in which they came, unless the wait would take nearly all the
//! time that the call has: then nothing is sent or charged, and the error is [`ErrorKind::RateLimited`]. [`RateLimits`]
//! sets other amounts, fails fast, or switches it off; [`Throttle`] does so for a call. Budgets are those of a client and
//! its clones; a [`RateStore`] shares them with other processes: `RedisStore`, with the feature `redis`, or one of your own.
//! While it fails, each process counts for itself.
//!
//! # Beyond the usual
//!
//! - **More receivers than a call may have**: [`Batches`] sends a call in several, and tells what became of each receiver.
//! - **What is not documented**: builders send other headers, query parameters and fields; [`Reply::raw`] and
//!   [`Reply::headers`] hold what the types leave out.
//! - **Signing, recording, measuring**: [`Middleware`] sees each attempt, and the requests for tokens and files.
//! - **Another way to the server**: proxies by options of the builder; another [`Transport`], perhaps around
//!   [`HttpTransport`].
//! - **No async code**: `Blocking`, with the feature `blocking`, runs the same builders.
//!
//! # What is traced
//!
//! Spans and events of `tracing`, whose names and fields are stable:
//!
//! | name | | level | fields |
//! |---|---|---|---|
//! | `apigen.call` | span | info | `api`, `operation`, `method`, `status` of the last answer, `error`: the [`ErrorKind`] |
//! | `apigen.attempt` | span within it | debug | `attempt` from 1, `status`, `error` |
//! | `apigen.retry` | event | info | `operation`, `attempt` that failed, `wait_ms`, `error` |
//! | `apigen.give_up` | event | debug | `operation`, `reason`: `attempts`, `deadline` or `budget`, `error` |
//! | `apigen.rate_wait` | event | info | `operation`, `limit`, `wait_ms` |
//! | `apigen.rate_store` | event | warn | `error` |
//! | `apigen.limit` | event | warn | `operation`, `violation` |
//! | `apigen.token` | event | debug | `lifetime` |
//! | `apigen.token_failed` | event | warn | `error` |

mod address;
mod api;
mod batches;
#[cfg(feature = "blocking")]
mod blocking;
mod call;
mod client;
mod connect;
pub mod decode;
mod documented;
mod download;
pub mod encode;
mod error;
mod exchange;
mod field_reader;
mod hour;
mod limiter;
mod lines;
mod macros;
mod middleware;
mod multipart;
mod network;
mod outcome;
mod paging;
mod records;
mod reply;
mod request;
mod retry;
mod tables;
mod token;
mod transport;
mod union;
mod upload;
mod values;

pub use api::{
    Advice, Api, Auth, BodyKind, Cost, Effect, ErrorBody, ErrorRow, Operation, Paging, RateLimit, ServerParam, Sharing,
    TokenOperation,
};
pub use apigen_core::json::{Number, Value};
pub use apigen_core::limit::Settings;
pub use apigen_core::{json, limit, pattern, rate, template};
pub use batches::{Batch, Batches, Fate, Report};
#[cfg(feature = "blocking")]
pub use blocking::{Blocking, Iter};
pub use bytes::Bytes;
pub use call::{Call, Parameter};
pub use client::{Client, ClientBuilder};
pub use decode::{Decode, DecodeError, Fields};
pub use documented::{Captures, Documented};
pub use download::Download;
pub use encode::Encode;
pub use error::{CallOutcome, Error, ErrorKind};
pub use hour::{Hour, UtcOffset};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
#[cfg(feature = "redis")]
pub use limiter::RedisStore;
pub use limiter::{Charge, MemoryStore, RateLimits, RateStore, Throttle, Verdict};
pub use middleware::{Context, Middleware, Next};
pub use network::{HttpTransport, HttpTransportBuilder};
pub use outcome::{Judged, Outcome, Success};
pub use paging::{Items, Pages};
pub use records::{Record, RecordError, Records};
pub use reply::{Reply, Sending};
pub use retry::Retry;
pub use token::{AccessToken, TokenProvider};
pub use transport::{Body, BoxError, BoxFuture, Chunks, Request, Response, Stage, Transport, TransportError};
pub use union::{Beside, DecodeBeside, UnknownVariant};
pub use upload::Upload;
pub use values::{Lasting, Secret, Timestamp, Until};

/// What the macros expand to; no part of the promise of this crate.
#[doc(hidden)]
pub mod __private {
    pub use crate::batches::batches;
    pub use crate::documented::{captured, captures, describe, is_same};
    pub use crate::field_reader::FieldReader;
    pub use crate::paging::{Listed, items, pages};
    pub use crate::records::records;
    pub use crate::reply::{open, send};
    pub use crate::union::{tag, tagged, unknown};
}
