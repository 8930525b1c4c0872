//! The tests of the client crate: every example is sent to a server on loopback, what arrives is compared with what is
//! documented, and every documented value of the reply must arrive in its typed place.

use apigen_model::ir::{
    Api, Body, Example, ExampleReply, Field, Operation, PathSegment, Place, Presence, Resource, Response, Scalar, Type,
    TypeKind,
};
use askama::Template;
use serde_json::Value;

use super::text;
use crate::emit::rust::{calls, docs, layout, literals, names, types};
use crate::emit::templates::file;
use crate::facts::{self, percent_encoded};
use apigen_model::flat;

#[derive(Template)]
#[template(path = "client/tests/resource.rs.jinja")]
struct TestsView {
    krate: String,
    server: Vec<String>,
    tests: Vec<TestView>,
    files: Vec<FilesView>,
}

/// A test that reads the files that a reply names.
struct FilesView {
    name: String,
    docs: String,
    /// The reply, and the scheme and host of the files in it.
    body: String,
    host: String,
    /// The file.
    lines: Vec<String>,
    call: String,
    /// The statements that assert what is in each record.
    records: Vec<Vec<String>>,
}

struct TestView {
    name: String,
    docs: String,
    /// The reply, and the response that has it as its `body`.
    body: String,
    response: String,
    call: String,
    /// The statements that assert what is sent, and the parts of a form.
    sent: Vec<String>,
    parts: Vec<String>,
    outcome: OutcomeView,
}

/// What is asserted of the reply; only the fields of its kind are used.
#[derive(Default)]
struct OutcomeView {
    kind: &'static str,
    expectations: Vec<String>,
    error_enum: String,
    error: String,
}

/// Renders the tests of a resource.
pub(super) fn module(api: &Api, resource: &Resource) -> String {
    let tests = api
        .operations_of(resource)
        .flat_map(|operation| operation.examples.iter().map(move |it| test(api, operation, it)));
    let view = TestsView {
        krate: names::krate(&api.name),
        server: server(api),
        tests: tests.collect(),
        files: api
            .operations_of(resource)
            .flat_map(|operation| operation.examples.iter().filter_map(move |it| files(api, operation, it)))
            .collect(),
    };
    let header = layout::header(&format!("spec/resources/{}.yaml", resource.name));
    format!("{header}\n{}", file(&view))
}

/// The calls of a builder that lead to the server on loopback.
fn server(api: &Api) -> Vec<String> {
    let Some((first, rest)) = api.server.parameters.split_first().filter(|_| api.server.url.starts_with('{')) else {
        let url = literals::string(&format!("{{}}{}", server_path(api)));
        return vec![format!("server_url(format!({url}, server.url()))")];
    };
    // The parameter that begins the URL is its address.
    let address = format!("{}(server.url())", names::value(&first.name));
    let values = rest.iter().map(|it| format!("{}({})", names::value(&it.name), literals::string(&it.example)));
    std::iter::once(address).chain(values).collect()
}

fn test(api: &Api, operation: &Operation, example: &Example) -> TestView {
    let query =
        example.request.query.iter().map(|(index, value)| (operation.query[*index].wire.clone(), joined(value)));
    let headers =
        example.request.headers.iter().map(|(index, value)| (operation.headers[*index].wire.clone(), joined(value)));
    let constants = |place: Place| {
        let constant = |field: &Field| match &field.presence {
            Presence::Constant(value) => Some((field.wire.clone(), joined(value))),
            Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => None,
        };
        operation.parameters_in(place).iter().filter_map(constant).collect::<Vec<_>>()
    };
    let quoted =
        |(name, value): (String, String)| format!("({}, {})", literals::string(&name), literals::string(&value));
    let mut query: Vec<_> = query.chain(constants(Place::Query)).map(quoted).collect();
    query.sort();
    let accept = match operation.response {
        Response::Json { .. } | Response::Empty { .. } => "application/json",
        Response::Binary { .. } => "*/*",
    };
    let accept = ("accept".to_owned(), accept.to_owned());
    let headers = headers.chain(constants(Place::Header)).map(|(name, value)| (name.to_lowercase(), value));
    let headers: Vec<_> = std::iter::once(accept).chain(headers).map(quoted).collect();
    let target = [
        literals::string(operation.method.as_str()),
        literals::string(&path(api, operation, example)),
        layout::fitted(8, "&[", &query, "]"),
    ];
    let token = if operation.authenticated { "Some(\"a-token-for-tests\")" } else { "None" };
    let mut sent = vec![
        layout::fitted(4, "request.assert_is(", &target, ");"),
        layout::fitted(4, "request.assert_headers(&[", &headers, "]);"),
        format!("request.assert_token({token});"),
    ];
    if let Body::Json(_) = operation.body {
        let json = Value::Object(facts::body(operation, &example.request)).to_string();
        sent.push(format!("request.assert_json({});", literals::raw_string(&json)));
    }
    let (body, response) = reply(api, example);
    let mut calls = calls::calls(api, operation, &example.request);
    calls.push(".await;".to_owned());
    TestView {
        name: names::value(&format!("{} {}", operation.name, example.name)),
        docs: docs::outer(&docs::markdown(&example.title)),
        body,
        response,
        call: layout::fitted_chain("let result = client", &calls),
        sent,
        parts: parts(operation, example),
        outcome: outcome(api, operation, example),
    }
}

