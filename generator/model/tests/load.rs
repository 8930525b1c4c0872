//! The loader as its callers see it: which values it yields and, for what it refuses, the report a maintainer reads.

use std::fmt;

use apigen_model::diagnostics::Diagnostics;
use apigen_model::load::{self, Entries, List, Spanned};
use apigen_model::source::Sources;
use camino::Utf8Path;
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::{self, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::Value;

#[derive(Debug, Deserialize)]
struct Shop {
    title: Spanned<String>,
    subtitle: Option<Spanned<String>>,
    kind: Spanned<Kind>,
    #[serde(default)]
    open: bool,
    ratio: Option<f64>,
    #[serde(default)]
    books: Entries<Book>,
    #[serde(default)]
    rules: List<Spanned<Rule>>,
    #[serde(default)]
    sizes: List<Size>,
    #[serde(default)]
    notes: Value,
}

#[derive(Debug, Deserialize)]
struct Book {
    title: Spanned<String>,
    pages: Spanned<u16>,
    #[serde(default)]
    tags: List<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Shelf,
    Table,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "the fields are read through Debug, in snapshots")]
enum Rule {
    Free,
    Min(Spanned<u32>),
    Max(f64),
}

/// A hand-written "scalar or mapping", as the types of the spec use it.
#[derive(Debug)]
#[expect(dead_code, reason = "the fields are read through Debug, in snapshots")]
enum Size {
    Number(u64),
    Text(String),
    Field(Spanned<String>),
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SizeVisitor;

        impl<'de> Visitor<'de> for SizeVisitor {
            type Value = Size;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a size, or `{field: …}`")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Size, E> {
                Ok(Size::Number(number))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Size, E> {
                Ok(Size::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Size, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct OtherField {
                    field: Spanned<String>,
                }
                OtherField::deserialize(de::value::MapAccessDeserializer::new(map)).map(|it| Size::Field(it.field))
            }
        }

        deserializer.deserialize_any(SizeVisitor)
    }
}

fn read<T: DeserializeOwned>(text: &str) -> (Option<T>, Diagnostics, Sources) {
    let sources: Sources = [("shop.yaml", text.to_owned())].into_iter().collect();
    let mut diagnostics = Diagnostics::default();
    let file = sources.find("shop.yaml").expect("it was put there");
    let value = load::document(file, &sources, &mut diagnostics);
    (value, diagnostics, sources)
}

fn report(text: &str) -> String {
    let (_, diagnostics, sources) = read::<Shop>(text);
    if diagnostics.is_empty() { String::new() } else { diagnostics.render_text(&sources, "spec", false) }
}

/// A loop rather than `insta::glob!`, which takes the blame for snapshots that fail in tests running beside it.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its cases")]
fn cases() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/load");
    let entries = std::fs::read_dir(directory).expect("the cases are there");
    let mut paths: Vec<_> = entries.map(|it| it.expect("an entry is readable").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().and_then(|it| it.to_str()).expect("names are ASCII");
        let text = std::fs::read_to_string(&path).expect("a case is readable");
        let (shop, diagnostics, sources) = read::<Shop>(&text);
        let report = if diagnostics.is_empty() {
            "no problem\n".to_owned()
        } else {
            diagnostics.render_text(&sources, "spec", false)
        };
        let read = shop.as_ref().map_or_else(|| "nothing".to_owned(), summary);
        insta::assert_snapshot!(name, format!("{report}\nread: {read}"));
    }
}

/// What was read, without the places.
fn summary(shop: &Shop) -> String {
    let books: Vec<_> = shop
        .books
        .iter()
        .map(|(key, it)| (&key.value, &it.title.value, it.pages.value, it.tags.iter().count()))
        .collect();
    let rules: Vec<_> = shop.rules.iter().map(|it| &it.value).collect();
    let sizes: Vec<_> = shop.sizes.iter().collect();
    let Shop { title, subtitle, kind, open, ratio, notes, .. } = shop;
    let subtitle = subtitle.as_ref().map(|it| &it.value);
    format!(
        "{:?} {subtitle:?} {:?} {open} {ratio:?}\n{books:?}\n{rules:?}\n{sizes:?}\n{notes}",
        title.value, kind.value
    )
}

#[test]
fn json_report() {
    let text = include_str!("load/duplicate_keys.yaml");
    let (_, diagnostics, sources) = read::<Shop>(text);
    insta::assert_snapshot!(diagnostics.render_json(&sources, "spec"));
}

