//! Types of what is drafted, and the values that examples show for them.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::At;
use super::names::{Names, claim, snake};
use crate::facts::Shape;

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    TimestampMs,
    DurationMs,
    DurationS,
    ByteCount,
    Json,
    File,
    List(Box<Self>),
    Map(Box<Self>),
    /// A newtype that the spec has.
    Shared {
        name: String,
        shape: Shape,
        example: Json,
    },
    /// A type of the draft, by its index among the definitions of its resource.
    Drafted {
        index: usize,
        shape: Shape,
    },
}

/// A field or parameter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) key: String,
    pub(super) wire: String,
    pub(super) kind: Kind,
    /// Another type that replies show.
    pub(super) also: Option<&'static str>,
    pub(super) required: bool,
    pub(super) default: Option<Json>,
    pub(super) limits: Vec<Limit>,
    pub(super) at: At,
}

/// A bound of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) rule: &'static str,
    pub(super) bound: u64,
    /// Where the page does not say outright that it is this field which is bounded.
    pub(super) is_guess: bool,
}

/// A named type of a resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) form: Form,
}

/// What a named type is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    Object(Vec<Field>),
    /// The name on the wire that has these values, and the values with their names.
    Enum {
        wire: String,
        of: Shape,
        values: Vec<(String, String)>,
    },
}

/// The named types of a resource.
#[derive(Debug, Default)]
pub(super) struct Definitions(pub(super) Vec<Definition>);

impl Kind {
    /// As a page would call it; `None` where any shape will do.
    pub(super) fn shape(&self) -> Option<Shape> {
        match self {
            Self::String => Some(Shape::String),
            Self::Integer | Self::TimestampMs | Self::DurationMs | Self::DurationS | Self::ByteCount => {
                Some(Shape::Integer)
            }
            Self::Number => Some(Shape::Number),
            Self::Boolean => Some(Shape::Boolean),
            Self::File => Some(Shape::File),
            Self::List(_) => Some(Shape::List),
            Self::Map(_) => Some(Shape::Object),
            Self::Shared { shape, .. } | Self::Drafted { shape, .. } => Some(*shape),
            Self::Json => None,
        }
    }

    /// Whether what a page says of a value is true of this type.
    pub(super) fn fits(&self, shape: Shape) -> bool {
        match self.shape() {
            None => true,
            Some(Shape::Number) => matches!(shape, Shape::Number | Shape::Integer),
            Some(own) => own == shape,
        }
    }

    /// As the spec spells it.
    pub(super) fn expression(&self, definitions: &Definitions) -> String {
        match self {
            Self::String => "string".to_owned(),
            Self::Integer => "integer".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Boolean => "boolean".to_owned(),
            Self::TimestampMs => "timestamp_ms".to_owned(),
            Self::DurationMs => "duration_ms".to_owned(),
            Self::DurationS => "duration_s".to_owned(),
            Self::ByteCount => "byte_count".to_owned(),
            Self::Json => "json".to_owned(),
            Self::File => "file".to_owned(),
            Self::List(item) => format!("list<{}>", item.expression(definitions)),
            Self::Map(value) => format!("map<{}>", value.expression(definitions)),
            Self::Shared { name, .. } => name.clone(),
            Self::Drafted { index, .. } => definitions.0[*index].name.clone(),
        }
    }
}

impl Definitions {
    /// An object with fields; one that there is already is the same type.
    pub(super) fn object(&mut self, fields: Vec<Field>, words: &[&str], names: &mut Names) -> Kind {
        self.define(Form::Object(fields), Shape::Object, words, names)
    }

    /// An enum of values as they are on the wire.
    pub(super) fn enumeration(
        &mut self,
        (wire, of): (&str, Shape),
        values: &[String],
        words: &[&str],
        names: &mut Names,
    ) -> Kind {
        let mut taken = BTreeSet::from([UNKNOWN.to_owned()]);
        let value = |wire: &String| {
            let name = match wire.strip_prefix('-') {
                Some(number) if of == Shape::Integer => format!("minus_{number}"),
                Some(_) | None => snake(wire, "value"),
            };
            (wire.clone(), claim(&mut taken, name, "_"))
        };
        let values = values.iter().map(value).collect();
        self.define(Form::Enum { wire: wire.to_owned(), of, values }, of, words, names)
    }

