//! The directories of other languages: which there are, and what stands in them.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::{Spanned, documents};
use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::progress::Progress;
use crate::resolve::Spec;
use crate::source::{Sources, Span};
use crate::spec::TranslationFile;
use crate::translate::{Address, ENGLISH, Language, is_tag};

/// Reads the languages that a spec declares, in its order. A directory of a language that it does not declare is reported.
pub fn languages(sources: &Sources, spec: &Spec, progress: &Progress, diagnostics: &mut Diagnostics) -> Vec<Language> {
    let mut tags = BTreeSet::new();
    let mut languages = Vec::new();
    for tag in spec.api.api.languages.iter() {
        if let Some(problem) = unusable(tag, &mut tags) {
            diagnostics.push(problem);
        } else {
            languages.push(language(tag, sources, progress, diagnostics));
        }
    }
    for (file, path) in sources.iter() {
        let Some(tag) = tag(path) else { continue };
        // One file of a directory speaks for all.
        if tags.insert(tag) {
            let message = format!("the language `{tag}` is not declared");
            let help = format!("add it to `languages` below `api` in `api.yaml`, or delete the directory `{tag}`");
            diagnostics.push(Diagnostic::error(Code::E0602, Span { file, start: 0, end: 0 }, message).help(help));
        }
    }
    languages
}

/// The language whose directory a file stands in, if it stands in one.
pub(super) fn tag(path: &Utf8Path) -> Option<&str> {
    path.as_str().split_once('/').map(|(directory, _)| directory).filter(|it| is_tag(it))
}

/// Why a tag cannot be used; one that can is noted.
fn unusable<'s>(tag: &'s Spanned<String>, known: &mut BTreeSet<&'s str>) -> Option<Diagnostic> {
    let (message, help) = if !is_tag(tag) {
        (format!("`{}` is not the tag of a language", tag.value), "write a tag of BCP 47, as in `zh` or `pt-BR`")
    } else if tag.value == ENGLISH {
        (format!("`{}` is the language that the spec is written in", tag.value), "delete it")
    } else if !known.insert(tag) {
        (format!("the language `{}` is declared twice", tag.value), "delete one of the two")
    } else {
        return None;
    };
    Some(Diagnostic::error(Code::E0603, tag.span, message).help(help))
}

fn language(tag: &Spanned<String>, sources: &Sources, progress: &Progress, diagnostics: &mut Diagnostics) -> Language {
    let mut language = Language { tag: tag.clone(), files: BTreeMap::new(), entries: BTreeMap::new() };
    let below = |(file, path): (_, &Utf8Path)| Some((path.strip_prefix(&tag.value).ok()?.to_string(), file));
    language.files = sources.iter().filter_map(below).collect();
    let files: Vec<_> = language.files.values().copied().collect();
    let read = documents::<TranslationFile>(&files, sources, progress, diagnostics);
    for (below, read) in language.files.keys().zip(read) {
        let Some(TranslationFile { texts }) = read else { continue };
        for (key, translation) in texts.iter() {
            let address = Address { file: below.clone(), path: key.value.clone() };
            language.entries.insert(address, (key.span, translation.clone()));
        }
    }
    language
}
