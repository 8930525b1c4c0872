//! Pages of the vendor, from their source to facts: every directory of `pages/<spec>` holds a page and what is understood
//! of it by the vocabulary of that spec.
//!
//! Nothing is registered anywhere. The pages are made up. To accept a change after reading it:
//! `INSTA_UPDATE=always cargo test -p apigen-tests --test pages`.
#![expect(clippy::disallowed_methods, reason = "the pages are on disk")]

use std::fmt::Write;
use std::fs;
use std::rc::Rc;
use std::time::{Duration, Instant};

use apigen_model::diagnostics::Diagnostics;
use apigen_pages::Vocabulary;
use apigen_pages::facts::{Claim, Page};
use apigen_tests::dice::Dice;
use apigen_tests::project;
use camino::{Utf8Path, Utf8PathBuf};

/// Directories of cases, and the specs whose vocabulary they are read by.
const SPECS: [(&str, &str); 2] =
    [("tests/pages/bookshop", "tests/cases/bookshop/spec"), ("tests/pages/easemob", "spec")];

#[test]
fn pages_say_what_stands_beside_them() {
    for (cases, spec) in SPECS {
        let vocabulary = vocabulary(spec);
        for path in pages_in(cases) {
            let page = read(&path, &vocabulary);
            let mut settings = insta::Settings::new();
            settings.set_snapshot_path(path.parent().expect("a page stands in a directory"));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!("facts.txt", shown(&page)));
        }
    }
}

/// A digest holds claims in one line each and must not lose any.
#[test]
fn every_claim_is_read_as_it_is_written() {
    for (cases, spec) in SPECS {
        let vocabulary = vocabulary(spec);
        for path in pages_in(cases) {
            let page = read(&path, &vocabulary);
            for fact in page.operations.iter().flat_map(|it| &it.facts).chain(&page.common) {
                let text = fact.claim.to_string();
                assert_eq!(text.parse::<Claim>().as_ref(), Ok(&fact.claim), "{path}: {text}");
            }
        }
    }
}

/// Whatever happens to a page, it is read: nothing panics, and every line that is named exists.
#[test]
fn broken_pages_are_read() {
    const INSERTED: &[&str] = &[
        "",
        "\n",
        "|",
        "||",
        "^",
        "| --- |",
        "```",
        "`",
        "''%%",
        "[[",
        "]]",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "“",
        "'",
        ":",
        "：",
        "\\",
        "/*",
        "- ",
        "# ",
        "== x ==",
        "curl -d '",
        "POST /{",
        "?a={",
        "-",
        "\0",
        "\u{FEFF}",
        "\r\n",
        "书",
        "９",
        "99999999999999999999",
    ];
    let mut dice = Dice::new(0x5eed);
    for (path, text, vocabulary) in all_pages() {
        for _ in 0..50 {
            let mut text = text.clone();
            for _ in 0..=dice.throw(3) {
                let at = text.floor_char_boundary(dice.throw(text.len()));
                let end = text.ceil_char_boundary((at + dice.throw(40)).min(text.len()));
                match dice.throw(5) {
                    0 => text.truncate(at),
                    1 => drop(text.drain(..at)),
                    2 => text.replace_range(at..end, INSERTED[dice.throw(INSERTED.len())]),
                    3 => text.insert_str(at, &INSERTED[dice.throw(INSERTED.len())].repeat(dice.throw(200))),
                    _ => text = shuffled(&text, &mut dice),
                }
            }
            for name in [path.as_str(), "page.md", "page.txt"] {
                let lines = text.split('\n').count();
                let page = apigen_pages::read(name, &text, &vocabulary);
                let named = lines_of(&page).find(|it| !(1..=lines).contains(it));
                assert_eq!(named, None, "{path}: a line of {lines} in {text:?}");
            }
        }
    }
}

