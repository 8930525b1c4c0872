//! Lists that are read page by page, until they certainly end.
//!
//! Numbered pages end with the first page that is short, or when the total has been read, if the server says what it is; a
//! full page that equals the one before shows that the server ignores the number. Cursors end where the server names no
//! next one; a cursor that comes again, whichever, shows that the list would never end, after a page that is still good.
//! Both are errors: to stop silently would pass off a part of the list as the whole.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll};

use apigen_core::json::{self, Value};
use futures_core::Stream;

use crate::api::Paging;
use crate::call::Call;
use crate::decode::Decode;
use crate::error::{Attempt, Error, ErrorKind};
use crate::exchange::Received;
use crate::reply::{self, Reply};
use crate::transport::BoxFuture;

/// Pages without items that may follow each other while each names a next one.
const MAX_EMPTY: u32 = 100;

/// The pages of a list. Read them by [`Pages::next`] or as a stream; nothing follows an error.
pub struct Pages<T, M> {
    state: State,
    walk: Walk,
    decode: Decoder<T, M>,
}

/// The items of a list, one after the other. Read them by [`Items::next`] or as a stream; nothing follows an error.
pub struct Items<T, M, I> {
    pages: Pages<T, M>,
    split: fn(T) -> Vec<I>,
    buffer: std::vec::IntoIter<I>,
}

/// Reads a page, and what it says about the pages after it.
type Decoder<T, M> = fn(Received, &Paging) -> Result<(Reply<T, M>, Facts), Error>;

/// What is going on.
enum State {
    /// The next page has not been asked for.
    Idle(Box<Call>),
    Waiting(BoxFuture<'static, (Box<Call>, Result<Received, Error>)>),
    /// The last page has been handed out, and why no other can follow has not.
    Endless(Error),
    Over,
}

/// What follows a page.
enum Ahead {
    Page,
    Nothing,
    /// A page that has been read before.
    Endless(Error),
}

/// How far the list has been read.
struct Walk {
    paging: Option<&'static Paging>,
    hasher: RandomState,
    /// Value of the paging parameter of the next page, if it is not the server's choice.
    next: Option<String>,
    /// Fingerprint of the page before.
    previous: Option<u64>,
    /// Fingerprints of the cursors so far.
    seen: HashSet<u64>,
    /// Pages without items in a row.
    empty: u32,
}

/// What a page says about the pages after it.
#[derive(Default)]
struct Facts {
    count: usize,
    items: Option<String>,
    total: Option<u64>,
    next: Option<String>,
}

/// A list of items in a page, which may be left out when it is empty.
pub trait Listed<I> {
    /// The items.
    fn listed(self) -> Vec<I>;
}

impl<I> Listed<I> for Vec<I> {
    fn listed(self) -> Self {
        self
    }
}

impl<I> Listed<I> for Option<Vec<I>> {
    fn listed(self) -> Vec<I> {
        self.unwrap_or_default()
    }
}

/// The pages of a list, from the one that the call asks for.
pub fn pages<T: Decode, M: Decode>(call: Call) -> Pages<T, M> {
    let walk = Walk::new(&call);
    Pages { state: State::Idle(Box::new(call)), walk, decode: read::<T, M> }
}

/// The items of a list, from the page that the call asks for.
pub fn items<T: Decode, M: Decode, I>(call: Call, split: fn(T) -> Vec<I>) -> Items<T, M, I> {
    Items { pages: pages(call), split, buffer: Vec::new().into_iter() }
}

impl<T, M> Pages<T, M> {
    /// The next page; `None` at the end.
    ///
    /// # Errors
    /// What the call reports, and [`ErrorKind::Paging`] when the list would never end.
    pub async fn next(&mut self) -> Option<Result<Reply<T, M>, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Where to go on later: the page number or cursor of the page that [`Pages::next`] would read. `None` before the
    /// first page if the call does not name one, and at the end.
    pub fn position(&self) -> Option<&str> {
        self.walk.next.as_deref()
    }
}

impl<T, M, I> Items<T, M, I> {
    /// The next item; `None` at the end.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn next(&mut self) -> Option<Result<I, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<T, M> Stream for Pages<T, M> {
    type Item = Result<Reply<T, M>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Endless(error) => return Poll::Ready(Some(Err(error))),
                State::Idle(call) => self.state = State::Waiting(reply::fetch(Box::new(self.walk.prepare(*call)))),
                State::Waiting(mut waiting) => {
                    let Poll::Ready((call, received)) = waiting.as_mut().poll(cx) else {
                        self.state = State::Waiting(waiting);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Some(self.take(call, received)));
                }
            }
        }
    }
}

impl<T, M> Pages<T, M> {
    fn take(&mut self, call: Box<Call>, received: Result<Received, Error>) -> Result<Reply<T, M>, Error> {
        let received = received?;
        let Some(paging) = self.walk.paging else {
            return Err(Error::new(ErrorKind::Paging, "the operation does not page").with_attempt(received.attempt));
        };
        let attempt = received.attempt.clone();
        let (reply, facts) = (self.decode)(received, paging)?;
        self.state = match self.walk.advance(paging, facts, &call, attempt)? {
            Ahead::Page => State::Idle(call),
            Ahead::Nothing => State::Over,
            Ahead::Endless(error) => State::Endless(error),
        };
        Ok(reply)
    }
}

