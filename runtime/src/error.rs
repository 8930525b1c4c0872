//! The one error of all calls: what was attempted, what came back, and what the documentation says about it.

use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use apigen_core::json::Value;
use apigen_core::limit::Violations;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::address::Shown;
use crate::api::{Advice, Api, Effect, ErrorRow, Operation};
use crate::decode::Decode;
use crate::documented::{self, Captures, Documented};
use crate::exchange::Secrets;
use crate::retry;
use crate::transport::BoxError;
use crate::values::Secret;

/// Headers in which servers and gateways name a request.
const REQUEST_IDS: [&str; 5] = ["x-request-id", "request-id", "x-trace-id", "x-correlation-id", "cf-ray"];

/// Characters of a body or URL that stand in messages.
const EXCERPT: usize = 200;

/// Receivers that stand in messages.
const NAMED: usize = 3;

/// Why a call failed. Cheap to clone.
///
/// Its `Display` form is one line that says everything: operation, method and URL without query, status, code, message,
/// cause and remedy, whether the server acted, if that is unknown, and after how many attempts. No secret stands in it,
/// nor in its `Debug` form.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was not built properly.
    Configuration,
    /// A value cannot be sent at all.
    Argument,
    /// A value lies beyond a limit of the server: see [`Error::violations`].
    Invalid,
    /// The budget of a rate limit is spent, so nothing was sent: see [`Error::retry_after`].
    RateLimited,
    /// No token could be obtained: see the source. Status, code and documentation are those of the request for a token.
    Token,
    /// The server was not reached, so it has not seen the request.
    Connect,
    /// The answer did not come in time: see [`Error::outcome`].
    Timeout,
    /// The connection failed in the middle. Whether the server acted is unknown.
    Transport,
    /// The server answered with a redirect, which is not followed.
    Redirect,
    /// The server answered with a status of failure.
    Api,
    /// The server answered with a status of success, and the reply says that it did not do what was asked.
    Refused,
    /// The reply could not be read. The server has acted.
    Decode,
    /// The reply is larger than the client accepts. The server has acted.
    TooLarge,
    /// The pages of a list would never end.
    Paging,
}

/// What is known about the effect of a call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallOutcome {
    /// Nothing reached the server.
    NotSent,
    /// The server said no, and did not do what was asked.
    Rejected,
    /// The server may have done what was asked, wholly, in part, or not at all: see [`Error::unknown_for`].
    Unknown,
    /// The server did what was asked, and its reply could not be read.
    Done,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    attempt: Option<Attempt>,
    outcome: CallOutcome,
    /// Whether the outcome is unknown because of an attempt before the last one.
    earlier_lost: bool,
    receivers: Vec<String>,
    retry_after: Option<Duration>,
    answer: Option<Answer>,
    documentation: Option<&'static ErrorRow>,
    captures: Captures,
    violations: Violations,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What was attempted.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    pub(crate) url: Option<Shown>,
    /// How many requests had been sent by then, this one included.
    pub(crate) number: u32,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
    pub(crate) code: Option<String>,
    pub(crate) description: Option<String>,
}

