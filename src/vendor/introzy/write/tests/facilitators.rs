//! Facilitators added and removed.

use serde_json::{Value, json};

use super::*;
use crate::model::{FacilitatorParty, FacilitatorRole, FacilitatorSide, NewFacilitator};

const LIST: &str = "GET /api/referral-opps/deal-1/facilitators";

pub(super) fn adding() -> Write {
    adding_as(
        FacilitatorParty::User(USER.to_owned()),
        FacilitatorRole::Facilitator,
        Some(FacilitatorSide::Seeker),
    )
}

fn adding_as(
    party: FacilitatorParty,
    role: FacilitatorRole,
    side: Option<FacilitatorSide>,
) -> Write {
    Write::AddFacilitator {
        referral: "deal-1".to_owned(),
        facilitator: NewFacilitator { party, role, side },
    }
}

pub(super) fn removing() -> Write {
    Write::RemoveFacilitator {
        referral: "deal-1".to_owned(),
        key: "row-1".to_owned(),
    }
}

fn row(id: &str, user: Option<&str>, role: &str, side: Option<&str>) -> Value {
    let company = user.is_none().then_some(COMPANY);
    json!({ "id": id, "userId": user, "companyId": company, "role": role, "side": side, "createdAt": SINCE })
}

fn as_asked() -> Value {
    row("row-1", Some(USER), "facilitator", Some("seeker"))
}

/// A vendor whose write answers so, and whose list has these rows; none for a referral that is not there.
async fn vendor(written: (u16, String), rows: Option<Vec<Value>>) -> World {
    World::start(move |asked| match (asked.method.as_str(), &rows) {
        ("GET", Some(rows)) => wrapped(200, &json!({ "facilitators": rows })),
        ("GET", None) => refused(404),
        _ => written.clone(),
    })
    .await
}

fn key(effect: &Effect) -> Option<&str> {
    assert_eq!(effect.referral_id.as_deref(), Some("deal-1"));
    effect.facilitator.as_ref().map(|row| &*row.key)
}

#[tokio::test]
async fn a_facilitator_is_sent_as_documented() {
    let company = || FacilitatorParty::Company(COMPANY.to_owned());
    let user = || FacilitatorParty::User(USER.to_owned());
    let source = FacilitatorRole::ReferralSource;
    for (write, expected) in [
        (
            adding(),
            json!({ "userId": USER, "role": "facilitator", "side": "seeker" }),
        ),
        (
            adding_as(company(), source, Some(FacilitatorSide::Provider)),
            json!({ "companyId": COMPANY, "role": "referral_source", "side": "provider" }),
        ),
        (
            adding_as(user(), FacilitatorRole::Connector, None),
            json!({ "userId": USER, "role": "connector" }),
        ),
    ] {
        let world = vendor(wrapped(201, &as_asked()), None).await;
        let effect = applied(world.write(&write, &first()).await);
        assert_eq!(key(&effect), Some("row-1"));
        let asked = world.sent();
        assert_eq!(asked.line(), "POST /api/referral-opps/deal-1/facilitators");
        assert_eq!(body(&asked), expected);
        assert_eq!(world.lines().len(), 1);
    }
}

