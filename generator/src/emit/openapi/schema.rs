//! The types of the API as JSON Schema, the dialect of OpenAPI 3.1.
//!
//! Schemas are as open as the service: objects may hold more than is known, enums may grow, unions may gain kinds. Limits
//! become keywords where JSON Schema has one that means the same; the rest stands in `x-limits` of the operations.

use apigen_model::ir::{
    Api, Bound, Enforcement, EnumValue, Field, Limit, Presence, Rule, Scalar, TagPlace, Type, TypeDef, TypeKind,
    Variant,
};
use serde_json::{Map, Value, json};

use crate::facts;

/// The named types, each under its name; the shapes of a union under `Union.variant`.
pub(super) fn components(api: &Api) -> Map<String, Value> {
    let mut schemas = Map::new();
    for type_ in &api.types {
        schemas.insert(type_.name.clone(), named(api, type_));
        if let TypeKind::Union { tag, placed, variants } = &type_.kind {
            for variant in variants {
                schemas.insert(format!("{}.{}", type_.name, variant.name), self::variant(api, tag, *placed, variant));
            }
        }
    }
    schemas
}

/// An object with these fields.
pub(super) fn object(api: &Api, description: &str, fields: &[Field]) -> Map<String, Value> {
    let properties: Map<_, _> = fields.iter().map(|it| (it.wire.clone(), field(api, it))).collect();
    let required: Vec<_> = fields.iter().filter(|it| is_required(it)).map(|it| it.wire.as_str()).collect();
    let mut schema = Map::from_iter([("type".to_owned(), json!("object"))]);
    describe(&mut schema, description);
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// A field or parameter.
pub(super) fn field(api: &Api, field: &Field) -> Value {
    let mut schema = either(type_(api, &field.type_), field.also.as_ref().map(|it| type_(api, it)));
    let is_said_by_type = matches!(&field.type_, Type::Named(id) if api[*id].description == field.description);
    if !is_said_by_type {
        describe(&mut schema, &field.description);
    }
    keywords(api, &field.type_, &field.limits, &mut schema);
    if let Presence::Constant(value) = &field.presence {
        schema.insert("const".to_owned(), value.clone());
    }
    if !field.default.is_null() {
        schema.insert("default".to_owned(), field.default.clone());
    }
    if let Some(forever) = field.forever {
        schema.insert("x-forever".to_owned(), json!(forever));
    }
    if field.secret {
        schema.insert("format".to_owned(), json!("password"));
    }
    if field.deprecated.is_some() {
        schema.insert("deprecated".to_owned(), json!(true));
    }
    Value::Object(schema)
}

/// A mention of a type.
pub(super) fn type_(api: &Api, type_: &Type) -> Map<String, Value> {
    let schema = match type_ {
        Type::Scalar(scalar) => self::scalar(*scalar),
        Type::Named(id) => match api[*id].verdict.as_ref().map(|it| it.otherwise).filter(|it| it != id) {
            // What stands there on failure may be another object.
            Some(other) => {
                json!({ "anyOf": [{ "$ref": reference(&api[*id].name) }, { "$ref": reference(&api[other].name) }] })
            }
            None => json!({ "$ref": reference(&api[*id].name) }),
        },
        Type::List(item) => json!({ "type": "array", "items": self::type_(api, item) }),
        Type::Map(value) => json!({ "type": "object", "additionalProperties": self::type_(api, value) }),
        Type::Json => json!({}),
        Type::File => json!({ "type": "string", "format": "binary" }),
    };
    into_map(schema)
}

/// A value of either of two types.
pub(super) fn either(schema: Map<String, Value>, other: Option<Map<String, Value>>) -> Map<String, Value> {
    match other {
        Some(other) => into_map(json!({ "anyOf": [schema, other] })),
        None => schema,
    }
}

/// Whether a request or reply always holds the field.
pub(super) fn is_required(field: &Field) -> bool {
    match field.presence {
        Presence::Required | Presence::Constant(_) => true,
        Presence::Optional | Presence::RequiredWhen(_) => false,
    }
}

/// A reference to a component.
pub(super) fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

fn scalar(scalar: Scalar) -> Value {
    match scalar {
        Scalar::String => json!({ "type": "string" }),
        Scalar::Integer | Scalar::ByteCount => json!({ "type": "integer", "format": "int64" }),
        Scalar::Number => json!({ "type": "number" }),
        Scalar::Boolean => json!({ "type": "boolean" }),
        Scalar::TimestampMs => json!({ "type": "integer", "format": "int64", "x-unit": "milliseconds since 1970" }),
        Scalar::DurationMs => json!({ "type": "integer", "format": "int64", "x-unit": "milliseconds" }),
        Scalar::DurationS => json!({ "type": "integer", "format": "int64", "x-unit": "seconds" }),
        Scalar::LocalHour => json!({ "type": "string", "pattern": "^[0-9]{10}$", "x-unit": "yyyyMMddHH" }),
    }
}

fn named(api: &Api, definition: &TypeDef) -> Value {
    let description = &definition.description;
    let (mut schema, underlying) = match &definition.kind {
        TypeKind::Newtype(inner) => (type_(api, inner), inner.clone()),
        TypeKind::Enum { of, values } => (enumeration(*of, values), Type::Scalar(*of)),
        TypeKind::Flag { on, off } => {
            let value = |it: &EnumValue| json!({ "name": it.name, "description": it.description });
            let schema = json!({ "type": "boolean", "x-values": { "true": value(on), "false": value(off) } });
            (into_map(schema), Type::Scalar(Scalar::Boolean))
        }
        TypeKind::Object { fields } => (object(api, description, fields), Type::Map(Box::new(Type::Json))),
        TypeKind::Union { tag, placed, variants } => {
            (union_(&definition.name, tag, *placed, variants), Type::Map(Box::new(Type::Json)))
        }
    };
    describe(&mut schema, description);
    if let Some(verdict) = &definition.verdict {
        schema.insert("x-outcome".to_owned(), facts::outcome(&verdict.outcome));
    }
    keywords(api, &underlying, &definition.limits, &mut schema);
    if !definition.example.is_null() {
        schema.insert("examples".to_owned(), json!([definition.example]));
    }
    Value::Object(schema)
}

/// A set of values that the vendor may extend: the known ones, or any other of their type.
fn enumeration(of: Scalar, values: &[EnumValue]) -> Map<String, Value> {
    let wire = |it: &EnumValue| match (of, it.wire.parse::<i64>()) {
        (Scalar::Integer, Ok(number)) => json!(number),
        (_, Ok(_) | Err(_)) => json!(it.wire),
    };
    let known: Vec<_> =
        values.iter().map(|it| json!({ "const": wire(it), "title": it.name, "description": it.description })).collect();
    into_map(json!({ "anyOf": [{ "oneOf": known }, scalar(of)] }))
}

/// A tag inside the value discriminates; a tag beside it is out of JSON Schema's reach, so the shapes are only named.
fn union_(name: &str, tag: &str, placed: TagPlace, variants: &[Variant]) -> Map<String, Value> {
    let variant = |it: &Variant| (it.tag.clone(), json!(reference(&format!("{name}.{}", it.name))));
    let mapping: Map<_, _> = variants.iter().map(variant).collect();
    match placed {
        TagPlace::Beside => into_map(json!({ "type": "object", "x-union": { "tag": tag, "mapping": mapping } })),
        TagPlace::Inside => {
            let known: Vec<_> = variants.iter().map(|it| it.tag.as_str()).collect();
            let mut shapes: Vec<_> = mapping.values().map(|it| json!({ "$ref": it })).collect();
            shapes.push(json!({
                "description": "A shape that is not known yet.",
                "type": "object",
                "properties": { tag: { "type": "string", "not": { "enum": known } } },
                "required": [tag],
            }));
            into_map(json!({ "oneOf": shapes, "discriminator": { "propertyName": tag, "mapping": mapping } }))
        }
    }
}

fn variant(api: &Api, tag: &str, placed: TagPlace, variant: &Variant) -> Value {
    let mut schema = object(api, &variant.description, &variant.fields);
    match placed {
        TagPlace::Beside => {}
        TagPlace::Inside => {
            if let Some(Value::Object(properties)) = schema.get_mut("properties") {
                properties.insert(tag.to_owned(), json!({ "const": variant.tag }));
            }
            let required = schema.entry("required").or_insert_with(|| json!([]));
            if let Value::Array(required) = required {
                required.push(json!(tag));
            }
        }
    }
    Value::Object(schema)
}

/// Adds what JSON Schema can say of limits: those that always hold and that the server enforces by refusing.
fn keywords(api: &Api, type_: &Type, limits: &[Limit], schema: &mut Map<String, Value>) {
    for limit in limits {
        match (limit.enforcement, &limit.when) {
            (Enforcement::Rejected, None) => {
                if let Some((keyword, value)) = keyword(api.underlying(type_), &limit.rule) {
                    schema.insert(keyword.to_owned(), value);
                }
            }
            (Enforcement::Rejected, Some(_)) | (Enforcement::Clamped | Enforcement::Unknown, _) => {}
        }
    }
}

fn keyword(type_: &Type, rule: &Rule) -> Option<(&'static str, Value)> {
    let number = |bound: &Bound| match bound {
        Bound::Integer(number) => Some(json!(number)),
        Bound::Number(number) => Some(json!(number)),
        Bound::Field { .. } => None,
    };
    let is_text = matches!(type_, Type::Scalar(Scalar::String) | Type::Named(_));
    let is_map = matches!(type_, Type::Map(_));
    match rule {
        Rule::MinChars(bound) if is_text => Some(("minLength", number(bound)?)),
        Rule::MaxChars(bound) if is_text => Some(("maxLength", number(bound)?)),
        Rule::MinItems(bound) => Some((if is_map { "minProperties" } else { "minItems" }, number(bound)?)),
        Rule::MaxItems(bound) => Some((if is_map { "maxProperties" } else { "maxItems" }, number(bound)?)),
        Rule::Min(bound) => Some(("minimum", number(bound)?)),
        Rule::Max(bound) => Some(("maximum", number(bound)?)),
        Rule::Pattern(pattern) if is_portable(pattern) => Some(("pattern", json!(format!("^(?:{pattern})$")))),
        Rule::MinChars(_)
        | Rule::MaxChars(_)
        | Rule::MaxBytes(_)
        | Rule::Pattern(_)
        | Rule::MaxSize(_)
        | Rule::BodySize { .. }
        | Rule::Required => None,
    }
}

/// Whether ECMAScript reads a regular expression the same: flags and named groups are spelled otherwise there.
fn is_portable(pattern: &str) -> bool {
    pattern.match_indices("(?").all(|(at, _)| pattern[at..].starts_with("(?:"))
}

fn describe(schema: &mut Map<String, Value>, description: &str) {
    if !description.is_empty() {
        schema.insert("description".to_owned(), json!(description));
    }
}

fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
