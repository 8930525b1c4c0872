//! Named types: those of a resource on its page, the shared ones with the envelopes on a page of their own.

use apigen_model::ir::{Api, EnumValue, TagPlace, TypeDef, TypeKind};
use serde::Serialize;

use super::fields::{self, FieldRow, Note};
use super::text::{Inline, Link, Prose, anchor, inline, prose, type_links};
use super::{Page, page};
use crate::facts;

#[derive(Serialize)]
pub(super) struct TypesPage {
    page: Page,
    types: Vec<TypeView>,
    envelopes: Vec<TypeView>,
}

#[derive(Serialize)]
pub(super) struct TypeView {
    id: String,
    name: String,
    kind: Inline,
    /// The wrapped type; empty unless the type wraps one.
    wraps: Vec<Link>,
    description: Prose,
    notes: Vec<Note>,
    values: Vec<ValueRow>,
    shapes: Vec<ShapeView>,
}

#[derive(Serialize)]
struct ValueRow {
    wire: String,
    name: String,
    description: Inline,
}

/// A list of fields, under a heading when there are several.
#[derive(Serialize)]
struct ShapeView {
    title: Inline,
    description: Prose,
    rows: Vec<FieldRow>,
}

pub(super) fn shared(api: &Api) -> TypesPage {
    TypesPage {
        page: page(
            api,
            "types.html",
            "Shared types",
            "Types that several resources use, and what replies are wrapped in.",
        ),
        types: api.shared_types().map(|it| view(api, it)).collect(),
        envelopes: envelopes(api),
    }
}

pub(super) fn view(api: &Api, definition: &TypeDef) -> TypeView {
    let (kind, wraps, values, shapes) = match &definition.kind {
        TypeKind::Newtype(inner) => ("A kind of ".to_owned(), type_links(api, inner), Vec::new(), Vec::new()),
        TypeKind::Enum { of, values } => {
            let kind =
                format!("One of these values of type `{}`; the service may add others.", facts::scalar_name(*of));
            (kind, Vec::new(), values.iter().map(value).collect(), Vec::new())
        }
        TypeKind::Flag { on, off } => ("A boolean.".to_owned(), Vec::new(), [on, off].map(value).into(), Vec::new()),
        TypeKind::Object { fields } => {
            let shape = ShapeView { title: Vec::new(), description: Vec::new(), rows: fields::object(api, fields) };
            ("An object.".to_owned(), Vec::new(), Vec::new(), vec![shape])
        }
        TypeKind::Union { tag, placed, variants } => {
            let place = match placed {
                TagPlace::Inside => "inside the object",
                TagPlace::Beside => "beside the object",
            };
            let shape = |it: &apigen_model::ir::Variant| ShapeView {
                title: inline(&format!("`{}`", it.tag)),
                description: prose(&it.description),
                rows: fields::object(api, &it.fields),
            };
            let kind = format!("One of these objects; `{tag}` {place} tells which.");
            (kind, Vec::new(), Vec::new(), variants.iter().map(shape).collect())
        }
    };
    TypeView {
        id: definition.name.clone(),
        name: definition.name.clone(),
        kind: inline(&kind),
        wraps,
        description: prose(&definition.description),
        notes: notes(api, definition),
        values,
        shapes,
    }
}

fn notes(api: &Api, definition: &TypeDef) -> Vec<Note> {
    let mut notes: Vec<_> = definition.limits.iter().map(fields::limit).collect();
    if let Some(verdict) = &definition.verdict {
        notes.push(Note::new("Success", &format!("{}.", crate::prose::outcome(&verdict.outcome))));
        let other = &api[verdict.otherwise].name;
        if *other != definition.name {
            notes.push(Note::new("On failure", &format!("`{other}`")));
        }
    }
    notes
}

fn value(value: &EnumValue) -> ValueRow {
    ValueRow { wire: value.wire.clone(), name: value.name.clone(), description: inline(&value.description) }
}

/// The envelopes, and the body of an error, which is one of a kind.
fn envelopes(api: &Api) -> Vec<TypeView> {
    let mut views = Vec::new();
    for envelope in &api.envelopes {
        let kind = match &envelope.payload {
            apigen_model::ir::Payload::Key(key) => format!("An object; the payload stands under `{key}`."),
            apigen_model::ir::Payload::Whole => "An object; the fields of the payload stand beside these.".to_owned(),
        };
        let id = format!("envelope.{}", anchor(&envelope.name));
        views.push(body(
            id,
            format!("Envelope {}", envelope.name),
            &kind,
            &envelope.description,
            fields::object(api, &envelope.fields),
        ));
    }
    let error = &api.error_body;
    let kind = format!("An object; `{}` holds the code of the error and `{}` its message.", error.code, error.message);
    views.push(body(
        "error_body".to_owned(),
        "Body of an error".to_owned(),
        &kind,
        "",
        fields::object(api, &error.fields),
    ));
    views
}

fn body(id: String, name: String, kind: &str, description: &str, rows: Vec<FieldRow>) -> TypeView {
    TypeView {
        id,
        name,
        kind: inline(kind),
        wraps: Vec::new(),
        description: prose(description),
        notes: Vec::new(),
        values: Vec::new(),
        shapes: vec![ShapeView { title: Vec::new(), description: Vec::new(), rows }],
    }
}
