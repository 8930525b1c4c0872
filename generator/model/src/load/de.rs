//! A serde deserialiser over the arena, which knows where every value stands and records problems there.

use std::cell::RefCell;
use std::collections::BTreeSet;
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
///
/// A type that serde derives gives up at its first bad field. So the document is read again without the values that were
/// reported, until a reading finds nothing new: every pass leaves out at least one value more, and a good file takes one.
pub(super) fn deserialize<T: DeserializeOwned>(document: &Document<'_>, diagnostics: &mut Diagnostics) -> Option<T> {
    let context = Context { document, sink: RefCell::new(diagnostics), left_out: RefCell::default() };
    let start = Span { file: document.file, start: 0, end: 0 };
    loop {
        let known = context.left_out.borrow().len();
        let root = ValueDeserializer { context: &context, node: document.root(), owner: start, is_key: false };
        let value = T::deserialize(root).ok();
        if context.left_out.borrow().len() == known {
            return value;
        }
    }
}

struct Context<'a> {
    document: &'a Document<'a>,
    sink: RefCell<&'a mut Diagnostics>,
    /// Values that were reported: later passes go around them.
    left_out: RefCell<BTreeSet<NodeId>>,
}

impl Context<'_> {
    fn is_left_out(&self, node: NodeId) -> bool {
        self.left_out.borrow().contains(&node)
    }

    /// Reads a value; a bad one is left out from now on, unless only a part of it was: the next pass reads its other parts.
    fn attempt<T>(&self, node: NodeId, read: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
        let before = self.left_out.borrow().len();
        let result = read();
        if result.is_err() && self.left_out.borrow().len() == before {
            self.left_out.borrow_mut().insert(node);
        }
        result
    }
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
    /// No type can hold the number.
    TooLarge(String),
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
    fn kind(&self) -> &'a NodeKind<'a> {
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
            // The key is there, its value was reported.
            Err(Problem::Missing(key)) if self.entry(key).is_some() => return Err(Problem::Recorded),
            Err(Problem::Missing(key)) => {
                let diagnostic = Diagnostic::error(Code::E0203, self.owner, format!("the key `{key}` is missing here"));
                diagnostic.help(format!("add `{key}:`"))
            }
            Err(Problem::Unknown { key, known }) => match self.entry(&key) {
                Some((at, value)) => {
                    self.context.left_out.borrow_mut().insert(value);
                    unknown_key(self.context.document.node(at).span, &key, known)
                }
                None => unknown_key(place, &key, known),
            },
            Err(Problem::Variant { text, known }) => {
                let diagnostic =
                    Diagnostic::error(Code::E0204, place, format!("`{text}` is not a value that is known here"));
                diagnostic.did_you_mean(&text, known.iter().copied())
            }
            Err(Problem::Type { found, expected }) => {
                // The number as it is written: `1.0` is not `1`.
                let found = match self.kind() {
                    NodeKind::Scalar { text, plain: true } if found.starts_with("the number ") => {
                        format!("the number {text}")
                    }
                    NodeKind::Scalar { .. } | NodeKind::Sequence(_) | NodeKind::Mapping(_) => found,
                };
                let diagnostic = Diagnostic::error(Code::E0202, place, format!("expected {expected}, found {found}"));
                match expected.as_str() {
                    _ if found == "nothing" => diagnostic.help("write the value, or delete the key"),
                    "a string" => diagnostic.help("put it in quotes, if it is meant as text"),
                    "a list" => {
                        diagnostic.help("write `[…]` around the items, or each on a line of its own after `- `")
                    }
                    "a mapping" => {
                        diagnostic.help("write `key: value` on lines of their own below it, or `{key: value}`")
                    }
                    number if number.contains("number") && found.starts_with("the text `") => {
                        diagnostic.help("a number stands without quotes")
                    }
                    _ => diagnostic,
                }
            }
            Err(Problem::TooLarge(text)) => {
                let diagnostic = Diagnostic::error(Code::E0204, place, format!("the number {text} is too large"));
                diagnostic.help("whole numbers have at most 64 bits; put it in quotes, if it is meant as text")
            }
            Err(Problem::Other(message)) => Diagnostic::error(Code::E0204, place, message),
        };
        self.context.sink.borrow_mut().push(diagnostic);
        Err(Problem::Recorded)
    }

    /// The key of this mapping with a text, and its value.
    fn entry(&self, key: &str) -> Option<(NodeId, NodeId)> {
        let NodeKind::Mapping(entries) = self.kind() else { return None };
        let is_key =
            |node| matches!(&self.context.document.node(node).kind, NodeKind::Scalar { text, .. } if text == key);
        entries.iter().copied().find(|(at, _)| is_key(*at))
    }

    fn visit<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Problem> {
        match self.kind() {
            NodeKind::Scalar { text, plain } if *plain && !self.is_key => scalar(text, visitor),
            NodeKind::Scalar { text, .. } => visitor.visit_str(text),
            NodeKind::Sequence(items) => visitor.visit_seq(Items { parent: *self, nodes: items, next: 0 }),
            NodeKind::Mapping(entries) => visitor.visit_map(Fields { parent: *self, entries, next: 0, known: None }),
        }
    }

    fn child(&self, node: NodeId, owner: Span, is_key: bool) -> Self {
        Self { context: self.context, node, owner, is_key }
    }
}

