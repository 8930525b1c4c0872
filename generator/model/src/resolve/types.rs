//! Named types, and the expressions that mention them.

use super::fields::example_of;
use super::scope::Scope;
use super::{Spec, optional, text};
use crate::codes::Code;
use crate::ir::{self, Scalar, Type};
use crate::load::{Entries, Spanned};
use crate::source::Span;
use crate::spec;

/// A type that a resource defines: in its `types`, or in place as the payload of a response.
pub(super) struct Definition<'a> {
    pub(super) name: &'a Spanned<String>,
    form: Form<'a>,
}

/// Where a type is defined.
#[derive(Clone, Copy)]
pub(super) enum Form<'a> {
    Named(&'a spec::TypeDef),
    InPlace(&'a spec::Response),
}

/// The types that a resource defines: payloads in the order of their operations, then its `types`.
pub(super) fn definitions(file: &spec::ResourceFile) -> Vec<Definition<'_>> {
    let payloads = file.operations.iter().filter_map(|(_, operation)| {
        let response = &operation.response;
        let name = response.name.as_ref()?;
        Some(Definition { name, form: Form::InPlace(response) })
    });
    let named = file.types.iter().map(|(name, type_)| Definition { name, form: Form::Named(type_) });
    payloads.chain(named).collect()
}

/// What a spec says of its types, in the order of their ids.
pub(super) fn forms(spec: &Spec) -> Vec<Form<'_>> {
    let shared = spec.api.types.iter().map(|(_, type_)| Form::Named(type_));
    let owned = spec.resources.iter().flat_map(|(_, file)| definitions(file).into_iter().map(|it| it.form));
    shared.chain(owned).collect()
}

/// Resolves every type: the shared ones first, then by resource.
pub(super) fn types(scope: &mut Scope<'_>) -> Vec<ir::TypeDef> {
    let spec = scope.spec;
    let mut types = Vec::new();
    for (name, type_) in spec.api.types.iter() {
        types.push(named(scope, name, type_, None));
    }
    for (index, (_, file)) in spec.resources.iter().enumerate() {
        for definition in definitions(file) {
            types.push(match definition.form {
                Form::Named(named_type) => named(scope, definition.name, named_type, Some(index)),
                Form::InPlace(response) => in_place(scope, definition.name, response, index),
            });
        }
    }
    types
}

fn in_place(scope: &mut Scope<'_>, name: &Spanned<String>, response: &spec::Response, resource: usize) -> ir::TypeDef {
    if response.description.is_none() {
        let help = "add `description:` below `name:`; it becomes the documentation of the type";
        scope.report(Code::E0310, name.span, format!("the payload `{}` has no description", name.value), help);
    }
    let fields = response.fields.as_ref().map(|fields| scope.fields(fields)).unwrap_or_default();
    let example = object_example(&fields);
    let verdict = response.outcome.as_ref().and_then(|it| scope.verdict(it, name, response.fields.as_ref()));
    ir::TypeDef {
        name: text(name),
        description: optional(response.description.as_ref()),
        kind: ir::TypeKind::Object { fields },
        limits: Vec::new(),
        verdict,
        example,
        resource: Some(resource),
        at: name.span,
    }
}

fn named(scope: &mut Scope<'_>, name: &Spanned<String>, type_: &spec::TypeDef, resource: Option<usize>) -> ir::TypeDef {
    let mut kinds = Vec::new();
    if let Some(of) = &type_.newtype {
        kinds.push(ir::TypeKind::Newtype(scope.type_expression(of)));
    }
    if let Some(values) = &type_.values {
        kinds.push(enumeration(scope, type_, values));
    }
    if let Some(flag) = &type_.flag {
        kinds.extend(flag_kind(scope, name, flag));
    }
    if let Some(fields) = &type_.object {
        kinds.push(ir::TypeKind::Object { fields: scope.fields(fields) });
    }
    if let Some(union) = &type_.union_ {
        kinds.push(union_kind(scope, union));
    }
    if kinds.len() != 1 && !(kinds.is_empty() && type_.flag.is_some()) {
        let help = "write exactly one of `newtype`, `enum`, `flag`, `object` and `union`";
        let message = match kinds.len() {
            0 => format!("the type `{}` does not say what it is", name.value),
            kinds => format!("the type `{}` is {kinds} kinds of type at once", name.value),
        };
        scope.report(Code::E0307, name.span, message, help);
    }
    let kind = kinds.pop().unwrap_or(ir::TypeKind::Newtype(Type::Json));
    let example = match (&type_.example, &kind) {
        (Some(example), _) => example.value.clone(),
        (None, ir::TypeKind::Newtype(inner)) => example_of(inner),
        (None, ir::TypeKind::Enum { of, values }) => enum_example(*of, values),
        (None, ir::TypeKind::Flag { .. }) => serde_json::Value::Bool(true),
        (None, ir::TypeKind::Object { fields }) => object_example(fields),
        (None, ir::TypeKind::Union { tag, variants, .. }) => union_example(tag, variants),
    };
    ir::TypeDef {
        name: text(name),
        description: text(&type_.description),
        kind,
        limits: type_limits(scope, type_),
        verdict: type_.outcome.as_ref().and_then(|it| scope.verdict(it, name, type_.object.as_ref())),
        example,
        resource,
        at: name.span,
    }
}

