//! A serde deserialiser over the arena, which knows where every value stands and records problems there.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::U32Deserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::yaml::{Document, NodeId, NodeKind};
use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;

/// The name by which [`super::Spanned`] asks for the place of a value.
pub(super) const SPANNED: &str = "$apigen::Spanned";

/// Reads a value from the root of a document.
pub(super) fn deserialize<T: DeserializeOwned>(document: &Document, diagnostics: &mut Diagnostics) -> Option<T> {
    let context = Context { document, sink: RefCell::new(diagnostics) };
    let start = Span { file: document.file, start: 0, end: 0 };
    let root = ValueDeserializer { context: &context, node: document.root(), owner: start, is_key: false };
    T::deserialize(root).ok()
}

struct Context<'a> {
    document: &'a Document,
    sink: RefCell<&'a mut Diagnostics>,
}

/// What is wrong with a value.
#[derive(Debug)]
pub(super) enum Problem {
    /// It has been recorded with its place.
    Recorded,
    /// A key is missing.
    Missing(&'static str),
    /// A key is unknown.
    Unknown { key: String, known: &'static [&'static str] },
    /// The text is none of those that are known.
    Variant { text: String, known: &'static [&'static str] },
    /// It is not what it should be.
    Type { found: String, expected: String },
    /// Anything else.
    Other(String),
}

#[derive(Clone, Copy)]
struct ValueDeserializer<'a> {
    context: &'a Context<'a>,
    node: NodeId,
    /// The key or item that leads here: the place to blame when the value itself is too long to show.
    owner: Span,
    is_key: bool,
}

impl<'a> ValueDeserializer<'a> {
    fn kind(&self) -> &'a NodeKind {
        &self.context.document.node(self.node).kind
    }

    fn span(&self) -> Span {
        self.context.document.node(self.node).span
    }

    /// Where to point: at a scalar itself, at the key of anything larger.
    fn place(&self) -> Span {
        match self.kind() {
            NodeKind::Scalar { .. } => self.span(),
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => self.owner,
        }
    }

    /// Records what went wrong with this value, unless it has been recorded further inside.
    fn finish<T>(&self, result: Result<T, Problem>) -> Result<T, Problem> {
        let place = self.place();
        let diagnostic = match result {
            Ok(value) => return Ok(value),
            Err(Problem::Recorded) => return Err(Problem::Recorded),
            Err(Problem::Missing(key)) => {
                let diagnostic = Diagnostic::error(Code::E0203, self.owner, format!("the key `{key}` is missing here"));
                diagnostic.help(format!("add `{key}:`"))
            }
            Err(Problem::Unknown { key, known }) => unknown_key(place, &key, known),
            Err(Problem::Variant { text, known }) => {
                let diagnostic = Diagnostic::error(Code::E0204, place, format!("`{text}` is not a value that is known here"));
                diagnostic.did_you_mean(&text, known.iter().copied())
            }
            Err(Problem::Type { found, expected }) => {
                let diagnostic = Diagnostic::error(Code::E0202, place, format!("expected {expected}, found {found}"));
                if expected.contains("string") && matches!(self.kind(), NodeKind::Scalar { .. }) {
                    diagnostic.help("put it in quotes, if it is meant as text")
                } else {
                    diagnostic
                }
            }
            Err(Problem::Other(message)) => Diagnostic::error(Code::E0204, place, message),
        };
        self.context.sink.borrow_mut().push(diagnostic);
        Err(Problem::Recorded)
    }

    fn visit<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Problem> {
        match self.kind() {
            NodeKind::Scalar { text, plain } if *plain && !self.is_key => scalar(text, visitor),
            NodeKind::Scalar { text, .. } => visitor.visit_str(text),
            NodeKind::Sequence(items) => visitor.visit_seq(Items { parent: *self, items, next: 0 }),
            NodeKind::Mapping(entries) => visitor.visit_map(Fields { parent: *self, entries, next: 0, known: None }),
        }
    }

    fn child(&self, node: NodeId, owner: Span, is_key: bool) -> Self {
        Self { context: self.context, node, owner, is_key }
    }
}

fn unknown_key(at: Span, key: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::error(Code::E0201, at, format!("the key `{key}` is not known here")).did_you_mean(key, known.iter().copied())
}

/// A plain scalar by the core schema of YAML 1.2: only `true` and `false` are booleans, `no` and `on` are text.
fn scalar<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Problem> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return visitor.visit_unit(),
        "true" | "True" | "TRUE" => return visitor.visit_bool(true),
        "false" | "False" | "FALSE" => return visitor.visit_bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return visitor.visit_f64(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return visitor.visit_f64(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return visitor.visit_f64(f64::NAN),
        _ => {}
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    let radix = |prefix: &str, radix| unsigned.strip_prefix(prefix).and_then(|it| u64::from_str_radix(it, radix).ok());
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return visitor.visit_u64(number);
    }
    let digits = unsigned.strip_prefix('-').unwrap_or(unsigned);
    let looks_like_a_number = digits.starts_with(|it: char| it.is_ascii_digit() || it == '.')
        && digits.contains(|it: char| it.is_ascii_digit())
        && digits.chars().all(|it| it.is_ascii_digit() || matches!(it, '.' | 'e' | 'E' | '+' | '-'));
    if looks_like_a_number {
        if let Ok(number) = unsigned.parse::<u64>() {
            return visitor.visit_u64(number);
        }
        if let Ok(number) = unsigned.parse::<i64>() {
            return visitor.visit_i64(number);
        }
        if let Ok(number) = unsigned.parse::<f64>() {
            return visitor.visit_f64(number);
        }
    }
    visitor.visit_str(text)
}

