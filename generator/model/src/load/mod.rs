//! From YAML text to the types of [`crate::spec`], every value with its place.
//!
//! A file is parsed into an arena of nodes and deserialised from there by a deserialiser of our own, because serde's
//! flattened and untagged shapes lose places. Problems are recorded where they occur and reading goes on, so that one run
//! reports all of them.

mod containers;
mod de;
mod languages;
mod yaml;

use camino::Utf8Path;
use rayon::prelude::*;
use serde::de::DeserializeOwned;

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::progress::{Progress, Stage};
use crate::resolve::Spec;
use crate::source::{FileId, Sources, Span};
pub use containers::{Entries, List, Spanned};
pub use languages::languages;

/// The directory of recorded releases, which others read.
const RELEASED: &str = "released";

/// What a spec consists of.
const FILES: &str = "a spec is a directory with `api.yaml`, `pages.yaml` and one file per resource, `resources/*.yaml`";

/// Reads all files of a spec. `None` when one of them, or something in one of them, cannot be read.
pub fn spec(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Spec> {
    spec_counted(sources, &Progress::default(), diagnostics)
}

/// Reads all files of a spec as [`spec`] does, and counts them.
pub fn spec_counted(sources: &Sources, progress: &Progress, diagnostics: &mut Diagnostics) -> Option<Spec> {
    let mut names = Vec::new();
    for (file, path) in sources.iter() {
        if let Some(name) = resource_name(path) {
            names.push((file, Spanned { value: name.to_owned(), span: Span { file, start: 0, end: 0 } }));
        } else if !["api.yaml", "pages.yaml"].contains(&path.as_str())
            && languages::tag(path).is_none()
            && !path.starts_with(RELEASED)
        {
            diagnostics.push(stray(file, path));
        }
    }
    let files: Vec<_> = names.iter().map(|(file, _)| *file).collect();
    let mut shared = Diagnostics::default();
    let ((api, pages), read) = rayon::join(
        || (named("api.yaml", sources, progress, &mut shared), named("pages.yaml", sources, progress, &mut shared)),
        || documents(&files, sources, progress, diagnostics),
    );
    diagnostics.extend(shared.0);
    let resources = names.into_iter().zip(read).filter_map(|((_, name), it)| Some((name, it?))).collect();
    if diagnostics.has_errors() {
        return None;
    }
    Some(Spec { api: api?, pages: pages?, resources })
}

/// Reads one file. What is wrong in it is recorded; the rest of it is returned.
pub fn document<T: DeserializeOwned>(file: FileId, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<T> {
    let document = yaml::parse(file, sources.text(file), diagnostics)?;
    de::deserialize(&document, diagnostics)
}

/// Reads several files at once, which takes long enough to be worth all processors.
fn documents<T: DeserializeOwned + Send>(
    files: &[FileId],
    sources: &Sources,
    progress: &Progress,
    diagnostics: &mut Diagnostics,
) -> Vec<Option<T>> {
    let read = |file: &FileId| {
        let mut found = Diagnostics::default();
        let document = document(*file, sources, &mut found);
        progress.step(Stage::Reading);
        (document, found)
    };
    let (documents, found): (Vec<_>, Vec<_>) = files.par_iter().map(read).unzip();
    found.into_iter().for_each(|it: Diagnostics| diagnostics.extend(it.0));
    documents
}

fn named<T: DeserializeOwned + Send>(
    path: &str,
    sources: &Sources,
    progress: &Progress,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let Some(file) = sources.find(path) else {
        let message = format!("the spec has no `{path}`");
        diagnostics.push(Diagnostic::placeless(Code::E0107, message).help(FILES));
        return None;
    };
    documents(&[file], sources, progress, diagnostics).pop()?
}

/// A file that no stage would read is a mistake, such as a resource in the wrong directory.
fn stray(file: FileId, path: &Utf8Path) -> Diagnostic {
    let message = format!("the file `{path}` is not used");
    Diagnostic::warning(Code::W0501, Span { file, start: 0, end: 0 }, message).help(FILES)
}

/// The name of the resource that a file describes, if it describes one.
fn resource_name(path: &Utf8Path) -> Option<&str> {
    let is_resource = path.parent().is_some_and(|it| it == "resources") && path.extension() == Some("yaml");
    path.file_stem().filter(|_| is_resource)
}
