//! What is wrong with an input for Partner Center, told all at once and before anything is sent.

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use serde_json::{Value, json};

use super::{create, grace, least, microsoft};
use crate::harness::World;
use crate::writes::{COMMON, assert_refused, mutate, operation};

/// The input with a value at this path.
fn with(mut input: Value, path: &str, value: Value) -> Value {
    let pointer = format!("/{}", path.replace('.', "/"));
    let (outer, name) = pointer.rsplit_once('/').unwrap();
    input.pointer_mut(outer).unwrap()[name] = value;
    input
}

#[tokio::test]
async fn a_bad_field_of_a_new_referral_is_told_with_its_path_and_nothing_is_asked() {
    let world = World::start().await;
    let long = |most: usize| json!("x".repeat(most + 1));
    let many = vec![json!({ "id": "SOL-1" }); 51];
    let foreign = GlobalId::Referral(Vendor::PartnerCenter, "a".to_owned()).to_string();
    let plannr = GlobalId::Engagement(Vendor::Plannr, "a".to_owned()).to_string();
    let nobody = json!([{ "firstName": "", "lastName": " ", "email": "ada" }]);
    let twice = json!([grace(), grace()]);
    let cases: [(&str, Value, &[&str]); 33] = [
        ("type", json!("UNRECOGNIZED"), &["type"]),
        ("name", long(500), &["name"]),
        ("externalReference", long(200), &["externalReference"]),
        (
            "customerProfile.name",
            json!(" "),
            &["customerProfile.name"],
        ),
        ("customerProfile.name", long(500), &["customerProfile.name"]),
        (
            "customerProfile.size",
            json!("UNRECOGNIZED"),
            &["customerProfile.size"],
        ),
        (
            "customerProfile.address.country",
            json!("USA"),
            &["customerProfile.address.country"],
        ),
        (
            "customerProfile.address.city",
            long(500),
            &["customerProfile.address.city"],
        ),
        (
            "customerProfile.team",
            twice,
            &["customerProfile.team.1.email"],
        ),
        ("details.notes", long(10_000), &["details.notes"]),
        ("details.dealValue", json!("5"), &["details.dealValue"]),
        (
            "details.dealValue",
            json!("-5"),
            &["details.dealValue", "details.dealValue"],
        ),
        ("details.currency", json!("US"), &["details.currency"]),
        (
            "details.requirements",
            json!({ "industries": [""] }),
            &["details.requirements.industries.0"],
        ),
        (
            "details.requirements",
            json!({ "solutions": many }),
            &["details.requirements.solutions"],
        ),
        (
            "details.requirements",
            json!({ "solutions": [{ "id": "", "type": "NONE" }] }),
            &[
                "details.requirements.solutions.0.id",
                "details.requirements.solutions.0.type",
            ],
        ),
        ("status", json!("NEW"), &["substatus"]),
        ("substatus", json!("WON"), &["status"]),
        ("statusReason", long(2_000), &["statusReason"]),
        ("qualification", json!("UNRECOGNIZED"), &["qualification"]),
        (
            "team",
            nobody,
            &["team.0.firstName", "team.0.lastName", "team.0.email"],
        ),
        (
            "inviteContext",
            json!({ "notes": long(10_000) }),
            &["inviteContext.notes"],
        ),
        (
            "inviteContext",
            json!({ "assistanceRequest": "UNRECOGNIZED" }),
            &["inviteContext.assistanceRequest"],
        ),
        (
            "target",
            json!([{ "type": "NONE", "id": "" }]),
            &["target.0.type", "target.0.id"],
        ),
        ("target", json!(vec![microsoft(); 51]), &["target"]),
        ("engagementId", json!(""), &["engagementId"]),
        ("engagementId", json!(".."), &["engagementId"]),
        ("engagementId", json!(foreign), &["engagementId"]),
        ("engagementId", json!(plannr), &["engagementId"]),
        ("shareWith", microsoft(), &["shareWith"]),
        (
            "shareWith",
            json!({ "type": "NONE", "id": " " }),
            &["shareWith", "shareWith.type", "shareWith.id"],
        ),
        (
            "customerProfile.address.addressLine1",
            long(500),
            &["customerProfile.address.addressLine1"],
        ),
        ("team", json!(vec![grace(); 51]), &["team"]),
    ];
    for (path, value, expected) in cases {
        let payload = create(&world, "bad", &with(least(), path, value)).await;
        let own = |path: &&str| format!("input.referral.partnerCenter.{path}");
        let expected: Vec<String> = expected.iter().map(own).collect();
        let mut expected: Vec<(&str, &str)> =
            expected.iter().map(|path| ("INVALID", &**path)).collect();
        let told = crate::writes::problems(&payload);
        if path == "team" && told.len() > 3 {
            // Fifty more of them are the same person.
            expected.extend(told[1..].iter().map(|(code, path)| (&**code, &**path)));
        }
        assert_refused(&payload, &expected);
    }
    assert_eq!(world.asked("partner-center").len(), 0);
    assert_eq!(operation(&world, "bad").await, Value::Null);
}

#[tokio::test]
async fn a_bad_status_is_told_whichever_way_it_is_bad() {
    let world = World::start().await;
    let pairs = [
        ("NEW", "ACCEPTED", "substatus"),
        ("ACTIVE", "PENDING", "substatus"),
        ("CLOSED", "ACCEPTED", "substatus"),
        ("NONE", "PENDING", "status"),
        ("NEW", "NONE", "substatus"),
        ("UNRECOGNIZED", "PENDING", "status"),
        ("NEW", "UNRECOGNIZED", "substatus"),
    ];
    let id = crate::writes::id(Vendor::PartnerCenter, "a");
    for (status, substatus, path) in pairs {
        let both = json!({ "status": status, "substatus": substatus });
        let input = with(
            with(least(), "status", json!(status)),
            "substatus",
            json!(substatus),
        );
        let payload = create(&world, "bad", &input).await;
        let own = format!("input.referral.partnerCenter.{path}");
        assert_refused(&payload, &[("INVALID", &own)]);
        let payload = try_update(&world, json!({ "id": id, "partnerCenter": both })).await;
        assert_refused(
            &payload,
            &[("INVALID", &format!("input.partnerCenter.{path}"))],
        );
    }
    assert_eq!(world.asked("partner-center").len(), 0);
}

/// Without looking at the referral, which there need not be.
pub(super) async fn try_update(world: &World, input: Value) -> Value {
    mutate(world, "updateReferral", input, COMMON).await
}
