//! Budgets in the memory of this process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apigen_core::rate::{self, Bucket, Claim, Rate};
use smallvec::SmallVec;
use tokio::time::Instant;

use super::{Charge, RateStore, Verdict, lock};
use crate::transport::{BoxError, BoxFuture};

/// Where the clock starts, in nanoseconds: so late that nothing reaches back to zero.
const START: u64 = 1 << 62;

/// Budgets are thrown away when there are twice as many as were in use the last time, but not as long as there are so few.
const FEW: usize = 1024;

/// Budgets in the memory of this process. Clones share them, and clients that are given clones share them too.
///
/// It forgets budgets that nobody has drawn on for a period, so that those of users do not pile up.
#[derive(Clone)]
pub struct MemoryStore(Arc<Shared>);

struct Shared {
    start: Instant,
    buckets: Mutex<Buckets>,
}

struct Buckets {
    by_key: HashMap<Arc<str>, Bucket>,
    /// How many are too many.
    many: usize,
}

impl MemoryStore {
    /// Budgets of which nothing is spent.
    pub fn new() -> Self {
        let buckets = Mutex::new(Buckets { by_key: HashMap::new(), many: FEW });
        Self(Arc::new(Shared { start: Instant::now(), buckets }))
    }

    /// How many budgets it remembers.
    pub fn budgets(&self) -> usize {
        lock(&self.0.buckets).by_key.len()
    }

    pub(super) fn take_now(&self, charges: &[Charge], max_wait: Duration) -> Verdict {
        let mut buckets = lock(&self.0.buckets);
        // Read under the lock, so that moments come in the order in which they are used.
        let now = START.saturating_add(nanos(self.0.start.elapsed()));
        let claim = |charge: &Charge| {
            let bucket = buckets.by_key.get_mut(&*charge.key).map(std::mem::take).unwrap_or_default();
            Claim::new(bucket, Rate::new(charge.amount, nanos(charge.period), charge.burst), charge.cost)
        };
        let mut claims: SmallVec<[_; 4]> = charges.iter().map(claim).collect();
        let rate::Verdict { granted, wait, bound_by } = rate::take(&mut claims, now, nanos(max_wait));
        for (charge, claim) in charges.iter().zip(claims) {
            buckets.put(&charge.key, claim.bucket, now);
        }
        Verdict { granted, wait: Duration::from_nanos(wait), bound_by }
    }
}

impl Buckets {
    fn put(&mut self, key: &Arc<str>, bucket: Bucket, now: u64) {
        if let Some(place) = self.by_key.get_mut(&**key) {
            *place = bucket;
            return;
        }
        if self.by_key.len() >= self.many {
            self.by_key.retain(|_, bucket| !bucket.is_forgotten(now));
            self.many = (2 * self.by_key.len()).max(FEW);
        }
        if !bucket.is_forgotten(now) {
            self.by_key.insert(Arc::clone(key), bucket);
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl RateStore for MemoryStore {
    fn take<'a>(&'a self, charges: &'a [Charge], max_wait: Duration) -> BoxFuture<'a, Result<Verdict, BoxError>> {
        Box::pin(std::future::ready(Ok(self.take_now(charges, max_wait))))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("budgets", &self.budgets()).finish()
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
