//! No string of a spec leaves the place it is put in, whatever it says.
//!
//! Every text that a maintainer can write freely is replaced by a hostile one, and the output must have the same shape as
//! with a harmless one: the same items of Rust, elements of HTML, keys of JSON and lines of the summary.

use std::collections::{BTreeMap, BTreeSet};

use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_tests::project::{SpecFiles, sources, spec};
use pulldown_cmark::{Event, Parser, Tag};
use serde_yaml::Value;

/// What breaks out of one place or another.
const HOSTILE: &[&str] = &[
    r#"" ' \" \ \\"#,
    r##""# r#" "#"##,
    "*/ /* // */ fn main() {}",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)> &lt; &amp &#x27;",
    "'><a href=\"javascript:alert(1)\" onclick='x'>",
    "{{ x }} {% raw %} {# y #} {%",
    "{% include 'Cargo.toml' %}{{ 7 * 7 }}",
    "one\ntwo\n\nthree\n    four\n",
    "#[cfg(any())] #![no_std]",
    "`code` `` ``` ` \n```\nfn x() {}\n```\n~~~",
    "]]> --> <!-- <![CDATA[",
    "📚 👩‍👩‍👧 e\u{301} 书",
    "\u{200f}right to left\u{200e} \u{200b}\u{feff}\u{200d}",
    "line \u{2028} paragraph \u{2029} soft\u{ad} no-break\u{a0}",
    "\t tab\tand tab\n\tindented",
    "$(rm -rf .) `rm` ${HOME} && ; | > file",
    "'; drop table books; --",
    "%00 %2e%2e/ ../../etc/passwd",
    "[link](javascript:alert) ![x](y) <https://x> [a]: b",
    "# heading\n- item\n> quote\n---\n***",
    "version = \"1\"\n[dependencies]\nevil = \"*\"",
    "\\u{41} \\x41 \\n {} {0} {x}",
    "@param @see {@link x} <pre>",
    " leading and trailing ",
    "===\nunderlined\n---",
    "-",
];

/// The keys whose values are free text.
const FREE: [&str; 16] = [
    "title",
    "summary",
    "description",
    "cause",
    "remedy",
    "says",
    "section",
    "decision",
    "reason",
    "instead",
    "since",
    "unit",
    "revision",
    "example",
    "language",
    "state",
];

#[test]
fn hostile_text_changes_no_shape_of_a_small_api() {
    each_text_changes_no_shape("tests/errors/base");
}

/// This API has every construct of the language.
#[test]
fn hostile_text_changes_no_shape_of_an_api_with_every_construct() {
    texts_in_turn_change_no_shape("tests/cases/bookshop/spec", 9);
}

/// This one has thousands of texts, so that every hostile one stands in every kind of place.
#[test]
fn hostile_text_changes_no_shape_of_the_api() {
    texts_in_turn_change_no_shape("spec", 3);
}

/// Large APIs take long, so texts take turns: a place has another one in every round.
fn texts_in_turn_change_no_shape(directory: &str, rounds: usize) {
    let files = spec(directory);
    // Texts that are equal in one place and another stay so, for what repeats its type says nothing new.
    let plain: Vec<_> = (0..HOSTILE.len()).map(|it| format!("Harmless {it}.")).collect();
    let harmless = generate(&with_text(&files, |place| plain[place % plain.len()].as_str()));
    let harmless = shape(&harmless.unwrap_or_else(|problems| panic!("{problems}")));
    for round in 0..rounds {
        let tree = generate(&with_text(&files, |place| HOSTILE[(place + round * 3) % HOSTILE.len()]));
        let tree = tree.unwrap_or_else(|problems| panic!("round {round}:\n{problems}"));
        assert_eq!(difference(&harmless, &shape(&tree)), None, "round {round}");
    }
}

