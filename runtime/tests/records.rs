//! Records of files that a reply names, and what becomes of those that cannot be read.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use apigen_runtime::{
    BoxFuture, Bytes, ErrorKind, HeaderMap, RecordError, Records, Request, Response as Answer, Retry, StatusCode,
    Transport, TransportError,
};
use apigen_testing::{Response, Server};
use futures_util::StreamExt;
use serde_json::json;

use crate::contract::Client;
use crate::orders::Cancelled;
use crate::{builder, client};

/// A shop whose export names these files.
async fn shop(files: impl IntoIterator<Item = String>) -> Server {
    let files: Vec<_> = files.into_iter().map(|url| json!({"url": url})).collect();
    Server::replying([Response::json(200, json!({"data": {"files": files}}))]).await
}

/// What the records are, in words.
async fn read(mut records: Records<Cancelled>) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(record) = records.next().await {
        found.push(match record {
            Ok(record) => record.id.clone(),
            Err(error) => error.to_string(),
        });
    }
    assert!(records.next().await.is_none(), "an end is an end");
    found
}

#[tokio::test]
async fn records_come_from_all_files_without_anything_of_the_client() {
    let files = Server::answering(|request| match request.path() {
        "/plain" => Response::text(200, "{\"id\": \"1\", \"more\": [1]}\r\n\n{\"id\": 2}"),
        "/empty" => Response::bytes(200, ""),
        _ => Response::gzip(200, "{\"id\": \"3\"}\n{\"id\": \"4\"}\n").header("content-encoding", "gzip"),
    })
    .await;
    let names = ["/plain?signature=s1", "/empty", "/packed"].map(|path| format!("{}{path}", files.url()));
    let shop = shop(names).await;
    let client = builder(&shop).default_header("x-own", "hush").user_agent("hush").build().unwrap();
    let mut records = client.orders().export().records();
    let first = records.next().await.unwrap().unwrap();
    assert_eq!((first.id.as_str(), first.json()), ("1", "{\"id\": \"1\", \"more\": [1]}"));
    assert_eq!(first.into_inner().id, "1");
    let rest: Vec<_> = records.map(|record| record.unwrap().into_inner().id).collect().await;
    assert_eq!(rest, ["2", "3", "4"]);

    assert_eq!(shop.request(0).await.header("authorization"), Some("Bearer the-token"));
    assert_eq!(files.requests().len(), 3);
    assert_eq!(files.request(0).await.target(), "/plain?signature=s1");
    for request in files.requests() {
        assert_eq!(request.method(), "GET");
        let names: Vec<_> = request.headers().keys().map(|name| name.as_str().to_owned()).collect();
        assert!(names.iter().all(|name| ["accept", "host"].contains(&name.as_str())), "{names:?}");
        assert!(!format!("{request:?}").contains("hush"));
    }
}

#[tokio::test]
async fn a_bad_line_is_reported_and_the_next_one_read() {
    let long = format!("{{\"id\": \"{}\"}}", "漢".repeat(3 * 1024 * 1024));
    let pretty = "{\n  \"id\": 1\n}";
    let text = ["{\"id\": 1}", "{\"id\": {}}", "{", &long, pretty, "{\"id\": 2}{\"id\": 3}", "{\"id\": 4}"].join("\n");
    let mut bytes = text.into_bytes();
    bytes.extend(b"\n{\"id\": \"\xff\"}\n{\"id\": 5}");
    let files = Server::answering(move |_| Response::gzip(200, &bytes)).await;
    let shop = shop([files.url()]).await;
    let found = read(client(&shop).orders().export().records()).await;
    let expected = [
        "1",
        "file 0, line 2: id: expected string, found object",
        "file 0, line 3: not JSON: EOF while parsing an object at line 1 column 1",
        "file 0, line 4: longer than 8388608 bytes",
        "file 0, line 5: not JSON: EOF",
        "file 0, line 6: not JSON: trailing characters",
        "file 0, line 7: not JSON",
        "file 0, line 8: not JSON: trailing characters",
        "4",
        "file 0, line 10: no UTF-8",
        "5",
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected) && found.len() < 1000, "{found}");
    }

    let shop = self::shop([files.url()]).await;
    let errors: Vec<_> = client(&shop).orders().export().records().filter_map(async |it| it.err()).collect().await;
    let RecordError::Line { file: 0, line: 4, text, .. } = &errors[2] else { panic!("{:?}", errors[2]) };
    assert_eq!(text.chars().count(), 1001);
    // The line may hold secrets, and errors end up in logs.
    assert!(!format!("{:?} {}", errors[2], errors[2]).contains('漢'));
}

