//! Identical reads in flight are one execution: who asks what is being answered already gets that answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::Shared;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::answer::{Accepted, Answer};
use crate::model::{Scopes, Workspace};

/// What makes two reads the same. Whoever asks the same gets the same: nothing that an answer depends on may be missing
/// here.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub struct Read {
    /// Whose data.
    pub workspace: Workspace,
    /// With which rights: what one may read another may not be told.
    pub scopes: Scopes,
    /// In which form.
    pub accepted: Accepted,
    /// Whether the text is a body, and not a query string.
    pub is_body: bool,
    /// The request as it was sent.
    pub text: Bytes,
    /// How many writes had been made when it came: an answer begun before a write is not given to who asks after it.
    pub writes: u64,
}

/// The reads being executed.
#[derive(Clone)]
pub struct Executions {
    running: Arc<Mutex<Running>>,
    /// An execution whose time is used up by more than this sooner than that of who comes is not joined.
    joinable: Duration,
}

/// An answer to come; an error if the execution ended without one.
pub type Coming = Shared<oneshot::Receiver<Answer>>;

#[derive(Default)]
struct Running {
    /// Whole documents are hashed here, before anyone knows whether they are to be executed.
    executions: HashMap<Read, Execution, foldhash::quality::RandomState>,
    /// How many have begun.
    begun: u64,
}

struct Execution {
    number: u64,
    deadline: Instant,
    answer: Coming,
}

/// What to do about a read.
pub enum Turn {
    /// It is being executed: wait.
    Wait(Coming),
    /// Execute it, and hand over the answer here.
    Execute(Handover, Coming),
}

/// Where the answer of an execution is handed over. Dropped without one, it lets those who wait know.
pub struct Handover {
    executions: Executions,
    read: Read,
    number: u64,
    sender: Option<oneshot::Sender<Answer>>,
}

impl Executions {
    /// None yet. Requests may take so long in all.
    pub fn new(request_timeout: Duration) -> Self {
        Self {
            running: Arc::default(),
            joinable: request_timeout / 4,
        }
    }

    /// The answer to come, if this read is being executed and has not much less time left than until this deadline.
    pub fn join(&self, read: &Read, deadline: Instant) -> Option<Coming> {
        self.joinable(&self.running(), read, deadline)
    }

    /// Joins the execution of this read, or begins one.
    pub fn begin(&self, read: Read, deadline: Instant) -> Turn {
        let mut running = self.running();
        if let Some(answer) = self.joinable(&running, &read, deadline) {
            return Turn::Wait(answer);
        }
        let (sender, receiver) = oneshot::channel();
        let answer = receiver.shared();
        running.begun += 1;
        let number = running.begun;
        let execution = Execution {
            number,
            deadline,
            answer: answer.clone(),
        };
        running.executions.insert(read.clone(), execution);
        let handover = Handover {
            executions: self.clone(),
            read,
            number,
            sender: Some(sender),
        };
        Turn::Execute(handover, answer)
    }

    /// How many there are.
    pub fn running_now(&self) -> u64 {
        self.running()
            .executions
            .len()
            .try_into()
            .unwrap_or(u64::MAX)
    }

    fn joinable(&self, running: &Running, read: &Read, deadline: Instant) -> Option<Coming> {
        let execution = running.executions.get(read)?;
        let lasts = execution.deadline + self.joinable >= deadline;
        lasts.then(|| execution.answer.clone())
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handover {
    /// Gives the answer to everyone who waits. Who comes from now on begins anew.
    pub fn give(mut self, answer: Answer) {
        if let Some(sender) = self.sender.take() {
            self.leave();
            // Nobody may be waiting any more.
            sender.send(answer).ok();
        }
    }

    /// Another execution may have taken the place of one that could not be joined any more; it stays.
    fn leave(&self) {
        let mut running = self.executions.running();
        let is_own = |execution: &Execution| execution.number == self.number;
        if running.executions.get(&self.read).is_some_and(is_own) {
            running.executions.remove(&self.read);
        }
    }
}

impl Drop for Handover {
    fn drop(&mut self) {
        if self.sender.is_some() {
            self.leave();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Bounds;
    use super::*;
    use crate::model::Scope;

    fn read(text: &'static str) -> Read {
        Read {
            workspace: Workspace::new("one"),
            scopes: Scopes::ALL,
            accepted: Accepted::Json,
            is_body: true,
            text: Bytes::from_static(text.as_bytes()),
            writes: 0,
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    fn executions() -> Executions {
        Executions::new(Duration::from_secs(10))
    }

    async fn answer() -> Answer {
        let id = "0f8fad5b-d9cb-469f-a165-70867728950e".into();
        let bounds = Bounds {
            errors: 1,
            bytes: 1_000,
        };
        Accepted::Json
            .respond(&id, async_graphql::Response::default(), bounds)
            .await
    }

    #[tokio::test]
    async fn who_asks_the_same_meanwhile_gets_the_same_answer_and_who_asks_later_does_not() {
        let executions = executions();
        let Turn::Execute(handover, own) = executions.begin(read("a"), soon()) else {
            panic!("nothing is under way");
        };
        let joined = executions
            .join(&read("a"), soon())
            .expect("it is under way");
        assert!(matches!(executions.begin(read("a"), soon()), Turn::Wait(_)));
        handover.give(answer().await);
        assert!(own.await.is_ok() && joined.await.is_ok());
        assert!(executions.join(&read("a"), soon()).is_none());
    }

    #[tokio::test]
    async fn no_part_of_what_makes_reads_the_same_may_differ() {
        let executions = executions();
        let _under_way = executions.begin(read("a"), soon());
        let others = [
            Read {
                workspace: Workspace::new("other"),
                ..read("a")
            },
            Read {
                scopes: [Scope::ReferralsRead].into_iter().collect(),
                ..read("a")
            },
            Read {
                accepted: Accepted::GraphQL,
                ..read("a")
            },
            Read {
                is_body: false,
                ..read("a")
            },
            Read {
                writes: 1,
                ..read("a")
            },
            read("b"),
        ];
        for other in others {
            assert!(executions.join(&other, soon()).is_none(), "{other:?}");
        }
        assert!(executions.join(&read("a"), soon()).is_some());
    }

    #[tokio::test]
    async fn an_execution_that_ends_without_an_answer_lets_those_who_wait_know() {
        let executions = executions();
        let begun = executions.begin(read("a"), soon());
        let joined = executions
            .join(&read("a"), soon())
            .expect("it is under way");
        drop(begun);
        assert!(joined.await.is_err());
        assert!(matches!(
            executions.begin(read("a"), soon()),
            Turn::Execute(..)
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn an_execution_whose_time_runs_out_is_not_joined_and_leaves_its_successor_alone() {
        let executions = executions();
        let Turn::Execute(old, _) = executions.begin(read("a"), soon()) else {
            panic!("nothing is under way");
        };
        tokio::time::advance(Duration::from_millis(2_600)).await;
        assert!(executions.join(&read("a"), soon()).is_none());
        let Turn::Execute(_successor, _) = executions.begin(read("a"), soon()) else {
            panic!("the old one has too little time left");
        };
        old.give(answer().await);
        assert!(executions.join(&read("a"), soon()).is_some());
    }
}
