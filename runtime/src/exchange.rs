//! One call from its values to its answer: validate, obtain a token, send, and once more if the token was refused.

use std::time::Duration;

use apigen_core::json::Value;
use bytes::{Bytes, BytesMut};
use http::header::{HeaderMap, LOCATION};
use http::{Method, StatusCode};
use tracing::Instrument;
use url::Url;

use crate::api::{Advice, Auth};
use crate::call::Call;
use crate::client::Client;
use crate::decode::DecodeError;
use crate::error::{Answer, Attempt, Error, ErrorKind, hidden, shortened};
use crate::outcome::Failed;
use crate::request::Prepared;
use crate::token::{self, NoToken};
use crate::transport::{self, Body, Chunks, Request, Response, Stage, TransportError};
use crate::values::Secret;

/// Bytes of an error body that are kept.
const MAX_ERROR: u64 = 1024 * 1024;

/// A successful answer with its body.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) attempt: Attempt,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
    pub(crate) secrets: Vec<Secret>,
}

/// A successful answer whose body is still to be read.
pub(crate) struct Opened {
    pub(crate) attempt: Attempt,
    pub(crate) client: Client,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) chunks: Chunks,
    /// Secrets of the request, which a server may echo.
    pub(crate) secrets: Vec<Secret>,
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
    let prepared = Prepared::new(call, "application/json")?;
    let received = async {
        let Opened { attempt, status, headers, mut chunks, secrets, .. } = open(call, &prepared).await?;
        let (raw, end) = read(&mut chunks, limit).await;
        match end {
            End::Whole => Ok(Received { attempt, status, headers, raw, secrets }),
            End::CutOff => Err(Error::new(ErrorKind::TooLarge, format!("the reply is larger than {limit} bytes"))
                .with_attempt(attempt)),
            End::Failed(error) => Err(lost(error, attempt)),
        }
    };
    prepared.run(received).await
}

/// Sends a call and leaves the body of the reply to be read.
pub(crate) async fn start(call: &mut Call) -> Result<Opened, Error> {
    let prepared = Prepared::new(call, "*/*")?;
    prepared.run(open(call, &prepared)).await
}

impl Prepared {
    /// Runs a part of the call within its limit of time and its span.
    async fn run<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let result = timed(self.timeout, &self.attempt, work).instrument(self.span.clone()).await;
        if let Err(error) = &result {
            self.span.record("error", tracing::field::debug(error.kind()));
        }
        result
    }
}

async fn timed<T>(
    timeout: Duration,
    attempt: &Attempt,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::time::timeout(timeout, work).await.unwrap_or_else(|_| {
        let message = format!("no answer within {timeout:?}");
        Err(Error::new(ErrorKind::Timeout, message).with_attempt(attempt.clone()))
    })
}

