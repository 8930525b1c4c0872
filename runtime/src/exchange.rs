//! One call from its values to its answer: validate, obtain a token, send, and once more if the token was refused.

use std::borrow::Cow;
use std::time::Duration;

use apigen_core::json::{Entries, Value};
use apigen_core::limit::{self, Parts, Severity};
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use tracing::Instrument;
use url::Url;

use crate::address;
use crate::api::{Advice, Auth, BodyKind};
use crate::call::Call;
use crate::client::{Client, header};
use crate::decode::DecodeError;
use crate::error::{Answer, Attempt, Error, ErrorKind};
use crate::multipart;
use crate::token::{self, NoToken};
use crate::transport::{self, Body, Chunks, Request, Response, Stage, TransportError};
use crate::upload::Source;
use crate::values::Secret;

/// Limit of a call that transfers no files.
pub(crate) const TIMEOUT: Duration = Duration::from_mins(1);

/// Limit of a call that uploads files.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(10);

/// Bytes of an error body that are kept.
const MAX_ERROR: u64 = 1024 * 1024;

/// A successful answer with its body.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) attempt: Attempt,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
}

/// A successful answer whose body is still to be read.
pub(crate) struct Opened {
    pub(crate) attempt: Attempt,
    pub(crate) client: Client,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) chunks: Chunks,
}

/// What stays the same when a call is repeated.
struct Prepared {
    attempt: Attempt,
    url: Url,
    headers: HeaderMap,
    timeout: Duration,
    span: tracing::Span,
}

/// How the reading of a body ended.
enum End {
    Whole,
    CutOff,
    Failed(TransportError),
}

/// Sends a call and reads the reply.
pub(crate) async fn execute(call: &mut Call) -> Result<Received, Error> {
    let limit = call.client.shared().max_reply;
    let prepared = prepare(call)?;
    let received = async {
        let Opened { attempt, status, headers, mut chunks, .. } = open(call, &prepared).await?;
        let (raw, end) = read(&mut chunks, limit).await;
        match end {
            End::Whole => Ok(Received { attempt, status, headers, raw }),
            End::CutOff => {
                Err(Error::new(ErrorKind::TooLarge, format!("the reply is larger than {limit} bytes")).with_attempt(attempt))
            }
            End::Failed(error) => Err(lost(error, attempt)),
        }
    };
    prepared.run(received).await
}

/// Sends a call and leaves the body of the reply to be read.
pub(crate) async fn start(call: &mut Call) -> Result<Opened, Error> {
    let prepared = prepare(call)?;
    prepared.run(open(call, &prepared)).await
}

fn prepare(call: &Call) -> Result<Prepared, Error> {
    let Call { client, operation, .. } = call;
    let shared = client.shared();
    let refused = |url: Option<String>| {
        let attempt = Attempt { operation, url };
        move |problem: String| Error::new(ErrorKind::Argument, problem).with_attempt(attempt)
    };
    let url = address::call(&shared.server, operation, &call.path, &call.query).map_err(refused(None))?;
    let shown = url[..url::Position::AfterPath].to_owned();
    let headers = headers(call).map_err(refused(Some(shown.clone())))?;
    let usual = if call.files.is_empty() { TIMEOUT } else { UPLOAD_TIMEOUT };
    let span = tracing::info_span!(
        "apigen.call",
        api = shared.api.name,
        operation = operation.id,
        method = operation.method.as_str(),
        status = tracing::field::Empty,
        error = tracing::field::Empty,
    );
    Ok(Prepared {
        attempt: Attempt { operation, url: Some(shown) },
        url,
        headers,
        timeout: call.options.timeout.or(shared.timeout).unwrap_or(usual),
        span,
    })
}

/// The headers of a request but for those that depend on token and body.
fn headers(call: &Call) -> Result<HeaderMap, String> {
    let mut headers = call.client.shared().headers.clone();
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

impl Prepared {
    /// Runs a part of the call within its limit of time and its span.
    async fn run<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let timed = async {
            tokio::time::timeout(self.timeout, work).await.unwrap_or_else(|_| {
                let message = format!("no answer within {:?}", self.timeout);
                Err(Error::new(ErrorKind::Timeout, message).with_attempt(self.attempt.clone()))
            })
        };
        let result = timed.instrument(self.span.clone()).await;
        if let Err(error) = &result {
            self.span.record("error", tracing::field::debug(error.kind()));
        }
        result
    }
}

async fn open(call: &mut Call, prepared: &Prepared) -> Result<Opened, Error> {
    validate(call, &prepared.attempt).await?;
    if call.operation.auth == Auth::None {
        return send(call, prepared, None).await;
    }
    if let Some(own) = call.options.token.clone() {
        return send(call, prepared, Some(&own)).await;
    }
    let failed = |failure: Error| failure.with_attempt(prepared.attempt.clone());
    let first = match token::acquire(&call.client, None).await {
        Ok(token) => token,
        Err(NoToken::Failed(failure)) => return Err(failed(failure)),
        Err(NoToken::Refused) => return Err(failed(Error::new(ErrorKind::Token, "there is no token"))),
    };
    let error = match send(call, prepared, Some(&first.secret)).await {
        Err(error) if refuses_token(&error) && call.is_replayable() => error,
        result => return result,
    };
    match token::acquire(&call.client, Some(first.generation)).await {
        Ok(second) => send(call, prepared, Some(&second.secret)).await,
        Err(NoToken::Failed(failure)) => Err(failed(failure)),
        Err(NoToken::Refused) => Err(error),
    }
}

fn refuses_token(error: &Error) -> bool {
    error.status() == Some(StatusCode::UNAUTHORIZED) || error.advice() == Some(Advice::RefreshToken)
}

/// Holds the request against the limits of the operation.
async fn validate(call: &Call, attempt: &Attempt) -> Result<(), Error> {
    let settings = call.options.settings.as_ref().unwrap_or(&call.client.shared().settings);
    let mut files = Vec::new();
    for (name, file) in &call.files {
        files.push((Cow::Borrowed(name.as_str()), size(&file.source, file.length).await));
    }
    let Call { path, query, headers, body, form, .. } = call;
    let body = (!body.is_empty()).then(|| Value::Object(body.clone()));
    let parts = Parts { path, query, headers, form, files: &files, body: body.as_ref() };
    let violations = limit::check(call.operation.limits, &parts, settings);
    for violation in violations.iter().filter(|violation| violation.severity == Severity::Warned) {
        tracing::warn!(name: "apigen.limit", operation = call.operation.id, %violation, "beyond a limit");
    }
    if violations.is_denied() {
        let message = format!("not sent, since the server would reject it: {violations}");
        let error = Error::new(ErrorKind::Invalid, message).with_attempt(attempt.clone());
        return Err(error.with_violations(violations));
    }
    Ok(())
}
