//! Parameters of requests and fields of objects: what is an argument, what a method, and what only the wire sees.

use super::record::{Fact, Kind, Node};
use super::rules::Rule;
use super::{Changes, pairs, turned};

/// How a value is given or read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    /// An argument; a field of its type.
    Required,
    /// A method; an `Option`.
    Optional,
    /// Neither: nobody sees it.
    Constant,
}

/// Facts that are looked at together, or by nobody.
const ELSEWHERE: [Fact; 6] = [Fact::Wire, Fact::Type, Fact::Forever, Fact::Secret, Fact::Presence, Fact::Deprecated];

/// The rules for fields of objects; requests have the same with others in their place.
struct Rules {
    added: Rule,
    required: Rule,
    removed: Rule,
    renamed: Rule,
    reordered: Rule,
    corrected: Rule,
}

const PARAMETERS: Rules = Rules {
    added: Rule::ParameterAdded,
    required: Rule::ParameterRequiredAdded,
    removed: Rule::ParameterRemoved,
    renamed: Rule::ParameterRenamed,
    reordered: Rule::ParametersReordered,
    corrected: Rule::ParameterCorrected,
};

const FIELDS: Rules = Rules {
    added: Rule::FieldAdded,
    required: Rule::FieldRequiredAdded,
    removed: Rule::FieldRemoved,
    renamed: Rule::FieldRenamed,
    reordered: Rule::FieldsReordered,
    corrected: Rule::FieldCorrected,
};

/// Compares the parameters of an operation.
pub(super) fn of_request(changes: &mut Changes<'_>, old: &Node, new: &Node) {
    compare(changes, (old, new), Kind::Parameter, &PARAMETERS, "", true);
}

/// Compares the fields of an object; `sent` when there is a constructor. `above` is the variant of a union, if any.
pub(super) fn of_object(changes: &mut Changes<'_>, old: &Node, new: &Node, sent: bool, above: &str) {
    compare(changes, (old, new), Kind::Field, &FIELDS, above, sent);
}

/// The name on the wire.
pub(super) fn wire(node: &Node) -> &str {
    match node.get(Fact::Wire) {
        "" => &node.name,
        wire => wire,
    }
}

/// A type as Rust has it: units of durations differ on the wire alone.
pub(super) fn in_rust(type_: &str) -> String {
    type_.replace("duration_ms", "duration").replace("duration_s", "duration")
}

/// Records that something should no longer be used, or may be again.
pub(super) fn deprecation(changes: &mut Changes<'_>, old: &Node, new: &Node, name: &str) {
    let prefix = if name.is_empty() { String::new() } else { format!("{name}, ") };
    match (old.get(Fact::Deprecated), new.get(Fact::Deprecated)) {
        (was, is) if was == is => {}
        ("", is) => changes.changed(Rule::Deprecated, old, new, format!("{prefix}deprecated: {is}")),
        (_, "") => changes.changed(Rule::TextChanged, old, new, format!("{prefix}no longer deprecated")),
        (_, _) => changes.changed(Rule::TextChanged, old, new, format!("{prefix}deprecated")),
    }
}

fn compare(changes: &mut Changes<'_>, (old, new): (&Node, &Node), kind: Kind, rules: &Rules, above: &str, sent: bool) {
    let path = |it: &Node| if above.is_empty() { it.name.clone() } else { format!("{above}.{}", it.name) };
    let mut all = pairs(&old.nodes, &new.nodes, kind, |it| &it.name);
    for (before, after) in all.join(|it| (it.get(Fact::In), wire(it))) {
        // Nobody names an argument. A field of an object is named by whoever reads it.
        let rule = match (presence(before), presence(after)) {
            (Presence::Constant, Presence::Constant) => continue,
            (Presence::Constant, _) | (_, Presence::Constant) => Rule::ConstantChanged,
            (Presence::Required, Presence::Required) if kind == Kind::Parameter => Rule::ArgumentRenamed,
            (Presence::Required | Presence::Optional, Presence::Required | Presence::Optional) => rules.renamed,
        };
        changes.changed(rule, before, after, format!("`{}`, was `{}`", path(after), path(before)));
    }
    for (before, after) in &all.both {
        field(changes, (before, after), rules, &path(after), sent);
    }
    for node in &all.gone {
        let rule = if presence(node) == Presence::Constant { Rule::ConstantChanged } else { rules.removed };
        changes.removed(rule, node, format!("`{}` removed", path(node)));
    }
    for node in &all.new {
        let rule = added(node, rules, sent);
        changes.added(rule, node, format!("`{}` added, {}", path(node), kind_of(node)));
    }
    let stays = |(old, new): &&(&Node, &Node)| [old, new].iter().all(|it| presence(it) == Presence::Required);
    let kept: Vec<_> = all.both.iter().filter(stays).collect();
    let after: Vec<_> = new.of(kind).filter_map(|node| kept.iter().find(|(_, it)| it.name == node.name)).collect();
    let before: Vec<_> = old.of(kind).filter_map(|node| kept.iter().find(|(it, _)| it.name == node.name)).collect();
    if sent && before != after {
        let list =
            |it: &[&&(&Node, &Node)]| it.iter().map(|(_, it)| format!("`{}`", it.name)).collect::<Vec<_>>().join(", ");
        let prefix = if above.is_empty() { String::new() } else { format!("`{above}`: ") };
        changes.changed(
            rules.reordered,
            old,
            new,
            format!("{prefix}required in the order {}; was {}", list(&after), list(&before)),
        );
    }
}

