//! Types of the spec as Rust items, with only the conversions that some operation needs.

use std::collections::BTreeSet;

use apigen_model::ir::{
    Api, Field, Outcome, OutcomeTest, Presence, Response, Scalar, TagPlace, Type, TypeDef, TypeId, TypeKind, Variant,
};
use askama::Template;

use crate::emit::rust::{docs, literals, names, types};
use crate::emit::templates::{rendered, templates};

/// Which types are sent and which are received.
pub(crate) struct Usage {
    sent: BTreeSet<String>,
    received: BTreeSet<String>,
    /// Types that stand in lists or maps.
    items: BTreeSet<String>,
}

impl Usage {
    pub(crate) fn of(api: &Api) -> Self {
        let (mut sent, mut received) = (BTreeSet::new(), BTreeSet::new());
        for operation in &api.operations {
            for (_, field) in operation.parameters() {
                api.reach(&field.type_, &mut sent);
            }
            match &operation.response {
                Response::Json { payload, .. } => api.reach(payload, &mut received),
                Response::Empty { .. } | Response::Binary { .. } => {}
            }
            if let Some(follow_up) = &operation.follow_up {
                api.reach(&follow_up.records, &mut received);
            }
        }
        for field in api.envelopes.iter().flat_map(|it| &it.fields) {
            api.reach(&field.type_, &mut received);
        }
        let mut items = BTreeSet::new();
        api.operations.iter().for_each(|it| match &it.response {
            Response::Json { payload, .. } => collect_items(api, payload, &mut items),
            Response::Empty { .. } | Response::Binary { .. } => {}
        });
        for follow_up in api.operations.iter().filter_map(|it| it.follow_up.as_ref()) {
            collect_items(api, &follow_up.records, &mut items);
        }
        let fields = api.types.iter().flat_map(|it| match &it.kind {
            TypeKind::Object { fields } => fields.iter().collect(),
            TypeKind::Union { variants, .. } => variants.iter().flat_map(|it| &it.fields).collect(),
            TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => Vec::new(),
        });
        fields
            .chain(api.envelopes.iter().flat_map(|it| &it.fields))
            .for_each(|it| collect_items(api, &it.type_, &mut items));
        let names = |ids: BTreeSet<TypeId>| ids.into_iter().map(|id| api[id].name.clone()).collect();
        Self { sent: names(sent), received: names(received), items }
    }

    /// Whether values of a type are sent.
    pub(crate) fn sends(&self, name: &str) -> bool {
        self.sent.contains(name)
    }

    /// Whether values of a type are received.
    pub(crate) fn receives(&self, name: &str) -> bool {
        self.received.contains(name)
    }

    /// Whether values of a type stand in lists or maps.
    pub(crate) fn lists(&self, name: &str) -> bool {
        self.items.contains(name)
    }
}

/// Collects the named types that stand in lists and maps.
fn collect_items(api: &Api, type_: &Type, found: &mut BTreeSet<String>) {
    match type_ {
        Type::List(inner) | Type::Map(inner) => match &**inner {
            Type::Named(id) => {
                found.insert(api[*id].name.clone());
            }
            inner => collect_items(api, inner, found),
        },
        Type::Scalar(_) | Type::Named(_) | Type::Json | Type::File => {}
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
                | Scalar::ByteCount
                | Scalar::LocalHour => literals::string(wire),
            };
            let of = types::owned(api, &Type::Scalar(*of));
            let values = values.iter().map(|it| choice(&it.name, wire(&it.wire), &it.description));
            let view = EnumView {
                docs: prose(&definition.description),
                name: names::type_(&definition.name),
                of,
                values: values.collect(),
            };
            rendered(&Enum(&view))
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
            rendered(&Flag(&view))
        }
        TypeKind::Object { fields } => {
            let name = names::type_(&definition.name);
            let view = object(
                api,
                &name,
                &definition.description,
                fields,
                usage.sends(&definition.name),
                usage.receives(&definition.name),
            );
            rendered(&ObjectView { judged: judged(api, definition, usage), ..view })
        }
        TypeKind::Union { tag, placed, variants } => union_(api, definition, (tag, *placed), variants, usage),
    }
}

/// Renders an object that is received only.
pub(super) fn render_object(api: &Api, name: &str, description: &str, fields: &[Field]) -> String {
    rendered(&object(api, name, description, fields, false, true))
}

#[derive(Template)]
#[template(path = "client/src/_newtype.rs.jinja")]
struct NewtypeView {
    docs: String,
    name: String,
    of: String,
    derives: &'static str,
    conversion: &'static str,
}

templates! {
    Enum(EnumView) = "client/src/_enum.rs.jinja";
    Flag(EnumView) = "client/src/_flag.rs.jinja";
}

