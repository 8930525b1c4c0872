//! Holds requests against tables of limits.

use std::borrow::Cow;
use std::fmt::Write;

use super::{Bound, Condition, Limit, Place, Rule, Settings, Severity, Test, Violation, Violations};
use crate::json::{self, Number, Value};

/// The values of a request, by wire name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parts<'a> {
    /// Path parameters; a comma list is an array.
    pub path: &'a [(Cow<'a, str>, Value<'a>)],
    /// Query parameters; a comma list is an array.
    pub query: &'a [(Cow<'a, str>, Value<'a>)],
    /// Headers.
    pub headers: &'a [(Cow<'a, str>, Value<'a>)],
    /// The JSON body.
    pub body: Option<&'a Value<'a>>,
    /// The fields of a multipart body that are no files.
    pub form: &'a [(Cow<'a, str>, Value<'a>)],
    /// The files of a multipart body, with their sizes in bytes where they are known.
    pub files: &'a [(Cow<'a, str>, Option<u64>)],
}

/// Holds a request against a table of limits. Clamped limits pass. Allocates only when something is violated.
pub fn check(limits: &[Limit], parts: &Parts<'_>, settings: &Settings) -> Violations {
    let mut violations = Vec::new();
    for limit in limits {
        if let Some(severity) = settings.severity(limit) {
            let test = Checking { limit, parts, settings, severity };
            test.visit(test.root(), None, limit.name, &mut violations);
        }
    }
    Violations(violations)
}

/// Holds one value against one limit.
pub(super) fn single(limit: &Limit, value: &Value<'_>, settings: &Settings) -> Option<Violation> {
    let severity = settings.severity(limit)?;
    let test = Checking { limit, parts: &Parts::default(), settings, severity };
    let measured = test.measure(Some(value), None)?;
    Some(test.violation(limit.name.to_owned(), measured))
}

/// Holds a length against one limit.
pub(super) fn measured(limit: &Limit, length: u64, settings: &Settings) -> Option<Violation> {
    let severity = settings.severity(limit)?;
    let test = Checking { limit, parts: &Parts::default(), settings, severity };
    let exceeded = match limit.rule {
        Rule::MinChars(bound) | Rule::MinItems(bound) => test.below(length.into(), bound, None),
        Rule::MaxChars(bound)
        | Rule::MaxBytes(bound)
        | Rule::MaxItems(bound)
        | Rule::MaxSize(bound)
        | Rule::BodySize(bound, _) => test.above(length.into(), bound, None),
        Rule::Min(_) | Rule::Max(_) | Rule::Pattern(_) | Rule::OneOf(_) | Rule::Required => None,
    };
    Some(test.violation(limit.name.to_owned(), exceeded?))
}

/// One limit in the course of a check.
struct Checking<'c> {
    limit: &'c Limit,
    parts: &'c Parts<'c>,
    settings: &'c Settings,
    severity: Severity,
}

/// What stands at a place of the request.
#[derive(Clone, Copy)]
enum Node<'n> {
    Absent,
    Entries(&'n [(Cow<'n, str>, Value<'n>)]),
    Value(&'n Value<'n>),
    File(Option<u64>),
}

/// How a place was reached: a list of steps on the stack, the last one first.
#[derive(Clone, Copy)]
struct Trail<'t> {
    up: Option<&'t Self>,
    step: Step<'t>,
    /// What stands there.
    node: Node<'t>,
    /// The part of the limit's wire path that is still to go.
    rest: &'static str,
}

