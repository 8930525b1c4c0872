//! Made-up bodies: right in every type, full or sparse, with any shape of a union.

use apigen_model::ir::{Api, Field, Presence, Scalar, TagPlace, Type, TypeId, TypeKind};
use serde_json::{Map, Value, json};

/// A made-up body.
pub(crate) struct Sample<'s> {
    pub(crate) api: &'s Api,
    /// Whether optional fields are there.
    pub(crate) is_full: bool,
    /// Which shape unions have, modulo their number.
    pub(crate) shape: usize,
    /// The tag of a union that has a certain shape, and that shape.
    pub(crate) arm: Option<(String, String)>,
    /// Types around the current value: one that contains itself is opened once.
    pub(crate) open: Vec<TypeId>,
}

impl Sample<'_> {
    pub(crate) fn body(mut self, fields: &[Field]) -> Value {
        Value::Object(self.object(fields, ""))
    }

    fn object(&mut self, fields: &[Field], above: &str) -> Map<String, Value> {
        let mut object = Map::new();
        for field in fields {
            let wire = if above.is_empty() { field.wire.clone() } else { format!("{above}.{}", field.wire) };
            let value = match &field.presence {
                Presence::Constant(value) => Some(value.clone()),
                Presence::Required => Some(self.value(&field.type_, &wire, &mut object)),
                Presence::Optional | Presence::RequiredWhen(_) if self.is_full => {
                    Some(self.value(&field.type_, &wire, &mut object))
                }
                Presence::Optional | Presence::RequiredWhen(_) => None,
            };
            object.extend(value.map(|it| (field.wire.clone(), it)));
        }
        object
    }

    fn value(&mut self, type_: &Type, wire: &str, beside: &mut Map<String, Value>) -> Value {
        match type_ {
            Type::Scalar(scalar) => match scalar {
                Scalar::String => json!("text"),
                Scalar::LocalHour => json!("2026030109"),
                Scalar::Boolean => json!(true),
                Scalar::Number => json!(1.5),
                Scalar::Integer | Scalar::TimestampMs | Scalar::DurationMs | Scalar::DurationS | Scalar::ByteCount => {
                    json!(7)
                }
            },
            Type::Named(id) if self.open.contains(id) => json!({}),
            Type::Named(id) => {
                self.open.push(*id);
                let value = self.named(*id, wire, beside);
                self.open.pop();
                value
            }
            Type::List(item) => json!([self.value(item, &format!("{wire}[]"), beside)]),
            Type::Map(value) => json!({ "key": self.value(value, &format!("{wire}{{}}"), beside) }),
            Type::Json => json!({ "any": [1, "thing"] }),
            Type::File => Value::Null,
        }
    }

    fn named(&mut self, id: TypeId, wire: &str, beside: &mut Map<String, Value>) -> Value {
        let api = self.api;
        match &api[id].kind {
            TypeKind::Newtype(inner) if api[id].example.is_null() => self.value(inner, wire, beside),
            TypeKind::Newtype(_) => api[id].example.clone(),
            TypeKind::Enum { of: Scalar::Integer, values } => {
                values[0].wire.parse::<i64>().map_or(json!(7), |it| json!(it))
            }
            TypeKind::Enum { values, .. } => json!(values[0].wire),
            TypeKind::Flag { .. } => json!(true),
            TypeKind::Object { fields } => Value::Object(self.object(fields, wire)),
            TypeKind::Union { tag, placed, variants } => {
                let place = match placed {
                    TagPlace::Inside => format!("{wire}.{tag}"),
                    TagPlace::Beside => {
                        wire.rsplit_once('.').map_or_else(|| tag.clone(), |(above, _)| format!("{above}.{tag}"))
                    }
                };
                let wanted = self.arm.as_ref().filter(|(it, _)| *it == place).map(|(_, tag)| tag.clone());
                let variant = wanted.and_then(|it| variants.iter().find(|variant| variant.tag == it));
                let variant = variant.unwrap_or(&variants[self.shape % variants.len()]);
                let mut object = self.object(&variant.fields, wire);
                match placed {
                    TagPlace::Inside => object.insert(tag.clone(), json!(variant.tag)),
                    TagPlace::Beside => beside.insert(tag.clone(), json!(variant.tag)),
                };
                Value::Object(object)
            }
        }
    }
}
