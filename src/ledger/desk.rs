//! Where writes are handed in. Each runs in a task of its own: whoever asked may leave, the write goes on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info};

use super::operation::{Fingerprint, Operation, Step};
use super::running::{Progress, Running};
use super::store::{Broken, Recorded, Store};
use super::twins::Twins;
use crate::load::Registry;
use crate::model::{Vendor, Write};
use crate::random::Random;
use crate::vendor::{Call, Effect, Error};

/// Room to write the answer in, before the request's time is used up.
const ROOM: Duration = Duration::from_millis(250);

/// How long whoever asked waits for it to be found out what became of a write that was not answered.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often a key is looked for again that another process works on.
const ELSEWHERE: Duration = Duration::from_millis(200);

/// How often what has become old is forgotten.
const SWEEP: Duration = Duration::from_hours(1);

/// How patient the ledger is.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// How long a write may still be on its way: after that it is held to be lost if the vendor has nothing of it.
    pub quiet: Duration,
    /// After this it is no longer tried to find out what became of a write.
    pub give_up: Duration,
    /// How long the answer to a key is kept.
    pub kept: Duration,
}

/// The writes of one workspace.
pub struct Desk {
    pub(super) registry: Arc<Registry>,
    pub(super) store: Arc<Store>,
    pub(super) rules: Rules,
    pub(super) random: Random,
    pub(super) twins: Twins,
    /// How many keys were given to writes that came without one.
    keys: AtomicU64,
    /// By idempotency key.
    running: Mutex<HashMap<Arc<str>, Arc<Running>>>,
    /// Calls that change something.
    pub(super) sending: TaskTracker,
    pub(super) ending: CancellationToken,
}

/// What a mutation asks for.
pub struct Asked {
    /// The caller's idempotency key.
    pub key: Option<String>,
    /// At least one; a step that needs the one before follows it.
    pub steps: Vec<(Vendor, Write)>,
}

/// How far it has come by the time that is answered.
pub struct Answered {
    /// The operation.
    pub operation: Operation,
    /// What each step left behind, as far as the vendor has just told it.
    pub effects: Vec<Effect>,
    /// Whether this is the answer to an earlier request with the same key.
    pub is_repeated: bool,
}

/// Why there is no operation.
pub enum Refused {
    /// The key was used for another write.
    Mismatch,
    /// The same was asked for a moment ago, and it is not known yet what became of it.
    Twin,
    /// Nothing was sent, for this reason.
    NotSent(Error),
    /// The ledger could not be written, so nothing was sent.
    Broken,
}

impl Desk {
    /// The writes of the registry's workspace.
    pub fn new(registry: Arc<Registry>, store: Arc<Store>, rules: Rules, random: Random) -> Self {
        Self {
            registry,
            store,
            rules,
            random,
            twins: Twins::default(),
            keys: AtomicU64::new(0),
            running: Mutex::default(),
            sending: TaskTracker::new(),
            ending: CancellationToken::new(),
        }
    }

