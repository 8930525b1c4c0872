//! From what pages say of a value to a field: its name, type, presence, default and limits.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::limits::limits;
use super::names::{Names, claim, snake};
use super::types::{Definitions, Field, Kind};
use super::usage::Usage;
use super::values::Value;
use super::yaml::Keys;
use super::{At, NoteKind, Notes};
use crate::facts::{Claim, Place, Shape, Unit};

/// What the pages say of names wherever they stand: types and values.
#[derive(Debug, Default)]
pub(super) struct Common(BTreeMap<String, Said>);

/// The type and the values of a name.
#[derive(Debug, Default)]
struct Said {
    shape: Option<(Shape, At)>,
    values: Vec<(String, At)>,
}

/// Makes the fields of one operation.
pub(super) struct Maker<'a> {
    pub(super) usage: &'a Usage,
    pub(super) common: &'a Common,
    pub(super) names: &'a mut Names,
    pub(super) definitions: &'a mut Definitions,
    pub(super) notes: &'a mut Notes,
    /// Index and name of the resource, and name of the operation.
    pub(super) resource: (usize, &'a str),
    pub(super) operation: &'a str,
    /// The arguments that there are already: those of all places stand side by side.
    pub(super) arguments: BTreeSet<String>,
}

impl Common {
    pub(super) fn add(&mut self, claim: &Claim, at: At) {
        let Some(name) = claim.name() else { return };
        let wire = name.path.rsplit_once('.').map_or(name.path.as_str(), |(_, wire)| wire);
        match claim {
            Claim::Type(_, shape) => {
                self.0.entry(wire.to_owned()).or_default().shape.get_or_insert((*shape, at));
            }
            Claim::Value(_, value) => {
                let values = &mut self.0.entry(wire.to_owned()).or_default().values;
                if !values.iter().any(|(it, _)| it == value) {
                    values.push((value.clone(), at));
                }
            }
            Claim::Field(_)
            | Claim::Required(..)
            | Claim::Default(..)
            | Claim::Shown(..)
            | Claim::Limit(..)
            | Claim::Error(_) => {}
        }
    }

    /// What is said of a name elsewhere, where nothing is said of it here.
    fn complete(&self, value: &mut Value) {
        if let Some(Said { shape, values }) = self.0.get(&value.wire) {
            if value.types.is_empty() {
                value.types.extend(*shape);
            }
            if value.values.is_empty() {
                value.values.clone_from(values);
            }
        }
    }
}

