//! Phrases with places, searched for all at once.

use std::ops::Range;

use regex::{Captures, Regex, RegexBuilder};

/// Several phrases, searched for together: in linear time, the earliest in the text first.
#[derive(Debug, Default)]
pub(crate) struct Phrases<T> {
    /// `None` when there is nothing to look for.
    regex: Option<Regex>,
    /// What each phrase means, in the order of the alternatives.
    meanings: Vec<Alternative<T>>,
}

#[derive(Debug)]
struct Alternative<T> {
    meaning: T,
    /// The groups of its places.
    places: Range<usize>,
}

/// A phrase that was found.
#[derive(Debug)]
pub(crate) struct Found<'t, T> {
    /// What it means.
    pub(crate) meaning: T,
    /// Where it begins.
    pub(crate) start: usize,
    /// What stands in its places, with what follows directly in the text of a place `{n}` with a unit.
    pub(crate) places: Vec<&'t str>,
}

impl<T: Copy> Phrases<T> {
    /// Phrases and what they mean. `units` are the words that `{unit}` stands for.
    pub(crate) fn new<'p>(phrases: impl IntoIterator<Item = (&'p str, T)>, units: &[&str]) -> Self {
        let unit = units_pattern(units);
        let mut pattern = String::new();
        let mut meanings = Vec::new();
        let mut groups = 1;
        for (phrase, meaning) in phrases {
            let (alternative, places) = alternative(phrase, &unit);
            if !pattern.is_empty() {
                pattern.push('|');
            }
            // The group of the phrase as a whole tells which one was found.
            pattern.push_str(&format!("({alternative})"));
            meanings.push(Alternative { meaning, places: groups + 1..groups + 1 + places });
            groups += 1 + places;
        }
        let regex = if pattern.is_empty() { None } else { compiled(&pattern) };
        Self { regex, meanings }
    }

    /// What of them stands in a text, which must be narrow.
    pub(crate) fn find<'t>(&self, text: &'t str) -> Vec<Found<'t, T>> {
        let Some(regex) = &self.regex else { return Vec::new() };
        regex.captures_iter(text).filter_map(|captures| self.found(&captures)).collect()
    }

    fn found<'t>(&self, captures: &Captures<'t>) -> Option<Found<'t, T>> {
        let alternative = self.meanings.iter().find(|it| captures.get(it.places.start - 1).is_some())?;
        let places = alternative.places.clone().filter_map(|group| captures.get(group).map(|it| it.as_str())).collect();
        Some(Found { meaning: alternative.meaning, start: captures.get(0)?.start(), places })
    }
}

fn compiled(pattern: &str) -> Option<Regex> {
    /// Phrases of a few words each stay far below; beyond it, a vocabulary would slow every page down.
    const SIZE: usize = 64 << 20;
    RegexBuilder::new(pattern).case_insensitive(true).size_limit(SIZE).dfa_size_limit(SIZE).build().ok()
}

/// The pattern of a phrase, and how many groups it has.
fn alternative(phrase: &str, unit: &str) -> (String, usize) {
    let phrase = crate::spelling::narrow(phrase);
    let mut pattern = boundary(phrase.chars().next()).to_owned();
    let mut places = 0;
    let mut rest = phrase.trim();
    while !rest.is_empty() {
        let (literal, place, behind) = next_place(rest);
        // Pages put spaces around names and numbers or do not.
        let words = literal.split_whitespace().map(|it| regex::escape(it) + r"\s*");
        pattern.extend(words);
        match place {
            Some("n") => pattern.push_str(r"([0-9]+(?:,[0-9]{3})*)"),
            Some("unit") => pattern.push_str(unit),
            Some("value") => pattern.push_str(r#"["']?([A-Za-z0-9_+-](?:[A-Za-z0-9_.+-]*[A-Za-z0-9_+-])?)["']?"#),
            Some("name") => pattern.push_str(r"([A-Za-z_][A-Za-z0-9_.-]*)"),
            // Few enough that a phrase stays within its clause.
            Some("words") => pattern.push_str(r#"[^0-9\n.,;:!?()\[\]{}"。、]{0,24}?"#),
            Some(_) | None => {}
        }
        if place.is_some() && !behind.is_empty() {
            pattern.push_str(r"\s*");
        }
        places += usize::from(place.is_some_and(|it| it != "words"));
        rest = behind;
    }
    (pattern, places)
}

/// A phrase up to its next place, the place, and what is behind.
fn next_place(phrase: &str) -> (&str, Option<&str>, &str) {
    let place = phrase.split_once('{').and_then(|(literal, rest)| {
        let (place, behind) = rest.split_once('}')?;
        Some((literal, Some(place), behind))
    });
    place.unwrap_or((phrase, None, ""))
}

/// A word of letters that a place stands for ends and begins where a word does.
fn boundary(char: Option<char>) -> &'static str {
    if char.is_some_and(|it| it.is_ascii_alphanumeric()) { r"(?-u:\b)" } else { "" }
}

fn units_pattern(units: &[&str]) -> String {
    let mut units: Vec<_> = units.iter().map(|it| crate::spelling::narrow(it)).collect();
    // Of several that fit, the longest is meant.
    units.sort_by(|left, right| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
    let words: Vec<_> = units
        .iter()
        .map(|unit| {
            let words: Vec<_> = unit.split_whitespace().map(regex::escape).collect();
            words.join(r"\s*") + boundary(unit.chars().last())
        })
        .collect();
    format!("({})", words.join("|"))
}
