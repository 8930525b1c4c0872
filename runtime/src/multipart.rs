//! Multipart bodies: their framing, their length, and their chunks, which any transport can send.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context, Poll};

use apigen_core::json::Entries;
use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;
use tokio_util::io::ReaderStream;

use crate::transport::{Body, Stage, TransportError};
use crate::upload::{Reader, Source, Upload};

/// Bytes that are read from a file at once.
const CHUNK: usize = 64 * 1024;

/// A form in the course of being sent.
#[derive(Default)]
struct Form {
    segments: VecDeque<Segment>,
    /// Bytes of all segments; `None` as soon as one is unknown.
    length: Option<u64>,
}

enum Segment {
    Bytes(Bytes),
    File {
        chunks: ReaderStream<Reader>,
        /// Bytes that are still to come, if that is known.
        remaining: Option<u64>,
    },
}

/// The content type and the body of a form: fields of text first, then files.
pub(crate) async fn encode(fields: &Entries<'_>, files: &mut [(String, Upload)]) -> io::Result<(String, Body)> {
    let boundary = boundary();
    let mut form = Form { segments: VecDeque::new(), length: Some(0) };
    for (name, value) in fields {
        let (name, text) = (quoted(name), value.to_text().unwrap_or_else(|| value.to_json_string().into()));
        form.push(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"));
    }
    for (name, upload) in files {
        let (name, file_name, content_type) = (quoted(name), quoted(&upload.name), content_type(upload)?);
        form.push(format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: {content_type}\r\n\r\n"
        ));
        form.push_file(upload).await?;
        form.push("\r\n");
    }
    form.push(format!("--{boundary}--\r\n"));
    let length = form.length;
    Ok((format!("multipart/form-data; boundary={boundary}"), Body::Stream { chunks: Box::pin(form), length }))
}

/// Text that stands in no file: random enough, since the standard library seeds its hashers from the system.
fn boundary() -> String {
    format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1))
}

/// A name within quotes, escaped as browsers do it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn content_type(upload: &Upload) -> io::Result<&str> {
    let content_type = upload.content_type.as_deref().unwrap_or("application/octet-stream");
    match HeaderValue::from_str(content_type) {
        Ok(_) => Ok(content_type),
        Err(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "the content type is no header value")),
    }
}

impl Form {
    fn push(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        self.grow(u64::try_from(bytes.len()).ok());
        self.segments.push_back(Segment::Bytes(bytes));
    }

    async fn push_file(&mut self, upload: &mut Upload) -> io::Result<()> {
        let (reader, remaining) = match &mut upload.source {
            Source::Bytes(bytes) => {
                self.push(bytes.clone());
                return Ok(());
            }
            Source::Path(file) => {
                let (reader, length) = file.open().await?;
                (reader, Some(length))
            }
            Source::Reader(reader) => match reader.take() {
                Some(reader) => (reader.into_inner().unwrap_or_else(PoisonError::into_inner), upload.length),
                None => return Err(io::Error::other("a reader can be sent only once")),
            },
        };
        self.grow(remaining);
        self.segments.push_back(Segment::File { chunks: ReaderStream::with_capacity(reader, CHUNK), remaining });
        Ok(())
    }

    fn grow(&mut self, more: Option<u64>) {
        self.length = self.length.zip(more).and_then(|(length, more)| length.checked_add(more));
    }
}

impl Stream for Form {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let chunk = match self.segments.front_mut() {
                None => return Poll::Ready(None),
                Some(Segment::Bytes(bytes)) => {
                    let bytes = std::mem::take(bytes);
                    self.segments.pop_front();
                    return Poll::Ready(Some(Ok(bytes)));
                }
                Some(Segment::File { chunks, remaining }) => match Pin::new(chunks).poll_next(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(chunk) => counted(chunk, remaining).transpose(),
                },
            };
            match chunk {
                Some(chunk) => {
                    return Poll::Ready(Some(chunk.map_err(|error| TransportError::new(Stage::Exchange, error))));
                }
                None => self.segments.pop_front(),
            };
        }
    }
}

/// A chunk of a file, unless the file turns out to be longer or shorter than was announced.
fn counted(chunk: Option<io::Result<Bytes>>, remaining: &mut Option<u64>) -> io::Result<Option<Bytes>> {
    let chunk = chunk.transpose()?;
    if let Some(remaining) = remaining {
        let read = chunk.as_ref().map_or(0, Bytes::len);
        let left = u64::try_from(read).ok().and_then(|read| remaining.checked_sub(read));
        *remaining = left.ok_or_else(|| io::Error::other("the file is longer than announced"))?;
        if chunk.is_none() && *remaining > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is shorter than announced"));
        }
    }
    Ok(chunk)
}
