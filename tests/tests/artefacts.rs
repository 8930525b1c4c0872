//! What the generator makes besides Rust is true to the spec: pages whose links lead somewhere, a document that accepts its
//! own examples, a summary without repetitions. Checked for the API of the project and for every case.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use apigen_model::translate;
use apigen_tests::project::{self, SpecFiles};
use camino::{Utf8Path, Utf8PathBuf};
use pulldown_cmark::{Event, Parser, Tag};
use scraper::{Html, Selector};
use serde_json::{Value, json};

/// What becomes of a spec.
struct Artefacts {
    /// The directory of the spec.
    spec: Utf8PathBuf,
    sources: Sources,
    files: FileTree,
    /// The pages of the site, by path below its root.
    pages: BTreeMap<String, Page>,
}

/// What the tests look for in a page, which takes long to read.
struct Page {
    language: String,
    ids: Vec<String>,
    /// What the page leads to or loads.
    links: Vec<String>,
    /// What it loads.
    loaded: Vec<String>,
    policy: String,
    /// Elements that run something or load it in ways that no page needs.
    active: usize,
    text: String,
}

/// The artefacts of every spec of the project. The bookshop has another language here.
static ARTEFACTS: LazyLock<Vec<Artefacts>> = LazyLock::new(|| {
    let cases = project::files_below("tests/cases").into_iter().filter(|it| it.ends_with("spec/api.yaml"));
    let cases = cases.map(|it| it.parent().expect("it has just been found in a directory").to_owned());
    let all = cases.chain(["spec".into()]).map(|spec: Utf8PathBuf| {
        let files = project::spec(&spec);
        let files = if spec == BOOKSHOP { with_accents(files) } else { files };
        let (sources, files) = (project::sources(&files), project::generate(&files));
        let html = files.iter().filter(|(path, _)| path.extension() == Some("html"));
        let page = |(path, text): (&Utf8Path, &str)| {
            (below_site(path).expect("only the site has pages").to_owned(), page(text))
        };
        let pages = html.map(page).collect();
        Artefacts { spec, sources, files, pages }
    });
    all.collect()
});

const BOOKSHOP: &str = "tests/cases/bookshop/spec";

/// A made-up language: English with accents, so that nobody has to keep it up to date and untranslated text is seen.
const ACCENTS: &str = "en-XA";

/// A spec with a complete translation into English with accents.
fn with_accents(mut files: SpecFiles) -> SpecFiles {
    let api = files.get_mut(Utf8Path::new("api.yaml")).expect("every spec has one");
    *api = api.replacen("languages: []", &format!("languages: [{ACCENTS}]"), 1);
    let update = translate::update(&project::sources(&files), ACCENTS, &mut Diagnostics::default());
    for (path, text) in update.expect("the spec is valid").files {
        let mut lines = Vec::new();
        let mut english = "";
        for line in text.lines() {
            english = line.strip_prefix("# ").unwrap_or(english);
            lines.push(if line.starts_with("  text:") {
                format!("  text: {}", json!(accented(english)))
            } else {
                line.to_owned()
            });
        }
        files.insert(Utf8Path::new(ACCENTS).join(path), lines.join("\n") + "\n");
    }
    files
}

/// A text with accents outside its code.
fn accented(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let accent = |part: &str| part.replace('a', "á").replace('e', "é").replace('o', "ô").replace('u', "ü");
    parts.map(|(index, part)| if index % 2 == 0 { accent(part) } else { part.to_owned() }).collect::<Vec<_>>().join("`")
}

fn page(text: &str) -> Page {
    let page = Html::parse_document(text);
    let active = Selector::parse("script:not([src]), style, [style], iframe, object, embed, form, base, img");
    Page {
        language: page.root_element().attr("lang").unwrap_or_default().to_owned(),
        ids: attributes(&page, "id"),
        links: [attributes(&page, "href"), attributes(&page, "src")].concat(),
        loaded: attributes(&page, "src"),
        policy: attributes(&page, "content").into_iter().find(|it| it.contains("default-src")).unwrap_or_default(),
        active: page.select(&active.expect("a selector")).count(),
        text: page.root_element().text().collect(),
    }
}

/// The values of an attribute in a page, in order.
fn attributes(page: &Html, name: &str) -> Vec<String> {
    let selector = Selector::parse(&format!("[{name}]")).expect("a name of an attribute is a selector");
    page.select(&selector).filter_map(|it| it.attr(name)).map(str::to_owned).collect()
}

fn below_site(path: &Utf8Path) -> Option<&str> {
    path.as_str().strip_prefix("site/")
}