/// A type stands in many places, so that its limits cannot mention what stands beside it.
fn type_limits(scope: &mut Scope<'_>, type_: &spec::TypeDef) -> Vec<ir::Limit> {
    for limit in type_.limits.iter() {
        let condition = limit.when.as_ref().and_then(|it| it.field.as_ref());
        for other in condition.into_iter().chain(limit.other_fields()) {
            let message = format!("the limit of a type mentions the field `{}`", other.value);
            scope.report(Code::E0308, other.span, message, "put the limit below the field that has the type");
        }
    }
    scope.limits(&type_.limits)
}

fn enumeration(scope: &mut Scope<'_>, type_: &spec::TypeDef, values: &Entries<spec::EnumValue>) -> ir::TypeKind {
    let of = match type_.of.as_ref().map(|it| (it.value.as_str(), it.span)) {
        None | Some(("string", _)) => Scalar::String,
        Some(("integer", _)) => Scalar::Integer,
        Some((other, span)) => {
            scope.report(
                Code::E0304,
                span,
                format!("an enum of `{other}` is not possible"),
                "`of` is `string` or `integer`",
            );
            Scalar::String
        }
    };
    for (wire, value) in values.iter() {
        if of == Scalar::Integer && value.name.is_none() {
            let message = format!("the value {} has no name", wire.value);
            scope.report(Code::E0303, wire.span, message, "add `name:` in snake case; a number is not a name");
        }
    }
    ir::TypeKind::Enum { of, values: values.iter().map(|(wire, value)| enum_value(wire, value)).collect() }
}

fn enum_value(wire: &Spanned<String>, value: &spec::EnumValue) -> ir::EnumValue {
    ir::EnumValue {
        name: value.name.as_ref().map_or_else(|| text(wire), text),
        wire: wire.value.clone(),
        description: text(&value.description),
        at: wire.span,
    }
}

fn flag_kind(scope: &mut Scope<'_>, name: &Spanned<String>, flag: &Entries<spec::EnumValue>) -> Option<ir::TypeKind> {
    let (on, off) = (flag.entry("true"), flag.entry("false"));
    match (on, off, flag.len()) {
        (Some((on_key, on)), Some((off_key, off)), 2) => {
            Some(ir::TypeKind::Flag { on: enum_value(on_key, on), off: enum_value(off_key, off) })
        }
        (Some(_) | None, Some(_) | None, _) => {
            let message = format!("the flag `{}` does not name both ways", name.value);
            scope.report(
                Code::E0307,
                name.span,
                message,
                "write `\"true\"` and `\"false\"`, each with a `name` and a `description`",
            );
            None
        }
    }
}

fn union_kind(scope: &mut Scope<'_>, union: &spec::Union) -> ir::TypeKind {
    let mut variants = Vec::new();
    for (tag, variant) in union.variants.iter() {
        variants.push(ir::Variant {
            name: variant.name.as_ref().map_or_else(|| text(tag), text),
            tag: tag.value.clone(),
            description: text(&variant.description),
            fields: scope.fields(&variant.fields),
            at: tag.span,
        });
    }
    ir::TypeKind::Union {
        tag: text(&union.tag),
        placed: match union.placed {
            None | Some(spec::TagPlace::Inside) => ir::TagPlace::Inside,
            Some(spec::TagPlace::Beside) => ir::TagPlace::Beside,
        },
        variants,
    }
}

fn enum_example(of: Scalar, values: &[ir::EnumValue]) -> serde_json::Value {
    let wire = values.first().map_or("", |it| it.wire.as_str());
    match (of, wire.parse::<i64>()) {
        (Scalar::Integer, Ok(number)) => number.into(),
        (_, Ok(_) | Err(_)) => wire.into(),
    }
}

fn object_example(fields: &[ir::Field]) -> serde_json::Value {
    let entries = fields.iter().filter(|it| !matches!(it.presence, ir::Presence::Optional));
    serde_json::Value::Object(entries.map(|it| (it.wire.clone(), it.example.clone())).collect())
}

fn union_example(tag: &str, variants: &[ir::Variant]) -> serde_json::Value {
    let Some(variant) = variants.first() else { return serde_json::Value::Null };
    let mut object = serde_json::Map::from_iter([(tag.to_owned(), serde_json::Value::from(variant.tag.as_str()))]);
    if let serde_json::Value::Object(fields) = object_example(&variant.fields) {
        object.extend(fields);
    }
    serde_json::Value::Object(object)
}

