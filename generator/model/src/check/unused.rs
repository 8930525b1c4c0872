//! Definitions that nothing uses: forgotten, or misspelled where they should be used.

use std::collections::BTreeSet;

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{Api, ErrorRef, ExampleReply, Field, Limit, Response, Type, TypeId, TypeKind};
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
        operation.parameters().for_each(|(_, field)| reach(api, &field.type_, &mut reached));
        match &operation.response {
            Response::Json { payload, .. } => reach(api, payload, &mut reached),
            Response::Empty { .. } | Response::Binary { .. } => {}
        }
        if let Some(follow_up) = &operation.follow_up {
            reach(api, &follow_up.records, &mut reached);
        }
    }
    for field in api.envelopes.iter().flat_map(|it| &it.fields).chain(&api.error_body.fields) {
        reach(api, &field.type_, &mut reached);
    }
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

fn reach<'a>(api: &'a Api, type_: &Type, reached: &mut BTreeSet<&'a str>) {
    match type_ {
        Type::Named(id) => reach_named(api, *id, reached),
        Type::List(inner) | Type::Map(inner) => reach(api, inner, reached),
        Type::Scalar(_) | Type::Json | Type::File => {}
    }
}

fn reach_named<'a>(api: &'a Api, id: TypeId, reached: &mut BTreeSet<&'a str>) {
    if !reached.insert(&api[id].name) {
        return;
    }
    if let Some(verdict) = &api[id].verdict {
        reach_named(api, verdict.otherwise, reached);
    }
    let all = |fields: &'a [Field], reached: &mut BTreeSet<&'a str>| {
        fields.iter().for_each(|it| reach(api, &it.type_, reached))
    };
    match &api[id].kind {
        TypeKind::Newtype(inner) => reach(api, inner, reached),
        TypeKind::Enum { .. } | TypeKind::Flag { .. } => {}
        TypeKind::Object { fields } => all(fields, reached),
        TypeKind::Union { variants, .. } => variants.iter().for_each(|it| all(&it.fields, reached)),
    }
}
