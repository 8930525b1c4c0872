//! The words of the spec's vocabulary, ready to be looked up.

use std::collections::{HashMap, HashSet};

use apigen_model::ir::{self, Column, Heading, Meaning};

use crate::document::Part;
use crate::facts::{Amount, Shape, Unit};
use crate::phrases::Phrases;
use crate::spelling::{key, loose, narrow};

/// What the words of pages mean, and where the API is served.
#[derive(Debug)]
pub struct Vocabulary {
    headings: HashMap<String, Heading>,
    columns: HashMap<String, Column>,
    required: HashMap<String, bool>,
    types: HashMap<String, Shape>,
    units: HashMap<String, Amount>,
    nothing: HashSet<String>,
    no_parameters: HashSet<String>,
    limits: Phrases<Option<Unit>>,
    rates: Phrases<Option<Unit>>,
    defaults: Phrases<()>,
    values: Phrases<()>,
    within: Phrases<()>,
    /// How many segments of a path belong to the server's URL.
    server_segments: usize,
}

/// A text with what it takes to tell the line of a place in it.
pub(crate) struct Prose {
    /// The parts, narrow, with a line break between two.
    text: String,
    /// Where each part begins, and its line.
    lines: Vec<(usize, usize)>,
}

impl Vocabulary {
    /// The vocabulary of an API.
    pub fn new(api: &ir::Api) -> Self {
        let with = |wanted: fn(Meaning) -> bool| {
            api.vocabulary.iter().filter(move |it| wanted(it.meaning)).map(|it| (it.text.as_str(), ()))
        };
        let units: HashMap<_, _> =
            api.vocabulary.iter().filter_map(|it| unit(it).map(|unit| (key(&it.text), unit))).collect();
        let words: Vec<_> = api.vocabulary.iter().filter(|it| unit(it).is_some()).map(|it| it.text.as_str()).collect();
        let limits = api.vocabulary.iter().filter_map(|it| match it.meaning {
            Meaning::Limit(count) => Some((it.text.as_str(), count)),
            _ => None,
        });
        // Limits come first: in `at most 10 calls a minute`, the shorter phrase would find ten calls.
        let rates = with(|it| it == Meaning::Rate).map(|it| (it.0, None));
        let rates = limits.clone().chain(rates);
        Self {
            headings: table(api, |it| if let Meaning::Heading(it) = it { Some(it) } else { None }),
            columns: table(api, |it| if let Meaning::Column(it) = it { Some(it) } else { None }),
            required: table(api, |it| if let Meaning::Required(it) = it { Some(it) } else { None }),
            types: table(api, |it| if let Meaning::Type(it) = it { Some(it) } else { None }),
            nothing: with(|it| it == Meaning::Nothing).map(|it| key(it.0)).collect(),
            no_parameters: with(|it| it == Meaning::NoParameter).map(|it| loose(it.0)).collect(),
            limits: Phrases::new(limits, &words),
            rates: Phrases::new(rates, &words),
            defaults: Phrases::new(with(|it| it == Meaning::Default), &[]),
            values: Phrases::new(with(|it| it == Meaning::Value), &[]),
            within: Phrases::new(with(|it| it == Meaning::Within), &[]),
            server_segments: server_segments(&api.server.url),
            units,
        }
    }

    /// What stands under a heading; `None` when it is a title.
    pub(crate) fn heading(&self, text: &str) -> Option<Heading> {
        self.headings.get(&key(text)).copied()
    }

    /// What stands in a column.
    pub(crate) fn column(&self, text: &str) -> Option<Column> {
        self.columns.get(&key(text)).copied()
    }

    /// Whether a parameter must be there.
    pub(crate) fn required(&self, text: &str) -> Option<bool> {
        self.required.get(&key(text)).copied()
    }

    /// The shape that a word stands for.
    pub(crate) fn shape(&self, text: &str) -> Option<Shape> {
        self.types.get(&key(text)).copied()
    }

