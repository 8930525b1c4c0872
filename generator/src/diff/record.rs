//! A resolved API as a tree of facts, and its text: one fact per line, for reviewers and for a later comparison.
//!
//! ```text
//! operation books.get @resources/books.yaml:7
//!   method: GET
//!   parameter book_id @11
//!     type: BookId
//! ```
//!
//! A line with a colon after its first word is a fact about the node above it; any other line is a node, with its name and
//! the line of the spec that it stands on, in the file that was named last.

use std::fmt::Write;
use std::sync::Arc;

use apigen_model::source::Sources;

/// A resolved API as facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Name of the client package.
    pub package: String,
    /// The version of the API.
    pub version: String,
    /// A hash of the files that it was read from: with the same, nothing else has to be compared.
    pub(super) digest: String,
    pub(super) nodes: Vec<Node>,
}

/// A line of a spec.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// Path below the directory of the spec.
    pub file: Arc<str>,
    /// From 1.
    pub line: usize,
}

/// Something that has a name, with what is true of it and what is inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) place: Option<Line>,
    pub(super) facts: Vec<(Fact, String)>,
    pub(super) nodes: Vec<Node>,
}

macro_rules! words {
    ($(#[$docs:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum $name {
            $($variant,)*
        }

        impl $name {
            pub(super) fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            fn of(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// What a node is.
    Kind {
        Api = "api",
        Server = "server",
        ErrorBody = "error-body",
        ServerParameter = "server-parameter",
        CommonError = "common-error",
        Page = "page",
        Envelope = "envelope",
        RateLimit = "rate-limit",
        Error = "error",
        Spelling = "spelling",
        Placeholder = "placeholder",
        Type = "type",
        Value = "value",
        Variant = "variant",
        Field = "field",
        Resource = "resource",
        Operation = "operation",
        Parameter = "parameter",
        Limit = "limit",
        Row = "row",
        Budget = "budget",
        Quota = "quota",
        Example = "example",
        Concern = "concern",
        Contradiction = "contradiction",
    }
}

words! {
    /// What is said about a node. What is usual is left out.
    Fact {
        Title = "title",
        Summary = "summary",
        Description = "description",
        Url = "url",
        Hours = "hours",
        HoursNote = "hours-note",
        Auth = "auth",
        Code = "code",
        Message = "message",
        Status = "status",
        Advice = "advice",
        Cause = "cause",
        Remedy = "remedy",
        Spelling = "spelling",
        Payload = "payload",
        At = "at",
        Also = "also",
        Outcome = "outcome",
        Amount = "amount",
        Per = "per",
        Unit = "unit",
        Cost = "cost",
        Scope = "scope",
        Sharing = "sharing",
        Raisable = "raisable",
        Error = "error",
        Source = "source",
        Shape = "shape",
        Of = "of",
        Tag = "tag",
        Placed = "placed",
        Owner = "owner",
        Otherwise = "otherwise",
        Sent = "sent",
        Received = "received",
        Wire = "wire",
        In = "in",
        Type = "type",
        Forever = "forever",
        Presence = "presence",
        Default = "default",
        Secret = "secret",
        Deprecated = "deprecated",
        Since = "since",
        Example = "example",
        Method = "method",
        Path = "path",
        Token = "token",
        Body = "body",
        Response = "response",
        Envelope = "envelope",
        Files = "files",
        Records = "records",
        RecordsNote = "records-note",
        Paging = "paging",
        Items = "items",
        Effect = "effect",
        Split = "split",
        Rule = "rule",
        Bound = "bound",
        On = "on",
        Enforced = "enforced",
        When = "when",
        Revision = "revision",
        Language = "language",
        Decision = "decision",
        Reason = "reason",
        State = "state",
        Claims = "claims",
    }
}

impl Node {
    pub(super) fn new(kind: Kind, name: &str, place: Option<Line>) -> Self {
        Self { kind, name: name.to_owned(), place, facts: Vec::new(), nodes: Vec::new() }
    }

    /// Adds a fact, unless it is the usual one: nothing.
    pub(super) fn with(mut self, fact: Fact, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.facts.push((fact, value));
        }
        self
    }

    pub(super) fn holding(mut self, nodes: impl IntoIterator<Item = Node>) -> Self {
        self.nodes.extend(nodes);
        self
    }

    /// What is said, or nothing.
    pub(super) fn get(&self, fact: Fact) -> &str {
        self.facts.iter().find(|(it, _)| *it == fact).map_or("", |(_, value)| value)
    }

    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |it| it.kind == kind)
    }
}

