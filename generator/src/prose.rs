//! Short phrases that several artefacts use for the same fact, so that they say it in the same words.

use apigen_model::ir::{
    Bound, Condition, Cost, Enforcement, Outcome, OutcomeTest, Period, PlacedLimit, RateLimit, RateScope, Rule,
    Sharing, Test, UtcOffset,
};

use crate::words::{Unit, Words, fill};

/// A limit in one sentence: the bound, when it holds, and what the server does beyond it.
pub(crate) fn limit(words: &Words, placed: &PlacedLimit) -> String {
    let facts = &words.facts;
    let limit = &placed.limit;
    let mut text = placed_rule(words, placed);
    text.push_str(match limit.enforcement {
        // Nothing but its absence is beyond a requirement.
        Enforcement::Rejected if limit.rule == Rule::Required => "",
        Enforcement::Rejected => facts.rejected,
        Enforcement::Clamped => facts.clamped,
        Enforcement::Unknown => facts.unknown,
    });
    if limit.raisable {
        text.push_str(facts.raisable);
    }
    text.push_str(facts.stop);
    if !limit.description.is_empty() {
        text.push_str(facts.gap);
        text.push_str(&limit.description);
    }
    text
}

/// The bound of a limit, and all that must hold for it.
pub(crate) fn placed_rule(words: &Words, placed: &PlacedLimit) -> String {
    let arm = placed.arm.as_ref().map(|(tag, value)| fill(words.facts.when_equal, &[("field", tag), ("value", value)]));
    let when = placed.limit.when.as_ref().map(|it| condition(words, it));
    let under =
        |rule: String, condition: String| fill(words.facts.rule_when, &[("rule", &rule), ("condition", &condition)]);
    when.into_iter().chain(arm).fold(rule(words, &placed.limit.rule), under)
}

/// A rule in a few words, as in `at most 512 characters`.
pub(crate) fn rule(words: &Words, rule: &Rule) -> String {
    let facts = &words.facts;
    let least = |bound: &Bound, unit: &Unit| fill(facts.at_least, &[("count", &count(words, bound, unit))]);
    let most = |bound: &Bound, unit: &Unit| fill(facts.at_most, &[("count", &count(words, bound, unit))]);
    match rule {
        Rule::MinChars(it) => least(it, &facts.character),
        Rule::MaxChars(it) => most(it, &facts.character),
        Rule::MaxBytes(it) => most(it, &facts.byte),
        Rule::MinItems(it) => least(it, &facts.item),
        Rule::MaxItems(it) => most(it, &facts.item),
        Rule::Min(it) => fill(facts.not_below, &[("bound", &bound(words, it))]),
        Rule::Max(it) => fill(facts.not_above, &[("bound", &bound(words, it))]),
        Rule::Pattern(pattern) => fill(facts.pattern, &[("pattern", pattern)]),
        Rule::MaxSize(it) => fill(facts.at_most, &[("count", &bytes(words, it))]),
        Rule::BodySize { bytes: it, of } => fill(facts.at_most, &[("count", &together(words, &bytes(words, it), of))]),
        Rule::Required => facts.required.to_owned(),
    }
}

/// When a limit holds.
pub(crate) fn condition(words: &Words, condition: &Condition) -> String {
    let facts = &words.facts;
    match condition {
        Condition::Field { field, test: Test::Present, .. } => fill(facts.when_given, &[("field", field)]),
        Condition::Field { field, test: Test::Equals(value), default } => {
            let pattern = if value == default { facts.when_equal_or_absent } else { facts.when_equal };
            fill(pattern, &[("field", field), ("value", &value.to_string())])
        }
        Condition::State(state) => fill(facts.under_condition, &[("state", state.trim_end_matches(['.', '。']))]),
    }
}

/// A size of JSON, and which fields it counts together.
fn together(words: &Words, size: &str, fields: &[String]) -> String {
    let facts = &words.facts;
    let code = |it: &String| format!("`{it}`");
    match fields {
        [] => fill(facts.of_json, &[("size", size)]),
        [one] => fill(facts.of_json_in, &[("size", size), ("field", &code(one))]),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(code).collect();
            let values = [("size", size), ("fields", &first.join(facts.comma)), ("last", &code(last))];
            fill(facts.of_json_together, &values)
        }
    }
}