#[tokio::test]
async fn a_success_without_the_row_is_read_off_the_list() {
    for written in [
        (204, ""),
        (200, ""),
        (201, r#"{"success":true,"data":{"ok":1}}"#),
        (200, r#"{"success":true}"#),
    ] {
        let written = (written.0, written.1.to_owned());
        let other = row("row-0", Some(PROVIDER), "facilitator", None);
        let world = vendor(written.clone(), Some(vec![other.clone(), as_asked()])).await;
        let effect = applied(world.write(&adding(), &first()).await);
        assert_eq!(key(&effect), Some("row-1"));
        assert_eq!(world.lines()[1..], [LIST]);

        for rows in [Some(vec![other]), None] {
            let world = vendor(written.clone(), rows).await;
            unknown(world.write(&adding(), &first()).await);
            world.sent();
        }
    }
}

#[tokio::test]
async fn one_who_is_there_in_the_same_role_is_already_applied_unless_we_did_it() {
    let old = |mut row: Value| {
        row["createdAt"] = json!(BEFORE);
        row
    };
    let world = vendor(refused(409), Some(vec![as_asked()])).await;
    let effect = already_applied(world.write(&adding(), &first()).await);
    assert_eq!(key(&effect), Some("row-1"));
    let world = vendor(refused(409), Some(vec![old(as_asked())])).await;
    already_applied(world.write(&adding(), &repeated()).await);
    let world = vendor(refused(409), Some(vec![as_asked()])).await;
    applied(world.write(&adding(), &repeated()).await);

    let any_side = adding_as(
        FacilitatorParty::User(USER.to_uppercase()),
        FacilitatorRole::Facilitator,
        None,
    );
    let world = vendor(refused(409), Some(vec![as_asked()])).await;
    already_applied(world.write(&any_side, &first()).await);
}

#[tokio::test]
async fn one_who_is_there_otherwise_is_a_conflict() {
    for (rows, shown) in [
        (
            vec![row("r", Some(USER), "connector", Some("seeker"))],
            Some("r"),
        ),
        (vec![row("r", Some(USER), "facilitator", None)], Some("r")),
        (
            vec![row("r", Some(USER), "facilitator", Some("provider"))],
            Some("r"),
        ),
        (vec![row("r", None, "facilitator", Some("seeker"))], None),
        (vec![], None),
    ] {
        let world = vendor(refused(409), Some(rows)).await;
        let rejection = rejected(world.write(&adding(), &first()).await);
        assert_eq!(codes(&rejection), [ProblemCode::Conflict]);
        assert_eq!(key(&rejection.effect), shown);
    }
    for status in [401, 429, 500] {
        let world = World::start(move |asked| match asked.method.as_str() {
            "POST" => refused(409),
            _ => refused(status),
        })
        .await;
        unknown(world.write(&adding(), &first()).await);
    }
}

#[tokio::test]
async fn a_facilitator_of_what_is_not_there_is_not_found() {
    let company = FacilitatorParty::Company(COMPANY.to_owned());
    let company = adding_as(company, FacilitatorRole::Facilitator, None);
    for (write, rows, path) in [
        (adding(), None, "referralId"),
        (adding(), Some(vec![]), "party.userId"),
        (company, Some(vec![]), "party.companyId"),
    ] {
        let world = vendor(refused(404), rows).await;
        let rejection = rejected(world.write(&write, &first()).await);
        let problem = (ProblemCode::NotFound, path.to_owned());
        assert_eq!(says(&rejection.problems), [problem]);
    }
    let world = World::start(|asked| match asked.method.as_str() {
        "POST" => refused(404),
        _ => refused(500),
    })
    .await;
    let rejection = rejected(world.write(&adding(), &first()).await);
    let problem = (ProblemCode::NotFound, String::new());
    assert_eq!(says(&rejection.problems), [problem]);
}

#[tokio::test]
async fn the_list_settles_whether_one_was_added() {
    let world = vendor(refused(500), Some(vec![as_asked()])).await;
    let effect = settled_as_applied(world.settle(&adding(), &first()).await);
    assert_eq!(key(&effect), Some("row-1"));
    assert_eq!(world.lines(), [LIST]);

    let world = vendor(
        refused(500),
        Some(vec![row("r", Some(USER), "connector", None)]),
    )
    .await;
    let settled = world.settle(&adding(), &first()).await.unwrap();
    assert!(matches!(
        settled,
        Settled::Absent {
            may_be_sent_again: true
        }
    ));

    for write in [adding(), removing()] {
        let world = vendor(refused(500), None).await;
        let settled = world.settle(&write, &first()).await.unwrap();
        let Settled::Rejected(rejection) = settled else {
            panic!("there is nothing to change");
        };
        assert_eq!(codes(&rejection), [ProblemCode::NotFound]);
    }
}

#[tokio::test]
async fn a_facilitator_is_removed_by_the_id_of_its_row() {
    for written in [
        (200, r#"{"success":true,"data":null}"#),
        (204, ""),
        (200, ""),
        (202, "<p>"),
    ] {
        let world = vendor((written.0, written.1.to_owned()), None).await;
        let effect = applied(world.write(&removing(), &first()).await);
        assert_eq!(key(&effect), None);
        let asked = world.sent();
        assert_eq!(
            asked.line(),
            "DELETE /api/referral-opps/deal-1/facilitators/row-1"
        );
        assert_eq!(
            (asked.body.as_str(), asked.header("content-type")),
            ("", None)
        );
        assert_eq!(asked.header("authorization"), Some("Bearer introzy_abc"));
        assert_eq!(world.lines().len(), 1);
    }
}

#[tokio::test]
async fn one_who_is_not_there_is_removed_already_if_the_referral_is_there() {
    let world = vendor(refused(404), Some(vec![])).await;
    already_applied(world.write(&removing(), &first()).await);
    assert_eq!(world.lines()[1..], [LIST]);
    let world = vendor(refused(404), Some(vec![])).await;
    applied(world.write(&removing(), &repeated()).await);

    for rows in [None, Some(vec![as_asked()])] {
        let world = vendor(refused(404), rows).await;
        let rejection = rejected(world.write(&removing(), &first()).await);
        let problem = (ProblemCode::NotFound, "facilitatorId".to_owned());
        assert_eq!(says(&rejection.problems), [problem]);
    }
    let world = World::start(|asked| match asked.method.as_str() {
        "DELETE" => refused(404),
        _ => refused(429),
    })
    .await;
    unknown(world.write(&removing(), &first()).await);
}

#[tokio::test]
async fn the_list_settles_whether_one_was_removed() {
    let world = vendor(refused(500), Some(vec![])).await;
    settled_as_applied(world.settle(&removing(), &first()).await);
    assert_eq!(world.lines(), [LIST]);
    let world = vendor(refused(500), Some(vec![as_asked()])).await;
    let settled = world.settle(&removing(), &first()).await.unwrap();
    assert!(matches!(settled, Settled::SendAgain));
}
