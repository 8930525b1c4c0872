//! The pages of the diagnostic codes: each explains itself with a wrong and a right example.

use apigen_model::codes::{self, Code};
use apigen_model::diagnostics::Diagnostics;
use apigen_model::load;
use apigen_model::source::Sources;
use serde_json::Value;

#[test]
fn every_page_has_a_title_and_two_examples() {
    for code in Code::ALL {
        let (code, page) = (code.as_str(), code.page());
        assert!(page.starts_with(&format!("# {code}: ")), "{code} begins with its title");
        let wrong = page.find("\nWrong:\n\n```yaml\n").unwrap_or_else(|| panic!("{code} has a wrong example"));
        let right = page.find("\nRight:\n\n```yaml\n").unwrap_or_else(|| panic!("{code} has a right example"));
        assert!(wrong < right, "{code}");
        assert_eq!(page.matches("```").count(), 4, "{code} closes its examples");
        assert!(page.ends_with("```\n"), "{code}");
    }
}

/// The two examples of a page, wrong and right.
fn examples(page: &str) -> [&str; 2] {
    let mut blocks = page.split("```yaml\n").skip(1).map(|it| it.split("```").next().unwrap_or_default());
    [(); 2].map(|()| blocks.next().expect("a page has two examples"))
}

/// The codes that reading an example as YAML reports.
fn reported(text: &str) -> Vec<Code> {
    let sources: Sources = [("page.yaml", text.to_owned())].into_iter().collect();
    let file = sources.find("page.yaml").expect("it was put there");
    let mut diagnostics = Diagnostics::default();
    let _: Option<Value> = load::document(file, &sources, &mut diagnostics);
    diagnostics.sorted().iter().map(|it| it.code).collect()
}

#[test]
fn examples_of_what_is_no_yaml_are_refused_with_their_code_and_all_others_are_read() {
    /// What these pages are about does not fit on a page, so they say it in comments.
    const TOLD: [Code; 3] = [Code::E0104, Code::E0105, Code::E0107];
    for code in Code::ALL {
        let [wrong, right] = examples(code.page());
        assert_ne!(wrong, right, "{}", code.as_str());
        if TOLD.contains(code) {
            continue;
        }
        let is_about_yaml = code.as_str().starts_with("E01");
        let wanted = if is_about_yaml { vec![*code] } else { Vec::new() };
        let mut found = reported(wrong);
        found.dedup();
        assert_eq!(found, wanted, "the wrong example of {}", code.as_str());
        assert_eq!(reported(right), [], "the right example of {}", code.as_str());
        assert!(serde_yaml::from_str::<Value>(right).is_ok_and(|it| it.is_object()), "{}", code.as_str());
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test lists the pages")]
fn every_page_is_registered() {
    let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/codes")).expect("the pages are there");
    for page in pages {
        let name = page.expect("an entry is readable").file_name().into_string().expect("names are ASCII");
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
