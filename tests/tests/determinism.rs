//! Same spec, same bytes: whatever order files come in, however often, and with nothing of the machine in the output.

use apigen::tree::FileTree;
use apigen_model::diagnostics::Diagnostics;
use apigen_tests::project::{generate, root, spec};

const SPECS: [&str; 3] = ["spec", "tests/errors/base", "tests/cases/bookshop/spec"];

#[test]
fn the_order_of_the_files_does_not_matter() {
    for directory in SPECS {
        let files: Vec<_> = spec(directory).into_iter().collect();
        let first = generate(&spec(directory));
        let (before, after) = files.split_at(files.len() / 2);
        assert_eq!(tree(files.iter().cloned()), first, "{directory}, again");
        assert_eq!(tree(files.iter().rev().cloned()), first, "{directory}, backwards");
        assert_eq!(tree(after.iter().chain(before).cloned()), first, "{directory}, from the middle");
    }
}

fn tree(files: impl Iterator<Item = (camino::Utf8PathBuf, String)>) -> FileTree {
    apigen::generate(&files.collect(), &mut Diagnostics::default()).expect("the spec is valid")
}

#[test]
fn a_resource_depends_on_its_own_file_only() {
    let files = spec("spec");
    let before = generate(&files);
    let mut changed = files;
    let file = changed.get_mut(camino::Utf8Path::new("resources/tokens.yaml")).expect("the spec has it");
    *file = file.replacen("summary: ", "summary: Anew: ", 1).replace("summary: Anew: ", "summary: Anew, ");
    let after = generate(&changed);
    let differing: Vec<_> =
        after.iter().filter(|(path, text)| before.get(path.as_str()) != Some(*text)).map(|(path, _)| path).collect();
    assert!(!differing.is_empty());
    let others = differing
        .iter()
        .filter(|it| it.as_str().starts_with("client/src/group") || it.as_str().starts_with("validation/src/group"));
    assert_eq!(others.count(), 0, "{differing:?}");
}

#[test]
fn nothing_of_the_machine_is_in_the_output() {
    let root = root();
    let tool = format!("apigen {}", env!("CARGO_PKG_VERSION"));
    // A home that is the root of all is a part of every URL.
    let homes = std::env::home_dir().into_iter().chain([std::env::temp_dir()]).filter(|it| it.parent().is_some());
    let homes = homes.map(|it| format!("{}/", it.display().to_string().trim_end_matches('/')));
    let words: Vec<_> = homes.chain([root.to_string(), tool, "C:\\".to_owned()]).collect();
    for directory in SPECS {
        for (path, text) in generate(&spec(directory)).iter() {
            for word in &words {
                assert!(!text.contains(word), "{directory}: {path} holds `{word}`");
            }
        }
    }
}

#[test]
fn files_are_text_as_editors_leave_it() {
    for (path, text) in generate(&spec("spec")).iter() {
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path} ends with one line break");
        assert!(!text.contains('\r') && !text.starts_with('\u{feff}'), "{path}");
        let trailing = (1..).zip(text.lines()).find(|(_, line)| line.ends_with([' ', '\t']));
        assert_eq!(trailing, None, "{path} has blanks at the end of a line");
    }
}
