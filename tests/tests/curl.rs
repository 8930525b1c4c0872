//! The curl commands of the site, pasted into a shell: each is one command, for the operation it stands with, and the mock
//! answers it with the status that the page shows.
#![expect(clippy::disallowed_methods, reason = "the suite runs a script in a shell")]

use std::io::Write;
use std::path::Path;
use std::process::Command;

use apigen::tree::FileTree;
use apigen_mock::Mock;
use apigen_model::diagnostics::Diagnostics;
use apigen_tests::project;
use camino::Utf8Path;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

/// Stands in for curl: says its arguments, each with an end that no argument holds.
const CURL: &str = r#"curl() { for it in "$@"; do printf '%s\000' "$it"; done; printf '\036\000'; }
TOKEN=token-of-the-shell
"#;

/// An example of a page.
struct Example {
    operation: String,
    method: String,
    path: String,
    curl: String,
    /// That of the reply, as the page shows it.
    status: String,
}

#[test]
fn each_command_is_one_request_of_its_operation() {
    for site in ["spec", "tests/cases/bookshop/spec"] {
        let examples = examples(&project::generate(&project::spec(site)));
        assert!(!examples.is_empty(), "{site} has examples");
        for (example, arguments) in examples.iter().zip(pasted(&examples, "requests.sh")) {
            let Example { operation, method, path, curl, .. } = example;
            assert_eq!(arguments[..2], ["-X", method], "{site}: {operation}:\n{curl}");
            let url = arguments[2].split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
            let sent = url.unwrap_or_default().split('?').next().unwrap_or_default();
            assert!(has_shape(sent, path), "{site}: {operation}: {sent} is no {path}");
            for (name, value) in arguments.iter().zip(&arguments[1..]) {
                match name.as_str() {
                    "--data-raw" => {
                        let body: Value = serde_json::from_str(value).expect("a body is JSON");
                        assert!(body.is_object(), "{site}: {operation}: {body}");
                    }
                    "-H" if value.starts_with("Authorization") => {
                        assert_eq!(value, "Authorization: Bearer token-of-the-shell", "{site}: {operation}");
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Real curl, and no token but the one that the shell has.
const CURL_OF_THE_MOCK: &str = r#"curl() { command curl -sS --max-time 30 -w '%{stderr}%{http_code}\n' "$@" >/dev/null; }
TOKEN=token-of-the-shell
"#;

#[test]
fn the_mock_answers_each_command_as_the_page_says() {
    if !Command::new("curl").arg("--version").output().is_ok_and(|it| it.status.success()) {
        let told = writeln!(std::io::stderr(), "\nSKIPPED: the commands of the site are not tried: there is no curl\n");
        return told.expect("tests have an output");
    }
    for site in ["spec", "tests/cases/bookshop/spec"] {
        let spec = project::spec(site);
        // Commands are the same in every language.
        let mut examples = examples(&project::generate(&spec));
        examples.retain(|it| it.operation.starts_with("site/en/"));
        let api =
            apigen_model::read(&project::sources(&spec), &mut Diagnostics::default()).expect("it was generated from");
        let mock =
            Mock::builder(api).rate_limits(false).token("token-of-the-shell").start().expect("there is loopback");
        let statuses = answered(site, &examples, mock.url());
        // Examples of errors depend on what stands at the server; the mock has no reason to refuse them.
        let is_right = |example: &Example, status: &str| {
            status == example.status || !example.status.starts_with('2') && status.starts_with('2')
        };
        let wrong = examples.iter().zip(&statuses).filter(|(example, status)| !is_right(example, status));
        let wrong: Vec<_> = wrong
            .map(|(it, status)| format!("{}: {status} rather than {}:\n{}", it.operation, it.status, it.curl))
            .collect();
        assert!(wrong.is_empty(), "{site}: {} of {}:\n{}", wrong.len(), examples.len(), wrong.join("\n"));
        assert_eq!(statuses.len(), examples.len(), "{site}: each command is answered");
    }
}

/// The statuses that curl gets for all commands, from the server in place of the documented one.
fn answered(site: &str, examples: &[Example], server: &str) -> Vec<String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(site.replace('/', "-"));
    std::fs::create_dir_all(&directory).expect("cargo gives tests a directory");
    for file in pasted(examples, "files.sh")
        .iter()
        .flatten()
        .filter_map(|it| it.split_once("=@"))
        .map(|(_, file)| file.trim_matches('"'))
    {
        std::fs::write(directory.join(file), "a file of an example\n").expect("the directory is there");
    }
    let commands: Vec<_> = examples.iter().map(|it| elsewhere(&it.curl, server)).collect();
    let script = directory.join("asked.sh");
    std::fs::write(&script, format!("{CURL_OF_THE_MOCK}{}\n", commands.join("\n"))).expect("the directory is there");
    let output = Command::new("sh").arg(&script).current_dir(&directory).output().expect("there is a shell");
    String::from_utf8_lossy(&output.stderr).lines().map(str::to_owned).collect()
}

/// A command with another server: scheme, host and port are what stands before the first slash of the path.
fn elsewhere(command: &str, server: &str) -> String {
    let (before, url) = command.split_once("'https://").expect("a command has a URL");
    let (_, path) = url.split_once('/').expect("a URL has a path");
    format!("{before}'{server}/{path}")
}

/// Whether the path of a URL ends like the template of the operation, which may stand below a path of the server.
fn has_shape(sent: &str, template: &str) -> bool {
    let sent: Vec<_> = sent.trim_matches('/').split('/').collect();
    let template: Vec<_> = template.trim_matches('/').split('/').collect();
    let pairs = sent.iter().rev().zip(template.iter().rev());
    sent.len() >= template.len() && pairs.into_iter().all(|(sent, wanted)| wanted.starts_with('{') || sent == wanted)
}

/// What the shell makes of all commands, pasted one after the other: the arguments of each. Tests run side by side, so each
/// has a script of its own.
fn pasted(examples: &[Example], script: &str) -> Vec<Vec<String>> {
    let commands: Vec<_> = examples.iter().map(|it| it.curl.as_str()).collect();
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join(script);
    std::fs::write(&script, format!("{CURL}{}\n", commands.join("\n"))).expect("cargo gives tests a directory");
    let output = Command::new("sh").args(["-e", "-u"]).arg(&script).output().expect("there is a shell");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).expect("the commands are text");
    let calls: Vec<Vec<_>> = said
        .split_terminator("\u{1e}\0")
        .map(|call| call.split_terminator('\0').map(str::to_owned).collect())
        .collect();
    assert_eq!(calls.len(), examples.len(), "each text is one command");
    calls
}

/// The examples of all pages of a site, in every language.
fn examples(files: &FileTree) -> Vec<Example> {
    let pages = files.iter().filter(|(path, _)| path.extension() == Some("html"));
    pages.flat_map(|(path, page)| examples_of(path, page)).collect()
}

fn examples_of(path: &Utf8Path, page: &str) -> Vec<Example> {
    let html = Html::parse_document(page);
    let operations = selected(html.root_element(), "section.operation");
    let examples = operations.into_iter().flat_map(|operation| {
        let first = |selector: &str| selected(operation, selector).first().map(|it| text(*it)).unwrap_or_default();
        let (method, template) = (first(".endpoint .method"), first(".endpoint code"));
        let name = format!("{path}#{}", operation.attr("id").unwrap_or_default());
        selected(operation, ".example").into_iter().map(move |it| Example {
            operation: name.clone(),
            method: method.clone(),
            path: template.clone(),
            curl: selected(it, "[data-tab=curl] code").first().map(|it| text(*it)).unwrap_or_default(),
            status: selected(it, ".reply .status").first().map(|it| text(*it)).unwrap_or_default(),
        })
    });
    examples.collect()
}

fn selected<'a>(below: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    below.select(&Selector::parse(selector).expect("it is a selector")).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect()
}
