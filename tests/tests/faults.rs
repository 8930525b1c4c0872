//! The fault matrix: every operation under every fault, once and for ever. No call hangs or panics; each ends with the
//! right error, after the right number of requests, and what it says about the effect is what happened at the server.
//!
//! The server answers in memory, and time is paused: a minute of waiting takes none. Resets and cut-off bodies on real
//! sockets are the business of `sockets.rs`.

#[path = "../../generated/client/tests/calls/mod.rs"]
#[expect(clippy::duration_suboptimal_units, reason = "generated code writes every duration in one unit")]
#[rustfmt::skip]
mod calls;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apigen_core::template::Template;
use apigen_model::ir::{self, Advice, Api, Body, Effect, ErrorRef, ExampleReply, Operation};
use apigen_tests::project;
use easemob_im::messages::Body as Message;
use easemob_im::runtime::{
    BoxError, BoxFuture, Bytes, CallOutcome, Chunks, HeaderMap, HeaderValue, Request, Response, Stage, StatusCode,
    Transport, TransportError,
};
use easemob_im::{Client, Error, ErrorKind};
use tokio::time::Instant;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// No connection.
    Connect,
    /// The connection breaks before the server has read the request.
    LostBefore,
    /// The connection breaks after the server has acted.
    LostAfter,
    /// The server never answers, and has not acted.
    HangBefore,
    /// The server never answers, and has acted.
    HangAfter,
    /// Half of the body, after the server has acted.
    Truncated,
    /// A gateway has lost the server, which has acted or not.
    Gateway { taken: bool },
    /// 429 with this `Retry-After`.
    TooMany(Option<&'static str>),
    /// 401 without a body.
    Unauthorized,
    /// A redirect to another host.
    Redirect,
    /// Success without a body.
    Empty,
    /// Success with a page instead of JSON.
    NotJson,
    /// Success with more than the client accepts.
    Huge,
    /// A documented error.
    Documented(ErrorRef),
}

const FAULTS: [Fault; 17] = [
    Fault::Connect,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::HangBefore,
    Fault::HangAfter,
    Fault::Truncated,
    Fault::Gateway { taken: false },
    Fault::Gateway { taken: true },
    Fault::TooMany(None),
    Fault::TooMany(Some("7")),
    Fault::TooMany(Some("Sat, 21 Nov 2026 09:00:12 GMT")),
    Fault::TooMany(Some("86400")),
    Fault::Unauthorized,
    Fault::Redirect,
    Fault::Empty,
    Fault::NotJson,
    Fault::Huge,
];

/// For how many requests.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Times {
    Once,
    Always,
}

/// What a call must come to.
#[derive(Debug, PartialEq)]
struct Expected {
    requests: usize,
    /// `None` is success.
    failure: Option<(ErrorKind, CallOutcome)>,
}

/// How a call is treated by the client, as far as the matrix distinguishes.
struct Nature {
    effect: Effect,
    /// Files are transferred, so that an attempt may take long.
    transfers: bool,
    /// The reply is bytes.
    binary: bool,
}

/// The most that a client accepts in these tests.
const MOST: u64 = 1 << 16;

/// Attempts of a call unless set otherwise.
const ATTEMPTS: usize = 3;

fn nature(operation: &Operation) -> Nature {
    let binary = matches!(operation.response, ir::Response::Binary { .. });
    Nature { effect: operation.effect, transfers: binary || matches!(operation.body, Body::Multipart(_)), binary }
}

