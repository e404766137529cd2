//! A referral is created, and then shared: the second step joins what the first made.

use serde_json::json;

use super::script::{Answer, Came, Look, VENDOR};
use super::{OperationState, Process, StepState, create, states, why, world};
use crate::ledger::Answered;
use crate::model::{Vendor, Write};
use crate::vendor::Kind;

fn chain() -> Vec<(Vendor, Write)> {
    let share = Write::Share {
        referral: None,
        target: json!({ "with": "b" }),
    };
    vec![(VENDOR, create("a")), (VENDOR, share)]
}

async fn ask(gateway: &Process) -> Answered {
    let answered = gateway.submit(Some("key"), chain()).await;
    answered.map_err(why).unwrap()
}

fn joined(write: &Write) -> Option<&str> {
    match write {
        Write::Share { referral, .. } => referral.as_deref(),
        _ => None,
    }
}

#[test]
fn the_second_step_joins_what_the_first_made() {
    let world = world();
    world
        .script
        .writes([Answer::Made("r1"), Answer::Made("r2")]);
    world.life("one", async |gateway| {
        for _ in 0..2 {
            let answered = ask(&gateway).await;
            assert_eq!(answered.operation.state(), OperationState::Confirmed);
        }
    });
    let written = world.script.written();
    assert_eq!(written.len(), 2);
    assert_eq!(joined(&written[1].0), Some("r1"));
    assert_ne!(written[0].1.reference, written[1].1.reference);
}

#[test]
fn the_second_step_waits_until_it_is_known_what_became_of_the_first() {
    let world = world();
    world.script.writes([Answer::Lost, Answer::Made("r2")]);
    world.script.looks([Look::Down, Look::Made("r1")]);
    world.life("one", async |gateway| {
        ask(&gateway).await;
        assert_eq!(gateway.settled("key").await, OperationState::Confirmed);
    });
    assert_eq!(joined(&world.script.written()[1].0), Some("r1"));
}

#[test]
fn nothing_joins_what_was_not_made() {
    for refusal in [Answer::Status(422, Kind::Rejected), Answer::Lost] {
        let world = world();
        world.script.writes([refusal, Answer::Made("r2")]);
        world.script.looks([Look::Rejected]);
        world.life("one", async |gateway| {
            ask(&gateway).await;
            assert_eq!(gateway.settled("key").await, OperationState::Rejected);
        });
        assert_eq!(world.script.sends(), 1);
    }
}

#[test]
fn a_first_step_that_is_for_a_person_keeps_the_second_from_being_sent() {
    let world = world();
    world.script.writes([Answer::Lost, Answer::Made("r2")]);
    world.script.looks([Look::Ambiguous]);
    world.life("one", async |gateway| {
        let answered = ask(&gateway).await;
        assert_eq!(
            states(&answered),
            [StepState::NeedsReview, StepState::Rejected]
        );
        assert_eq!(answered.operation.state(), OperationState::NeedsReview);
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn a_first_step_that_is_forbidden_ends_both_and_leaves_the_key_free() {
    let world = world();
    world
        .script
        .writes([Answer::Status(403, Kind::Unauthorized), Answer::Made("r1")]);
    world.life("one", async |gateway| {
        let answered = ask(&gateway).await;
        assert_eq!(answered.operation.state(), OperationState::Rejected);
        assert_eq!(gateway.state("key").await, None);
        let again = ask(&gateway).await;
        assert_eq!(again.operation.state(), OperationState::Confirmed);
    });
}

#[test]
fn a_first_step_that_was_not_sent_ends_both_and_leaves_the_key_free() {
    let world = world();
    world.script.writes([Answer::Unsent(Kind::CircuitOpen)]);
    world.life("one", async |gateway| {
        let answered = gateway.submit(Some("key"), chain()).await;
        assert_eq!(answered.map(|_| ()).map_err(why), Err("not sent"));
        assert_eq!(gateway.state("key").await, None);
    });
    assert_eq!(world.script.sends(), 1);
}

#[test]
fn a_second_step_that_is_refused_leaves_the_first() {
    let world = world();
    world
        .script
        .writes([Answer::Made("r1"), Answer::Status(422, Kind::Rejected)]);
    world.life("one", async |gateway| {
        for _ in 0..2 {
            let answered = ask(&gateway).await;
            assert_eq!(answered.operation.state(), OperationState::Partial);
        }
    });
    assert_eq!(world.script.sends(), 2);
}

#[test]
fn a_second_step_whose_vendor_is_down_goes_on_later() {
    for down in [
        Answer::Unsent(Kind::Unavailable),
        Answer::Status(429, Kind::RateLimited),
        Answer::Status(401, Kind::Unauthorized),
    ] {
        let world = world();
        let mut writes = vec![Answer::Made("r1")];
        writes.extend(std::iter::repeat_n(down, 12));
        writes.push(Answer::Made("r2"));
        world.script.writes(writes);
        world.life("one", async |gateway| {
            let answered = ask(&gateway).await;
            assert_eq!(
                states(&answered),
                [StepState::Confirmed, StepState::Waiting]
            );
            assert_eq!(answered.operation.state(), OperationState::Sending);
            assert_eq!(gateway.settled("key").await, OperationState::Confirmed);
        });
        assert_eq!(world.script.sends(), 14);
        assert!(!world.script.came().contains(&Came::Look));
    }
}

#[test]
fn a_second_step_whose_vendor_stays_down_is_given_up_and_told() {
    let world = world();
    world
        .script
        .writes([Answer::Made("r1"), Answer::Unsent(Kind::Unavailable)]);
    world.life("one", async |gateway| {
        ask(&gateway).await;
        assert_eq!(gateway.settled("key").await, OperationState::Partial);
    });
}

#[test]
fn a_second_step_that_was_never_sent_goes_on_after_a_restart() {
    let world = world();
    world
        .script
        .writes([Answer::Made("r1"), Answer::Unsent(Kind::Unavailable)]);
    world.life("one", async |gateway| {
        let answered = gateway.submit(None, chain()).await;
        let answered = answered.map_err(why).unwrap();
        assert_eq!(&*answered.operation.key, "one.0");
    });
    world.script.writes([Answer::Made("r2")]);
    world.life("two", async |gateway| {
        let end = gateway.settled("one.0").await;
        assert_eq!(end, OperationState::Confirmed);
    });
    assert_eq!(
        joined(&world.script.written().last().unwrap().0),
        Some("r1")
    );
    assert!(!world.script.came().contains(&Came::Look));
}