impl Error {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Id of the operation that was called.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.attempt.as_ref().map(|attempt| attempt.operation.id)
    }

    /// HTTP method of the call.
    pub fn method(&self) -> Option<&Method> {
        self.0.attempt.as_ref().map(|attempt| &attempt.method)
    }

    /// URL that was called, without its query; `None` if the call never came so far.
    pub fn url(&self) -> Option<String> {
        self.0.attempt.as_ref()?.url.as_ref().map(Shown::to_string)
    }

    /// Status of the answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// Headers of the answer.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The id that the server or a gateway gave the request, from the usual headers.
    pub fn request_id(&self) -> Option<&str> {
        let headers = self.headers()?;
        REQUEST_IDS.iter().find_map(|name| headers.get(*name)?.to_str().ok())
    }

    /// The code in the body of the answer.
    pub fn code(&self) -> Option<&str> {
        self.0.answer.as_ref()?.code.as_deref()
    }

    /// The message in the body of the answer, or the reason of a [refusal](ErrorKind::Refused).
    pub fn description(&self) -> Option<&str> {
        self.0.answer.as_ref()?.description.as_deref()
    }

    /// The body of the answer as it came, cut off after 1 MiB. Nothing is hidden in it.
    pub fn raw(&self) -> Option<&Bytes> {
        self.0.answer.as_ref().map(|answer| &answer.raw)
    }

    /// The payload of a call that was [refused](ErrorKind::Refused), or else the whole body of the answer, read as `T`.
    pub fn reply<T: Decode>(&self) -> Option<T> {
        let Attempt { operation, .. } = self.0.attempt.as_ref()?;
        let value = Value::parse(self.raw()?).ok()?;
        let payload = operation.payload.filter(|_| self.kind() == ErrorKind::Refused);
        T::decode(payload.and_then(|key| value.get(key)).unwrap_or(&value)).ok()
    }

    /// What is known about the effect of the call, all attempts taken together.
    pub fn outcome(&self) -> CallOutcome {
        self.0.outcome
    }

    /// For whom the [outcome](Error::outcome) is unknown: the receivers of a call that names a list of them, as far as the
    /// documentation says which list that is.
    pub fn unknown_for(&self) -> &[String] {
        &self.0.receivers
    }

    /// Whether calling again can do nothing twice: the server has not acted, the operation only reads, or repeating it is
    /// documented to do no more than the first time. It says nothing about whether calling again is of use.
    pub fn is_safe_to_repeat(&self) -> bool {
        match self.outcome() {
            CallOutcome::NotSent | CallOutcome::Rejected => true,
            CallOutcome::Unknown | CallOutcome::Done => self.effect().is_some_and(|effect| effect != Effect::Repeats),
        }
    }

    /// How many requests were sent for the call, repetitions included.
    pub fn attempts(&self) -> u32 {
        self.0.attempt.as_ref().map_or(0, |attempt| attempt.number)
    }

    /// How long to wait before calling again, counted from the answer: what the server asks for, a year at most, when the
    /// budget of a [rate limit](ErrorKind::RateLimited) suffices, or when the client may ask for a token again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    fn effect(&self) -> Option<Effect> {
        self.0.attempt.as_ref().map(|attempt| attempt.operation.effect)
    }

    /// The limits that the request violates.
    pub fn violations(&self) -> &Violations {
        &self.0.violations
    }

    /// What the documentation says about the answer.
    pub fn documentation(&self) -> Option<&'static ErrorRow> {
        self.0.documentation
    }

    /// What stands in the places of the documented message's placeholders.
    pub fn captures(&self) -> &Captures {
        &self.0.captures
    }

    /// What a program should do, if the documentation knows the answer.
    pub fn advice(&self) -> Option<Advice> {
        self.documentation().map(|row| row.advice)
    }

    /// The documented error as a value of the operation's own enum; `None` if the documentation does not know it.
    pub fn documented<E: Documented>(&self) -> Option<E> {
        E::build(self.documentation()?, &self.0.captures)
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            attempt: None,
            outcome: retry::usual_outcome(kind),
            earlier_lost: false,
            receivers: Vec::new(),
            retry_after: None,
            answer: None,
            documentation: None,
            captures: Captures::default(),
            violations: Violations::default(),
            source: None,
        }))
    }

    /// A status of failure, with what its body and the documentation say.
    pub(crate) fn answered(
        api: &'static Api,
        attempt: Attempt,
        status: StatusCode,
        headers: HeaderMap,
        raw: Bytes,
        secrets: &Secrets,
    ) -> Self {
        // Hiding secrets could change what is compared with the documentation, so that comes first.
        let (code, description) = fields(api, &raw);
        let found = documented::find(api, attempt.operation, status, code.as_deref(), description.as_deref());
        let [code, description] = [code, description].map(|it| it.map(|it| hidden(&it, secrets)));
        let mut message = format!("the server answered {status}");
        match (&code, &description) {
            (None, None) => message.push_str(&excerpt(&raw, secrets)),
            (code, description) => {
                for text in [code, description].into_iter().flatten() {
                    write!(message, ": {}", shortened(text)).expect("writing to a string cannot fail");
                }
            }
        }
        let (documentation, captures) =
            found.map_or((None, Captures::default()), |(row, captures)| (Some(row), captures.hidden(secrets)));
        let retry_after = retry::after(&headers, now());
        let answer = Answer { status, headers, raw, code, description };
        let error = Self::new(ErrorKind::Api, message).with_answer(attempt, answer).with_retry_after(retry_after);
        error.with(|inner| (inner.documentation, inner.captures) = (documentation, captures))
    }

    /// A status of failure, from a server that the documentation says nothing about.
    pub(crate) fn answered_elsewhere(attempt: Attempt, status: StatusCode, headers: HeaderMap, raw: Bytes) -> Self {
        let message = format!("the server answered {status}{}", excerpt(&raw, &Secrets::default()));
        let retry_after = retry::after(&headers, now());
        let answer = Answer { status, headers, raw, code: None, description: None };
        Self::new(ErrorKind::Api, message).with_answer(attempt, answer).with_retry_after(retry_after)
    }

    pub(crate) fn with_attempt(self, attempt: Attempt) -> Self {
        self.with(|inner| inner.attempt = Some(attempt))
    }

    pub(crate) fn with_answer(self, attempt: Attempt, answer: Answer) -> Self {
        self.with(|inner| (inner.attempt, inner.answer) = (Some(attempt), Some(answer)))
    }

    pub(crate) fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        self.with(|inner| inner.retry_after = retry_after)
    }

    /// What is known about the effect, unless it is what the kind of the error says.
    pub(crate) fn with_outcome(self, outcome: CallOutcome) -> Self {
        self.with(|inner| inner.outcome = outcome)
    }

    /// The end of a call: how many requests were sent, and what an earlier one may have done.
    pub(crate) fn concluded(self, sent: u32, earlier: CallOutcome, receivers: impl FnOnce() -> Vec<String>) -> Self {
        self.with(|inner| {
            if let Some(attempt) = &mut inner.attempt {
                attempt.number = sent;
            }
            inner.earlier_lost = earlier == CallOutcome::Unknown && inner.outcome < earlier;
            inner.outcome = inner.outcome.max(earlier);
            if inner.outcome == CallOutcome::Unknown {
                inner.receivers = receivers();
            }
        })
    }

    /// The failure of another call that this one needed, with what came back from it.
    pub(crate) fn because(self, cause: Self) -> Self {
        let error = self.with(|inner| {
            let Inner { answer, documentation, captures, retry_after, .. } = &*cause.0;
            (inner.answer, inner.documentation) = (answer.clone(), *documentation);
            (inner.captures, inner.retry_after) = (captures.clone(), *retry_after);
        });
        error.with_source(cause)
    }

    pub(crate) fn with_violations(self, violations: Violations) -> Self {
        self.with(|inner| inner.violations = violations)
    }

    pub(crate) fn with_source(self, source: impl Into<BoxError>) -> Self {
        self.with(|inner| inner.source = Some(source.into().into()))
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

/// The clock that dates in headers are held against.
#[expect(clippy::disallowed_methods, reason = "a server may say by a date when it is ready again")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Code and message of an error body, as far as it has them.
fn fields(api: &Api, raw: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(body) = Value::parse(raw) else {
        return (None, None);
    };
    let text = |name: &str| body.get(name)?.to_text().map(std::borrow::Cow::into_owned).filter(|text| !text.is_empty());
    (text(api.error_body.code), text(api.error_body.message))
}

/// Text without the secrets that a server may have echoed.
pub(crate) fn hidden(text: &str, secrets: &Secrets) -> String {
    let known = secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty());
    known.fold(text.to_owned(), |text, secret| text.replace(secret, "[secret]"))
}

