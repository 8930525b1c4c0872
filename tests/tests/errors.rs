//! Every diagnostic: what it says, where it points, and that no code is without a case.
//!
//! A case is a file `errors/<code>-<what>.diff` that breaks the spec in `errors/base`; beside it stands what is printed.

use apigen_model::codes::Code;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use apigen_tests::change::changed;
use apigen_tests::project::{files_below, sources, spec, text};
use camino::Utf8PathBuf;

const BASE: &str = "tests/errors/base";

fn cases() -> Vec<(String, Sources)> {
    let is_case = |it: &Utf8PathBuf| it.extension() == Some("diff");
    let case = |path: Utf8PathBuf| {
        let name = path.file_stem().expect("a case has a name").to_owned();
        (name, sources(&changed(spec(BASE), &text(&path))))
    };
    files_below("tests/errors").into_iter().filter(is_case).map(case).collect()
}

fn problems(sources: &Sources) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let files = apigen::generate(sources, &mut diagnostics);
    assert_eq!(files.is_none(), diagnostics.has_errors(), "files are there exactly when no error is");
    diagnostics
}

#[test]
fn the_base_is_valid() {
    let sources = sources(&spec(BASE));
    let text = problems(&sources).render_text(&sources, "", false);
    assert!(problems(&sources).is_empty(), "{text}");
}

#[test]
fn each_case_prints_what_stands_beside_it() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../errors");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, sources) in cases() {
            insta::assert_snapshot!(name.as_str(), problems(&sources).render_text(&sources, "spec", false));
        }
    });
}

#[test]
fn each_case_holds_the_code_of_its_name() {
    for (name, sources) in cases() {
        let codes: Vec<_> = problems(&sources).sorted().iter().map(|it| it.code.as_str()).collect();
        let wanted = name.split('-').next().expect("a name begins with a code");
        assert!(codes.contains(&wanted), "{name} prints {codes:?}");
    }
}

#[test]
fn each_code_has_a_case() {
    let names: Vec<_> = cases().into_iter().map(|(name, _)| name).collect();
    for code in Code::ALL {
        assert!(
            names.iter().any(|it| it.starts_with(code.as_str())),
            "{} has no case under tests/errors",
            code.as_str()
        );
    }
}

#[test]
fn each_problem_has_a_place_and_a_help() {
    for (name, sources) in cases() {
        for problem in problems(&sources).sorted() {
            let says_how = problem.message.starts_with("expected a whole number from");
            assert!(says_how || !problem.help.is_empty(), "{name}: {}", problem.message);
            let placeless = [Code::E0107];
            assert!(problem.place.is_some() || placeless.contains(&problem.code), "{name}: {}", problem.message);
        }
    }
}

#[test]
fn json_has_every_problem_with_file_line_and_column() {
    for (name, sources) in cases() {
        let problems = problems(&sources);
        let json: serde_json::Value =
            serde_json::from_str(&problems.render_json(&sources, "spec")).expect("it is JSON");
        let entries = json["diagnostics"].as_array().expect("there is a list");
        assert_eq!(entries.len(), problems.sorted().len(), "{name}");
        for (entry, problem) in entries.iter().zip(problems.sorted()) {
            assert_eq!(entry["code"], problem.code.as_str());
            let placed =
                entry["file"].is_string() && entry["line"].as_u64() > Some(0) && entry["column"].as_u64() > Some(0);
            assert_eq!(placed, problem.place.is_some(), "{name}: {entry}");
        }
    }
}

#[test]
fn json_of_several_files() {
    let (_, sources) = cases().into_iter().find(|(name, _)| name == "E0201-in-two-files").expect("the case is there");
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("errors_as_json", problems(&sources).render_json(&sources, "spec"));
    });
}
