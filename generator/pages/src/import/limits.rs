//! Numbers of pages as limits of fields and as budgets of operations.

use apigen_model::ir::{Api, Cost, Period, RateLimit, RateScope, Sharing};

use super::names::Names;
use super::types::{Field, Kind, Limit};
use super::values::Value;
use super::yaml::Keys;
use super::{NoteKind, Notes};
use crate::facts::{Amount, Shape, Unit};

/// A budget of the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) name: String,
    pub(super) amount: u64,
    pub(super) per: Period,
    /// Id of the error that the budgets of the spec have.
    pub(super) error: Option<String>,
}

/// Whether a page says how many items there may be.
pub(super) fn counts_items(value: &Value) -> bool {
    value.limits.iter().any(|(amount, _)| amount.unit == Unit::Items)
}

/// The bounds of a value. A number that bounds nothing of its type is noted.
pub(super) fn limits(value: &Value, kind: &Kind, resource: usize, keys: &Keys, notes: &mut Notes) -> Vec<Limit> {
    let mut limits = Vec::new();
    for unit in Unit::ALL {
        let mut numbers: Vec<_> = value.limits.iter().filter(|(it, _)| it.unit == unit).copied().collect();
        numbers.sort_unstable();
        numbers.dedup_by_key(|it| it.0);
        let (Some(first), Some(last)) = (numbers.first().copied(), numbers.last().copied()) else { continue };
        let Some((lower, upper, factor)) = rules(unit, kind) else {
            for (amount, at) in numbers {
                let message = format!("`{}`: {amount} does not bound a `{}`", value.path, plain(kind));
                notes.add(NoteKind::LeftOut, at, message, resource, keys);
            }
            continue;
        };
        // Two numbers of one sentence are a range; of two sentences, the greater one excludes less.
        let is_range = numbers.len() > 1 && numbers.iter().any(|it| it.0 != last.0 && it.1 == last.1);
        if is_range || first.0.number <= 1 {
            limits.extend(lower.map(|rule| limit(rule, first.0, 1)));
        }
        if last.0.number > 1 {
            limits.push(limit(upper, last.0, factor));
        }
    }
    limits
}

fn limit(rule: &'static str, amount: Amount, factor: u64) -> Limit {
    Limit { rule, bound: amount.number.saturating_mul(factor).min(i64::MAX.unsigned_abs()), is_guess: false }
}

/// A field that a number may be about although no page says so, and the rule for it.
pub(super) fn upper(unit: Unit, in_line: bool, field: &mut Field) -> Option<(&'static str, &mut Field)> {
    let fits = match unit {
        // What stands in a path or query is short anyway, as ids are.
        Unit::Characters | Unit::Bytes => !in_line && !matches!(field.kind, Kind::Shared { .. }),
        Unit::Items => true,
        Unit::Value | Unit::Seconds | Unit::PerSecond | Unit::PerMinute | Unit::PerHour | Unit::PerDay => false,
    };
    let (_, rule, _) = rules(unit, &field.kind).filter(|_| fits)?;
    Some((rule, field))
}

/// The rules for the least and the greatest number of a unit, and what the greatest is counted in; `None` where the unit
/// does not bound such values.
fn rules(unit: Unit, kind: &Kind) -> Option<(Option<&'static str>, &'static str, u64)> {
    let is_text = matches!(kind, Kind::String | Kind::Shared { shape: Shape::String, .. });
    let is_number = matches!(
        kind,
        Kind::Integer
            | Kind::Number
            | Kind::TimestampMs
            | Kind::DurationMs
            | Kind::DurationS
            | Kind::ByteCount
            | Kind::Shared { shape: Shape::Integer, .. }
    );
    match unit {
        Unit::Characters if is_text => Some((Some("min_chars"), "max_chars", 1)),
        Unit::Bytes if is_text || matches!(kind, Kind::Json | Kind::Map(_)) => Some((None, "max_bytes", 1)),
        Unit::Bytes if *kind == Kind::File => Some((None, "max_size", 1)),
        Unit::Items if matches!(kind, Kind::List(_) | Kind::Map(_)) => Some((Some("min_items"), "max_items", 1)),
        Unit::Value if is_number => Some((Some("min"), "max", 1)),
        Unit::Seconds if *kind == Kind::DurationS => Some((None, "max", 1)),
        Unit::Seconds if *kind == Kind::DurationMs => Some((None, "max", 1000)),
        Unit::Characters
        | Unit::Bytes
        | Unit::Items
        | Unit::Value
        | Unit::Seconds
        | Unit::PerSecond
        | Unit::PerMinute
        | Unit::PerHour
        | Unit::PerDay => None,
    }
}

/// What a kind is to a reader of a note.
fn plain(kind: &Kind) -> &'static str {
    kind.shape().map_or("json", Shape::as_str)
}

/// The period of a unit.
pub(super) fn period(unit: Unit) -> Option<Period> {
    match unit {
        Unit::PerSecond => Some(Period::Second),
        Unit::PerMinute => Some(Period::Minute),
        Unit::PerHour => Some(Period::Hour),
        Unit::PerDay => Some(Period::Day),
        Unit::Characters | Unit::Bytes | Unit::Items | Unit::Value | Unit::Seconds => None,
    }
}

/// The word for a period.
pub(super) fn word(period: Period) -> &'static str {
    match period {
        Period::Second => "second",
        Period::Minute => "minute",
        Period::Hour => "hour",
        Period::Day => "day",
    }
}

/// The budgets that an operation names, where they are not those of the server. What the spec has is named again, the
/// rest is drafted.
pub(super) fn budgets(
    api: &Api,
    stated: &[(u64, Period)],
    rates: &mut Vec<Rate>,
    names: &mut Names,
) -> Option<Vec<String>> {
    let of_server: Vec<_> = api.server.rate_limits.iter().map(|id| &api[*id]).collect();
    let is_usual = |it: &(u64, Period)| of_server.iter().any(|usual| is_budget(usual, *it));
    if stated.iter().all(is_usual) {
        return None;
    }
    let error = of_server.iter().find_map(|it| it.error).map(|it| super::errors::reference(api, it));
    let mut ids = Vec::new();
    for it in stated {
        let known = api.rate_limits.iter().find(|known| is_budget(known, *it)).map(|it| it.name.clone());
        let drafted = || rates.iter().find(|rate| (rate.amount, rate.per) == *it).map(|it| it.name.clone());
        let id = known.or_else(drafted).unwrap_or_else(|| {
            let name = names.rate(&format!("per_{}_{}", word(it.1), it.0));
            rates.push(Rate { name: name.clone(), amount: it.0, per: it.1, error: error.clone() });
            name
        });
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Some(ids)
}

/// Whether each operation may be called so often by the application.
fn is_budget(limit: &RateLimit, (amount, per): (u64, Period)) -> bool {
    let is_simple = limit.cost == Cost::Call && limit.scope == RateScope::Application;
    is_simple && limit.sharing == Sharing::PerOperation && (limit.amount, limit.per) == (amount, per)
}
