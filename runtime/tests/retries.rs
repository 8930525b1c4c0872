//! What is repeated, when, and what is said of a call that failed: in memory, by a clock that the tests move.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apigen_runtime::{
    BoxFuture, Bytes, Call, CallOutcome, Error, ErrorKind, HeaderMap, Operation, Request, Response, Retry, Stage,
    StatusCode, Transport, TransportError, Upload,
};
use tokio::time::Instant;

use CallOutcome::{Done, NotSent, Rejected, Unknown};

apigen_runtime::api! {
    name: "post office",
    user_agent: "post-office/0.1.0",
    server: "{host}",
    server_params: ["host": "Scheme and host."],
    errors: [
        errors::BUSY, errors::FULL, errors::MANY_CALLS, errors::MANY_LETTERS, errors::NO_PLAN, errors::RACE, errors::WRONG,
    ],
    error_body: "error" "message",
}

mod errors {
    apigen_runtime::errors! {
        BUSY = "busy" Retry 503 "busy" "", cause: "Busy.", remedy: "Wait.";
        FULL = "full" Retry 500 "full" "", cause: "Full.", remedy: "Wait.";
        MANY_CALLS = "many_calls" Retry 403 "many_calls" "", cause: "Many calls.", remedy: "Wait.";
        MANY_LETTERS = "many_letters" Retry 403 "many_letters" "", cause: "Many letters.", remedy: "Wait.";
        NO_PLAN = "no_plan" GiveUp 429 "no_plan" "", cause: "No plan.", remedy: "Buy one.";
        RACE = "race" Retry 409 "race" "", cause: "Two at once.", remedy: "Try again.";
        WRONG = "wrong" FixRequest 404 "wrong" "", cause: "Wrong.", remedy: "Mend it.";
    }
}

mod rates {
    apigen_runtime::rates! {
        CALLS = "calls" 100_000 per 1,
            error: "many_calls",
            docs: "Calls.";
        LETTERS = "letters" 100_000 per 1,
            cost: Items("to"),
            error: "many_letters",
            docs: "Letters.";
    }
}

apigen_runtime::operation!(READ = GET "/letters" {
    id: "letters.read",
    outcome: ["no" = [""]],
    rates: [rates::CALLS, rates::LETTERS],
});
apigen_runtime::operation!(KEEP = PUT "/letters" {
    id: "letters.keep",
    body: Json,
    outcome: ["no" = [""]],
    rates: [rates::CALLS, rates::LETTERS],
});
apigen_runtime::operation!(SEND = POST "/letters" {
    id: "letters.send",
    body: Json,
    outcome: ["no" = [""]],
    rates: [rates::CALLS, rates::LETTERS],
    split: Body "to",
});
apigen_runtime::operation!(SCAN = PUT "/scans" { id: "letters.scan", body: Multipart, });
apigen_runtime::operation!(FETCH = GET "/scans" { id: "letters.fetch", });

#[derive(Clone)]
struct Office(apigen_runtime::Client);
struct OfficeBuilder(apigen_runtime::ClientBuilder);
apigen_runtime::client_builder!(OfficeBuilder -> Office);

struct Letter(Call);
apigen_runtime::request!(Letter -> serde_json::Value);
struct Scan(Call);
apigen_runtime::download!(Scan);

/// What a server does with a request.
#[derive(Clone)]
enum Step {
    Answer(u16, &'static str),
    /// With a header.
    Ask(u16, &'static str, &'static str),
    /// With a `Retry-After` and the clock of the server.
    Dated(u16, &'static str, &'static str),
    Unreachable,
    Reset,
    Hang,
    /// A good head, and a body that breaks off.
    BrokenBody,
    /// A good head, and a body that ends before the announced length.
    ShortBody,
    /// A head with a status, and a body without end.
    EndlessBody(u16),
}

/// Plays its steps, the last one for ever, and keeps the times of requests.
#[derive(Clone)]
struct Script(Arc<(Vec<Step>, Mutex<Vec<Instant>>)>);

impl Script {
    fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(Arc::new((steps.into_iter().collect(), Mutex::default())))
    }

    fn builder(&self) -> OfficeBuilder {
        let mut builder = apigen_runtime::ClientBuilder::new(&API);
        builder.server("host", "https://post.example".to_owned());
        OfficeBuilder(builder).access_token("the-token").transport(self.clone())
    }

    fn office(&self) -> Office {
        self.builder().build().expect("nothing is missing")
    }

    fn requests(&self) -> usize {
        self.times().len()
    }

    fn times(&self) -> Vec<Instant> {
        self.0.1.lock().expect("nothing panics under the lock").clone()
    }