#[test]
fn what_nests_or_repeats_without_end() {
    let vocabulary = vocabulary("tests/cases/bookshop/spec");
    let request = "# A\n\n## Call\n\nGET /v2/shops/{shop_id}/a\n\n## Received\n\n";
    for text in [
        format!("{request}```\n{}\n```", "{\"a\": [".repeat(50_000)),
        format!("{request}```\n{}\n```", "\"a\": ".repeat(50_000)),
        format!("{request}```\ncurl {}\n```", "'\"".repeat(50_000)),
        format!("{request}{}", "| a ".repeat(100_000)),
        format!("{request}{}", "a | b\n---|---|\n".repeat(20_000)),
        format!("{request}{}", "> - ".repeat(20_000)),
        format!("^ {}", "[[%%".repeat(50_000)),
        format!("^a^\n{}", "|a\n".repeat(50_000)),
        "=== a ===\n{\n".repeat(20_000),
        "a | b\n---|---|\n".to_owned() + &"a\n".repeat(50_000),
        "[\n".repeat(50_000),
        "at most ".repeat(50_000) + "9",
        "9,999".repeat(50_000),
    ] {
        for name in ["page.md", "page.txt"] {
            let start = Instant::now();
            apigen_pages::read(name, &text, &vocabulary);
            let beginning: String = text.chars().take(80).collect();
            assert!(start.elapsed() < Duration::from_secs(10), "{name}: {beginning}");
        }
    }
}

/// Ten times as much of a page takes about ten times as long: what is quadratic takes a hundred times as long.
#[test]
fn long_pages_take_as_long_as_they_are() {
    let forms = ["bookshop/markdown/page.md", "bookshop/dokuwiki/page.txt", "bookshop/extracted/page.txt"];
    for (path, text, vocabulary) in all_pages().iter().filter(|(path, ..)| forms.iter().any(|it| path.ends_with(it))) {
        let time = |bytes: usize| {
            let text = text.repeat(bytes / text.len() + 1);
            let tries = (0..2).map(|_| {
                let start = Instant::now();
                apigen_pages::read(path.as_str(), &text, vocabulary);
                start.elapsed()
            });
            tries.min().unwrap_or_default()
        };
        let (short, long) = (time(40_000), time(400_000));
        assert!(long < short * 20 + Duration::from_millis(50), "{path}: {short:?}, and {long:?} for ten times as much");
    }
}

fn shuffled(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<_> = text.lines().collect();
    for _ in 0..dice.throw(20) {
        let (one, other) = (dice.throw(lines.len()), dice.throw(lines.len()));
        if !lines.is_empty() {
            lines.swap(one, other);
        }
    }
    lines.join("\n")
}

fn lines_of(page: &Page) -> impl Iterator<Item = usize> {
    let facts = page.operations.iter().flat_map(|it| &it.facts).chain(&page.common).map(|it| it.line);
    let operations = page.operations.iter().map(|it| it.line);
    facts.chain(operations).chain(page.unread.iter().map(|it| it.line))
}

/// All pages with the vocabulary of their spec.
fn all_pages() -> Vec<(Utf8PathBuf, String, Rc<Vocabulary>)> {
    let mut all = Vec::new();
    for (cases, spec) in SPECS {
        let vocabulary = Rc::new(vocabulary(spec));
        for path in pages_in(cases) {
            let text = fs::read_to_string(&path).expect("a page can be read");
            all.push((path, text, Rc::clone(&vocabulary)));
        }
    }
    all
}

/// The pages of the cases in a directory, in order.
fn pages_in(cases: &str) -> Vec<Utf8PathBuf> {
    let files = project::files_below(cases).into_iter();
    files.filter(|it| it.file_stem() == Some("page")).map(|it| project::root().join(it)).collect()
}

fn read(path: &Utf8Path, vocabulary: &Vocabulary) -> Page {
    let text = fs::read_to_string(path).expect("a page can be read");
    apigen_pages::read(path.as_str(), &text, vocabulary)
}

fn vocabulary(spec: &str) -> Vocabulary {
    let sources = project::sources(&project::spec(spec));
    let api = apigen_model::read_facts(&sources, &mut Diagnostics::default()).expect("the spec is valid");
    Vocabulary::new(&api)
}

/// Everything that a page says, a line each.
fn shown(page: &Page) -> String {
    let mut text = String::new();
    for fact in &page.common {
        writeln!(text, "{:4} {}", fact.line, fact.claim).expect("text can be written to");
    }
    for operation in &page.operations {
        let (method, path, title) = (&operation.method, &operation.path, &operation.title);
        writeln!(text, "\n{:4} {method} {path} ({title})", operation.line).expect("text can be written to");
        for fact in &operation.facts {
            writeln!(text, "{:4}   {}", fact.line, fact.claim).expect("text can be written to");
        }
    }
    if !page.unread.is_empty() {
        text.push('\n');
    }
    for unread in &page.unread {
        writeln!(text, "{:4} not read: {}", unread.line, unread.reason).expect("text can be written to");
    }
    text
}
