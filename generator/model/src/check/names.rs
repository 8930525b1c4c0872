//! Names: their spelling, and that no two meet in one place.

use std::collections::BTreeMap;

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{Api, Field, TypeKind};
use crate::source::Span;

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    for type_ in &api.types {
        upper_camel(&type_.name, type_.at, diagnostics);
        match &type_.kind {
            TypeKind::Newtype(_) => {}
            TypeKind::Enum { values, .. } => {
                distinct("value", values.iter().map(|it| (it.name.as_str(), type_.at)), diagnostics)
            }
            TypeKind::Flag { on, off } => {
                distinct("value", [on, off].map(|it| (it.name.as_str(), type_.at)), diagnostics)
            }
            TypeKind::Object { fields } => wires(fields, diagnostics),
            TypeKind::Union { variants, .. } => {
                distinct("variant", variants.iter().map(|it| (it.name.as_str(), type_.at)), diagnostics);
                for variant in variants {
                    wires(&variant.fields, diagnostics);
                }
            }
        }
    }
    for error in &api.errors {
        snake("error", &error.name, error.at, diagnostics);
        for placeholder in &error.placeholders {
            snake("placeholder", &placeholder.name, error.at, diagnostics);
        }
    }
    for envelope in &api.envelopes {
        wires(&envelope.fields, diagnostics);
    }
    for resource in &api.resources {
        snake("resource", &resource.name, resource.at, diagnostics);
    }
    for operation in &api.operations {
        snake("operation", &operation.name, operation.at, diagnostics);
        parameters(operation, diagnostics);
    }
}

/// Parameters of all places become arguments of one function, so their names must differ across places.
fn parameters(operation: &crate::ir::Operation, diagnostics: &mut Diagnostics) {
    distinct("parameter", operation.parameters().map(|(_, field)| (field.name.as_str(), field.at)), diagnostics);
    for place in crate::ir::Place::ALL {
        wires(operation.parameters_in(place), diagnostics);
    }
}

/// Fields of one object: spelled well, and no two with one name on the wire.
fn wires(fields: &[Field], diagnostics: &mut Diagnostics) {
    for field in fields {
        snake("field", &field.name, field.at, diagnostics);
    }
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for field in fields {
        if let Some(first) = seen.insert(&field.wire, field.at) {
            let message = format!("two fields are called `{}` on the wire", field.wire);
            let diagnostic = Diagnostic::error(Code::E0302, field.at, message).secondary(first, "the other one");
            diagnostics.push(diagnostic.help("JSON objects, queries and forms have one value per name"));
        }
    }
}

fn distinct<'a>(kind: &str, names: impl IntoIterator<Item = (&'a str, Span)>, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (name, at) in names {
        snake(kind, name, at, diagnostics);
        if let Some(first) = seen.insert(name, at) {
            let message = format!("two {kind}s are called `{name}`");
            let diagnostic = Diagnostic::error(Code::E0302, at, message).secondary(first, "the other one");
            diagnostics.push(diagnostic.help("rename one; `wire:` keeps its name on the wire"));
        }
    }
}

fn snake(kind: &str, name: &str, at: Span, diagnostics: &mut Diagnostics) {
    let first = name.starts_with(|it: char| it.is_ascii_lowercase());
    let rest = name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_');
    if !first || !rest || name.contains("__") || name.ends_with('_') {
        let message = format!("`{name}` is no {kind} name");
        let help = "write it in snake case: a-z, 0-9 and single underscores, as in `page_size`; `wire:` and `name:` say what differs";
        diagnostics.push(Diagnostic::error(Code::E0303, at, message).help(help));
    }
}

fn upper_camel(name: &str, at: Span, diagnostics: &mut Diagnostics) {
    let first = name.starts_with(|it: char| it.is_ascii_uppercase());
    if !first || !name.chars().all(|it| it.is_ascii_alphanumeric()) {
        let message = format!("`{name}` is no type name");
        diagnostics
            .push(Diagnostic::error(Code::E0303, at, message).help("write it in upper camel case, as in `BookId`"));
    }
}
