//! One call from its values to its answer: validate, wait for budgets, obtain a token, send, and again if that failed in a
//! way that another attempt may mend.

use std::time::Duration;

use apigen_core::json::Value;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, HeaderMap, LOCATION};
use http::{Method, StatusCode, Uri};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use crate::address;
use crate::api::{Advice, Auth, Effect};
use crate::call::Call;
use crate::client::Client;
use crate::decode::DecodeError;
use crate::error::{Answer, Attempt, CallOutcome, Error, ErrorKind, hidden, shortened};
use crate::limiter;
use crate::middleware::Context;
use crate::outcome::Failed;
use crate::request::{Prepared, Reading};
use crate::retry::{self, Failure, Pause, Retry};
use crate::token::{self, Current, NoToken};
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
    pub(crate) secrets: Secrets,
}

/// A successful answer whose body is still to be read.
pub(crate) struct Opened {
    pub(crate) attempt: Attempt,
    pub(crate) client: Client,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) chunks: Chunks,
    /// Secrets of the request, which a server may echo.
    pub(crate) secrets: Secrets,
}

/// What a server must not be quoted with.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    own: Vec<Secret>,
    token: Option<Secret>,
}

impl Secrets {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.own.iter().chain(&self.token)
    }
}

/// How the reading of a body ended.
enum End {
    Whole,
    CutOff,
    Failed(TransportError),
    OutOfTime,
}

/// How far a call has come, which outlives the attempt that runs out of time.
struct Progress {
    /// Requests sent so far.
    sent: u32,
    /// Whether a request is under way.
    is_waiting: bool,
    /// What the attempts before the current one may have done.
    earlier: CallOutcome,
}

/// Sends a call and reads the reply.
pub(crate) async fn execute(call: &mut Call) -> Result<Received, Error> {
    let mut prepared = Prepared::new(call, "application/json", Reading::Whole)?;
    let (opened, raw) = run(call, &mut prepared).await?;
    let Opened { attempt, status, headers, secrets, .. } = opened;
    Ok(Received { attempt, status, headers, raw, secrets })
}

/// Sends a call and leaves the body of the reply to be read.
pub(crate) async fn start(call: &mut Call) -> Result<Opened, Error> {
    let mut prepared = Prepared::new(call, "*/*", Reading::Later)?;
    run(call, &mut prepared).await.map(|(opened, _)| opened)
}

/// Runs a call within its limit of time and its span. The bytes are those of the body as far as it was to be read.
async fn run(call: &mut Call, prepared: &mut Prepared) -> Result<(Opened, Bytes), Error> {
    let mut progress = Progress { sent: 0, is_waiting: false, earlier: CallOutcome::NotSent };
    let (span, deadline) = (prepared.span.clone(), prepared.deadline);
    let work = attempts(call, prepared, &mut progress).instrument(span);
    let result = timeout_at(deadline, work).await.unwrap_or_else(|_| {
        let outcome = if progress.is_waiting { CallOutcome::Unknown } else { CallOutcome::NotSent };
        Err(prepared.out_of_time(prepared.deadline, prepared.attempt.clone()).with_outcome(outcome))
    });
    result.map_err(|error| {
        prepared.span.record("error", tracing::field::debug(error.kind()));
        error.concluded(progress.sent, progress.earlier, || call.receivers())
    })
}

/// Makes attempts until one succeeds or another would be of no use.
async fn attempts(call: &mut Call, prepared: &mut Prepared, progress: &mut Progress) -> Result<(Opened, Bytes), Error> {
    for (_, file) in &mut call.files {
        file.measure().await;
    }
    prepared.validate(call)?;
    let mut made = 0;
    let (mut replacement, mut is_replaced) = (None, false);
    let mut last = None;
    loop {
        if let Err(limited) = limiter::admit(call, &prepared.attempt, prepared.deadline).await {
            return Err(last.unwrap_or(limited));
        }
        let token = match replacement.take() {
            Some(token) => Some(token),
            None => token(call, prepared).await?,
        };
        let mut error = match send(call, prepared, token.as_ref(), progress).await {
            Ok(answer) => {
                call.client.shared().budget.refill();
                return Ok(answer);
            }
            Err(error) => error,
        };
        if refuses_token(&error) && !is_replaced && call.is_replayable() {
            is_replaced = true;
            progress.earlier = progress.earlier.max(CallOutcome::Rejected);
            match replace(call, token).await {
                Ok(token) => {
                    (replacement, last) = (Some(token), Some(error));
                    continue;
                }
                Err(NoToken::Failed(error)) => return Err(error.with_attempt(prepared.attempt.clone())),
                Err(NoToken::Refused(wait)) => {
                    let wait = wait.max(error.retry_after());
                    error = error.with_retry_after(wait);
                }
            }
        }
        let receivers = call.receivers().len();
        let verdict = retry::judge(Failure { rates: call.rates(), receivers, ..Failure::of(&error) });
        let error = error.with_outcome(verdict.outcome);
        if !(verdict.is_repeatable(call.operation.effect) && call.is_replayable()) {
            return Err(error);
        }
        let (shared, operation) = (call.client.shared(), call.operation.id);
        let retry = call.options.retry.as_ref().unwrap_or(&shared.retry);
        Pause { shared, retry, operation, deadline: prepared.deadline, made }.rest(&error).await?;
        made += 1;
        // What only reads leaves nothing behind when its answer is lost.
        if call.operation.effect != Effect::Read || verdict.outcome != CallOutcome::Unknown {
            progress.earlier = progress.earlier.max(verdict.outcome);
        }
        last = Some(error);
    }
}

