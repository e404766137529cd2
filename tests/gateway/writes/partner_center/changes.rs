//! What is wrong with a change, a member of a team or a share at Partner Center, told all at once and before anything is
//! sent.

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use serde_json::{Value, json};

use super::inputs::try_update;
use super::{add, grace, microsoft, remove, share, some, text, update};
use crate::harness::World;
use crate::writes::{COMMON, assert_refused, mutate, read};

#[tokio::test]
async fn bad_changes_are_told_all_at_once() {
    let world = World::start().await;
    let id = crate::writes::id(Vendor::PartnerCenter, "a");
    let own = "input.partnerCenter";
    let payload = try_update(&world, json!({ "id": id, "partnerCenter": {} })).await;
    assert_refused(&payload, &[("INVALID", own)]);
    for version in ["", "*", "\"a\", \"b\"", "a b", "ü"] {
        let patch = json!({ "notes": "n" });
        let payload = try_update(
            &world,
            json!({ "id": id, "expectedVersion": version, "partnerCenter": patch }),
        )
        .await;
        assert_refused(&payload, &[("INVALID", "input.expectedVersion")]);
    }
    let long = "x".repeat(10_001);
    let patch = json!({
        "statusReason": long, "notes": long, "externalReference": long, "campaignId": long, "referralProgram": long,
        "salesStage": long, "dealValue": "-1", "currency": "EURO", "consentToShareReferralWithMicrosoftSellers": false,
        "team": [{ "firstName": "A", "lastName": "B", "email": "a@b" }], "customerTeam": [grace(), grace()],
        "solutions": [{ "id": "" }], "status": "CLOSED",
    });
    let input =
        json!({ "idempotencyKey": "", "id": id, "expectedVersion": "*", "partnerCenter": patch });
    let payload = try_update(&world, input).await;
    let told = crate::writes::problems(&payload);
    let mut paths: Vec<&str> = told.iter().map(|(_, path)| &**path).collect();
    paths.sort_unstable();
    let mut expected = vec![
        "input.idempotencyKey".to_owned(),
        "input.expectedVersion".to_owned(),
    ];
    let fields = [
        "statusReason",
        "notes",
        "externalReference",
        "campaignId",
        "referralProgram",
        "salesStage",
        "dealValue",
        "currency",
        "consentToShareReferralWithMicrosoftSellers",
        "team.0.email",
        "customerTeam.1.email",
        "solutions.0.id",
        "substatus",
    ];
    expected.extend(fields.map(|field| format!("{own}.{field}")));
    expected.sort_unstable();
    assert_eq!(paths, expected);
    assert_eq!(payload["operation"], Value::Null);
    for error in payload["userErrors"].as_array().unwrap() {
        assert!(text(&error["message"]).ends_with('.'), "{error}");
    }
    assert_eq!(world.asked("partner-center").len(), 0);
}

#[tokio::test]
async fn what_is_no_team_member_is_no_facilitator() {
    let world = World::start().await;
    let id = crate::writes::id(Vendor::PartnerCenter, "a");
    let cases = [
        (
            json!({ "userId": "u" }),
            "TEAM_MEMBER",
            Value::Null,
            "party",
        ),
        (
            json!({ "companyId": "c" }),
            "TEAM_MEMBER",
            Value::Null,
            "party",
        ),
        (
            json!({ "teamMember": grace() }),
            "CONNECTOR",
            Value::Null,
            "role",
        ),
        (
            json!({ "teamMember": grace() }),
            "TEAM_MEMBER",
            json!("SEEKER"),
            "side",
        ),
        (
            json!({ "teamMember": { "firstName": "A", "lastName": "B", "email": "" } }),
            "TEAM_MEMBER",
            Value::Null,
            "party.teamMember.email",
        ),
    ];
    for (party, role, side, path) in cases {
        let input = json!({ "referralId": id, "party": party, "role": role, "side": side });
        let payload = mutate(&world, "addFacilitator", input, COMMON).await;
        assert_refused(&payload, &[("INVALID", &format!("input.{path}"))]);
    }
    let unnamed = GlobalId::Facilitator {
        vendor: Vendor::PartnerCenter,
        referral: "a".to_owned(),
        key: "#0".to_owned(),
    };
    let input = json!({ "facilitatorId": unnamed.to_string() });
    let payload = mutate(&world, "removeFacilitator", input, COMMON).await;
    assert_refused(&payload, &[("UNSUPPORTED", "input.facilitatorId")]);
    assert_eq!(world.asked("partner-center").len(), 0);
}

#[tokio::test]
async fn ids_of_other_things_are_refused_before_anything_is_asked() {
    let world = World::start().await;
    let connection = GlobalId::Connection(Vendor::Plannr, "a".to_owned()).to_string();
    for id in ["", "nonsense", &connection] {
        let notes = json!({ "notes": "n" });
        assert_refused(
            &update(&world, "k", id, None, &notes).await,
            &[("INVALID", "input.id")],
        );
        assert_refused(
            &share(&world, "k", id, &microsoft()).await,
            &[("INVALID", "input.referralId")],
        );
        assert_refused(
            &add(&world, "k", id, &grace()).await,
            &[("INVALID", "input.referralId")],
        );
        assert_refused(
            &remove(&world, "k", id).await,
            &[("INVALID", "input.facilitatorId")],
        );
    }
    // A referral that is there, of a vendor that has no such thing.
    let rows = crate::writes::newest(&world, "PLANNR", 1, "id").await;
    let other = text(&rows[0]["id"]);
    let calls = world.calls();
    read(&world, other, "id").await;
    let input = json!({ "referralId": other, "target": microsoft() });
    let payload = mutate(&world, "shareReferral", input, COMMON).await;
    assert_refused(&payload, &[("UNSUPPORTED", "input")]);
    assert_eq!(world.calls(), calls);
}

#[tokio::test]
async fn a_bad_target_of_a_share_is_told() {
    let world = World::start().await;
    let id = text(&some(&world, "SHARED", "ACTIVE").await["id"]).to_owned();
    let payload = share(
        &world,
        "k",
        &id,
        &json!({ "type": "UNRECOGNIZED", "id": "" }),
    )
    .await;
    let expected = [
        ("INVALID", "input.target.type"),
        ("INVALID", "input.target.id"),
    ];
    assert_refused(&payload, &expected);
    assert_eq!(payload["referral"], Value::Null);
    assert_eq!(crate::writes::sent(&world, "partner-center").len(), 0);
}
