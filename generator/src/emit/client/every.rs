//! `tests/calls/mod.rs`: a call of every operation, for suites that hold all of them against something.

use apigen_model::ir::{Api, ExampleReply, Operation, Response};
use askama::Template;

use crate::emit::rust::{calls, layout, literals, names};
use crate::emit::templates::rendered;

#[derive(Template)]
#[template(path = "client/tests/calls/mod.rs.jinja")]
struct CallsView {
    krate: String,
    calls: Vec<CallView>,
}

struct CallView {
    id: String,
    /// Yields `Result<(), Error>`.
    expression: String,
}

/// Renders the module.
pub(super) fn module(api: &Api) -> String {
    let calls = api.operations.iter().filter_map(|it| call(api, it)).collect();
    let view = CallsView { krate: names::krate(&api.name), calls };
    layout::file(&layout::header("spec/"), &rendered(&view))
}

fn call(api: &Api, operation: &Operation) -> Option<CallView> {
    let example = operation.examples.iter().find(|it| !matches!(it.reply, ExampleReply::Error { .. }))?;
    let call = calls::expression(api, operation, &example.request);
    let read = match operation.response {
        Response::Json { .. } | Response::Empty { .. } => "await",
        Response::Binary { .. } => "await?.bytes(1 << 20).await",
    };
    Some(CallView { id: literals::string(&operation.id), expression: format!("{call}.{read}.map(drop)") })
}
