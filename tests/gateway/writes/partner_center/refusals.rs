//! Writes that Partner Center refuses, and that nobody answers for now.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use super::{ONE, REFERRALS, add, create, fail, grace, least, pick, remove, some, text, update};
use crate::harness::{Options, World, codes};
use crate::writes::{COMMON, newest, operation, problems, sent, sent_once, try_mutate};

const REFUSALS: [(u16, &str); 7] = [
    (400, "INVALID"),
    (403, "FORBIDDEN"),
    (404, "NOT_FOUND"),
    (409, "CONFLICT"),
    (410, "NOT_FOUND"),
    (422, "INVALID"),
    (423, "CONFLICT"),
];

fn refusal(status: u16) -> Kind {
    let error = json!({ "error": { "code": "invalidRequest", "message": "This cannot be.", "target": "referral" } });
    Kind::Status {
        status,
        body: Some(error.to_string()),
        content_type: None,
        headers: std::collections::BTreeMap::default(),
    }
}

#[tokio::test]
async fn a_new_referral_that_is_refused_is_a_user_error_and_the_answer_under_its_key() {
    for (status, code) in REFUSALS.into_iter().chain([(412, "VERSION_MISMATCH")]) {
        let world = World::start().await;
        fail(&world, "POST", REFERRALS, 0, refusal(status));
        let payload = create(&world, "k", &least()).await;
        assert_eq!(
            (&payload["outcome"], &payload["referral"]),
            (&json!("REJECTED"), &Value::Null),
            "{status}"
        );
        let path = "input.referral.partnerCenter".to_owned();
        assert_eq!(problems(&payload), [(code.to_owned(), path)], "{status}");
        assert_eq!(
            payload["operation"],
            json!({ "idempotencyKey": "k", "state": "REJECTED" })
        );
        if status == 403 {
            // Somebody may give the right meanwhile, and the key is as good as new.
            assert_eq!(operation(&world, "k").await, Value::Null);
            let again = create(&world, "k", &least()).await;
            assert_eq!(again["outcome"], "APPLIED");
            continue;
        }
        assert_eq!(operation(&world, "k").await["state"], "REJECTED");
        assert_eq!(create(&world, "k", &least()).await, payload);
        sent_once(&world, "partner-center");
    }
}

#[tokio::test]
async fn a_change_that_is_refused_is_a_user_error_with_the_referral_as_it_is() {
    for (status, code) in REFUSALS {
        let world = World::start().await;
        let is_it = |row: &Value| {
            row["details"]["status"] == "ACTIVE" && row["facilitators"]["totalCount"] != 0
        };
        let before = pick(&world, is_it).await;
        let (id, version) = (text(&before["id"]), text(&before["version"]));
        let person = text(&before["facilitators"]["nodes"][0]["id"]);
        for _ in 0..4 {
            fail(&world, "PATCH", ONE, 0, refusal(status));
        }
        let notes = json!({ "notes": "n" });
        let payloads = [
            (
                update(&world, "a", id, None, &notes).await,
                "input.partnerCenter",
            ),
            (
                update(&world, "b", id, Some(version), &notes).await,
                "input.partnerCenter",
            ),
            (add(&world, "c", id, &grace()).await, "input"),
            (remove(&world, "d", person).await, "input"),
        ];
        for (payload, path) in payloads {
            assert_eq!(
                (&payload["outcome"], &payload["referral"]),
                (&json!("REJECTED"), &before),
                "{status} {path}"
            );
            assert_eq!(
                problems(&payload),
                [(code.to_owned(), path.to_owned())],
                "{status}"
            );
            assert_eq!(payload["operation"]["state"], "REJECTED");
            let message = text(&payload["userErrors"][0]["message"]);
            assert!(message.contains("invalidRequest"), "{message}");
        }
        assert_eq!(sent(&world, "partner-center").len(), 4);
    }
}

