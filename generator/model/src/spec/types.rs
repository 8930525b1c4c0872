//! Types, fields and limits as the spec writes them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde_json::Value;

use super::text::Deprecation;
use crate::load::{Entries, List, Spanned};

/// A named type. Exactly one of `newtype`, `enum`, `flag`, `object` and `union` says what it is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TypeDef {
    /// What values of the type mean.
    pub description: Spanned<String>,
    /// A value of another type that must not be mixed up with other such values, such as an id: the wrapped type.
    pub newtype: Option<Spanned<String>>,
    /// A closed set of values that the vendor may extend: wire value to description.
    #[serde(rename = "enum")]
    pub values: Option<Entries<EnumValue>>,
    /// The type of the enum's values on the wire: `string` (default) or `integer`.
    pub of: Option<Spanned<String>>,
    /// A boolean with a name for either way: `true` and `false` to their names.
    pub flag: Option<Entries<EnumValue>>,
    /// A JSON object: its fields.
    pub object: Option<Entries<FieldSpec>>,
    /// How such an object tells whether it stands for a success.
    pub outcome: Option<Outcome>,
    /// A choice between objects, told apart by a tag.
    #[serde(rename = "union")]
    pub union_: Option<Union>,
    /// Limits that hold wherever the type is used.
    #[serde(default)]
    pub limits: List<Limit>,
    /// A made-up value.
    pub example: Option<Spanned<Value>>,
}

/// A value of an enum: its description, and its name where the wire value does not make a good one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct EnumValue {
    /// Name of the value in generated code, in snake case.
    pub name: Option<Spanned<String>>,
    /// What the value means.
    pub description: Spanned<String>,
}

/// How an object tells whether it stands for a success, although the status of the reply says so anyway.
///
/// A payload that failed is an error of the call. An item of a list that failed is an error of that item alone.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Outcome {
    /// The key of the field that tells; `equals` says how.
    pub field: Option<Spanned<String>>,
    /// The value that the field has on success, or a list of such values. A field that is not there is a success too.
    pub equals: Option<Spanned<Value>>,
    /// The key of a field that is only there on failure.
    pub absent: Option<Spanned<String>>,
    /// The key of the field that says why it failed; of an envelope, a path from the root of the reply.
    pub reason: Option<Spanned<String>>,
    /// The object type that stands there on failure, where it differs.
    pub otherwise: Option<Spanned<String>>,
}

/// A choice between objects, told apart by a tag.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Union {
    /// Wire name of the field that holds the tag.
    pub tag: Spanned<String>,
    /// The tag stands beside the field that holds the value (`beside`), or inside the value (`inside`, default).
    pub placed: Option<TagPlace>,
    /// Tag to object.
    pub variants: Entries<Variant>,
}

/// Where the tag of a union stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TagPlace {
    /// Inside the value.
    Inside,
    /// Beside the field that holds the value.
    Beside,
}

/// One of the objects of a union.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Variant {
    /// Name of the variant in generated code, in snake case; left out, the tag.
    pub name: Option<Spanned<String>>,
    /// What the variant means.
    pub description: Spanned<String>,
    /// Its fields, the tag excepted.
    #[serde(default)]
    pub fields: Entries<FieldSpec>,
}

/// A field or parameter: a type alone, which then also describes it, or a mapping.
#[derive(Debug, Clone)]
pub struct FieldSpec(pub Box<Field>);

