//! `apigen import`: what is written where, what is printed, and that nothing which stands is lost.

use std::fs;

use serde_json::{Value, json};

use crate::desk::{BROKEN, Desk, Run};

const PAGE: &str = "# Loans

## Call

```http
POST https://{host}/v1/loans
```

## Sent

```shell
curl -X POST https://books.example.com/v1/loans -d '{\"book\": \"17\"}'
```
";

/// The pages of the desk's spec with the words of the page.
const WORDS: &str = "\
vocabulary:
  en:
    headings:
      request: [Call]
      request_examples: [Sent]
";

#[test]
fn one_command_goes_from_a_page_to_what_generates() {
    let desk = desk();
    let run = import(&desk, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let (spec, page) = (desk.spec(), desk.path("loans.2026.md"));
    let begins = format!(
        "{spec}/resources/loans.yaml\n  loans.create POST /loans ({page}:6)\n{spec}/pages.yaml: the page `loans`\n"
    );
    assert!(run.stdout.starts_with(&begins), "{}", run.stdout);
    assert!(run.stdout.ends_with("1 operation drafted, 0 in the spec already, 1 note\n"), "{}", run.stdout);
    let pages = fs::read_to_string(desk.spec().join("pages.yaml")).expect("the pages are there");
    assert!(pages.contains("  manual: {title: The manual"), "{pages}");
    assert!(pages.ends_with(&format!("    language: en\n{WORDS}")), "{pages}");

    let run = desk.generate(&[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr.contains("warning[W0502]: `operations.create.summary` is still to be described"),
        "{}",
        run.stderr
    );
    assert!(desk.out().join("client/src/loans.rs").exists());

    let again = import(&desk, &[]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "0 operations drafted, 1 in the spec already, 0 notes\n"));
}

#[test]
fn a_draft_is_generated_from_at_once() {
    let desk = desk();
    let run = import(&desk, &["--generate", desk.out().as_str()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("warning[W0502]"), "{}", run.stderr);
    assert!(desk.out().join("client/src/loans.rs").exists(), "{}", run.stdout);
}

#[test]
fn json_is_one_object() {
    let desk = desk();
    let run = import(&desk, &["--format", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&run.stdout).expect("it prints JSON");
    let page = desk.path("loans.2026.md");
    let spec = format!("{}/resources/loans.yaml", desk.spec());
    assert_eq!(
        report["operations"],
        json!([{
            "operation": "loans.create",
            "http": "POST /loans",
            "page": { "file": page.as_str(), "line": 6 },
            "spec": { "file": spec, "line": 9 },
        }])
    );
    assert_eq!((&report["known"], &report["files"]), (&json!([]), &json!([spec])));
}

#[test]
fn nothing_that_stands_is_overwritten() {
    let desk = desk();
    // A file that the loader does not read, because it is no file.
    fs::create_dir(desk.spec().join("resources/loans.yaml")).expect("the desk can be written");
    let pages = fs::read_to_string(desk.spec().join("pages.yaml")).expect("the pages are there");
    let run = import(&desk, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("resources/loans.yaml"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(desk.spec().join("pages.yaml")).expect("the pages are there"), pages);

    fs::remove_dir(desk.spec().join("resources/loans.yaml")).expect("the desk can be written");
    desk.edit("resources/books.yaml", ("  list:\n    http: GET /books\n", "  list:\n    http: GET /all\n"));
    fs::rename(desk.spec().join("resources/books.yaml"), desk.spec().join("resources/loans.yaml"))
        .expect("it is there");
    let books = fs::read_to_string(desk.spec().join("resources/loans.yaml")).expect("the books are there");
    let run = import(&desk, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(fs::read_to_string(desk.spec().join("resources/loans.yaml")).expect("the books are there"), books);
    assert!(desk.spec().join("resources/loans_2.yaml").exists(), "another name is taken");
}

#[test]
fn pages_may_be_given_an_id() {
    let desk = desk();
    let page = format!("lending={}", desk.path("loans.2026.md"));
    let run = Desk::run(&["import", "--spec", desk.spec().as_str(), &page]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("pages.yaml: the page `lending`\n"), "{}", run.stdout);
}

#[test]
fn what_cannot_be_read_exits_with_2_and_a_broken_spec_with_1() {
    let desk = desk();
    let nowhere = desk.path("nowhere.md");
    let run = Desk::run(&["import", "--spec", desk.spec().as_str(), nowhere.as_str()]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.starts_with(&format!("apigen: cannot read {nowhere}: ")), "{}", run.stderr);
    fs::write(desk.path("latin.md"), [b'#', 0xE9]).expect("the desk can be written");
    assert_eq!(Desk::run(&["import", "--spec", desk.spec().as_str(), desk.path("latin.md").as_str()]).code, 2);
    assert_eq!(Desk::run(&["import", "--spec", desk.spec().as_str()]).code, 2);

    desk.edit("resources/books.yaml", BROKEN);
    let run = import(&desk, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("error[E0201]"), "{}", run.stderr);
}

/// A desk with words for pages, and a page.
fn desk() -> Desk {
    let desk = Desk::new();
    let pages = desk.spec().join("pages.yaml");
    let text = fs::read_to_string(&pages).expect("the base has pages");
    fs::write(&pages, text + WORDS).expect("the desk can be written");
    fs::write(desk.path("loans.2026.md"), PAGE).expect("the desk can be written");
    desk
}

fn import(desk: &Desk, more: &[&str]) -> Run {
    let (spec, page) = (desk.spec(), desk.path("loans.2026.md"));
    Desk::run(&[&["import", "--spec", spec.as_str(), page.as_str()], more].concat())
}
