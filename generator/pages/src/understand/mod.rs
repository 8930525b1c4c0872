//! From a document to facts: which operations there are, and what the blocks that belong to each say.

mod examples;
mod json;
pub(crate) mod request;
mod shell;
mod tables;

use std::collections::{HashMap, HashSet};

use apigen_model::ir::Heading;

use self::request::Request;
use self::tables::CommonRow;
use crate::document::{Block, Content, Document, Part, Row, joined};
use crate::facts::{Claim, Fact, Name, Operation, Page, Place, Shape, Unread};
use crate::spelling::loose;
use crate::vocabulary::{Prose, Vocabulary};

/// Understands a document.
pub(crate) fn page(file: &str, document: &Document, vocabulary: &Vocabulary) -> Page {
    let mut reader = Reader {
        vocabulary,
        page: Page { file: file.to_owned(), ..Page::default() },
        requests: Vec::new(),
        known: Vec::new(),
        common: HashSet::new(),
        common_rows: Vec::new(),
        common_names: HashSet::new(),
        intro: Intro::default(),
        section: Section::default(),
        current: None,
    };
    document.blocks.iter().for_each(|block| reader.block(block));
    reader.finish()
}

struct Reader<'v> {
    vocabulary: &'v Vocabulary,
    page: Page,
    /// The request line of each operation.
    requests: Vec<Request>,
    /// What is known already of each operation, since a page repeats itself.
    known: Vec<HashSet<Claim>>,
    /// The same of what holds for all of them.
    common: HashSet<Claim>,
    /// Parameters that the page describes once for several operations.
    common_rows: Vec<CommonRow>,
    /// Their names, as they are compared.
    common_names: HashSet<String>,
    /// What stands under the last title, before a request line.
    intro: Intro,
    section: Section,
    /// The operation that blocks belong to.
    current: Option<usize>,
}

/// What stands under a title, before it is known that an operation follows.
#[derive(Default)]
struct Intro {
    title: String,
    level: Option<u8>,
    /// Whether the next request line belongs to it.
    is_open: bool,
    limits: Vec<Fact>,
}

/// Where a block stands.
#[derive(Default)]
struct Section {
    heading: Option<Heading>,
    level: Option<u8>,
    /// The field that rows of tables stand within, as the heading of the section says.
    base: Option<String>,
    /// The same as the last heading or sentence says.
    within: Option<String>,
    /// Whether the reply of the operation has been described.
    is_behind_reply: bool,
    /// Level of the operation's title.
    title: Option<u8>,
}

