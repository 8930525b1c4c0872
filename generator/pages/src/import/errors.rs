//! Rows of tables of errors: the errors of the spec that they mean, and new ones.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use apigen_core::template::Template;
use apigen_model::ir::{Api, ErrorDef, ErrorRef, ErrorVariant};

use super::names::{Names, claim, snake};
use super::{At, NoteKind, Notes};
use crate::facts::ErrorRow;

/// An error of the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DraftedError {
    pub(super) name: String,
    pub(super) status: u16,
    pub(super) code: String,
    /// With its placeholders in braces; empty when any message will do.
    pub(super) message: String,
    pub(super) placeholders: Vec<String>,
    pub(super) advice: &'static str,
}

/// The errors of the spec and of the draft, by what pages write.
pub(super) struct Errors<'a> {
    api: &'a Api,
    /// By status, code in lower case and message without its placeholders.
    drafted: BTreeMap<(u16, String, String), String>,
}

/// The id of an error as operations write it.
pub(super) fn reference(api: &Api, error: ErrorRef) -> String {
    let (definition, variant) = api.error(error);
    spelled(definition, variant)
}

fn spelled(error: &ErrorDef, variant: &ErrorVariant) -> String {
    if variant.name.is_empty() { error.name.clone() } else { format!("{}/{}", error.name, variant.name) }
}

impl<'a> Errors<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self { api, drafted: BTreeMap::new() }
    }

    /// The ids of the errors that rows mean, each once; what all operations have is left out. New errors are added to
    /// `drafted`, those of the resource that first needs them.
    pub(super) fn ids(
        &mut self,
        rows: &[(ErrorRow, At)],
        drafted: &mut Vec<DraftedError>,
        names: &mut Names,
        notes: &mut Notes,
    ) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for (row, at) in rows {
            if !(200..600).contains(&row.status) {
                notes.push(NoteKind::LeftOut, *at, format!("{} is not the status of an error", row.status));
                continue;
            }
            let id = match self.known(row) {
                Some((error, _)) if self.is_common(error) => continue,
                Some((error, variant)) => spelled(error, variant),
                None => self.draft(row, drafted, names),
            };
            // An operation has one spelling of an error.
            let own = id.split('/').next();
            if !ids.iter().any(|it| it.split('/').next() == own) {
                ids.push(id);
            }
        }
        ids
    }

    fn is_common(&self, error: &ErrorDef) -> bool {
        self.api.common_errors.iter().any(|it| self.api[it.error].name == error.name)
    }

    /// The spelling of an error of the spec that a row means: as it stands, else but for case and the mark at its end.
    fn known(&self, row: &ErrorRow) -> Option<(&'a ErrorDef, &'a ErrorVariant)> {
        let api = self.api;
        let spellings = || {
            let all = api.errors.iter().flat_map(|error| error.variants.iter().map(move |it| (error, it)));
            all.filter(|(_, it)| it.status == row.status && it.code.eq_ignore_ascii_case(&row.code))
        };
        let by = |matches: &dyn Fn(&str) -> bool| {
            let found = spellings().filter(|(_, it)| matches(&it.message));
            // The most literal one; of equals the first, which is the main spelling.
            found.min_by_key(|(_, it)| Reverse(Template::new(&it.message).literal_len()))
        };
        let (message, loose) = (row.message.as_str(), loose(&row.message));
        by(&|it| it.is_empty() == message.is_empty() && Template::new(it).matches(message)).or_else(|| {
            by(&|it| !it.is_empty() && !message.is_empty() && Template::new(&self::loose(it)).matches(&loose))
        })
    }

    fn draft(&mut self, row: &ErrorRow, drafted: &mut Vec<DraftedError>, names: &mut Names) -> String {
        let (message, placeholders) = template(&row.message);
        let key = (row.status, row.code.to_ascii_lowercase(), loose(&message));
        if let Some(id) = self.drafted.get(&key) {
            return id.clone();
        }
        let name = names.error(&named(row, &message));
        self.drafted.insert(key, name.clone());
        let (status, code) = (row.status, row.code.clone());
        drafted.push(DraftedError { name: name.clone(), status, code, message, placeholders, advice: advice(status) });
        name
    }
}

