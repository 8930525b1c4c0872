//! A run that is killed leaves whole files, old or new, and the next run mends the rest.

use std::time::Instant;

use crate::desk::Desk;

/// How many moments of a run are tried.
const MOMENTS: u32 = 30;

#[test]
fn a_run_killed_at_any_moment_leaves_no_half_file() {
    let desk = Desk::new();
    let summaries = ["Lends books.", "Lends maps."];
    let old = desk.expected_files();
    desk.edit("api.yaml", (summaries[0], summaries[1]));
    let new = desk.expected_files();
    assert_ne!(old, new);

    let start = Instant::now();
    assert_eq!(desk.generate(&[]).code, 0);
    let whole_run = start.elapsed();
    let (spec, out) = (desk.spec(), desk.out());
    for moment in 0..MOMENTS {
        let turn = usize::from(moment % 2 == 0);
        desk.edit("api.yaml", (summaries[turn], summaries[1 - turn]));
        let mut run =
            Desk::command(&["generate", "--spec", spec.as_str(), "--out", out.as_str()]).spawn().expect("it starts");
        std::thread::sleep(whole_run * moment / MOMENTS);
        run.kill().expect("it is our own");
        run.wait().expect("it has ended");
        for (path, text) in desk.written() {
            let whole = [old.get(&path), new.get(&path)].contains(&Some(&text));
            assert!(whole, "moment {moment}: {path} is neither old nor new");
        }
    }
    assert_eq!(desk.generate(&[]).code, 0);
    assert_eq!(desk.written(), desk.expected_files());
    assert_eq!(hidden(&out), Vec::<String>::new(), "files half written are removed by the next run");
}

/// Names of the hidden files below a directory.
fn hidden(directory: &camino::Utf8Path) -> Vec<String> {
    let entries = directory.read_dir_utf8().expect("the output can be listed");
    let mut found = Vec::new();
    for entry in entries.map(|it| it.expect("the output can be listed")) {
        if entry.file_name().starts_with('.') {
            found.push(entry.file_name().to_owned());
        } else if entry.path().is_dir() {
            found.extend(hidden(entry.path()));
        }
    }
    found
}

#[test]
fn what_a_killed_run_left_is_removed_and_other_hidden_files_are_kept() {
    let desk = Desk::new();
    desk.generate(&[]);
    let source = desk.out().join("client/src");
    for name in [".apigen-Ab12Cd", ".gitkeep"] {
        std::fs::write(source.join(name), "half").expect("the output can be written");
    }
    assert_eq!(desk.generate(&[]).code, 0);
    assert_eq!(hidden(&desk.out()), [".gitkeep"]);
}
