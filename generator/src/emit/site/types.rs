//! Named types: those of a resource on its page, the shared ones with the envelopes on a page that lists all.

use apigen_model::ir::{EnumValue, Payload, Resource, TagPlace, TypeDef, TypeKind, Variant};

use super::fields::{self, FieldRow, Note};
use super::text::{Inline, Link, Prose, anchor, inline, prose, type_link, type_links};
use super::{Page, PageName, Site, page, resource_page};
use crate::emit::rust::{calls, names};
use crate::facts;
use crate::words::fill;

pub(super) struct TypesPage {
    pub(super) page: Page,
    pub(super) types: Vec<TypeView>,
    pub(super) envelopes: Vec<TypeView>,
    pub(super) resources: Vec<ResourceTypes>,
}

/// Where the types of a resource are.
pub(super) struct ResourceTypes {
    pub(super) link: Link,
    pub(super) types: Vec<Link>,
}

pub(super) struct TypeView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: Inline,
    /// The wrapped type; empty unless the type wraps one.
    pub(super) wraps: Vec<Link>,
    pub(super) description: Prose,
    pub(super) notes: Vec<Note>,
    /// Its documentation in Rust; no link where there is none.
    pub(super) rustdoc: Link,
    pub(super) values: Vec<ValueRow>,
    pub(super) shapes: Vec<ShapeView>,
}

pub(super) struct ValueRow {
    pub(super) wire: String,
    pub(super) name: String,
    pub(super) description: Inline,
}

/// A list of fields, under a heading when there are several.
pub(super) struct ShapeView {
    pub(super) title: Inline,
    pub(super) description: Prose,
    pub(super) rows: Vec<FieldRow>,
}

pub(super) fn shared(site: &Site<'_>) -> TypesPage {
    let (title, lead) = PageName::Types.words(site);
    let resource = |it: &Resource| ResourceTypes {
        link: Link { text: it.title.clone(), href: resource_page(it) },
        types: it.types.iter().map(|id| type_link(site.api, &site.api[*id])).collect(),
    };
    TypesPage {
        page: page(site, PageName::Types.stem(), &title, &lead),
        types: site.api.shared_types().map(|it| view(site, it)).collect(),
        envelopes: envelopes(site),
        resources: site.api.resources.iter().filter(|it| !it.types.is_empty()).map(resource).collect(),
    }
}

pub(super) fn view(site: &Site<'_>, definition: &TypeDef) -> TypeView {
    let words = &site.words.note;
    let (kind, wraps, values, shapes) = match &definition.kind {
        TypeKind::Newtype(inner) => {
            (words.kind_newtype.to_owned(), type_links(site.api, inner), Vec::new(), Vec::new())
        }
        TypeKind::Enum { of, values } => {
            let kind = fill(words.kind_enum, &[("type", facts::scalar_name(*of))]);
            (kind, Vec::new(), values.iter().map(value).collect(), Vec::new())
        }
        TypeKind::Flag { on, off } => {
            (words.kind_boolean.to_owned(), Vec::new(), [on, off].map(value).into(), Vec::new())
        }
        TypeKind::Object { fields } => {
            let shape = ShapeView { title: String::new(), description: Vec::new(), rows: fields::object(site, fields) };
            (words.kind_object.to_owned(), Vec::new(), Vec::new(), vec![shape])
        }
        TypeKind::Union { tag, placed, variants } => {
            let kind = match placed {
                TagPlace::Inside => words.kind_union_inside,
                TagPlace::Beside => words.kind_union_beside,
            };
            let shape = |it: &Variant| ShapeView {
                title: inline(&format!("`{}`", it.tag)),
                description: prose(&it.description),
                rows: fields::object(site, &it.fields),
            };
            (fill(kind, &[("tag", tag)]), Vec::new(), Vec::new(), variants.iter().map(shape).collect())
        }
    };
    TypeView {
        id: definition.name.clone(),
        name: definition.name.clone(),
        kind: inline(&kind),
        wraps,
        description: prose(&definition.description),
        notes: notes(site, definition),
        rustdoc: rustdoc(site, definition),
        values,
        shapes,
    }
}

fn notes(site: &Site<'_>, definition: &TypeDef) -> Vec<Note> {
    let mut notes: Vec<_> = definition.limits.iter().map(|it| fields::limit(site.words, it)).collect();
    if let Some(verdict) = &definition.verdict {
        let outcome = crate::prose::outcome(site.words, &verdict.outcome);
        notes.push(Note::new(site.words.note.success, &format!("{outcome}{}", site.words.facts.stop)));
        let other = &site.api[verdict.otherwise].name;
        if *other != definition.name {
            notes.push(Note::new(site.words.note.on_failure, &format!("`{other}`")));
        }
    }
    notes
}

fn rustdoc(site: &Site<'_>, definition: &TypeDef) -> Link {
    let kind = match &definition.kind {
        TypeKind::Newtype(_) | TypeKind::Object { .. } => "struct",
        TypeKind::Enum { .. } | TypeKind::Flag { .. } | TypeKind::Union { .. } => "enum",
    };
    let module = calls::path(site.api, definition);
    let module = module.rsplit_once("::").map_or("", |(module, _)| module).replace("::", "/");
    let file = format!("{kind}.{}.html", names::type_(&definition.name));
    Link { text: "rustdoc".to_owned(), href: format!("{}/{module}/{file}", super::operation::docs_rs(site.api)) }
}

fn value(value: &EnumValue) -> ValueRow {
    ValueRow { wire: value.wire.clone(), name: value.name.clone(), description: inline(&value.description) }
}

/// The envelopes, and the body of an error, which is one of a kind.
fn envelopes(site: &Site<'_>) -> Vec<TypeView> {
    let words = site.words;
    let mut views = Vec::new();
    for envelope in &site.api.envelopes {
        let kind = match &envelope.payload {
            Payload::Key(key) => fill(words.note.envelope_key, &[("key", key)]),
            Payload::Whole => words.note.envelope_whole.to_owned(),
        };
        let id = format!("envelope.{}", anchor(&envelope.name));
        let name = format!("{} {}", words.label.envelope, envelope.name);
        views.push(body(id, name, &kind, &envelope.description, fields::object(site, &envelope.fields)));
    }
    let error = &site.api.error_body;
    let kind = fill(words.note.error_body, &[("code", &error.code), ("message", &error.message)]);
    let name = words.label.error_body.to_owned();
    views.push(body("error_body".to_owned(), name, &kind, "", fields::object(site, &error.fields)));
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
        rustdoc: Link::none(),
        values: Vec::new(),
        shapes: vec![ShapeView { title: String::new(), description: Vec::new(), rows }],
    }
}
