//! Two states of an API compared, each change with the rule that says what it means for users of the generated crates.
//!
//! Both are taken apart into facts first ([`Record`]), which is also what a release is recorded as: a spec and its record
//! cannot be told apart. The rules ([`Rule`]) are judged by what the generated crates do: inputs are positional in the
//! order of the spec, outputs and enums are open, limits that the server enforces are enforced before sending.

mod changelog;
mod compare;
mod facts;
mod fields;
mod limits;
pub mod origins;
mod record;
pub mod release;
mod render;
mod rules;
mod types;
mod version;

use record::{Fact, Kind, Node};

pub use changelog::insert;
pub use compare::compare;
pub use record::{Line, Record};
pub use render::{Report, Side};
pub use rules::{Class, Rule, find};
pub use version::Version;

/// A change from one state of an API to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Why it is what it is.
    pub rule: Rule,
    /// What kind of thing changed, such as `operation`.
    pub kind: &'static str,
    /// The name of what changed, such as that of an operation.
    pub subject: String,
    /// What changed about it; for a text, which one.
    pub message: String,
    /// Where the old spec says so; `None` for what is new, and for what has no place.
    pub old: Option<Line>,
    /// Where the new spec says so; `None` for what is gone, and for what has no place.
    pub new: Option<Line>,
}

/// Collects the changes of one subject after the other.
struct Changes<'a> {
    old: &'a Record,
    new: &'a Record,
    all: Vec<Change>,
    kind: Kind,
    subject: String,
    /// The places of the subject, for what has none itself.
    places: (Option<Line>, Option<Line>),
}

impl Changes<'_> {
    /// What follows is about this node.
    fn about(&mut self, old: Option<&Node>, new: Option<&Node>) {
        if let Some(node) = new.or(old) {
            self.kind = node.kind;
            self.subject.clone_from(&node.name);
        }
        let place = |it: Option<&Node>| it.and_then(|it| it.place.clone());
        self.places = (place(old), place(new));
    }

    fn push(&mut self, rule: Rule, nodes: (Option<&Node>, Option<&Node>), message: impl Into<String>) {
        // What is on both sides has two places, be it those of what is around it.
        let place = |node: Option<&Node>, around: &Option<Line>| {
            node.and_then(|it| it.place.clone().or_else(|| around.clone()))
        };
        self.all.push(Change {
            rule,
            kind: self.kind.word(),
            subject: self.subject.clone(),
            message: message.into(),
            old: place(nodes.0, &self.places.0),
            new: place(nodes.1, &self.places.1),
        });
    }

    fn added(&mut self, rule: Rule, node: &Node, message: impl Into<String>) {
        self.push(rule, (None, Some(node)), message);
    }

    fn removed(&mut self, rule: Rule, node: &Node, message: impl Into<String>) {
        self.push(rule, (Some(node), None), message);
    }

    fn changed(&mut self, rule: Rule, old: &Node, new: &Node, message: impl Into<String>) {
        self.push(rule, (Some(old), Some(new)), message);
    }

    /// Records a change of each fact that both nodes tell otherwise, those excepted that someone else looks at. What no rule
    /// is named for is a text.
    fn facts(&mut self, old: &Node, new: &Node, name: &str, rules: &[(Fact, Rule)], elsewhere: &[Fact]) {
        let mut seen: Vec<Fact> = Vec::new();
        for (fact, _) in old.facts.iter().chain(&new.facts) {
            if seen.contains(fact) || elsewhere.contains(fact) {
                continue;
            }
            seen.push(*fact);
            let (before, after) = (old.get(*fact), new.get(*fact));
            if before == after {
                continue;
            }
            let prefix = if name.is_empty() { String::new() } else { format!("`{name}`, ") };
            match rules.iter().find(|(it, _)| it == fact) {
                Some((_, rule)) => {
                    let is_text = rule.class() == Class::Documentation && before.len().max(after.len()) > LONG;
                    let message = if is_text { fact.word().to_owned() } else { turned(fact.word(), before, after) };
                    self.changed(*rule, old, new, format!("{prefix}{message}"));
                }
                None => {
                    let message = format!("{prefix}{}", fact.word().replace('-', " "));
                    self.changed(Rule::TextChanged, old, new, message);
                }
            }
        }
    }
}

/// Bytes of a text that is shown with what it was before.
const LONG: usize = 24;

/// What a fact was and is.
fn turned(word: &str, before: &str, after: &str) -> String {
    if let (Ok(before), Ok(after)) = (parts(before), parts(after)) {
        let keys = before.keys().chain(after.keys().filter(|it| !before.contains_key(*it)));
        let changed = keys.filter(|it| before.get(*it) != after.get(*it)).map(|key| {
            let shown =
                |it: Option<&serde_json::Value>| it.map_or_else(|| "nothing".to_owned(), |it| short(&plain(it)));
            format!("`{key}` {} → {}", shown(before.get(key)), shown(after.get(key)))
        });
        return format!("{word}: {}", changed.collect::<Vec<_>>().join(", "));
    }
    match (before, after) {
        ("", "yes") => word.to_owned(),
        ("yes", "") => format!("no longer {word}"),
        (before, after) => format!("{word} {} → {}", short(before), short(after)),
    }
}

fn parts(text: &str) -> Result<serde_json::Map<String, serde_json::Value>, serde_json::Error> {
    serde_json::from_str(text)
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value in backticks, cut where it is long.
fn short(text: &str) -> String {
    /// Characters of a value that a reader takes in at once.
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        _ if text.is_empty() => "nothing".to_owned(),
        None => format!("`{}`", text.replace('\n', " ")),
        Some((end, _)) => format!("`{}…`", text[..end].replace('\n', " ")),
    }
}

/// Nodes of one kind on both sides, by what makes them the same.
struct Pairs<'n> {
    both: Vec<(&'n Node, &'n Node)>,
    gone: Vec<&'n Node>,
    new: Vec<&'n Node>,
}

/// Pairs the nodes of a kind by a key.
fn pairs<'n, K: Ord>(old: &'n [Node], new: &'n [Node], kind: Kind, key: impl Fn(&'n Node) -> K) -> Pairs<'n> {
    let mut pairs = Pairs {
        both: Vec::new(),
        gone: old.iter().filter(|it| it.kind == kind).collect(),
        new: new.iter().filter(|it| it.kind == kind).collect(),
    };
    pairs.join(key);
    pairs
}

impl<'n> Pairs<'n> {
    /// Pairs what is left by another key; returns the new pairs.
    fn join<K: Ord>(&mut self, key: impl Fn(&'n Node) -> K) -> Vec<(&'n Node, &'n Node)> {
        let mut wanted: std::collections::BTreeMap<K, Vec<&'n Node>> = std::collections::BTreeMap::new();
        for node in self.gone.iter().rev() {
            wanted.entry(key(node)).or_default().push(node);
        }
        let mut found = Vec::new();
        self.new.retain(|node| match wanted.get_mut(&key(node)).and_then(Vec::pop) {
            Some(old) => {
                found.push((old, *node));
                false
            }
            None => true,
        });
        self.gone.retain(|node| !found.iter().any(|(old, _)| std::ptr::eq(*old, *node)));
        self.both.extend(&found);
        found
    }
}
