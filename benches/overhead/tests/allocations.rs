//! Budgets that must not be broken unnoticed: what a call allocates beside the network, as exact counts.

use std::hint::black_box;

use apigen_overhead::byhand::ByHand;
use apigen_overhead::{ANSWER, DOCUMENTED, MESSAGE, Null, RECEIPT, TEXT, UNDOCUMENTED, client, tables};
use easemob_im::messages::Body;
use easemob_im_validation::{Settings, Value, messages};

/// Allocations of a call: a small GET, and a message. What stands here is what they take, so that one more is noticed.
const READING: u64 = 18;
const SENDING: u64 = 28;

fn allocations<T, F: Future<Output = T>>(call: impl Fn() -> F) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    // What is made once, for the first call, is not counted.
    drop(runtime.block_on(call()));
    allocation_counter::measure(|| drop(black_box(runtime.block_on(call())))).count_total
}

fn hold(name: &str, budget: u64, ours: u64, by_hand: u64) {
    let over = |most: u64| ours.saturating_sub(most);
    assert!(ours <= budget, "{name}: {ours} allocations, {} over the budget of {budget}", over(budget));
    // The promise: at most a tenth more than code written by hand.
    let most = by_hand * 11 / 10;
    assert!(ours <= most, "{name}: {ours} allocations, {} over {most}, a tenth above {by_hand} by hand", over(most));
}

#[test]
fn calls_allocate_little_more_than_code_written_by_hand() {
    let null = Null { status: 200, reply: ANSWER };
    let (asking, by_hand) = (client(null).expect("everything is given"), ByHand::new(null));
    let ours = allocations(|| async { asking.groups().is_member("66016455491585", "jonas").await.map(drop) });
    let theirs = allocations(|| async { by_hand.is_member("66016455491585", "jonas").await.map(drop) });
    hold("a small GET", READING, ours, theirs);
    let null = Null { status: 200, reply: RECEIPT };
    let (telling, by_hand) = (client(null).expect("everything is given"), ByHand::new(null));
    let ours = allocations(|| async { telling.messages().to_users(["jonas"], Body::text(TEXT)).await.map(drop) });
    let theirs = allocations(|| async { by_hand.to_users(&["jonas"], TEXT).await.map(drop) });
    hold("a message", SENDING, ours, theirs);
}

#[test]
fn a_body_within_its_limits_is_checked_without_allocations() {
    let value = Value::parse(MESSAGE.as_bytes()).expect("it is JSON");
    let settings = Settings::default();
    let check = || drop(black_box(messages::to_users::check_body(black_box(&value), &settings)));
    check();
    assert_eq!(allocation_counter::measure(check).count_total, 0);
}

#[test]
fn errors_are_matched_without_allocations() {
    let tables = tables().expect("everything is given");
    for (answer, expected) in [(DOCUMENTED, Some("token_expired")), (UNDOCUMENTED, None)] {
        assert_eq!(tables.find(&answer).map(|row| row.id), expected);
        let find = || assert!(tables.find(black_box(&answer)).is_some() == expected.is_some());
        assert_eq!(allocation_counter::measure(find).count_total, 0, "{answer:?}");
    }
}
