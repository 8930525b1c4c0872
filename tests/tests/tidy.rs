//! Rules of the project that no lint holds: what may stand in which file, and that nothing generated is stale.

use std::collections::BTreeSet;

use apigen_model::diagnostics::Diagnostics;
use apigen_model::ir::Api;
use apigen_tests::project::{SpecFiles, api, files_below, generate, sources, spec, text};
use camino::{Utf8Path, Utf8PathBuf};

/// What must know no API. Tests may take their examples where they like.
const NEUTRAL: [&str; 9] = [
    "generator/src",
    "generator/interpret/src",
    "generator/mock/src",
    "generator/model/src",
    "generator/pages/src",
    "runtime/src",
    "runtime/core/src",
    "runtime/testing/src",
    "templates",
];

/// The vendor's own words, beside those that the spec defines.
const VENDOR: [&str; 8] = ["easemob", "hyphenate", "agora", "环信", "chatgroup", "share_file", "grpid", "huanxin"];

/// Names of the spec that mean something to every API, so that finding them proves nothing.
const GENERAL: [&str; 3] = [
    // A status of HTTP.
    "forbidden",
    // A file of a spec has an id, too.
    "fileid",
    // What any API says of an old token.
    "token_expired",
];

#[test]
fn generator_runtime_and_templates_know_no_api() {
    let words = words_of(&api("spec"));
    assert!(words.len() > 20, "the words come from the spec: {words:?}");
    let mut found = Vec::new();
    for path in NEUTRAL.into_iter().flat_map(files_below) {
        for (number, line) in (1..).zip(text(&path).lines()) {
            let line = line.to_lowercase();
            let vendor = VENDOR.into_iter().filter(|it| line.contains(*it)).map(str::to_owned);
            let named = tokens(&line).filter(|it| words.contains(it));
            found.extend(vendor.chain(named).map(|word| format!("{path}:{number}: `{word}`")));
        }
    }
    assert!(found.is_empty(), "these belong into the spec:\n{}", found.join("\n"));
}

/// What words of pages mean stands in the vocabularies of specs: no text in code is one of them, in whatever language.
#[test]
fn readers_of_pages_know_no_language() {
    let specs = ["spec", "tests/cases/bookshop/spec"];
    let mut phrases: BTreeSet<_> =
        specs.into_iter().flat_map(|it| api(it).vocabulary).map(|it| it.text.to_lowercase()).collect();
    // A place of phrases is called so.
    phrases.remove("name");
    assert!(phrases.len() > 100, "the words come from the specs: {phrases:?}");
    let is_ideograph = |it: char| ('\u{4E00}'..='\u{9FFF}').contains(&it);
    let mut found = Vec::new();
    for path in files_below("generator/pages/src") {
        for (number, line) in (1..).zip(text(&path).lines()) {
            let texts = line.split('"').skip(1).step_by(2);
            // Words of the notation of facts, and of the spec language that drafts are written in, are of no language.
            let is_ours = path.file_name() == Some("facts.rs") || path.components().any(|it| it.as_str() == "import");
            let known = texts.filter(|it| !is_ours && phrases.contains(&it.to_lowercase()));
            found.extend(known.map(|it| format!("{path}:{number}: `{it}`")));
            if line.contains(is_ideograph) {
                found.push(format!("{path}:{number}: {line}"));
            }
        }
    }
    assert!(found.is_empty(), "these belong into the vocabulary of a spec:\n{}", found.join("\n"));
}

/// Ids of operations, names of resources and types, ids and codes of errors, in lower case. Single plain words, such as
/// `list`, are no proof; the id with its resource is.
fn words_of(api: &Api) -> BTreeSet<String> {
    let operations = api.operations.iter().flat_map(|it| [it.id.clone(), it.path.clone()]);
    let resources = api.resources.iter().map(|it| it.name.clone());
    let errors = api.errors.iter().flat_map(|it| {
        let codes = it.variants.iter().flat_map(|it| [it.code.clone(), it.message.clone()]);
        std::iter::once(it.name.clone()).chain(codes)
    });
    let types = api.types.iter().map(|it| it.name.clone());
    let compound =
        |it: &String| it.contains(['_', '.', '/', ' ']) || it.chars().filter(char::is_ascii_uppercase).count() > 1;
    let words = operations.chain(resources).chain(errors).chain(types).filter(compound);
    words.map(|it| it.to_lowercase()).filter(|it| !GENERAL.contains(&it.as_str())).collect()
}

/// The identifiers of a line, those joined by dots too.
fn tokens(line: &str) -> impl Iterator<Item = String> {
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.');
    let words = line.split(move |it: char| !is_part(it)).map(|it| it.trim_matches('.').to_owned());
    words.filter(|it| !it.is_empty()).collect::<Vec<_>>().into_iter()
}

#[test]
fn every_source_file_says_first_why_it_exists() {
    let missing: Vec<_> = rust_files()
        .filter(|path| {
            !text(path).lines().next().is_some_and(|line| line.starts_with("//! ") && line.len() > "//! ".len())
        })
        .collect();
    assert!(missing.is_empty(), "these files do not begin with a `//!` line: {missing:#?}");
}

/// All that is written by hand.
fn rust_files() -> impl Iterator<Item = Utf8PathBuf> {
    let files = ["generator", "runtime", "tests"].into_iter().flat_map(files_below);
    files.filter(|it| it.extension() == Some("rs"))
}

/// A field called like a method that every builder has would not compile.
#[test]
fn names_of_methods_in_macros_are_reserved() {
    let reserved = text("generator/src/emit/rust/names.rs");
    for file in ["calls", "client"] {
        let macros = text(format!("runtime/src/macros/{file}.rs"));
        let methods = macros.lines().filter_map(|line| line.trim().strip_prefix("pub fn ")?.split('(').next());
        for method in methods {
            assert!(reserved.contains(&format!("    \"{method}\",\n")), "{method} of {file}.rs is not reserved");
        }
    }
}

