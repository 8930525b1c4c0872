//! Other languages: which texts a spec has, their translations, what is wrong with them, and the files they stand in.
//!
//! The texts are English. A translation names its text by an address, and the English it was made from by a hash, so that
//! a text that changes is noticed and one that only moved is not translated twice.

mod check;
mod texts;
mod unwritten;
mod update;

use std::collections::BTreeMap;

pub(crate) use self::check::translated;
pub use self::texts::{Address, texts};
pub(crate) use self::unwritten::unwritten;
pub use self::update::{Update, update};
use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::load::Spanned;
use crate::source::{FileId, Span};
use crate::spec::Translation;

/// The tag of the language that a spec is written in.
pub const ENGLISH: &str = "en";

/// What a spec says in another language.
#[derive(Debug, Clone)]
pub struct Language {
    /// Its BCP 47 tag, where the spec declares it.
    pub tag: Spanned<String>,
    /// Its files, by the path of the file that they translate.
    pub(crate) files: BTreeMap<String, FileId>,
    /// Its translations, each with the place of its address.
    pub(crate) entries: BTreeMap<Address, (Span, Translation)>,
}

/// How far the translation of a text has come.
enum State<'a> {
    /// There is none; where its address stands, if it does.
    Missing(Option<Span>),
    /// It is one of another English.
    Stale(&'a Translation),
    /// It is there.
    Done(&'a Translation),
}

impl Language {
    fn state(&self, address: &Address, english: &str) -> State<'_> {
        match self.entries.get(address) {
            None => State::Missing(None),
            Some((at, it)) if it.text.trim().is_empty() => State::Missing(Some(*at)),
            Some((_, it)) if it.of.value != hash(english) => State::Stale(it),
            Some((_, it)) => State::Done(it),
        }
    }
}

/// The index of the language with a tag; that there is none is recorded.
pub(crate) fn find(languages: &[Language], tag: &str, diagnostics: &mut Diagnostics) -> Option<usize> {
    let found = languages.iter().position(|it| it.tag.value == tag);
    if found.is_none() {
        let diagnostic = Diagnostic::placeless(Code::E0602, format!("the language `{tag}` is not declared"));
        let known = languages.iter().map(|it| it.tag.value.as_str());
        diagnostics.push(diagnostic.help("add it to `languages` below `api` in `api.yaml`").did_you_mean(tag, known));
    }
    found
}

/// Whether a name has the form of a BCP 47 tag, as in `zh` or `pt-BR`.
pub(crate) fn is_tag(name: &str) -> bool {
    let is_word = |it: &str| (1..=8).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_alphanumeric());
    let language = name.split('-').next().unwrap_or_default();
    name.split('-').all(is_word)
        && (2..=3).contains(&language.len())
        && language.bytes().all(|it| it.is_ascii_lowercase())
}

/// The hash of an English text: FNV-1a of 32 bits, in hexadecimal. Where its lines break makes no difference.
pub(crate) fn hash(english: &str) -> String {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let hash = english.split_whitespace().enumerate().fold(0x811c_9dc5, |hash, (index, word)| {
        let hash = if index == 0 { hash } else { step(hash, b' ') };
        word.bytes().fold(hash, step)
    });
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_fnv_and_blind_to_line_breaks() {
        for (text, expected) in [("", "811c9dc5"), ("a", "e40c292c"), ("foobar", "bf9cf968")] {
            assert_eq!(hash(text), expected);
        }
        assert_eq!(hash("one two"), hash(" one\n  two\n"));
        assert_ne!(hash("one two"), hash("onetwo"));
    }

    #[test]
    fn tags_have_the_form_of_bcp_47() {
        for tag in ["zh", "zh-Hans", "pt-BR", "yue", "de-1996", "zh-Hant-HK"] {
            assert!(is_tag(tag), "{tag}");
        }
        for name in ["", "z", "resources", "Zh", "zh_CN", "zh-", "-zh", "z1", "zh-verylongword", "中文", "../zh"] {
            assert!(!is_tag(name), "{name}");
        }
    }
}
