//! Documented errors: that their statuses are ones that a reply can have.

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::Api;

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    for error in &api.errors {
        for variant in &error.variants {
            if !(200..600).contains(&variant.status) {
                let message = format!("{} is not the status of a reply", variant.status);
                diagnostics.push(
                    Diagnostic::error(Code::E0402, variant.at, message).help("a status lies between 200 and 599"),
                );
            }
        }
    }
}