    fn define(&mut self, form: Form, shape: Shape, words: &[&str], names: &mut Names) -> Kind {
        let index = self.0.iter().position(|it| it.form == form).unwrap_or_else(|| {
            let name = names.type_(words);
            self.0.push(Definition { name, form });
            self.0.len() - 1
        });
        Kind::Drafted { index, shape }
    }

    /// A made-up value of a field.
    pub(super) fn example(&self, field: &Field) -> Json {
        let bound = |rule: &str| field.limits.iter().find(|it| it.rule == rule).map(|it| it.bound);
        match &field.kind {
            Kind::String => text(&field.key, bound("min_chars"), bound("max_chars").or(bound("max_bytes"))).into(),
            Kind::Integer | Kind::ByteCount | Kind::DurationS => {
                let least = bound("min").unwrap_or(1);
                let default = field.default.as_ref().and_then(Json::as_u64);
                default.unwrap_or_else(|| bound("max").map_or(least, |it| least.min(it))).into()
            }
            Kind::Number => bound("max").map_or(json!(1.5), |it| if it < 2 { json!(it) } else { json!(1.5) }),
            Kind::Boolean => field.default.clone().unwrap_or(true.into()),
            Kind::TimestampMs => json!(1_732_150_000_123_u64),
            Kind::DurationMs => bound("max").map_or(60_000, |it| it.min(60_000)).into(),
            Kind::Json | Kind::File => json!({}),
            Kind::List(item) => {
                let count = bound("min_items").unwrap_or(1).min(FEW);
                (0..count).map(|_| self.example_of(item, &field.key)).collect()
            }
            Kind::Map(value) => json!({ "key": self.example_of(value, &field.key) }),
            Kind::Shared { .. } | Kind::Drafted { .. } => self.example_of(&field.kind, &field.key),
        }
    }

    /// A made-up value of a type.
    pub(super) fn example_of(&self, kind: &Kind, key: &str) -> Json {
        match kind {
            Kind::Shared { example, .. } => example.clone(),
            Kind::Drafted { index, .. } => match &self.0[*index].form {
                Form::Object(fields) => {
                    fields.iter().map(|it| (it.wire.clone(), self.example(it))).collect::<Map<_, _>>().into()
                }
                Form::Enum { of, values, wire: _ } => {
                    let first = values.first().map_or("", |(wire, _)| wire.as_str());
                    first.parse::<i64>().ok().filter(|_| *of == Shape::Integer).map_or(first.into(), Json::from)
                }
            },
            Kind::String
            | Kind::Integer
            | Kind::Number
            | Kind::Boolean
            | Kind::TimestampMs
            | Kind::DurationMs
            | Kind::DurationS
            | Kind::ByteCount
            | Kind::Json
            | Kind::File
            | Kind::List(_)
            | Kind::Map(_) => self.example(&Field::example_only(key, kind.clone())),
        }
    }
}

/// What generated enums call the values that they do not know.
const UNKNOWN: &str = "unknown";

/// More items than these show nothing.
const FEW: u64 = 1000;

impl Field {
    /// A value of which nothing is known but its type.
    fn example_only(key: &str, kind: Kind) -> Self {
        let (key, wire) = (key.to_owned(), String::new());
        let (default, limits) = (None, Vec::new());
        Self { key, wire, kind, also: None, required: true, default, limits, at: At::default() }
    }
}

/// The name of a value as its value, so that no two values of an example are alike by chance.
fn text(key: &str, least: Option<u64>, most: Option<u64>) -> String {
    let size = |it: u64| usize::try_from(it).unwrap_or(usize::MAX);
    let mut text = key.replace('_', "-");
    let least = least.map_or(1, |it| size(it.min(FEW)));
    while text.len() < least {
        text.push('-');
    }
    text.truncate(most.map_or(usize::MAX, size).max(1));
    text
}