fn unknown_key(at: Span, key: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::error(Code::E0201, at, format!("the key `{key}` is not known here"))
        .did_you_mean(key, known.iter().copied())
}

/// A plain scalar by the core schema of YAML 1.2: only `true` and `false` are booleans, `no` and `on` are text.
///
/// Two things are stricter, because a spec must say what it means: digits after a leading zero are text (an id, not a
/// number), and a number that no type can hold is refused rather than rounded.
fn scalar<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Problem> {
    match text {
        "true" | "True" | "TRUE" => return visitor.visit_bool(true),
        "false" | "False" | "FALSE" => return visitor.visit_bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return visitor.visit_f64(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return visitor.visit_f64(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return visitor.visit_f64(f64::NAN),
        _ if is_null(text) => return visitor.visit_unit(),
        _ => {}
    }
    let radix = |prefix: &str, radix| {
        let digits = text.strip_prefix(prefix).filter(|it| it.starts_with(|first: char| first.is_digit(radix)));
        digits.and_then(|it| u64::from_str_radix(it, radix).ok())
    };
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return visitor.visit_u64(number);
    }
    match number(text) {
        Number::None => visitor.visit_str(text),
        Number::Integer => {
            let text = text.strip_prefix('+').unwrap_or(text);
            if let Ok(number) = text.parse() {
                return visitor.visit_u64(number);
            }
            text.parse().map_err(|_| too_large(text)).and_then(|number| visitor.visit_i64(number))
        }
        Number::Float => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => visitor.visit_f64(number),
            Ok(_) | Err(_) => Err(too_large(text)),
        },
    }
}

fn too_large(text: &str) -> Problem {
    Problem::TooLarge(text.to_owned())
}

/// Whether a plain scalar says that there is no value.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// What a plain scalar counts as.
enum Number {
    None,
    Integer,
    Float,
}

