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
            enforcement: match limit.enforced {
                None | Some(spec::Enforced::Reject) => ir::Enforcement::Rejected,
                Some(spec::Enforced::Clamp) => ir::Enforcement::Clamped,
                Some(spec::Enforced::Unknown) => ir::Enforcement::Unknown,
            },
            raisable: limit.raisable,
            when: limit.when.as_ref().map(condition),
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
            spec::Bound::Field(other) => Some(Bound::Field(other.value.clone())),
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

/// A condition with the key of the other field.
pub(super) fn condition(condition: &spec::Condition) -> ir::Condition {
    ir::Condition {
        field: condition.field.value.clone(),
        test: condition.equals.as_ref().map_or(ir::Test::Present, |it| ir::Test::Equals(it.value.clone())),
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
