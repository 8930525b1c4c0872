//! Responses as a test scripts them.

use std::fmt;
use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};

use crate::body::Scripted;

/// A response, perhaps with faults.
#[derive(Debug, Clone)]
pub struct Response {
    status: u16,
    headers: HeaderMap,
    delay: Duration,
    reset: bool,
    pub(crate) chunk: Bytes,
    pub(crate) count: u64,
    pub(crate) pause: Duration,
    pub(crate) chunked: bool,
    /// After so many chunks the connection is closed.
    pub(crate) cut: Option<u64>,
}

/// Closes the connection without an answer.
#[derive(Debug)]
pub(crate) struct Reset;

impl Response {
    /// A response with JSON: text, or what `serde_json::json!` makes.
    #[expect(clippy::needless_pass_by_value, reason = "`json!(…)` is to be passed as it is")]
    pub fn json(status: u16, body: impl ToString) -> Self {
        Self::bytes(status, body.to_string()).header("content-type", "application/json")
    }

    /// A response with plain text.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self::bytes(status, body.into()).header("content-type", "text/plain; charset=utf-8")
    }

    /// A response with HTML.
    pub fn html(status: u16, body: impl Into<String>) -> Self {
        Self::bytes(status, body.into()).header("content-type", "text/html; charset=utf-8")
    }

    /// A response with a file that was compressed by gzip.
    #[expect(clippy::missing_panics_doc, reason = "writing to memory cannot fail")]
    pub fn gzip(status: u16, content: impl AsRef<[u8]>) -> Self {
        let mut file = GzEncoder::new(Vec::new(), Compression::default());
        file.write_all(content.as_ref()).expect("writing to memory cannot fail");
        Self::bytes(status, file.finish().expect("writing to memory cannot fail"))
    }

    /// A response with any bytes.
    pub fn bytes(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            delay: Duration::ZERO,
            reset: false,
            chunk: body.into(),
            count: 1,
            pause: Duration::ZERO,
            chunked: false,
            cut: None,
        }
    }

    /// No response: the connection is closed.
    pub fn reset() -> Self {
        Self { reset: true, ..Self::bytes(500, "") }
    }

    /// Adds a header.
    ///
    /// # Panics
    /// It is no valid header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("the name should be one of a header");
        self.headers.append(name, HeaderValue::try_from(value).expect("the value should be one of a header"));
        self
    }

    /// Waits before it answers.
    #[must_use]
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Sends the body so many times, one after the other, as chunks of one body.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self { count, ..self }
    }

    /// Waits before each chunk but the first.
    #[must_use]
    pub fn pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Does not say how long the body is.
    #[must_use]
    pub fn chunked(self) -> Self {
        Self { chunked: true, ..self }
    }

    /// Closes the connection after so many chunks.
    #[must_use]
    pub fn cut_after(self, chunks: u64) -> Self {
        Self { cut: Some(chunks), ..self }
    }

    pub(crate) async fn play(self) -> Result<hyper::Response<Scripted>, Reset> {
        tokio::time::sleep(self.delay).await;
        if self.reset {
            return Err(Reset);
        }
        let mut response = hyper::Response::new(Scripted::new(&self));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = self.headers;
        Ok(response)
    }
}

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the script closes the connection")
    }
}

impl std::error::Error for Reset {}
