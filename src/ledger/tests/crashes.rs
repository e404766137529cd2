//! The gateway ends in the middle of something, and is started anew; or another one runs beside it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::script::{Answer, Came, Look, VENDOR};
use super::{OperationState, create, made, on_a_runtime, outcome, runtime, why, world};
use crate::model::WriteOutcome;
use crate::vendor::Kind;

const FIRST: Came = Came::Write(false);
const AGAIN: Came = Came::Write(true);
const LOOK: Came = Came::Look;

#[test]
fn what_was_being_sent_at_the_end_is_looked_for_first() {
    let world = world();
    world.script.writes([Answer::Never, Answer::Made("r2")]);
    world.script.looks([Look::Made("r1")]);
    world.life("one", async |gateway| {
        tokio::select! {
            _ = gateway.ask("key", create("a")) => panic!("it is not answered"),
            () = world.script.came_to(1) => {}
        }
    });
    world.life("two", async |gateway| {
        assert_eq!(gateway.settled("key").await, OperationState::Confirmed);
        assert_eq!(made(&gateway.ask("key", create("a")).await), Some("r1"));
    });
    assert_eq!(world.script.came(), [FIRST, LOOK]);
}

#[test]
fn whenever_it_ends_it_is_looked_for_before_it_is_sent_again() {
    // Sent; looked for; in the quiet time; sent again; looked for again.
    for calls in 1..=9 {
        let world = world();
        world.script.writes([Answer::Lost]);
        world.script.looks([Look::Absent(true)]);
        world.script.falls_silent_after(calls - 1);
        world.life("one", async |gateway| {
            let ask = gateway.ask("key", create("a"));
            tokio::join!(ask, world.script.came_to(calls));
        });
        let before = world.script.came().len();
        assert_eq!(before, calls);
        world.script.speaks();
        world.script.writes([Answer::Made("r2")]);
        world.script.looks([Look::Absent(true)]);
        let restarted_at = world.clock.now();
        world.life("two", async |gateway| {
            assert_eq!(gateway.settled("key").await, OperationState::Confirmed);
        });
        let after = world.script.came()[before..].to_vec();
        assert_eq!((&after[0], after.last()), (&LOOK, Some(&AGAIN)));
        assert_eq!(after.iter().filter(|came| **came == AGAIN).count(), 1);
        let passed = world.clock.now().duration_since(restarted_at);
        assert!(
            Duration::try_from(passed).unwrap() >= super::RULES.quiet,
            "the process may have sent it at its very end"
        );
    }
}

