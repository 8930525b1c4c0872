//! What the generator makes besides Rust is true to the spec: pages whose links lead somewhere, a document that accepts its
//! own examples, a summary without repetitions. Checked for the API of the project and for every case.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_tests::project;
use camino::{Utf8Path, Utf8PathBuf};
use scraper::{Html, Selector};
use serde_json::{Value, json};

/// The artefacts of every spec of the project, by its directory.
static ARTEFACTS: LazyLock<Vec<(Utf8PathBuf, FileTree)>> = LazyLock::new(|| {
    let cases = project::files_below("tests/cases").into_iter().filter(|it| it.ends_with("spec/api.yaml"));
    let cases = cases.map(|it| it.parent().expect("it has just been found in a directory").to_owned());
    cases.chain(["spec".into()]).map(|it: Utf8PathBuf| (it.clone(), project::generate(&project::spec(&it)))).collect()
});

/// The pages of a site, by file name.
fn pages(files: &FileTree) -> BTreeMap<String, Html> {
    let html = files.iter().filter(|(path, _)| path.extension() == Some("html"));
    html.map(|(path, text)| (path.file_name().unwrap_or_default().to_owned(), Html::parse_document(text))).collect()
}

/// The values of an attribute in a page, in order.
fn attributes<'a>(page: &'a Html, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let selector = Selector::parse(&format!("[{name}]")).expect("a name of an attribute is a selector");
    page.select(&selector).filter_map(|it| it.attr(name)).map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn document(files: &FileTree) -> Value {
    let text = files.get("openapi.json").expect("every API has a document");
    serde_json::from_str(text).expect("the document is JSON")
}

