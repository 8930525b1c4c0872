//! The words of the vendor's pages: that each phrase has the places it needs, and that none means two things.

use std::collections::BTreeMap;
use std::mem::discriminant;

use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ir::{Api, Meaning, Phrase};

pub(super) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    let mut known: BTreeMap<String, Vec<&Phrase>> = BTreeMap::new();
    for phrase in &api.vocabulary {
        places(phrase, diagnostics);
        let spelling = phrase.text.split_whitespace().collect::<String>().to_lowercase();
        let others = known.entry(spelling).or_default();
        let same_kind = |it: &&&Phrase| discriminant(&it.meaning) == discriminant(&phrase.meaning);
        if let Some(other) = others.iter().find(same_kind).filter(|it| it.meaning != phrase.meaning) {
            let problem =
                Diagnostic::error(Code::E0411, phrase.at, format!("`{}` has another meaning already", phrase.text))
                    .secondary(other.at, "here")
                    .help("a page cannot tell the two apart: keep one of them");
            diagnostics.push(problem);
        }
        others.push(phrase);
    }
}

/// The places that a phrase of a kind may have; those with `true` it must have.
fn allowed(meaning: Meaning) -> &'static [(&'static str, bool)] {
    match meaning {
        Meaning::Limit(Some(_)) => &[("n", true), ("words", false)],
        Meaning::Limit(None) | Meaning::Rate => &[("n", true), ("unit", true), ("words", false)],
        Meaning::Default | Meaning::Value => &[("value", true), ("words", false)],
        Meaning::Within => &[("name", true), ("words", false)],
        Meaning::Heading(_)
        | Meaning::Column(_)
        | Meaning::Required(_)
        | Meaning::Type(_)
        | Meaning::Unit(..)
        | Meaning::Nothing
        | Meaning::NoParameter => &[],
    }
}

fn places(phrase: &Phrase, diagnostics: &mut Diagnostics) {
    let allowed = allowed(phrase.meaning);
    if allowed.is_empty() && !phrase.text.is_empty() {
        return;
    }
    let places: Vec<_> = phrase.text.split('{').skip(1).filter_map(|it| it.split_once('}').map(|it| it.0)).collect();
    let names: Vec<_> = allowed.iter().map(|(name, _)| format!("`{{{name}}}`")).collect();
    let mut report = |message: String| {
        let help = if names.is_empty() {
            "write the words as the page has them".to_owned()
        } else {
            format!("the places of this phrase are {}", names.join(", "))
        };
        diagnostics.push(Diagnostic::error(Code::E0411, phrase.at, message).help(help));
    };
    if phrase.text.is_empty() {
        return report("the phrase is empty".to_owned());
    }
    if let Some(place) = places.iter().find(|place| !allowed.iter().any(|(name, _)| name == *place)) {
        return report(format!("the phrase has no place `{{{place}}}`"));
    }
    if let Some((name, _)) = allowed.iter().find(|(name, needed)| *needed && !places.contains(name)) {
        report(format!("the phrase lacks the place `{{{name}}}`"));
    }
}
