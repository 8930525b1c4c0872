//! From a documented example to a prepared reply: finds what the reply repeats of the request.
//!
//! A text of the reply that equals a value of the example's request repeats it, if both have the same type or the same key,
//! or if it is long enough not to be a coincidence. Numbers must agree in type or key too. Truth values never repeat
//! anything: there are only two of them.

use apigen_model::ir::{Api, Envelope, Example, Operation, Paging, Response, Scalar, Type, TypeKind};
use serde_json::Value;

use crate::known::{self, Known, KnownList, KnownValues};
use crate::reply::{Key, Node, Word};
use crate::shape::{self, Root};
use crate::spot::{Spot, plain};

/// Texts with fewer characters are not taken for a repetition unless type or key tell that they are one.
const TELLING: usize = 3;

/// Prepares replies of one example.
pub(crate) struct Compiler<'a> {
    api: &'a Api,
    operation: &'a Operation,
    known: KnownValues<'a>,
    envelope: Option<&'a Envelope>,
    /// The path of the example's request, below that of the server.
    path: String,
    /// The URL of the server with the values of its examples.
    url: String,
    root: Root<'a>,
    paged: Option<Paged>,
    /// The item whose result is being compiled.
    item: Option<String>,
    /// Whether ids that the server made up are made up anew in each repetition.
    is_repeated: bool,
    /// Whether any text counts as such an id.
    is_any_text_an_id: bool,
}

/// Where a page keeps what pages have; paths of keys from the root.
struct Paged {
    items: Vec<String>,
    next: Vec<String>,
    total: Vec<String>,
    /// Number of items on the page, where the reply repeats it beside them.
    counts: Vec<String>,
}

impl<'a> Compiler<'a> {
    /// Prepares replies as they are documented, or, of a list, with the pages that callers ask for.
    pub(crate) fn new(api: &'a Api, operation: &'a Operation, example: &Example, is_paged: bool) -> Self {
        let envelope = match &operation.response {
            Response::Json { envelope, .. } | Response::Empty { envelope } => envelope.map(|id| &api[id]),
            Response::Binary { .. } => None,
        };
        let root = shape::root(api, operation);
        Self {
            api,
            operation,
            known: known::values(api, operation, example),
            envelope,
            path: known::path(operation, example),
            url: known::url(api),
            root,
            paged: if is_paged { paged(api, operation, root) } else { None },
            item: None,
            is_repeated: false,
            is_any_text_an_id: false,
        }
    }

    /// Prepares a whole reply.
    pub(crate) fn reply(&mut self, body: &Value) -> Node {
        let Value::Object(fields) = body else {
            let type_ = self.root.payload.map(|(_, type_)| type_);
            return self.node(body, type_, None, &mut Vec::new());
        };
        let mut at = Vec::new();
        if let Some(paged) = &mut self.paged {
            let items = at_path(body, &paged.items).and_then(Value::as_array).map(Vec::len);
            let is_count = |value: &Value| items.is_some_and(|it| value.as_u64() == u64::try_from(it).ok());
            paged.counts = fields.iter().filter(|(_, value)| is_count(value)).map(|(key, _)| key.clone()).collect();
        }
        let mut nodes = Vec::new();
        for (key, value) in fields {
            let node = self.enveloped(key, value).unwrap_or_else(|| {
                let type_ = self.root.key(self.api, body, key);
                at.push(key.clone());
                let node = self.node(value, type_, Some(key), &mut at);
                at.pop();
                node
            });
            nodes.push((Key(key.clone()), node));
        }
        self.add_next(&at, &mut nodes);
        fixed(Node::Object(nodes))
    }

    /// Prepares the items of a page.
    pub(crate) fn items(&mut self, body: &Value) -> Vec<(Value, Node)> {
        let Some(path) = self.paged.as_ref().map(|it| it.items.clone()) else { return Vec::new() };
        let Some(items) = at_path(body, &path).and_then(Value::as_array) else { return Vec::new() };
        let (Paging::PageNumber { items: of, .. } | Paging::Cursor { items: of, .. }) = &self.operation.paging else {
            return Vec::new();
        };
        let item = |value: &Value| (value.clone(), self.repeated(value, &of.type_));
        items.iter().map(item).collect()
    }

