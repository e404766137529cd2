//! Writes through the ledger, against a vendor that answers as a test says. Every process of a test has a runtime of its
//! own, so that it can end at any moment; time is the test's.

mod answers;
mod chains;
mod crashes;
mod file;
mod ideal;
mod once;
mod properties;
mod script;
mod several;
mod traces;
mod unknown;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::Instant;

use super::{Answered, Asked, Desk, OperationState, Refused, Rules, StepState, Store};
use crate::clock::{Clock, ClockHand};
use crate::load::{Cache, Flights, Lifetimes, Registry};
use crate::model::{Vendor, Workspace, Write, WriteOutcome};
use crate::random::Random;
use crate::vendor::{Adapter, Call};
use script::Script;

/// A time with nanoseconds, as the system's clock tells it.
const START: &str = "2026-06-11T12:00:00.123456789Z";
const RULES: Rules = Rules {
    quiet: Duration::from_secs(30),
    give_up: Duration::from_hours(24),
    kept: Duration::from_hours(24 * 7),
};

/// What outlives the gateway's processes: the folder, the vendor, and time.
struct World {
    folder: tempfile::TempDir,
    script: Arc<Script>,
    clock: Clock,
    hand: ClockHand,
}

/// One process of the gateway.
struct Process {
    desk: Arc<Desk>,
    name: Arc<str>,
}

fn world() -> World {
    let (clock, hand) = Clock::manual(START.parse().unwrap());
    hand.move_with_sleepers();
    World {
        folder: tempfile::tempdir().unwrap(),
        script: Arc::default(),
        clock,
        hand,
    }
}

impl World {
    /// The gateway as it is when it has just been started under this name, on the current runtime.
    fn process(&self, name: &str) -> Process {
        let script: Arc<dyn Adapter> = self.script.clone();
        self.process_over(name, &[script])
    }

    fn process_over(&self, name: &str, adapters: &[Arc<dyn Adapter>]) -> Process {
        let cache = Cache::new(self.clock.clone(), 1 << 20, Lifetimes::default());
        let cache = Arc::new(cache);
        let adapters = adapters.iter().map(|it| (it.vendor(), it.clone()));
        let registry = Registry {
            workspace: Workspace::new("test"),
            adapters: adapters.collect::<BTreeMap<_, _>>(),
            generations: BTreeMap::new(),
            flights: Flights::new(cache.clone()),
            cache,
            clock: self.clock.clone(),
            call_budget: Duration::from_secs(30),
            max_scan: 1_000,
        };
        let store = Arc::new(Store::open(self.folder.path(), name).unwrap());
        let random = Random::from_fn(|| 0.5);
        Process {
            desk: Arc::new(Desk::new(Arc::new(registry), store, RULES, random)),
            name: name.into(),
        }
    }

    /// The ledger's file, as a process sees it that does nothing else.
    fn store(&self) -> Store {
        Store::open(self.folder.path(), "onlooker").unwrap()
    }

    /// Starts the gateway, does this with it, and ends it on the spot, whatever it is doing.
    fn life<T>(&self, name: &str, during: impl AsyncFnOnce(Process) -> T) -> T {
        on_a_runtime(async || {
            let process = self.process(name);
            process.desk.resume().await;
            during(process).await
        })
    }
}

/// On a runtime whose time passes when nothing else happens. Its tasks end with it, wherever they are.
fn on_a_runtime<T>(during: impl AsyncFnOnce() -> T) -> T {
    runtime().block_on(during())
}

fn runtime() -> Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap()
}

impl Process {
    async fn submit(
        &self,
        key: Option<&str>,
        steps: Vec<(Vendor, Write)>,
    ) -> Result<Answered, Refused> {
        let call = Call {
            request_id: self.name.clone(),
            deadline: Instant::now() + Duration::from_secs(30),
        };
        let key = key.map(str::to_owned);
        self.desk.submit(&call, Asked { key, steps }).await
    }

    /// Asks for one write, of which there is an answer.
    async fn ask(&self, key: &str, write: Write) -> Answered {
        let answered = self.submit(Some(key), vec![(script::VENDOR, write)]).await;
        answered.map_err(why).unwrap()
    }

    /// Asks for one write, which is refused.
    async fn refused(&self, key: &str, write: Write) -> &'static str {
        let answered = self.submit(Some(key), vec![(script::VENDOR, write)]).await;
        answered.map(|_| ()).map_err(why).unwrap_err()
    }

    /// How far the operation with this key has come; `None` when there is no such one.
    async fn state(&self, key: &str) -> Option<OperationState> {
        let found = self.desk.find(key).await.unwrap();
        found.map(|operation| operation.state())
    }

    /// Waits until all of an operation is known.
    async fn settled(&self, key: &str) -> OperationState {
        loop {
            let found = self.desk.find(key).await.unwrap().unwrap();
            if found.is_settled() {
                return found.state();
            }
            a_moment().await;
        }
    }
}

/// Lets everything else happen, and then a little time pass.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn why(refused: Refused) -> &'static str {
    match refused {
        Refused::Mismatch => "mismatch",
        Refused::Twin => "twin",
        Refused::NotSent(_) => "not sent",
        Refused::Broken => "broken",
    }
}

fn create(content: &str) -> Write {
    Write::Create {
        input: serde_json::json!({ "name": content }),
    }
}

fn outcome(answered: &Answered) -> WriteOutcome {
    answered.operation.steps[0].outcome()
}

fn states(answered: &Answered) -> Vec<StepState> {
    let steps = answered.operation.steps.iter();
    steps.map(|step| step.state).collect()
}

fn made(answered: &Answered) -> Option<&str> {
    answered.operation.steps[0].answer.referral.as_deref()
}
