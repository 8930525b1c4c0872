//! `openapi.json`: the API as an OpenAPI 3.1 document, for the tools that read such documents.
//!
//! What OpenAPI has no word for stands in `x-` fields: limits with their enforcement, documented errors, rate limits,
//! paging, contradictions. OpenAPI forbids two operations with one method and one shape of path, so the first of such
//! operations stands for all, and the others are its `x-variants`.

mod replies;
mod schema;

use apigen_model::ir::{Api, Auth, Body, Field, Operation, PathSegment, Place, Type};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::facts;
use crate::tree::FileTree;

/// Renders openapi.json.
pub(super) fn emit(api: &Api) -> FileTree {
    let mut text = serde_json::to_string_pretty(&document(api)).expect("all keys are strings");
    text.push('\n');
    let mut files = FileTree::default();
    files.insert("openapi.json", text);
    files
}

#[derive(Serialize)]
struct Document<'a> {
    openapi: &'static str,
    info: Value,
    servers: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    security: Vec<Value>,
    tags: Vec<Value>,
    paths: Entries<Entries<OperationObject<'a>>>,
    components: Components,
    #[serde(rename = "x-discrepancies")]
    discrepancies: Vec<Value>,
}

#[derive(Serialize)]
struct Components {
    schemas: Map<String, Value>,
    responses: Map<String, Value>,
    #[serde(rename = "securitySchemes", skip_serializing_if = "Map::is_empty")]
    security_schemes: Map<String, Value>,
}

/// An operation; what is empty is left out.
#[derive(Serialize)]
struct OperationObject<'a> {
    #[serde(rename = "operationId")]
    id: &'a str,
    tags: [&'a str; 1],
    summary: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    deprecated: bool,
    #[serde(rename = "x-deprecated", skip_serializing_if = "Option::is_none")]
    instead: Option<&'a str>,
    #[serde(rename = "x-since", skip_serializing_if = "str::is_empty")]
    since: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<Value>,
    #[serde(rename = "requestBody", skip_serializing_if = "Value::is_null")]
    request_body: Value,
    responses: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    security: Option<[Value; 0]>,
    #[serde(rename = "x-outcomes", skip_serializing_if = "Vec::is_empty")]
    outcomes: Vec<Value>,
    #[serde(rename = "x-follow-up", skip_serializing_if = "Value::is_null")]
    follow_up: Value,
    #[serde(rename = "x-paging", skip_serializing_if = "Value::is_null")]
    paging: Value,
    #[serde(rename = "x-limits", skip_serializing_if = "Vec::is_empty")]
    limits: Vec<Value>,
    #[serde(rename = "x-rate-limits", skip_serializing_if = "Vec::is_empty")]
    rate_limits: Vec<Value>,
    #[serde(rename = "x-quotas", skip_serializing_if = "Vec::is_empty")]
    quotas: Vec<Value>,
    #[serde(rename = "x-discrepancies", skip_serializing_if = "Vec::is_empty")]
    discrepancies: Vec<&'a str>,
    #[serde(rename = "x-source")]
    source: Value,
    #[serde(rename = "x-variants", skip_serializing_if = "Vec::is_empty")]
    variants: Vec<OperationObject<'a>>,
}

/// A JSON object of values that are not JSON yet, in their order.
struct Entries<T>(Vec<(String, T)>);

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

fn document(api: &Api) -> Document<'_> {
    let mut schemas = schema::components(api);
    schemas.extend(replies::components(api));
    let security_schemes = security_scheme(api);
    Document {
        openapi: "3.1.0",
        info: json!({
            "title": api.title,
            "summary": api.summary,
            "description": if api.description.is_empty() { &api.summary } else { &api.description },
            "version": api.version,
        }),
        servers: vec![server(api)],
        security: security_schemes.keys().map(|name| json!({ name: [] })).collect(),
        tags: api.resources.iter().map(|it| json!({ "name": it.name, "description": it.summary })).collect(),
        paths: paths(api),
        components: Components { schemas, responses: replies::common(api), security_schemes },
        discrepancies: api.discrepancies.iter().map(|it| facts::discrepancy(api, it)).collect(),
    }
}

fn server(api: &Api) -> Value {
    let variable = |it: &apigen_model::ir::ServerParameter| {
        (it.name.clone(), json!({ "default": it.example, "description": it.description }))
    };
    let variables: Map<_, _> = api.server.parameters.iter().map(variable).collect();
    json!({ "url": api.server.url, "variables": variables })
}

fn security_scheme(api: &Api) -> Map<String, Value> {
    match &api.auth {
        Auth::None => Map::new(),
        Auth::TokenOperation(token) => {
            let description = format!("A token that the operation `{}` issues.", api[token.operation].id);
            let scheme = json!({ "type": "http", "scheme": "bearer", "description": description });
            Map::from_iter([("token".to_owned(), scheme)])
        }
    }
}

/// The operations of one shape of path; templates that differ only in the names of their parameters are one to OpenAPI.
struct PathItem<'a> {
    shape: Vec<Option<&'a str>>,
    /// The names of the parameters, from the first operation.
    names: Vec<&'a str>,
    operations: Vec<(String, OperationObject<'a>)>,
}