/// Where a relative link of a page leads.
fn target(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl Artefacts {
    /// The languages of the site: the directories that have an index.
    fn languages(&self) -> Vec<&str> {
        self.pages.keys().filter_map(|it| it.strip_suffix("/index.html")).collect()
    }

    /// The pages of a language, by file name.
    fn pages_in(&self, language: &str) -> BTreeMap<&str, &Page> {
        let mine = |(path, page)| Some((String::as_str(path).strip_prefix(language)?.strip_prefix('/')?, page));
        self.pages.iter().filter_map(mine).collect()
    }

    fn dump(&self, language: &str) -> Value {
        let api = apigen::read_in(&self.sources, language, &mut Diagnostics::default());
        apigen::dump::dump(&api.expect("`generate` reports problems"))
    }
}

fn document(files: &FileTree) -> Value {
    let text = files.get("openapi.json").expect("every API has a document");
    serde_json::from_str(text).expect("the document is JSON")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn every_link_of_the_site_leads_somewhere() {
    for Artefacts { spec, files, pages, .. } in &*ARTEFACTS {
        let ids = |page: &Page| page.ids.iter().cloned().collect::<BTreeSet<_>>();
        let ids: BTreeMap<_, _> = pages.iter().map(|(name, page)| (name.clone(), ids(page))).collect();
        for (name, page) in pages {
            assert_eq!(ids[name].len(), page.ids.len(), "{spec}: {name} has two elements with one id");
            for link in page.links.iter().filter(|it| !it.starts_with("https://")) {
                let (file, id) = link.split_once('#').unwrap_or((link, ""));
                let file = if file.is_empty() { name.clone() } else { target(name, file) };
                let is_there = files.get(&format!("site/{file}")).is_some()
                    && (id.is_empty() || ids.get(&file).is_some_and(|it| it.contains(id)));
                assert!(is_there, "{spec}: {name} leads to {link}, which is not there");
            }
        }
    }
}

#[test]
fn every_language_has_the_same_pages_with_the_same_anchors() {
    let mut counts = Vec::new();
    for artefacts in &*ARTEFACTS {
        let ids = |language| -> BTreeMap<_, _> {
            artefacts.pages_in(language).into_iter().map(|(name, page)| (name, &page.ids)).collect()
        };
        for language in artefacts.languages() {
            assert_eq!(ids(language), ids("en"), "{}: {language}", artefacts.spec);
            let tags: BTreeSet<_> = artefacts.pages_in(language).values().map(|it| it.language.as_str()).collect();
            assert_eq!(tags, BTreeSet::from([language]), "{}", artefacts.spec);
        }
        counts.push((artefacts.spec.as_str(), artefacts.languages().len()));
    }
    assert!(counts.contains(&("spec", 2)) && counts.contains(&(BOOKSHOP, 2)), "two APIs prove it: {counts:?}");
}

#[test]
fn what_is_translated_is_nowhere_in_english() {
    let bookshop = ARTEFACTS.iter().find(|it| it.spec == BOOKSHOP).expect("it is among the cases");
    let english = bookshop.dump("en");
    for operation in list(&english, "operations") {
        let page = bookshop.pages[&format!("{ACCENTS}/{}.html", operation["resource"].as_str().expect("a name"))]
            .text
            .as_str();
        for text in [&operation["summary"], &operation["description"]].into_iter().filter_map(Value::as_str) {
            let (shown, not_shown) = (accented(text).replace('`', ""), text.replace('`', ""));
            let first = |it: &str| it.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
            assert!(page.contains(&first(&shown)), "{}: {text}", operation["id"]);
            assert!(
                first(&shown) == first(&not_shown) || !page.contains(&first(&not_shown)),
                "{}: {text}",
                operation["id"]
            );
        }
    }
}

#[test]
fn every_page_has_a_twin_in_markdown_whose_links_lead_somewhere() {
    for Artefacts { spec, files, pages, .. } in &*ARTEFACTS {
        let list = files.get("site/llms.txt").expect("every site has a list for language tools");
        for name in pages.keys().filter(|it| it.contains('/')) {
            let twin = name.replace(".html", ".md");
            assert!(list.contains(&format!("]({twin})")), "{spec}: llms.txt does not list {twin}");
        }
        let twins = files.iter().filter_map(|(path, text)| Some((below_site(path)?, text)));
        let is_twin = |name: &str| Utf8Path::new(name).extension() == Some("md") || name == "llms.txt";
        for (name, text) in twins.filter(|(name, _)| is_twin(name)) {
            assert!(name == "llms.txt" || pages.contains_key(&name.replace(".md", ".html")), "{spec}: {name}");
            for event in Parser::new(text) {
                let Event::Start(Tag::Link { dest_url, .. }) = event else { continue };
                let file = dest_url.split('#').next().unwrap_or_default();
                let is_there = file.is_empty()
                    || file.starts_with("https://")
                    || files.get(&format!("site/{}", target(name, file))).is_some();
                assert!(is_there, "{spec}: {name} leads to {dest_url}, which is not there");
            }
        }
    }
}

#[test]
fn what_can_be_found_is_there() {
    for artefacts in &*ARTEFACTS {
        let spec = &artefacts.spec;
        let operations = artefacts.dump("en");
        for language in artefacts.languages() {
            let pages = artefacts.pages_in(language);
            let ids = |page: &Page| page.ids.iter().cloned().collect::<BTreeSet<_>>();
            let ids: BTreeMap<_, _> = pages.into_iter().map(|(name, page)| (name, ids(page))).collect();
            let text = artefacts.files.get(&format!("site/{language}/search.js")).expect("every language has an index");
            let value = text.trim_end().strip_prefix("self.apigenSearch=").and_then(|it| it.strip_suffix(';'));
            let index: Value = serde_json::from_str(value.expect("it sets one value")).expect("the value is JSON");
            let entries = list(&index, "entries");
            assert_eq!(entries.len() + 2, text.lines().count(), "{spec}: an entry is a line");
            for entry in entries {
                let [kind, href, title] = [0, 1, 2].map(|it| entry[it].as_str().unwrap_or_default());
                assert!(index["kinds"][kind].is_string() && !title.is_empty(), "{spec}: {entry}");
                let (file, id) = href.split_once('#').unwrap_or((href, ""));
                assert!(ids.get(file).is_some_and(|it| id.is_empty() || it.contains(id)), "{spec}: {entry}");
            }
            let found: BTreeSet<_> =
                entries.iter().filter(|it| it[0] == "operation").map(|it| it[3].as_str()).collect();
            let wanted = list(&operations, "operations").iter().map(|it| it["id"].as_str()).collect();
            assert_eq!(found, wanted, "{spec}");
        }
    }
}

#[test]
fn pages_run_only_the_scripts_beside_them_and_load_nothing_from_elsewhere() {
    for Artefacts { spec, files, pages, .. } in &*ARTEFACTS {
        for (name, page) in pages {
            let policy = &page.policy;
            let is_strict =
                ["default-src 'none';", "script-src 'self';", "style-src 'self';"].iter().all(|it| policy.contains(it));
            assert!(is_strict && !policy.contains("unsafe") && !policy.contains("http"), "{spec}: {name}: {policy}");
            for src in &page.loaded {
                assert!(target(name, src).starts_with("assets/"), "{spec}: {name} loads {src}");
            }
            assert_eq!(page.active, 0, "{spec}: {name}");
        }
        assert!(files.get("site/assets/style.css").is_some_and(|it| !it.contains("url(") && !it.contains("@import")));
    }
}

#[test]
fn the_site_holds_every_fact_of_the_dump() {
    for artefacts in &*ARTEFACTS {
        for language in artefacts.languages() {
            holds_every_fact(artefacts, language);
        }
    }
}

fn holds_every_fact(artefacts: &Artefacts, language: &str) {
    let spec = &artefacts.spec;
    let pages = artefacts.pages_in(language);
    let text = |name: &str| {
        pages.get(format!("{name}.html").as_str()).unwrap_or_else(|| panic!("{spec}: no {name}")).text.as_str()
    };
    for operation in list(&artefacts.dump(language), "operations") {
        let page = text(operation["resource"].as_str().expect("a resource has a name"));
        let expect = |page: &str, fact: &Value| {
            // The marks of code are not shown.
            let fact = &fact.as_str().expect("a fact is a text").replace('`', "");
            assert!(page.contains(fact), "{spec}, {language}: {} lacks {fact:?}", operation["id"]);
        };
        expect(page, &operation["path"]);
        for parameter in list(operation, "parameters") {
            expect(page, &parameter["name"]);
            for limit in list(parameter, "limits") {
                expect(text("limits"), &limit["id"]);
            }
        }
        for error in list(operation, "errors") {
            // Some errors are told by their status alone.
            for fact in [&error["code"], &error["message"]].into_iter().filter(|it| !it.is_null()) {
                expect(text("errors"), fact);
            }
        }
        for limit in list(operation, "rate_limits") {
            expect(text("rates"), &limit["id"]);
        }
        for example in list(operation, "examples") {
            expect(page, &example["title"]);
        }
    }
}

#[test]
fn lines_of_the_summary_are_facts_that_stand_once() {
    for Artefacts { spec, files, .. } in &*ARTEFACTS {
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
    for artefacts in &*ARTEFACTS {
        let Artefacts { spec, files, .. } = artefacts;
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
        let all: BTreeSet<_> =
            list(&artefacts.dump("en"), "operations").iter().map(|it| it["id"].to_string()).collect();
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
    for Artefacts { spec, files, .. } in &*ARTEFACTS {
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
    for Artefacts { spec, files, .. } in &*ARTEFACTS {
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