impl<'a> Scope<'a> {
    /// What the spec says of the type with an id. Types mention each other in any order, so this reads the spec.
    fn definition(&self, id: ir::TypeId) -> Option<Form<'a>> {
        self.forms.get(id.0 as usize).copied()
    }

    /// The fields of the type with an id, when it is an object.
    pub(super) fn definition_fields(&self, id: ir::TypeId) -> Option<&'a Entries<spec::FieldSpec>> {
        match self.definition(id)? {
            Form::Named(type_) => type_.object.as_ref(),
            Form::InPlace(response) => response.fields.as_ref(),
        }
    }

    /// The type inside the newtypes around it; types may be mentioned before they are resolved, so this reads the spec.
    pub(super) fn wrapped(&self, type_: &Type) -> Type {
        let newtype = match type_ {
            Type::Named(id) => match self.definition(*id) {
                Some(Form::Named(type_)) => type_.newtype.as_ref(),
                Some(Form::InPlace(_)) | None => None,
            },
            Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
        };
        match newtype.map(|it| it.value.trim()) {
            Some("string") => Type::Scalar(Scalar::String),
            Some("integer") => Type::Scalar(Scalar::Integer),
            Some(_) | None => type_.clone(),
        }
    }

    /// The description of the type with an id.
    pub(super) fn definition_description(&self, id: ir::TypeId) -> Option<String> {
        match self.definition(id)? {
            Form::Named(type_) => Some(text(&type_.description)),
            Form::InPlace(response) => response.description.as_ref().map(text),
        }
    }

    /// The example of the type with an id, where the spec gives one.
    pub(super) fn definition_example(&self, id: ir::TypeId) -> serde_json::Value {
        match self.definition(id) {
            Some(Form::Named(type_)) => type_.example.as_ref().map_or(serde_json::Value::Null, |it| it.value.clone()),
            Some(Form::InPlace(_)) | None => serde_json::Value::Null,
        }
    }

    /// Resolves an expression such as `list<BookId>`.
    pub(super) fn type_expression(&mut self, expression: &Spanned<String>) -> Type {
        /// Lists of lists of lists say what an object would say better.
        const DEEPEST: usize = 8;
        if expression.value.matches('<').count() > DEEPEST {
            let message = format!("the type nests lists and maps more than {DEEPEST} deep");
            self.report(Code::E0304, expression.span, message, "give what is inside a name, as a type with fields");
            return Type::Json;
        }
        self.parse_type(expression.value.trim(), expression.span)
    }

    fn parse_type(&mut self, text: &str, at: Span) -> Type {
        if let Some((outer, rest)) = text.split_once('<') {
            let Some(inner) = rest.strip_suffix('>') else {
                self.report(Code::E0304, at, format!("`{text}` lacks its closing `>`"), "write `list<T>` or `map<T>`");
                return Type::Json;
            };
            let inner = Box::new(self.parse_type(inner.trim(), at));
            if matches!(*inner, Type::Scalar(Scalar::DurationMs | Scalar::DurationS | Scalar::LocalHour) | Type::File) {
                let help = "put it into a field of an object";
                self.report(
                    Code::E0304,
                    at,
                    format!("`{text}` is not possible: durations, hours and files stand alone"),
                    help,
                );
            }
            return match outer.trim() {
                "list" => Type::List(inner),
                "map" => Type::Map(inner),
                other => {
                    self.report(
                        Code::E0304,
                        at,
                        format!("`{other}` takes no type in angle brackets"),
                        "only `list<T>` and `map<T>` do",
                    );
                    Type::Json
                }
            };
        }
        match text {
            "string" => Type::Scalar(Scalar::String),
            "integer" => Type::Scalar(Scalar::Integer),
            "number" => Type::Scalar(Scalar::Number),
            "boolean" => Type::Scalar(Scalar::Boolean),
            "timestamp_ms" => Type::Scalar(Scalar::TimestampMs),
            "duration_ms" => Type::Scalar(Scalar::DurationMs),
            "duration_s" => Type::Scalar(Scalar::DurationS),
            "byte_count" => Type::Scalar(Scalar::ByteCount),
            "local_hour" => {
                if self.spec.api.server.utc_offset.is_none() {
                    let help = "add `utc_offset:` below `server:` in api.yaml";
                    self.report(Code::E0317, at, "nothing says which zone this hour is in", help);
                }
                Type::Scalar(Scalar::LocalHour)
            }
            "json" => Type::Json,
            "file" => Type::File,
            name => self.type_named(name, at).map_or(Type::Json, Type::Named),
        }
    }
}
