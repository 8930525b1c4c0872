//! Other languages: which texts there are, what a reader of another language gets, and how the files are kept up to date.

use std::collections::{BTreeMap, BTreeSet};

use apigen_model::diagnostics::Diagnostics;
use apigen_model::load;
use apigen_model::translate::{self, Update};
use apigen_tests::project::{SpecFiles, sources, spec};
use camino::{Utf8Path, Utf8PathBuf};
use serde_yaml::Value;

/// A spec whose Chinese has one text that is missing and one that is out of date.
const UNFINISHED: &str = "tests/translations/spec";

/// Two specs with every construct that has a text.
const WHOLE: [&str; 2] = ["tests/errors/base", "tests/cases/bookshop/spec"];

/// The keys whose values are written for people.
const TEXTS: [&str; 11] =
    ["title", "summary", "description", "cause", "remedy", "says", "decision", "reason", "instead", "binary", "state"];

#[test]
fn every_text_for_people_has_an_address_of_its_own() {
    for directory in WHOLE {
        let files = spec(directory);
        let mut wanted = Vec::new();
        for text in files.values() {
            collect(&serde_yaml::from_str(text).expect("the spec is YAML"), &mut wanted);
        }
        let (mut addresses, mut found) = (BTreeSet::new(), Vec::new());
        let mut spec = load::spec(&sources(&files), &mut Diagnostics::default()).expect("the spec is valid");
        translate::texts(&mut spec, &mut |address, text| {
            assert!(addresses.insert(address.clone()), "{directory}: {address} leads to two texts");
            // What is counted stands in prose, but its key means other things elsewhere.
            if address.path.rsplit('.').next() != Some("unit") {
                found.push(text.value.clone());
            }
        });
        let without = |these: &[String], others: &[String]| -> Vec<String> {
            let count = |of: &[String], text: &String| of.iter().filter(|it| *it == text).count();
            these.iter().filter(|it| count(these, it) > count(others, it)).cloned().collect()
        };
        assert_eq!(without(&wanted, &found), Vec::<String>::new(), "{directory} has texts without an address");
        assert_eq!(without(&found, &wanted), Vec::<String>::new(), "{directory} has addresses of what is no text");
    }
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Mapping(entries) => {
            for (key, value) in entries {
                match (key.as_str().unwrap_or_default(), value) {
                    // Their values are those of the service.
                    ("error_body" | "request" | "response" | "example", Value::Mapping(inner))
                        if !inner.contains_key("fields") && !inner.contains_key("binary") => {}
                    // The reason of an outcome is a field; the state of a contradiction is one of two words.
                    ("outcome", _) => {}
                    ("state", Value::String(word)) if ["settled", "open"].contains(&word.as_str()) => {}
                    (key, Value::String(text)) if TEXTS.contains(&key) => texts.push(text.clone()),
                    (_, value) => collect(value, texts),
                }
            }
        }
        Value::Sequence(items) => items.iter().for_each(|it| collect(it, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Tagged(_) => {}
    }
}

#[test]
fn readers_get_their_language_and_english_where_there_is_none() {
    let sources = sources(&spec(UNFINISHED));
    let mut diagnostics = Diagnostics::default();
    let api = apigen::read_in(&sources, "zh", &mut diagnostics).expect("warnings stop nothing");
    let dump = format!("{:#}", apigen::dump::dump(&api));
    let problems = diagnostics.render_text(&sources, "spec", false);
    insta::with_settings!({ snapshot_path => "../translations", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("dump.json", dump);
        insta::assert_snapshot!("problems", problems);
    });
    let english = apigen::read_in(&sources, "en", &mut Diagnostics::default()).expect("English is always there");
    let read = apigen::read(&sources, &mut Diagnostics::default()).expect("the spec is valid");
    assert_eq!(format!("{english:?}"), format!("{read:?}"));
    assert!(apigen::read_in(&sources, "fr", &mut Diagnostics::default()).is_none());
}

#[test]
fn every_translation_reaches_the_api() {
    for directory in WHOLE {
        let files = translated(&spec(directory), |address| format!("文 {address}"));
        let mut diagnostics = Diagnostics::default();
        let api = apigen::read_in(&sources(&files), "zh", &mut diagnostics).expect("the spec is valid");
        assert!(diagnostics.is_empty(), "{}", diagnostics.render_text(&sources(&files), directory, false));
        let api = format!("{api:?}");
        for (path, text) in files.iter().filter(|(path, _)| path.starts_with("zh")) {
            let texts: BTreeMap<String, Value> = serde_yaml::from_str(text).expect("the file is YAML");
            for address in texts.keys() {
                assert!(api.contains(&format!("文 {address}")), "{directory}: {path}: {address}");
            }
        }
    }
}

#[test]
fn a_second_update_changes_nothing() {
    for directory in WHOLE {
        let once = updated(&declared(&spec(directory)));
        assert_eq!(updated(&once), once, "{directory}, with nothing translated");
        let whole = translated(&spec(directory), |address| format!("\"{address}\"\\ 'ü' # : {{}}\n\n第二段 👩‍👧 `"));
        assert_eq!(updated(&whole), whole, "{directory}, with everything translated");
    }
}

#[test]
fn translations_move_with_their_texts() {
    let before = translated(&spec("tests/errors/base"), |address| format!("文 {address}"));
    let changed = |changes: &[(&str, &str)]| -> String {
        let mut files = before.clone();
        let books = files.get_mut(Utf8Path::new("resources/books.yaml")).expect("the base has books");
        for (old, new) in changes {
            assert_eq!(books.matches(old).count(), 1, "{old}");
            *books = books.replace(old, new);
        }
        let updated = updated(&files);
        let lines = updated[Utf8Path::new("zh/resources/books.yaml")].lines().filter(|it| !it.starts_with("  of: "));
        lines.flat_map(|it| [it, "\n"]).collect()
    };
    let entry = |address: &str, text: &str| format!("\n{address}:\n  text: \"{text}\"\n");

    let renamed = changed(&[("  get:\n    http", "  read:\n    http")]);
    assert!(renamed.contains(&entry("operations.read.summary", "文 operations.get.summary")), "{renamed}");
    assert!(!renamed.contains("\noperations.get."), "{renamed}");

    let one = "      - {section: Lists, says: A hundred.}\n";
    let other = "      - {section: Limits, says: A thousand.}\n";
    let swapped = changed(&[(&format!("{one}{other}"), &format!("{other}{one}"))]);
    assert!(swapped.contains(&entry("discrepancies.size.claims.1.says", "文 discrepancies.size.claims.2.says")));
    assert!(swapped.contains(&entry("discrepancies.size.claims.2.says", "文 discrepancies.size.claims.1.says")));

    let gone = changed(&[("    description: A book.\n", "    description: A printed book.\n"), (one, "")]);
    assert!(!gone.contains("\ndiscrepancies.size.claims.2."), "{gone}");
    assert!(gone.contains(&entry("discrepancies.size.claims.1.says", "文 discrepancies.size.claims.2.says")));
    assert!(gone.contains(&entry("types.Book.description", "文 types.Book.description")), "an old one stays");
    assert!(gone.contains("# A printed book.\ntypes.Book.description:"), "{gone}");
}

#[test]
fn an_update_counts_what_is_left_to_do() {
    let sources = sources(&spec(UNFINISHED));
    let update = translate::update(&sources, "zh", &mut Diagnostics::default()).expect("the spec is valid");
    assert_eq!((update.translated, update.missing, update.stale), (16, 1, 1));
    let files: SpecFiles =
        update.files.into_iter().map(|(path, text)| (Utf8Path::new("zh").join(path), text)).collect();
    let here = spec(UNFINISHED);
    for (path, text) in &files {
        assert_eq!(here.get(path), Some(text), "{path} is in its one form");
    }
}

/// The spec with Chinese among its languages.
fn declared(files: &SpecFiles) -> SpecFiles {
    let mut files = files.clone();
    let api = files.get_mut(Utf8Path::new("api.yaml")).expect("every spec has it");
    let mut value: serde_json::Value = serde_yaml::from_str(api).expect("the file is YAML");
    value["api"]["languages"] = serde_json::json!(["zh"]);
    // JSON is YAML, too.
    *api = value.to_string();
    files
}

/// The spec with its files of Chinese brought up to date.
fn updated(files: &SpecFiles) -> SpecFiles {
    let Update { files: chinese, .. } =
        translate::update(&sources(files), "zh", &mut Diagnostics::default()).expect("the spec is valid");
    let is_english = |it: &(&Utf8PathBuf, &String)| !it.0.starts_with("zh");
    let english = files.iter().filter(is_english).map(|(path, text)| (path.clone(), text.clone()));
    english.chain(chinese.into_iter().map(|(path, text)| (Utf8Path::new("zh").join(path), text))).collect()
}

/// The spec with every text translated.
fn translated(files: &SpecFiles, translation: impl Fn(&str) -> String) -> SpecFiles {
    let mut files = updated(&declared(files));
    for (_, text) in files.iter_mut().filter(|(path, _)| path.starts_with("zh")) {
        let (mut address, mut english) = (String::new(), String::new());
        let mut line = |line: &str| {
            if let Some(comment) = line.strip_prefix("# ") {
                comment.clone_into(&mut english);
            } else if let Some(key) = line.strip_suffix(':') {
                address = serde_yaml::from_str(key).expect("a key is text");
            }
            if line != "  text: \"\"" {
                return format!("{line}\n");
            }
            // Code is the same in every language.
            let code: String = english.split('`').skip(1).step_by(2).flat_map(|it| [" `", it, "`"]).collect();
            format!("  text: {}\n", serde_json::Value::from(translation(&address) + &code))
        };
        *text = text.lines().map(&mut line).collect();
    }
    files
}
