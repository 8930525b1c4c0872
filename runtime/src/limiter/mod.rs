//! Keeps calls within the budgets of the server: each waits until all budgets that it draws on suffice, or is refused.
//!
//! What a call costs comes from the tables of its operation, the arithmetic from [`apigen_core::rate`], and what has been
//! spent stands in a [`RateStore`]: in memory, shared by the clones of a client, unless a fleet shares another one. All
//! budgets of a call are charged at once or not at all. Charging reserves, so calls go in the order in which they came.
//!
//! A call that is dropped while it waits loses what it reserved, and nobody else gets it: budgets may go to waste, and are
//! never overdrawn. Nothing is locked while anything waits.

mod memory;
#[cfg(feature = "redis")]
mod redis;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use apigen_core::limit::{Bound, Limit, Rule};
use apigen_core::rate::Rate;
use http::Uri;
use smallvec::SmallVec;
use tokio::time::{Instant, sleep, timeout};

use crate::api::{Api, Cost, Operation, RateLimit, Sharing};
use crate::call::Call;
use crate::error::{Attempt, Error, ErrorKind};
use crate::transport::{BoxError, BoxFuture};

pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::RedisStore;

/// By how much a period is stretched: timers wake late, and requests overtake each other on their way.
const SLACK: Duration = Duration::from_millis(10);

/// How long a shared store may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a shared store that failed is left alone.
const REST: Duration = Duration::from_secs(5);

/// Waits as long as this are reported.
const NOTICEABLE: Duration = Duration::from_millis(100);

/// How a client keeps within the budgets of the server.
///
/// ```
/// use apigen_runtime::{RateLimits, Throttle};
///
/// apigen_runtime::rates! {
///     NOTES = "notes" 100 per 60,
///         docs: "Notes on shelves.";
/// }
///
/// // The vendor has raised one budget, and another program uses half of all of them.
/// let limits = RateLimits::new(Throttle::FailFast).amount(&NOTES, 500).scale(0.5);
/// ```
#[derive(Clone)]
pub struct RateLimits {
    throttle: Throttle,
    amounts: Vec<(&'static RateLimit, u64)>,
    scale: f64,
    store: Option<Arc<dyn RateStore>>,
}

/// What becomes of a call whose budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Throttle {
    /// It waits, unless it would have to wait for more than nineteen twentieths of the time that it has: then it fails at
    /// once. The default.
    #[default]
    Wait,
    /// It fails at once.
    FailFast,
    /// It is sent, and nothing is counted.
    Off,
}

/// Keeps what has been spent. Put another one in the place of the default to share budgets among processes.
pub trait RateStore: Send + Sync + 'static {
    /// Takes all charges in one step, if the call can go within `max_wait`, and else none of them.
    ///
    /// What is taken belongs to the caller, who waits for the time in the verdict and then goes; [`rate`](crate::rate) has
    /// the arithmetic. The keys of the charges differ from one another. If this fails, or takes longer than a second, the
    /// client limits itself in memory for a while.
    fn take<'a>(&'a self, charges: &'a [Charge], max_wait: Duration) -> BoxFuture<'a, Result<Verdict, BoxError>>;
}

/// What a call takes from one budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Names the budget: API and server in braces, then the limit, then the operation and the user that have a budget of
    /// their own.
    pub key: Arc<str>,
    /// How much may be spent in a period.
    pub amount: u64,
    /// The period, a little longer than the documented one.
    pub period: Duration,
    /// How much may be spent at once.
    pub burst: u64,
    /// How much is to be taken.
    pub cost: u64,
}

/// What became of an attempt to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it was taken.
    pub granted: bool,
    /// How long the call must wait; how long it would have had to, if nothing was taken.
    pub wait: Duration,
    /// Index of the charge that makes it wait.
    pub bound_by: usize,
}

/// What a client and its clones share.
pub(crate) struct Limiter {
    limits: RateLimits,
    /// How all keys begin.
    prefix: String,
    memory: MemoryStore,
    /// What calls of an operation take, by its id.
    plans: Mutex<HashMap<&'static str, Arc<Plan>>>,
    /// Until when the shared store is left alone.
    outage: Mutex<Option<Instant>>,
}

