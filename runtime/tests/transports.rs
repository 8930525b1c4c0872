//! Another transport in the place of the network, and what is traced.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use apigen_runtime::{
    BoxFuture, Bytes, ErrorKind, HeaderMap, Request, Response, Retry, Stage, StatusCode, Transport, TransportError,
};

use futures_util::Stream;
use tokio::time::Sleep;

use crate::contract::Client;

/// Answers from memory, and remembers URLs.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<String>>>);

impl Transport for Memory {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        self.0.lock().expect("nothing panics under the lock").push(format!("{} {}", request.method, request.uri));
        assert!(request.headers["authorization"].is_sensitive());
        Box::pin(async move {
            if request.uri.path().contains("/covers/") {
                let mut headers = HeaderMap::new();
                headers.insert("content-length", 10.into());
                return Ok(Response::new(StatusCode::OK, headers, "short"));
            }
            if request.uri.path().contains("down") {
                return Err(TransportError::new(Stage::Connect, "the cable is cut"));
            }
            Ok(Response::new(StatusCode::OK, HeaderMap::new(), r#"{"data": {"note": "from memory"}}"#))
        })
    }
}

#[tokio::test]
async fn a_transport_may_answer_from_memory() {
    let memory = Memory::default();
    let builder = Client::builder().host("https://shop.example/v1").shop("demo").access_token("t");
    let client = builder.transport(memory.clone()).build().unwrap();
    assert_eq!(client.notes().get("7").await.unwrap().note, "from memory");
    assert_eq!(*memory.0.lock().unwrap(), ["GET https://shop.example/v1/demo/shelves/7/note"]);
    let error = client.notes().get("down").retry(Retry::never()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let expected =
        "notes.get: could not connect: the cable is cut [GET https://shop.example/v1/demo/shelves/down/note]";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_short_body_is_found_out_even_if_the_transport_says_nothing() {
    let builder = Client::builder().host("https://shop.example").shop("demo").access_token("t");
    let client = builder.transport(Memory::default()).build().unwrap();
    let download = client.covers().download("7", "c1").await.unwrap();
    let error = download.bytes(100).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("the body ended after 5 of 10 bytes"), "{error}");
}

/// Yields so many chunks, each a moment after it was asked for and no earlier.
struct OnDemand {
    left: usize,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Stream for OnDemand {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(Duration::from_millis(500))));
        std::task::ready!(pause.as_mut().poll(cx));
        (self.left, self.pause) = (self.left - 1, None);
        Poll::Ready(Some(Ok("chunk".into())))
    }
}

impl Transport for OnDemand {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let chunks = Box::pin(Self { left: self.left, pause: None });
        Box::pin(std::future::ready(Ok(Response::streaming(StatusCode::OK, HeaderMap::new(), chunks))))
    }
}

#[tokio::test(start_paused = true)]
async fn the_pauses_of_its_reader_are_no_pauses_of_a_download() {
    let builder = Client::builder().host("https://shop.example").shop("demo").access_token("t");
    let client = builder.idle_timeout(Duration::from_secs(1)).transport(OnDemand { left: 3, pause: None });
    let mut download = client.build().unwrap().covers().download("7", "c1").await.unwrap();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(download.next().await.unwrap().unwrap(), "chunk");
    }
    assert!(download.next().await.is_none());
}

#[tokio::test]
async fn a_download_may_pause_for_ever() {
    let builder = Client::builder().host("https://shop.example").shop("demo").access_token("t");
    let client = builder.idle_timeout(Duration::MAX).transport(Memory::default()).build().unwrap();
    let mut download = client.covers().download("7", "c1").await.unwrap();
    assert_eq!(download.next().await.unwrap().unwrap(), "short");
}

#[tokio::test]
async fn https_to_a_server_that_speaks_http_fails_and_does_not_panic() {
    let server = apigen_testing::Server::replying([]).await;
    let host = server.url().replace("http://", "https://");
    let client = Client::builder().host(host).shop("demo").access_token("t").build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
}

/// Collects the names and fields of spans.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

impl tracing::field::Visit for Spans {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.lock().expect("nothing panics under the lock").push(format!("{field}={value:?}"));
    }
}

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Spans {
    fn on_new_span(
        &self,
        span: &tracing::span::Attributes<'_>,
        _: &tracing::Id,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) {
        self.0.lock().expect("nothing panics under the lock").push(span.metadata().name().to_owned());
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
}

#[tokio::test]
async fn each_call_has_a_span_with_stable_names() {
    let spans = Spans::default();
    let _guard = crate::traced(spans.clone());
    let builder = Client::builder().host("https://shop.example").shop("demo").access_token("hush");
    let client = builder.transport(Memory::default()).build().unwrap();
    client.notes().get("7").await.unwrap();
    let twice = Retry::default().attempts(2).base_delay(Duration::ZERO);
    client.notes().get("down").retry(twice).await.unwrap_err();
    let seen = spans.0.lock().unwrap().clone();
    let call = ["apigen.call", "api=\"bookshop\"", "operation=\"notes.get\"", "method=\"GET\""];
    let good = ["apigen.attempt", "attempt=1", "status=200", "status=200"];
    let bad = ["apigen.attempt", "attempt=1", "error=Connect", "apigen.attempt", "attempt=2", "error=Connect"];
    assert_eq!(seen, [&call[..], &good, &call, &bad, &["error=Connect"]].concat());
}