/// A field or parameter. It is required unless it says otherwise.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// `string`, `integer`, `number`, `boolean`, `json`, `file`, `timestamp_ms`, `duration_ms`, `duration_s`, `byte_count`,
    /// `local_hour` (an hour as `yyyyMMddHH` in the time zone of the server), the name of a type, or `list<T>`, `map<T>` of one of these.
    #[serde(rename = "type")]
    pub type_: Option<Spanned<String>>,
    /// Another type that the service sends instead: text for numbers and booleans, numbers and booleans for text, one `T` for
    /// a `list<T>`.
    pub also: Option<Spanned<String>>,
    /// The number that stands for "without end" on a duration, for "never" on a time.
    pub forever: Option<Spanned<i64>>,
    /// The name on the wire, where it differs from the key.
    pub wire: Option<Spanned<String>>,
    /// What the value means. Left out, the description of its type.
    pub description: Option<Spanned<String>>,
    /// Whether it must be there: `true` (default), `false`, or a condition.
    pub required: Option<Required>,
    /// A value that is always sent as it stands here and that callers never see.
    #[serde(rename = "const")]
    pub constant: Option<Spanned<Value>>,
    /// What the server assumes when the value is not there.
    pub default: Option<Spanned<Value>>,
    /// Bounds of the value.
    #[serde(default)]
    pub limits: List<Limit>,
    /// A made-up value.
    pub example: Option<Spanned<Value>>,
    /// The value must not appear in logs, errors and debug output.
    #[serde(default)]
    pub secret: bool,
    /// Set when the value should no longer be used.
    pub deprecated: Option<Deprecation>,
}

/// Whether a field must be there.
#[derive(Debug, Clone)]
pub enum Required {
    /// Always, or never.
    Fixed(bool),
    /// Only when another field of the same request says so.
    When(Condition),
}

/// A test on another field of the same request, or a state of the service that no field shows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Condition {
    /// The key of the other field.
    pub field: Option<Spanned<String>>,
    /// The value it must have. Left out, it must only be there.
    pub equals: Option<Spanned<Value>>,
    /// What must be so, as a sentence: documented, never checked.
    pub state: Option<Spanned<String>>,
}

/// A bound of a value. Exactly one of the keys that name a rule stands in it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Limit {
    /// Fewest characters (Unicode code points).
    pub min_chars: Option<Spanned<Bound>>,
    /// Most characters (Unicode code points).
    pub max_chars: Option<Spanned<Bound>>,
    /// Most bytes in UTF-8.
    pub max_bytes: Option<Spanned<Bound>>,
    /// Fewest items of a list or entries of a map.
    pub min_items: Option<Spanned<Bound>>,
    /// Most items of a list or entries of a map.
    pub max_items: Option<Spanned<Bound>>,
    /// Least number.
    pub min: Option<Spanned<Bound>>,
    /// Greatest number.
    pub max: Option<Spanned<Bound>>,
    /// Regular expression that the whole string must match.
    pub pattern: Option<Spanned<String>>,
    /// Greatest size of a file, as in `10 MB`; a KB is 1,024 bytes.
    pub max_size: Option<Spanned<Bound>>,
    /// What the server does with a value beyond the bound: `reject` (default), `clamp`, or `unknown`.
    pub enforced: Option<Enforced>,
    /// The vendor raises the bound on request.
    #[serde(default)]
    pub raisable: bool,
    /// The bound holds only when another field of the same request says so.
    pub when: Option<Condition>,
    /// Id of the error that the server answers with.
    pub error: Option<Spanned<String>>,
    /// What else there is to say about the bound.
    pub description: Option<Spanned<String>>,
    /// Id of the page that states it, where it is not that of the operation.
    pub page: Option<Spanned<String>>,
}

/// What the server does with a value beyond a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Enforced {
    /// It answers with an error.
    Reject,
    /// It goes on with the nearest allowed value.
    Clamp,
    /// Nobody knows.
    Unknown,
}

/// The number of a limit: a number, a size such as `10 MB`, or the value of another field of the request.
#[derive(Debug, Clone)]
pub enum Bound {
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// A size with a unit: `B`, `KB`, `MB` or `GB`.
    Size(String),
    /// The value of another field.
    Field(Spanned<String>),
}

