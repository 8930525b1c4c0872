//! The interpreter against every example of both APIs: it must find the operation, and nothing wrong.

use std::borrow::Cow;

use apigen_interpret::{Content, Finding, Interpreter, Kind, Part, Reply, Request};
use apigen_model::diagnostics::Diagnostics;
use apigen_model::ir::{Api, Body, ErrorVariant, Example, ExampleReply, Field, Operation, PathSegment, Presence};
use apigen_tests::project;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

/// The specs of the project.
const SPECS: [&str; 2] = ["spec", "tests/cases/bookshop/spec"];

#[test]
fn every_example_is_found_and_clean() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for interpreter in SPECS.map(interpreter) {
        for operation in &interpreter.api().operations {
            for example in &operation.examples {
                seen += 1;
                let place = format!("{} {}", operation.id, example.name);
                let (found, findings) = request(&interpreter, operation, example);
                // A list of one looks like a single value, where there is a twin that takes one.
                assert!(found.contains(&operation.id), "{place}: {found:?}");
                let is_refused = matches!(example.reply, ExampleReply::Error { .. });
                let (replied, accepted) = reply(&interpreter, operation, example);
                assert!(!(accepted && is_refused), "{place}");
                let sent = findings.into_iter().filter(|it| !(is_refused && it.kind == Kind::LimitExceeded));
                let replied = replied.into_iter().filter(|it| it.kind != Kind::UnknownValue);
                wrong.extend(sent.chain(replied).map(|it| format!("{place}: {it}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 250, "only {seen} examples were seen");
}

#[test]
fn every_documented_error_is_recognised() {
    for interpreter in SPECS.map(interpreter) {
        let api = interpreter.api();
        for operation in &api.operations {
            let rows = operation.errors.iter().chain(&api.common_errors).flat_map(|reference| {
                let (definition, meant) = api.error(*reference);
                // Whichever of its words a server takes for what is documented, they are known.
                let is_same = |it: &&ErrorVariant| (it.status, &it.code) == (meant.status, &meant.code);
                definition.variants.iter().filter(is_same).map(move |row| (definition, row))
            });
            for (definition, row) in rows {
                let example = |name: &str| {
                    definition.placeholders.iter().find(|it| it.name == name).map(|it| it.example.as_str())
                };
                let message = apigen_core::template::Template::new(&row.message).fill(example);
                let mut body = Map::new();
                body.insert(api.error_body.code.clone(), row.code.clone().into());
                body.insert(api.error_body.message.clone(), message.clone().into());
                let body = Value::Object(body).to_string();
                let reply = Reply { status: row.status, body: Some(body.as_bytes()) };
                let findings = interpreter.reply(operation, &reply);
                let undocumented: Vec<_> = findings.iter().filter(|it| it.kind == Kind::UndocumentedError).collect();
                let place = format!("{} {}: {}", operation.id, definition.name, row.message);
                assert!(undocumented.is_empty(), "{place}: {undocumented:?}");
                let (code, message) = (Some(row.code.as_str()), Some(message.as_str()));
                let found = interpreter.documented(operation, row.status, code, message).map(|it| api.error(it.error));
                let is_another = found.filter(|(other, _)| other.variants.iter().all(|it| it.message != row.message));
                assert!(is_another.is_none(), "{place}: {is_another:?}");
            }
        }
    }
}

fn interpreter(spec: &str) -> Interpreter {
    let sources = project::sources(&project::spec(spec));
    let api: Api =
        apigen_model::read(&sources, &mut Diagnostics::default()).expect("the specs of the project are valid");
    Interpreter::new(api)
}

/// The operations that the request of an example may mean, and what is wrong with it.
fn request(interpreter: &Interpreter, operation: &Operation, example: &Example) -> (Vec<String>, Vec<Finding>) {
    let api = interpreter.api();
    let parameter = |it: &str| match it.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
        Some(name) => {
            let parameter = api.server.parameters.iter().find(|it| it.name == name);
            parameter.expect("the server has the parameter").example.clone()
        }
        None => it.to_owned(),
    };
    let mut path = api.server.path().split('/').map(parameter).collect::<Vec<_>>().join("/");
    for segment in &operation.segments {
        path.push('/');
        match segment {
            PathSegment::Literal(text) => path.push_str(text),
            PathSegment::Parameter(index) => {
                let value = example.request.path.iter().find(|(it, _)| it == index);
                path.push_str(&escaped(&text(&value.expect("a path has all its values").1)));
            }
        }
    }
    let pairs = values(&operation.query, &example.request.query);
    let query: Vec<_> = pairs.iter().map(|(name, it)| format!("{}={}", escaped(name), escaped(&text(it)))).collect();
    let query = query.join("&");
    let headers: Vec<_> = values(&operation.headers, &example.request.headers)
        .into_iter()
        .map(|(name, value)| (name, text(&value)))
        .collect();
    let header =
        |name: &str| headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
    let mut body = values(operation.body.json_fields(), &example.request.body);
    body.extend(example.request.tags.iter().map(|(tag, value)| (tag.clone(), value.as_str().into())));
    let body = Value::Object(body).to_string();
    let fields = operation.body.form_fields();
    let part = |(index, file): &(usize, apigen_model::ir::ExampleFile)| Part {
        name: Cow::Owned(fields[*index].wire.clone()),
        size: Some(file.content.len() as u64),
        text: Some(Cow::Owned(file.content.clone())),
    };
    let parts: Vec<_> = example.request.form.iter().map(part).collect();
    let content = match &operation.body {
        Body::None => Content::Empty,
        Body::Json(_) => Content::Json(body.as_bytes()),
        Body::Multipart(_) => Content::Form(&parts),
    };
    let route = interpreter.route(operation.method.as_str(), &path, &header);
    let route = route.unwrap_or_else(|error| panic!("{path}: {error}"));
    let request = Request { query: &query, header: &header, content };
    let found = [Some(route.operation), route.twin].into_iter().flatten().map(|it| it.id.clone()).collect();
    (found, interpreter.request(&route, &request).findings)
}

fn reply(interpreter: &Interpreter, operation: &Operation, example: &Example) -> (Vec<Finding>, bool) {
    let (status, body) = match &example.reply {
        ExampleReply::Json { body, .. } => (200, body.to_string()),
        ExampleReply::Binary { content } => (200, content.clone()),
        ExampleReply::Error { error, body } => (interpreter.api().error(*error).1.status, body.to_string()),
    };
    let reply = Reply { status, body: Some(body.as_bytes()) };
    (interpreter.reply(operation, &reply), interpreter.accepted(operation, &reply))
}

/// The values of an example by wire name, and those that are always sent.
fn values(fields: &[Field], given: &[(usize, Value)]) -> Map<String, Value> {
    let constant = |it: &Field| match &it.presence {
        Presence::Constant(value) => Some(value.clone()),
        Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => None,
    };
    let value = |(index, field): (usize, &Field)| {
        let given = given.iter().find(|(it, _)| *it == index).map(|(_, value)| value.clone());
        Some((field.wire.clone(), given.or_else(|| constant(field))?))
    };
    fields.iter().enumerate().filter_map(value).collect()
}

/// A value as it stands in a path, a query or a header.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
