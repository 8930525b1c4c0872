//! Rules over the resolved API: what a maintainer can get wrong although every name is bound. One file per family.

mod errors;
mod examples;
mod limits;
mod names;
mod operations;
mod places;
mod unions;
mod unused;
mod vocabulary;

use crate::diagnostics::Diagnostics;
use crate::ir::Api;

/// Checks every rule and records what breaks one.
pub fn check(api: &Api, diagnostics: &mut Diagnostics) {
    names::check(api, diagnostics);
    errors::check(api, diagnostics);
    operations::check(api, diagnostics);
    places::check(api, diagnostics);
    unions::check(api, diagnostics);
    limits::check(api, diagnostics);
    examples::check(api, diagnostics);
    unused::check(api, diagnostics);
    vocabulary::check(api, diagnostics);
}
