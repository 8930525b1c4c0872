//! Examples: the values of a request by field, and the whole body of the reply.

use std::borrow::Cow;

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
        let request = request(scope, api, operation, &example.request);
        if let Some(reply) = reply(scope, api, operation, &request, name, &example.response) {
            examples.push(ir::Example { name: text(name), title: text(&example.title), request, reply, at: name.span });
        }
    }
    examples
}

fn request(
    scope: &mut Scope<'_>,
    api: &ir::Api,
    operation: &ir::Operation,
    request: &spec::ExampleRequest,
) -> ExampleRequest {
    let fields = operation.body.json_fields();
    let tags: Vec<_> = fields.iter().filter_map(|it| api.tag_beside(&it.type_)).collect();
    ExampleRequest {
        path: by_field(scope, "path parameter", &operation.path_parameters, &request.path, &[]),
        query: by_field(scope, "query parameter", &operation.query, &request.query, &[]),
        headers: by_field(scope, "header", &operation.headers, &request.headers, &[]),
        body: by_field(scope, "body field", fields, &request.body, &tags),
        tags: tags
            .iter()
            .filter_map(|tag| Some(((*tag).to_owned(), request.body.get(tag)?.as_str()?.to_owned())))
            .collect(),
        form: {
            let files = by_field(scope, "form field", operation.body.form_fields(), &request.form, &[]);
            let file =
                |file: spec::ExampleFile| ir::ExampleFile { name: text(&file.name), content: file.content.value };
            files.into_iter().map(|(index, value)| (index, file(value))).collect()
        },
    }
}

