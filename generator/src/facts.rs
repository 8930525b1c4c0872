//! The names and JSON forms of facts, for the artefacts that machines read: the dump, the OpenAPI document and api.txt.

use apigen_model::ir::{
    Advice, Api, Bound, Condition, Cost, Discrepancy, Effect, Enforcement, ErrorRef, Example, ExampleFile,
    ExampleReply, ExampleRequest, Field, Items, Operation, Outcome, OutcomeTest, Paging, Period, PlacedLimit, Presence,
    Quota, RateLimit, RateScope, Response, Rule, Scalar, Sharing, Source, Test, Type, TypeKind,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use apigen_model::flat;

/// A type as the spec spells it, as in `list<BookId>`.
pub(crate) fn type_name(api: &Api, type_: &Type) -> String {
    match type_ {
        Type::Scalar(scalar) => scalar_name(*scalar).to_owned(),
        Type::Named(id) => api[*id].name.clone(),
        Type::List(item) => format!("list<{}>", type_name(api, item)),
        Type::Map(value) => format!("map<{}>", type_name(api, value)),
        Type::Json => "json".to_owned(),
        Type::File => "file".to_owned(),
    }
}

/// A type as it is on the wire, without names and units, as in `list<string>`.
pub(crate) fn wire_type(api: &Api, type_: &Type) -> String {
    match type_ {
        Type::Scalar(scalar) => match scalar {
            Scalar::String | Scalar::LocalHour => "string",
            Scalar::Number => "number",
            Scalar::Boolean => "boolean",
            Scalar::Integer | Scalar::TimestampMs | Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount => {
                "integer"
            }
        }
        .to_owned(),
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Newtype(inner) => wire_type(api, inner),
            TypeKind::Enum { of, .. } => wire_type(api, &Type::Scalar(*of)),
            TypeKind::Flag { .. } => "boolean".to_owned(),
            TypeKind::Object { .. } | TypeKind::Union { .. } => "object".to_owned(),
        },
        Type::List(item) => format!("list<{}>", wire_type(api, item)),
        Type::Map(value) => format!("map<{}>", wire_type(api, value)),
        Type::Json | Type::File => type_name(api, type_),
    }
}

/// A scalar as the spec spells it.
pub(crate) fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "string",
        Scalar::Integer => "integer",
        Scalar::Number => "number",
        Scalar::Boolean => "boolean",
        Scalar::TimestampMs => "timestamp_ms",
        Scalar::DurationMs => "duration_ms",
        Scalar::DurationS => "duration_s",
        Scalar::ByteCount => "byte_count",
        Scalar::LocalHour => "local_hour",
    }
}

/// What the server does beyond a limit.
pub(crate) fn enforcement(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::Rejected => "rejected",
        Enforcement::Clamped => "clamped",
        Enforcement::Unknown => "unknown",
    }
}

/// What a program should do about an error.
pub(crate) fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::FixRequest => "fix_request",
        Advice::RefreshToken => "refresh_token",
        Advice::Retry => "retry",
        Advice::GiveUp => "give_up",
    }
}

/// What sending a request a second time does.
pub(crate) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Idempotent => "idempotent",
        Effect::Repeats => "repeats",
    }
}

/// The period of a rate limit.
pub(crate) fn period(period: Period) -> &'static str {
    match period {
        Period::Second => "second",
        Period::Minute => "minute",
        Period::Hour => "hour",
        Period::Day => "day",
    }
}

/// An error as operations name it: its id, and after a slash the spelling when it is not the main one.
pub(crate) fn error_id(api: &Api, reference: ErrorRef) -> String {
    let (error, variant) = api.error(reference);
    if variant.name.is_empty() { error.name.clone() } else { format!("{}/{}", error.name, variant.name) }
}

/// A limit with the value that it bounds.
pub(crate) fn limit(api: &Api, placed: &PlacedLimit) -> Value {
    let limit = &placed.limit;
    json!({
        "id": placed.id,
        "in": placed.place.name(),
        "name": placed.wire,
        "arm": arm(placed.arm.as_ref()),
        "rule": limit.rule.name(),
        "bound": bound(&limit.rule),
        "of": of(&limit.rule),
        "enforced": enforcement(limit.enforcement),
        "raisable": limit.raisable,
        "when": limit.when.as_ref().map_or(Value::Null, condition),
        "error": limit.error.map(|it| error_id(api, it)),
        "description": limit.description,
    })
}

