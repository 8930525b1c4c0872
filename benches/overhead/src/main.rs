//! Measures what a client costs per request beside the network: build, validate, limit, decode, through a transport that
//! answers at once, and what code written by hand costs. Prints rows of the table in `benches/README.md`.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use apigen_core::documented::{Answer, Row};
use apigen_overhead::byhand::ByHand;
use apigen_overhead::{ANSWER, Null, RECEIPT, REFUSAL, TEXT, client};
use easemob_im::messages::{Body, ToUsersError};
use easemob_im_validation::{Settings, Value, messages};
use serde_json::Value as Document;
use tokio::runtime::Runtime;

/// Measurements, of which the fastest counts: the machine has other things to do.
const RUNS: u32 = 2_000;

/// Repetitions within a measurement.
const REPEATED: u32 = 100;

/// What a call may cost, and a check or a match.
const MOST: [Duration; 2] = [Duration::from_micros(5), Duration::from_micros(1)];

/// What something costs.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    allocations: u64,
    bytes: u64,
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let null = |status, reply| Null { status, reply };
    let (Ok(runtime), Ok(reading), Ok(sending), Ok(refused)) =
        (runtime, client(null(200, ANSWER)), client(null(200, RECEIPT)), client(null(401, REFUSAL)))
    else {
        return ExitCode::FAILURE;
    };
    let mut good = calls(&runtime, &reading, &sending);
    let failure = measured(|| {
        let sent = runtime.block_on(async { refused.messages().to_users(["jonas"], Body::text(TEXT)).await });
        let error = sent.expect_err("the transport refuses");
        black_box(error.documented::<ToUsersError>());
    });
    row("a message that is refused, and its documented error", failure, None);
    good &= checks();
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Calls by the client and by hand.
fn calls(runtime: &Runtime, reading: &easemob_im::Client, sending: &easemob_im::Client) -> bool {
    let (asking, telling) =
        (ByHand::new(Null { status: 200, reply: ANSWER }), ByHand::new(Null { status: 200, reply: RECEIPT }));
    let ours = measured(|| {
        let reply = runtime.block_on(async { reading.groups().is_member("66016455491585", "jonas").await });
        drop(black_box(reply.expect("the transport answers")));
    });
    let theirs = measured(|| {
        let reply = runtime.block_on(asking.is_member("66016455491585", "jonas"));
        drop(black_box(reply.expect("the transport answers")));
    });
    row("a small GET", ours, Some(theirs));
    let is_cheap = ours.time <= MOST[0];
    let ours = measured(|| {
        let sent = runtime.block_on(async { sending.messages().to_users(["jonas"], Body::text(TEXT)).await });
        drop(black_box(sent.expect("the transport answers")));
    });
    let theirs = measured(|| {
        let sent = runtime.block_on(telling.to_users(&["jonas"], TEXT));
        drop(black_box(sent.expect("the transport answers")));
    });
    row("a message", ours, Some(theirs));
    is_cheap && ours.time <= MOST[0]
}

/// A typical body by the validation code and by its JSON Schema, and an error by its message.
fn checks() -> bool {
    let body = format!(r#"{{"to": ["jonas", "wei"], "from": "lea", "type": "txt", "body": {{"msg": "{TEXT}"}}}}"#);
    let document = serde_json::from_str::<Document>(include_str!("../../../generated/openapi.json"));
    let (Ok(value), Ok(json), Ok(document)) = (Value::parse(body.as_bytes()), serde_json::from_str(&body), document)
    else {
        return false;
    };
    let Some(validator) = schema(&document) else { return false };
    let settings = Settings::default();
    let ours = measured(|| drop(black_box(messages::to_users::check_body(black_box(&value), &settings))));
    let theirs = measured(|| {
        black_box(validator.is_valid(black_box(&json)));
    });
    row("validation of a message, beside `jsonschema`", ours, Some(theirs));
    let [found, nothing] = matches(&document);
    row("matching of an error that any operation may answer", found, None);
    row("matching of an error that nobody documents", nothing, None);
    [ours, found, nothing].iter().all(|it| it.time <= MOST[1] && it.allocations == 0)
}

#[expect(clippy::print_stdout, reason = "the table is what it is for")]
fn row(name: &str, ours: Cost, theirs: Option<Cost>) {
    let shown = |it: Cost| format!("{:.2} ({}, {})", it.time.as_secs_f64() * 1e6, it.allocations, it.bytes);
    let (peer, ratio) = theirs.map_or_else(Default::default, |it| {
        (shown(it), format!("{:.2}", ours.time.as_secs_f64() / it.time.as_secs_f64()))
    });
    println!("| {name}, µs (allocations, bytes) | {} | {peer} | {ratio} |", shown(ours));
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

/// Matching, in the tables of an operation and of the API, of a message that is there and of one that is not.
fn matches(document: &Document) -> [Cost; 2] {
    let post = &document["paths"]["/messages/users"]["post"]["responses"];
    let (own, common) = (rows(post), rows(&document["components"]["responses"]));
    ["Unable to authenticate due to expired access token", "the library is closed on Mondays"].map(|message| {
        let (reason, code, message) = (Some("Unauthorized"), Some("unauthorised"), Some(message));
        let answer = Answer { status: 401, reason, code, message };
        measured(|| drop(black_box(black_box(&answer).documented(&own, &common, |it| it))))
    })
}

/// The documented errors of some responses.
fn rows<'d>(responses: &'d Document) -> Vec<Row<'d, &'d str>> {
    let responses = responses.as_object().into_iter().flat_map(|it| it.values());
    let errors = responses.filter_map(|it| it["x-errors"].as_array()).flatten();
    let status = |error: &Document| error["status"].as_u64().and_then(|it| u16::try_from(it).ok()).unwrap_or_default();
    let row = |it: &'d Document| Row {
        error: text(&it["id"]),
        status: status(it),
        code: text(&it["code"]),
        message: text(&it["message"]),
    };
    errors.map(row).collect()
}

fn text(value: &Document) -> &str {
    value.as_str().unwrap_or_default()
}

/// The rule for the body of the message.
fn schema(document: &Document) -> Option<jsonschema::Validator> {
    let body = document.pointer("/paths/~1messages~1users/post/requestBody/content/application~1json/schema")?;
    let whole = serde_json::json!({ "components": document["components"], "allOf": [body] });
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&whole).ok()
}
