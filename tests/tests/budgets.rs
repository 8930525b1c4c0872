//! Budgets that must not be broken unnoticed: counts, not seconds, so that they hold on any machine.
#![expect(clippy::disallowed_methods, reason = "the suite reads what is committed")]

use std::fs;
use std::path::Path;

/// Lines of client code per operation on average, neither blank nor comment.
const LINES_PER_OPERATION: usize = 80;

#[test]
fn client_stays_thin() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated");
    let mut lines = 0;
    let mut operations = 0;
    for entry in fs::read_dir(root.join("client/src")).expect("the client is generated") {
        let text = fs::read_to_string(entry.expect("a file").path()).expect("text");
        let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        lines += text.lines().filter(is_code).count();
        operations += text.matches("apigen_runtime::operation!(").count();
    }
    assert!(operations > 0, "the client has operations");
    let average = lines / operations;
    assert!(
        lines <= LINES_PER_OPERATION * operations,
        "{lines} lines for {operations} operations are {average} each, {} lines over the budget",
        lines.saturating_sub(LINES_PER_OPERATION * operations),
    );
}
