//! What is refused before Introzy is asked, with every reason at once.

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use serde_json::{Value, json};

use crate::harness::{Options, World, codes};
use crate::writes::{COMMON, assert_refused, mutate, problems, try_mutate};

const ONE: &str = "11111111-aaaa-4aaa-8aaa-111111111111";
const OTHER: &str = "22222222-aaaa-4aaa-8aaa-222222222222";

fn long(count: usize) -> String {
    "ä".repeat(count)
}

/// Makes a write that must be refused for these reasons, without a call.
async fn refused(world: &World, field: &str, input: Value, expected: &[(&str, &str)]) {
    let payload = mutate(world, field, input, COMMON).await;
    assert_refused(&payload, expected);
    assert_eq!(world.asked("introzy").len(), 0);
}

#[tokio::test]
async fn a_new_referral_is_refused_with_all_that_is_wrong_with_it() {
    let world = World::start().await;
    let create = |introzy: Value| json!({ "referral": { "introzy": introzy } });
    let everything = create(json!({
        "seekerId": "x", "providerId": "", "connectorId": "11111111aaaa4aaa8aaa111111111111",
        "name": long(201), "description": long(1001), "expectedValue": "-0.01", "currency": "EURO", "productId": "y",
    }));
    let at = |field: &str| format!("input.referral.introzy.{field}");
    let paths: Vec<String> = [
        "seekerId",
        "providerId",
        "connectorId",
        "productId",
        "name",
        "description",
        "expectedValue",
        "currency",
    ]
    .map(at)
    .into();
    let expected: Vec<(&str, &str)> = paths
        .iter()
        .map(|path| ("INVALID", path.as_str()))
        .collect();
    refused(&world, "createReferral", everything, &expected).await;

    let itself = create(json!({ "seekerId": ONE, "providerId": ONE.to_uppercase() }));
    let path = at("providerId");
    refused(&world, "createReferral", itself, &[("INVALID", &path)]).await;
    for currency in ["", "E1R", "€€€"] {
        let input = create(json!({ "seekerId": ONE, "providerId": OTHER, "currency": currency }));
        refused(
            &world,
            "createReferral",
            input,
            &[("INVALID", &at("currency"))],
        )
        .await;
    }
}

#[tokio::test]
async fn exactly_what_is_too_long_is_refused() {
    let world = World::start().await;
    let about = super::referral(&world).await;
    let pair = super::pair(&world).await;
    let longest = json!({ "name": long(200), "description": long(1000), "expectedValue": "0" });
    let input = json!({ "referral": { "introzy": super::filled_with(&pair, &longest) } });
    let payload = mutate(&world, "createReferral", input, COMMON).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
    let input =
        json!({ "referralId": about["id"], "dealName": long(200), "dealDescription": long(1000) });
    let payload = mutate(&world, "convertReferral", input, COMMON).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
}

#[tokio::test]
async fn a_facilitator_is_refused_with_all_that_is_wrong_with_it() {
    let world = World::start().await;
    let id = super::id(ONE);
    let add = |party: Value, role: &str| json!({ "referralId": id, "party": party, "role": role });
    let member =
        json!({ "teamMember": { "firstName": "A", "lastName": "B", "email": "a@example.test" } });
    for (input, expected) in [
        (
            add(json!({ "companyId": OTHER }), "CONNECTOR"),
            vec![("INVALID", "input.party.companyId")],
        ),
        (
            add(json!({ "companyId": "x" }), "CONNECTOR"),
            vec![
                ("INVALID", "input.party.companyId"),
                ("INVALID", "input.party.companyId"),
            ],
        ),
        (
            add(json!({ "userId": "x" }), "TEAM_MEMBER"),
            vec![("INVALID", "input.party.userId"), ("INVALID", "input.role")],
        ),
        (
            add(json!({ "userId": OTHER }), "UNRECOGNIZED"),
            vec![("INVALID", "input.role")],
        ),
        (
            add(member, "TEAM_MEMBER"),
            vec![
                ("INVALID", "input.party.teamMember"),
                ("INVALID", "input.role"),
            ],
        ),
    ] {
        refused(&world, "addFacilitator", input, &expected).await;
    }
}

#[tokio::test]
async fn a_deal_and_a_note_are_refused_with_all_that_is_wrong_with_them() {
    let world = World::start().await;
    let id = super::id(ONE);
    let input = json!({
        "referralId": id, "dealName": long(201), "dealDescription": long(1001),
        "periodStart": "2026-11-02", "periodEnd": "2026-11-01",
    });
    let expected = ["dealName", "dealDescription", "periodEnd"].map(|name| format!("input.{name}"));
    let expected: Vec<_> = expected
        .iter()
        .map(|path| ("INVALID", path.as_str()))
        .collect();
    refused(&world, "convertReferral", input, &expected).await;
    for content in [String::new(), " \n".to_owned(), long(10_001)] {
        let input = json!({ "referralId": id, "content": content });
        refused(&world, "addNote", input, &[("INVALID", "input.content")]).await;
    }
}