/// The table that the client is held against.
fn expected(api: &Api, operation: &Operation, fault: Fault, times: Times) -> Expected {
    let Nature { effect, transfers, binary } = nature(operation);
    let harmless = effect != Effect::Repeats;
    let ends = |requests, kind, outcome| Expected { requests, failure: Some((kind, outcome)) };
    let repeated = |repeat: bool, kind, outcome| match (repeat, times) {
        (false, _) => ends(1, kind, outcome),
        (true, Times::Once) => Expected { requests: 2, failure: None },
        (true, Times::Always) => ends(ATTEMPTS, kind, outcome),
    };
    match fault {
        Fault::Connect => repeated(true, ErrorKind::Connect, CallOutcome::NotSent),
        Fault::LostBefore | Fault::LostAfter => repeated(harmless, ErrorKind::Transport, CallOutcome::Unknown),
        // What transfers files has no limit per attempt, and so no time for another one.
        Fault::HangBefore | Fault::HangAfter => {
            repeated(harmless && !transfers, ErrorKind::Timeout, CallOutcome::Unknown)
        }
        // A download is handed over before its body is read.
        Fault::Truncated if binary => ends(1, ErrorKind::Transport, CallOutcome::Unknown),
        Fault::Truncated => repeated(harmless, ErrorKind::Transport, CallOutcome::Unknown),
        Fault::Gateway { .. } => repeated(harmless, ErrorKind::Api, CallOutcome::Unknown),
        Fault::TooMany(Some("86400")) => ends(1, ErrorKind::Api, CallOutcome::Rejected),
        Fault::TooMany(_) => repeated(true, ErrorKind::Api, CallOutcome::Rejected),
        Fault::Unauthorized => ends(1, ErrorKind::Api, CallOutcome::Rejected),
        Fault::Redirect => ends(1, ErrorKind::Redirect, CallOutcome::Rejected),
        Fault::Empty | Fault::NotJson | Fault::Huge if binary => Expected { requests: 1, failure: None },
        Fault::Empty | Fault::NotJson => ends(1, ErrorKind::Decode, CallOutcome::Done),
        Fault::Huge => ends(1, ErrorKind::TooLarge, CallOutcome::Done),
        Fault::Documented(reference) => {
            let (definition, variant) = api.error(reference);
            let throttles = |id: &ir::RateLimitId| api[*id].error.is_some_and(|it| it.error == reference.error);
            match (definition.advice, variant.status) {
                (Advice::FixRequest | Advice::GiveUp | Advice::RefreshToken, _) => {
                    ends(1, ErrorKind::Api, CallOutcome::Rejected)
                }
                (Advice::Retry, _) if operation.rate_limits.iter().any(throttles) => {
                    repeated(true, ErrorKind::Api, CallOutcome::Rejected)
                }
                (Advice::Retry, 429) => repeated(true, ErrorKind::Api, CallOutcome::Rejected),
                (Advice::Retry, 408 | 500..) => repeated(harmless, ErrorKind::Api, CallOutcome::Unknown),
                (Advice::Retry, _) => repeated(harmless, ErrorKind::Api, CallOutcome::Rejected),
            }
        }
    }
}

/// A server in memory that knows one operation.
#[derive(Clone)]
struct Server {
    fault: Fault,
    times: Times,
    success: Bytes,
    /// Status and body of the documented error, if that is the fault.
    failure: (StatusCode, Bytes),
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    requests: usize,
    /// How often the server did what was asked.
    taken: usize,
}

impl Server {
    fn new(api: &Api, operation: &Operation, fault: Fault, times: Times) -> Self {
        let replies = operation.examples.iter().find_map(|example| match &example.reply {
            ExampleReply::Json { body, .. } => Some(Bytes::from(body.to_string())),
            ExampleReply::Binary { content } => Some(Bytes::from(content.clone())),
            ExampleReply::Error { .. } => None,
        });
        let failure = match fault {
            Fault::Documented(reference) => documented(api, reference),
            _ => (StatusCode::IM_A_TEAPOT, Bytes::new()),
        };
        Self { fault, times, success: replies.expect("each operation has one"), failure, log: Arc::default() }
    }

    fn client(&self) -> Client {
        Client::builder()
            .host("https://a1.example.com")
            .org_name("reading-club")
            .app_name("demo")
            .access_token("not-a-real-token")
            .max_reply_bytes(MOST)
            .transport(self.clone())
            .build()
            .expect("everything is given")
    }
}

/// Status and body of a documented error, as the server writes it.
fn documented(api: &Api, reference: ErrorRef) -> (StatusCode, Bytes) {
    let (definition, variant) = api.error(reference);
    let value = |name: &str| definition.placeholders.iter().find(|it| it.name == name).map(|it| it.example.as_str());
    let message = Template::new(&variant.message).fill(value);
    let mut body = serde_json::Map::new();
    for (name, text) in [(&api.error_body.code, &variant.code), (&api.error_body.message, &message)] {
        if !text.is_empty() {
            body.insert(name.clone(), text.clone().into());
        }
    }
    let status = StatusCode::from_u16(variant.status).expect("the spec has valid statuses");
    (status, Bytes::from(serde_json::Value::Object(body).to_string()))
}

