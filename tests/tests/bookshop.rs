//! The bookshop uses the whole spec language, so that whatever a spec can say has been generated, compiled and run.

use std::collections::BTreeSet;

use apigen_tests::{read_spec, root};
use serde_json::Value;

#[test]
fn every_key_and_every_choice_of_the_spec_language_is_used() {
    let sources = read_spec(&root().join("cases/bookshop/spec"));
    let text: String = sources.iter().map(|(file, _)| sources.text(file)).collect();
    let used: BTreeSet<_> = text.split(|it: char| !it.is_alphanumeric() && it != '_' && it != ':').collect();
    let mut language = BTreeSet::new();
    collect(&apigen_model::schema(), &mut language);
    assert!(language.len() > 100, "the schema names the keys of the language");
    let unused: Vec<_> = language.iter().filter(|it| !used.contains(it.as_str())).collect();
    assert_eq!(unused, Vec::<&String>::new());
}

/// The keys of the language, each with its colon, and the values that it lets choose from.
fn collect(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => {
                        words.extend(properties.keys().map(|it| format!("{it}:")));
                    }
                    ("const", Value::String(choice)) => {
                        words.insert(choice.clone());
                    }
                    ("enum", Value::Array(choices)) => {
                        words.extend(choices.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                collect(value, words);
            }
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
