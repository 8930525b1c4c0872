//! Paths into replies, such as those to the cursor of the next page: that something documented stands there.

use super::scope::Scope;
use super::text;
use crate::ir::{self, Field, Payload, Type, TypeKind};
use crate::load::Spanned;

impl Scope<'_> {
    /// A path from the root of a reply, by wire names; one that leads nowhere is reported.
    pub(super) fn reply_path(
        &mut self,
        api: &ir::Api,
        response: &ir::Response,
        path: &Spanned<String>,
        items: Items,
    ) -> String {
        let root = Root::of(api, response);
        let means_each = path.value.contains("[]");
        let fits = match items {
            Items::Each => path.value.contains('[') == means_each,
            Items::One => !means_each,
        };
        if !fits || !root.leads(api, path.value.trim()) {
            self.undefined_among("value in the reply", &path.value, path.span, &root.names());
        }
        text(path)
    }
}

/// What brackets in a path mean.
#[derive(Debug, Clone, Copy)]
pub(super) enum Items {
    /// `[]` is each item of a list.
    Each,
    /// `[0]` is the first item of a list.
    One,
}

/// What a reply is made of.
struct Root<'a> {
    envelope: &'a [Field],
    payload: Option<(&'a Payload, &'a Type)>,
}

impl<'a> Root<'a> {
    fn of(api: &'a ir::Api, response: &'a ir::Response) -> Self {
        let fields = |id: &Option<ir::EnvelopeId>| id.map_or(&[] as &[Field], |id| &api[id].fields);
        match response {
            ir::Response::Json { envelope, at, payload, also: _ } => {
                Self { envelope: fields(envelope), payload: Some((at, payload)) }
            }
            ir::Response::Empty { envelope } => Self { envelope: fields(envelope), payload: None },
            ir::Response::Binary { .. } => Self { envelope: &[], payload: None },
        }
    }

    fn names(&self) -> Vec<&'a str> {
        let key = match self.payload {
            Some((Payload::Key(key), _)) => Some(key.as_str()),
            Some((Payload::Whole, _)) | None => None,
        };
        self.envelope.iter().map(|it| it.wire.as_str()).chain(key).collect()
    }

    fn leads(&self, api: &ir::Api, path: &str) -> bool {
        let in_payload = match self.payload {
            Some((Payload::Key(key), type_)) => {
                path.strip_prefix(key.as_str()).is_some_and(|rest| leads_from(api, type_, rest))
            }
            Some((Payload::Whole, type_)) => leads_from(api, type_, &format!(".{path}")),
            None => false,
        };
        in_payload || field(api, self.envelope, path)
    }
}

fn field(api: &ir::Api, fields: &[Field], path: &str) -> bool {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    fields.iter().any(|it| it.wire == path[..end] && leads_from(api, &it.type_, &path[end..]))
}

/// Whether the rest of a path, which is empty or begins with `.` or `[`, leads somewhere in a value of a type.
fn leads_from(api: &ir::Api, type_: &Type, rest: &str) -> bool {
    let type_ = api.underlying(type_);
    if rest.is_empty() || *type_ == Type::Json {
        return true;
    }
    match type_ {
        Type::List(item) => rest
            .strip_prefix('[')
            .and_then(|it| it.split_once(']'))
            .is_some_and(|(index, rest)| index.bytes().all(|it| it.is_ascii_digit()) && leads_from(api, item, rest)),
        Type::Map(value) => rest.strip_prefix('.').is_some_and(|it| {
            let end = it.find(['.', '[']).unwrap_or(it.len());
            leads_from(api, value, &it[end..])
        }),
        Type::Named(id) => rest.strip_prefix('.').is_some_and(|it| match &api[*id].kind {
            TypeKind::Object { fields } => field(api, fields, it),
            TypeKind::Union { variants, .. } => variants.iter().any(|variant| field(api, &variant.fields, it)),
            TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => false,
        }),
        Type::Scalar(_) | Type::Json | Type::File => false,
    }
}
