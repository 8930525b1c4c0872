//! One call in several, because its list names more receivers than a call may have.
//!
//! The calls follow each other, each with its own budget, repetitions and limit of time, so that a failure concerns the
//! receivers of one call. Errors that would meet every call end the walk, and the rest is not attempted.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};

use apigen_core::json::Value;
use apigen_core::limit::{Place, Rule, Settings};
use futures_core::Stream;

use crate::api::{Advice, Operation};
use crate::call::Call;
use crate::decode::Decode;
use crate::error::{CallOutcome, Error, ErrorKind};
use crate::exchange::Received;
use crate::reply::{self, Reply};
use crate::transport::BoxFuture;

/// A call for more receivers than one call may have, sent in several calls, one after the other.
///
/// Each receiver is sent once, however often the list names it. A call is for as many receivers as the limit of the list
/// allows, with the adjustments of [`Settings`]; an operation without such a limit is called once. What a call
/// does otherwise than its client, such as a limit of time, goes for each.
///
/// Await it for a [`Report`] on all receivers, or read call by call with [`Batches::next`] or as a stream, and see how far
/// it has come. Dropping the future of `next` loses nothing: the call under way goes on with the next one.
///
/// ```
/// # mod api {
/// use std::collections::BTreeMap;
///
/// use apigen_runtime::Call;
///
/// apigen_runtime::operation!(pub NOTIFY = POST "/notices" { id: "notices.send", body: Json, split: Body "to", });
///
/// /// Notifies readers.
/// pub struct Notify(Call);
///
/// apigen_runtime::request!(Notify -> BTreeMap<String, String>);
/// apigen_runtime::split!(Notify -> BTreeMap<String, String>);
/// # }
///
/// async fn notify(notify: api::Notify) {
///     let mut batches = notify.in_batches();
///     while let Some(batch) = batches.next().await {
///         println!("{} of {}", batches.done(), batches.total());
///         for (receiver, fate) in batch.fates() {
///             println!("{receiver}: {fate}");
///         }
///     }
/// }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct Batches<T, M = ()> {
    state: State,
    /// The lists of the calls to come.
    ahead: VecDeque<Vec<Value<'static>>>,
    /// Receivers of the calls that are over.
    done: usize,
    total: usize,
    decode: fn(Received) -> Result<Answer<T, M>, Error>,
}

/// One of several calls, for some of the receivers.
pub struct Batch<T, M = ()> {
    receivers: Vec<String>,
    result: Result<Reply<T, M>, Error>,
    says: Says,
}

/// What a reply says of its receivers.
#[derive(Default)]
struct Says {
    /// Its keys, if it is a map.
    named: Option<HashSet<String>>,
    /// How many of its items failed.
    failed: usize,
}

/// What became of the receivers of several calls.
#[must_use = "some receivers may have failed"]
pub struct Report<T, M = ()> {
    batches: Vec<Batch<T, M>>,
    not_attempted: Vec<String>,
}

/// What became of a receiver.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Fate<'r> {
    /// The call succeeded. The reply names the receiver if it is a map, and no item of it is a failure.
    Accepted,
    /// The call succeeded, but the reply is a map that does not name the receiver.
    Unmentioned,
    /// The call succeeded, but so many items of its reply are failures: [`Batch::result`] holds them, and tells whose.
    Mixed(usize),
    /// The server certainly did nothing.
    Failed(&'r Error),
    /// The server may have acted, or not.
    Unknown(&'r Error),
    /// The server acted, and its reply could not be read.
    Unread(&'r Error),
    /// No call was made for the receiver, since an earlier one failed in a way that concerns all.
    NotAttempted,
}

type Answer<T, M> = (Reply<T, M>, Says);

enum State {
    /// The next call has not been sent.
    Idle(Box<Call>),
    Waiting(Vec<String>, BoxFuture<'static, (Box<Call>, Result<Received, Error>)>),
    /// Nothing is sent any more.
    Over,
}

/// The call in as many calls as its list needs.
pub fn batches<T: Decode, M: Decode>(mut call: Call) -> Batches<T, M> {
    let lists = divide(&mut call);
    let total = lists.iter().map(Vec::len).sum();
    Batches { state: State::Idle(Box::new(call)), ahead: lists, done: 0, total, decode: read::<T, M> }
}

impl<T, M> Batches<T, M> {
    /// The next call and what became of it; `None` at the end, and after an error that concerns all calls.
    pub async fn next(&mut self) -> Option<Batch<T, M>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// How many receivers the calls so far were for, whatever became of them.
    pub fn done(&self) -> usize {
        self.done
    }

    /// How many receivers there are.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The receivers for whom no call has been sent.
    pub fn not_attempted(&self) -> impl Iterator<Item = String> + '_ {
        self.ahead.iter().flatten().map(text)
    }

    /// Sends all calls, as awaiting it does.
    pub async fn finish(mut self) -> Report<T, M> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch);
        }
        Report { batches, not_attempted: self.not_attempted().collect() }
    }

    fn take(&mut self, call: Box<Call>, receivers: Vec<String>, received: Result<Received, Error>) -> Batch<T, M> {
        self.done += receivers.len();
        let (result, says) = match received.and_then(self.decode) {
            Ok((reply, says)) => (Ok(reply), says),
            Err(error) => (Err(error), Says::default()),
        };
        let is_over = self.ahead.is_empty() || result.as_ref().is_err_and(concerns_all);
        self.state = if is_over { State::Over } else { State::Idle(call) };
        Batch { receivers, result, says }
    }
}

