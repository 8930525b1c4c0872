//! Every operation on a real socket that fails it: connections that are reset, bodies that end too early, bodies that come
//! slowly. No call hangs; each ends with the right error, and the mock has seen the right number of requests.
//!
//! What needs no socket is the business of `faults.rs`.

#[path = "../../generated/client/tests/calls/mod.rs"]
#[expect(clippy::duration_suboptimal_units, reason = "generated code writes every duration in one unit")]
#[rustfmt::skip]
mod calls;

use std::time::Duration;

use apigen_mock::{Fault, Mock, Plan, Stage};
use apigen_model::ir::{Body, Effect, Operation, Response};
use apigen_tests::project;
use easemob_im::runtime::{CallOutcome, RateLimits, Retry, Throttle};
use easemob_im::{Client, ErrorKind};

/// Attempts of a call.
const ATTEMPTS: usize = 3;

/// How long an attempt may take.
const PATIENCE: Duration = Duration::from_millis(700);

/// Longer than any call may take, with all its attempts and pauses.
const HANGS: Duration = Duration::from_secs(30);

/// Requests at the server, and the failure, if it is one.
type Outcome = (usize, Option<(ErrorKind, CallOutcome)>);

const FAULTS: [Fault; 6] = [
    Fault::Reset(Stage::Before),
    Fault::Reset(Stage::Taken),
    Fault::Reset(Stage::Body),
    Fault::Truncate,
    // In time.
    Fault::Slow(Duration::from_millis(2)),
    // Too slow: each of the waits is short, all of them are not.
    Fault::Slow(Duration::from_millis(200)),
];

/// What a call must come to when the fault strikes its first request, or all of them.
fn expected(operation: &Operation, fault: &Fault, always: bool) -> Outcome {
    let binary = matches!(operation.response, Response::Binary { .. });
    // What transfers files may take its time.
    let transfers = binary || matches!(operation.body, Body::Multipart(_));
    let kind = match fault {
        Fault::Slow(wait) if transfers || *wait * 8 < PATIENCE => return (1, None),
        Fault::Slow(_) => ErrorKind::Timeout,
        _ => ErrorKind::Transport,
    };
    // A download is handed over before its body is read; nothing repeats what its reader misses.
    let handed_over = binary && !matches!(fault, Fault::Reset(Stage::Before | Stage::Taken));
    match (operation.effect == Effect::Repeats || handed_over, always) {
        (true, _) => (1, Some((kind, CallOutcome::Unknown))),
        (false, false) => (2, None),
        (false, true) => (ATTEMPTS, Some((kind, CallOutcome::Unknown))),
    }
}

fn client(mock: &Mock) -> Client {
    Client::builder()
        .host(mock.url())
        .org_name("reading-club")
        .app_name("demo")
        .access_token("not-a-real-token")
        .allow_plain_http()
        .rate_limits(RateLimits::new(Throttle::Off))
        .attempt_timeout(PATIENCE)
        .retry(Retry::default().attempts(3).base_delay(Duration::from_millis(5)))
        .retry_reserve(10_000)
        .build()
        .expect("everything is given")
}

#[tokio::test]
async fn every_operation_survives_a_broken_socket() {
    let api = project::api("spec");
    let mock = Mock::builder(api.clone()).rate_limits(false).token("not-a-real-token").start();
    let mock = mock.expect("there is loopback");
    let client = client(&mock);
    let mut problems = Vec::new();
    for (fault, always) in FAULTS.iter().flat_map(|it| [(it, false), (it, true)]) {
        let calls = calls::CALLS.iter().map(|(id, call)| {
            let plan = Plan::of(fault.clone()).on(*id);
            mock.fault(if always { plan.always() } else { plan });
            async { (*id, tokio::time::timeout(HANGS, call(client.clone())).await) }
        });
        let results = futures_util::future::join_all(calls).await;
        mock.clear_faults();
        let log = mock.take_requests();
        for (id, result) in results {
            let operation = api.operations.iter().find(|it| it.id == id).expect("calls are of operations");
            let requests = log.iter().filter(|it| it.operation.as_deref() == Some(id));
            let Ok(result) = result else {
                problems.push(format!("{id} {fault} always {always}: hangs"));
                continue;
            };
            let failure = result.as_ref().err().map(|error| (error.kind(), error.outcome()));
            let found = (requests.clone().count(), failure);
            let expected = expected(operation, fault, always);
            if found != expected {
                problems.push(format!("{id} {fault} always {always}: {found:?} instead of {expected:?}: {result:?}"));
            }
            let taken = requests.filter(|it| it.taken).count();
            if operation.effect == Effect::Repeats && taken > 1 {
                problems.push(format!("{id} {fault} always {always}: done {taken} times"));
            }
        }
    }
    assert!(problems.is_empty(), "{}:\n{}", problems.len(), problems.join("\n"));
}
