//! The resolved API as JSON, for tools that compare it with something else: flat lists, wire names, stable order.

use apigen_model::ir::{Api, Operation, Place, PlacedLimit, Presence, Response};
use serde_json::{Value, json};

use crate::facts;
use apigen_model::flat::{self, Entry};

/// The API: `{api, operations}`.
///
/// Operations stand by resource, in the author's order. Each is `{id, resource, method, path, parameters, response,
/// errors, paging, rate_limits, outcomes, body_limits, follow_up, examples}`; `path` starts after the host. Types are those of the wire: `string`,
/// `integer`, `number`, `boolean`, `object`, `json`, `file`, `bytes`, `list<…>` and `map<…>`. Parameters include the parts
/// of the server's path and the token. A parameter with a fixed value has that value as its default. `when` is null, or
/// names the union arm as `{field, equals}`.
pub fn dump(api: &Api) -> Value {
    json!({
        "api": { "name": api.name, "version": api.version, "title": api.title },
        "operations": api.operations.iter().map(|it| operation(api, it)).collect::<Vec<_>>(),
    })
}

fn operation(api: &Api, operation: &Operation) -> Value {
    let own = operation.errors.iter().map(|it| facts::error(api, *it, false));
    let common =
        api.common_errors.iter().filter(|it| !operation.errors.contains(it)).map(|it| facts::error(api, *it, true));
    json!({
        "id": operation.id,
        "resource": api.resources[operation.resource].name,
        "method": operation.method.as_str(),
        "path": format!("{}{}", api.server.path(), operation.path),
        "parameters": parameters(api, operation),
        "response": response(api, operation),
        "errors": own.chain(common).collect::<Vec<_>>(),
        "paging": facts::paging(api, operation),
        "rate_limits": operation.rate_limits.iter().map(|id| facts::rate_limit(api, &api[*id])).collect::<Vec<_>>(),
        "effect": facts::effect(operation.effect),
        "split": operation.split_field().map(|(_, field)| &field.wire),
        "outcomes": operation.outcomes.iter().map(facts::outcome).collect::<Vec<_>>(),
        "body_limits": operation.limits.iter().filter(|it| it.path.is_empty()).map(limit).collect::<Vec<_>>(),
        "follow_up": operation.follow_up.as_ref().map(|it| json!({
            "url": it.url,
            "records": facts::type_name(api, &it.records),
        })),
        "examples": operation.examples.iter().map(|it| facts::example(api, operation, it)).collect::<Vec<_>>(),
    })
}

fn parameters(api: &Api, operation: &Operation) -> Vec<Value> {
    let server_path = api.server.path();
    let in_path = |name: &str| server_path.contains(&format!("{{{name}}}"));
    let server = api.server.parameters.iter().filter(|it| in_path(&it.name));
    let mut all: Vec<_> = server.map(|it| inherited(Place::Path, &it.name)).collect();
    for place in Place::ALL {
        if place == Place::Header && operation.authenticated {
            all.push(inherited(Place::Header, "Authorization"));
        }
        let entries = flat::fields(api, operation.parameters_in(place));
        all.extend(entries.iter().map(|entry| parameter(api, operation, place, entry)));
    }
    all
}

/// A text that every request carries and no operation declares.
fn inherited(place: Place, name: &str) -> Value {
    json!({
        "in": place.name(),
        "name": name,
        "type": "string",
        "required": true,
        "default": null,
        "limits": [],
        "when": null,
    })
}

fn parameter(api: &Api, operation: &Operation, place: Place, entry: &Entry<'_>) -> Value {
    let (required, fixed) = match entry.presence {
        Presence::Required => (true, None),
        Presence::Optional | Presence::RequiredWhen(_) => (false, None),
        Presence::Constant(value) => (true, Some(value)),
    };
    let limits = operation.limits.iter().filter(|it| it.place == place && it.wire == entry.path && it.arm == entry.arm);
    json!({
        "in": place.name(),
        "name": entry.path,
        "type": facts::wire_type(api, entry.type_),
        "required": required,
        "default": fixed.or(entry.field.map(|it| &it.default)),
        "limits": limits.map(limit).collect::<Vec<_>>(),
        "when": facts::arm(entry.arm.as_ref()),
    })
}

fn limit(placed: &PlacedLimit) -> Value {
    json!({
        "rule": placed.limit.rule.name(),
        "bound": facts::bound(&placed.limit.rule),
        "enforced": facts::enforcement(placed.limit.enforcement),
        "raisable": placed.limit.raisable,
        "when": placed.limit.when.as_ref().map_or(Value::Null, facts::condition),
        "id": placed.id,
    })
}

fn response(api: &Api, operation: &Operation) -> Vec<Value> {
    let envelope = match &operation.response {
        Response::Binary { .. } => return vec![json!({ "path": "", "type": "bytes", "when": null })],
        Response::Json { envelope, .. } | Response::Empty { envelope } => envelope,
    };
    let fields = envelope.map_or_else(Vec::new, |id| flat::fields(api, &api[id].fields));
    let value = |it: &Entry<'_>| json!({ "path": it.path, "type": facts::wire_type(api, it.type_), "when": facts::arm(it.arm.as_ref()) });
    flat::payload(api, operation).iter().chain(&fields).map(value).collect()
}
