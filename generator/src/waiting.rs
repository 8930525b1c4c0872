//! What a person sees who waits for a run: nothing for a second, then how far it is.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use apigen::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run that ends sooner needs no explanation.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is drawn.
const TICK: Duration = Duration::from_millis(100);

/// A run that a person waits for.
pub(crate) struct Waiting {
    since: Instant,
    progress: Progress,
}

impl Waiting {
    /// Begins to wait.
    pub(crate) fn begin() -> Self {
        Self { since: Instant::now(), progress: Progress::default() }
    }

    /// Does a part of the work and shows how far the run is, on a terminal, where it takes long.
    pub(crate) fn shown<T>(&self, work: impl FnOnce(&Progress) -> T) -> T {
        let progress = &self.progress;
        if !io::stderr().is_terminal() {
            return work(progress);
        }
        let patience = PATIENCE.saturating_sub(self.since.elapsed());
        thread::scope(|scope| {
            // What is dropped ends the line, also when the work panics.
            let (_ends, ended) = mpsc::channel::<()>();
            scope.spawn(move || {
                if ended.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                    draw(progress, || ended.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout));
                }
            });
            work(progress)
        })
    }
}

fn draw(progress: &Progress, has_ended: impl Fn() -> bool) {
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len}");
    let bar = ProgressBar::hidden().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    while !has_ended() {
        if let Some(stage) = progress.stage() {
            let (done, total) = progress.of(stage);
            bar.set_prefix(stage.name());
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            // Not before there is something to show.
            if bar.is_hidden() {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
        }
    }
    bar.finish_and_clear();
}