/// What calls of an operation take, as far as it is the same for all of them.
struct Plan {
    rates: Vec<&'static RateLimit>,
    charges: Vec<Charge>,
    /// Whether there is nothing to add.
    is_fixed: bool,
}

impl Default for RateLimits {
    /// Calls wait, for budgets as they are documented.
    fn default() -> Self {
        Self::new(Throttle::default())
    }
}

impl RateLimits {
    /// Budgets as they are documented.
    pub fn new(throttle: Throttle) -> Self {
        Self { throttle, amounts: Vec::new(), scale: 1.0, store: None }
    }

    /// Gives a budget another amount per period: the vendor raised it for this application, say.
    #[must_use]
    pub fn amount(mut self, limit: &'static RateLimit, amount: u64) -> Self {
        self.amounts.push((limit, amount));
        self
    }

    /// Uses this share of every budget: a half where two processes know nothing of each other, say.
    #[must_use]
    pub fn scale(self, share: f64) -> Self {
        Self { scale: share, ..self }
    }

    /// Keeps what has been spent in a store that others share. All who share it must set the same amounts.
    #[must_use]
    pub fn store(self, store: impl RateStore) -> Self {
        Self { store: Some(Arc::new(store)), ..self }
    }

    /// What is wrong with them.
    pub(crate) fn problem(&self) -> Option<String> {
        let zero = self.amounts.iter().find(|(_, amount)| *amount == 0);
        if let Some((limit, _)) = zero {
            return Some(format!("the amount of the rate limit `{}` must be at least 1", limit.id));
        }
        let is_share = self.scale.is_finite() && self.scale > 0.0;
        (!is_share).then(|| format!("the share of the rate limits must be greater than 0, not {}", self.scale))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a share of an amount is rounded down, and casts of floats saturate"
    )]
    fn amount_of(&self, limit: &'static RateLimit) -> u64 {
        let set = self.amounts.iter().rev().find(|(other, _)| std::ptr::eq(*other, limit));
        let amount = set.map_or(limit.amount, |(_, amount)| *amount);
        ((amount as f64 * self.scale) as u64).max(1)
    }
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { throttle, amounts, scale, store } = self;
        let amounts: Vec<_> = amounts.iter().map(|(limit, amount)| (limit.id, amount)).collect();
        f.debug_struct("RateLimits")
            .field("throttle", throttle)
            .field("amounts", &amounts)
            .field("scale", scale)
            .field("is_shared", &store.is_some())
            .finish()
    }
}

/// Waits until a call may go. Fails at once, and charges nothing, if that would be after the deadline.
pub(crate) async fn admit(call: &Call, attempt: &Attempt, deadline: Instant) -> Result<(), Error> {
    let limiter = &call.client.shared().limiter;
    let throttle = call.options.throttle.unwrap_or(limiter.limits.throttle);
    let plan = limiter.plan(call);
    if throttle == Throttle::Off || plan.charges.is_empty() {
        return Ok(());
    }
    let own;
    let charges = if plan.is_fixed {
        &*plan.charges
    } else {
        own = plan.charges(call);
        &*own
    };
    let max_wait = || match throttle {
        Throttle::Wait => usable(deadline.saturating_duration_since(Instant::now())),
        Throttle::FailFast | Throttle::Off => Duration::ZERO,
    };
    let Verdict { granted, wait, bound_by } = limiter.take(charges, max_wait).await;
    if granted && wait.is_zero() {
        return Ok(());
    }
    let limit = plan.rates.get(bound_by).map_or("", |rate| rate.id);
    if !granted {
        let wait = Duration::from_millis(millis(wait));
        let message = format!("not sent, since the budget of the rate limit `{limit}` is spent for {wait:?}");
        return Err(Error::new(ErrorKind::RateLimited, message)
            .with_attempt(attempt.clone())
            .with_retry_after(Some(wait)));
    }
    if wait >= NOTICEABLE {
        let operation = call.operation.id;
        let wait_ms = millis(wait);
        tracing::info!(name: "apigen.rate_wait", operation, limit, wait_ms, "waiting for the budget of a rate limit");
    }
    sleep(wait).await;
    Ok(())
}

/// How much of its time a call may wait. What goes at the last moment would end in a timeout, its effect unknown.
fn usable(time: Duration) -> Duration {
    time.saturating_sub(time / 20)
}

