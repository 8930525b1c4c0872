//! Entries for `pages.yaml`: what a page is called, and where its entry is put.

use super::names::snake;
use super::yaml::{Written, Yaml};
use super::{PLACEHOLDER, Source};

/// A page that the spec does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// The entry as it stands below `pages:`, indented by two.
    pub text: String,
}

/// The tag for a language that nobody stated.
const UNDETERMINED: &str = "und";

/// The id of a page and its revision, which the name of its file may hold: `shelves.2026-03.md` is `shelves` of `2026-03`.
pub(super) fn identify(source: &Source<'_>) -> (String, Option<String>) {
    let file = source.page.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let parts: Vec<_> = file.split('.').collect();
    let stem = if parts.len() > 1 { &parts[..parts.len() - 1] } else { &parts[..] };
    let revision = stem.iter().skip(1).find(|it| is_date(it)).map(|it| (*it).to_owned());
    let words: Vec<_> = stem.iter().filter(|it| Some(**it) != revision.as_deref()).copied().collect();
    let id = source.id.map_or_else(|| snake(&words.join(" "), "page"), |it| snake(it, "page"));
    (id, revision)
}

/// The entry of a page.
pub(super) fn entry(id: String, revision: Option<&str>, language: Option<&str>) -> Entry {
    let entries = [
        ("title", PLACEHOLDER),
        ("revision", revision.unwrap_or(PLACEHOLDER)),
        ("language", language.unwrap_or(UNDETERMINED)),
    ];
    let entries = entries.map(|(key, text)| (key.to_owned(), Yaml::text(text))).to_vec();
    let mut written = Written::with_comments(&[]);
    written.entry(&id, &Yaml::Map(entries), false);
    let text = written.text.lines().flat_map(|line| ["  ", line, "\n"]).collect();
    Entry { id, text }
}

/// The text of `pages.yaml` with more pages behind those that it has. `None` when they are not written as a block, a page
/// below the other.
pub fn insert(text: &str, entries: &[Entry]) -> Option<String> {
    let mut at = 0;
    let mut end = None;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let is_key = !line.starts_with([' ', '\t', '#', '\n', '\r']);
        match end {
            None if line.trim_end() == "pages:" => end = Some(at),
            Some(_) if is_key => break,
            Some(_) if line.starts_with(' ') && !line.trim().is_empty() => end = Some(at),
            None | Some(_) => {}
        }
    }
    let end = end?;
    let (head, tail) = text.split_at(end);
    let is_block = head.rsplit_once("pages:").is_some_and(|(_, body)| {
        let first = body.lines().find(|it| !it.trim().is_empty() && !it.trim_start().starts_with('#'));
        first.is_none_or(|it| it.starts_with("  ") && !it.starts_with("   ") && !it.trim_start().starts_with('{'))
    });
    let line_break = if head.ends_with('\n') { "" } else { "\n" };
    let added: String = entries.iter().map(|it| it.text.as_str()).collect();
    is_block.then(|| format!("{head}{line_break}{added}{tail}"))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let lengths: Vec<_> = parts.iter().map(|it| it.len()).collect();
    let is_long = [&[4][..], &[4, 2], &[4, 2, 2]].contains(&lengths.as_slice());
    is_long && parts.iter().all(|it| it.bytes().all(|it| it.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Page;

    #[test]
    fn the_name_of_a_file_tells_id_and_revision() {
        for (file, id, revision) in [
            ("docs/shelves.md", "shelves", None),
            ("shelf_create.2026.en.md", "shelf_create_en", Some("2026")),
            ("a/b/shelves.2024-10-17.md", "shelves", Some("2024-10-17")),
            ("003_seed.txt", "page_003_seed", None),
            ("2024.md", "page_2024", None),
            ("полка.md", "page", None),
            ("", "page", None),
        ] {
            let page = Page { file: file.to_owned(), ..Page::default() };
            let (found, date) = identify(&Source { page: &page, id: None, language: None });
            assert_eq!((found.as_str(), date.as_deref()), (id, revision), "{file}");
        }
    }

    #[test]
    fn entries_stand_behind_the_last_page() {
        let new = [entry("shelves".to_owned(), Some("2026"), Some("en"))];
        let block = "  shelves:\n    title: To be described.\n    revision: \"2026\"\n    language: en\n";
        for (before, after) in [
            ("pages:\n  a: {title: A}\n", ""),
            ("# why\npages:\n\n  # old\n  a:\n    title: A\n", "\nvocabulary:\n  en: {}\n"),
            ("pages:\n", "# the end\n"),
        ] {
            assert_eq!(insert(&format!("{before}{after}"), &new), Some(format!("{before}{block}{after}")));
        }
        assert_eq!(insert("pages:\n  a: {}", &new), Some(format!("pages:\n  a: {{}}\n{block}")));
        assert_eq!(insert("pages: {a: {title: A}}\n", &new), None);
        assert_eq!(insert("pages:\n    a:\n        title: A\n", &new), None);
        assert_eq!(insert("", &new), None);
    }
}