/// Items are handed out, never pinned.
impl<T, M, I> Unpin for Items<T, M, I> {}

impl<T, M, I> Stream for Items<T, M, I> {
    type Item = Result<I, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.buffer.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match Pin::new(&mut self.pages).poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(page))) => {
                    self.buffer = (self.split)(page.into_inner()).into_iter();
                }
            }
        }
    }
}

fn read<T: Decode, M: Decode>(received: Received, paging: &Paging) -> Result<(Reply<T, M>, Facts), Error> {
    let mut facts = Facts::default();
    let reply = reply::read_with(received, &mut |body| facts = Facts::of(paging, body))?;
    Ok((reply, facts))
}

impl Facts {
    #[inline(never)]
    fn of(paging: &Paging, body: &Value<'_>) -> Self {
        let (items, total, next) = match paging {
            Paging::PageNumber { items, total, .. } => (items, body.path(total).and_then(whole), None),
            Paging::Cursor { items, next, .. } => (items, None, body.path(next).and_then(Value::to_text)),
        };
        let (count, items) = match body.path(items) {
            Some(list @ Value::Array(items)) => (items.len(), Some(list.to_json_string())),
            Some(map @ Value::Object(entries)) => (entries.len(), Some(map.to_json_string())),
            Some(_) | None => (0, None),
        };
        Self { count, items, total, next: next.map(std::borrow::Cow::into_owned).filter(|next| !next.is_empty()) }
    }
}

impl Walk {
    fn new(call: &Call) -> Self {
        let paging = call.operation.paging.as_ref();
        let given = |parameter: &str| {
            json::get(&call.query, parameter).and_then(Value::to_text).map(std::borrow::Cow::into_owned)
        };
        let next = match paging {
            Some(Paging::PageNumber { parameter, first, .. }) => given(parameter).or_else(|| Some(first.to_string())),
            Some(Paging::Cursor { parameter, .. }) => given(parameter),
            None => None,
        };
        let mut walk =
            Self { paging, hasher: RandomState::new(), next, previous: None, seen: HashSet::new(), empty: 0 };
        if let Some(next) = &walk.next {
            walk.seen.insert(walk.hasher.hash_one(next));
        }
        walk
    }

    /// The call of the next page.
    fn prepare(&self, call: Call) -> Call {
        let parameter = match self.paging {
            Some(Paging::PageNumber { parameter, .. } | Paging::Cursor { parameter, .. }) => *parameter,
            None => return call,
        };
        match &self.next {
            Some(next) => call.query(parameter, next.clone()),
            None => call,
        }
    }

    /// Takes note of a page. The error means that it is no new one.
    fn advance(&mut self, paging: &Paging, facts: Facts, call: &Call, attempt: Attempt) -> Result<Ahead, Error> {
        let endless = |problem: String| Error::new(ErrorKind::Paging, problem).with_attempt(attempt);
        let current = self.next.take();
        match paging {
            Paging::PageNumber { size, default_size, max_size, first, .. } => {
                let requested = json::get(&call.query, size).and_then(whole).unwrap_or(*default_size);
                let expected = requested.min(*max_size).max(1);
                let count = u64::try_from(facts.count).unwrap_or(u64::MAX);
                if count < expected {
                    return Ok(Ahead::Nothing);
                }
                let print = facts.items.map(|items| self.hasher.hash_one(items));
                if print.is_some() && print == self.previous {
                    return Err(endless(format!("page {} equals the page before", current.unwrap_or_default())));
                }
                self.previous = print;
                let first = i64::from(*first);
                let number = current.and_then(|number| number.parse::<i64>().ok()).unwrap_or(first);
                let before = u64::try_from(number.saturating_sub(first)).unwrap_or(0).saturating_mul(expected);
                if facts.total.is_some_and(|total| before.saturating_add(count) >= total) {
                    return Ok(Ahead::Nothing);
                }
                self.next = Some(number.saturating_add(1).to_string());
            }
            Paging::Cursor { .. } => {
                let Some(next) = facts.next else {
                    return Ok(Ahead::Nothing);
                };
                if !self.seen.insert(self.hasher.hash_one(&next)) {
                    return Ok(Ahead::Endless(endless("the server names a cursor a second time".to_owned())));
                }
                self.empty = if facts.count == 0 { self.empty + 1 } else { 0 };
                if self.empty > MAX_EMPTY {
                    return Ok(Ahead::Endless(endless(format!("{MAX_EMPTY} pages in a row hold nothing"))));
                }
                self.next = Some(next);
            }
        }
        Ok(Ahead::Page)
    }
}

fn whole(value: &Value<'_>) -> Option<u64> {
    u64::decode(value).ok()
}

impl<T, M> fmt::Debug for Pages<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("position", &self.position()).finish_non_exhaustive()
    }
}

impl<T, M, I> fmt::Debug for Items<T, M, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("buffered", &self.buffer.len())
            .finish_non_exhaustive()
    }
}