/// The test of the files of an example, where it gives their content.
fn files(api: &Api, operation: &Operation, example: &Example) -> Option<FilesView> {
    let follow_up = operation.follow_up.as_ref()?;
    let ExampleReply::Json { body, records } = &example.reply else { return None };
    if records.is_empty() {
        return None;
    }
    let url = first(body, &follow_up.url)?;
    let host = url.find("://").map_or(0, |at| at + "://".len());
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    let expected = |record: &Value| {
        let mut expectations = Vec::new();
        expect(api, &follow_up.records, record, Spot::Value("record".to_owned()), &mut expectations);
        expectations.iter().map(assertion).collect()
    };
    let mut calls = calls::calls(api, operation, &example.request);
    calls.push(".records();".to_owned());
    Some(FilesView {
        name: names::value(&format!("{} {} records", operation.name, example.name)),
        docs: docs::outer(&docs::markdown(&format!("{}: the records of the file", example.title))),
        body: literals::raw_string(&body.to_string()),
        host: literals::string(&url[..end]),
        lines: records.iter().map(|it| literals::raw_string(&it.to_string())).collect(),
        call: layout::fitted_chain("let mut records = client", &calls),
        records: records.iter().map(expected).collect(),
    })
}

/// The first text at a path whose `[]` stand for each item.
fn first<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    let mut value = value;
    for step in path.split('.') {
        let (key, lists) = step.split_at(step.find("[]").unwrap_or(step.len()));
        value = if key.is_empty() { value } else { value.get(key)? };
        for _ in 0..lists.len() / 2 {
            value = value.get(0)?;
        }
    }
    value.as_str()
}

/// The body of the reply, and the response that has it, as expressions.
fn reply(api: &Api, example: &Example) -> (String, String) {
    let json = |status: u16, body: &Value| {
        (literals::raw_string(&body.to_string()), format!("Response::json({status}, body)"))
    };
    match &example.reply {
        ExampleReply::Json { body, records: _ } => json(200, body),
        ExampleReply::Binary { content } => (literals::raw_string(content), "Response::bytes(200, body)".to_owned()),
        ExampleReply::Error { error, body } => json(api.error(*error).1.status, body),
    }
}

/// The path of the server's URL with the parameters of the examples.
fn server_path(api: &Api) -> String {
    let mut path = api.server.path().to_owned();
    for parameter in &api.server.parameters {
        path = path.replace(&format!("{{{}}}", parameter.name), &percent_encoded(&parameter.example));
    }
    path
}

/// The path that arrives: that of the server's URL, then that of the operation, every value percent-encoded.
fn path(api: &Api, operation: &Operation, example: &Example) -> String {
    let mut path = server_path(api);
    for segment in &operation.segments {
        path.push('/');
        match segment {
            PathSegment::Literal(text) => path.push_str(text),
            PathSegment::Parameter(index) => {
                let value = example.request.path.iter().find(|(it, _)| it == index).map(|(_, value)| value);
                match value {
                    Some(Value::Array(items)) => {
                        let items: Vec<_> = items.iter().map(|it| percent_encoded(&text(it))).collect();
                        path.push_str(&items.join("%2C"));
                    }
                    Some(value) => path.push_str(&percent_encoded(&text(value))),
                    None => {}
                }
            }
        }
    }
    path
}

