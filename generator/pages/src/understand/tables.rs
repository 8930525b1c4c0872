//! Tables: parameters, fields, errors, and how often operations may be called.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use apigen_model::ir::{Column, Heading};
use regex::Regex;

use super::request::Request;
use super::{Reader, cell, cell_text, is_same_name};
use crate::document::Row;
use crate::facts::{Claim, ErrorRow, Fact, Name, Operation, Place, Shape};
use crate::spelling::{loose, narrow};
use crate::vocabulary::Prose;

/// A parameter that a page describes once for several operations.
pub(super) struct CommonRow {
    pub(super) name: String,
    pub(super) line: usize,
    shape: Option<Shape>,
    required: Option<bool>,
}

/// Where what stands in a table.
struct Columns(BTreeMap<Column, usize>);

/// An item of a list in a description that names a value or a field: `- name: what it is`, perhaps with a remark in
/// parentheses in front.
static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s;。:,.])-\s*(?:\([^()\n]*\)\s*)?([A-Za-z0-9_][A-Za-z0-9_.-]*)\s*:")
        .expect("the pattern is valid")
});

impl CommonRow {
    /// What the row says of a parameter that an operation has.
    pub(super) fn facts(&self, name: &Name) -> Vec<Fact> {
        let shape = self.shape.map(|shape| Claim::Type(name.clone(), shape));
        let required = self.required.map(|required| Claim::Required(name.clone(), required));
        let claims = [Some(Claim::Field(name.clone())), shape, required];
        claims.into_iter().flatten().map(|claim| Fact { claim, line: self.line }).collect()
    }
}

impl Columns {
    fn get(&self, column: Column) -> Option<usize> {
        self.0.get(&column).copied()
    }

    fn has(&self, column: Column) -> bool {
        self.0.contains_key(&column)
    }
}