/// The fields that a bound counts together; null for all others.
fn of(rule: &Rule) -> Value {
    match rule {
        Rule::BodySize { of, .. } => json!(of),
        Rule::MinChars(_)
        | Rule::MaxChars(_)
        | Rule::MaxBytes(_)
        | Rule::MinItems(_)
        | Rule::MaxItems(_)
        | Rule::Min(_)
        | Rule::Max(_)
        | Rule::Pattern(_)
        | Rule::MaxSize(_)
        | Rule::Required => Value::Null,
    }
}

/// The bound of a rule: a number, `{"field": name}`, a regular expression, or `true`.
pub(crate) fn bound(rule: &Rule) -> Value {
    match (rule, rule.bound()) {
        (Rule::Pattern(pattern), _) => json!(pattern),
        (_, Some(Bound::Integer(number))) => json!(number),
        (_, Some(Bound::Number(number))) => json!(number),
        (_, Some(Bound::Field { field, default: None })) => json!({ "field": field }),
        (_, Some(Bound::Field { field, default })) => json!({ "field": field, "default": default }),
        (_, None) => json!(true),
    }
}

/// A condition: `{"field": name, "equals": value}`, or `"present": true` in place of the value; `{"state": sentence}`.
pub(crate) fn condition(condition: &Condition) -> Value {
    match condition {
        Condition::Field { field, test: Test::Present, .. } => json!({ "field": field, "present": true }),
        Condition::Field { field, test: Test::Equals(value), default } if value == default => {
            json!({ "field": field, "equals": value, "or_absent": true })
        }
        Condition::Field { field, test: Test::Equals(value), .. } => json!({ "field": field, "equals": value }),
        Condition::State(state) => json!({ "state": state }),
    }
}

/// What makes a success: `{"path": path, "equals": [value]}`, or `"absent": true` in place of the values.
pub(crate) fn outcome(outcome: &Outcome) -> Value {
    let mut fact = match &outcome.test {
        OutcomeTest::Equals(values) => json!({ "path": outcome.path, "equals": values }),
        OutcomeTest::Absent => json!({ "path": outcome.path, "absent": true }),
    };
    if !outcome.reason.is_empty() {
        fact["reason"] = json!(outcome.reason);
    }
    fact
}

/// The union arm that a value belongs to, spelled as a condition on the tag; null outside of unions.
pub(crate) fn arm(arm: Option<&(String, String)>) -> Value {
    arm.map_or(Value::Null, |(tag, value)| json!({ "field": tag, "equals": value }))
}

/// An error; `is_common` marks those that any operation may answer with.
pub(crate) fn error(api: &Api, reference: ErrorRef, is_common: bool) -> Value {
    let (_, variant) = api.error(reference);
    json!({
        "id": error_id(api, reference),
        "status": variant.status,
        "code": or_null(&variant.code),
        "message": or_null(&variant.message),
        "global": is_common,
    })
}

/// How a list is read; null when the operation does not page.
pub(crate) fn paging(api: &Api, operation: &Operation) -> Value {
    match &operation.paging {
        Paging::None => Value::Null,
        Paging::PageNumber { parameter, size, first, default_size, max_size, items, total } => json!({
            "style": "page_number",
            "parameter": parameter,
            "size": size,
            "first": first,
            "default_size": default_size,
            "max_size": if *max_size == u64::MAX { Value::Null } else { json!(max_size) },
            "items": items_path(api, operation, items),
            "total": or_null(total),
        }),
        Paging::Cursor { parameter, size, next, items, total } => json!({
            "style": "cursor",
            "parameter": parameter,
            "size": or_null(size),
            "next": next,
            "items": items_path(api, operation, items),
            "total": or_null(total),
        }),
    }
}

/// The path in the reply to the items of a page.
pub(crate) fn items_path(api: &Api, operation: &Operation, items: &Items) -> String {
    let Response::Json { at, payload, .. } = &operation.response else { return String::new() };
    let key = flat::payload_key(at);
    let field = items.field.as_deref().map(|name| match payload {
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Object { fields } => fields.iter().find(|it| it.name == name).map_or(name, |it| it.wire.as_str()),
            TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Union { .. } => name,
        },
        Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => name,
    });
    [Some(key).filter(|it| !it.is_empty()), field].into_iter().flatten().collect::<Vec<_>>().join(".")
}

