//! Budgets that must not be broken unnoticed: what a call allocates beside the network, as exact counts.

use std::hint::black_box;

use apigen_overhead::byhand::ByHand;
use apigen_overhead::{ANSWER, Null, RECEIPT, TEXT, client};
use easemob_im::messages::Body;
use easemob_im_validation::{Settings, Value, messages};

/// Allocations of a small GET, and of a message; code written by hand has 19 and 28.
const GET: u64 = 21;
const MESSAGE: u64 = 33;

fn allocations<T, F: Future<Output = T>>(call: impl Fn() -> F) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    // What is made once, for the first call, is not counted.
    drop(runtime.block_on(call()));
    allocation_counter::measure(|| drop(black_box(runtime.block_on(call())))).count_total
}

fn hold(name: &str, most: u64, ours: u64, by_hand: u64) {
    assert!(ours <= most, "{name}: {ours} allocations, {} over the budget of {most}; by hand {by_hand}", ours - most);
    assert!(ours * 4 <= by_hand * 5, "{name}: {ours} allocations are too many beside {by_hand} by hand");
}

#[test]
fn calls_allocate_little_more_than_code_written_by_hand() {
    let null = Null { status: 200, reply: ANSWER };
    let (asking, by_hand) = (client(null).expect("everything is given"), ByHand::new(null));
    let ours = allocations(|| async { asking.groups().is_member("66016455491585", "jonas").await.map(drop) });
    let theirs = allocations(|| async { by_hand.is_member("66016455491585", "jonas").await.map(drop) });
    hold("a small GET", GET, ours, theirs);
    let null = Null { status: 200, reply: RECEIPT };
    let (telling, by_hand) = (client(null).expect("everything is given"), ByHand::new(null));
    let ours = allocations(|| async { telling.messages().to_users(["jonas"], Body::text(TEXT)).await.map(drop) });
    let theirs = allocations(|| async { by_hand.to_users(&["jonas"], TEXT).await.map(drop) });
    hold("a message", MESSAGE, ours, theirs);
}

#[test]
fn a_body_within_its_limits_is_checked_without_allocations() {
    let body = format!(r#"{{"to": ["jonas", "wei"], "from": "lea", "type": "txt", "body": {{"msg": "{TEXT}"}}}}"#);
    let value = Value::parse(body.as_bytes()).expect("it is JSON");
    let settings = Settings::default();
    let check = || drop(black_box(messages::to_users::check_body(black_box(&value), &settings)));
    check();
    assert_eq!(allocation_counter::measure(check).count_total, 0);
}