impl Maker<'_> {
    /// The parameters of a place, in the order of the pages.
    pub(super) fn parameters(&mut self, place: Place, values: Vec<Value>) -> Vec<Field> {
        values.into_iter().map(|it| self.parameter(place, it)).collect()
    }

    fn parameter(&mut self, place: Place, value: Value) -> Field {
        let mut key = snake(&value.wire, place.as_str());
        if self.arguments.contains(&key) || self.names.reserved.arguments.contains(&key.as_str()) {
            key = format!("{}_{key}", place.as_str());
        }
        let key = claim(&mut self.arguments, key, "_");
        self.field(place, key, value)
    }

    /// The fields of an object.
    pub(super) fn fields(&mut self, place: Place, values: Vec<Value>) -> Vec<Field> {
        let mut taken = BTreeSet::new();
        let field = |it: Value| {
            let key = claim(&mut taken, snake(&it.wire, "value"), "_");
            self.field(place, key, it)
        };
        values.into_iter().map(field).collect()
    }

    fn field(&mut self, place: Place, key: String, mut value: Value) -> Field {
        self.common.complete(&mut value);
        let keys = self.keys(place, &key);
        let required = self.required(place, &value, &keys);
        let kind = self.kind(place, &value, &keys);
        let also = if place == Place::Response { also(&value, &kind) } else { None };
        let default = self.default(place, &value, &kind, &keys);
        let limits = if place == Place::Response {
            Vec::new()
        } else {
            limits(&value, &kind, self.resource.0, &keys, self.notes)
        };
        let required = required && default.is_none();
        Field { key, at: value.at(), wire: value.wire, kind, also, required, default, limits }
    }

    /// Whether it must be there. Of a reply only that is promised which both a table names and an example shows, or which
    /// an example shows where there is no table.
    fn required(&mut self, place: Place, value: &Value, keys: &Keys) -> bool {
        let marked = value.required.first().map(|it| it.0);
        match place {
            Place::Path => true,
            Place::Response => marked != Some(false) && !value.shown.is_empty() && !value.is_unlisted,
            Place::Query | Place::Header | Place::Body => {
                if marked.is_none() && value.is_described() && value.defaults.is_empty() {
                    let path = &value.path;
                    self.guess(value, format!("`{path}`: no page says whether it must be there"), keys);
                }
                // What an example sends is needed, as far as anybody knows; what is inside depends on other values.
                marked.unwrap_or(!value.shown.is_empty() && !value.is_unlisted && value.path == value.wire)
            }
        }
    }

    fn kind(&mut self, place: Place, value: &Value, keys: &Keys) -> Kind {
        let has = |shape: Shape| {
            value.types.first().is_some_and(|it| it.0 == shape) || value.shown.iter().any(|it| it.0 == shape)
        };
        let in_line = matches!(place, Place::Path | Place::Query | Place::Header);
        if in_line {
            let is_list =
                value.types.first().is_some_and(|it| it.0 == Shape::List) || super::limits::counts_items(value);
            return if is_list && place != Place::Header {
                self.list(place, value, keys)
            } else {
                self.single(place, value, keys)
            };
        }
        if place == Place::Body && value.shown.iter().any(|it| it.0 == Shape::File) {
            return Kind::File;
        }
        if has(Shape::List) {
            return self.list(place, value, keys);
        }
        if !value.inside.is_empty() {
            return self.structure(place, value);
        }
        self.single(place, value, keys)
    }

    fn list(&mut self, place: Place, value: &Value, keys: &Keys) -> Kind {
        if !value.inside.is_empty() {
            return Kind::List(Box::new(self.structure(place, value)));
        }
        match self.usage.kind(&value.wire, None) {
            Some(Kind::List(item)) => return Kind::List(item.clone()),
            Some(item @ (Kind::Shared { .. } | Kind::String | Kind::Integer)) => {
                return Kind::List(Box::new(item.clone()));
            }
            Some(_) | None => {}
        }
        let item = if place == Place::Response { Kind::Json } else { Kind::String };
        let name = item.expression(self.definitions);
        self.guess(value, format!("`{}`: no page says what the list holds; drafted as `{name}`", value.path), keys);
        Kind::List(Box::new(item))
    }

    /// An object, or a map where the keys look like values.
    fn structure(&mut self, place: Place, value: &Value) -> Kind {
        if let Some(entry) = entry_of_map(value) {
            let entry = Value { wire: value.wire.clone(), ..entry.clone() };
            let kind = self.field(place, snake(&value.wire, "value"), entry).kind;
            // Durations and files stand alone.
            return Kind::Map(Box::new(match kind {
                Kind::DurationMs | Kind::DurationS => Kind::Integer,
                Kind::File => Kind::Json,
                kind => kind,
            }));
        }
        let fields = self.fields(place, value.inside.clone());
        let (resource, wire) = (self.resource.1, value.wire.as_str());
        // The handle of the resource has its name already.
        let is_alone = snake(wire, "").starts_with(&snake(resource, ""));
        let words = [resource, wire, "details"];
        self.definitions.object(fields, if is_alone { &words } else { &words[..2] }, self.names)
    }

    /// The type of a payload, called after the operation.
    pub(super) fn payload(&mut self, value: &Value) -> Kind {
        let is_list = value.types.iter().chain(&value.shown).any(|it| it.0 == Shape::List);
        let part = if is_list { "item" } else { "reply" };
        let keys = ["operations", self.operation, "response"].map(str::to_owned).to_vec();
        let wire = if value.inside.is_empty() { value.wire.clone() } else { format!("{}_{part}", self.operation) };
        let mut value = Value { wire, ..value.clone() };
        self.common.complete(&mut value);
        self.kind(Place::Response, &value, &keys)
    }

    fn single(&mut self, place: Place, value: &Value, keys: &Keys) -> Kind {
        let mut said = value.types.first().or(value.shown.first()).map(|it| it.0);
        let in_line = matches!(place, Place::Path | Place::Query | Place::Header);
        // There, a number is text anyway: what has a range is a number, and what is one by default.
        let is_number = value.limits.iter().any(|(it, _)| it.unit == Unit::Value)
            || value.defaults.first().is_some_and(|it| it.0.parse::<i64>().is_ok());
        if in_line && said == Some(Shape::String) && is_number {
            said = Some(Shape::Integer);
        }
        if let Some(enumeration) = self.enumeration(value, said) {
            return enumeration;
        }
        if let Some(kind) = self.usage.kind(&value.wire, said).filter(|it| !matches!(it, Kind::List(_))) {
            return kind.clone();
        }
        match said {
            Some(Shape::Integer) => Kind::Integer,
            Some(Shape::Number) => Kind::Number,
            Some(Shape::Boolean) => Kind::Boolean,
            Some(Shape::File) if place == Place::Body => Kind::File,
            Some(Shape::Object | Shape::List) if !in_line => Kind::Json,
            Some(Shape::String | Shape::File | Shape::Object | Shape::List) => Kind::String,
            None if place == Place::Path => Kind::String,
            None => {
                let kind = if place == Place::Response { Kind::Json } else { Kind::String };
                let name = kind.expression(self.definitions);
                self.guess(value, format!("`{}`: no page says its type; drafted as `{name}`", value.path), keys);
                kind
            }
        }
    }

    /// An enum, where a page lists several values that could be names or numbers.
    fn enumeration(&mut self, value: &Value, said: Option<Shape>) -> Option<Kind> {
        let of = said.filter(|it| matches!(it, Shape::String | Shape::Integer))?;
        let is_value = |it: &str| match of {
            Shape::Integer => it.parse::<i64>().is_ok(),
            _ => !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.')),
        };
        let values: Vec<_> = value.values.iter().map(|it| it.0.clone()).collect();
        let is_enum = values.len() > 1 && values.iter().all(|it| is_value(it));
        is_enum.then(|| {
            let words = [self.resource.1, &value.wire];
            self.definitions.enumeration((&value.wire, of), &values, &words, self.names)
        })
    }

    fn default(&mut self, place: Place, value: &Value, kind: &Kind, keys: &Keys) -> Option<Json> {
        let (text, at) = value.defaults.first()?;
        // Defaults that differ depend on something; the ledger has them.
        if value.defaults.iter().any(|it| it.0 != *text) {
            return None;
        }
        let default = match kind.shape() {
            Some(Shape::String) => Some(Json::from(text.as_str())),
            Some(Shape::Integer) => text.parse::<i64>().ok().map(Json::from),
            Some(Shape::Number) => text.parse::<f64>().ok().map(Json::from),
            Some(Shape::Boolean) => text.parse::<bool>().ok().map(Json::from),
            Some(Shape::List | Shape::Object | Shape::File) | None => None,
        };
        let default = default.filter(|_| !matches!(place, Place::Path | Place::Response));
        if default.is_none() {
            let message = format!("`{}`: the default `{text}` has no place in the draft", value.path);
            self.notes.add(NoteKind::LeftOut, *at, message, self.resource.0, keys);
        }
        default
    }

    fn guess(&mut self, value: &Value, message: String, keys: &Keys) {
        self.notes.add(NoteKind::Guess, value.at(), message, self.resource.0, keys);
    }

    /// Where a field stands in the file of its resource; what is inside of another stands nearby.
    fn keys(&self, place: Place, key: &str) -> Keys {
        let section = match place {
            Place::Header => "headers",
            Place::Path | Place::Query | Place::Body | Place::Response => place.as_str(),
        };
        ["operations", self.operation, section, key].map(str::to_owned).to_vec()
    }
}

