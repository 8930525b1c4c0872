//! Documented errors: statuses, and that a reply can be told apart from the others of its operation.

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{Api, ErrorRef};

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    for error in &api.errors {
        for variant in &error.variants {
            if !(200..600).contains(&variant.status) {
                let message = format!("{} is not the status of a reply", variant.status);
                diagnostics.push(Diagnostic::error(Code::E0402, variant.at, message).help("a status lies between 200 and 599"));
            }
        }
    }
    for operation in &api.operations {
        let mut seen: Vec<ErrorRef> = Vec::new();
        for reference in &operation.errors {
            if seen.iter().any(|it| it.error == reference.error) {
                let message = format!("`{}` lists the error `{}` twice", operation.id, api[reference.error].name);
                diagnostics.push(Diagnostic::error(Code::E0302, operation.at, message).help("delete one of the two"));
            }
            if api.common_errors.iter().any(|it| it.error == reference.error) {
                let message = format!("`{}` lists the common error `{}`", operation.id, api[reference.error].name);
                let help = "delete it: every operation has the errors of `common_errors`";
                diagnostics.push(Diagnostic::error(Code::E0302, operation.at, message).help(help));
            }
            seen.push(*reference);
        }
    }
}
