//! Unions: that there is a place for the tag, and that nothing else stands there.

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{Api, Field, Operation, Place, Response, TagPlace, Type, TypeKind};
use crate::source::Span;

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    for type_ in &api.types {
        match &type_.kind {
            TypeKind::Newtype(inner) => alone(api, inner, "a newtype", type_.at, diagnostics),
            TypeKind::Object { fields } => object(api, fields, diagnostics),
            TypeKind::Union { tag, placed, variants } => {
                for variant in variants {
                    object(api, &variant.fields, diagnostics);
                    let taken = variant.fields.iter().find(|it| it.wire == *tag && *placed == TagPlace::Inside);
                    if let Some(field) = taken {
                        collision(tag, field.at, diagnostics);
                    }
                }
            }
            TypeKind::Enum { .. } | TypeKind::Flag { .. } => {}
        }
    }
    for envelope in &api.envelopes {
        object(api, &envelope.fields, diagnostics);
    }
    for operation in &api.operations {
        parameters(api, operation, diagnostics);
        match &operation.response {
            Response::Json { payload, .. } => alone(api, payload, "a payload", operation.at, diagnostics),
            Response::Empty { .. } | Response::Binary { .. } => {}
        }
        if let Some(follow_up) = &operation.follow_up {
            alone(api, &follow_up.records, "a record", operation.at, diagnostics);
        }
    }
}

fn parameters(api: &Api, operation: &Operation, diagnostics: &mut Diagnostics) {
    for place in Place::ALL {
        let fields = operation.parameters_in(place);
        match place {
            Place::Body => object(api, fields, diagnostics),
            Place::Path | Place::Query | Place::Header | Place::Form => {
                for field in fields {
                    if holds_union(api, &field.type_) {
                        let message = format!("the union `{}` stands outside of JSON", field.name);
                        let help = "unions stand in JSON bodies and replies only";
                        diagnostics.push(Diagnostic::error(Code::E0408, field.at, message).help(help));
                    }
                }
            }
        }
    }
}

/// Whether a value is a union, or a list or map of them.
fn holds_union(api: &Api, type_: &Type) -> bool {
    match api.underlying(type_) {
        Type::Named(id) => matches!(api[*id].kind, TypeKind::Union { .. }),
        Type::List(inner) | Type::Map(inner) => holds_union(api, inner),
        Type::Scalar(_) | Type::Json | Type::File => false,
    }
}

/// The fields of one object: the tags that stand among them must differ from all else there.
fn object(api: &Api, fields: &[Field], diagnostics: &mut Diagnostics) {
    let mut tags: Vec<&str> = Vec::new();
    for field in fields {
        match api.tag_beside(&field.type_) {
            Some(tag) if tags.contains(&tag) || fields.iter().any(|it| it.wire == tag) => {
                collision(tag, field.at, diagnostics);
            }
            Some(tag) => tags.push(tag),
            None => inside(api, &field.type_, field.at, diagnostics),
        }
    }
}

/// What stands in a list or map has no object around it that could hold its tag.
fn inside(api: &Api, type_: &Type, at: Span, diagnostics: &mut Diagnostics) {
    match type_ {
        Type::List(item) => alone(api, item, "an item of a list", at, diagnostics),
        Type::Map(value) => alone(api, value, "a value of a map", at, diagnostics),
        Type::Scalar(_) | Type::Named(_) | Type::Json | Type::File => {}
    }
}

fn alone(api: &Api, type_: &Type, what: &str, at: Span, diagnostics: &mut Diagnostics) {
    match api.tag_beside(type_) {
        Some(tag) => {
            let message = format!("the tag `{tag}` has no place beside {what}");
            let help = "let the tag stand inside (`placed: inside`), or put the union into a field of an object";
            diagnostics.push(Diagnostic::error(Code::E0408, at, message).help(help));
        }
        None => inside(api, type_, at, diagnostics),
    }
}

fn collision(tag: &str, at: Span, diagnostics: &mut Diagnostics) {
    let message = format!("the tag `{tag}` meets something else of this name in the same object");
    let help = "the tag of a union is a field of the object that it stands in, and must be the only one of its name";
    diagnostics.push(Diagnostic::error(Code::E0408, at, message).help(help));
}
