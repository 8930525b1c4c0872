//! Values of several shapes, sent and read, with the tag inside and beside.

use apigen_runtime::{Decode, Encode, Value};
use apigen_testing::{Response, Server};
use serde_json::json;

use crate::client;
use crate::orders::{Answered, Card, Content, Text, Wrapping};

#[tokio::test]
async fn unions_go_out_and_come_back() {
    let server = Server::answering(|request| Response::json(200, request.json())).await;
    let new = Value::parse(br#"{"type": "foil", "colour": [1, {"a": null}]}"#).unwrap();
    let foil = Wrapping::decode(&new).unwrap();
    let printed = Wrapping::from(Text::new("stars"));
    let greet = client(&server).orders().greet(Text::new("hello")).wrapping([printed.clone(), foil.clone()]);
    let card = greet.await.unwrap();
    assert_eq!(
        server.request(0).await.json(),
        json!({
            "kind": "txt",
            "content": {"words": "hello"},
            "wrapping": [{"type": "printed", "words": "stars"}, {"type": "foil", "colour": [1, {"a": null}]}],
        })
    );
    assert_eq!(card.content, Content::Text(Text::new("hello")));
    assert_eq!(card.wrapping, Some(vec![printed, foil.clone()]));
    assert_eq!((foil.tag(), card.content.tag()), ("foil", "txt"));
}

#[test]
fn a_union_is_read_by_its_tag_or_refused_with_its_path() {
    let read = |text: &str| {
        let value = Value::parse(text.as_bytes()).expect("test values are JSON");
        Card::decode(&value).map(|card| format!("{:?}", card.content)).map_err(|error| error.to_string())
    };
    let cases = [
        (r#"{"kind": "img", "content": {}}"#, Ok("Drawing(Drawing { url: None })")),
        (
            r#"{"kind": "poem", "content": [1]}"#,
            Ok(r#"Unknown(UnknownVariant { tag: "poem", value: Array [Number(1)] })"#),
        ),
        (r#"{"kind": "poem"}"#, Ok(r#"Unknown(UnknownVariant { tag: "poem", value: Null })"#)),
        (r#"{"content": {"words": "a"}}"#, Err("kind: missing")),
        (r#"{"kind": [], "content": {}}"#, Err("kind: expected string, found array")),
        (r#"{"kind": "txt", "content": {}}"#, Err("content.words: missing")),
        (r#"{"kind": "txt"}"#, Err("content: expected object, found null")),
        (
            r#"{"kind": "img", "content": {}, "wrapping": [{"type": "foil"}, {"words": "a"}]}"#,
            Err("wrapping[1].type: missing"),
        ),
        (r#"{"kind": "img", "content": {}, "wrapping": [7]}"#, Err("wrapping[0]: expected object, found integer")),
        (r#"{"kind": "img", "content": {}, "answered": {"content": {}}}"#, Err("answered.kind: missing")),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), expected.map(str::to_owned).map_err(str::to_owned), "{text}");
    }
}

#[test]
fn an_object_may_hold_a_union_or_none() {
    for text in ["{}", r#"{"kind":"txt","content":{"words":"a"}}"#, r#"{"kind":"new","content":7}"#] {
        let value = Value::parse(text.as_bytes()).unwrap();
        assert_eq!(Answered::decode(&value).unwrap().encode().to_json_string(), text);
    }
}
