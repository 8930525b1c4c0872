//! What a careful program does that calls the API without a client of its own: the same checks, budgets, headers, limits of
//! time and span, typed requests and replies by serde, the raw body beside them. No retries, no documented errors.

use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use easemob_im::runtime::{
    Body, Bytes, HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Transport, Uri,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tracing::Instrument;

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A client for two operations.
#[derive(Clone)]
pub struct ByHand(Arc<Inner>);

struct Inner {
    server: &'static str,
    token: Mutex<String>,
    budget: Mutex<(Instant, f64)>,
    transport: Box<dyn Transport>,
}

/// What went wrong, and where.
#[derive(Debug)]
pub struct Failure {
    /// The path of the request.
    pub path: String,
    /// What happened.
    pub problem: String,
    /// Of the answer, if there was one.
    pub status: Option<StatusCode>,
    /// Its body.
    pub raw: Bytes,
}

/// A typed reply, and what came with it.
#[derive(Debug)]
pub struct Got<T> {
    /// What was asked for.
    pub envelope: Envelope<T>,
    /// Headers of the answer.
    pub headers: HeaderMap,
    /// Its body.
    pub raw: Bytes,
}

/// What stands around a payload.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of the API")]
pub struct Envelope<T> {
    pub action: Option<String>,
    pub application: Option<String>,
    pub application_name: Option<String>,
    pub organization: Option<String>,
    pub uri: Option<String>,
    pub path: Option<String>,
    pub timestamp: Option<i64>,
    pub duration: Option<u64>,
    pub params: Option<BTreeMap<String, Vec<String>>>,
    pub properties: Option<serde_json::Value>,
    pub uuid: Option<String>,
    pub created: Option<i64>,
    pub entities: Option<serde_json::Value>,
    pub data: T,
}

#[derive(Serialize)]
struct Message {
    to: Vec<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    body: Text,
}

#[derive(Serialize)]
struct Text {
    msg: String,
}

impl fmt::Debug for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByHand")
    }
}

impl ByHand {
    /// A client.
    pub fn new(transport: impl Transport) -> Self {
        Self(Arc::new(Inner {
            server: "https://a1.example.com/reading-club/demo",
            token: Mutex::new("token".to_owned()),
            budget: Mutex::new((Instant::now(), 1e6)),
            transport: Box::new(transport),
        }))
    }

    /// Whether a user is in a group.
    ///
    /// # Errors
    /// There was no answer, or no success.
    pub async fn is_member(&self, group: &str, user: &str) -> Result<Got<bool>, Failure> {
        check(group)?;
        check(user)?;
        let path = format!(
            "/chatgroups/{}/user/{}/is_joined",
            utf8_percent_encode(group, ESCAPED),
            utf8_percent_encode(user, ESCAPED)
        );
        self.call(Method::GET, path, None).await
    }

    /// Sends a text to users.
    ///
    /// # Errors
    /// There was no answer, or no success.
    pub async fn to_users(&self, to: &[&str], text: &str) -> Result<Got<BTreeMap<String, String>>, Failure> {
        to.iter().try_for_each(|it| check(it))?;
        let to = to.iter().map(|it| (*it).to_owned()).collect();
        let message = Message { to, kind: "txt", body: Text { msg: text.to_owned() } };
        let body = serde_json::to_vec(&message).map_err(|it| failed("/messages/users", &it, None, Bytes::new()))?;
        if body.len() > 5 * 1024 {
            return Err(failed("/messages/users", &"the message is too large", None, Bytes::new()));
        }
        self.call(Method::POST, "/messages/users".to_owned(), Some(body)).await
    }

    async fn call<T: for<'a> Deserialize<'a>>(
        &self,
        method: Method,
        path: String,
        body: Option<Vec<u8>>,
    ) -> Result<Got<T>, Failure> {
        let span = tracing::info_span!("call", method = method.as_str(), status = tracing::field::Empty);
        let timeout = Duration::from_secs(20);
        let sent = tokio::time::timeout(timeout, self.send(method, &path, body).instrument(span.clone())).await;
        let (status, headers, raw) = sent.map_err(|it| failed(&path, &it, None, Bytes::new()))??;
        span.record("status", status.as_u16());
        if !status.is_success() {
            return Err(failed(&path, &"the server refused", Some(status), raw));
        }
        let envelope = serde_json::from_slice(&raw).map_err(|it| failed(&path, &it, Some(status), raw.clone()))?;
        Ok(Got { envelope, headers, raw })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Failure> {
        let problem = |it: &dyn fmt::Display| failed(path, it, None, Bytes::new());
        self.take()?;
        let uri = Uri::try_from(format!("{}{path}", self.0.server)).map_err(|it| problem(&it))?;
        let bearer = {
            let token = self.0.token.lock().unwrap_or_else(PoisonError::into_inner);
            HeaderValue::try_from(format!("Bearer {token}"))
        };
        let mut bearer = bearer.map_err(|it| problem(&it))?;
        bearer.set_sensitive(true);
        let json = HeaderValue::from_static("application/json");
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("authorization"), bearer);
        headers.insert(HeaderName::from_static("accept"), json.clone());
        headers.insert(HeaderName::from_static("user-agent"), HeaderValue::from_static("byhand/0.1.0"));
        let body = match body {
            Some(body) => {
                headers.insert(HeaderName::from_static("content-type"), json);
                Body::Bytes(body.into())
            }
            None => Body::Empty,
        };
        let response = self.0.transport.send(Request::new(method, uri, headers, body)).await;
        let (status, headers, mut chunks) = match response {
            Ok(response) => (response.status, response.headers, response.chunks),
            Err(error) => return Err(problem(&error)),
        };
        let mut raw = BytesMut::new();
        while let Some(chunk) = poll_fn(|cx| chunks.as_mut().poll_next(cx)).await {
            let chunk = chunk.map_err(|it| problem(&it))?;
            if raw.len() + chunk.len() > 1 << 26 {
                return Err(problem(&"the reply is too large"));
            }
            raw.extend_from_slice(&chunk);
        }
        Ok((status, headers, raw.freeze()))
    }

    /// Takes one from a budget of a million a minute.
    fn take(&self) -> Result<(), Failure> {
        let now = Instant::now();
        let mut budget = self.0.budget.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, left) = *budget;
        let left = (left + now.duration_since(before).as_secs_f64() * 1e6 / 60.0).min(1e6);
        *budget = (now, left - 1.0);
        if left < 1.0 { Err(failed("", &"too many calls", None, Bytes::new())) } else { Ok(()) }
    }
}

fn check(id: &str) -> Result<(), Failure> {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"_-.".contains(&it);
    if id.is_empty() || id == "." || id == ".." || id.len() > 64 || !id.bytes().all(is_plain) {
        return Err(failed(id, &"this is no id", None, Bytes::new()));
    }
    Ok(())
}

fn failed(path: &str, problem: &dyn fmt::Display, status: Option<StatusCode>, raw: Bytes) -> Failure {
    Failure { path: path.to_owned(), problem: problem.to_string(), status, raw }
}
