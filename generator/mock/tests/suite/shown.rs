//! The two APIs of the tests, and the requests of their examples as they stand on the wire.

use std::sync::{Arc, LazyLock};

use apigen_mock::{Builder, Mock};
use apigen_model::diagnostics::Diagnostics;
use apigen_model::ir::{Api, Body, Example, Field, Operation, PathSegment, Place, Presence, Type};
use apigen_model::source::Sources;
use camino::{Utf8Path, Utf8PathBuf};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::http::Sent;

/// The API that this project ships, and one that shares nothing with it.
pub(crate) static APIS: LazyLock<[Arc<Api>; 2]> = LazyLock::new(|| ["spec", "tests/cases/bookshop/spec"].map(read));

/// A token that mocks of these tests accept.
pub(crate) const TOKEN: &str = "a-token-for-tests";

/// The API that this project ships.
pub(crate) fn api() -> Arc<Api> {
    Arc::clone(&APIS[0])
}

/// A mock without rate limits that accepts [`TOKEN`].
pub(crate) fn builder(api: &Arc<Api>) -> Builder {
    Mock::builder(Arc::clone(api)).token(TOKEN).rate_limits(false)
}

pub(crate) fn start(api: &Arc<Api>) -> Mock {
    builder(api).start().expect("loopback has free ports")
}

pub(crate) fn root() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(directory: &str) -> Arc<Api> {
    let mut files = Vec::new();
    let root = root().join(directory);
    let mut open = vec![root.clone()];
    while let Some(directory) = open.pop() {
        for entry in directory.read_dir_utf8().expect("the spec is there") {
            let entry = entry.expect("it can be listed");
            let path = entry.path();
            if path.is_dir() {
                open.push(path.to_owned());
            } else if path.extension() == Some("yaml") {
                #[expect(clippy::disallowed_methods, reason = "tests read specs")]
                let text = std::fs::read_to_string(path).expect("it is text");
                files.push((path.strip_prefix(&root).expect("it was listed there").to_owned(), text));
            }
        }
    }
    let sources: Sources = files.into_iter().collect();
    let mut diagnostics = Diagnostics::default();
    let api = apigen_model::read(&sources, &mut diagnostics);
    Arc::new(api.unwrap_or_else(|| panic!("{}", diagnostics.render_text(&sources, directory, false))))
}

/// The operation with an id.
pub(crate) fn operation<'a>(api: &'a Api, id: &str) -> &'a Operation {
    api.operations.iter().find(|it| it.id == id).unwrap_or_else(|| panic!("there is no operation `{id}`"))
}

/// The first request of an operation's examples.
pub(crate) fn first(api: &Api, id: &str) -> Sent {
    let operation = operation(api, id);
    request(api, operation, &operation.examples[0])
}

/// The request of an example, with [`TOKEN`].
pub(crate) fn request(api: &Api, operation: &Operation, example: &Example) -> Sent {
    let sent = Sent::new(operation.method.as_str(), &target(api, operation, example));
    let sent = if operation.authenticated { sent.token(TOKEN) } else { sent };
    let given = &example.request;
    let headers = valued(&operation.headers, &given.headers);
    let sent = headers.iter().fold(sent, |sent, (name, value)| sent.header(name, value));
    match &operation.body {
        Body::None => sent,
        Body::Json(fields) => {
            let mut body: Map<String, Value> =
                given.body.iter().map(|(index, value)| (fields[*index].wire.clone(), value.clone())).collect();
            body.extend(given.tags.iter().map(|(tag, value)| (tag.clone(), value.clone().into())));
            body.extend(constants(fields).map(|(field, value)| (field.wire.clone(), value.clone())));
            sent.json(&Value::Object(body))
        }
        Body::Multipart(fields) => {
            let part = |(index, file): &(usize, apigen_model::ir::ExampleFile)| {
                let is_file = fields[*index].type_ == Type::File;
                (fields[*index].wire.clone(), is_file.then(|| file.name.clone()), file.content.clone())
            };
            sent.form(&given.form.iter().map(part).collect::<Vec<_>>())
        }
    }
}

/// Path and query of an example.
fn target(api: &Api, operation: &Operation, example: &Example) -> String {
    let mut target = prefix(api);
    for segment in &operation.segments {
        target.push('/');
        match segment {
            PathSegment::Literal(text) => target.push_str(text),
            PathSegment::Parameter(index) => {
                let value = example.request.path.iter().find(|(it, _)| it == index);
                target += &escaped(&joined(&value.expect("the example has all of its path").1));
            }
        }
    }
    let query = valued(operation.parameters_in(Place::Query), &example.request.query);
    for (index, (name, value)) in query.iter().enumerate() {
        target += &format!("{}{}={}", if index == 0 { '?' } else { '&' }, escaped(name), escaped(value));
    }
    target
}

/// The path of the server with the values of its examples.
pub(crate) fn prefix(api: &Api) -> String {
    let parameters = api.server.parameters.iter();
    parameters.fold(api.server.path().to_owned(), |path, it| path.replace(&format!("{{{}}}", it.name), &it.example))
}

fn valued(fields: &[Field], values: &[(usize, Value)]) -> Vec<(String, String)> {
    let given = values.iter().map(|(index, value)| (fields[*index].wire.clone(), joined(value)));
    given.chain(constants(fields).map(|(field, value)| (field.wire.clone(), joined(value)))).collect()
}

fn constants(fields: &[Field]) -> impl Iterator<Item = (&Field, &Value)> {
    fields.iter().filter_map(|field| match &field.presence {
        Presence::Constant(value) => Some((field, value)),
        Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => None,
    })
}

fn joined(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(joined).collect::<Vec<_>>().join(","),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
