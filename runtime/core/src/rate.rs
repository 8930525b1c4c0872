//! Rate-limit arithmetic: when a call may go, so that no budget it draws on is ever overdrawn.
//!
//! It has no clock, no keys and nothing to wait with: moments and periods are numbers of ticks, such as nanoseconds, counted
//! from some moment long ago. [`take`] asks several [`Bucket`]s at once and takes from all of them or from none.
//!
//! ## What is guaranteed
//!
//! The generic cell rate algorithm, in which the budget flows in evenly: with amount `a`, period `p` and burst `b`, one unit
//! stands for `t = p / (a - b + 1)` of time, rounded up. Each call takes a stretch of the bucket's time, `cost * t` long,
//! that no other call has; it begins no earlier than the call goes, and ends at most `b * t` after that. So the stretches of
//! the calls that go within any window shorter than `p` lie side by side in less than `p + b * t`, which is at most
//! `(a + 1) * t`: together they cost less than `a + 1`, hence at most `a`. At one moment no more than `b` is spent.
//!
//! `b` is a tenth of the amount, so that a budget is not spent as one burst, but no less than one and no less than the
//! dearest call, if that is known. A call that is dearer than `b` keeps the time before it free as well, which wastes some of
//! the budget and keeps the guarantee. Only a call that is dearer than the whole amount breaks it; it goes alone.
//!
//! A stretch may lie in the future: that is a reservation. Where a call waits for one bucket, the time until then stays free
//! in the others, so that a user who has spent his budget does not hold up everybody else.

/// What has been taken from a budget.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    /// All time before this moment is taken, or past.
    until: u64,
    /// Stretches that begin later, in order.
    ahead: Vec<Stretch>,
    /// When all of it is as good as never taken.
    forgotten: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    start: u64,
    end: u64,
}

/// A budget: so much in a period, so much of it at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    period: u64,
    burst: u64,
    /// How long a stretch a unit takes.
    unit: u64,
}

/// A cost that is to be taken from a bucket.
#[derive(Debug)]
pub struct Claim {
    /// The bucket. Whatever is taken from it must be taken at the same rate.
    pub bucket: Bucket,
    period: u64,
    /// How long a stretch the cost takes.
    length: u64,
    /// How long before the end of the stretch the call may go.
    tolerance: u64,
}

/// What became of an attempt to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it was taken.
    pub granted: bool,
    /// Ticks until the call may go; if nothing was taken, until it might have gone.
    pub wait: u64,
    /// Index of the claim that makes it wait.
    pub bound_by: usize,
}

/// Takes what all claims ask for, if the call can go within `max_wait` ticks, and else nothing.
///
/// What was taken stays taken: calls that come later go later, but for those that find a gap.
///
/// ```
/// use apigen_core::rate::{Bucket, Claim, Rate, take};
///
/// // Twenty a minute, two at once; the minute is dealt out evenly among the rest.
/// let rate = Rate::new(20, 60_000, Rate::burst_of(20, 1));
/// let mut claims = [Claim::new(Bucket::default(), rate, 1)];
/// let mut wait = || take(&mut claims, 0, 60_000).wait;
/// assert_eq!([wait(), wait(), wait(), wait()], [0, 0, 3_158, 6_316]);
/// ```
pub fn take(claims: &mut [Claim], now: u64, max_wait: u64) -> Verdict {
    let (mut at, mut bound_by) = (now, 0);
    // A moment that suits one bucket may not suit another, so all are asked again until nobody objects.
    loop {
        let before = at;
        for (index, claim) in claims.iter().enumerate() {
            let (earliest, _) = claim.place(at);
            if earliest > at {
                (at, bound_by) = (earliest, index);
            }
        }
        if at == before {
            break;
        }
    }
    let wait = at - now;
    let granted = wait <= max_wait;
    if granted {
        claims.iter_mut().for_each(|claim| claim.occupy(at, now));
    }
    Verdict { granted, wait, bound_by }
}

impl Bucket {
    /// Whether nothing that was taken matters any more, so that the bucket can be thrown away.
    pub fn is_forgotten(&self, now: u64) -> bool {
        self.forgotten <= now
    }
}

impl Rate {
    /// The part of an amount that may be spent at once, where the dearest call costs so much.
    ///
    /// Beyond half of the amount a greater burst would slow down even the dearest calls, so it ends there.
    pub fn burst_of(amount: u64, dearest: u64) -> u64 {
        (amount / 10).max(dearest.min(amount / 2)).max(1)
    }

    /// An amount in a period, so much of it at once. Neither amount nor burst is less than one, nor the burst more than
    /// the amount. The period should have many more ticks than the amount units, since a unit takes whole ticks.
    pub fn new(amount: u64, period: u64, burst: u64) -> Self {
        let amount = amount.max(1);
        let burst = burst.clamp(1, amount);
        Self { period, burst, unit: period.div_ceil((amount - burst).saturating_add(1)) }
    }
}

impl Claim {
    /// A cost that is to be taken from a bucket at a rate.
    pub fn new(bucket: Bucket, rate: Rate, cost: u64) -> Self {
        let Rate { period, burst, unit } = rate;
        Self { bucket, period, length: unit.saturating_mul(cost), tolerance: unit.saturating_mul(burst) }
    }

    /// The first moment, `from` or later, when the call may go, and the stretch that it would take.
    fn place(&self, from: u64) -> (u64, Stretch) {
        let Self { bucket, length, tolerance, .. } = self;
        let early = tolerance.saturating_sub(*length);
        // What is dearer than the burst takes the time before it too.
        let late = length.saturating_sub(*tolerance);
        let whole = late.saturating_add(*length);
        let mut start = bucket.until.max(from.saturating_sub(late));
        for taken in &bucket.ahead {
            if start.saturating_add(whole) <= taken.start {
                break;
            }
            start = start.max(taken.end);
        }
        let at = start.saturating_add(late).saturating_sub(early).max(from);
        (at, Stretch { start, end: start.saturating_add(whole) })
    }

    /// Takes the stretch of a call that goes at a moment.
    fn occupy(&mut self, at: u64, now: u64) {
        let (_, stretch) = self.place(at);
        let Bucket { until, ahead, forgotten } = &mut self.bucket;
        let place = ahead.partition_point(|taken| taken.start < stretch.start);
        ahead.insert(place, stretch);
        while let Some(taken) = ahead.first().copied().filter(|taken| taken.start <= now.max(*until)) {
            *until = taken.end.max(*until);
            ahead.remove(0);
        }
        *forgotten = stretch.end.saturating_add(self.period).max(*forgotten);
    }
}
