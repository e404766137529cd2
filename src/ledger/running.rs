//! An operation under way, and whoever waits for it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::desk::{Refused, Watched};
use super::operation::{Fingerprint, Operation, Step};
use crate::vendor::Effect;

/// An operation under way.
pub(super) struct Running {
    pub(super) key: Arc<str>,
    pub(super) fingerprint: Fingerprint,
    progress: watch::Sender<Progress>,
}

/// How far it has come.
#[derive(Clone)]
pub(super) enum Progress {
    /// Its intent is not recorded yet.
    Begun,
    /// It is being carried out.
    Going {
        operation: Operation,
        effects: Vec<Effect>,
        /// When it is found out next what became of it; none while it is being sent.
        next_look: Option<Instant>,
    },
    /// Nothing more comes of it here.
    Ended {
        operation: Operation,
        effects: Vec<Effect>,
        /// Whether it was known before.
        is_repeated: bool,
    },
    /// There is no such operation.
    Refused(Arc<Refused>),
}

impl Progress {
    pub(super) fn going(operation: &Operation, next_look: Option<Instant>) -> Self {
        Self::Going {
            effects: operation.steps.iter().map(|_| Effect::default()).collect(),
            operation: operation.clone(),
            next_look,
        }
    }
}

impl Running {
    pub(super) fn new(key: Arc<str>, fingerprint: Fingerprint) -> Self {
        Self {
            key,
            fingerprint,
            progress: watch::Sender::new(Progress::Begun),
        }
    }

    pub(super) fn now(&self) -> Progress {
        self.progress.borrow().clone()
    }

    pub(super) fn watch(&self) -> Watched {
        self.progress.subscribe()
    }

    pub(super) fn set(&self, progress: Progress) {
        self.progress.send_replace(progress);
    }

    /// Tells how far one step has come.
    pub(super) fn tell(
        &self,
        place: usize,
        step: &Step,
        effect: Option<&Effect>,
        looks_next: Option<Instant>,
    ) {
        self.progress.send_modify(|progress| {
            if let Progress::Going {
                operation,
                effects,
                next_look,
            } = progress
            {
                operation.steps[place] = step.clone();
                if let Some(effect) = effect {
                    effects[place] = effect.clone();
                }
                *next_look = looks_next;
            }
        });
    }

    /// Tells that nothing more comes of it.
    pub(super) fn end(&self) {
        self.progress.send_modify(|progress| {
            if let Progress::Going {
                operation, effects, ..
            } = progress
            {
                *progress = Progress::Ended {
                    operation: operation.clone(),
                    effects: std::mem::take(effects),
                    is_repeated: false,
                };
            }
        });
    }
}
