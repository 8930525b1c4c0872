//! Typed replies, and the futures that yield them.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};

use apigen_core::json::Value;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::api::Operation;
use crate::call::Call;
use crate::decode::{Decode, DecodeError, Place};
use crate::download::Download;
use crate::error::Error;
use crate::exchange::{self, Opened, Received};
use crate::transport::BoxFuture;

/// Why payload and envelope of an answer are there.
const FILLED: &str = "whatever makes an answer has read both";

/// A reply: the payload `T`, to which it dereferences, and the envelope `M` that the server wrapped around it.
#[derive(Clone)]
pub struct Reply<T, M = ()> {
    payload: T,
    envelope: M,
    answer: Answer,
}

/// What a reply has beside its types.
#[derive(Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    raw: Bytes,
}

impl<T, M> Reply<T, M> {
    /// The payload alone.
    pub fn into_inner(self) -> T {
        self.payload
    }

    /// The payload, and what the server wrapped around it.
    pub fn into_parts(self) -> (T, M) {
        (self.payload, self.envelope)
    }

    /// What the server wrapped around the payload.
    pub fn envelope(&self) -> &M {
        &self.envelope
    }

    /// Status of the answer, always one of success.
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// Headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// Body of the answer as it came, with whatever the types leave out.
    pub fn raw(&self) -> &Bytes {
        &self.answer.raw
    }
}

impl<T, M> Deref for Reply<T, M> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.payload
    }
}

impl<T: IntoIterator, M> IntoIterator for Reply<T, M> {
    type Item = T::Item;
    type IntoIter = T::IntoIter;

    fn into_iter(self) -> T::IntoIter {
        self.payload.into_iter()
    }
}

#[expect(clippy::into_iter_without_iter, reason = "`iter` is that of the payload, to which a reply dereferences")]
impl<'r, T, M> IntoIterator for &'r Reply<T, M>
where
    &'r T: IntoIterator,
{
    type Item = <&'r T as IntoIterator>::Item;
    type IntoIter = <&'r T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (&self.payload).into_iter()
    }
}

impl<T: fmt::Debug, M: fmt::Debug> fmt::Debug for Reply<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { payload, envelope, answer: Answer { status, .. } } = self;
        f.debug_struct("Reply")
            .field("status", status)
            .field("payload", payload)
            .field("envelope", envelope)
            .finish_non_exhaustive()
    }
}

/// A call under way. Nothing is sent before it is polled, and dropping it gives up.
#[must_use = "nothing happens until it is awaited"]
pub struct Sending<R>(Work<R>);

/// A call with the function that reads its reply: small, since it is made anew for each type of reply.
enum Work<R> {
    Read { received: BoxFuture<'static, Result<Received, Error>>, decode: fn(Received) -> Result<R, Error> },
    Open { opened: BoxFuture<'static, Result<Opened, Error>>, hand_over: fn(Opened) -> R },
}

impl<R> Future for Sending<R> {
    type Output = Result<R, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Work::Read { received, decode } => received.as_mut().poll(cx).map(|received| decode(received?)),
            Work::Open { opened, hand_over } => opened.as_mut().poll(cx).map(|opened| opened.map(*hand_over)),
        }
    }
}

impl<R> fmt::Debug for Sending<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sending")
    }
}

/// Sends a call whose reply is JSON.
pub fn send<T: Decode + 'static, M: Decode + 'static>(call: Call) -> Sending<Reply<T, M>> {
    Sending(Work::Read { received: receive(call), decode: read::<T, M> })
}

/// Sends a call whose reply is a stream of bytes.
#[inline(never)]
pub fn open(mut call: Call) -> Sending<Download> {
    let opened = Box::pin(async move { exchange::start(&mut call).await });
    Sending(Work::Open { opened, hand_over: Download::new })
}

/// Sends a call and reads the body of the reply.
// Small functions are compiled in the crates that call them, and with this one all that a call does would be.
#[inline(never)]
fn receive(mut call: Call) -> BoxFuture<'static, Result<Received, Error>> {
    Box::pin(async move { exchange::execute(&mut call).await })
}

/// Sends a call of which another one is to be made.
#[inline(never)]
pub(crate) fn fetch(mut call: Box<Call>) -> BoxFuture<'static, (Box<Call>, Result<Received, Error>)> {
    Box::pin(async move {
        let received = exchange::execute(&mut call).await;
        (call, received)
    })
}

/// Reads the reply of a call that is not paged.
fn read<T: Decode, M: Decode>(received: Received) -> Result<Reply<T, M>, Error> {
    read_with(received, &mut ignore)
}

fn ignore(_: &Value<'_>) {}

/// Reads a reply, and shows its body to whoever asks for more of it.
// All that does not depend on the types is done elsewhere, since this is compiled for each kind of reply.
pub(crate) fn read_with<T: Decode, M: Decode>(
    received: Received,
    look: &mut dyn FnMut(&Value<'_>),
) -> Result<Reply<T, M>, Error> {
    let (mut payload, mut envelope) = (None, None);
    match fill(received, &mut payload, &mut envelope, look) {
        Ok(answer) => Ok(Reply { payload: payload.expect(FILLED), envelope: envelope.expect(FILLED), answer }),
        Err(error) => Err(error),
    }
}

/// Reads payload and envelope into their places.
#[inline(never)]
fn fill(
    received: Received,
    payload: &mut dyn Place,
    envelope: &mut dyn Place,
    look: &mut dyn FnMut(&Value<'_>),
) -> Result<Answer, Error> {
    let body = examine(&received)?;
    let operation = received.attempt.operation;
    let filled = payload.fill(&payload_of(operation, &body)).map_err(|error| misplaced(operation, error));
    if let Err(error) = filled.and_then(|()| envelope.fill(&body)) {
        return Err(received.misread(error));
    }
    look(&body);
    drop(body);
    let Received { status, headers, raw, .. } = received;
    Ok(Answer { status, headers, raw })
}

/// The body of a reply that reports success.
pub(crate) fn examine(received: &Received) -> Result<Value<'_>, Error> {
    let body = received.json()?;
    match received.attempt.operation.outcome.iter().find_map(|outcome| outcome.test(&body).err()) {
        Some(failed) => Err(received.refused(failed)),
        None => Ok(body),
    }
}

fn misplaced(operation: &Operation, error: DecodeError) -> DecodeError {
    match operation.payload {
        Some(key) => error.within(key),
        None => error,
    }
}

/// The payload; what is not there is `null`, and an item that stands in the place of a list becomes a list.
fn payload_of<'v>(operation: &Operation, body: &'v Value<'v>) -> Cow<'v, Value<'v>> {
    let payload = match operation.payload {
        Some(key) => body.get(key).unwrap_or(&Value::Null),
        None => body,
    };
    match payload {
        Value::Array(_) | Value::Null => Cow::Borrowed(payload),
        item if operation.one_or_many => Cow::Owned(Value::Array(vec![item.clone()])),
        payload => Cow::Borrowed(payload),
    }
}