    /// A value that is repeated with other ids.
    fn repeated(&mut self, value: &Value, type_: &'a Type) -> Node {
        self.is_repeated = true;
        // The places below an item are no places of a page.
        let mut below = vec![String::new()];
        let mut node = self.node(value, Some(type_), None, &mut below);
        if node.fixed().is_some() {
            self.is_any_text_an_id = true;
            node = self.node(value, Some(type_), None, &mut below);
            self.is_any_text_an_id = false;
        }
        self.is_repeated = false;
        node
    }

    /// A field of the envelope whose example says what it repeats.
    fn enveloped(&self, key: &str, value: &Value) -> Option<Node> {
        let field = self.envelope?.fields.iter().find(|it| it.wire == key)?;
        let template = field.example.as_str().filter(|it| it.contains('{'))?;
        let words = self.words_of(template);
        let documented: String = words
            .iter()
            .map(|word| match word {
                Word::Text(text) => text.as_str(),
                Word::Server(index) => self.api.server.parameters[*index].example.as_str(),
                Word::Path => self.path.as_str(),
                Word::Url => self.url.as_str(),
                Word::Echo(_, text) => text.as_str(),
                Word::Item => "",
            })
            .collect();
        (value.as_str() == Some(&documented)).then_some(Node::Words(words))
    }

    /// The pieces of a template with `{method}`, `{path}`, `{url}` and parameters of the server.
    fn words_of(&self, template: &str) -> Vec<Word> {
        let mut words = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('{') {
            let Some((name, following)) = after.split_once('}') else { break };
            words.push(Word::Text(text.to_owned()));
            let server = self.api.server.parameters.iter().position(|it| it.name == name);
            match (name, server) {
                ("method", _) => words.push(Word::Text(self.operation.method.as_str().to_lowercase())),
                ("path", _) => words.push(Word::Path),
                ("url", _) => words.extend([Word::Url, Word::Path]),
                (_, Some(index)) => words.push(Word::Server(index)),
                (_, None) => words.push(Word::Text(format!("{{{name}}}"))),
            }
            rest = following;
        }
        words.push(Word::Text(rest.to_owned()));
        words
    }

    fn node(&mut self, value: &Value, type_: Option<&'a Type>, key: Option<&str>, at: &mut Vec<String>) -> Node {
        if let Some(node) = self.paged_node(value, at) {
            return node;
        }
        match value {
            Value::Object(fields) => {
                if let Some(node) = self.per_key(fields, type_) {
                    return node;
                }
                let mut nodes = Vec::new();
                for (key, inner) in fields {
                    let type_ = type_.and_then(|it| shape::at_key(self.api, it, value, key));
                    at.push(key.clone());
                    nodes.push((Key(key.clone()), self.node(inner, type_, Some(key), at)));
                    at.pop();
                }
                self.add_next(at, &mut nodes);
                fixed(Node::Object(nodes))
            }
            Value::Array(items) => {
                let of = type_.and_then(|it| shape::item(self.api, it));
                if let Some(node) = self.per_item(items, of) {
                    return node;
                }
                let mut below = vec![String::new()];
                fixed(Node::Array(items.iter().map(|it| self.node(it, of, key, &mut below)).collect()))
            }
            Value::String(text) => self.text(text, type_, key),
            Value::Number(_) => self.number(value, type_, key),
            Value::Null | Value::Bool(_) => Node::Text(value.to_string()),
        }
    }

    fn text(&self, text: &str, type_: Option<&Type>, key: Option<&str>) -> Node {
        if self.item.as_deref() == Some(text) {
            return Node::Words(vec![Word::Item]);
        }
        if let Some(known) = self.repeats(text, type_, key) {
            return Node::Echo { spot: known.spot.clone(), documented: text.into() };
        }
        if let Some(below) = text.strip_prefix(&self.url).filter(|it| it.starts_with('/')) {
            let words = std::iter::once(Word::Url).chain(self.segments(below));
            return Node::Words(words.collect());
        }
        if self.is_repeated && type_.is_some_and(|it| self.is_id(it)) {
            return Node::Made(text.into());
        }
        Node::Text(Value::from(text).to_string())
    }

