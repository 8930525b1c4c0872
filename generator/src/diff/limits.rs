//! Limits of requests and budgets of calls: which way they moved, and whether anything is refused that was not.

use super::record::{Fact, Kind, Node, Record};
use super::rules::Rule;
use super::{Changes, fields, pairs, turned};

/// What the validation code makes of a limit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    /// Values beyond it are not sent.
    Refuses,
    /// Values beyond it are sent, perhaps with a warning.
    Reports,
    /// It depends on a state that no request shows, so that there is no check.
    None,
}

/// Which way a limit moved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Move {
    Nowhere,
    Tighter,
    Looser,
    Elsewhere,
}

/// Compares the limits of an operation.
pub(super) fn compare(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    // Ids begin with that of the operation, which may have another name now.
    let prefixes = [format!("{}.", old.name), format!("{}.", new.name)];
    let id =
        |it: &'_ Node| prefixes.iter().find_map(|prefix| it.name.strip_prefix(prefix)).unwrap_or(&it.name).to_owned();
    let mut all = pairs(&old.nodes, &new.nodes, Kind::Limit, id);
    for (before, after) in all.join(|it| [Fact::In, Fact::On, Fact::Tag, Fact::Rule].map(|fact| it.get(fact))) {
        if check(before) == Check::None || check(after) == Check::None {
            continue;
        }
        changes.changed(Rule::LimitRenamed, before, after, format!("`{}`, was `{}`", after.name, before.name));
    }
    for (before, after) in &all.both {
        limit(changes, before, after);
    }
    for node in &all.gone {
        // What bounded a value that is gone, too, is gone with it.
        if check(node) != Check::None && declares(changes.new, new, node) {
            changes.removed(Rule::LimitRemoved, node, format!("{} removed", says(node)));
        }
    }
    for node in &all.new {
        let rule = match check(node) {
            _ if !declares(changes.old, old, node) => continue,
            Check::Refuses => Rule::LimitAddedRefusing,
            Check::Reports => Rule::LimitAdded,
            Check::None => Rule::TextChanged,
        };
        changes.added(rule, node, format!("{} added", says(node)));
    }
}

/// Compares a budget.
pub(super) fn rate(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    let shown = |it: &Node| format!("{} per {}", it.get(Fact::Amount), it.get(Fact::Per));
    // Calls per day, which is the longest period.
    let speed = |it: &Node| {
        let times = match it.get(Fact::Per) {
            "second" => 86_400,
            "minute" => 1_440,
            "hour" => 24,
            _ => 1,
        };
        it.get(Fact::Amount).parse::<u128>().unwrap_or(0) * times
    };
    let rule = match speed(new).cmp(&speed(old)) {
        std::cmp::Ordering::Greater => Rule::RateLimitRaised,
        std::cmp::Ordering::Less => Rule::RateLimitLowered,
        std::cmp::Ordering::Equal => Rule::RateLimitChanged,
    };
    if shown(old) != shown(new) {
        changes.changed(rule, old, new, turned("amount", &shown(old), &shown(new)));
    }
}

fn limit(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    let checked = [Fact::In, Fact::On, Fact::Tag, Fact::Rule, Fact::Bound, Fact::Of, Fact::Enforced, Fact::When];
    changes.facts(old, new, &new.name, &[], &checked);
    let way = moved(old, new);
    let rule = match (check(old), check(new)) {
        (Check::None, Check::None) if way == Move::Nowhere => return,
        (Check::None, Check::None) => Rule::TextChanged,
        (Check::None, Check::Refuses) => Rule::LimitAddedRefusing,
        (Check::None, Check::Reports) => Rule::LimitAdded,
        (Check::Refuses | Check::Reports, Check::None) => Rule::LimitRemoved,
        (Check::Reports, Check::Refuses) => Rule::LimitTightened,
        (Check::Refuses, Check::Reports) => Rule::LimitLoosened,
        (Check::Reports, Check::Reports) if way == Move::Nowhere && same(old, new, Fact::Enforced) => return,
        (Check::Reports, Check::Reports) => Rule::LimitCorrected,
        (Check::Refuses, Check::Refuses) => match way {
            Move::Nowhere => return,
            Move::Tighter => Rule::LimitTightened,
            Move::Looser => Rule::LimitLoosened,
            Move::Elsewhere => Rule::LimitChanged,
        },
    };
    let message = match (subject(old), subject(new)) {
        (was, is) if was == is => format!("{is}{}, was{}", bound(new), bound(old)),
        (_, _) => format!("{}, was {}", says(new), says(old)),
    };
    changes.changed(rule, old, new, message);
}

