//! Limits: one rule each, sizes turned into bytes.

use super::optional;
use super::scope::Scope;
use crate::codes::Code;
use crate::ir::{self, Bound, Rule};
use crate::load::{List, Spanned};
use crate::source::Span;
use crate::spec;

impl Scope<'_> {
    /// Resolves limits in the author's order. Names of other fields are still keys; [`Scope::fields`] turns them into
    /// wire names.
    pub(super) fn limits(&mut self, limits: &List<spec::Limit>) -> Vec<ir::Limit> {
        let spans: Vec<_> = limits.spans().collect();
        limits.iter().zip(spans).filter_map(|(limit, at)| self.limit(limit, at)).collect()
    }

    fn limit(&mut self, limit: &spec::Limit, item: Span) -> Option<ir::Limit> {
        let (mut rules, mut given) = (Vec::new(), usize::from(limit.pattern.is_some()));
        let mut at = limit.pattern.as_ref().map_or(item, |it| it.span);
        let mut bounded = |bound: Option<&Spanned<spec::Bound>>, rule: fn(Bound) -> Rule| {
            given += usize::from(bound.is_some());
            at = bound.map_or(at, |it| it.span);
            rules.extend(bound.and_then(|it| self.bound(it)).map(rule));
        };
        bounded(limit.min_chars.as_ref(), Rule::MinChars);
        bounded(limit.max_chars.as_ref(), Rule::MaxChars);
        bounded(limit.max_bytes.as_ref(), Rule::MaxBytes);
        bounded(limit.min_items.as_ref(), Rule::MinItems);
        bounded(limit.max_items.as_ref(), Rule::MaxItems);
        bounded(limit.min.as_ref(), Rule::Min);
        bounded(limit.max.as_ref(), Rule::Max);
        bounded(limit.max_size.as_ref(), Rule::MaxSize);
        rules.extend(limit.pattern.as_ref().map(|it| Rule::Pattern(it.value.clone())));
        if given != 1 {
            let message =
                if given == 0 { "this limit has no rule".to_owned() } else { format!("this limit has {given} rules") };
            let help = "write one rule per limit, as in `- max_chars: 512`; two rules are two items of the list";
            self.report(Code::E0308, item, message, help);
        }
        Some(ir::Limit {
            rule: rules.pop()?,
            enforcement: enforcement(limit.enforced),
            raisable: limit.raisable,
            when: limit.when.as_ref().map(|it| self.condition(it, item)),
            error: limit.error.as_ref().and_then(|id| self.error_ref(id)),
            description: optional(limit.description.as_ref()),
            source: limit.page.as_ref().and_then(|id| self.page(id)),
            at,
        })
    }

    fn bound(&mut self, bound: &Spanned<spec::Bound>) -> Option<Bound> {
        match &bound.value {
            spec::Bound::Integer(number) => Some(Bound::Integer(*number)),
            spec::Bound::Number(number) => Some(Bound::Number(*number)),
            spec::Bound::Field(other) => Some(Bound::Field { field: other.value.clone(), default: None }),
            spec::Bound::Size(size) => {
                let bytes = bytes(size).map(Bound::Integer);
                if bytes.is_none() {
                    let help = "write a whole number and a unit, as in `10 MB`; the units are B, KB, MB and GB";
                    self.report(Code::E0308, bound.span, format!("`{size}` is neither a number nor a size"), help);
                }
                bytes
            }
        }
    }
}

impl Scope<'_> {
    /// A condition with the key of the other field; [`Scope::fields`] turns it into a wire name.
    pub(super) fn condition(&mut self, condition: &spec::Condition, at: Span) -> ir::Condition {
        match (&condition.field, &condition.equals, &condition.state) {
            (Some(field), equals, None) => ir::Condition::Field {
                field: field.value.clone(),
                test: equals.as_ref().map_or(ir::Test::Present, |it| ir::Test::Equals(it.value.clone())),
                default: serde_json::Value::Null,
            },
            (None, None, Some(state)) => ir::Condition::State(super::text(state)),
            (Some(_), _, Some(_)) | (None, _, _) => {
                let help = "write `field:`, perhaps with `equals:`, or `state:` with a sentence";
                self.report(Code::E0308, at, "this condition has no single form", help);
                ir::Condition::State(String::new())
            }
        }
    }

    /// A bound of the whole body, or of several fields of it.
    pub(super) fn body_limit(&mut self, limit: &spec::BodyLimit, at: Span, fields: &[ir::Field]) -> Option<ir::Limit> {
        let whole = matches!(limit.max_size.value, spec::Bound::Integer(_) | spec::Bound::Size(_));
        if !whole || limit.enforced == Some(spec::Enforced::Clamp) {
            let help = "a size such as `5 KB`, which the server rejects or of which nobody knows what it does";
            self.report(Code::E0308, limit.max_size.span, "this does not bound a body", help);
            return None;
        }
        let of = limit.of.iter().map(|key| self.wire_of("body field", fields, key)).collect();
        Some(ir::Limit {
            rule: Rule::BodySize { bytes: self.bound(&limit.max_size)?, of },
            enforcement: enforcement(limit.enforced),
            raisable: limit.raisable,
            when: None,
            error: limit.error.as_ref().and_then(|id| self.error_ref(id)),
            description: optional(limit.description.as_ref()),
            source: limit.page.as_ref().and_then(|id| self.page(id)),
            at,
        })
    }
}

fn enforcement(enforced: Option<spec::Enforced>) -> ir::Enforcement {
    match enforced {
        None | Some(spec::Enforced::Reject) => ir::Enforcement::Rejected,
        Some(spec::Enforced::Clamp) => ir::Enforcement::Clamped,
        Some(spec::Enforced::Unknown) => ir::Enforcement::Unknown,
    }
}

/// A size in bytes; a KB is 1,024 bytes.
fn bytes(size: &str) -> Option<i64> {
    let digits = size.find(|it: char| !it.is_ascii_digit())?;
    let number: i64 = size[..digits].parse().ok()?;
    let unit = match size[digits..].trim() {
        "B" => 1,
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}
