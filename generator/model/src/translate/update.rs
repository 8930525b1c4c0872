//! The files of a language in their one form: every text in the author's order, with the English above it.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::{Address, Language, State, find, hash, texts};
use crate::diagnostics::Diagnostics;
use crate::load;
use crate::progress::Progress;
use crate::resolve::Spec;
use crate::source::Sources;
use crate::text::one_line;

/// The files of a language, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Paths below the directory of the language, and texts.
    pub files: Vec<(Utf8PathBuf, String)>,
    /// How many texts are translated.
    pub translated: usize,
    /// How many have no translation.
    pub missing: usize,
    /// How many have a translation of another English.
    pub stale: usize,
}

/// A text, and what stands in the file about it.
struct Entry {
    address: Address,
    english: String,
    of: String,
    text: String,
}

/// Writes the files of a language anew. Translations stay with the address of their text; one whose text has moved, which
/// the hash tells, moves along; one whose text is gone is left out. `None` when the spec cannot be read.
pub fn update(sources: &Sources, tag: &str, diagnostics: &mut Diagnostics) -> Option<Update> {
    let mut spec = load::spec(sources, diagnostics)?;
    let languages = load::languages(sources, &spec, &Progress::default(), diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    let language = &languages[find(&languages, tag, diagnostics)?];
    let entries = entries(&mut spec, language);
    let mut update = Update { files: Vec::new(), translated: 0, missing: 0, stale: 0 };
    let mut files: Vec<(String, Vec<Entry>)> = Vec::new();
    for entry in entries {
        let count = match entry.text.as_str() {
            "" => &mut update.missing,
            _ if entry.of == hash(&entry.english) => &mut update.translated,
            _ => &mut update.stale,
        };
        *count += 1;
        match files.last_mut() {
            Some((file, entries)) if *file == entry.address.file => entries.push(entry),
            Some(_) | None => files.push((entry.address.file.clone(), vec![entry])),
        }
    }
    update.files =
        files.into_iter().map(|(file, entries)| (file.as_str().into(), text(sources, &file, tag, &entries))).collect();
    Some(update)
}

/// Every text of the spec with the translation that belongs to it.
fn entries(spec: &mut Spec, language: &Language) -> Vec<Entry> {
    let mut entries = Vec::new();
    // Translations that do not fit where they stand, by address: their text is gone, has moved, or has changed.
    let mut homeless = language.entries.clone();
    texts(spec, &mut |address, english| {
        let (of, text) = match language.state(address, english) {
            State::Done(translation) => {
                homeless.remove(address);
                (translation.of.value.clone(), translation.text.trim().to_owned())
            }
            State::Missing(_) | State::Stale(_) => (hash(english), String::new()),
        };
        entries.push(Entry { address: address.clone(), english: english.value.clone(), of, text });
    });
    homeless.retain(|_, (_, translation)| !translation.text.trim().is_empty());
    let mut by_hash: BTreeMap<String, Vec<Address>> = BTreeMap::new();
    for (address, (_, translation)) in homeless.iter().rev() {
        by_hash.entry(translation.of.value.clone()).or_default().push(address.clone());
    }
    let open = |it: &&mut Entry| it.text.is_empty();
    for entry in entries.iter_mut().filter(open) {
        let moved = by_hash.get_mut(&entry.of).and_then(Vec::pop);
        if let Some((_, translation)) = moved.and_then(|it| homeless.remove(&it)) {
            translation.text.trim().clone_into(&mut entry.text);
        }
    }
    // What nobody claimed stays where it stands, with its own hash, which says that it is out of date.
    for entry in entries.iter_mut().filter(open) {
        if let Some((_, translation)) = homeless.remove(&entry.address) {
            entry.of = translation.of.value;
            translation.text.trim().clone_into(&mut entry.text);
        }
    }
    entries
}

/// The text of a file.
fn text(sources: &Sources, file: &str, tag: &str, entries: &[Entry]) -> String {
    let mut text = String::new();
    // Editors find the schema from here as they do from the English.
    let english = sources.find(file).map_or("", |it| sources.text(it));
    let schema = english.lines().next().and_then(|it| it.strip_prefix("# yaml-language-server: $schema="));
    if let Some(schema) = schema {
        text.push_str(&format!("# yaml-language-server: $schema=../{schema}\n"));
    }
    text.push_str(&format!(
        "# {file} in the language `{tag}`. `apigen translate {tag}` keeps the form of this file.\n"
    ));
    for Entry { address, english, of, text: translation } in entries {
        let key = key(&address.path);
        let (of, translation) = (quoted(of), quoted(translation));
        text.push_str(&format!("\n# {}\n{key}:\n  of: {of}\n  text: {translation}\n", one_line(english)));
    }
    text
}

/// An address as a key of YAML.
fn key(path: &str) -> String {
    let is_plain = path.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'_' | b'-' | b'#'));
    if is_plain { path.to_owned() } else { quoted(path) }
}

/// A text in double quotes: a string of JSON is one of YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
