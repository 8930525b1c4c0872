//! Whether a failed attempt is repeated and when, and what is known of its effect.
//!
//! The documentation of an error decides, not its status alone. What the server certainly did not take is repeated,
//! whatever repeating would do: a connection that was never made, status 429, a refusal by a rate limit. What it may have
//! taken, because the answer was lost or came from something in front of it, is repeated only where that does no harm.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use tokio::time::Instant;

use crate::api::{Advice, Cost, Effect, ErrorRow, RateLimit};
use crate::client::Shared;
use crate::error::{CallOutcome, Error, ErrorKind};

/// Longest wait that a server can ask for; beyond it lies a mistake.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Longest pause that can be set.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Parts of a repetition that a success gives back to the budget.
const PARTS: u32 = 10;

/// How calls are repeated that fail for a time.
///
/// A repetition waits for a random time between half and all of a pause, which doubles from repetition to repetition, and
/// for as long as the server asks. A call whose time would not suffice for that ends at once.
///
/// ```
/// use std::time::Duration;
///
/// use apigen_runtime::Retry;
///
/// let patient = Retry::default().attempts(5).base_delay(Duration::from_secs(2));
/// assert_ne!(patient, Retry::never());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    base: Duration,
    max: Duration,
}

impl Default for Retry {
    /// Three attempts: after pauses of half a second and of one second. A pause never exceeds 20 seconds.
    fn default() -> Self {
        Self { attempts: 3, base: Duration::from_millis(500), max: Duration::from_secs(20) }
    }
}

impl Retry {
    /// One attempt.
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// So many attempts, the first included. The one that follows a refused token is not counted.
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts: attempts.max(1), ..self }
    }

    /// The pause before the first repetition, a day at most.
    #[must_use]
    pub fn base_delay(self, delay: Duration) -> Self {
        Self { base: delay.min(LONGEST_PAUSE), ..self }
    }

    /// The longest pause, a day at most. A server may ask for longer ones.
    #[must_use]
    pub fn max_delay(self, delay: Duration) -> Self {
        Self { max: delay.min(LONGEST_PAUSE), ..self }
    }

    /// How long to wait before a repetition, counted from 0; `None` when there have been enough of them.
    pub(crate) fn wait(&self, repetition: u32, asked: Option<Duration>, random: f64) -> Option<Duration> {
        if repetition + 1 >= self.attempts {
            return None;
        }
        let pause = |repetition: u32| {
            let full = self.base.saturating_mul(2_u32.saturating_pow(repetition)).min(self.max);
            full.mul_f64(f64::midpoint(1.0, random))
        };
        // The pause on top keeps clients from coming back all at the same moment.
        Some(asked.map_or_else(|| pause(repetition), |asked| asked.saturating_add(pause(0))))
    }
}

/// How many repetitions the clones of a client may make: a reserve, into which each success puts a tenth of one. While
/// nothing succeeds, calls soon have one attempt each, so that an outage is not multiplied.
#[derive(Debug)]
pub(crate) struct Budget {
    /// In parts.
    left: AtomicU32,
    most: u32,
}

impl Budget {
    pub(crate) fn new(reserve: u32) -> Self {
        let most = reserve.saturating_mul(PARTS);
        Self { left: AtomicU32::new(most), most }
    }

    /// Takes a repetition.
    pub(crate) fn take(&self) -> bool {
        let left = |left: u32| left.checked_sub(PARTS);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok()
    }

    /// Takes note of a success.
    pub(crate) fn refill(&self) {
        // A full reserve is the usual case, and reading it disturbs nobody.
        if self.left.load(Ordering::Relaxed) < self.most {
            let more = |left: u32| (left < self.most).then(|| left + 1);
            // An error means that another call has filled it.
            let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        }
    }
}

/// The time before a repetition.
pub(crate) struct Pause<'c> {
    pub(crate) shared: &'c Shared,
    pub(crate) retry: &'c Retry,
    pub(crate) operation: &'static str,
    /// When the call has run out of time.
    pub(crate) deadline: Instant,
    /// Repetitions so far.
    pub(crate) made: u32,
}

impl Pause<'_> {
    /// Lets the time pass. The error comes back when there have been enough repetitions, of this call or of all calls of
    /// the client, or when the call would run out of time.
    pub(crate) async fn rest(self, error: &Error) -> Result<(), Error> {
        let Self { shared, retry, operation, deadline, made } = self;
        let enough = |reason| {
            tracing::debug!(name: "apigen.give_up", operation, reason, %error, "not repeated");
            Err(error.clone())
        };
        let Some(wait) = retry.wait(made, error.retry_after(), fastrand::f64()) else {
            return enough("attempts");
        };
        let Some(end) = Instant::now().checked_add(wait).filter(|end| *end < deadline) else {
            return enough("deadline");
        };
        if !shared.budget.take() {
            return enough("budget");
        }
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(name: "apigen.retry", operation, attempt = error.attempts(), wait_ms, %error, "repeated");
        tokio::time::sleep_until(end).await;
        Ok(())
    }
}

