//! Admission: when the gateway has more to do than it can, some requests wait for a moment and the others are told at once
//! to come back, so that what it does answer it answers in time.
//!
//! **What is limited** is the gateway's own work: how many requests may be in their first stretch of it, from admission
//! until they wait for a vendor or are done. Who waits for a vendor holds nothing, so that slow vendors never make the
//! gateway turn anyone away; they are bounded by deadlines, and each by its compartment ([`crate::vendor::http`]).
//!
//! **The signal** is the time from admission until the work begins: how long the runtime takes to get to it. It knows
//! nothing of vendors' times either. While it stays short the limit grows, as soon as it stays long the limit falls
//! ([`controller`]).
//!
//! **Who is shed**: whoever would wait longer than it is worth, which is known on arrival from the number of those ahead
//! and the pace at which they get their turns. Writes wait longest, reads that cost much the shortest, and turns are given
//! in the same order; among those of one kind they go round among the callers, so that one caller who sends too
//! much is the one who is shed. Identical reads join one in flight before they come here, and health never comes here.

pub mod controller;
mod queue;
mod readings;
#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use controller::{Arrival, Controller, Lane};
pub(super) use readings::Readings;

use super::rate::Caller;
use crate::graphql::stretch::Stretch;

/// What a read may cost and still be a cheap one.
const CHEAP: u32 = 500;

/// The longest that anyone waits for a turn: who is overtaken for so long is shed after all.
const MOST_PATIENT: Duration = Duration::from_secs(1);

/// After how long a client that was shed does well to come back.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How much it matters that a request is answered now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// It changes something.
    Write,
    /// It does not.
    Read,
}

/// That a request is not executed, since there is too much to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shed;

/// Who may begin to work. Cheap to clone; clones share one state.
#[derive(Clone)]
pub struct Admission(Arc<Mutex<State>>);

struct State {
    controller: Controller<Caller, oneshot::Sender<Permit>>,
    admitted: [u64; Lane::ALL.len()],
    shed: [u64; Lane::ALL.len()],
}

/// A place among those who work; dropped, it is free for the next.
pub struct Permit {
    admission: Admission,
    admitted: Instant,
    /// Taken back by [`Admission::hand_out`] when nobody was there to get it.
    is_void: bool,
}

impl Admission {
    /// For a runtime with so many threads.
    pub fn new(workers: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            controller: Controller::new(workers, Instant::now()),
            admitted: Default::default(),
            shed: Default::default(),
        })))
    }

    /// For the runtime that this is called in.
    pub fn of_runtime() -> Self {
        let runtime = tokio::runtime::Handle::try_current();
        Self::new(runtime.map_or(1, |runtime| runtime.metrics().num_workers()))
    }

    /// Waits for a turn, if that is worth it. Until the deadline at the longest.
    pub async fn admit(
        &self,
        caller: Caller,
        priority: Priority,
        cost: u32,
        deadline: Instant,
    ) -> Result<Permit, Shed> {
        let lane = lane(priority, cost);
        let now = Instant::now();
        let (sender, turn) = oneshot::channel();
        let arrival = self.state().arrive(lane, caller, sender, now);
        let permit = match arrival {
            Arrival::Shed => return Err(Shed),
            Arrival::Admitted => return Ok(Permit::new(self.clone(), now)),
            Arrival::Waits => {
                // The limit may have grown since the last turn.
                self.hand_out();
                timeout_at(deadline.min(now + MOST_PATIENT), turn).await
            }
        };
        let Ok(Ok(permit)) = permit else {
            self.state().shed[lane as usize] += 1;
            return Err(Shed);
        };
        self.state().admitted[lane as usize] += 1;
        Ok(permit)
    }

    /// Whether a read of this caller would be shed that costs so much, or more. It then counts as one that was.
    pub fn sheds_read(&self, caller: &Caller, cost: u32) -> bool {
        let mut state = self.state();
        let lane = lane(Priority::Read, cost);
        let is_shed = state.controller.would_shed(lane, caller, Instant::now());
        state.shed[lane as usize] += u64::from(is_shed);
        is_shed
    }

    /// How many wait for their turn.
    pub fn waiting(&self) -> usize {
        self.state().controller.waiting()
    }

    /// Gives free places to those who wait.
    fn hand_out(&self) {
        let now = Instant::now();
        loop {
            let Some(turn) = self.state().controller.next(now) else {
                return;
            };
            if let Err(mut permit) = turn.send(Permit::new(self.clone(), now)) {
                permit.is_void = true;
                self.state().controller.leave(now);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn arrive(
        &mut self,
        lane: Lane,
        caller: Caller,
        sender: oneshot::Sender<Permit>,
        now: Instant,
    ) -> Arrival {
        let arrival = self.controller.arrive(lane, caller, sender, now);
        match arrival {
            Arrival::Admitted => self.admitted[lane as usize] += 1,
            Arrival::Shed => self.shed[lane as usize] += 1,
            Arrival::Waits => {}
        }
        arrival
    }
}

impl Permit {
    fn new(admission: Admission, admitted: Instant) -> Self {
        Self {
            admission,
            admitted,
            is_void: false,
        }
    }

    /// Does the work, and frees the place once it first waits for something: not when it merely lets others have their turn.
    pub async fn work<F: Future>(self, stretch: Stretch, work: F) -> F::Output {
        let now = Instant::now();
        let lag = now.saturating_duration_since(self.admitted);
        self.admission.state().controller.begun(lag, now);
        let mut work = pin!(work);
        let mut permit = Some(self);
        poll_fn(|cx| {
            stretch.begin();
            let done = work.as_mut().poll(cx);
            if done.is_ready() || !stretch.take_interrupted() {
                permit = None;
            }
            done
        })
        .await
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.is_void {
            return;
        }
        self.admission.state().controller.leave(Instant::now());
        self.admission.hand_out();
    }
}

fn lane(priority: Priority, cost: u32) -> Lane {
    match priority {
        Priority::Write => Lane::Write,
        Priority::Read if cost <= CHEAP => Lane::Cheap,
        Priority::Read => Lane::Dear,
    }
}
