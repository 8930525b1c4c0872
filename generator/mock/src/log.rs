//! What was asked of the mock, and what became of it.

use std::collections::VecDeque;
use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use serde_json::{Value, json};

/// A request that is over: it was answered, or its connection was cut.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// Number of the request, from 0, whatever has been dropped or cleared since.
    pub index: u64,
    /// When its head had been read.
    pub time: SystemTime,
    /// The method.
    pub method: String,
    /// The path as it was sent.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: String,
    /// The id of the operation: `resource.name`; `None` when it meant none.
    pub operation: Option<String>,
    /// All headers, secrets among them. `Debug` and the control endpoint show no secrets.
    pub headers: HeaderMap,
    /// The body, unless it was a form.
    pub body: Bytes,
    /// The parts of a form.
    pub parts: Vec<Part>,
    /// The status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// The faults that were played, as they are written in a header.
    pub fault: Option<String>,
    /// The example of the spec that the answer was made from.
    pub example: Option<String>,
    /// Why the request was refused.
    pub reason: Option<String>,
    /// Whether the operation was carried out, whatever the caller heard of it.
    pub taken: bool,
    /// Of an operation that was taken and has a list of receivers, members or the like: those that were served.
    pub receivers: Vec<String>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Its name.
    pub name: String,
    /// The name of its file, if it is one.
    pub file_name: Option<String>,
    /// Its size.
    pub bytes: usize,
    /// Its text, unless it is a file or long.
    pub text: Option<String>,
}

/// The requests, oldest first.
#[derive(Debug)]
pub(crate) struct Log {
    requests: VecDeque<Request>,
    capacity: usize,
    count: u64,
}

impl Request {
    /// The value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; `Null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// As the control endpoint shows it: secrets are left out.
    pub(crate) fn to_json(&self, secrets: &[String]) -> Value {
        let headers: serde_json::Map<_, _> = self
            .headers
            .iter()
            .map(|(name, value)| {
                let is_secret =
                    *name == AUTHORIZATION || secrets.iter().any(|it| it.eq_ignore_ascii_case(name.as_str()));
                let text = if is_secret { HIDDEN.into() } else { String::from_utf8_lossy(value.as_bytes()) };
                (name.to_string(), Value::from(text))
            })
            .collect();
        let mut body = self.json();
        hide(&mut body, secrets);
        let since = self.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let part = |it: &Part| json!({ "name": it.name, "file_name": it.file_name, "bytes": it.bytes });
        json!({
            "index": self.index,
            "time": u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "operation": self.operation,
            "headers": headers,
            "body": body,
            "parts": self.parts.iter().map(part).collect::<Vec<_>>(),
            "status": self.status,
            "fault": self.fault,
            "example": self.example,
            "reason": self.reason,
            "taken": self.taken,
            "receivers": self.receivers,
        })
    }
}

/// What stands in the place of a secret.
const HIDDEN: &str = "…";

fn hide(value: &mut Value, secrets: &[String]) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if secrets.contains(key) { *value = HIDDEN.into() } else { hide(value, secrets) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| hide(it, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Shows neither headers nor bodies, which hold secrets.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, method, path, operation, status, fault, example, reason, taken, receivers, .. } = self;
        f.debug_struct("Request")
            .field("index", index)
            .field("method", method)
            .field("path", path)
            .field("operation", operation)
            .field("status", status)
            .field("fault", fault)
            .field("example", example)
            .field("reason", reason)
            .field("taken", taken)
            .field("receivers", receivers)
            .finish_non_exhaustive()
    }
}

impl Log {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { requests: VecDeque::new(), capacity, count: 0 }
    }

    /// Adds a request; the oldest one goes when there are too many.
    pub(crate) fn push(&mut self, request: Request) {
        if self.capacity > 0 {
            if self.requests.len() >= self.capacity {
                self.requests.pop_front();
            }
            self.requests.push_back(Request { index: self.count, ..request });
        }
        self.count += 1;
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn take(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests).into()
    }

    pub(crate) fn clear(&mut self) {
        self.requests.clear();
    }
}
