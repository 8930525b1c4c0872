//! Definitions that nothing uses: forgotten, or misspelled where they should be used.

use std::collections::BTreeSet;

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{Api, ErrorRef, ExampleReply, Limit, Response};
use crate::source::Span;

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    let used = used_errors(api);
    for error in &api.errors {
        let spelled = (0..error.variants.len()).any(|it| used.contains(&(error.name.as_str(), it)));
        if !spelled {
            unused("error", &error.name, error.at, diagnostics);
        }
    }
    let mut reached = BTreeSet::new();
    for operation in &api.operations {
        operation.parameters().for_each(|(_, field)| api.reach(&field.type_, &mut reached));
        match &operation.response {
            Response::Json { payload, .. } => api.reach(payload, &mut reached),
            Response::Empty { .. } | Response::Binary { .. } => {}
        }
        if let Some(follow_up) = &operation.follow_up {
            api.reach(&follow_up.records, &mut reached);
        }
    }
    for field in api.envelopes.iter().flat_map(|it| &it.fields).chain(&api.error_body.fields) {
        api.reach(&field.type_, &mut reached);
    }
    let reached: BTreeSet<_> = reached.into_iter().map(|id| api[id].name.as_str()).collect();
    for type_ in api.types.iter().filter(|it| !reached.contains(it.name.as_str())) {
        unused("type", &type_.name, type_.at, diagnostics);
    }
}

fn unused(kind: &str, name: &str, at: Span, diagnostics: &mut Diagnostics) {
    let message = format!("the {kind} `{name}` is not used");
    diagnostics.push(Diagnostic::warning(Code::W0501, at, message).help("delete it, or use it"));
}

/// The errors that anything refers to, by name and spelling.
fn used_errors(api: &Api) -> BTreeSet<(&str, usize)> {
    let mut used: Vec<ErrorRef> = api.common_errors.clone();
    used.extend(api.rate_limits.iter().filter_map(|it| it.error));
    for operation in &api.operations {
        used.extend(&operation.errors);
        used.extend(operation.limits.iter().filter_map(|it| it.limit.error));
        used.extend(operation.quotas.iter().filter_map(|it| it.error));
        used.extend(operation.examples.iter().filter_map(|it| match it.reply {
            ExampleReply::Error { error, .. } => Some(error),
            ExampleReply::Json { .. } | ExampleReply::Binary { .. } => None,
        }));
    }
    let of_limit = |limit: &Limit| limit.error;
    used.extend(api.types.iter().flat_map(|it| it.limits.iter().filter_map(of_limit)));
    used.into_iter().map(|it| (api[it.error].name.as_str(), it.variant)).collect()
}
