//! A minute of a hundred tasks against the mock server, whose tokens live for a second and whose answers fail five times in
//! a hundred: no storm of tokens, no message twice or lost, budgets kept, memory flat.
//!
//! `cargo run --release -p apigen-mock --example soak [SECONDS]` prints what it saw; it ends with 1 when that is not so.

#![expect(clippy::print_stdout, reason = "a person reads the report")]

#[path = "../../../generated/client/tests/calls/mod.rs"]
#[expect(clippy::duration_suboptimal_units, reason = "generated code writes every duration in one unit")]
#[rustfmt::skip]
mod calls;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use apigen_mock::{Fault, Mock, Plan, RetryAfter, Stage};
use easemob_im::messages::Body;
use easemob_im::{CallOutcome, Client, Error};

/// Tasks that call whatever there is to call.
const TASKS: u64 = 80;

/// Tasks that send messages, each of which can be told from all others.
const SENDERS: u64 = 20;

/// The least time between two requests for a token.
const FLOOR: Duration = Duration::from_millis(200);

/// How long a token lives.
const LIFETIME: Duration = Duration::from_secs(1);

/// What the tasks saw.
#[derive(Default)]
struct Seen {
    calls: AtomicU64,
    successes: AtomicU64,
    failures: Mutex<BTreeMap<String, u64>>,
    /// What became of each message: `None` is success.
    messages: Mutex<BTreeMap<String, Option<CallOutcome>>>,
    is_over: AtomicBool,
}

/// What the server saw.
#[derive(Default)]
struct Served {
    requests: u64,
    tokens: Vec<SystemTime>,
    /// Refusals for too many calls that no fault asked for.
    overdrawn: Vec<String>,
    /// How often each message was taken.
    taken: BTreeMap<String, u64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let seconds = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(60);
    let mock = mock();
    let client = client(&mock);
    let seen = Arc::new(Seen::default());
    let tasks = (0..TASKS).map(|order| tokio::spawn(call_all(client.clone(), seen.clone(), order)));
    let senders = (0..SENDERS).map(|id| tokio::spawn(send(client.clone(), seen.clone(), id)));
    let tasks: Vec<_> = tasks.chain(senders).collect();
    let mut served = Served::default();
    let mut memory = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(seconds) {
        tokio::time::sleep(Duration::from_millis(500)).await;
        served.read(&mock);
        memory.push(resident());
    }
    seen.is_over.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.expect("no task panics");
    }
    served.read(&mock);
    report(&seen, &served, &memory, begun.elapsed())
}

/// A server with tokens of a second and five faults in a hundred answers.
fn mock() -> Mock {
    let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec");
    let mock = Mock::builder_from_dir(spec).expect("the spec is valid");
    let mock = mock.token_lifetime(LIFETIME).start().expect("the mock starts");
    let faults = [
        Fault::Html(502),
        Fault::Reset(Stage::Taken),
        Fault::Truncate,
        Fault::Throttle(RetryAfter::None),
        Fault::Delay(Duration::from_millis(50)),
    ];
    for fault in faults {
        mock.fault(Plan::of(fault).every(100));
    }
    mock
}

fn client(mock: &Mock) -> Client {
    let builder = Client::builder().host(mock.url()).org_name("reading-club").app_name("demo");
    let builder = builder.credentials("client-id", "not-a-real-secret").token_interval(FLOOR);
    builder.timeout(Duration::from_secs(20)).build().expect("everything is given")
}

/// Calls one operation after the other, each task in an order of its own.
async fn call_all(client: Client, seen: Arc<Seen>, order: u64) {
    let mut next = usize::try_from(order * 7).unwrap_or_default();
    while !seen.is_over.load(Ordering::Relaxed) {
        next += 1 + usize::try_from(order % 5).unwrap_or_default();
        let (id, call) = calls::CALLS[next % calls::CALLS.len()];
        // Who asks for tokens by hand goes past the keeper of tokens.
        if id != "tokens.issue" {
            seen.count(id, call(client.clone()).await.as_ref().err());
        }
    }
}

/// Sends messages whose texts differ.
async fn send(client: Client, seen: Arc<Seen>, id: u64) {
    for number in 0.. {
        if seen.is_over.load(Ordering::Relaxed) {
            break;
        }
        let text = format!("{id}/{number}");
        let result = client.messages().to_users(["jonas"], Body::text(&text)).await;
        let failure = result.as_ref().err();
        seen.count("messages.to_users", failure);
        let mut messages = seen.messages.lock().expect("nothing panics under the lock");
        messages.insert(text, failure.map(Error::outcome));
    }
}