/// A value of a query or header: text, a list joined by commas.
fn joined(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => text(value),
    }
}

fn parts(operation: &Operation, example: &Example) -> Vec<String> {
    let fields = operation.body.form_fields();
    let part = |(index, file): &(usize, apigen_model::ir::ExampleFile)| {
        let name = literals::string(&fields[*index].wire);
        let file_name = match fields[*index].type_ {
            Type::File => format!("Some({})", literals::string(&file.name)),
            Type::Scalar(_) | Type::Named(_) | Type::List(_) | Type::Map(_) | Type::Json => "None".to_owned(),
        };
        let find = format!("let part = parts.iter().find(|part| part.name == {name}).expect(\"the part is sent\");");
        [
            layout::fitted_statement(&find),
            assertion(&("part.file_name.as_deref()".to_owned(), file_name)),
            assertion(&("part.content".to_owned(), literals::string(&file.content))),
        ]
    };
    example.request.form.iter().flat_map(part).collect()
}

/// The statement that asserts that an expression is what is expected; without that, the expression is a statement itself.
fn assertion((actual, expected): &(String, String)) -> String {
    let assert = |actual: &str| layout::fitted(4, "assert!(", &[actual.to_owned()], ");");
    match expected.as_str() {
        "" => layout::fitted_statement(actual),
        "true" => assert(actual),
        "false" => assert(&format!("!{actual}")),
        expected => layout::fitted(4, "assert_eq!(", &[actual.clone(), expected.to_owned()], ");"),
    }
}

fn outcome(api: &Api, operation: &Operation, example: &Example) -> OutcomeView {
    match (&example.reply, &operation.response) {
        (ExampleReply::Json { body, .. }, _) if !operation.outcomes.iter().all(|it| it.holds(body)) => {
            OutcomeView { kind: "refused", ..OutcomeView::default() }
        }
        (ExampleReply::Json { body, .. }, Response::Empty { envelope }) => {
            let mut expectations = Vec::new();
            if let Some(id) = envelope {
                expect_fields(api, &api[*id].fields, body, "reply.envelope()", &mut expectations);
            }
            let expectations = expectations.iter().map(assertion).collect();
            OutcomeView { kind: "reply", expectations, ..OutcomeView::default() }
        }
        (ExampleReply::Json { body, .. }, Response::Json { envelope, at, payload, .. }) => {
            let key = flat::payload_key(at);
            let data = if key.is_empty() { body } else { &body[key] };
            let mut expectations = Vec::new();
            let is_compound = match payload {
                Type::List(_) | Type::Map(_) => true,
                Type::Named(id) => matches!(api[*id].kind, TypeKind::Object { .. }),
                Type::Scalar(_) | Type::Json | Type::File => false,
            };
            let place = if is_compound { "reply" } else { "(*reply)" };
            expect(api, payload, data, Spot::Value(place.to_owned()), &mut expectations);
            if let Some(id) = envelope {
                let envelope = &api[*id];
                expect_fields(api, &envelope.fields, body, "reply.envelope()", &mut expectations);
            }
            let expectations = expectations.iter().map(assertion).collect();
            OutcomeView { kind: "reply", expectations, ..OutcomeView::default() }
        }
        (ExampleReply::Binary { .. }, _) => OutcomeView { kind: "binary", ..OutcomeView::default() },
        (ExampleReply::Error { error, body }, _) => {
            let (definition, variant) = api.error(*error);
            let message = body.get(&api.error_body.message).and_then(Value::as_str).unwrap_or_default();
            let is_common = !operation.errors.iter().any(|it| it.error == error.error);
            let enum_ = if is_common { "errors::CommonError".to_owned() } else { module_path(api, operation) };
            let captures = captures(&variant.message, message);
            let fields: Vec<_> = definition
                .placeholders
                .iter()
                .map(|it| {
                    let value =
                        captures.iter().find(|(name, _)| *name == it.name).map_or("None".to_owned(), |(_, value)| {
                            format!("Some({}.to_owned())", literals::string(value))
                        });
                    format!("{}: {value}", names::value(&it.name))
                })
                .collect();
            let fields = if fields.is_empty() { String::new() } else { format!(" {{ {} }}", fields.join(", ")) };
            let error_enum = format!("{}::{enum_}", names::krate(&api.name));
            let error = format!("{error_enum}::{}{fields}", names::type_(&definition.name));
            OutcomeView {
                kind: "error",
                error: layout::fitted_statement(&format!("let expected = {error};")),
                error_enum,
                ..OutcomeView::default()
            }
        }
        (ExampleReply::Json { .. }, Response::Binary { .. }) => OutcomeView { kind: "reply", ..OutcomeView::default() },
    }
}

