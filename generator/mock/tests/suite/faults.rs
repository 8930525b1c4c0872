//! Every fault, played on real sockets: what the caller sees, and what the log says was taken.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use apigen_mock::{Fault, Plan, Stage};
use serde_json::json;

use crate::http::{Got, Sent, send};
use crate::shown::{self, TOKEN};

/// What a caller sees.
enum Seen {
    Status(u16),
    /// The connection ends as an error of this kind.
    Ends(ErrorKind),
}

#[test]
fn each_fault_is_played_as_it_is_documented() {
    use Seen::{Ends, Status};
    let mock = shown::start(&shown::api());
    let cases = [
        ("error=group_not_found", Status(404), false),
        ("error=group_not_found; taken", Status(404), true),
        ("delay=30", Status(200), true),
        ("slow=5", Status(200), true),
        ("reset=before", Ends(ErrorKind::ConnectionReset), false),
        ("reset=taken", Ends(ErrorKind::ConnectionReset), true),
        ("reset=body", Ends(ErrorKind::ConnectionReset), true),
        ("truncate", Ends(ErrorKind::UnexpectedEof), true),
        ("html=502", Status(502), false),
        ("html=504; taken", Status(504), true),
        ("throttle", Status(429), false),
        ("throttle=7", Status(429), false),
        ("throttle-date=7", Status(429), false),
        ("expire-tokens", Status(200), true),
        ("wrong-types", Status(200), true),
        ("unknown-values", Status(200), true),
        ("empty", Status(200), true),
        ("huge=100000", Status(200), true),
    ];
    for (fault, seen, taken) in cases {
        let request = Sent::new("GET", "/acme/chat/chatgroups/7").token(TOKEN);
        let begun = Instant::now();
        let got = send(&mock, &request.header("x-mock-fault", fault));
        let log = mock.requests().pop().expect("it is in the log");
        assert_eq!((log.taken, log.fault.as_deref()), (taken, Some(fault)), "{fault}");
        match (seen, got) {
            (Status(status), Ok(got)) => {
                assert_eq!((got.status, log.status), (status, Some(status)), "{fault}: {}", got.text());
                looks_right(fault, &got, begun.elapsed());
            }
            (Ends(kind), Err(error)) => assert_eq!(error.kind(), kind, "{fault}"),
            (Status(_), Err(error)) => panic!("{fault}: {error}"),
            (Ends(_), Ok(got)) => panic!("{fault}: {}", got.text()),
        }
    }
}

fn looks_right(fault: &str, got: &Got, took: Duration) {
    match fault {
        "delay=30" | "slow=5" => assert!(took >= Duration::from_millis(30), "{fault}: {took:?}"),
        "html=502" | "html=504; taken" => {
            assert_eq!(got.header("content-type"), Some("text/html"));
            assert!(got.text().starts_with("<html>"));
        }
        "throttle" => assert_eq!((got.header("retry-after"), &got.json()["error"]), (None, &json!("reach_limit"))),
        "throttle=7" => assert_eq!(got.header("retry-after"), Some("7")),
        "throttle-date=7" => {
            let date =
                httpdate::parse_http_date(got.header("retry-after").expect("it is there")).expect("it is a date");
            #[expect(clippy::disallowed_methods, reason = "a date of a header is one of the clock")]
            let ahead = date.duration_since(std::time::SystemTime::now()).expect("it lies ahead");
            assert!((5..=7).contains(&ahead.as_secs()), "{ahead:?}");
        }
        "wrong-types" => assert!(got.json()["data"][0]["id"].is_object(), "{}", got.text()),
        "empty" => assert_eq!((got.text(), got.header("content-length")), ("", Some("0"))),
        "huge=100000" => {
            assert!(got.body.len() > 100_000);
            assert_eq!(got.json()["data"][0]["id"], "7");
        }
        _ => {}
    }
}

#[test]
fn values_that_nobody_knows() {
    let mock = shown::start(&shown::api());
    let request = Sent::new("GET", "/acme/chat/circle/channel/1/user/role?serverId=1&userId=lea").token(TOKEN);
    let got = send(&mock, &request.header("x-mock-fault", "unknown-values")).expect("there is an answer");
    assert_eq!(got.json()["role"], 987_654_321);
}

#[test]
fn a_throttled_call_to_many_may_be_half_served() {
    let mock = shown::start(&shown::api());
    mock.fault(Fault::ThrottleAfter(2));
    let body = json!({"to": ["a", "b", "c"], "type": "txt", "body": {"msg": "x"}});
    let request = Sent::new("POST", "/acme/chat/messages/users").token(TOKEN).json(&body);
    let got = send(&mock, &request).expect("there is an answer");
    assert_eq!((got.status, &got.json()["error"]), (403, &json!("message_send_error")), "{}", got.text());
    assert_eq!(send(&mock, &request).expect("there is an answer").status, 200);
    let log = mock.requests();
    let served: Vec<_> = log.iter().map(|it| (it.taken, it.receivers.join(" "))).collect();
    assert_eq!(served, [(true, "a b".to_owned()), (true, "a b c".to_owned())]);
}

#[test]
fn any_operation_can_be_answered_429() {
    for api in shown::APIS.iter() {
        let mock = shown::start(api);
        for operation in &api.operations {
            let request = shown::request(api, operation, &operation.examples[0]).header("x-mock-fault", "throttle=1");
            let got = send(&mock, &request).expect("there is an answer");
            assert_eq!((got.status, got.header("retry-after")), (429, Some("1")), "{}", operation.id);
        }
    }
}

#[test]
fn plans_are_played_in_their_order() {
    let mock = shown::start(&shown::api());
    mock.fault(Plan::of(Fault::Html(503)).on("groups.get"));
    mock.fault(Plan::of(Fault::Delay(Duration::from_millis(5))).and(Fault::Html(500)).times(2));
    mock.fault(Plan::of(Fault::Reset(Stage::Taken)).every(2));
    let statuses = |count: usize| -> Vec<_> {
        let request = Sent::new("GET", "/acme/chat/chatgroups/7").token(TOKEN);
        (0..count).map(|_| send(&mock, &request).map_or(0, |it| it.status)).collect()
    };
    assert_eq!(statuses(7), [503, 500, 500, 200, 0, 200, 0]);
    mock.clear_faults();
    assert_eq!(statuses(2), [200, 200]);
    mock.fault(Fault::ExpireTokens);
    let token = mock.issue_token();
    let got = send(&mock, &Sent::new("GET", "/acme/chat/chatgroups/7").token(&token)).expect("there is an answer");
    assert_eq!(got.status, 401);
}

#[test]
fn a_mock_stops_when_it_is_dropped() {
    let mock = shown::start(&shown::api());
    let address = mock.address();
    drop(mock);
    assert!(std::net::TcpStream::connect(address).is_err());
}
