//! The control endpoint: what the library offers, for tests in other languages.

use serde_json::{Value, json};

use crate::http::{Got, Sent, send};
use crate::shown::{self, TOKEN};

#[test]
fn the_control_endpoint_does_what_the_library_does() {
    let api = shown::api();
    let mock = shown::start(&api);
    let ask = |method: &str, path: &str, body: Option<Value>| -> Got {
        let request = Sent::new(method, path);
        let request = body.map_or(request.clone(), |it| request.json(&it));
        send(&mock, &request).expect("there is an answer")
    };
    let get = |token: &str| {
        let request = Sent::new("GET", "/acme/chat/chatgroups/1").token(token);
        send(&mock, &request).expect("there is an answer").status
    };
    let help = ask("GET", "/_mock", None);
    for operation in &api.operations {
        assert!(help.text().contains(&operation.id), "{} is not in the help", operation.id);
    }

    assert_eq!(
        ask("POST", "/_mock/faults", Some(json!({"fault": "html=502", "operation": "groups.get", "times": 2}))).status,
        204
    );
    let planned = ask("GET", "/_mock/faults", None).json();
    assert_eq!(planned, json!([{"fault": "html=502", "operation": "groups.get", "times": 2, "every": 1}]));
    assert_eq!([get(TOKEN), get(TOKEN), get(TOKEN)], [502, 502, 200]);
    for wrong in [
        json!({}),
        json!({"fault": "fire"}),
        json!({"fault": "empty", "operation": "x.y"}),
        json!({"fault": "empty", "times": "x"}),
    ] {
        assert_eq!(ask("POST", "/_mock/faults", Some(wrong.clone())).status, 400, "{wrong}");
    }
    ask("POST", "/_mock/faults", Some(json!({"fault": "html=502", "times": null})));
    assert_eq!(ask("DELETE", "/_mock/faults", None).status, 204);

    let token = ask("POST", "/_mock/tokens", None).json()["token"].as_str().expect("it is text").to_owned();
    assert_eq!(get(&token), 200);
    assert_eq!(ask("DELETE", "/_mock/tokens", None).status, 204);
    assert_eq!(get(&token), 401);

    let log = ask("GET", "/_mock/requests", None);
    assert!(!log.text().contains(&token) && !log.text().contains(TOKEN), "{}", log.text());
    let log = log.json();
    assert_eq!(log.as_array().map(Vec::len), Some(5));
    assert_eq!(
        (&log[0]["status"], &log[0]["fault"], &log[0]["taken"]),
        (&json!(502), &json!("html=502"), &json!(false))
    );
    assert_eq!((&log[2]["operation"], &log[2]["taken"]), (&json!("groups.get"), &json!(true)));
    assert_eq!(ask("DELETE", "/_mock/requests", None).status, 204);
    assert!(mock.requests().is_empty());

    for (setting, status) in [
        (json!({"rate_limits": true, "rate_factor": 0.001}), 204),
        (json!({"token_lifetime_ms": 5}), 204),
        (json!({"token_lifetime_ms": null}), 204),
        (json!({"rate_limits": 1}), 400),
        (json!({"other": true}), 400),
        (json!([]), 400),
    ] {
        assert_eq!(ask("PATCH", "/_mock/settings", Some(setting.clone())).status, status, "{setting}");
    }
    assert_eq!([get(TOKEN), get(TOKEN)], [200, 429], "one in a second is what is left");
    assert_eq!(ask("DELETE", "/_mock/budgets", None).status, 204);
    assert_eq!(get(TOKEN), 200);
    assert_eq!(ask("GET", "/_mock/nothing", None).status, 404);
    assert_eq!(ask("GET", "/_mock/files/a/b/0", None).status, 404);
}

#[test]
fn mistakes_of_a_test_are_told() {
    let mock = shown::start(&shown::api());
    let get = Sent::new("GET", "/acme/chat/chatgroups/1").token(TOKEN);
    for (name, value, told) in [
        ("x-mock-fault", "fire", "html=STATUS"),
        ("x-mock-fault", "error=no_such_error", "documents no error"),
        ("x-mock-example", "none", "unknown_group"),
    ] {
        let got = send(&mock, &get.clone().header(name, value)).expect("there is an answer");
        assert_eq!(got.status, 400);
        assert!(got.text().contains(told), "{}", got.text());
    }
}