/// Replies are handed out, never pinned.
impl<T, M> Unpin for Batches<T, M> {}

impl<T, M> Stream for Batches<T, M> {
    type Item = Batch<T, M>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Idle(mut call) => {
                    let Some(list) = self.ahead.pop_front() else {
                        return Poll::Ready(None);
                    };
                    let receivers = list.iter().map(text).collect();
                    if let Some(Value::Array(place)) = list_of(&mut call) {
                        *place = list;
                    }
                    self.state = State::Waiting(receivers, reply::fetch(call));
                }
                State::Waiting(receivers, mut waiting) => {
                    let Poll::Ready((call, received)) = waiting.as_mut().poll(cx) else {
                        self.state = State::Waiting(receivers, waiting);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Some(self.take(call, receivers, received)));
                }
            }
        }
    }
}

impl<T: Send + 'static, M: Send + 'static> IntoFuture for Batches<T, M> {
    type Output = Report<T, M>;
    type IntoFuture = BoxFuture<'static, Report<T, M>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl<T, M> Batch<T, M> {
    /// For whom the call was.
    pub fn receivers(&self) -> &[String] {
        &self.receivers
    }

    /// The reply, or why there is none.
    pub fn result(&self) -> Result<&Reply<T, M>, &Error> {
        self.result.as_ref()
    }

    /// The reply, or why there is none.
    ///
    /// # Errors
    /// What the call reports.
    pub fn into_result(self) -> Result<Reply<T, M>, Error> {
        self.result
    }

    /// What became of each receiver.
    pub fn fates(&self) -> impl Iterator<Item = (&str, Fate<'_>)> {
        self.receivers.iter().map(|receiver| (receiver.as_str(), self.fate(receiver)))
    }

    fn fate(&self, receiver: &str) -> Fate<'_> {
        match (&self.result, &self.says) {
            (Err(error), _) => match error.outcome() {
                CallOutcome::NotSent | CallOutcome::Rejected => Fate::Failed(error),
                CallOutcome::Unknown => Fate::Unknown(error),
                CallOutcome::Done => Fate::Unread(error),
            },
            (Ok(_), Says { named: Some(named), .. }) if !names(named, receiver) => Fate::Unmentioned,
            (Ok(_), Says { failed: 0, .. }) => Fate::Accepted,
            (Ok(_), Says { failed, .. }) => Fate::Mixed(*failed),
        }
    }
}

impl<T, M> Report<T, M> {
    /// The calls that were made.
    pub fn batches(&self) -> &[Batch<T, M>] {
        &self.batches
    }

    /// What became of each receiver, in the order of the list.
    pub fn fates(&self) -> impl Iterator<Item = (&str, Fate<'_>)> {
        let rest = self.not_attempted.iter().map(|receiver| (receiver.as_str(), Fate::NotAttempted));
        self.batches.iter().flat_map(Batch::fates).chain(rest)
    }

    /// Whether all receivers were accepted.
    pub fn is_complete(&self) -> bool {
        self.batches.iter().all(|batch| batch.result.is_ok())
            && self.fates().all(|(_, fate)| matches!(fate, Fate::Accepted))
    }

    /// The errors of the calls that failed.
    pub fn errors(&self) -> impl Iterator<Item = &Error> {
        self.batches.iter().filter_map(|batch| batch.result.as_ref().err())
    }

    /// The receivers for whom the server certainly did nothing: calling again for them repeats nothing.
    pub fn to_retry(&self) -> Vec<String> {
        self.having(|fate| matches!(fate, Fate::Failed(_) | Fate::NotAttempted))
    }

    /// The receivers for whom it is unknown whether the server acted.
    pub fn unknown(&self) -> Vec<String> {
        self.having(|fate| matches!(fate, Fate::Unknown(_)))
    }