    /// Whether a cell says nothing.
    pub(crate) fn is_nothing(&self, text: &str) -> bool {
        let key = key(text);
        key.is_empty() || self.nothing.contains(&key)
    }

    /// Whether a name is that of a header of every request, or of a part of the server's URL.
    pub(crate) fn is_no_parameter(&self, name: &str) -> bool {
        self.no_parameters.contains(&loose(name))
    }

    /// The numbers that bound something, with their lines.
    pub(crate) fn limits(&self, prose: &Prose) -> Vec<(Amount, usize)> {
        self.amounts(&self.limits, prose)
    }

    /// How often something may be called and what else bounds it, with the lines.
    pub(crate) fn rates(&self, prose: &Prose) -> Vec<(Amount, usize)> {
        self.amounts(&self.rates, prose)
    }

    /// The defaults that a text states, with their lines.
    pub(crate) fn defaults(&self, prose: &Prose) -> Vec<(String, usize)> {
        words(&self.defaults, prose)
    }

    /// The values that a text states, with their lines.
    pub(crate) fn values(&self, prose: &Prose) -> Vec<(String, usize)> {
        words(&self.values, prose)
    }

    /// The field that a heading or sentence puts the next table within.
    pub(crate) fn within(&self, prose: &Prose) -> Option<String> {
        words(&self.within, prose).pop().map(|it| it.0)
    }

    /// How many segments of a path belong to the server's URL.
    pub(crate) fn server_segments(&self) -> usize {
        self.server_segments
    }

    fn amounts(&self, phrases: &Phrases<Option<Unit>>, prose: &Prose) -> Vec<(Amount, usize)> {
        let mut amounts = Vec::new();
        for found in phrases.find(&prose.text) {
            let line = prose.line(found.start);
            let named = found.places.iter().find_map(|it| self.units.get(&key(it))).copied();
            let amount = match found.meaning {
                Some(unit) => Some(Amount { number: 1, unit }),
                None => named,
            };
            let Some(Amount { number: times, unit }) = amount else { continue };
            for number in found.places.iter().filter_map(|it| number(it)) {
                amounts.extend(number.checked_mul(times).map(|number| (Amount { number, unit }, line)));
            }
        }
        amounts
    }
}

impl Prose {
    /// The text of parts.
    pub(crate) fn new(parts: &[Part]) -> Self {
        let (mut text, mut lines) = (String::new(), Vec::new());
        for part in parts {
            if !text.is_empty() {
                text.push('\n');
            }
            lines.push((text.len(), part.line));
            text.push_str(&narrow(&part.text));
        }
        Self { text, lines }
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The line of a place in the text.
    pub(crate) fn line(&self, place: usize) -> usize {
        let index = self.lines.partition_point(|(start, _)| *start <= place);
        index.checked_sub(1).and_then(|it| self.lines.get(it)).map_or(1, |it| it.1)
    }
}

fn table<T>(api: &ir::Api, wanted: impl Fn(Meaning) -> Option<T>) -> HashMap<String, T> {
    api.vocabulary.iter().filter_map(|it| wanted(it.meaning).map(|meaning| (key(&it.text), meaning))).collect()
}

fn unit(phrase: &ir::Phrase) -> Option<Amount> {
    match phrase.meaning {
        Meaning::Unit(number, count) => Some(Amount { number, unit: count }),
        _ => None,
    }
}

fn words(phrases: &Phrases<()>, prose: &Prose) -> Vec<(String, usize)> {
    let found = phrases.find(&prose.text).into_iter();
    found.filter_map(|it| it.places.first().map(|place| ((*place).to_owned(), prose.line(it.start)))).collect()
}

fn number(text: &str) -> Option<u64> {
    let digits = text.starts_with(|it: char| it.is_ascii_digit()).then(|| text.replace(',', ""))?;
    digits.parse().ok()
}

/// Segments of the path of a URL whose host is its first part.
fn server_segments(url: &str) -> usize {
    let url = url.split_once("://").map_or(url, |it| it.1);
    url.trim_end_matches('/').split('/').count().saturating_sub(1)
}
