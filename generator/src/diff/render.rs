//! What `apigen diff` prints: text for people, JSON for programs, an entry of a changelog for users.

use serde_json::{Value, json};

use super::rules::{Class, Rule, Section};
use super::{Change, Line, Version};

/// Changes with what is needed to show them.
#[derive(Debug, Clone)]
pub struct Report {
    /// The changes, as [`super::compare`] found them.
    pub changes: Vec<Change>,
    /// The old state.
    pub old: Side,
    /// The new state.
    pub new: Side,
}

/// One of the two states that were compared.
#[derive(Debug, Clone)]
pub struct Side {
    /// The directory of the spec, which the places of its changes stand below.
    pub root: String,
    /// The version that it says it has.
    pub version: Version,
}

/// How many names a list has before it only counts.
const NAMES: usize = 6;

/// Subjects of which the same is to be said.
struct Group<'a> {
    message: String,
    changes: Vec<&'a Change>,
}

impl Report {
    /// The least version that may have the changes.
    pub fn required(&self) -> Version {
        self.old.version.required(&self.changes)
    }

    /// One JSON object: `{"changes": [{class, rule, kind, subject, message, old, new}], "version": {old, required, new}}`.
    /// `old` and `new` of a change are `{file, line}`, or null on the side that does not have it.
    pub fn to_json(&self) -> Value {
        let place = |root: &str, line: Option<&Line>| {
            line.map_or(Value::Null, |it| json!({ "file": format!("{root}/{}", it.file), "line": it.line }))
        };
        let change = |it: &Change| {
            json!({
                "class": it.rule.class().name(),
                "rule": it.rule.id(),
                "kind": it.kind,
                "subject": it.subject,
                "message": it.message,
                "old": place(&self.old.root, it.old.as_ref()),
                "new": place(&self.new.root, it.new.as_ref()),
            })
        };
        json!({
            "changes": self.changes.iter().map(change).collect::<Vec<_>>(),
            "version": {
                "old": self.old.version.to_string(),
                "required": self.required().to_string(),
                "new": self.new.version.to_string(),
            },
        })
    }

    /// Text for a terminal: by class and rule, each change with its places, and the version that follows.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for class in Class::ALL {
            let of_class: Vec<_> = self.changes.iter().filter(|it| it.rule.class() == class).collect();
            if of_class.is_empty() {
                continue;
            }
            text.push_str(&format!("{} ({})\n", class.name(), of_class.len()));
            for rule in Rule::ALL {
                let of_rule: Vec<_> = of_class.iter().copied().filter(|it| it.rule == *rule).collect();
                if of_rule.is_empty() {
                    continue;
                }
                text.push_str(&format!("  {}: {}\n", rule.id(), rule.why()));
                for group in groups(&of_rule) {
                    text.push_str(&format!("    {}\n", self.line(&group)));
                }
            }
            text.push('\n');
        }
        text + &self.verdict()
    }

    /// An entry in the style of Keep a Changelog, for the version that the new state has or, where that is too small, needs.
    /// Texts for people are counted, not listed.
    pub fn to_changelog(&self) -> String {
        let version = self.new.version.max(self.required());
        let mut entry = format!("## [{version}]\n");
        for section in Section::ALL {
            let lines = self.section(section);
            if !lines.is_empty() {
                entry.push_str(&format!("\n### {}\n\n{}\n", section.title(), lines.join("\n")));
            }
        }
        if self.changes.is_empty() {
            entry.push_str("\n### Changed\n\n- The API is the same; the packages were generated anew.\n");
        }
        entry
    }

    fn section(&self, section: Section) -> Vec<String> {
        let own = |it: &&Change| it.rule.section() == section;
        let (texts, code): (Vec<_>, Vec<_>) =
            self.changes.iter().filter(own).partition(|it| it.rule.class() == Class::Documentation);
        let line = |group: &Group<'_>| {
            let mark = match group.changes.first().map(|it| it.rule.class()) {
                Some(Class::Breaking) => "**Breaking:** ",
                Some(Class::Addition | Class::Fix | Class::Documentation) | None => "",
            };
            let subjects = list(group.changes.iter().map(|it| subject(it)));
            format!("- {mark}{subjects}: {}{}", group.message, if group.message.ends_with('.') { "" } else { "." })
        };
        let mut lines: Vec<_> = groups(&code).iter().map(line).collect();
        if !texts.is_empty() {
            lines.push(format!("- Documentation of {}.", list(texts.iter().map(|it| subject(it)))));
        }
        lines
    }

    fn line(&self, group: &Group<'_>) -> String {
        let subjects = list(group.changes.iter().map(|it| subject(it)));
        let place = group.changes.first().map_or_else(String::new, |it| self.place(it));
        format!("{subjects}: {}{place}", group.message)
    }

    /// Where a change stands, in both states.
    fn place(&self, change: &Change) -> String {
        let shown = |root: &str, it: &Line| format!("{root}/{}:{}", it.file, it.line);
        match (&change.old, &change.new) {
            (None, None) => String::new(),
            (Some(old), None) => format!(" ({})", shown(&self.old.root, old)),
            (None, Some(new)) => format!(" ({})", shown(&self.new.root, new)),
            (Some(old), Some(new)) if old == new && self.old.root == self.new.root => {
                format!(" ({})", shown(&self.new.root, new))
            }
            (Some(old), Some(new)) if old.file == new.file && self.old.root == self.new.root => {
                format!(" ({} → {})", shown(&self.old.root, old), new.line)
            }
            (Some(old), Some(new)) => {
                format!(" ({} → {})", shown(&self.old.root, old), shown(&self.new.root, new))
            }
        }
    }

    fn verdict(&self) -> String {
        let (old, new, required) = (self.old.version, self.new.version, self.required());
        let what = match self.changes.first().map(|it| it.rule.class()) {
            None => return format!("nothing changed since {old}\n"),
            Some(Class::Breaking) => "breaking changes ask",
            Some(Class::Addition) => "additions ask",
            Some(Class::Fix) => "fixes ask",
            Some(Class::Documentation) => "changes of the documentation ask",
        };
        let judged = if new < required { ", which is too small" } else { "" };
        format!("{what} for version {required} after {old}; the spec says {new}{judged}\n")
    }
}

/// What is to be said once: the same of several subjects, or several texts of one.
fn groups<'a>(changes: &[&'a Change]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for change in changes {
        let is_text = change.rule.class() == Class::Documentation;
        let same = |it: &&mut Group<'_>| {
            let first = it.changes[0];
            first.rule == change.rule
                && if is_text { first.subject == change.subject } else { it.message == change.message }
        };
        match groups.iter_mut().find(same) {
            Some(group) if is_text => group.message.push_str(&format!("; {}", change.message)),
            Some(group) => group.changes.push(change),
            None => groups.push(Group { message: change.message.clone(), changes: vec![change] }),
        }
    }
    groups
}

/// What changed, with what it is where its name does not tell.
fn subject(change: &Change) -> String {
    match change.kind {
        "api" | "operation" | "type" => format!("`{}`", change.subject),
        kind => format!("{} `{}`", kind.replace('-', " "), change.subject),
    }
}

/// Subjects, each once.
fn list(subjects: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    subjects.for_each(|it| {
        if !all.contains(&it) {
            all.push(it);
        }
    });
    let shown = &all[..if all.len() > NAMES + 1 { NAMES } else { all.len() }];
    match (all.len() - shown.len(), shown.split_last()) {
        (0, Some((last, rest))) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        (0, _) => shown.concat(),
        (more, _) => format!("{} and {more} more", shown.join(", ")),
    }
}
