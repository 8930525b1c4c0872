//! `apigen diff` and `apigen release`: exit codes, what is read and written, and which version is refused.
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::desk::{Desk, Run};

/// An edit that takes an argument away from a method.
const BREAKING: (&str, &str) = ("page_size:\n", "size:\n        wire: page_size\n");

/// What goes with it.
const PAGING: (&str, &str) = ("parameter: page, size: page_size}", "parameter: page, size: size}");

fn diff(desk: &Desk, more: &[&str]) -> Run {
    Desk::run(&[&["diff", "--spec", desk.spec().as_str()], more].concat())
}

fn release(desk: &Desk, more: &[&str]) -> Run {
    let (spec, changelog) = (desk.spec(), desk.path("CHANGELOG.md"));
    let options = ["release", "--spec", spec.as_str(), "--changelog", changelog.as_str(), "--date", "2026-11-21"];
    Desk::run(&[&options, more].concat())
}

fn break_spec(desk: &Desk) {
    desk.edit("resources/books.yaml", BREAKING);
    desk.edit("resources/books.yaml", PAGING);
}

#[test]
fn a_version_that_is_too_small_is_refused_after_a_release() {
    let desk = Desk::new();
    let run = release(&desk, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let record = desk.spec().join("released/1.0.0.txt");
    assert!(run.stdout.starts_with(&format!("{record} written; ")), "{}", run.stdout);
    let entry = "## [1.0.0] - 2026-11-21\n\n### Added\n\n- First release: ";
    assert!(changelog(&desk).contains(entry), "{}", changelog(&desk));
    assert_eq!(desk.generate(&[]).code, 0, "nothing changed since");

    break_spec(&desk);
    for arguments in [&[][..], &["--check"]] {
        let run = desk.generate(arguments);
        assert_eq!(run.code, 1, "{}", run.stdout);
        assert!(run.stderr.starts_with("error[E0701]: the version 1.0.0 is too small"), "{}", run.stderr);
        assert!(run.stderr.contains("help: write `version: 2.0.0`"), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("{}/api.yaml:2:", desk.spec())), "{}", run.stderr);
    }
    let run = release(&desk, &[]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stderr.starts_with("error[E0701]"), "{}", run.stderr);

    desk.edit("api.yaml", ("version: 1.0.0", "version: 2.0.0"));
    assert_eq!(desk.generate(&[]).code, 0);
    assert_eq!(release(&desk, &[]).code, 0);
    let text = changelog(&desk);
    let (new, old) = (text.find("## [2.0.0] - 2026-11-21"), text.find("## [1.0.0]"));
    assert!(new.is_some() && new < old, "{text}");
    assert!(text.contains("- **Breaking:** `books.list`: `size`, was `page_size`.\n"), "{text}");
}

#[test]
fn a_release_is_recorded_once() {
    let desk = Desk::new();
    assert_eq!(release(&desk, &[]).code, 0);
    let (record, entry) = (text(&desk, "spec/released/1.0.0.txt"), changelog(&desk));
    desk.edit("resources/books.yaml", ("# Books of the library.\n", "# The books.\n\n"));
    let run = release(&desk, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "1.0.0 has been recorded before; nothing to do\n"));
    assert_eq!((text(&desk, "spec/released/1.0.0.txt"), changelog(&desk)), (record, entry));
}

#[test]
fn an_entry_that_somebody_wrote_stays() {
    let desk = Desk::new();
    let written = "# Changelog\n\n## [1.0.0] - 2026-11-20\n\nBy hand.\n";
    fs::write(desk.path("CHANGELOG.md"), written).expect("the desk can be written");
    assert_eq!(release(&desk, &[]).code, 0);
    assert_eq!(changelog(&desk), written);
}

