//! Drift for people at a terminal, for a pull request, and for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::drift::Drift;
use crate::expected::At;
use crate::facts::Claim;
use crate::finding::{Change, Finding};

impl Drift {
    /// Whether there is nothing to do.
    pub fn is_clean(&self) -> bool {
        self.expired.is_empty() && self.unexplained().next().is_none()
    }

    /// The findings that the ledger does not explain.
    pub fn unexplained(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|it| it.explained.is_none())
    }

    /// A line per finding, by operation, and a line that counts; explained findings on demand.
    pub fn to_text(&self, with_explained: bool) -> String {
        let mut text = String::new();
        for (operation, findings) in self.by_operation(with_explained) {
            text.push_str(&format!("{operation}\n"));
            for finding in findings {
                text.push_str(&format!("  {} {}\n", sign(finding.change), self.sentence(finding, str::to_owned)));
                let places: Vec<_> = [&finding.page, &finding.spec].into_iter().flatten().map(place).collect();
                text.push_str(&format!("      {}\n", places.join("  ")));
            }
        }
        for expired in &self.expired {
            text.push_str(&format!("expired: {} explains `{}`, which no page says\n", expired.entry, expired.line));
            text.push_str(&format!("      {}\n", place(&expired.at)));
        }
        for (at, reason) in &self.unread {
            text.push_str(&format!("unread: {}: {reason}\n", place(at)));
        }
        text.push_str(&format!("{}\n", self.counts()));
        text
    }

    /// The same as Markdown.
    pub fn to_markdown(&self, with_explained: bool) -> String {
        let mut text = format!("## Drift\n\n{}\n", self.counts());
        for (operation, findings) in self.by_operation(with_explained) {
            text.push_str(&format!("\n### {}\n\n", code(&operation)));
            for finding in findings {
                let places: Vec<_> =
                    [&finding.page, &finding.spec].into_iter().flatten().map(|it| code(&place(it))).collect();
                let change = finding.change.as_str();
                text.push_str(&format!("- **{change}** {} — {}\n", self.sentence(finding, code), places.join(", ")));
            }
        }
        let mut list = |title: &str, items: Vec<String>| {
            if !items.is_empty() {
                text.push_str(&format!("\n### {title}\n\n{}\n", items.join("\n")));
            }
        };
        let expired = self.expired.iter();
        list(
            "Expired explanations",
            expired.map(|it| format!("- {}: {} — {}", code(&it.entry), code(&it.line), code(&place(&it.at)))).collect(),
        );
        list("Unread", self.unread.iter().map(|(at, reason)| format!("- {}: {reason}", code(&place(at)))).collect());
        text
    }

    /// `{findings, unread, expired}`. A finding is `{operation, facet, change, name, page, spec, explained, moved, told,
    /// expected}`; places are null or `{file, line}`, `moved` is null, `vendor`, `spec` or `both`, and `told` and `expected`
    /// are the facts of page and spec, or null. Between revisions `spec` is null, and `old` is the place in the earlier one.
    pub fn to_json(&self) -> Value {
        let at = |at: &At| json!(at);
        let claim = |it: &Option<Claim>| it.as_ref().map(ToString::to_string);
        let finding = |it: &Finding| {
            let mut value = json!({
                "operation": it.operation,
                "facet": it.facet.as_str(),
                "change": it.change.as_str(),
                "name": it.name,
                "page": it.page.as_ref().map(at),
                "spec": it.spec.as_ref().filter(|_| !self.is_of_revisions).map(at),
                "explained": it.explained,
                "moved": it.moved.map(crate::finding::Moved::as_str),
                "told": claim(&it.told),
                "expected": claim(&it.expected),
            });
            if self.is_of_revisions {
                value["old"] = json!(it.spec.as_ref().map(at));
            }
            value
        };
        let unread = |(place, reason): &(At, String)| {
            let mut value = json!(place);
            value["reason"] = json!(reason);
            value
        };
        let expired =
            self.expired.iter().map(|it| json!({ "explained": it.entry, "fact": it.line, "spec": at(&it.at) }));
        json!({
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
            "unread": self.unread.iter().map(unread).collect::<Vec<_>>(),
            "expired": expired.collect::<Vec<_>>(),
        })
    }

    /// The findings by operation. What one line of a page makes of several operations is shown once, with all of them.
    fn by_operation(&self, with_explained: bool) -> Vec<(String, Vec<&Finding>)> {
        let mut shared: BTreeMap<_, (usize, &Finding, Vec<&str>)> = BTreeMap::new();
        for (index, finding) in
            self.findings.iter().enumerate().filter(|(_, it)| with_explained || it.explained.is_none())
        {
            let (told, expected) = (finding.told.as_ref(), finding.expected.as_ref());
            // Findings without facts are about operations.
            let alone = if told.is_none() && expected.is_none() { Some(index) } else { None };
            let key =
                (alone, finding.change, finding.facet, told, expected, told.and(finding.page.as_ref()), finding.moved);
            let (_, _, operations) = shared.entry(key).or_insert_with(|| (index, finding, Vec::new()));
            operations.push(&finding.operation);
        }
        let mut all: Vec<(String, Vec<&Finding>)> = Vec::new();
        let mut shown: Vec<_> = shared.into_values().collect();
        shown.sort_by_key(|(index, ..)| *index);
        for (_, finding, operations) in shown {
            let title = operations.join(", ");
            match all.iter_mut().find(|(known, _)| *known == title) {
                Some((_, findings)) => findings.push(finding),
                None => all.push((title, vec![finding])),
            }
        }
        all
    }

    /// What a finding says, in a line.
    fn sentence(&self, finding: &Finding, show: impl Fn(&str) -> String) -> String {
        let other = if self.is_of_revisions { "it was" } else { "the spec has" };
        let facts = match (&finding.told, &finding.expected) {
            (Some(told), Some(expected)) => {
                format!("{} where {other} {}", show(&told.to_string()), show(&expected.to_string()))
            }
            (Some(only), None) | (None, Some(only)) => show(&only.to_string()),
            (None, None) => format!("{} {}", finding.facet.as_str(), show(&finding.name)),
        };
        format!("{facts}{}", notes(finding))
    }

    fn counts(&self) -> String {
        let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let explained = self.findings.len() - self.unexplained().count();
        let mut counts = vec![
            format!("{} compared", count(self.operations, "operation")),
            count(self.findings.len() - explained, "finding"),
        ];
        for (number, what) in [(explained, "explained"), (self.expired.len(), "expired"), (self.unread.len(), "unread")]
        {
            if number > 0 {
                counts.push(format!("{number} {what}"));
            }
        }
        counts.join(", ")
    }
}

fn sign(change: Change) -> char {
    match change {
        Change::Added => '+',
        Change::Removed => '-',
        Change::Changed => '~',
    }
}

/// Who moved, and who explains it.
fn notes(finding: &Finding) -> String {
    let moved = finding.moved.map(|it| format!("moved: {}", it.as_str()));
    let explained = finding.explained.as_ref().map(|it| format!("explained by {it}"));
    let notes: Vec<_> = moved.into_iter().chain(explained).collect();
    if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) }
}

fn place(at: &At) -> String {
    format!("{}:{}", at.file, at.line)
}

/// Text of a page or spec as code of Markdown, whatever is in it.
fn code(text: &str) -> String {
    let longest = text.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}
