//! The command line from outside: exit codes, what is written and removed, what is printed, and what a kill leaves.
#![expect(clippy::disallowed_methods, reason = "the suite plays the person at the terminal, who has files")]

#[path = "cli/comparing.rs"]
mod comparing;
#[path = "cli/desk.rs"]
mod desk;
#[path = "cli/importing.rs"]
mod importing;
#[path = "cli/killed.rs"]
mod killed;
#[path = "cli/mocking.rs"]
mod mocking;
#[path = "cli/verifying.rs"]
mod verifying;
#[path = "cli/watching.rs"]
mod watching;

use std::fs;
use std::time::{Duration, SystemTime};

use apigen::progress::{Progress, Stage};
use apigen::{Artefact, output};
use apigen_model::diagnostics::Diagnostics;
use camino::{Utf8Path, Utf8PathBuf};
use desk::{BROKEN, Desk};

#[test]
fn a_clean_run_exits_with_0_and_says_what_it_wrote() {
    let desk = Desk::new();
    let run = desk.generate(&[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let files = desk.expected().iter().count();
    assert_eq!(run.stdout, format!("{}: {files} files, {files} written, 0 removed\n", desk.out()));
    assert_eq!(run.stderr, "");
    assert_eq!(desk.written(), desk.expected_files());
}

#[test]
fn problems_of_the_spec_exit_with_1_and_write_nothing() {
    let desk = Desk::new();
    desk.edit("resources/books.yaml", BROKEN);
    let run = desk.generate(&[]);
    assert_eq!(run.code, 1);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("error[E0201]"), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("{}/resources/books.yaml:", desk.spec())), "{}", run.stderr);
    assert!(!desk.out().exists());
    assert_eq!(Desk::run(&["dump", "--spec", desk.spec().as_str()]).code, 1);
}

