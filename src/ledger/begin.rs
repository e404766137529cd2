//! How an operation begins: its key is looked up, it waits for its turn, its intent is recorded. And how one is taken up
//! again that a process left unfinished.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::{error, info};

use super::desk::{Desk, Refused};
use super::operation::Operation;
use super::running::{Progress, Running};
use super::store::{Broken, Recorded, Store, Unsettled};
use super::twins::{Turn, Twin};

/// How often a key is looked for again that another process works on.
const ELSEWHERE: Duration = Duration::from_millis(200);

impl Desk {
    /// Records the intent and carries it out, unless the key is known.
    pub(super) async fn begin(
        &self,
        running: &Running,
        mut operation: Operation,
        request_id: &Arc<str>,
        until: Instant,
    ) -> Result<(), Refused> {
        let mut turn = None;
        loop {
            // Before its turn is waited for: an answer that is there is given at once.
            let key = operation.key.clone();
            let known = self
                .with_store(move |store, workspace| store.find(workspace, &key))
                .await
                .map_err(unsent)?;
            if let Some(known) = known {
                turn = None;
                if known.fingerprint != operation.fingerprint {
                    return Err(Refused::Mismatch);
                }
                if known.is_settled() {
                    running.set(Progress::going(&known, None, true));
                    return Ok(());
                }
                if let Some(ours) = self.adopt(known.id).await {
                    return self.carry_out(running, ours, request_id, true).await;
                }
                // Another process works on it.
                let next = Instant::now() + ELSEWHERE;
                running.set(Progress::going(&known, Some(next), true));
                if next >= until {
                    return Ok(());
                }
                sleep_until(next).await;
                continue;
            }
            if turn.is_none() {
                running.set(Progress::Begun(operation.clone()));
                let waited = timeout_at(until, self.turn(&operation)).await;
                turn = Some(waited.map_err(|_| Refused::Twin)?);
            }
            if self.ending.is_cancelled() {
                return Err(Refused::Broken);
            }
            // What its twin made was made before.
            operation.started_at = self.clock.now();
            running.set(Progress::going(&operation, None, false));
            let intent = operation.clone();
            let recorded = self
                .with_store(move |store, workspace| store.record(workspace, intent))
                .await
                .map_err(unsent)?;
            match recorded {
                Recorded::New(operation) => {
                    return self.carry_out(running, operation, request_id, false).await;
                }
                Recorded::Known(_) => {}
                Recorded::Twin => {
                    // Another process works on its twin, or this one goes on with it after a restart.
                    running.set(Progress::Begun(operation.clone()));
                    let next = Instant::now() + ELSEWHERE;
                    if next >= until {
                        return Err(Refused::Twin);
                    }
                    sleep_until(next).await;
                }
            }
        }
    }

    async fn adopt(&self, operation: i64) -> Option<Operation> {
        let adopted = self
            .with_store(move |store, workspace| store.adopt(workspace, operation))
            .await;
        adopted.unwrap_or_else(|broken| {
            error!(%broken, "an unfinished write was not taken up");
            None
        })
    }

    /// Goes on with every unsettled operation that nobody works on any more.
    pub(super) async fn resume(self: &Arc<Self>) {
        let unsettled = match self.with_store(Store::adopt_all).await {
            Ok(unsettled) => unsettled,
            Err(broken) => {
                error!(%broken, "unfinished writes were not taken up");
                return;
            }
        };
        for Unsettled { id, key } in unsettled {
            if self.all().contains_key(&key) {
                continue;
            }
            let Some(known) = self.adopt(id).await else {
                continue;
            };
            let progress = Progress::going(&known, None, true);
            let (_, place) = self.enter(Running::new(&known, progress));
            let Some(place) = place else {
                // Whoever has just asked for it goes on with it.
                continue;
            };
            info!(operation = id, "an unfinished write is taken up");
            let request_id: Arc<str> = format!("resumed-{id}").into();
            self.carrying.spawn(async move {
                // As it is now: somebody may have gone on with it before the place was taken.
                if let Some(operation) = place.desk.adopt(id).await {
                    let resumed =
                        place
                            .desk
                            .carry_out(&place.running, operation, &request_id, true);
                    let resumed = resumed.await;
                    place.leave(resumed);
                }
            });
        }
    }

    /// Waits for its turn among those that could be mistaken for it.
    async fn turn(&self, operation: &Operation) -> Vec<Turn> {
        let steps = operation.steps.iter();
        // Everyone waits in the same order, and for nothing twice: else they might wait for each other, or for themselves.
        let twins: BTreeSet<Twin> = steps
            .filter_map(|step| Some((step.vendor, step.twin?)))
            .collect();
        let mut turns = Vec::new();
        for twin in twins {
            turns.push(self.twins.turn(twin).await);
        }
        turns
    }
}

/// The ledger could not be asked or written, and so nothing was sent.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn unsent(broken: Broken) -> Refused {
    error!(%broken, "a write was not sent");
    Refused::Broken
}
