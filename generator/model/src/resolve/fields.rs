//! Fields and parameters: type, presence, default, and an example where the spec gives none.

use serde_json::{Value, json};

use super::scope::Scope;
use super::{optional, text};
use crate::codes::Code;
use crate::ir::{self, Presence, Scalar, Type};
use crate::load::{Entries, Spanned};
use crate::spec;

/// A field beside another one, as conditions and bounds see it.
struct Sibling {
    name: String,
    wire: String,
    default: Value,
}

impl Scope<'_> {
    /// Resolves fields in the author's order.
    pub(super) fn fields(&mut self, fields: &Entries<spec::FieldSpec>) -> Vec<ir::Field> {
        let sibling = |(key, field): (&Spanned<String>, &spec::FieldSpec)| Sibling {
            name: key.value.clone(),
            wire: wire(key, &field.0),
            default: field.0.default.as_ref().map_or(Value::Null, |it| it.value.clone()),
        };
        let siblings: Vec<_> = fields.iter().map(sibling).collect();
        fields.iter().map(|(key, field)| self.field(key, &field.0, &siblings)).collect()
    }

    /// `siblings` are the fields beside this one, which conditions and bounds may mention.
    fn field(&mut self, key: &Spanned<String>, field: &spec::Field, siblings: &[Sibling]) -> ir::Field {
        let type_ = match (&field.type_, &field.constant) {
            (Some(expression), _) => self.type_expression(expression),
            (None, Some(constant)) => type_of_constant(&constant.value),
            (None, None) => {
                let help = "add `type:`; it may only be left out beside `const:`";
                self.report(Code::E0304, key.span, format!("the field `{}` has no type", key.value), help);
                Type::Json
            }
        };
        let description = match &field.description {
            Some(description) => text(description),
            None => self.description_of(&type_, key),
        };
        self.mentioned_siblings(field, siblings, key);
        let mut limits = self.limits(&field.limits);
        for limit in &mut limits {
            limit.when = limit.when.take().map(|condition| by_wire(condition, siblings));
            if let Some(ir::Bound::Field { field, default }) = limit.rule.bound_mut()
                && let Some(other) = sibling(field, siblings)
            {
                (*field, *default) = (other.wire.clone(), other.default.as_i64());
            }
        }
        let also = field.also.as_ref().map(|also| self.also(&type_, also));
        let forever = field.forever.as_ref().map(|it| {
            if !matches!(type_, Type::Scalar(Scalar::DurationMs | Scalar::DurationS | Scalar::TimestampMs)) {
                let help = "`forever` is for durations and times";
                self.report(Code::E0304, it.span, "this type has no value without end", help);
            }
            it.value
        });
        ir::Field {
            name: text(key),
            wire: wire(key, field),
            description,
            presence: self.presence(field, siblings, key),
            default: field.default.as_ref().map_or(Value::Null, |it| it.value.clone()),
            limits,
            example: self.field_example(field, &type_),
            secret: field.secret,
            deprecated: field.deprecated.as_ref().map(deprecation),
            at: key.span,
            also,
            forever,
            type_,
        }
    }

    fn field_example(&mut self, field: &spec::Field, type_: &Type) -> Value {
        match (&field.example, &field.constant) {
            (Some(example), _) => example.value.clone(),
            (None, Some(constant)) => constant.value.clone(),
            (None, None) => self.example_of_named(type_),
        }
    }

    /// An example for a type; types may be mentioned before they are resolved, so this reads the spec.
    fn example_of_named(&self, type_: &Type) -> Value {
        match type_ {
            Type::Named(id) => self.definition_example(*id),
            Type::List(inner) => json!([self.example_of_named(inner)]),
            Type::Scalar(_) | Type::Map(_) | Type::Json | Type::File => example_of(type_),
        }
    }

    /// Reports conditions and bounds that mention a field which does not stand beside this one.
    fn mentioned_siblings(&mut self, field: &spec::Field, siblings: &[Sibling], key: &Spanned<String>) {
        let required = match &field.required {
            Some(spec::Required::When(condition)) => condition.field.as_ref(),
            Some(spec::Required::Fixed(_)) | None => None,
        };
        let limits = field
            .limits
            .iter()
            .flat_map(|it| it.when.as_ref().and_then(|it| it.field.as_ref()).into_iter().chain(it.other_fields()));
        for other in required.into_iter().chain(limits) {
            if sibling(&other.value, siblings).is_none() {
                let known: Vec<_> = siblings.iter().map(|it| it.name.as_str()).filter(|it| *it != key.value).collect();
                self.undefined_among("field", &other.value, other.span, &known);
            }
        }
    }

    /// The other type that a value comes as, where a client can read both.
    pub(super) fn also(&mut self, type_: &Type, also: &Spanned<String>) -> Type {
        let other = self.type_expression(also);
        let own = self.wrapped(type_);
        let possible = match (&own, &other) {
            // One row of a table could not be told from a table.
            (Type::List(item), other) => **item == *other && !matches!(other, Type::List(_) | Type::Json),
            (Type::Scalar(Scalar::Boolean), Type::Scalar(Scalar::String)) => true,
            (Type::Scalar(own), Type::Scalar(Scalar::String)) => *own != Scalar::String && *own != Scalar::LocalHour,
            (Type::Scalar(Scalar::String), Type::Scalar(Scalar::Integer | Scalar::Number | Scalar::Boolean)) => true,
            (Type::Scalar(_) | Type::Named(_) | Type::Map(_) | Type::Json | Type::File, _) => false,
        };
        if !possible {
            let help = "numbers and booleans may also come as `string`, text also as `integer`, `number` or `boolean`, and a \
                        `list<T>` also as `T`";
            let message = format!("this value cannot also come as `{}`", also.value);
            self.report(Code::E0304, also.span, message, help);
        }
        other
    }

    fn presence(&mut self, field: &spec::Field, siblings: &[Sibling], key: &Spanned<String>) -> Presence {
        if let Some(constant) = &field.constant {
            return Presence::Constant(constant.value.clone());
        }
        match &field.required {
            None | Some(spec::Required::Fixed(true)) => Presence::Required,
            Some(spec::Required::Fixed(false)) => Presence::Optional,
            Some(spec::Required::When(condition)) => {
                Presence::RequiredWhen(by_wire(self.condition(condition, key.span), siblings))
            }
        }
    }

    /// A field without a description says what its type says.
    fn description_of(&mut self, type_: &Type, key: &Spanned<String>) -> String {
        let description = match type_ {
            Type::Named(id) => self.definition_description(*id),
            Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
        };
        description.unwrap_or_else(|| {
            let help = "add `description:`; only a field of a named type may leave it out";
            self.report(Code::E0310, key.span, format!("the field `{}` has no description", key.value), help);
            String::new()
        })
    }
}

