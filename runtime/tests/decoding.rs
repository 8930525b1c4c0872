//! What replies are read into, and what is said about those that cannot be read.

use std::time::{Duration, UNIX_EPOCH};

use apigen_runtime::{
    Decode, Encode, ErrorKind, Fields, Lasting, Reply, Secret, Timestamp, Until, Value, decode, encode,
};
use apigen_testing::{Response, Server};
use serde_json::json;

use crate::contract::books::Book;
use crate::contract::types::{Binding, Genre, Visibility};
use crate::{builder, client};

#[tokio::test]
async fn the_payload_comes_with_its_envelope() {
    let body = json!({
        "path": "/note", "timestamp": 1500, "duration": 6, "entities": [], "unknown": {"x": 1},
        "data": {"note": "hello", "more": null},
    });
    let server = Server::answering(move |_| Response::json(200, &body).header("x-trace", "t1")).await;
    let reply = client(&server).notes().get("7").await.unwrap();
    assert_eq!(reply.note, "hello");
    assert_eq!(reply.envelope().path.as_deref(), Some("/note"));
    assert_eq!(reply.envelope().duration, Some(Duration::from_millis(6)));
    let moment = reply.envelope().timestamp.and_then(Timestamp::to_system_time);
    assert_eq!(moment, Some(UNIX_EPOCH + Duration::from_millis(1500)));
    assert_eq!(reply.envelope().entities, Some(json!([])));
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["x-trace"], "t1");
    assert!(String::from_utf8_lossy(reply.raw()).contains("unknown"));
    assert_eq!(reply.into_inner().note, "hello");
}

