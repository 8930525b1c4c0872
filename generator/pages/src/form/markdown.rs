//! Markdown, with tables, and with whatever a site generator adds: containers, components, HTML.

use pulldown_cmark::{Event, HeadingLevel, OffsetIter, Options, Parser, Tag, TagEnd};

use super::rows;
use crate::document::{Content, Document, Part, Row};

/// Reads the source of a page.
pub(super) fn read(text: &str) -> Document {
    let lines = Lines::new(text);
    let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reader = Reader { lines: &lines, document: Document::default(), parts: Vec::new(), code: 0 };
    reader.blocks(Parser::new_ext(text, options).into_offset_iter());
    reader.document
}

/// Where the lines of a text begin.
struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    fn new(text: &str) -> Self {
        Self { starts: std::iter::once(0).chain(text.match_indices('\n').map(|it| it.0 + 1)).collect() }
    }

    /// The line of a place, from 1.
    fn at(&self, place: usize) -> usize {
        self.starts.partition_point(|it| *it <= place)
    }
}

struct Reader<'t> {
    lines: &'t Lines,
    document: Document,
    /// The text that is being read.
    parts: Vec<Part>,
    /// The next line of the code block that is being read; 0 outside.
    code: usize,
}

impl<'t> Reader<'t> {
    fn blocks(&mut self, events: OffsetIter<'t>) {
        let (mut rows, mut cells): (Vec<Row>, Vec<Vec<Part>>) = (Vec::new(), Vec::new());
        let mut is_metadata = false;
        for (event, range) in events {
            let line = self.lines.at(range.start);
            match event {
                Event::Start(Tag::MetadataBlock(_)) => is_metadata = true,
                Event::End(TagEnd::MetadataBlock(_)) => is_metadata = false,
                Event::Start(Tag::Paragraph) if self.is_empty_item() => {}
                Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::HtmlBlock) => self.flush(),
                Event::Start(Tag::Item) => {
                    self.flush();
                    self.text(line, "- ");
                }
                Event::Start(Tag::CodeBlock(_)) => {
                    self.flush();
                    self.code = line;
                }
                Event::Start(Tag::Table(_)) => self.flush(),
                Event::End(TagEnd::Heading(level)) => self.heading(line, level),
                Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock) => self.flush(),
                Event::End(TagEnd::CodeBlock) => {
                    let parts = std::mem::take(&mut self.parts);
                    self.document.push(self.code, Content::Code(parts));
                    self.code = 0;
                }
                Event::Start(Tag::TableCell) => self.parts.clear(),
                Event::End(TagEnd::TableCell) => cells.push(std::mem::take(&mut self.parts)),
                Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                    rows.push(Row { line, cells: std::mem::take(&mut cells) });
                }
                Event::End(TagEnd::Table) => self.document.push(line, Content::Table(std::mem::take(&mut rows))),
                Event::Text(_) if is_metadata => {}
                Event::Text(text) if self.code > 0 => self.code(line, &text),
                Event::Text(text) | Event::Code(text) => self.text(line, &text),
                Event::SoftBreak | Event::HardBreak => self.parts.push(Part::new(line + 1, "")),
                Event::InlineHtml(tag) | Event::Html(tag) => self.html(line, &tag),
                Event::Start(_)
                | Event::End(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::FootnoteReference(_)
                | Event::Rule
                | Event::TaskListMarker(_) => {}
            }
        }
        self.flush();
    }

    /// Whether an item of a list has begun and nothing stands in it yet.
    fn is_empty_item(&self) -> bool {
        matches!(self.parts.as_slice(), [part] if part.text == "- ")
    }

    fn text(&mut self, line: usize, text: &str) {
        match self.parts.last_mut() {
            Some(part) => part.text.push_str(text),
            None => self.parts.push(Part::new(line, text)),
        }
    }

    /// A code block comes in pieces that end where a line does.
    fn code(&mut self, line: usize, text: &str) {
        self.parts.extend(text.lines().enumerate().map(|(index, it)| Part::new(line + index, it)));
    }

    /// A tag that breaks a line or begins an item breaks the text; others are as if they were not there.
    fn html(&mut self, line: usize, tag: &str) {
        let name: String =
            tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
        match name.to_ascii_lowercase().as_str() {
            "br" | "p" | "ul" | "ol" => self.parts.push(Part::new(line, "")),
            "table" if !tag.starts_with("</") => {
                self.document.push(line, Content::Strange("a table in HTML is not read"))
            }
            "li" if !tag.starts_with("</") => self.parts.push(Part::new(line, "- ")),
            _ => {}
        }
    }

    fn heading(&mut self, line: usize, level: HeadingLevel) {
        let text = crate::document::joined(&std::mem::take(&mut self.parts));
        self.document.push(line, Content::Heading { level: Some(level as u8), text });
    }

    /// Ends a paragraph. One whose lines are rows is a table that lacks its rule; fences of containers are no text.
    fn flush(&mut self) {
        let mut parts = std::mem::take(&mut self.parts);
        parts.retain(|it| !it.text.trim_start().starts_with(":::") && !it.text.trim().is_empty());
        let Some(line) = parts.first().map(|it| it.line) else { return };
        let is_row = |it: &Part| it.text.trim_start().starts_with('|') && it.text.trim_end().ends_with('|');
        if parts.len() > 1 && parts.iter().all(is_row) {
            let rows = parts.iter().filter(|it| !rows::is_rule(&it.text));
            let rows = rows.filter_map(|it| rows::cells(&[(it.line, it.text.as_str())], &['|'])).collect();
            self.document.push(line, Content::Table(rows));
        } else {
            self.document.push(line, Content::Text(parts));
        }
    }
}
