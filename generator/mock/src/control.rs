//! The control endpoint: help for people, and for tests in other languages what the library offers to those in Rust.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::answer::{Answer, JSON, TEXT};
use crate::asked::{Head, Sent};
use crate::fault::{self, Plan};
use crate::files;
use crate::world::World;

/// Where the help stands.
pub(crate) const ROOT: &str = "/_mock";
/// Where everything else of the mock's own stands.
pub(crate) const BELOW: &str = "/_mock/";

/// Answers a request to the mock itself.
pub(crate) fn answer(world: &World, head: &Head, sent: &Sent) -> Answer {
    if let Some(name) = head.path.strip_prefix(files::PREFIX) {
        let operations = world.api().operations.iter().zip(&world.prepared);
        return match files::content(operations, name) {
            Some(content) => Answer::new(200, "application/octet-stream", content),
            None => Answer::new(404, TEXT, "no such file\n"),
        };
    }
    let path = head.path.strip_prefix(BELOW).unwrap_or_default();
    match (head.method.as_str(), path) {
        ("GET", "") => Answer::new(200, TEXT, help(world)),
        ("GET", "requests") => {
            let requests = world.log().requests();
            json_of(&requests.iter().map(|it| it.to_json(&world.secrets)).collect::<Value>())
        }
        ("DELETE", "requests") => done(|| world.log().clear()),
        ("GET", "faults") => json_of(&world.plans().iter().map(shown).collect::<Value>()),
        ("POST", "faults") => with_body(sent, |body| plan(world, body).map(|it| world.plan(it))),
        ("DELETE", "faults") => done(|| world.clear_plans()),
        ("POST", "tokens") => {
            let lifetime = world.settings().token_lifetime;
            let token = world.tokens().issue(lifetime, Instant::now());
            json_of(&json!({ "token": token }))
        }
        ("DELETE", "tokens") => done(|| world.tokens().expire()),
        ("DELETE", "budgets") => done(|| world.budgets().clear()),
        ("PATCH", "settings") => with_body(sent, |body| set(world, body)),
        _ => Answer::new(404, TEXT, "nothing here; GET /_mock tells what there is\n"),
    }
}

fn json_of(value: &Value) -> Answer {
    Answer::new(200, JSON, format!("{value:#}\n"))
}

fn done(act: impl FnOnce()) -> Answer {
    act();
    Answer::new(204, TEXT, "")
}

fn with_body(sent: &Sent, act: impl FnOnce(&Value) -> Result<(), String>) -> Answer {
    let body = serde_json::from_slice(&sent.bytes).map_err(|error| format!("the body is no JSON: {error}"));
    match body.and_then(|body| act(&body)) {
        Ok(()) => Answer::new(204, TEXT, ""),
        Err(problem) => Answer::mistake(problem),
    }
}

/// A plan as it is posted: `{"fault": "html=502", "operation": "a.b", "times": 2, "every": 1}`.
fn plan(world: &World, body: &Value) -> Result<Plan, String> {
    let text = body.get("fault").and_then(Value::as_str).ok_or("`fault` is missing")?;
    let mut plan: Plan = text.parse().map_err(|error: fault::UnknownFault| error.to_string())?;
    if let Some(operation) = body.get("operation").and_then(Value::as_str) {
        if !world.api().operations.iter().any(|it| it.id == operation) {
            return Err(format!("there is no operation `{operation}`"));
        }
        plan = plan.on(operation);
    }
    plan = match body.get("every").and_then(Value::as_u64) {
        Some(every) => plan.every(every),
        None => plan,
    };
    Ok(match body.get("times") {
        Some(Value::Null) => plan.always(),
        Some(times) => plan.times(times.as_u64().ok_or("`times` is no number")?),
        None => plan,
    })
}

fn shown(plan: &Plan) -> Value {
    json!({
        "fault": fault::joined(&plan.faults),
        "operation": plan.operation,
        "times": plan.times,
        "every": plan.every,
    })
}

fn set(world: &World, body: &Value) -> Result<(), String> {
    let fields = body.as_object().ok_or("the body is no object")?;
    for (key, value) in fields {
        match (key.as_str(), value) {
            ("rate_limits", Value::Bool(on)) => world.set(|it| it.budgets = on.then(|| it.budgets.unwrap_or(1.0))),
            ("rate_factor", Value::Number(factor)) => {
                let factor = factor.as_f64().filter(|it| it.is_finite() && *it >= 0.0);
                let factor = factor.ok_or("`rate_factor` is no factor")?;
                world.set(|it| it.budgets = Some(factor));
            }
            ("token_lifetime_ms", Value::Null) => world.set(|it| it.token_lifetime = None),
            ("token_lifetime_ms", value) => {
                let lifetime = value.as_u64().map(Duration::from_millis).ok_or("`token_lifetime_ms` is no number")?;
                world.set(|it| it.token_lifetime = Some(lifetime));
            }
            _ => return Err(format!("there is no setting `{key}` with such a value")),
        }
    }
    Ok(())
}

/// What the mock can do, for people.
fn help(world: &World) -> String {
    let api = world.api();
    let base = &world.base;
    let path: String = api.server.path().to_owned();
    let mut text = format!(
        "A mock of the {title}.\n\n\
         The API is served below {base}{path}, with any values for what stands in braces.\n\
         A request that is one of the documented examples gets the documented reply. Any other one gets the reply of the\n\
         example that comes nearest, with its own values in it, or the documented error if it breaks a rule of the spec.\n\
         Each answer names its example in `x-mock-example`, and says in `x-mock-reason` why it refuses.\n\n\
         By header\n\
         \x20 x-mock-example: NAME     answers with this example of the operation\n\
         \x20 x-mock-fault: FAULT      plays a fault; several have `;` between them\n\n\
         Faults\n{faults}\n\
         Control\n\
         \x20 GET, DELETE  /_mock/requests   the log of requests\n\
         \x20 GET, DELETE  /_mock/faults     the faults that are planned\n\
         \x20 POST         /_mock/faults     {{\"fault\": \"html=502\", \"operation\": \"ID\", \"times\": 1, \"every\": 1}}; all but the\n\
         \x20                                first may be left out; \"times\": null is for ever\n\
         \x20 POST, DELETE /_mock/tokens     issues a token; expires all that were issued\n\
         \x20 DELETE       /_mock/budgets    forgets what was spent of the rate limits\n\
         \x20 PATCH        /_mock/settings   {{\"rate_limits\": true, \"rate_factor\": 2, \"token_lifetime_ms\": 1000}}\n\n\
         Operations and their examples\n",
        title = api.title,
        faults = fault::HELP,
    );
    for (operation, prepared) in api.operations.iter().zip(&world.prepared) {
        let examples: Vec<_> = prepared.examples.iter().map(|it| it.name.as_str()).collect();
        let (method, path) = (operation.method.as_str(), &operation.path);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {:32} {method:6} {path}\n  {:32} {}", operation.id, "", examples.join(", "));
    }
    text
}
