//! Every kind of change: what `apigen diff` says of it, and that no rule is without a case.
//!
//! A case is a file `diff/<rule>.diff`, or `diff/<rule>.<what>.diff`, that changes the spec in `diff/base`; beside it stands
//! what is said, and the entry of the changelog that follows. To accept a change after reading it:
//! `INSTA_UPDATE=always cargo test -p apigen-tests --test diff`.

#[path = "diff/semver.rs"]
mod semver;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use apigen::diff::{Change, Class, Record, Report, Rule, Side, Version, compare};
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use apigen_tests::change::changed;
use apigen_tests::project::{files_below, sources, spec, text};
use camino::Utf8PathBuf;

const BASE: &str = "tests/diff/base";

/// The case in which nothing changes that anybody sees.
const NOTHING: &str = "nothing-changed";

struct Case {
    name: String,
    new: Record,
}

/// Reading a hundred specs takes longer than comparing them.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(read_cases);

fn cases() -> &'static [Case] {
    &CASES
}

fn read_cases() -> Vec<Case> {
    let is_case = |it: &Utf8PathBuf| it.extension() == Some("diff");
    let case = |path: Utf8PathBuf| {
        let name = path.file_stem().expect("a case has a name").to_owned();
        let new = record(&name, &sources(&changed(spec(BASE), &text(&path))));
        Case { name, new }
    };
    files_below("tests/diff").into_iter().filter(is_case).map(case).collect()
}

fn base() -> Record {
    record("base", &sources(&spec(BASE)))
}

fn record(name: &str, sources: &Sources) -> Record {
    let mut diagnostics = Diagnostics::default();
    let api = apigen::read(sources, &mut diagnostics);
    let api = api.unwrap_or_else(|| panic!("{name}:\n{}", diagnostics.render_text(sources, "", false)));
    Record::of(&api, sources)
}

fn report(old: &Record, new: &Record) -> Report {
    let side = |root: &str, record: &Record| Side {
        root: root.to_owned(),
        version: Version::parse(&record.version).expect("specs have versions"),
    };
    Report { changes: compare(old, new), old: side("spec", old), new: side("spec", new) }
}

fn rules(changes: &[Change]) -> BTreeSet<Rule> {
    changes.iter().map(|it| it.rule).collect()
}

#[test]
fn each_case_says_what_stands_beside_it() {
    let base = base();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../diff");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for case in cases() {
            let report = report(&base, &case.new);
            let shown = format!("{}\n{}", report.to_text(), report.to_changelog());
            insta::assert_snapshot!(case.name.as_str(), shown);
        }
    });
}

#[test]
fn each_case_shows_the_rule_of_its_name() {
    let base = base();
    for case in cases() {
        let rules: Vec<_> = rules(&compare(&base, &case.new)).into_iter().map(Rule::id).collect();
        let wanted = case.name.split('.').next().expect("a name begins with a rule");
        let shown = if wanted == NOTHING { rules.is_empty() } else { rules.contains(&wanted) };
        assert!(shown, "{} shows {rules:?}", case.name);
    }
}

#[test]
fn each_rule_has_a_case_there_or_back() {
    let base = base();
    let shown: BTreeSet<_> = cases()
        .iter()
        .flat_map(|case| rules(&compare(&base, &case.new)).into_iter().chain(rules(&compare(&case.new, &base))))
        .collect();
    let missing: Vec<_> = Rule::ALL.iter().filter(|it| !shown.contains(it)).map(|it| it.id()).collect();
    assert!(missing.is_empty(), "no case under tests/diff shows {missing:?}");
}

#[test]
fn the_ids_of_rules_are_stable_words() {
    let ids: BTreeSet<_> = Rule::ALL.iter().map(|it| it.id()).collect();
    assert_eq!(ids.len(), Rule::ALL.len(), "two rules have one id");
    for rule in Rule::ALL {
        assert!(rule.id().bytes().all(|it| it.is_ascii_lowercase() || it == b'-'), "{}", rule.id());
        assert!(rule.why().ends_with('.'), "{}", rule.id());
        assert_eq!(apigen::diff::find(rule.id()), Some(*rule));
    }
}

#[test]
fn nothing_changes_from_a_state_to_itself() {
    for case in cases() {
        assert_eq!(compare(&case.new, &case.new), [], "{}", case.name);
    }
}

#[test]
fn a_record_says_what_its_spec_says() {
    let base = base();
    for case in cases() {
        let text = case.new.to_text();
        let read = Record::parse(&text).unwrap_or_else(|(line, message)| panic!("{}:{line}: {message}", case.name));
        assert_eq!(read.to_text(), text, "{}", case.name);
        assert_eq!(compare(&base, &read), compare(&base, &case.new), "{}", case.name);
        assert_eq!(compare(&read, &base), compare(&case.new, &base), "{}", case.name);
    }
    for directory in ["spec", "tests/cases/bookshop/spec"] {
        let record = record(directory, &sources(&spec(directory)));
        assert_eq!(Record::parse(&record.to_text()), Ok(record), "{directory}");
    }
}

#[test]
fn what_one_way_adds_the_other_way_takes() {
    let base = base();
    for case in cases() {
        let (there, back) = (compare(&base, &case.new), compare(&case.new, &base));
        assert_eq!(there.is_empty(), back.is_empty(), "{}", case.name);
        let places = |changes: &[Change], side: fn(&Change) -> bool| changes.iter().any(side);
        assert_eq!(places(&there, |it| it.old.is_none()), places(&back, |it| it.new.is_none()), "{}", case.name);
    }
}

#[test]
fn each_change_has_a_place() {
    let base = base();
    for case in cases() {
        for change in compare(&base, &case.new) {
            assert!(change.old.is_some() || change.new.is_some(), "{}: {change:?}", case.name);
        }
    }
}

#[test]
fn the_version_is_that_of_the_gravest_change() {
    let base = base();
    for case in cases() {
        let report = report(&base, &case.new);
        let expected = match report.changes.iter().map(|it| it.rule.class()).min() {
            None => "1.4.2",
            Some(Class::Breaking) => "2.0.0",
            Some(Class::Addition) => "1.5.0",
            Some(Class::Fix | Class::Documentation) => "1.4.3",
        };
        assert_eq!(report.required().to_string(), expected, "{}", case.name);
    }
}

#[test]
fn changes_as_json() {
    let case = cases().iter().find(|it| it.name == "field-required-added").expect("the case is there");
    let json = report(&base(), &case.new).to_json();
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("changes_as_json", format!("{json:#}"));
    });
}

/// Records cut and with characters exchanged: each is a record or an error with a line, and can be compared.
#[test]
fn no_record_makes_the_comparison_panic() {
    let base = base();
    let whole = base.to_text();
    let marks = ["", " ", "\n", "@", ":", "\\", "operation x\n", "  ", "@9999999999999999999999", "é", "\u{2028}"];
    let (mut read, mut refused) = (0, 0);
    for step in 0..400 {
        let at = whole.floor_char_boundary(whole.len() * step / 400);
        let end = whole.floor_char_boundary(at + step % 9);
        let text = format!("{}{}{}", &whole[..at], marks[step % marks.len()], &whole[end.max(at)..]);
        match Record::parse(&text) {
            Ok(record) => {
                read += 1;
                compare(&base, &record);
                compare(&record, &base);
            }
            Err((line, message)) => {
                refused += 1;
                assert!(line >= 1 && line <= text.lines().count() && !message.is_empty(), "{line} {message}");
            }
        }
    }
    assert!(read > 50 && refused > 50, "{read} {refused}");
}