/// The start of a body that is not in the documented form.
fn excerpt(raw: &[u8], secrets: &Secrets) -> String {
    let text = hidden(&String::from_utf8_lossy(raw), secrets);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { " without a body".to_owned() } else { format!(" with {:?}", shortened(&words)) }
}

/// Text for a message of one line.
pub(crate) fn shortened(text: &str) -> String {
    let mut chars = text.chars().map(|char| if char.is_control() { ' ' } else { char });
    let mut short: String = chars.by_ref().take(EXCERPT).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { message, attempt, documentation, source, .. } = &*self.0;
        if let Some(Attempt { operation, .. }) = attempt {
            write!(f, "{}: ", operation.id)?;
        }
        f.write_str(message)?;
        let mut cause: Option<&dyn StdError> = source.as_deref().map(|source| source as _);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            // Errors of ours have told their causes already.
            cause = if error.is::<Self>() { None } else { error.source() };
        }
        if let Some(ErrorRow { cause, remedy, .. }) = documentation {
            write!(f, " ({cause} {remedy})")?;
        }
        self.describe_outcome(f)?;
        if let Some(Attempt { method, url: Some(url), .. }) = attempt {
            write!(f, " [{method} {}]", shortened(&url.to_string()))?;
        }
        if self.attempts() > 1 {
            write!(f, " [{} attempts]", self.attempts())?;
        }
        match self.request_id() {
            Some(id) => write!(f, " [request {id:?}]"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// Says that nobody knows whether the server acted, where that matters.
    fn describe_outcome(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.outcome() != CallOutcome::Unknown || self.effect().is_none_or(|effect| effect == Effect::Read) {
            return Ok(());
        }
        f.write_str(if self.0.earlier_lost {
            "; the answer to an earlier attempt was lost, so whether the server acted is unknown"
        } else {
            "; whether the server acted is unknown"
        })?;
        let receivers = self.unknown_for();
        for (index, receiver) in receivers.iter().take(NAMED).enumerate() {
            write!(f, "{}{:?}", if index == 0 { " for " } else { ", " }, shortened(receiver))?;
        }
        match receivers.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &self.to_string())
            .field("status", &self.status())
            .field("code", &self.code())
            .field("documentation", &self.documentation().map(|row| row.id))
            .field("outcome", &self.outcome())
            .field("attempts", &self.attempts())
            .field("violations", &self.violations().iter().count())
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