/// The values by index of their field, in the order of the fields; tags that stand beside fields may be among them.
fn by_field<V: Clone>(
    scope: &mut Scope<'_>,
    kind: &str,
    fields: &[Field],
    values: &Entries<V>,
    tags: &[&str],
) -> Vec<(usize, V)> {
    for key in values.keys() {
        if !fields.iter().any(|it| it.name == key.value) && !tags.contains(&key.value.as_str()) {
            let known: Vec<_> = fields.iter().map(|it| it.name.as_str()).chain(tags.iter().copied()).collect();
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
    let records: Vec<_> = response.records.iter().cloned().collect();
    match (&response.data, &response.body, &response.text, &response.error, &operation.response) {
        (Some(data), None, None, None, ir::Response::Json { envelope, at, .. }) => {
            let fields = envelope_fields(scope, api, (operation, request), *envelope, &response.envelope);
            Some(ExampleReply::Json { body: with_payload(fields, at, &data.value), records })
        }
        (None, None, None, None, ir::Response::Json { envelope: envelope @ Some(_), .. })
            if !response.envelope.is_empty() =>
        {
            let fields = envelope_fields(scope, api, (operation, request), *envelope, &response.envelope);
            Some(ExampleReply::Json { body: Value::Object(fields), records })
        }
        (None, None, None, None, ir::Response::Empty { envelope }) => {
            let fields = envelope_fields(scope, api, (operation, request), *envelope, &response.envelope);
            Some(ExampleReply::Json { body: Value::Object(fields), records })
        }
        (None, Some(body), None, None, ir::Response::Json { .. } | ir::Response::Empty { .. }) => {
            Some(ExampleReply::Json { body: body.value.clone(), records })
        }
        (None, None, Some(content), None, ir::Response::Binary { .. }) => {
            Some(ExampleReply::Binary { content: content.value.clone() })
        }
        (None, None, None, Some(error), _) => error_reply(scope, api, error, &response.values),
        _ => {
            let message = format!("the reply of the example `{}` has no single form", name.value);
            let help = "write `data:` for a JSON reply, `text:` for a binary one, or `error:` with the id of an error";
            scope.report(Code::E0309, name.span, message, help);
            None
        }
    }
}

/// The fields beside the payload, with the values that the envelope or the example gives them.
fn envelope_fields(
    scope: &mut Scope<'_>,
    api: &ir::Api,
    (operation, request): (&ir::Operation, &ExampleRequest),
    envelope: Option<ir::EnvelopeId>,
    overrides: &Entries<Value>,
) -> Map<String, Value> {
    let mut body = Map::new();
    let Some(envelope) = envelope.map(|id| &api[id]) else { return body };
    for field in &envelope.fields {
        let given = scope.envelope_example(&envelope.name, &field.name);
        match (overrides.get(&field.name), given) {
            (Some(value), _) => body.insert(field.wire.clone(), value.clone()),
            (None, Some(example)) => body.insert(field.wire.clone(), filled(example, api, operation, request)),
            (None, None) => None,
        };
    }
    for key in overrides.keys() {
        if !envelope.fields.iter().any(|it| it.name == key.value) {
            let known: Vec<_> = envelope.fields.iter().map(|it| it.name.as_str()).collect();
            scope.undefined_among("envelope field", &key.value, key.span, &known);
        }
    }
    body
}

/// The body with the payload in its place.
fn with_payload(mut body: Map<String, Value>, at: &ir::Payload, data: &Value) -> Value {
    match (at, data) {
        (ir::Payload::Key(key), data) => {
            body.insert(key.clone(), data.clone());
        }
        (ir::Payload::Whole, Value::Object(fields)) => body.extend(fields.clone()),
        (ir::Payload::Whole, data) => return data.clone(),
    }
    Value::Object(body)
}

impl<'s> Scope<'s> {
    /// The example value of an envelope's field, where the spec gives one: in the envelope or in one that it extends.
    fn envelope_example(&self, envelope: &str, field: &str) -> Option<&'s Value> {
        let mut spec = self.spec.api.envelopes.get(envelope);
        // As many steps as there are envelopes: in a spec with errors they may extend each other.
        for _ in self.spec.api.envelopes.keys() {
            if let Some(own) = spec?.fields.get(field) {
                return own.0.example.as_ref().map(|it| &it.value);
            }
            spec = spec.and_then(|it| it.extends.as_ref()).and_then(|it| self.spec.api.envelopes.get(&it.value));
        }
        None
    }
}

/// An example value of an envelope, with what the service echoes put into its braces.
fn filled(example: &Value, api: &ir::Api, operation: &ir::Operation, request: &ExampleRequest) -> Value {
    let Value::String(template) = example else { return example.clone() };
    let parameter = |name: &str| api.server.parameters.iter().find(|it| it.name == name).map(|it| it.example.clone());
    let echoed = |name: &str| match name {
        "method" => Some(operation.method.as_str().to_lowercase()),
        "path" => Some(path(operation, request)),
        "url" => Some(format!("{}{}", in_braces(&api.server.url, parameter), path(operation, request))),
        _ => parameter(name),
    };
    in_braces(template, echoed).into()
}

/// A template with the values of the names in its braces; those without a value stay.
fn in_braces(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let filled = after.split_once('}').and_then(|(name, after)| Some((value(name)?, after)));
        match filled {
            Some((value, after)) => {
                text.push_str(&value);
                rest = after;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// The path of the request with the values of the example.
fn path(operation: &ir::Operation, request: &ExampleRequest) -> String {
    let mut path = String::new();
    for segment in &operation.segments {
        path.push('/');
        match segment {
            PathSegment::Literal(text) => path.push_str(text),
            PathSegment::Parameter(index) => match request.path.iter().find(|(it, _)| it == index) {
                Some((_, Value::Array(items))) => path.push_str(&items.iter().map(plain).collect::<Vec<_>>().join(",")),
                Some((_, value)) => path.push_str(&plain(value)),
                None => {}
            },
        }
    }
    path
}

/// A value as it stands in a path.
fn plain(value: &Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| value.to_string().into(), Cow::Borrowed)
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
    if !variant.code.is_empty() {
        body.insert(api.error_body.code.clone(), json!(variant.code));
    }
    body.extend(api.error_body.fields.iter().map(|it| (it.wire.clone(), it.example.clone())));
    if !message.is_empty() {
        body.insert(api.error_body.message.clone(), json!(message));
    }
    Some(ExampleReply::Error { error, body: Value::Object(body) })
}