    /// Times between requests.
    fn waits(&self) -> Vec<Duration> {
        self.times().windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

impl Office {
    fn call(&self, operation: &'static Operation) -> Letter {
        self.to(operation, &["mira"])
    }

    fn to(&self, operation: &'static Operation, receivers: &[&str]) -> Letter {
        Letter(self.0.call(operation).field("to", receivers.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()))
    }
}

/// Chunks that never come.
struct Endless;

impl futures_util::Stream for Endless {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Bytes, TransportError>>> {
        std::task::Poll::Pending
    }
}

impl Transport for Script {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let step = {
            let mut times = self.0.1.lock().expect("nothing panics under the lock");
            times.push(Instant::now());
            self.0.0[(times.len() - 1).min(self.0.0.len() - 1)].clone()
        };
        let status = |status: u16| StatusCode::from_u16(status).expect("scripts have valid statuses");
        let broken = || TransportError::new(Stage::Exchange, "broken");
        let header = |name: &'static str, value: &str| {
            HeaderMap::from_iter([(name.parse().expect("a name"), value.parse().expect("a value"))])
        };
        Box::pin(async move {
            Ok(match step {
                Step::Answer(code, body) => Response::new(status(code), HeaderMap::new(), body),
                Step::Ask(code, name, value) => Response::new(status(code), header(name, value), "{}"),
                Step::Dated(code, after, now) => {
                    let mut headers = header("retry-after", after);
                    headers.extend(header("date", now));
                    Response::new(status(code), headers, "")
                }
                Step::Unreachable => return Err(TransportError::new(Stage::Connect, "no route")),
                Step::Reset => return Err(broken()),
                Step::Hang => std::future::pending().await,
                Step::BrokenBody => {
                    let chunks = vec![Ok(Bytes::from_static(b"{")), Err(broken())];
                    let chunks = Box::pin(futures_util::stream::iter(chunks));
                    Response::streaming(StatusCode::OK, HeaderMap::new(), chunks)
                }
                Step::ShortBody => Response::new(StatusCode::OK, header("content-length", "9"), "{}"),
                Step::EndlessBody(code) => Response::streaming(status(code), HeaderMap::new(), Box::pin(Endless)),
            })
        })
    }
}

