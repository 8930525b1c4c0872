//! Pages of any form by a vocabulary: facts and what could not be read, on lines that exist, never a panic.
#![no_main]

use std::sync::LazyLock;

use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use apigen_pages::Vocabulary;
use arbitrary::Arbitrary;
use camino::Utf8PathBuf;
use libfuzzer_sys::fuzz_target;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let files = [
        ("api.yaml", include_str!("../../tests/errors/base/api.yaml")),
        ("pages.yaml", include_str!("../../tests/cases/bookshop/spec/pages.yaml")),
        ("resources/books.yaml", include_str!("../../tests/errors/base/resources/books.yaml")),
    ];
    // The pages that the resources name are those of another spec: its own come along.
    let named = "  manual: {title: The manual, revision: \"2024-01-01\", language: en}\n";
    let with_page = |text: &str| text.replacen("pages:\n", &format!("pages:\n{named}"), 1);
    let files = files.map(|(path, text)| (path, if path == "pages.yaml" { with_page(text) } else { text.to_owned() }));
    let sources: Sources = files.into_iter().map(|(path, text)| (Utf8PathBuf::from(path), text)).collect();
    let api = apigen_model::read(&sources, &mut Diagnostics::default()).expect("the spec is valid");
    Vocabulary::new(&api)
});

const FORMS: [&str; 2] = ["page.md", "page.txt"];

/// A page that begins well, so that what follows belongs to an operation.
#[derive(Debug, Arbitrary)]
struct Page<'a> {
    form: bool,
    section: Section,
    text: &'a str,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Section {
    Nothing,
    Body,
    Response,
    Sent,
    Errors,
}

fuzz_target!(|page: Page<'_>| {
    let heading = match page.section {
        Section::Nothing => "",
        Section::Body => "# What to send\n\n| Name | Kind | Needed | Meaning |\n| --- | --- | --- | --- |\n",
        Section::Response => "# What comes back\n\n",
        Section::Sent => "# Sent\n\n```\ncurl -d '",
        Section::Errors => "# When it fails\n\n| Status | Code | Message |\n| --- | --- | --- |\n",
    };
    let text = format!("# Books\n\n# Call\n\nGET /shelves/{{shelf}}\n\n{heading}{}", page.text);
    let read = apigen_pages::read(FORMS[usize::from(page.form)], &text, &VOCABULARY);
    let lines = text.split('\n').count();
    let facts = read.operations.iter().flat_map(|it| &it.facts).chain(&read.common).map(|it| it.line);
    for line in facts.chain(read.unread.iter().map(|it| it.line)) {
        assert!((1..=lines).contains(&line));
    }
});
