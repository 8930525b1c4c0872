//! Text that was extracted from HTML. Headings have no mark, code has no fence, and inline code may stand on a line of
//! its own or end one.

use super::{rows, unfenced};
use crate::document::{Content, Document, Part};
use crate::spelling::{continues, narrow};
use crate::understand::request;
use crate::vocabulary::Vocabulary;

const BARS: [char; 1] = ['|'];

/// A cell is a few lines long; a row that is longer was never closed.
const LINES_OF_ROW: usize = 60;

/// A longer line is no heading, in characters.
const HEADING: usize = 48;

/// Reads the text of a page.
pub(super) fn read(text: &str, vocabulary: &Vocabulary) -> Document {
    let reader = Reader { lines: text.lines().collect(), vocabulary };
    let mut document = Document::default();
    let mut at = 0;
    while at < reader.lines.len() {
        at += reader.block(at, &mut document);
    }
    document
}

struct Reader<'t> {
    lines: Vec<&'t str>,
    vocabulary: &'t Vocabulary,
}

impl<'t> Reader<'t> {
    fn line(&self, at: usize) -> &'t str {
        self.lines.get(at).map_or("", |it| it.trim())
    }

    fn is_known_heading(&self, line: &str) -> bool {
        self.vocabulary.heading(line).is_some()
    }

    /// Reads a block and tells how many lines it has.
    fn block(&self, at: usize, document: &mut Document) -> usize {
        let (line, number) = (self.line(at), at + 1);
        if line.is_empty() {
            return 1;
        }
        if line.contains('|') && rows::is_rule(self.line(at + 1)) {
            return self.table(at, document);
        }
        if self.is_heading(at) {
            document.push(number, Content::Heading { level: None, text: line.to_owned() });
            return 1;
        }
        let code = unfenced::lines(&self.lines, at, |it| self.is_known_heading(it) || request::is_request_line(it));
        if code > 0 {
            let lines = self.lines.iter().enumerate().skip(at).take(code);
            document.push(number, Content::Code(lines.map(|(at, it)| Part::new(at + 1, *it)).collect()));
            return code;
        }
        let end = self.end_of_paragraph(at);
        document.push(number, Content::Text((at..end).map(|it| Part::new(it + 1, self.line(it))).collect()));
        end - at
    }

    /// Where the lines of a paragraph end: inline code breaks them, so that the next begins as no paragraph does, or
    /// the sentence was not over.
    fn end_of_paragraph(&self, at: usize) -> usize {
        let mut end = at + 1;
        let is_over = |it: usize| self.line(it).ends_with(['。', '.', '!', '?', ';', ':', '：', '；', '！', '？', '|']);
        while end < self.lines.len() {
            let next = self.line(end);
            let is_broken = end > at + 1 && !is_over(end - 1);
            let is_text = !next.is_empty() && !self.is_known_heading(next) && !request::is_request_line(next);
            if !(continues(next) || is_broken && is_text && !next.contains(" | ")) {
                break;
            }
            end += 1;
        }
        end
    }

    /// A heading is one that the vocabulary knows, or a short line without punctuation that no other continues.
    fn is_heading(&self, at: usize) -> bool {
        let line = self.line(at);
        if self.is_known_heading(line) {
            return true;
        }
        let narrow = narrow(line);
        narrow.chars().count() <= HEADING
            && !narrow.contains([',', '。', ';', ':', '!', '?', '|', '{', '}', '[', ']', '"', '\''])
            && !narrow.ends_with('.')
            && !narrow.starts_with(['-', '#', '<', '/'])
            && !continues(self.line(at + 1))
            && !request::is_request_line(line)
    }

    fn table(&self, at: usize, document: &mut Document) -> usize {
        let heading = [(at + 1, self.line(at))];
        let mut rows: Vec<_> = rows::cells(&heading, &BARS).into_iter().collect();
        let mut next = at + 2;
        while self.line(next).contains('|') && !rows::is_rule(self.line(next + 1)) || self.goes_on(next) {
            let count = self.row(next);
            let lines: Vec<_> = (next..next + count).map(|it| (it + 1, self.line(it))).collect();
            rows.extend(rows::cells(&lines, &BARS));
            next += count;
        }
        document.push(at + 1, Content::Table(rows));
        next - at
    }

    /// Whether a line without bars begins a row all the same: a name on a line of its own, before its bar.
    fn goes_on(&self, at: usize) -> bool {
        !self.line(at).contains('|') && self.line(at + 1).starts_with("| ") && !self.is_known_heading(self.line(at))
    }

    /// How many lines a row has: up to one that ends with a bar, unless something else begins before.
    fn row(&self, at: usize) -> usize {
        for count in 0..LINES_OF_ROW.min(self.lines.len() - at) {
            let line = self.line(at + count);
            if count > 0 && (self.is_known_heading(line) || line.is_empty() || rows::is_rule(line)) {
                return 1;
            }
            // A whole row of its own: the one before was never closed.
            if count > 0 && line.ends_with('|') && line.matches(" | ").count() > 1 && !line.starts_with('|') {
                return count;
            }
            if line.ends_with('|') {
                return count + 1;
            }
        }
        1
    }
}