fn check(limit: &Node) -> Check {
    match limit.get(Fact::Enforced) {
        _ if limit.get(Fact::When).starts_with("{\"state\":") => Check::None,
        "rejected" => Check::Refuses,
        _ => Check::Reports,
    }
}

fn same(old: &Node, new: &Node, fact: Fact) -> bool {
    old.get(fact) == new.get(fact)
}

fn moved(old: &Node, new: &Node) -> Move {
    let condition = match (old.get(Fact::When), new.get(Fact::When)) {
        (was, is) if was == is => Move::Nowhere,
        ("", _) => Move::Looser,
        (_, "") => Move::Tighter,
        (_, _) => Move::Elsewhere,
    };
    let number = |it: &Node| it.get(Fact::Bound).parse::<f64>().ok();
    let bound = match (number(old), number(new)) {
        _ if same(old, new, Fact::Bound) => Move::Nowhere,
        (Some(was), Some(is)) if (is < was) == new.get(Fact::Rule).starts_with("max") => Move::Tighter,
        (Some(_), Some(_)) => Move::Looser,
        (None, _) | (_, None) => Move::Elsewhere,
    };
    match (condition, bound) {
        _ if !same(old, new, Fact::Of) || !same(old, new, Fact::Rule) => Move::Elsewhere,
        (way, Move::Nowhere) | (Move::Nowhere, way) => way,
        (condition, bound) if condition == bound => bound,
        (_, _) => Move::Elsewhere,
    }
}

/// A limit in a few words.
fn says(limit: &Node) -> String {
    format!("{}{}", subject(limit), bound(limit))
}

fn subject(limit: &Node) -> String {
    let on = match limit.get(Fact::On) {
        "" => limit.get(Fact::In),
        on => on,
    };
    format!("`{on}` {}", limit.get(Fact::Rule))
}

fn bound(limit: &Node) -> String {
    let bound = match limit.get(Fact::Bound) {
        "true" => String::new(),
        bound => format!(" {bound}"),
    };
    let what = match limit.get(Fact::Enforced) {
        "rejected" => "refused",
        "clamped" => "cut",
        _ => "unknown",
    };
    format!("{bound}{} ({what})", when(limit.get(Fact::When)))
}

/// A condition in words.
fn when(condition: &str) -> String {
    let Ok(condition) = serde_json::from_str::<serde_json::Value>(condition) else { return String::new() };
    let field = condition["field"].as_str().unwrap_or_default();
    let absent = if condition["or_absent"].as_bool() == Some(true) { " or absent" } else { "" };
    match (&condition["state"], &condition["equals"]) {
        (serde_json::Value::String(state), _) => format!(" when {state}"),
        (_, serde_json::Value::Null) => format!(" when `{field}` is there"),
        (_, value) => format!(" when `{field}` is {value}{absent}"),
    }
}

/// Whether an operation has the value that a limit bounds.
fn declares(record: &Record, operation: &Node, limit: &Node) -> bool {
    let place = limit.get(Fact::In);
    let on = limit.get(Fact::On);
    let parameters: Vec<_> = operation.of(Kind::Parameter).filter(|it| it.get(Fact::In) == place).collect();
    on.is_empty() || reaches(record, &parameters, on)
}

/// Whether a dotted path leads from these fields to a value.
fn reaches(record: &Record, fields: &[&Node], path: &str) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let name = first.split(['[', '{']).next().unwrap_or(first);
    let mut found = fields.iter().filter(|it| fields::wire(it) == name);
    found.any(|field| {
        let type_ = field.get(Fact::Type);
        let named = type_.rsplit('<').next().unwrap_or(type_).trim_end_matches('>');
        rest.is_empty() || reaches(record, &inside(record, named), rest)
    })
}

/// The fields of an object, or of all variants of a union.
fn inside<'r>(record: &'r Record, name: &str) -> Vec<&'r Node> {
    let mut types = record.nodes.iter().filter(|it| it.kind == Kind::Type && it.name == name);
    types.next().map_or_else(Vec::new, |type_| {
        let variants = type_.of(Kind::Variant).flat_map(|it| it.of(Kind::Field));
        type_.of(Kind::Field).chain(variants).collect()
    })
}
