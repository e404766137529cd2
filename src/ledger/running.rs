//! An operation under way, and whoever waits for it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::desk::{Refused, Watched};
use super::operation::{Fingerprint, Operation, Step, StepState};
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
    /// Its intent is not recorded yet: another write comes first that it could be mistaken for.
    Begun(Operation),
    /// It is being carried out.
    Going {
        operation: Operation,
        effects: Vec<Effect>,
        /// When it is found out next what became of each step; none while it is being sent.
        next_looks: Vec<Option<Instant>>,
        /// Whether it was known before.
        is_repeated: bool,
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
    pub(super) fn going(
        operation: &Operation,
        next_look: Option<Instant>,
        is_repeated: bool,
    ) -> Self {
        Self::Going {
            effects: operation.steps.iter().map(|_| Effect::default()).collect(),
            next_looks: operation.steps.iter().map(|_| next_look).collect(),
            operation: operation.clone(),
            is_repeated,
        }
    }

    /// When more may be known at the earliest, unless something is being sent just now.
    pub(super) fn next_look(&self) -> Option<Instant> {
        let Self::Going {
            operation,
            next_looks,
            ..
        } = self
        else {
            return None;
        };
        let steps = || operation.steps.iter().zip(next_looks);
        let is_being_sent =
            |(step, look): (&Step, &Option<_>)| step.state == StepState::Sending && look.is_none();
        if steps().any(is_being_sent) {
            return None;
        }
        let open = steps().filter(|(step, _)| !step.state.is_settled());
        open.filter_map(|(_, look)| *look).min()
    }
}

impl Running {
    pub(super) fn new(operation: &Operation, progress: Progress) -> Self {
        Self {
            key: operation.key.clone(),
            fingerprint: operation.fingerprint,
            progress: watch::Sender::new(progress),
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
        next_look: Option<Instant>,
    ) {
        self.progress.send_modify(|progress| {
            if let Progress::Going {
                operation,
                effects,
                next_looks,
                ..
            } = progress
            {
                operation.steps[place] = step.clone();
                if let Some(effect) = effect {
                    effects[place] = effect.clone();
                }
                next_looks[place] = next_look;
            }
        });
    }

    /// Tells that nothing more comes of it here.
    pub(super) fn end(&self) {
        self.progress.send_modify(|progress| match progress {
            Progress::Going {
                operation,
                effects,
                is_repeated,
                ..
            } => {
                *progress = Progress::Ended {
                    operation: operation.clone(),
                    effects: std::mem::take(effects),
                    is_repeated: *is_repeated,
                };
            }
            // Whoever was to record it has panicked before.
            Progress::Begun(_) => *progress = Progress::Refused(Arc::new(Refused::Broken)),
            Progress::Ended { .. } | Progress::Refused(_) => {}
        });
    }
}
