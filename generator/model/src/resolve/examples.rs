//! Examples: the values of a request by field, and the whole body of the reply.

use serde_json::{Map, Value, json};

use super::scope::Scope;
use super::text;
use crate::codes::Code;
use crate::ir::{self, ExampleReply, ExampleRequest, Field, PathSegment};
use crate::load::{Entries, Spanned};
use crate::spec;

/// Resolves the examples of an operation, in the author's order.
pub(super) fn examples(
    scope: &mut Scope<'_>,
    api: &ir::Api,
    operation: &ir::Operation,
    spec: &spec::Operation,
) -> Vec<ir::Example> {
    let mut examples = Vec::new();
    for (name, example) in spec.examples.iter() {
        let request = request(scope, operation, &example.request);
        if let Some(reply) = reply(scope, api, operation, &request, name, &example.response) {
            examples.push(ir::Example { name: text(name), title: text(&example.title), request, reply, at: name.span });
        }
    }
    examples
}

fn request(scope: &mut Scope<'_>, operation: &ir::Operation, request: &spec::ExampleRequest) -> ExampleRequest {
    ExampleRequest {
        path: by_field(scope, "path parameter", &operation.path_parameters, &request.path),
        query: by_field(scope, "query parameter", &operation.query, &request.query),
        headers: by_field(scope, "header", &operation.headers, &request.headers),
        body: by_field(scope, "body field", operation.body.json_fields(), &request.body),
        form: {
            let files = by_field(scope, "form field", operation.body.form_fields(), &request.form);
            let file =
                |file: spec::ExampleFile| ir::ExampleFile { name: text(&file.name), content: file.content.value };
            files.into_iter().map(|(index, value)| (index, file(value))).collect()
        },
    }
}

/// The values by index of their field, in the order of the fields.
fn by_field<V: Clone>(scope: &mut Scope<'_>, kind: &str, fields: &[Field], values: &Entries<V>) -> Vec<(usize, V)> {
    for key in values.keys() {
        if !fields.iter().any(|it| it.name == key.value) {
            let known: Vec<_> = fields.iter().map(|it| it.name.as_str()).collect();
            scope.undefined_among(kind, &key.value, key.span, &known);
        }
    }
    let value = |(index, field): (usize, &Field)| values.get(&field.name).map(|value| (index, value.clone()));
    fields.iter().enumerate().filter_map(value).collect()
}

fn reply(
    scope: &mut Scope<'_>,
    api: &ir::Api,
    operation: &ir::Operation,
    request: &ExampleRequest,
    name: &Spanned<String>,
    response: &spec::ExampleResponse,
) -> Option<ExampleReply> {
    match (&response.data, &response.text, &response.error, &operation.response) {
        (Some(data), None, None, ir::Response::Json { envelope, .. }) => {
            let body = match envelope {
                Some(id) => enveloped(scope, api, (operation, request), *id, &data.value, &response.envelope),
                None => data.value.clone(),
            };
            Some(ExampleReply::Json { body })
        }
        (None, Some(content), None, ir::Response::Binary { .. }) => {
            Some(ExampleReply::Binary { content: content.value.clone() })
        }
        (None, None, Some(error), _) => error_reply(scope, api, error, &response.values),
        _ => {
            let message = format!("the reply of the example `{}` has no single form", name.value);
            let help = "write `data:` for a JSON reply, `text:` for a binary one, or `error:` with the id of an error";
            scope.report(Code::E0309, name.span, message, help);
            None
        }
    }
}

fn enveloped(
    scope: &mut Scope<'_>,
    api: &ir::Api,
    (operation, request): (&ir::Operation, &ExampleRequest),
    id: ir::EnvelopeId,
    data: &Value,
    overrides: &Entries<Value>,
) -> Value {
    let envelope = &api[id];
    let spec = scope.spec.api.envelopes.get(&envelope.name);
    let mut body = Map::new();
    for field in &envelope.fields {
        let given = spec.and_then(|it| it.fields.get(&field.name)).and_then(|it| it.0.example.as_ref());
        match (overrides.get(&field.name), given) {
            (Some(value), _) => body.insert(field.wire.clone(), value.clone()),
            (None, Some(example)) => body.insert(field.wire.clone(), filled(&example.value, api, operation, request)),
            (None, None) => None,
        };
    }
    for key in overrides.keys() {
        if !envelope.fields.iter().any(|it| it.name == key.value) {
            let known: Vec<_> = envelope.fields.iter().map(|it| it.name.as_str()).collect();
            scope.undefined_among("envelope field", &key.value, key.span, &known);
        }
    }
    match (&envelope.payload, data) {
        (ir::Payload::Key(key), data) => {
            body.insert(key.clone(), data.clone());
        }
        (ir::Payload::Whole, Value::Object(fields)) => body.extend(fields.clone()),
        (ir::Payload::Whole, data) => return data.clone(),
    }
    Value::Object(body)
}

/// An example value of an envelope, with what the service echoes put into its braces.
fn filled(example: &Value, api: &ir::Api, operation: &ir::Operation, request: &ExampleRequest) -> Value {
    let Value::String(template) = example else { return example.clone() };
    if !template.contains('{') {
        return example.clone();
    }
    let path = path(operation, request);
    let mut url = api.server.url.clone();
    let mut text = template.replace("{method}", &operation.method.as_str().to_lowercase());
    for parameter in &api.server.parameters {
        let braces = format!("{{{}}}", parameter.name);
        url = url.replace(&braces, &parameter.example);
        text = text.replace(&braces, &parameter.example);
    }
    text.replace("{path}", &path).replace("{url}", &format!("{url}{path}")).into()
}

/// The path of the request with the values of the example.
fn path(operation: &ir::Operation, request: &ExampleRequest) -> String {
    let mut path = String::new();
    for segment in &operation.segments {
        path.push('/');
        match segment {
            PathSegment::Literal(text) => path.push_str(text),
            PathSegment::Parameter(index) => match request.path.iter().find(|(it, _)| it == index) {
                Some((_, Value::String(value))) => path.push_str(value),
                Some((_, value)) => path.push_str(&value.to_string()),
                None => {}
            },
        }
    }
    path
}

fn error_reply(
    scope: &mut Scope<'_>,
    api: &ir::Api,
    reference: &Spanned<String>,
    values: &Entries<Spanned<String>>,
) -> Option<ExampleReply> {
    let error = scope.error_ref(reference)?;
    let (definition, variant) = api.error(error);
    for key in values.keys() {
        if !definition.placeholders.iter().any(|it| it.name == key.value) {
            let known: Vec<_> = definition.placeholders.iter().map(|it| it.name.as_str()).collect();
            scope.undefined_among("placeholder", &key.value, key.span, &known);
        }
    }
    let mut message = variant.message.clone();
    for placeholder in &definition.placeholders {
        let value = values.get(&placeholder.name).map_or(placeholder.example.as_str(), |it| it.value.as_str());
        message = message.replace(&format!("{{{}}}", placeholder.name), value);
    }
    let mut body = Map::new();
    body.insert(api.error_body.code.clone(), json!(variant.code));
    body.extend(api.error_body.fields.iter().map(|it| (it.wire.clone(), it.example.clone())));
    body.insert(api.error_body.message.clone(), json!(message));
    Some(ExampleReply::Error { error, body: Value::Object(body) })
}
