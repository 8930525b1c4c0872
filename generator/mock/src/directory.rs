//! Reads the YAML files of a directory: a test names one rather than reading it.
#![expect(clippy::disallowed_methods, reason = "tests start a mock from a directory")]

use std::{fs, io};

use apigen_model::source::Sources;
use camino::{Utf8Path, Utf8PathBuf};

/// Every YAML file below a directory.
pub(crate) fn read(root: &Utf8Path) -> io::Result<Sources> {
    let mut files = Vec::new();
    below(root, Utf8Path::new(""), &mut files)?;
    Ok(files.into_iter().collect())
}

fn below(root: &Utf8Path, path: &Utf8Path, files: &mut Vec<(Utf8PathBuf, String)>) -> io::Result<()> {
    for entry in root.join(path).read_dir_utf8()? {
        let entry = entry?;
        let path = path.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            below(root, &path, files)?;
        } else if path.extension() == Some("yaml") {
            files.push((path.clone(), fs::read_to_string(root.join(path))?));
        }
    }
    Ok(())
}
