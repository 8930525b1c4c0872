//! An operation with its examples, prepared at start so that a request costs no more than writing the reply.

use std::collections::BTreeMap;

use apigen_core::template::Template;
use apigen_model::ir::{Api, Cost, ErrorRef, Example, ExampleReply, Operation, Paging, Place, Type};
use serde_json::Value;

use crate::compile::Compiler;
use crate::known;
use crate::reply::Node;
use crate::spot::{Caller, Spot, Step};

/// An operation, prepared.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) examples: Vec<Sample>,
    /// The items that pages are made of.
    pub(crate) items: Vec<Node>,
    /// The list whose items are served one by one, such as the receivers of a message.
    pub(crate) list: Option<Spot>,
    /// Where the placeholders of error messages find their values, as examples of errors show it.
    pub(crate) captures: BTreeMap<String, Capture>,
    /// The budgets that it draws on, as indices into those of the API.
    pub(crate) budgets: Vec<usize>,
    /// Cursors that examples show.
    pub(crate) cursors: Vec<String>,
}

/// What stands in the place of a placeholder.
#[derive(Debug)]
pub(crate) enum Capture {
    /// A value of the request.
    Value(Spot),
    /// The items of a list of the request, with this between them.
    Items(Spot, &'static str),
}

/// A documented example.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) name: String,
    request: Shown,
    pub(crate) reply: SampleReply,
    /// Whether it shows the beginning of a list that the first example shows otherwise: there is one list to walk.
    is_other_world: bool,
}

/// The reply of an example.
#[derive(Debug)]
pub(crate) enum SampleReply {
    /// JSON with the status of a success.
    Json {
        /// As it is documented.
        shown: Node,
        /// As it is documented, with the page that the caller asks for.
        paged: Option<Node>,
        /// The lines of the files that the reply names.
        records: Vec<Value>,
        /// Whether it reports success.
        succeeds: bool,
    },
    Binary(String),
    Error {
        error: ErrorRef,
        /// What stands in the places of placeholders, by their names.
        values: Vec<(String, String)>,
    },
}

/// The request of an example as it stands on the wire.
#[derive(Debug)]
struct Shown {
    path: Vec<String>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Value,
    /// Field, name and size of each file, or field and text.
    form: Vec<(String, String, usize)>,
}

impl Prepared {
    pub(crate) fn new(api: &Api, operation: &Operation) -> Self {
        let mut examples: Vec<_> = operation.examples.iter().map(|it| sample(api, operation, it)).collect();
        mark_other_worlds(operation, &mut examples);
        let mut known = Vec::new();
        let mut items = Vec::new();
        for example in successes(operation) {
            let ExampleReply::Json { body, .. } = &example.reply else { continue };
            for (value, node) in Compiler::new(api, operation, example, true).items(body) {
                if !known.contains(&value) {
                    known.push(value);
                    items.push(node);
                }
            }
        }
        let list = list(api, operation).or_else(|| examples.iter().find_map(Sample::list));
        let budgets = operation.rate_limits.iter().filter_map(|id| {
            let name = &api[*id].name;
            api.rate_limits.iter().position(|it| it.name == *name)
        });
        Self {
            examples,
            items,
            list,
            captures: captures(api, operation),
            budgets: budgets.collect(),
            cursors: cursors(operation),
        }
    }

    /// The example that answers a request: the one that is called for, the one whose request it is, or the success whose
    /// request comes nearest. The second value tells whether the request is that of the example.
    pub(crate) fn choose(&self, caller: &Caller<'_>, wanted: Option<&str>) -> Option<(&Sample, bool)> {
        if let Some(wanted) = wanted {
            return self.examples.iter().find(|it| it.name == wanted).map(|it| (it, true));
        }
        if let Some(exact) = self.examples.iter().find(|it| !it.is_other_world && it.request.is(caller)) {
            return Some((exact, true));
        }
        let successes = self.examples.iter().filter(|it| it.reply.succeeds());
        // Of equally near ones the first, which is the one that documentation shows.
        successes.rev().max_by_key(|it| it.request.nearness(caller)).map(|it| (it, false))
    }
}

impl Sample {
    fn list(&self) -> Option<Spot> {
        match &self.reply {
            SampleReply::Json { shown, .. } => shown.list().cloned(),
            SampleReply::Binary(_) | SampleReply::Error { .. } => None,
        }
    }
}

