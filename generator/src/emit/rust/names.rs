//! Rust identifiers: the only place that turns names of the spec into names of Rust.

use apigen_model::codes::Code;
use apigen_model::diagnostics::{Diagnostic, Diagnostics};
use apigen_model::ir::{Api, Operation, Presence, TypeDef, TypeKind};
use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// A field, argument or method. Keywords get an underscore rather than `r#`, which documentation shows badly.
pub(crate) fn value(name: &str) -> String {
    let name = name.to_snake_case();
    if is_keyword(&name) { name + "_" } else { name }
}

/// A module.
pub(crate) fn module(name: &str) -> String {
    value(name)
}

/// A type or variant.
pub(crate) fn type_(name: &str) -> String {
    let name = name.to_upper_camel_case();
    if name == "Self" { "Self_".to_owned() } else { name }
}

/// A constant or static.
pub(crate) fn constant(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// The enum of the documented errors of an operation.
pub(crate) fn error_enum(operation: &Operation) -> String {
    type_(&operation.name) + "Error"
}

/// The name of a crate in code: `easemob-im` is `easemob_im` there.
pub(crate) fn krate(package: &str) -> String {
    package.replace('-', "_")
}

/// Reports names that are fine in the spec and meet something else in Rust.
pub(crate) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    for operation in &api.operations {
        let optional = operation.parameters().filter(|(_, field)| field.presence == Presence::Optional);
        for (_, field) in optional {
            if RESERVED_METHODS.contains(&value(&field.name).as_str()) {
                let message = format!("every request has a method `{}` already", field.name);
                let help = "choose another key and keep the name on the wire with `wire:`";
                diagnostics.push(Diagnostic::error(Code::E0314, field.at, message).help(help));
            }
        }
    }
    for resource in &api.resources {
        check_types(api, resource, diagnostics);
    }
}

/// Builders, error enums, handles and types of a resource live in one module.
fn check_types(api: &Api, resource: &apigen_model::ir::Resource, diagnostics: &mut Diagnostics) {
    let operations: Vec<_> = api.operations_of(resource).collect();
    let taken = |name: &str| {
        let builder = operations.iter().find(|it| type_(&it.name) == name || error_enum(it) == name);
        builder.map(|it| format!("the request builder or error of the operation `{}`", it.name)).or_else(|| {
            let handle = type_(&resource.name) == name;
            handle.then(|| "the handle of the resource".to_owned())
        })
    };
    for definition in resource.types.iter().map(|id| &api[*id]) {
        if let Some(other) = taken(&type_(&definition.name)) {
            let message = format!("the type `{}` has the name of {other}", definition.name);
            diagnostics.push(Diagnostic::error(Code::E0314, definition.at, message).help("rename the type"));
        }
    }
    for definition in &api.types {
        if RESERVED_TYPES.contains(&definition.name.as_str()) {
            let message = format!("`{}` is the name of a type of the runtime", definition.name);
            diagnostics.push(Diagnostic::error(Code::E0314, definition.at, message).help("rename the type"));
        }
        check_open_enum(definition, diagnostics);
    }
}

/// An enum has a variant of its own for values that the spec does not know.
fn check_open_enum(definition: &TypeDef, diagnostics: &mut Diagnostics) {
    let taken = match &definition.kind {
        TypeKind::Enum { values, .. } => values.iter().any(|it| it.name == "unknown"),
        TypeKind::Newtype(_) | TypeKind::Flag { .. } | TypeKind::Object { .. } | TypeKind::Union { .. } => false,
    };
    if taken {
        let message = format!("`{}` has a value called `unknown`", definition.name);
        let help = "give it another `name:`; `unknown` is the variant for values that the spec does not know";
        diagnostics.push(Diagnostic::error(Code::E0314, definition.at, message).help(help));
    }
}

/// Methods that every request builder has.
const RESERVED_METHODS: &[&str] = &[
    "access_token", "extra_field", "extra_query", "header", "pages", "send", "start_from", "stream", "timeout", "validation",
];

/// Types that generated modules use unqualified.
const RESERVED_TYPES: &[&str] = &[
    "Box", "Call", "Client", "ClientBuilder", "CommonError", "Decode", "DecodeError", "Documented", "Download", "Encode",
    "Envelope", "Error", "Fields", "Into", "Operation", "Option", "Reply", "Result", "Self", "Some", "None", "String",
    "Timestamp", "Upload", "Value", "Vec",
];

fn is_keyword(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_err()
}