/// What an error is called: its code, and the first words of its message.
fn named(row: &ErrorRow, message: &str) -> String {
    let literal = Template::new(message).fill(|_| Some(" ")).to_ascii_lowercase();
    let words = literal.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| it.len() > 1);
    let words: Vec<_> = words.take(WORDS).collect();
    match (row.code.is_empty(), message.is_empty()) {
        (true, true) => format!("status_{}", row.status),
        (true, false) => words.join("_"),
        (false, true) => row.code.clone(),
        (false, false) => format!("{}_{}", snake(&row.code, "code"), words.join("_")),
    }
}

/// So many words tell a message from others.
const WORDS: usize = 4;

/// What HTTP says of a status. Whether it is true here, a person has to see.
fn advice(status: u16) -> &'static str {
    match status {
        401 => "refresh_token",
        408 | 429 | 500 | 502..=504 => "retry",
        501 => "give_up",
        _ => "fix_request",
    }
}

/// A message but for case, white space and the mark at its end. Placeholders are in lower case anyway.
fn loose(message: &str) -> String {
    let words: Vec<_> = message.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").trim_end_matches(['.', '!']).trim_end().to_owned()
}

/// A message with what varies in braces, and the names there.
///
/// What varies is written as `XX` or `xxx`, in braces or angle brackets, or as `%s`. Where nothing else is left, any
/// message will do.
fn template(message: &str) -> (String, Vec<String>) {
    let (mut text, mut names) = (String::new(), Vec::new());
    let (mut rest, mut taken) = (message, BTreeSet::new());
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let length = variable(rest, before);
        let (part, after) = rest.split_at(length.unwrap_or(first.len_utf8()));
        before = part.chars().next_back();
        rest = after;
        if length.is_none() {
            text.push_str(part);
        } else if !text.ends_with('}') {
            // Two that touch each other are one: nothing would tell where the first ends.
            let name = part.trim_matches(|it: char| !it.is_ascii_alphanumeric());
            let is_name = part.len() > 2 && part.starts_with(['{', '<', '$']) && !name.is_empty();
            let name = claim(&mut taken, if is_name { snake(name, "value") } else { "value".to_owned() }, "_");
            text.push_str(&format!("{{{name}}}"));
            names.push(name);
        }
    }
    let has_words = Template::new(&text).fill(|_| Some("")).contains(char::is_alphanumeric);
    if has_words { (text.trim().to_owned(), names) } else { (String::new(), Vec::new()) }
}

/// The length of what varies at the start of a text.
fn variable(text: &str, before: Option<char>) -> Option<usize> {
    let first = text.chars().next()?;
    let closed = |by: char| text.find(by).map(|at| at + 1);
    match first {
        '{' => Some(closed('}').unwrap_or(1)),
        '}' => Some(1),
        '$' if text.starts_with("${") => Some(closed('}').unwrap_or(2)),
        '<' => closed('>').filter(|end| text[1..end - 1].chars().all(|it| it.is_alphanumeric() || it == '_')),
        '%' if text.starts_with("%s") || text.starts_with("%d") => Some(2),
        'X' | 'x' if !before.is_some_and(char::is_alphanumeric) => {
            let end = text.find(|it| it != first).unwrap_or(text.len());
            (end > 1 && !text[end..].starts_with(char::is_alphanumeric)).then_some(end)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_stands_in_braces() {
        for (message, wanted, names) in [
            ("shelf XX does not exist!", "shelf {value} does not exist!", vec!["value"]),
            ("app:XX#xxx is full", "app:{value}#{value_2} is full", vec!["value", "value_2"]),
            ("no {shelfId} in ${shop}", "no {shelf_id} in {shop}", vec!["shelf_id", "shop"]),
            ("<user> has %s", "{user} has {value}", vec!["user", "value"]),
            ("ids [XX,XX]", "ids [{value},{value_2}]", vec!["value", "value_2"]),
            ("a } b { c", "a {value} b {value_2} c", vec!["value", "value_2"]),
            ("XX{a}", "", vec![]),
            ("Xerox xx1 axx", "Xerox xx1 axx", vec![]),
            ("Preis: XX €", "Preis: {value} €", vec!["value"]),
        ] {
            assert_eq!(
                template(message),
                (wanted.to_owned(), names.into_iter().map(str::to_owned).collect()),
                "{message}"
            );
        }
    }
}