    /// The path of a URL of the server, in which values of the request may stand.
    fn segments(&self, path: &str) -> impl Iterator<Item = Word> {
        path.split('/').skip(1).flat_map(|segment| {
            let known = self.known.values.iter().find(|it| it.text == segment && segment.len() > TELLING);
            let word = match known {
                Some(known) => Word::Echo(known.spot.clone(), segment.to_owned()),
                None => Word::Text(segment.to_owned()),
            };
            [Word::Text("/".to_owned()), word]
        })
    }

    fn number(&self, value: &Value, type_: Option<&Type>, key: Option<&str>) -> Node {
        if let Some(known) = self.repeats(&value.to_string(), type_, key) {
            return Node::Echo { spot: known.spot.clone(), documented: value.clone() };
        }
        let is_id = |it: &Type| self.is_id(it) && matches!(it, Type::Named(_));
        if self.is_repeated && type_.is_some_and(is_id) {
            return Node::Made(value.clone());
        }
        Node::Text(value.to_string())
    }

    /// The value of the request that a value of the reply repeats.
    fn repeats(&self, text: &str, type_: Option<&Type>, key: Option<&str>) -> Option<&Known<'a>> {
        let is_named = |it: &Type| matches!(it, Type::Named(_));
        let equal = self.known.values.iter().filter(|it| it.text == text);
        let rank = |known: &Known<'_>| {
            let is_same_type = type_.is_some() && known.type_ == type_;
            let is_same_key = key.is_some_and(|it| it == known.wire);
            let is_text_here = type_.is_none_or(|it| self.is_text(it));
            let is_text = is_text_here && known.type_.is_none_or(|it| self.is_text(it));
            match (is_same_type, is_same_key) {
                (true, true) => 3,
                (true, false) if type_.is_some_and(|it| is_named(it) || is_measure(it)) => 2,
                // The same key may stand for something else: `name: boolean` says whether the name changed.
                (false, true) if is_text_here => 2,
                _ if is_text && text.chars().count() >= TELLING => 1,
                _ => 0,
            }
        };
        equal
            .map(|it| (rank(it), it))
            .filter(|(rank, _)| *rank > 0)
            .rev()
            .max_by_key(|(rank, _)| *rank)
            .map(|(_, it)| it)
    }

    /// Whether values of a type are texts of any kind.
    fn is_text(&self, type_: &Type) -> bool {
        matches!(self.api.underlying(type_), Type::Scalar(Scalar::String) | Type::Json)
            && !shape::is_closed(self.api, type_)
    }

    /// Whether values of a type name something.
    fn is_id(&self, type_: &Type) -> bool {
        match type_ {
            Type::Named(id) => matches!(self.api[*id].kind, TypeKind::Newtype(_)),
            Type::Scalar(Scalar::String) => self.is_any_text_an_id,
            Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => false,
        }
    }

    /// A map whose keys are the items of a list of the request.
    fn per_key(&mut self, fields: &serde_json::Map<String, Value>, type_: Option<&'a Type>) -> Option<Node> {
        let of = shape::entry(self.api, type_?)?;
        let list = self.list(fields.len(), |item| fields.contains_key(item))?;
        let documented: Vec<_> = fields.iter().map(|(key, value)| self.result(key, value, Some(of))).collect();
        Some(Node::PerItem { list, documented, usual: 0, keyed: true })
    }

    /// A list with one result for each item of a list of the request.
    fn per_item(&mut self, results: &[Value], of: Option<&'a Type>) -> Option<Node> {
        if self.item.is_some() {
            return None;
        }
        let names = |result: &Value, item: &str| match result {
            Value::Object(fields) => fields.values().any(|it| plain(it).as_deref() == Some(item)),
            _ => plain(result).as_deref() == Some(item),
        };
        let list = self.list(results.len(), |item| results.iter().filter(|it| names(it, item)).count() == 1)?;
        let items = self.known.lists.iter().find(|it| it.spot == list).map(|it| it.items.clone()).unwrap_or_default();
        let mut documented = Vec::new();
        let mut usual = None;
        for result in results {
            let item = items.iter().find(|it| names(result, it))?;
            if usual.is_none() && self.is_success(result, of) {
                usual = Some(documented.len());
            }
            documented.push(self.result(item, result, of));
        }
        Some(Node::PerItem { list, documented, usual: usual.unwrap_or(0), keyed: false })
    }

    /// The list of the request with so many items that each are answered.
    fn list(&self, count: usize, is_answered: impl Fn(&str) -> bool) -> Option<Spot> {
        let fits = |it: &&KnownList| it.items.len() == count && it.items.iter().all(|item| is_answered(item));
        self.known.lists.iter().find(fits).map(|it| it.spot.clone())
    }

    fn result(&mut self, item: &str, value: &Value, of: Option<&'a Type>) -> (String, Node) {
        self.item = Some(item.to_owned());
        self.is_repeated = true;
        let node = self.node(value, of, None, &mut vec![String::new()]);
        self.is_repeated = false;
        self.item = None;
        (item.to_owned(), node)
    }

    fn is_success(&self, result: &Value, of: Option<&Type>) -> bool {
        match of {
            Some(Type::Named(id)) => self.api[*id].verdict.as_ref().is_none_or(|it| it.outcome.holds(result)),
            Some(Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File) | None => true,
        }
    }

    fn paged_node(&self, value: &Value, at: &[String]) -> Option<Node> {
        let paged = self.paged.as_ref()?;
        if at == paged.items && value.is_array() {
            Some(Node::Items)
        } else if at == paged.next {
            Some(Node::Next)
        } else if at == paged.total && value.is_number() {
            Some(Node::Total)
        } else if let [key] = at
            && paged.counts.contains(key)
        {
            Some(Node::Count)
        } else {
            None
        }
    }

    /// Puts the cursor beside the fields of its object, where the example is the last page and has none.
    fn add_next(&self, at: &[String], nodes: &mut Vec<(Key, Node)>) {
        let Some((key, parent)) = self.paged.as_ref().and_then(|it| it.next.split_last()) else { return };
        if at == parent && !nodes.iter().any(|(it, _)| it.0 == *key) {
            nodes.push((Key(key.clone()), Node::Next));
        }
    }
}