impl<'de> de::Deserializer<'de> for ValueDeserializer<'_> {
    type Error = Problem;

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple map
        identifier
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.finish(self.visit(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.kind() {
            NodeKind::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null") => visitor.visit_none(),
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) | NodeKind::Mapping(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, name: &'static str, _: usize, visitor: V) -> Result<V::Value, Problem> {
        if name == SPANNED { visitor.visit_seq(Placed { value: self, next: 0 }) } else { self.deserialize_any(visitor) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.finish(match self.kind() {
            NodeKind::Mapping(entries) => visitor.visit_map(Fields { parent: self, entries, next: 0, known: Some(fields) }),
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) => self.visit(visitor),
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.finish(match self.kind() {
            NodeKind::Scalar { .. } => visitor.visit_enum(Choice { tag: self, value: None }),
            NodeKind::Mapping(entries) => match entries.as_slice() {
                [(key, value)] => {
                    let tag = self.child(*key, self.owner, true);
                    visitor.visit_enum(Choice { tag, value: Some(self.child(*value, tag.span(), false)) })
                }
                _ => Err(Problem::Type { found: "a mapping".to_owned(), expected: "a mapping with one key".to_owned() }),
            },
            NodeKind::Sequence(_) => Err(Problem::Type { found: "a list".to_owned(), expected: "one value".to_owned() }),
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }
}

/// The items of a list.
struct Items<'a> {
    parent: ValueDeserializer<'a>,
    items: &'a [NodeId],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Problem;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Problem> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        self.next += 1;
        let item = self.parent.child(*item, self.parent.owner, false);
        let start = item.span().start;
        let owner = Span { end: start + 1, ..item.span() };
        seed.deserialize(ValueDeserializer { owner, ..item }).map(Some)
    }
}

/// The entries of a mapping; with the keys that are known, the others are reported and passed over.
struct Fields<'a> {
    parent: ValueDeserializer<'a>,
    entries: &'a [(NodeId, NodeId)],
    next: usize,
    known: Option<&'static [&'static str]>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Problem;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Problem> {
        while let Some((key, _)) = self.entries.get(self.next) {
            self.next += 1;
            let key = self.parent.child(*key, self.parent.owner, true);
            if let (Some(known), NodeKind::Scalar { text, .. }) = (self.known, key.kind())
                && !known.contains(&text.as_str())
            {
                self.parent.context.sink.borrow_mut().push(unknown_key(key.span(), text, known));
                continue;
            }
            return seed.deserialize(key).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let (key, value) = self.entries[self.next - 1];
        let owner = self.parent.context.document.node(key).span;
        seed.deserialize(self.parent.child(value, owner, false))
    }
}

/// The place of a value, then the value.
struct Placed<'a> {
    value: ValueDeserializer<'a>,
    next: u8,
}

impl<'de> SeqAccess<'de> for Placed<'_> {
    type Error = Problem;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Problem> {
        let span = self.value.place();
        let number = |it: u32| -> U32Deserializer<Problem> { it.into_deserializer() };
        self.next += 1;
        match self.next {
            1 => seed.deserialize(number(span.file.index())),
            2 => seed.deserialize(number(span.start)),
            3 => seed.deserialize(number(span.end)),
            _ => seed.deserialize(self.value),
        }
        .map(Some)
    }
}

/// A variant of an enum: its name alone, or its name with a value.
struct Choice<'a> {
    tag: ValueDeserializer<'a>,
    value: Option<ValueDeserializer<'a>>,
}

impl<'de, 'a> EnumAccess<'de> for Choice<'a> {
    type Error = Problem;
    type Variant = ChoiceValue<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, ChoiceValue<'a>), Problem> {
        seed.deserialize(self.tag).map(|tag| (tag, ChoiceValue(self.value)))
    }
}

struct ChoiceValue<'a>(Option<ValueDeserializer<'a>>);

impl<'de> VariantAccess<'de> for ChoiceValue<'_> {
    type Error = Problem;

    fn unit_variant(self) -> Result<(), Problem> {
        match self.0 {
            None => Ok(()),
            Some(value) => value.finish(Err(Problem::Other("this choice takes no value".to_owned()))),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Problem> {
        seed.deserialize(self.0.ok_or_else(lacks_value)?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Problem> {
        de::Deserializer::deserialize_any(self.0.ok_or_else(lacks_value)?, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Problem> {
        de::Deserializer::deserialize_struct(self.0.ok_or_else(lacks_value)?, "", fields, visitor)
    }
}

fn lacks_value() -> Problem {
    Problem::Other("this choice needs a value".to_owned())
}

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Type { found: describe(found), expected: expected.to_string() }
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Type { found: describe(found), expected: expected.to_string() }
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::Variant { text: variant.to_owned(), known }
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::Unknown { key: field.to_owned(), known }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// What was found, in the words of YAML.
fn describe(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Map => "a mapping".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Unit => "nothing".to_owned(),
        Unexpected::Str(text) => format!("the text `{text}`"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        Unexpected::Bool(flag) => format!("the boolean {flag}"),
        other => other.to_string(),
    }
}
