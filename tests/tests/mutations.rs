//! Specs damaged at random: whatever a file holds, there is a report or there is output, and never a panic.

use apigen_model::diagnostics::Diagnostics;
use apigen_tests::dice::Dice;
use apigen_tests::project::{SpecFiles, sources, spec};
use camino::Utf8PathBuf;

#[test]
fn bytes_changed_at_random() {
    const CHARACTERS: &[&str] = &[
        "", "\n", ":", ": ", "- ", "{", "}", "[", "]", "\"", "'", "#", "&a ", "*a", "!", "|", ">", "%", "\t", "\0",
        "é", "书", "9", "~", "<<",
    ];
    let mut dice = Dice::new(0x5eed);
    survive(&spec("tests/errors/base"), 1_500, |text| {
        for _ in 0..=dice.throw(3) {
            let at = text.floor_char_boundary(dice.throw(text.len()));
            let end = text.ceil_char_boundary((at + dice.throw(4)).min(text.len()));
            text.replace_range(at..end, CHARACTERS[dice.throw(CHARACTERS.len())]);
        }
    });
}

#[test]
fn words_and_lines_exchanged_at_random() {
    let mut dice = Dice::new(0x0bad_5eed);
    // It uses every key of the language.
    survive(&spec("tests/cases/bookshop/spec"), 300, |text| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let (one, other) = (dice.throw(lines.len()), dice.throw(lines.len()));
        match dice.throw(4) {
            0 => lines.swap(one, other),
            1 => drop(lines.remove(one)),
            2 => lines[one] = format!("  {}", lines[one]),
            _ => {
                let word = lines[other].split(' ').next_back().unwrap_or_default().to_owned();
                let kept = lines[one].rsplit_once(' ').map_or("", |(kept, _)| kept).to_owned();
                lines[one] = format!("{kept} {word}");
            }
        }
        *text = lines.join("\n");
    });
}

#[test]
fn what_nests_without_end() {
    let lists = "list<".repeat(100_000) + "string" + &">".repeat(100_000);
    let braces = "{".repeat(100_000);
    let expression = |text: &str| text.replace("{type: duration_ms,", &format!("{{type: '{lists}',"));
    let template = |text: &str| text.replace("no book {book_id}", &format!("'{braces}'"));
    let request_line = |text: &str| text.replace("http: GET /books\n", &format!("http: 'GET /{braces}'\n"));
    for damage in [&expression as &dyn Fn(&str) -> String, &template, &request_line] {
        let files = spec("tests/errors/base");
        let damaged: SpecFiles = files.iter().map(|(path, text)| (path.clone(), damage(text))).collect();
        assert_ne!(damaged, files);
        let sources = sources(&damaged);
        let mut diagnostics = Diagnostics::default();
        assert!(apigen::generate(&sources, &mut diagnostics).is_none());
        assert!(!diagnostics.render_text(&sources, "spec", false).is_empty());
    }
}

#[test]
fn bytes_that_are_no_yaml_at_all() {
    let mut dice = Dice::new(0x00c0_ffee);
    survive(&spec("tests/errors/base"), 500, |text| {
        let bytes: Vec<u8> = (0..dice.throw(300)).map(|_| u8::try_from(dice.throw(256)).expect("a byte")).collect();
        *text = String::from_utf8_lossy(&bytes).into_owned();
    });
}

/// Damages one file after another, and prints what is found as text and as JSON.
fn survive(files: &SpecFiles, times: usize, mut damage: impl FnMut(&mut String)) {
    let paths: Vec<Utf8PathBuf> = files.keys().cloned().collect();
    let mut refused = 0;
    for time in 0..times {
        let mut files = files.clone();
        damage(files.get_mut(&paths[time % paths.len()]).expect("the path is one of them"));
        let sources = sources(&files);
        let mut diagnostics = Diagnostics::default();
        let api = apigen::read(&sources, &mut diagnostics);
        assert_eq!(api.is_none(), diagnostics.has_errors(), "an API is there exactly when no error is");
        refused += usize::from(api.is_none());
        assert!(!diagnostics.render_text(&sources, "spec", true).is_empty());
        let json: Result<serde_json::Value, _> = serde_json::from_str(&diagnostics.render_json(&sources, "spec"));
        assert!(json.is_ok());
        // Rendering is slow in a debug build, so that only some of what is still valid is rendered.
        if api.is_some() && time % 10 == 0 {
            apigen::generate(&sources, &mut Diagnostics::default()).expect("what can be read can be generated");
        }
    }
    assert!(refused > times / 4, "{refused} of {times} were refused, so little was damaged");
}
