//! The same key again: the same answer, and nothing more is done.

use pretty_assertions::assert_eq;

use super::each::{Case, KINDS};
use super::{assert_refused, operation};
use crate::harness::World;

#[tokio::test]
async fn the_same_key_brings_the_same_answer_and_no_further_call() {
    for kind in KINDS {
        let world = World::start().await;
        let case = Case::of(kind, &world).await;
        let before = case.count(&world).await;
        let first = case.make(&world, "key").await;
        assert_eq!(first["outcome"], "APPLIED", "{kind:?}: {first:#}");
        for _ in 0..2 {
            assert_eq!(case.make(&world, "key").await, first, "{kind:?}");
        }
        assert_eq!(case.sent(&world), 1, "{kind:?}");
        assert_eq!(case.count(&world).await, case.after(before), "{kind:?}");
    }
}

#[tokio::test]
async fn the_same_key_for_something_else_is_a_mismatch_and_nothing_is_sent() {
    for kind in KINDS {
        let world = World::start().await;
        let case = Case::of(kind, &world).await;
        case.make(&world, "key").await;
        let calls = world.asked(case.vendor).len();
        let other = case.make_other(&world, "key").await;
        assert_refused(&other, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
        assert_eq!(world.asked(case.vendor).len(), calls, "{kind:?}");
        assert_eq!(operation(&world, "key").await["state"], "CONFIRMED");
    }
}

#[tokio::test]
async fn a_key_is_one_to_two_hundred_characters() {
    for kind in KINDS {
        let world = World::start().await;
        let case = Case::of(kind, &world).await;
        for key in [String::new(), "ä".repeat(201)] {
            let payload = case.make(&world, &key).await;
            assert_refused(&payload, &[("INVALID", "input.idempotencyKey")]);
        }
        assert_eq!(case.sent(&world), 0);
        let payload = case.make(&world, &"ä".repeat(200)).await;
        assert_eq!(payload["outcome"], "APPLIED", "{kind:?}: {payload:#}");
    }
}
