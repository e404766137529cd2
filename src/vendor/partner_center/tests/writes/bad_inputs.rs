//! What is told of a new referral before anything is sent.

use pretty_assertions::assert_eq;

use super::bad_changes::update;
use super::create::{least, with};
use super::*;
use crate::model::GlobalId;
use ProblemCode::Invalid;

/// Codes and paths of what is wrong; nothing was sent to find it out.
pub(super) async fn wrong(write: &Write) -> Vec<(ProblemCode, String)> {
    let stub = in_turn(vec![]).await;
    let problems = adapter(&stub).check_write(write);
    assert!(stub.asked().is_empty());
    assert!(problems.iter().all(|it| it.message.ends_with('.')));
    codes(&problems)
}

pub(super) fn invalid(paths: &[&str]) -> Vec<(ProblemCode, String)> {
    let problem = |path: &&str| (Invalid, (*path).to_owned());
    paths.iter().map(problem).collect()
}

pub(super) fn long(count: usize) -> String {
    "ä".repeat(count)
}

pub(super) fn person(email: &str) -> Value {
    json!({"firstName": "Ada", "lastName": "Okoro", "email": email})
}

pub(super) fn people(count: usize) -> Vec<Value> {
    let number = |it| person(&format!("p{it}@example.test"));
    (0..count).map(number).collect()
}

/// The least referral with one value at a path.
fn with_one(path: &str, value: &Value) -> Write {
    let (mut input, mut value) = (least(), value.clone());
    let (outer, field) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer = if outer.is_empty() {
        String::new()
    } else {
        format!("/{}", outer.replace('.', "/"))
    };
    input.pointer_mut(&pointer).unwrap()[field] = value.take();
    Write::Create { input }
}

#[tokio::test]
async fn texts_of_a_new_referral_have_bounds() {
    for (path, most) in [
        ("name", 500),
        ("externalReference", 200),
        ("statusReason", 2_000),
        ("customerProfile.name", 500),
        ("customerProfile.address.addressLine1", 500),
        ("customerProfile.address.addressLine2", 500),
        ("customerProfile.address.city", 500),
        ("customerProfile.address.state", 500),
        ("customerProfile.address.postalCode", 500),
        ("customerProfile.address.region", 500),
        ("details.notes", 10_000),
    ] {
        let fits = with_one(path, &long(most).into());
        assert_eq!(wrong(&fits).await, [], "{path}");
        let too_long = with_one(path, &long(most + 1).into());
        assert_eq!(wrong(&too_long).await, invalid(&[path]));
    }
    let context = json!({"notes": long(10_001), "assistanceRequest": "Unrecognized"});
    assert_eq!(
        wrong(&with_one("inviteContext", &context)).await,
        invalid(&["inviteContext.notes", "inviteContext.assistanceRequest"])
    );
    let blank = with_one("customerProfile.name", &" ".into());
    assert_eq!(wrong(&blank).await, invalid(&["customerProfile.name"]));
}

#[tokio::test]
async fn countries_currencies_and_amounts_have_a_form() {
    for country in ["", "U", "USA", "U1", "ÄÖ"] {
        let path = "customerProfile.address.country";
        assert_eq!(
            wrong(&with_one(path, &country.into())).await,
            invalid(&[path])
        );
    }
    for (details, paths) in [
        (json!({"dealValue": "0", "currency": "USD"}), &[][..]),
        (json!({"currency": "US"}), &["details.currency"]),
        (json!({"currency": "US1"}), &["details.currency"]),
        (json!({"dealValue": "1"}), &["details.dealValue"]),
        (
            json!({"dealValue": "-0.01", "currency": "USD"}),
            &["details.dealValue"],
        ),
    ] {
        assert_eq!(
            wrong(&with_one("details", &details)).await,
            invalid(paths),
            "{details}"
        );
    }
}

#[tokio::test]
async fn a_status_goes_with_a_substatus_of_its_own() {
    let pairs = [
        ("New", &["Pending", "Received"][..]),
        ("Active", &["Accepted"]),
        ("Closed", &["Won", "Lost", "Declined", "Expired"]),
    ];
    let all: Vec<&str> = pairs
        .iter()
        .flat_map(|(_, all)| all.iter().copied())
        .collect();
    for (status, own) in pairs {
        for substatus in &all {
            let expected = if own.contains(substatus) {
                &[][..]
            } else {
                &["substatus"]
            };
            let pair = json!({"status": status, "substatus": substatus});
            assert_eq!(wrong(&with(&pair)).await, invalid(expected), "{pair}");
            assert_eq!(wrong(&update(&pair)).await, invalid(expected), "{pair}");
        }
    }
    for (pair, paths) in [
        (json!({"status": "New"}), &["substatus"][..]),
        (json!({"substatus": "Won"}), &["status"]),
        (json!({"status": "None", "substatus": "Won"}), &["status"]),
        (
            json!({"status": "New", "substatus": "None"}),
            &["substatus"],
        ),
        (
            json!({"status": "Unrecognized", "substatus": "Unrecognized"}),
            &["status", "substatus"],
        ),
    ] {
        assert_eq!(wrong(&with(&pair)).await, invalid(paths), "{pair}");
        assert_eq!(wrong(&update(&pair)).await, invalid(paths), "{pair}");
    }
}

