//! What is generated compiles: every case passes clippy, the bookshop has documentation without a warning, and its tests
//! pass against servers on loopback.
//!
//! The generated packages are members of a workspace of their own below the target directory, with the dependencies of
//! this one. It stays there, so that a second run compiles only what has changed.
#![expect(clippy::disallowed_methods, reason = "the workspace of the generated packages is on disk")]

use std::fs::{self, File};
use std::process::Command;
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use apigen::import::import;
use apigen::output;
use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_tests::project::{sources, spec};
use apigen_tests::{generate, import_cases, root};
use camino::{Utf8Path, Utf8PathBuf};

/// How long one cargo may take, all dependencies included.
const PATIENCE: Duration = Duration::from_mins(9);

/// Directory of what is generated from drafts.
const IMPORTED: &str = "imported";

static WORKSPACE: LazyLock<Utf8PathBuf> = LazyLock::new(write_workspace);

#[test]
fn every_case_passes_clippy() {
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
}

#[test]
fn the_bookshop_is_documented_without_warnings() {
    cargo(&["doc", "--no-deps", "--package", "lantern-books", "--package", "lantern-books-validation"]);
}

#[test]
fn generated_tests_pass() {
    let packages = ["lantern-books", "lantern-books-validation", "case-download"];
    let arguments = packages.into_iter().flat_map(|it| ["--package", it]);
    cargo(&std::iter::once("test").chain(arguments).collect::<Vec<_>>());
}

/// Examples of drafts are made up, and still requests that can be sent and replies that can be read.
#[test]
fn the_tests_of_what_was_imported_pass() {
    cargo(&["test", "--package", "lantern-imported", "--package", "lantern-imported-validation", "--tests"]);
}

/// Generates every case and writes the manifest that binds them together.
fn write_workspace() -> Utf8PathBuf {
    let workspace = Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("cases");
    let mut members = Vec::new();
    for case in root().join("cases").read_dir_utf8().expect("the cases are a directory") {
        let case = case.expect("the cases can be listed");
        let mut files = generate(&case.path().join("spec"));
        if let Ok(exercise) = fs::read_to_string(case.path().join("exercise.rs")) {
            files.insert("client/tests/exercise.rs", exercise);
        }
        output::write(&workspace.join(case.file_name()), &files, |_| false)
            .expect("the target directory can be written");
        members.extend(["client", "validation"].map(|it| format!("    \"{}/{it}\",\n", case.file_name())));
    }
    output::write(&workspace.join(IMPORTED), &imported(), |_| false).expect("the target directory can be written");
    members.extend(["client", "validation"].map(|it| format!("    \"{IMPORTED}/{it}\",\n")));
    members.sort();
    fs::write(workspace.join("Cargo.toml"), manifest(&members.concat())).expect("the target directory can be written");
    let lock = fs::read(project().join("Cargo.lock")).expect("cargo writes the lock file before it builds a test");
    fs::write(workspace.join("Cargo.lock"), lock).expect("the target directory can be written");
    workspace
}

/// The bookshop with all that is drafted of pages beside it, under a name of its own.
fn imported() -> FileTree {
    let mut files = spec("tests/cases/bookshop/spec");
    let api = files.get_mut(Utf8Path::new("api.yaml")).expect("the bookshop has one");
    *api = api.replacen("name: lantern-books", "name: lantern-imported", 1);
    let pages: Vec<_> = import_cases().into_iter().flat_map(|(_, pages)| pages).collect();
    let import = import(&sources(&files), &pages, &mut Diagnostics::default());
    let import = import.expect("the pages can be drafted").expect("the spec is valid");
    apigen::generate(&import.sources, &mut Diagnostics::default()).expect("drafts have no errors")
}

/// The manifest of the project with other members; what it depends on by path stays where it is.
fn manifest(members: &str) -> String {
    let manifest = fs::read_to_string(project().join("Cargo.toml")).expect("the project has a manifest");
    let start = manifest.find("[workspace.package]").expect("the packages inherit their version");
    let end = manifest.find("[workspace.lints").expect("the packages inherit their lints");
    let inherited = manifest[start..end].replace("path = \"", &format!("path = \"{}/", project()));
    format!("[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n\n{inherited}[profile.dev]\ndebug = false\n")
}

fn project() -> &'static Utf8Path {
    root().parent().expect("the tests are a directory of the project")
}

/// Runs cargo in the workspace and shows what it printed when it fails.
fn cargo(arguments: &[&str]) {
    let log = WORKSPACE.join(format!("{}.log", arguments[0]));
    let output = File::create(&log).expect("the target directory can be written");
    let errors = output.try_clone().expect("the file is open");
    let mut child = Command::new(env!("CARGO"))
        .arg("--offline")
        .args(arguments)
        .current_dir(&*WORKSPACE)
        .env("CARGO_TARGET_DIR", WORKSPACE.join("target"))
        .env("RUSTDOCFLAGS", "-D warnings")
        .stdout(output)
        .stderr(errors)
        .spawn()
        .expect("cargo ran this test");
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait().expect("the child is ours") {
            Some(status) => break Some(status),
            None if Instant::now() > deadline => break None,
            None => thread::sleep(Duration::from_millis(50)),
        }
    };
    if status.is_none() {
        child.kill().expect("the child is still running");
        child.wait().expect("the child is ours");
    }
    let printed = fs::read_to_string(&log).expect("cargo prints UTF-8");
    assert!(status.is_some_and(|it| it.success()), "cargo {arguments:?} in {}: {status:?}\n{printed}", *WORKSPACE);
}