fn each_text_changes_no_shape(directory: &str) {
    let files = spec(directory);
    let harmless =
        shape(&generate(&with_text(&files, |_| "Harmless.")).unwrap_or_else(|problems| panic!("{problems}")));
    let mut changes = Vec::new();
    for hostile in HOSTILE {
        match generate(&with_text(&files, |_| hostile)) {
            Ok(tree) => changes.extend(difference(&harmless, &shape(&tree)).map(|it| format!("{hostile:?}: {it}"))),
            Err(problems) => changes.push(format!("{hostile:?} is refused:\n{problems}")),
        }
    }
    assert!(changes.is_empty(), "{directory}:\n{}", changes.join("\n"));
}

fn generate(files: &SpecFiles) -> Result<FileTree, String> {
    let sources = sources(files);
    let mut diagnostics = Diagnostics::default();
    apigen::generate(&sources, &mut diagnostics).ok_or_else(|| diagnostics.render_text(&sources, "", false))
}

/// The spec with every free text replaced; the places are counted.
fn with_text<'t>(files: &SpecFiles, replacement: impl Fn(usize) -> &'t str) -> SpecFiles {
    let mut places = 0..;
    let mut next = || replacement(places.next().expect("there is always another number"));
    let mut replaced = |text: &String| {
        let mut value: Value = serde_yaml::from_str(text).expect("the spec is YAML");
        replace(&mut value, &mut next);
        // JSON is YAML in which nothing but the escapes of a string matters.
        serde_json::to_string_pretty(&value).expect("a spec has string keys")
    };
    files.iter().map(|(path, text)| (path.clone(), replaced(text))).collect()
}