#[test]
fn changes_exit_with_1_and_none_with_0() {
    let desk = Desk::new();
    assert_eq!(release(&desk, &[]).code, 0);
    let (record, spec) = (desk.spec().join("released/1.0.0.txt"), desk.spec());
    let run = diff(&desk, &[record.as_str(), spec.as_str()]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "nothing changed since 1.0.0\n"));

    break_spec(&desk);
    let run = diff(&desk, &[record.as_str()]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    assert!(run.stdout.contains("  parameter-renamed: "), "{}", run.stdout);
    assert!(run.stdout.contains(&format!("({spec}/resources/books.yaml:")), "{}", run.stdout);
    assert!(run.stdout.ends_with("the spec says 1.0.0, which is too small\n"), "{}", run.stdout);

    let run = diff(&desk, &[record.as_str(), "--format", "json"]);
    let json: Value = serde_json::from_str(&run.stdout).expect("it is one JSON object");
    assert_eq!(json["version"], serde_json::json!({ "old": "1.0.0", "required": "2.0.0", "new": "1.0.0" }));
    assert_eq!(json["changes"][0]["class"], "breaking");
    let run = diff(&desk, &[record.as_str(), "--format", "changelog"]);
    assert!(run.stdout.starts_with("## [2.0.0]\n\n### Changed\n\n- **Breaking:** "), "{}", run.stdout);
}

#[test]
fn what_cannot_be_compared_exits_with_2() {
    let desk = Desk::new();
    let api = desk.spec().join("api.yaml");
    let run = diff(&desk, &[api.as_str()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with(&format!("apigen: {api}:")), "{}", run.stderr);
    assert!(run.stderr.contains("a file is the record of a release"), "{}", run.stderr);
    for name in ["nowhere", "--", "-x"] {
        assert_eq!(diff(&desk, &["--", name]).code, 2, "{name}");
    }
    desk.edit("resources/books.yaml", crate::desk::BROKEN);
    let run = diff(&desk, &[desk.spec().as_str()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("error[E0201]") && run.stderr.contains(" has errors"), "{}", run.stderr);
}

#[test]
fn revisions_are_read_without_a_checkout() {
    let desk = Desk::new();
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("skipped: there is no git");
        return;
    }
    assert_eq!(desk.generate(&[]).code, 0);
    let file = desk.out().join("api.txt");
    let generated = fs::read_to_string(&file).expect("it was generated");
    // As an older generator would have written it.
    fs::write(&file, format!("old\n{generated}")).expect("the desk can be written");
    for arguments in [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "--message", "First"]] {
        git(&desk, arguments);
    }
    let out = desk.out();
    let run = diff(&desk, &["HEAD", "--generated", out.as_str()]);
    let hunks = "api.txt: spec 0, generator 1\n  @@ -1 +0,0 @@ generator\n1 file: 0 hunks from the spec, 1 from the generator\n";
    assert_eq!((run.code, run.stdout), (0, format!("nothing changed since 1.0.0\n\n{hunks}")));

    desk.edit("resources/books.yaml", ("    summary: Reads a book.", "    summary: Reads one book."));
    let run = diff(&desk, &["HEAD", "--generated", out.as_str(), "--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let json: Value = serde_json::from_str(&run.stdout).expect("it is one JSON object");
    assert_eq!(json["changes"][0]["rule"], "text-changed");
    let files = json["generated"].as_array().expect("there is a list");
    let client = files.iter().find(|it| it["file"] == "client/src/books.rs").expect("it has the summary");
    assert!(client["hunks"].as_array().is_some_and(|it| it.iter().all(|it| it["origin"] == "spec")), "{client}");
    assert_eq!(diff(&desk, &["HEAD", "HEAD"]).stdout, "nothing changed since 1.0.0\n");
    assert_eq!(diff(&desk, &["HEAD~1"]).code, 2);
}

fn git(desk: &Desk, arguments: &[&str]) {
    let identity = ["-c", "user.name=Tests", "-c", "user.email=tests@example.com", "-c", "commit.gpgsign=false"];
    let status = Command::new("git").arg("-C").arg(desk.path("")).args(identity).args(arguments).status();
    assert!(status.is_ok_and(|it| it.success()), "{arguments:?}");
}

fn changelog(desk: &Desk) -> String {
    text(desk, "CHANGELOG.md")
}

fn text(desk: &Desk, path: &str) -> String {
    fs::read_to_string(desk.path(path)).expect("the file was written")
}
