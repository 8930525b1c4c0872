//! What goes over the wire for the values of a call.

use std::time::Duration;

use apigen_runtime::{ErrorKind, Upload, encode};
use apigen_testing::{Response, Server};
use serde_json::json;

use crate::contract::types::{Author, ShelfId, Visibility};
use crate::{builder, client};

fn note() -> Response {
    Response::json(200, json!({"data": {"note": "hello"}}))
}

#[tokio::test]
async fn path_values_are_escaped_whatever_they_hold() {
    let cases = [
        ("simple-id_1.2~3", "simple-id_1.2~3"),
        ("a/b", "a%2Fb"),
        ("%2e%2e", "%252e%252e"),
        ("a b+c", "a%20b%2Bc"),
        ("用户", "%E7%94%A8%E6%88%B7"),
        ("?x=1#y", "%3Fx%3D1%23y"),
        ("a\\b", "a%5Cb"),
        ("...", "..."),
        ("a,b", "a%2Cb"),
        ("a;v=1@:&$'", "a%3Bv%3D1%40%3A%26%24%27"),
    ];
    let server = Server::answering(|_| note()).await;
    let client = client(&server);
    for (index, (id, expected)) in cases.into_iter().enumerate() {
        client.notes().get(id).await.unwrap();
        let request = server.request(index).await;
        assert_eq!(request.target(), format!("/demo/shelves/{expected}/note"), "{id}");
    }
}

