//! Values with places, and lists and mappings that survive a bad item.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::de::SPANNED;
use crate::source::{FileId, Span};

/// A value and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A mapping from names to values, in the author's order. A value that cannot be read is reported and left out.
#[derive(Debug, Clone)]
pub struct Entries<V>(Vec<(Spanned<String>, V)>);

/// A list. An item that cannot be read is reported and left out.
#[derive(Debug, Clone)]
pub struct List<V>(Vec<Spanned<V>>);

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<V> Entries<V> {
    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&Spanned<String>, &V)> + Clone {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Names and values, to change the values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Spanned<String>, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The names.
    pub fn keys(&self) -> impl Iterator<Item = &Spanned<String>> + Clone {
        self.0.iter().map(|(key, _)| key)
    }

    /// The value with a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The name as it stands in the file, and the value with it.
    pub fn entry(&self, name: &str) -> Option<(&Spanned<String>, &V)> {
        self.iter().find(|(key, _)| key.value == name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V> List<V> {
    /// The items.
    pub fn iter(&self) -> impl Iterator<Item = &V> + Clone {
        self.0.iter().map(|it| &it.value)
    }

    /// The items, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|it| &mut it.value)
    }

    /// Where the items stand.
    pub fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        self.0.iter().map(|it| it.span)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V> Default for Entries<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Default for List<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpannedVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Spanned<T>, A::Error> {
                let mut number =
                    || parts.next_element::<u32>()?.ok_or_else(|| A::Error::custom("a place has three parts"));
                let (file, start, end) = (number()?, number()?, number()?);
                let value = parts.next_element()?.ok_or_else(|| A::Error::custom("a place has a value"))?;
                Ok(Spanned { value, span: Span { file: FileId::from_index(file), start, end } })
            }
        }

        deserializer.deserialize_tuple_struct(SPANNED, 4, SpannedVisitor(PhantomData))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesVisitor<V> {
            type Value = Entries<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<V>, A::Error> {
                let mut entries = Vec::new();
                loop {
                    match map.next_key() {
                        Ok(None) => return Ok(Entries(entries)),
                        // An error has been recorded where it occurred; the other entries are still good.
                        Ok(Some(key)) => entries.extend(map.next_value().ok().map(|value| (key, value))),
                        Err(_) => {}
                    }
                }
            }
        }

        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for List<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for ListVisitor<V> {
            type Value = List<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<V>, A::Error> {
                let mut items = Vec::new();
                loop {
                    match seq.next_element() {
                        Ok(None) => return Ok(List(items)),
                        Ok(Some(item)) => items.push(item),
                        // An error has been recorded where it occurred; the other items are still good.
                        Err(_) => {}
                    }
                }
            }
        }

        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<V: JsonSchema> JsonSchema for Entries<V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Entries_of_{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<V>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}

impl<V: JsonSchema> JsonSchema for List<V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("List_of_{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<V>();
        json_schema!({ "type": "array", "items": item })
    }
}