struct EnumView {
    docs: String,
    name: String,
    of: String,
    values: Vec<ChoiceView>,
}

struct ChoiceView {
    docs: String,
    name: String,
    wire: String,
}

#[derive(Template)]
#[template(path = "client/src/_union.rs.jinja")]
struct UnionView {
    docs: String,
    name: String,
    derives: &'static str,
    tag: String,
    placed: &'static str,
    variants: Vec<VariantView>,
    sent: bool,
    received: bool,
    shapes: Vec<String>,
}

struct VariantView {
    docs: String,
    name: String,
    type_: String,
    tag: String,
    method: String,
    arguments: String,
    values: String,
}

#[derive(Template)]
#[template(path = "client/src/_object.rs.jinja")]
struct ObjectView {
    docs: String,
    name: String,
    derives: String,
    fields: Vec<FieldView>,
    /// Entries that are always sent.
    constants: Vec<String>,
    sent: bool,
    received: bool,
    arguments: String,
    setters: Vec<SetterView>,
    judged: String,
}

struct FieldView {
    docs: String,
    name: String,
    type_: String,
    wire: String,
    /// The method of `Fields` that reads the field.
    decoded: String,
    /// The expression that turns `self.field` into a JSON value.
    encoded: String,
    /// The entry of the tag that stands beside the field; empty when none does.
    tag: String,
    /// The expression that a constructor puts there.
    initial: String,
}

struct SetterView {
    docs: String,
    name: String,
    argument: String,
    value: String,
}

fn union_(
    api: &Api,
    definition: &TypeDef,
    (tag, placed): (&str, TagPlace),
    variants: &[Variant],
    usage: &Usage,
) -> String {
    let (sent, received) = (usage.sends(&definition.name), usage.receives(&definition.name));
    let shape = |it: &Variant| {
        let name = names::variant(definition, it);
        rendered(&object(api, &name, &it.description, &it.fields, sent, received))
    };
    let view = UnionView {
        docs: prose(&definition.description),
        name: names::type_(&definition.name),
        derives: derives(api, variants.iter().flat_map(|it| &it.fields)),
        tag: literals::string(tag),
        placed: match placed {
            TagPlace::Inside => "inside",
            TagPlace::Beside => "beside",
        },
        variants: variants.iter().map(|it| variant(api, definition, it)).collect(),
        sent,
        received,
        shapes: variants.iter().map(shape).collect(),
    };
    rendered(&view)
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
    rendered(&view)
}

fn choice(name: &str, wire: String, description: &str) -> ChoiceView {
    ChoiceView { docs: prose(description), name: names::type_(name), wire }
}

/// A test of a reply or an item, as in `"data.result" = ["true"] because "data.reason"`.
pub(super) fn outcome(outcome: &Outcome) -> String {
    let path = literals::string(&outcome.path);
    let test = match &outcome.test {
        OutcomeTest::Equals(values) => {
            let values: Vec<_> = values.iter().map(|it| literals::string(&super::text(it))).collect();
            format!("{path} = [{}]", values.join(", "))
        }
        OutcomeTest::Absent => format!("absent {path}"),
    };
    if outcome.reason.is_empty() { test } else { format!("{test} because {}", literals::string(&outcome.reason)) }
}

/// The line that lets items of a list be results; empty for types that are never items.
fn judged(api: &Api, definition: &TypeDef, usage: &Usage) -> String {
    match &definition.verdict {
        Some(verdict) if usage.lists(&definition.name) => format!(
            "apigen_runtime::judged!({}, {}; {});",
            names::type_(&definition.name),
            names::type_(&api[verdict.otherwise].name),
            outcome(&Outcome { reason: String::new(), ..verdict.outcome.clone() }),
        ),
        Some(_) | None => String::new(),
    }
}

fn variant(api: &Api, union_: &TypeDef, variant: &Variant) -> VariantView {
    let required: Vec<_> = variant.fields.iter().filter(|it| is_required(it)).collect();
    let names: Vec<_> = required.iter().map(|it| names::value(&it.name)).collect();
    VariantView {
        docs: prose(&variant.description),
        name: names::type_(&variant.name),
        type_: names::variant(union_, variant),
        tag: literals::string(&variant.tag),
        method: names::value(&variant.name),
        arguments: arguments(api, &required),
        values: names.join(", "),
    }
}

/// What values with these fields can do; secrets cannot be compared.
fn derives<'a>(api: &Api, fields: impl IntoIterator<Item = &'a Field>) -> &'static str {
    if fields.into_iter().any(|it| it.secret || holds_secret(api, &it.type_)) {
        "Debug, Clone"
    } else {
        "Debug, Clone, PartialEq"
    }
}