async fn open(call: &mut Call, prepared: &Prepared) -> Result<Opened, Error> {
    for (_, file) in &mut call.files {
        file.measure().await;
    }
    prepared.validate(call)?;
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
        Err(NoToken::Refused) => {
            return Err(failed(Error::new(ErrorKind::Token, "there is no token")));
        }
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

/// Sends a request once.
async fn send(call: &mut Call, prepared: &Prepared, token: Option<&Secret>) -> Result<Opened, Error> {
    let request = prepared.request(call, token).await?;
    let Prepared { attempt, span, .. } = prepared;
    let sent = call.client.shared().transport.send(request).await;
    let Response { status, headers, chunks } = sent.map_err(|error| lost(error, attempt.clone()))?;
    span.record("status", status.as_u16());
    let secrets = call.secrets.iter().chain(token).cloned().collect();
    let opened = Opened { attempt: attempt.clone(), client: call.client.clone(), status, headers, chunks, secrets };
    if status.is_success() { Ok(opened) } else { Err(failure(opened).await) }
}

/// Asks for a file, from whatever server, with nothing of the client's.
pub(crate) async fn fetch(client: &Client, attempt: Attempt, url: Url, timeout: Duration) -> Result<Opened, Error> {
    let request = Request::new(Method::GET, url, HeaderMap::new(), Body::Empty);
    let fetched = async {
        let sent = client.shared().transport.send(request).await;
        let Response { status, headers, mut chunks } = sent.map_err(|error| lost(error, attempt.clone()))?;
        let attempt = attempt.clone();
        if status.is_success() {
            return Ok(Opened { attempt, client: client.clone(), status, headers, chunks, secrets: Vec::new() });
        }
        let (raw, _) = read(&mut chunks, MAX_ERROR).await;
        Err(if status.is_redirection() {
            redirected(attempt, status, headers, raw)
        } else {
            Error::answered_elsewhere(attempt, status, headers, raw)
        })
    };
    timed(timeout, &attempt, fetched).await
}

/// What an answer without success means.
async fn failure(mut opened: Opened) -> Error {
    let (raw, _) = read(&mut opened.chunks, MAX_ERROR).await;
    let Opened { attempt, client, status, headers, secrets, .. } = opened;
    if status.is_redirection() {
        return redirected(attempt, status, headers, raw);
    }
    Error::answered(client.shared().api, attempt, status, headers, raw, &secrets)
}

fn redirected(attempt: Attempt, status: StatusCode, headers: HeaderMap, raw: Bytes) -> Error {
    let here = attempt.url.as_deref().and_then(|url| Url::parse(url).ok());
    let target = headers.get(LOCATION).and_then(|location| location.to_str().ok());
    let target = target.and_then(|location| here?.join(location).ok());
    let target = target.map_or_else(|| "nowhere".to_owned(), |url| url.origin().ascii_serialization());
    let message = format!("the server answered {status}, a redirect to {target}, which is not followed");
    let answer = Answer { status, headers, raw, code: None, description: None };
    Error::new(ErrorKind::Redirect, message).with_answer(attempt, answer)
}

/// Reads a body up to a limit.
async fn read(chunks: &mut Chunks, limit: u64) -> (Bytes, End) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut whole = BytesMut::new();
    loop {
        match transport::next(chunks).await {
            None => return (whole.freeze(), End::Whole),
            Some(Err(error)) => return (whole.freeze(), End::Failed(error)),
            Some(Ok(chunk)) if chunk.len() > limit - whole.len() => {
                whole.extend_from_slice(&chunk[..limit - whole.len()]);
                return (whole.freeze(), End::CutOff);
            }
            Some(Ok(chunk)) => whole.extend_from_slice(&chunk),
        }
    }
}

/// What a failure of the transport means.
pub(crate) fn lost(error: TransportError, attempt: Attempt) -> Error {
    let kind = match error.stage {
        Stage::Connect => ErrorKind::Connect,
        Stage::Exchange => ErrorKind::Transport,
    };
    Error::new(kind, error.to_string()).with_source(error.source).with_attempt(attempt)
}

impl Received {
    /// Reads the body as JSON; an empty one is `null`.
    pub(crate) fn parse<T>(&self, decode: impl FnOnce(&Value<'_>) -> Result<T, DecodeError>) -> Result<T, Error> {
        let value = match &*self.raw {
            [] => Value::Null,
            raw => Value::parse(raw).map_err(|error| self.unreadable("the reply is not JSON").with_source(error))?,
        };
        decode(&value).map_err(|error| self.unreadable("the reply is not what is documented").with_source(error))
    }

    /// The server answered with success and said no.
    pub(crate) fn refused(&self, failed: Failed) -> Error {
        let reason = failed.reason.map(|reason| hidden(&reason, &self.secrets));
        let mut message = format!("the server refused: {}", hidden(&failed.test, &self.secrets));
        if let Some(reason) = &reason {
            message.extend([": ", &shortened(reason)]);
        }
        self.error(ErrorKind::Refused, message, reason)
    }

    fn unreadable(&self, message: &str) -> Error {
        self.error(ErrorKind::Decode, message.to_owned(), None)
    }

    fn error(&self, kind: ErrorKind, message: String, description: Option<String>) -> Error {
        let Self { attempt, status, headers, raw, .. } = self;
        let (headers, raw) = (headers.clone(), raw.clone());
        let answer = Answer { status: *status, headers, raw, code: None, description };
        Error::new(kind, message).with_answer(attempt.clone(), answer)
    }
}
