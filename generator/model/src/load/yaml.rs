//! YAML text to an arena of nodes. The parser crate is used here and nowhere else.
//!
//! A spec is meant to be read: anchors, aliases, merge keys and tags are refused, which also disarms documents that
//! expand to more than they are. Depth and size are bounded before anything is built on them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span as YamlSpan};

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// Deepest nesting of lists and mappings.
const MAX_DEPTH: usize = 64;
/// Largest file in bytes.
const MAX_BYTES: usize = 8 << 20;
/// After so many anchors, aliases and tags the reader has understood.
const MAX_REFUSALS: usize = 20;

/// A parsed file.
pub(super) struct Document<'a> {
    pub(super) file: FileId,
    text: &'a str,
    nodes: Vec<Node<'a>>,
    root: NodeId,
}

/// Index of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(usize);

/// A value of a file.
pub(super) struct Node<'a> {
    pub(super) kind: NodeKind<'a>,
    pub(super) span: Span,
}

/// What a value is.
pub(super) enum NodeKind<'a> {
    /// Text; `plain` when it is not quoted and so may mean a number, a boolean or nothing.
    Scalar { text: Cow<'a, str>, plain: bool },
    /// A list.
    Sequence(Vec<NodeId>),
    /// Keys and values, in the author's order.
    Mapping(Vec<(NodeId, NodeId)>),
}

impl<'a> Document<'a> {
    pub(super) fn root(&self) -> NodeId {
        self.root
    }

    pub(super) fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id.0]
    }

    /// What stands at a place.
    pub(super) fn text(&self, at: Span) -> &str {
        self.text.get(at.start as usize..at.end as usize).unwrap_or_default()
    }

    /// The first character of a value.
    pub(super) fn head(&self, id: NodeId) -> Span {
        let span = self.node(id).span;
        let first = self.text.get(span.start as usize..).and_then(|it| it.chars().next());
        Span { end: span.start + offset(first.map_or(0, char::len_utf8)), ..span }
    }
}

/// Parses a file; what is wrong with its YAML is recorded.
pub(super) fn parse<'a>(file: FileId, text: &'a str, diagnostics: &mut Diagnostics) -> Option<Document<'a>> {
    let at = |start: usize, end: usize| Span { file, start: offset(start), end: offset(end) };
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are read", text.len());
        diagnostics.push(Diagnostic::error(Code::E0105, at(0, 0), message).help("split the file"));
        return None;
    }
    let mut builder = Builder { file, text, nodes: Vec::new(), open: Vec::new(), root: None, diagnostics, refusals: 0 };
    // Unknown aliases and anchors come as events, so that they are refused like every other one.
    let options =
        granit_parser::options! { emit_unresolved_aliases: true, emit_anchor_events: true, emit_comments: false };
    for event in Parser::new_from_str_with_options(text, options) {
        let goes_on = match event {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => {
                let place = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
                builder.diagnostics.push(unreadable(&error, at(place, place), text));
                false
            }
        };
        if !goes_on {
            return None;
        }
    }
    let Builder { nodes, root, refusals, .. } = builder;
    match root {
        _ if refusals > 0 => None,
        Some(root) => Some(Document { file, text, nodes, root }),
        None => {
            diagnostics.push(
                Diagnostic::error(Code::E0106, at(0, 0), "the file is empty")
                    .help("fill it; a file below `resources` may be deleted instead"),
            );
            None
        }
    }
}

/// What the parser stumbled over. It reads ahead, so it may meet its own limit of nesting before the events meet ours.
fn unreadable(error: &ScanError, at: Span, text: &str) -> Diagnostic {
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return too_deep(at);
    }
    let before = &text[..text.floor_char_boundary(at.start as usize)];
    let line = before.rfind('\n').map_or(0, |it| it + 1);
    // The parser stops before the tab when it continues a text of the line above.
    for start in [line, text[line..].find('\n').map_or(line, |it| line + it + 1)] {
        let indentation = text[start..].bytes().take_while(|it| matches!(it, b' ' | b'\t'));
        if let Some(tab) = indentation.into_iter().position(|it| it == b'\t') {
            let (start, end) = (offset(start + tab), offset(start + tab + 1));
            let message = "this is not YAML: a line is indented with a tab";
            return Diagnostic::error(Code::E0101, Span { start, end, ..at }, message).help("indent with spaces");
        }
    }
    let help = "text with `: ` or ` #` in it, or one that begins with a special character, stands in quotes";
    Diagnostic::error(Code::E0101, at, format!("this is not YAML: {}", error.info())).help(help)
}

fn too_deep(at: Span) -> Diagnostic {
    let message = format!("lists and mappings are nested more than {MAX_DEPTH} deep");
    Diagnostic::error(Code::E0104, at, message).help("no spec needs this: flatten it")
}

/// Puts nodes together from events.
struct Builder<'a, 'd> {
    file: FileId,
    text: &'a str,
    nodes: Vec<Node<'a>>,
    /// The collections that are not closed yet.
    open: Vec<Open<'a>>,
    root: Option<NodeId>,
    diagnostics: &'d mut Diagnostics,
    /// How much was refused that makes the nodes meaningless.
    refusals: usize,
}

