//! What each workspace has of its own, and who of which workspace sends a request. Whatever answers a request is reached
//! through here alone, so that nothing can be answered from another workspace.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::persisted::Persisted;
use crate::callers::Caller;
use crate::ledger::Desk;
use crate::load::Registry;
use crate::model::Workspace;

/// What one workspace has of its own.
pub struct Parts {
    /// Its vendors, and what is known of their records.
    pub registry: Arc<Registry>,
    /// Where its writes are handed in.
    pub desk: Arc<Desk>,
    /// Documents that its callers may name in place of sending them.
    pub persisted: Persisted,
}

/// All workspaces.
#[derive(Clone)]
pub struct Workspaces(Arc<BTreeMap<Workspace, Arc<Parts>>>);

/// Who sends a request, and what answers it.
#[derive(Clone)]
pub struct Visitor {
    /// Who.
    pub caller: Arc<Caller>,
    /// What answers.
    pub parts: Arc<Parts>,
}

impl Workspaces {
    /// These, each under the name that its registry has.
    pub fn new(all: impl IntoIterator<Item = Parts>) -> Self {
        let named = all
            .into_iter()
            .map(|parts| (parts.registry.workspace.clone(), Arc::new(parts)));
        Self(Arc::new(named.collect()))
    }

    /// The workspace of this name.
    pub fn get(&self, workspace: &Workspace) -> Option<Arc<Parts>> {
        self.0.get(workspace).cloned()
    }

    /// Every one, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Workspace, &Arc<Parts>)> {
        self.0.iter()
    }

    /// Goes on with the writes that a process left unfinished.
    pub async fn start(&self) {
        for parts in self.0.values() {
            parts.desk.start().await;
        }
    }

    /// Waits until nothing is being sent any more, but no longer than this.
    pub async fn finish(&self, grace: Duration) {
        join_all(self.0.values().map(|parts| parts.desk.finish(grace))).await;
    }
}
