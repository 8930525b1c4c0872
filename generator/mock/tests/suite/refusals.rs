//! What breaks a rule of the spec is refused as the spec says; what breaks none is not.

use std::time::Duration;

use serde_json::json;

use crate::http::{Got, Sent, send};
use crate::shown::{self, TOKEN};

const GROUPS: &str = "/acme/chat/chatgroups";
const USERS: &str = "/acme/chat/messages/users";

#[test]
fn requests_are_held_against_the_spec() {
    let mock = shown::start(&shown::api());
    let post = |target: &str| Sent::new("POST", target).token(TOKEN);
    let many: Vec<_> = (0..601).map(|it| format!("user{it}")).collect();
    let text = |to: &[String], length: usize| json!({"to": to, "type": "txt", "body": {"msg": "x".repeat(length)}});
    let one = ["mira".to_owned()];
    let cases = [
        ("fine", post(USERS).json(&text(&one, 5)), 200, "", ""),
        ("no token", Sent::new("POST", USERS).json(&text(&one, 5)), 401, "unauthorized", "no token"),
        ("another token", Sent::new("POST", USERS).token("x").json(&text(&one, 5)), 401, "unauthorized", "no token"),
        ("too many receivers", post(USERS).json(&text(&many, 5)), 400, "message_send_error", "601"),
        ("too large", post(USERS).json(&text(&one, 6000)), 400, "illegal_argument", "5120"),
        ("a field is missing", post(GROUPS).json(&json!({"public": true})), 400, "illegal_argument", "body.owner"),
        (
            "a field is of another type",
            post(GROUPS).json(&json!({"owner": 1, "public": true})),
            400,
            "illegal_argument",
            "owner",
        ),
        ("no body", post(GROUPS), 400, "illegal_argument", "body"),
        (
            "no JSON",
            Sent { body: b"{\"owner\"=".to_vec(), ..post(GROUPS) }.header("content-type", "application/json"),
            400,
            "json_parse",
            "no JSON",
        ),
        (
            "another content type",
            Sent { body: b"owner=x".to_vec(), ..post(GROUPS) }
                .header("content-type", "application/x-www-form-urlencoded"),
            415,
            "",
            "content type",
        ),
        ("a form without its file", post("/acme/chat/chatfiles").form(&[]), 400, "", "file"),
        ("an unknown path", post("/acme/chat/nothing/here"), 404, "service_resource_not_found", "path"),
        ("outside of the server", post("/chatgroups"), 404, "service_resource_not_found", "path"),
        ("another method", Sent::new("PATCH", GROUPS).token(TOKEN), 405, "", "method"),
        (
            "what the spec does not know passes",
            post(GROUPS).json(&json!({"owner": "m", "public": true, "new": 1})),
            200,
            "",
            "",
        ),
    ];
    for (what, request, status, code, reason) in cases {
        let got = send(&mock, &request).expect("there is an answer");
        let text = format!("{what}: {:?} {}", got.header("x-mock-reason"), got.text());
        assert_eq!(got.status, status, "{text}");
        assert!(got.header("x-mock-reason").unwrap_or_default().contains(reason), "{text}");
        if !code.is_empty() {
            assert_eq!(got.json()["error"], code, "{text}");
        }
        let last = mock.requests().pop().expect("it is in the log");
        assert_eq!((last.status, last.taken), (Some(status), status == 200), "{what}");
    }
    let got = send(&mock, &Sent::new("PATCH", GROUPS)).expect("there is an answer");
    assert_eq!(got.header("allow"), Some("GET, POST"));
}

#[test]
fn tokens_are_issued_and_expire() {
    let api = shown::api();
    let mock = shown::builder(&api).token_lifetime(Duration::from_millis(300)).start().expect("it starts");
    let ask = Sent::new("POST", "/acme/chat/token");
    let ask = ask.json(&json!({"grant_type": "client_credentials", "client_id": "a", "client_secret": "b", "ttl": 9}));
    let issue = || send(&mock, &ask).expect("there is an answer").json();
    let use_ =
        |token: &str| send(&mock, &Sent::new("GET", "/acme/chat/chatgroups/1").token(token)).expect("an answer").status;
    let (first, second) = (issue(), issue());
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(first["expires_in"], 1, "a part of a second is told as one");
    let token = first["access_token"].as_str().expect("it is text");
    assert_eq!(use_(token), 200);
    mock.expire_tokens();
    assert_eq!(use_(token), 401);
    let token = mock.issue_token();
    assert_eq!(use_(&token), 200);
    std::thread::sleep(Duration::from_millis(350));
    assert_eq!(use_(&token), 401);
    let debug = format!("{:?}", mock.requests());
    assert!(!debug.contains("mock-") && !debug.contains("client_secret"), "{debug}");

    let mock = shown::start(&api);
    let got = send(&mock, &ask).expect("there is an answer").json();
    assert_eq!(got["expires_in"], 9, "as long as the caller asks for");
}

#[test]
fn a_call_to_many_has_a_result_for_each() {
    let mock = shown::start(&shown::api());
    let post =
        |body| send(&mock, &Sent::new("POST", USERS).token(TOKEN).json(&body)).expect("there is an answer").json();
    let to: Vec<_> = (0..40).map(|it| format!("u{it}")).collect();
    let got = post(json!({"to": to, "type": "txt", "body": {"msg": "x"}}));
    let data = got["data"].as_object().expect("it is a map");
    assert_eq!(data.keys().collect::<Vec<_>>(), to.iter().collect::<Vec<_>>());
    let ids: std::collections::BTreeSet<_> = data.values().map(ToString::to_string).collect();
    assert_eq!(ids.len(), 40, "each has an id of its own");
    assert_eq!(mock.requests()[0].receivers, to);

    let room = |method: &str, path: &str| {
        let got = send(&mock, &Sent::new(method, &format!("/acme/chat/chatrooms/5/{path}")).token(TOKEN));
        got.expect("there is an answer").json()["data"].clone()
    };
    let removed = |user: &str| json!({"result": true, "action": "remove_member", "user": user, "id": "5"});
    assert_eq!(room("DELETE", "users/a,b%2Cc"), json!([removed("a"), removed("b"), removed("c")]));
    // A list of one looks like a single user, and the reply is that to one.
    assert_eq!(room("DELETE", "users/zoe"), removed("zoe"));
}

#[test]
fn uploads_are_counted() {
    let mock = shown::start(&shown::api());
    let upload = |size: usize| -> Got {
        let parts = [("file".to_owned(), Some("notes.txt".to_owned()), "x".repeat(size))];
        let request = Sent::new("POST", "/acme/chat/chatgroups/7/share_files").token(TOKEN).form(&parts);
        send(&mock, &request).expect("there is an answer")
    };
    let got = upload(4321).json();
    assert_eq!((&got["data"]["file_name"], &got["data"]["file_size"]), (&json!("notes.txt"), &json!(4321)));
    assert_eq!(got["data"]["group_id"], "7");
    let url = got["data"]["file_url"].as_str().expect("it is text");
    assert!(url.starts_with(&format!("{}/acme/chat/chatgroups/7/share_files/", mock.url())), "{url}");
    let log = mock.requests();
    assert_eq!((log[0].parts[0].bytes, log[0].parts[0].file_name.as_deref()), (4321, Some("notes.txt")));
    assert_eq!(upload(10 * 1024 * 1024).status, 200);
    assert_eq!(upload(10 * 1024 * 1024 + 1).status, 413);
}
