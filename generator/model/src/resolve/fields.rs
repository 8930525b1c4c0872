//! Fields and parameters: type, presence, default, and an example where the spec gives none.

use serde_json::{Value, json};

use super::scope::Scope;
use super::{optional, text};
use crate::codes::Code;
use crate::ir::{self, Presence, Scalar, Type};
use crate::load::{Entries, Spanned};
use crate::spec;

impl Scope<'_> {
    /// Resolves fields in the author's order.
    pub(super) fn fields(&mut self, fields: &Entries<spec::FieldSpec>) -> Vec<ir::Field> {
        let wires: Vec<_> = fields.iter().map(|(key, field)| (key.value.clone(), wire(key, &field.0))).collect();
        fields.iter().map(|(key, field)| self.field(key, &field.0, &wires)).collect()
    }

    /// `siblings` are the names and wire names of the fields beside this one, which conditions may mention.
    fn field(&mut self, key: &Spanned<String>, field: &spec::Field, siblings: &[(String, String)]) -> ir::Field {
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
        let mut limits = self.limits(&field.limits);
        for limit in &mut limits {
            limit.when = limit.when.take().map(|condition| self.condition(condition, siblings, key));
            self.bound_field(&mut limit.rule, siblings, key);
        }
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

    fn presence(&mut self, field: &spec::Field, siblings: &[(String, String)], key: &Spanned<String>) -> Presence {
        if let Some(constant) = &field.constant {
            return Presence::Constant(constant.value.clone());
        }
        match &field.required {
            None | Some(spec::Required::Fixed(true)) => Presence::Required,
            Some(spec::Required::Fixed(false)) => Presence::Optional,
            Some(spec::Required::When(condition)) => {
                let condition = super::limits::condition(condition);
                Presence::RequiredWhen(self.condition(condition, siblings, key))
            }
        }
    }

    /// Replaces the key of the other field by its wire name.
    fn condition(&mut self, mut condition: ir::Condition, siblings: &[(String, String)], key: &Spanned<String>) -> ir::Condition {
        condition.field = self.sibling(&condition.field, siblings, key);
        condition
    }

    fn bound_field(&mut self, rule: &mut ir::Rule, siblings: &[(String, String)], key: &Spanned<String>) {
        if let Some(ir::Bound::Field(other)) = rule.bound_mut() {
            let name = other.clone();
            *other = self.sibling(&name, siblings, key);
        }
    }

    fn sibling(&mut self, name: &str, siblings: &[(String, String)], key: &Spanned<String>) -> String {
        match siblings.iter().find(|(sibling, _)| sibling == name) {
            Some((_, wire)) => wire.clone(),
            None => {
                let known: Vec<_> = siblings.iter().map(|(sibling, _)| sibling.as_str()).filter(|it| *it != key.value).collect();
                self.undefined_among("field", name, key.span, &known);
                String::new()
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
