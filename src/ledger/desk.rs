//! Where writes are handed in. Each runs in a task of its own: whoever asked may leave, the write goes on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::task::JoinError;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info};

use super::operation::{Fingerprint, Operation, Step};
use super::running::{Progress, Running};
use super::store::{Broken, Store};
use super::twins::Twins;
use super::work::pause;
use crate::clock::Clock;
use crate::load::Registry;
use crate::model::{Vendor, Workspace, Write};
use crate::random::Random;
use crate::vendor::{Call, Effect, Error};

/// Room to write the answer in, before the request's time is used up.
const ROOM: Duration = Duration::from_millis(250);

/// How long whoever asked waits for it to be found out what became of a write that was not answered.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often it is seen to what nobody works on any more: a process may have ended in the meantime.
const TAKE_UP: Duration = Duration::from_mins(1);

/// Every how many times what has become old is forgotten.
const SWEEP: u32 = 60;

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

/// The writes of one workspace. There is one desk for it as long as the process runs, whatever becomes of its
/// configuration: two would carry out the same operation twice.
pub struct Desk {
    pub(super) workspace: Workspace,
    pub(super) clock: Clock,
    present: ArcSwap<Present>,
    pub(super) store: Arc<Store>,
    pub(super) random: Random,
    pub(super) twins: Twins,
    /// How many keys were given to writes that came without one.
    keys: AtomicU64,
    /// By idempotency key.
    running: Mutex<HashMap<Arc<str>, Arc<Running>>>,
    /// Whatever may begin or carry out operations.
    pub(super) carrying: TaskTracker,
    /// Calls that change something.
    pub(super) sending: TaskTracker,
    pub(super) ending: CancellationToken,
    /// Only one thread at a time waits for the file.
    file: Arc<tokio::sync::Mutex<()>>,
}

/// As it is configured now.
struct Present {
    registry: Arc<Registry>,
    rules: Rules,
}