    fn having(&self, test: impl Fn(Fate<'_>) -> bool) -> Vec<String> {
        self.fates().filter(|(_, fate)| test(*fate)).map(|(receiver, _)| receiver.to_owned()).collect()
    }
}

impl<T, M> Report<T, M>
where
    T: Default + IntoIterator + Extend<<T as IntoIterator>::Item>,
{
    /// The payloads of the calls that succeeded, as one.
    pub fn into_merged(self) -> T {
        let mut merged = T::default();
        merged.extend(self.batches.into_iter().filter_map(|batch| batch.result.ok()).flatten());
        merged
    }
}

/// Divides the list of a call, which is left without it. There is always a first call, so that an empty list is answered
/// as it would be without division.
fn divide(call: &mut Call) -> VecDeque<Vec<Value<'static>>> {
    let settings = call.options.settings.as_ref().unwrap_or(&call.client.shared().settings);
    let size = most_items(call.operation, settings);
    let Some(Value::Array(list)) = list_of(call) else {
        return VecDeque::from([Vec::new()]);
    };
    let mut seen = HashSet::new();
    let mut receivers = std::mem::take(list).into_iter().filter(|receiver| seen.insert(text(receiver))).peekable();
    let mut lists = VecDeque::new();
    while receivers.peek().is_some() || lists.is_empty() {
        lists.push_back(receivers.by_ref().take(size).collect());
    }
    lists
}

/// How many items the list that is divided may have in a call.
fn most_items(operation: &Operation, settings: &Settings) -> usize {
    let bounds = operation
        .limits
        .iter()
        .filter(|limit| matches!(limit.rule, Rule::MaxItems(_)) && operation.split == Some((limit.place, limit.name)));
    let bounds = bounds.filter_map(|limit| u64::decode(&Value::Number(settings.in_force(limit)?)).ok());
    bounds.min().and_then(|bound| usize::try_from(bound).ok()).unwrap_or(usize::MAX).max(1)
}

/// The list that is divided.
fn list_of(call: &mut Call) -> Option<&mut Value<'static>> {
    let (place, name) = call.operation.split?;
    let entries = match (place, &mut call.body) {
        (Place::Path, _) => &mut call.path,
        (Place::Query, _) => &mut call.query,
        (Place::Header, _) => &mut call.headers,
        (Place::Form, _) => &mut call.form,
        (Place::Body, Value::Object(fields)) => fields,
        (Place::Body, _) => return None,
    };
    entries.iter_mut().find(|(other, _)| other == name).map(|(_, list)| list)
}

fn read<T: Decode, M: Decode>(received: Received) -> Result<Answer<T, M>, Error> {
    let key = received.attempt.operation.payload;
    let mut says = Says::default();
    let reply = reply::read_with::<T, M>(received, &mut |body| {
        if T::IS_MAP {
            says.named = Some(keys(key, body));
        }
    })?;
    says.failed = reply.failed_items();
    Ok((reply, says))
}

/// The keys of a payload that is a map.
#[inline(never)]
fn keys(payload: Option<&str>, body: &Value<'_>) -> HashSet<String> {
    match payload.map_or(Some(body), |key| body.get(key)) {
        Some(Value::Object(entries)) => entries.iter().map(|(key, _)| key.clone().into_owned()).collect(),
        _ => HashSet::new(),
    }
}

/// A receiver as text, as it stands in replies.
fn text(receiver: &Value<'_>) -> String {
    receiver.to_text().map_or_else(|| receiver.to_json_string(), Cow::into_owned)
}

/// Whether a map names a receiver. Letter case does not matter, since servers may change it.
fn names(named: &HashSet<String>, receiver: &str) -> bool {
    named.contains(receiver) || named.iter().any(|name| name.eq_ignore_ascii_case(receiver))
}

/// Whether every other call would fail as well.
fn concerns_all(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Configuration | ErrorKind::Token) || error.advice() == Some(Advice::RefreshToken)
}

impl fmt::Display for Fate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Unmentioned => f.write_str("accepted, but the reply does not mention it"),
            Self::Mixed(failed) => write!(f, "in a call that was accepted, with {failed} failed among its results"),
            Self::Failed(error) => write!(f, "failed: {error}"),
            Self::Unknown(error) => write!(f, "unknown: {error}"),
            Self::Unread(error) => write!(f, "accepted, but the reply cannot be read: {error}"),
            Self::NotAttempted => f.write_str("not attempted"),
        }
    }
}

impl<T, M> fmt::Debug for Batches<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").field("done", &self.done).field("total", &self.total).finish_non_exhaustive()
    }
}

impl<T: fmt::Debug, M: fmt::Debug> fmt::Debug for Batch<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { receivers, result, .. } = self;
        f.debug_struct("Batch").field("receivers", receivers).field("result", result).finish_non_exhaustive()
    }
}

impl<T: fmt::Debug, M: fmt::Debug> fmt::Debug for Report<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { batches, not_attempted } = self;
        f.debug_struct("Report").field("batches", batches).field("not_attempted", not_attempted).finish()
    }
}
