//! Places in a request whose values a reply repeats, and the request that fills them.

use std::borrow::Cow;

use hyper::HeaderMap;
use serde_json::Value;

use crate::log::Part;

/// A place in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spot {
    /// A path parameter by its index; all of a list.
    Path(usize),
    /// An item of a path parameter that holds a list.
    PathItem(usize, usize),
    /// A query parameter by its wire name.
    Query(String),
    /// An item of a query parameter that holds a list.
    QueryItem(String, usize),
    /// A header by its name.
    Header(String),
    /// A value of the JSON body.
    Body(Vec<Step>),
    /// Text of a field of a form, by its wire name.
    Form(String),
    /// Name of the file of a form's field.
    FileName(String),
    /// Bytes of the file of a form's field.
    FileSize(String),
}

/// A step into a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item.
    Item(usize),
}

/// A request, as the operation that it means reads it.
#[derive(Debug)]
pub(crate) struct Caller<'r> {
    /// The path as it was sent, decoded.
    pub(crate) path: &'r str,
    /// The values of the server's parameters, decoded; the mock's own address for one that is no part of
    /// the path.
    pub(crate) server: &'r [String],
    /// The values of the path parameters, decoded.
    pub(crate) parameters: &'r [String],
    /// Names and values of the query, decoded.
    pub(crate) query: &'r [(String, String)],
    pub(crate) headers: &'r HeaderMap,
    /// The JSON body; `Null` when there is none.
    pub(crate) body: &'r Value,
    /// The parts of the form.
    pub(crate) parts: &'r [Part],
}

impl Caller<'_> {
    /// What stands in a place, as text.
    pub(crate) fn text(&self, spot: &Spot) -> Option<Cow<'_, str>> {
        match spot {
            Spot::Path(index) => self.parameters.get(*index).map(|it| Cow::Borrowed(it.as_str())),
            Spot::PathItem(index, item) => self.parameters.get(*index)?.split(',').nth(*item).map(Cow::Borrowed),
            Spot::Query(name) => self.query(name).map(Cow::Borrowed),
            Spot::QueryItem(name, item) => self.query(name)?.split(',').nth(*item).map(Cow::Borrowed),
            Spot::Header(name) => self.headers.get(name)?.to_str().ok().map(Cow::Borrowed),
            Spot::Body(steps) => plain(self.body_at(steps)?),
            Spot::Form(name) => self.part(name)?.text.as_deref().map(Cow::Borrowed),
            Spot::FileName(name) => self.part(name)?.file_name.as_deref().map(Cow::Borrowed),
            Spot::FileSize(name) => Some(Cow::Owned(self.part(name)?.bytes.to_string())),
        }
    }

    /// The items of a list that stands in a place.
    pub(crate) fn items(&self, spot: &Spot) -> Vec<String> {
        match spot {
            Spot::Body(steps) => {
                let items = self.body_at(steps).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                items.iter().filter_map(plain).map(Cow::into_owned).collect()
            }
            Spot::Path(_) | Spot::Query(_) | Spot::Header(_) => {
                self.text(spot).map(|it| it.split(',').map(str::to_owned).collect()).unwrap_or_default()
            }
            Spot::PathItem(..) | Spot::QueryItem(..) | Spot::Form(_) | Spot::FileName(_) | Spot::FileSize(_) => {
                Vec::new()
            }
        }
    }

    /// The value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn body_at(&self, steps: &[Step]) -> Option<&Value> {
        steps.iter().try_fold(self.body, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Item(index) => value.get(index),
        })
    }

    fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|it| it.name == name)
    }
}

/// A single value as text without quotes; `None` for lists, objects and null.
pub(crate) fn plain(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Some(Cow::Owned(value.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
