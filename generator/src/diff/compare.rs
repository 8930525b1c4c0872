//! The walk over both records: what is shared first, then types, then resource by resource and operation by operation.

use super::record::{Fact, Kind, Node, Record};
use super::rules::Rule;
use super::{Change, Changes, Pairs, fields, limits, pairs, short, turned, types};

/// Every change from one record to another, the gravest class first, otherwise in the order of the spec.
pub fn compare(old: &Record, new: &Record) -> Vec<Change> {
    let renamed = types::renamed(old, new);
    let old = types::with_names(old, &renamed);
    let old = old.as_ref();
    let mut changes =
        Changes { old, new, all: Vec::new(), kind: Kind::Api, subject: String::new(), places: (None, None) };
    service(&mut changes);
    shared(&mut changes);
    types::compare(&mut changes, &renamed);
    let resources = pairs(&old.nodes, &new.nodes, Kind::Resource, |it| &it.name);
    whole(&mut changes, &resources, (Rule::ResourceAdded, Rule::ResourceRemoved), &[], &[], |_, _, _| {});
    operations(&mut changes);
    ledger(&mut changes);
    let mut all = changes.all;
    all.sort_by_key(|it| it.rule.class());
    all
}

fn service(changes: &mut Changes<'_>) {
    let only = |nodes: &'_ [Node], kind| nodes.iter().find(|it| it.kind == kind).cloned();
    let (Some(old), Some(new)) = (only(&changes.old.nodes, Kind::Api), only(&changes.new.nodes, Kind::Api)) else {
        return;
    };
    changes.about(Some(&old), Some(&new));
    if old.name != new.name {
        changes.changed(Rule::PackageRenamed, &old, &new, turned("name", &old.name, &new.name));
    }
    changes.facts(&old, &new, "", &[(Fact::Auth, Rule::AuthChanged)], &[]);
    let rules = (Rule::CommonErrorAdded, Rule::CommonErrorRemoved);
    parts(changes, (&old, &new), Kind::CommonError, rules, &[(Fact::Spelling, Rule::ErrorCorrected)]);
    if let (Some(old), Some(new)) = (only(&old.nodes, Kind::Server), only(&new.nodes, Kind::Server)) {
        server(changes, &old, &new);
    }
    if let (Some(old), Some(new)) = (only(&old.nodes, Kind::ErrorBody), only(&new.nodes, Kind::ErrorBody)) {
        let rules = [Fact::Code, Fact::Message].map(|it| (it, Rule::ServerCorrected));
        changes.facts(&old, &new, "", &rules, &[]);
        // The client reads code and message alone.
        parts(changes, (&old, &new), Kind::Field, (Rule::TextChanged, Rule::TextChanged), &[]);
    }
}

fn server(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    changes.facts(old, new, "", &[(Fact::Url, Rule::ServerCorrected)], &[Fact::Hours]);
    let (was, is) = (old.get(Fact::Hours), new.get(Fact::Hours));
    let rule = match (was, is) {
        (was, is) if was == is => None,
        ("", _) => Some(Rule::OffsetAdded),
        (_, "") => Some(Rule::OffsetRemoved),
        (_, _) => Some(Rule::ServerCorrected),
    };
    if let Some(rule) = rule {
        changes.changed(rule, old, new, turned("hours", was, is));
    }
    let rules = (Rule::ServerParameterAdded, Rule::ServerParameterRemoved);
    parts(changes, (old, new), Kind::ServerParameter, rules, &[]);
}

/// Pages, envelopes, budgets and errors.
fn shared(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.nodes, &changes.new.nodes);
    let named = |kind| pairs(old, new, kind, |it| &it.name);
    whole(changes, &named(Kind::Page), (Rule::TextChanged, Rule::TextChanged), &[], &[], |_, _, _| {});
    let rules = [(Fact::At, Rule::PayloadMoved), (Fact::Outcome, Rule::OutcomeChanged)];
    let added = (Rule::EnvelopeAdded, Rule::EnvelopeRemoved);
    whole(changes, &named(Kind::Envelope), added, &rules, &[], |changes, old, new| {
        fields::of_object(changes, old, new, false, "");
    });
    let rules = [Fact::Cost, Fact::Scope, Fact::Sharing].map(|it| (it, Rule::RateLimitChanged));
    let added = (Rule::RateLimitAdded, Rule::RateLimitRemoved);
    whole(changes, &named(Kind::RateLimit), added, &rules, &[Fact::Amount, Fact::Per], limits::rate);
    let added = (Rule::ErrorAdded, Rule::ErrorRemoved);
    whole(changes, &named(Kind::Error), added, &[(Fact::Advice, Rule::AdviceChanged)], &[], |changes, old, new| {
        let rules = [Fact::Status, Fact::Code, Fact::Message].map(|it| (it, Rule::ErrorCorrected));
        parts(changes, (old, new), Kind::Spelling, (Rule::SpellingAdded, Rule::SpellingRemoved), &rules);
        let added = (Rule::PlaceholderAdded, Rule::PlaceholderRemoved);
        parts(changes, (old, new), Kind::Placeholder, added, &[]);
    });
}

