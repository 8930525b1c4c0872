//! Documented errors: all spellings of one cause under one id.

use super::scope::Scope;
use super::{optional, text};
use crate::codes::Code;
use crate::diagnostics::Diagnostic;
use crate::ir;
use crate::load::{List, Spanned};
use crate::spec;

/// Resolves every error, in the order of definition.
pub(super) fn errors(scope: &mut Scope<'_>) -> Vec<ir::ErrorDef> {
    scope.spec.errors().map(|(name, error)| resolve(scope, name, error)).collect()
}

fn resolve(scope: &mut Scope<'_>, name: &Spanned<String>, error: &spec::ErrorDef) -> ir::ErrorDef {
    let main = ir::ErrorVariant {
        name: String::new(),
        status: error.status.value,
        code: optional(error.code.as_ref()),
        message: optional(error.message.as_ref()),
        at: error.status.span,
    };
    let mut variants = vec![main];
    for (variant_name, variant) in error.variants.iter() {
        variants.push(ir::ErrorVariant {
            name: text(variant_name),
            status: variant.status.as_ref().map_or(error.status.value, |it| it.value),
            code: variant.code.as_ref().map_or_else(|| optional(error.code.as_ref()), text),
            message: variant.message.as_ref().map_or_else(|| optional(error.message.as_ref()), text),
            at: variant.status.as_ref().map_or(error.status.span, |it| it.span),
        });
    }
    ir::ErrorDef {
        name: text(name),
        cause: text(&error.cause),
        remedy: text(&error.remedy),
        advice: match error.advice.value {
            spec::Advice::FixRequest => ir::Advice::FixRequest,
            spec::Advice::RefreshToken => ir::Advice::RefreshToken,
            spec::Advice::Retry => ir::Advice::Retry,
            spec::Advice::GiveUp => ir::Advice::GiveUp,
        },
        placeholders: placeholders(scope, error),
        variants,
        at: name.span,
    }
}

/// The errors that an operation lists: each once, and none that every operation has anyway.
pub(super) fn listed(scope: &mut Scope<'_>, names: &List<Spanned<String>>) -> Vec<ir::ErrorRef> {
    fn id(name: &Spanned<String>) -> &str {
        name.value.split('/').next().unwrap_or_default()
    }
    let spec = scope.spec;
    for (index, name) in names.iter().enumerate() {
        if let Some(first) = names.iter().take(index).find(|it| id(it) == id(name)) {
            let message = format!("the error `{}` is listed twice", id(name));
            let diagnostic = Diagnostic::error(Code::E0302, name.span, message).secondary(first.span, "the other one");
            scope.diagnostics.push(diagnostic.help("delete one of the two"));
        }
        if spec.api.common_errors.iter().any(|it| id(it) == id(name)) {
            let help = "delete it: every operation has the errors of `common_errors`";
            scope.report(Code::E0302, name.span, format!("the error `{}` is a common one", id(name)), help);
        }
    }
    scope.error_refs(names)
}

/// The placeholders of all messages, each described once.
fn placeholders(scope: &mut Scope<'_>, error: &spec::ErrorDef) -> Vec<ir::Placeholder> {
    let messages = error.message.iter().chain(error.variants.iter().filter_map(|(_, it)| it.message.as_ref()));
    let mut placeholders: Vec<ir::Placeholder> = Vec::new();
    for message in messages {
        adjacent_placeholders(scope, message);
        for name in scope.placeholders(message) {
            if placeholders.iter().any(|it| it.name == name) {
                continue;
            }
            match error.placeholders.get(&name) {
                Some(placeholder) => placeholders.push(ir::Placeholder {
                    description: text(&placeholder.description),
                    example: text(&placeholder.example),
                    name,
                }),
                None => scope.undefined("placeholder", &name, message.span, error.placeholders.keys()),
            }
        }
    }
    for (key, _) in error.placeholders.iter() {
        if !placeholders.iter().any(|it| it.name == key.value) {
            scope.unused("placeholder", key, "no message mentions it");
        }
    }
    placeholders
}

/// Between two placeholders nothing would tell where one ends and the next begins.
fn adjacent_placeholders(scope: &mut Scope<'_>, message: &Spanned<String>) {
    if message.value.contains("}{") {
        let help = "put the text that separates them in between, or make them one";
        scope.report(Code::E0305, message.span, "two placeholders touch each other", help);
    }
}