impl Reader<'_> {
    /// Reads a table by what its columns are and where it stands.
    pub(super) fn table(&mut self, line: usize, rows: &[Row]) {
        let Some((head, rows)) = rows.split_first() else { return };
        let columns = self.columns(head);
        let has = |column| columns.has(column);
        if has(Column::Method) && has(Column::Url) {
            rows.iter().for_each(|row| self.rates(row, &columns));
        } else if has(Column::Status) && !has(Column::Name) {
            rows.iter().for_each(|row| self.error(row, &columns));
        } else if has(Column::Name) {
            self.parameters(rows, &columns);
        } else if self.place().is_some() || self.section.heading == Some(Heading::Errors) {
            let heads: Vec<_> = head.cells.iter().map(|it| crate::document::joined(it)).collect();
            self.unread(line, format!("the columns of the table are unknown: {}", heads.join(", ")));
        }
    }

    fn columns(&self, head: &Row) -> Columns {
        let mut columns = BTreeMap::new();
        for (index, cell) in head.cells.iter().enumerate() {
            if let Some(column) = self.vocabulary.column(&crate::document::joined(cell)) {
                columns.entry(column).or_insert(index);
            }
        }
        Columns(columns)
    }

    /// Where the rows of a table of parameters stand, by the section; `None` when no section tells.
    fn place(&self) -> Option<Place> {
        match self.section.heading? {
            Heading::Path | Heading::Request => Some(Place::Path),
            Heading::Query => Some(Place::Query),
            Heading::Header => Some(Place::Header),
            Heading::Body => Some(Place::Body),
            Heading::Response => Some(Place::Response),
            Heading::Overview
            | Heading::Rates
            | Heading::Examples
            | Heading::RequestExamples
            | Heading::ResponseExamples
            | Heading::Errors
            | Heading::Common
            | Heading::CommonRequest
            | Heading::CommonResponse
            | Heading::Notes
            | Heading::Other => None,
        }
    }

    fn parameters(&mut self, rows: &[Row], columns: &Columns) {
        if self.section.heading == Some(Heading::CommonRequest) {
            rows.iter().for_each(|row| self.common_parameter(row, columns));
            return;
        }
        let is_common = self.section.heading == Some(Heading::CommonResponse);
        let place = match self.place() {
            Some(place) => place,
            None if is_common => Place::Response,
            // Parts of replies have sections of their own, with titles that no vocabulary knows.
            None if self.section.is_behind_reply && columns.has(Column::Type) => Place::Response,
            None => return,
        };
        if self.current.is_none() && !is_common {
            return;
        }
        let positions = if place == Place::Path { self.positions(rows, columns) } else { BTreeMap::new() };
        let mut above: Vec<(usize, String)> = Vec::new();
        for row in rows {
            let text = cell_text(row, columns.get(Column::Name));
            if self.vocabulary.is_nothing(&text) {
                continue;
            }
            let Some((depth, name)) = field_name(&text) else {
                self.unread(row.line, format!("`{text}` is not the name of a parameter or field"));
                continue;
            };
            above.retain(|it| it.0 < depth);
            let path = match (above.last(), &self.section.within) {
                (Some((_, parent)), _) => format!("{parent}.{name}"),
                (None, Some(within)) if !is_common => format!("{within}.{name}"),
                (None, _) => positions.get(&name).cloned().unwrap_or(name),
            };
            above.push((depth, path.clone()));
            self.parameter(place, path, row, columns);
        }
    }

    /// Names of rows that are none of the path, to those that they must mean: one that begins alike, or the only one that
    /// is left.
    fn positions(&self, rows: &[Row], columns: &Columns) -> BTreeMap<String, String> {
        let Some(request) = self.current.and_then(|it| self.requests.get(it)) else { return BTreeMap::new() };
        let names = rows.iter().filter_map(|row| field_name(&cell_text(row, columns.get(Column::Name))));
        let (known, strange): (Vec<_>, Vec<_>) = names.map(|it| it.1).partition(|it| request.parameter(it).is_some());
        let is_known = |it: &&str| known.iter().any(|name| is_same_name(name, it));
        let unnamed: Vec<_> = request.placeholders().filter(|it| !is_known(it)).collect();
        let left: Vec<_> = unnamed.iter().filter(|it| !self.common_names.contains(&loose(it))).collect();
        let mut positions = BTreeMap::new();
        for name in strange.iter().filter(|it| !self.vocabulary.is_no_parameter(it)) {
            let begins_alike = |it: &&&str| it.starts_with(name.as_str()) || name.starts_with(**it);
            let only = if left.len() == 1 && strange.len() == 1 { left.first().copied() } else { None };
            if let Some(position) = unnamed.iter().find(begins_alike).or(only) {
                positions.insert(name.clone(), (*position).to_owned());
            }
        }
        positions
    }

    /// Reads what a row says of a parameter or field.
    fn parameter(&mut self, place: Place, path: String, row: &Row, columns: &Columns) {
        if matches!(place, Place::Path | Place::Query | Place::Header) && self.vocabulary.is_no_parameter(&path) {
            return;
        }
        let (place, path) = match self.current {
            Some(operation) if self.section.heading == Some(Heading::Request) => {
                let known = self.requests.get(operation).and_then(|it| it.parameter(&path));
                known.map_or((place, path), |it| (it.place, it.path))
            }
            Some(operation) => (place, self.parameter_name(operation, place, &path)),
            None => (place, path),
        };
        let name = Name { place, path };
        let shape = self.shape(row, columns);
        let mut claims = vec![Claim::Field(name.clone())];
        claims.extend(shape.map(|shape| Claim::Type(name.clone(), shape)));
        claims.extend(self.required(row, columns).map(|required| Claim::Required(name.clone(), required)));
        let default = cell_text(row, columns.get(Column::Default));
        if !self.vocabulary.is_nothing(&default) {
            claims.push(Claim::Default(name.clone(), default));
        }
        let mut facts: Vec<_> = claims.into_iter().map(|claim| Fact { claim, line: row.line }).collect();
        let description = Prose::new(cell(row, columns.get(Column::Description)));
        self.described(&name, shape, &description, &mut facts);
        // The cell of a row may say a thing twice.
        let mut said = HashSet::new();
        facts.retain(|it| said.insert(it.claim.clone()));
        for fact in facts {
            match self.current {
                Some(operation) if self.section.heading != Some(Heading::CommonResponse) => self.tell(operation, fact),
                Some(_) | None => self.say_common(fact),
            }
        }
    }

    /// Numbers, defaults and values of a description.
    fn described(&self, name: &Name, shape: Option<Shape>, description: &Prose, facts: &mut Vec<Fact>) {
        let is_truth = |it: &str| matches!(it, "true" | "false");
        for (amount, line) in self.vocabulary.limits(description) {
            facts.push(Fact { claim: Claim::Limit(Some(name.clone()), amount), line });
        }
        for (value, line) in self.vocabulary.defaults(description) {
            facts.push(Fact { claim: Claim::Default(name.clone(), value), line });
        }
        for (value, line) in self.vocabulary.values(description) {
            if !is_truth(&value) {
                facts.push(Fact { claim: Claim::Value(name.clone(), value), line });
            }
        }
        for found in ITEM.captures_iter(description.text()) {
            let Some(item) = found.get(1) else { continue };
            let line = description.line(item.start());
            let item = item.as_str();
            let claim = match shape {
                Some(Shape::Object) => Claim::Field(Name { place: name.place, path: format!("{}.{item}", name.path) }),
                _ if is_truth(item) => continue,
                _ => Claim::Value(name.clone(), item.to_owned()),
            };
            facts.push(Fact { claim, line });
        }
    }

    fn shape(&mut self, row: &Row, columns: &Columns) -> Option<Shape> {
        let text = cell_text(row, columns.get(Column::Type));
        let shape = self.vocabulary.shape(&text);
        if shape.is_none() && !self.vocabulary.is_nothing(&text) {
            self.unread(row.line, format!("`{text}` is not a type that the vocabulary knows"));
        }
        shape
    }

    fn required(&mut self, row: &Row, columns: &Columns) -> Option<bool> {
        let text = cell_text(row, columns.get(Column::Required));
        let required = self.vocabulary.required(&text);
        if required.is_none() && !self.vocabulary.is_nothing(&text) {
            self.unread(row.line, format!("`{text}` does not tell whether the parameter must be there"));
        }
        required
    }

    fn common_parameter(&mut self, row: &Row, columns: &Columns) {
        let text = cell_text(row, columns.get(Column::Name));
        match field_name(&text) {
            Some((_, name)) if self.vocabulary.is_no_parameter(&name) => {}
            Some((_, name)) => {
                let (shape, required) = (self.shape(row, columns), self.required(row, columns));
                // What is said twice holds as it was said first.
                if self.common_names.insert(loose(&name)) {
                    self.common_rows.push(CommonRow { name, line: row.line, shape, required });
                }
            }
            None if self.vocabulary.is_nothing(&text) => {}
            None => self.unread(row.line, format!("`{text}` is not the name of a parameter")),
        }
    }

    fn error(&mut self, row: &Row, columns: &Columns) {
        let text = cell_text(row, columns.get(Column::Status));
        let Ok(status) = text.parse() else {
            if !self.vocabulary.is_nothing(&text) {
                self.unread(row.line, format!("`{text}` is not an HTTP status"));
            }
            return;
        };
        let said = |column| {
            let text = cell_text(row, columns.get(column));
            if self.vocabulary.is_nothing(&text) { String::new() } else { text }
        };
        let (code, message) = (said(Column::Code), unquoted(&said(Column::Message)));
        let fact = Fact { claim: Claim::Error(ErrorRow { status, code, message }), line: row.line };
        match self.current {
            Some(operation) => self.say(operation, fact),
            None => self.say_common(fact),
        }
    }

    /// A row that names an operation and how often it may be called.
    fn rates(&mut self, row: &Row, columns: &Columns) {
        let (method, url) = (cell_text(row, columns.get(Column::Method)), cell_text(row, columns.get(Column::Url)));
        let Some(request) = Request::of(&method, &url, self.vocabulary.server_segments()) else {
            return self.unread(row.line, format!("`{method}` and `{url}` are not a method and a URL"));
        };
        let prose = Prose::new(cell(row, columns.get(Column::Rates)));
        let mut facts: Vec<Fact> = Vec::new();
        for (amount, line) in self.vocabulary.rates(&prose) {
            let claim = Claim::Limit(None, amount);
            if !facts.iter().any(|it| it.claim == claim) {
                facts.push(Fact { claim, line });
            }
        }
        if facts.is_empty() {
            return;
        }
        let title = cell_text(row, columns.get(Column::Name).or(Some(0)));
        let operation =
            Operation { method: request.method.clone(), path: request.path(), title, line: row.line, facts };
        self.page.operations.push(operation);
        self.known.push(HashSet::new());
        self.requests.push(request);
    }
}

/// How deep a row is nested, by the hyphens in front, and the dotted name without marks for items.
fn field_name(text: &str) -> Option<(usize, String)> {
    let text = narrow(text);
    let name = text.trim_start_matches(|it: char| it == '-' || it.is_whitespace());
    let depth = text.get(..text.len() - name.len())?.matches('-').count();
    let name: String = name.trim_end_matches([':', ' ', '*']).replace("[]", "");
    let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '-' | '$'));
    is_name.then_some((depth, name))
}

/// A message without the quotes around it.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = text.strip_prefix(['"', '“', '”']).and_then(|it| it.strip_suffix(['"', '“', '”']));
    inner.filter(|it| !narrow(it).contains('"')).unwrap_or(text).trim().to_owned()
}
