//! Named types: which are the same, and what of them code can see.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::record::{Fact, Kind, Node, Record};
use super::rules::Rule;
use super::{Changes, fields, pairs, turned};

/// The facts that mention types.
const MENTIONS: [Fact; 7] =
    [Fact::Type, Fact::Also, Fact::Of, Fact::Payload, Fact::Items, Fact::Records, Fact::Otherwise];

/// The types that have another name and are otherwise the same, from the old name to the new one.
pub(super) fn renamed(old: &Record, new: &Record) -> BTreeMap<String, String> {
    let pairs = pairs(&old.nodes, &new.nodes, Kind::Type, |it| &it.name);
    let mut renamed = BTreeMap::new();
    let mut taken = Vec::new();
    for before in &pairs.gone {
        let same = |it: &&&Node| !taken.contains(&it.name) && is_same(before, it);
        if let Some(after) = pairs.new.iter().find(same) {
            taken.push(after.name.clone());
            renamed.insert(before.name.clone(), after.name.clone());
        }
    }
    renamed
}

/// Whether two types have the same content; one without any is like many others.
fn is_same(old: &Node, new: &Node) -> bool {
    let facts = [Fact::Shape, Fact::Of, Fact::Tag, Fact::Placed, Fact::Owner];
    let alike = |old: &Node, new: &Node| {
        old.name == new.name && [Fact::Wire, Fact::Type, Fact::Presence].iter().all(|it| old.get(*it) == new.get(*it))
    };
    let said = if old.nodes.is_empty() { old.get(Fact::Description) == new.get(Fact::Description) } else { true };
    said && facts.iter().all(|it| old.get(*it) == new.get(*it))
        && old.nodes.len() == new.nodes.len()
        && old.nodes.iter().zip(&new.nodes).all(|(old, new)| alike(old, new))
}

/// The record with the new names of types wherever it mentions them.
pub(super) fn with_names<'r>(record: &'r Record, renamed: &BTreeMap<String, String>) -> Cow<'r, Record> {
    let mut record = Cow::Borrowed(record);
    if !renamed.is_empty() {
        record.to_mut().nodes.iter_mut().for_each(|it| rename(it, renamed));
    }
    record
}

fn rename(node: &mut Node, renamed: &BTreeMap<String, String>) {
    for (_, value) in node.facts.iter_mut().filter(|(fact, _)| MENTIONS.contains(fact)) {
        let words = value.split_inclusive(|it: char| !it.is_alphanumeric());
        let replaced = words.map(|word| {
            let name = word.trim_end_matches(|it: char| !it.is_alphanumeric());
            let new = renamed.get(name).map_or(name, String::as_str);
            format!("{new}{}", &word[name.len()..])
        });
        *value = replaced.collect();
    }
    if let Some(new) = renamed.get(&node.name).filter(|_| node.kind == Kind::Type) {
        node.name.clone_from(new);
    }
    node.nodes.iter_mut().for_each(|it| rename(it, renamed));
}

/// Compares the named types.
pub(super) fn compare(changes: &mut Changes<'_>, renamed: &BTreeMap<String, String>) {
    let all = pairs(&changes.old.nodes, &changes.new.nodes, Kind::Type, |it| &it.name);
    for (old, new) in &all.both {
        changes.about(Some(old), Some(new));
        if let Some((name, _)) = renamed.iter().find(|(_, it)| **it == new.name) {
            changes.changed(Rule::TypeRenamed, old, new, format!("was called `{name}`"));
        }
        type_(changes, old, new);
    }
    for node in &all.gone {
        changes.about(Some(node), None);
        changes.removed(Rule::TypeRemoved, node, format!("{} removed", node.get(Fact::Shape)));
    }
    for node in &all.new {
        changes.about(None, Some(node));
        changes.added(Rule::TypeAdded, node, format!("{} added", node.get(Fact::Shape)));
    }
}

