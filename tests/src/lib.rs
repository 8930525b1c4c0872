//! What the suites share: reading a spec from a directory, and generating from it.
#![expect(clippy::disallowed_methods, reason = "tests read their cases from disk")]

pub mod change;
pub mod dice;
pub mod project;

use std::fs;

use apigen::import::PageFile;
use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use camino::{Utf8Path, Utf8PathBuf};

/// The directory of this package.
pub fn root() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every YAML file below a directory.
///
/// # Panics
/// When the directory or a file in it cannot be read.
pub fn read_spec(root: &Utf8Path) -> Sources {
    let mut files = Vec::new();
    let mut directories = vec![Utf8PathBuf::new()];
    while let Some(below) = directories.pop() {
        for entry in root.join(&below).read_dir_utf8().expect("the directory of a spec can be listed") {
            let entry = entry.expect("the directory of a spec can be listed");
            let path = below.join(entry.file_name());
            if entry.path().is_dir() {
                directories.push(path);
            } else if path.extension() == Some("yaml") {
                let text = fs::read_to_string(entry.path()).expect("the files of a spec are UTF-8");
                files.push((path, text));
            }
        }
    }
    files.into_iter().collect()
}

/// The files that a spec becomes.
///
/// # Panics
/// When the spec has problems, with all of them.
pub fn generate(spec: &Utf8Path) -> FileTree {
    let sources = read_spec(spec);
    let mut diagnostics = Diagnostics::default();
    let files = apigen::generate(&sources, &mut diagnostics);
    let problems = diagnostics.render_text(&sources, spec.as_str(), false);
    files.filter(|_| diagnostics.is_empty()).unwrap_or_else(|| panic!("{problems}"))
}

/// The directories with pages to import, and the pages.
pub fn import_cases() -> Vec<(Utf8PathBuf, Vec<PageFile>)> {
    let mut cases: Vec<(Utf8PathBuf, Vec<PageFile>)> = Vec::new();
    let is_page = |it: &Utf8PathBuf| it.extension() == Some("md");
    for path in project::files_below("tests/import").into_iter().filter(is_page) {
        let directory = project::root().join(path.parent().unwrap_or(Utf8Path::new("")));
        let text = project::text(&path);
        let page = PageFile { id: None, path: path.into_string(), text };
        match cases.last_mut() {
            Some((last, pages)) if *last == directory => pages.push(page),
            Some(_) | None => cases.push((directory, vec![page])),
        }
    }
    cases
}
