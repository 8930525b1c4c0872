//! Runs the suite of `tests/browser`, which drives the site in a real browser, where Node, its packages and Chromium are
//! there. The continuous build insists on them with `APIGEN_BROWSER=require`; elsewhere what is missing is said aloud.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the suite starts a program, asks the environment whether it must, and says what was measured"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use apigen_tests::project;

/// Where Chromium may be, unless the variable `CHROMIUM` names it.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

#[test]
fn the_site_works_in_a_browser() {
    match missing() {
        None => run(),
        Some(what) => {
            let is_required = std::env::var("APIGEN_BROWSER").is_ok_and(|it| it == "require");
            assert!(!is_required, "{what}");
            // Written past the test harness, which would keep it to itself.
            let told = writeln!(std::io::stderr(), "\nSKIPPED: the site is not tried in a browser: {what}\n");
            told.expect("tests have an output");
        }
    }
}

/// What the suite needs and is not there.
fn missing() -> Option<&'static str> {
    let has_browser = std::env::var_os("CHROMIUM").is_some() || BROWSERS.into_iter().any(answers);
    if !answers("node") {
        Some("there is no Node")
    } else if !project::root().join("tests/browser/node_modules/playwright-core").exists() {
        Some("there are no packages; to get them: npm ci --prefix tests/browser")
    } else if !has_browser {
        Some("there is no Chromium")
    } else {
        None
    }
}

fn answers(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|it| it.success())
}

fn run() {
    let mut suite = Command::new("node");
    suite.args(["--test-reporter=spec", "--test-timeout=300000", "suite.mjs"]);
    let suite = suite.current_dir(project::root().join("tests/browser")).output().expect("node has just answered");
    let said = String::from_utf8_lossy(&suite.stdout);
    assert!(suite.status.success(), "{said}\n{}", String::from_utf8_lossy(&suite.stderr));
    // Shown with `--nocapture`: what was measured.
    said.lines().filter(|it| it.starts_with('ℹ')).for_each(|it| println!("{it}"));
}