impl Reader<'_> {
    fn block(&mut self, block: &Block) {
        match &block.content {
            Content::Heading { level, text } => self.heading(*level, text),
            Content::Text(parts) => self.text(parts),
            Content::Table(rows) => self.table(block.line, rows),
            Content::Code(lines) => self.code(lines),
            Content::Strange(what) => self.unread(block.line, *what),
        }
    }

    fn heading(&mut self, level: Option<u8>, text: &str) {
        match self.vocabulary.heading(text) {
            Some(Heading::Notes) => {}
            Some(heading) => {
                self.section.base = self.vocabulary.within(&Prose::new(&[Part::new(0, text)]));
                self.section.within.clone_from(&self.section.base);
                self.section.heading = Some(heading);
                self.section.level = level;
                self.section.is_behind_reply |= heading == Heading::Response;
                if is_outside(heading) && level <= self.section.title {
                    self.current = None;
                }
            }
            None => self.title(level, text),
        }
    }

    /// A heading that the vocabulary does not know: a title, or a part of the section that it stands in.
    fn title(&mut self, level: Option<u8>, text: &str) {
        let is_about_operation = self.section.heading.is_some_and(|it| !is_outside(it));
        if is_about_operation && self.section.level.is_some() && level > self.section.level {
            let within = self.vocabulary.within(&Prose::new(&[Part::new(0, text)]));
            self.section.within = within.or_else(|| self.section.base.clone());
            return;
        }
        self.section =
            Section { title: self.section.title, is_behind_reply: self.section.is_behind_reply, ..Section::default() };
        if level.is_some() && level <= self.section.title {
            self.current = None;
        }
        self.close_intro();
        self.intro = Intro { title: text.to_owned(), level, is_open: true, limits: Vec::new() };
    }

    /// What was said before the first operation holds for all of them.
    fn close_intro(&mut self) {
        let limits = std::mem::take(&mut self.intro.limits);
        if self.page.operations.is_empty() {
            limits.into_iter().for_each(|fact| self.say_common(fact));
        }
        self.intro.is_open = false;
    }

    fn text(&mut self, parts: &[Part]) {
        if let Some(part) = parts.iter().find(|it| self.is_request(&it.text)) {
            return self.request(part);
        }
        let prose = Prose::new(parts);
        match self.section.heading {
            None | Some(Heading::Overview | Heading::Request) => self.limits(self.vocabulary.limits(&prose)),
            Some(Heading::Rates) => {
                self.limits(self.vocabulary.rates(&prose));
            }
            Some(_) => {
                if let Some(name) = self.vocabulary.within(&prose) {
                    self.section.within = Some(name);
                }
            }
        }
        if self.section.heading.is_none()
            && let Some(name) = self.vocabulary.within(&prose)
        {
            self.section.within = Some(name);
        }
    }

    /// Numbers of the prose: those below a title that no request line has followed wait for it.
    fn limits(&mut self, amounts: Vec<(crate::facts::Amount, usize)>) {
        let is_of_operation =
            matches!(self.section.heading, Some(Heading::Overview | Heading::Rates | Heading::Request));
        for (amount, line) in amounts {
            let fact = Fact { claim: Claim::Limit(None, amount), line };
            match self.current {
                _ if self.intro.is_open => self.intro.limits.push(fact),
                Some(operation) if is_of_operation => self.say(operation, fact),
                Some(_) => {}
                None if self.page.operations.is_empty() => self.say_common(fact),
                None => {}
            }
        }
    }

    fn code(&mut self, lines: &[Part]) {
        if let Some(line) = lines.iter().find(|it| self.is_request(&it.text)) {
            return self.request(line);
        }
        if self.section.heading == Some(Heading::Request)
            && let Some(line) = lines.iter().find(|it| request::is_command(&it.text))
        {
            return self.request(line);
        }
        self.example(lines);
    }

    /// Whether a line is a request line. Among examples, only one with placeholders is, below a heading that is missing.
    fn is_request(&self, line: &str) -> bool {
        let is_expected = match self.section.heading {
            None | Some(Heading::Overview | Heading::Rates | Heading::Request | Heading::Other) => true,
            Some(_) => self.intro.is_open,
        };
        (is_expected || line.contains('{')) && request::is_request_line(line)
    }

    fn request(&mut self, line: &Part) {
        let Some(request) = Request::read(&line.text, self.vocabulary.server_segments()) else {
            // What follows is about an operation that is not known.
            self.current = None;
            return self.unread(line.line, "what looks like a request line has no method and URL that can be read");
        };
        let operation = Operation {
            method: request.method.clone(),
            path: request.path(),
            title: self.intro.title.clone(),
            line: line.line,
            facts: Vec::new(),
        };
        let index = self.page.operations.len();
        self.page.operations.push(operation);
        self.known.push(HashSet::new());
        for claim in request.claims() {
            self.say(index, Fact { claim, line: line.line });
        }
        self.requests.push(request);
        for fact in std::mem::take(&mut self.intro.limits) {
            self.say(index, fact);
        }
        self.intro.is_open = false;
        self.section.title = self.intro.level;
        self.section.is_behind_reply = false;
        self.section.heading.get_or_insert(Heading::Request);
        self.current = Some(index);
    }

    /// Records a fact about an operation, unless it is known.
    fn say(&mut self, operation: usize, fact: Fact) {
        if let (Some(known), Some(operation)) = (self.known.get_mut(operation), self.page.operations.get_mut(operation))
            && known.insert(fact.claim.clone())
        {
            operation.facts.push(fact);
        }
    }

    /// Records what a row of a table says, even if another says it too: kinds of a value may share fields. What the
    /// request line has shown already is not repeated.
    fn tell(&mut self, operation: usize, fact: Fact) {
        let is_of_request =
            matches!(&fact.claim, Claim::Field(name) if matches!(name.place, Place::Path | Place::Query));
        if is_of_request {
            return self.say(operation, fact);
        }
        if let (Some(known), Some(operation)) = (self.known.get_mut(operation), self.page.operations.get_mut(operation))
        {
            known.insert(fact.claim.clone());
            operation.facts.push(fact);
        }
    }

    /// Records a fact that holds for all operations, unless it is known.
    fn say_common(&mut self, fact: Fact) {
        if self.common.insert(fact.claim.clone()) {
            self.page.common.push(fact);
        }
    }

    fn unread(&mut self, line: usize, reason: impl Into<String>) {
        self.page.unread.push(Unread { line, reason: reason.into() });
    }

    /// Hands the parameters that the page describes once to the operations whose request line names them.
    fn finish(mut self) -> Page {
        self.close_intro();
        let mut users: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, request) in self.requests.iter().enumerate() {
            let spellings: HashSet<_> = request.spellings().map(loose).collect();
            spellings.into_iter().for_each(|it| users.entry(it).or_default().push(index));
        }
        for row in std::mem::take(&mut self.common_rows) {
            let users = users.get(&loose(&row.name)).map_or(&[][..], Vec::as_slice);
            for index in users.iter().copied() {
                let Some(name) = self.requests.get(index).and_then(|it| it.parameter(&row.name)) else { continue };
                let described = self.known.get(index).is_some_and(|known| {
                    Shape::ALL.into_iter().any(|shape| known.contains(&Claim::Type(name.clone(), shape)))
                });
                if !described {
                    for fact in row.facts(&name) {
                        self.say(index, fact);
                    }
                }
            }
            if users.is_empty() {
                let reason = format!("the parameter `{}` is said to be shared, and no request line has it", row.name);
                self.unread(row.line, reason);
            }
        }
        for (operation, known) in self.page.operations.iter_mut().zip(&self.known) {
            operation.facts.iter_mut().for_each(|fact| fields_of_items(&mut fact.claim, known));
        }
        self.page.unread.sort_by_key(|it| it.line);
        self.page
    }

    /// The name that the wire knows a parameter by that a table calls `name`.
    fn parameter_name(&self, operation: usize, place: Place, name: &str) -> String {
        let known = self.requests.get(operation).and_then(|it| it.parameter_in(place, name));
        known.unwrap_or_else(|| name.to_owned())
    }
}

/// Whether what stands under a heading is about no operation in particular.
fn is_outside(heading: Heading) -> bool {
    matches!(heading, Heading::Common | Heading::CommonRequest | Heading::CommonResponse | Heading::Other)
}

/// What a description of a list itemises are fields of its items when an example shows them as such, else values.
fn fields_of_items(claim: &mut Claim, known: &HashSet<Claim>) {
    let Claim::Value(name, value) = claim else { return };
    let field = Name { place: name.place, path: format!("{}.{value}", name.path) };
    let is_shown = Shape::ALL.into_iter().any(|shape| known.contains(&Claim::Shown(field.clone(), shape)));
    if is_shown && known.contains(&Claim::Type(name.clone(), Shape::List)) {
        *claim = Claim::Field(field);
    }
}

/// Whether two spellings of a name are the same to a reader.
fn is_same_name(left: &str, right: &str) -> bool {
    loose(left) == loose(right)
}

/// The first cell of a row that stands in a column.
fn cell(row: &Row, column: Option<usize>) -> &[Part] {
    column.and_then(|it| row.cells.get(it)).map_or(&[], Vec::as_slice)
}

/// The text of such a cell.
fn cell_text(row: &Row, column: Option<usize>) -> String {
    joined(cell(row, column))
}
