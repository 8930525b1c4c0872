//! Types of the spec as Rust items, with only the conversions that some operation needs.

use std::collections::BTreeSet;

use apigen_model::ir::{Api, Field, Presence, Response, Scalar, Type, TypeDef, TypeId, TypeKind};
use serde::Serialize;

use crate::emit::rust::{docs, literals, names, types};
use crate::emit::templates::render;

/// Which types are sent and which are received.
pub(super) struct Usage {
    sent: BTreeSet<String>,
    received: BTreeSet<String>,
}

impl Usage {
    pub(super) fn of(api: &Api) -> Self {
        let (mut sent, mut received) = (BTreeSet::new(), BTreeSet::new());
        for operation in &api.operations {
            for (_, field) in operation.parameters() {
                reach(api, &field.type_, &mut sent);
            }
            match &operation.response {
                Response::Json { payload, .. } => reach(api, payload, &mut received),
                Response::Binary { .. } => {}
            }
        }
        for field in api.envelopes.iter().flat_map(|it| &it.fields) {
            reach(api, &field.type_, &mut received);
        }
        Self { sent, received }
    }
}

/// Collects the named types that a type is made of.
fn reach(api: &Api, type_: &Type, found: &mut BTreeSet<String>) {
    match type_ {
        Type::Named(id) => reach_named(api, *id, found),
        Type::List(inner) | Type::Map(inner) => reach(api, inner, found),
        Type::Scalar(_) | Type::Json | Type::File => {}
    }
}

fn reach_named(api: &Api, id: TypeId, found: &mut BTreeSet<String>) {
    let definition = &api[id];
    if !found.insert(definition.name.clone()) {
        return;
    }
    match &definition.kind {
        TypeKind::Newtype(inner) => reach(api, inner, found),
        TypeKind::Object { fields } => fields.iter().for_each(|it| reach(api, &it.type_, found)),
        TypeKind::Union { variants, .. } => {
            variants.iter().flat_map(|it| &it.fields).for_each(|it| reach(api, &it.type_, found));
        }
        TypeKind::Enum { .. } | TypeKind::Flag { .. } => {}
    }
}

/// Renders a named type with its conversions.
pub(super) fn render_type(api: &Api, definition: &TypeDef, usage: &Usage) -> String {
    match &definition.kind {
        TypeKind::Newtype(inner) => newtype(api, definition, inner),
        TypeKind::Enum { of, values } => {
            let wire = |wire: &str| match of {
                Scalar::Integer => wire.to_owned(),
                Scalar::String
                | Scalar::Number
                | Scalar::Boolean
                | Scalar::TimestampMs
                | Scalar::DurationMs
                | Scalar::DurationS
                | Scalar::ByteCount => literals::string(wire),
            };
            let of = types::owned(api, &Type::Scalar(*of));
            let values = values.iter().map(|it| choice(&it.name, wire(&it.wire), &it.description));
            render(
                "client/src/_enum.rs.jinja",
                &EnumView {
                    docs: prose(&definition.description),
                    name: names::type_(&definition.name),
                    of,
                    values: values.collect(),
                },
            )
        }
        TypeKind::Flag { on, off } => {
            let values =
                [(on, "true"), (off, "false")].map(|(it, wire)| choice(&it.name, wire.to_owned(), &it.description));
            let view = EnumView {
                docs: prose(&definition.description),
                name: names::type_(&definition.name),
                of: "bool".to_owned(),
                values: values.into(),
            };
            render("client/src/_flag.rs.jinja", &view)
        }
        TypeKind::Object { fields } => {
            let name = names::type_(&definition.name);
            let view = object(
                api,
                &name,
                &definition.description,
                fields,
                usage.sent.contains(&definition.name),
                usage.received.contains(&definition.name),
            );
            render("client/src/_object.rs.jinja", &view)
        }
        TypeKind::Union { .. } => String::new(),
    }
}

/// Renders an object that is received only.
pub(super) fn render_object(api: &Api, name: &str, description: &str, fields: &[Field]) -> String {
    render("client/src/_object.rs.jinja", &object(api, name, description, fields, false, true))
}

#[derive(Serialize)]
struct NewtypeView {
    docs: String,
    name: String,
    of: String,
    derives: &'static str,
    conversion: &'static str,
}

#[derive(Serialize)]
struct EnumView {
    docs: String,
    name: String,
    of: String,
    values: Vec<ChoiceView>,
}

#[derive(Serialize)]
struct ChoiceView {
    docs: String,
    name: String,
    wire: String,
}

#[derive(Serialize)]
struct ObjectView {
    docs: String,
    name: String,
    derives: &'static str,
    fields: Vec<FieldView>,
    sent: bool,
    received: bool,
    arguments: String,
    setters: Vec<SetterView>,
}

