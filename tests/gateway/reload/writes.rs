//! Writes under way while the configuration changes: each is made once and to its end.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind as Answer};

use crate::harness::World;
use crate::writes::each::{Case, Kind};
use crate::writes::until;

/// What Introzy's next write meets.
fn answer(world: &World, answer: Answer) {
    world.sandbox.fault(Fault {
        method: Some("POST".to_owned()),
        times: Some(1),
        ..Fault::new("introzy", answer)
    });
}

/// All adapters are made anew for it.
const OTHER: &str = "[limits]\nvendor_timeout = \"4s\"";

/// The vendor counts as another one for it.
const ELSEWHERE: &str = "[introzy]\nstage_status = { Lead = \"won\" }";

#[tokio::test]
async fn a_write_under_way_ends_once_also_for_who_asks_again_meanwhile() {
    for toml in [OTHER, ELSEWHERE] {
        let world = World::start().await;
        let case = Case::of(Kind::Create, &world).await;
        let before = case.count(&world).await;
        answer(&world, Answer::Hold);
        let asked = case.make(&world, "key");
        let exchanged = async {
            world.sandbox.until_held(1).await;
            world.reload(toml, &[]).await.unwrap();
            let again = case.make(&world, "key");
            let released = async {
                let known = crate::writes::operation(&world, "key").await;
                world.sandbox.release();
                known
            };
            tokio::join!(again, released)
        };
        let (first, (again, known)) = tokio::join!(asked, exchanged);
        assert_eq!(known["state"], "SENDING", "{known:#}");
        assert_eq!(first["outcome"], "APPLIED", "{first:#}");
        assert_eq!(again["outcome"], "APPLIED", "{again:#}");
        assert_eq!(first["referral"]["id"], again["referral"]["id"]);
        assert_eq!(case.sent(&world), 1);
        // What was kept from before the write is not given out for it.
        assert_eq!(case.count(&world).await, case.after(before));
    }
}

#[tokio::test]
async fn what_became_of_a_write_is_found_out_by_the_vendor_as_it_is_configured_then() {
    let world = World::start().await;
    let case = Case::of(Kind::Note, &world).await;
    answer(&world, Answer::DropAfter);
    world.sandbox.fault(Fault {
        method: Some("GET".to_owned()),
        ..Fault::new("introzy", Answer::status(500))
    });
    let payload = case.make(&world, "key").await;
    assert_eq!(payload["outcome"], "UNKNOWN", "{payload:#}");
    world.reload(ELSEWHERE, &[]).await.unwrap();
    world.sandbox.clear_faults();
    world.hand.advance(Duration::from_secs(2));
    until(&world, "key", "CONFIRMED").await;
    assert_eq!(case.sent(&world), 1);
}

#[tokio::test]
async fn a_write_that_is_not_found_there_is_not_sent_where_it_may_never_have_belonged() {
    let world = World::start().await;
    let case = Case::of(Kind::Add, &world).await;
    answer(&world, Answer::DropBefore);
    let payload = case.make(&world, "key").await;
    assert_eq!(payload["outcome"], "UNKNOWN", "{payload:#}");
    world.reload(ELSEWHERE, &[]).await.unwrap();
    world.hand.advance(Duration::from_secs(31));
    until(&world, "key", "NEEDS_REVIEW").await;
    assert_eq!(case.sent(&world), 1);
}

#[tokio::test]
async fn a_write_that_is_not_found_is_sent_again_where_the_vendor_is_the_same() {
    let world = World::start().await;
    let case = Case::of(Kind::Add, &world).await;
    answer(&world, Answer::DropBefore);
    let payload = case.make(&world, "key").await;
    assert_eq!(payload["outcome"], "UNKNOWN", "{payload:#}");
    world.reload(OTHER, &[]).await.unwrap();
    world.hand.advance(Duration::from_secs(31));
    until(&world, "key", "CONFIRMED").await;
    assert_eq!(case.sent(&world), 2);
}
