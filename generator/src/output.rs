//! The output directory: the only place that writes files.
//!
//! Everything has been rendered before the first write. A file that changed is written beside its place and renamed over
//! it, so that a run that is killed leaves whole files, old or new; the next run mends the rest.
#![expect(clippy::disallowed_methods, reason = "this is the module that touches the disk")]

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::{fmt, fs};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use tempfile::NamedTempFile;

use crate::progress::{Progress, Stage};
use crate::tree::FileTree;

/// How an output directory differs from what the generator produces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Files with another content.
    pub changed: Vec<Utf8PathBuf>,
    /// Files that are not there.
    pub missing: Vec<Utf8PathBuf>,
    /// Files that the generator does not produce.
    pub orphaned: Vec<Utf8PathBuf>,
}

/// How the names of files begin that are not written to their end yet.
const UNFINISHED: &str = ".apigen-";

/// A file or directory that could not be read or written.
#[derive(Debug)]
pub struct OutputError {
    path: Utf8PathBuf,
    doing: &'static str,
    cause: io::Error,
}

impl Difference {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.orphaned.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, paths) in [("changed ", &self.changed), ("missing ", &self.missing), ("orphaned", &self.orphaned)] {
            for path in paths {
                writeln!(f, "{what} {path}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: {}", self.doing, self.path, self.cause)
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// Compares the directory with the files, byte for byte and both ways; of others, those that are spared may be there.
pub fn compare(
    root: &Utf8Path,
    files: &FileTree,
    spared: impl Fn(&Utf8Path) -> bool,
) -> Result<Difference, OutputError> {
    let mut difference = Difference::default();
    let mut expected = BTreeSet::new();
    let all: Vec<_> = files.iter().collect();
    let states: Vec<_> = all.par_iter().map(|(path, text)| state(&root.join(path), text)).collect();
    for ((path, _), state) in all.into_iter().zip(states) {
        expected.insert(path.to_owned());
        match state? {
            State::Same => {}
            State::Changed => difference.changed.push(path.to_owned()),
            State::Missing => difference.missing.push(path.to_owned()),
        }
    }
    let mut present = Vec::new();
    walk(root, Utf8Path::new(""), &mut present)?;
    difference.orphaned = present.into_iter().filter(|it| !expected.contains(it) && !spared(it)).collect();
    Ok(difference)
}

/// What stands in the place of a file.
enum State {
    Same,
    Changed,
    Missing,
}

fn state(path: &Utf8Path, text: &str) -> Result<State, OutputError> {
    match fs::read(path) {
        Ok(bytes) if bytes == text.as_bytes() => Ok(State::Same),
        Ok(_) => Ok(State::Changed),
        Err(error) => match error.kind() {
            // A directory may stand where a file belongs, or its parent may be a file.
            io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => Ok(State::Missing),
            _ => Err(OutputError { path: path.to_owned(), doing: "read", cause: error }),
        },
    }
}

/// Makes the directory hold the files and, of all others, those that are spared; returns what had to be done.
pub fn write(root: &Utf8Path, files: &FileTree, spared: impl Fn(&Utf8Path) -> bool) -> Result<Difference, OutputError> {
    write_counted(root, files, spared, &Progress::default())
}

/// Does what [`write()`] does, and counts the files that are written.
pub fn write_counted(
    root: &Utf8Path,
    files: &FileTree,
    spared: impl Fn(&Utf8Path) -> bool,
    progress: &Progress,
) -> Result<Difference, OutputError> {
    let difference = compare(root, files, spared)?;
    for path in &difference.orphaned {
        let file = root.join(path);
        fs::remove_file(&file).map_err(|cause| OutputError { path: file.clone(), doing: "remove", cause })?;
    }
    sweep(root)?;
    let unlike: Vec<_> = difference.changed.iter().chain(&difference.missing).collect();
    progress.expect(Stage::Writing, unlike.len());
    unlike.par_iter().try_for_each(|path| {
        replace(&root.join(path), files.get(path.as_str()).unwrap_or_default())?;
        progress.step(Stage::Writing);
        Ok(())
    })?;
    Ok(difference)
}

/// Writes one file that is not of an output directory, whole or not at all.
pub fn put(path: &Utf8Path, text: &str) -> Result<(), OutputError> {
    replace(path, text)
}

/// A text that was read, and the same with more in it.
#[derive(Debug, Clone, Copy)]
pub struct Extension<'a> {
    /// Path below the directory.
    pub path: &'a Utf8Path,
    /// What was read.
    pub read: &'a str,
    /// What shall stand there.
    pub text: &'a str,
}

/// Extends a file of a directory and adds others beside it. Nothing that stands is lost: a file that is there already, or
/// that somebody changed since it was read, is an error, and then nothing is written.
pub fn add(root: &Utf8Path, extension: Option<Extension<'_>>, files: &FileTree) -> Result<(), OutputError> {
    for (path, _) in files.iter() {
        let path = root.join(path);
        let is_there =
            path.try_exists().map_err(|cause| OutputError { path: path.clone(), doing: "look for", cause })?;
        if is_there {
            return Err(OutputError { path, doing: "add", cause: io::ErrorKind::AlreadyExists.into() });
        }
    }
    if let Some(Extension { path, read, text }) = extension {
        let path = root.join(path);
        let failed = |cause| OutputError { path: path.clone(), doing: "extend", cause };
        let now = fs::read_to_string(&path).map_err(failed)?;
        if now.strip_prefix('\u{feff}').unwrap_or(&now) != read {
            return Err(failed(io::Error::other("it was changed meanwhile")));
        }
        replace(&path, text)?;
    }
    for (path, text) in files.iter() {
        let path = root.join(path);
        let failed = |cause| OutputError { path: path.clone(), doing: "add", cause };
        written(&path, text)?.persist_noclobber(&path).map_err(|error| failed(error.error))?;
    }
    Ok(())
}

/// Every file below a directory, in order. Build output and what is hidden belongs to other tools.
fn walk(root: &Utf8Path, below: &Utf8Path, found: &mut Vec<Utf8PathBuf>) -> Result<(), OutputError> {
    let directory = if below.as_str().is_empty() { root.to_owned() } else { root.join(below) };
    let failed = |cause| OutputError { path: directory.clone(), doing: "list", cause };
    let entries = match directory.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound && below.as_str().is_empty() => return Ok(()),
        Err(cause) => return Err(failed(cause)),
    };
    let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    for entry in entries {
        let path = below.join(entry.file_name());
        if entry.file_name().starts_with('.') || (below.as_str().is_empty() && entry.file_name() == "target") {
            continue;
        }
        if entry.file_type().map_err(failed)?.is_dir() {
            walk(root, &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// Removes what is left of runs that were killed, and directories with nothing in them.
fn sweep(directory: &Utf8Path) -> Result<(), OutputError> {
    let failed = |cause| OutputError { path: directory.to_owned(), doing: "clean", cause };
    let entries = match directory.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(failed(cause)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let is_directory = entry.file_type().map_err(failed)?.is_dir();
        if !is_directory && entry.file_name().starts_with(UNFINISHED) {
            fs::remove_file(entry.path()).map_err(failed)?;
        } else if is_directory && !entry.file_name().starts_with('.') && entry.file_name() != "target" {
            sweep(entry.path())?;
            // A directory that is not empty stays, which is no error.
            let _ = fs::remove_dir(entry.path());
        }
    }
    Ok(())
}

/// Writes a file beside its place and renames it over, so that nobody ever sees half of it.
fn replace(path: &Utf8Path, text: &str) -> Result<(), OutputError> {
    let failed = |cause| OutputError { path: path.to_owned(), doing: "write", cause };
    written(path, text)?.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A file beside its place.
fn written(path: &Utf8Path, text: &str) -> Result<NamedTempFile, OutputError> {
    let failed = |cause| OutputError { path: path.to_owned(), doing: "write", cause };
    let directory = path.parent().filter(|it| !it.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    fs::create_dir_all(directory).map_err(failed)?;
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(directory).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    set_permissions(file.as_file()).map_err(failed)?;
    Ok(file)
}

/// Temporary files are private; what the generator writes is as public as any source file.
#[cfg(unix)]
fn set_permissions(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_permissions(_: &fs::File) -> io::Result<()> {
    Ok(())
}