#[tokio::test]
async fn too_many_calls_are_a_user_error_and_the_key_works_later() {
    let world = World::start().await;
    let before = some(&world, "INDEPENDENT", "ACTIVE").await;
    let id = text(&before["id"]);
    fail(
        &world,
        "PATCH",
        ONE,
        0,
        Kind::RateLimited { seconds: Some(30) },
    );
    let notes = json!({ "notes": "n" });
    let payload = update(&world, "change", id, Some(text(&before["version"])), &notes).await;
    assert_eq!(
        (&payload["outcome"], &payload["operation"]),
        (&json!("REJECTED"), &Value::Null)
    );
    assert_eq!(problems(&payload)[0].0, "RATE_LIMITED");
    // Until Microsoft wants to be asked again, nothing is.
    let payload = create(&world, "new", &least()).await;
    assert_eq!(problems(&payload)[0].0, "RATE_LIMITED");
    assert_eq!(operation(&world, "new").await, Value::Null);
    sent_once(&world, "partner-center");
    world.hand.advance(Duration::from_secs(31));
    let payload = update(&world, "change", id, Some(text(&before["version"])), &notes).await;
    assert_eq!(payload["outcome"], "APPLIED");
    assert_eq!(create(&world, "new", &least()).await["outcome"], "APPLIED");
}

#[tokio::test]
async fn a_token_that_has_expired_is_renewed_and_a_refused_one_is_an_error() {
    let world = World::start().await;
    fail(&world, "POST", REFERRALS, 0, Kind::ExpiredToken);
    assert_eq!(
        create(&world, "renewed", &least()).await["outcome"],
        "APPLIED"
    );
    assert_eq!(sent(&world, "partner-center").len(), 2);

    for _ in 0..2 {
        fail(&world, "POST", REFERRALS, 0, Kind::ExpiredToken);
    }
    let input = json!({ "idempotencyKey": "k", "referral": { "partnerCenter": least() } });
    let answer = try_mutate(&world, "createReferral", input, COMMON).await;
    let expected = [(
        "createReferral".to_owned(),
        "VENDOR_UNAUTHORIZED".to_owned(),
    )];
    assert_eq!(codes(&answer), expected);
    assert_eq!(answer["errors"][0]["extensions"]["retryable"], false);
    assert_eq!(operation(&world, "k").await, Value::Null);
    assert_eq!(create(&world, "k", &least()).await["outcome"], "APPLIED");
}

#[tokio::test]
async fn without_an_access_token_nothing_is_recorded() {
    let world = World::start().await;
    fail(&world, "POST", "/common/oauth2/token", 0, Kind::status(400));
    let input = json!({ "idempotencyKey": "k", "referral": { "partnerCenter": least() } });
    let answer = try_mutate(&world, "createReferral", input, COMMON).await;
    assert_eq!(codes(&answer).len(), 1, "{answer:#}");
    assert_eq!(operation(&world, "k").await, Value::Null);
    assert_eq!(sent(&world, "partner-center").len(), 0);
}

#[tokio::test]
async fn a_vendor_that_is_not_asked_for_now_is_an_error_and_nothing_is_recorded() {
    let toml = "[limits]\nvendor_retries = 0";
    let world = World::with(Options {
        toml,
        ..Options::default()
    })
    .await;
    let before = some(&world, "INDEPENDENT", "ACTIVE").await;
    world.sandbox.fault(Fault {
        path: Some(ONE.to_owned()),
        ..Fault::new("partner-center", Kind::status(503))
    });
    for number in 0..10 {
        let id = crate::writes::id(
            referral_gateway::model::Vendor::PartnerCenter,
            &format!("00000000-0000-4000-8000-{number:012}"),
        );
        let query = "query($id: ID!) { referral(id: $id) { id } }";
        world.query_with(query, json!({ "id": id })).await;
    }
    let input =
        json!({ "idempotencyKey": "k", "id": before["id"], "partnerCenter": { "notes": "n" } });
    let answer = try_mutate(&world, "updateReferral", input, COMMON).await;
    let expected = [(
        "updateReferral".to_owned(),
        "VENDOR_CIRCUIT_OPEN".to_owned(),
    )];
    assert_eq!(codes(&answer), expected);
    assert_eq!(answer["errors"][0]["extensions"]["retryable"], true);
    assert_eq!(operation(&world, "k").await, Value::Null);
    assert_eq!(sent(&world, "partner-center").len(), 0);
    world.sandbox.clear_faults();
    // Past what is given out while it is read anew: this read is what shows that the vendor is well.
    world.hand.advance(Duration::from_mins(6));
    newest(&world, "PARTNER_CENTER", 1, "id").await;
    let payload = update(
        &world,
        "k",
        text(&before["id"]),
        None,
        &json!({ "notes": "n" }),
    )
    .await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
}
