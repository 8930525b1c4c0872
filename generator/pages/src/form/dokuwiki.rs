//! `DokuWiki`: headings between equals signs, tables with carets over their headings, cells that go on in the next lines.

use super::{rows, unfenced};
use crate::document::{Content, Document, Part};

/// Between cells.
const BARS: [char; 2] = ['|', '^'];

/// A cell is a few lines long; a row that is longer was never closed.
const LINES_OF_ROW: usize = 60;

/// Reads the source of a page.
pub(super) fn read(text: &str) -> Document {
    let lines: Vec<_> = text.lines().collect();
    let mut document = Document::default();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += match line.trim() {
            "" => 1,
            trimmed if trimmed.starts_with("<code") || trimmed.starts_with("<file") => {
                fenced(&lines, at, &mut document)
            }
            _ => block(&lines, at, &mut document),
        };
    }
    document
}

/// Level and text of a heading: `====== Title ======` is the highest.
pub(super) fn heading(line: &str) -> Option<(u8, &str)> {
    let line = line.trim();
    let signs = line.chars().take_while(|it| *it == '=').count();
    let text = line.trim_matches('=').trim();
    let is_heading = (1..=6).contains(&signs) && line.ends_with('=') && !text.is_empty();
    let level = u8::try_from(7_usize.saturating_sub(signs)).ok()?;
    (is_heading && line.get(signs..).is_some_and(|it| it.starts_with(' '))).then_some((level, text))
}

/// Reads a block and tells how many lines it has.
fn block(lines: &[&str], at: usize, document: &mut Document) -> usize {
    let Some(line) = lines.get(at) else { return 1 };
    let number = at + 1;
    if let Some((level, text)) = heading(line) {
        document.push(number, Content::Heading { level: Some(level), text: plain(text) });
        return 1;
    }
    if line.starts_with(BARS) {
        return table(lines, at, document);
    }
    let code = unfenced::lines(lines, at, |it| heading(it).is_some() || it.starts_with(BARS));
    if code > 0 {
        let parts = lines.iter().enumerate().skip(at).take(code).map(|(at, it)| Part::new(at + 1, *it)).collect();
        document.push(number, Content::Code(parts));
        return code;
    }
    let text = line.trim().strip_prefix("* ").map_or_else(|| plain(line), |item| format!("- {}", plain(item)));
    document.push(number, Content::Text(vec![Part::new(number, text)]));
    1
}

fn fenced(lines: &[&str], at: usize, document: &mut Document) -> usize {
    let body = lines.iter().enumerate().skip(at + 1);
    let parts: Vec<_> = body
        .take_while(|(_, it)| !it.contains("</code>") && !it.contains("</file>"))
        .map(|(at, it)| Part::new(at + 1, *it))
        .collect();
    let count = parts.len() + 2;
    document.push(at + 1, Content::Code(parts));
    count
}

fn table(lines: &[&str], at: usize, document: &mut Document) -> usize {
    let mut rows = Vec::new();
    let mut next = at;
    while lines.get(next).is_some_and(|it| it.starts_with(BARS)) {
        let count = row(lines, next);
        let of_row: Vec<_> = lines.iter().enumerate().skip(next).take(count).map(|(at, it)| (at + 1, *it)).collect();
        if let Some(mut row) = rows::cells(&of_row, &BARS) {
            row.cells.iter_mut().flatten().for_each(|part| part.text = plain(&part.text));
            rows.push(row);
        }
        next += count;
    }
    document.push(at + 1, Content::Table(rows));
    next - at
}

/// How many lines a row has: up to one that ends with a bar, unless something else begins before.
fn row(lines: &[&str], at: usize) -> usize {
    for (count, line) in lines.iter().skip(at).take(LINES_OF_ROW).enumerate() {
        if count > 0 && (heading(line).is_some() || line.starts_with(BARS)) {
            return 1;
        }
        if line.trim_end().ends_with(BARS) && line.trim().len() > 1 || count > 0 && line.trim() == "|" {
            return count + 1;
        }
    }
    1
}

/// Text without marks.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(char) = rest.chars().next() {
        if let Some((link, behind)) = rest.strip_prefix("[[").and_then(|it| it.split_once("]]")) {
            plain.push_str(link.rsplit_once('|').map_or(link, |it| it.1));
            rest = behind;
        } else if let Some((literal, behind)) = rest.strip_prefix("%%").and_then(|it| it.split_once("%%")) {
            plain.push_str(literal);
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix("''").or_else(|| rest.strip_prefix("**")) {
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix("\\\\") {
            plain.push(' ');
            rest = behind;
        } else {
            plain.push(char);
            rest = rest.get(char.len_utf8()..).unwrap_or_default();
        }
    }
    plain
}