enum Open<'a> {
    Sequence { start: u32, items: Vec<NodeId> },
    Mapping { start: u32, entries: Vec<(NodeId, NodeId)>, key: Option<Key>, seen: BTreeMap<Cow<'a, str>, Span> },
}

/// A key whose value comes next.
enum Key {
    New(NodeId),
    /// The mapping has had it already: this value is dropped, the first one stays.
    Repeated,
}

impl<'a> Builder<'a, '_> {
    /// Takes the next event; `false` when reading cannot go on.
    fn event(&mut self, event: Event<'a>, yaml: YamlSpan) -> bool {
        let span = self.span(&yaml);
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => true,
            Event::DocumentStart(..) => self.document(span),
            Event::Anchor(..) => self.refuse(span, "an anchor"),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default().into();
                self.refuse(span, "an alias") && self.add(Node { kind: NodeKind::Scalar { text, plain: true }, span })
            }
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                self.refuse_unseen(span, &text);
                self.tag(&yaml) && self.add(Node { kind: NodeKind::Scalar { text, plain }, span })
            }
            Event::SequenceStart(..) => {
                self.tag(&yaml) && self.open(span, Open::Sequence { start: span.start, items: Vec::new() })
            }
            Event::MappingStart(..) => {
                let open = Open::Mapping { start: span.start, entries: Vec::new(), key: None, seen: BTreeMap::new() };
                self.tag(&yaml) && self.open(span, open)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            // The parser may learn more kinds of events; what nobody here has thought of is not part of the language.
            _ => self.refuse(span, "this construct"),
        }
    }

    fn document(&mut self, span: Span) -> bool {
        if self.root.is_some() {
            let diagnostic = Diagnostic::error(Code::E0106, span, "a second document begins here");
            self.diagnostics
                .push(diagnostic.help("a file of a spec is one document: delete the `---`, or split the file"));
            return false;
        }
        true
    }

    fn open(&mut self, span: Span, open: Open<'a>) -> bool {
        if self.open.len() == MAX_DEPTH {
            self.diagnostics.push(too_deep(span));
            return false;
        }
        self.open.push(open);
        true
    }

    fn close(&mut self, span: Span) -> bool {
        let (start, kind) = match self.open.pop() {
            Some(Open::Sequence { start, items }) => (start, NodeKind::Sequence(items)),
            Some(Open::Mapping { start, entries, .. }) => (start, NodeKind::Mapping(entries)),
            None => return true,
        };
        self.add(Node { kind, span: Span { start, ..span } })
    }

    fn add(&mut self, node: Node<'a>) -> bool {
        let id = NodeId(self.nodes.len());
        let goes_on = match self.open.last_mut() {
            None => {
                self.root = Some(id);
                true
            }
            Some(Open::Sequence { items, .. }) => {
                items.push(id);
                true
            }
            Some(Open::Mapping { entries, key, .. }) => match key.take() {
                Some(Key::New(key)) => {
                    entries.push((key, id));
                    true
                }
                Some(Key::Repeated) => true,
                None => self.key(id, &node),
            },
        };
        self.nodes.push(node);
        goes_on
    }

    /// Takes a key; one that its mapping has had already, and the merge key, are reported.
    fn key(&mut self, id: NodeId, node: &Node<'a>) -> bool {
        let Some(Open::Mapping { key, seen, .. }) = self.open.last_mut() else { return true };
        *key = Some(Key::New(id));
        let NodeKind::Scalar { text, plain } = &node.kind else { return true };
        if *plain && text == "<<" {
            return self.refuse(node.span, "a merge key");
        }
        match seen.get(text) {
            None => {
                seen.insert(text.clone(), node.span);
            }
            Some(first) => {
                *key = Some(Key::Repeated);
                let message = format!("the key `{text}` stands twice in this mapping");
                let diagnostic = Diagnostic::error(Code::E0102, node.span, message).secondary(*first, "first here");
                self.diagnostics.push(diagnostic.help("delete one of the two"));
            }
        }
        true
    }

    fn tag(&mut self, span: &YamlSpan) -> bool {
        match span.tag_start() {
            None => true,
            Some(_) => self.refuse(self.span(&span.tag_span().unwrap_or(*span)), "a tag"),
        }
    }

    /// Refuses what a reviewer cannot see, written out or as an escape.
    fn refuse_unseen(&mut self, span: Span, text: &str) {
        let turns = |it: char| matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let unseen = |it: &char| turns(*it) || (it.is_control() && !matches!(it, '\n' | '\t'));
        if let Some(unseen) = text.chars().find(unseen) {
            let message = format!("the text holds the character U+{:04X}, which cannot be seen", u32::from(unseen));
            self.diagnostics.push(Diagnostic::error(Code::E0108, span, message).help("delete it"));
        }
    }

    /// Reports what no spec may use; `false` when there has been so much of it that more would only be noise.
    fn refuse(&mut self, span: Span, what: &str) -> bool {
        self.refusals += 1;
        let message = format!("{what} is not allowed in a spec");
        let help = "write the value out; what is common has a place in `api.yaml`";
        self.diagnostics.push(Diagnostic::error(Code::E0103, span, message).help(help));
        self.refusals < MAX_REFUSALS
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
