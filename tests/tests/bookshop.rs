//! The bookshop uses the whole spec language, so that whatever a spec can say has been generated, compiled and run.

use std::collections::BTreeSet;

use apigen_tests::{read_spec, root};
use serde_json::Value;

/// What the bookshop does without.
const UNUSED: &[(&str, &str)] = &[
    ("union", "clients do not know unions yet"),
    ("tag", "belongs to unions"),
    ("placed", "belongs to unions"),
    ("inside", "belongs to unions"),
    ("beside", "belongs to unions"),
];

#[test]
fn every_key_and_every_choice_of_the_spec_language_is_used() {
    let sources = read_spec(&root().join("cases/bookshop/spec"));
    let text: String = sources.iter().map(|(file, _)| sources.text(file)).collect();
    let mut words = BTreeSet::new();
    collect(&apigen_model::schema(), &mut words);
    assert!(words.len() > 100, "the schema names the keys of the language");
    let is_used = |word: &str| text.split(|it: char| !it.is_alphanumeric() && it != '_').any(|it| it == word);
    let unused: Vec<_> = words.iter().map(String::as_str).filter(|it| !is_used(it)).collect();
    let excused: Vec<_> = words.iter().map(String::as_str).filter(|it| UNUSED.iter().any(|(word, _)| word == it)).collect();
    assert_eq!(unused, excused);
}

/// The names of properties and the values of choices.
fn collect(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => words.extend(properties.keys().cloned()),
                    ("const", Value::String(choice)) => {
                        words.insert(choice.clone());
                    }
                    ("enum", Value::Array(choices)) => words.extend(choices.iter().filter_map(Value::as_str).map(str::to_owned)),
                    _ => {}
                }
                collect(value, words);
            }
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