/// The token of a call; `None` if it needs none.
async fn token(call: &Call, prepared: &Prepared) -> Result<Option<Current>, Error> {
    if call.operation.auth == Auth::None {
        return Ok(None);
    }
    if let Some(own) = &call.options.token {
        return Ok(Some(Current::fixed(own.clone())));
    }
    token::acquire(&call.client, None).await.map(Some).map_err(|no_token| {
        let error = match no_token {
            NoToken::Failed(error) => error,
            NoToken::Refused(wait) => Error::new(ErrorKind::Token, "there is no token").with_retry_after(wait),
        };
        error.with_attempt(prepared.attempt.clone())
    })
}

/// The token that follows a refused one.
async fn replace(call: &Call, refused: Option<Current>) -> Result<Current, NoToken> {
    let refused = refused.filter(|_| call.options.token.is_none()).ok_or(NoToken::Refused(None))?;
    token::acquire(&call.client, Some(refused.generation)).await
}

fn refuses_token(error: &Error) -> bool {
    error.status() == Some(StatusCode::UNAUTHORIZED) || error.advice() == Some(Advice::RefreshToken)
}

/// Makes one attempt.
async fn send(
    call: &mut Call,
    prepared: &mut Prepared,
    token: Option<&Current>,
    progress: &mut Progress,
) -> Result<(Opened, Bytes), Error> {
    let request = prepared.request(call, token.map(|token| &token.secret)).await?;
    progress.sent += 1;
    progress.is_waiting = true;
    let attempt = Attempt { number: progress.sent, ..prepared.attempt.clone() };
    let span = tracing::debug_span!(
        "apigen.attempt",
        attempt = attempt.number,
        status = tracing::field::Empty,
        error = tracing::field::Empty,
    );
    let end = prepared.end_of_attempt();
    let answer = answer(call, prepared, attempt.clone(), token, request, end).instrument(span.clone());
    let result = timeout_at(end, answer).await.unwrap_or_else(|_| Err(prepared.out_of_time(end, attempt)));
    progress.is_waiting = false;
    let status = match &result {
        Ok((opened, _)) => Some(opened.status),
        Err(error) => {
            span.record("error", tracing::field::debug(error.kind()));
            error.status()
        }
    };
    if let Some(status) = status {
        span.record("status", status.as_u16());
        prepared.span.record("status", status.as_u16());
    }
    result
}

/// Sends a request and reads the answer.
async fn answer(
    call: &Call,
    prepared: &Prepared,
    attempt: Attempt,
    token: Option<&Current>,
    request: Request,
    end: Instant,
) -> Result<(Opened, Bytes), Error> {
    let shared = call.client.shared();
    let context = Context::new(shared.api, &attempt);
    let sent = shared.send(request, &context).await;
    let Response { status, headers, chunks } = sent.map_err(|error| lost(error, attempt.clone()))?;
    let secrets = Secrets { own: call.secrets.clone(), token: token.map(|token| token.secret.clone()) };
    let mut opened = Opened { attempt, client: call.client.clone(), status, headers, chunks, secrets };
    if !status.is_success() {
        return Err(refusal(opened, end).await);
    }
    match prepared.reading {
        Reading::Later => Ok((opened, Bytes::new())),
        Reading::Whole => {
            let raw = whole(&mut opened, shared.max_reply, end).await?;
            Ok((opened, raw))
        }
    }
}

/// The body of a reply, as a whole.
async fn whole(opened: &mut Opened, limit: u64, end: Instant) -> Result<Bytes, Error> {
    let announced = length(&opened.headers);
    let (raw, ended) = read(&mut opened.chunks, limit, end).await;
    let received = u64::try_from(raw.len()).unwrap_or(u64::MAX);
    match ended {
        End::Whole if announced.is_some_and(|length| received < length) => {
            Err(ended_early(received, announced.unwrap_or_default(), opened.attempt.clone()))
        }
        End::Whole => Ok(raw),
        End::CutOff => Err(Error::new(ErrorKind::TooLarge, format!("the reply is larger than {limit} bytes"))
            .with_attempt(opened.attempt.clone())),
        End::Failed(error) => Err(lost(error, opened.attempt.clone())),
        // The limit of the attempt, which comes at the same moment, reports it.
        End::OutOfTime => std::future::pending().await,
    }
}

