//! Writes that the vendor answers, or that prove not to have been sent.

use super::script::{Answer, Came};
use super::{StepState, create, made, outcome, states, world};
use crate::model::{ProblemCode, WriteOutcome};
use crate::vendor::Kind;

#[test]
fn an_answered_write_is_confirmed_and_its_answer_is_told_again_without_a_call() {
    let world = world();
    world.script.writes([Answer::Made("r1")]);
    world.life("one", async |gateway| {
        let first = gateway.ask("key", create("a")).await;
        assert_eq!(outcome(&first), WriteOutcome::Applied);
        assert_eq!(states(&first), [StepState::Confirmed]);
        assert_eq!(made(&first), Some("r1"));
        assert!(!first.is_repeated);
        let again = gateway.ask("key", create("a")).await;
        assert_eq!(made(&again), Some("r1"));
        assert!(again.is_repeated);
    });
    world.life("two", async |gateway| {
        let again = gateway.ask("key", create("a")).await;
        assert_eq!(outcome(&again), WriteOutcome::Applied);
        assert_eq!(made(&again), Some("r1"));
        assert!(again.is_repeated);
    });
    assert_eq!(world.script.came(), [Came::Write(false)]);
}

#[test]
fn what_was_so_before_and_what_the_vendor_refuses_are_told_again_too() {
    let world = world();
    world.script.writes([
        Answer::Already("r1"),
        Answer::InTheWay("r1"),
        Answer::Status(422, Kind::Rejected),
    ]);
    world.life("one", async |gateway| {
        for _ in 0..2 {
            let already = gateway.ask("already", create("a")).await;
            assert_eq!(outcome(&already), WriteOutcome::AlreadyApplied);
            let in_the_way = gateway.ask("in-the-way", create("b")).await;
            assert_eq!(outcome(&in_the_way), WriteOutcome::Rejected);
            assert_eq!(made(&in_the_way), Some("r1"), "what stands in the way");
            let refused = gateway.ask("refused", create("c")).await;
            assert_eq!(states(&refused), [StepState::Rejected]);
            let problems = &refused.operation.steps[0].answer.problems;
            assert_eq!(problems[0].code, ProblemCode::Invalid);
        }
    });
    assert_eq!(world.script.sends(), 3);
}

#[test]
fn a_key_with_another_input_is_a_mismatch_and_nothing_is_sent() {
    let world = world();
    world.script.writes([Answer::Made("r1")]);
    world.life("one", async |gateway| {
        gateway.ask("key", create("a")).await;
        assert_eq!(gateway.refused("key", create("b")).await, "mismatch");
    });
    world.life("two", async |gateway| {
        assert_eq!(gateway.refused("key", create("b")).await, "mismatch");
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn a_mismatch_is_told_also_while_the_first_is_under_way() {
    let world = world();
    world.script.writes([Answer::Never]);
    world.life("one", async |gateway| {
        let first = gateway.ask("key", create("a"));
        let other = async {
            world.script.came_to(1).await;
            assert_eq!(gateway.refused("key", create("b")).await, "mismatch");
        };
        let (first, ()) = tokio::join!(first, other);
        assert_eq!(outcome(&first), WriteOutcome::Unknown);
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn what_was_not_sent_is_tried_again_at_most_twice_and_then_forgotten() {
    let world = world();
    world.script.writes([Answer::Unsent(Kind::Unavailable)]);
    world.life("one", async |gateway| {
        assert_eq!(gateway.refused("key", create("a")).await, "not sent");
        assert_eq!(world.script.came(), [const { Came::Write(false) }; 3]);
        assert_eq!(gateway.state("key").await, None);
        world
            .script
            .writes([Answer::Unsent(Kind::Unavailable), Answer::Made("r1")]);
        let again = gateway.ask("key", create("another input")).await;
        assert_eq!(outcome(&again), WriteOutcome::Applied);
        assert!(!again.is_repeated);
        assert_eq!(again.operation.steps[0].sends, 1);
    });
    assert_eq!(world.script.sends(), 5);
}

#[test]
fn what_every_call_is_refused_for_is_not_tried_again_and_leaves_the_key_free() {
    let refusals = [
        (Answer::Status(401, Kind::Unauthorized), false),
        (Answer::Status(429, Kind::RateLimited), false),
        (Answer::Unsent(Kind::CircuitOpen), false),
        (Answer::Status(403, Kind::Unauthorized), true),
    ];
    for (refusal, is_data) in refusals {
        let world = world();
        world.script.writes([refusal, Answer::Made("r1")]);
        world.life("one", async |gateway| {
            if is_data {
                let refused = gateway.ask("key", create("a")).await;
                assert_eq!(outcome(&refused), WriteOutcome::Rejected);
            } else {
                assert_eq!(gateway.refused("key", create("a")).await, "not sent");
            }
            assert_eq!(world.script.sends(), 1);
            assert_eq!(gateway.state("key").await, None);
            // Whoever was told may ask again at once, also for something else.
            let again = gateway.ask("key", create("b")).await;
            assert_eq!(outcome(&again), WriteOutcome::Applied);
        });
    }
}

#[test]
fn writes_without_a_key_are_writes_of_their_own() {
    let world = world();
    world
        .script
        .writes([Answer::Made("r1"), Answer::Made("r2")]);
    world.life("one", async |gateway| {
        for id in ["r1", "r2"] {
            let steps = vec![(super::script::VENDOR, create("a"))];
            let answered = gateway.submit(None, steps).await.map_err(super::why);
            let answered = answered.unwrap();
            assert_eq!(made(&answered), Some(id));
            let again = gateway.desk.find(&answered.operation.key).await.unwrap();
            assert!(again.is_some());
        }
    });
}
