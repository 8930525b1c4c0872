//! No secret stands in what a program may print or log: errors, their causes, `Debug` forms, spans and events.

use std::error::Error as StdError;
use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apigen_runtime::{
    AccessToken, Body, BoxError, BoxFuture, Bytes, Error, ErrorKind, HeaderMap, Request, Response, Secret, Stage,
    StatusCode, TokenProvider, Transport, TransportError, Upload,
};

use crate::contract::{Client, ClientBuilder};

/// Stands in every secret.
const MARK: &str = "hush";

/// A server that fails in a way of its own for each request, and repeats in its answer whatever it was told.
#[derive(Clone, Default)]
struct Echo {
    asked: Arc<AtomicUsize>,
    printed: Arc<Mutex<String>>,
    /// Whether it hands out tokens.
    issues: bool,
}

impl Transport for Echo {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        write!(self.printed.lock().expect("nothing panics under the lock"), "{request:?}").expect("memory suffices");
        if self.issues && request.uri.path().ends_with("/token") {
            let token = r#"{"access_token": "hush-issued", "expires_in": 1}"#;
            return Box::pin(async move { Ok(Response::new(StatusCode::OK, HeaderMap::new(), token)) });
        }
        let body = match &request.body {
            Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        };
        let token = request.headers.get("authorization").map_or("", |token| token.to_str().expect("tokens are text"));
        // In JSON a body that was repeated is text in text: only the secret in it is repeated.
        let secret = body.split('"').find(|text| text.contains(MARK)).unwrap_or_default();
        let said = format!("you said {token} {secret}");
        let error = format!(r#"{{"error": "{said}", "error_description": "{said}"}}"#);
        let location = HeaderMap::from_iter([(
            "location".parse().expect("a name"),
            format!("/?t={}", token.replace(' ', "+")).parse().expect("a value"),
        )]);
        let answer = |status: StatusCode, text: String| Ok(Response::new(status, HeaderMap::new(), text));
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            match number % 9 {
                0 => answer(StatusCode::BAD_REQUEST, error),
                1 => answer(StatusCode::INTERNAL_SERVER_ERROR, format!("<h1>{said} {body}</h1>")),
                2 => answer(StatusCode::UNAUTHORIZED, error),
                3 => answer(StatusCode::OK, format!("{said} {body}")),
                4 => answer(StatusCode::OK, format!(r#"{{"data": {{"note": ["{said}"], "result": "{said}"}}}}"#)),
                5 => answer(StatusCode::OK, format!(r#"{{"data": "{said}"}}"#)),
                6 => Ok(Response::new(StatusCode::FOUND, location, said)),
                7 => Err(TransportError::new(Stage::Exchange, "broken")),
                _ => std::future::pending().await,
            }
        })
    }
}

/// All that is traced.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl tracing::field::Visit for Log {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        let mut log = self.0.lock().expect("nothing panics under the lock");
        writeln!(log, "{field}={value:?}").expect("memory suffices");
    }
}

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Log {
    fn on_new_span(
        &self,
        span: &tracing::span::Attributes<'_>,
        _: &tracing::Id,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) {
        span.record(&mut self.clone());
    }

    fn on_record(
        &self,
        _: &tracing::Id,
        values: &tracing::span::Record<'_>,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) {
        values.record(&mut self.clone());
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        writeln!(self.0.lock().expect("nothing panics under the lock"), "{}", event.metadata().name())
            .expect("memory suffices");
        event.record(&mut self.clone());
    }
}

struct Vault;

impl TokenProvider for Vault {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        let token = AccessToken::new("hush-provided").expires_in(Duration::from_secs(3));
        assert!(!format!("{token:?}").contains(MARK));
        Box::pin(async move { Ok(token) })
    }
}

fn builders(echo: &Echo) -> Vec<ClientBuilder> {
    let builder = || {
        let builder = Client::builder().host("https://shop.example").shop("demo").transport(echo.clone());
        builder.default_header("x-api-key", "hush-default").token_interval(Duration::ZERO).retry_reserve(1000)
    };
    vec![
        builder().access_token("hush-token"),
        builder().credentials("the-id", "hush-secret"),
        builder().token_provider(Vault),
    ]
}

/// The error, its causes, and what else can be read of it but the body, which is there to show everything.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {:?} {:?} {:?}", error.code(), error.description(), error.url());
    write!(shown, " {:?} {:?}", error.captures(), error.unknown_for()).expect("memory suffices");
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(shown, " {error} {error:?}").expect("memory suffices");
        cause = error.source();
    }
    shown
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_shown_whatever_fails() {
    use ErrorKind::{Api, Argument, Decode, Redirect, Timeout, Token, Transport};
    let log = Log::default();
    let _guard = crate::traced(log.clone());
    let mut kinds = std::collections::HashSet::new();
    for issues in [false, true] {
        let echo = Echo { issues, ..Echo::default() };
        for builder in builders(&echo) {
            let mut all = format!("{builder:?}");
            let client = builder.build().unwrap();
            write!(all, "{client:?}").unwrap();
            for _ in 0..30 {
                let get = client.notes().get("7").extra_query("key", "hush-query").header("x-more", "hush-header");
                let set = client.notes().set("7", "hi").access_token(Secret::from("hush-own")).extra_query("k", "hush");
                let issue = client.tokens().issue("id", "hush-issue");
                let upload = client.covers().upload("7", Upload::bytes("a", Bytes::from_static(b"hush")));
                let download = client.covers().download("7", "c1");
                write!(all, "{get:?} {set:?} {issue:?} {upload:?} {download:?}").unwrap();
                let errors = [
                    get.await.err(),
                    set.await.err(),
                    issue.await.err(),
                    upload.await.err(),
                    download.await.err(),
                    client.notes().get("7").header("x-a", "hush\n").await.err(),
                    client.notes().get("7").access_token("hush\n").await.err(),
                ];
                for error in errors.into_iter().flatten() {
                    kinds.insert(error.kind());
                    all.push_str(&shown(&error));
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            assert!(!all.contains(MARK), "{}", around(&all));
        }
        let printed = echo.printed.lock().unwrap().clone();
        assert!(!printed.contains(MARK), "{}", around(&printed));
    }
    for kind in [Api, Argument, Decode, Redirect, Timeout, Token, Transport] {
        assert!(kinds.contains(&kind), "{kind:?} was not met");
    }
    let log = log.0.lock().unwrap().clone();
    for event in ["apigen.retry", "apigen.give_up", "apigen.token", "apigen.token_failed"] {
        assert!(log.lines().any(|line| line == event), "{event} was not met");
    }
    assert!(!log.contains(MARK), "{}", around(&log));
}

/// What stands around the first mark.
fn around(text: &str) -> String {
    let at = text.find(MARK).unwrap_or_default();
    let tail: String = text[at..].chars().take(100).collect();
    let head: Vec<char> = text[..at].chars().rev().take(300).collect();
    head.into_iter().rev().chain(tail.chars()).collect()
}
