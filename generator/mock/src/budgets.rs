//! Budgets as the server counts them: what was spent in the period that ends now. Simple on purpose, since clients are
//! judged by it.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use apigen_model::ir::Period;

/// Keys that are kept before those with nothing in them are forgotten.
const KEPT: usize = 10_000;

/// What was spent, by budget.
#[derive(Debug, Default)]
pub(crate) struct Budgets(HashMap<Key, Window>);

/// A budget: a rate limit of the spec, and whose calls it counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Which of the API's rate limits.
    pub(crate) limit: usize,
    /// The operation, of a limit that each operation has for itself.
    pub(crate) operation: Option<usize>,
    /// The application and, of a limit for each user, the user.
    pub(crate) owner: String,
}

/// What a call takes of a budget.
#[derive(Debug)]
pub(crate) struct Charge {
    pub(crate) key: Key,
    pub(crate) cost: u64,
    pub(crate) amount: u64,
    pub(crate) period: Duration,
}

/// What was spent, and when.
#[derive(Debug)]
struct Window {
    calls: VecDeque<(Instant, u64)>,
    spent: u64,
    period: Duration,
}

impl Budgets {
    /// Takes all charges of a call, or none of them if one budget has not enough left; then it says which.
    pub(crate) fn take(&mut self, charges: &[Charge], now: Instant) -> Result<(), usize> {
        if self.0.len() > KEPT {
            self.0.retain(|_, window| window.forget(now));
        }
        for (index, charge) in charges.iter().enumerate() {
            let window = self.window(charge);
            window.forget(now);
            if window.spent.saturating_add(charge.cost) > charge.amount {
                return Err(index);
            }
        }
        for charge in charges {
            let window = self.window(charge);
            window.calls.push_back((now, charge.cost));
            window.spent += charge.cost;
        }
        Ok(())
    }

    /// Forgets what was spent.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    fn window(&mut self, charge: &Charge) -> &mut Window {
        let empty = || Window { calls: VecDeque::new(), spent: 0, period: charge.period };
        self.0.entry(charge.key.clone()).or_insert_with(empty)
    }
}

impl Window {
    /// Drops what is older than the period; tells whether anything is left.
    fn forget(&mut self, now: Instant) -> bool {
        while let Some((_, cost)) = self.calls.pop_front_if(|(at, _)| now.duration_since(*at) >= self.period) {
            self.spent -= cost;
        }
        !self.calls.is_empty()
    }
}

/// How long a period is.
pub(crate) fn duration(period: Period) -> Duration {
    Duration::from_secs(match period {
        Period::Second => 1,
        Period::Minute => 60,
        Period::Hour => 3600,
        Period::Day => 86_400,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_slides() {
        let mut budgets = Budgets::default();
        let start = Instant::now();
        let key = |limit| Key { limit, operation: None, owner: String::new() };
        let second = Duration::from_secs(1);
        let mut take = |cost: u64, millis: u64| {
            let calls = Charge { key: key(0), cost: 1, amount: 3, period: second };
            let items = Charge { key: key(1), cost, amount: 10, period: 2 * second };
            budgets.take(&[calls, items], start + Duration::from_millis(millis))
        };
        assert_eq!(take(4, 0), Ok(()));
        assert_eq!(take(4, 500), Ok(()));
        assert_eq!(take(4, 600), Err(1), "ten items in two seconds");
        assert_eq!(take(2, 700), Ok(()), "what was refused has cost nothing");
        assert_eq!(take(0, 999), Err(0), "three calls in a second");
        assert_eq!(take(0, 1000), Ok(()), "the first call is a second ago");
        assert_eq!(take(4, 2000), Ok(()), "its items are two seconds ago");
        assert_eq!(take(11, 9000), Err(1), "more than there ever is");
    }
}