#[test]
fn templates_are_short() {
    // A style sheet decides nothing.
    let decides = |it: &Utf8PathBuf| it.extension() == Some("jinja") && !it.as_str().ends_with(".css.jinja");
    for path in files_below("templates").into_iter().filter(decides) {
        let lines = text(&path).lines().count();
        assert!(lines <= 80, "{path} has {lines} lines: what decides belongs into the view");
    }
}

#[test]
fn nothing_outside_tests_unwraps() {
    let sources = NEUTRAL.into_iter().filter(|it| it.ends_with("src"));
    for path in sources.flat_map(files_below).filter(|it| it.extension() == Some("rs")) {
        let text = text(&path);
        // Unit tests stand at the end of a file.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = (1..).zip(code.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"));
        for (number, line) in lines {
            assert!(!line.contains(".unwrap()"), "{path}:{number}: say with `expect` why it holds");
        }
    }
}

#[test]
fn every_snapshot_belongs_to_a_case() {
    let files: BTreeSet<_> = files_below("tests/errors").into_iter().collect();
    for snapshot in files.iter().filter(|it| it.extension() == Some("snap")) {
        let case = snapshot.with_extension("diff");
        assert!(files.contains(&case), "{snapshot} is left over from a case that is gone");
    }
    let pending = ["tests", "generator", "runtime"]
        .into_iter()
        .flat_map(files_below)
        .find(|it| it.as_str().ends_with(".snap.new"));
    assert_eq!(pending, None, "a snapshot waits to be reviewed");
}

#[test]
fn what_is_generated_is_up_to_date() {
    const MEND: &str = "to mend it: cargo run -p apigen -- generate";
    let files = generate(&spec("spec"));
    for (path, wanted) in files.iter() {
        let path = Utf8Path::new("generated").join(path);
        let is_there = apigen_tests::project::root().join(&path).exists();
        assert!(is_there && text(&path) == wanted, "{path} is stale; {MEND}");
    }
    for path in files_below("generated") {
        let below = path.strip_prefix("generated").expect("it was listed there");
        assert!(files.get(below.as_str()).is_some(), "{path} is not generated any more; {MEND}");
    }
}

#[test]
fn the_spec_is_translated() {
    let sources = sources(&spec("spec"));
    let mut diagnostics = Diagnostics::default();
    apigen_model::read(&sources, &mut diagnostics);
    let text = diagnostics.render_text(&sources, "spec", false);
    assert!(diagnostics.is_empty(), "each language that the spec declares is complete:\n{text}");
}

#[test]
fn the_schema_is_up_to_date() {
    let wanted = format!("{:#}\n", apigen_model::schema());
    let mend = "cargo run -p apigen -- schema > spec/schema.json";
    assert!(text("spec/schema.json") == wanted, "spec/schema.json is stale; to mend it: {mend}");
}

#[test]
fn the_files_of_each_spec_match_the_schema() {
    let schema = apigen_model::schema();
    for (directory, files) in ["spec", "tests/errors/base", "tests/translations/spec"].map(|it| (it, spec(it))) {
        for (path, text) in &files {
            let validator = jsonschema::validator_for(&part(&schema, path)).expect("the schema is one");
            let value: serde_json::Value = serde_yaml::from_str(text).expect("the file is YAML");
            let problems: Vec<_> =
                validator.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
            assert!(problems.is_empty(), "{directory}/{path}:\n{}", problems.join("\n"));
        }
    }
}

/// The schema of one kind of file, whose messages say more than those of all kinds together.
fn part(schema: &serde_json::Value, path: &Utf8Path) -> serde_json::Value {
    let name = match path.as_str() {
        "api.yaml" => "ApiFile",
        "pages.yaml" => "PagesFile",
        it if it.starts_with("resources/") => "ResourceFile",
        _ => "TranslationFile",
    };
    let mut schema = schema.clone();
    let object = schema.as_object_mut().expect("a schema is an object");
    object.remove("anyOf").expect("the schema is a choice between files");
    object.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
    schema
}

#[test]
fn each_file_of_the_spec_names_its_schema() {
    for (path, text) in &spec("spec") {
        let up = "../".repeat(path.components().count() - 1);
        let wanted = format!("# yaml-language-server: $schema={up}schema.json");
        assert_eq!(text.lines().next(), Some(wanted.as_str()), "spec/{path}: editors look there");
    }
}

#[test]
fn the_schema_refuses_what_the_loader_refuses() {
    let schema = apigen_model::schema();
    let change = |old: &str, new: &str| -> SpecFiles {
        let mut files = spec("tests/errors/base");
        let books = files.get_mut(Utf8Path::new("resources/books.yaml")).expect("the base has books");
        assert!(books.contains(old), "{old}");
        *books = books.replace(old, new);
        files
    };
    for (old, new) in [
        ("    summary: Reads a book.", "    sumary: Reads a book."),
        ("enforced: clamp", "enforced: clmap"),
        ("required: {when: {field: genre", "required: {when: {fields: genre"),
        ("    errors: [book_not_found]", "    errors: book_not_found"),
        ("type: integer, required: false, description: Number", "type: integer, requird: false, description: Number"),
    ] {
        let path = Utf8Path::new("resources/books.yaml");
        let validator = jsonschema::validator_for(&part(&schema, path)).expect("the schema is one");
        let value: serde_json::Value = serde_yaml::from_str(&change(old, new)[path]).expect("the file is YAML");
        assert!(!validator.is_valid(&value), "editors do not see `{new}`");
    }
}
