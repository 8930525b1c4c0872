//! Where pages contradict themselves about an operation, as drafts for the ledger.

use std::collections::BTreeSet;

use super::At;
use super::names::{claim, snake};
use super::values::Value;
use crate::facts::{Place, Shape};

/// A contradiction, not settled yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Contradiction {
    pub(super) key: String,
    pub(super) title: String,
    /// What is claimed, and where: the first claim is that of the first place.
    pub(super) claims: Vec<(String, At)>,
    /// What the draft does.
    pub(super) decision: String,
    /// Name of the operation, and the heading that it stands under.
    pub(super) operation: String,
    pub(super) section: String,
}

/// Collects the contradictions of one operation.
pub(super) struct Ledger<'a> {
    pub(super) operation: &'a str,
    pub(super) section: &'a str,
    pub(super) taken: &'a mut BTreeSet<String>,
    pub(super) found: Vec<Contradiction>,
}

impl Ledger<'_> {
    /// Puts what a table and an example spell differently together under the name of the example, which somebody ran.
    pub(super) fn reconcile(&mut self, values: &mut Vec<Value>) {
        let is_shown = values.iter().any(|it| !it.shown.is_empty());
        while is_shown && let Some((named, shown)) = misspelled(values) {
            let own = values[shown].clone();
            let table = values[named].clone();
            let claims = vec![
                (format!("The table has `{}`.", table.path), table.at()),
                (format!("The example has `{}`.", own.path), own.at()),
            ];
            let title = format!("Is it `{}` or `{}`?", table.wire, own.wire);
            self.add("spelling", &own, title, claims, format!("`{}`, as in the example.", own.wire));
            let inside = if table.inside.is_empty() { own.inside } else { table.inside };
            values[shown] = Value { wire: own.wire, path: own.path, shown: own.shown, inside, ..table };
            values.remove(named);
        }
        values.iter_mut().for_each(|it| self.reconcile(&mut it.inside));
    }

    /// What tables, examples and request lines say against each other. `is_usual` tells which names of a reply belong to
    /// what stands around all replies.
    pub(super) fn compare(&mut self, place: Place, values: &[Value], line: At, is_usual: &dyn Fn(&str) -> bool) {
        let is_shown = values.iter().any(|it| !it.shown.is_empty());
        let is_named = values.iter().any(|it| !it.types.is_empty() && !is_usual(&it.wire));
        let unlisted: Vec<_> = values.iter().filter(|it| it.is_unlisted && !is_usual(&it.wire)).collect();
        if let Some(first) = unlisted.first().filter(|_| is_named) {
            let names: Vec<_> = unlisted.iter().map(|it| format!("`{}`", it.path)).collect();
            let claims = vec![
                (format!("The example has {}.", names.join(", ")), first.at()),
                (format!("The table does not have {}.", names.join(", ")), first.at()),
            ];
            let title = format!("Is there {}?", names.join(", "));
            let decision = "Drafted, as what need not be there.".to_owned();
            self.add("unlisted", first, title, claims, decision);
        }
        for value in values.iter().filter(|it| !is_usual(&it.wire)) {
            self.types(place, value);
            self.marks(value);
            self.numbers(value);
            let in_line_only = is_named && value.types.is_empty() && value.named.contains(&line);
            if place == Place::Query && in_line_only && value.shown.is_empty() {
                let what = format!("The request line has `{}`.", value.wire);
                let silent = (format!("The table does not have `{}`.", value.wire), line);
                let decision = "Drafted.".to_owned();
                self.add(
                    "unlisted",
                    value,
                    format!("Is there `{}`?", value.wire),
                    vec![(what, line), silent],
                    decision,
                );
            }
            let must = value.required.first().is_some_and(|it| it.0);
            if place == Place::Body && is_shown && must && value.shown.is_empty() {
                let claims = vec![
                    (format!("The table says that `{}` must be there.", value.path), value.at()),
                    (format!("The example does without `{}`.", value.path), value.at()),
                ];
                self.add("unshown", value, format!("Must `{}` be there?", value.path), claims, "It must.".to_owned());
            }
            self.compare(place, &value.inside, line, &|_| false);
        }
    }

    /// The names of the parameters in the path, where request line and table do not agree.
    pub(super) fn path(&mut self, name: &str, line: At, table: &Value) {
        let claims = vec![
            (format!("The request line has `{name}`."), line),
            (format!("The table has `{}`.", table.wire), table.at()),
        ];
        let title = format!("Are `{name}` and `{}` the same?", table.wire);
        self.add(
            "name",
            &Value { wire: name.to_owned(), ..table.clone() },
            title,
            claims,
            format!("They are; `{name}` is used."),
        );
    }

    fn types(&mut self, place: Place, value: &Value) {
        let Some((said, at)) = value.types.first() else { return };
        let says = |shape: Shape| format!("The table says `{}` of `{}`.", shape.as_str(), value.path);
        let title = || format!("What is `{}`?", value.path);
        if let Some((other, other_at)) = value.types.iter().find(|it| differ(*said, it.0)) {
            let claims = vec![(says(*said), *at), (format!("Another table says `{}`.", other.as_str()), *other_at)];
            self.add("type", value, title(), claims, format!("`{}`.", said.as_str()));
        } else if let Some((shown, shown_at)) = value.shown.iter().find(|it| differ(*said, it.0)) {
            let claims = vec![(says(*said), *at), (format!("The example shows `{}`.", shown.as_str()), *shown_at)];
            let decision = match (place, *shown) {
                (_, Shape::List) => "`list`.".to_owned(),
                (Place::Response, _) => format!("`{}`; the other is read as well, where it can be.", said.as_str()),
                _ => format!("`{}`.", said.as_str()),
            };
            self.add("type", value, title(), claims, decision);
        }
    }

    fn marks(&mut self, value: &Value) {
        let [(first, at), rest @ ..] = value.required.as_slice() else { return };
        let words = |required: bool| if required { "must" } else { "need not" };
        if let Some((other, other_at)) = rest.iter().find(|it| it.0 != *first) {
            let claim = |it: bool| format!("`{}` {} be there.", value.path, words(it));
            let claims = vec![(claim(*first), *at), (claim(*other), *other_at)];
            self.add(
                "mark",
                value,
                format!("Must `{}` be there?", value.path),
                claims,
                format!("It {}.", words(*first)),
            );
        }
    }

    fn numbers(&mut self, value: &Value) {
        if let [(first, at), rest @ ..] = value.defaults.as_slice()
            && let Some((other, other_at)) = rest.iter().find(|it| it.0 != *first)
        {
            let claim = |it: &str| format!("The default of `{}` is `{it}`.", value.path);
            let claims = vec![(claim(first), *at), (claim(other), *other_at)];
            self.add(
                "default",
                value,
                format!("What is the default of `{}`?", value.path),
                claims,
                "None; it may depend on something.".to_owned(),
            );
        }
        for (index, (amount, at)) in value.limits.iter().enumerate() {
            let other = value.limits[..index].iter().find(|(it, line)| {
                it.unit == amount.unit && it.number != amount.number && line != at && it.number.min(amount.number) > 1
            });
            if let Some((other, other_at)) = other {
                let claim = |it: &crate::facts::Amount| format!("`{}` is bounded by {it}.", value.path);
                let most = amount.number.max(other.number);
                let claims = vec![(claim(other), *other_at), (claim(amount), *at)];
                self.add(
                    "limit",
                    value,
                    format!("How large may `{}` be?", value.path),
                    claims,
                    format!("Up to {most}."),
                );
                break;
            }
        }
    }

    fn add(&mut self, what: &str, value: &Value, title: String, claims: Vec<(String, At)>, decision: String) {
        let path = snake(&value.path, &snake(&value.wire, "value"));
        let key = claim(self.taken, format!("{}_{path}_{what}", self.operation), "_");
        let (operation, section) = (self.operation.to_owned(), self.section.to_owned());
        self.found.push(Contradiction { key, title, claims, decision, operation, section });
    }
}

/// What a table alone and an example alone name, spelled so much alike that one of them is meant.
fn misspelled(values: &[Value]) -> Option<(usize, usize)> {
    let plain =
        |it: &str| it.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect::<String>();
    let shown: Vec<_> =
        (0..values.len()).filter(|it| !values[*it].is_named()).map(|it| (plain(&values[it].wire), it)).collect();
    let named = (0..values.len()).filter(|it| values[*it].is_named() && values[*it].shown.is_empty());
    for index in named {
        let own = plain(&values[index].wire);
        // A letter more or less; what is shorter differs by it too easily.
        let is_like = |it: &str| it == own || (own.len() > 4 && strsim::levenshtein(it, &own) == 1);
        if let Some((_, other)) = shown.iter().find(|(it, _)| !own.is_empty() && is_like(it)) {
            return Some((index, *other));
        }
    }
    None
}

/// Whether two shapes cannot be the same: whole numbers are numbers.
fn differ(said: Shape, other: Shape) -> bool {
    let is_number = |it: Shape| matches!(it, Shape::Integer | Shape::Number);
    said != other && !(is_number(said) && is_number(other)) && !matches!((said, other), (Shape::Object, Shape::List))
}
