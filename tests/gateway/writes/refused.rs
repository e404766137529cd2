//! What comes of a vendor's refusals: data where the caller can do something about them, errors where nobody can.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind as Answer};
use serde_json::{Value, json};

use super::each::{Case, KINDS, Kind};
use super::{operation, problems};
use crate::harness::{Options, World, codes};

/// What this vendor's writes meet from now on.
fn answer(world: &World, case: &Case, answer: &Answer) {
    for method in ["POST", "PUT", "DELETE"] {
        world.sandbox.fault(Fault {
            method: Some(method.to_owned()),
            ..Fault::new(case.vendor, answer.clone())
        });
    }
}

/// The code and the path that a refusal with this status has, as far as they are the same for all.
fn expected(status: u16, kind: Kind) -> (String, String) {
    let whole = match kind {
        Kind::Create => "input.referral.introzy",
        Kind::Refer => "input.referral.saasquatch",
        _ => "input",
    };
    let (code, path) = match (status, kind) {
        (400 | 422, _) => ("INVALID", whole),
        (403, _) => ("FORBIDDEN", whole),
        (404, Kind::Add) => ("NOT_FOUND", "input.party.userId"),
        (404, Kind::Remove) => ("NOT_FOUND", "input.facilitatorId"),
        (404, Kind::Note | Kind::Convert) => ("NOT_FOUND", "input.referralId"),
        (404, _) => ("NOT_FOUND", whole),
        (409, Kind::Add) => ("CONFLICT", "input.party"),
        (409, _) => ("CONFLICT", whole),
        _ => panic!("{status}"),
    };
    (code.to_owned(), path.to_owned())
}

#[tokio::test]
async fn a_refusal_is_a_user_error_and_the_same_key_brings_it_again() {
    for status in [400, 404, 409, 422] {
        for kind in KINDS {
            let world = World::start().await;
            let case = Case::of(kind, &world).await;
            let before = case.count(&world).await;
            answer(&world, &case, &Answer::status(status));
            let payload = case.make(&world, "key").await;
            let about = format!("{status} {kind:?}: {payload:#}");
            assert_eq!(payload["outcome"], "REJECTED", "{about}");
            let recorded = json!({ "idempotencyKey": "key", "state": "REJECTED" });
            assert_eq!(payload["operation"], recorded, "{about}");
            assert_eq!(problems(&payload), [expected(status, kind)], "{about}");
            assert_eq!(case.sent(&world), 1, "{about}");

            world.sandbox.clear_faults();
            assert_eq!(operation(&world, "key").await["state"], "REJECTED");
            assert_eq!(case.count(&world).await, before, "{about}");
            assert_eq!(
                case.make(&world, "key").await["userErrors"],
                payload["userErrors"]
            );
            assert_eq!(case.sent(&world), 1, "{about}");
        }
    }
}

/// Somebody may give the credentials the right.
#[tokio::test]
async fn what_is_forbidden_may_be_asked_for_again_with_the_same_key() {
    for kind in KINDS {
        let world = World::start().await;
        let case = Case::of(kind, &world).await;
        let before = case.count(&world).await;
        answer(&world, &case, &Answer::status(403));
        let payload = case.make(&world, "key").await;
        assert_eq!(payload["outcome"], "REJECTED", "{kind:?}: {payload:#}");
        assert_eq!(problems(&payload), [expected(403, kind)], "{payload:#}");
        assert_eq!(operation(&world, "key").await, Value::Null, "{kind:?}");

        world.sandbox.clear_faults();
        assert_eq!(case.count(&world).await, before);
        let payload = case.make(&world, "key").await;
        assert_eq!(payload["outcome"], "APPLIED", "{kind:?}: {payload:#}");
        assert_eq!(case.count(&world).await, case.after(before));
    }
}

#[tokio::test]
async fn a_rate_limit_is_a_user_error_and_the_same_key_works_later() {
    for kind in KINDS {
        let world = World::start().await;
        let case = Case::of(kind, &world).await;
        let before = case.count(&world).await;
        answer(&world, &case, &Answer::RateLimited { seconds: Some(7) });
        let payload = case.make(&world, "key").await;
        super::assert_refused(&payload, &[("RATE_LIMITED", "")]);
        let name = case.vendor.to_uppercase();
        assert_eq!(
            payload["userErrors"][0]["message"],
            format!("{name} was asked too often. Nothing was changed.")
        );
        assert_eq!(operation(&world, "key").await, Value::Null, "{kind:?}");

        world.sandbox.clear_faults();
        world.hand.advance(Duration::from_secs(61));
        assert_eq!(case.count(&world).await, before);
        let payload = case.make(&world, "key").await;
        assert_eq!(payload["outcome"], "APPLIED", "{kind:?}: {payload:#}");
    }
}

