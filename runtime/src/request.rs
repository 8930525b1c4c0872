//! From the values of a call to a request: checked, escaped, encoded.

use std::borrow::Cow;
use std::time::Duration;

use apigen_core::json::Value;
use apigen_core::limit::{self, Parts, Severity};
use http::Uri;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::time::Instant;

use crate::address::{self, Shown};
use crate::api::BodyKind;
use crate::call::Call;
use crate::client::header;
use crate::error::{Attempt, Error, ErrorKind};
use crate::exchange;
use crate::multipart;
use crate::transport::{Body, Request};
use crate::values::Secret;

/// Limit of a call that transfers no files.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// Limit of a call that uploads files.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);

/// Limit of one attempt of a call that transfers no files.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// When the body of a reply is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As a part of the attempt.
    Whole,
    /// By the caller.
    Later,
}

/// What stays the same when a call is repeated.
pub(crate) struct Prepared {
    pub(crate) attempt: Attempt,
    accept: &'static str,
    /// For the first attempt; others make them anew.
    head: Option<(Uri, HeaderMap)>,
    timeout: Duration,
    attempt_timeout: Option<Duration>,
    /// When the call has run out of time.
    pub(crate) deadline: Instant,
    pub(crate) reading: Reading,
    pub(crate) span: tracing::Span,
}

impl Prepared {
    /// Prepares a call whose reply is to be of a media type. Nothing is sent, and no file is opened. Its time begins.
    pub(crate) fn new(call: &Call, accept: &'static str, reading: Reading) -> Result<Self, Error> {
        let Call { client, operation, .. } = call;
        let shared = client.shared();
        let refused = |url: Option<Shown>| {
            let attempt = Attempt { operation, method: operation.method.clone(), url, number: 0 };
            move |problem: String| Error::new(ErrorKind::Argument, problem).with_attempt(attempt)
        };
        let url = url(call).map_err(refused(None))?;
        let shown = Shown(url.clone());
        let headers = headers(call, accept).map_err(refused(Some(shown.clone())))?;
        let usual = if call.files.is_empty() { TIMEOUT } else { UPLOAD_TIMEOUT };
        let timeout = call.options.timeout.or(shared.timeout).unwrap_or(usual);
        let transfers_files = !call.files.is_empty() || reading == Reading::Later;
        let usual = Some(shared.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT)).filter(|_| !transfers_files);
        let span = tracing::info_span!(
            "apigen.call",
            api = shared.api.name,
            operation = operation.id,
            method = operation.method.as_str(),
            status = tracing::field::Empty,
            error = tracing::field::Empty,
        );
        Ok(Self {
            attempt: Attempt { operation, method: operation.method.clone(), url: Some(shown), number: 0 },
            accept,
            head: Some((url, headers)),
            timeout,
            attempt_timeout: call.options.attempt_timeout.or(usual),
            deadline: exchange::after(timeout),
            reading,
            span,
        })
    }

    /// When an attempt that begins now has run out of time.
    pub(crate) fn end_of_attempt(&self) -> Instant {
        self.attempt_timeout.map_or(self.deadline, |timeout| exchange::after(timeout).min(self.deadline))
    }

    /// The limit of time that ended at a moment was exceeded.
    pub(crate) fn out_of_time(&self, end: Instant, attempt: Attempt) -> Error {
        let timeout = self.attempt_timeout.filter(|_| end < self.deadline).unwrap_or(self.timeout);
        exchange::no_answer(timeout, attempt)
    }

    /// Holds the request against the limits of the operation.
    pub(crate) fn validate(&self, call: &Call) -> Result<(), Error> {
        let settings = call.options.settings.as_ref().unwrap_or(&call.client.shared().settings);
        let Call { path, query, headers, body, form, .. } = call;
        let files: Vec<_> = call.files.iter().map(|(name, file)| (Cow::Borrowed(name.as_str()), file.length)).collect();
        let parts = Parts { path, query, headers, form, files: &files, body: Some(body) };
        let violations = limit::check(call.operation.limits, &parts, settings);
        for violation in violations.iter().filter(|violation| violation.severity == Severity::Warned) {
            tracing::warn!(name: "apigen.limit", operation = call.operation.id, %violation, "beyond a limit");
        }
        if violations.is_denied() {
            let message = format!("not sent, since the server would reject it: {violations}");
            let error = Error::new(ErrorKind::Invalid, message).with_attempt(self.attempt.clone());
            return Err(error.with_violations(violations));
        }
        Ok(())
    }

    /// A request with a token.
    pub(crate) async fn request(&mut self, call: &mut Call, token: Option<&Secret>) -> Result<Request, Error> {
        let argument = |problem: &str| Error::new(ErrorKind::Argument, problem).with_attempt(self.attempt.clone());
        let (url, mut headers) = match self.head.take() {
            Some(head) => head,
            None => head(call, self.accept).map_err(|problem| argument(&problem))?,
        };
        if let Some(token) = token {
            // Of exactly this size, or else it is copied.
            let bearer = HeaderValue::try_from(["Bearer ", token.expose()].concat());
            let mut bearer = bearer.map_err(|_| argument("the access token cannot stand in a header"))?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        let (content_type, body) =
            body(call).await.map_err(|error| argument("a file cannot be read").with_source(error))?;
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, content_type);
        }
        Ok(Request::new(call.operation.method.clone(), url, headers, body))
    }
}

/// URL and headers of a request.
fn head(call: &Call, accept: &'static str) -> Result<(Uri, HeaderMap), String> {
    Ok((url(call)?, headers(call, accept)?))
}

fn url(call: &Call) -> Result<Uri, String> {
    address::call(&call.client.shared().server, call.operation, &call.path, &call.query)
}

/// The headers of a request but for those that depend on token and body, which there is room for.
fn headers(call: &Call, accept: &'static str) -> Result<HeaderMap, String> {
    let usual = &call.client.shared().headers;
    let mut headers = HeaderMap::with_capacity(usual.len() + call.operation.headers.len() + call.headers.len() + 3);
    for (name, value) in usual {
        headers.append(name.clone(), value.clone());
    }
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static(accept));
    for (name, value) in call.operation.headers {
        let (name, value) = header(name, value)?;
        headers.insert(name, value);
    }
    for (name, value) in &call.headers {
        let text = value.to_text().ok_or_else(|| format!("the header `{name}` must be a single value"))?;
        let (name, value) = header(name, &text)?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The content type and the body of a request.
async fn body(call: &mut Call) -> std::io::Result<(Option<HeaderValue>, Body)> {
    match call.operation.body {
        BodyKind::Multipart => {
            let (content_type, body) = multipart::encode(&call.form, &mut call.files).await?;
            Ok((HeaderValue::try_from(content_type).ok(), body))
        }
        BodyKind::None if call.body == Value::Object(Vec::new()) => Ok((None, Body::Empty)),
        BodyKind::None | BodyKind::Json => {
            let json = HeaderValue::from_static("application/json");
            Ok((Some(json), Body::Bytes(call.body.to_json_vec().into())))
        }
    }
}
