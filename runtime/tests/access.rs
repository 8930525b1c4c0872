//! Access to everything: what can be shared and sent, what each call can add, and what comes back beside the types.

use std::future::IntoFuture;

use apigen_runtime::{
    Batches, Download, Error, HttpTransport, Items, Pages, RateLimits, Records, Reply, Retry, Secret, Sending,
    Settings, Upload,
};
use apigen_testing::{Response, Server};

use crate::contract::books::{Book, Found, List};
use crate::contract::types::Standard;
use crate::contract::{Client, ClientBuilder};

#[test]
fn clients_are_shared_and_calls_are_sent_to_other_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    fn sent<T: Send + 'static>() {}
    shared::<Client>();
    shared::<Error>();
    shared::<HttpTransport>();
    shared::<RateLimits>();
    shared::<Reply<Vec<Book>, Standard>>();
    shared::<Retry>();
    shared::<Secret>();
    shared::<Settings>();
    sent::<ClientBuilder>();
    sent::<List>();
    sent::<Sending<Reply<Vec<Book>, Standard>>>();
    sent::<<List as IntoFuture>::IntoFuture>();
    sent::<Pages<Vec<Book>, Standard>>();
    sent::<Items<Found, Standard, Book>>();
    sent::<Records<Book>>();
    sent::<Batches<Vec<Book>, Standard>>();
    sent::<<Batches<Vec<Book>, Standard> as IntoFuture>::IntoFuture>();
    sent::<Download>();
}

#[tokio::test]
async fn futures_of_streams_are_sent_to_other_threads() {
    fn sent(_: impl Send) {}
    let server = Server::replying([]).await;
    let client = crate::client(&server);
    sent(client.books().list("7").pages().next());
    sent(client.books().list("7").stream().next());
    sent(client.orders().export().records().next());
}

#[tokio::test]
async fn what_is_not_documented_can_be_sent_and_read() {
    let reply = Response::json(200, r#"{"data": {"note": "n", "colour": "red"}, "shelf": 7}"#).header("x-edition", "2");
    let form = Response::json(200, r#"{"data": {"cover_id": "c", "size": 1}}"#);
    let server = Server::replying([reply, form]).await;
    let client = crate::client(&server);
    let call = client.notes().get("7").header("x-why", "because").extra_query("verbose", true).extra_field("depth", 2);
    let reply = call.access_token("another").timeout(std::time::Duration::from_secs(5)).await.unwrap();
    assert_eq!(reply.headers()["x-edition"], "2");
    let raw: serde_json::Value = serde_json::from_slice(reply.raw()).unwrap();
    assert_eq!((&raw["data"]["colour"], &raw["shelf"]), (&"red".into(), &7.into()));
    let (note, envelope) = reply.into_parts();
    assert_eq!((note.note.as_str(), envelope.path), ("n", None));
    let request = server.request(0).await;
    assert_eq!(request.header("x-why"), Some("because"));
    assert_eq!(request.header("authorization"), Some("Bearer another"));
    assert_eq!(request.query_pairs(), [("verbose".to_owned(), "true".to_owned())]);
    assert_eq!(request.json(), serde_json::json!({ "depth": 2 }));

    client.covers().upload("7", Upload::bytes("c.png", "picture")).extra_field("artist", "mira").await.unwrap();
    let parts = server.request(1).await.parts().await;
    assert!(parts.iter().any(|part| part.name == "artist" && part.content == "mira"), "{parts:?}");
}