fn dump(spec: &Utf8Path) -> Value {
    let sources = project::sources(&project::spec(spec));
    apigen::dump::dump(&apigen::read(&sources, &mut Diagnostics::default()).expect("`generate` reports problems"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn every_link_of_the_site_leads_somewhere() {
    for (spec, files) in &*ARTEFACTS {
        let pages = pages(files);
        let ids: BTreeMap<_, Vec<_>> =
            pages.iter().map(|(name, page)| (name, attributes(page, "id").collect())).collect();
        for (name, ids) in &ids {
            assert_eq!(
                ids.iter().collect::<BTreeSet<_>>().len(),
                ids.len(),
                "{spec}: {name} has two elements with one id"
            );
        }
        for (name, page) in &pages {
            for href in attributes(page, "href").filter(|it| !it.starts_with("https://") && it != "assets/style.css") {
                let (file, id) = href.split_once('#').unwrap_or((&href, ""));
                let file = if file.is_empty() { name.as_str() } else { file };
                let ids = ids
                    .get(&file.to_owned())
                    .unwrap_or_else(|| panic!("{spec}: {name} links to {href}, which is not there"));
                assert!(
                    id.is_empty() || ids.iter().any(|it| it == id),
                    "{spec}: {name} links to {href}, which is not there"
                );
            }
        }
    }
}

#[test]
fn pages_run_nothing_and_load_nothing_from_elsewhere() {
    for (spec, files) in &*ARTEFACTS {
        for (name, page) in pages(files) {
            let policy = attributes(&page, "content").find(|it| it.contains("default-src 'none'"));
            assert!(policy.is_some_and(|it| !it.contains("script-src") && !it.contains("unsafe")), "{spec}: {name}");
            assert_eq!(attributes(&page, "src").count(), 0, "{spec}: {name}");
            let active =
                Selector::parse("script, style, iframe, object, embed, form, base, img, svg").expect("a selector");
            assert_eq!(page.select(&active).count(), 0, "{spec}: {name}");
        }
        assert!(files.get("site/assets/style.css").is_some_and(|it| !it.contains("url(") && !it.contains("@import")));
    }
}

#[test]
fn the_site_holds_every_fact_of_the_dump() {
    for (spec, files) in &*ARTEFACTS {
        let text = |name: &str| -> String {
            let page = files.get(&format!("site/{name}.html")).unwrap_or_else(|| panic!("{spec} has no page {name}"));
            Html::parse_document(page).root_element().text().collect()
        };
        let (errors, limits) = (text("errors"), text("limits"));
        for operation in list(&dump(spec), "operations") {
            let page = text(operation["resource"].as_str().expect("a resource has a name"));
            let expect = |page: &str, fact: &Value| {
                // The marks of code are not shown.
                let fact = &fact.as_str().expect("a fact is a text").replace('`', "");
                assert!(page.contains(fact), "{spec}: {} lacks {fact:?}", operation["id"]);
            };
            expect(&page, &operation["path"]);
            for parameter in list(operation, "parameters") {
                expect(&page, &parameter["name"]);
                for limit in list(parameter, "limits") {
                    expect(&limits, &limit["id"]);
                }
            }
            for error in list(operation, "errors") {
                // Some errors are told by their status alone.
                for fact in [&error["code"], &error["message"]].into_iter().filter(|it| !it.is_null()) {
                    expect(&errors, fact);
                }
            }
            for limit in list(operation, "rate_limits") {
                expect(&limits, &limit["id"]);
            }
            for example in list(operation, "examples") {
                expect(&page, &example["title"]);
            }
        }
    }
}

#[test]
fn lines_of_the_summary_are_facts_that_stand_once() {
    for (spec, files) in &*ARTEFACTS {
        let text = files.get("api.txt").expect("every API has a summary");
        let mut seen = BTreeSet::new();
        for line in text.lines().filter(|it| !it.is_empty()) {
            assert!(
                line.split_once("  ").is_some_and(|(subject, fact)| !subject.is_empty() && !fact.is_empty()),
                "{spec}: {line}"
            );
            assert!(seen.insert(line), "{spec} says it twice: {line}");
        }
    }
}

#[test]
fn operations_on_one_path_are_variants_of_the_first() {
    let files = project::generate(&project::spec("tests/cases/paths_that_meet/spec"));
    let document = document(&files);
    let paths = document["paths"].as_object().expect("there are paths");
    let found: Vec<_> = paths.iter().map(|(path, item)| (path.as_str(), ids(&item["get"]))).collect();
    let expected = [
        ("/notes/{id}", vec!["notes.read", "notes.several"]),
        ("/notes/latest", vec!["notes.latest", "notes.briefly"]),
    ];
    assert_eq!(found, expected.map(|(path, ids)| (path, ids.into_iter().map(str::to_owned).collect())));
}

/// The ids of an operation of the document and of its variants.
fn ids(operation: &Value) -> Vec<String> {
    let own = std::iter::once(operation).chain(list(operation, "x-variants"));
    own.map(|it| it["operationId"].as_str().expect("an operation has an id").to_owned()).collect()
}

/// Every operation of the document, its variants included.
fn operations(document: &Value) -> Vec<&Value> {
    let items = document["paths"].as_object().expect("there are paths").values();
    let operations = items.flat_map(|item| item.as_object().expect("a path is an object").values());
    operations.flat_map(|it| std::iter::once(it).chain(list(it, "x-variants"))).collect()
}

#[test]
fn the_document_has_every_operation_and_no_two_paths_of_one_shape() {
    for (spec, files) in &*ARTEFACTS {
        let document = document(files);
        let shapes = document["paths"]
            .as_object()
            .expect("there are paths")
            .keys()
            .map(|path| path.split('/').map(|it| if it.starts_with('{') { "{}" } else { it }).collect::<Vec<_>>());
        let shapes: Vec<_> = shapes.collect();
        assert_eq!(shapes.iter().collect::<BTreeSet<_>>().len(), shapes.len(), "{spec}");
        let found: BTreeSet<_> =
            operations(&document).into_iter().map(|it| it["operationId"].clone().to_string()).collect();
        let all: BTreeSet<_> = list(&dump(spec), "operations").iter().map(|it| it["id"].to_string()).collect();
        assert_eq!(found, all, "{spec}");
    }
}

/// A validator for a schema that stands in a document.
fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let whole = json!({ "components": document["components"], "allOf": [schema] });
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&whole).expect("the schema is a schema")
}

#[test]
fn the_document_accepts_its_own_examples() {
    let mut count = 0;
    for (spec, files) in &*ARTEFACTS {
        let document = document(files);
        for operation in operations(&document) {
            let responses = operation["responses"].as_object().expect("an operation has responses").values();
            for message in responses.chain([&operation["requestBody"]]) {
                let content = &message["content"]["application/json"];
                if content.is_null() {
                    continue;
                }
                let validator = validator(&document, &content["schema"]);
                for (name, example) in content["examples"].as_object().into_iter().flatten() {
                    let problems: Vec<_> = validator.iter_errors(&example["value"]).map(|it| it.to_string()).collect();
                    assert!(problems.is_empty(), "{spec}: {} {name}: {problems:?}", operation["operationId"]);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 0, "no spec has an example in JSON");
}

#[test]
fn the_document_refuses_texts_that_are_too_long() {
    let mut count = 0;
    for (spec, files) in &*ARTEFACTS {
        let document = document(files);
        for operation in operations(&document) {
            let limits = list(operation, "x-limits");
            let is_plain = |limit: &&Value| {
                let name = limit["name"].as_str().unwrap_or_default();
                let has_pattern = limits.iter().any(|it| it["name"] == name && it["rule"] == "pattern");
                let is_top = limit["in"] == "body" && !name.contains(['.', '[', '{']);
                is_top && limit["rule"] == "max_chars" && limit["when"].is_null() && !has_pattern
            };
            for limit in limits.iter().filter(is_plain) {
                let content = &operation["requestBody"]["content"]["application/json"];
                let examples = content["examples"].as_object().expect("an operation with a body has an example");
                let mut body = examples.values().next().expect("an operation has an example")["value"].clone();
                let most =
                    usize::try_from(limit["bound"].as_u64().expect("the bound is a number")).expect("it is small");
                let validator = validator(&document, &content["schema"]);
                for (length, is_accepted) in [(most, true), (most + 1, limit["enforced"] != "rejected")] {
                    body[limit["name"].as_str().unwrap_or_default()] = json!("猫".repeat(length));
                    assert_eq!(validator.is_valid(&body), is_accepted, "{spec}: {}, {length} characters", limit["id"]);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 0, "no spec limits a text of a body");
}
