//! Drafts: what `apigen import` makes of pages that the spec of the bookshop does not cover.
//!
//! A case is a directory of `import` with made-up pages; beside them stands what is drafted, and what a person is told to look
//! at. Nothing is registered anywhere. To accept a change after reading it:
//! `INSTA_UPDATE=always cargo test -p apigen-tests --test import`.

use std::collections::{BTreeMap, BTreeSet};

use apigen::import::{Import, PageFile, import};
use apigen_model::codes::Code;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use apigen_model::spec::PLACEHOLDER;
use apigen_tests::dice::Dice;
use apigen_tests::{import_cases, project};
use camino::Utf8PathBuf;

fn bookshop() -> Sources {
    project::sources(&project::spec("tests/cases/bookshop/spec"))
}

fn imported(sources: &Sources, pages: &[PageFile]) -> Import {
    let mut diagnostics = Diagnostics::default();
    match import(sources, pages, &mut diagnostics) {
        Ok(Some(import)) => import,
        Ok(None) => panic!("{}", diagnostics.render_text(sources, "", false)),
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn each_case_drafts_what_stands_beside_it() {
    for (directory, pages) in import_cases() {
        let import = imported(&bookshop(), &pages);
        let mut text = import.to_text(&pages, "spec");
        import.draft.pages.iter().for_each(|it| text.push_str(&format!("\n--- pages.yaml\n{}", it.text)));
        import.files.iter().for_each(|(path, file)| text.push_str(&format!("\n--- {path}\n{file}")));
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(directory);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("draft", text));
    }
}

#[test]
fn drafts_generate_and_what_is_to_be_written_is_reported() {
    for (directory, pages) in import_cases() {
        let import = imported(&bookshop(), &pages);
        let mut diagnostics = Diagnostics::default();
        let files = apigen::generate(&import.sources, &mut diagnostics);
        let problems = diagnostics.render_text(&import.sources, "", false);
        assert!(files.is_some(), "{directory}: {problems}");
        let others: Vec<_> = diagnostics.sorted().into_iter().filter(|it| it.code != Code::W0502).collect();
        assert!(others.is_empty(), "{directory}: {others:?}");
        let drafted = import.files.iter().map(|it| it.1).chain(import.draft.pages.iter().map(|it| it.text.as_str()));
        let marks =
            drafted.flat_map(str::lines).filter(|it| !it.starts_with('#')).flat_map(|it| it.matches(PLACEHOLDER));
        assert_eq!(marks.count(), diagnostics.sorted().len(), "{directory}: each is reported once");
    }
}

#[test]
fn what_stands_is_not_touched() {
    let sources = bookshop();
    for (directory, pages) in import_cases() {
        let import = imported(&sources, &pages);
        for (file, path) in sources.iter() {
            let now = import.sources.find(path.as_str()).expect("no file goes away");
            let (before, after) = (sources.text(file), import.sources.text(now));
            let kept: Vec<_> = before.lines().collect();
            let mut left = kept.iter();
            let mut next = left.next();
            after.lines().for_each(|line| {
                if next.is_some_and(|it| *it == line) {
                    next = left.next();
                }
            });
            assert_eq!(next, None, "{directory}: {path} keeps its lines");
            assert!(path == "pages.yaml" || before == after, "{directory}: {path}");
        }
        for (path, _) in import.files.iter() {
            assert_eq!(sources.find(path.as_str()), None, "{directory}: {path} is new");
        }
    }
}

#[test]
fn a_second_import_finds_nothing_new() {
    for (directory, pages) in import_cases() {
        let first = imported(&bookshop(), &pages);
        let second = imported(&first.sources, &pages);
        assert_eq!(second.draft.files, [], "{directory}");
        assert_eq!(second.draft.pages, [], "{directory}");
        assert_eq!(second.pages, None, "{directory}");
        let known: BTreeSet<_> = second.draft.known.iter().map(|it| it.operation.clone()).collect();
        for drafted in &first.draft.operations {
            assert!(known.contains(&drafted.operation), "{directory}: {} is known now", drafted.operation);
        }
    }
}

/// All the cases at once: names that meet get numbers.
#[test]
fn many_pages_are_drafted_together() {
    let pages: Vec<_> = import_cases().into_iter().flat_map(|(_, pages)| pages).collect();
    let import = imported(&bookshop(), &pages);
    let drafted: usize = import_cases().iter().map(|(_, it)| imported(&bookshop(), it).draft.operations.len()).sum();
    assert_eq!(import.draft.operations.len(), drafted);
}

#[test]
fn places_in_drafts_are_those_of_the_keys() {
    for (directory, pages) in import_cases() {
        let import = imported(&bookshop(), &pages);
        for drafted in &import.draft.operations {
            let (_, text) = &import.draft.files[drafted.spec.file];
            let (_, name) = drafted.operation.split_once('.').expect("an id has two parts");
            let line = text.lines().nth(drafted.spec.line - 1);
            assert_eq!(line, Some(format!("  {name}:").as_str()), "{directory}");
        }
        let json = import.to_json(&bookshop(), &pages, "spec");
        let notes = json["notes"].as_array().expect("notes are a list");
        assert_eq!(notes.len(), import.draft.notes.len(), "{directory}");
        for note in notes {
            assert!(note["kind"].is_string() && note["message"].is_string() && note["page"]["line"].is_u64(), "{note}");
        }
    }
}

/// Whatever pages hold, what is drafted of them can be read.
#[test]
fn broken_pages_are_drafted() {
    const INSERTED: &[&str] =
        &["", "\n", "|", "```", "{", "}", "{x}", "/", "?a={b}", ": ", " #", "\"", "- ", "XX", "书", "\u{202e}", "9"];
    let sources = bookshop();
    let mut pages: Vec<PageFile> = import_cases().into_iter().flat_map(|(_, pages)| pages).collect();
    pages.extend(
        project::files_below("tests/pages/bookshop")
            .into_iter()
            .filter(|it| it.extension() != Some("snap"))
            .map(|path| PageFile { id: None, text: project::text(&path), path: path.into_string() }),
    );
    let mut dice = Dice::new(0x5eed);
    for _ in 0..8 {
        let mut broken = pages.clone();
        for PageFile { text, .. } in &mut broken {
            for _ in 0..dice.throw(8) {
                let at = text.floor_char_boundary(dice.throw(text.len()));
                let end = text.ceil_char_boundary((at + dice.throw(30)).min(text.len()));
                text.replace_range(at..end, INSERTED[dice.throw(INSERTED.len())]);
            }
        }
        imported(&sources, &broken);
    }
}

#[test]
fn a_list_of_pages_that_has_no_place_is_refused() {
    let mut files: BTreeMap<Utf8PathBuf, String> = project::spec("tests/errors/base");
    let list = files.get_mut(camino::Utf8Path::new("pages.yaml")).expect("the base has pages");
    *list = "pages: {manual: {title: The manual, revision: \"2024\", language: en}}\nvocabulary:\n  en:\n    headings: {request: [Call]}\n".to_owned();
    let page = PageFile {
        id: Some("extra".to_owned()),
        path: "extra.md".to_owned(),
        text: "# Extra\n\n## Call\n\n```http\nPOST https://{host}/v1/extra\n```\n\n```shell\ncurl -X POST https://a.example/v1/extra -d '{\"a\": 1}'\n```\n".to_owned(),
    };
    let failure =
        import(&project::sources(&files), &[page], &mut Diagnostics::default()).expect_err("there is no place");
    assert!(failure.starts_with("pages.yaml has no place for more pages"), "{failure}");
}

#[test]
fn a_spec_with_errors_gets_no_draft() {
    let mut files = project::spec("tests/cases/bookshop/spec");
    files.insert("api.yaml".into(), String::new());
    let mut diagnostics = Diagnostics::default();
    let import = import(&project::sources(&files), &[], &mut diagnostics).expect("the spec is what fails");
    assert!(import.is_none() && diagnostics.has_errors());
}