/// A failure that lasts, and what becomes of calls that read, that may be repeated, and that may not: the number of
/// attempts of each, and what is known in the end.
type Row = (&'static str, Step, [u32; 3], ErrorKind, CallOutcome);

fn rows() -> Vec<Row> {
    use ErrorKind::{Api, Connect, Decode, Redirect, Refused, Timeout, Transport};
    use Step::{Answer, BrokenBody, EndlessBody, Hang, Reset, ShortBody, Unreachable};
    const ALL: [u32; 3] = [3, 3, 3];
    const HARMLESS: [u32; 3] = [3, 3, 1];
    const NONE: [u32; 3] = [1, 1, 1];
    vec![
        ("no connection", Unreachable, ALL, Connect, NotSent),
        ("reset", Reset, HARMLESS, Transport, Unknown),
        ("no answer", Hang, HARMLESS, Timeout, Unknown),
        ("a body that breaks off", BrokenBody, HARMLESS, Transport, Unknown),
        ("a short body", ShortBody, HARMLESS, Transport, Unknown),
        ("a body without end", EndlessBody(200), HARMLESS, Timeout, Unknown),
        ("429", Answer(429, "slow down"), ALL, Api, Rejected),
        ("429 of the plan", Answer(429, r#"{"error": "no_plan"}"#), NONE, Api, Rejected),
        ("too many calls", Answer(403, r#"{"error": "many_calls"}"#), ALL, Api, Rejected),
        ("too many letters", Answer(403, r#"{"error": "many_letters"}"#), ALL, Api, Rejected),
        ("403 of something else", Answer(403, r#"{"error": "not_you"}"#), NONE, Api, Rejected),
        ("busy", Answer(503, r#"{"error": "busy"}"#), HARMLESS, Api, Unknown),
        ("a documented 500", Answer(500, r#"{"error": "full"}"#), HARMLESS, Api, Unknown),
        ("another 500", Answer(500, "{}"), NONE, Api, Unknown),
        ("408", Answer(408, ""), HARMLESS, Api, Unknown),
        ("502", Answer(502, "<h1>Bad Gateway</h1>"), HARMLESS, Api, Unknown),
        ("503", Answer(503, ""), HARMLESS, Api, Unknown),
        ("504", Answer(504, ""), HARMLESS, Api, Unknown),
        ("a race", Answer(409, r#"{"error": "race"}"#), HARMLESS, Api, Rejected),
        ("a wrong request", Answer(404, r#"{"error": "wrong"}"#), NONE, Api, Rejected),
        ("404", Answer(404, "<h1>Not Found</h1>"), NONE, Api, Rejected),
        ("404 with half a body", EndlessBody(404), NONE, Api, Rejected),
        ("401", Answer(401, ""), NONE, Api, Rejected),
        ("a redirect", Answer(302, ""), NONE, Redirect, Rejected),
        ("a success that says no", Answer(200, r#"{"no": "x"}"#), NONE, Refused, Rejected),
        ("no JSON", Answer(200, "<h1>Welcome</h1>"), NONE, Decode, Done),
    ]
}

#[tokio::test(start_paused = true)]
async fn failures_are_repeated_by_what_they_say_and_do() {
    for (name, step, attempts, kind, outcome) in rows() {
        for (operation, attempts) in [&READ, &KEEP, &SEND].into_iter().zip(attempts) {
            let script = Script::new([step.clone()]);
            let error = script.office().call(operation).await.unwrap_err();
            let seen = (error.kind(), error.outcome(), error.attempts(), script.requests());
            assert_eq!(seen, (kind, outcome, attempts, attempts as usize), "{name}: {}: {error}", operation.id);
            let matters = outcome == Unknown && operation.id != "letters.read";
            let said = error.to_string();
            assert_eq!(said.contains("whether the server acted is unknown for \"mira\""), matters, "{said}");
            assert_eq!(said.contains("3 attempts"), attempts == 3, "{said}");
            assert_eq!(error.unknown_for() == ["mira"], outcome == Unknown, "{said}");
            assert_eq!(
                error.is_safe_to_repeat(),
                matches!(outcome, NotSent | Rejected) || operation.id != "letters.send",
                "{said}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_be_half_delivered_is_repeated_only_where_that_does_no_harm() {
    for (operation, attempts) in [(&READ, 3), (&KEEP, 3), (&SEND, 1)] {
        let script = Script::new([Step::Answer(403, r#"{"error": "many_letters"}"#)]);
        let error = script.office().to(operation, &["mira", "jon", "ana", "lu", "kim"]).await.unwrap_err();
        assert_eq!((error.outcome(), error.attempts(), script.requests()), (Unknown, attempts, attempts as usize));
        assert_eq!(error.unknown_for(), ["mira", "jon", "ana", "lu", "kim"]);
        let said = "whether the server acted is unknown for \"mira\", \"jon\", \"ana\" and 2 more [";
        assert_eq!(error.to_string().contains(said), operation.id != "letters.read", "{error}");
    }
    // A budget of calls is charged before anything is delivered.
    let script = Script::new([Step::Answer(403, r#"{"error": "many_calls"}"#)]);
    let error = script.office().to(&SEND, &["mira", "jon"]).await.unwrap_err();
    assert_eq!((error.outcome(), error.attempts()), (Rejected, 3));
}

const GOOD: Step = Step::Answer(200, "{}");

#[tokio::test(start_paused = true)]
async fn a_repetition_that_succeeds_is_a_success() {
    for (operation, step) in
        [(&READ, Step::Reset), (&KEEP, Step::BrokenBody), (&SEND, Step::Unreachable), (&SEND, Step::Answer(429, ""))]
    {
        let script = Script::new([step.clone(), step, GOOD]);
        script.office().call(operation).await.unwrap();
        assert_eq!(script.requests(), 3);
        let waits = script.waits();
        let pauses =
            [(250, 500), (500, 1000)].map(|(from, to)| Duration::from_millis(from)..=Duration::from_millis(to + 1));
        assert!(waits.iter().zip(pauses).all(|(wait, pause)| pause.contains(wait)), "{waits:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_attempt_may_have_done_is_not_forgotten() {
    let wrong = Step::Answer(404, r#"{"error": "wrong"}"#);
    for (last, kind) in [(wrong.clone(), ErrorKind::Api), (Step::Unreachable, ErrorKind::Connect)] {
        let script = Script::new([Step::Reset, last]);
        let error = script.office().call(&KEEP).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.unknown_for()), (kind, Unknown, &["mira".to_owned()][..]));
        let said = "the answer to an earlier attempt was lost, so whether the server acted is unknown for \"mira\"";
        assert!(error.to_string().contains(said), "{error}");
    }
    let script = Script::new([Step::Reset, wrong]);
    let error = script.office().call(&READ).await.unwrap_err();
    assert_eq!((error.outcome(), error.attempts()), (Rejected, 2), "a lost answer to a question is no effect");

    let script = Script::new([Step::Answer(429, ""), Step::Unreachable]);
    let error = script.office().call(&SEND).retry(Retry::default().attempts(2)).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connect, Rejected));
}

#[tokio::test(start_paused = true)]
async fn a_server_may_say_when_to_come_back() {
    let year = Duration::from_secs(366 * 24 * 60 * 60);
    // The header, what the error says, and the seconds in which the first repetition comes, if it comes.
    let cases = [
        ("7", Some(Duration::from_secs(7)), Some(7.0..7.6)),
        (" 1.5 ", Some(Duration::from_millis(1500)), Some(1.5..2.1)),
        ("0", Some(Duration::ZERO), Some(0.2..0.6)),
        ("59", Some(Duration::from_secs(59)), Some(59.0..59.6)),
        ("61", Some(Duration::from_secs(61)), None),
        ("3600", Some(Duration::from_secs(3600)), None),
        ("99999999999999999999999", Some(year), None),
        ("1e300", Some(year), None),
        ("4000000000", Some(year), None),
        ("-5", None, Some(0.2..0.6)),
        ("NaN", None, Some(0.2..0.6)),
        ("inf", None, Some(0.2..0.6)),
        ("soon", None, Some(0.2..0.6)),
        ("", None, Some(0.2..0.6)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(Duration::ZERO), Some(0.2..0.6)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", Some(year), None),
        ("Fri, 99 Dec 99999 23:59:59 GMT", None, Some(0.2..0.6)),
    ];
    for (header, asked, comes) in cases {
        let script = Script::new([Step::Ask(429, "retry-after", header)]);
        let error = script.office().call(&SEND).retry(Retry::default().attempts(2)).await.unwrap_err();
        assert_eq!(error.retry_after(), asked, "{header}");
        let waits: Vec<_> = script.waits().iter().map(Duration::as_secs_f64).collect();
        match comes {
            Some(comes) => assert!(waits.len() == 1 && comes.contains(&waits[0]), "{header}: {waits:?}"),
            None => assert!(waits.is_empty(), "{header}: {waits:?}"),
        }
    }
    // A date is held against the clock of the server, if it shows one.
    let date = "Wed, 21 Oct 2026 07:28:30 GMT";
    let script = Script::new([Step::Dated(503, date, "Wed, 21 Oct 2026 07:28:00 GMT")]);
    let error = script.office().call(&READ).retry(Retry::default().attempts(2)).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(script.waits()[0].as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn no_wait_goes_beyond_the_time_of_a_call() {
    let began = Instant::now();
    let script = Script::new([Step::Answer(503, "")]);
    let error = script.office().call(&READ).timeout(Duration::from_millis(200)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 1));
    let script = Script::new([Step::Ask(429, "retry-after", "3600")]);
    let error = script.office().call(&SEND).await.unwrap_err();
    assert_eq!((error.attempts(), error.retry_after()), (1, Some(Duration::from_secs(3600))));
    assert_eq!(began.elapsed(), Duration::ZERO, "both give up at once");
    script.office().call(&SEND).timeout(Duration::from_secs(2 * 3600)).await.unwrap_err();
    assert!(began.elapsed() > Duration::from_secs(3600), "long waits are honoured where there is time");
    script.office().call(&SEND).timeout(Duration::MAX).retry(Retry::never()).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn attempts_and_calls_have_their_time() {
    let time = async |call: Letter| {
        let began = Instant::now();
        let error = call.await.unwrap_err();
        (began.elapsed().as_secs_f64(), error)
    };
    let office = Script::new([Step::Hang]).office();
    let (took, error) = time(office.call(&SEND)).await;
    assert!((20.0..20.1).contains(&took) && error.to_string().contains("no answer within 20s"), "{took} {error}");
    let (took, error) = time(office.call(&READ)).await;
    assert!((60.0..60.1).contains(&took) && error.attempts() == 3, "{took}");
    assert!(error.to_string().contains("no answer within 60s"), "the time of the call ends the last attempt: {error}");
    let (took, _) = time(office.call(&SEND).attempt_timeout(Duration::from_secs(3))).await;
    assert!((3.0..3.1).contains(&took), "{took}");
    let patient = Script::new([Step::EndlessBody(200)]).builder().attempt_timeout(Duration::from_secs(40)).build();
    let (took, _) = time(patient.unwrap().call(&SEND)).await;
    assert!((40.0..40.1).contains(&took), "{took}");

    let began = Instant::now();
    let scan = office.0.call(&SCAN).file("scan", Upload::bytes("a", "b"));
    let error = Letter(scan).await.unwrap_err();
    assert_eq!((error.attempts(), began.elapsed().as_secs()), (1, 600), "an upload has all the time of the call");
    let began = Instant::now();
    Scan(office.0.call(&FETCH)).await.unwrap_err();
    assert_eq!(began.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn downloads_are_repeated_until_their_head_has_come() {
    let script = Script::new([Step::Reset, Step::Answer(503, ""), Step::Answer(200, "scan")]);
    let scan = Scan(script.office().0.call(&FETCH)).await.unwrap();
    assert_eq!(scan.bytes(10).await.unwrap(), "scan");
    assert_eq!(script.requests(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_can_be_sent_once_is_sent_once() {
    for (upload, requests) in [(Upload::bytes("a", "b"), 3), (Upload::reader("a", &b"b"[..]).length(1), 1)] {
        let script = Script::new([Step::Unreachable]);
        let error = Letter(script.office().0.call(&SCAN).file("scan", upload)).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts(), script.requests()),
            (ErrorKind::Connect, requests, requests as usize)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_multiplied() {
    let script = Script::new([Step::Answer(503, "")]);
    let office = script.office();
    for _ in 0..500 {
        office.clone().call(&READ).await.unwrap_err();
    }
    assert_eq!(script.requests(), 520, "20 repetitions are in reserve, for all clones together");

    let bad = || Step::Answer(503, "");
    let goods = |count| std::iter::repeat_n(GOOD, count);
    let steps = [bad(), bad()].into_iter().chain(goods(9)).chain([bad()]).chain(goods(1)).chain([bad(), bad(), GOOD]);
    let script = Script::new(steps);
    let office = script.builder().retry_reserve(1).build().unwrap();
    let mut attempts = Vec::new();
    for _ in 0..13 {
        attempts.push(office.call(&READ).await.err().map_or(0, |error| error.attempts()));
    }
    let expected = [&[2][..], &[0; 9], &[1, 0, 2]].concat();
    assert_eq!(attempts, expected, "ten successes pay for a repetition");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_is_not_repeated() {
    let script = Script::new([Step::Answer(503, "")]);
    let office = script.office();
    for _ in 0..10 {
        let call = office.call(&READ).send();
        assert!(tokio::time::timeout(Duration::from_millis(100), call).await.is_err());
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(script.requests(), 10);
    assert_eq!(office.call(&READ).await.unwrap_err().attempts(), 3, "nothing is left locked");
}

#[tokio::test(start_paused = true)]
async fn each_call_may_be_repeated_otherwise() {
    let attempts = async |client: Option<Retry>, call: Option<Retry>| {
        let script = Script::new([Step::Unreachable]);
        let mut builder = script.builder();
        if let Some(retry) = client {
            builder = builder.retry(retry);
        }
        let mut letter = builder.build().unwrap().call(&SEND);
        if let Some(retry) = call {
            letter = letter.retry(retry);
        }
        letter.await.unwrap_err();
        (script.requests(), script.waits().iter().sum::<Duration>().as_secs_f64())
    };
    assert_eq!(attempts(Some(Retry::never()), None).await, (1, 0.0));
    assert_eq!(attempts(None, Some(Retry::never())).await, (1, 0.0));
    assert_eq!(attempts(None, Some(Retry::default().attempts(0))).await, (1, 0.0));
    assert_eq!(attempts(Some(Retry::never()), Some(Retry::default().attempts(2))).await.0, 2);
    let (requests, waited) = attempts(None, Some(Retry::default().base_delay(Duration::ZERO).attempts(5))).await;
    assert!(requests == 5 && waited < 0.01, "{requests} {waited}");
    let slow = Retry::default().attempts(4).base_delay(Duration::MAX).max_delay(Duration::from_secs(2));
    let (requests, waited) = attempts(None, Some(slow)).await;
    assert!(requests == 4 && (3.0..6.1).contains(&waited), "{requests} {waited}");
}

#[tokio::test(start_paused = true)]
async fn an_error_says_what_was_called() {
    let script = Script::new([Step::Answer(429, "slow down")]);
    let error: Error = script.office().call(&SEND).await.unwrap_err();
    assert_eq!(error.method().map(apigen_runtime::Method::as_str), Some("POST"));
    assert_eq!(
        (error.operation(), error.url().as_deref()),
        (Some("letters.send"), Some("https://post.example/letters"))
    );
    let expected = "letters.send: the server answered 429 Too Many Requests with \"slow down\" \
                    [POST https://post.example/letters] [3 attempts]";
    assert_eq!(error.to_string(), expected);
}
