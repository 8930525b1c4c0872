//! The body of a scripted response: chunks with pauses, perhaps cut off.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::response::{Reset, Response};

/// Time in which chunks reach the client before the connection is closed.
const FLUSH: Duration = Duration::from_millis(20);

/// Chunks that are the same, one after the other.
pub(crate) struct Scripted {
    chunk: Bytes,
    remaining: u64,
    sent: u64,
    cut: Option<u64>,
    pause: Duration,
    chunked: bool,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Scripted {
    pub(crate) fn new(response: &Response) -> Self {
        let Response { chunk, count, cut, chunked, .. } = response;
        // Without a pause the server would forget what it has not sent yet when it closes the connection.
        let pause = if cut.is_some() { response.pause.max(FLUSH) } else { response.pause };
        let remaining = if chunk.is_empty() { 0 } else { *count };
        Self { chunk: chunk.clone(), remaining, sent: 0, cut: *cut, pause, chunked: *chunked, sleep: None }
    }

    fn length(&self) -> u64 {
        u64::try_from(self.chunk.len()).unwrap_or(u64::MAX).saturating_mul(self.remaining)
    }
}

impl Body for Scripted {
    type Data = Bytes;
    type Error = Reset;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Reset>>> {
        if self.remaining == 0 {
            return Poll::Ready(None);
        }
        if self.sent > 0 && !self.pause.is_zero() {
            let pause = self.pause;
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.sleep = None;
        }
        if self.cut == Some(self.sent) {
            return Poll::Ready(Some(Err(Reset)));
        }
        self.remaining -= 1;
        self.sent += 1;
        Poll::Ready(Some(Ok(Frame::data(self.chunk.clone()))))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        if self.chunked { SizeHint::new() } else { SizeHint::with_exact(self.length()) }
    }
}
