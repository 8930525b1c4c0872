//! Records of files that a reply names: fetched one after the other, without anything that is the client's, and read line by
//! line. What cannot be read is reported, and reading goes on after it.

use std::fmt;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use apigen_core::json::Value;
use futures_core::Stream;
use http::Method;

use crate::address::{self, Shown};
use crate::call::Call;
use crate::client::Client;
use crate::decode::{Decode, DecodeError, Fields};
use crate::download::Download;
use crate::error::{Attempt, Error, ErrorKind};
use crate::exchange;
use crate::lines::{Line, Lines, MAX_LINE};
use crate::reply;
use crate::request;
use crate::retry::Retry;
use crate::transport::BoxFuture;

/// Characters of a line that stand in errors.
const EXCERPT: usize = 1000;

/// The records of the files that a reply names. Read them by [`Records::next`] or as a stream; errors end neither it nor,
/// unless they say so, the file.
///
/// The files are fetched one after the other, from wherever they are, without token and headers of the client and without
/// following redirects; a fetch that fails for a time is repeated. A file holds one JSON value per line and may be compressed by gzip; it is never in memory as a
/// whole.
pub struct Records<T> {
    files: Files,
    decode: fn(&Value<'_>) -> Result<T, DecodeError>,
}

/// A record, to which it dereferences, with the text it was read from. It prints as the record, whose secrets are hidden.
#[derive(Clone, PartialEq, Eq)]
pub struct Record<T> {
    value: T,
    json: String,
}

/// Something that could not be read.
#[derive(Clone)]
#[non_exhaustive]
pub enum RecordError {
    /// The call that names the files failed. Nothing follows.
    Call(Error),
    /// A file could not be read to its end. The next file follows.
    #[non_exhaustive]
    File {
        /// Which of the files that the reply names, counted from 0.
        file: usize,
        /// How many of its records came before.
        records: u64,
        /// Why.
        error: Error,
    },
    /// A line holds no record. The next line follows.
    #[non_exhaustive]
    Line {
        /// Which of the files that the reply names, counted from 0.
        file: usize,
        /// Which line, counted from 1.
        line: u64,
        /// Why, with the path of the value that could not be read.
        problem: String,
        /// The line, cut off after 1,000 characters. Errors do not print it, because it may hold secrets.
        text: String,
    },
}

/// The files, read as lines.
struct Files {
    client: Client,
    attempt: Attempt,
    timeout: Duration,
    retry: Retry,
    state: State,
    /// URLs of the files that follow.
    names: std::vec::IntoIter<String>,
    /// Files that were begun.
    begun: usize,
    /// Records of the current file.
    records: u64,
}

/// What is going on.
enum State {
    Calling(BoxFuture<'static, Result<Vec<String>, Error>>),
    Between,
    Opening(BoxFuture<'static, Result<Download, Error>>),
    Reading { download: Box<Download>, lines: Box<Lines> },
    Over,
}

/// The records of the files whose URLs stand at a path of the reply, such as `data[].url`.
pub fn records<T: Decode>(call: Call, path: &'static str) -> Records<T> {
    Records { files: Files::new(call, path), decode: T::decode }
}

impl<T> Records<T> {
    /// The next record; `None` at the end of the last file.
    ///
    /// # Errors
    /// The call, a file or a line could not be read: see [`RecordError`] for what follows.
    pub async fn next(&mut self) -> Option<Result<Record<T>, RecordError>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<T: fmt::Debug> fmt::Debug for Record<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Record").field(&self.value).finish()
    }
}

impl<T> Record<T> {
    /// The record alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The JSON text as it came, with whatever the type leaves out.
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl<T> Deref for Record<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Stream for Records<T> {
    type Item = Result<Record<T>, RecordError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let line = match ready!(self.files.poll_line(cx)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            Some(Ok(line)) => line,
        };
        let read = text(&line).and_then(|text| {
            let value = Value::parse(text.as_bytes()).map_err(|error| format!("not JSON: {error}"))?;
            (self.decode)(&value).map_err(|error| error.to_string())
        });
        Poll::Ready(Some(match read {
            Ok(value) => {
                self.files.records += 1;
                // The value could be read, so its text is UTF-8.
                Ok(Record { value, json: String::from_utf8_lossy(&line.bytes).into_owned() })
            }
            Err(problem) => Err(RecordError::Line {
                file: self.files.current(),
                line: line.number,
                problem,
                text: excerpt(&String::from_utf8_lossy(&line.bytes)),
            }),
        }))
    }
}

fn text(line: &Line) -> Result<&str, String> {
    if !line.is_whole {
        return Err(format!("longer than {MAX_LINE} bytes"));
    }
    std::str::from_utf8(&line.bytes).map_err(|_| "no UTF-8".to_owned())
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl Files {
    fn new(call: Call, path: &'static str) -> Self {
        let client = call.client.clone();
        let timeout = call.options.timeout.or(client.shared().timeout).unwrap_or(request::TIMEOUT);
        let retry = call.options.retry.clone().unwrap_or_else(|| client.shared().retry.clone());
        let attempt = Attempt { operation: call.operation, method: Method::GET, url: None, number: 0 };
        let state = State::Calling(Box::pin(names(call, path)));
        Self { client, attempt, timeout, retry, state, names: Vec::new().into_iter(), begun: 0, records: 0 }
    }

    fn current(&self) -> usize {
        self.begun.saturating_sub(1)
    }

    fn poll_line(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Line, RecordError>>> {
        loop {
            let failure = match &mut self.state {
                State::Over => return Poll::Ready(None),
                State::Calling(call) => match ready!(call.as_mut().poll(cx)) {
                    Ok(names) => {
                        (self.names, self.state) = (names.into_iter(), State::Between);
                        continue;
                    }
                    Err(error) => {
                        self.state = State::Over;
                        return Poll::Ready(Some(Err(RecordError::Call(error))));
                    }
                },
                State::Between => {
                    self.state = self.names.next().map_or(State::Over, |name| {
                        (self.begun, self.records) = (self.begun + 1, 0);
                        let (client, attempt, retry) = (self.client.clone(), self.attempt.clone(), self.retry.clone());
                        State::Opening(Box::pin(open(client, attempt, self.timeout, retry, name)))
                    });
                    continue;
                }
                State::Opening(opening) => match ready!(opening.as_mut().poll(cx)) {
                    Ok(download) => {
                        let (download, lines) = (Box::new(download), Box::new(Lines::new()));
                        self.state = State::Reading { download, lines };
                        continue;
                    }
                    Err(error) => error,
                },
                State::Reading { download, lines } => match lines.next() {
                    Ok(Some(line)) => return Poll::Ready(Some(Ok(line))),
                    Ok(None) if lines.has_ended() => {
                        self.state = State::Between;
                        continue;
                    }
                    Ok(None) => match ready!(Pin::new(download).poll_next(cx)) {
                        Some(Ok(chunk)) => {
                            lines.push(chunk);
                            continue;
                        }
                        None => {
                            lines.end();
                            continue;
                        }
                        Some(Err(error)) => error,
                    },
                    Err(error) => download
                        .error(ErrorKind::Decode, "the file cannot be decompressed".to_owned())
                        .with_source(error),
                },
            };
            self.state = State::Between;
            let (file, records) = (self.current(), self.records);
            return Poll::Ready(Some(Err(RecordError::File { file, records, error: failure })));
        }
    }
}

/// Sends the call and reads from the reply where the files are.
async fn names(mut call: Call, path: &'static str) -> Result<Vec<String>, Error> {
    let received = exchange::execute(&mut call).await?;
    let mut names = Vec::new();
    collect(&reply::examine(&received)?, path, &mut names).map_err(|error| received.misread(error))?;
    Ok(names)
}

/// Collects the texts at a path with `[]` for the items of a list.
fn collect(value: &Value<'_>, path: &str, found: &mut Vec<String>) -> Result<(), DecodeError> {
    if path.is_empty() {
        found.push(String::decode(value)?);
        return Ok(());
    }
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let key = step.strip_suffix("[]");
    let name = key.unwrap_or(step);
    let inner = if name.is_empty() { Some(value) } else { Fields::of(value)?.get(name) };
    let inner = inner.ok_or_else(|| DecodeError::new("missing").within(name))?;
    let collected = match key {
        None => collect(inner, rest, found),
        Some(_) => inner.as_array().ok_or_else(|| DecodeError::expected("array", inner)).and_then(|items| {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| collect(item, rest, found).map_err(|error| error.at(index)))
        }),
    };
    collected.map_err(|error| if name.is_empty() { error } else { error.within(name) })
}

/// Asks for a file, wherever it is.
async fn open(
    client: Client,
    attempt: Attempt,
    timeout: Duration,
    retry: Retry,
    name: String,
) -> Result<Download, Error> {
    let (url, headers) = match address::file(&name) {
        Ok(file) => file,
        Err(message) => return Err(Error::new(ErrorKind::Decode, message).with_attempt(attempt)),
    };
    let attempt = Attempt { url: Some(Shown(url.clone())), ..attempt };
    exchange::fetch(&client, attempt, (url, headers), timeout, &retry).await.map(Download::new)
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::File { file, records, error } => write!(f, "file {file}, after {records} records: {error}"),
            Self::Line { file, line, problem, text: _ } => write!(f, "file {file}, line {line}: {problem}"),
        }
    }
}

impl fmt::Debug for RecordError {
    /// Without the text of the line, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => f.debug_tuple("Call").field(error).finish(),
            Self::File { file, records, error } => {
                let mut shown = f.debug_struct("File");
                shown.field("file", file).field("records", records).field("error", error).finish()
            }
            Self::Line { file, line, problem, text: _ } => {
                let mut shown = f.debug_struct("Line");
                shown.field("file", file).field("line", line).field("problem", problem).finish_non_exhaustive()
            }
        }
    }
}

impl std::error::Error for RecordError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call(error) | Self::File { error, .. } => Some(error),
            Self::Line { .. } => None,
        }
    }
}

impl<T> fmt::Debug for Records<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("files", &self.files.begun)
            .field("records", &self.files.records)
            .finish_non_exhaustive()
    }
}