/// What an attempt came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) status: u16,
    pub(crate) documentation: Option<&'static ErrorRow>,
    /// The budgets that the call draws on.
    pub(crate) rates: &'static [&'static RateLimit],
    /// For how many the call is.
    pub(crate) receivers: usize,
}

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) outcome: CallOutcome,
    repeat: Repeat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    /// It would fail again.
    Useless,
    /// It may succeed, and may do the work a second time.
    Harmless,
    /// It may succeed, and nothing was done yet.
    Always,
}

impl Verdict {
    /// Whether to repeat a call.
    pub(crate) fn is_repeatable(self, effect: Effect) -> bool {
        match (self.repeat, effect) {
            (Repeat::Useless, _) | (Repeat::Harmless, Effect::Repeats) => false,
            (Repeat::Harmless, Effect::Read | Effect::Idempotent) | (Repeat::Always, _) => true,
        }
    }
}

/// What is known of the effect of a call when no answer says more.
pub(crate) fn usual_outcome(kind: ErrorKind) -> CallOutcome {
    match kind {
        ErrorKind::Configuration
        | ErrorKind::Argument
        | ErrorKind::Invalid
        | ErrorKind::RateLimited
        | ErrorKind::Token
        | ErrorKind::Connect => CallOutcome::NotSent,
        ErrorKind::Redirect | ErrorKind::Api | ErrorKind::Refused => CallOutcome::Rejected,
        ErrorKind::Timeout | ErrorKind::Transport => CallOutcome::Unknown,
        ErrorKind::Decode | ErrorKind::TooLarge | ErrorKind::Paging => CallOutcome::Done,
    }
}

/// What follows from a failure: the one place that decides.
pub(crate) fn judge(failure: Failure) -> Verdict {
    let repeat = match failure.kind {
        ErrorKind::Api => return judge_answer(failure),
        ErrorKind::Connect => Repeat::Always,
        ErrorKind::Timeout | ErrorKind::Transport => Repeat::Harmless,
        ErrorKind::Configuration
        | ErrorKind::Argument
        | ErrorKind::Invalid
        | ErrorKind::RateLimited
        | ErrorKind::Token
        | ErrorKind::Redirect
        | ErrorKind::Refused
        | ErrorKind::Decode
        | ErrorKind::TooLarge
        | ErrorKind::Paging => Repeat::Useless,
    };
    Verdict { outcome: usual_outcome(failure.kind), repeat }
}

fn judge_answer(failure: Failure) -> Verdict {
    let Failure { status, documentation, .. } = failure;
    let verdict = |outcome, repeat| Verdict { outcome, repeat };
    let advice = documentation.map(|row| row.advice);
    match advice {
        Some(Advice::GiveUp | Advice::FixRequest | Advice::RefreshToken) => {
            return verdict(CallOutcome::Rejected, Repeat::Useless);
        }
        Some(Advice::Retry) | None => {}
    }
    let lost = verdict(CallOutcome::Unknown, Repeat::Harmless);
    match (failure.throttling(), status, advice) {
        (Throttling::Halfway, _, _) => lost,
        (Throttling::Whole, _, _) | (Throttling::None, 429, _) => verdict(CallOutcome::Rejected, Repeat::Always),
        (Throttling::None, 408 | 502..=504, _) | (Throttling::None, 500.., Some(Advice::Retry)) => lost,
        (Throttling::None, _, Some(Advice::Retry)) => verdict(CallOutcome::Rejected, Repeat::Harmless),
        (Throttling::None, 500.., _) => verdict(CallOutcome::Unknown, Repeat::Useless),
        (Throttling::None, _, _) => verdict(CallOutcome::Rejected, Repeat::Useless),
    }
}

/// Whether an answer comes from a rate limit.
enum Throttling {
    None,
    /// Of the whole call.
    Whole,
    /// Of some of its receivers, perhaps, after others were served.
    Halfway,
}

impl Failure {
    /// One that no rate limit of the call explains.
    pub(crate) fn of(error: &Error) -> Self {
        let status = error.status().map_or(0, |status| status.as_u16());
        Self { kind: error.kind(), status, documentation: error.documentation(), rates: &[], receivers: 0 }
    }

    fn throttling(&self) -> Throttling {
        let Some(row) = self.documentation else {
            return Throttling::None;
        };
        let mut own = self.rates.iter().filter(|rate| rate.error == Some(row.id)).peekable();
        if own.peek().is_none() {
            return Throttling::None;
        }
        let counts_items = own.any(|rate| match rate.cost {
            Cost::Items(_) => true,
            Cost::Call => false,
        });
        if counts_items && self.receivers > 1 { Throttling::Halfway } else { Throttling::Whole }
    }
}

/// What a `Retry-After` header asks for: seconds, or a date, which is held against the clock of the server when the answer
/// tells it. What makes no sense is as good as no header.
pub(crate) fn after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = asked.parse::<f64>() {
        let is_wait = seconds.is_finite() && seconds.is_sign_positive();
        return is_wait.then(|| Duration::try_from_secs_f64(seconds).map_or(LONGEST, |wait| wait.min(LONGEST)));
    }
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let now = headers.get(DATE).and_then(|now| date(now.to_str().ok()?)).unwrap_or(now);
    Some(date(asked)?.duration_since(now).unwrap_or_default().min(LONGEST))
}
