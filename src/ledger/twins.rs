//! Writes of which nobody could tell, afterwards, which of them made what the vendor has are made one after the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::operation::Fingerprint;
use crate::model::{Vendor, Workspace};

pub(super) type Twin = (Vendor, Fingerprint);

/// Those who wait, by what they could be mistaken for, in which workspace.
type Waiting = Arc<Mutex<HashMap<(Workspace, Twin), Arc<tokio::sync::Mutex<()>>>>>;

/// Who waits for whom.
pub(super) struct Twins {
    workspace: Workspace,
    all: Waiting,
}

/// That it is one's turn, for as long as this is held.
pub(super) struct Turn {
    twin: (Workspace, Twin),
    guard: Option<OwnedMutexGuard<()>>,
    all: Waiting,
}

impl Twins {
    /// Nobody waits yet in this workspace.
    pub(super) fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            all: Arc::default(),
        }
    }

    /// Waits until it is this one's turn.
    pub(super) async fn turn(&self, twin: Twin) -> Turn {
        let twin = (self.workspace.clone(), twin);
        let lock = {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(twin.clone()).or_default().clone()
        };
        // Made before it waits, so that it is also taken from the map when it waits no longer.
        let mut turn = Turn {
            twin,
            guard: None,
            all: self.all.clone(),
        };
        turn.guard = Some(lock.lock_owned().await);
        turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.guard = None;
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody else can come by it while the map is held.
        if all
            .get(&self.twin)
            .is_some_and(|lock| Arc::strong_count(lock) == 1)
        {
            all.remove(&self.twin);
        }
    }
}