/// Replaces the key of the other field by its wire name, and adds its default.
fn by_wire(condition: ir::Condition, siblings: &[Sibling]) -> ir::Condition {
    match condition {
        ir::Condition::Field { field, test, default } => match sibling(&field, siblings) {
            Some(other) => ir::Condition::Field { field: other.wire.clone(), test, default: other.default.clone() },
            None => ir::Condition::Field { field, test, default },
        },
        ir::Condition::State(state) => ir::Condition::State(state),
    }
}

/// The field with a name.
fn sibling<'s>(name: &str, siblings: &'s [Sibling]) -> Option<&'s Sibling> {
    siblings.iter().find(|it| it.name == name)
}

/// What to use instead, with the date where it is known.
pub(super) fn deprecation(deprecation: &spec::Deprecation) -> String {
    match optional(deprecation.since.as_ref()) {
        since if since.is_empty() => text(&deprecation.instead),
        since => format!("Since {since}. {}", text(&deprecation.instead)),
    }
}

/// A value for a type that has none of its own.
pub(super) fn example_of(type_: &Type) -> Value {
    match type_ {
        Type::Scalar(Scalar::String) => json!("text"),
        Type::Scalar(Scalar::Integer | Scalar::ByteCount | Scalar::DurationMs | Scalar::DurationS) => json!(1),
        Type::Scalar(Scalar::Number) => json!(1.5),
        Type::Scalar(Scalar::Boolean) => json!(true),
        Type::Scalar(Scalar::LocalHour) => json!("2026112108"),
        Type::Scalar(Scalar::TimestampMs) => json!(1_732_150_000_123_i64),
        Type::List(inner) => json!([example_of(inner)]),
        Type::Map(inner) => json!({ "key": example_of(inner) }),
        Type::Json => json!({}),
        Type::Named(_) | Type::File => Value::Null,
    }
}

fn wire(key: &Spanned<String>, field: &spec::Field) -> String {
    field.wire.as_ref().map_or_else(|| text(key), |it| it.value.clone())
}

fn type_of_constant(constant: &Value) -> Type {
    match constant {
        Value::String(_) => Type::Scalar(Scalar::String),
        Value::Bool(_) => Type::Scalar(Scalar::Boolean),
        Value::Number(number) if number.is_f64() => Type::Scalar(Scalar::Number),
        Value::Number(_) => Type::Scalar(Scalar::Integer),
        Value::Null | Value::Array(_) | Value::Object(_) => Type::Json,
    }
}