/// That an operation is among those under way, for as long as this is held: nobody else carries it out.
pub(super) struct Place {
    pub(super) desk: Arc<Desk>,
    pub(super) running: Arc<Running>,
    refused: Option<Refused>,
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
            twins: Twins::new(registry.workspace.clone()),
            workspace: registry.workspace.clone(),
            clock: registry.clock.clone(),
            present: ArcSwap::from_pointee(Present { registry, rules }),
            store,
            random,
            keys: AtomicU64::new(0),
            running: Mutex::default(),
            carrying: TaskTracker::new(),
            sending: TaskTracker::new(),
            ending: CancellationToken::new(),
            file: Arc::default(),
        }
    }

    /// From now on the workspace is configured so. What is under way goes on, with these vendors.
    pub fn configure(&self, registry: Arc<Registry>, rules: Rules) {
        self.present.store(Arc::new(Present { registry, rules }));
    }

    /// The workspace's vendors, as they are configured now.
    pub fn registry(&self) -> Arc<Registry> {
        self.present.load().registry.clone()
    }

    /// How patient it is, as it is configured now.
    pub(super) fn rules(&self) -> Rules {
        self.present.load().rules
    }

    /// Goes on with what a process left unfinished that has ended, and forgets from time to time what has become old.
    pub async fn start(self: &Arc<Self>) {
        self.resume().await;
        let desk = self.clone();
        self.carrying.spawn(async move {
            loop {
                desk.expire().await;
                for _ in 0..SWEEP {
                    tokio::select! {
                        () = desk.ending.cancelled() => return,
                        () = desk.clock.pass(TAKE_UP) => {}
                    }
                    desk.resume().await;
                }
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

    /// Waits until nobody here works on any operation. Only after [`finish`](Self::finish): what nobody works on any more
    /// may be gone on with by another desk.
    pub async fn left(&self) {
        self.carrying.close();
        self.carrying.wait().await;
    }

    /// Hands in a write, and waits for what comes of it as long as the request may.
    pub async fn submit(self: &Arc<Self>, call: &Call, asked: Asked) -> Result<Answered, Refused> {
        let has_own_key = asked.key.is_some();
        let key: Arc<str> = if let Some(key) = asked.key {
            key.into()
        } else {
            let number = self.keys.fetch_add(1, Ordering::Relaxed);
            format!("{}.{number}", call.request_id).into()
        };
        let fingerprint = Fingerprint::of_steps(&asked.steps);
        let registry = self.registry();
        let steps = asked.steps.into_iter().map(|(vendor, write)| Step {
            twin: registry.adapter(vendor).and_then(|adapter| {
                let twin = adapter.twin_of(&write)?;
                Some(Fingerprint::of(&twin))
            }),
            ..Step::new(vendor, write)
        });
        let operation = Operation {
            id: 0,
            key,
            has_own_key,
            fingerprint,
            started_at: self.clock.now(),
            steps: steps.collect(),
        };
        let until = call.deadline.checked_sub(ROOM).unwrap_or(call.deadline);
        let begun = Progress::Begun(operation.clone());
        let (running, place) = self.enter(Running::new(&operation, begun));
        if running.fingerprint != fingerprint {
            return Err(Refused::Mismatch);
        }
        let is_new = place.is_some();
        if let Some(place) = place {
            let request_id = call.request_id.clone();
            self.carrying.spawn(async move {
                let begun = place
                    .desk
                    .begin(&place.running, operation, &request_id, until);
                let begun = begun.await;
                place.leave(begun);
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

    pub(super) async fn expire(&self) {
        let now = self.clock.now();
        let Ok(before) = now.checked_sub(self.rules().kept) else {
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
            let patience = match &known {
                Progress::Refused(refused) => return Err(Refused::clone(refused)),
                Progress::Ended {
                    operation,
                    effects,
                    is_repeated,
                } => {
                    return Ok(Answered {
                        operation: operation.clone(),
                        effects: effects.clone(),
                        is_repeated: *is_repeated,
                    });
                }
                // Whether it is still recorded is decided by then, and not here.
                Progress::Begun(_) => until + ROOM / 2,
                Progress::Going { .. } => match known.next_look() {
                    None => until,
                    Some(next_look) => {
                        let since = *unknown_since.get_or_insert_with(Instant::now);
                        let patience = until.min(since + PATIENCE);
                        if next_look < patience {
                            patience
                        } else {
                            Instant::now()
                        }
                    }
                },
            };
            let waited = timeout_at(patience, progress.changed()).await;
            if matches!(waited, Ok(Ok(()))) {
                continue;
            }
            match running.now() {
                Progress::Begun(operation) => {
                    return Ok(Answered {
                        effects: operation.steps.iter().map(|_| Effect::default()).collect(),
                        operation,
                        is_repeated: false,
                    });
                }
                Progress::Going {
                    operation,
                    effects,
                    is_repeated,
                    ..
                } => {
                    return Ok(Answered {
                        operation,
                        effects,
                        is_repeated,
                    });
                }
                // It has ended this very moment.
                Progress::Ended { .. } | Progress::Refused(_) => {}
            }
        }
    }

    /// The operation under way with this key; it is this one, and to be carried out, if a place comes with it.
    pub(super) fn enter(self: &Arc<Self>, running: Running) -> (Arc<Running>, Option<Place>) {
        let mut all = self.all();
        if let Some(known) = all.get(&running.key) {
            return (known.clone(), None);
        }
        let running = Arc::new(running);
        all.insert(running.key.clone(), running.clone());
        let place = Place {
            desk: self.clone(),
            running: running.clone(),
            refused: None,
        };
        (running, Some(place))
    }

    pub(super) fn all(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes something down, however long that takes: what is done or told next relies on it. `false` when the process is
    /// to end before.
    pub(super) async fn write_down(
        &self,
        write: impl Fn(&Store, &Workspace) -> Result<(), Broken> + Clone + Send + 'static,
    ) -> bool {
        let mut tries = 0;
        loop {
            let write = write.clone();
            let Err(broken) = self
                .with_store(move |store, workspace| write(store, workspace))
                .await
            else {
                return true;
            };
            error!(%broken, "the ledger does not say how far a write has come");
            tries += 1;
            tokio::select! {
                () = self.ending.cancelled() => return false,
                () = self.clock.sleep(pause(tries)) => {}
            }
        }
    }

    /// The file is asked beside the runtime's workers: it waits for the disk.
    pub(super) async fn with_store<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Store, &Workspace) -> Result<T, Broken> + Send + 'static,
    ) -> Result<T, Broken> {
        let (store, workspace) = (self.store.clone(), self.workspace.clone());
        let file = self.file.clone().lock_owned().await;
        let asked = tokio::task::spawn_blocking(move || {
            let answer = ask(&store, &workspace);
            drop(file);
            answer
        });
        match asked.await.map_err(JoinError::try_into_panic) {
            Ok(answer) => answer,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // The runtime ends, and whoever asks with it.
            Err(Err(_)) => std::future::pending().await,
        }
    }
}

impl Place {
    pub(super) fn leave(mut self, result: Result<(), Refused>) {
        self.refused = result.err();
    }
}

impl Drop for Place {
    /// Whoever asks from now on asks the ledger. Only then is told what came of it: whoever knows may ask again at once.
    fn drop(&mut self) {
        self.desk.all().remove(&self.running.key);
        match self.refused.take() {
            Some(refused) => self.running.set(Progress::Refused(Arc::new(refused))),
            None => self.running.end(),
        }
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
