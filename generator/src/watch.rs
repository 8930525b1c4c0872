//! `generate --watch`: runs again whenever a file of the spec is saved.

use std::sync::mpsc;
use std::time::Duration;

use camino::Utf8Path;
use notify::{RecursiveMode, Watcher};

use crate::{Failure, Outcome};

/// How long to wait for the other events of a save: editors write, rename and touch in one go.
const SETTLE: Duration = Duration::from_millis(30);

/// Runs now and after every change below a directory, until the process is ended. Problems do not end it.
pub(crate) fn watch(directory: &Utf8Path, run: impl Fn() -> Result<Outcome, Failure>) -> Result<Outcome, Failure> {
    let failed = |error: notify::Error| format!("cannot watch {directory}: {error}");
    let (sender, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let touches_spec = event.as_ref().is_ok_and(|it| {
            !matches!(it.kind, notify::EventKind::Access(_)) && it.paths.iter().any(|path| is_spec(path))
        });
        if touches_spec || event.is_err() {
            // The receiver is gone only when the process ends.
            let _ = sender.send(());
        }
    })
    .map_err(failed)?;
    watcher.watch(directory.as_std_path(), RecursiveMode::Recursive).map_err(failed)?;
    loop {
        if let Err(failure) = run() {
            eprintln!("apigen: {failure}");
        }
        eprintln!("watching {directory}; Ctrl-C ends it");
        if changes.recv().is_err() {
            return Err(format!("nothing watches {directory} any more"));
        }
        while changes.recv_timeout(SETTLE).is_ok() {}
    }
}

fn is_spec(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|it| it == "yaml")
}