    /// Goes on with what a process left unfinished that has ended, and forgets from time to time what has become old.
    pub async fn start(self: &Arc<Self>) {
        self.resume().await;
        let desk = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = desk.ending.cancelled() => return,
                    () = desk.registry.clock.sleep(SWEEP) => {}
                }
                desk.expire().await;
                desk.resume().await;
            }
        });
    }

    /// Waits until nothing is being sent any more, but no longer than this. What is still to be found out is found out
    /// by the next process.
    pub async fn finish(&self, grace: Duration) {
        self.ending.cancel();
        self.sending.close();
        if tokio::time::timeout(grace, self.sending.wait())
            .await
            .is_err()
        {
            error!("writes were still being sent when the time for shutdown was used up");
        }
    }

    /// Hands in a write, and waits for what comes of it as long as the request may.
    pub async fn submit(self: &Arc<Self>, call: &Call, asked: Asked) -> Result<Answered, Refused> {
        let has_own_key = asked.key.is_some();
        let key: Arc<str> = match asked.key {
            Some(key) => key.into(),
            None => {
                let number = self.keys.fetch_add(1, Ordering::Relaxed);
                format!("{}.{number}", call.request_id).into()
            }
        };
        let fingerprint = Fingerprint::of_steps(&asked.steps);
        let until = call.deadline.checked_sub(ROOM).unwrap_or(call.deadline);
        let (running, is_new) = self.enter(&key, fingerprint);
        if running.fingerprint != fingerprint {
            return Err(Refused::Mismatch);
        }
        if is_new {
            let operation = Operation {
                id: 0,
                key: key.clone(),
                has_own_key,
                fingerprint,
                started_at: self.registry.clock.now(),
                steps: asked
                    .steps
                    .into_iter()
                    .map(|(vendor, write)| Step::new(vendor, write))
                    .collect(),
            };
            let (desk, running, call) = (self.clone(), running.clone(), call.clone());
            tokio::spawn(async move {
                desk.begin(&running, operation, call).await;
                desk.leave(&running);
            });
        }
        let mut answered = self.wait(&running, until).await?;
        answered.is_repeated |= !is_new;
        Ok(answered)
    }

    /// What is known of the operation with this key.
    pub async fn find(&self, key: &str) -> Result<Option<Operation>, Broken> {
        let running = self.all().get(key).cloned();
        if let Some(Progress::Going { operation, .. } | Progress::Ended { operation, .. }) =
            running.map(|running| running.now())
        {
            return Ok(Some(operation));
        }
        let key = key.to_owned();
        self.with_store(move |store, workspace| store.find(workspace, &key))
            .await
    }

    /// Records the intent and carries it out, unless the key is known.
    async fn begin(self: &Arc<Self>, running: &Arc<Running>, operation: Operation, call: Call) {
        // Before the intent is recorded: what waits for its turn is not under way yet.
        let Ok(turn) = timeout_at(call.deadline, self.turn(&operation)).await else {
            running.set(Progress::Refused(Arc::new(Refused::Twin)));
            return;
        };
        let recorded = self
            .with_store(move |store, workspace| store.record(workspace, operation))
            .await;
        match recorded {
            Ok(Recorded::New(operation)) => {
                self.carry_out(running, operation, &call.request_id, false)
                    .await;
                drop(turn);
            }
            Ok(Recorded::Known(known)) if known.fingerprint != running.fingerprint => {
                running.set(Progress::Refused(Arc::new(Refused::Mismatch)));
            }
            Ok(Recorded::Known(known)) => {
                let id = known.id;
                let is_ours = self.with_store(move |store, _| store.adopt(id)).await;
                if matches!(is_ours, Ok(true)) {
                    self.carry_out(running, known, &call.request_id, true).await;
                } else {
                    self.follow(running, known, call.deadline).await;
                }
            }
            Err(broken) => {
                error!(%broken, "a write was not sent");
                running.set(Progress::Refused(Arc::new(Refused::Broken)));
            }
        }
    }

    /// Tells how far an operation has come that is not carried out here: a settled one, or one of another process.
    async fn follow(&self, running: &Running, mut known: Operation, deadline: Instant) {
        while !known.is_settled() && Instant::now() < deadline {
            running.set(Progress::going(&known, Some(Instant::now() + ELSEWHERE)));
            self.registry.clock.sleep(ELSEWHERE).await;
            let key = known.key.to_string();
            let found = self
                .with_store(move |store, workspace| store.find(workspace, &key))
                .await;
            match found {
                Ok(Some(operation)) => known = operation,
                Ok(None) | Err(_) => break,
            }
        }
        running.set(Progress::Ended {
            effects: known.steps.iter().map(|_| Effect::default()).collect(),
            operation: known,
            is_repeated: true,
        });
    }

    async fn resume(self: &Arc<Self>) {
        let adopted = self.with_store(Store::adopt_all).await;
        let adopted = match adopted {
            Ok(adopted) => adopted,
            Err(broken) => {
                error!(%broken, "unfinished writes were not taken up");
                return;
            }
        };
        if !adopted.is_empty() {
            info!(count = adopted.len(), "unfinished writes are taken up");
        }
        for operation in adopted {
            let desk = self.clone();
            let request_id: Arc<str> = format!("resumed-{}", operation.id).into();
            tokio::spawn(async move {
                let running = loop {
                    let (running, is_new) = desk.enter(&operation.key, operation.fingerprint);
                    if is_new {
                        break running;
                    }
                    // Somebody asked for it a moment ago, and is told how far it has come.
                    desk.registry.clock.sleep(ELSEWHERE).await;
                };
                let turn = desk.turn(&operation).await;
                desk.carry_out(&running, operation, &request_id, true).await;
                drop(turn);
                desk.leave(&running);
            });
        }
    }

    async fn expire(&self) {
        let now = self.registry.clock.now();
        let Ok(before) = now.checked_sub(self.rules.kept) else {
            return;
        };
        let expired = self
            .with_store(move |store, workspace| store.expire(workspace, before))
            .await;
        match expired {
            Ok(0) => {}
            Ok(count) => info!(count, "old writes are forgotten"),
            Err(broken) => error!(%broken, "old writes were not forgotten"),
        }
    }

    /// Waits until all is known, or until it makes no sense to wait any longer.
    async fn wait(&self, running: &Running, until: Instant) -> Result<Answered, Refused> {
        let mut progress = running.watch();
        let mut unknown_since = None;
        loop {
            let known = progress.borrow_and_update().clone();
            let mut patience = until;
            match known {
                Progress::Refused(refused) => return Err(Refused::clone(&refused)),
                Progress::Ended {
                    operation,
                    effects,
                    is_repeated,
                } => {
                    return Ok(Answered {
                        operation,
                        effects,
                        is_repeated,
                    });
                }
                Progress::Begun => {}
                Progress::Going { next_look, .. } => {
                    if let Some(next_look) = next_look {
                        let since = *unknown_since.get_or_insert_with(Instant::now);
                        patience = patience.min(since + PATIENCE);
                        if next_look >= patience {
                            patience = Instant::now();
                        }
                    }
                }
            }
            let waited = timeout_at(patience, progress.changed()).await;
            if matches!(waited, Ok(Ok(()))) {
                continue;
            }
            let Progress::Going {
                operation, effects, ..
            } = running.now()
            else {
                // It waits for its twin, or has ended this very moment.
                match running.now() {
                    Progress::Begun => return Err(Refused::Twin),
                    _ => continue,
                }
            };
            return Ok(Answered {
                operation,
                effects,
                is_repeated: false,
            });
        }
    }

    fn enter(&self, key: &Arc<str>, fingerprint: Fingerprint) -> (Arc<Running>, bool) {
        let mut all = self.all();
        if let Some(running) = all.get(key) {
            return (running.clone(), false);
        }
        let running = Arc::new(Running::new(key.clone(), fingerprint));
        all.insert(key.clone(), running.clone());
        (running, true)
    }

    fn leave(&self, running: &Running) {
        self.all().remove(&running.key);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for its turn among those that could be mistaken for it.
    async fn turn(&self, operation: &Operation) -> Vec<super::twins::Turn> {
        let mut turns = Vec::new();
        for step in &operation.steps {
            let twin = self.registry.adapter(step.vendor).and_then(|adapter| {
                let write = step.write.as_ref()?;
                Some((step.vendor, Fingerprint::of(&adapter.twin_of(write)?)))
            });
            if let Some(twin) = twin {
                turns.push(self.twins.turn(twin).await);
            }
        }
        turns
    }

    /// The file is asked beside the runtime's workers: it waits for the disk.
    pub(super) async fn with_store<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Store, &crate::model::Workspace) -> Result<T, Broken> + Send + 'static,
    ) -> Result<T, Broken> {
        let (store, workspace) = (self.store.clone(), self.registry.workspace.clone());
        tokio::task::spawn_blocking(move || ask(&store, &workspace))
            .await
            .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
    }
}

impl Clone for Refused {
    fn clone(&self) -> Self {
        match self {
            Self::Mismatch => Self::Mismatch,
            Self::Twin => Self::Twin,
            Self::NotSent(error) => Self::NotSent(error.clone()),
            Self::Broken => Self::Broken,
        }
    }
}

/// For whoever waits.
pub(super) type Watched = watch::Receiver<Progress>;
