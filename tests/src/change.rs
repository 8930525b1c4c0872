//! Error cases: a valid spec and a small change that breaks it, written like a diff.
//!
//! ```text
//! # Why the case exists.
//! --- resources/books.yaml
//! -    summary: Reads a book.
//! +    sumary: Reads a book.
//! ```
//!
//! The lines with `-`, and those with a space, stand in the file exactly once; `+` replaces the former. `@@` begins
//! another change of the same file. With nothing but `+` the file has that text alone, and with no line at all there is no
//! such file. A line `*1000 text` is a thousand times `text`.

use camino::Utf8Path;

use crate::project::SpecFiles;

/// The spec with the change.
///
/// # Panics
///
/// When the change does not fit the spec.
pub fn changed(mut files: SpecFiles, change: &str) -> SpecFiles {
    let sections = change.strip_prefix("--- ").or_else(|| change.split_once("\n--- ").map(|(_, rest)| rest));
    for section in sections.expect("a change names a file").split("\n--- ") {
        let (path, hunks) = section.split_once('\n').unwrap_or((section, ""));
        let path = Utf8Path::new(path);
        for hunk in hunks.split_inclusive('\n').collect::<Vec<_>>().split(|line| *line == "@@\n") {
            let (old, new) = sides(hunk);
            if hunk.is_empty() {
                files.remove(path);
            } else if old.is_empty() {
                files.insert(path.to_owned(), new);
            } else {
                let text = files.get_mut(path).unwrap_or_else(|| panic!("the spec has no {path}"));
                assert_eq!(text.matches(&old).count(), 1, "{path} holds this once:\n{old}");
                *text = text.replacen(&old, &new, 1);
            }
        }
    }
    files
}

/// What a hunk replaces, and by what.
fn sides(hunk: &[&str]) -> (String, String) {
    let (mut old, mut new) = (String::new(), String::new());
    for line in hunk {
        let line = line.trim_end_matches('\n');
        let Some(mark) = line.chars().next() else { continue };
        let rest = &format!("{}\n", &line[mark.len_utf8()..]);
        match mark {
            ' ' => {
                old += rest;
                new += rest;
            }
            '-' => old += rest,
            '+' => new += rest,
            '*' => {
                let (count, rest) = rest.split_once(' ').expect("a count and a text");
                new += &rest.repeat(count.parse().expect("a count"));
            }
            other => panic!("a line of a change begins with `{other}`"),
        }
    }
    (old, new)
}
