//! What is wrong with a spec, where, and how to mend it.

mod render;

use std::collections::BTreeSet;

use crate::codes::Code;
use crate::source::{Sources, Span};

/// A problem with a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// Whether it stops the generator.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where, unless it concerns no place.
    pub place: Option<Span>,
    /// Other places that matter, with what they are.
    pub related: Vec<(Span, String)>,
    /// How to mend it.
    pub help: Vec<String>,
}

/// Whether a problem stops the generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// The problems of a run.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics(pub(crate) Vec<Diagnostic>);

/// Something to be said about a place in a spec that is not a problem of the spec as such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What kind of remark it is, in snake case.
    pub kind: &'static str,
    /// What is said, in one sentence.
    pub message: String,
    /// Where, unless it concerns no place.
    pub place: Option<Span>,
    /// What else there is to say.
    pub notes: Vec<String>,
}

/// Remarks for a terminal, with excerpts and carets; `styled` with colours.
pub fn render_remarks(remarks: &[Remark], sources: &Sources, root: &str, styled: bool) -> String {
    render::remarks(remarks, sources, root, styled)
}

impl Diagnostic {
    /// A problem that stops the generator.
    pub fn error(code: Code, place: Span, message: impl Into<String>) -> Self {
        Self { place: Some(place), ..Self::placeless(code, message) }
    }

    /// A problem that does not stop the generator.
    pub fn warning(code: Code, place: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    /// An error that concerns no place.
    pub fn placeless(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, severity: Severity::Error, message, place: None, related: Vec::new(), help: Vec::new() }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds another place that matters.
    #[must_use]
    pub fn secondary(mut self, place: Span, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Adds the known name that was probably meant, or the known names when there are few.
    #[must_use]
    pub fn did_you_mean<'a>(self, name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        /// More names than this say nothing to a reader.
        const FEW: usize = 12;
        let known: BTreeSet<&str> = known.filter(|it| !it.is_empty()).collect();
        match similar(name, known.iter().copied()).first() {
            Some(best) => self.help(format!("did you mean `{best}`?")),
            None if known.is_empty() => self.help("none is defined"),
            None if known.len() == 1 => {
                self.help(format!("there is only `{}`", known.first().copied().unwrap_or_default()))
            }
            None if known.len() <= FEW => {
                let names: Vec<_> = known.iter().map(|it| format!("`{it}`")).collect();
                self.help(format!("there are: {}", names.join(", ")))
            }
            None => self.help(format!("none of the {} that are known resembles it", known.len())),
        }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Diagnostics {
    /// Records a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Records problems.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(diagnostics);
    }

    /// Whether one of them stops the generator.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|it| it.severity == Severity::Error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, each once: by file and place, those without a place first.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|it| (it.place, it.severity, it.code, &it.message, &it.related, &it.help));
        all.dedup();
        all
    }

    /// All of them for a terminal, with excerpts and carets; `styled` with colours.
    pub fn render_text(&self, sources: &Sources, root: &str, styled: bool) -> String {
        render::text(&self.sorted(), sources, root, styled)
    }

    /// All of them as JSON, for programs.
    pub fn render_json(&self, sources: &Sources, root: &str) -> String {
        render::json(&self.sorted(), sources, root)
    }
}

/// The known names that resemble one, the nearest first.
pub(crate) fn similar<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut near: Vec<_> = known
        .map(|it| (strsim::damerau_levenshtein(name, it), it))
        .filter(|(distance, it)| *distance * 3 <= name.chars().count().max(it.chars().count()))
        .collect();
    near.sort_unstable();
    near.into_iter().map(|(_, it)| it).collect()
}
