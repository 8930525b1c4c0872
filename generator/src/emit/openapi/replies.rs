//! Replies: payloads in their envelopes, and documented errors grouped by status.

use apigen_model::ir::{Api, ErrorRef, ExampleReply, Operation, Payload, Response};
use serde_json::{Map, Value, json};

use super::object;
use super::schema::{self, reference};
use crate::facts;

/// What replies refer to: envelopes as `envelope.<name>`, and the body of an error as `error`.
///
/// Types are in upper camel case, so these names cannot meet theirs.
pub(super) fn components(api: &Api) -> Map<String, Value> {
    let envelope = |it: &apigen_model::ir::Envelope| {
        (envelope_name(&it.name), Value::Object(schema::object(api, &it.description, &it.fields)))
    };
    let mut schemas: Map<_, _> = api.envelopes.iter().map(envelope).collect();
    let body = &api.error_body;
    let mut error = schema::object(api, "The body of an error.", &body.fields);
    if let Some(Value::Object(properties)) = error.get_mut("properties") {
        properties.insert(body.code.clone(), json!({ "type": "string", "description": "The code of the error." }));
        properties
            .insert(body.message.clone(), json!({ "type": "string", "description": "What went wrong, for people." }));
    }
    schemas.insert("error".to_owned(), Value::Object(error));
    schemas
}

/// The errors that any operation may answer with, as responses called `common.<status>`.
pub(super) fn common(api: &Api) -> Map<String, Value> {
    by_status(api, &[])
        .into_iter()
        .map(|(status, errors)| (format!("common.{status}"), error_response(api, &errors)))
        .collect()
}

/// The responses of an operation, by status. A documented error may come with the status of success.
///
/// What any operation may answer stands in the components and is only referred to.
pub(super) fn responses(api: &Api, operation: &Operation) -> Map<String, Value> {
    let mut responses = Map::from_iter([("200".to_owned(), success(api, operation))]);
    for (status, errors) in by_status(api, &operation.errors) {
        let (common, own): (Vec<_>, Vec<_>) = errors.into_iter().partition(|(_, is_common)| *is_common);
        let reference = format!("#/components/responses/common.{status}");
        let status = status.to_string();
        if let Some(success) = responses.get_mut(&status) {
            success["x-errors"] = x_errors(api, &[own, common].concat());
        } else if own.is_empty() {
            responses.insert(status, json!({ "$ref": reference }));
        } else {
            let mut response = error_response(api, &own);
            if !common.is_empty() {
                response["x-common-errors"] = json!(reference);
            }
            responses.insert(status, response);
        }
    }
    responses
}

fn envelope_name(name: &str) -> String {
    let safe = |it: char| if it.is_ascii_alphanumeric() || "._-".contains(it) { it } else { '_' };
    format!("envelope.{}", name.chars().map(safe).collect::<String>())
}

fn success(api: &Api, operation: &Operation) -> Value {
    let (description, media_type, schema) = match &operation.response {
        Response::Binary { description } => {
            (description.as_str(), "application/octet-stream", json!({ "type": "string", "format": "binary" }))
        }
        Response::Json { envelope, at, payload, also } => {
            let payload = schema::either(schema::type_(api, payload), also.as_ref().map(|it| schema::type_(api, it)));
            let payload = match at {
                // A refusal may come with the status of success, and without payload.
                Payload::Key(key) if !operation.outcomes.is_empty() => {
                    json!({ "type": "object", "properties": { key: payload } })
                }
                Payload::Key(key) => json!({ "type": "object", "properties": { key: payload }, "required": [key] }),
                Payload::Whole => Value::Object(payload),
            };
            let schema = match envelope.map(|id| &api[id]) {
                None => payload,
                Some(envelope) => json!({ "allOf": [{ "$ref": reference(&envelope_name(&envelope.name)) }, payload] }),
            };
            ("The request succeeded.", "application/json", schema)
        }
        Response::Empty { envelope } => {
            let schema = envelope.map(|id| json!({ "$ref": reference(&envelope_name(&api[id].name)) }));
            ("The request succeeded.", "application/json", schema.unwrap_or_else(|| json!({})))
        }
    };
    let mut content = object([("schema", schema)]);
    let examples = examples(operation);
    if !examples.is_empty() {
        content["examples"] = Value::Object(examples);
    }
    object([("description", json!(description)), ("content", object([(media_type, content)]))])
}

fn examples(operation: &Operation) -> Map<String, Value> {
    let mut examples = Map::new();
    for example in &operation.examples {
        let value = match &example.reply {
            ExampleReply::Json { body, records: _ } => body.clone(),
            ExampleReply::Binary { content } => json!(content),
            ExampleReply::Error { .. } => continue,
        };
        examples.insert(example.name.clone(), object([("summary", json!(example.title)), ("value", value)]));
    }
    examples
}

/// Own errors first, then the common ones, by status in ascending order; each with whether it is common.
fn by_status(api: &Api, own: &[ErrorRef]) -> Vec<(u16, Vec<(ErrorRef, bool)>)> {
    let common = api.common_errors.iter().filter(|it| !own.contains(it)).map(|it| (*it, true));
    let all: Vec<_> = own.iter().map(|it| (*it, false)).chain(common).collect();
    let mut statuses: Vec<_> = all.iter().map(|(it, _)| api.error(*it).1.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let of_status = |status| all.iter().filter(|(it, _)| api.error(*it).1.status == status).copied().collect();
    statuses.into_iter().map(|status| (status, of_status(status))).collect()
}

fn error_response(api: &Api, errors: &[(ErrorRef, bool)]) -> Value {
    let causes: Vec<_> = errors.iter().map(|(it, _)| format!("- {}", api.error(*it).0.cause)).collect();
    let examples: Map<_, _> = errors.iter().map(|(it, _)| (example_name(api, *it), example(api, *it))).collect();
    let content = object([("schema", json!({ "$ref": reference("error") })), ("examples", Value::Object(examples))]);
    object([
        ("description", json!(causes.join("\n"))),
        ("content", object([("application/json", content)])),
        ("x-errors", x_errors(api, errors)),
    ])
}

fn x_errors(api: &Api, errors: &[(ErrorRef, bool)]) -> Value {
    errors.iter().map(|(it, is_common)| error(api, *it, *is_common)).collect()
}

fn error(api: &Api, reference: ErrorRef, is_common: bool) -> Value {
    let (definition, _) = api.error(reference);
    let mut error = facts::error(api, reference, is_common);
    error["cause"] = json!(definition.cause);
    error["remedy"] = json!(definition.remedy);
    error["advice"] = json!(facts::advice(definition.advice));
    error
}

fn example_name(api: &Api, reference: ErrorRef) -> String {
    facts::error_id(api, reference).replace('/', ".")
}

fn example(api: &Api, reference: ErrorRef) -> Value {
    let (definition, variant) = api.error(reference);
    let mut message = variant.message.clone();
    for placeholder in &definition.placeholders {
        message = message.replace(&format!("{{{}}}", placeholder.name), &placeholder.example);
    }
    let mut body = Map::new();
    if !variant.code.is_empty() {
        body.insert(api.error_body.code.clone(), json!(variant.code));
    }
    let given = api.error_body.fields.iter().filter(|it| !it.example.is_null());
    body.extend(given.map(|it| (it.wire.clone(), it.example.clone())));
    if !message.is_empty() {
        body.insert(api.error_body.message.clone(), json!(message));
    }
    json!({ "summary": definition.cause, "value": body })
}