impl Limit {
    /// The other fields whose values are bounds.
    pub(crate) fn other_fields(&self) -> impl Iterator<Item = &Spanned<String>> {
        let bounds = [
            &self.min_chars,
            &self.max_chars,
            &self.max_bytes,
            &self.min_items,
            &self.max_items,
            &self.min,
            &self.max,
            &self.max_size,
        ];
        bounds.into_iter().flatten().filter_map(|it| match &it.value {
            Bound::Field(other) => Some(other),
            Bound::Integer(_) | Bound::Number(_) | Bound::Size(_) => None,
        })
    }
}

impl<'de> Deserialize<'de> for FieldSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        enum Form {
            Type(String),
            Field(Box<Field>),
        }
        struct FormVisitor;

        impl<'de> Visitor<'de> for FormVisitor {
            type Value = Form;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a type, or a mapping that describes a field")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Form, E> {
                Ok(Form::Type(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Form, A::Error> {
                Field::deserialize(MapAccessDeserializer::new(map)).map(|field| Form::Field(Box::new(field)))
            }
        }

        impl<'de> Deserialize<'de> for Form {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(FormVisitor)
            }
        }

        let form = Spanned::<Form>::deserialize(deserializer)?;
        Ok(Self(match form.value {
            Form::Type(name) => {
                let type_ = Some(Spanned { value: name, span: form.span });
                Box::new(Field { type_, ..Field::default() })
            }
            Form::Field(field) => field,
        }))
    }
}

impl<'de> Deserialize<'de> for Required {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct When {
            when: Condition,
        }
        struct RequiredVisitor;

        impl<'de> Visitor<'de> for RequiredVisitor {
            type Value = Required;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false`, or a mapping with the key `when`")
            }

            fn visit_bool<E: de::Error>(self, fixed: bool) -> Result<Required, E> {
                Ok(Required::Fixed(fixed))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Required, A::Error> {
                When::deserialize(MapAccessDeserializer::new(map)).map(|it| Required::When(it.when))
            }
        }

        deserializer.deserialize_any(RequiredVisitor)
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct OtherField {
            field: Spanned<String>,
        }
        struct BoundVisitor;

        impl<'de> Visitor<'de> for BoundVisitor {
            type Value = Bound;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a size such as `10 MB`, or a mapping with the key `field`")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Bound, E> {
                Ok(Bound::Integer(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Bound, E> {
                i64::try_from(number)
                    .map(Bound::Integer)
                    .map_err(|_| E::custom("a bound is at most 9223372036854775807"))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Bound, E> {
                Ok(Bound::Number(number))
            }

            fn visit_str<E: de::Error>(self, size: &str) -> Result<Bound, E> {
                Ok(Bound::Size(size.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Bound, A::Error> {
                OtherField::deserialize(MapAccessDeserializer::new(map)).map(|it| Bound::Field(it.field))
            }
        }

        deserializer.deserialize_any(BoundVisitor)
    }
}

impl JsonSchema for FieldSpec {
    fn schema_name() -> Cow<'static, str> {
        "FieldSpec".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let field = generator.subschema_for::<Field>();
        json_schema!({
            "description": "The name of a type, or a mapping that describes a field.",
            "anyOf": [{ "type": "string" }, field],
        })
    }
}

impl JsonSchema for Required {
    fn schema_name() -> Cow<'static, str> {
        "Required".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let condition = generator.subschema_for::<Condition>();
        json_schema!({
            "description": "Whether a field must be there: always, never, or under a condition.",
            "anyOf": [
                { "type": "boolean" },
                {
                    "type": "object",
                    "properties": { "when": condition },
                    "required": ["when"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}

impl JsonSchema for Bound {
    fn schema_name() -> Cow<'static, str> {
        "Bound".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number, a size such as `10 MB`, or the value of another field of the request.",
            "anyOf": [
                { "type": "number" },
                { "type": "string", "pattern": "^[0-9]+ ?(B|KB|MB|GB)$" },
                {
                    "type": "object",
                    "properties": { "field": { "type": "string" } },
                    "required": ["field"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}
