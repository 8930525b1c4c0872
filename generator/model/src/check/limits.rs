//! Limits: that a rule fits the value it bounds, and that its bound makes sense.

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{Api, Bound, Field, Rule, Scalar, Type, TypeKind};

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    for type_ in &api.types {
        let own = match &type_.kind {
            TypeKind::Newtype(inner) => inner.clone(),
            TypeKind::Enum { of, .. } => Type::Scalar(*of),
            TypeKind::Flag { .. } => Type::Scalar(Scalar::Boolean),
            TypeKind::Object { .. } | TypeKind::Union { .. } => Type::Map(Box::new(Type::Json)),
        };
        for limit in &type_.limits {
            fits(api, &limit.rule, &own, limit.at, diagnostics);
        }
        match &type_.kind {
            TypeKind::Object { fields } => check_fields(api, fields, diagnostics),
            TypeKind::Union { variants, .. } => {
                variants.iter().for_each(|it| check_fields(api, &it.fields, diagnostics))
            }
            TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => {}
        }
    }
    for operation in &api.operations {
        for (_, field) in operation.parameters() {
            check_fields(api, std::slice::from_ref(field), diagnostics);
        }
    }
}

fn check_fields(api: &Api, fields: &[Field], diagnostics: &mut Diagnostics) {
    for field in fields {
        for limit in &field.limits {
            fits(api, &limit.rule, &field.type_, limit.at, diagnostics);
        }
    }
}

fn fits(api: &Api, rule: &Rule, type_: &Type, at: crate::source::Span, diagnostics: &mut Diagnostics) {
    let type_ = api.underlying(type_);
    let (fits, wants) = match rule {
        Rule::MinChars(_) | Rule::MaxChars(_) | Rule::MaxBytes(_) | Rule::Pattern(_) => {
            (is_text(api, type_), "a string")
        }
        Rule::MinItems(_) | Rule::MaxItems(_) => (matches!(type_, Type::List(_) | Type::Map(_)), "a list or a map"),
        Rule::Min(_) | Rule::Max(_) => (is_number(type_), "a number"),
        Rule::MaxSize(_) => (matches!(type_, Type::File), "a file"),
        Rule::Required | Rule::BodySize { .. } => (true, "anything"),
    };
    if !fits {
        let message = format!("`{}` bounds {wants}, which this value is not", rule.name());
        let help = "`*_chars`, `max_bytes` and `pattern` are for strings, `*_items` for lists and maps, `min` and `max` for numbers, \
                    `max_size` for files";
        diagnostics.push(Diagnostic::error(Code::E0401, at, message).help(help));
    }
    if let Rule::Pattern(pattern) = rule
        && let Err(error) = regex_lite::Regex::new(pattern)
    {
        let message = format!("`{pattern}` is not a regular expression: {error}");
        diagnostics.push(Diagnostic::error(Code::E0401, at, message).help("see the syntax of the crate `regex-lite`"));
    }
    if let Some(Bound::Integer(number)) = rule.bound()
        && *number < 0
        && !matches!(rule, Rule::Min(_) | Rule::Max(_))
    {
        let message = format!("`{}` cannot be negative", rule.name());
        diagnostics.push(Diagnostic::error(Code::E0401, at, message).help("counts and sizes start at 0"));
    }
}

fn is_text(api: &Api, type_: &Type) -> bool {
    match type_ {
        Type::Scalar(Scalar::String) => true,
        Type::Named(id) => match &api[*id].kind {
            TypeKind::Enum { of, .. } => *of == Scalar::String,
            TypeKind::Newtype(_) | TypeKind::Flag { .. } | TypeKind::Object { .. } | TypeKind::Union { .. } => false,
        },
        // The encoded size of a JSON value or map is bounded as text.
        Type::Json | Type::Map(_) => true,
        Type::Scalar(_) | Type::List(_) | Type::File => false,
    }
}

fn is_number(type_: &Type) -> bool {
    match type_ {
        Type::Scalar(scalar) => match scalar {
            Scalar::Integer
            | Scalar::Number
            | Scalar::TimestampMs
            | Scalar::DurationMs
            | Scalar::DurationS
            | Scalar::ByteCount => true,
            Scalar::String | Scalar::Boolean | Scalar::LocalHour => false,
        },
        Type::Named(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => false,
    }
}
