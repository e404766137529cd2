//! Writes that were not answered: what became of them is found out before anything else is done.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::script::{Answer, Came, Look};
use super::{OperationState, RULES, World, create, made, outcome, world};
use crate::model::{ProblemCode, WriteOutcome};
use crate::vendor::Kind;

const FIRST: Came = Came::Write(false);
const AGAIN: Came = Came::Write(true);
const LOOK: Came = Came::Look;

/// Asks for one write that is not answered the first time, and lets it end.
fn end_of(world: &World, then: Answer, looks: &[Look]) -> OperationState {
    world.script.writes([Answer::Lost, then]);
    world.script.looks(looks.iter().cloned());
    world.life("one", async |gateway| {
        gateway.ask("key", create("a")).await;
        gateway.settled("key").await
    })
}

#[test]
fn what_is_found_is_confirmed_and_never_sent_again() {
    let world = world();
    let end = end_of(
        &world,
        Answer::Made("r2"),
        &[Look::Down, Look::Absent(true), Look::Made("r1")],
    );
    assert_eq!(end, OperationState::Confirmed);
    assert_eq!(world.script.came(), [FIRST, LOOK, LOOK, LOOK]);
    world.life("two", async |gateway| {
        assert_eq!(made(&gateway.ask("key", create("a")).await), Some("r1"));
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn failures_that_prove_nothing_are_all_looked_into() {
    let failures = [
        Answer::Lost,
        Answer::Status(500, Kind::Unavailable),
        Answer::Status(503, Kind::Unavailable),
        Answer::Status(408, Kind::Unavailable),
        Answer::Status(200, Kind::InvalidResponse),
    ];
    for failure in failures {
        let world = world();
        world.script.writes([failure, Answer::Made("r2")]);
        world.script.looks([Look::Made("r1")]);
        world.life("one", async |gateway| {
            assert_eq!(made(&gateway.ask("key", create("a")).await), Some("r1"));
        });
        assert_eq!(world.script.came(), [FIRST, LOOK]);
    }
}

#[test]
fn what_never_can_take_effect_is_rejected() {
    let world = world();
    let end = end_of(&world, Answer::Made("r2"), &[Look::Rejected]);
    assert_eq!(end, OperationState::Rejected);
    assert_eq!(world.script.came(), [FIRST, LOOK]);
}

#[test]
fn what_may_be_one_of_several_is_for_a_person() {
    let world = world();
    let end = end_of(&world, Answer::Made("r2"), &[Look::Ambiguous]);
    assert_eq!(end, OperationState::NeedsReview);
    assert_eq!(world.script.came(), [FIRST, LOOK]);
}

#[test]
fn what_is_absent_is_sent_again_only_after_the_quiet_time() {
    let world = world();
    let start = world.clock.now();
    let end = end_of(&world, Answer::Made("r2"), &[Look::Absent(true)]);
    assert_eq!(end, OperationState::Confirmed);
    let came = world.script.came();
    assert_eq!(came.iter().filter(|came| **came == AGAIN).count(), 1);
    assert_eq!((&came[0], came.last()), (&FIRST, Some(&AGAIN)));
    let passed = world.clock.now().duration_since(start);
    assert!(Duration::try_from(passed).unwrap() >= RULES.quiet);
    let sent = world.script.written();
    assert_eq!(
        sent[0].1.reference, sent[1].1.reference,
        "it can be known again"
    );
    assert_eq!(sent[0].1.since, sent[1].1.since);
}

#[test]
fn the_quiet_time_begins_when_the_attempt_ends() {
    let world = world();
    let gate = Arc::new(Notify::new());
    let slow = Answer::After(gate.clone(), Box::new(Answer::Lost));
    world.script.writes([slow, Answer::Made("r2")]);
    world
        .script
        .looks([Look::Absent(true), Look::Absent(true), Look::Made("r1")]);
    world.life("one", async |gateway| {
        let ask = gateway.ask("key", create("a"));
        let slow = async {
            world.script.came_to(1).await;
            world.hand.advance(RULES.quiet * 2);
            gate.notify_one();
        };
        tokio::join!(ask, slow);
        assert_eq!(gateway.settled("key").await, OperationState::Confirmed);
    });
    assert_eq!(world.script.sends(), 1, "it came late, but in time");
}

#[test]
fn what_is_absent_and_may_not_be_sent_again_took_no_effect() {
    let world = world();
    let end = end_of(&world, Answer::Made("r2"), &[Look::Absent(false)]);
    assert_eq!(end, OperationState::Rejected);
    assert_eq!(world.script.sends(), 1);
    world.life("two", async |gateway| {
        let again = gateway.ask("key", create("a")).await;
        let problems = &again.operation.steps[0].answer.problems;
        assert_eq!(problems[0].code, ProblemCode::Unavailable);
    });
}

#[test]
fn what_does_no_harm_is_sent_again_before_the_quiet_time_is_over() {
    let world = world();
    let end = end_of(&world, Answer::Already("r1"), &[Look::SendAgain]);
    assert_eq!(end, OperationState::Confirmed);
    assert_eq!(world.script.came(), [FIRST, LOOK, AGAIN]);
}

#[test]
fn what_may_have_been_lost_is_sent_so_often_and_then_a_person_must_look() {
    let world = world();
    let end = end_of(&world, Answer::Lost, &[Look::Absent(true)]);
    assert_eq!(end, OperationState::NeedsReview);
    assert_eq!(world.script.sends(), 5);
}

#[test]
fn sending_again_in_vain_is_paced_and_ends() {
    for refusal in [
        Answer::Lost,
        Answer::Unsent(Kind::Unavailable),
        Answer::Status(429, Kind::RateLimited),
    ] {
        let world = world();
        let end = end_of(&world, refusal, &[Look::SendAgain]);
        assert_eq!(end, OperationState::NeedsReview);
        let in_a_day_every_five_minutes = 24 * 12;
        assert!(world.script.sends() < 2 * in_a_day_every_five_minutes);
    }
}

#[test]
fn a_vendor_that_never_tells_leaves_it_to_a_person() {
    let world = world();
    let start = world.clock.now();
    let end = end_of(&world, Answer::Lost, &[Look::Down]);
    assert_eq!(end, OperationState::NeedsReview);
    assert_eq!(world.script.sends(), 1);
    let passed = Duration::try_from(world.clock.now().duration_since(start)).unwrap();
    assert!(passed >= RULES.give_up && passed < RULES.give_up * 2);
}

#[test]
fn decisions_that_are_not_known_yet_are_asked_for_again() {
    use WriteOutcome::{Applied, Rejected, Unknown};
    let world = world();
    world.script.writes([Answer::Each(&[Applied, Unknown])]);
    let gate = Arc::new(Notify::new());
    let found = Look::After(gate.clone(), Box::new(Look::Each(&[Applied, Rejected])));
    world.script.looks([Look::Each(&[Applied, Unknown]), found]);
    world.life("one", async |gateway| {
        let first = gateway.ask("key", create("a")).await;
        assert_eq!(first.operation.steps[0].outcomes(), [Applied, Unknown]);
        assert_eq!(first.operation.state(), OperationState::Unknown);
        gate.notify_one();
        assert_eq!(gateway.settled("key").await, OperationState::Partial);
    });
    assert_eq!(world.script.came(), [FIRST, LOOK, LOOK]);
}

#[test]
fn what_is_known_of_some_decisions_stays_known_when_it_is_given_up() {
    use WriteOutcome::{Applied, Unknown};
    let world = world();
    let end = end_of(&world, Answer::Lost, &[Look::Each(&[Applied, Unknown])]);
    assert_eq!(end, OperationState::NeedsReview);
    world.life("two", async |gateway| {
        let again = gateway.ask("key", create("a")).await;
        assert_eq!(again.operation.steps[0].outcomes(), [Applied, Unknown]);
    });
}

#[test]
fn whoever_asked_is_told_that_nobody_knows_and_later_under_the_key_what_became_of_it() {
    let world = world();
    let gate = Arc::new(Notify::new());
    world.script.writes([Answer::Lost]);
    world
        .script
        .looks([Look::After(gate.clone(), Box::new(Look::Made("r1")))]);
    world.life("one", async |gateway| {
        let asked_at = tokio::time::Instant::now();
        let first = gateway.ask("key", create("a")).await;
        assert_eq!(outcome(&first), WriteOutcome::Unknown);
        assert_eq!(first.operation.state(), OperationState::Unknown);
        assert_eq!(asked_at.elapsed(), Duration::from_secs(3));
        assert_eq!(gateway.state("key").await, Some(OperationState::Unknown));
        gate.notify_one();
        assert_eq!(gateway.settled("key").await, OperationState::Confirmed);
        assert_eq!(made(&gateway.ask("key", create("a")).await), Some("r1"));
    });
    assert_eq!(world.script.sends(), 1);
}