/// Line endings and byte-order marks cannot stand in committed files, which git normalises; nothing is hard to see there.
#[test]
fn crlf_byte_order_mark_and_nothing() {
    insta::assert_snapshot!("empty", report(""));
    let text = include_str!("load/good.yaml");
    assert_eq!(report(&text.replace('\n', "\r\n")), "");
    assert_eq!(report(&format!("\u{feff}{text}")), "");
    let wrong = include_str!("load/text_before_the_caret.yaml");
    insta::assert_snapshot!("crlf", report(&wrong.replace('\n', "\r\n")));
    insta::assert_snapshot!("byte_order_mark", report("\u{feff}kind: 1\n"));
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        let text = format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
        let (value, diagnostics, _) = read::<Value>(&text);
        assert!(value.is_none() && diagnostics.has_errors(), "{open}");
        let codes: Vec<_> = diagnostics.sorted().iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes, ["E0104"], "{open}");
    }
    let deepest = |depth: usize| format!("{}x{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read::<Value>(&deepest(64)).0.is_some());
    assert!(read::<Value>(&deepest(65)).0.is_none());
}

#[test]
fn large_files_are_refused() {
    let text = format!("notes: {}\n", "x".repeat(10_000_000));
    let (value, diagnostics, sources) = read::<Value>(&text);
    assert!(value.is_none());
    let shown = diagnostics.render_text(&sources, "spec", false);
    assert!(shown.contains("E0105"), "{shown}");
    assert!(shown.len() < 2_000, "the report does not repeat the file");
}

/// Everything wrong with a file is reported in one run, and the entries that are good are still there.
#[test]
fn good_entries_survive_bad_ones() {
    let (shop, diagnostics, _) =
        read::<Shop>("{title: T, kind: shelf, books: {a: {title: A}, b: {title: B, pages: 2}}, rules: [nix, free]}");
    let shop = shop.expect("the mapping itself is good");
    assert_eq!(shop.books.keys().map(|it| it.value.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(shop.rules.iter().count(), 1);
    assert_eq!(diagnostics.sorted().len(), 2);
}

/// Two fields of one mapping are wrong: both are reported, though serde stops at the first.
#[test]
fn every_field_of_a_mapping_is_reported() {
    let (_, diagnostics, _) = read::<Shop>("{title: 1, kind: 2, open: 3, ratio: x, books: 4}");
    assert_eq!(diagnostics.sorted().len(), 5);
    let (_, diagnostics, _) = read::<Book>("{tags: 1}");
    assert_eq!(
        diagnostics.sorted().len(),
        2,
        "a wrong one, and the first of the missing keys, for serde names no other"
    );
}

/// A type behind a hand-written visitor that forgets `deny_unknown_fields` still cannot make a key vanish.
#[test]
fn no_key_is_passed_over_in_silence() {
    #[derive(Debug)]
    struct Lenient;

    #[derive(Deserialize)]
    struct Fields {
        #[serde(rename = "a")]
        _a: Option<u8>,
    }

    impl<'de> Deserialize<'de> for Lenient {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct LenientVisitor;

            impl<'de> Visitor<'de> for LenientVisitor {
                type Value = Lenient;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("a mapping")
                }

                fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Lenient, A::Error> {
                    Fields::deserialize(de::value::MapAccessDeserializer::new(map)).map(|_| Lenient)
                }
            }

            deserializer.deserialize_any(LenientVisitor)
        }
    }

    let (_, diagnostics, _) = read::<Lenient>("{a: 1, b: 2, 丙: {}}");
    let messages: Vec<_> = diagnostics.sorted().iter().map(|it| it.message.as_str()).collect();
    assert_eq!(messages, ["the key `b` is not known here", "the key `丙` is not known here"]);
}

#[test]
fn spans_cover_their_values() {
    let text = "title: 三体 \nkind: 'shelf'\nbooks: {emma: {title: \"E\\u0041\", pages: 7}}\nrules: [{min: 12}]\n";
    let (shop, diagnostics, sources) = read::<Shop>(text);
    assert!(diagnostics.is_empty());
    let shop = shop.expect("it is good");
    let shown = |span: apigen_model::source::Span| &sources.text(span.file)[span.start as usize..span.end as usize];
    assert_eq!(shown(shop.title.span), "三体");
    assert_eq!(shown(shop.kind.span), "'shelf'");
    let (key, book) = shop.books.entry("emma").expect("it is there");
    assert_eq!(shown(key.span), "emma");
    assert_eq!((shown(book.title.span), book.title.as_str()), ("\"E\\u0041\"", "EA"));
    assert_eq!(shown(book.pages.span), "7");
    let Some(Rule::Min(min)) = shop.rules.iter().next().map(|it| &it.value) else { panic!("the rule is there") };
    assert_eq!(shown(min.span), "12");
}