fn module_path(api: &Api, operation: &Operation) -> String {
    format!("{}::{}", names::module(&api.resources[operation.resource].name), names::error_enum(operation))
}

/// What stands in a message where its template has braces.
fn captures(template: &str, message: &str) -> Vec<(String, String)> {
    let mut captures = Vec::new();
    let (mut template, mut rest) = (template, message);
    while let Some((literal, after)) = template.split_once('{') {
        let Some((name, following)) = after.split_once('}') else { break };
        rest = rest.strip_prefix(literal).unwrap_or(rest);
        let next = following.split('{').next().unwrap_or_default();
        let end = if next.is_empty() { rest.len() } else { rest.find(next).unwrap_or(rest.len()) };
        captures.push((name.to_owned(), rest[..end].to_owned()));
        rest = &rest[end..];
        template = following;
    }
    captures
}

/// A place in a reply, as an expression.
enum Spot {
    /// Of the type itself.
    Value(String),
    /// Of an `Option` around it.
    Option(String),
}

fn expect_fields(api: &Api, fields: &[Field], value: &Value, at: &str, expectations: &mut Vec<(String, String)>) {
    for field in fields {
        let Some(value) = value.get(&field.wire) else { continue };
        let place = format!("{at}.{}", names::value(&field.name));
        match (&field.presence, field.secret) {
            (Presence::Constant(_), _) => {}
            (Presence::Required, true) => {
                expectations.push((format!("{place}.expose()"), literals::string(&text(value))));
            }
            (Presence::Optional | Presence::RequiredWhen(_), true) => {
                let exposed = format!("{place}.as_ref().map({}::Secret::expose)", names::krate(&api.name));
                expectations.push((exposed, format!("Some({})", literals::string(&text(value)))));
            }
            (Presence::Required, false) => expect_field(api, field, value, Spot::Value(place), expectations),
            (Presence::Optional | Presence::RequiredWhen(_), false) => {
                expect_field(api, field, value, Spot::Option(place), expectations);
            }
        }
    }
}

/// Records what must stand at the place of an item, which may be a result of its own.
fn expect_item(api: &Api, type_: &Type, value: &Value, place: String, expectations: &mut Vec<(String, String)>) {
    let verdict = match type_ {
        Type::Named(id) => api[*id].verdict.as_ref(),
        Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
    };
    match verdict {
        None => expect(api, type_, value, Spot::Value(place), expectations),
        Some(verdict) if verdict.outcome.holds(value) => {
            let place = format!("{place}.as_ref().expect(\"it succeeded\")");
            expect(api, type_, value, Spot::Value(place), expectations);
        }
        Some(verdict) => {
            let place = format!("{place}.as_ref().expect_err(\"it failed\")");
            expect(api, &Type::Named(verdict.otherwise), value, Spot::Value(place), expectations);
        }
    }
}

/// Records what must stand in a field for a value to have arrived.
fn expect_field(api: &Api, field: &Field, value: &Value, place: Spot, expectations: &mut Vec<(String, String)>) {
    if let Some(forever) = field.forever {
        let krate = names::krate(&api.name);
        let value = &read(api, &field.type_, value);
        let expected = if value.as_i64() == Some(forever) {
            calls::of_field(api, field, value)
        } else {
            format!("{krate}::{}::from({})", types::field(api, field), calls::of_type(api, &field.type_, value))
        };
        expectations.push(match place {
            Spot::Value(place) => (place, expected),
            Spot::Option(place) => (place, format!("Some({expected})")),
        });
        return;
    }
    expect(api, &field.type_, value, place, expectations);
}

