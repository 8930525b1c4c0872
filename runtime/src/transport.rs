//! How requests leave the process: a trait, and what goes in and out of it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::address::Shown;

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An error of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Chunks of a body.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// Sends requests. Put another one in the place of [`HttpTransport`](crate::HttpTransport) to answer from memory in tests,
/// or to use another HTTP crate; to look at what goes by, a [`Middleware`](crate::Middleware) is enough.
///
/// An implementation must not follow redirects, since a redirect takes the token to another server, and must not repeat
/// requests. Limits of time are the caller's business: a future that is dropped gives up.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request and waits for the head of the response.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>>;
}

/// A request, ready to be sent.
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub uri: Uri,
    /// The headers; those that carry secrets are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

/// The body of a request.
#[non_exhaustive]
pub enum Body {
    /// None.
    Empty,
    /// In memory.
    Bytes(Bytes),
    /// Produced while it is sent.
    Stream {
        /// Its chunks.
        chunks: Chunks,
        /// Their bytes altogether, if that is known.
        length: Option<u64>,
    },
}

/// A response whose body is still to be read.
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body. Must yield an error when the connection ends before the body does.
    pub chunks: Chunks,
}

/// Why there is no response, or no more of it.
#[derive(Debug)]
pub struct TransportError {
    /// At which stage it happened.
    pub stage: Stage,
    /// What happened.
    pub source: BoxError,
}

/// A stage of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before the request was sent: the server has certainly not seen it.
    Connect,
    /// While it was sent, or while the response was awaited or read.
    Exchange,
}

impl Request {
    /// A request.
    pub fn new(method: Method, uri: Uri, headers: HeaderMap, body: Body) -> Self {
        Self { method, uri, headers, body }
    }
}

impl Response {
    /// A response with a body in memory.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self::streaming(status, headers, Box::pin(Once(Some(body.into()))))
    }

    /// A response whose body arrives chunk by chunk.
    pub fn streaming(status: StatusCode, headers: HeaderMap, chunks: Chunks) -> Self {
        Self { status, headers, chunks }
    }

    /// Reads the body, to look at it, and gives it back beside a response that still has it. Downloads come by a middleware
    /// as well: one that is larger than `limit` fails, and a smaller one is held in memory.
    ///
    /// # Errors
    /// The connection failed, or the body is larger than `limit` bytes.
    pub async fn buffered(self, limit: usize) -> Result<(Self, Bytes), TransportError> {
        let Self { status, headers, mut chunks } = self;
        let mut body = BytesMut::new();
        while let Some(chunk) = next(&mut chunks).await {
            let chunk = chunk?;
            if chunk.len() > limit - body.len() {
                let problem = format!("the body is larger than {limit} bytes");
                return Err(TransportError::new(Stage::Exchange, problem));
            }
            body.extend_from_slice(&chunk);
        }
        let body = body.freeze();
        Ok((Self::new(status, headers, body.clone()), body))
    }
}

impl TransportError {
    /// An error at a stage.
    pub fn new(stage: Stage, source: impl Into<BoxError>) -> Self {
        Self { stage, source: source.into() }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.stage {
            Stage::Connect => "could not connect",
            Stage::Exchange => "the connection failed",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref())
    }
}

impl fmt::Debug for Request {
    /// Without the query, where secrets may stand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, uri, headers, body } = self;
        f.debug_struct("Request")
            .field("method", method)
            .field("uri", &Shown(uri.clone()))
            .field("headers", headers)
            .field("body", body)
            .finish()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Stream { length: Some(length), .. } => write!(f, "Stream({length} bytes)"),
            Self::Stream { length: None, .. } => f.write_str("Stream"),
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("headers", &self.headers).finish_non_exhaustive()
    }
}

/// A stream of one chunk.
struct Once(Option<Bytes>);

impl Stream for Once {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// The next chunk of a body.
pub(crate) async fn next(chunks: &mut Chunks) -> Option<Result<Bytes, TransportError>> {
    std::future::poll_fn(|cx| chunks.as_mut().poll_next(cx)).await
}