#[test]
fn failures_exit_with_2_and_name_the_file() {
    let desk = Desk::new();
    let nowhere = desk.path("nowhere");
    let run = Desk::run(&["generate", "--spec", nowhere.as_str(), "--out", desk.out().as_str()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with(&format!("apigen: cannot read {nowhere}: ")), "{}", run.stderr);

    fs::write(desk.spec().join("latin.yaml"), [b'a', 0xE9]).expect("the spec can be written");
    let run = desk.generate(&[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("latin.yaml is not UTF-8"), "{}", run.stderr);

    assert_eq!(Desk::run(&["generate", "--colour"]).code, 2);
    assert_eq!(Desk::run(&["generate", "--check", "--watch"]).code, 2);
    assert_eq!(Desk::run(&[]).code, 2);
}

#[test]
fn an_output_directory_that_cannot_be_written_exits_with_2() {
    let desk = Desk::new();
    fs::write(desk.path("file"), "").expect("the desk can be written");
    let out = desk.path("file/below");
    let run = Desk::run(&["generate", "--spec", desk.spec().as_str(), "--out", out.as_str()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("apigen: cannot ") && run.stderr.contains(out.as_str()), "{}", run.stderr);
}

#[test]
fn help_and_version_exit_with_0_and_help_tells_the_exit_codes() {
    let help = Desk::run(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Exit codes: 0 clean, 1 findings"), "{}", help.stdout);
    for command in ["generate", "dump", "translate", "verify", "explain", "schema"] {
        assert!(help.stdout.contains(command));
        assert_eq!(Desk::run(&[command, "--help"]).code, 0);
    }
    assert_eq!(Desk::run(&["--version"]).code, 0);
}

#[test]
fn a_second_run_writes_nothing() {
    let desk = Desk::new();
    desk.generate(&[]);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for path in desk.written().keys() {
        let file = fs::File::options().append(true).open(desk.out().join(path)).expect("it was written");
        file.set_modified(long_ago).expect("a file can be dated back");
    }
    let run = desk.generate(&[]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.ends_with("0 written, 0 removed\n"), "{}", run.stdout);
    for path in desk.written().keys() {
        let modified = fs::metadata(desk.out().join(path)).and_then(|it| it.modified()).expect("it is there");
        assert_eq!(modified, long_ago, "{path} was written again");
    }
}

#[test]
fn only_what_changed_is_written_and_only_what_is_not_produced_is_removed() {
    let desk = Desk::new();
    desk.generate(&[]);
    fs::write(desk.out().join("api.txt"), "stale").expect("the output can be written");
    fs::create_dir_all(desk.out().join("old/deep/empty")).expect("the output can be written");
    fs::write(desk.out().join("old/deep/file.txt"), "orphan").expect("the output can be written");
    for kept in [".hidden", "target/build"] {
        let path = desk.out().join(kept);
        fs::create_dir_all(path.parent().expect("it has a parent")).expect("the output can be written");
        fs::write(path, "kept").expect("the output can be written");
    }
    let run = desk.generate(&[]);
    assert!(run.stdout.ends_with("1 written, 1 removed\n"), "{}", run.stdout);
    assert_eq!(desk.written(), desk.expected_files());
    assert!(!desk.out().join("old").exists(), "directories that hold nothing are removed too");
    assert!(desk.out().join(".hidden").exists() && desk.out().join("target/build").exists());
}

#[test]
fn some_artefacts_are_made_alone_and_the_others_stay_as_they_are() {
    let desk = Desk::new();
    let run = desk.generate(&["--only", "client"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let is_of_client = |path: &&Utf8PathBuf| path.starts_with("client") || path.starts_with("validation");
    let written = desk.written();
    assert_eq!(written.keys().filter(is_of_client).count(), desk.expected_files().keys().filter(is_of_client).count());
    assert_eq!(written.keys().filter(|it| !is_of_client(it)).collect::<Vec<_>>(), ["rustfmt.toml"]);

    // What is missing, edited and too much is that of the others.
    fs::write(desk.out().join("openapi.json"), "{}").expect("the output can be written");
    fs::write(desk.out().join("client/src/more.rs"), "").expect("the output can be written");
    let run = desk.generate(&["--check", "--only", "client"]);
    assert_eq!((run.code, run.stdout.lines().next()), (1, Some("orphaned client/src/more.rs")));
    let run = desk.generate(&["--only", "site", "--only", "client"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut written = desk.written();
    assert_eq!(written.remove(Utf8Path::new("openapi.json")).as_deref(), Some("{}"));
    let mut expected = desk.expected_files();
    expected.retain(|path, _| path != "openapi.json" && path != "api.txt");
    assert_eq!(written, expected);
    assert_eq!(desk.generate(&["--check", "--only", "client,site"]).code, 0);
}

#[test]
fn all_pieces_of_a_run_are_counted_and_done() {
    let (desk, progress) = (Desk::new(), Progress::default());
    assert_eq!(progress.stage(), None);
    let files = apigen::generate_some(&desk.sources(), &Artefact::ALL, &progress, &mut Diagnostics::default());
    let files = files.expect("the spec is valid");
    // The files of the spec.
    assert_eq!(progress.of(Stage::Reading), (4, 4));
    // Two resources for the client, one with limits for the validation code, and two pages.
    assert_eq!((progress.stage(), progress.of(Stage::Rendering)), (Some(Stage::Rendering), (5, 5)));
    desk.generate(&[]);
    fs::write(desk.out().join("openapi.json"), "{}").expect("the output can be written");
    fs::remove_file(desk.out().join("api.txt")).expect("the output can be written");
    let written = output::write_counted(&desk.out(), &files, |_| false, &progress);
    assert!(written.is_ok(), "the output can be written");
    // What is as it should be is not written.
    assert_eq!((progress.stage(), progress.of(Stage::Writing)), (Some(Stage::Writing), (2, 2)));
}

#[test]
fn a_file_in_the_place_of_a_directory_and_a_directory_in_the_place_of_a_file_are_replaced() {
    let desk = Desk::new();
    desk.generate(&[]);
    fs::remove_dir_all(desk.out().join("client")).expect("the output can be written");
    fs::write(desk.out().join("client"), "").expect("the output can be written");
    fs::remove_file(desk.out().join("api.txt")).expect("the output can be written");
    fs::create_dir_all(desk.out().join("api.txt/empty")).expect("the output can be written");
    let run = desk.generate(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(desk.written(), desk.expected_files());
}

#[test]
fn check_lists_what_differs_and_the_command_that_mends_it() {
    let desk = Desk::new();
    desk.generate(&[]);
    assert_eq!(desk.generate(&["--check"]).code, 0);
    assert_eq!(desk.generate(&["--check"]).stdout, "");

    fs::write(desk.out().join("api.txt"), "stale").expect("the output can be written");
    fs::remove_file(desk.out().join("client/Cargo.toml")).expect("the output can be written");
    fs::write(desk.out().join("client/orphan.rs"), "").expect("the output can be written");
    let before = desk.written();
    let run = desk.generate(&["--check"]);
    assert_eq!(run.code, 1);
    let command = format!("apigen generate --spec {} --out {}", desk.spec(), desk.out());
    let wanted = "changed  api.txt\nmissing  client/Cargo.toml\norphaned client/orphan.rs\n";
    assert_eq!(run.stdout, format!("{wanted}not up to date; to mend it: {command}\n"));
    assert_eq!(desk.written(), before, "a check writes nothing");

    let words: Vec<_> = command.split(' ').skip(1).collect();
    assert_eq!(Desk::run(&words).code, 0);
    assert_eq!(desk.generate(&["--check"]).code, 0);
}

#[test]
fn json_is_one_document_on_standard_output() {
    let desk = Desk::new();
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("it is one JSON document");
    assert_eq!(parse(&desk.generate(&["--format", "json"]).stdout)["diagnostics"], serde_json::json!([]));
    let dump = Desk::run(&["dump", "--format", "json", "--spec", desk.spec().as_str()]);
    assert!(parse(&dump.stdout)["operations"].is_array());

    std::fs::remove_file(desk.out().join("api.txt")).expect("the output can be written");
    let check = desk.generate(&["--check", "--format", "json"]);
    assert_eq!((check.code, &parse(&check.stdout)["diagnostics"]), (1, &serde_json::json!([])));
    assert!(check.stderr.starts_with("missing  api.txt\n"), "{}", check.stderr);

    desk.edit("resources/books.yaml", BROKEN);
    let run = desk.generate(&["--format", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let problem = &parse(&run.stdout)["diagnostics"][1];
    assert_eq!((problem["code"].as_str(), problem["line"].as_u64()), (Some("E0201"), Some(8)));
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_failure() {
    let mut run = Desk::command(&["schema"]).spawn().expect("the command starts");
    drop(run.stdout.take());
    let output = run.wait_with_output().expect("it ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn schema_and_dump_print_json() {
    let desk = Desk::new();
    let schema = Desk::run(&["schema"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&schema.stdout).expect("it is JSON"), apigen_model::schema());
    let dump = Desk::run(&["dump", "--spec", desk.spec().as_str()]);
    let dump: serde_json::Value = serde_json::from_str(&dump.stdout).expect("it is JSON");
    assert_eq!(dump["operations"][0]["id"], "books.get");
}

#[test]
fn translate_writes_the_files_of_a_language_and_nothing_else() {
    let desk = Desk::new();
    let run = |arguments: &[&str]| Desk::run(&[arguments, &["--spec", desk.spec().as_str()]].concat());
    let undeclared = run(&["translate", "zh"]);
    assert_eq!((undeclared.code, undeclared.stdout.as_str()), (1, ""));
    assert!(undeclared.stderr.contains("error[E0602]: the language `zh` is not declared"), "{}", undeclared.stderr);
    assert!(!desk.spec().join("zh").exists());

    desk.edit("api.yaml", ("summary: Lends books.}", "summary: Lends books., languages: [zh]}"));
    fs::create_dir_all(desk.spec().join("zh")).expect("the desk can be written");
    fs::write(desk.spec().join("zh/notes.md"), "words").expect("the desk can be written");
    fs::write(desk.spec().join("zh/gone.yaml"), "title: {of: \"0\", text: x}").expect("the desk can be written");
    let first = run(&["translate", "zh"]);
    let texts = "54 texts, 0 translated, 54 missing, 0 out of date";
    assert_eq!(first.stdout, format!("{}/zh: {texts}; 4 files written, 1 removed\n", desk.spec()));
    assert_eq!((first.code, first.stderr.as_str()), (0, ""));
    assert!(desk.spec().join("zh/notes.md").exists() && !desk.spec().join("zh/gone.yaml").exists());
    let second = run(&["translate", "zh"]);
    assert_eq!(second.stdout, format!("{}/zh: {texts}; 0 files written, 0 removed\n", desk.spec()));

    let summary = "operations.get.summary:\n  of: \"30baec9c\"\n  text: ";
    desk.edit("zh/resources/books.yaml", (&format!("{summary}\"\""), &format!("{summary}\"读取一本书。\"")));
    let third = run(&["translate", "zh"]);
    assert!(
        third.stdout.contains("54 texts, 1 translated, 53 missing, 0 out of date; 0 files written"),
        "{}",
        third.stdout
    );
}

#[test]
fn dump_comes_in_a_language_of_the_spec() {
    let desk = Desk::new();
    desk.edit("api.yaml", ("summary: Lends books.}", "summary: Lends books., languages: [zh]}"));
    fs::create_dir_all(desk.spec().join("zh")).expect("the desk can be written");
    fs::write(desk.spec().join("zh/api.yaml"), "api.title: {of: \"a8532270\", text: 图书馆}\n").expect("so can this");
    let dump =
        |language: &str| Desk::run(&["dump", "--lang", language, "--format", "json", "--spec", desk.spec().as_str()]);
    let title =
        |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("it is JSON")["api"]["title"].clone();
    assert_eq!(title(&dump("zh").stdout), "图书馆");
    assert_eq!(title(&dump("en").stdout), "Library");
    let unknown = dump("fr");
    assert_eq!(unknown.code, 1);
    assert!(unknown.stdout.contains("E0602") && unknown.stdout.contains("there is only `zh`"), "{}", unknown.stdout);
}

#[test]
fn stats_are_a_table_for_people_and_json_for_programs() {
    let desk = Desk::new();
    let stats =
        |more: &[&str]| Desk::run(&[&["dump", "--stats", "--spec", desk.spec().as_str()], more].concat()).stdout;
    let text = stats(&[]);
    let lines: Vec<Vec<&str>> = text.lines().map(|it| it.split_whitespace().collect()).collect();
    assert_eq!((lines[0][0], lines[1][0], lines[2][0]), ("page", "manual", "total"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&stats(&["--format", "json"])).expect("it is JSON");
    assert_eq!((&json["pages"][0]["page"], &json["pages"][0]["title"]), (&"manual".into(), &"The manual".into()));
    // Path: the id of a book, twice. Body: two credentials; title, genre and verses. Payloads: a token, a book three times.
    assert_eq!(
        json["total"]["parameters"],
        serde_json::json!({"path": 2, "query": 2, "header": 0, "body": 5, "form": 1})
    );
    for (heading, path) in [
        ("operations", "/operations"),
        ("query", "/parameters/query"),
        ("payload", "/response_fields"),
        ("envelope", "/envelope_fields"),
        ("errors", "/errors"),
        ("limits", "/limits"),
        ("rates", "/rate_limits"),
        ("examples", "/examples"),
        ("settled", "/contradictions/settled"),
    ] {
        let column = lines[0].iter().position(|it| *it == heading).expect("the table has the column");
        let count = json["total"].pointer(path).expect("the object has the count").to_string();
        assert_eq!(lines[2][column], count, "{heading}: {text}");
        assert_ne!(count, "0", "{heading}");
    }
}

#[test]
fn explain_prints_a_page_and_suggests_codes() {
    for code in ["E0201", "e0201", " E0201 "] {
        let run = Desk::run(&["explain", code]);
        assert_eq!(run.code, 0);
        assert!(run.stdout.starts_with("# E0201: ") && run.stdout.contains("Wrong:") && run.stdout.contains("Right:"));
    }
    let run = Desk::run(&["explain", "E0210"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("there is no code `E0210`") && run.stderr.contains("E0201"), "{}", run.stderr);
    let run = Desk::run(&["explain", "nonsense"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("codes look like E0201"), "{}", run.stderr);
}

#[test]
fn what_is_piped_has_no_colours() {
    let desk = Desk::new();
    desk.edit("resources/books.yaml", BROKEN);
    for variables in [&[][..], &[("NO_COLOR", "1")], &[("CLICOLOR_FORCE", "0"), ("TERM", "xterm-256color")]] {
        let run =
            Desk::run_with(&["generate", "--spec", desk.spec().as_str(), "--out", desk.out().as_str()], variables);
        assert!(run.stderr.contains("E0201") && !run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
    }
}