#[tokio::test]
async fn people_have_names_and_addresses_of_their_own() {
    let bad = json!({"firstName": "", "lastName": long(201), "email": "ada", "phoneNumber": "1".repeat(51), "title": long(201)});
    let fields = ["firstName", "lastName", "email", "phoneNumber", "title"];
    for path in ["team", "customerProfile.team"] {
        let paths: Vec<String> = fields.iter().map(|it| format!("{path}.1.{it}")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let team = json!([person("bo@example.test"), bad]);
        assert_eq!(wrong(&with_one(path, &team)).await, invalid(&paths));
        assert_eq!(wrong(&with_one(path, &people(50).into())).await, []);
        assert_eq!(
            wrong(&with_one(path, &people(51).into())).await,
            invalid(&[path])
        );
        let twice = json!([person("Ada@example.test"), person("ada@EXAMPLE.test")]);
        let at = format!("{path}.1.email");
        assert_eq!(wrong(&with_one(path, &twice)).await, invalid(&[&at]));
    }
    for email in [
        "", "@", "a@", "@b.c", "a b@c.d", "a@b", "a@b..c", "a@b@c.d", "a\n@b.c",
    ] {
        let team = json!([person(email)]);
        assert_eq!(
            wrong(&with_one("team", &team)).await,
            invalid(&["team.0.email"]),
            "{email:?}"
        );
    }
    let longest = format!("a@{}.test", "b".repeat(250));
    let team = json!([person(&longest)]);
    assert_eq!(
        wrong(&with_one("team", &team)).await,
        invalid(&["team.0.email"])
    );
}

#[tokio::test]
async fn requirements_are_few_and_named() {
    for field in ["industries", "products", "services"] {
        let path = format!("details.requirements.{field}");
        let one = |tags: Vec<String>| with_one("details.requirements", &json!({field: tags}));
        assert_eq!(wrong(&one(vec!["Azure".to_owned(); 50])).await, []);
        assert_eq!(
            wrong(&one(vec!["Azure".to_owned(); 51])).await,
            invalid(&[&path])
        );
        let at = format!("{path}.0");
        assert_eq!(wrong(&one(vec![" ".to_owned()])).await, invalid(&[&at]));
    }
    let solutions = json!({"solutions": [{"id": ""}, {"id": "S", "type": "None"}, {"id": "S", "type": "Unrecognized"}]});
    let path = "details.requirements.solutions";
    assert_eq!(
        wrong(&with_one("details.requirements", &solutions)).await,
        invalid(&[
            &format!("{path}.0.id"),
            &format!("{path}.1.type"),
            &format!("{path}.2.type")
        ])
    );
    let many = json!({"solutions": vec![json!({"id": "S"}); 51]});
    assert_eq!(
        wrong(&with_one("details.requirements", &many)).await,
        invalid(&[path])
    );
}

#[tokio::test]
async fn targets_engagements_and_sharing_are_looked_at() {
    let target = json!({"type": "SolutionProfile", "id": "SOL-1"});
    let many = vec![target.clone(); 51];
    assert_eq!(
        wrong(&with_one("target", &many.into())).await,
        invalid(&["target"])
    );
    let odd = json!([{"type": "None", "id": ""}, target, {"type": "Unrecognized", "id": "x"}]);
    assert_eq!(
        wrong(&with_one("target", &odd)).await,
        invalid(&["target.0.type", "target.0.id", "target.2.type"])
    );
    let share = json!({"shareWith": {"type": "None", "id": " "}});
    assert_eq!(
        wrong(&with(&share)).await,
        invalid(&["shareWith", "shareWith.type", "shareWith.id"])
    );
    let other_vendor = GlobalId::Engagement(Vendor::Plannr, "e1".to_owned());
    let other_kind = GlobalId::Referral(Vendor::PartnerCenter, "r1".to_owned());
    for id in [
        other_vendor.to_string(),
        other_kind.to_string(),
        String::new(),
        "..".to_owned(),
    ] {
        let write = with_one("engagementId", &id.into());
        assert_eq!(wrong(&write).await, invalid(&["engagementId"]));
    }
    let remote = with_one("engagementId", &"65edc0b5-0000".into());
    assert_eq!(wrong(&remote).await, []);
}

#[tokio::test]
async fn words_that_microsoft_does_not_have_cannot_be_sent() {
    for (path, value) in [
        ("type", "Unrecognized"),
        ("qualification", "Unrecognized"),
        ("customerProfile.size", "Unrecognized"),
    ] {
        assert_eq!(
            wrong(&with_one(path, &value.into())).await,
            invalid(&[path])
        );
    }
    let none = with_one("qualification", &"None".into());
    assert_eq!(wrong(&none).await, [], "co-sell deals may have it");
}

#[tokio::test]
async fn all_problems_are_told_at_once_and_of_no_input_there_is_one() {
    let input = json!({"name": long(501), "team": [person("ada")], "status": "New"});
    assert_eq!(
        wrong(&with(&input)).await,
        invalid(&["name", "substatus", "team.0.email"])
    );
    let empty = Write::Create { input: json!({}) };
    assert_eq!(wrong(&empty).await, invalid(&[""]));
}
