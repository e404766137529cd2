//! The writes against the emulator, which was written from the vendor's pages alone.

use axum::Extension;
use pretty_assertions::assert_eq;

use super::*;
use crate::model::{
    Decision, Direction, FacilitatorParty, FacilitatorRole, ModerationSide, NewFacilitator, Order,
    OrderDirection, OrderField, ReferralFilter, ReferralStatus, TeamMember, Verdict,
};
use crate::sandbox::{Problems, Setup, Switches};
use crate::vendor::Plan;
use crate::vendor::partner_center::sandbox::{SWITCHES, emulator};

/// The emulator on loopback, an adapter for it, and what the emulator found undocumented.
async fn world() -> (Arc<dyn Adapter>, Problems) {
    let (connect, _) = stub::connect(None);
    let emulator = emulator(Setup {
        clock: connect.clock.clone(),
        switches: Switches::new(SWITCHES),
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let noted = Problems::default();
    let router = emulator.router().layer(Extension(noted.clone()));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let environment = emulator.environment(&base);
    let environment: Vec<(&str, &str)> = environment.iter().map(|(k, v)| (*k, &**v)).collect();
    let adapter = stub::adapter("partner_center", configure, "", &environment, &connect);
    (adapter, noted)
}

async fn made(adapter: &Arc<dyn Adapter>, write: &Write, sent: &Sent) -> Told {
    assert_eq!(codes(&adapter.check_write(write)), []);
    let told: Told = adapter.write(&call(), write, sent).await.unwrap().into();
    let messages: Vec<&str> = told.problems.iter().map(|it| &*it.message).collect();
    let is_rejected = told.what.ends_with("rejected");
    assert_eq!(messages.is_empty(), !is_rejected, "{messages:?}");
    told
}

async fn found(adapter: &Arc<dyn Adapter>, write: &Write, sent: &Sent) -> Told {
    let settled = adapter.settle(&call(), write, sent).await;
    settled.unwrap().into()
}

fn shared() -> Write {
    let member = json!({"firstName": "Ada", "lastName": "Okoro", "email": "ada@example.test"});
    create::with(&json!({
        "type": "Shared", "name": "Cloud move", "qualification": "SalesQualified",
        "customerProfile": {
            "name": "Northwind", "size": "From10To50", "team": [member],
            "address": {"addressLine1": "1 St", "city": "Redmond", "state": "WA", "postalCode": "98052", "country": "us"},
        },
        "details": {
            "notes": "n", "dealValue": "9007199254740993.10", "currency": "USD", "closingDate": "2026-12-31T00:00:00Z",
            "requirements": {
                "industries": ["Education"], "products": ["Azure"], "services": ["Integration"],
                "solutions": [{"id": "SOL-1", "name": "S", "type": "Name"}],
            },
        },
        "target": [{"type": "SolutionProfile", "id": "SOL-1"}],
        "inviteContext": {"notes": "Hi", "assistanceRequest": "QuotesOrLicensing"},
    }))
}

#[tokio::test]
async fn a_referral_is_made_found_shared_and_changed_without_a_note_of_the_emulators() {
    let (adapter, noted) = world().await;
    assert_eq!(found(&adapter, &shared(), &sent()).await.what, "absent");
    let first = made(&adapter, &shared(), &sent()).await;
    assert_eq!(first.what, "applied");
    let id = first.referral_id().unwrap().to_owned();
    let again = found(&adapter, &shared(), &sent()).await;
    assert_eq!((again.what, again.referral_id()), ("applied", Some(&*id)));

    let Some(Write::Share { target, .. }) = adapter.follow_up(&create::with(
        &json!({"type": "Shared", "shareWith": {"type": "BusinessProfileLocation", "id": "msft"}}),
    )) else {
        panic!("there is a second step")
    };
    let share = Write::Share {
        referral: Some(id.clone()),
        target,
    };
    assert_eq!(found(&adapter, &share, &sent()).await.what, "absent");
    let second = made(&adapter, &share, &sent()).await;
    assert_eq!(second.what, "applied");
    assert_ne!(second.referral_id(), Some(&*id));
    let value = |told: &Told| told.effect.referral.as_ref().unwrap().value.clone();
    assert_eq!(value(&second), value(&first));
    let once_more = made(&adapter, &share, &sent()).await;
    assert_eq!(once_more.what, "already applied");
    assert_eq!(once_more.referral_id(), second.referral_id());

    let version = first.version().map(str::to_owned);
    let update = Write::Update {
        referral: id.clone(),
        expected_version: version,
        patch: json!({
            "status": "Closed", "substatus": "Won", "statusReason": "signed", "dealValue": "0.10", "campaignId": "c",
            "salesStage": "100", "consentToShareReferralWithMicrosoftSellers": true,
            "customerTeam": [{"firstName": "Cy", "lastName": "Ng", "email": "cy@example.test"}],
            "solutions": [{"id": "SOL-2"}],
        }),
    };
    assert_eq!(found(&adapter, &update, &sent()).await.what, "send again");
    assert_eq!(made(&adapter, &update, &sent()).await.what, "applied");
    assert_eq!(found(&adapter, &update, &sent()).await.what, "applied");
    let mismatch = (ProblemCode::VersionMismatch, "expectedVersion".to_owned());
    assert_eq!(made(&adapter, &update, &sent()).await.codes(), [mismatch]);
    assert_eq!(made(&adapter, &update, &repeated()).await.what, "applied");
    assert_eq!(noted.all(), Vec::<String>::new());
}

#[tokio::test]
async fn people_come_and_go() {
    let (adapter, noted) = world().await;
    let id = made(&adapter, &shared(), &sent()).await;
    let id = id.referral_id().unwrap().to_owned();
    let add = Write::AddFacilitator {
        referral: id.clone(),
        facilitator: NewFacilitator {
            party: FacilitatorParty::TeamMember(TeamMember {
                first_name: "Bo".to_owned(),
                last_name: "Li".to_owned(),
                email: "Bo@Example.test".to_owned(),
                phone_number: Some("1".to_owned()),
                title: None,
            }),
            role: FacilitatorRole::TeamMember,
            side: None,
        },
    };
    let remove = Write::RemoveFacilitator {
        referral: id,
        key: "bo@example.test".to_owned(),
    };
    assert_eq!(found(&adapter, &add, &sent()).await.what, "send again");
    let added = made(&adapter, &add, &sent()).await;
    assert_eq!(added.what, "applied");
    assert_eq!(&*added.effect.facilitator.unwrap().key, "bo@example.test");
    assert_eq!(made(&adapter, &add, &sent()).await.what, "already applied");
    assert_eq!(found(&adapter, &add, &sent()).await.what, "applied");
    assert_eq!(made(&adapter, &remove, &sent()).await.what, "applied");
    assert_eq!(found(&adapter, &remove, &sent()).await.what, "applied");
    assert_eq!(
        made(&adapter, &remove, &sent()).await.what,
        "already applied"
    );
    assert_eq!(noted.all(), Vec::<String>::new());
}

#[tokio::test]
async fn new_referrals_are_answered_and_answered_ones_are_not() {
    let (adapter, noted) = world().await;
    let filter = ReferralFilter {
        status: Some(vec![ReferralStatus::Pending]),
        direction: Some(Direction::Received),
        ..ReferralFilter::default()
    };
    let order = Order {
        field: OrderField::CreatedAt,
        direction: OrderDirection::Desc,
    };
    let Plan::Paged(native) = adapter.plan_referrals(&filter, order) else {
        panic!("the list is read page by page")
    };
    let page = adapter.referrals(&call(), &native, None).await.unwrap();
    for (row, verdict) in page.rows.iter().zip([Verdict::Approve, Verdict::Deny]) {
        let decide = |verdict| Write::Moderate {
            decisions: vec![Decision {
                referral: row.remote_id.to_string(),
                verdict,
                side: ModerationSide::Both,
                reason: Some("because".to_owned()),
            }],
        };
        let decision = decide(verdict);
        assert_eq!(found(&adapter, &decision, &sent()).await.what, "send again");
        assert_eq!(
            made(&adapter, &decision, &sent()).await.what,
            "each applied"
        );
        assert_eq!(
            found(&adapter, &decision, &sent()).await.what,
            "each applied"
        );
        let again = made(&adapter, &decision, &sent()).await;
        assert_eq!(again.what, "each already applied");
        let other = match verdict {
            Verdict::Approve => Verdict::Deny,
            Verdict::Deny => Verdict::Approve,
        };
        let refused = made(&adapter, &decide(other), &sent()).await;
        let illegal = (ProblemCode::IllegalTransition, String::new());
        assert_eq!(refused.codes(), [illegal]);
    }
    assert!(page.rows.len() >= 2);
    assert_eq!(noted.all(), Vec::<String>::new());
}