/// What makes a reply with a successful status a success.
pub(crate) fn outcome(words: &Words, outcome: &Outcome) -> String {
    let facts = &words.facts;
    let path = &outcome.path;
    let reason = if outcome.reason.is_empty() {
        String::new()
    } else {
        fill(facts.outcome_reason, &[("path", &outcome.reason)])
    };
    match &outcome.test {
        OutcomeTest::Equals(values) => {
            let values: Vec<_> = values.iter().map(|it| format!("`{it}`")).collect();
            let values = values.join(facts.or);
            fill(facts.outcome_equal, &[("path", path), ("values", &values), ("reason", &reason)])
        }
        OutcomeTest::Absent => fill(facts.outcome_absent, &[("path", path), ("reason", &reason)]),
    }
}

/// A rate limit in words.
pub(crate) fn rate(words: &Words, limit: &RateLimit) -> String {
    let facts = &words.facts;
    let unit = match &limit.cost {
        Cost::Call => facts.calls.to_owned(),
        Cost::Items(field) => fill(facts.items_of, &[("field", field)]),
    };
    let period = match limit.per {
        Period::Second => facts.second,
        Period::Minute => facts.minute,
        Period::Hour => facts.hour,
        Period::Day => facts.day,
    };
    let scope = match &limit.scope {
        RateScope::Application => facts.for_application.to_owned(),
        RateScope::User(parameter) => fill(facts.for_each, &[("parameter", parameter)]),
    };
    let sharing = match limit.sharing {
        Sharing::PerOperation => facts.counted_alone,
        Sharing::Shared => facts.shared,
    };
    let values = [
        ("amount", amount(limit.amount)),
        ("unit", unit),
        ("period", period.to_owned()),
        ("scope", scope),
        ("sharing", sharing.to_owned()),
        ("raisable", if limit.raisable { facts.raisable } else { "" }.to_owned()),
    ];
    fill(facts.rate, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// An offset from UTC, as in `+08:00`.
pub(crate) fn utc_offset(offset: &UtcOffset) -> String {
    let (sign, minutes) = (if offset.minutes < 0 { '-' } else { '+' }, offset.minutes.unsigned_abs());
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The name of what a limit bounds.
pub(crate) fn bounded<'a>(words: &'a Words, placed: &'a PlacedLimit) -> &'a str {
    if placed.wire.is_empty() { words.label.body } else { &placed.wire }
}

/// A size in the largest unit that divides it; a KB is 1,024 bytes.
pub(crate) fn size(words: &Words, bytes: i64) -> String {
    let units = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit && bytes % unit == 0) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => fill(words.facts.count, &[("number", &grouped(bytes)), ("unit", words.facts.byte.many)]),
    }
}

/// An amount with thousands separators.
pub(crate) fn amount(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A number with thousands separators, as prose writes it.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A bound with what it counts, as in `1 character`.
fn count(words: &Words, bound: &Bound, unit: &Unit) -> String {
    match bound {
        Bound::Integer(_) | Bound::Number(_) => {
            let name = if *bound == Bound::Integer(1) { unit.one } else { unit.many };
            fill(words.facts.count, &[("number", &self::bound(words, bound)), ("unit", name)])
        }
        Bound::Field { field, default } => {
            let values = [("field", field.as_str()), ("units", unit.number), ("default", &or_default(words, *default))];
            fill(words.facts.count_of_field, &values)
        }
    }
}

fn bytes(words: &Words, bound: &Bound) -> String {
    match bound {
        Bound::Integer(bytes) => size(words, *bytes),
        Bound::Number(_) | Bound::Field { .. } => count(words, bound, &words.facts.byte),
    }
}

fn bound(words: &Words, bound: &Bound) -> String {
    match bound {
        Bound::Integer(number) => grouped(*number),
        Bound::Number(number) => number.to_string(),
        Bound::Field { field, default } => {
            fill(words.facts.value_of_field, &[("field", field), ("default", &or_default(words, *default))])
        }
    }
}

fn or_default(words: &Words, default: Option<i64>) -> String {
    default.map_or_else(String::new, |it| fill(words.facts.or_default, &[("default", &grouped(it))]))
}
