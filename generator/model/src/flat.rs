//! Requests and replies as flat lists: one entry per value, by its path on the wire.
//!
//! A path is dotted; `[]` stands for the items of a list and `{}` for the values of a map. An item or map value has an
//! entry of its own when it is a single value; otherwise its fields have. A type that contains itself is opened once.

use crate::ir::{
    Api, Field, Operation, Payload, Presence, Response, Scalar, TagPlace, Type, TypeId, TypeKind, Variant,
};

/// A value of a request or reply.
pub struct Entry<'a> {
    /// Its path; empty for a reply that is not an object.
    pub path: String,
    /// Its type.
    pub type_: &'a Type,
    /// When it is there.
    pub presence: &'a Presence,
    /// What it means.
    pub description: &'a str,
    /// The field that declares it; `None` for items, map values, payloads and the tags of unions.
    pub field: Option<&'a Field>,
    /// The union arm it belongs to, as (path of the tag, value of the tag).
    pub arm: Option<(String, String)>,
}

/// The fields of a request or an envelope, and all that is inside them.
pub fn fields<'a>(api: &'a Api, fields: &'a [Field]) -> Vec<Entry<'a>> {
    let mut walk = Walk::new(api);
    walk.fields(fields, "");
    walk.entries
}

/// What a reply holds, without the fields of its envelope; empty when the reply is not JSON.
pub fn payload<'a>(api: &'a Api, operation: &'a Operation) -> Vec<Entry<'a>> {
    let mut walk = Walk::new(api);
    if let Response::Json { at, payload, .. } = &operation.response {
        let key = payload_key(at);
        walk.value(payload, key, !key.is_empty());
    }
    walk.entries
}

/// What a value that stands alone holds, such as a record of a file.
pub fn value<'a>(api: &'a Api, type_: &'a Type) -> Vec<Entry<'a>> {
    let mut walk = Walk::new(api);
    walk.value(type_, "", false);
    walk.entries
}

/// Where the payload stands in the reply: a key, or nothing when it is the whole body.
pub fn payload_key(at: &Payload) -> &str {
    match at {
        Payload::Key(key) => key,
        Payload::Whole => "",
    }
}

/// What is said of the tag of a union, which no field declares.
pub const TAG: &str = "Tells which shape the value has.";

static TEXT: Type = Type::Scalar(Scalar::String);
static ALWAYS: Presence = Presence::Required;
static PERHAPS: Presence = Presence::Optional;

struct Walk<'a> {
    api: &'a Api,
    arm: Option<(String, String)>,
    /// The types around the current value, to stop at one that contains itself.
    open: Vec<TypeId>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Walk<'a> {
    fn new(api: &'a Api) -> Self {
        Self { api, arm: None, open: Vec::new(), entries: Vec::new() }
    }

    fn fields(&mut self, fields: &'a [Field], above: &str) {
        for field in fields {
            let path = if above.is_empty() { field.wire.clone() } else { format!("{above}.{}", field.wire) };
            self.entries.push(Entry {
                path: path.clone(),
                type_: &field.type_,
                presence: &field.presence,
                description: &field.description,
                field: Some(field),
                arm: self.arm.clone(),
            });
            self.inside(&field.type_, &path);
        }
    }

    /// A value that no field declares.
    fn value(&mut self, type_: &'a Type, path: &str, is_keyed: bool) {
        if is_keyed || !self.has_fields(type_) {
            let description = match type_ {
                Type::Named(id) => self.api[*id].description.as_str(),
                Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => "",
            };
            let arm = self.arm.clone();
            self.entries.push(Entry { path: path.to_owned(), type_, presence: &ALWAYS, description, field: None, arm });
        }
        self.inside(type_, path);
    }

    fn inside(&mut self, type_: &'a Type, path: &str) {
        match type_ {
            Type::Scalar(_) | Type::Json | Type::File => {}
            Type::List(item) => self.element(item, &format!("{path}[]")),
            Type::Map(value) => self.element(value, &format!("{path}{{}}")),
            Type::Named(id) => {
                if !self.open.contains(id) {
                    self.open.push(*id);
                    self.named(*id, path);
                    self.open.pop();
                }
            }
        }
    }

    fn element(&mut self, type_: &'a Type, path: &str) {
        match self.api.underlying(type_) {
            Type::List(_) | Type::Map(_) => self.inside(type_, path),
            Type::Scalar(_) | Type::Named(_) | Type::Json | Type::File => self.value(type_, path, false),
        }
    }

    fn named(&mut self, id: TypeId, path: &str) {
        let api = self.api;
        match &api[id].kind {
            TypeKind::Newtype(inner) => self.inside(inner, path),
            TypeKind::Enum { .. } | TypeKind::Flag { .. } => {}
            TypeKind::Object { fields } => {
                self.fields(fields, path);
                if let Some(verdict) = &api[id].verdict {
                    self.otherwise(fields, &api[verdict.otherwise].kind, path);
                }
            }
            TypeKind::Union { tag, placed, variants } => self.union_(tag, *placed, variants, path),
        }
    }

    /// What only stands there on failure.
    fn otherwise(&mut self, usual: &[Field], failed: &'a TypeKind, path: &str) {
        let fields = match failed {
            TypeKind::Object { fields } => fields.as_slice(),
            TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Union { .. } => &[],
        };
        for field in fields.iter().filter(|it| !usual.iter().any(|usual| usual.wire == it.wire)) {
            let start = self.entries.len();
            self.fields(std::slice::from_ref(field), path);
            if let Some(entry) = self.entries.get_mut(start) {
                entry.presence = &PERHAPS;
            }
        }
    }

    fn union_(&mut self, tag: &str, placed: TagPlace, variants: &'a [Variant], path: &str) {
        let above = match placed {
            TagPlace::Inside => path,
            TagPlace::Beside => path.rsplit_once('.').map_or("", |(above, _)| above),
        };
        let tag = if above.is_empty() { tag.to_owned() } else { format!("{above}.{tag}") };
        if !self.entries.iter().any(|it| it.path == tag && it.arm == self.arm) {
            let description = TAG;
            let arm = self.arm.clone();
            self.entries.push(Entry {
                path: tag.clone(),
                type_: &TEXT,
                presence: &ALWAYS,
                description,
                field: None,
                arm,
            });
        }
        for variant in variants {
            let outer = self.arm.replace((tag.clone(), variant.tag.clone()));
            self.fields(&variant.fields, path);
            self.arm = outer;
        }
    }

    /// Whether the entries of the type's fields say all there is to say.
    fn has_fields(&self, type_: &Type) -> bool {
        match self.api.underlying(type_) {
            Type::Named(id) => match &self.api[*id].kind {
                TypeKind::Object { .. } | TypeKind::Union { .. } => true,
                TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => false,
            },
            Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => false,
        }
    }
}
