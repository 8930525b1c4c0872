//! Rows of tables that are written with bars between the cells.

use crate::document::{Part, Row};

/// Whether a line is the rule below the headings of a table.
pub(super) fn is_rule(line: &str) -> bool {
    line.contains('|') && line.contains("--") && line.chars().all(|it| matches!(it, '|' | '-' | ':' | ' ' | '\t'))
}

/// The cells of a row that may go over several lines, given with their numbers. A bar or caret in front and one behind
/// are no cells; what stands between `[[` and `]]`, between `%%` and `%%` or behind a backslash divides nothing.
pub(super) fn cells(lines: &[(usize, &str)], bars: &[char]) -> Option<Row> {
    let (first, _) = *lines.first()?;
    let mut cells = vec![Vec::new()];
    for (index, (number, line)) in lines.iter().enumerate() {
        let mut line = line.trim();
        if index == 0 {
            line = line.strip_prefix(bars).unwrap_or(line);
        }
        for (at, piece) in pieces(line, bars).into_iter().enumerate() {
            if at > 0 {
                cells.push(Vec::new());
            }
            if let Some(cell) = cells.last_mut() {
                cell.push(Part::new(*number, piece));
            }
        }
    }
    // The last bar ends the row.
    if cells.last().is_some_and(|cell| cell.iter().all(|it| it.text.trim().is_empty())) {
        cells.pop();
    }
    Some(Row { line: first, cells })
}

/// What stands between the bars of a line.
fn pieces<'t>(line: &'t str, bars: &[char]) -> Vec<&'t str> {
    let mut pieces = Vec::new();
    let (mut start, mut literal, mut links, mut at) = (0, false, 0_usize, 0);
    while let Some(rest) = line.get(at..).filter(|it| !it.is_empty()) {
        let step = rest.chars().next().map_or(1, char::len_utf8);
        if rest.starts_with("%%") {
            literal = !literal;
            at += 2;
        } else if !literal && rest.starts_with("[[") {
            links += 1;
            at += 2;
        } else if !literal && rest.starts_with("]]") {
            links = links.saturating_sub(1);
            at += 2;
        } else if !literal && rest.starts_with("\\|") {
            at += 2;
        } else {
            if !literal && links == 0 && rest.starts_with(bars) {
                pieces.push(line.get(start..at).unwrap_or_default());
                start = at + step;
            }
            at += step;
        }
    }
    pieces.push(line.get(start..).unwrap_or_default());
    pieces
}