#[test]
fn what_came_without_a_key_is_not_sent_again_after_a_restart() {
    let world = world();
    world.script.writes([Answer::Never, Answer::Made("r1")]);
    world.script.looks([Look::Absent(true)]);
    world.life("one", async |gateway| {
        let steps = vec![(VENDOR, create("a"))];
        gateway.submit(None, steps).await.map_err(why).unwrap();
    });
    world.life("two", async |gateway| {
        assert_eq!(gateway.settled("one.0").await, OperationState::Rejected);
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn what_came_without_a_key_is_not_sent_again_even_where_that_does_no_harm() {
    let world = world();
    world.script.writes([Answer::Never]);
    world.script.looks([Look::SendAgain]);
    world.life("one", async |gateway| {
        let steps = vec![(VENDOR, create("a"))];
        gateway.submit(None, steps).await.map_err(why).unwrap();
    });
    world.life("two", async |gateway| {
        assert_eq!(gateway.settled("one.0").await, OperationState::Rejected);
    });
    assert_eq!(world.script.sends(), 1, "nobody waits for it any more");
}

#[test]
fn an_adapter_that_panics_leaves_a_write_that_is_gone_on_with() {
    let world = world();
    world.script.writes([Answer::Panic]);
    world.script.looks([Look::Panic, Look::Made("r1")]);
    world.life("one", async |gateway| {
        let first = gateway.ask("key", create("a")).await;
        assert_eq!(outcome(&first), WriteOutcome::Unknown);
        let second = gateway.ask("key", create("a")).await;
        assert_eq!(outcome(&second), WriteOutcome::Unknown);
        gateway.desk.resume().await;
        assert_eq!(gateway.settled("key").await, OperationState::Confirmed);
    });
    assert_eq!(world.script.came(), [FIRST, LOOK, LOOK]);
}

#[test]
fn a_write_is_kept_while_its_vendor_is_not_configured() {
    let world = world();
    world.script.writes([Answer::Never]);
    world.script.looks([Look::Made("r1")]);
    world.life("one", async |gateway| {
        gateway.ask("key", create("a")).await;
    });
    on_a_runtime(async || {
        let gateway = world.process_over("two", &[]);
        gateway.desk.resume().await;
        for _ in 0..2 {
            let answered = gateway.ask("key", create("a")).await;
            assert_eq!(outcome(&answered), WriteOutcome::Unknown);
        }
    });
    world.life("three", async |gateway| {
        assert_eq!(gateway.settled("key").await, OperationState::Confirmed);
    });
    assert_eq!(world.script.came(), [FIRST, LOOK]);
}

#[test]
fn what_is_answered_while_the_process_ends_is_written_down() {
    let world = world();
    let gate = Arc::new(Notify::new());
    let slow = Answer::After(gate.clone(), Box::new(Answer::Made("r1")));
    world.script.writes([slow]);
    world.life("one", async |gateway| {
        let end = async {
            world.script.came_to(1).await;
            gate.notify_one();
            gateway.desk.finish(Duration::from_secs(10)).await;
        };
        tokio::select! {
            () = end => {}
            () = async {
                gateway.ask("key", create("a")).await;
                std::future::pending::<()>().await;
            } => {}
        }
        assert_eq!(gateway.refused("new", create("b")).await, "broken");
    });
    world.life("two", async |gateway| {
        assert_eq!(made(&gateway.ask("key", create("a")).await), Some("r1"));
    });
    assert_eq!(world.script.came(), [FIRST]);
}

#[test]
fn what_a_living_process_works_on_is_not_taken_over_and_what_it_leaves_is() {
    let world = world();
    world.script.writes([Answer::Lost]);
    world.script.looks([Look::Never]);
    let first = runtime();
    let one = first.block_on(async {
        let one = world.process("one");
        one.ask("key", create("a")).await;
        one
    });
    assert_eq!(world.script.came(), [FIRST, LOOK]);
    world.script.looks([Look::Made("r1")]);
    world.life("two", async |two| {
        let answered = two.ask("key", create("a")).await;
        assert_eq!(outcome(&answered), WriteOutcome::Unknown);
        two.desk.resume().await;
        assert_eq!(world.script.came(), [FIRST, LOOK], "one still has it");
        first.shutdown_background();
        drop(one);
        two.desk.resume().await;
        assert_eq!(two.settled("key").await, OperationState::Confirmed);
    });
    assert_eq!(world.script.came(), [FIRST, LOOK, LOOK]);
}

#[test]
fn whoever_waits_for_another_process_goes_on_with_what_it_leaves() {
    let world = world();
    world.script.writes([Answer::Never]);
    world.script.looks([Look::Made("r1")]);
    let first = runtime();
    let one = first.block_on(async {
        let one = world.process("one");
        one.ask("key", create("a")).await;
        one
    });
    world.life("two", async |two| {
        let end = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            first.shutdown_background();
            drop(one);
        };
        let (answered, ()) = tokio::join!(two.ask("key", create("a")), end);
        assert_eq!(made(&answered), Some("r1"));
    });
    assert_eq!(world.script.came(), [FIRST, LOOK]);
}

#[test]
fn two_processes_that_are_asked_for_the_same_at_once_send_it_once() {
    let world = world();
    let gate = Arc::new(Notify::new());
    let slow = Answer::After(gate.clone(), Box::new(Answer::Made("r1")));
    world.script.writes([slow]);
    on_a_runtime(async || {
        let (one, two) = (world.process("one"), world.process("two"));
        let open = async {
            world.script.came_to(1).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            gate.notify_one();
        };
        let asked = (one.ask("key", create("a")), two.ask("key", create("a")));
        let (one, two, ()) = tokio::join!(asked.0, asked.1, open);
        assert_eq!((made(&one), made(&two)), (Some("r1"), Some("r1")));
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn whoever_waits_for_another_process_sends_it_if_that_one_could_not() {
    let world = world();
    let gate = Arc::new(Notify::new());
    let slow = Answer::After(gate.clone(), Box::new(Answer::Unsent(Kind::CircuitOpen)));
    world.script.writes([slow, Answer::Made("r1")]);
    on_a_runtime(async || {
        let (one, two) = (world.process("one"), world.process("two"));
        let two = async {
            world.script.came_to(1).await;
            two.ask("key", create("a")).await
        };
        let open = async {
            world.script.came_to(1).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            gate.notify_one();
        };
        let (one, two, ()) = tokio::join!(one.refused("key", create("a")), two, open);
        assert_eq!((one, made(&two)), ("not sent", Some("r1")));
    });
    assert_eq!(world.script.sends(), 2);
}