#[derive(Clone, Copy)]
enum Step<'t> {
    Key(&'t str),
    Item(usize),
    Entry(&'t str),
}

/// What was found beyond a bound: the bound, and the measured number.
#[derive(Clone, Copy)]
enum Measured {
    Number { bound: Number, actual: Number },
    Text,
    Missing,
}

impl<'c> Checking<'c> {
    fn root(&self) -> Node<'c> {
        match self.limit.place {
            Place::Path => Node::Entries(self.parts.path),
            Place::Query => Node::Entries(self.parts.query),
            Place::Header => Node::Entries(self.parts.headers),
            Place::Body => self.parts.body.map_or(Node::Absent, Node::Value),
            Place::Form => match self.parts.files.iter().find(|(name, _)| name == self.limit.name) {
                Some((_, size)) => Node::File(*size),
                None => Node::Entries(self.parts.form),
            },
        }
    }

    /// Visits every value that the rest of the wire path leads to.
    fn visit(&self, node: Node<'_>, trail: Option<&Trail<'_>>, rest: &'static str, found: &mut Vec<Violation>) {
        if let Some(rest) = rest.strip_prefix("[]") {
            for (index, item) in node.items().iter().enumerate() {
                let node = Node::Value(item);
                self.visit(node, Some(&Trail { up: trail, step: Step::Item(index), node, rest }), rest, found);
            }
        } else if let Some(rest) = rest.strip_prefix("{}") {
            for (key, value) in node.entries() {
                let node = Node::Value(value);
                self.visit(node, Some(&Trail { up: trail, step: Step::Entry(key), node, rest }), rest, found);
            }
        } else if rest.is_empty() || matches!(node, Node::File(_)) {
            let measured = match node {
                Node::File(size) => self.file(size, trail),
                Node::Value(value) => self.measure(Some(value), trail),
                Node::Absent | Node::Entries(_) => self.measure(None, trail),
            };
            if let Some(measured) = measured.filter(|_| self.applies(trail)) {
                found.push(self.violation(field(trail, self.limit.name), measured));
            }
        } else if !matches!(node, Node::Absent) {
            let (key, rest) = next_key(rest);
            let node = node.get(key);
            self.visit(node, Some(&Trail { up: trail, step: Step::Key(key), node, rest }), rest, found);
        }
    }

    /// Whether the conditions hold. One that cannot be decided does not hold.
    fn applies(&self, trail: Option<&Trail<'_>>) -> bool {
        self.limit.when.iter().all(|Condition { field, test }| match (self.other(field, trail), test) {
            (None, Test::EqualsOrAbsent(_)) | (Some(_), Test::Present) => true,
            (None, Test::Present | Test::Equals(_)) => false,
            (Some(value), Test::Equals(expected) | Test::EqualsOrAbsent(expected)) => {
                value.to_text().is_some_and(|text| text == *expected)
            }
        })
    }

    /// What is wrong with a value, conditions aside.
    fn measure(&self, value: Option<&Value<'_>>, trail: Option<&Trail<'_>>) -> Option<Measured> {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return matches!(self.limit.rule, Rule::Required).then_some(Measured::Missing);
        };
        match self.limit.rule {
            Rule::MinChars(bound) => self.below(value.as_str()?.chars().count().into(), bound, trail),
            Rule::MaxChars(bound) => self.above(value.as_str()?.chars().count().into(), bound, trail),
            Rule::MaxBytes(bound) => self.above(bytes(value).into(), bound, trail),
            Rule::MinItems(bound) => self.below(items(value)?.into(), bound, trail),
            Rule::MaxItems(bound) => self.above(items(value)?.into(), bound, trail),
            Rule::Min(bound) => self.below(number(value)?, bound, trail),
            Rule::Max(bound) => self.above(number(value)?, bound, trail),
            Rule::Pattern(pattern) => (!pattern.matches(value.as_str()?)).then_some(Measured::Text),
            Rule::OneOf(allowed) => (!allowed.contains(&value.as_str()?)).then_some(Measured::Text),
            Rule::BodySize(bound, fields) => self.above(body_size(value, fields).into(), bound, trail),
            Rule::MaxSize(_) | Rule::Required => None,
        }
    }

    fn file(&self, size: Option<u64>, trail: Option<&Trail<'_>>) -> Option<Measured> {
        match self.limit.rule {
            Rule::MaxSize(bound) => self.above(size?.into(), bound, trail),
            Rule::MinChars(_)
            | Rule::MaxChars(_)
            | Rule::MaxBytes(_)
            | Rule::MinItems(_)
            | Rule::MaxItems(_)
            | Rule::Min(_)
            | Rule::Max(_)
            | Rule::Pattern(_)
            | Rule::OneOf(_)
            | Rule::BodySize(..)
            | Rule::Required => None,
        }
    }

    fn above(&self, actual: Number, bound: Bound, trail: Option<&Trail<'_>>) -> Option<Measured> {
        let bound = self.bound(bound, trail)?;
        (actual > bound).then_some(Measured::Number { bound, actual })
    }

    fn below(&self, actual: Number, bound: Bound, trail: Option<&Trail<'_>>) -> Option<Measured> {
        let bound = self.bound(bound, trail)?;
        (actual < bound).then_some(Measured::Number { bound, actual })
    }

    fn bound(&self, bound: Bound, trail: Option<&Trail<'_>>) -> Option<Number> {
        self.settings.bound(self.limit).or_else(|| match bound {
            Bound::Int(value) => Some(Number::Int(value)),
            Bound::Float(value) => Some(Number::Float(value)),
            Bound::Field(field) => number(self.other(field, trail)?),
            Bound::FieldOr(field, default) => self.other(field, trail).map_or(Some(Number::Int(default)), number),
        })
    }

    /// The value of another field of the same request. From within an item of a list or map, a path through the same
    /// list or map stays within the item.
    fn other<'v>(&'v self, field: &'static str, mut trail: Option<&'v Trail<'v>>) -> Option<&'v Value<'v>> {
        while let Some(Trail { up, step, node, rest }) = trail {
            if let Step::Item(_) | Step::Entry(_) = step
                && let (consumed, _) = self.limit.name.split_at(self.limit.name.len() - rest.len())
                && let Some(path) = field.strip_prefix(consumed)
                && let Some(found) = node.path(path)
            {
                return Some(found);
            }
            trail = *up;
        }
        let Parts { path, query, headers, body, form, .. } = *self.parts;
        let body = body.map_or(Node::Absent, Node::Value);
        [body, Node::Entries(query), Node::Entries(path), Node::Entries(headers), Node::Entries(form)]
            .into_iter()
            .find_map(|root| root.path(field))
    }

    fn violation(&self, field: String, measured: Measured) -> Violation {
        let Limit { id, rule, enforcement, .. } = *self.limit;
        let (limit, actual) = match measured {
            Measured::Number { bound, actual } => (bound.to_string(), actual.to_string()),
            Measured::Text | Measured::Missing => (String::new(), String::new()),
        };
        let limit = match rule {
            Rule::Pattern(pattern) => pattern.expression().to_owned(),
            Rule::OneOf(allowed) => allowed.join(", "),
            Rule::MinChars(_)
            | Rule::MaxChars(_)
            | Rule::MaxBytes(_)
            | Rule::MinItems(_)
            | Rule::MaxItems(_)
            | Rule::Min(_)
            | Rule::Max(_)
            | Rule::MaxSize(_)
            | Rule::BodySize(..)
            | Rule::Required => limit,
        };
        let field = if field.is_empty() { "body".to_owned() } else { field };
        Violation {
            field: field.into(),
            rule,
            limit: limit.into(),
            actual: actual.into(),
            id,
            enforcement,
            severity: self.severity,
        }
    }
}

