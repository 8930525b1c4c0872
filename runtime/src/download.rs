//! Replies that are streams of bytes.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::Sleep;

use crate::error::{Attempt, Error, ErrorKind};
use crate::exchange::{self, Opened};
use crate::transport::Chunks;

/// A reply that is a stream of bytes, not yet read. It is never held in memory as a whole unless [`Download::bytes`] asks.
///
/// As a stream it yields chunks of any size. A body that ends too early, or pauses for longer than the client's idle
/// timeout, yields an error.
pub struct Download {
    attempt: Attempt,
    status: StatusCode,
    headers: HeaderMap,
    chunks: Option<Chunks>,
    length: Option<u64>,
    received: u64,
    idle_timeout: Duration,
    /// The end of the longest pause that begins when the reader begins to wait.
    idle: Pin<Box<Sleep>>,
    is_waiting: bool,
}

impl Download {
    pub(crate) fn new(opened: Opened) -> Self {
        let Opened { attempt, client, status, headers, chunks, .. } = opened;
        let idle_timeout = client.shared().idle_timeout;
        let length = exchange::length(&headers);
        let idle = Box::pin(tokio::time::sleep(idle_timeout));
        Self {
            attempt,
            status,
            headers,
            chunks: Some(chunks),
            length,
            received: 0,
            idle_timeout,
            idle,
            is_waiting: false,
        }
    }

    /// Status of the answer, always one of success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Number of bytes of the whole body, if the server says so.
    pub fn content_length(&self) -> Option<u64> {
        self.length
    }

    /// Media type of the body, if the server says so.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    /// The connection failed, or the body ended too early or paused for too long. Nothing follows an error.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Saves the whole body under a name, and returns how many bytes it had. It is written to another file beside, which
    /// takes the name when it is whole: whoever looks sees the former file or the new one, never a part. What was written
    /// before an error, or before the future is dropped, is removed.
    ///
    /// # Errors
    /// As [`Download::next`], and whatever the file system reports, as [`ErrorKind::Transport`].
    pub async fn save_to(mut self, path: impl AsRef<Path>) -> Result<u64, Error> {
        let (mut file, partial) = Partial::create(path.as_ref()).await.map_err(|error| self.unwritten(error))?;
        self.copy(&mut file).await?;
        file.sync_all().await.map_err(|error| self.unwritten(error))?;
        drop(file);
        partial.keep(path.as_ref()).await.map_err(|error| self.unwritten(error))?;
        Ok(self.received)
    }

    /// Writes the whole body, and returns how many bytes it had. What was written before an error stays written.
    ///
    /// # Errors
    /// As [`Download::next`], and whatever the writer reports, as [`ErrorKind::Transport`].
    pub async fn write_to(mut self, writer: &mut (impl AsyncWrite + Unpin + ?Sized)) -> Result<u64, Error> {
        self.copy(writer).await?;
        Ok(self.received)
    }

    async fn copy(&mut self, writer: &mut (impl AsyncWrite + Unpin + ?Sized)) -> Result<(), Error> {
        while let Some(chunk) = self.next().await {
            let chunk = chunk?;
            writer.write_all(&chunk).await.map_err(|error| self.unwritten(error))?;
        }
        writer.flush().await.map_err(|error| self.unwritten(error))
    }

    /// The whole body in memory, if it has at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Download::next`], and [`ErrorKind::TooLarge`].
    pub async fn bytes(mut self, limit: u64) -> Result<Bytes, Error> {
        let too_large = |length: u64| length > limit;
        let mut whole = BytesMut::new();
        if self.length.is_none_or(|length| !too_large(length)) {
            while let Some(chunk) = self.next().await {
                whole.extend_from_slice(&chunk?);
                if too_large(self.received) {
                    break;
                }
            }
            if !too_large(self.received) {
                return Ok(whole.freeze());
            }
        }
        Err(self.error(ErrorKind::TooLarge, format!("the body is larger than {limit} bytes")))
    }

    fn unwritten(&self, error: io::Error) -> Error {
        self.error(ErrorKind::Transport, "the body could not be written".to_owned()).with_source(error)
    }

    pub(crate) fn error(&self, kind: ErrorKind, message: String) -> Error {
        Error::new(kind, message).with_attempt(self.attempt.clone())
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(chunks) = &mut self.chunks else {
            return Poll::Ready(None);
        };
        match chunks.as_mut().poll_next(cx) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.received += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
                self.is_waiting = false;
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(exchange::lost(error, self.attempt.clone())))),
            Poll::Ready(None) => match self.length {
                Some(length) if self.received < length => {
                    let error = exchange::ended_early(self.received, length, self.attempt.clone());
                    Poll::Ready(Some(Err(error)))
                }
                Some(_) | None => Poll::Ready(None),
            },
            Poll::Pending => {
                // What the reader does between two chunks is not a pause of the server.
                if !std::mem::replace(&mut self.is_waiting, true) {
                    self.idle.as_mut().reset(exchange::after(self.idle_timeout));
                }
                self.idle.as_mut().poll(cx).map(|()| {
                    let message = format!("the body paused for more than {:?}", self.idle_timeout);
                    Some(Err(self.error(ErrorKind::Timeout, message)))
                })
            }
        }
    }
}

/// A file that is not whole yet. It is removed unless it is kept.
struct Partial(Option<PathBuf>);

impl Partial {
    /// A new file beside the one with a name.
    async fn create(path: &Path) -> io::Result<(File, Self)> {
        let name = path.file_name().ok_or_else(|| io::Error::other("the path names no file"))?;
        let mut partial = OsString::from(".");
        partial.push(name);
        partial.push(format!(".{:016x}.part", fastrand::u64(..)));
        let partial = path.with_file_name(partial);
        let file = OpenOptions::new().write(true).create_new(true).open(&partial).await?;
        Ok((file, Self(Some(partial))))
    }

    /// Gives it its name.
    async fn keep(mut self, path: &Path) -> io::Result<()> {
        if let Some(partial) = &self.0 {
            tokio::fs::rename(partial, path).await?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Partial {
    #[expect(clippy::disallowed_methods, reason = "dropping cannot wait, and what a download leaves behind must go")]
    fn drop(&mut self) {
        if let Some(partial) = &self.0 {
            // An error means that the file is gone, or that it cannot be removed, which nobody is left to hear.
            drop(std::fs::remove_file(partial));
        }
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = self.poll_chunk(cx);
        if let Poll::Ready(None | Some(Err(_))) = chunk {
            self.chunks = None;
        }
        chunk
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, length, received, .. } = self;
        f.debug_struct("Download")
            .field("status", status)
            .field("length", length)
            .field("received", received)
            .finish_non_exhaustive()
    }
}