#[tokio::test]
async fn an_id_that_is_none_of_this_gateway_or_of_another_kind_is_refused() {
    let world = World::start().await;
    let facilitator = GlobalId::Facilitator {
        vendor: Vendor::Introzy,
        referral: ONE.to_owned(),
        key: OTHER.to_owned(),
    };
    let (referral, facilitator) = (super::id(ONE), facilitator.to_string());
    for id in [
        "",
        "nonsense",
        ONE,
        "W10",
        "..",
        &super::id(".."),
        &facilitator,
    ] {
        for (field, rest) in [
            (
                "addFacilitator",
                json!({ "party": { "userId": OTHER }, "role": "FACILITATOR" }),
            ),
            ("convertReferral", json!({})),
            ("addNote", json!({ "content": "x" })),
        ] {
            let mut input = rest;
            input["referralId"] = json!(id);
            refused(&world, field, input, &[("INVALID", "input.referralId")]).await;
        }
    }
    for id in ["", "nonsense", ONE, &referral] {
        let input = json!({ "facilitatorId": id });
        refused(
            &world,
            "removeFacilitator",
            input,
            &[("INVALID", "input.facilitatorId")],
        )
        .await;
    }
}

/// Such an id can only have been made up: Introzy's own are UUIDs.
#[tokio::test]
async fn a_referral_that_is_not_there_is_not_found_and_nothing_is_changed() {
    for (switch, remote_id) in [
        ("not_found", OTHER),
        ("not_found", "not-a-uuid"),
        ("not_found", "a/b ?c"),
    ] {
        let world = World::start().await;
        world
            .sandbox
            .set_switch("introzy", "malformed_id", switch)
            .unwrap();
        let id = super::id(remote_id);
        let user = super::people(&world).await[0].clone();
        let facilitator = GlobalId::Facilitator {
            vendor: Vendor::Introzy,
            referral: remote_id.to_owned(),
            key: OTHER.to_owned(),
        };
        for (field, input, path) in [
            (
                "addFacilitator",
                json!({ "referralId": id, "party": { "userId": user }, "role": "FACILITATOR" }),
                "input.referralId",
            ),
            (
                "removeFacilitator",
                json!({ "facilitatorId": facilitator.to_string() }),
                "input.facilitatorId",
            ),
            (
                "convertReferral",
                json!({ "referralId": id }),
                "input.referralId",
            ),
            (
                "addNote",
                json!({ "referralId": id, "content": "x" }),
                "input.referralId",
            ),
        ] {
            let selection = format!("{COMMON} referral {{ id }}");
            let selection = if field == "addNote" {
                COMMON
            } else {
                &selection
            };
            let payload = mutate(&world, field, input, selection).await;
            assert_eq!(
                payload["outcome"], "REJECTED",
                "{field} {remote_id}: {payload:#}"
            );
            assert_eq!(
                problems(&payload),
                [("NOT_FOUND".to_owned(), path.to_owned())],
                "{field} {remote_id}: {payload:#}"
            );
            assert_eq!(
                payload["userErrors"][0]["message"],
                "Introzy has no such referral."
            );
            assert_eq!(
                payload.get("referral").unwrap_or(&Value::Null),
                &Value::Null
            );
        }
    }
}

#[tokio::test]
async fn somebody_who_is_not_there_is_not_found() {
    let world = World::start().await;
    let about = super::referral(&world).await;
    for (party, message) in [
        ("userId", "Introzy has no such user."),
        ("companyId", "Introzy has no such company."),
    ] {
        let input =
            json!({ "referralId": about["id"], "party": { party: OTHER }, "role": "FACILITATOR" });
        let payload = mutate(&world, "addFacilitator", input, COMMON).await;
        let path = format!("input.party.{party}");
        assert_eq!(
            problems(&payload),
            [("NOT_FOUND".to_owned(), path)],
            "{payload:#}"
        );
        assert_eq!(payload["userErrors"][0]["message"], message);
    }
}

#[tokio::test]
async fn what_introzy_has_no_write_for_is_unsupported() {
    let world = World::start().await;
    let id = super::id(ONE);
    let update = json!({ "id": id, "partnerCenter": { "externalReference": "x" } });
    refused(
        &world,
        "updateReferral",
        update,
        &[("UNSUPPORTED", "input.partnerCenter")],
    )
    .await;
    let target = json!({ "type": "SOLUTION_PROFILE", "id": "1" });
    let share = json!({ "referralId": id, "target": target });
    refused(&world, "shareReferral", share, &[("UNSUPPORTED", "input")]).await;
}

#[tokio::test]
async fn without_credentials_every_write_is_an_error_that_says_so() {
    let world = World::with(Options {
        without: vec!["introzy"],
        ..Options::default()
    })
    .await;
    let id = super::id(ONE);
    let facilitator = GlobalId::Facilitator {
        vendor: Vendor::Introzy,
        referral: ONE.to_owned(),
        key: OTHER.to_owned(),
    };
    for (field, input) in [
        (
            "createReferral",
            json!({ "referral": { "introzy": { "seekerId": ONE, "providerId": OTHER } } }),
        ),
        (
            "addFacilitator",
            json!({ "referralId": id, "party": { "userId": OTHER }, "role": "FACILITATOR" }),
        ),
        (
            "removeFacilitator",
            json!({ "facilitatorId": facilitator.to_string() }),
        ),
        ("convertReferral", json!({ "referralId": id })),
        ("addNote", json!({ "referralId": id, "content": "x" })),
    ] {
        let answer = try_mutate(&world, field, input, COMMON).await;
        assert_eq!(
            codes(&answer),
            [(field.to_owned(), "VENDOR_NOT_CONFIGURED".to_owned())]
        );
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["vendor"], "INTROZY");
        assert_eq!(extensions["retryable"], false);
    }
    assert_eq!(world.asked("introzy").len(), 0);
}
