//! Writes of several steps that do not need each other.

use std::sync::Arc;

use tokio::sync::Notify;

use super::script::{Answer, Look, OTHER, Script, VENDOR};
use super::{OperationState, Process, StepState, create, on_a_runtime, states, why, world};
use crate::ledger::Answered;
use crate::vendor::{Adapter, Kind};

struct Both {
    one: Arc<Script>,
    other: Arc<Script>,
}

fn both() -> Both {
    Both {
        one: Arc::default(),
        other: Arc::new(Script::of(OTHER, false)),
    }
}

async fn ask_both(gateway: &Process) -> Answered {
    let steps = vec![(VENDOR, create("a")), (OTHER, create("a"))];
    let answered = gateway.submit(Some("key"), steps).await;
    answered.map_err(why).unwrap()
}

impl Both {
    fn life<T>(&self, during: impl AsyncFnOnce(Process) -> T) -> T {
        let world = world();
        let adapters: [Arc<dyn Adapter>; 2] = [self.one.clone(), self.other.clone()];
        on_a_runtime(async || during(world.process_over("one", &adapters)).await)
    }
}

#[test]
fn one_that_is_refused_leaves_the_others() {
    let both = both();
    both.one.writes([Answer::Status(422, Kind::Rejected)]);
    both.other.writes([Answer::Made("r2")]);
    both.life(async |gateway| {
        for _ in 0..2 {
            let answered = ask_both(&gateway).await;
            assert_eq!(
                states(&answered),
                [StepState::Rejected, StepState::Confirmed]
            );
            assert_eq!(answered.operation.state(), OperationState::Partial);
        }
    });
    assert_eq!((both.one.sends(), both.other.sends()), (1, 1));
}

#[test]
fn one_that_was_not_sent_is_rejected_where_another_took_effect() {
    let both = both();
    both.one.writes([Answer::Unsent(Kind::CircuitOpen)]);
    both.other.writes([Answer::Made("r2")]);
    both.life(async |gateway| {
        let answered = ask_both(&gateway).await;
        assert_eq!(answered.operation.state(), OperationState::Partial);
        let again = ask_both(&gateway).await;
        assert!(again.is_repeated);
    });
    assert_eq!((both.one.sends(), both.other.sends()), (1, 1));
}

#[test]
fn when_none_was_sent_the_key_is_free_again() {
    let both = both();
    both.one
        .writes([Answer::Unsent(Kind::CircuitOpen), Answer::Made("r1")]);
    both.other.writes([
        Answer::Status(429, Kind::RateLimited),
        Answer::Status(403, Kind::Unauthorized),
    ]);
    both.life(async |gateway| {
        let first = ask_both(&gateway).await;
        assert_eq!(first.operation.state(), OperationState::Rejected);
        assert_eq!(gateway.state("key").await, None);
        let again = ask_both(&gateway).await;
        assert_eq!(again.operation.state(), OperationState::Partial);
    });
}

#[test]
fn whoever_waits_gets_the_answer_of_one_although_nobody_knows_of_the_other() {
    let both = both();
    let gate = Arc::new(Notify::new());
    both.one.writes([Answer::Lost]);
    both.one.looks([Look::Down]);
    let slow = Answer::After(gate.clone(), Box::new(Answer::Made("r2")));
    both.other.writes([slow]);
    both.life(async |gateway| {
        let open = async {
            both.one.came_to(20).await;
            gate.notify_one();
        };
        let (answered, ()) = tokio::join!(ask_both(&gateway), open);
        assert_eq!(answered.operation.steps[1].state, StepState::Confirmed);
    });
}

#[test]
fn nobody_waits_longer_for_one_because_another_was_answered() {
    let both = both();
    both.one.writes([Answer::Lost]);
    both.one.looks([Look::Never]);
    both.other.writes([Answer::Made("r2")]);
    both.life(async |gateway| {
        let asked_at = tokio::time::Instant::now();
        let answered = ask_both(&gateway).await;
        assert_eq!(
            states(&answered),
            [StepState::Unknown, StepState::Confirmed]
        );
        assert_eq!(asked_at.elapsed().as_secs(), 3);
    });
}
