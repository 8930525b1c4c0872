//! The document model: what a page consists of, in whatever form it was written, with the line of everything.

/// A page, in the order of reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Document {
    /// Its blocks.
    pub(crate) blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// Its first line, from 1.
    pub(crate) line: usize,
    /// What it is.
    pub(crate) content: Content,
}

/// What a block is. Text has no marks for code, links or emphasis, so that equal pages of different forms look alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// A heading.
    Heading {
        /// 1 is the highest; `None` when the form of the page does not tell.
        level: Option<u8>,
        /// Its text.
        text: String,
    },
    /// A paragraph or an item of a list.
    Text(Vec<Part>),
    /// A table: the row of headings first. Rows may have fewer or more cells than it.
    Table(Vec<Row>),
    /// Code, line by line.
    Code(Vec<Part>),
    /// What no form of page is expected to hold, in words.
    Strange(&'static str),
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its first line, from 1.
    pub(crate) line: usize,
    /// Its cells, each in parts: a break starts a new one.
    pub(crate) cells: Vec<Vec<Part>>,
}

/// A line of text, or what stands between two breaks of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The text.
    pub(crate) text: String,
}

impl Document {
    /// Adds a block.
    pub(crate) fn push(&mut self, line: usize, content: Content) {
        self.blocks.push(Block { line, content });
    }
}

impl Part {
    /// A part.
    pub(crate) fn new(line: usize, text: impl Into<String>) -> Self {
        Self { line, text: text.into() }
    }
}

/// The text of parts in one line.
pub(crate) fn joined(parts: &[Part]) -> String {
    let mut text = String::new();
    for word in parts.iter().flat_map(|it| it.text.split_whitespace()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}