/// Whether a type says what its numbers measure, so that equal numbers are hardly a coincidence.
fn is_measure(type_: &Type) -> bool {
    match type_ {
        Type::Scalar(
            Scalar::TimestampMs | Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount | Scalar::LocalHour,
        ) => true,
        Type::Scalar(Scalar::String | Scalar::Integer | Scalar::Number | Scalar::Boolean)
        | Type::Named(_)
        | Type::List(_)
        | Type::Map(_)
        | Type::Json
        | Type::File => false,
    }
}

fn paged(api: &Api, operation: &Operation, root: Root<'_>) -> Option<Paged> {
    let (items, next, total) = match &operation.paging {
        Paging::None => return None,
        Paging::PageNumber { items, total, .. } => (items, "", total.as_str()),
        Paging::Cursor { items, next, total, .. } => (items, next.as_str(), total.as_str()),
    };
    let path = |text: &str| text.split('.').filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    // A path that nothing has keeps what is not documented from being found.
    let or_nowhere = |path: Vec<String>| if path.is_empty() { vec!["\0".to_owned(), String::new()] } else { path };
    // The IR names the field as code does.
    let field = items.field.as_ref().map(|name| match root.payload.map(|(_, type_)| api.underlying(type_)) {
        Some(Type::Named(id)) => match &api[*id].kind {
            TypeKind::Object { fields } => fields.iter().find(|it| it.name == *name).map_or(name, |it| &it.wire),
            TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Union { .. } => name,
        },
        Some(Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File) | None => name,
    });
    Some(Paged {
        items: root.payload_path().into_iter().chain(field.cloned()).collect(),
        next: or_nowhere(path(next)),
        total: or_nowhere(path(total)),
        counts: Vec::new(),
    })
}

fn at_path<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// The node as text, if it is the same for every caller.
fn fixed(node: Node) -> Node {
    node.fixed().map_or(node, Node::Text)
}
