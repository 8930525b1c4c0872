//! What the spec makes of names on the wire, so that a draft calls the same things by the same types.

use std::collections::BTreeMap;

use apigen_model::ir::{Api, Field, Scalar, Type, TypeKind};
use serde_json::Value as Json;

use super::types::Kind;
use crate::facts::Shape;

/// Types by wire name, for names that mean one and the same everywhere.
pub(super) struct Usage(BTreeMap<String, Option<Kind>>);

impl Usage {
    pub(super) fn of(api: &Api) -> Self {
        let mut usage = Self(BTreeMap::new());
        for operation in &api.operations {
            operation.parameters().for_each(|(_, field)| usage.add(api, field));
        }
        for type_ in &api.types {
            match &type_.kind {
                TypeKind::Object { fields } => fields.iter().for_each(|it| usage.add(api, it)),
                TypeKind::Union { variants, .. } => {
                    variants.iter().flat_map(|it| &it.fields).for_each(|it| usage.add(api, it));
                }
                TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => {}
            }
        }
        for field in api.envelopes.iter().flat_map(|it| &it.fields) {
            usage.add(api, field);
        }
        usage
    }

    /// The type that the spec gives a name everywhere, where it fits the shape that a page states.
    pub(super) fn kind(&self, wire: &str, shape: Option<Shape>) -> Option<&Kind> {
        let kind = self.0.get(wire)?.as_ref()?;
        shape.is_none_or(|it| kind.fits(it)).then_some(kind)
    }

    fn add(&mut self, api: &Api, field: &Field) {
        let kind = kind_of(api, &field.type_);
        self.0
            .entry(field.wire.clone())
            .and_modify(|known| {
                if *known != kind {
                    *known = None;
                }
            })
            .or_insert(kind);
    }
}

/// What a draft can call by name: single values, newtypes that all resources share, and lists of these.
fn kind_of(api: &Api, type_: &Type) -> Option<Kind> {
    match type_ {
        Type::Scalar(scalar) => match scalar {
            Scalar::String => Some(Kind::String),
            Scalar::Integer => Some(Kind::Integer),
            Scalar::Number => Some(Kind::Number),
            Scalar::Boolean => Some(Kind::Boolean),
            Scalar::TimestampMs => Some(Kind::TimestampMs),
            Scalar::DurationMs => Some(Kind::DurationMs),
            Scalar::DurationS => Some(Kind::DurationS),
            Scalar::ByteCount => Some(Kind::ByteCount),
            Scalar::LocalHour => None,
        },
        Type::Named(id) => {
            let definition = &api[*id];
            let TypeKind::Newtype(inner) = &definition.kind else { return None };
            let shape = match api.underlying(inner) {
                Type::Scalar(Scalar::String) => Shape::String,
                Type::Scalar(Scalar::Integer) => Shape::Integer,
                _ => return None,
            };
            let has_example = definition.resource.is_none() && definition.example != Json::Null;
            let (name, example) = (definition.name.clone(), definition.example.clone());
            has_example.then_some(Kind::Shared { name, shape, example })
        }
        Type::List(item) => match kind_of(api, item)? {
            Kind::DurationMs | Kind::DurationS => None,
            item => Some(Kind::List(Box::new(item))),
        },
        Type::Map(_) | Type::Json | Type::File => None,
    }
}