/// Plain scalars, separated by blanks.
const SCALARS: &str = "1 -1 +1 0 -0 007 -007 0x1F 0o17 1_000 1. .5 1.5 -1.5e3 1e3 12e03 .inf -.inf .nan + - . e3 1e 0x --1 +-1 -+1 \
    0x+1 0xG 0o8 18446744073709551615 18446744073709551616 -9223372036854775808 -9223372036854775809 true True TRUE false yes no on \
    off y n null Null NULL ~ '' \"\" 2024-08-28 12:30:45 1.2.3 '1' \"true\" 中文 🦀 a#b http://x/y?z#w [] {} [a,[b],{c:d}]";

/// Whole documents.
const DOCUMENTS: &[&str] = &[
    "a #b",
    "'a: b'",
    "'it''s'",
    "\"\\u4e2d\\n\\t\\x41\"",
    "|\n  a\n  b\n",
    "|-\n  a\n",
    "|+\n  a\n\n",
    ">\n  a\n  b\n\n  c\n",
    "plain\n  folded\n  text",
    "[a, [b], {c: d}]",
    "{a: 1, b: {c: [1, 2.0, x]}}",
    "- 1\n- a: b\n  c: d\n-\n",
    "a:\nb: ~\nc: ''\n",
    "? k\n: v\n",
    "1: a\ntrue: b\n",
    "{a, b: 1}",
    "---\na: 1\n",
    "a: 1\n...\n",
    "[a: 1, b]",
    "\"a\": 'b'",
];

/// Every file of the specs at hand reads alike in the other loader, down to the order of the keys.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its cases")]
fn agrees_with_serde_yaml_on_whole_specs() {
    let project = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut directories: Vec<_> = ["spec", "tests/errors/base", "tests/cases"].map(|it| project.join(it)).into();
    let mut count = 0;
    while let Some(directory) = directories.pop() {
        for entry in directory.read_dir_utf8().expect("the directory can be listed") {
            let path = entry.expect("the directory can be listed").into_path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension() == Some("yaml") {
                let text = std::fs::read_to_string(&path).expect("a spec is text");
                let ours = read::<Value>(&text).0.map(|it| it.to_string());
                let theirs = serde_yaml::from_str::<Value>(&text).ok().map(|it| it.to_string());
                assert!(ours.is_some() && ours == theirs, "{path}");
                count += 1;
            }
        }
    }
    assert!(count >= 10, "the specs are found");
}

/// The other loader is an independent reading of YAML: they agree, except that it knows numbers that YAML 1.2 does not.
#[test]
fn agrees_with_serde_yaml() {
    for text in SCALARS.split_whitespace().chain(DOCUMENTS.iter().copied()) {
        let (ours, diagnostics, sources) = read::<Value>(text);
        let theirs = serde_yaml::from_str::<Value>(text).ok();
        assert_eq!(ours, theirs, "{text:?}\n{}", diagnostics.render_text(&sources, "", false));
    }
    for text in ["0b11", "-0x1F", "+0x1F", "-0o7"] {
        assert_eq!(read::<Value>(text).0, Some(Value::from(text)));
    }
    assert_eq!(read::<Value>("1e400").0, None, "it would be infinite, which JSON cannot say");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics_on_random_text(text in any::<String>()) {
        let _ = report(&text);
    }

    #[test]
    fn never_panics_on_yaml_like_text(text in "([ a中🦀\t:,{}\\[\\]&*!|>%@#?'\"~0-9.\\\\<\u{feff}\u{85}-]|\n|\r\n| {2}|- |: |<<: |--- |\"\\\\x)*") {
        let _ = report(&text);
    }

    #[test]
    fn never_panics_on_mutated_yaml(case in 0..4_usize, cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..9_usize, "[\n\t :{}\\[\\]&*!'\"|>中-]{0,3}"), 1..4)) {
        let cases = [include_str!("load/good.yaml"), include_str!("load/anchors_and_tags.yaml"), include_str!("load/wrong_types.yaml"), include_str!("load/keys_that_are_not_text.yaml")];
        let mut text: Vec<char> = cases[case].chars().collect();
        for (at, length, insert) in cuts {
            let start = at.index(text.len() + 1);
            let end = (start + length).min(text.len());
            text.splice(start..end, insert.chars());
        }
        let text: String = text.into_iter().collect();
        let _ = report(&text);
        let (_, diagnostics, sources) = read::<Value>(&text);
        let _ = diagnostics.render_json(&sources, "");
    }
}
