//! Many who ask at once, and those who leave.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::Notify;

use super::script::{Answer, Look, Script, VENDOR};
use super::{OperationState, World, create, made, outcome, world};
use crate::model::WriteOutcome;

fn world_with_twins() -> World {
    World {
        script: Arc::new(Script::of(VENDOR, true)),
        ..world()
    }
}

#[test]
fn a_hundred_at_once_with_one_key_are_one_write_and_one_answer() {
    let world = world();
    let gate = Arc::new(Notify::new());
    let answer = Answer::After(gate.clone(), Box::new(Answer::Made("r1")));
    world.script.writes([answer]);
    world.life("one", async |gateway| {
        let all = join_all((0..100).map(|_| gateway.ask("key", create("a"))));
        let open = async {
            world.script.came_to(1).await;
            gate.notify_one();
        };
        let (all, ()) = tokio::join!(all, open);
        assert!(all.iter().all(|answered| made(answered) == Some("r1")));
        let repeated = all.iter().filter(|answered| answered.is_repeated);
        assert_eq!(repeated.count(), 99);
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn whoever_stops_waiting_does_not_stop_the_write() {
    let world = world();
    let gate = Arc::new(Notify::new());
    let answer = Answer::After(gate.clone(), Box::new(Answer::Made("r1")));
    world.script.writes([answer]);
    world.life("one", async |gateway| {
        tokio::select! {
            _ = gateway.ask("key", create("a")) => panic!("it is not answered yet"),
            () = world.script.came_to(1) => {}
        }
        gate.notify_one();
        assert_eq!(gateway.settled("key").await, OperationState::Confirmed);
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn whoever_waits_longer_than_the_request_may_is_told_that_nobody_knows() {
    let world = world();
    let gate = Arc::new(Notify::new());
    let answer = Answer::After(gate.clone(), Box::new(Answer::Made("r1")));
    world.script.writes([answer]);
    world.life("one", async |gateway| {
        let first = gateway.ask("key", create("a")).await;
        assert_eq!(outcome(&first), WriteOutcome::Unknown);
        assert_eq!(first.operation.state(), OperationState::Sending);
        gate.notify_one();
        let again = gateway.ask("key", create("a")).await;
        assert_eq!(outcome(&again), WriteOutcome::Applied);
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn twins_are_sent_one_after_the_other() {
    let world = world_with_twins();
    let gate = Arc::new(Notify::new());
    let first = Answer::After(gate.clone(), Box::new(Answer::Made("r1")));
    world.script.writes([first, Answer::Made("r2")]);
    world.life("one", async |gateway| {
        let one = gateway.ask("one", create("a"));
        let two = async {
            world.script.came_to(1).await;
            gateway.ask("two", create("a")).await
        };
        let open = async {
            world.script.came_to(1).await;
            super::a_moment().await;
            assert_eq!(world.script.sends(), 1);
            world.hand.advance(std::time::Duration::from_secs(5));
            gate.notify_one();
        };
        let (one, two, ()) = tokio::join!(one, two, open);
        assert_eq!((made(&one), made(&two)), (Some("r1"), Some("r2")));
        assert!(
            one.operation.settled_at().unwrap().as_microsecond()
                <= two.operation.started_at.as_microsecond(),
            "what the first made is not from the second's time"
        );
    });
    assert_eq!(world.script.sends(), 2);
}

#[test]
fn a_twin_whose_time_runs_out_is_told_so_and_never_sent() {
    let world = world_with_twins();
    world.script.writes([Answer::Lost, Answer::Made("r2")]);
    let gate = Arc::new(Notify::new());
    let found = Look::After(gate.clone(), Box::new(Look::Made("r1")));
    world.script.looks([found]);
    world.life("one", async |gateway| {
        let one = gateway.ask("one", create("a")).await;
        assert_eq!(outcome(&one), WriteOutcome::Unknown);
        assert_eq!(gateway.refused("two", create("a")).await, "twin");
        assert_eq!(gateway.state("two").await, None);
        gate.notify_one();
        assert_eq!(gateway.settled("one").await, OperationState::Confirmed);
        super::a_moment().await;
        assert_eq!(world.script.sends(), 1, "it was told that it is not sent");
        let two = gateway.ask("two", create("a")).await;
        assert_eq!(made(&two), Some("r2"));
    });
}

#[test]
fn a_settled_write_is_told_again_while_its_twin_is_open() {
    let world = world_with_twins();
    world.script.writes([Answer::Made("r1"), Answer::Lost]);
    world.script.looks([Look::Never]);
    world.life("one", async |gateway| {
        gateway.ask("one", create("a")).await;
        let two = gateway.ask("two", create("a")).await;
        assert_eq!(outcome(&two), WriteOutcome::Unknown);
        let again = gateway.ask("one", create("a")).await;
        assert_eq!(made(&again), Some("r1"));
    });
    assert_eq!(world.script.sends(), 2);
}

#[test]
fn twins_wait_for_each_other_also_after_a_restart() {
    let world = world_with_twins();
    world.script.writes([Answer::Lost, Answer::Made("r2")]);
    world.script.looks([Look::Never]);
    world.life("one", async |gateway| {
        gateway.ask("one", create("a")).await;
    });
    world.life("two", async |gateway| {
        assert_eq!(gateway.refused("two", create("a")).await, "twin");
        assert_eq!(world.script.sends(), 1);
    });
    world.script.looks([Look::Made("r1")]);
    world.life("three", async |gateway| {
        let two = gateway.ask("two", create("a")).await;
        assert_eq!(made(&two), Some("r2"));
        assert_eq!(gateway.settled("one").await, OperationState::Confirmed);
    });
}

#[test]
fn steps_that_are_twins_of_each_other_do_not_wait_for_themselves() {
    let world = world_with_twins();
    world.script.writes([Answer::Made("r1")]);
    world.life("one", async |gateway| {
        let steps = vec![(VENDOR, create("a")); 2];
        let answered = gateway.submit(Some("key"), steps).await;
        let answered = answered.map_err(super::why).unwrap();
        assert_eq!(answered.operation.state(), OperationState::Confirmed);
    });
}