fn replace<'t>(value: &mut Value, next: &mut impl FnMut() -> &'t str) {
    match value {
        Value::Mapping(entries) => {
            for (key, value) in entries.iter_mut() {
                let name = key.as_str().unwrap_or_default();
                match value {
                    // These hold names of keys and values that replies are compared with.
                    _ if ["error_body", "outcome", "follow_up"].contains(&name) => {}
                    Value::Mapping(examples) if name == "examples" => {
                        examples.values_mut().for_each(|it| replace_example(it, next))
                    }
                    Value::String(text) if FREE.contains(&name) && !is_bound(key, text) => next().clone_into(text),
                    Value::String(text) if ["code", "message"].contains(&name) && !is_bound(key, text) => {
                        append(text, next())
                    }
                    value => replace(value, next),
                }
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|it| replace(it, next)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Tagged(_) => {}
    }
}

/// In an example every string is free, but for the id of an error.
fn replace_example<'t>(value: &mut Value, next: &mut impl FnMut() -> &'t str) {
    match value {
        Value::Mapping(entries) => {
            let free = entries.iter_mut().filter(|(key, _)| *key != "error");
            free.for_each(|(_, value)| replace_example(value, next));
        }
        Value::Sequence(items) => items.iter_mut().for_each(|it| replace_example(it, next)),
        Value::String(text) if !is_told(text) => append(text, next()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Tagged(_) => {}
    }
}

/// Whether a text of an example is more than text: a number or an hour, or one word, which may be a tag or tell success.
fn is_told(text: &str) -> bool {
    text.chars().all(|it| it.is_ascii_digit()) || (text.len() < 12 && text.chars().all(|it| it.is_ascii_alphabetic()))
}

/// Adds to a text; without braces, which have a meaning in messages.
fn append(text: &mut String, more: &str) {
    text.extend(more.chars().filter(|it| !matches!(it, '{' | '}')));
}

/// A field may be called like a free key of the language, and then its value is a type; the unit of a rate limit and the
/// state of a contradiction are one of two words.
fn is_bound(key: &Value, text: &str) -> bool {
    let is_type = matches!(text, "string" | "json") || text.starts_with("list<");
    is_type
        || (key == "unit" && matches!(text, "calls" | "items"))
        || (key == "state" && matches!(text, "settled" | "open"))
}

/// The shape of every file: what there is and how often.
type Shape = BTreeMap<String, BTreeMap<String, usize>>;

fn shape(tree: &FileTree) -> Shape {
    let shape_of = |path: &camino::Utf8Path, text: &str| match path.extension() {
        // Compilers refuse them, terminals obey them, and readers do not see them.
        _ if text.contains(unseen) => panic!("{path} holds {:?}", text.matches(unseen).next()),
        Some("rs") => rust(path.as_str(), text),
        Some("html") => html(path.as_str(), text),
        Some("json") => json(text),
        Some("md") if path.starts_with("site") => markdown(text),
        Some("js") => script(text),
        Some("txt") if path == "site/llms.txt" => markdown(text),
        Some("txt") => BTreeMap::from([("lines".to_owned(), text.lines().count())]),
        Some("toml") => toml(text),
        _ => BTreeMap::new(),
    };
    tree.iter().map(|(path, text)| (path.to_string(), shape_of(path, text))).collect()
}

/// Characters that control a terminal or the direction of text. The loader refuses them.
fn unseen(it: char) -> bool {
    (it.is_control() && it != '\n' && it != '\t') || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What differs between two shapes, if anything does.
fn difference(wanted: &Shape, found: &Shape) -> Option<String> {
    if !wanted.keys().eq(found.keys()) {
        return Some("other files".to_owned());
    }
    let differs = |path: &String| {
        let (wanted, found) = (&wanted[path], &found[path]);
        let names: BTreeSet<_> = wanted.keys().chain(found.keys()).collect();
        let mut counts = names
            .into_iter()
            .map(|it| (it, wanted.get(it), found.get(it)))
            .filter(|(_, wanted, found)| wanted != found);
        counts.next().map(|(name, wanted, found)| format!("{path} has {found:?} {name}, not {wanted:?}"))
    };
    wanted.keys().find_map(differs)
}

/// Items, by kind and name, those inside modules and blocks too.
fn rust(path: &str, text: &str) -> BTreeMap<String, usize> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
    let mut shape = BTreeMap::new();
    *shape.entry("inner attributes".to_owned()).or_default() +=
        file.attrs.iter().filter(|it| !it.path().is_ident("doc")).count();
    for item in &file.items {
        let (kind, attributes) = match item {
            syn::Item::Fn(it) => (format!("fn {}", it.sig.ident), &it.attrs),
            syn::Item::Struct(it) => (format!("struct {}", it.ident), &it.attrs),
            syn::Item::Enum(it) => (format!("enum {} of {}", it.ident, it.variants.len()), &it.attrs),
            syn::Item::Impl(it) => (format!("impl of {}", it.items.len()), &it.attrs),
            syn::Item::Mod(it) => (format!("mod {}", it.ident), &it.attrs),
            syn::Item::Const(it) => (format!("const {}", it.ident), &it.attrs),
            syn::Item::Static(it) => (format!("static {}", it.ident), &it.attrs),
            syn::Item::Use(it) => ("use".to_owned(), &it.attrs),
            syn::Item::Macro(it) => {
                let name = it.mac.path.segments.last().expect("a path has a segment").ident.to_string();
                (format!("{name}! of {} tokens", structural_tokens(it.mac.tokens.clone())), &it.attrs)
            }
            _ => ("another item".to_owned(), &EMPTY),
        };
        let attributes = attributes.iter().filter(|it| !it.path().is_ident("doc")).count();
        *shape.entry(format!("{kind}, {attributes} attributes")).or_default() += 1;
    }
    shape
}

const EMPTY: Vec<syn::Attribute> = Vec::new();

/// Tokens that are neither a literal nor documentation: what a text could have added.
fn structural_tokens(tokens: proc_macro2::TokenStream) -> usize {
    use proc_macro2::{Delimiter, TokenTree};
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut count = 0;
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1);
        count += match token {
            // `#[doc = "…"]`: one per line of a text.
            TokenTree::Punct(it) if it.as_char() == '#' && next.is_some_and(is_doc) => 0,
            token if is_doc(token) => 0,
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => structural_tokens(group.stream()),
            TokenTree::Group(group) => 1 + structural_tokens(group.stream()),
            TokenTree::Literal(_) => 0,
            TokenTree::Ident(_) | TokenTree::Punct(_) => 1,
        };
    }
    count
}