#[derive(Serialize)]
struct FieldView {
    docs: String,
    name: String,
    type_: String,
    wire: String,
    /// The method of `Fields` that reads the field.
    decoded: String,
    /// The expression that turns `self.field` into a JSON value.
    encoded: String,
    /// The expression that a constructor puts there.
    initial: String,
}

#[derive(Serialize)]
struct SetterView {
    docs: String,
    name: String,
    argument: String,
    value: String,
}

fn newtype(api: &Api, definition: &TypeDef, inner: &Type) -> String {
    let is_string = matches!(inner, Type::Scalar(Scalar::String));
    let view = NewtypeView {
        docs: prose(&definition.description),
        name: names::type_(&definition.name),
        of: types::owned(api, inner),
        derives: match inner {
            Type::Scalar(Scalar::String) => "Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash",
            Type::Scalar(Scalar::Number) => "Debug, Clone, Copy, PartialEq, PartialOrd",
            Type::Scalar(_) => "Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash",
            Type::Named(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => "Debug, Clone, PartialEq",
        },
        conversion: if is_string { "string_id" } else { "newtype" },
    };
    render("client/src/_newtype.rs.jinja", &view)
}

fn choice(name: &str, wire: String, description: &str) -> ChoiceView {
    ChoiceView { docs: prose(description), name: names::type_(name), wire }
}

fn object(api: &Api, name: &str, description: &str, fields: &[Field], sent: bool, received: bool) -> ObjectView {
    let required: Vec<_> = fields.iter().filter(|it| is_required(it)).collect();
    let argument = |field: &&Field| format!("{}: {}", names::value(&field.name), types::argument(api, &field.type_));
    let optional = fields.iter().filter(|it| sent && !is_required(it) && !matches!(it.presence, Presence::Constant(_)));
    let setter = |field: &Field| SetterView {
        docs: prose(&field.description),
        name: names::value(&field.name),
        argument: types::argument(api, &field.type_),
        value: stored(api, field),
    };
    ObjectView {
        docs: prose(description),
        name: name.to_owned(),
        derives: if fields.iter().any(|it| it.secret) { "Debug, Clone" } else { "Debug, Clone, PartialEq" },
        fields: fields
            .iter()
            .filter(|it| !matches!(it.presence, Presence::Constant(_)))
            .map(|it| field(api, it))
            .collect(),
        sent,
        received,
        arguments: required.iter().map(argument).collect::<Vec<_>>().join(", "),
        setters: optional.map(setter).collect(),
    }
}

fn field(api: &Api, field: &Field) -> FieldView {
    let name = names::value(&field.name);
    let wire = literals::string(&field.wire);
    let type_ = if field.secret { "Secret".to_owned() } else { types::owned(api, &field.type_) };
    let required = is_required(field);
    let read = if required { "required" } else { "optional" };
    let decoded = match duration_codec(&field.type_) {
        Some(codec) => format!("{read}_with({wire}, decode::{codec})"),
        None => format!("{read}({wire})"),
    };
    let encoded = match (duration_codec(&field.type_), required) {
        (Some(codec), true) => format!("encode::{codec}(self.{name}).encode()"),
        (Some(codec), false) => format!("self.{name}.map(encode::{codec}).encode()"),
        (None, _) => format!("self.{name}.encode()"),
    };
    FieldView {
        docs: field_docs(field),
        type_: if required { type_ } else { format!("Option<{type_}>") },
        decoded,
        encoded,
        initial: if required { stored(api, field) } else { "None".to_owned() },
        name,
        wire,
    }
}

/// The documentation of a field: what it means, its name on the wire where it differs, and what replaces it.
fn field_docs(field: &Field) -> String {
    let mut text = field.description.clone();
    if field.wire != field.name {
        text.push_str(&format!(" On the wire it is called `{}`.", field.wire));
    }
    if let Some(instead) = &field.deprecated {
        text.push_str(&format!("\n\nDeprecated. {instead}"));
    }
    prose(&text)
}

/// The expression that turns an argument with the field's name into the field's value.
fn stored(api: &Api, field: &Field) -> String {
    let name = names::value(&field.name);
    match &field.type_ {
        Type::Scalar(Scalar::DurationMs | Scalar::DurationS) => name,
        type_ => types::sent(api, type_, &name),
    }
}

/// Durations are numbers on the wire; the name of the functions that convert them.
pub(super) fn duration_codec(type_: &Type) -> Option<&'static str> {
    match type_ {
        Type::Scalar(Scalar::DurationMs) => Some("millis"),
        Type::Scalar(Scalar::DurationS) => Some("seconds"),
        Type::Scalar(_) | Type::Named(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
    }
}

pub(super) fn is_required(field: &Field) -> bool {
    match field.presence {
        Presence::Required => true,
        Presence::Optional | Presence::RequiredWhen(_) | Presence::Constant(_) => false,
    }
}

pub(super) fn prose(text: &str) -> String {
    docs::outer(&docs::markdown(text))
}
