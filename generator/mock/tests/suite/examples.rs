//! Every example of both APIs: its request gets its reply, and requests like it get replies that the spec allows.

use apigen_interpret::{Interpreter, Kind, Reply};
use apigen_model::ir::{Api, Auth, ExampleReply, Operation, Paging};
use serde_json::{Value, json};

use crate::http::{Connection, Got, Sent};
use crate::shown::{self, APIS};

#[test]
fn each_example_gets_its_reply() {
    for api in APIS.iter() {
        let mock = shown::start(api);
        let mut connection = Connection::to(&mock);
        let mut recognised = 0;
        for (operation, example) in
            api.operations.iter().flat_map(|it| it.examples.iter().map(move |example| (it, example)))
        {
            let what = format!("{} {}", operation.id, example.name);
            let request = shown::request(api, operation, example);
            let named = request.clone().header("x-mock-example", &example.name);
            let got = connection.send(&named).expect("there is an answer");
            assert_eq!(got.header("x-mock-example"), Some(example.name.as_str()), "{what}");
            is_as_documented(api, operation, &example.reply, &got, mock.url(), &what);

            let got = connection.send(&request).expect("there is an answer");
            if got.header("x-mock-example") == Some(&example.name) && matches!(operation.paging, Paging::None) {
                recognised += 1;
                is_as_documented(api, operation, &example.reply, &got, mock.url(), &what);
            }
        }
        // The others have the same request as another one, or are pages.
        assert!(recognised * 10 > mock.requests().len() / 2 * 6, "{recognised} of {}", mock.requests().len() / 2);
    }
}

fn is_as_documented(api: &Api, operation: &Operation, reply: &ExampleReply, got: &Got, url: &str, what: &str) {
    match reply {
        ExampleReply::Json { body, .. } => {
            assert_eq!(got.status, 200, "{what}");
            let (mut wanted, mut found) = (body.clone(), got.json());
            // The mock has an address and tokens of its own.
            let host = api.server.url.strip_suffix(api.server.path()).unwrap_or_default();
            let host = api.server.parameters.iter().find(|it| format!("{{{}}}", it.name) == host);
            moved(&mut wanted, &host.expect("the host is a parameter").example, url);
            if let Auth::TokenOperation(it) = &api.auth
                && api[it.operation].id == operation.id
            {
                wanted[&it.access_token] = json!(null);
                found[&it.access_token] = json!(null);
            }
            if let Some(follow_up) = &operation.follow_up {
                let path = format!("/{}/", operation.id);
                assert!(found.to_string().contains(&path), "{what}: {} names a file of the mock", follow_up.url);
                return;
            }
            assert_eq!(found, wanted, "{what}");
        }
        ExampleReply::Binary { content } => {
            assert_eq!((got.status, got.text()), (200, content.as_str()), "{what}");
        }
        ExampleReply::Error { error, body } => {
            assert_eq!(got.status, api.error(*error).1.status, "{what}");
            assert_eq!(got.json(), *body, "{what}");
        }
    }
}

/// Replaces the beginning of all texts.
fn moved(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix(from) {
                *text = format!("{to}{rest}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| moved(it, from, to)),
        Value::Object(fields) => fields.values_mut().for_each(|it| moved(it, from, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn replies_to_other_requests_are_what_the_spec_says() {
    for api in APIS.iter() {
        let mock = shown::start(api);
        let interpreter = Interpreter::new(std::sync::Arc::clone(api));
        let mut connection = Connection::to(&mock);
        for (operation, example) in
            api.operations.iter().flat_map(|it| it.examples.iter().map(move |example| (it, example)))
        {
            let request = altered(&shown::request(api, operation, example));
            let got = connection.send(&request).expect("there is an answer");
            let what = format!("{} {}: {} {}", operation.id, example.name, request.target, got.text());
            if got.header("x-mock-example") == Some(&example.name)
                && matches!(example.reply, ExampleReply::Error { .. })
            {
                // Nothing in it ends in a digit.
                continue;
            }
            assert_eq!(got.status, 200, "{what}");
            let mut findings = interpreter.reply(operation, &Reply { status: 200, body: Some(&got.body) });
            // Examples show that clients must bear values that nobody knows.
            findings.retain(|it| it.kind != Kind::UnknownValue);
            assert!(findings.is_empty() || operation_is_binary(operation), "{what}: {findings:#?}");
        }
    }
}

fn operation_is_binary(operation: &Operation) -> bool {
    matches!(operation.response, apigen_model::ir::Response::Binary { .. })
}

/// The request with other ids: what ends in a digit ends in another one.
fn altered(request: &Sent) -> Sent {
    let (path, query) =
        request.target.split_once('?').map_or((request.target.as_str(), None), |(it, query)| (it, Some(query)));
    let segment = |it: &str| match it.char_indices().last() {
        // The number in `/v2` is none of the caller's.
        Some((at, last)) if it.len() > 3 && last.is_ascii_digit() => {
            format!("{}{}", &it[..at], if last == '0' { '1' } else { char::from(last as u8 - 1) })
        }
        Some(_) | None => it.to_owned(),
    };
    let path = path.split('/').map(segment).collect::<Vec<_>>().join("/");
    let target = query.map_or(path.clone(), |query| format!("{path}?{query}"));
    Sent { target, ..request.clone() }
}