fn is_doc(token: &proc_macro2::TokenTree) -> bool {
    match token {
        proc_macro2::TokenTree::Group(group) => group.stream().to_string().starts_with("doc ="),
        proc_macro2::TokenTree::Ident(_) | proc_macro2::TokenTree::Punct(_) | proc_macro2::TokenTree::Literal(_) => {
            false
        }
    }
}

/// Elements by name, those that only mark up a text left out; scripts and handlers are refused at once.
fn html(path: &str, text: &str) -> BTreeMap<String, usize> {
    let document = scraper::Html::parse_document(text);
    let mut shape = BTreeMap::new();
    for node in document.tree.values() {
        let Some(element) = node.as_element() else { continue };
        assert!(element.name() != "script" || element.attr("src").is_some(), "{path} has a script of its own");
        for (name, value) in element.attrs() {
            let runs = name.starts_with("on") || value.trim().to_lowercase().starts_with("javascript:");
            assert!(!runs, "{path} has {name}={value}");
        }
        // Paragraphs and code are the two things that a text may make of itself, and the colours of code follow the code.
        let is_colour = element.name() == "span" && element.attr("class").is_some_and(|it| it.len() == 1);
        if !matches!(element.name(), "p" | "code") && !is_colour {
            *shape.entry(element.name().to_owned()).or_default() += 1;
        }
    }
    shape
}

/// Blocks and links, code in a line left out; HTML is refused at once.
fn markdown(text: &str) -> BTreeMap<String, usize> {
    let mut shape = BTreeMap::new();
    for event in Parser::new(text) {
        let name = match event {
            Event::Start(Tag::Paragraph) => continue,
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(!dest_url.contains(':') || dest_url.starts_with("https://"), "{dest_url}");
                "link".to_owned()
            }
            Event::Start(Tag::Heading { level, .. }) => format!("heading {level}"),
            Event::Start(Tag::CodeBlock(kind)) => format!("code {kind:?}"),
            Event::Start(tag) => format!("{tag:?}"),
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML in Markdown: {html}"),
            Event::Rule => "rule".to_owned(),
            _ => continue,
        };
        *shape.entry(name).or_default() += 1;
    }
    shape
}

/// The one value that a script of data holds; scripts that are assets hold none.
fn script(text: &str) -> BTreeMap<String, usize> {
    let value = text.strip_prefix("self.apigenSearch=").map(|it| it.trim_end().trim_end_matches(';'));
    value.map_or_else(BTreeMap::new, |value| {
        let lines = text.lines().count();
        json(value).into_iter().chain([("lines".to_owned(), lines)]).collect()
    })
}

/// Keys, and how often each occurs.
fn json(text: &str) -> BTreeMap<String, usize> {
    fn walk(value: &serde_json::Value, shape: &mut BTreeMap<String, usize>) {
        match value {
            serde_json::Value::Object(entries) => {
                for (key, value) in entries {
                    *shape.entry(key.clone()).or_default() += 1;
                    walk(value, shape);
                }
            }
            serde_json::Value::Array(items) => items.iter().for_each(|it| walk(it, shape)),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_) => {}
        }
    }
    let mut shape = BTreeMap::new();
    walk(&serde_json::from_str(text).expect("it is JSON"), &mut shape);
    shape
}

/// Lines that name a table or begin a key.
fn toml(text: &str) -> BTreeMap<String, usize> {
    let names = text.lines().filter_map(|it| it.strip_prefix('[').or_else(|| it.split_once(" = ").map(|(key, _)| key)));
    let mut shape = BTreeMap::new();
    names.for_each(|name| *shape.entry(name.to_owned()).or_default() += 1);
    shape
}
