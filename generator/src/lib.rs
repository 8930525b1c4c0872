//! Spec in, files out: a pure function. `main.rs` reads, `output.rs` writes, and nothing else touches the world.
//!
//! ```text
//! sources ─ load ─▶ spec ─ resolve ─▶ ir ─ check ─▶ ir ─ emit ─▶ files ─ write ─▶ disk
//!           └──────────── apigen-model ───────────┘   └ emit/ ┘        └ output ┘
//! ```

pub mod diff;
pub mod dump;
mod emit;
mod facts;
pub mod import;
pub mod output;
mod prose;
pub mod stats;
pub mod tree;
pub mod verify;
mod words;

use apigen_model::diagnostics::Diagnostics;
use apigen_model::ir::Api;
pub use apigen_model::progress;
use apigen_model::source::Sources;
use apigen_model::translate::ENGLISH;

pub use crate::emit::Artefact;
use crate::progress::Progress;
use crate::tree::FileTree;

/// Turns a spec into files. Every problem is recorded; with an error among them, there are no files.
pub fn generate(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<FileTree> {
    generate_some(sources, &Artefact::ALL, &Progress::default(), diagnostics)
}

/// Turns a spec into the files of some artefacts, as [`generate`] does.
pub fn generate_some(
    sources: &Sources,
    artefacts: &[Artefact],
    progress: &Progress,
    diagnostics: &mut Diagnostics,
) -> Option<FileTree> {
    let apis = localized(sources, progress, diagnostics)?;
    let mut refused = Diagnostics::default();
    let (files, ()) = rayon::join(
        || emit::emit(&apis, artefacts, progress),
        || diff::release::check(&apis.english, sources, &mut refused),
    );
    diagnostics.extend(refused);
    // Freeing millions of strings takes a while, and nobody waits for it.
    rayon::spawn(|| drop(apis));
    if diagnostics.has_errors() { None } else { Some(files) }
}

/// Renders everything as [`generate`] does, whatever was released before.
pub fn draft(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<FileTree> {
    let progress = Progress::default();
    Some(emit::emit(&localized(sources, &progress, diagnostics)?, &Artefact::ALL, &progress))
}

fn localized(sources: &Sources, progress: &Progress, diagnostics: &mut Diagnostics) -> Option<Localized> {
    let mut apis = apigen_model::read_all(sources, progress, diagnostics)?.into_iter();
    let (_, english) = apis.next()?;
    // Names are the same in every language.
    emit::rust::names::check(&english, diagnostics);
    if diagnostics.has_errors() { None } else { Some(Localized { english, others: apis.collect() }) }
}

/// An API with its texts in English, which code is made from, and in the other languages that the spec declares.
pub(crate) struct Localized {
    pub(crate) english: Api,
    /// Each with its tag.
    pub(crate) others: Vec<(String, Api)>,
}

/// Loads, resolves and checks a spec.
pub fn read(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Api> {
    read_in(sources, ENGLISH, diagnostics)
}

/// Loads, resolves and checks a spec, with its texts in a language that it declares.
pub fn read_in(sources: &Sources, language: &str, diagnostics: &mut Diagnostics) -> Option<Api> {
    let api = apigen_model::read_in(sources, language, diagnostics)?;
    emit::rust::names::check(&api, diagnostics);
    if diagnostics.has_errors() { None } else { Some(api) }
}