impl Seen {
    fn count(&self, operation: &str, failure: Option<&Error>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let Some(error) = failure else {
            self.successes.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let status = error.status().map_or(0, |it| it.as_u16());
        let (kind, outcome, about) = (error.kind(), error.outcome(), error.documentation().map_or("", |it| it.id));
        let what = format!("{kind:?} {status} {about} {outcome:?} {}", operation.split('.').next().unwrap_or_default());
        *self.failures.lock().expect("nothing panics under the lock").entry(what).or_default() += 1;
    }
}

impl Served {
    /// Takes what the server has logged since the last time.
    fn read(&mut self, mock: &Mock) {
        for request in mock.take_requests() {
            self.requests += 1;
            match request.operation.as_deref() {
                Some("tokens.issue") => self.tokens.push(request.time),
                Some("messages.to_users") if request.taken => {
                    if let Some(text) = request.json()["body"]["msg"].as_str() {
                        *self.taken.entry(text.to_owned()).or_default() += 1;
                    }
                }
                _ => {}
            }
            if matches!(request.status, Some(429 | 403)) && request.fault.is_none() {
                let about = request.reason.as_deref().unwrap_or_default();
                self.overdrawn.push(format!("{} {}: {about}", request.method, request.path));
            }
        }
    }
}

/// Memory of this process in KB, server included; 0 where the system does not tell.
#[expect(clippy::disallowed_methods, reason = "the system tells it in a file")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|it| it.trim().split(' ').next()?.parse().ok()).unwrap_or_default()
}

/// Prints what was seen, and holds it against what was promised.
fn report(seen: &Seen, served: &Served, memory: &[u64], took: Duration) -> ExitCode {
    let (calls, successes) = (seen.calls.load(Ordering::Relaxed), seen.successes.load(Ordering::Relaxed));
    println!("{calls} calls, {successes} successes, {} requests in {took:.1?}", served.requests);
    for (what, count) in seen.failures.lock().expect("nothing panics under the lock").iter() {
        println!("  {count} {what}");
    }
    let gaps = served.tokens.windows(2).filter_map(|pair| pair[1].duration_since(pair[0]).ok());
    let shortest = gaps.min().unwrap_or(took);
    println!("{} tokens, {shortest:?} between the closest two", served.tokens.len());
    let messages = seen.messages.lock().expect("nothing panics under the lock");
    let wrong: Vec<_> = messages
        .iter()
        .filter(|(text, outcome)| {
            let taken = served.taken.get(*text).copied().unwrap_or_default();
            match outcome {
                None | Some(CallOutcome::Done) => taken != 1,
                Some(CallOutcome::NotSent | CallOutcome::Rejected) => taken != 0,
                Some(CallOutcome::Unknown) => taken > 1,
            }
        })
        .collect();
    println!("{} messages, {} lost or doubled: {:?}", messages.len(), wrong.len(), wrong.first());
    // What is allocated once and kept is there after a third of the time.
    let (early, late) = (memory.get(memory.len() / 3).copied().unwrap_or(0), memory.last().copied().unwrap_or(0));
    println!(
        "{early} KB after a third of the time, {late} KB at the end; {} refused by budgets: {:?}",
        served.overdrawn.len(),
        served.overdrawn.first()
    );
    let most_tokens = took.as_secs() * 3 / 2 + 5;
    let promises = [
        ("most calls succeed", successes * 100 >= calls * 90),
        ("no storm of tokens", u64::try_from(served.tokens.len()).is_ok_and(|it| it <= most_tokens)),
        ("the floor between tokens holds", shortest + Duration::from_millis(20) >= FLOOR),
        ("no message is lost or doubled", wrong.is_empty()),
        // An answer that is late, and a request that overtakes others, may put one too many into a second.
        ("budgets hold", u64::try_from(served.overdrawn.len()).is_ok_and(|it| it * 1000 <= served.requests)),
        ("memory is flat", late <= early + early / 10 + 4096),
    ];
    for (promise, holds) in promises {
        println!("{} {promise}", if holds { "ok    " } else { "BROKEN" });
    }
    if promises.iter().all(|(_, holds)| *holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
