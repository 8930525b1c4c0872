//! The emitters: one function per artefact, each from the resolved API to files, registered in one table.
//!
//! Emitters do not call each other. What several of them say alike stands in the modules below the table.

mod client;
mod openapi;
mod site;
mod summary;
mod validation;

pub(crate) mod rust;
pub(crate) mod templates;

use apigen_model::ir::Api;
use rayon::prelude::*;

use crate::tree::FileTree;

/// An emitter: infallible, because check has seen everything that could go wrong.
type Emitter = fn(&Api) -> FileTree;

/// Every artefact, with the name that progress and errors use.
const EMITTERS: &[(&str, Emitter)] = &[
    ("client", client::emit),
    ("validation", validation::emit),
    ("site", site::emit),
    ("openapi", openapi::emit),
    ("summary", summary::emit),
];

/// Renders every artefact.
pub(crate) fn emit(api: &Api) -> FileTree {
    EMITTERS.par_iter().map(|(_, emitter)| emitter(api)).collect::<Vec<_>>().into_iter().collect()
}
