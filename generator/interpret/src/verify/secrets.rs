//! What must not be shown of an exchange: tokens, and the values of fields that the spec calls secret.

use std::collections::BTreeSet;

use apigen_core::json::Value;
use apigen_model::ir::{Api, Auth, Field, Operation, TypeDef, TypeKind};

use super::har::{Entry, Sent};
use crate::finding::Finding;

/// Headers that let whoever has them in.
const HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "x-api-key"];

/// Fewer characters are no secret, and hiding them would make texts unreadable.
const SHORTEST: usize = 4;

/// The secrets of an exchange, the longest first.
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    pub(super) fn of(api: &Api, entry: &Entry<'_>) -> Self {
        let mut found = BTreeSet::new();
        for (name, value) in &entry.headers {
            if HEADERS.iter().any(|it| name.eq_ignore_ascii_case(it)) {
                // A scheme or the name of a cookie stands before what is secret.
                let parts = value.split("; ").filter_map(|it| it.split_once([' ', '='])).map(|(_, secret)| secret);
                found.extend(parts.chain([*value]).map(|it| it.trim().to_owned()));
            }
        }
        let names = names(api);
        match &entry.sent {
            Sent::Bytes(bytes) => collect_from(bytes, &names, &mut found),
            Sent::Form(parts) => {
                let secret = parts.iter().filter(|it| names.contains(it.name));
                found.extend(secret.filter_map(|it| it.text).map(str::to_owned));
            }
            Sent::Empty | Sent::Unrecorded => {}
        }
        if let Some(body) = entry.answer.as_ref().and_then(|it| it.body.as_deref()) {
            collect_from(body, &names, &mut found);
        }
        let written = entry.url.split_once('?').map_or("", |(_, query)| query);
        let pairs = form_urlencoded::parse(written.as_bytes());
        found.extend(pairs.filter(|(name, _)| names.contains(&**name)).map(|(_, value)| value.into_owned()));
        let mut secrets: Vec<_> = found.into_iter().filter(|it| it.chars().count() >= SHORTEST).collect();
        secrets.sort_by_key(|it| std::cmp::Reverse(it.len()));
        Self(secrets)
    }

    /// The text without secrets.
    pub(super) fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "***"))
    }

    /// The finding without secrets.
    pub(super) fn hidden(&self, finding: &Finding) -> Finding {
        Finding {
            at: self.hide(&finding.at),
            place: self.hide(&finding.place),
            message: self.hide(&finding.message),
            ..finding.clone()
        }
    }
}

/// Wire names of all fields that hold secrets.
fn names(api: &Api) -> BTreeSet<&str> {
    let parameters = api.operations.iter().flat_map(Operation::parameters).map(|(_, field)| field);
    let fields = parameters
        .chain(api.types.iter().flat_map(fields))
        .chain(api.envelopes.iter().flat_map(|it| &it.fields))
        .chain(&api.error_body.fields);
    let mut names: BTreeSet<_> = fields.filter(|it| it.secret).map(|it| it.wire.as_str()).collect();
    match &api.auth {
        Auth::None => {}
        Auth::TokenOperation(token) => names.extend([token.secret_field.as_str(), &token.access_token]),
    }
    names
}

fn fields(definition: &TypeDef) -> Vec<&Field> {
    match &definition.kind {
        TypeKind::Object { fields } => fields.iter().collect(),
        TypeKind::Union { variants, .. } => variants.iter().flat_map(|it| &it.fields).collect(),
        TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => Vec::new(),
    }
}

fn collect_from(json: &[u8], names: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
    if let Ok(value) = Value::parse(json) {
        collect(&value, false, names, found);
    }
}

/// Collects the single values under secret names, however deep.
fn collect(value: &Value<'_>, is_secret: bool, names: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| collect(value, is_secret || names.contains(&**key), names, found));
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, is_secret, names, found)),
        Value::Null | Value::Bool(_) => {}
        Value::Number(_) | Value::Str(_) if is_secret => {
            found.extend(value.to_text().map(std::borrow::Cow::into_owned))
        }
        Value::Number(_) | Value::Str(_) => {}
    }
}
