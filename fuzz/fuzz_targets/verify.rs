//! Recordings of traffic of any form against an API: findings or an error that names the place, never a panic.
#![no_main]

use std::sync::LazyLock;

use apigen_interpret::Interpreter;
use apigen_interpret::verify::Verifier;
use apigen_model::diagnostics::Diagnostics;
use apigen_model::source::Sources;
use camino::Utf8PathBuf;
use libfuzzer_sys::fuzz_target;

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let files = [
        ("api.yaml", include_str!("../../tests/errors/base/api.yaml")),
        ("pages.yaml", include_str!("../../tests/errors/base/pages.yaml")),
        ("resources/books.yaml", include_str!("../../tests/errors/base/resources/books.yaml")),
        ("resources/tokens.yaml", include_str!("../../tests/errors/base/resources/tokens.yaml")),
    ];
    let sources: Sources = files.into_iter().map(|(path, text)| (Utf8PathBuf::from(path), text.to_owned())).collect();
    let api = apigen_model::read(&sources, &mut Diagnostics::default()).expect("the base of the error cases is valid");
    Verifier::new(Interpreter::new(api))
});

fuzz_target!(|recording: &[u8]| {
    match VERIFIER.verify(&[recording]) {
        Ok(report) => assert!(report.matched <= report.exchanges),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
