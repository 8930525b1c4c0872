//! What is said about answers without success, and about answers that never come.

use std::error::Error as _;
use std::time::Duration;

use apigen_runtime::{Advice, CallOutcome, ErrorKind, Retry};
use apigen_testing::{Response, Server};
use serde_json::json;

use crate::contract::errors::CommonError;
use crate::contract::notes::{GetError, SetError};
use crate::{builder, client};

#[tokio::test]
async fn an_error_says_everything_in_one_line() {
    let body = json!({"error": "resource_not_found", "error_description": "shelf 77 does not exist!", "timestamp": 1});
    let server = Server::replying([Response::json(404, &body).header("x-request-id", "r1")]).await;
    let error = client(&server).notes().get("77").extra_query("page", 2).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "notes.get: the server answered 404 Not Found: resource_not_found: shelf 77 does not exist! \
             (No shelf has this id. Check the shelf id.) [GET {}/demo/shelves/77/note] [request \"r1\"]",
            server.url()
        )
    );
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Api, Some("notes.get")));
    assert_eq!((error.code(), error.description()), (Some("resource_not_found"), Some("shelf 77 does not exist!")));
    assert_eq!((error.request_id(), error.status().map(|it| it.as_u16())), (Some("r1"), Some(404)));
    assert_eq!(error.advice(), Some(Advice::FixRequest));
    assert_eq!(error.captures().get("shelf_id"), Some("77"));
    assert_eq!(error.reply::<serde_json::Value>(), Some(body));
    let documented = error.documented::<GetError>().unwrap();
    assert_eq!(documented, GetError::ShelfNotFound { shelf_id: Some("77".to_owned()) });
    assert_eq!(documented.to_string(), "shelf 77 does not exist!: No shelf has this id. Check the shelf id.");
}