#[tokio::test]
async fn credentials_that_are_not_accepted_are_an_error_and_the_same_key_works_later() {
    for kind in KINDS {
        let world = World::start().await;
        let case = Case::of(kind, &world).await;
        let before = case.count(&world).await;
        answer(&world, &case, &Answer::ExpiredToken);
        let failed = case.try_make(&world, "key").await;
        let expected = (case.field.to_owned(), "VENDOR_UNAUTHORIZED".to_owned());
        assert_eq!(codes(&failed), [expected], "{kind:?}: {failed:#}");
        assert_eq!(failed["errors"][0]["extensions"]["retryable"], false);
        assert_eq!(operation(&world, "key").await, Value::Null, "{kind:?}");

        world.sandbox.clear_faults();
        let payload = case.make(&world, "key").await;
        assert_eq!(payload["outcome"], "APPLIED", "{kind:?}: {payload:#}");
        assert_eq!(case.count(&world).await, case.after(before));
    }
}

#[tokio::test]
async fn an_open_breaker_is_an_error_and_the_same_key_works_later() {
    for kind in KINDS {
        let world = World::start().await;
        let case = Case::of(kind, &world).await;
        world
            .sandbox
            .fault(Fault::new(case.vendor, Answer::status(500)));
        let vendor = case.vendor.to_uppercase();
        world.hand.advance(Duration::from_mins(10));
        let mut circuit = Value::Null;
        for round in 0..50 {
            if circuit == "OPEN" {
                break;
            }
            let search =
                format!("{{ people(vendor: {vendor}, search: \"s{round}\") {{ remoteId }} }}");
            world.query(&search).await;
            let data = world.data("{ vendors { vendor circuit } }").await;
            let mut all = data["vendors"].as_array().unwrap().iter();
            circuit = all.find(|it| it["vendor"] == *vendor).unwrap()["circuit"].clone();
        }
        assert_eq!(circuit, "OPEN");
        let failed = case.try_make(&world, "key").await;
        let expected = (case.field.to_owned(), "VENDOR_CIRCUIT_OPEN".to_owned());
        assert_eq!(codes(&failed), [expected], "{kind:?}: {failed:#}");
        let extensions = &failed["errors"][0]["extensions"];
        assert_eq!(extensions["retryable"], true);
        assert!(
            extensions["retryAfterSeconds"].as_u64() > Some(0),
            "{extensions}"
        );
        assert_eq!(case.sent(&world), 0);
        assert_eq!(operation(&world, "key").await, Value::Null, "{kind:?}");

        world.sandbox.clear_faults();
        world.hand.advance(Duration::from_mins(10));
        let payload = case.make(&world, "key").await;
        assert_eq!(payload["outcome"], "APPLIED", "{kind:?}: {payload:#}");
    }
}

#[tokio::test]
async fn a_vendor_that_cannot_be_reached_is_an_error_and_nothing_is_recorded() {
    let there = World::start().await;
    // Nothing listens there.
    let away = World::with(Options {
        without: vec!["introzy", "saasquatch"],
        toml: "[introzy]\napi_key = \"introzy_abc\"\nbase_url = \"http://127.0.0.1:9\"\n\
               [saasquatch]\napi_key = \"k\"\ntenant_alias = \"t\"\nbase_url = \"http://127.0.0.1:9\"\n",
    })
    .await;
    for kind in KINDS {
        let case = Case::of(kind, &there).await;
        let failed = case.try_make(&away, "key").await;
        let expected = (case.field.to_owned(), "VENDOR_UNAVAILABLE".to_owned());
        assert_eq!(codes(&failed), [expected], "{kind:?}: {failed:#}");
        assert_eq!(failed["errors"][0]["extensions"]["retryable"], true);
        assert_eq!(operation(&away, "key").await, Value::Null, "{kind:?}");
        away.hand.advance(Duration::from_mins(10));
    }
}