/// A rate limit.
pub(crate) fn rate_limit(api: &Api, limit: &RateLimit) -> Value {
    let (unit, items_of) = match &limit.cost {
        Cost::Call => ("calls", None),
        Cost::Items(field) => ("items", Some(field)),
    };
    let (scope, user) = match &limit.scope {
        RateScope::Application => ("application", None),
        RateScope::User(parameter) => ("user", Some(parameter)),
    };
    json!({
        "id": limit.name,
        "amount": limit.amount,
        "unit": unit,
        "items_of": items_of,
        "per": period(limit.per),
        "scope": scope,
        "user": user,
        "shared": match limit.sharing {
            Sharing::PerOperation => false,
            Sharing::Shared => true,
        },
        "raisable": limit.raisable,
        "error": limit.error.map(|it| error_id(api, it)),
    })
}

/// A number of the service that no parameter carries.
pub(crate) fn quota(api: &Api, quota: &Quota) -> Value {
    json!({
        "name": quota.name,
        "amount": quota.amount,
        "unit": quota.unit,
        "raisable": quota.raisable,
        "error": quota.error.map(|it| error_id(api, it)),
        "description": quota.description,
    })
}

/// A place on a page.
pub(crate) fn source(api: &Api, source: &Source) -> Value {
    let page = &api[source.page];
    json!({ "page": page.title, "revision": page.revision, "section": or_null(&source.section) })
}

/// A contradiction and what was decided.
pub(crate) fn discrepancy(api: &Api, discrepancy: &Discrepancy) -> Value {
    let claims: Vec<_> =
        discrepancy.claims.iter().map(|it| json!({ "source": source(api, &it.source), "says": it.says })).collect();
    json!({
        "id": discrepancy.id,
        "title": discrepancy.title,
        "claims": claims,
        "decision": discrepancy.decision,
        "reason": discrepancy.reason,
        "open": discrepancy.open,
    })
}

/// An example: the request by place and wire name, and the reply with its status.
pub(crate) fn example(api: &Api, operation: &Operation, example: &Example) -> Value {
    let request = &example.request;
    json!({
        "id": example.name,
        "title": example.title,
        "request": {
            "path": values(&operation.path_parameters, &request.path),
            "query": values(&operation.query, &request.query),
            "headers": values(&operation.headers, &request.headers),
            "body": body(operation, request),
            "form": files(operation, request),
        },
        "response": match &example.reply {
            ExampleReply::Json { body, records } if records.is_empty() => {
                json!({ "status": 200, "error": null, "body": body })
            }
            ExampleReply::Json { body, records } => {
                json!({ "status": 200, "error": null, "body": body, "records": records })
            }
            ExampleReply::Binary { content } => json!({ "status": 200, "error": null, "body": content }),
            ExampleReply::Error { error, body } => {
                json!({ "status": api.error(*error).1.status, "error": error_id(api, *error), "body": body })
            }
        },
    })
}

/// The values of an example by wire name, in the order of the fields; those that are always sent included.
pub(crate) fn values(fields: &[Field], given: &[(usize, Value)]) -> Map<String, Value> {
    let mut values = Map::new();
    for (index, field) in fields.iter().enumerate() {
        let given = given.iter().find(|(it, _)| *it == index).map(|(_, value)| value);
        let value = match &field.presence {
            Presence::Constant(value) => Some(value),
            Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => given,
        };
        if let Some(value) = value {
            values.insert(field.wire.clone(), value.clone());
        }
    }
    values
}

/// The JSON body of an example: its values, and the tags beside unions.
pub(crate) fn body(operation: &Operation, request: &ExampleRequest) -> Map<String, Value> {
    let mut body = values(operation.body.json_fields(), &request.body);
    body.extend(request.tags.iter().map(|(tag, value)| (tag.clone(), json!(value))));
    body
}

/// The files of an example by wire name.
fn files(operation: &Operation, request: &ExampleRequest) -> Map<String, Value> {
    let fields = operation.body.form_fields();
    let file = |(index, file): &(usize, ExampleFile)| {
        (fields[*index].wire.clone(), json!({ "name": file.name, "content": file.content }))
    };
    request.form.iter().map(file).collect()
}

fn or_null(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

/// Text as it stands in a URL: everything but what RFC 3986 calls unreserved is escaped.
pub(crate) fn percent_encoded(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}
