//! Writes of which nobody could tell, afterwards, which of them made what the vendor has are made one after the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::operation::Fingerprint;
use crate::model::Vendor;

pub(super) type Twin = (Vendor, Fingerprint);

/// Who waits for whom.
#[derive(Default)]
pub(super) struct Twins(Arc<Mutex<HashMap<Twin, Arc<tokio::sync::Mutex<()>>>>>);

/// That it is one's turn, for as long as this is held.
pub(super) struct Turn {
    twin: Twin,
    guard: Option<OwnedMutexGuard<()>>,
    all: Arc<Mutex<HashMap<Twin, Arc<tokio::sync::Mutex<()>>>>>,
}

impl Twins {
    /// Waits until it is this one's turn.
    pub(super) async fn turn(&self, twin: Twin) -> Turn {
        let lock = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(twin).or_default().clone()
        };
        // Made before it waits, so that it is also taken from the map when it waits no longer.
        let mut turn = Turn {
            twin,
            guard: None,
            all: self.0.clone(),
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