#[test]
fn leniency_ends_where_a_guess_would_begin() {
    fn decode<T: Decode>(text: &str) -> Result<T, String> {
        let value = Value::parse(text.as_bytes()).expect("test values are JSON");
        T::decode(&value).map_err(|error| error.to_string())
    }

    assert_eq!(decode::<i64>("\"7\""), Ok(7));
    assert_eq!(decode::<i64>("7.0"), Ok(7));
    assert_eq!(decode::<i64>("7.5"), Err("expected integer, found number".to_owned()));
    assert_eq!(decode::<i64>("\"\""), Err("expected integer, found string".to_owned()));
    assert_eq!(decode::<i64>("18446744073709551615"), Err("expected integer, found integer".to_owned()));
    assert_eq!(decode::<u64>("18446744073709551615"), Ok(u64::MAX));
    assert_eq!(decode::<u64>("\"18446744073709551615\""), Ok(u64::MAX));
    assert_eq!(decode::<u64>("-1"), Err("expected a whole number from 0, found a negative one".to_owned()));
    assert_eq!(decode::<bool>("\"TRUE\""), Ok(true));
    assert_eq!(decode::<bool>("\"yes\""), Err("expected boolean, found string".to_owned()));
    assert_eq!(decode::<bool>("1"), Err("expected boolean, found integer".to_owned()));
    assert_eq!(decode::<String>("7"), Ok("7".to_owned()));
    assert_eq!(decode::<String>("1.50"), Ok("1.5".to_owned()));
    assert_eq!(decode::<String>("true"), Ok("true".to_owned()));
    assert_eq!(decode::<String>("{}"), Err("expected string, found object".to_owned()));
    assert_eq!(decode::<f64>("\"1.5\""), Ok(1.5));
    assert_eq!(decode::<f64>("\"NaN\""), Err("expected number, found string".to_owned()));
    assert_eq!(decode::<Option<i64>>("null"), Ok(None));
    assert_eq!(decode::<Vec<i64>>("{}"), Err("expected array, found object".to_owned()));
    assert_eq!(decode::<Genre>("\"poetry\""), Ok(Genre::Poetry));
    assert_eq!(decode::<Genre>("\"crime\""), Ok(Genre::Unknown("crime".to_owned())));
    assert_eq!(decode::<Binding>("\"2\""), Ok(Binding::Soft));
    assert_eq!(decode::<Binding>("9"), Ok(Binding::Unknown(9)));
    assert_eq!(decode::<Visibility>("\"false\""), Ok(Visibility::Private));
    let map: std::collections::BTreeMap<String, Vec<i64>> = decode(r#"{"a": [1], "b": []}"#).unwrap();
    assert_eq!(map["a"], [1]);
    let nested = decode::<std::collections::BTreeMap<String, Vec<i64>>>(r#"{"a": [1, "x"]}"#);
    assert_eq!(nested, Err("a[1]: expected integer, found string".to_owned()));
}

#[test]
fn unreadable_values_are_named_by_their_path() {
    let cases = [
        (r#"[{"title": "a"}, {"title": "b", "added": "soon"}]"#, "[1].added: expected integer, found string"),
        (r#"[{"title": "a", "authors": [{}]}]"#, "[0].authors[0].name: missing"),
        (r#"[{"title": null}]"#, "[0].title: missing"),
        ("[7]", "[0]: expected object, found integer"),
        ("7", "expected array, found integer"),
    ];
    for (text, expected) in cases {
        let value = Value::parse(text.as_bytes()).unwrap();
        assert_eq!(Vec::<Book>::decode(&value).unwrap_err().to_string(), expected);
    }
}

#[tokio::test]
async fn replies_that_cannot_be_read_are_errors_with_the_reply() {
    let cases = [
        (
            r#"{"data": {"note": {}}}"#,
            "notes.get: the reply is not what is documented: data.note: expected string, found object",
        ),
        ("{}", "notes.get: the reply is not what is documented: data: expected object, found null"),
        ("", "notes.get: the reply is not what is documented: data: expected object, found null"),
        (
            r#"{"data": {"note": "x"}, "duration": []}"#,
            "notes.get: the reply is not what is documented: duration: expected integer, found array",
        ),
        ("<html>", "notes.get: the reply is not JSON: expected value at line 1 column 1"),
        (r#"{"data": "#, "notes.get: the reply is not JSON: EOF while parsing"),
    ];
    for (body, expected) in cases {
        let server = Server::replying([Response::text(200, body)]).await;
        let error = client(&server).notes().get("7").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        assert_eq!(error.raw().unwrap(), body);
    }
}

#[tokio::test]
async fn replies_beyond_the_limit_are_refused() {
    let server = Server::answering(|_| Response::bytes(200, "x".repeat(1000)).times(100).chunked()).await;
    let client = builder(&server).max_reply_bytes(50_000).build().unwrap();
    let error = client.notes().get("7").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.to_string().starts_with("notes.get: the reply is larger than 50000 bytes"), "{error}");
}

#[tokio::test]
async fn a_success_that_says_no_is_an_error_with_the_reply() {
    let replies = [("false", false), ("\"false\"", false), ("true", true), ("\"TRUE\"", true)];
    for (result, succeeds) in replies {
        let server =
            Server::replying([Response::json(200, format!(r#"{{"data": {{"id": "7", "result": {result}}}}}"#))]).await;
        let outcome = client(&server).notes().set("7", "hi").await;
        assert_eq!(outcome.is_ok(), succeeds, "{result}");
        if let Err(error) = outcome {
            assert_eq!(error.kind(), ErrorKind::Refused);
            let refused = error.reply::<crate::contract::notes::NoteChange>().unwrap();
            assert_eq!((refused.id.as_str(), refused.result), ("7", false));
            assert!(
                error.to_string().starts_with("notes.set: the server refused: `data.result` is \"false\""),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn a_reply_is_judged_before_it_is_read() {
    let not = "orders.recall: the server refused: ";
    let code = "`code` is \"201\", and \"200\" or \"ok\" would be success";
    let cases = [
        (json!({"code": 200, "data": {"id": 1}}), None),
        (json!({"code": "OK", "msgs": null, "data": {"id": "1"}}), None),
        (json!({"code": 201}), Some((code.to_owned(), None))),
        (json!({"msgs": [{"recalled": "too late"}]}), Some(("`msgs` is there: too late".to_owned(), Some("too late")))),
        (json!({"msgs": []}), Some(("`msgs` is there".to_owned(), None))),
        (json!({"msgs": [{"recalled": ""}, {"recalled": "x"}]}), Some(("`msgs` is there".to_owned(), None))),
        (
            json!({"msgs": [{"recalled": "the-token is\nwrong"}]}),
            Some(("`msgs` is there: [secret] is wrong".to_owned(), Some("[secret] is\nwrong"))),
        ),
    ];
    for (body, expected) in cases {
        let reply = body.clone();
        let server = Server::answering(move |_| Response::json(200, &reply)).await;
        let recalled = client(&server).orders().recall("7").await;
        let error = match (recalled, &expected) {
            (Ok(recalled), None) => {
                assert_eq!(recalled.id, "1", "{body}");
                continue;
            }
            (recalled, _) => recalled.map(Reply::into_inner).unwrap_err(),
        };
        let (said, reason) = expected.expect("a failure is expected");
        assert_eq!((error.kind(), error.description()), (ErrorKind::Refused, reason), "{body}");
        assert!(error.to_string().starts_with(&format!("{not}{said} [")), "{error}");
        assert_eq!(error.reply::<serde_json::Value>(), Some(body), "what is there is kept");
    }
}

#[tokio::test]
async fn each_item_of_a_batch_has_its_own_outcome() {
    let body = json!({"data": [
        {"id": "1"},
        {"id": "2", "status": 200, "error": null},
        {"id": 3, "status": "Success"},
        {"id": "4", "status": 404, "error": "gone"},
        {"error": "unknown"},
        {"status": false},
    ]});
    let server = Server::answering(move |_| Response::json(200, &body)).await;
    let outcomes = client(&server).orders().cancel(["1"]).await.unwrap();
    let said: Vec<_> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Ok(cancelled) => (cancelled.id.as_str(), "done"),
            Err(failure) => (failure.id.as_deref().unwrap_or("?"), failure.error.as_deref().unwrap_or("failed")),
        })
        .collect();
    let expected = [("1", "done"), ("2", "done"), ("3", "done"), ("4", "gone"), ("?", "unknown"), ("?", "failed")];
    assert_eq!(said, expected);

    for (body, problem) in [
        (r#"{"data": [{}]}"#, "data[0].id: missing"),
        (r#"{"data": [{"error": []}]}"#, "data[0].error: expected string, found array"),
        (r#"{"data": [7]}"#, "data[0]: expected object, found integer"),
    ] {
        let server = Server::replying([Response::json(200, body)]).await;
        let error = client(&server).orders().cancel(["1"]).await.unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[tokio::test]
async fn a_single_item_may_stand_in_the_place_of_a_list() {
    let cases = [
        (r#"{"data": {"id": "1"}}"#, Ok("1")),
        (r#"{"data": [{"id": "1"}, {"id": "2"}]}"#, Ok("1 2")),
        (r#"{"data": []}"#, Ok("")),
        (r#"{"data": {"error": "gone"}}"#, Ok("gone")),
        (r#"{"data": {}}"#, Err("data[0].id: missing")),
        (r#"{"data": null}"#, Err("data: expected array, found null")),
        ("{}", Err("data: expected array, found null")),
    ];
    for (body, expected) in cases {
        let server = Server::replying([Response::json(200, body)]).await;
        match (client(&server).orders().cancel(["1"]).await, expected) {
            (Ok(outcomes), Ok(expected)) => {
                let ids = outcomes.iter().map(|outcome| match outcome {
                    Ok(cancelled) => cancelled.id.clone(),
                    Err(failure) => failure.error.clone().unwrap_or_default(),
                });
                assert_eq!(ids.collect::<Vec<_>>().join(" "), expected, "{body}");
            }
            (outcomes, expected) => {
                let error = outcomes.map(Reply::into_inner).unwrap_err().to_string();
                assert!(error.contains(expected.unwrap_err()), "{error}");
            }
        }
    }
}

#[test]
fn the_first_field_that_cannot_be_read_is_the_one_that_is_told() {
    #[derive(Debug, PartialEq)]
    struct Loan {
        days: Option<i64>,
        copy: i64,
        note: Option<String>,
    }

    apigen_runtime::decode_fields!(Loan { days: optional("days"), copy: required("copy"), note: optional("note") });

    let read = |json: &str| {
        let value = Value::parse(json.as_bytes()).unwrap();
        Loan::decode(&value).map_err(|error| error.to_string())
    };
    assert_eq!(read(r#"{"copy": 1, "days": null}"#), Ok(Loan { days: None, copy: 1, note: None }));
    let problems = [
        (r#"{"days": "many"}"#, "days: expected integer, found string"),
        (r#"{"days": 1, "note": []}"#, "copy: missing"),
        (r#"{"days": {}, "copy": 1, "note": []}"#, "days: expected integer, found object"),
        (r#"{"copy": 1, "note": []}"#, "note: expected string, found array"),
        ("[]", "expected object, found array"),
    ];
    for (json, problem) in problems {
        assert_eq!(read(json), Err(problem.to_owned()), "{json}");
    }
}

#[test]
fn a_field_may_hold_one_or_many() {
    let read = |text: &str| {
        let value = Value::parse(text.as_bytes()).expect("test values are JSON");
        Fields::of(&value)?.required_with("a", decode::one_or_many::<i64>)
    };
    assert_eq!(read(r#"{"a": "7"}"#), Ok(vec![7]));
    assert_eq!(read(r#"{"a": [7, 8]}"#), Ok(vec![7, 8]));
    assert_eq!(read(r#"{"a": {}}"#).unwrap_err().to_string(), "a: expected integer, found object");
    assert_eq!(read(r#"{"a": [{}]}"#).unwrap_err().to_string(), "a[0]: expected integer, found object");
    assert_eq!(read(r#"{"a": null}"#).unwrap_err().to_string(), "a: missing");
}

#[test]
fn terms_may_be_endless() {
    let ms = Duration::from_millis(1500);
    let cases = [("1500", Ok(Lasting::For(ms))), ("-1", Ok(Lasting::Forever)), ("\"-1\"", Ok(Lasting::Forever))];
    for (text, expected) in cases {
        assert_eq!(decode::lasting_millis::<-1>(&Value::parse(text.as_bytes()).unwrap()), expected, "{text}");
    }
    let negative = decode::lasting_millis::<-1>(&(-2).into()).unwrap_err().to_string();
    assert_eq!(negative, "expected a whole number from 0, found a negative one");
    assert_eq!(decode::lasting_seconds::<0>(&2.into()), Ok(Duration::from_secs(2).into()));
    assert_eq!(decode::lasting_seconds::<0>(&0.into()), Ok(Lasting::Forever));
    assert_eq!(decode::until::<-1>(&(-1).into()), Ok(Until::Forever));
    assert_eq!(decode::until::<-1>(&7.into()), Ok(Timestamp::from_millis(7).into()));
    assert_eq!(decode::until::<-1>(&"x".into()).unwrap_err().to_string(), "expected integer, found string");

    let list = Value::parse(b"[-1, 0, 2]").unwrap();
    let terms = decode::each(&list, decode::lasting_seconds::<-1>).unwrap();
    assert_eq!(terms, [Lasting::Forever, Duration::ZERO.into(), Duration::from_secs(2).into()]);
    let again: Vec<_> = terms.into_iter().map(encode::lasting_seconds::<-1>).collect();
    assert_eq!(again.encode(), list);
    let wrong = Value::parse(b"[0, -2]").unwrap();
    let problem = decode::each(&wrong, decode::lasting_seconds::<-1>).unwrap_err().to_string();
    assert_eq!(problem, "[1]: expected a whole number from 0, found a negative one");
    assert!(Lasting::For(Duration::MAX) < Lasting::Forever && Until::from(Timestamp::from_millis(9)) < Until::Forever);
}

#[tokio::test]
async fn terms_go_out_and_come_back() {
    let server = Server::answering(|request| Response::json(200, request.json())).await;
    let cases = [
        (Lasting::Forever, Until::Forever, json!({"hold": -1, "until": 0})),
        (
            Duration::from_millis(1500).into(),
            Timestamp::from_millis(1_732_154_096_000).into(),
            json!({"hold": 1500, "until": 1_732_154_096_000_i64}),
        ),
    ];
    for (index, (hold, until, body)) in cases.into_iter().enumerate() {
        let held = client(&server).orders().hold(hold).until(until).await.unwrap();
        assert_eq!(server.request(index).await.json(), body);
        assert_eq!((held.hold, held.until), (hold, Some(until)));
    }
}

#[test]
fn secrets_are_read_and_stay_hidden() {
    let secret = Secret::decode(&"hush".into()).unwrap();
    assert_eq!((secret.expose(), format!("{secret:?}").as_str()), ("hush", "Secret(…)"));
}

#[test]
fn moments_survive_the_system_clock() {
    for millis in [0, 1, -1, 1_732_154_096_000, i64::MAX, i64::MIN] {
        let moment = Timestamp::from_millis(millis);
        if let Some(time) = moment.to_system_time() {
            let again = Timestamp::from(time);
            assert!(again == moment || millis == i64::MIN, "{millis}");
        }
    }
}
