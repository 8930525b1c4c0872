//! YAML text to an arena of nodes. The parser crate is used here and nowhere else.
//!
//! A spec is meant to be read: anchors, aliases, merge keys and tags are refused, which also disarms documents that
//! expand to more than they are. Depth and size are bounded before anything is built on them.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, Span as YamlSpan};

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// Deepest nesting of lists and mappings.
const MAX_DEPTH: usize = 64;
/// Largest file in bytes.
const MAX_BYTES: usize = 8 << 20;

/// A parsed file.
pub(super) struct Document {
    pub(super) file: FileId,
    nodes: Vec<Node>,
    root: NodeId,
}

/// Index of a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeId(usize);

/// A value of a file.
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) span: Span,
}

/// What a value is.
pub(super) enum NodeKind {
    /// Text; `plain` when it is not quoted and so may mean a number, a boolean or nothing.
    Scalar { text: String, plain: bool },
    /// A list.
    Sequence(Vec<NodeId>),
    /// Keys and values, in the author's order.
    Mapping(Vec<(NodeId, NodeId)>),
}

impl Document {
    pub(super) fn root(&self) -> NodeId {
        self.root
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }
}

/// Parses a file; what is wrong with its YAML is recorded.
pub(super) fn parse(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    let at = |start: usize, end: usize| Span { file, start: offset(start), end: offset(end) };
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are read", text.len());
        diagnostics.push(Diagnostic::error(Code::E0105, at(0, 0), message).help("split the file"));
        return None;
    }
    let mut builder = Builder { file, text, nodes: Vec::new(), open: Vec::new(), root: None, diagnostics, refused: false };
    let mut parser = Parser::new_from_str(text);
    loop {
        match parser.next() {
            None => break,
            Some(Ok((event, span))) => {
                if !builder.event(event, span) {
                    return None;
                }
            }
            Some(Err(error)) => {
                let start = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
                let message = format!("this is not YAML: {}", error.info());
                let help = "text with `: ` or ` #` in it, or one that begins with a special character, stands in quotes";
                builder.diagnostics.push(Diagnostic::error(Code::E0101, at(start, start), message).help(help));
                return None;
            }
        }
    }
    let Builder { nodes, root, refused, .. } = builder;
    match root {
        _ if refused => None,
        Some(root) => Some(Document { file, nodes, root }),
        None => {
            diagnostics.push(Diagnostic::error(Code::E0106, at(0, 0), "the file is empty").help("delete it, or fill it"));
            None
        }
    }
}

/// Puts nodes together from events.
struct Builder<'a> {
    file: FileId,
    text: &'a str,
    nodes: Vec<Node>,
    /// The collections that are not closed yet.
    open: Vec<Open>,
    root: Option<NodeId>,
    diagnostics: &'a mut Diagnostics,
    /// Something was refused that makes the nodes meaningless.
    refused: bool,
}

enum Open {
    Sequence { start: u32, items: Vec<NodeId> },
    Mapping { start: u32, entries: Vec<(NodeId, NodeId)>, key: Option<NodeId>, seen: BTreeMap<String, Span> },
}

impl Builder<'_> {
    /// Takes the next event; `false` when reading cannot go on.
    fn event(&mut self, event: Event<'_>, span: YamlSpan) -> bool {
        let span = self.span(&span);
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Anchor(..) => {}
            Event::DocumentStart(..) => return self.document(span),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse(span, "an alias");
                self.add(Node { kind: NodeKind::Scalar { text: String::new(), plain: true }, span });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_properties(span, anchor, tag.is_some());
                let plain = style == ScalarStyle::Plain;
                self.add(Node { kind: NodeKind::Scalar { text: text.into_owned(), plain }, span });
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_properties(span, anchor, tag.is_some());
                return self.open(span, Open::Sequence { start: span.start, items: Vec::new() });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_properties(span, anchor, tag.is_some());
                let open = Open::Mapping { start: span.start, entries: Vec::new(), key: None, seen: BTreeMap::new() };
                return self.open(span, open);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            // The parser may learn more kinds of events; what nobody here has thought of is not part of the language.
            _ => self.refuse(span, "this construct"),
        }
        true
    }

    fn document(&mut self, span: Span) -> bool {
        if self.root.is_some() {
            let diagnostic = Diagnostic::error(Code::E0106, span, "a second document begins here");
            self.diagnostics.push(diagnostic.help("a file of a spec is one document: delete the `---`, or split the file"));
            return false;
        }
        true
    }

    fn open(&mut self, span: Span, open: Open) -> bool {
        if self.open.len() == MAX_DEPTH {
            let message = format!("lists and mappings are nested more than {MAX_DEPTH} deep");
            self.diagnostics.push(Diagnostic::error(Code::E0104, span, message).help("no spec needs this: flatten it"));
            return false;
        }
        self.open.push(open);
        true
    }

    fn close(&mut self, span: Span) {
        let (start, kind) = match self.open.pop() {
            Some(Open::Sequence { start, items }) => (start, NodeKind::Sequence(items)),
            Some(Open::Mapping { start, entries, .. }) => (start, NodeKind::Mapping(entries)),
            None => return,
        };
        self.add(Node { kind, span: Span { start, ..span } });
    }

    fn add(&mut self, node: Node) {
        let id = NodeId(self.nodes.len());
        match self.open.last_mut() {
            None => self.root = Some(id),
            Some(Open::Sequence { items, .. }) => items.push(id),
            Some(Open::Mapping { entries, key, seen, .. }) => match key.take() {
                Some(key) => entries.push((key, id)),
                None => {
                    *key = Some(id);
                    if let NodeKind::Scalar { text, plain } = &node.kind {
                        let first = seen.insert(text.clone(), node.span);
                        let is_merge = *plain && text == "<<";
                        let (text, span) = (text.clone(), node.span);
                        self.key(&text, span, first, is_merge);
                    }
                }
            },
        }
        self.nodes.push(node);
    }

    /// Reports a key that stands twice in its mapping, and the merge key.
    fn key(&mut self, text: &str, span: Span, first: Option<Span>, is_merge: bool) {
        if is_merge {
            self.refuse(span, "a merge key");
        } else if let Some(first) = first {
            let message = format!("the key `{text}` stands twice in this mapping");
            let diagnostic = Diagnostic::error(Code::E0102, span, message).secondary(first, "first here");
            self.diagnostics.push(diagnostic.help("delete one of the two; a second one would silently win"));
        }
    }

    fn refuse_properties(&mut self, span: Span, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.refuse(span, "an anchor");
        }
        if tagged {
            self.refuse(span, "a tag");
        }
    }

    fn refuse(&mut self, span: Span, what: &str) {
        self.refused = true;
        let message = format!("{what} is not allowed in a spec");
        let help = "write the value out; what is common has a place in `api.yaml`";
        self.diagnostics.push(Diagnostic::error(Code::E0103, span, message).help(help));
    }

    fn span(&self, span: &YamlSpan) -> Span {
        let range = span.byte_range().unwrap_or(self.text.len()..self.text.len());
        let end = range.start + self.text.get(range.clone()).map_or(0, |it| it.trim_end().len());
        Span { file: self.file, start: offset(range.start), end: offset(end) }
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
