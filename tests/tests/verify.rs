//! Recorded traffic against a spec: every directory of `verify/<spec>` holds recordings and what is said about them.
//!
//! Nothing is registered anywhere. A file `server` beside the recordings names servers, one per line. To accept a change
//! after reading it: `INSTA_UPDATE=always cargo test -p apigen-tests --test verify`.
#![expect(clippy::disallowed_methods, reason = "the recordings are on disk")]

use std::fs;

use apigen::verify::Findings;
use apigen_interpret::Interpreter;
use apigen_interpret::verify::{Report, Verifier};
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use apigen_tests::project;
use camino::{Utf8Path, Utf8PathBuf};

/// Directories of cases, and the specs that they are held against.
const SPECS: [(&str, &str); 2] =
    [("tests/verify/bookshop", "tests/cases/bookshop/spec"), ("tests/verify/easemob", "spec")];

#[test]
fn recordings() {
    for (cases, spec) in SPECS {
        let sources = project::sources(&project::spec(spec));
        let interpreter = interpreter(&sources);
        for case in directories(&project::root().join(cases)) {
            let files = recordings_in(&case);
            let contents: Vec<_> = files.iter().map(|it| fs::read(it).expect("a recording can be read")).collect();
            let contents: Vec<_> = contents.iter().map(Vec::as_slice).collect();
            let report = verifier(&interpreter, &case).verify(&contents);
            let report = report.unwrap_or_else(|error| panic!("{}: {error}", files[error.file]));
            let names: Vec<_> = files.iter().filter_map(|it| it.file_name()).map(str::to_owned).collect();
            let findings = Findings { report: &report, files: &names, sources: &sources, root: "spec" };
            let mut settings = insta::Settings::new();
            settings.set_snapshot_path(&case);
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| {
                insta::assert_snapshot!("out.txt", findings.to_text(false));
                insta::assert_snapshot!("out.json", format!("{:#}", findings.to_json()));
            });
            let shown = [findings.to_text(true), findings.to_json().to_string()];
            assert!(!shown.iter().any(|it| it.contains("hush-hush")), "{case} shows a secret");
        }
    }
}

#[test]
fn a_broken_recording_is_named_with_its_place() {
    let interpreter = interpreter(&project::sources(&project::spec("tests/cases/bookshop/spec")));
    let verifier = Verifier::new(interpreter);
    let cases: [(&[u8], &str); 12] = [
        (b"", "this is not JSON: EOF while parsing a value at line 1 column 0"),
        (b"\xff\xfe{\0", "this is not JSON: invalid utf-8 sequence of 1 bytes from index 0"),
        (b"[]", "this is JSON, and no HAR file: it has no `log`"),
        (br#"{"log": []}"#, "log.entries: expected a list of exchanges"),
        (br#"{"log": {"entries": {}}}"#, "log.entries: expected a list of exchanges"),
        (br#"{"log": {"entries": [3]}}"#, "log.entries[0].request.method: expected text"),
        (br#"{"log": {"entries": [{"request": {"method": "GET"}}]}}"#, "log.entries[0].request.url: expected text"),
        (br#"{"log": {"entries": [{"request": {"method": "", "url": "x"}}]}}"#, "log.entries[0].request.method: expected text"),
        (
            br#"{"log": {"entries": [{"request": {"method": "GET", "url": 1}}]}}"#,
            "log.entries[0].request.url: expected text",
        ),
        (
            br#"{"log": {"entries": [{"request": {"method": "GET", "url": "x"}, "response": {"status": 200, "content": {"text": "?", "encoding": "base64"}}}]}}"#,
            "log.entries[0].response.content.text: this is not Base64: Invalid symbol 63, offset 0.",
        ),
        (
            br#"{"log": {"entries": [{"request": {"method": "PUT", "url": "x", "postData": {"text": "?", "encoding": "base64"}}}]}}"#,
            "log.entries[0].request.postData.text: this is not Base64: Invalid symbol 63, offset 0.",
        ),
        (br#"{"log": {"entries": []}}}"#, "this is not JSON: trailing characters at line 1 column 25"),
    ];
    for (bytes, expected) in cases {
        let fine = br#"{"log": {"entries": []}}"#;
        let error = verifier.verify(&[fine, bytes]).expect_err(expected);
        assert_eq!((error.file, error.to_string().as_str()), (1, expected));
    }
    assert_eq!(verifier.verify(&[]), Ok(Report::default()));
}

#[test]
fn a_server_is_an_address() {
    let interpreter = interpreter(&project::sources(&project::spec("tests/cases/bookshop/spec")));
    for (url, is_one) in [
        ("https://a.example/x", true),
        ("HTTP://a.example", true),
        ("a.example/x", false),
        ("ftp://a.example", false),
        ("https://", false),
        ("https://a.example?x", false),
    ] {
        assert_eq!(Verifier::new(interpreter.clone()).server(url).is_ok(), is_one, "{url}");
    }
}

fn interpreter(sources: &Sources) -> Interpreter {
    let api = apigen::read(sources, &mut Diagnostics::default());
    Interpreter::new(api.expect("the specs of the project are valid"))
}

fn verifier(interpreter: &Interpreter, case: &Utf8Path) -> Verifier {
    let servers = fs::read_to_string(case.join("server")).unwrap_or_default();
    let verifier = Verifier::new(interpreter.clone());
    servers.lines().fold(verifier, |it, url| it.server(url).expect("a case names addresses"))
}

fn directories(cases: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = cases.read_dir_utf8().expect("the cases can be listed");
    let mut all: Vec<_> = entries.map(|it| it.expect("the cases can be listed").into_path()).collect();
    all.sort();
    all
}

/// The recordings of a case; nothing else may be left over there.
fn recordings_in(case: &Utf8Path) -> Vec<Utf8PathBuf> {
    let all = directories(case);
    for path in &all {
        let name = path.file_name().unwrap_or_default();
        let is_known = path.extension() == Some("har") || ["server", "out.txt.snap", "out.json.snap"].contains(&name);
        assert!(is_known, "nothing reads {path}: delete it");
    }
    all.into_iter().filter(|it| it.extension() == Some("har")).collect()
}

/// Recordings with bytes changed, taken out and doubled: whatever comes of it, it is an error or a report.
#[test]
fn no_recording_makes_the_verifier_panic() {
    let (cases, spec) = SPECS[0];
    let verifier = Verifier::new(interpreter(&project::sources(&project::spec(spec))));
    let marks: [&[u8]; 12] = [b"\"", b"{", b"}", b"[", b"]", b"null", b"-1", b"1e400", b"\\ud800", b"\xff", b"%", b"/"];
    let (mut reports, mut errors) = (0, 0);
    for file in directories(&project::root().join(cases)).iter().flat_map(|it| recordings_in(it)) {
        let whole = fs::read(&file).expect("a recording can be read");
        for step in 0..60 {
            let at = whole.len() * step / 60;
            let mark = marks[step % marks.len()];
            let end = (at + step % 7).min(whole.len());
            let changed = [&whole[..at], mark, &whole[end..]].concat();
            match verifier.verify(&[&changed, &whole[..at]]).or_else(|_| verifier.verify(&[&changed])) {
                Ok(report) => reports += usize::from(report.exchanges > 0),
                Err(error) => errors += usize::from(!error.to_string().is_empty()),
            }
        }
    }
    assert!(reports > 50 && errors > 50, "{reports} {errors}");
}