/// Whether something inside a value is a secret. No type contains itself but through a list or map; what is inside those is
/// looked at once.
fn holds_secret(api: &Api, type_: &Type) -> bool {
    let mut found = BTreeSet::new();
    api.reach(type_, &mut found);
    let secret = |fields: &[Field]| fields.iter().any(|it| it.secret);
    found.into_iter().any(|id| match &api[id].kind {
        TypeKind::Object { fields } => secret(fields),
        TypeKind::Union { variants, .. } => variants.iter().any(|it| secret(&it.fields)),
        TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => false,
    })
}

/// The required fields as arguments of a function.
fn arguments(api: &Api, required: &[&Field]) -> String {
    let argument = |field: &&Field| format!("{}: {}", names::value(&field.name), types::argument_of(api, field));
    required.iter().map(argument).collect::<Vec<_>>().join(", ")
}

fn object(api: &Api, name: &str, description: &str, fields: &[Field], sent: bool, received: bool) -> ObjectView {
    let required: Vec<_> = fields.iter().filter(|it| is_required(it)).collect();
    let optional = fields.iter().filter(|it| sent && !is_required(it) && !matches!(it.presence, Presence::Constant(_)));
    let setter = |field: &Field| SetterView {
        docs: prose(&field.description),
        name: names::value(&field.name),
        argument: types::argument_of(api, field),
        value: stored(api, field),
    };
    ObjectView {
        docs: prose(description),
        name: name.to_owned(),
        derives: format!("{}{}", derives(api, fields), if sent && required.is_empty() { ", Default" } else { "" }),
        fields: fields
            .iter()
            .filter(|it| !matches!(it.presence, Presence::Constant(_)))
            .map(|it| field(api, it))
            .collect(),
        constants: fields.iter().filter_map(constant).collect(),
        sent,
        received,
        arguments: arguments(api, &required),
        setters: optional.map(setter).collect(),
        judged: String::new(),
    }
}

fn constant(field: &Field) -> Option<String> {
    match &field.presence {
        Presence::Constant(value) => {
            Some(format!("({}, {}.encode())", literals::string(&field.wire), literals::scalar(value)))
        }
        Presence::Required | Presence::Optional | Presence::RequiredWhen(_) => None,
    }
}

fn field(api: &Api, field: &Field) -> FieldView {
    let name = names::value(&field.name);
    let wire = literals::string(&field.wire);
    let type_ = if field.secret { "Secret".to_owned() } else { types::field(api, field) };
    let required = is_required(field);
    let read = if required { "required" } else { "optional" };
    let beside = api.tag_beside(&field.type_);
    let decoded = match (codec(field).or_else(|| one_or_many(field)), beside) {
        (Some(codec), _) => format!("{read}_with({wire}, decode::{codec})"),
        (None, Some(_)) if required => format!("union({wire})"),
        (None, Some(_)) => format!("optional_union({wire})"),
        (None, None) => format!("{read}({wire})"),
    };
    let encoded = match (codec(field), required) {
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
        tag: match (beside, required) {
            (None, _) => String::new(),
            (Some(tag), true) => format!("({}, encode::tag(&self.{name}))", literals::string(tag)),
            (Some(tag), false) => {
                format!("({}, self.{name}.as_ref().map(encode::tag).encode())", literals::string(tag))
            }
        },
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
    match (&field.type_, field.secret || field.forever.is_some()) {
        (_, true) => format!("{name}.into()"),
        (Type::Scalar(Scalar::DurationMs | Scalar::DurationS), false) => name,
        (type_, false) => types::sent(api, type_, &name),
    }
}

/// Durations are numbers on the wire, and some numbers stand for "without end"; the name of the functions that convert them.
pub(super) fn codec(field: &Field) -> Option<String> {
    match (&field.type_, field.forever) {
        (Type::Scalar(Scalar::DurationMs), None) => Some("millis".to_owned()),
        (Type::Scalar(Scalar::DurationS), None) => Some("seconds".to_owned()),
        (Type::Scalar(Scalar::DurationMs), Some(forever)) => Some(format!("lasting_millis::<{forever}>")),
        (Type::Scalar(Scalar::DurationS), Some(forever)) => Some(format!("lasting_seconds::<{forever}>")),
        (Type::Scalar(Scalar::TimestampMs), Some(forever)) => Some(format!("until::<{forever}>")),
        (Type::Scalar(_) | Type::Named(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File, _) => None,
    }
}

/// The name of the function that reads a list in whose place one item may stand.
fn one_or_many(field: &Field) -> Option<String> {
    match (&field.type_, &field.also) {
        (Type::List(_), Some(_)) => Some("one_or_many".to_owned()),
        (Type::Scalar(_) | Type::Named(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File, _) => None,
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