impl Record {
    /// The record as text.
    pub fn to_text(&self) -> String {
        let Self { package, version, digest, nodes } = self;
        let mut text = format!(
            "# What {package} {version} says, one fact per line. `apigen release` wrote it, `apigen diff` reads it.\n\
             package: {package}\nversion: {version}\nspec: {digest}\n"
        );
        let mut file = Arc::from("");
        nodes.iter().for_each(|it| write(it, 0, &mut file, &mut text));
        text
    }

    /// Reads a record; else the line that cannot be read, and why.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut record = Self::default();
        let mut file: Arc<str> = Arc::from("");
        let mut open: Vec<Node> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let words = line.trim_start_matches(' ');
            let depth = (line.len() - words.len()) / 2;
            let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
            let failed = |what: &str| (number, format!("{what}: `{words}`"));
            if words.is_empty() || words.starts_with('#') {
                continue;
            }
            if depth > open.len() {
                return Err(failed("nothing stands above this line"));
            }
            while open.len() > depth {
                close(&mut open, &mut record);
            }
            match (first.strip_suffix(':'), open.last_mut()) {
                (Some("package"), None) => record.package = unescaped(rest),
                (Some("version"), None) => record.version = unescaped(rest),
                (Some("spec"), None) => record.digest = unescaped(rest),
                (Some(word), Some(node)) => {
                    let fact = Fact::of(word).ok_or_else(|| failed("this is no fact that is known"))?;
                    node.facts.push((fact, unescaped(rest)));
                }
                (Some(_), None) => return Err(failed("this is said of nothing")),
                (None, _) => {
                    let kind = Kind::of(first).ok_or_else(|| failed("this is no fact that is known"))?;
                    let (name, at) = rest.split_once(" @").unwrap_or((rest, ""));
                    let place = place(at, &mut file).map_err(|()| failed("this is no line of a file"))?;
                    open.push(Node::new(kind, &unescaped(name), place));
                }
            }
        }
        while !open.is_empty() {
            close(&mut open, &mut record);
        }
        Ok(record)
    }
}

/// The hash that the text of a record names, found without reading all of it.
pub(super) fn digest_in(text: &str) -> Option<&str> {
    /// Lines before the first node.
    const HEAD: usize = 4;
    text.lines().take(HEAD).find_map(|it| it.strip_prefix("spec: "))
}

/// A hash of the files of a spec, translations and records excepted: FNV-1a, which is the same everywhere.
pub(super) fn digest(sources: &Sources) -> String {
    let files = sources.iter().filter(|(_, path)| path.starts_with("resources") || path.components().count() == 1);
    let bytes = files.flat_map(|(file, path)| [path.as_str(), sources.text(file)].map(str::bytes)).flatten();
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

fn write(node: &Node, depth: usize, file: &mut Arc<str>, text: &mut String) {
    let indent = depth * 2;
    let _ = write!(text, "{:indent$}{} {}", "", node.kind.word(), escaped(&node.name, true));
    match &node.place {
        Some(place) if place.file == *file => {
            let _ = write!(text, " @{}", place.line);
        }
        Some(place) => {
            file.clone_from(&place.file);
            let _ = write!(text, " @{}:{}", place.file, place.line);
        }
        None => {}
    }
    text.push('\n');
    for (fact, value) in &node.facts {
        let _ = writeln!(text, "{:indent$}  {}: {}", "", fact.word(), escaped(value, false));
    }
    node.nodes.iter().for_each(|it| write(it, depth + 1, file, text));
}

/// Puts the innermost open node where it belongs.
fn close(open: &mut Vec<Node>, record: &mut Record) {
    if let Some(node) = open.pop() {
        open.last_mut().map_or(&mut record.nodes, |it| &mut it.nodes).push(node);
    }
}

fn place(at: &str, file: &mut Arc<str>) -> Result<Option<Line>, ()> {
    if at.is_empty() {
        return Ok(None);
    }
    let line = match at.rsplit_once(':') {
        Some((path, line)) => {
            *file = Arc::from(path);
            line
        }
        None => at,
    };
    let line = line.parse().map_err(|_| ())?;
    Ok(Some(Line { file: file.clone(), line }))
}

/// Text without line breaks; of a name, without spaces too.
fn escaped(text: &str, is_name: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            ' ' if is_name => escaped.push_str("\\s"),
            char => escaped.push(char),
        }
    }
    escaped
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        plain.push(match char {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('s') => ' ',
                Some(other) => other,
                None => '\\',
            },
            char => char,
        });
    }
    plain
}