/// What it shows, status, code, message, and the documented error.
type Answer = (&'static str, u16, &'static str, &'static str, Option<SetError>);

fn answers() -> Vec<Answer> {
    let gone = |id: &str| Some(SetError::ShelfNotFound { shelf_id: Some(id.to_owned()) });
    vec![
        ("status, code and message agree", 404, "resource_not_found", "shelf 7 does not exist!", gone("7")),
        ("the code does not", 404, "ShelfException", "shelf 7 does not exist!", gone("7")),
        ("neither does the status", 400, "x", " shelf 7 does not exist! ", gone("7")),
        ("another spelling of the code", 403, "forbidden", "note length exceeds limit!", Some(SetError::NoteTooLong)),
        ("only status and code agree", 403, "FORBIDDEN", "other words", Some(SetError::NoteTooLong)),
        ("without a capture", 404, "resource_not_found", "gone", Some(SetError::ShelfNotFound { shelf_id: None })),
        ("a common one", 429, "reach_limit", "slow down", Some(SetError::Common(CommonError::TooManyCalls))),
        (
            "a common message",
            500,
            "",
            "This request has reached api limit",
            Some(SetError::Common(CommonError::TooManyCalls)),
        ),
        ("only the status agrees", 404, "other", "gone", None),
        ("nothing agrees", 418, "teapot", "short and stout", None),
    ]
}

#[tokio::test]
async fn answers_are_matched_with_the_documentation() {
    for (name, status, code, message, expected) in answers() {
        let server =
            Server::replying([Response::json(status, json!({"error": code, "error_description": message}))]).await;
        let error = client(&server).notes().set("7", "hi").retry(Retry::never()).await.unwrap_err();
        assert_eq!(error.documented::<SetError>(), expected, "{name}");
        assert_eq!(error.documentation().is_some(), expected.is_some(), "{name}");
    }
}

#[tokio::test]
async fn any_body_is_survived_and_kept() {
    let long = "x".repeat(3 * 1024 * 1024);
    let deep = "[".repeat(100_000);
    let cases: [(&str, Response, &str); 9] = [
        ("empty", Response::bytes(502, ""), "502 Bad Gateway without a body"),
        ("HTML", Response::html(502, "<html>\n <h1>Bad\u{7}</h1>"), "502 Bad Gateway with \"<html> <h1>Bad </h1>\""),
        ("no fields", Response::json(500, "{}"), "500 Internal Server Error with \"{}\""),
        (
            "other types",
            Response::json(500, r#"{"error": {}, "error_description": []}"#),
            "500 Internal Server Error with",
        ),
        ("a number", Response::json(500, r#"{"error": 7}"#), "500 Internal Server Error: 7"),
        ("message only", Response::json(500, r#"{"error_description": "a\nb"}"#), "500 Internal Server Error: a b"),
        ("not UTF-8", Response::bytes(500, &b"\xff\xfe"[..]), "500 Internal Server Error with \"\u{fffd}\u{fffd}\""),
        ("huge", Response::text(500, long), "500 Internal Server Error with \"xxx"),
        ("deep", Response::text(500, deep), "500 Internal Server Error with \"[[["),
    ];
    for (name, response, expected) in cases {
        let server = Server::replying([response]).await;
        let error = client(&server).notes().get("7").retry(Retry::never()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Api, "{name}");
        let said = error.to_string();
        assert!(said.starts_with(&format!("notes.get: the server answered {expected}")), "{name}: {said}");
        assert!(said.len() < 1000 && format!("{error:?}").len() < 1500, "{name}");
        assert!(!said.contains('\n'), "{name}");
        assert!(error.raw().unwrap().len() <= 1024 * 1024, "{name}");
    }
}

#[tokio::test]
async fn an_error_body_that_breaks_off_still_tells_its_status() {
    let server = Server::replying([Response::text(503, "half").times(2).cut_after(1)]).await;
    let error = client(&server).notes().get("7").retry(Retry::never()).await.unwrap_err();
    assert_eq!((error.kind(), error.status().map(|it| it.as_u16())), (ErrorKind::Api, Some(503)));
    assert_eq!(error.raw().unwrap(), "half");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Server::replying([]).await;
    let target = format!("{}/elsewhere?token=hush", other.url());
    let server =
        Server::replying([Response::bytes(302, "").header("location", &target), Response::bytes(307, "")]).await;
    let client = client(&server);
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    let expected =
        format!("notes.get: the server answered 302 Found, a redirect to {}, which is not followed", other.url());
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(!error.to_string().contains("hush"), "{error}");
    assert_eq!(other.requests().len(), 0);
    assert_eq!(client.notes().get("7").await.unwrap_err().kind(), ErrorKind::Redirect);
    let here = server.url();
    for (location, target) in [
        ("/login?next=https://elsewhere.example/", &*here),
        ("next", &here),
        ("//elsewhere.example:81/login", "http://elsewhere.example:81"),
        ("https://mira:hush@elsewhere.example/login", "https://elsewhere.example"),
        ("https://[", "nowhere"),
    ] {
        server.push(Response::bytes(302, "").header("location", location));
        let error = client.notes().get("7").await.unwrap_err().to_string();
        assert!(error.contains(&format!("a redirect to {target}, which")) && !error.contains("hush"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_from_one_that_breaks_off() {
    let gone = Server::replying([]).await;
    let client = client(&gone);
    drop(gone);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let get = client.notes().get("7").extra_query("key", "hush").retry(Retry::never());
    let error = get.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let source = error.source().map(ToString::to_string);
    assert!(!format!("{error} {error:?} {source:?}").contains("hush"));
    assert!(error.to_string().contains("could not connect"), "{error}");
    assert!(error.source().is_some());

    let server = Server::replying([Response::reset(), Response::text(200, "{}").times(3).cut_after(1)]).await;
    let client = crate::client(&server);
    for _ in 0..2 {
        let error = client.notes().get("7").retry(Retry::never()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
    }
    assert_eq!(server.requests().len(), 2, "nothing is repeated");
}

#[tokio::test]
async fn a_call_gets_through_when_connections_break() {
    let note = Response::json(200, json!({"data": {"note": "hello", "id": "7", "result": true}}));
    let script = || [Response::reset(), note.clone().times(2).cut_after(1), note.clone()];
    let quick = Retry::default().base_delay(Duration::from_millis(1));
    let server = Server::replying(script()).await;
    assert_eq!(client(&server).notes().get("7").retry(quick.clone()).await.unwrap().note, "hello");
    assert_eq!(server.requests().len(), 3);

    let server = Server::replying(script()).await;
    for _ in 0..2 {
        let error = client(&server).notes().set("7", "hi").retry(quick.clone()).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, CallOutcome::Unknown));
        assert!(error.to_string().contains("whether the server acted is unknown [POST"), "{error}");
    }
    assert_eq!(server.requests().len(), 2, "what works again is not repeated");
}

#[tokio::test]
async fn answers_have_their_time() {
    let server = Server::answering(|_| Response::json(200, "{}").delay(Duration::from_secs(30))).await;
    let client = builder(&server).timeout(Duration::from_millis(50)).build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().starts_with("notes.get: no answer within 50ms [GET http://"), "{error}");

    let slow = Server::answering(|_| Response::json(200, " ").times(1000).pause(Duration::from_millis(10))).await;
    let error = crate::client(&slow).notes().get("7").timeout(Duration::from_millis(80)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "a body that trickles is no answer");
}

#[tokio::test]
async fn a_call_may_take_longer_than_its_client_says() {
    let answer = Response::json(200, json!({"data": {"note": "late"}}));
    let server = Server::replying([answer.delay(Duration::from_millis(100))]).await;
    let client = builder(&server).timeout(Duration::from_millis(20)).build().unwrap();
    let get = client.notes().get("7").timeout(Duration::from_secs(5));
    assert_eq!(get.await.unwrap().note, "late");
}

#[tokio::test]
async fn secrets_that_a_server_echoes_are_hidden() {
    let server = Server::answering(|request| {
        let token = request.header("authorization").unwrap_or_default().replace("Bearer ", "");
        let secret = String::from_utf8_lossy(request.body()).into_owned();
        Response::text(500, format!("token {token} body {secret}"))
    })
    .await;
    let client = builder(&server).access_token("hush-token").build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    let issue = client.tokens().issue("id", "hush-secret").await.unwrap_err();
    let shown = format!("{error} {error:?} {issue} {issue:?}");
    assert!(shown.contains("token [secret]") && !shown.contains("hush"), "{shown}");

    let json = Server::answering(|_| {
        Response::json(400, json!({"error": "hush-token", "error_description": "bad hush-token"}))
    })
    .await;
    let client = builder(&json).access_token("hush-token").build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    assert!(!format!("{error} {error:?} {:?} {:?}", error.code(), error.description()).contains("hush"));
}
