//! Where the changes of generated files come from: from the spec, or from templates and generator.
//!
//! Three states of each file tell: as it was committed, what this generator makes of the spec of that time, and what it
//! makes of the spec as it is. What differs between the first two follows from the generator, the rest from the spec.

use std::collections::BTreeMap;
use std::ops::Range;

use camino::Utf8PathBuf;
use serde_json::{Value, json};
use similar::{DiffOp, TextDiff};

use crate::tree::FileTree;

/// Where a hunk comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It follows from the spec.
    Spec,
    /// It follows from templates or generator.
    Generator,
}

/// A run of lines that changed, with no line around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Where it comes from.
    pub origin: Origin,
    /// Lines of the committed file, from 0.
    pub old: Range<usize>,
    /// Lines of the new file, from 0.
    pub new: Range<usize>,
}

/// The hunks of each file that changes, by its path below the output directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(pub BTreeMap<Utf8PathBuf, Vec<Hunk>>);

impl Origin {
    fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Generator => "generator",
        }
    }
}

impl Origins {
    /// Compares the committed files with what this generator makes of the old spec and of the new one.
    pub fn of(committed: &BTreeMap<Utf8PathBuf, String>, old: &FileTree, new: &FileTree) -> Self {
        let mut files = BTreeMap::new();
        let paths = committed.keys().map(Utf8PathBuf::as_path);
        for path in paths.chain(old.iter().map(|(it, _)| it)).chain(new.iter().map(|(it, _)| it)) {
            if !files.contains_key(path) {
                let text = |tree: &FileTree| tree.get(path.as_str()).unwrap_or("").to_owned();
                let before = committed.get(path).map_or("", String::as_str);
                files.insert(path.to_owned(), hunks(before, &text(old), &text(new)));
            }
        }
        files.retain(|_, hunks| !hunks.is_empty());
        Self(files)
    }

    /// For a terminal: each file with the heads of its hunks, and how many there are of each origin.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (path, hunks) in &self.0 {
            let [spec, generator] = counts(hunks);
            text.push_str(&format!("{path}: spec {spec}, generator {generator}\n"));
            for hunk in hunks {
                let head = format!("@@ -{} +{} @@", range(&hunk.old), range(&hunk.new));
                text.push_str(&format!("  {head} {}\n", hunk.origin.name()));
            }
        }
        let [spec, generator] = counts(self.0.values().flatten());
        let files = if self.0.len() == 1 { "1 file".to_owned() } else { format!("{} files", self.0.len()) };
        text.push_str(&format!("{files}: {spec} hunks from the spec, {generator} from the generator\n"));
        text
    }

    /// A list of `{file, hunks: [{origin, old: {line, lines}, new: {line, lines}}]}`; lines count from 1.
    pub fn to_json(&self) -> Value {
        let side = |it: &Range<usize>| json!({ "line": it.start + 1, "lines": it.len() });
        let hunk = |it: &Hunk| json!({ "origin": it.origin.name(), "old": side(&it.old), "new": side(&it.new) });
        let file = |(path, hunks): (&Utf8PathBuf, &Vec<Hunk>)| json!({ "file": path.as_str(), "hunks": hunks.iter().map(hunk).collect::<Vec<_>>() });
        self.0.iter().map(file).collect()
    }
}

/// How many hunks come from the spec, and from the generator.
fn counts<'h>(hunks: impl IntoIterator<Item = &'h Hunk>) -> [usize; 2] {
    hunks.into_iter().fold([0, 0], |[spec, generator], hunk| match hunk.origin {
        Origin::Spec => [spec + 1, generator],
        Origin::Generator => [spec, generator + 1],
    })
}

/// A range as the head of a hunk has it: an empty one stands after a line.
fn range(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        length => format!("{},{length}", lines.start + 1),
    }
}

/// The hunks of both steps, with the lines of the committed file and of the new one.
fn hunks(committed: &str, old: &str, new: &str) -> Vec<Hunk> {
    let (first, second) = (steps(committed, old), steps(old, new));
    let mut hunks = Vec::new();
    for (before, after) in &first {
        let new = shifted(&second, after, |step| (&step.0, &step.1));
        hunks.push(Hunk { origin: Origin::Generator, old: before.clone(), new });
    }
    for (before, after) in &second {
        let old = shifted(&first, before, |step| (&step.1, &step.0));
        hunks.push(Hunk { origin: Origin::Spec, old, new: after.clone() });
    }
    hunks.sort_by_key(|it| (it.new.start, it.old.start, it.origin));
    hunks
}

/// A changed range before, and after.
type Step = (Range<usize>, Range<usize>);

/// What changes from one text to another.
fn steps(before: &str, after: &str) -> Vec<Step> {
    if before == after {
        return Vec::new();
    }
    let diff = TextDiff::from_lines(before, after);
    let changed = |it: &DiffOp| !matches!(it, DiffOp::Equal { .. });
    diff.ops().iter().filter(|it| changed(it)).map(|it| (it.old_range(), it.new_range())).collect()
}

/// Where lines are on the other side of steps, which begin with the side that the lines are of.
fn shifted<'s>(
    steps: &'s [Step],
    lines: &Range<usize>,
    sides: impl Fn(&'s Step) -> (&'s Range<usize>, &'s Range<usize>),
) -> Range<usize> {
    let moved = |line: usize| {
        let above = steps.iter().map(&sides).filter(|(from, _)| from.end <= line).last();
        above.map_or(line, |(from, to)| to.end + (line - from.end))
    };
    let start = moved(lines.start);
    start..start.max(moved(lines.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_have_the_lines_of_the_committed_and_the_new_file() {
        let committed = "a\nb\nc\nd\ne\n";
        // The generator puts a line on top, the spec takes `d` out.
        let old = "top\na\nb\nc\nd\ne\n";
        let new = "top\na\nb\nc\ne\n";
        let found = hunks(committed, old, new);
        assert_eq!(
            found,
            [
                Hunk { origin: Origin::Generator, old: 0..0, new: 0..1 },
                Hunk { origin: Origin::Spec, old: 3..4, new: 4..4 },
            ]
        );
        let origins = Origins(BTreeMap::from([("x".into(), found)]));
        assert_eq!(
            origins.to_text(),
            "x: spec 1, generator 1\n  @@ -0,0 +1 @@ generator\n  @@ -4 +4,0 @@ spec\n\
             1 file: 1 hunks from the spec, 1 from the generator\n"
        );
    }

    #[test]
    fn what_is_the_same_has_no_hunks() {
        assert_eq!(hunks("a\nb\n", "a\nb\n", "a\nb\n"), []);
        assert_eq!(hunks("", "", "a\n"), [Hunk { origin: Origin::Spec, old: 0..0, new: 0..1 }]);
    }
}
