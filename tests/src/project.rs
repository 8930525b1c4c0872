//! The files of the project, by their paths from its root, and specs in memory that a suite can change.

use std::fs;

use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::ir::Api;
use apigen_model::source::Sources;
use camino::{Utf8Path, Utf8PathBuf};

/// Files of a spec in memory: path below its directory, and text.
pub type SpecFiles = std::collections::BTreeMap<Utf8PathBuf, String>;

/// Directories that tools fill.
const BUILT: [&str; 2] = ["target", "node_modules"];

/// The directory of the project.
///
/// # Panics
///
/// Never: the package stands in the workspace.
pub fn root() -> Utf8PathBuf {
    crate::root().parent().expect("the package stands in the workspace").to_owned()
}

/// The text of a file of the project.
///
/// # Panics
///
/// When there is no such file, or it is not text.
pub fn text(path: impl AsRef<Utf8Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below a directory of the project, in order, as paths from the root of the project. What is hidden or
/// built is left out.
///
/// # Panics
///
/// When a directory cannot be read.
pub fn files_below(directory: impl AsRef<Utf8Path>) -> Vec<Utf8PathBuf> {
    let directory = directory.as_ref();
    let entries = root().join(directory).read_dir_utf8().unwrap_or_else(|error| panic!("{directory}: {error}"));
    let mut entries: Vec<_> = entries.map(|it| it.expect("directories of the project can be listed")).collect();
    entries.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    let mut files = Vec::new();
    for entry in entries {
        let path = directory.join(entry.file_name());
        match entry.path().is_dir() {
            _ if entry.file_name().starts_with('.') || BUILT.contains(&entry.file_name()) => {}
            true => files.extend(files_below(path)),
            false => files.push(path),
        }
    }
    files
}

/// The YAML files of a spec of the project.
///
/// # Panics
///
/// When one of them cannot be read.
pub fn spec(directory: impl AsRef<Utf8Path>) -> SpecFiles {
    let directory = directory.as_ref();
    let files = files_below(directory).into_iter().filter(|it| it.extension() == Some("yaml"));
    let below = |path: &Utf8Path| path.strip_prefix(directory).expect("it was listed below the directory").to_owned();
    files.map(|path| (below(&path), text(&path))).collect()
}

/// The files of a spec, with their places.
pub fn sources(files: &SpecFiles) -> Sources {
    files.iter().map(|(path, text)| (path.clone(), text.clone())).collect()
}

/// The API that a spec of the project describes.
///
/// # Panics
///
/// When the spec has errors.
pub fn api(directory: impl AsRef<Utf8Path>) -> Api {
    let sources = sources(&spec(directory));
    let mut diagnostics = Diagnostics::default();
    let api = apigen::read(&sources, &mut diagnostics);
    api.unwrap_or_else(|| panic!("the spec has errors:\n{}", diagnostics.render_text(&sources, "", false)))
}

/// What the generator makes of a spec.
///
/// # Panics
///
/// When the spec has errors.
pub fn generate(files: &SpecFiles) -> FileTree {
    let sources = sources(files);
    let mut diagnostics = Diagnostics::default();
    let tree = apigen::generate(&sources, &mut diagnostics);
    tree.unwrap_or_else(|| panic!("the spec has errors:\n{}", diagnostics.render_text(&sources, "", false)))
}