#[tokio::test]
async fn path_values_that_would_change_the_route_are_refused() {
    let server = Server::replying([]).await;
    let client = client(&server);
    let cases = [
        ("", "`shelf_id` must not be empty"),
        (".", "`shelf_id` must not be `.` or `..`"),
        ("..", "`shelf_id` must not be `.` or `..`"),
        ("a\r\nb", "`shelf_id` must not hold control characters"),
        ("a\0", "`shelf_id` must not hold control characters"),
        ("all", "`shelf_id` must not be `all`, which would name another operation"),
    ];
    for (id, expected) in cases {
        let error = client.notes().get(id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument, "{id:?}");
        assert!(error.to_string().starts_with(&format!("notes.get: {expected}")), "{error}");
    }
    let error = client.covers().download("7", "a,b").await.unwrap_err();
    assert!(error.to_string().contains("`cover_id` must not hold a comma"), "{error}");
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn lists_in_a_path_are_joined_by_escaped_commas() {
    let server = Server::answering(|_| Response::json(200, "{}")).await;
    let client = client(&server);
    client.books().remove("7", ["Emma", "a/b", "c d"]).await.unwrap();
    assert_eq!(server.request(0).await.target(), "/demo/shelves/7/books/Emma%2Ca%2Fb%2Cc%20d");
    for (titles, expected) in [
        (&[][..], "must not be empty"),
        (&["a", ""][..], "must not be empty"),
        (&["a,b"][..], "must not hold an item with a comma"),
        (&[".."][..], "must not be `.` or `..`"),
    ] {
        let error = client.books().remove("7", titles.iter().copied()).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn query_values_are_escaped() {
    let server = Server::answering(|_| Response::json(200, json!({"data": {"found": []}}))).await;
    let text = "a&b=c+d %20\r\n用 户#?/";
    client(&server).books().search(text).extra_query("tag[]", vec!["x", "y z"]).extra_query("n", -3).await.unwrap();
    let request = server.request(0).await;
    assert_eq!(
        request.target(),
        "/demo/books?text=a%26b%3Dc%2Bd%20%2520%0D%0A%E7%94%A8%20%E6%88%B7%23%3F%2F&tag%5B%5D=x%2Cy%20z&n=-3"
    );
    let pairs = request.query_pairs();
    assert_eq!(pairs[0], ("text".to_owned(), text.to_owned()));
}

#[tokio::test]
async fn bodies_hold_what_is_set_and_nothing_else() {
    let server = Server::answering(|_| Response::json(200, json!({"data": {"id": "7", "result": true}}))).await;
    let client = client(&server);
    client.notes().set("7", "hi").await.unwrap();
    let request = server.request(0).await;
    assert_eq!(request.json(), json!({"note": "hi"}));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("x-edition"), Some("second"));
    assert_eq!(request.header("authorization"), Some("Bearer the-token"));
    assert_eq!(request.header("user-agent"), Some("bookshop/0.1.0"));

    let set = client.notes().set(ShelfId::from("7"), "hi \"you\"\u{1f600}\u{7}").visibility(Visibility::Private);
    set.authors([Author::new("Jane")]).extra_field("ext", json!({"a": [1, null]})).extra_field("n", 1.5).await.unwrap();
    assert_eq!(
        server.request(1).await.body(),
        "{\"note\":\"hi \\\"you\\\"\u{1f600}\\u0007\",\"public\":false,\"authors\":[{\"name\":\"Jane\"}],\
         \"ext\":{\"a\":[1,null]},\"n\":1.5}"
    );
}

#[tokio::test]
async fn a_request_without_a_body_names_no_content_type() {
    let server = Server::answering(|_| note()).await;
    let client = client(&server);
    client.notes().get("7").await.unwrap();
    let request = server.request(0).await;
    assert_eq!((request.method(), request.body_length()), ("GET", 0));
    assert_eq!(request.header("content-type"), None);
    client.notes().get("7").extra_field("why", "not").await.unwrap();
    assert_eq!(server.request(1).await.json(), json!({"why": "not"}));
    drop(client.books().remove("7", ["x"]).await);
    assert_eq!(server.request(2).await.body(), "{}", "an operation with a JSON body always sends an object");
}

#[tokio::test]
async fn each_call_may_differ_from_its_client() {
    let server = Server::answering(|_| note()).await;
    let client = builder(&server).user_agent("mine/1").default_header("x-team", "red").build().unwrap();
    let get = client.notes().get("7");
    get.access_token("another").header("X-Team", "blue").header("x-more", "1").await.unwrap();
    let request = server.request(0).await;
    assert_eq!(request.header("authorization"), Some("Bearer another"));
    assert_eq!(request.header("x-team"), Some("blue"));
    assert_eq!(request.header("x-more"), Some("1"));
    assert_eq!(request.header("user-agent"), Some("mine/1"));
}

#[tokio::test]
async fn a_default_header_that_is_set_again_replaces_the_former_one() {
    let server = Server::answering(|_| note()).await;
    let builder = builder(&server).default_header("x-team", "red").default_header("X-Team", "blue");
    let client = builder.default_header("User-Agent", "mine/2").build().unwrap();
    client.notes().get("7").await.unwrap();
    let request = server.request(0).await;
    for (name, expected) in [("x-team", "blue"), ("user-agent", "mine/2")] {
        assert_eq!(request.headers().get_all(name).iter().collect::<Vec<_>>(), [expected]);
    }
}

#[tokio::test]
async fn headers_cannot_add_others() {
    let server = Server::replying([]).await;
    let client = client(&server);
    for (name, value) in
        [("x-a", "1\r\nx-b: 2"), ("x\na", "1"), ("content-length", "7"), ("transfer-encoding", "chunked")]
    {
        let error = client.notes().get("7").header(name, value).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument, "{name:?}");
    }
    let error = client.notes().get("7").access_token("a\r\nb").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn send_is_the_same_as_await() {
    let server = Server::answering(|_| note()).await;
    let reply = client(&server).notes().get("7").send().await.unwrap();
    assert_eq!(reply.note, "hello");
}

#[tokio::test]
async fn a_value_that_is_set_again_replaces_the_former_one() {
    let server = Server::answering(|_| note()).await;
    let client = client(&server);
    let set = client.notes().set("7", "hi").tone("soft").tone("loud");
    drop(set.extra_field("note", serde_json::Value::Null).await);
    assert_eq!(server.request(0).await.json(), json!({"tone": "loud"}));

    let upload = client.covers().upload("7", Upload::bytes("a", "1"));
    let upload = upload.thumbnail(Upload::bytes("b", "2"));
    drop(upload.thumbnail(Upload::bytes("c", "3")).await);
    let parts = server.request(1).await.parts().await;
    let names: Vec<_> = parts.iter().map(|part| part.file_name.as_deref()).collect();
    assert_eq!(names, [Some("a"), Some("c")]);
}

#[tokio::test]
async fn durations_are_sent_in_the_unit_of_the_server() {
    let server = Server::answering(|_| Response::json(500, "{}")).await;
    let issue = client(&server).tokens().issue("id", "secret");
    drop(issue.ttl(Duration::from_millis(90_500)).await);
    assert_eq!(server.request(0).await.json()["ttl"], 90);
    let longest = encode::millis(Duration::MAX);
    assert_eq!(encode::millis(Duration::from_secs(2)), 2000.into());
    assert_eq!(longest, u64::MAX.into());
}