/// Asks for a file by its URL and headers, from whatever server, with nothing of the client's.
pub(crate) async fn fetch(
    client: &Client,
    attempt: Attempt,
    head: (Uri, HeaderMap),
    timeout: Duration,
    retry: &Retry,
) -> Result<Opened, Error> {
    let deadline = after(timeout);
    let mut made = 0;
    loop {
        let attempt = Attempt { number: made + 1, ..attempt.clone() };
        let fetched = timeout_at(deadline, fetch_once(client, attempt.clone(), head.clone(), deadline)).await;
        let error = match fetched.unwrap_or_else(|_| Err(no_answer(timeout, attempt))) {
            Ok(opened) => return Ok(opened),
            Err(error) => error,
        };
        if !retry::judge(Failure::of(&error)).is_repeatable(Effect::Read) {
            return Err(error);
        }
        let operation = error.operation().unwrap_or_default();
        Pause { shared: client.shared(), retry, operation, deadline, made }.rest(&error).await?;
        made += 1;
    }
}

async fn fetch_once(client: &Client, attempt: Attempt, head: (Uri, HeaderMap), end: Instant) -> Result<Opened, Error> {
    let (url, headers) = head;
    let request = Request::new(Method::GET, url, headers, Body::Empty);
    let context = Context::new(client.shared().api, &attempt).follow_up();
    let sent = client.shared().send(request, &context).await;
    let Response { status, headers, mut chunks } = sent.map_err(|error| lost(error, attempt.clone()))?;
    if status.is_success() {
        return Ok(Opened { attempt, client: client.clone(), status, headers, chunks, secrets: Secrets::default() });
    }
    let (raw, _) = read(&mut chunks, MAX_ERROR, end).await;
    Err(if status.is_redirection() {
        redirected(attempt, status, headers, raw)
    } else {
        Error::answered_elsewhere(attempt, status, headers, raw)
    })
}

/// The moment after a time, or one that nobody lives to see.
pub(crate) fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or_else(|| now + Duration::from_secs(30 * 365 * 24 * 60 * 60))
}

/// There was no answer in time.
pub(crate) fn no_answer(timeout: Duration, attempt: Attempt) -> Error {
    Error::new(ErrorKind::Timeout, format!("no answer within {timeout:?}")).with_attempt(attempt)
}

/// What an answer without success means.
async fn refusal(mut opened: Opened, end: Instant) -> Error {
    let (raw, _) = read(&mut opened.chunks, MAX_ERROR, end).await;
    let Opened { attempt, client, status, headers, secrets, .. } = opened;
    if status.is_redirection() {
        return redirected(attempt, status, headers, raw);
    }
    Error::answered(client.shared().api, attempt, status, headers, raw, &secrets)
}

fn redirected(attempt: Attempt, status: StatusCode, headers: HeaderMap, raw: Bytes) -> Error {
    let target = headers.get(LOCATION).and_then(|location| location.to_str().ok());
    let target = target.and_then(|location| address::target(&attempt.url.as_ref()?.0, location));
    let target = target.as_ref().map_or_else(|| "nowhere".to_owned(), address::host);
    let message = format!("the server answered {status}, a redirect to {target}, which is not followed");
    let answer = Answer { status, headers, raw, code: None, description: None };
    Error::new(ErrorKind::Redirect, message).with_answer(attempt, answer)
}

/// Reads a body up to a limit of bytes and of time. One that comes in one piece is not copied.
async fn read(chunks: &mut Chunks, limit: u64, end: Instant) -> (Bytes, End) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut first, mut whole) = (Bytes::new(), BytesMut::new());
    let reading = async {
        loop {
            let (mut chunk, left) = match transport::next(chunks).await {
                None => return End::Whole,
                Some(Err(error)) => return End::Failed(error),
                Some(Ok(chunk)) => (chunk, limit - first.len() - whole.len()),
            };
            let is_cut_off = chunk.len() > left;
            chunk.truncate(left);
            if first.is_empty() && whole.is_empty() {
                first = chunk;
            } else {
                whole.extend_from_slice(&std::mem::take(&mut first));
                whole.extend_from_slice(&chunk);
            }
            if is_cut_off {
                return End::CutOff;
            }
        }
    };
    let ended = timeout_at(end, reading).await.unwrap_or(End::OutOfTime);
    (if whole.is_empty() { first } else { whole.freeze() }, ended)
}

/// How long a body is, if the server says so.
pub(crate) fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The body is shorter than the server said.
pub(crate) fn ended_early(received: u64, announced: u64, attempt: Attempt) -> Error {
    let message = format!("the body ended after {received} of {announced} bytes");
    lost(TransportError::new(Stage::Exchange, std::io::Error::other(message)), attempt)
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
    /// The body as JSON; an empty one is `null`.
    pub(crate) fn json(&self) -> Result<Value<'_>, Error> {
        match &*self.raw {
            [] => Ok(Value::Null),
            raw => Value::parse(raw).map_err(|error| self.unreadable("the reply is not JSON").with_source(error)),
        }
    }

    /// The body is JSON of another shape than that which is documented.
    pub(crate) fn misread(&self, error: DecodeError) -> Error {
        self.unreadable("the reply is not what is documented").with_source(error)
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
