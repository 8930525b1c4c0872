//! Budgets that must not be broken unnoticed: counts, not seconds, so that they hold on any machine.
#![expect(clippy::disallowed_methods, reason = "the suite reads what is committed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Lines of client code per operation on average, neither blank nor comment.
const LINES_PER_OPERATION: usize = 80;

/// Derived traits per operation on average. Each is a function or two that every check of the client goes through.
const DERIVES_PER_OPERATION: usize = 11;

/// Crates that the client drags in.
const CLIENT_CRATES: usize = 62;
/// Crates that the validation code drags in.
const VALIDATION_CRATES: usize = 15;

/// The crates that a package of this workspace depends on, itself excepted.
fn dependencies(package: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "-e", "normal", "--prefix", "none", "-f", "{p}", "-p", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let text = String::from_utf8(tree.stdout).expect("names are text");
    text.lines().map(name).filter(|it| !it.is_empty() && it != package).collect()
}

#[test]
fn validation_needs_no_http() {
    let crates = dependencies("easemob-im-validation");
    assert!(crates.contains("apigen-core"), "cargo lists the dependencies: {crates:?}");
    for forbidden in ["http", "hyper", "tokio"] {
        assert!(!crates.contains(forbidden), "the validation code depends on {forbidden}");
    }
    assert!(crates.len() <= VALIDATION_CRATES, "{} crates: {crates:?}", crates.len());
}

#[test]
fn client_drags_in_little() {
    let crates = dependencies("easemob-im");
    assert!(crates.contains("hyper"), "cargo lists the dependencies: {crates:?}");
    assert!(!crates.contains("aws-lc-sys"), "it doubles a clean build");
    assert!(!crates.contains("serde_derive"), "derives of serde take most of the time that a client takes to compile");
    assert!(crates.len() <= CLIENT_CRATES, "{} crates, {} over the budget", crates.len(), crates.len() - CLIENT_CRATES);
}

#[test]
fn client_stays_thin() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated");
    let (mut lines, mut derives, mut operations) = (0, 0, 0);
    for entry in fs::read_dir(root.join("client/src")).expect("the client is generated") {
        let text = fs::read_to_string(entry.expect("a file").path()).expect("text");
        let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        lines += text.lines().filter(is_code).count();
        derives += text.lines().filter_map(derived).sum::<usize>();
        operations += text.matches("apigen_runtime::operation!(").count();
    }
    assert!(operations > 0 && derives > 0, "the client has operations, and types");
    for (what, count, budget) in [("lines", lines, LINES_PER_OPERATION), ("derives", derives, DERIVES_PER_OPERATION)] {
        let (average, over) = (count / operations, count.saturating_sub(budget * operations));
        assert!(over == 0, "{count} {what} for {operations} operations are {average} each, {over} over the budget");
    }
}

/// How many traits a line derives.
fn derived(line: &str) -> Option<usize> {
    Some(line.trim().strip_prefix("#[derive(")?.split(',').count())
}
