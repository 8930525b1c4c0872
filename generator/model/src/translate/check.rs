//! The texts of a spec in another language, and what is wrong with them: texts that are missing, out of date, or not there any more, and code that was lost.

use std::collections::{BTreeMap, BTreeSet};

use super::{Address, Language, State, hash, texts};
use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::load::Spanned;
use crate::resolve::Spec;
use crate::source::Span;
use crate::spec::Translation;

/// More addresses without a text than this say nothing to a reader: the file was not rewritten after a change.
const FEW: usize = 5;

/// The texts of a file that are not translated.
struct Missing {
    first: Address,
    at: Option<Span>,
    count: usize,
}

/// The spec with its texts in a language, where it has them; what is wrong with them is recorded.
pub(crate) fn translated(spec: &Spec, language: &Language, diagnostics: &mut Diagnostics) -> Spec {
    let mut translated = spec.clone();
    let mut missing: BTreeMap<String, Missing> = BTreeMap::new();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    texts(&mut translated, &mut |address, text| {
        match known.get_mut(&address.file) {
            Some(paths) => paths.insert(address.path.clone()),
            None => known.entry(address.file.clone()).or_default().insert(address.path.clone()),
        };
        match language.state(address, text) {
            State::Missing(at) => {
                let first = || Missing { first: address.clone(), at, count: 0 };
                missing.entry(address.file.clone()).or_insert_with(first).count += 1;
            }
            // An old translation may be wrong, the English is not.
            State::Stale(translation) => diagnostics.push(stale(address, text, translation)),
            State::Done(translation) => {
                diagnostics.extend(other_code(address, text, translation));
                text.value.clone_from(&translation.text.value);
            }
        }
    });
    for (file, missing) in &missing {
        diagnostics.push(untranslated(language, file, missing));
    }
    let none = BTreeSet::new();
    for file in language.files.keys() {
        orphans(language, file, known.get(file).unwrap_or(&none), diagnostics);
    }
    translated
}

fn untranslated(language: &Language, file: &str, missing: &Missing) -> Diagnostic {
    let Missing { first, at, count } = missing;
    let tag = &language.tag.value;
    let of_file = language.files.get(file).map(|file| Span { file: *file, start: 0, end: 0 });
    let at = at.or(of_file).unwrap_or(language.tag.span);
    let message = match count {
        1 => format!("`{first}` of `{file}` is not translated to `{tag}`"),
        _ => format!("{count} texts of `{file}` are not translated to `{tag}`, the first is `{first}`"),
    };
    let help = format!("`apigen translate {tag}` puts every text into `{tag}/{file}`; write the translation there");
    Diagnostic::warning(Code::W0601, at, message).help(help)
}

fn stale(address: &Address, english: &Spanned<String>, translation: &Translation) -> Diagnostic {
    let message = format!("the English of `{address}` is not the one that was translated");
    let help = format!("make the translation say the same, then write `of: \"{}\"`", hash(english));
    Diagnostic::warning(Code::W0602, translation.of.span, message).secondary(english.span, "it says this").help(help)
}

/// Code is not translated: names, values and expressions mean the same to every reader.
fn other_code(address: &Address, english: &str, translation: &Translation) -> Option<Diagnostic> {
    let (wanted, found) = (code(english), code(&translation.text));
    if wanted == found {
        return None;
    }
    let listed = |these: &[&str], others: &[&str]| {
        let mut others = others.to_vec();
        let mut taken = |it: &&&str| others.iter().position(|other| other == *it).map(|at| others.remove(at)).is_none();
        let rest: Vec<_> = these.iter().filter(&mut taken).map(|it| format!("`{it}`")).collect();
        rest.join(", ")
    };
    let mut diagnostic = Diagnostic::warning(
        Code::W0603,
        translation.text.span,
        format!("the translation of `{address}` does not hold the same code as the English"),
    );
    for (what, code) in [("add", listed(&wanted, &found)), ("take out", listed(&found, &wanted))] {
        if !code.is_empty() {
            diagnostic = diagnostic.help(format!("{what} {code}"));
        }
    }
    Some(diagnostic)
}

/// What stands between pairs of backticks, in order of the alphabet: another language has another order.
fn code(text: &str) -> Vec<&str> {
    let mut code = Vec::new();
    let mut rest = text;
    while let Some((inside, after)) = rest.split_once('`').and_then(|(_, after)| after.split_once('`')) {
        code.push(inside);
        rest = after;
    }
    code.sort_unstable();
    code
}

/// Addresses that lead nowhere, of a file whose paths are known.
fn orphans(language: &Language, file: &str, known: &BTreeSet<String>, diagnostics: &mut Diagnostics) {
    let tag = &language.tag.value;
    let mend = format!("`apigen translate {tag}` moves what only has another address, and takes out the rest");
    if let (true, Some(id)) = (known.is_empty(), language.files.get(file)) {
        let message = format!("there is no file `{file}` that `{tag}/{file}` could translate");
        diagnostics.push(Diagnostic::error(Code::E0601, Span { file: *id, start: 0, end: 0 }, message).help(mend));
        return;
    }
    let first = Address { file: file.to_owned(), path: String::new() };
    let entries = language.entries.range(first..).take_while(|(it, _)| it.file == file);
    let mut orphans: Vec<_> = entries.filter(|(it, _)| !known.contains(&it.path)).collect();
    orphans.sort_by_key(|(_, (at, _))| *at);
    let more = orphans.len().saturating_sub(FEW);
    for (index, (address, (at, _))) in orphans.into_iter().take(FEW).enumerate() {
        let message = format!("`{file}` has no text `{address}`");
        let mut diagnostic = Diagnostic::error(Code::E0601, *at, message);
        if index + 1 == FEW && more > 0 {
            diagnostic = diagnostic.help(format!("so it is with {more} more of this file"));
        }
        diagnostics.push(diagnostic.did_you_mean(&address.path, known.iter().map(String::as_str)).help(mend.clone()));
    }
}
