//! Writes that were not answered, or not as documented: what became of each is found out, and none is made twice.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind as Answer};
use serde_json::json;

use super::each::{Case, KINDS, Kind};
use super::{assert_documented, operation, problems, until};
use crate::harness::World;

/// What this vendor's next write meets.
fn answer(world: &World, case: &Case, answer: Answer) {
    let method = match case.kind {
        Kind::Remove => "DELETE",
        Kind::Refer => "PUT",
        _ => "POST",
    };
    world.sandbox.fault(Fault {
        method: Some(method.to_owned()),
        times: Some(1),
        ..Fault::new(case.vendor, answer)
    });
}

#[tokio::test]
async fn a_write_that_took_effect_unseen_is_applied_and_made_once() {
    for lost in [
        Answer::DropAfter,
        Answer::StatusAfter { status: 502 },
        Answer::StatusAfter { status: 500 },
        Answer::Truncate,
        Answer::MalformedJson,
        Answer::EmptyBody,
    ] {
        for kind in KINDS {
            let world = World::start().await;
            let case = Case::of(kind, &world).await;
            let before = case.count(&world).await;
            answer(&world, &case, lost.clone());
            let payload = case.make(&world, "key").await;
            let about = format!("{lost:?} {kind:?}: {payload:#}");
            assert_eq!(payload["outcome"], "APPLIED", "{about}");
            assert_eq!(payload["operation"]["state"], "CONFIRMED", "{about}");
            assert_eq!(payload["userErrors"], json!([]), "{about}");
            assert_eq!(case.sent(&world), 1, "{about}");
            assert_eq!(case.count(&world).await, case.after(before), "{about}");
            assert_eq!(case.make(&world, "key").await, payload);
            assert_eq!(case.sent(&world), 1, "{about}");
            assert_documented(&world);
        }
    }
}

/// What may be sent again at once is. The rest may still be on its way, and is waited for.
#[tokio::test]
async fn a_write_that_was_lost_is_made_again_where_that_is_safe_and_else_given_up() {
    for lost in [Answer::DropBefore, Answer::status(500), Answer::status(503)] {
        for kind in KINDS {
            let world = World::start().await;
            let case = Case::of(kind, &world).await;
            let before = case.count(&world).await;
            answer(&world, &case, lost.clone());
            let payload = case.make(&world, "key").await;
            let about = format!("{lost:?} {kind:?}: {payload:#}");
            if let Kind::Remove = kind {
                assert_eq!(payload["outcome"], "APPLIED", "{about}");
                assert_eq!(payload["operation"]["state"], "CONFIRMED", "{about}");
            } else {
                assert_eq!(payload["outcome"], "UNKNOWN", "{about}");
                assert_eq!(payload["operation"]["state"], "UNKNOWN", "{about}");
                assert_eq!(payload["userErrors"], json!([]), "{about}");
                assert_eq!(case.make(&world, "key").await["outcome"], "UNKNOWN");
                assert_eq!(case.sent(&world), 1, "{about}");
                world.hand.advance(Duration::from_secs(31));
            }
            let is_given_up = matches!(kind, Kind::Convert | Kind::Note);
            let state = if is_given_up { "REJECTED" } else { "CONFIRMED" };
            until(&world, "key", state).await;
            let settled = case.make(&world, "key").await;
            assert_eq!(
                case.sent(&world),
                if is_given_up { 1 } else { 2 },
                "{about}"
            );
            if is_given_up {
                assert_eq!(settled["outcome"], "REJECTED", "{settled:#}");
                let expected = ("UNAVAILABLE".to_owned(), "input".to_owned());
                assert_eq!(problems(&settled), [expected], "{settled:#}");
                assert_eq!(case.count(&world).await, before, "{about}");
            } else {
                assert_eq!(settled["outcome"], "APPLIED", "{settled:#}");
                assert_eq!(case.count(&world).await, case.after(before), "{about}");
            }
            assert_documented(&world);
        }
    }
}

/// The clock stands still: what comes late comes within the quiet time.
#[tokio::test]
async fn a_write_that_takes_effect_late_is_found_and_not_made_again() {
    for kind in [Kind::Add, Kind::Convert, Kind::Note, Kind::Refer] {
        let world = World::start().await;
        let case = Case::of(kind, &world).await;
        let before = case.count(&world).await;
        answer(&world, &case, Answer::CommitLate { ms: 200 });
        let payload = case.make(&world, "key").await;
        let known = until(&world, "key", "CONFIRMED").await;
        assert_eq!(known["settledAt"], "2026-11-01T09:00:00Z", "{payload:#}");
        let settled = case.make(&world, "key").await;
        assert_eq!(settled["outcome"], "APPLIED", "{kind:?}: {settled:#}");
        assert_eq!(case.count(&world).await, case.after(before), "{kind:?}");
        assert_documented(&world);
    }
}

/// Also when the looks fail for a while.
#[tokio::test]
async fn what_cannot_be_looked_up_stays_unknown_until_it_can() {
    for kind in KINDS {
        let world = World::start().await;
        let case = Case::of(kind, &world).await;
        let before = case.count(&world).await;
        answer(&world, &case, Answer::DropAfter);
        // The looks before the write are not meant.
        let looks = match kind {
            Kind::Refer | Kind::Convert => 1,
            _ => 0,
        };
        world.sandbox.fault(Fault {
            method: Some("GET".to_owned()),
            after: looks,
            ..Fault::new(case.vendor, Answer::status(500))
        });
        let payload = case.try_make(&world, "key").await;
        let payload = &payload["data"][case.field];
        assert_eq!(payload["outcome"], "UNKNOWN", "{kind:?}: {payload:#}");
        assert_eq!(payload["operation"]["state"], "UNKNOWN");
        assert_eq!(operation(&world, "key").await["state"], "UNKNOWN");
        world.sandbox.clear_faults();
        world.hand.advance(Duration::from_mins(10));
        until(&world, "key", "CONFIRMED").await;
        assert_eq!(case.sent(&world), 1, "{kind:?}");
        assert_eq!(case.count(&world).await, case.after(before), "{kind:?}");
    }
}
