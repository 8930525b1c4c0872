//! What recorded traffic says about a spec, for people and for programs.

use std::collections::BTreeMap;

use apigen_interpret::verify::{Recorded, Report};
use apigen_model::diagnostics::{Remark, render_remarks};
use apigen_model::source::Sources;
use serde_json::{Value, json};

/// A report with what its indexes refer to.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'a> {
    /// What was found.
    pub report: &'a Report,
    /// Names of the recordings, in the order in which they were read.
    pub files: &'a [String],
    /// The spec that the findings point into.
    pub sources: &'a Sources,
    /// Directory of the spec, as it is shown.
    pub root: &'a str,
}

/// More exchanges than these are only counted.
const SHOWN: usize = 3;

impl Findings<'_> {
    /// Each cause once, with an excerpt of the spec and the exchanges that show it, and a line that counts.
    pub fn to_text(&self, styled: bool) -> String {
        let Report { exchanges, matched, findings } = self.report;
        let mut causes: Vec<Vec<&Recorded>> = Vec::new();
        let mut known: BTreeMap<_, usize> = BTreeMap::new();
        for recorded in findings {
            let index = *known.entry(cause(recorded)).or_insert_with(|| {
                causes.push(Vec::new());
                causes.len() - 1
            });
            causes[index].push(recorded);
        }
        let remarks: Vec<_> = causes.iter().map(|it| self.remark(it)).collect();
        let mut text = render_remarks(&remarks, self.sources, self.root, styled);
        let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let counts = [count(*exchanges, "exchange"), format!("{matched} matched"), count(findings.len(), "finding")];
        text.push_str(&counts.join(", "));
        if remarks.len() < findings.len() {
            text.push_str(&format!(" of {}", count(remarks.len(), "kind")));
        }
        text.push('\n');
        if *exchanges > 0 && *matched == 0 {
            text.push_str("no exchange was recognised as one of the API; `--server URL` says where it is served\n");
        }
        text
    }

    /// `{exchanges, matched, findings}`. Findings are `{exchange, operation, kind, at, message, spec}`; `exchange` counts over
    /// all recordings from 0, `operation` is null when there is none, and `spec` is null or `{file, line}`.
    pub fn to_json(&self) -> Value {
        let Report { exchanges, matched, findings } = self.report;
        let finding = |it: &Recorded| {
            let place = it.finding.spec.map(|span| {
                let file = format!("{}/{}", self.root, self.sources.path(span.file));
                json!({ "file": file, "line": self.sources.position(span.file, span.start).line })
            });
            json!({
                "exchange": it.exchange,
                "operation": it.operation,
                "kind": it.finding.kind.name(),
                "at": it.finding.at,
                "message": it.finding.message,
                "spec": place,
            })
        };
        json!({ "exchanges": exchanges, "matched": matched, "findings": findings.iter().map(finding).collect::<Vec<_>>() })
    }

    fn remark(&self, cases: &[&Recorded]) -> Remark {
        let first = cases[0];
        let mut notes: Vec<_> = cases.iter().take(SHOWN).map(|it| self.exchange(it)).collect();
        if cases.len() > SHOWN {
            notes.push(format!("and {} exchanges more", cases.len() - SHOWN));
        }
        let operation = first.operation.as_ref().map_or_else(String::new, |it| format!("{it}: "));
        Remark {
            kind: first.finding.kind.name(),
            message: format!("{operation}{}", first.finding),
            place: first.finding.spec,
            notes,
        }
    }

    /// An exchange as one finds it in its recording.
    fn exchange(&self, recorded: &Recorded) -> String {
        let Recorded { file, entry, request, status, .. } = recorded;
        let file = self.files.get(*file).map_or("", String::as_str);
        let answered = status.map_or_else(|| "unanswered".to_owned(), |it| format!("answered {it}"));
        format!("{file}, entry {entry}: {request}, {answered}")
    }
}

/// What tells findings apart that have different causes.
fn cause(recorded: &Recorded) -> (&'static str, Option<&str>, &str, Option<usize>, &str) {
    let finding = &recorded.finding;
    // How far a limit was exceeded differs from case to case.
    let message = if finding.limit.is_some() { "" } else { finding.message.as_str() };
    (finding.kind.name(), recorded.operation.as_deref(), &finding.place, finding.limit, message)
}
