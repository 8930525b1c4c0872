//! A spec with a damaged file: problems are reported and printed, and what has none generates.
#![no_main]

use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use arbitrary::Arbitrary;
use camino::Utf8PathBuf;
use libfuzzer_sys::fuzz_target;

const FILES: [(&str, &str); 4] = [
    ("api.yaml", include_str!("../../tests/errors/base/api.yaml")),
    ("pages.yaml", include_str!("../../tests/errors/base/pages.yaml")),
    ("resources/books.yaml", include_str!("../../tests/errors/base/resources/books.yaml")),
    ("resources/tokens.yaml", include_str!("../../tests/errors/base/resources/tokens.yaml")),
];

/// A file and what happens to it.
#[derive(Debug, Arbitrary)]
struct Damage<'a> {
    file: u8,
    from: u16,
    length: u8,
    /// Stands in the place of what is cut out.
    text: &'a str,
    /// Nothing of the file stays.
    whole: bool,
}

fuzz_target!(|damages: Vec<Damage<'_>>| {
    let mut files = FILES.map(|(path, text)| (path, text.to_owned()));
    for damage in damages.iter().take(4) {
        let (_, text) = &mut files[usize::from(damage.file) % FILES.len()];
        *text = damaged(text, damage);
    }
    let sources: Sources = files.into_iter().map(|(path, text)| (Utf8PathBuf::from(path), text)).collect();
    let mut diagnostics = Diagnostics::default();
    // Making files takes a hundred times as long as reading, so that few runs do.
    let is_read = if damages.len() == 4 {
        apigen::generate(&sources, &mut diagnostics).is_some()
    } else {
        apigen_model::read(&sources, &mut diagnostics).is_some()
    };
    assert_ne!(is_read, diagnostics.has_errors());
    diagnostics.render_text(&sources, "spec", true);
    diagnostics.render_json(&sources, "spec");
});

fn damaged(text: &str, damage: &Damage<'_>) -> String {
    if damage.whole {
        return damage.text.to_owned();
    }
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
    let from = boundary(usize::from(damage.from));
    let to = boundary(from + usize::from(damage.length)).max(from);
    format!("{}{}{}", &text[..from], damage.text, &text[to..])
}