fn operations(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.nodes, &changes.new.nodes);
    let mut all = pairs(old, new, Kind::Operation, |it| &it.name);
    for (before, after) in all.join(identity) {
        changes.about(Some(before), Some(after));
        changes.changed(Rule::OperationRenamed, before, after, format!("was called `{}`", before.name));
    }
    let rules = [
        (Fact::Method, Rule::RequestCorrected),
        (Fact::Path, Rule::RequestCorrected),
        (Fact::Token, Rule::RequestCorrected),
        (Fact::Body, Rule::RequestCorrected),
        (Fact::Effect, Rule::EffectChanged),
        (Fact::Outcome, Rule::OutcomeChanged),
        (Fact::Response, Rule::ReplyChanged),
        (Fact::Envelope, Rule::ReplyChanged),
    ];
    let elsewhere = [
        Fact::Deprecated,
        Fact::At,
        Fact::Also,
        Fact::Payload,
        Fact::Paging,
        Fact::Items,
        Fact::Split,
        Fact::Files,
        Fact::Records,
    ];
    let added = (Rule::OperationAdded, Rule::OperationRemoved);
    whole(changes, &all, added, &rules, &elsewhere, |changes, old, new| {
        fields::deprecation(changes, old, new, "");
        if fields::in_rust(old.get(Fact::Payload)) != fields::in_rust(new.get(Fact::Payload)) {
            let message = turned("payload", old.get(Fact::Payload), new.get(Fact::Payload));
            changes.changed(Rule::ReplyChanged, old, new, message);
        }
        let places = [(Fact::At, "payload under"), (Fact::Also, "payload or")];
        // Another kind of reply has its payload elsewhere anyway.
        for (fact, word) in places.into_iter().filter(|_| old.get(Fact::Response) == new.get(Fact::Response)) {
            if old.get(fact) != new.get(fact) {
                changes.changed(Rule::PayloadMoved, old, new, turned(word, old.get(fact), new.get(fact)));
            }
        }
        methods(changes, old, new);
        fields::of_request(changes, old, new);
        limits::compare(changes, old, new);
        let rules = (Rule::RowAdded, Rule::RowRemoved);
        parts(changes, (old, new), Kind::Row, rules, &[(Fact::Spelling, Rule::ErrorCorrected)]);
        parts(changes, (old, new), Kind::Budget, (Rule::BudgetAdded, Rule::BudgetRemoved), &[]);
        let rules = [(Fact::Amount, Rule::QuotaChanged), (Fact::Unit, Rule::QuotaChanged)];
        parts(changes, (old, new), Kind::Quota, (Rule::QuotaChanged, Rule::QuotaChanged), &rules);
        examples(changes, old, new);
    });
}

/// What makes an operation the same under another name: its method, the shape of its path, and what tells it from others
/// that share both.
fn identity(operation: &Node) -> String {
    let mut identity = operation.get(Fact::Method).to_owned();
    for segment in operation.get(Fact::Path).split('/') {
        identity.push('/');
        identity.push_str(if segment.starts_with('{') { "{}" } else { segment });
    }
    for parameter in operation.of(Kind::Parameter) {
        let (place, presence) = (parameter.get(Fact::In), parameter.get(Fact::Presence));
        if place == "path" && parameter.get(Fact::Type).starts_with("list<") {
            identity.push_str(" list");
        }
        if place == "header" && presence.starts_with("always ") {
            identity.push_str(&format!(" {} {presence}", fields::wire(parameter)));
        }
    }
    identity
}