/// The value as its type has it, when it came as another type: numbers as text, text as numbers, one item for a list.
fn read(api: &Api, type_: &Type, value: &Value) -> Value {
    let parsed = |text: &str| text.parse::<Value>().unwrap_or_else(|_| Value::from(text));
    match (api.underlying(type_), value) {
        (Type::List(_), Value::Object(_)) => Value::Array(vec![value.clone()]),
        (Type::Scalar(Scalar::String | Scalar::LocalHour), Value::Number(_) | Value::Bool(_)) => {
            Value::from(value.to_string())
        }
        (Type::Scalar(Scalar::String | Scalar::LocalHour), _) => value.clone(),
        (Type::Scalar(_), Value::String(text)) => parsed(text),
        (Type::Scalar(_) | Type::Named(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File, _) => value.clone(),
    }
}

/// Records what must stand at a place for a value to have arrived.
fn expect(api: &Api, type_: &Type, value: &Value, place: Spot, expectations: &mut Vec<(String, String)>) {
    let inside = |place: Spot| match place {
        Spot::Value(place) => place,
        Spot::Option(place) => format!("{place}.as_ref().expect(\"documented\")"),
    };
    let value = &read(api, type_, value);
    match (type_, value) {
        (Type::List(item), Value::Array(items)) => {
            let place = inside(place);
            expectations.push((format!("{place}.len()"), items.len().to_string()));
            for (index, value) in items.iter().enumerate() {
                expect_item(api, item, value, format!("{place}[{index}]"), expectations);
            }
        }
        (Type::Map(inner), Value::Object(entries)) => {
            let place = inside(place);
            expectations.push((format!("{place}.len()"), entries.len().to_string()));
            for (key, value) in entries {
                expect_item(api, inner, value, format!("{place}[{}]", literals::string(key)), expectations);
            }
        }
        (Type::Named(id), value) => match &api[*id].kind {
            TypeKind::Object { fields } => expect_fields(api, fields, value, &inside(place), expectations),
            TypeKind::Newtype(Type::Scalar(Scalar::String)) => {
                expectations.push((format!("{}.as_str()", inside(place)), literals::string(&text(value))));
            }
            TypeKind::Newtype(_) => {
                expectations.push((format!("{}.into_inner()", inside(place)), calls::of_type(api, type_, value)))
            }
            TypeKind::Enum { .. } | TypeKind::Flag { .. } => {
                let expected = calls::of_type(api, type_, value);
                expectations.push(match place {
                    Spot::Value(place) => (place, expected),
                    Spot::Option(place) => (place, format!("Some({expected})")),
                });
            }
            TypeKind::Union { tag, variants, .. } => {
                let chosen = value.get(tag).and_then(Value::as_str);
                if let Some(variant) = variants.iter().find(|it| Some(it.tag.as_str()) == chosen) {
                    let name = format!("{}_{}", names::value(&variant.name), expectations.len());
                    let mut inner = Vec::new();
                    expect_fields(api, &variant.fields, value, &name, &mut inner);
                    let name = if inner.is_empty() { "_" } else { name.as_str() };
                    let pattern = format!("{}::{}({name})", calls::path(api, &api[*id]), names::type_(&variant.name));
                    // A statement rather than a comparison, which has two sides.
                    let bound = format!("let {pattern} = &{} else {{ panic!(\"another kind\") }};", inside(place));
                    expectations.push((bound, String::new()));
                    expectations.extend(inner);
                }
            }
        },
        (Type::Scalar(Scalar::String), Value::String(text)) => expectations.push(match place {
            Spot::Value(place) => (place, literals::string(text)),
            Spot::Option(place) => (format!("{place}.as_deref()"), format!("Some({})", literals::string(text))),
        }),
        (type_, value) => {
            let expected = calls::of_type(api, type_, value);
            expectations.push(match place {
                // Numbers with fractions are compared by their bits: they must arrive exactly.
                Spot::Value(place) if *type_ == Type::Scalar(Scalar::Number) => {
                    (format!("{place}.to_bits()"), format!("({expected}_f64).to_bits()"))
                }
                Spot::Value(place) => (place, expected),
                Spot::Option(place) => (place, format!("Some({expected})")),
            });
        }
    }
}
