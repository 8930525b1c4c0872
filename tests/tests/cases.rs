//! Golden cases: every directory of `cases` holds a spec and what it becomes.
//!
//! Nothing is registered anywhere. A small case shows the module of its one resource in the client and in the validation
//! crate, and the summary; the bookshop shows its summary, its counts and the dump of one resource, for the rest of it is compiled
//! and run. To accept a change after reading it: `INSTA_UPDATE=always cargo test -p apigen-tests --test cases`.

use std::collections::BTreeMap;

use apigen_model::diagnostics::Diagnostics;
use apigen_tests::{generate, read_spec};
use camino::Utf8Path;
use serde_json::Value;

#[test]
fn cases() {
    insta::glob!("../cases", "*/spec/api.yaml", |path| {
        let spec =
            Utf8Path::from_path(path).and_then(Utf8Path::parent).expect("a case is a directory with a readable name");
        let case = spec.parent().expect("the glob has two directories");
        let shown = if case.file_name() == Some("bookshop") { bookshop(spec) } else { small(spec) };
        let expected = case.join("expected");
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(&expected);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            for (name, text) in &shown {
                insta::assert_snapshot!(*name, text);
            }
        });
        for entry in expected.read_dir_utf8().expect("the snapshots were compared") {
            let entry = entry.expect("the snapshots can be listed");
            let is_shown = entry.file_name().strip_suffix(".snap").is_some_and(|it| shown.contains_key(it));
            assert!(is_shown, "nothing is compared with {}: delete it", entry.path());
        }
    });
}

fn small(spec: &Utf8Path) -> BTreeMap<&'static str, String> {
    let files = generate(spec);
    let shown =
        [("client.rs", "client/src/notes.rs"), ("validation.rs", "validation/src/notes.rs"), ("api.txt", "api.txt")];
    shown.into_iter().filter_map(|(name, path)| Some((name, files.get(path)?.to_owned()))).collect()
}

fn bookshop(spec: &Utf8Path) -> BTreeMap<&'static str, String> {
    let api = apigen::read(&read_spec(spec), &mut Diagnostics::default()).expect("`generate` reports problems");
    let summary = generate(spec).get("api.txt").expect("every API has a summary").to_owned();
    let mut dump = apigen::dump::dump(&api);
    if let Some(Value::Array(operations)) = dump.get_mut("operations") {
        operations.retain(|it| it["resource"] == "orders");
    }
    let stats = apigen::stats::Stats::of(&api).to_text();
    BTreeMap::from([("api.txt", summary), ("dump.json", format!("{dump:#}")), ("stats.txt", stats)])
}
