//! The vendor that answers as a test says, in the order in which it says so.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::Notify;

use crate::model::{Capability, Order, Problem, ProblemCode, Referral, ReferralFilter, Vendor};
use crate::model::{Write, WriteOutcome};
use crate::vendor::write::before_sending;
use crate::vendor::{Adapter, Call, Decided, Effect, Error, Kind, Native, Page, Plan, Position};
use crate::vendor::{Rejection, Result, Sent, Settled, Vitals, Written};

pub(super) const VENDOR: Vendor = Vendor::ALL[0];
pub(super) const OTHER: Vendor = Vendor::ALL[1];

/// How a write is answered.
#[derive(Clone)]
pub(super) enum Answer {
    Made(&'static str),
    Already(&'static str),
    /// Refused, because this is there.
    InTheWay(&'static str),
    Each(&'static [WriteOutcome]),
    /// Nothing was sent.
    Unsent(Kind),
    Status(u16, Kind),
    Lost,
    Never,
    Panic,
    /// Once the gate is opened.
    After(Arc<Notify>, Box<Answer>),
}

/// What is found out about a write.
#[derive(Clone)]
pub(super) enum Look {
    Made(&'static str),
    Rejected,
    Absent(bool),
    SendAgain,
    Ambiguous,
    Each(&'static [WriteOutcome]),
    Down,
    Never,
    Panic,
    /// Once the gate is opened.
    After(Arc<Notify>, Box<Look>),
}

/// A call that came.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Came {
    /// A write, and whether it may have come before.
    Write(bool),
    Look,
}

pub(super) struct Script {
    vendor: Vendor,
    vitals: Vitals,
    /// The last one stays.
    writes: Mutex<VecDeque<Answer>>,
    looks: Mutex<VecDeque<Look>>,
    came: Mutex<Vec<Came>>,
    written: Mutex<Vec<(Write, Sent)>>,
    claimed: Mutex<HashSet<String>>,
    /// How many calls are answered at all.
    answered: Mutex<usize>,
    /// Whether writes of the same kind are twins.
    has_twins: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self::of(VENDOR, false)
    }
}

impl Script {
    pub(super) fn of(vendor: Vendor, has_twins: bool) -> Self {
        Self {
            vendor,
            vitals: Vitals::default(),
            writes: Mutex::default(),
            looks: Mutex::default(),
            came: Mutex::default(),
            written: Mutex::default(),
            claimed: Mutex::default(),
            answered: Mutex::new(usize::MAX),
            has_twins,
        }
    }

    /// How writes are answered from now on; the last answer is given for good.
    pub(super) fn writes(&self, answers: impl IntoIterator<Item = Answer>) {
        *self.writes.lock().unwrap() = answers.into_iter().collect();
    }

    /// What is found out from now on.
    pub(super) fn looks(&self, looks: impl IntoIterator<Item = Look>) {
        *self.looks.lock().unwrap() = looks.into_iter().collect();
    }

    /// Answers so many calls in all, and never those that come after.
    pub(super) fn falls_silent_after(&self, calls: usize) {
        *self.answered.lock().unwrap() = calls;
    }

    /// Answers again.
    pub(super) fn speaks(&self) {
        self.falls_silent_after(usize::MAX);
    }

    async fn comes(&self, call: Came) {
        let calls = {
            let mut came = self.came.lock().unwrap();
            came.push(call);
            came.len()
        };
        if calls > *self.answered.lock().unwrap() {
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    pub(super) fn sends(&self) -> usize {
        self.written.lock().unwrap().len()
    }

    /// What was sent, and what was known of the attempts before.
    pub(super) fn written(&self) -> Vec<(Write, Sent)> {
        self.written.lock().unwrap().clone()
    }

    /// What was said last to have been made by other writes.
    pub(super) fn claimed(&self) -> Vec<String> {
        let mut claimed: Vec<_> = self.claimed.lock().unwrap().iter().cloned().collect();
        claimed.sort();
        claimed
    }

    /// Waits until this many calls came.
    pub(super) async fn came_to(&self, calls: usize) {
        while self.came.lock().unwrap().len() < calls {
            super::a_moment().await;
        }
    }

    fn failed(&self, kind: Kind) -> Error {
        Error::new(self.vendor, "test", kind, "on purpose")
    }
}

fn next<T: Clone>(queue: &Mutex<VecDeque<T>>, or: T) -> T {
    let mut queue = queue.lock().unwrap();
    let is_last = queue.len() <= 1;
    let first = queue.front().cloned();
    if !is_last {
        queue.pop_front();
    }
    first.unwrap_or(or)
}

fn refusal(id: Option<&str>) -> Rejection {
    Rejection {
        problems: vec![Problem::new(ProblemCode::Conflict, "It is there.")],
        effect: Box::new(id.map(Effect::on).unwrap_or_default()),
    }
}

fn decided(outcomes: &[WriteOutcome]) -> Vec<Decided> {
    let outcomes = outcomes.iter().map(|outcome| Decided {
        outcome: *outcome,
        problems: Vec::new(),
    });
    outcomes.collect()
}

#[async_trait]
impl Adapter for Script {
    fn vendor(&self) -> Vendor {
        self.vendor
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[]
    }

    fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    fn plan_referrals(&self, _filter: &ReferralFilter, _order: Order) -> Plan {
        Plan::RuledOut
    }

    async fn referrals(
        &self,
        _call: &Call,
        _native: &Native,
        _position: Option<&Position>,
    ) -> Result<Page<Referral>> {
        Err(self.failed(Kind::Unsupported))
    }

    async fn referral(&self, _call: &Call, _id: &str) -> Result<Option<Referral>> {
        Ok(None)
    }

    fn twin_of(&self, write: &Write) -> Option<String> {
        self.has_twins.then(|| write.kind().to_owned())
    }

    async fn write(&self, _call: &Call, write: &Write, sent: &Sent) -> Result<Written> {
        self.written
            .lock()
            .unwrap()
            .push((write.clone(), sent.clone()));
        self.comes(Came::Write(sent.is_repeated)).await;
        let mut answer = next(&self.writes, Answer::Lost);
        while let Answer::After(gate, then) = answer {
            gate.notified().await;
            answer = *then;
        }
        match answer {
            Answer::Made(id) => Ok(Written::Applied(Box::new(Effect::on(id)))),
            Answer::Already(id) => Ok(Written::AlreadyApplied(Box::new(Effect::on(id)))),
            Answer::InTheWay(id) => Ok(Written::Rejected(refusal(Some(id)))),
            Answer::Each(outcomes) => Ok(Written::Each(decided(outcomes))),
            Answer::Unsent(kind) => Err(before_sending(self.failed(kind))),
            Answer::Status(status, kind) => {
                let mut error = self.failed(kind);
                error.status = Some(status);
                Err(error)
            }
            Answer::Lost => Err(self.failed(Kind::Timeout)),
            Answer::Never => std::future::pending().await,
            Answer::Panic => panic!("the test says so"),
            Answer::After(..) => unreachable!("the loop ends at another"),
        }
    }

    async fn settle(&self, _call: &Call, _write: &Write, sent: &Sent) -> Result<Settled> {
        self.claimed.lock().unwrap().clone_from(&sent.claimed);
        self.comes(Came::Look).await;
        let mut look = next(&self.looks, Look::Down);
        while let Look::After(gate, then) = look {
            gate.notified().await;
            look = *then;
        }
        match look {
            Look::Made(id) => Ok(Settled::Applied(Box::new(Effect::on(id)))),
            Look::Rejected => Ok(Settled::Rejected(refusal(None))),
            Look::Absent(may_be_sent_again) => Ok(Settled::Absent { may_be_sent_again }),
            Look::SendAgain => Ok(Settled::SendAgain),
            Look::Ambiguous => Ok(Settled::Ambiguous),
            Look::Each(outcomes) => Ok(Settled::Each(decided(outcomes))),
            Look::Down => Err(self.failed(Kind::Unavailable)),
            Look::Never => std::future::pending().await,
            Look::Panic => panic!("the test says so"),
            Look::After(..) => unreachable!("the loop ends at another"),
        }
    }

    async fn check(&self, _call: &Call) -> Result<String> {
        Ok(String::new())
    }
}
