//! The pages of the diagnostic codes: each explains itself with a wrong and a right example.

use apigen_model::codes::{self, Code};

#[test]
fn every_page_has_a_title_and_two_examples() {
    for code in Code::ALL {
        let (code, page) = (code.as_str(), code.page());
        assert!(
            page.starts_with(&format!("# {code}: ")),
            "{code} begins with its title"
        );
        let wrong = page
            .find("\nWrong:\n\n```yaml\n")
            .unwrap_or_else(|| panic!("{code} has a wrong example"));
        let right = page
            .find("\nRight:\n\n```yaml\n")
            .unwrap_or_else(|| panic!("{code} has a right example"));
        assert!(wrong < right, "{code}");
        assert_eq!(page.matches("```").count(), 4, "{code} closes its examples");
        assert!(page.ends_with("```\n"), "{code}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test lists the pages")]
fn every_page_is_registered() {
    let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/codes"))
        .expect("the pages are there");
    for page in pages {
        let name = page
            .expect("an entry is readable")
            .file_name()
            .into_string()
            .expect("names are ASCII");
        if let Some(code) = name.strip_suffix(".md") {
            assert!(Code::ALL.iter().any(|it| it.as_str() == code), "{name}");
        }
    }
}

#[test]
fn explain_finds_or_suggests() {
    assert!(codes::explain("e0101").is_ok_and(|it| it.starts_with("# E0101")));
    assert_eq!(codes::explain(" E0201 "), Ok(Code::E0201.page()));
    assert!(codes::explain("E201").is_err_and(|it| it.contains(&"E0201")));
    assert!(codes::explain("").is_err_and(|it| it.is_empty()));
}
