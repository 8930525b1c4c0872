//! A desk to work at: a spec and an output directory of its own, and the command.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use camino::{Utf8Path, Utf8PathBuf};

/// An edit that misspells a key on the eighth line of a file.
pub(crate) const BROKEN: (&str, &str) = ("    summary: Reads a book.", "    sumary: Reads a book.");

/// A temporary directory with `spec` and `out` in it.
pub(crate) struct Desk(tempfile::TempDir);

/// What a command printed and how it ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    /// A desk with the small spec that the error cases start from.
    pub(crate) fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("there is room for temporary files"));
        let base = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/errors/base");
        fs::create_dir_all(desk.spec().join("resources")).expect("the desk can be written");
        for file in ["api.yaml", "pages.yaml", "resources/books.yaml", "resources/tokens.yaml"] {
            fs::copy(base.join(file), desk.spec().join(file)).expect("the base is there");
        }
        desk
    }

    pub(crate) fn path(&self, below: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.0.path()).expect("temporary directories have plain names").join(below)
    }

    pub(crate) fn spec(&self) -> Utf8PathBuf {
        self.path("spec")
    }

    pub(crate) fn out(&self) -> Utf8PathBuf {
        self.path("out")
    }

    /// Replaces a text that stands in a file of the spec once.
    pub(crate) fn edit(&self, file: &str, (old, new): (&str, &str)) {
        let path = self.spec().join(file);
        let text = fs::read_to_string(&path).expect("the file is there");
        assert_eq!(text.matches(old).count(), 1, "{file} holds {old} once");
        // By rename, as most editors do: nobody sees half of it.
        fs::write(self.path("saved"), text.replace(old, new)).expect("the desk can be written");
        fs::rename(self.path("saved"), path).expect("the desk can be written");
    }

    /// The command, not yet run.
    pub(crate) fn command(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_apigen"));
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(arguments: &[&str]) -> Run {
        Self::run_with(arguments, &[])
    }

    pub(crate) fn run_with(arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let output = Self::command(arguments).envs(variables.iter().copied()).output().expect("the command starts");
        Run {
            code: output.status.code().expect("nobody kills it"),
            stdout: String::from_utf8(output.stdout).expect("it prints text"),
            stderr: String::from_utf8(output.stderr).expect("it prints text"),
        }
    }

    pub(crate) fn generate(&self, more: &[&str]) -> Run {
        let (spec, out) = (self.spec(), self.out());
        Self::run(&[&["generate", "--spec", spec.as_str(), "--out", out.as_str()], more].concat())
    }

    /// What the spec on the desk should become.
    pub(crate) fn expected(&self) -> FileTree {
        apigen::generate(&self.sources(), &mut Diagnostics::default()).expect("the spec is valid")
    }

    /// The spec on the desk.
    pub(crate) fn sources(&self) -> Sources {
        let text =
            |path: &str| (path.to_owned(), fs::read_to_string(self.spec().join(path)).expect("the file is there"));
        ["api.yaml", "pages.yaml", "resources/books.yaml", "resources/tokens.yaml"].map(text).into_iter().collect()
    }

    pub(crate) fn expected_files(&self) -> BTreeMap<Utf8PathBuf, String> {
        self.expected().iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
    }

    /// The files in the output directory, but for what is hidden and what was built.
    pub(crate) fn written(&self) -> BTreeMap<Utf8PathBuf, String> {
        let mut files = BTreeMap::new();
        collect(&self.out(), Utf8Path::new(""), &mut files);
        files
    }
}

fn collect(root: &Utf8Path, below: &Utf8Path, files: &mut BTreeMap<Utf8PathBuf, String>) {
    let Ok(entries) = root.join(below).read_dir_utf8() else { return };
    for entry in entries {
        let entry = entry.expect("the output can be listed");
        let path = below.join(entry.file_name());
        if entry.file_name().starts_with('.') || path == "target" {
            continue;
        }
        if entry.path().is_dir() {
            collect(root, &path, files);
        } else {
            files.insert(path, fs::read_to_string(entry.path()).expect("the generator writes text"));
        }
    }
}