impl Transport for Server {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let first = {
                let mut log = self.log.lock().expect("nothing panics under the lock");
                log.requests += 1;
                log.requests == 1
            };
            if self.times == Times::Once && !first {
                return Ok(self.succeed());
            }
            let broken = |stage| Err(TransportError::new(stage, "the cable is cut"));
            match self.fault {
                Fault::Connect => broken(Stage::Connect),
                Fault::LostBefore => broken(Stage::Exchange),
                Fault::LostAfter => {
                    self.take();
                    broken(Stage::Exchange)
                }
                Fault::HangBefore => std::future::pending().await,
                Fault::HangAfter => {
                    self.take();
                    std::future::pending().await
                }
                Fault::Truncated => {
                    self.take();
                    let half = self.success.slice(..self.success.len() / 2);
                    Ok(Response::streaming(StatusCode::OK, HeaderMap::new(), cut_off(half)))
                }
                Fault::Gateway { taken } => {
                    if taken {
                        self.take();
                    }
                    Ok(Response::new(
                        StatusCode::BAD_GATEWAY,
                        HeaderMap::new(),
                        "<html><h1>502 Bad Gateway</h1></html>",
                    ))
                }
                Fault::TooMany(after) => Ok(too_many(after)),
                Fault::Unauthorized => Ok(Response::new(StatusCode::UNAUTHORIZED, HeaderMap::new(), "")),
                Fault::Redirect => {
                    let mut headers = HeaderMap::new();
                    headers.insert("location", HeaderValue::from_static("https://elsewhere.example/"));
                    Ok(Response::new(StatusCode::FOUND, headers, ""))
                }
                Fault::Empty => Ok(self.take_and(Bytes::new())),
                Fault::NotJson => Ok(self.take_and(Bytes::from_static(b"<html>Welcome to the hotel</html>"))),
                Fault::Huge => Ok(self.take_and(Bytes::from(vec![b' '; usize::try_from(2 * MOST).expect("it fits")]))),
                Fault::Documented(_) => {
                    let (status, body) = self.failure.clone();
                    Ok(Response::new(status, HeaderMap::new(), body))
                }
            }
        })
    }
}

impl Server {
    fn take(&self) {
        self.log.lock().expect("nothing panics under the lock").taken += 1;
    }

    fn take_and(&self, body: Bytes) -> Response {
        self.take();
        Response::new(StatusCode::OK, HeaderMap::new(), body)
    }

    fn succeed(&self) -> Response {
        self.take_and(self.success.clone())
    }
}

fn too_many(after: Option<&'static str>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert("date", HeaderValue::from_static("Sat, 21 Nov 2026 09:00:00 GMT"));
    if let Some(after) = after {
        headers.insert("retry-after", HeaderValue::from_static(after));
    }
    Response::new(StatusCode::TOO_MANY_REQUESTS, headers, "")
}

/// A body that ends too early.
fn cut_off(half: Bytes) -> Chunks {
    let cut = TransportError::new(Stage::Exchange, BoxError::from("the body ends too early"));
    Box::pin(futures_util::stream::iter([Ok(half), Err(cut)]))
}

