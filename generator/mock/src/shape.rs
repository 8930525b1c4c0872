//! Types beside values: which type stands at a key or an item of a JSON value.

use apigen_model::ir::{Api, Field, Operation, Payload, Response, Type, TypeKind};
use serde_json::Value;

/// The root of a reply: fields of an envelope, and the payload among them or instead of them.
#[derive(Clone, Copy)]
pub(crate) struct Root<'a> {
    pub(crate) fields: &'a [Field],
    pub(crate) payload: Option<(&'a Payload, &'a Type)>,
}

/// The root of an operation's successful reply.
pub(crate) fn root<'a>(api: &'a Api, operation: &'a Operation) -> Root<'a> {
    let (envelope, payload) = match &operation.response {
        Response::Json { envelope, at, payload, also: _ } => (*envelope, Some((at, payload))),
        Response::Empty { envelope } => (*envelope, None),
        Response::Binary { .. } => (None, None),
    };
    Root { fields: envelope.map(|id| api[id].fields.as_slice()).unwrap_or_default(), payload }
}

impl<'a> Root<'a> {
    /// The type of the value at a key of the root.
    pub(crate) fn key(&self, api: &'a Api, body: &Value, key: &str) -> Option<&'a Type> {
        match self.payload {
            Some((Payload::Key(it), type_)) if it == key => Some(type_),
            Some((Payload::Whole, type_)) => {
                field(api, type_, body, key).map(|it| &it.type_).or_else(|| self.beside(key))
            }
            Some((Payload::Key(_), _)) | None => self.beside(key),
        }
    }

    fn beside(&self, key: &str) -> Option<&'a Type> {
        self.fields.iter().find(|it| it.wire == key).map(|it| &it.type_)
    }

    /// Path of keys from the root to the payload.
    pub(crate) fn payload_path(&self) -> Vec<String> {
        match self.payload {
            Some((Payload::Key(key), _)) => vec![key.clone()],
            Some((Payload::Whole, _)) | None => Vec::new(),
        }
    }
}

/// The field of an object that stands at a key.
pub(crate) fn field<'a>(api: &'a Api, type_: &'a Type, value: &Value, key: &str) -> Option<&'a Field> {
    match api.underlying(type_) {
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Object { fields } => {
                // What stands there on failure may have other fields.
                let otherwise = || {
                    let verdict = api[*id].verdict.as_ref()?;
                    let TypeKind::Object { fields } = &api[verdict.otherwise].kind else { return None };
                    fields.iter().find(|it| it.wire == key)
                };
                fields.iter().find(|it| it.wire == key).or_else(otherwise)
            }
            TypeKind::Union { tag, variants, .. } => {
                let tag = value.get(tag).and_then(Value::as_str);
                let variants = variants.iter().filter(|it| tag.is_none_or(|tag| it.tag == tag));
                variants.flat_map(|it| &it.fields).find(|it| it.wire == key)
            }
            TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => None,
        },
        Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
    }
}

/// The type of the items of a list.
pub(crate) fn item<'a>(api: &'a Api, type_: &'a Type) -> Option<&'a Type> {
    match api.underlying(type_) {
        Type::List(item) => Some(item),
        Type::Scalar(_) | Type::Named(_) | Type::Map(_) | Type::Json | Type::File => None,
    }
}

/// The type of the values of a map.
pub(crate) fn entry<'a>(api: &'a Api, type_: &'a Type) -> Option<&'a Type> {
    match api.underlying(type_) {
        Type::Map(value) => Some(value),
        Type::Scalar(_) | Type::Named(_) | Type::List(_) | Type::Json | Type::File => None,
    }
}

/// The type of the value at a key of an object or map.
pub(crate) fn at_key<'a>(api: &'a Api, type_: &'a Type, value: &Value, key: &str) -> Option<&'a Type> {
    field(api, type_, value, key).map(|it| &it.type_).or_else(|| entry(api, type_))
}

/// Whether a named type is a set of known values.
pub(crate) fn is_closed(api: &Api, type_: &Type) -> bool {
    matches!(api.underlying(type_), Type::Named(id) if matches!(api[*id].kind, TypeKind::Enum { .. } | TypeKind::Flag { .. }))
}
