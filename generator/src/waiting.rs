//! What a person sees who waits for a run: nothing for a second, then how far it is.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use apigen::progress::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A run that ends sooner needs no explanation.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is drawn.
const TICK: Duration = Duration::from_millis(100);

/// Does the work and shows how far it is, on a terminal, where it takes long.
pub(crate) fn shown<T>(progress: &Progress, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    thread::scope(|scope| {
        // What is dropped ends the line, also when the work panics.
        let (_ends, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                draw(progress, || ended.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout));
            }
        });
        work()
    })
}

fn draw(progress: &Progress, has_ended: impl Fn() -> bool) {
    let style = ProgressStyle::with_template("rendering {wide_bar} {pos}/{len}");
    let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    while !has_ended() {
        if progress.total() > 0 {
            bar.set_length(progress.total() as u64);
            bar.set_position(progress.done() as u64);
        }
    }
    bar.finish_and_clear();
}