fn paths(api: &Api) -> Entries<Entries<OperationObject<'_>>> {
    let mut items: Vec<PathItem<'_>> = Vec::new();
    for operation in &api.operations {
        let shape = shape(operation);
        let index = items.iter().position(|it| it.shape == shape).unwrap_or_else(|| {
            let names = parameters_in_order(operation).map(|it| it.wire.as_str()).collect();
            items.push(PathItem { shape, names, operations: Vec::new() });
            items.len() - 1
        });
        let item = &mut items[index];
        let object = self::operation(api, operation, &item.names);
        let method = operation.method.as_str().to_lowercase();
        match item.operations.iter_mut().find(|(it, _)| *it == method) {
            Some((_, first)) => first.variants.push(object),
            None => item.operations.push((method, object)),
        }
    }
    Entries(items.into_iter().map(|item| (template(&item), Entries(item.operations))).collect())
}

fn shape(operation: &Operation) -> Vec<Option<&str>> {
    let segments = operation.segments.iter().map(|it| match it {
        PathSegment::Literal(text) => Some(text.as_str()),
        PathSegment::Parameter(_) => None,
    });
    segments.collect()
}

fn parameters_in_order(operation: &Operation) -> impl Iterator<Item = &Field> {
    operation.segments.iter().filter_map(|it| match it {
        PathSegment::Literal(_) => None,
        PathSegment::Parameter(index) => Some(&operation.path_parameters[*index]),
    })
}

fn template(item: &PathItem<'_>) -> String {
    let mut names = item.names.iter();
    let segment = |it: Option<&str>| match it {
        Some(literal) => format!("/{literal}"),
        None => format!("/{{{}}}", names.next().expect("there is a name for each open segment")),
    };
    item.shape.iter().copied().map(segment).collect()
}

fn operation<'a>(api: &'a Api, operation: &'a Operation, names: &[&str]) -> OperationObject<'a> {
    let is_open = !operation.authenticated && !security_scheme(api).is_empty();
    OperationObject {
        id: &operation.id,
        tags: [&api.resources[operation.resource].name],
        summary: &operation.summary,
        description: &operation.description,
        deprecated: operation.deprecated.is_some(),
        instead: operation.deprecated.as_deref(),
        since: &operation.since,
        parameters: parameters(api, operation, names),
        request_body: request_body(api, operation),
        responses: replies::responses(api, operation),
        security: is_open.then_some([]),
        outcomes: operation.outcomes.iter().map(facts::outcome).collect(),
        follow_up: operation.follow_up.as_ref().map_or(Value::Null, |it| {
            json!({
                "url": it.url,
                "records": schema::type_(api, &it.records),
                "description": it.description,
            })
        }),
        paging: facts::paging(api, operation),
        limits: operation.limits.iter().map(|it| facts::limit(api, it)).collect(),
        rate_limits: operation.rate_limits.iter().map(|id| facts::rate_limit(api, &api[*id])).collect(),
        quotas: operation.quotas.iter().map(|it| facts::quota(api, it)).collect(),
        discrepancies: api.discrepancies_of(operation).map(|it| it.id.as_str()).collect(),
        source: facts::source(api, &operation.source),
        variants: Vec::new(),
    }
}

fn parameters(api: &Api, operation: &Operation, names: &[&str]) -> Vec<Value> {
    let path = parameters_in_order(operation).zip(names).map(|(field, name)| parameter(api, Place::Path, field, name));
    let rest = [Place::Query, Place::Header].into_iter().flat_map(|place| {
        operation.parameters_in(place).iter().map(move |field| parameter(api, place, field, &field.wire))
    });
    path.chain(rest).collect()
}

fn parameter(api: &Api, place: Place, field: &Field, name: &str) -> Value {
    let mut parameter = json!({
        "name": name,
        "in": place.name(),
        "description": field.description,
        "required": schema::is_required(field),
        "schema": schema::field(api, field),
    });
    if matches!(api.underlying(&field.type_), Type::List(_)) {
        parameter["style"] = json!(if place == Place::Query { "form" } else { "simple" });
        parameter["explode"] = json!(false);
    }
    if field.deprecated.is_some() {
        parameter["deprecated"] = json!(true);
    }
    parameter
}

fn request_body(api: &Api, operation: &Operation) -> Value {
    let (media_type, fields) = match &operation.body {
        Body::None => return Value::Null,
        Body::Json(fields) => ("application/json", fields),
        Body::Multipart(fields) => ("multipart/form-data", fields),
    };
    let mut content = object([("schema", Value::Object(schema::object(api, "", fields)))]);
    if let Body::Json(_) = &operation.body {
        let example = |it: &apigen_model::ir::Example| {
            let body = Value::Object(facts::body(operation, &it.request));
            (it.name.clone(), object([("summary", json!(it.title)), ("value", body)]))
        };
        content["examples"] = Value::Object(operation.examples.iter().map(example).collect());
    }
    let required = fields.iter().any(schema::is_required);
    object([("required", json!(required)), ("content", object([(media_type, content)]))])
}

/// A JSON object that takes its values, of which `json!` would make copies.
fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
