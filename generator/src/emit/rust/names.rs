//! Rust identifiers: the only place that turns names of the spec into names of Rust.

use std::collections::BTreeMap;

use apigen_model::codes::Code;
use apigen_model::diagnostics::{Diagnostic, Diagnostics};
use apigen_model::ir::{Api, Operation, Presence, Resource, TypeDef, TypeKind, Variant};
use apigen_model::source::Span;
use apigen_pages::import::Reserved;
use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// A field, argument or method. Keywords get an underscore rather than `r#`, which documentation shows badly.
pub(crate) fn value(name: &str) -> String {
    let name = if is_snake_case(name) { name.to_owned() } else { name.to_snake_case() };
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

/// The struct of a union's variant.
pub(crate) fn variant(union_: &TypeDef, variant: &Variant) -> String {
    type_(&variant.name) + &type_(&union_.name)
}

/// The name of a crate in code: `book-shop` is `book_shop` there.
pub(crate) fn krate(package: &str) -> String {
    package.replace('-', "_")
}

/// The names that a draft cannot use.
pub(crate) fn reserved() -> Reserved {
    Reserved { arguments: RESERVED_METHODS, files: RESERVED_FILES, types: RUNTIME_TYPES }
}

/// Reports names that are fine in the spec and meet something else in Rust.
pub(crate) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    for operation in &api.operations {
        let optional = operation.parameters().filter(|(_, field)| match field.presence {
            Presence::Optional | Presence::RequiredWhen(_) => true,
            Presence::Required | Presence::Constant(_) => false,
        });
        for (_, field) in optional {
            if RESERVED_METHODS.contains(&value(&field.name).as_str()) {
                let message = format!("every request has a method `{}` already", field.name);
                let help = "choose another key and keep the name on the wire with `wire:`";
                diagnostics.push(Diagnostic::error(Code::E0314, field.at, message).help(help));
            }
        }
    }
    for parameter in &api.server.parameters {
        if BUILDER_METHODS.contains(&value(&parameter.name).as_str()) {
            let message = format!("every client builder has a method `{}` already", parameter.name);
            diagnostics
                .push(Diagnostic::error(Code::E0314, parameter.at, message).help("rename the parameter of the server"));
        }
    }
    for definition in &api.types {
        check_open_enum(definition, diagnostics);
    }
    for resource in &api.resources {
        if RESERVED_FILES.contains(&resource.name.as_str()) {
            let message = format!("a file of the output is called `{}` already", resource.name);
            let help = "rename the file of the resource";
            diagnostics.push(Diagnostic::error(Code::E0314, resource.at, message).help(help));
        }
        check_module(api, resource, diagnostics);
    }
}

/// The handle, the builders, the error enums and the types of a resource live in one module, beside the shared types and
/// what the runtime offers.
fn check_module(api: &Api, resource: &Resource, diagnostics: &mut Diagnostics) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    taken.extend(RUNTIME_TYPES.iter().map(|it| ((*it).to_owned(), "a type of the runtime".to_owned())));
    taken.extend(api.shared_types().map(|it| (type_(&it.name), format!("the shared type `{}`", it.name))));
    taken.insert(type_(&resource.name), "the handle of the resource".to_owned());
    let mut claim = |name: String, what: String, at: Span| {
        if let Some(other) = taken.get(&name) {
            let message = format!("{what} is called `{name}` in Rust, like {other}");
            diagnostics.push(Diagnostic::error(Code::E0314, at, message).help("rename one of the two"));
        }
        taken.insert(name, what);
    };
    for operation in api.operations_of(resource) {
        claim(type_(&operation.name), format!("the request builder of `{}`", operation.id), operation.at);
        claim(error_enum(operation), format!("the error of `{}`", operation.id), operation.at);
    }
    for definition in resource.types.iter().map(|id| &api[*id]) {
        claim(type_(&definition.name), format!("the type `{}`", definition.name), definition.at);
        if let TypeKind::Union { variants, .. } = &definition.kind {
            for it in variants {
                claim(
                    variant(definition, it),
                    format!("the variant `{}` of `{}`", it.name, definition.name),
                    definition.at,
                );
            }
        }
    }
}

/// Enums and unions have a variant of their own for what the spec does not know.
fn check_open_enum(definition: &TypeDef, diagnostics: &mut Diagnostics) {
    let taken = match &definition.kind {
        TypeKind::Enum { values, .. } => values.iter().any(|it| it.name == "unknown"),
        TypeKind::Union { variants, .. } => variants.iter().any(|it| it.name == "unknown"),
        TypeKind::Newtype(_) | TypeKind::Flag { .. } | TypeKind::Object { .. } => false,
    };
    if let TypeKind::Union { variants, .. } = &definition.kind
        && variants.iter().any(|it| it.name == "tag")
    {
        let message = format!("`{}` has a variant called `tag`", definition.name);
        let help = "give it another `name:`; every union has a method `tag`";
        diagnostics.push(Diagnostic::error(Code::E0314, definition.at, message).help(help));
    }
    if taken {
        let message = format!("`{}` has a value called `unknown`", definition.name);
        let help = "give it another `name:`; `unknown` is the variant for values that the spec does not know";
        diagnostics.push(Diagnostic::error(Code::E0314, definition.at, message).help(help));
    }
}

/// Files that stand beside those of the resources, in the packages and on the site.
const RESERVED_FILES: &[&str] = &[
    "changelog",
    "contradictions",
    "coverage",
    "errors",
    "index",
    "lib",
    "limits",
    "main",
    "mod",
    "paging",
    "rates",
    "retries",
    "types",
];

/// Methods that every request builder has.
const RESERVED_METHODS: &[&str] = &[
    "access_token",
    "attempt_timeout",
    "extra_field",
    "extra_query",
    "header",
    "in_batches",
    "pages",
    "records",
    "retry",
    "send",
    "stream",
    "throttle",
    "timeout",
    "validation",
];

/// Methods that every client builder has.
const BUILDER_METHODS: &[&str] = &[
    "access_token",
    "allow_plain_http",
    "attempt_timeout",
    "build",
    "connect_timeout",
    "credentials",
    "default_header",
    "idle_timeout",
    "max_reply_bytes",
    "middleware",
    "no_proxy",
    "proxy",
    "rate_limits",
    "retry",
    "retry_reserve",
    "server_url",
    "timeout",
    "token_interval",
    "token_provider",
    "transport",
    "user_agent",
    "utc_offset",
    "validation",
];

/// Types that generated modules use unqualified.
const RUNTIME_TYPES: &[&str] = &[
    "Advice",
    "Auth",
    "BTreeMap",
    "BodyKind",
    "Call",
    "CommonError",
    "Decode",
    "DecodeError",
    "Duration",
    "Encode",
    "ErrorRow",
    "Fields",
    "Hour",
    "Into",
    "IntoIterator",
    "Lasting",
    "Method",
    "None",
    "Ok",
    "Operation",
    "Option",
    "Outcome",
    "Paging",
    "Result",
    "Secret",
    "Self_",
    "Some",
    "String",
    "Timestamp",
    "Until",
    "Value",
    "Vec",
];

/// Whether a name is spelled already as values are, which nearly all names of a spec are.
fn is_snake_case(name: &str) -> bool {
    let is_word = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    name.split('_').all(is_word)
}

fn is_keyword(name: &str) -> bool {
    /// Such as `override`.
    const LONGEST: usize = 8;
    let may_be_one = name.len() <= LONGEST && name.bytes().all(|it| it.is_ascii_alphabetic());
    may_be_one && syn::parse_str::<syn::Ident>(name).is_err()
}