impl SampleReply {
    pub(crate) fn succeeds(&self) -> bool {
        match self {
            Self::Json { succeeds, .. } => *succeeds,
            Self::Binary(_) => true,
            Self::Error { .. } => false,
        }
    }
}

impl Node {
    /// The list whose items are answered one by one.
    fn list(&self) -> Option<&Spot> {
        match self {
            Self::PerItem { list, .. } => Some(list),
            Self::Object(fields) => fields.iter().find_map(|(_, node)| node.list()),
            Self::Array(items) => items.iter().find_map(Self::list),
            Self::Text(_)
            | Self::Echo { .. }
            | Self::Words(_)
            | Self::Made(_)
            | Self::Items
            | Self::Next
            | Self::Count
            | Self::Total => None,
        }
    }
}

fn successes(operation: &Operation) -> impl Iterator<Item = &Example> {
    operation.examples.iter().filter(|it| match &it.reply {
        ExampleReply::Json { body, .. } => operation.outcomes.iter().all(|it| it.holds(body)),
        ExampleReply::Binary { .. } => true,
        ExampleReply::Error { .. } => false,
    })
}

fn sample(api: &Api, operation: &Operation, example: &Example) -> Sample {
    let reply = match &example.reply {
        ExampleReply::Json { body, records } => {
            let is_list = !matches!(operation.paging, Paging::None);
            let compile = |is_paged| Compiler::new(api, operation, example, is_paged).reply(body);
            SampleReply::Json {
                shown: compile(false),
                paged: is_list.then(|| compile(true)),
                records: records.clone(),
                succeeds: operation.outcomes.iter().all(|it| it.holds(body)),
            }
        }
        ExampleReply::Binary { content } => SampleReply::Binary(content.clone()),
        ExampleReply::Error { error, body } => SampleReply::Error { error: *error, values: values(api, *error, body) },
    };
    Sample { name: example.name.clone(), request: shown(operation, example), reply, is_other_world: false }
}

fn mark_other_worlds(operation: &Operation, examples: &mut [Sample]) {
    let (position, size) = match &operation.paging {
        Paging::None => return,
        Paging::PageNumber { parameter, size, .. } | Paging::Cursor { parameter, size, .. } => (parameter, size),
    };
    let list = |it: &Sample| {
        let query = it.request.query.iter().filter(|(name, _)| name != position && name != size);
        (it.request.path.clone(), query.cloned().collect::<Vec<_>>())
    };
    let Some(shown) = examples.first().map(list) else { return };
    for example in &mut examples[1..] {
        let starts = !example.request.query.iter().any(|(name, _)| name == position);
        example.is_other_world = starts && example.reply.succeeds() && list(example) == shown;
    }
}

fn shown(operation: &Operation, example: &Example) -> Shown {
    let request = &example.request;
    let mut path = vec![String::new(); operation.path_parameters.len()];
    for (index, value) in &request.path {
        path[*index] = known::joined(value);
    }
    let given = |values: &[(usize, Value)], place: Place| {
        let fields = operation.parameters_in(place);
        let values = values.iter().map(|(index, value)| (fields[*index].wire.clone(), known::joined(value)));
        let constants = known::constants(operation, place).map(|(it, value)| (it.wire.clone(), known::joined(value)));
        let mut all: Vec<_> = values.chain(constants).collect();
        all.sort();
        all
    };
    let form = request.form.iter().map(|(index, file)| {
        let field = &operation.body.form_fields()[*index];
        let name = if field.type_ == Type::File { file.name.clone() } else { file.content.clone() };
        (field.wire.clone(), name, file.content.len())
    });
    let mut form: Vec<_> = form.collect();
    form.sort();
    Shown {
        path,
        query: given(&request.query, Place::Query),
        headers: given(&request.headers, Place::Header),
        body: if operation.body.json_fields().is_empty() { Value::Null } else { known::body(operation, example) },
        form,
    }
}

impl Shown {
    /// Whether a request is this one.
    fn is(&self, caller: &Caller<'_>) -> bool {
        let header = |name: &str| caller.headers.get(name).and_then(|it| it.to_str().ok());
        caller.parameters == self.path
            && caller.query.len() == self.query.len()
            && self.query.iter().all(|(name, value)| caller.query(name) == Some(value))
            && self.headers.iter().all(|(name, value)| header(name) == Some(value))
            && *caller.body == self.body
            && caller.parts.len() == self.form.len()
            && self.form.iter().all(|(name, text, size)| {
                let part = caller.parts.iter().find(|it| it.name == *name);
                part.is_some_and(|it| it.text.as_ref().or(it.file_name.as_ref()) == Some(text) && it.bytes == *size)
            })
    }

