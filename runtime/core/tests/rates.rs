//! Budgets are never overdrawn, whoever takes what in whatever order, and nothing is wasted beyond what that costs.

use apigen_core::rate::{Bucket, Claim, Rate, Verdict, take};
use proptest::prelude::*;

/// An amount in a period and the dearest call that is known.
#[derive(Debug, Clone, Copy)]
struct Budget(u64, u64, u64);

impl Budget {
    fn burst(self) -> u64 {
        Rate::burst_of(self.0, self.2)
    }

    fn rate(self) -> Rate {
        Rate::new(self.0, self.1, self.burst())
    }
}

/// Several buckets, and when how much went from each.
struct Shop {
    budgets: Vec<Budget>,
    buckets: Vec<Bucket>,
    spent: Vec<Vec<(u64, u64)>>,
}

impl Shop {
    fn new(budgets: &[Budget]) -> Self {
        let buckets = vec![Bucket::default(); budgets.len()];
        Self { budgets: budgets.to_vec(), buckets, spent: vec![Vec::new(); budgets.len()] }
    }

    /// A call at a moment that draws so much on each bucket; none where it draws nothing.
    fn call(&mut self, now: u64, costs: &[u64], max_wait: u64) -> Verdict {
        let drawn: Vec<_> = (0..costs.len()).filter(|index| costs[*index] > 0).collect();
        let claim = |index: &usize| {
            Claim::new(std::mem::take(&mut self.buckets[*index]), self.budgets[*index].rate(), costs[*index])
        };
        let mut claims: Vec<_> = drawn.iter().map(claim).collect();
        let verdict = take(&mut claims, now, max_wait);
        for (index, claim) in drawn.into_iter().zip(claims) {
            self.buckets[index] = claim.bucket;
            if verdict.granted {
                self.spent[index].push((now + verdict.wait, costs[index]));
            }
        }
        verdict
    }

    /// The most that was spent in any window of a length, where a window includes its start and not its end.
    fn most(&self, index: usize, length: u64) -> u64 {
        let spent = &self.spent[index];
        let within = |start: u64| spent.iter().filter(move |(at, _)| (start..start + length).contains(at));
        spent.iter().map(|(start, _)| within(*start).map(|(_, cost)| cost).sum()).max().unwrap_or(0)
    }
}

const BUDGETS: [Budget; 8] = [
    Budget(1, 1_000, 1),
    Budget(2, 977, 1),
    Budget(5, 60_000, 1),
    Budget(20, 1_000, 3),
    Budget(20, 1_000, 1),
    Budget(100, 1_000, 1),
    Budget(6_000, 60_000, 600),
    Budget(10, 1_000, 100),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 20_000 }))]

    #[test]
    fn no_window_of_a_period_sees_more_than_the_amount(
        picked in prop::collection::vec(0..BUDGETS.len(), 1..4),
        calls in prop::collection::vec((0u64..400, prop::collection::vec(0u64..700, 3), 0u64..100_000), 1..120),
    ) {
        let mut shop = Shop::new(&picked.iter().map(|index| BUDGETS[*index]).collect::<Vec<_>>());
        let mut now = 0;
        for (pause, costs, max_wait) in &calls {
            // Mostly back to back, now and then after a pause in which buckets fill up.
            now += if pause % 7 == 0 { pause * 37 } else { pause % 3 };
            let costs: Vec<_> = shop.budgets.iter().zip(costs).map(|(budget, cost)| match cost % 5 {
                0 => 0,
                1 => 1,
                2 => budget.2.min(budget.0),
                _ => cost % budget.0 + 1,
            }).collect();
            let before = shop.buckets.clone();
            let verdict = shop.call(now, &costs, *max_wait);
            prop_assert_eq!(verdict.granted, verdict.wait <= *max_wait);
            prop_assert!(verdict.granted || shop.buckets == before, "refused, yet something was taken");
        }
        for (index, budget) in shop.budgets.iter().enumerate() {
            let most = shop.most(index, budget.1);
            prop_assert!(most <= budget.0, "{budget:?}: {most} in a period, {:?}", shop.spent[index]);
            let dearest = shop.spent[index].iter().map(|(_, cost)| *cost).max().unwrap_or(0);
            prop_assert!(shop.most(index, 1) <= budget.burst().max(dearest), "{budget:?}: one burst");
        }
    }
}

#[test]
fn a_budget_is_used_up_but_not_at_once() {
    // Amount, period, dearest and cost of each call; how many go at once, and in ten periods.
    for (budget, cost, at_once, in_ten) in [
        (Budget(1, 1_000, 1), 1, 1, 10),
        (Budget(5, 60_000, 1), 1, 1, 50),
        (Budget(100, 1_000_000, 1), 1, 10, 919),
        (Budget(6_000, 60_000_000, 600), 1, 600, 54_605),
        (Budget(6_000, 60_000_000, 600), 600, 1, 91),
        (Budget(20, 1_000_000, 3), 3, 1, 60),
        // Dearer than a tenth, and nobody knew.
        (Budget(20, 1_000_000, 1), 3, 1, 48),
    ] {
        let mut shop = Shop::new(&[budget]);
        let now = budget.1;
        let granted = std::iter::from_fn(|| Some(shop.call(now, &[cost], 10 * budget.1 - 1)).filter(|it| it.granted));
        assert_eq!(granted.count(), in_ten, "{budget:?}");
        let first = shop.spent[0].iter().filter(|(at, _)| *at == now).count();
        assert_eq!(first, at_once, "{budget:?}");
        assert!(shop.spent[0].is_sorted(), "{budget:?}: first come, first served");
    }
}

#[test]
fn who_waits_for_one_budget_holds_up_nobody_at_another() {
    // One user's budget and everybody's.
    let mut shop = Shop::new(&[Budget(5, 60_000, 1), Budget(100, 1_000, 1)]);
    for turn in 0..5 {
        let verdict = shop.call(0, &[1, 1], u64::MAX);
        assert_eq!((verdict.wait, verdict.bound_by), (turn * 12_000, 0));
    }
    for _ in 0..9 {
        assert_eq!(shop.call(0, &[0, 1], 0).wait, 0, "nine of the burst of ten are left");
    }
    // What is reserved stays reserved, in the middle of what is dealt out now.
    let waits: Vec<_> = (0..1_100).map(|_| shop.call(0, &[0, 1], u64::MAX).wait).collect();
    assert!(waits.is_sorted());
    assert!(shop.most(1, 1_000) <= 100);
}

#[test]
fn a_bucket_is_forgotten_when_nothing_in_it_matters() {
    let budget = Budget(5, 60_000, 1);
    let mut shop = Shop::new(&[budget]);
    assert!(shop.buckets[0].is_forgotten(0));
    shop.call(1_000, &[1], 0);
    assert!(!shop.buckets[0].is_forgotten(61_000));
    assert!(shop.buckets[0].is_forgotten(73_000));
}

#[test]
fn absurd_numbers_are_survived() {
    for (amount, period, burst, cost) in [
        (0, 0, 0, 0),
        (0, 1, u64::MAX, 1),
        (u64::MAX, u64::MAX, u64::MAX, u64::MAX),
        (1, u64::MAX, 1, u64::MAX),
        (u64::MAX, 1, 0, 5),
        (u64::MAX, 1, 1, 5),
    ] {
        let mut claims = [Claim::new(Bucket::default(), Rate::new(amount, period, burst), cost)];
        for now in [0, 1, u64::MAX] {
            take(&mut claims, now, u64::MAX);
        }
    }
}
