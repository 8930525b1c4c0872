//! Values that mean something in some places only: hours in parameters, outcomes in replies.

use std::collections::BTreeSet;

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{Api, Field, Response, Scalar, Type, TypeKind};
use crate::source::Span;

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    for type_ in &api.types {
        match &type_.kind {
            TypeKind::Object { fields } => fields.iter().for_each(|it| field(api, it, diagnostics)),
            TypeKind::Union { variants, .. } => {
                variants.iter().flat_map(|it| &it.fields).for_each(|it| field(api, it, diagnostics));
            }
            TypeKind::Newtype(inner) => hour(inner, type_.at, diagnostics),
            TypeKind::Enum { .. } | TypeKind::Flag { .. } => {}
        }
    }
    for envelope in &api.envelopes {
        envelope.fields.iter().for_each(|it| field(api, it, diagnostics));
    }
    for operation in &api.operations {
        let mut sent = BTreeSet::new();
        operation.parameters().for_each(|(_, it)| api.reach(&it.type_, &mut sent));
        if let Some(type_) = sent.into_iter().map(|id| &api[id]).find(|it| it.verdict.is_some()) {
            let message = format!("`{}` sends `{}`, which has an outcome", operation.id, type_.name);
            let help = "only replies succeed or fail; give what is sent a type of its own";
            diagnostics.push(Diagnostic::error(Code::E0316, operation.at, message).help(help));
        }
        match &operation.response {
            Response::Json { payload, .. } => hour(payload, operation.at, diagnostics),
            Response::Empty { .. } | Response::Binary { .. } => {}
        }
        if let Some(follow_up) = &operation.follow_up {
            alone(api, &follow_up.records, "a record", operation.at, diagnostics);
        }
    }
}

fn field(api: &Api, field: &Field, diagnostics: &mut Diagnostics) {
    hour(&field.type_, field.at, diagnostics);
    alone(api, &field.type_, "a field", field.at, diagnostics);
}

/// An outcome is told of a payload as a whole, or of an item of a list or map.
fn alone(api: &Api, type_: &Type, place: &str, at: Span, diagnostics: &mut Diagnostics) {
    let Type::Named(id) = type_ else { return };
    if api[*id].verdict.is_some() {
        let message = format!("nothing asks {place} of the type `{}` for its outcome", api[*id].name);
        let help = "types with an outcome are payloads, or items of lists and maps";
        diagnostics.push(Diagnostic::error(Code::E0316, at, message).help(help));
    }
}

/// What the zone of an hour is, only a client knows, and only where it sends one by itself.
fn hour(type_: &Type, at: Span, diagnostics: &mut Diagnostics) {
    if *type_ == Type::Scalar(Scalar::LocalHour) {
        let help = "let it be a parameter of the path, the query, a header or the body";
        diagnostics.push(Diagnostic::error(Code::E0317, at, "an hour stands alone, as a parameter").help(help));
    }
}
