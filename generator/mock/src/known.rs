//! The values of an example's request: by place, so that a reply that repeats one can repeat a caller's instead.

use apigen_model::ir::{Api, Example, Field, Operation, PathSegment, Place, Presence, Scalar, Type};
use serde_json::{Map, Value};

use crate::shape;
use crate::spot::{Spot, Step, plain};

/// A single value of an example's request.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    pub(crate) spot: Spot,
    pub(crate) text: String,
    /// Its type; `None` where the spec gives none.
    pub(crate) type_: Option<&'a Type>,
    /// Its key on the wire.
    pub(crate) wire: String,
}

/// A list of an example's request.
#[derive(Debug)]
pub(crate) struct KnownList {
    pub(crate) spot: Spot,
    pub(crate) items: Vec<String>,
}

/// All of an example's request.
#[derive(Debug, Default)]
pub(crate) struct KnownValues<'a> {
    pub(crate) values: Vec<Known<'a>>,
    pub(crate) lists: Vec<KnownList>,
}

/// The type of the size of a file.
static BYTES: Type = Type::Scalar(Scalar::ByteCount);

/// The values of an example's request, in the order of the places.
pub(crate) fn values<'a>(api: &'a Api, operation: &'a Operation, example: &Example) -> KnownValues<'a> {
    let mut known = KnownValues::default();
    let request = &example.request;
    for (index, value) in &request.path {
        known
            .joined(&operation.path_parameters[*index], value, Spot::Path(*index), |item| Spot::PathItem(*index, item));
    }
    for (index, value) in &request.query {
        let field = &operation.query[*index];
        let name = || field.wire.clone();
        known.joined(field, value, Spot::Query(name()), |item| Spot::QueryItem(name(), item));
    }
    for (index, value) in &request.headers {
        let field = &operation.headers[*index];
        known.single(field.wire.clone(), value, Some(&field.type_), Spot::Header(field.wire.clone()));
    }
    for (index, value) in &request.body {
        let field = &operation.body.json_fields()[*index];
        known.json(api, &field.wire, value, Some(&field.type_), vec![Step::Key(field.wire.clone())]);
    }
    for (index, file) in &request.form {
        let field = &operation.body.form_fields()[*index];
        let wire = field.wire.clone();
        if field.type_ == Type::File {
            known.single(wire.clone(), &Value::from(file.name.as_str()), None, Spot::FileName(wire.clone()));
            known.single(wire.clone(), &Value::from(file.content.len()), Some(&BYTES), Spot::FileSize(wire));
        } else {
            known.single(wire.clone(), &Value::from(file.content.as_str()), Some(&field.type_), Spot::Form(wire));
        }
    }
    known
}

/// The JSON body of an example as it stands on the wire: its values, the tags beside unions, and constants.
pub(crate) fn body(operation: &Operation, example: &Example) -> Value {
    let fields = operation.body.json_fields();
    let mut body: Map<String, Value> =
        example.request.body.iter().map(|(index, value)| (fields[*index].wire.clone(), value.clone())).collect();
    body.extend(example.request.tags.iter().map(|(tag, value)| (tag.clone(), Value::from(value.as_str()))));
    body.extend(constants(operation, Place::Body).map(|(field, value)| (field.wire.clone(), value.clone())));
    Value::Object(body)
}

/// The parameters of a place that always have one value.
pub(crate) fn constants(operation: &Operation, place: Place) -> impl Iterator<Item = (&Field, &Value)> {
    operation.parameters_in(place).iter().filter_map(|field| match &field.presence {
        Presence::Constant(value) => Some((field, value)),
        Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => None,
    })
}

/// The path of an example's request below that of the server, decoded.
pub(crate) fn path(operation: &Operation, example: &Example) -> String {
    let mut path = String::new();
    for segment in &operation.segments {
        path.push('/');
        match segment {
            PathSegment::Literal(text) => path.push_str(text),
            PathSegment::Parameter(index) => {
                let value = example.request.path.iter().find(|(it, _)| it == index);
                path.push_str(&value.map(|(_, value)| joined(value)).unwrap_or_default());
            }
        }
    }
    path
}

/// The URL of the server with the documented values of its parameters.
pub(crate) fn url(api: &Api) -> String {
    let parameters = api.server.parameters.iter();
    parameters.fold(api.server.url.clone(), |url, it| url.replace(&format!("{{{}}}", it.name), &it.example))
}

/// A value of a path, query or header as text: a list is joined by commas.
pub(crate) fn joined(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().filter_map(plain).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            plain(value).unwrap_or_default().into_owned()
        }
    }
}

impl<'a> KnownValues<'a> {
    fn single(&mut self, wire: String, value: &Value, type_: Option<&'a Type>, spot: Spot) {
        if let Some(text) = plain(value) {
            self.values.push(Known { spot, text: text.into_owned(), type_, wire });
        }
    }

    /// A parameter that may be a list joined by commas.
    fn joined(&mut self, field: &'a Field, value: &Value, spot: Spot, item: impl Fn(usize) -> Spot) {
        let Value::Array(values) = value else {
            return self.single(field.wire.clone(), value, Some(&field.type_), spot);
        };
        let of = if let Type::List(of) = &field.type_ { Some(&**of) } else { None };
        for (index, value) in values.iter().enumerate() {
            self.single(field.wire.clone(), value, of, item(index));
        }
        self.lists.push(KnownList { spot, items: values.iter().map(joined).collect() });
    }

    fn json(&mut self, api: &'a Api, wire: &str, value: &Value, type_: Option<&'a Type>, at: Vec<Step>) {
        let below = |step: Step| at.iter().cloned().chain([step]).collect::<Vec<_>>();
        match value {
            Value::Object(fields) => {
                for (key, inner) in fields {
                    let type_ = type_.and_then(|it| shape::at_key(api, it, value, key));
                    self.json(api, key, inner, type_, below(Step::Key(key.clone())));
                }
            }
            Value::Array(items) => {
                let of = type_.and_then(|it| shape::item(api, it));
                for (index, item) in items.iter().enumerate() {
                    self.json(api, wire, item, of, below(Step::Item(index)));
                }
                let texts: Vec<_> = items.iter().filter_map(plain).map(std::borrow::Cow::into_owned).collect();
                if texts.len() == items.len() && !texts.is_empty() {
                    self.lists.push(KnownList { spot: Spot::Body(at), items: texts });
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.single(wire.to_owned(), value, type_, Spot::Body(at));
            }
        }
    }
}
