//! What is refused before Introzy is asked.

use serde_json::{Value, json};

use super::*;
use crate::model::{
    Capability, Conversion, Decision, FacilitatorParty, FacilitatorRole, ModerationSide,
    NewFacilitator, TeamMember, Verdict,
};

pub(super) fn unsupported() -> Vec<Write> {
    let referral = || "r".to_owned();
    vec![
        Write::Update {
            referral: referral(),
            expected_version: None,
            patch: Value::Null,
        },
        Write::Moderate {
            decisions: vec![Decision {
                referral: referral(),
                verdict: Verdict::Approve,
                side: ModerationSide::Both,
                reason: None,
            }],
        },
        Write::RequestConnection {
            adviser_key: "ABCDEFGH".to_owned(),
        },
        Write::Share {
            referral: Some(referral()),
            target: Value::Null,
        },
    ]
}

/// The codes and paths of what is wrong, and that Introzy hears nothing of it.
async fn wrong(write: &Write) -> Vec<(ProblemCode, String)> {
    let world = World::start(|_| (500, String::new())).await;
    let problems = world.adapter.check_write(write);
    assert_eq!(world.lines(), Vec::<String>::new());
    says(&problems)
}

async fn wrong_paths(write: &Write) -> Vec<String> {
    let wrong = wrong(write).await;
    assert!(wrong.iter().all(|(code, _)| *code == ProblemCode::Invalid));
    wrong.into_iter().map(|(_, path)| path).collect()
}

fn adding(party: FacilitatorParty, role: FacilitatorRole) -> Write {
    Write::AddFacilitator {
        referral: "deal-1".to_owned(),
        facilitator: NewFacilitator {
            party,
            role,
            side: None,
        },
    }
}

fn user(id: &str) -> FacilitatorParty {
    FacilitatorParty::User(id.to_owned())
}

#[tokio::test]
async fn sound_writes_have_no_problems() {
    let full = json!({
        "connectorId": CONNECTOR, "name": "n".repeat(200), "description": "d".repeat(1_000),
        "expectedValue": "0", "currency": "eur", "productId": USER,
    });
    let mut sound = writes();
    sound.extend([create::write(&full), notes::noting(&"ü".repeat(10_000))]);
    for write in sound {
        assert_eq!(wrong(&write).await, [], "{}", write.kind());
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_new_referral_is_told_at_once() {
    let write = create::write(&json!({
        "seekerId": "x", "providerId": "{22222222-aaaa-4aaa-8aaa-222222222222}",
        "connectorId": "", "name": "n".repeat(201), "description": "d".repeat(1_001),
        "expectedValue": "-0.01", "currency": "EU1", "productId": "22222222aaaa4aaa8aaa222222222222",
    }));
    let paths = [
        "seekerId",
        "providerId",
        "connectorId",
        "productId",
        "name",
        "description",
        "expectedValue",
        "currency",
    ];
    assert_eq!(wrong_paths(&write).await, paths);
}

#[tokio::test]
async fn seeker_and_provider_are_two_people_whatever_the_case_of_their_ids() {
    let write = create::write(&json!({ "providerId": SEEKER.to_uppercase() }));
    assert_eq!(wrong_paths(&write).await, ["providerId"]);
    for currency in ["EURO", "€", "E R", ""] {
        let write = create::write(&json!({ "currency": currency }));
        assert_eq!(wrong_paths(&write).await, ["currency"], "{currency}");
    }
}

#[tokio::test]
async fn an_input_of_another_vendor_is_refused_as_a_whole() {
    let write = Write::Create {
        input: json!({ "connectionId": "c" }),
    };
    assert_eq!(wrong_paths(&write).await, [""]);
    let world = World::start(|_| (201, String::new())).await;
    let error = world.write(&write, &first()).await.err().unwrap();
    assert!(error.is_unsent() && world.lines().is_empty());
}

#[tokio::test]
async fn a_facilitator_is_a_user_or_a_company_and_a_connector_is_a_user() {
    let company = || FacilitatorParty::Company(COMPANY.to_owned());
    let member = FacilitatorParty::TeamMember(TeamMember {
        first_name: "Ada".to_owned(),
        last_name: "Okoro".to_owned(),
        email: "ada@example.test".to_owned(),
        phone_number: None,
        title: None,
    });
    let cases = [
        (
            adding(user("x"), FacilitatorRole::Facilitator),
            vec!["party.userId"],
        ),
        (
            adding(company(), FacilitatorRole::Connector),
            vec!["party.companyId"],
        ),
        (adding(company(), FacilitatorRole::ReferralSource), vec![]),
        (adding(user(USER), FacilitatorRole::Connector), vec![]),
        (
            adding(user(USER), FacilitatorRole::Unrecognized),
            vec!["role"],
        ),
        (
            adding(member, FacilitatorRole::TeamMember),
            vec!["party.teamMember", "role"],
        ),
    ];
    for (write, paths) in cases {
        assert_eq!(wrong_paths(&write).await, paths);
    }
}

#[tokio::test]
async fn a_period_ends_after_it_starts_and_a_deal_has_bounds() {
    let converting = |conversion| Write::Convert {
        referral: "deal-1".to_owned(),
        conversion,
    };
    let write = converting(Conversion {
        deal_name: Some("n".repeat(201)),
        deal_description: Some("d".repeat(1_001)),
        period_start: Some("2026-02-02".parse().unwrap()),
        period_end: Some("2026-02-01".parse().unwrap()),
        ..Conversion::default()
    });
    let paths = ["dealName", "dealDescription", "periodEnd"];
    assert_eq!(wrong_paths(&write).await, paths);
    let day = Some("2026-02-02".parse().unwrap());
    let write = converting(Conversion {
        period_start: day,
        period_end: day,
        ..Conversion::default()
    });
    assert_eq!(wrong(&write).await, []);
}

#[tokio::test]
async fn a_note_says_something_and_not_too_much() {
    for content in ["", " \n", &"x".repeat(10_001)] {
        let write = notes::noting(content);
        assert_eq!(wrong_paths(&write).await, ["content"]);
    }
}

#[tokio::test]
async fn what_introzy_lacks_is_one_problem() {
    for write in unsupported() {
        let problem = (ProblemCode::Unsupported, String::new());
        assert_eq!(wrong(&write).await, [problem]);
    }
}

#[tokio::test]
async fn introzy_claims_what_it_can_write_and_has_twins_of_all_but_what_is_a_list() {
    let world = World::start(|_| (500, String::new())).await;
    for capability in [
        Capability::CreateReferral,
        Capability::ManageFacilitators,
        Capability::Convert,
        Capability::Notes,
    ] {
        assert!(world.adapter.capabilities().contains(&capability));
    }
    assert_eq!(world.adapter.moderation_limit(), 1);
    let twins: Vec<_> = writes()
        .iter()
        .map(|it| world.adapter.twin_of(it))
        .collect();
    assert_eq!(twins.iter().flatten().count(), 3);
    let twin = |content: &str| world.adapter.twin_of(&notes::noting(content));
    assert_eq!(twin("Hello"), twin(" Hello\n"));
    assert_ne!(twin("Hello"), twin("hello"));
}
