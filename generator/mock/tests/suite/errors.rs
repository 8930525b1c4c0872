//! Documented errors on demand: every one of every operation is answered as its row says, and recognised as that row.

use apigen_interpret::Interpreter;
use apigen_model::ir::ErrorRef;
use serde_json::Value;

use crate::http::Connection;
use crate::shown::{self, APIS};

#[test]
fn every_documented_error_can_be_asked_for() {
    for api in APIS.iter() {
        let mock = shown::start(api);
        let interpreter = Interpreter::new(std::sync::Arc::clone(api));
        let mut connection = Connection::to(&mock);
        for operation in &api.operations {
            for error in operation.errors.iter().chain(&api.common_errors) {
                let (definition, variant) = api.error(*error);
                let name = if variant.name.is_empty() {
                    definition.name.clone()
                } else {
                    format!("{}/{}", definition.name, variant.name)
                };
                let request = shown::request(api, operation, &operation.examples[0]);
                let request = request.header("x-mock-fault", &format!("error={name}"));
                let got = connection.send(&request).expect("there is an answer");
                let what = format!("{} {name}: {}", operation.id, got.text());
                assert_eq!(got.status, variant.status, "{what}");
                let body = got.json();
                let text = |key: &str| body.get(key).and_then(Value::as_str);
                assert_eq!(text(&api.error_body.code).unwrap_or_default(), variant.code, "{what}");
                let (code, message) = (text(&api.error_body.code), text(&api.error_body.message));
                let found = interpreter.documented(operation, got.status, code, message);
                let found = found.unwrap_or_else(|| panic!("{what}: nobody knows this error"));
                let id = |it: ErrorRef| api.error(it).0.name.clone();
                // Two rows may look the same; what a program sees is one of them.
                let looks = |it: ErrorRef| (api.error(it).1.status, api.error(it).1.message.clone());
                assert!(
                    id(found.error) == id(*error) || looks(found.error) == looks(*error),
                    "{what}: {}",
                    id(found.error)
                );
                assert!(!message.unwrap_or_default().contains('{') || variant.message.contains("{{"), "{what}");
            }
        }
        assert!(mock.requests().iter().all(|it| !it.taken && it.fault.is_some()));
    }
}

#[test]
fn placeholders_hold_what_the_caller_sent() {
    let api = shown::api();
    let mock = shown::start(&api);
    for (operation, fault, path, message) in [
        ("groups.get", "group_not_found", "/acme/chat/chatgroups/77", "grpID 77 does not exist!"),
        ("chatroom_members.add", "user_not_found", "/acme/chat/chatrooms/5/users/zoe", "username zoe doesn't exist!"),
        (
            "groups.create",
            "user_attributes_not_open",
            "/acme/chat/chatgroups",
            "acme#chat user metadata service not allow",
        ),
    ] {
        let mut request = shown::first(&api, operation).header("x-mock-fault", &format!("error={fault}"));
        request.target = path.to_owned();
        let got = crate::http::send(&mock, &request).expect("there is an answer");
        assert_eq!(got.json()["error_description"], message);
    }
}
