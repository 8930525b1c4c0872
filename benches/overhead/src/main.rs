//! Measures what a client costs per request beside the network: build, validate, limit, decode, through a transport that
//! answers at once, and what code written by hand costs. Prints rows of the table in `benches/README.md`. With the name of
//! a case and a number, it runs that case so often and measures nothing, so that `valgrind` can count.

use std::env;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use apigen_core::documented::Answer;
use apigen_overhead::byhand::ByHand;
use apigen_overhead::{ANSWER, DOCUMENTED, MESSAGE, Null, RECEIPT, REFUSAL, TEXT, UNDOCUMENTED, client, tables};
use easemob_im::messages::{Body, ToUsersError};
use easemob_im_validation::{Settings, Value, messages};
use serde_json::Value as Document;
use tokio::runtime::Runtime;

/// Measurements, of which the fastest counts: the machine has other things to do.
const RUNS: u32 = 2_000;

/// Repetitions within a measurement.
const REPEATED: u32 = 100;

/// What a call may cost.
const CALL: Duration = Duration::from_micros(5);

/// What a call may cost that is refused, for which nobody waits in a hurry.
const REFUSED: Duration = Duration::from_micros(10);

/// What a check or a match may cost.
const CHECK: Duration = Duration::from_micros(1);

/// What is measured.
struct Case {
    name: &'static str,
    title: &'static str,
    /// What it may cost; nothing may be allocated unless it is a call.
    most: Duration,
    ours: Box<dyn Fn()>,
    peer: Option<Box<dyn Fn()>>,
}

/// What something costs.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    allocations: u64,
    bytes: u64,
}

fn main() -> ExitCode {
    let Some(cases) = cases() else { return ExitCode::FAILURE };
    let arguments: Vec<_> = env::args().skip(1).collect();
    match &*arguments {
        [] => measure_all(&cases),
        [name, times] => repeat(&cases, name, times),
        _ => ExitCode::FAILURE,
    }
}

fn measure_all(cases: &[Case]) -> ExitCode {
    let mut is_cheap = true;
    for case in cases {
        let ours = measured(&case.ours);
        row(case.title, ours, case.peer.as_ref().map(measured));
        is_cheap &= ours.time <= case.most && (case.most > CHECK || ours.allocations == 0);
    }
    if is_cheap { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a case, or with `by-` in front of its name its peer.
fn repeat(cases: &[Case], name: &str, times: &str) -> ExitCode {
    let named = |it: &str| cases.iter().find(|case| case.name == it);
    let work = match name.strip_prefix("by-") {
        Some(name) => named(name).and_then(|case| case.peer.as_ref()),
        None => named(name).map(|case| &case.ours),
    };
    let (Some(work), Ok(times)) = (work, times.parse::<u32>()) else { return ExitCode::FAILURE };
    (0..times).for_each(|_| work());
    ExitCode::SUCCESS
}

fn cases() -> Option<Vec<Case>> {
    let documented = matching("match", "matching of an error that any operation may answer", DOCUMENTED)?;
    let nothing = matching("match-nothing", "matching of an error that nobody documents", UNDOCUMENTED)?;
    Some(vec![reading()?, sending()?, refused()?, validation()?, documented, nothing])
}

fn runtime() -> Option<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_time().build().ok()
}

fn reading() -> Option<Case> {
    let null = Null { status: 200, reply: ANSWER };
    let (client, by_hand) = (client(null).ok()?, ByHand::new(null));
    let (runtime, peer) = (runtime()?, runtime()?);
    let ours = Box::new(move || {
        let reply = runtime.block_on(async { client.groups().is_member("66016455491585", "jonas").await });
        drop(black_box(reply.expect("the transport answers")));
    });
    let peer = Box::new(move || {
        let reply = peer.block_on(by_hand.is_member("66016455491585", "jonas"));
        drop(black_box(reply.expect("the transport answers")));
    });
    Some(Case { name: "get", title: "a small GET", most: CALL, ours, peer: Some(peer) })
}

fn sending() -> Option<Case> {
    let null = Null { status: 200, reply: RECEIPT };
    let (client, by_hand) = (client(null).ok()?, ByHand::new(null));
    let (runtime, peer) = (runtime()?, runtime()?);
    let ours = Box::new(move || {
        let sent = runtime.block_on(async { client.messages().to_users(["jonas"], Body::text(TEXT)).await });
        drop(black_box(sent.expect("the transport answers")));
    });
    let peer = Box::new(move || {
        let sent = peer.block_on(by_hand.to_users(&["jonas"], TEXT));
        drop(black_box(sent.expect("the transport answers")));
    });
    Some(Case { name: "message", title: "a message", most: CALL, ours, peer: Some(peer) })
}

fn refused() -> Option<Case> {
    let client = client(Null { status: 401, reply: REFUSAL }).ok()?;
    let runtime = runtime()?;
    let ours = Box::new(move || {
        let sent = runtime.block_on(async { client.messages().to_users(["jonas"], Body::text(TEXT)).await });
        let error = sent.expect_err("the transport refuses");
        black_box(error.documented::<ToUsersError>());
    });
    let title = "a message that is refused, and its documented error";
    Some(Case { name: "refusal", title, most: REFUSED, ours, peer: None })
}

/// A typical body by the validation code and by its JSON Schema.
fn validation() -> Option<Case> {
    let document: Document = serde_json::from_str(include_str!("../../../generated/openapi.json")).ok()?;
    let json: Document = serde_json::from_str(MESSAGE).ok()?;
    let value = Value::parse(MESSAGE.as_bytes()).ok()?;
    let validator = schema(&document)?;
    let settings = Settings::default();
    let ours = Box::new(move || drop(black_box(messages::to_users::check_body(black_box(&value), &settings))));
    let peer = Box::new(move || {
        black_box(validator.is_valid(black_box(&json)));
    });
    let title = "validation of a message, beside `jsonschema`";
    Some(Case { name: "validation", title, most: CHECK, ours, peer: Some(peer) })
}

/// Matching of a refusal in the tables of the client.
fn matching(name: &'static str, title: &'static str, answer: Answer<'static>) -> Option<Case> {
    let tables = tables()?;
    let ours = Box::new(move || {
        black_box(tables.find(black_box(&answer)));
    });
    Some(Case { name, title, most: CHECK, ours, peer: None })
}

#[expect(clippy::print_stdout, reason = "the table is what it is for")]
fn row(title: &str, ours: Cost, theirs: Option<Cost>) {
    let shown = |it: Cost| format!("{:.2} ({}, {})", it.time.as_secs_f64() * 1e6, it.allocations, it.bytes);
    let (peer, ratio) = theirs.map_or_else(Default::default, |it| {
        (shown(it), format!("{:.2}", ours.time.as_secs_f64() / it.time.as_secs_f64()))
    });
    println!("| {title}, µs (allocations, bytes) | {} | {peer} | {ratio} |", shown(ours));
}

fn measured(work: impl Fn()) -> Cost {
    let time = |_| {
        let start = Instant::now();
        (0..REPEATED).for_each(|_| work());
        start.elapsed() / REPEATED
    };
    let time = (0..RUNS).map(time).min().unwrap_or_default();
    let counted = allocation_counter::measure(&work);
    Cost { time, allocations: counted.count_total, bytes: counted.bytes_total }
}

/// The rule for the body of the message.
fn schema(document: &Document) -> Option<jsonschema::Validator> {
    let body = document.pointer("/paths/~1messages~1users/post/requestBody/content/application~1json/schema")?;
    let whole = serde_json::json!({ "components": document["components"], "allOf": [body] });
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&whole).ok()
}
