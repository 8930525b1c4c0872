//! The behaviour of generated clients: everything that is not particular to one API.
//!
//! Generated code says what an API looks like: [`Operation`]s as `static` tables, builders that fill a [`Call`], types that
//! [`Encode`] and [`Decode`] themselves. This crate does the rest: tokens, limits, URLs that no value can bend, uploads
//! and downloads as streams, errors with what the documentation says about them, pages, records of files elsewhere.
//!
//! Applications use it through a generated client, and meet of it [`Reply`], [`Error`], [`Upload`], [`Download`],
//! [`Pages`], [`Records`], [`Timestamp`], [`Hour`], [`Lasting`], [`Until`], [`Secret`] and the settings of [`limit`].

mod address;
mod api;
mod batches;
#[cfg(feature = "blocking")]
mod blocking;
mod call;
mod client;
pub mod decode;
mod documented;
mod download;
pub mod encode;
mod error;
mod exchange;
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
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
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
pub use url::Url;
pub use values::{Lasting, Secret, Timestamp, Until};

/// What the macros expand to; no part of the promise of this crate.
#[doc(hidden)]
pub mod __private {
    pub use crate::batches::batches;
    pub use crate::documented::describe;
    pub use crate::paging::{Listed, items, pages};
    pub use crate::records::records;
    pub use crate::reply::{open, send};
    pub use crate::union::{tag, tagged, unknown};
}
