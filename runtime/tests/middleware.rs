//! What middleware sees of calls, and what it can make of them. Everything in memory.

use std::sync::{Arc, Mutex};

use apigen_runtime::{
    BoxFuture, Bytes, Context, HeaderMap, HeaderValue, Middleware, Next, Request, Response, Stage, StatusCode,
    Transport, TransportError,
};

use crate::contract::Client;

/// Writes down what comes by, under a name.
#[derive(Clone, Default)]
struct Diary {
    name: &'static str,
    entries: Arc<Mutex<Vec<String>>>,
}

impl Diary {
    fn write(&self, entry: &str) {
        self.entries.lock().expect("nothing panics under the lock").push(format!("{}{entry}", self.name));
    }

    fn named(&self, name: &'static str) -> Self {
        Self { name, entries: Arc::clone(&self.entries) }
    }

    fn entries(&self) -> Vec<String> {
        self.entries.lock().expect("nothing panics under the lock").clone()
    }
}

impl Middleware for Diary {
    fn handle<'a>(
        &'a self,
        mut request: Request,
        context: &'a Context,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, TransportError>> {
        let Request { method, uri, headers, .. } = &request;
        let token = headers.get("authorization").map_or("-", |value| value.to_str().unwrap_or("?"));
        let (api, id, attempt) = (context.api().name, context.operation().id, context.attempt());
        let follow_up = if context.is_follow_up() { " (a file)" } else { "" };
        self.write(&format!("{api} {id} {attempt}{follow_up}: {method} {} {token}", uri.path()));
        request.headers.insert("x-signature", HeaderValue::from_static("signed"));
        Box::pin(async move {
            let (response, body) = next.run(request).await?.buffered(1000).await?;
            self.write(&format!("{} {}", response.status.as_u16(), String::from_utf8_lossy(&body)));
            Ok(response)
        })
    }
}

/// Answers from memory.
struct Memory(Mutex<Vec<(u16, &'static str)>>);

impl Transport for Memory {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        assert_eq!(request.headers["x-signature"], "signed");
        let (status, body) = self.0.lock().expect("nothing panics under the lock").remove(0);
        let status = StatusCode::from_u16(status).expect("it is a status");
        Box::pin(async move { Ok(Response::new(status, HeaderMap::new(), body)) })
    }
}

fn memory(answers: impl IntoIterator<Item = (u16, &'static str)>) -> Memory {
    Memory(Mutex::new(answers.into_iter().collect()))
}

#[tokio::test(start_paused = true)]
async fn middleware_sees_each_attempt_and_requests_for_tokens() {
    let diary = Diary::default();
    let answers =
        [(200, r#"{"access_token": "first", "expires_in": 3600}"#), (503, "busy"), (200, r#"{"data": {"note": "n"}}"#)];
    let builder = Client::builder().host("https://shop.example").shop("demo").credentials("id", "secret");
    let client = builder.transport(memory(answers)).middleware(diary.clone()).build().unwrap();
    client.notes().get("7").await.unwrap();
    let expected = [
        "bookshop tokens.issue 1: POST /demo/token -",
        r#"200 {"access_token": "first", "expires_in": 3600}"#,
        "bookshop notes.get 1: GET /demo/shelves/7/note Bearer first",
        "503 busy",
        "bookshop notes.get 2: GET /demo/shelves/7/note Bearer first",
        r#"200 {"data": {"note": "n"}}"#,
    ];
    assert_eq!(diary.entries(), expected);
}

#[tokio::test]
async fn middleware_is_run_in_the_order_in_which_it_was_given() {
    let diary = Diary::default();
    let builder = Client::builder().host("https://shop.example").shop("demo").access_token("t");
    let builder = builder.middleware(diary.named("outer ")).middleware(diary.named("inner "));
    let client = builder.transport(memory([(200, r#"{"data": {"note": "n"}}"#)])).build().unwrap();
    client.notes().get("7").await.unwrap();
    let words: Vec<_> = diary.entries().iter().map(|entry| entry.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(words, ["outer", "inner", "inner", "outer"]);
}

#[tokio::test]
async fn middleware_knows_requests_for_files_that_a_reply_names() {
    let diary = Diary::default();
    let answers = [(200, r#"{"data": {"files": [{"url": "https://elsewhere.example/f"}]}}"#), (200, "")];
    let builder = Client::builder().host("https://shop.example").shop("demo").access_token("t");
    let client = builder.transport(memory(answers)).middleware(diary.clone()).build().unwrap();
    let mut records = client.orders().export().records();
    assert!(records.next().await.is_none());
    let entries = diary.entries();
    assert!(entries[2].ends_with(" 1 (a file): GET /f -"), "{entries:?}");
}

/// Answers in the place of the server.
struct Refuse;

impl Middleware for Refuse {
    fn handle<'a>(
        &'a self,
        _: Request,
        _: &'a Context,
        _: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, TransportError>> {
        Box::pin(async { Err(TransportError::new(Stage::Connect, "the circuit is open")) })
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_of_middleware_is_that_of_the_call() {
    let builder = Client::builder().host("https://shop.example").shop("demo").access_token("t");
    let client = builder.transport(memory([])).middleware(Refuse).build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!(error.kind(), apigen_runtime::ErrorKind::Connect);
    assert!(error.to_string().contains("the circuit is open"), "{error}");
}

#[tokio::test]
async fn a_buffered_body_is_bounded_and_stays_readable() {
    let response = || Response::new(StatusCode::OK, HeaderMap::new(), "12345");
    let (again, body) = response().buffered(5).await.unwrap();
    assert_eq!(body, "12345");
    assert_eq!(again.buffered(5).await.unwrap().1, "12345");
    let chunks =
        || Box::pin(futures_util::stream::iter(["123", "45"].map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())))));
    let streaming = || Response::streaming(StatusCode::OK, HeaderMap::new(), chunks());
    assert_eq!(streaming().buffered(5).await.unwrap().1, "12345");
    streaming().buffered(4).await.unwrap_err();
    let error = response().buffered(4).await.unwrap_err();
    assert_eq!(apigen_runtime::BoxError::from(error).source().unwrap().to_string(), "the body is larger than 4 bytes");
}
