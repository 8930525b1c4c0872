//! How far a run is, for those who wait for it.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The pieces of work of a run, stage by stage.
#[derive(Debug, Default)]
pub struct Progress([Count; Stage::ALL.len()]);

/// What a run does, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A piece is a file of the spec.
    Reading,
    /// A piece is a resource for an artefact, in a language.
    Rendering,
    /// A piece is a file that is missing or changed.
    Writing,
}

#[derive(Debug, Default)]
struct Count {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 3] = [Self::Reading, Self::Rendering, Self::Writing];

    /// What a person reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Rendering => "rendering",
            Self::Writing => "writing",
        }
    }
}

impl Progress {
    /// The pieces of a stage that are done, and all of them: 0 until it is known how many there are.
    pub fn of(&self, stage: Stage) -> (usize, usize) {
        let Count { done, total } = self.count(stage);
        (done.load(Ordering::Relaxed), total.load(Ordering::Relaxed))
    }

    /// The stage that the run has come to; none before the first.
    pub fn stage(&self) -> Option<Stage> {
        Stage::ALL.into_iter().rfind(|it| self.of(*it).1 > 0)
    }

    /// Adds pieces to those of a stage.
    pub fn expect(&self, stage: Stage, pieces: usize) {
        self.count(stage).total.fetch_add(pieces, Ordering::Relaxed);
    }

    /// Notes that a piece of a stage is done.
    pub fn step(&self, stage: Stage) {
        self.count(stage).done.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self, stage: Stage) -> &Count {
        &self.0[stage as usize]
    }
}
