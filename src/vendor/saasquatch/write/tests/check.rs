//! What is refused before SaaSquatch is asked.

use serde_json::{Value, json};

use super::*;
use crate::model::{
    Capability, Conversion, FacilitatorParty, FacilitatorRole, NewFacilitator, Write,
};

fn unsupported() -> Vec<Write> {
    let referral = || "r".to_owned();
    vec![
        Write::Update {
            referral: referral(),
            expected_version: None,
            patch: Value::Null,
        },
        Write::AddFacilitator {
            referral: referral(),
            facilitator: NewFacilitator {
                party: FacilitatorParty::User("u".to_owned()),
                role: FacilitatorRole::Connector,
                side: None,
            },
        },
        Write::RemoveFacilitator {
            referral: referral(),
            key: "k".to_owned(),
        },
        Write::RequestConnection {
            adviser_key: "ABCDEFGH".to_owned(),
        },
        Write::Share {
            referral: None,
            target: Value::Null,
        },
        Write::Convert {
            referral: referral(),
            conversion: Conversion::default(),
        },
        Write::AddNote {
            referral: referral(),
            content: "x".to_owned(),
        },
    ]
}

/// The codes and paths of what is wrong, and that the vendor hears nothing of it.
async fn wrong(write: &Write) -> Vec<(ProblemCode, String)> {
    let world = World::start(|_| (500, String::new())).await;
    let problems = world.adapter.check_write(write);
    assert_eq!(world.lines(), Vec::<String>::new());
    says(&problems)
}

async fn wrong_paths(beside: Value) -> Vec<String> {
    let wrong = wrong(&create::write(&beside)).await;
    assert!(wrong.iter().all(|(code, _)| *code == ProblemCode::Invalid));
    wrong.into_iter().map(|(_, path)| path).collect()
}

#[tokio::test]
async fn sound_writes_have_no_problems() {
    let long = json!({
        "accountId": "ü".repeat(200), "userId": "a b/c?d@e", "referralCode": "C".repeat(100),
        "email": "ada+x@mail.example.test", "firstName": "n".repeat(200), "lastName": "",
        "locale": "en_US", "countryCode": "de",
    });
    assert_eq!(wrong_paths(json!({})).await, Vec::<String>::new());
    assert_eq!(wrong_paths(long).await, Vec::<String>::new());
    assert_eq!(wrong(&moderate::approving(&["r1"])).await, []);
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_new_referral_is_told_at_once() {
    let all = json!({
        "accountId": "a".repeat(201), "userId": "", "referralCode": "C".repeat(101),
        "email": "ada", "firstName": "n".repeat(201), "lastName": "n".repeat(201),
        "locale": "en-US", "countryCode": "USA",
    });
    let paths = [
        "accountId",
        "userId",
        "referralCode",
        "email",
        "firstName",
        "lastName",
        "locale",
        "countryCode",
    ];
    assert_eq!(wrong_paths(all).await, paths);
}

#[tokio::test]
async fn each_bad_value_is_told_at_its_field() {
    for id in ["", " ", "a\nb", ".", ".."] {
        assert_eq!(wrong_paths(json!({ "accountId": id })).await, ["accountId"]);
        assert_eq!(wrong_paths(json!({ "userId": id })).await, ["userId"]);
    }
    for code in ["", " ", "A\tB"] {
        assert_eq!(
            wrong_paths(json!({ "referralCode": code })).await,
            ["referralCode"]
        );
    }
    let long = format!("{}@example.test", "a".repeat(250));
    for email in ["", "@b", "a@", "a b@c", "a@b@c", "a@.c", "a@c.", &long] {
        assert_eq!(
            wrong_paths(json!({ "email": email })).await,
            ["email"],
            "{email}"
        );
    }
    for locale in ["", "en", "EN_us", "en_us", "eng_US", "en_USA", "e1_US"] {
        assert_eq!(
            wrong_paths(json!({ "locale": locale })).await,
            ["locale"],
            "{locale}"
        );
    }
    for country in ["", "U", "U1", "ÜS"] {
        assert_eq!(
            wrong_paths(json!({ "countryCode": country })).await,
            ["countryCode"]
        );
    }
}

#[tokio::test]
async fn an_input_of_another_vendor_is_refused_as_a_whole() {
    let write = Write::Create {
        input: json!({ "seekerId": "s" }),
    };
    assert_eq!(wrong(&write).await, [(ProblemCode::Invalid, String::new())]);
    let world = World::start(|_| (200, String::new())).await;
    let error = world.write(&write, &first()).await.err().unwrap();
    assert!(error.is_unsent() && world.lines().is_empty());
}

#[tokio::test]
async fn what_saasquatch_lacks_is_one_problem_and_never_sent() {
    let world = World::start(|_| (200, String::new())).await;
    for write in unsupported() {
        let problem = (ProblemCode::Unsupported, String::new());
        assert_eq!(wrong(&write).await, [problem]);
        let error = world.write(&write, &first()).await.err().unwrap();
        assert_eq!(error.kind, Kind::Unsupported);
        assert!(world.settle(&write, &first()).await.is_err());
    }
    assert_eq!(world.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn saasquatch_claims_what_it_can_write() {
    let world = World::start(|_| (500, String::new())).await;
    for capability in [Capability::CreateReferral, Capability::Moderate] {
        assert!(world.adapter.capabilities().contains(&capability));
    }
    assert_eq!(world.adapter.moderation_limit(), 100);
    assert_eq!(world.adapter.twin_of(&create::write(&json!({}))), None);
}
