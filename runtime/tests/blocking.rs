//! The same client without async code. Needs the feature `blocking`.

use std::time::Duration;

use apigen_runtime::{AccessToken, Blocking, BoxError, BoxFuture, ErrorKind, TokenProvider};
use apigen_testing::{Response, Server};
use tokio::runtime::Runtime;

use crate::contract::{self, Client};

const NOTE: &str = r#"{"data": {"note": "n"}}"#;

/// A runtime for the server, and the server.
fn server(responses: impl IntoIterator<Item = Response>) -> (Runtime, Server) {
    let runtime = Runtime::new().expect("threads can be had");
    let server = runtime.block_on(Server::replying(responses));
    (runtime, server)
}

fn client(server: &Server) -> Blocking<Client> {
    let builder = Client::builder().host(server.url()).shop("demo").access_token("t");
    Blocking::new(builder.build().expect("nothing is missing")).expect("threads can be had")
}

#[test]
fn calls_downloads_and_lists_work_without_async_code() {
    let books = r#"{"data": [{"title": "a"}, {"title": "b"}, {"title": "c"}]}"#;
    let (_runtime, server) = server([
        Response::json(200, NOTE),
        Response::json(200, books),
        Response::json(200, r#"{"data": [{"title": "d"}]}"#),
        Response::text(200, "picture"),
        Response::text(200, "picture"),
        Response::json(404, r#"{"error": "resource_not_found", "error_description": "shelf 8 does not exist!"}"#),
    ]);
    let client = client(&server);
    assert_eq!(client.run(|client| client.notes().get("7")).unwrap().note, "n");

    let titles = client.each(|client| client.books().list("7").stream()).unwrap().map(|book| book.unwrap().title);
    assert_eq!(titles.collect::<Vec<_>>(), ["a", "b", "c", "d"]);

    let download = client.run(|client| client.covers().download("7", "c")).unwrap();
    assert_eq!(client.run(|_| download.bytes(100)).unwrap(), "picture");
    let mut download = client.run(|client| client.covers().download("7", "c")).unwrap();
    let chunk = client.wait(|_| download.next()).unwrap();
    assert_eq!(chunk.unwrap().unwrap(), "picture");

    let error = client.run(|client| client.notes().get("8")).unwrap_err();
    assert!(matches!(error.documented(), Some(contract::notes::GetError::ShelfNotFound { .. })), "{error}");
}

#[test]
fn threads_share_a_client() {
    let (_runtime, server) = server((0..8).map(|_| Response::json(200, NOTE).delay(Duration::from_millis(50))));
    let client = client(&server);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let client = client.clone();
            scope.spawn(move || client.run(|client| client.notes().get("7")).unwrap());
        }
    });
    assert_eq!(server.requests().len(), 8);
}

/// Takes a while, in a task of the runtime's own.
struct Slow;

impl TokenProvider for Slow {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(AccessToken::new("slow").expires_in(Duration::from_secs(60)))
        })
    }
}

#[test]
fn tokens_are_fetched_in_the_background() {
    let (_runtime, server) = server([Response::json(200, NOTE)]);
    let builder = Client::builder().host(server.url()).shop("demo").token_provider(Slow);
    let client = Blocking::new(builder.build().unwrap()).unwrap();
    client.run(|client| client.notes().get("7")).unwrap();
}

#[test]
fn within_an_async_runtime_it_is_an_error_and_never_a_panic() {
    let (runtime, server) = server([Response::json(200, r#"{"data": [{"title": "a"}]}"#)]);
    let client = client(&server);
    let mut titles = client.each(|client| client.books().list("7").stream()).unwrap();
    runtime.block_on(async {
        let error = client.run(|client| client.notes().get("7")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("await the call instead"), "{error}");
        assert!(client.each(|client| client.books().list("7").stream()).is_err());
        assert!(client.wait(|_| async {}).is_err());
        assert_eq!(titles.next().unwrap().unwrap().title, "a");
        drop(titles);
        drop(client);
    });
}

#[test]
fn no_wake_up_is_lost_to_code_that_parks_the_thread_itself() {
    let (told, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let client = Blocking::new(()).expect("threads can be had");
        let mut is_woken = false;
        let work = std::future::poll_fn(move |cx| {
            if std::mem::replace(&mut is_woken, true) {
                return std::task::Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            // A subscriber that waits for room in a channel does this, and takes the wake-up for its own.
            std::thread::park();
            std::task::Poll::Pending
        });
        told.send(client.wait(|()| work).is_ok())
    });
    assert_eq!(heard.recv_timeout(Duration::from_secs(5)), Ok(true));
}

#[test]
fn it_can_be_shared_and_sent() {
    fn check<T: Send + Sync + Clone>() {}
    check::<Blocking<Client>>();
}