/// Makes the call of an operation, and says what it came to and how long it took.
async fn run(server: &Server, call: fn(Client) -> calls::Calling) -> (Result<(), Error>, Duration) {
    let begun = Instant::now();
    let hour = Duration::from_hours(1);
    let result = tokio::time::timeout(hour, call(server.client())).await.expect("no call hangs");
    (result, begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn every_operation_meets_every_fault() {
    let api = project::api("spec");
    let calls: BTreeMap<_, _> = calls::CALLS.iter().copied().collect();
    assert_eq!(calls.len(), api.operations.len(), "each operation has a call");
    let mut problems = Vec::new();
    let mut count = 0;
    for operation in &api.operations {
        let errors = operation.errors.iter().chain(&api.common_errors).map(|it| Fault::Documented(*it));
        let faults: Vec<_> = FAULTS.into_iter().chain(errors).collect();
        for (fault, times) in faults.iter().flat_map(|it| [(*it, Times::Once), (*it, Times::Always)]) {
            let server = Server::new(&api, operation, fault, times);
            let (result, took) = run(&server, calls[operation.id.as_str()]).await;
            count += 1;
            if let Err(problem) = judge(&api, operation, &server, result, took) {
                problems.push(format!("{} {fault:?} {times:?}: {problem}", operation.id));
            }
        }
    }
    assert!(count > 77 * 2 * (17 + 20), "only {count} calls");
    assert!(problems.is_empty(), "{} of {count}:\n{}", problems.len(), problems.join("\n"));
}

/// Holds a result against the table, and against what happened at the server.
fn judge(
    api: &Api,
    operation: &Operation,
    server: &Server,
    result: Result<(), Error>,
    took: Duration,
) -> Result<(), String> {
    let Server { fault, times, .. } = *server;
    let Log { requests, taken } = *server.log.lock().expect("nothing panics under the lock");
    let failure = result.as_ref().err().map(|error| (error.kind(), error.outcome()));
    let found = Expected { requests, failure };
    let expected = expected(api, operation, fault, times);
    // An empty reply says nothing in many ways: there may be nothing to read, or an outcome that is absent.
    let lenient = fault == Fault::Empty && matches!(found.failure, None | Some((ErrorKind::Refused, _)));
    if found != expected && !(lenient && found.requests == 1) {
        return Err(format!("{found:?} instead of {expected:?}"));
    }
    if operation.effect == Effect::Repeats && taken > 1 {
        return Err(format!("done {taken} times"));
    }
    let done = taken > 0;
    let truthful = match failure.map(|(_, outcome)| outcome) {
        None | Some(CallOutcome::Done) => done,
        Some(CallOutcome::NotSent | CallOutcome::Rejected) => !done || matches!(fault, Fault::Empty),
        Some(CallOutcome::Unknown) => true,
    };
    if !truthful {
        return Err(format!("says {failure:?}, and was done {taken} times"));
    }
    waited(fault, &found, took)?;
    result.err().map_or(Ok(()), |error| told(operation, server, &error))
}

/// Whether the client waited for as long as the server asked.
fn waited(fault: Fault, found: &Expected, took: Duration) -> Result<(), String> {
    let pauses = u32::try_from(found.requests - 1).unwrap_or(u32::MAX);
    let least = match fault {
        Fault::TooMany(Some("7")) => Duration::from_secs(7) * pauses,
        Fault::TooMany(Some("Sat, 21 Nov 2026 09:00:12 GMT")) => Duration::from_secs(12) * pauses,
        _ => Duration::ZERO,
    };
    if took < least { Err(format!("took {took:?} instead of {least:?} and more")) } else { Ok(()) }
}

/// Whether an error says what there is to say.
fn told(operation: &Operation, server: &Server, error: &Error) -> Result<(), String> {
    let text = format!("{error} {error:?}");
    let missing = |what: &str| Err(format!("{what}: {text}"));
    if error.operation() != Some(operation.id.as_str()) || error.url().is_none() {
        return missing("does not say what was attempted");
    }
    if text.contains("not-a-real-token") {
        return missing("tells the token");
    }
    if operation.effect != Effect::Read && error.outcome() == CallOutcome::Unknown && !text.contains("unknown") {
        return missing("does not say that the outcome is unknown");
    }
    match server.fault {
        Fault::Documented(_) if error.documentation().is_none() => missing("does not know a documented error"),
        Fault::TooMany(Some("86400")) if error.retry_after() != Some(Duration::from_hours(24)) => {
            missing("does not say how long to wait")
        }
        _ => Ok(()),
    }
}

/// A message to several is not repeated when it may be half delivered, and the error says for whom that is unknown.
#[tokio::test(start_paused = true)]
async fn a_throttled_message_to_several_is_not_repeated() {
    let api = project::api("spec");
    let operation = api.operations.iter().find(|it| it.id == "messages.to_users").expect("it exists");
    let throttled = operation.rate_limits.iter().filter_map(|id| api[*id].error).collect::<Vec<_>>();
    for reference in throttled {
        let (definition, _) = api.error(reference);
        let counts_messages = definition.name == "messages_throttled";
        for receivers in [vec!["jonas"], vec!["jonas", "wei"]] {
            let server = Server::new(&api, operation, Fault::Documented(reference), Times::Always);
            let sent = server.client().messages().to_users(receivers.clone(), Message::text("Hello")).await;
            let error = sent.expect_err("the server never accepts it");
            let requests = server.log.lock().expect("nothing panics under the lock").requests;
            let halfway = counts_messages && receivers.len() > 1;
            assert_eq!(requests, if halfway { 1 } else { ATTEMPTS }, "{} {receivers:?}", definition.name);
            assert_eq!(error.outcome(), if halfway { CallOutcome::Unknown } else { CallOutcome::Rejected });
            assert_eq!(error.unknown_for(), if halfway { receivers } else { Vec::new() });
        }
    }
}
