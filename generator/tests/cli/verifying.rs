//! `apigen verify`: exit codes, and what is printed where.

use std::fs;

use serde_json::{Value, json};

use crate::desk::{BROKEN, Desk, Run};

/// A reply with a field that the spec does not know.
const STRANGE: &str = r#"{"log": {"entries": [
    {"request": {"method": "GET", "url": "https://www.example.com/logo.png"}, "response": {"status": 200}},
    {"request": {"method": "GET", "url": "https://api.example.com/v1/books/7"},
     "response": {"status": 418, "content": {"mimeType": "text/html", "text": "<html>"}}}
]}}"#;

#[test]
fn findings_exit_with_1_and_none_with_0() {
    let desk = Desk::new();
    let run = verify(&desk, STRANGE, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    assert!(run.stdout.starts_with("finding[undocumented_error]: books.get: response status: "), "{}", run.stdout);
    let place = format!("--> {}/resources/books.yaml:6:3\n", desk.spec());
    assert!(run.stdout.contains(&place), "{}", run.stdout);
    assert!(run.stdout.ends_with("\n2 exchanges, 1 matched, 1 finding\n"), "{}", run.stdout);

    let elsewhere = verify(&desk, STRANGE, &["--server", "https://elsewhere.example.com"]);
    assert_eq!((elsewhere.code, elsewhere.stderr.as_str()), (0, ""));
    assert!(elsewhere.stdout.starts_with("2 exchanges, 0 matched, 0 findings\n"), "{}", elsewhere.stdout);
}

#[test]
fn json_is_one_object() {
    let desk = Desk::new();
    let run = verify(&desk, STRANGE, &["--format", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let report: Value = serde_json::from_str(&run.stdout).expect("it prints JSON");
    let finding = json!({
        "exchange": 1,
        "operation": "books.get",
        "kind": "undocumented_error",
        "at": "response status",
        "message": "`books.get` does not document 418",
        "spec": { "file": format!("{}/resources/books.yaml", desk.spec()), "line": 6 },
    });
    assert_eq!(report, json!({ "exchanges": 2, "matched": 1, "findings": [finding] }));
}

#[test]
fn what_cannot_be_read_exits_with_2() {
    let desk = Desk::new();
    let broken = verify(&desk, r#"{"log": {"entries": [{}]}}"#, &["--format", "json"]);
    assert_eq!((broken.code, broken.stdout.as_str()), (2, ""));
    let har = desk.path("traffic.har");
    assert_eq!(broken.stderr, format!("apigen: {har}: log.entries[0].request.method: expected text\n"));

    let nowhere = desk.path("nowhere.har");
    let run = verify(&desk, STRANGE, &[nowhere.as_str()]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.starts_with(&format!("apigen: cannot read {nowhere}: ")), "{}", run.stderr);

    assert_eq!(verify(&desk, STRANGE, &["--server", "api"]).code, 2);
    assert_eq!(Desk::run(&["verify", "--spec", desk.spec().as_str()]).code, 2);

    desk.edit("resources/books.yaml", BROKEN);
    let run = verify(&desk, STRANGE, &["--format", "json"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("error[E0201]"), "{}", run.stderr);
}

fn verify(desk: &Desk, har: &str, more: &[&str]) -> Run {
    let (spec, path) = (desk.spec(), desk.path("traffic.har"));
    fs::write(&path, har).expect("the desk can be written");
    Desk::run(&[&["verify", "--spec", spec.as_str(), path.as_str()], more].concat())
}
