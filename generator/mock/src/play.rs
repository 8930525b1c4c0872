//! Bodies of answers, faults included: chunks with waits between them, perhaps cut off.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// Time in which what was sent reaches the client before its connection is cut.
const FLUSH: Duration = Duration::from_millis(20);

/// Bytes of one chunk of a body that is huge.
const BLOCK: usize = 64 * 1024;

/// The body of an answer.
pub(crate) struct Played {
    steps: VecDeque<Step>,
    /// Bytes that the head promises, and that were not sent yet.
    promised: u64,
    sleep: Option<Pin<Box<Sleep>>>,
}

enum Step {
    Chunk(Bytes),
    /// White space.
    Padding(u64),
    Wait(Duration),
    Cut,
}

/// Ends a connection: without an answer, or in the middle of one.
#[derive(Debug)]
pub(crate) struct Cut;

impl Played {
    pub(crate) fn whole(body: Bytes) -> Self {
        let promised = length(&body);
        let steps = if body.is_empty() { VecDeque::new() } else { VecDeque::from([Step::Chunk(body)]) };
        Self { steps, promised, sleep: None }
    }

    /// So many bytes of white space before the body.
    pub(crate) fn padded(body: Bytes, padding: u64) -> Self {
        let promised = padding.saturating_add(length(&body));
        Self { steps: VecDeque::from([Step::Padding(padding), Step::Chunk(body)]), promised, sleep: None }
    }

    /// A wait before each eighth of the body.
    pub(crate) fn slow(body: &Bytes, wait: Duration) -> Self {
        let chunks = (0..body.len()).step_by(body.len().div_ceil(8).max(1));
        let chunk = |from: usize| body.slice(from..(from + body.len().div_ceil(8)).min(body.len()));
        let steps = chunks.flat_map(|from| [Step::Wait(wait), Step::Chunk(chunk(from))]).collect();
        Self { steps, promised: length(body), sleep: None }
    }

    /// Half of the body, and no more. Of an empty body, the head promises more.
    pub(crate) fn half(body: &Bytes) -> Self {
        let half = Step::Chunk(body.slice(..body.len() / 2));
        let steps = VecDeque::from([half, Step::Wait(FLUSH), Step::Cut]);
        Self { steps, promised: length(body).max(2), sleep: None }
    }

    fn send(&mut self, chunk: Bytes) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        self.promised = self.promised.saturating_sub(length(&chunk));
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }
}

impl Body for Played {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        loop {
            match self.steps.pop_front() {
                None => return Poll::Ready(None),
                Some(Step::Chunk(chunk)) if chunk.is_empty() => {}
                Some(Step::Chunk(chunk)) => return self.send(chunk),
                Some(Step::Padding(0)) => {}
                Some(Step::Padding(left)) => {
                    static SPACES: [u8; BLOCK] = [b' '; BLOCK];
                    let block = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
                    self.steps.push_front(Step::Padding(left - u64::try_from(block).unwrap_or(left)));
                    return self.send(Bytes::from_static(&SPACES[..block]));
                }
                Some(Step::Wait(wait)) => {
                    let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(wait)));
                    if sleep.as_mut().poll(cx).is_pending() {
                        self.steps.push_front(Step::Wait(wait));
                        return Poll::Pending;
                    }
                    self.sleep = None;
                }
                Some(Step::Cut) => return Poll::Ready(Some(Err(Cut))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}

fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the mock cuts the connection, as it was told to")
    }
}

impl std::error::Error for Cut {}
