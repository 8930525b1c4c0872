//! Tokens: one request for all who wait, replaced in time, never asked for too often.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apigen_runtime::{
    AccessToken, BoxError, BoxFuture, CallOutcome, ErrorKind, HeaderMap, Retry, StatusCode, TokenProvider, Transport,
    TransportError,
};
use apigen_testing::{Request, Response, Server};
use serde_json::json;

use crate::contract::{Client, ClientBuilder};

/// A server that hands out `token-1`, `token-2` and so on, each accepted according to a rule on its number.
async fn server(expires_in: serde_json::Value, accepts: impl Fn(usize) -> bool + Send + Sync + 'static) -> Server {
    let issued = AtomicUsize::new(0);
    Server::answering(move |request| {
        if request.path() == "/demo/token" {
            let number = issued.fetch_add(1, Ordering::Relaxed) + 1;
            return Response::json(200, json!({"access_token": format!("token-{number}"), "expires_in": expires_in}))
                .delay(Duration::from_millis(30));
        }
        if accepts(number(request)) { note() } else { unauthorized() }
    })
    .await
}

fn number(request: &Request) -> usize {
    let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer token-"));
    token.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn note() -> Response {
    Response::json(200, json!({"data": {"note": "hello", "cover_id": "1", "size": 1}}))
}

fn unauthorized() -> Response {
    Response::json(
        401,
        json!({"error": "unauthorized", "error_description": "Unable to authenticate due to expired access token"}),
    )
}

fn builder(server: &Server) -> ClientBuilder {
    Client::builder().host(server.url()).shop("demo").credentials("the-id", "the-secret")
}

/// How often a token was asked for, and how often something else.
fn counts(server: &Server) -> (usize, usize) {
    let requests = server.requests();
    let tokens = requests.iter().filter(|request| request.path() == "/demo/token").count();
    (tokens, requests.len() - tokens)
}

#[tokio::test]
async fn who_gets_no_token_is_told_when_one_is_asked_for_again() {
    let refusing = server(json!(3600), |_| false).await;
    let client = builder(&refusing).build().unwrap();
    let broken = Server::answering(|_| Response::text(500, "oops")).await;
    let without = builder(&broken).build().unwrap();
    for (client, kind) in [(&client, ErrorKind::Api), (&without, ErrorKind::Token)] {
        for _ in 0..2 {
            let error = client.notes().get("7").await.unwrap_err();
            assert_eq!(error.kind(), kind);
            let wait = error.retry_after().expect("a token is not asked for at once");
            assert!((5..=10).contains(&wait.as_secs()), "{wait:?}");
        }
    }
    let own = builder(&refusing).access_token("of-my-own").build().unwrap();
    assert_eq!(own.notes().get("7").await.unwrap_err().retry_after(), None, "it is never replaced");
}

#[tokio::test]
async fn a_hundred_callers_share_one_request() {
    let server = server(json!(3600), |_| true).await;
    let client = builder(&server).build().unwrap();
    let calls: Vec<_> = (0..100).map(|_| tokio::spawn(client.clone().notes().get("7").into_future())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(counts(&server), (1, 100));
    let request = server.request(0).await;
    assert_eq!(
        request.json(),
        json!({"grant_type": "client_credentials", "client_id": "the-id", "client_secret": "the-secret"})
    );
    assert_eq!((request.method(), request.header("authorization")), ("POST", None));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_the_call_repeated_once() {
    let good = server(json!(3600), |number| number >= 2).await;
    let client = builder(&good).token_interval(Duration::ZERO).build().unwrap();
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(client.clone().notes().get("7").into_future())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(counts(&good).0, 2, "all who were refused share the second token");

    let bad = server(json!(3600), |_| false).await;
    let client = builder(&bad).token_interval(Duration::ZERO).build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!((error.kind(), error.status().map(|it| it.as_u16())), (ErrorKind::Api, Some(401)));
    assert_eq!(counts(&bad), (2, 2));
}

#[tokio::test]
async fn a_refusal_within_the_interval_asks_for_no_token() {
    let server = server(json!(3600), |_| false).await;
    let client = builder(&server).build().unwrap();
    for _ in 0..5 {
        assert_eq!(client.notes().get("7").await.unwrap_err().kind(), ErrorKind::Api);
    }
    assert_eq!(counts(&server), (1, 5));
}

#[tokio::test]
async fn a_body_that_cannot_be_repeated_is_not() {
    let server = server(json!(3600), |number| number >= 2).await;
    let client = builder(&server).token_interval(Duration::ZERO).build().unwrap();
    let reader = apigen_runtime::Upload::reader("a", &b"bytes"[..]).length(5);
    assert_eq!(client.covers().upload("7", reader).await.unwrap_err().status().map(|it| it.as_u16()), Some(401));
    client.covers().upload("7", apigen_runtime::Upload::bytes("a", "bytes")).await.unwrap();
    assert_eq!(counts(&server), (2, 3));
    assert_eq!(server.requests().last().unwrap().parts().await[0].content, "bytes");
}

#[tokio::test]
async fn a_refusal_is_told_by_the_documentation_too() {
    let server = Server::answering(|request| match request.path() {
        "/demo/token" => Response::json(200, json!({"access_token": "token-1"})),
        _ => Response::json(400, json!({"error_description": "Unable to authenticate due to expired access token"})),
    })
    .await;
    let client = builder(&server).token_interval(Duration::ZERO).build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (ErrorKind::Api, Some(apigen_runtime::Advice::RefreshToken)));
    assert_eq!(counts(&server), (2, 2));
}

#[tokio::test]
async fn a_refusal_without_documentation_is_a_refusal() {
    let server = Server::answering(|request| match request.path() {
        "/demo/token" => Response::json(200, json!({"access_token": "token-1"})),
        _ => Response::html(401, "<h1>who are you?</h1>"),
    })
    .await;
    let client = builder(&server).token_interval(Duration::ZERO).build().unwrap();
    assert_eq!(client.notes().get("7").await.unwrap_err().kind(), ErrorKind::Api);
    assert_eq!(counts(&server), (2, 2));
}

#[tokio::test]
async fn a_failure_is_forgotten_with_the_next_token() {
    let server = Server::replying([
        Response::html(502, "<h1>down</h1>"),
        Response::json(200, json!({"access_token": "token-1"})),
        note(),
    ])
    .await;
    let client = builder(&server).token_interval(Duration::ZERO).build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    client.notes().get("7").await.unwrap();
}

#[tokio::test]
async fn a_life_that_makes_no_sense_is_survived() {
    for expires_in in
        [json!(0), json!(-5), json!(u64::MAX), json!(1e300), json!("3600"), json!("soon"), json!(null), json!({})]
    {
        let server = server(expires_in.clone(), |_| true).await;
        let client = builder(&server).token_interval(Duration::ZERO).build().unwrap();
        for _ in 0..3 {
            client.notes().get("7").await.unwrap();
        }
        assert_eq!(counts(&server), (1, 3), "{expires_in}");
    }
}

#[tokio::test]
async fn a_reply_without_a_token_is_an_error() {
    for body in
        [r#"{"expires_in": 5}"#, r#"{"access_token": ""}"#, "[]", "", "<html>", r#"{"access_token": {"hush": 1}}"#]
    {
        let server = Server::answering(move |_| Response::text(200, body)).await;
        let error = builder(&server).build().unwrap().notes().get("7").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Token, "{body}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
    }
}

#[tokio::test]
async fn a_caller_that_gives_up_cancels_nothing() {
    let server = server(json!(3600), |_| true).await;
    let client = builder(&server).build().unwrap();
    let error = client.notes().get("7").timeout(Duration::from_millis(5)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    client.notes().get("7").await.unwrap();
    assert_eq!(counts(&server), (1, 1));
}

#[tokio::test]
async fn a_fixed_token_is_never_replaced() {
    let server = server(json!(3600), |_| false).await;
    let client = Client::builder().host(server.url()).shop("demo").access_token("token-1").build().unwrap();
    assert_eq!(client.notes().get("7").await.unwrap_err().kind(), ErrorKind::Api);
    assert_eq!(counts(&server), (0, 1));
}

struct Vault {
    asked: Arc<AtomicUsize>,
    broken: bool,
}

impl TokenProvider for Vault {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(!self.broken, "the vault is broken");
        Box::pin(async move { Ok(AccessToken::new(format!("token-{number}")).expires_in(Duration::from_secs(60))) })
    }
}

#[tokio::test]
async fn tokens_may_come_from_elsewhere() {
    let server = server(json!(3600), |number| number >= 2).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let vault = Vault { asked: Arc::clone(&asked), broken: false };
    let builder = Client::builder().host(server.url()).shop("demo").token_provider(vault);
    let client = builder.token_interval(Duration::ZERO).build().unwrap();
    client.notes().get("7").await.unwrap();
    assert_eq!((asked.load(Ordering::Relaxed), counts(&server)), (2, (0, 2)));
}

#[tokio::test]
async fn a_provider_that_panics_leaves_nobody_waiting() {
    let server = server(json!(3600), |_| true).await;
    let vault = Vault { asked: Arc::default(), broken: true };
    let builder = Client::builder().host(server.url()).shop("demo").token_provider(vault);
    let client = builder.token_interval(Duration::ZERO).build().unwrap();
    for _ in 0..2 {
        assert_eq!(client.notes().get("7").await.unwrap_err().kind(), ErrorKind::Token);
    }
}

/// A shop in memory, for tests that need a clock of their own. What it answers to a request for a token depends on how
/// often it was asked.
#[derive(Clone)]
struct Desk(Arc<State>);

struct State {
    issue: fn(usize) -> (StatusCode, serde_json::Value),
    /// How long it takes to issue a token.
    delay: Duration,
    /// Whether a token is good.
    accepts: fn(&str) -> bool,
    asked: AtomicUsize,
    /// The token of each request that carried one.
    seen: Mutex<Vec<String>>,
}

impl Transport for Desk {
    fn send(
        &self,
        request: apigen_runtime::Request,
    ) -> BoxFuture<'_, Result<apigen_runtime::Response, TransportError>> {
        let (delay, (status, body)) = if let Some(token) = request.headers.get("authorization") {
            let token = token.to_str().expect("tokens are text").replace("Bearer ", "");
            let is_good = (self.0.accepts)(&token);
            self.0.seen.lock().expect("nothing panics under the lock").push(token);
            let refusal = (StatusCode::UNAUTHORIZED, json!({"error": "unauthorized"}));
            let note = (StatusCode::OK, json!({"data": {"note": "hello"}}));
            (Duration::from_millis(5), if is_good { note } else { refusal })
        } else {
            (self.0.delay, (self.0.issue)(self.0.asked.fetch_add(1, Ordering::Relaxed) + 1))
        };
        let response = apigen_runtime::Response::new(status, HeaderMap::new(), body.to_string());
        Box::pin(async move {
            tokio::time::sleep(delay).await;
            Ok(response)
        })
    }
}

impl Desk {
    fn new(issue: fn(usize) -> (StatusCode, serde_json::Value)) -> Self {
        Self::slow(issue, Duration::ZERO, |_| true)
    }

    fn slow(issue: fn(usize) -> (StatusCode, serde_json::Value), delay: Duration, accepts: fn(&str) -> bool) -> Self {
        Self(Arc::new(State { issue, delay, accepts, asked: AtomicUsize::new(0), seen: Mutex::default() }))
    }

    fn builder(&self) -> ClientBuilder {
        let builder = Client::builder().host("https://shop.example").shop("demo").credentials("the-id", "the-secret");
        builder.transport(self.clone())
    }

    fn client(&self) -> Client {
        self.builder().build().expect("nothing is missing")
    }

    fn asked(&self) -> usize {
        self.0.asked.load(Ordering::Relaxed)
    }

    fn seen(&self) -> Vec<String> {
        self.0.seen.lock().expect("nothing panics under the lock").clone()
    }
}

/// A token that is good for an hour.
fn hour(number: usize) -> (StatusCode, serde_json::Value) {
    (StatusCode::OK, json!({"access_token": format!("token-{number}"), "expires_in": 3600}))
}

#[tokio::test(start_paused = true)]
async fn a_failed_request_is_reported_and_not_repeated_within_the_interval() {
    let desk = Desk::new(|number| match number {
        1 => (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant", "error_description": "no the-secret"})),
        number => hour(number),
    });
    let client = desk.client();
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Token, Some("notes.get")));
    let said = error.to_string();
    let expected = "notes.get: no token: tokens.issue: the server answered 400 Bad Request: invalid_grant";
    assert!(said.starts_with(expected), "{said}");
    assert!(!format!("{said} {error:?}").contains("the-secret"), "{said}");
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(1990)).await;
        assert_eq!(client.notes().get("7").await.unwrap_err().kind(), ErrorKind::Token);
    }
    assert_eq!(desk.asked(), 1);
    tokio::time::sleep(Duration::from_millis(60)).await;
    client.notes().get("7").await.unwrap();
    assert_eq!(desk.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_replaced_behind_the_scenes_before_it_expires() {
    let desk = Desk::new(hour);
    let client = desk.client();
    for seconds in [0, 3530, 15, 0] {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        client.notes().get("7").await.unwrap();
        // Time for the task that fetches the next token.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(desk.seen(), ["token-1", "token-1", "token-1", "token-2"], "a minute before its end a token is stale");
}

#[tokio::test(start_paused = true)]
async fn a_failed_request_leaves_a_valid_token_in_place() {
    let desk = Desk::new(|number| match number {
        1 => hour(1),
        _ => (StatusCode::BAD_GATEWAY, json!("down")),
    });
    let client = desk.client();
    for seconds in [0, 3545, 11, 11, 11, 11] {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        client.notes().get("7").await.unwrap();
    }
    assert_eq!(desk.seen(), ["token-1"; 6]);
    // Time for the task of the last call.
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(desk.asked(), 6, "each call beyond the interval tries again");
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(client.notes().get("7").await.unwrap_err().kind(), ErrorKind::Token, "it has expired by now");
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_is_replaced() {
    let desk = Desk::new(hour);
    let client = desk.client();
    client.notes().get("7").await.unwrap();
    tokio::time::sleep(Duration::from_secs(3601)).await;
    client.notes().get("7").await.unwrap();
    assert_eq!(desk.seen(), ["token-1", "token-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expires_within_the_interval_is_used_on() {
    let desk =
        Desk::new(|number| (StatusCode::OK, json!({"access_token": format!("token-{number}"), "expires_in": 1})));
    let client = desk.client();
    for _ in 0..4 {
        client.notes().get("7").await.unwrap();
        tokio::time::sleep(Duration::from_secs(4)).await;
    }
    assert_eq!(desk.seen(), ["token-1", "token-1", "token-1", "token-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_refused_calls_make_one_request_for_a_token_and_one_repetition_each() {
    let desk = Desk::slow(hour, Duration::from_millis(700), |token| token != "token-1");
    let client = desk.client();
    tokio::time::sleep(Duration::from_secs(60)).await;
    // The first token is fetched, and ten seconds pass, before it turns out to be no good.
    let warm = client.notes().get("7").await;
    assert!(warm.is_err_and(|error| error.attempts() == 1), "within the interval the refusal is reported at once");
    tokio::time::sleep(Duration::from_secs(10)).await;
    let calls: Vec<_> = (0..100).map(|_| tokio::spawn(client.clone().notes().get("7").into_future())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(desk.asked(), 2);
    let seen = desk.seen();
    let count = |token: &str| seen.iter().filter(|other| *other == token).count();
    assert_eq!((count("token-1"), count("token-2"), seen.len()), (101, 100, 201));
}

#[tokio::test(start_paused = true)]
async fn a_second_refusal_is_final_whatever_may_be_repeated() {
    let desk = Desk::slow(hour, Duration::ZERO, |_| false);
    let client = desk.builder().token_interval(Duration::ZERO).build().unwrap();
    let error = client.notes().get("7").retry(Retry::default().attempts(9)).await.unwrap_err();
    assert_eq!((error.attempts(), error.outcome()), (2, CallOutcome::Rejected));
    assert_eq!((desk.asked(), desk.seen().len()), (2, 2));
    let never = client.notes().get("7").retry(Retry::never()).await.unwrap_err();
    assert_eq!(never.attempts(), 2, "the repetition with another token is not one of those that can be forbidden");
}

#[tokio::test(start_paused = true)]
async fn calls_go_on_with_a_valid_token_while_one_task_fetches_the_next() {
    let desk = Desk::slow(hour, Duration::from_secs(5), |_| true);
    let client = desk.client();
    client.notes().get("7").await.unwrap();
    tokio::time::sleep(Duration::from_secs(3540)).await;
    let began = tokio::time::Instant::now();
    for _ in 0..50 {
        client.notes().get("7").await.unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for it");
    assert_eq!((desk.asked(), desk.seen()), (2, vec!["token-1".to_owned(); 51]));
    tokio::time::sleep(Duration::from_secs(5)).await;
    client.notes().get("7").await.unwrap();
    assert_eq!((desk.asked(), desk.seen().pop().unwrap()), (2, "token-2".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_interval_holds_whatever_happens() {
    for (issue, accepts) in [
        (hour as fn(usize) -> _, (|_| false) as fn(&str) -> bool),
        (|_| (StatusCode::BAD_GATEWAY, json!("down")), |_| true),
        (|_| (StatusCode::OK, json!({"expires_in": 1})), |_| true),
        (|number| (StatusCode::OK, json!({"access_token": format!("token-{number}"), "expires_in": 1})), |_| false),
        (|_| (StatusCode::UNAUTHORIZED, json!({"error": "unauthorized"})), |_| true),
        (|_| (StatusCode::TOO_MANY_REQUESTS, json!({"error": "reach_limit"})), |_| true),
    ] {
        let desk = Desk::slow(issue, Duration::from_millis(20), accepts);
        let client = desk.client();
        for _ in 0..10 {
            let calls: Vec<_> = (0..20).map(|_| tokio::spawn(client.clone().notes().get("7").into_future())).collect();
            for call in calls {
                call.await.unwrap().unwrap_err();
            }
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        assert!((3..=4).contains(&desk.asked()), "{} requests in 30 seconds", desk.asked());
    }
}

#[tokio::test(start_paused = true)]
async fn the_interval_holds_for_providers_too() {
    struct Broken(Arc<AtomicUsize>);
    impl TokenProvider for Broken {
        fn token(&self) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Err("the vault is shut".into()) })
        }
    }
    let asked = Arc::new(AtomicUsize::new(0));
    let builder = Client::builder().host("https://shop.example").shop("demo");
    let client = builder.token_provider(Broken(Arc::clone(&asked))).build().unwrap();
    for _ in 0..30 {
        let began = tokio::time::Instant::now();
        let error = client.notes().get("7").await.unwrap_err();
        assert!(
            error.to_string().ends_with("no token: the vault is shut [GET https://shop.example/demo/shelves/7/note]")
        );
        assert_eq!(began.elapsed(), Duration::ZERO, "the last failure is reported at once");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn an_error_about_a_token_shows_what_came_back() {
    let desk = Desk::new(|_| {
        (StatusCode::TOO_MANY_REQUESTS, json!({"error": "reach_limit", "error_description": "no the-secret"}))
    });
    let error = desk.client().notes().get("7").await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Token, CallOutcome::NotSent, 0));
    assert_eq!((error.status(), error.code()), (Some(StatusCode::TOO_MANY_REQUESTS), Some("reach_limit")));
    assert_eq!(error.documentation().map(|row| row.id), Some("too_many_calls"));
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.to_string().starts_with("tokens.issue: the server answered 429"), "{source}");
    assert_eq!(desk.asked(), 1, "a request for a token is not repeated");
}

/// A runtime of one thread that runs while someone waits for it, and only then.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime of one thread")
}

#[test]
fn a_request_for_a_token_may_end_with_its_runtime() {
    let desk = Desk::slow(hour, Duration::from_millis(100), |_| true);
    let client = desk.builder().token_interval(Duration::from_millis(300)).build().unwrap();
    let short = runtime();
    let call = client.notes().get("7").timeout(Duration::from_millis(20));
    assert_eq!(short.block_on(call.into_future()).unwrap_err().kind(), ErrorKind::Timeout);
    drop(short);
    // The interval is not over yet: the call waits for its end, and then asks itself.
    let began = std::time::Instant::now();
    runtime().block_on(client.notes().get("7").into_future()).unwrap();
    let took = began.elapsed();
    assert!((250..5000).contains(&took.as_millis()), "{took:?}");
    assert_eq!((desk.asked(), desk.seen()), (2, vec!["token-2".to_owned()]));
}

#[test]
fn nobody_waits_for_ever_for_a_runtime_that_stands_still() {
    let desk = Desk::slow(hour, Duration::from_millis(50), |_| true);
    let builder = desk.builder().token_interval(Duration::from_millis(10)).timeout(Duration::from_millis(300));
    let client = builder.build().unwrap();
    let still = runtime();
    let call = client.notes().get("7").timeout(Duration::from_millis(20));
    assert_eq!(still.block_on(call.into_future()).unwrap_err().kind(), ErrorKind::Timeout);
    let call = client.notes().get("7").timeout(Duration::from_secs(10));
    runtime().block_on(call.into_future()).unwrap();
    assert_eq!((desk.asked(), desk.seen()), (2, vec!["token-2".to_owned()]));
    // It moves again, and takes nothing away.
    for _ in 0..2 {
        still.block_on(client.notes().get("7").into_future()).unwrap();
        std::thread::sleep(Duration::from_millis(60));
    }
    assert_eq!((desk.asked(), desk.seen()), (2, vec!["token-2".to_owned(); 3]));
}

/// Hands out tokens, and refuses one in a thread that is held until its runtime has begun to end.
struct Ending(std::sync::mpsc::Sender<()>);

impl Transport for Ending {
    fn send(
        &self,
        request: apigen_runtime::Request,
    ) -> BoxFuture<'_, Result<apigen_runtime::Response, TransportError>> {
        Box::pin(async move {
            let answer = |status, body: &'static str| Ok(apigen_runtime::Response::new(status, HeaderMap::new(), body));
            if request.uri.path().ends_with("/token") {
                return answer(StatusCode::OK, r#"{"access_token": "token-1", "expires_in": 3600}"#);
            }
            self.0.send(()).expect("the test waits for it");
            // A runtime that ends takes no tasks any more.
            loop {
                let task = tokio::spawn(std::future::pending::<()>());
                if task.is_finished() {
                    return answer(StatusCode::UNAUTHORIZED, "{}");
                }
                task.abort();
                std::thread::sleep(Duration::from_millis(1));
            }
        })
    }
}

#[test]
fn a_runtime_that_ends_while_a_token_is_replaced_comes_to_its_end() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (sent, sending) = std::sync::mpsc::channel();
    let builder = Client::builder().host("https://shop.example").shop("demo").credentials("the-id", "the-secret");
    let client = builder.transport(Ending(sent)).token_interval(Duration::ZERO).build().unwrap();
    let (alive, ended) = std::sync::mpsc::channel::<()>();
    runtime.spawn(async move {
        let _alive = alive;
        drop(client.notes().get("7").await);
    });
    sending.recv_timeout(Duration::from_secs(5)).unwrap();
    runtime.shutdown_background();
    let ended = ended.recv_timeout(Duration::from_secs(5));
    assert_eq!(ended, Err(std::sync::mpsc::RecvTimeoutError::Disconnected), "the call was dropped");
}
