//! Short English phrases that several artefacts use for the same fact, so that they say it in the same words.

use apigen_model::ir::{
    Bound, Condition, Cost, Enforcement, Outcome, OutcomeTest, PlacedLimit, RateLimit, RateScope, Rule, Sharing, Test,
    UtcOffset,
};

use crate::facts;

/// A limit in one sentence: the bound, when it holds, and what the server does beyond it.
pub(crate) fn limit(placed: &PlacedLimit) -> String {
    let limit = &placed.limit;
    let mut text = rule(&limit.rule);
    if let Some(condition) = &limit.when {
        text.push_str(&format!(" {}", self::condition(condition)));
    }
    if let Some((tag, value)) = &placed.arm {
        text.push_str(&format!(" when `{tag}` is `{value}`"));
    }
    text.push_str(match limit.enforcement {
        // Nothing but its absence is beyond a requirement.
        Enforcement::Rejected if limit.rule == Rule::Required => "",
        Enforcement::Rejected => "; other values are rejected",
        Enforcement::Clamped => "; the service goes on with the nearest allowed value",
        Enforcement::Unknown => "; what happens to other values is unknown",
    });
    if limit.raisable {
        text.push_str("; the vendor raises it on request");
    }
    text.push('.');
    if !limit.description.is_empty() {
        text.push(' ');
        text.push_str(&limit.description);
    }
    text
}

/// A rule in a few words, as in `at most 512 characters`.
pub(crate) fn rule(rule: &Rule) -> String {
    match rule {
        Rule::MinChars(it) => format!("at least {}", counted(it, "character")),
        Rule::MaxChars(it) => format!("at most {}", counted(it, "character")),
        Rule::MaxBytes(it) => format!("at most {}", counted(it, "byte")),
        Rule::MinItems(it) => format!("at least {}", counted(it, "item")),
        Rule::MaxItems(it) => format!("at most {}", counted(it, "item")),
        Rule::Min(it) => format!("at least {}", bound(it)),
        Rule::Max(it) => format!("at most {}", bound(it)),
        Rule::Pattern(pattern) => format!("matches `{pattern}`"),
        Rule::MaxSize(it) => match it {
            Bound::Integer(bytes) => format!("at most {}", size(*bytes)),
            Bound::Number(_) | Bound::Field { .. } => format!("at most {} bytes", bound(it)),
        },
        Rule::BodySize { bytes: Bound::Integer(bytes), of } => format!("at most {}{}", size(*bytes), together(of)),
        Rule::BodySize { bytes, of } => format!("at most {} bytes{}", bound(bytes), together(of)),
        Rule::Required => "required".to_owned(),
    }
}

/// When a limit holds.
pub(crate) fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Field { field, test: Test::Present, .. } => format!("when `{field}` is given"),
        Condition::Field { field, test: Test::Equals(value), default } if value == default => {
            format!("when `{field}` is `{value}` or left out")
        }
        Condition::Field { field, test: Test::Equals(value), .. } => format!("when `{field}` is `{value}`"),
        Condition::State(state) => format!("under a condition: {}", state.trim_end_matches(['.', '。'])),
    }
}

/// Which fields a bound of the body counts together.
fn together(fields: &[String]) -> String {
    match fields {
        [] => " of JSON".to_owned(),
        [one] => format!(" of JSON in `{one}`"),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|it| format!("`{it}`")).collect();
            format!(" of JSON in {} and `{last}` together", first.join(", "))
        }
    }
}

/// What makes a reply with a successful status a success.
pub(crate) fn outcome(outcome: &Outcome) -> String {
    let path = &outcome.path;
    let reason = if outcome.reason.is_empty() { String::new() } else { format!("; `{}` says why not", outcome.reason) };
    match &outcome.test {
        OutcomeTest::Equals(values) => {
            let values: Vec<_> = values.iter().map(|it| format!("`{it}`")).collect();
            format!("only when `{path}` is {}{reason}", values.join(" or "))
        }
        OutcomeTest::Absent => format!("only when there is no `{path}`{reason}"),
    }
}

/// A rate limit in words.
pub(crate) fn rate(limit: &RateLimit) -> String {
    let amount = grouped(i64::try_from(limit.amount).unwrap_or(i64::MAX));
    let unit = match &limit.cost {
        Cost::Call => "calls".to_owned(),
        Cost::Items(field) => format!("items of `{field}`"),
    };
    let period = facts::period(limit.per);
    let scope = match &limit.scope {
        RateScope::Application => "for the application".to_owned(),
        RateScope::User(parameter) => format!("for each `{parameter}`"),
    };
    let sharing = match limit.sharing {
        Sharing::PerOperation => "each operation counted alone",
        Sharing::Shared => "shared by all operations that name this limit",
    };
    let raisable = if limit.raisable { "; the vendor raises it on request" } else { "" };
    format!("{amount} {unit} per {period} {scope}, {sharing}{raisable}.")
}

/// An offset from UTC, as in `+08:00`.
pub(crate) fn utc_offset(offset: &UtcOffset) -> String {
    let (sign, minutes) = (if offset.minutes < 0 { '-' } else { '+' }, offset.minutes.unsigned_abs());
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The name of what a limit bounds.
pub(crate) fn bounded(placed: &PlacedLimit) -> &str {
    if placed.wire.is_empty() { "body" } else { &placed.wire }
}

/// A size in the largest unit that divides it; a KB is 1,024 bytes.
pub(crate) fn size(bytes: i64) -> String {
    let units = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit && bytes % unit == 0) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{} bytes", grouped(bytes)),
    }
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
fn counted(bound: &Bound, what: &str) -> String {
    let plural = if *bound == Bound::Integer(1) { "" } else { "s" };
    format!("{} {what}{plural}", self::bound(bound))
}

fn bound(bound: &Bound) -> String {
    match bound {
        Bound::Integer(number) => grouped(*number),
        Bound::Number(number) => number.to_string(),
        Bound::Field { field, default: Some(default) } => {
            format!("the value of `{field}`, {} when it is left out", grouped(*default))
        }
        Bound::Field { field, default: None } => format!("the value of `{field}`"),
    }
}