/// What a request has methods for: pages, batches, and files that the reply names.
fn methods(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    let mut compare =
        |fact: Fact, word: &str, added: Rule, removed: Rule, changed: Rule| match (old.get(fact), new.get(fact)) {
            (was, is) if was == is => {}
            ("", is) => changes.changed(added, old, new, format!("{word} added, {}", brief(is))),
            (_, "") => changes.changed(removed, old, new, format!("{word} removed")),
            (was, is) => changes.changed(changed, old, new, turned(word, was, is)),
        };
    compare(Fact::Paging, "pages", Rule::PagingAdded, Rule::PagingRemoved, Rule::PagingCorrected);
    compare(Fact::Split, "batches", Rule::BatchesAdded, Rule::BatchesRemoved, Rule::BatchesCorrected);
    compare(Fact::Files, "files", Rule::RecordsAdded, Rule::RecordsRemoved, Rule::RecordsCorrected);
    for (fact, rule) in [(Fact::Items, Rule::ItemsChanged), (Fact::Records, Rule::RecordsChanged)] {
        let (was, is) = (old.get(fact), new.get(fact));
        if !was.is_empty() && !is.is_empty() && was != is {
            changes.changed(rule, old, new, turned(fact.word(), was, is));
        }
    }
}

/// A value that may be a JSON object, of which the first entry says most.
fn brief(value: &str) -> String {
    let object: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(value).ok();
    let first = object.as_ref().and_then(|it| it.values().next()?.as_str());
    short(first.unwrap_or(value))
}

fn examples(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    let rules = [Fact::Body, Fact::Response, Fact::Title].map(|it| (it, Rule::ExampleChanged));
    let all = pairs(&old.nodes, &new.nodes, Kind::Example, |it| &it.name);
    for (before, after) in &all.both {
        if rules.iter().any(|(fact, _)| before.get(*fact) != after.get(*fact)) {
            changes.changed(Rule::ExampleChanged, before, after, format!("`{}`", after.name));
        }
    }
    unpaired(changes, &all, (Rule::ExampleChanged, Rule::ExampleChanged));
}

/// Contradictions, and which operations they concern.
fn ledger(changes: &mut Changes<'_>) {
    let all = pairs(&changes.old.nodes, &changes.new.nodes, Kind::Contradiction, |it| &it.name);
    let rules = [Fact::Title, Fact::Decision, Fact::Reason, Fact::State, Fact::Claims]
        .map(|it| (it, Rule::ContradictionChanged));
    let added = (Rule::ContradictionChanged, Rule::ContradictionChanged);
    whole(changes, &all, added, &rules, &[], |_, _, _| {});
}

/// Records what of a kind was added and removed, and what changed in the others: the facts named, then what a closure
/// looks at.
fn whole(
    changes: &mut Changes<'_>,
    all: &Pairs<'_>,
    (added, removed): (Rule, Rule),
    rules: &[(Fact, Rule)],
    elsewhere: &[Fact],
    inside: impl Fn(&mut Changes<'_>, &Node, &Node),
) {
    for (old, new) in &all.both {
        changes.about(Some(old), Some(new));
        changes.facts(old, new, "", rules, elsewhere);
        inside(changes, old, new);
    }
    for node in &all.gone {
        changes.about(Some(node), None);
        changes.removed(removed, node, "removed");
    }
    for node in &all.new {
        changes.about(None, Some(node));
        let what = [Fact::Summary, Fact::Title, Fact::Description].map(|it| node.get(it));
        let what = what.into_iter().find(|it| !it.is_empty()).unwrap_or("");
        let first = what.lines().next().unwrap_or("");
        changes.added(added, node, if first.is_empty() { "added" } else { first });
    }
}

/// The same for what is inside of the current subject.
fn parts(
    changes: &mut Changes<'_>,
    (old, new): (&Node, &Node),
    kind: Kind,
    rules: (Rule, Rule),
    facts: &[(Fact, Rule)],
) {
    let all = pairs(&old.nodes, &new.nodes, kind, |it| &it.name);
    for (before, after) in &all.both {
        changes.facts(before, after, &after.name, facts, &[]);
    }
    unpaired(changes, &all, rules);
}

fn unpaired(changes: &mut Changes<'_>, all: &Pairs<'_>, (added, removed): (Rule, Rule)) {
    let named = |node: &Node, what: &str| format!("{} `{}` {what}", noun(node.kind), node.name);
    all.gone.iter().for_each(|it| changes.removed(removed, it, named(it, "removed")));
    all.new.iter().for_each(|it| changes.added(added, it, named(it, "added")));
}

/// What people call a part of something.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Row => "error",
        Kind::CommonError => "common error",
        Kind::Budget => "rate limit",
        Kind::ServerParameter => "parameter",
        kind => kind.word(),
    }
}
