//! Diagnostics for people, as rustc shows them, and for programs, as JSON.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use super::{Diagnostic, Remark, Severity};
use crate::source::{FileId, Sources, Span};

/// Excerpts with carets, then a line that counts them.
pub(super) fn text(diagnostics: &[&Diagnostic], sources: &Sources, root: &str, styled: bool) -> String {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(diagnostic, sources, root)]));
        out.push_str("\n\n");
    }
    out.push_str(&summary(diagnostics));
    out
}

/// Excerpts with carets, and notes below them.
pub(super) fn remarks(remarks: &[Remark], sources: &Sources, root: &str, styled: bool) -> String {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for remark in remarks {
        let level = Level::WARNING.with_name("finding");
        let mut group = Group::with_title(level.primary_title(remark.message.as_str()).id(remark.kind));
        if let Some(place) = remark.place {
            group = group.element(snippet(&[], place, place.file, sources, root));
        }
        for note in &remark.notes {
            group = group.element(Level::NOTE.message(note.as_str()));
        }
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    }
    out
}

fn summary(diagnostics: &[&Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let first = diagnostics.iter().find(|it| it.severity == Severity::Error);
    match first {
        Some(first) => {
            let code = first.code.as_str();
            format!(
                "{}, {}; `apigen explain {code}` says more about {code}\n",
                count(errors, "error"),
                count(warnings, "warning")
            )
        }
        None => format!("{}\n", count(warnings, "warning")),
    }
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources, root: &str) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    if let Some(place) = diagnostic.place {
        let mut files = vec![place.file];
        files.extend(diagnostic.related.iter().map(|(span, _)| span.file).filter(|it| *it != place.file));
        files.dedup();
        for file in files {
            group = group.element(snippet(&diagnostic.related, place, file, sources, root));
        }
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

fn snippet<'a>(
    related: &'a [(Span, String)],
    place: Span,
    file: FileId,
    sources: &'a Sources,
    root: &str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = sources.text(file);
    let related: Vec<_> = related.iter().filter(|(span, _)| span.file == file).collect();
    let places = related.iter().map(|(span, _)| *span).chain(Some(place).filter(|it| it.file == file));
    let ranges: Vec<_> = places.map(|span| range(span, text)).collect();
    // Only the lines in question are handed over: the renderer goes through everything it is given, for each problem.
    let first = ranges.iter().map(|it| it.start).min().unwrap_or(0);
    let last = ranges.iter().map(|it| it.end).max().unwrap_or(0);
    let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
    let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
    let within = |span: Span| {
        let range = range(span, text);
        range.start - start..range.end - start
    };
    let line = sources.position(file, u32::try_from(start).unwrap_or(u32::MAX)).line;
    let mut snippet =
        Snippet::source(text[start..end].trim_end_matches('\r')).line_start(line).path(shown_path(sources, file, root));
    if place.file == file {
        snippet = snippet.annotation(AnnotationKind::Primary.span(within(place)));
    }
    for (span, label) in related {
        snippet = snippet.annotation(AnnotationKind::Context.span(within(*span)).label(label.as_str()));
    }
    snippet
}

/// The first line of a span: what goes over many lines would hide the message.
fn range(span: Span, text: &str) -> std::ops::Range<usize> {
    let start = text.floor_char_boundary(span.start as usize);
    let end = text.floor_char_boundary(span.end as usize).max(start);
    let line = text[start..end].find('\n').map_or(end, |at| start + at);
    start..line
}

fn shown_path(sources: &Sources, file: FileId, root: &str) -> String {
    if root.is_empty() { sources.path(file).to_string() } else { format!("{root}/{}", sources.path(file)) }
}

#[derive(Serialize)]
struct Report<'a> {
    diagnostics: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<PlaceEntry>,
    related: Vec<Related<'a>>,
    help: &'a [String],
}

#[derive(Serialize)]
struct PlaceEntry {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Related<'a> {
    #[serde(flatten)]
    place: PlaceEntry,
    label: &'a str,
}

/// One object with a list.
pub(super) fn json(diagnostics: &[&Diagnostic], sources: &Sources, root: &str) -> String {
    let place = |span: Span| {
        let (start, end) = (sources.position(span.file, span.start), sources.position(span.file, span.end));
        PlaceEntry {
            file: shown_path(sources, span.file, root),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    };
    let report = Report {
        diagnostics: diagnostics
            .iter()
            .map(|it| Entry {
                code: it.code.as_str(),
                severity: match it.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                },
                message: &it.message,
                place: it.place.map(place),
                related: it.related.iter().map(|(span, label)| Related { place: place(*span), label }).collect(),
                help: &it.help,
            })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&report).expect("a report has string keys and no failing values");
    text.push('\n');
    text
}