    /// How near a request comes: values that agree, and parameters that both have or neither has.
    fn nearness(&self, caller: &Caller<'_>) -> usize {
        let paths = self.path.iter().zip(caller.parameters).map(|(shown, sent)| text_nearness(shown, sent));
        let queries =
            self.query.iter().map(|(name, value)| caller.query(name).map_or(0, |it| text_nearness(value, it)));
        let query_absent = caller.query.iter().all(|(name, _)| self.query.iter().any(|(it, _)| it == name));
        let bodies = match (&self.body, caller.body) {
            (Value::Object(shown), Value::Object(sent)) => {
                let common = shown.iter().filter_map(|(key, value)| Some(value_nearness(value, sent.get(key)?)));
                let more = sent.keys().filter(|it| !shown.contains_key(*it)).count();
                (common.sum::<usize>() + 40).saturating_sub(more)
            }
            _ => 0,
        };
        paths.sum::<usize>() + queries.sum::<usize>() + usize::from(query_absent) + bodies
    }
}

/// A list of one is nearer to a list of one than to a longer one.
fn text_nearness(shown: &str, sent: &str) -> usize {
    if shown == sent { 3 } else { 1 + usize::from(shown.contains(',') == sent.contains(',')) }
}

fn value_nearness(shown: &Value, sent: &Value) -> usize {
    match (shown, sent) {
        (shown, sent) if shown == sent => 3,
        (Value::Array(shown), Value::Array(sent)) => 1 + usize::from((shown.len() > 1) == (sent.len() > 1)),
        _ => 1,
    }
}

/// The list that a budget counts the items of, or else one of the path.
fn list(api: &Api, operation: &Operation) -> Option<Spot> {
    let counted = operation.rate_limits.iter().find_map(|id| match &api[*id].cost {
        Cost::Items(wire) => Some(Spot::Body(vec![Step::Key(wire.clone())])),
        Cost::Call => None,
    });
    let in_path = || operation.path_parameters.iter().position(|it| matches!(it.type_, Type::List(_))).map(Spot::Path);
    counted.or_else(in_path)
}

/// What stands in the message of an example in the places of placeholders.
fn values(api: &Api, error: ErrorRef, body: &Value) -> Vec<(String, String)> {
    let message = body.get(&api.error_body.message).and_then(Value::as_str).unwrap_or_default();
    let captures = Template::new(&api.error(error).1.message).captures(message).unwrap_or_default();
    captures.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// Where placeholders find their values: what an example's message says there equals a value of its request.
fn captures(api: &Api, operation: &Operation) -> BTreeMap<String, Capture> {
    let mut captures = BTreeMap::new();
    for example in &operation.examples {
        let ExampleReply::Error { error, body } = &example.reply else { continue };
        let known = known::values(api, operation, example);
        for (name, text) in values(api, *error, body) {
            let value = known.values.iter().find(|it| it.text == text).map(|it| Capture::Value(it.spot.clone()));
            let items = || {
                let separators = [", ", ","].into_iter();
                let mut lists = separators.flat_map(|between| known.lists.iter().map(move |it| (it, between)));
                let (list, between) = lists.find(|(it, between)| it.items.join(between) == text)?;
                Some(Capture::Items(list.spot.clone(), between))
            };
            // A list of one item looks like a value; a longer one tells more.
            let capture = if text.contains(',') { items().or(value) } else { value };
            if let Some(capture) = capture {
                let is_list = matches!(capture, Capture::Items(..));
                if is_list || !captures.contains_key(&name) {
                    captures.insert(name, capture);
                }
            }
        }
    }
    captures
}

/// The cursors of examples.
fn cursors(operation: &Operation) -> Vec<String> {
    let Paging::Cursor { parameter, .. } = &operation.paging else { return Vec::new() };
    let shown = successes(operation).flat_map(|it| &it.request.query);
    let of = shown.filter(|(index, _)| operation.query[*index].wire == *parameter);
    of.map(|(_, value)| known::joined(value)).collect()
}