fn type_(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    let rules =
        [(Fact::Tag, Rule::TagCorrected), (Fact::Placed, Rule::TagCorrected), (Fact::Example, Rule::ExampleChanged)];
    let elsewhere = [Fact::Shape, Fact::Of, Fact::Owner, Fact::Sent, Fact::Received, Fact::Otherwise, Fact::Outcome];
    changes.facts(old, new, "", &rules, &elsewhere);
    // A test that comes or goes makes items results, or plain values.
    let tests = [old, new].map(|it| it.get(Fact::Outcome));
    if tests[0] != tests[1] && tests.iter().all(|it| !it.is_empty()) {
        changes.changed(Rule::OutcomeChanged, old, new, turned("outcome", tests[0], tests[1]));
    }
    owner(changes, old, new);
    let kind = |it: &Node| format!("{} {}", it.get(Fact::Shape), fields::in_rust(it.get(Fact::Of)));
    if kind(old) != kind(new) {
        changes.changed(Rule::TypeChanged, old, new, turned("type", kind(old).trim_end(), kind(new).trim_end()));
        return;
    }
    if old.get(Fact::Of) != new.get(Fact::Of) {
        changes.changed(Rule::FieldCorrected, old, new, turned("unit", old.get(Fact::Of), new.get(Fact::Of)));
    }
    for fact in [Fact::Sent, Fact::Received] {
        match (old.get(fact), new.get(fact)) {
            (was, is) if was == is => {}
            ("", _) => changes.changed(Rule::ConversionAdded, old, new, format!("can be {}", fact.word())),
            (_, _) => changes.changed(Rule::ConversionRemoved, old, new, format!("can no longer be {}", fact.word())),
        }
    }
    let (was, is) = (old.get(Fact::Otherwise), new.get(Fact::Otherwise));
    if was != is {
        changes.changed(Rule::ItemResultChanged, old, new, turned("failed items", was, is));
    }
    values(changes, old, new);
    let sent = !old.get(Fact::Sent).is_empty() && !new.get(Fact::Sent).is_empty();
    fields::of_object(changes, old, new, sent, "");
    variants(changes, old, new, sent);
}

fn owner(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    let (was, is) = (old.get(Fact::Owner), new.get(Fact::Owner));
    let rule = match (was, is) {
        (was, is) if was == is => return,
        // A module has the shared types that it mentions.
        (was, "") if mentions(changes.new, was, &new.name) => Rule::TypeShared,
        (_, _) => Rule::TypeMoved,
    };
    let module = |it: &str| if it.is_empty() { "types".to_owned() } else { it.to_owned() };
    changes.changed(rule, old, new, turned("module", &module(was), &module(is)));
}

/// Whether something of a resource mentions a type.
fn mentions(record: &Record, resource: &str, name: &str) -> bool {
    let is_own = |it: &Node| match it.kind {
        Kind::Operation => it.name.split('.').next() == Some(resource),
        _ => it.kind == Kind::Type && it.get(Fact::Owner) == resource,
    };
    record.nodes.iter().filter(|it| is_own(it)).any(|it| says(it, name))
}

/// Whether a node or what is inside it mentions a type.
fn says(node: &Node, name: &str) -> bool {
    let here = |(fact, value): &(Fact, String)| {
        MENTIONS.contains(fact) && value.split(|it: char| !it.is_alphanumeric()).any(|it| it == name)
    };
    node.facts.iter().any(here) || node.nodes.iter().any(|it| says(it, name))
}

fn values(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    let mut all = pairs(&old.nodes, &new.nodes, Kind::Value, |it| &it.name);
    for (before, after) in all.join(|it| it.get(Fact::Wire)) {
        changes.changed(Rule::ValueRenamed, before, after, format!("`{}`, was `{}`", after.name, before.name));
    }
    for (before, after) in &all.both {
        changes.facts(before, after, &after.name, &[(Fact::Wire, Rule::ValueCorrected)], &[]);
    }
    all.gone.iter().for_each(|it| changes.removed(Rule::ValueRemoved, it, format!("`{}` removed", it.name)));
    all.new.iter().for_each(|it| changes.added(Rule::ValueAdded, it, format!("`{}` added", it.name)));
}

fn variants(changes: &mut Changes<'_>, old: &Node, new: &Node, sent: bool) {
    let mut all = pairs(&old.nodes, &new.nodes, Kind::Variant, |it| &it.name);
    for (before, after) in all.join(|it| it.get(Fact::Wire)) {
        changes.changed(Rule::VariantRenamed, before, after, format!("`{}`, was `{}`", after.name, before.name));
    }
    for (before, after) in &all.both {
        changes.facts(before, after, &after.name, &[(Fact::Wire, Rule::ValueCorrected)], &[]);
        fields::of_object(changes, before, after, sent, &after.name);
    }
    all.gone.iter().for_each(|it| changes.removed(Rule::VariantRemoved, it, format!("`{}` removed", it.name)));
    all.new.iter().for_each(|it| changes.added(Rule::VariantAdded, it, format!("`{}` added", it.name)));
}