/// A time in milliseconds, rounded up.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

impl Limiter {
    pub(crate) fn new(limits: RateLimits, api: &Api, server: &Uri) -> Self {
        Self {
            limits,
            prefix: format!("{{{} {server}}}", api.name),
            memory: MemoryStore::new(),
            plans: Mutex::default(),
            outage: Mutex::default(),
        }
    }

    fn plan(&self, call: &Call) -> Arc<Plan> {
        let operation = call.operation;
        let mut plans = lock(&self.plans);
        let plan = plans.entry(operation.id).or_insert_with(|| Arc::new(Plan::new(self, operation, call.rates())));
        Arc::clone(plan)
    }

    /// Asks the store that is shared, and in its place the memory of this process while it fails.
    async fn take(&self, charges: &[Charge], max_wait: impl Fn() -> Duration) -> Verdict {
        let rested = |until: Option<Instant>| until.is_none_or(|until| until <= Instant::now());
        let shared = self.limits.store.as_ref().filter(|_| rested(*lock(&self.outage)));
        if let Some(store) = shared {
            let error = match timeout(PATIENCE, store.take(charges, max_wait())).await {
                Ok(Ok(verdict)) => return verdict,
                Ok(Err(error)) => error,
                Err(elapsed) => elapsed.into(),
            };
            tracing::warn!(name: "apigen.rate_store", %error, "rate limits are kept in memory for a while");
            *lock(&self.outage) = Some(Instant::now() + REST);
        }
        self.memory.take_now(charges, max_wait())
    }
}

impl Plan {
    fn new(limiter: &Limiter, operation: &'static Operation, rates: &[&'static RateLimit]) -> Self {
        let is_fixed = rates.iter().all(|rate| rate.user.is_none() && rate.cost == Cost::Call);
        // A limit that is named twice is still one budget.
        let mut distinct: Vec<&'static RateLimit> = Vec::with_capacity(rates.len());
        for rate in rates {
            if !distinct.iter().any(|other| other.id == rate.id) {
                distinct.push(rate);
            }
        }
        let charges = distinct.iter().map(|rate| limiter.charge(operation, rate)).collect();
        Self { rates: distinct, charges, is_fixed }
    }

    /// What one call takes that differs from others.
    fn charges(&self, call: &Call) -> SmallVec<[Charge; 4]> {
        let charge = |(rate, charge): (&&RateLimit, &Charge)| {
            let cost = match rate.cost {
                Cost::Call => 1,
                Cost::Items(list) => u64::try_from(call.list(list).len()).unwrap_or(u64::MAX).max(1),
            };
            let user = rate.user.and_then(|name| apigen_core::json::get(&call.path, name)?.to_text());
            let key = match user {
                Some(user) => format!("{}:{user}", charge.key).into(),
                None => Arc::clone(&charge.key),
            };
            Charge { key, cost, ..charge.clone() }
        };
        self.rates.iter().zip(&self.charges).map(charge).collect()
    }
}

impl Limiter {
    fn charge(&self, operation: &Operation, rate: &'static RateLimit) -> Charge {
        let Self { prefix, limits, .. } = self;
        let amount = limits.amount_of(rate);
        let (key, dearest) = match rate.sharing {
            Sharing::PerOperation => (format!("{prefix}:{}:{}", rate.id, operation.id), dearest(operation, rate.cost)),
            // What the others may cost is not known here, and all must have the same burst.
            Sharing::Shared => (format!("{prefix}:{}", rate.id), 1),
        };
        let period = rate.period + SLACK;
        Charge { key: key.into(), amount, period, burst: Rate::burst_of(amount, dearest), cost: 1 }
    }
}

/// What the dearest call costs that the documentation allows.
fn dearest(operation: &Operation, cost: Cost) -> u64 {
    let Cost::Items(list) = cost else {
        return 1;
    };
    let most = |limit: &Limit| match limit.rule {
        Rule::MaxItems(Bound::Int(most)) if limit.name == list => u64::try_from(most).ok(),
        _ => None,
    };
    operation.limits.iter().filter_map(most).max().unwrap_or(1)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds a lock, and every state is a good one.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
