//! The words of the vendor's pages, as one list.

use super::Spec;
use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::facts::{Shape, Unit};
use crate::ir::{Column, Heading, Meaning, Phrase};
use crate::load::Spanned;
use crate::spec;

/// Every phrase of every language, in the author's order.
pub(super) fn vocabulary(spec: &Spec, diagnostics: &mut Diagnostics) -> Vec<Phrase> {
    let mut all = List { phrases: Vec::new(), language: String::new() };
    for (language, vocabulary) in spec.pages.vocabulary.iter() {
        language.value.clone_into(&mut all.language);
        let spec::Vocabulary {
            headings,
            columns,
            required: spec::Marks { yes, no },
            types,
            units,
            limits,
            defaults,
            values,
            within,
            nothing,
            no_parameters,
        } = vocabulary;
        all.headings(headings);
        all.columns(columns);
        all.add(Meaning::Required(true), yes);
        all.add(Meaning::Required(false), no);
        all.types(types);
        for (word, amount) in units.iter() {
            match unit(amount) {
                Some((number, count)) => all.push(Meaning::Unit(number, count), word),
                None => diagnostics.push(no_unit(amount)),
            }
        }
        all.limits(limits);
        all.add(Meaning::Default, defaults);
        all.add(Meaning::Value, values);
        all.add(Meaning::Within, within);
        all.add(Meaning::Nothing, nothing);
        all.add(Meaning::NoParameter, no_parameters);
    }
    all.phrases
}

struct List {
    phrases: Vec<Phrase>,
    /// Of the vocabulary that is being read.
    language: String,
}

impl List {
    fn headings(&mut self, headings: &spec::Headings) {
        let spec::Headings {
            overview,
            rates,
            request,
            path,
            query,
            header,
            body,
            response,
            examples,
            request_examples,
            response_examples,
            errors,
            common,
            common_request,
            common_response,
            notes,
            other,
        } = headings;
        for (heading, phrases) in [
            (Heading::Overview, overview),
            (Heading::Rates, rates),
            (Heading::Request, request),
            (Heading::Path, path),
            (Heading::Query, query),
            (Heading::Header, header),
            (Heading::Body, body),
            (Heading::Response, response),
            (Heading::Examples, examples),
            (Heading::RequestExamples, request_examples),
            (Heading::ResponseExamples, response_examples),
            (Heading::Errors, errors),
            (Heading::Common, common),
            (Heading::CommonRequest, common_request),
            (Heading::CommonResponse, common_response),
            (Heading::Notes, notes),
            (Heading::Other, other),
        ] {
            self.add(Meaning::Heading(heading), phrases);
        }
    }

    fn columns(&mut self, columns: &spec::Columns) {
        let spec::Columns { name, r#type, required, default, description, status, code, message, method, url, rates } =
            columns;
        for (column, phrases) in [
            (Column::Name, name),
            (Column::Type, r#type),
            (Column::Required, required),
            (Column::Default, default),
            (Column::Description, description),
            (Column::Status, status),
            (Column::Code, code),
            (Column::Message, message),
            (Column::Method, method),
            (Column::Url, url),
            (Column::Rates, rates),
        ] {
            self.add(Meaning::Column(column), phrases);
        }
    }

    fn types(&mut self, types: &spec::TypeWords) {
        let spec::TypeWords { string, integer, number, boolean, list, object, file } = types;
        for (shape, phrases) in [
            (Shape::String, string),
            (Shape::Integer, integer),
            (Shape::Number, number),
            (Shape::Boolean, boolean),
            (Shape::List, list),
            (Shape::Object, object),
            (Shape::File, file),
        ] {
            self.add(Meaning::Type(shape), phrases);
        }
    }

    fn limits(&mut self, limits: &spec::LimitPhrases) {
        let spec::LimitPhrases { counted, value, per_second, per_minute, per_hour, per_day, rates } = limits;
        for (meaning, phrases) in [
            (Meaning::Limit(None), counted),
            (Meaning::Limit(Some(Unit::Value)), value),
            (Meaning::Limit(Some(Unit::PerSecond)), per_second),
            (Meaning::Limit(Some(Unit::PerMinute)), per_minute),
            (Meaning::Limit(Some(Unit::PerHour)), per_hour),
            (Meaning::Limit(Some(Unit::PerDay)), per_day),
            (Meaning::Rate, rates),
        ] {
            self.add(meaning, phrases);
        }
    }

    fn add(&mut self, meaning: Meaning, phrases: &spec::Phrases) {
        phrases.iter().for_each(|phrase| self.push(meaning, phrase));
    }

    fn push(&mut self, meaning: Meaning, phrase: &Spanned<String>) {
        let text = super::text(phrase);
        self.phrases.push(Phrase { language: self.language.clone(), text, meaning, at: phrase.span });
    }
}

/// How many of what, as in `1024 bytes`; one when no number is there.
fn unit(amount: &str) -> Option<(u64, Unit)> {
    let (number, word) = match amount.trim().split_once(' ') {
        Some((number, word)) => (number.parse().ok()?, word.trim()),
        None => (1, amount.trim()),
    };
    let count = Unit::ALL.into_iter().find(|it| it.as_str() == word)?;
    (number > 0).then_some((number, count))
}

fn no_unit(amount: &Spanned<String>) -> Diagnostic {
    let known: Vec<_> = Unit::ALL.iter().map(|it| format!("`{}`", it.as_str())).collect();
    Diagnostic::error(Code::E0411, amount.span, format!("`{}` is not how many of what a unit stands for", amount.value))
        .help(format!("write one of {}, with a number in front if it is several, as in `1024 bytes`", known.join(", ")))
}