/// The rule for a value that appears.
fn added(node: &Node, rules: &Rules, sent: bool) -> Rule {
    match presence(node) {
        Presence::Required if sent => rules.required,
        Presence::Required | Presence::Optional => rules.added,
        Presence::Constant => Rule::ConstantChanged,
    }
}

fn field(changes: &mut Changes<'_>, (old, new): (&Node, &Node), rules: &Rules, name: &str, sent: bool) {
    let facts = [(Fact::In, rules.corrected), (Fact::Also, rules.corrected), (Fact::Default, Rule::DefaultChanged)];
    changes.facts(old, new, name, &facts, &ELSEWHERE);
    // Left out, it is the name in code.
    if wire(old) != wire(new) {
        let message = format!("`{name}`, {}", turned("on the wire", wire(old), wire(new)));
        changes.changed(rules.corrected, old, new, message);
    }
    deprecation(changes, old, new, &format!("`{name}`"));
    presences(changes, (old, new), rules, name, sent);
    types(changes, (old, new), rules, name);
}

fn presences(changes: &mut Changes<'_>, (old, new): (&Node, &Node), rules: &Rules, name: &str, sent: bool) {
    let is_parameter = new.kind == Kind::Parameter;
    let rule = match (presence(old), presence(new)) {
        (Presence::Constant, Presence::Constant) => Some(Rule::ConstantChanged),
        (was, is) if was == is => Some(Rule::TextChanged),
        (Presence::Optional, Presence::Required) if is_parameter => Some(Rule::ParameterRequired),
        (Presence::Required, Presence::Optional) if is_parameter => Some(Rule::ParameterOptional),
        (Presence::Constant, Presence::Required | Presence::Optional) => Some(added(new, rules, sent)),
        (_, Presence::Constant) => Some(rules.removed),
        (Presence::Required | Presence::Optional, Presence::Required | Presence::Optional) => {
            Some(Rule::FieldPresenceChanged)
        }
    };
    let (was, is) = (old.get(Fact::Presence), new.get(Fact::Presence));
    if let Some(rule) = rule.filter(|_| was != is) {
        let word = |it: &str| if it.is_empty() { "required".to_owned() } else { it.to_owned() };
        changes.changed(rule, old, new, format!("`{name}`, {}", turned("presence", &word(was), &word(is))));
    }
}

fn types(changes: &mut Changes<'_>, (old, new): (&Node, &Node), rules: &Rules, name: &str) {
    let written = |it: &Node| {
        let forever = it.get(Fact::Forever);
        let end = if forever.is_empty() { String::new() } else { format!(" or {forever} without end") };
        let secret = if it.get(Fact::Secret).is_empty() { "" } else { ", secret" };
        format!("{}{end}{secret}", it.get(Fact::Type))
    };
    let code = |it: &Node| (in_rust(it.get(Fact::Type)), !it.get(Fact::Secret).is_empty());
    let endless = |it: &Node| !it.get(Fact::Forever).is_empty();
    let (was, is) = (written(old), written(new));
    let is_constant = presence(old) == Presence::Constant && presence(new) == Presence::Constant;
    let rule = match (code(old) == code(new), endless(old), endless(new)) {
        _ if was == is => return,
        _ if is_constant => Rule::ConstantChanged,
        (true, false, true) if new.kind == Kind::Parameter => Rule::ParameterWidened,
        (true, was, is) if was == is => rules.corrected,
        (_, _, _) if new.kind == Kind::Parameter => Rule::ParameterTypeChanged,
        (_, _, _) => Rule::FieldTypeChanged,
    };
    changes.changed(rule, old, new, format!("`{name}`, {}", turned("type", &was, &is)));
}

fn presence(node: &Node) -> Presence {
    match node.get(Fact::Presence) {
        "" => Presence::Required,
        it if it.starts_with("always ") => Presence::Constant,
        _ => Presence::Optional,
    }
}

/// What a reader wants to know first of a value that is new.
fn kind_of(node: &Node) -> String {
    let presence = match node.get(Fact::Presence) {
        "" => "required",
        it => it,
    };
    let place = node.get(Fact::In);
    let place = if place.is_empty() { String::new() } else { format!(" in the {place}") };
    format!("{presence} `{}`{place}", node.get(Fact::Type))
}