/// The type that replies show, where a table states another.
fn also(value: &Value, kind: &Kind) -> Option<&'static str> {
    let shown = value.shown.iter().map(|it| it.0).find(|it| !kind.fits(*it))?;
    match (kind, shown) {
        (
            Kind::Integer
            | Kind::Number
            | Kind::Boolean
            | Kind::TimestampMs
            | Kind::DurationMs
            | Kind::DurationS
            | Kind::ByteCount,
            Shape::String,
        ) => Some("string"),
        (Kind::String, Shape::Integer) => Some("integer"),
        (Kind::String, Shape::Number) => Some("number"),
        (Kind::String, Shape::Boolean) => Some("boolean"),
        _ => None,
    }
}

/// One of the entries of a map: what is inside is only ever shown, is alike, and is called like values, not like fields.
fn entry_of_map(value: &Value) -> Option<&Value> {
    let first = value.inside.first()?;
    let shape = first.shown.first()?.0;
    let alike = value.inside.iter().all(|it| !it.is_named() && it.shown.first().is_some_and(|it| it.0 == shape));
    let letters = |it: &str| it.trim_end_matches(|it: char| it.is_ascii_digit()).to_owned();
    let is_id = |it: &Value| it.wire.starts_with(|it: char| it.is_ascii_digit()) || it.wire.contains("XX");
    let numbered = value.inside.len() > 1
        && value.inside.iter().all(|it| letters(&it.wire) == letters(&first.wire) && letters(&it.wire) != it.wire);
    let alone = value.inside.len() == 1 && value.is_named() && letters(&first.wire) != first.wire;
    (alike && (value.inside.iter().all(is_id) || numbered || alone)).then_some(first)
}