#[tokio::test]
async fn a_bad_file_is_reported_and_the_next_one_read() {
    let line = "{\"id\": \"1\"}\n";
    let many = line.repeat(5000);
    let broken = Response::gzip(200, &many);
    let files = Server::answering(move |request| match request.path() {
        "/forbidden" => Response::text(403, "<Code>Expired</Code>"),
        "/documented" => Response::json(404, json!({"error_description": "shelf 7 does not exist!"})),
        "/moved" => Response::bytes(302, "").header("location", "/elsewhere?token=hush"),
        "/cut" => Response::text(200, line).times(5).cut_after(3),
        "/broken" => broken.clone().header("x-broken", "no").chunked().times(2).cut_after(1),
        "/stalled" => Response::text(200, line).times(3).pause(Duration::from_secs(30)),
        "/late" => Response::text(200, line).delay(Duration::from_secs(30)),
        "/rubbish" => Response::bytes(200, &b"\x1f\x8brubbish"[..]),
        _ => Response::text(200, line),
    })
    .await;
    let url = |path: &str| format!("{}{path}", files.url());
    let said = |path: &str| format!(" [GET {}]", url(path));
    let cases = [
        (
            url("/forbidden?key=hush").replace("//", "//hush:p%3Dw@"),
            0,
            ErrorKind::Api,
            "the server answered 403 Forbidden with \"<Code>Expired</Code>\"",
            said("/forbidden"),
        ),
        (url("/documented"), 0, ErrorKind::Api, "the server answered 404 Not Found with", said("/documented")),
        (
            url("/moved"),
            0,
            ErrorKind::Redirect,
            "the server answered 302 Found, a redirect to http://127",
            said("/moved"),
        ),
        (url("/cut"), 3, ErrorKind::Transport, "the connection failed: ", said("/cut")),
        (url("/broken"), 5000, ErrorKind::Transport, "the connection failed: ", said("/broken")),
        (url("/stalled"), 1, ErrorKind::Timeout, "the body paused for more than 300ms", said("/stalled")),
        (url("/late"), 0, ErrorKind::Timeout, "no answer within 300ms", said("/late")),
        (url("/rubbish"), 0, ErrorKind::Decode, "the file cannot be decompressed: ", said("/rubbish")),
        ("ftp://ftp.example/f?a=hush".to_owned(), 0, ErrorKind::Decode, "\"ftp://ftp.example/f\" is no", String::new()),
        ("http://a:hush@[/f".to_owned(), 0, ErrorKind::Decode, "\"[/f\" is no URL of a file", String::new()),
        ("/file".to_owned(), 0, ErrorKind::Decode, "\"/file\" is no URL of a file", String::new()),
    ];
    let mut names: Vec<_> = cases.iter().map(|case| case.0.clone()).collect();
    names.push(url("/good 文?a=\"{1}\""));
    let shop = shop(names).await;
    let time = Duration::from_millis(300);
    let client = builder(&shop).timeout(time).idle_timeout(time).build().unwrap();
    let mut records = client.orders().export().records();
    for (index, (_, count, kind, message, url)) in cases.iter().enumerate() {
        for _ in 0..*count {
            assert_eq!(records.next().await.unwrap().unwrap().id, "1", "{message}");
        }
        let found = records.next().await.unwrap().unwrap_err();
        let shown = found.to_string();
        let RecordError::File { file, records, error, .. } = found else { panic!("{shown}") };
        assert_eq!((file, records, error.kind()), (index, *count, *kind), "{shown}");
        let expected = format!("file {index}, after {count} records: orders.export: {message}");
        assert!(shown.starts_with(&expected) && shown.ends_with(url.as_str()), "{shown}");
        assert!(!format!("{shown} {error:?}").contains("hush") && error.documentation().is_none(), "{shown}");
    }
    assert_eq!(records.next().await.unwrap().unwrap().id, "1");
    assert!(records.next().await.is_none());
    assert!(files.requests().iter().all(|request| request.path() != "/elsewhere"), "no redirect is followed");
    let forbidden = files.requests().into_iter().find(|request| request.path() == "/forbidden").unwrap();
    assert_eq!(forbidden.header("authorization"), Some("Basic aHVzaDpwPXc="), "a URL may hold user and password");
}