fn number(text: &str) -> Number {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let only_digits = digits.bytes().all(|it| it.is_ascii_digit());
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    if digits.is_empty() || leading_zero {
        return Number::None;
    }
    if only_digits {
        return Number::Integer;
    }
    // What is left of the float syntax is what `f64` parses, without its names for infinity.
    let first = digits.trim_start_matches('.').starts_with(|it: char| it.is_ascii_digit());
    let plausible = digits.bytes().all(|it| it.is_ascii_digit() || matches!(it, b'.' | b'e' | b'E' | b'+' | b'-'));
    if first && plausible && !digits.starts_with(['+', '-']) && digits.parse::<f64>().is_ok() {
        Number::Float
    } else {
        Number::None
    }
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
            NodeKind::Scalar { text, plain: true } if is_null(text) => visitor.visit_none(),
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) | NodeKind::Mapping(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        if name == SPANNED { visitor.visit_seq(Placed { value: self, next: 0 }) } else { self.deserialize_any(visitor) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.finish(match self.kind() {
            NodeKind::Mapping(entries) => {
                visitor.visit_map(Fields { parent: self, entries, next: 0, known: Some(fields) })
            }
            // What serde derives would take a list for the fields in their order.
            NodeKind::Sequence(_) => Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            NodeKind::Scalar { .. } => self.visit(visitor),
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
                _ => {
                    Err(Problem::Type { found: "a mapping".to_owned(), expected: "a mapping with one key".to_owned() })
                }
            },
            NodeKind::Sequence(_) => {
                Err(Problem::Type { found: "a list".to_owned(), expected: "one value".to_owned() })
            }
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        // Serde passes over keys in this way that a type reached through `MapAccessDeserializer` does not know.
        let place = self.owner;
        let key = self.context.document.text(place);
        let diagnostic = Diagnostic::error(Code::E0201, place, format!("the key `{key}` is not known here"));
        self.context.sink.borrow_mut().push(diagnostic);
        self.context.left_out.borrow_mut().insert(self.node);
        visitor.visit_unit()
    }
}

/// The items of a list.
struct Items<'a> {
    parent: ValueDeserializer<'a>,
    nodes: &'a [NodeId],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Problem;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Problem> {
        let context = self.parent.context;
        while let Some(item) = self.nodes.get(self.next) {
            self.next += 1;
            if !context.is_left_out(*item) {
                let value = self.parent.child(*item, context.document.head(*item), false);
                return context.attempt(*item, || seed.deserialize(value).map(Some));
            }
        }
        Ok(None)
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
        let context = self.parent.context;
        while let Some((key, value)) = self.entries.get(self.next) {
            self.next += 1;
            if context.is_left_out(*value) {
                continue;
            }
            let key = self.parent.child(*key, context.document.head(*key), true);
            if let (Some(known), NodeKind::Scalar { text, .. }) = (self.known, key.kind())
                && !known.contains(&text.as_ref())
            {
                context.sink.borrow_mut().push(unknown_key(key.span(), text, known));
                context.left_out.borrow_mut().insert(*value);
                continue;
            }
            return context.attempt(*value, || seed.deserialize(key).map(Some));
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let (key, value) = self.entries[self.next - 1];
        let context = self.parent.context;
        let owner = context.document.node(key).span;
        context.attempt(value, || seed.deserialize(self.parent.child(value, owner, false)))
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
        Self::Type { found: describe(found), expected: wanted(expected) }
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Type { found: describe(found), expected: wanted(expected) }
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

/// What was expected, in the words of YAML; serde speaks in those of Rust.
fn wanted(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    let range = match expected.as_str() {
        "u8" => (i128::from(u8::MIN), i128::from(u8::MAX)),
        "u16" => (i128::from(u16::MIN), i128::from(u16::MAX)),
        "u32" => (i128::from(u32::MIN), i128::from(u32::MAX)),
        "u64" | "usize" => (i128::from(u64::MIN), i128::from(u64::MAX)),
        "i8" => (i128::from(i8::MIN), i128::from(i8::MAX)),
        "i16" => (i128::from(i16::MIN), i128::from(i16::MAX)),
        "i32" => (i128::from(i32::MIN), i128::from(i32::MAX)),
        "i64" | "isize" => (i128::from(i64::MIN), i128::from(i64::MAX)),
        "f32" | "f64" => return "a number".to_owned(),
        "a map" => return "a mapping".to_owned(),
        "a sequence" => return "a list".to_owned(),
        _ if expected.starts_with("struct ") => return "a mapping".to_owned(),
        _ => return expected,
    };
    match range {
        (0, max) if max == i128::from(u64::MAX) => "a whole number that is not negative".to_owned(),
        (_, max) if max == i128::from(i64::MAX) => "a whole number".to_owned(),
        (min, max) => format!("a whole number from {min} to {max}"),
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
