//! Every list of both APIs can be walked: three pages, the last of which has one item, with no item twice.

use apigen_interpret::{Interpreter, Kind, Reply};
use apigen_model::ir::{Api, Operation, Paging, Payload, Response, Type, TypeKind};
use serde_json::Value;

use crate::http::Connection;
use crate::shown::{self, APIS};

#[test]
fn lists_are_walked_to_their_end() {
    let mut walked = 0;
    for api in APIS.iter() {
        let mock = shown::start(api);
        let interpreter = Interpreter::new(std::sync::Arc::clone(api));
        let mut connection = Connection::to(&mock);
        for operation in api.operations.iter().filter(|it| !matches!(it.paging, Paging::None)) {
            walked += 1;
            let mut items = Vec::new();
            let mut sizes = Vec::new();
            let mut position = start(operation);
            for _ in 0..10 {
                let request = page(api, operation, position.as_deref());
                let got = connection.send(&request).expect("there is an answer");
                let what = format!("{} {}: {}", operation.id, request.target, got.text());
                assert_eq!(got.status, 200, "{what}");
                let mut findings = interpreter.reply(operation, &Reply { status: 200, body: Some(&got.body) });
                // Examples show that clients must bear values that nobody knows.
                findings.retain(|it| it.kind != Kind::UnknownValue);
                assert!(findings.is_empty(), "{what}: {findings:#?}");
                let body = got.json();
                let page = of_page(api, operation, &body);
                sizes.push(page.len());
                items.extend(page);
                position = next(operation, &body, position.as_deref());
                if position.is_none() || sizes.last() == Some(&0) {
                    break;
                }
            }
            let size = if has_size(operation) { 3 } else { sizes[0] };
            let pages: &[usize] =
                if let Paging::PageNumber { .. } = operation.paging { &[size, size, 1, 0] } else { &[size, size, 1] };
            assert_eq!(sizes, pages, "{}", operation.id);
            for (index, item) in items.iter().enumerate() {
                assert!(!items[..index].contains(item), "{}: {item} comes twice", operation.id);
            }
        }
    }
    assert!(walked > 10, "{walked}");
}

fn start(operation: &Operation) -> Option<String> {
    match &operation.paging {
        Paging::PageNumber { first, .. } => Some(first.to_string()),
        Paging::Cursor { .. } | Paging::None => None,
    }
}

fn has_size(operation: &Operation) -> bool {
    match &operation.paging {
        Paging::PageNumber { .. } => true,
        Paging::Cursor { size, .. } => !size.is_empty(),
        Paging::None => false,
    }
}

/// The request of the first example, with pages of three items; no example has that.
fn page(api: &Api, operation: &Operation, position: Option<&str>) -> crate::http::Sent {
    let (Paging::PageNumber { parameter, size, .. } | Paging::Cursor { parameter, size, .. }) = &operation.paging
    else {
        panic!("{} does not page", operation.id);
    };
    let mut request = shown::request(api, operation, &operation.examples[0]);
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let keys = [parameter, size].map(|it| format!("{}=", shown::escaped(it)));
    let others = query.split('&').filter(|it| !it.is_empty() && !keys.iter().any(|key| it.starts_with(key.as_str())));
    let mut query: Vec<_> = others.map(str::to_owned).collect();
    query.push("mock_test=1".to_owned());
    if !size.is_empty() {
        query.push(format!("{}3", keys[1]));
    }
    query.extend(position.map(|it| format!("{}{}", keys[0], shown::escaped(it))));
    request.target = format!("{path}?{}", query.join("&"));
    request
}

fn of_page(api: &Api, operation: &Operation, body: &Value) -> Vec<Value> {
    let (Paging::PageNumber { items, .. } | Paging::Cursor { items, .. }) = &operation.paging else {
        return Vec::new();
    };
    let Response::Json { at, payload: type_, .. } = &operation.response else { return Vec::new() };
    let payload = match at {
        Payload::Key(key) => &body[key],
        Payload::Whole => body,
    };
    let wire = |name: &String| match type_ {
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Object { fields } => fields.iter().find(|it| it.name == *name).map(|it| it.wire.clone()),
            _ => None,
        },
        _ => None,
    };
    let list = items.field.as_ref().map_or(payload, |it| &payload[wire(it).expect("the payload has this field")]);
    list.as_array().unwrap_or_else(|| panic!("{}: {body}", operation.id)).clone()
}

fn next(operation: &Operation, body: &Value, position: Option<&str>) -> Option<String> {
    match &operation.paging {
        Paging::PageNumber { .. } => position.and_then(|it| it.parse::<u64>().ok()).map(|it| (it + 1).to_string()),
        Paging::Cursor { next, .. } => {
            next.split('.').try_fold(body, |value, key| value.get(key)).and_then(Value::as_str).map(str::to_owned)
        }
        Paging::None => None,
    }
}