#[tokio::test]
async fn a_file_that_cannot_be_had_for_a_time_is_asked_for_again() {
    let replies = [Response::reset(), Response::text(503, "busy"), Response::text(200, "{\"id\": \"1\"}")];
    let quick = Retry::default().base_delay(Duration::from_millis(1));
    for (retry, found, requests) in
        [(quick, "1", 3), (Retry::never(), "file 0, after 0 records: orders.export: the con", 1)]
    {
        let files = Server::replying(replies.clone()).await;
        let shop = shop([files.url()]).await;
        let read = read(client(&shop).orders().export().retry(retry).records()).await;
        assert!(read.len() == 1 && read[0].starts_with(found), "{read:?}");
        assert_eq!(files.requests().len(), requests);
    }
}

#[tokio::test]
async fn a_call_that_fails_names_no_files() {
    let cases = [
        (404, json!({"error": "x", "error_description": "shelf 7 does not exist!"}), ErrorKind::Api, "404"),
        (200, json!({"ok": false, "why": "too early"}), ErrorKind::Refused, "would be success: too early"),
        (200, json!({}), ErrorKind::Decode, "documented: data: missing"),
        (200, json!({"data": {"files": {}}}), ErrorKind::Decode, "data.files: expected array, found object"),
        (200, json!({"data": {"files": [{"url": "x"}, {}]}}), ErrorKind::Decode, "data.files[1].url: missing"),
        (
            200,
            json!({"data": {"files": [{"url": []}]}}),
            ErrorKind::Decode,
            "files[0].url: expected string, found array",
        ),
    ];
    for (status, body, kind, message) in cases {
        let server = Server::replying([Response::json(status, body)]).await;
        let mut records = client(&server).orders().export().records();
        let error = records.next().await.unwrap().unwrap_err();
        let RecordError::Call(call) = &error else { panic!("{error}") };
        assert_eq!((call.kind(), call.documentation().is_some()), (kind, kind == ErrorKind::Api));
        assert!(error.to_string().contains(message), "{error}");
        assert!(records.next().await.is_none(), "nothing follows");
        assert_eq!(server.requests().len(), 1);
    }
    let nothing = shop([]).await;
    assert!(client(&nothing).orders().export().records().next().await.is_none());
}

/// Answers from memory, and remembers what it was asked.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<String>>>);

impl Transport for Memory {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Answer, TransportError>> {
        let headers: Vec<_> = request.headers.keys().map(ToString::to_string).collect();
        let asked = format!("{} {} {}", request.method, request.uri, headers.join(","));
        self.0.lock().expect("nothing panics under the lock").push(asked);
        Box::pin(async move {
            let body = match request.uri.host() {
                Some("shop.example") => Bytes::from(
                    r#"{"data": {"files": [{"url": "https://files.example/a"}, {"url": "http://b.example"}]}}"#,
                ),
                _ => Bytes::from("{\"id\": 1}\n{\"id\": 2}"),
            };
            Ok(Answer::new(StatusCode::OK, HeaderMap::new(), body))
        })
    }
}

#[tokio::test]
async fn files_may_come_from_memory_and_from_any_host() {
    let memory = Memory::default();
    let builder = Client::builder().host("https://shop.example").shop("demo").access_token("t");
    let client = builder.transport(memory.clone()).build().unwrap();
    assert_eq!(read(client.orders().export().records()).await, ["1", "2", "1", "2"]);
    let asked = memory.0.lock().unwrap().clone();
    assert!(asked[0].contains("authorization"));
    assert_eq!(asked[1..], ["GET https://files.example/a ", "GET http://b.example/ "]);
}