impl<'n> Node<'n> {
    fn get(self, key: &str) -> Self {
        json::get(self.entries(), key).filter(|value| !value.is_null()).map_or(Self::Absent, Self::Value)
    }

    fn path(self, path: &'static str) -> Option<&'n Value<'n>> {
        let mut node = self;
        let mut rest = path;
        while !rest.is_empty() {
            let (key, after) = next_key(rest);
            node = node.get(key);
            rest = after;
        }
        if let Self::Value(value) = node { Some(value) } else { None }
    }

    fn entries(self) -> &'n [(Cow<'n, str>, Value<'n>)] {
        match self {
            Self::Entries(entries) => entries,
            Self::Value(Value::Object(entries)) => entries,
            Self::Absent | Self::Value(_) | Self::File(_) => &[],
        }
    }

    fn items(self) -> &'n [Value<'n>] {
        match self {
            Self::Value(Value::Array(items)) => items,
            Self::Absent | Self::Entries(_) | Self::Value(_) | Self::File(_) => &[],
        }
    }
}

/// The first key of a wire path, and what follows it. A path that goes on with `[]` or `{}` yields a key that no
/// object has.
fn next_key(path: &'static str) -> (&'static str, &'static str) {
    let path = path.strip_prefix('.').unwrap_or(path);
    let bytes = path.as_bytes();
    let is_mark = |at: &usize| match bytes[*at] {
        b'.' => true,
        b'[' => bytes.get(at + 1) == Some(&b']'),
        b'{' => bytes.get(at + 1) == Some(&b'}'),
        _ => false,
    };
    let end = (0..bytes.len()).find(is_mark).unwrap_or(bytes.len());
    if end == 0 { (path, "") } else { path.split_at(end) }
}

fn number(value: &Value<'_>) -> Option<Number> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Str(digits) => digits.parse().ok().map(Number::Int),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn items(value: &Value<'_>) -> Option<usize> {
    match value {
        Value::Array(items) => Some(items.len()),
        Value::Object(entries) => Some(entries.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Str(_) => None,
    }
}

fn bytes(value: &Value<'_>) -> usize {
    match value {
        Value::Str(text) => text.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.json_len(),
    }
}

/// The bytes of some fields of a body together, or of all of it.
fn body_size(body: &Value<'_>, fields: &[&str]) -> usize {
    match body {
        Value::Object(entries) if !fields.is_empty() => {
            fields.iter().filter_map(|field| json::get(entries, field)).map(bytes).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Str(_) | Value::Array(_) | Value::Object(_) => {
            bytes(body)
        }
    }
}

/// The path of a value with the index of each item.
fn field(trail: Option<&Trail<'_>>, name: &str) -> String {
    let Some(Trail { up, step, .. }) = trail else {
        return name.to_owned();
    };
    let mut path = if up.is_some() { field(*up, name) } else { String::new() };
    match step {
        Step::Key(key) if path.is_empty() => path.push_str(key),
        Step::Key(key) | Step::Entry(key) => path.extend([".", key]),
        Step::Item(index) => write!(path, "[{index}]").expect("writing to a string cannot fail"),
    }
    path
}
