//! What becomes of Plannr's JSON, on the sample bodies that its pages publish and on variants of them.

use std::io::Write;
use std::sync::{Arc, Mutex};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::vendor::Unreadable;
use crate::vendor::plannr::schema::{PlannrAccount, PlannrClient, PlannrFirm, PlannrReferral};
use crate::vendor::wire::{Row, decode, decode_row, read_row};

const REFERRAL: &str = include_str!("fixtures/referral.json");
const CONNECTION: &str = include_str!("fixtures/connection.json");

#[expect(
    clippy::needless_pass_by_value,
    reason = "rows are made where they are read"
)]
fn referral(row: Row) -> Result<Referral, Unreadable> {
    read_row(&row, super::referral)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "rows are made where they are read"
)]
fn connection(row: Row) -> Result<Connection, Unreadable> {
    read_row(&row, super::connection)
}

fn row(json: &Value) -> Row {
    serde_json::value::to_raw_value(json).unwrap()
}

fn published(sample: &str) -> Row {
    serde_json::from_str(sample).unwrap()
}

/// The published referral with one field changed.
fn with(field: &str, value: Value) -> Row {
    let mut sample: Value = serde_json::from_str(REFERRAL).unwrap();
    sample[field] = value;
    row(&sample)
}

fn without(field: &str) -> Row {
    let mut sample: Value = serde_json::from_str(REFERRAL).unwrap();
    sample.as_object_mut().unwrap().remove(field);
    row(&sample)
}

fn details(referral: &Referral) -> PlannrReferral {
    super::details(&referral.raw).value
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what it is compared with may be missing"
)]
fn text<T: From<&'static str>>(text: &'static str) -> Option<T> {
    Some(text.into())
}

fn firm(id: &str, name: &str) -> Organization {
    Organization::new(Some(id), Some(name))
}

fn ada() -> Value {
    json!({
        "uuid": "3f6c", "created_at": "2026-01-05T09:00:00+00:00", "updated_at": "2026-06-05T09:00:00+01:00",
        "type": "employee", "role": "admin", "first_name": "Ada", "last_name": "Okoro", "name": "Ada Okoro",
        "email": "ada@example.test", "photo_url": "https://example.test/ada.png", "external_references": [{ "id": 1.50 }],
    })
}

/// What is logged meanwhile.
fn logged(act: impl FnOnce()) -> String {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, act);
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_field_of_the_published_referral_arrives() {
    let row = published(REFERRAL);
    let expected = Referral {
        vendor: Vendor::Plannr,
        remote_id: "ac6ac96d-cd94-4e1c-9374-da46b5b7728d".into(),
        name: None,
        description: text("Client needs help with retirement planning."),
        status: ReferralStatus::Pending,
        vendor_status: text("pending"),
        stage: None,
        direction: Some(Direction::Sent),
        value: None,
        // The accounts are the documentation's notes: the firms remain.
        referrer: Some(Party::Organization(firm("abc-123", "Sender Firm Name"))),
        referred: [Party::from(PersonTexts {
            remote_id: Some("client-uuid-1"),
            name: Some("John Doe"),
            ..PersonTexts::default()
        })]
        .into(),
        recipient: Some(Party::Organization(firm("def-456", "Recipient Firm Name"))),
        facilitators: Facilitators::Unsupported,
        has_notes: false,
        connection_id: text("abc-123"),
        engagement_id: None,
        moderation: None,
        allowed_actions: Box::default(),
        external_reference: None,
        created_at: Some("2026-01-20T17:51:29Z".parse().unwrap()),
        updated_at: Some("2026-01-20T17:51:29Z".parse().unwrap()),
        expires_at: Some("2026-04-20T16:51:29Z".parse().unwrap()),
        closed_at: None,
        version: None,
        raw: Json::from(row.clone()),
        complete: true,
    };
    let expected_details = PlannrReferral {
        advice_type: Some(AdviceType::Investments),
        duration_months: Some(3),
        shared_data: vec![
            SharedDataCategory::BasicDetails,
            SharedDataCategory::ContactDetails,
        ],
        sla_deadline: Some("2026-02-28".parse().unwrap()),
        clients: vec![PlannrClient {
            remote_id: text("client-uuid-1"),
            name: text("John Doe"),
        }],
        cloned_clients: vec![PlannrClient {
            remote_id: text("cloned-uuid-1"),
            name: text("John Doe"),
        }],
        sender_firm: Some(PlannrFirm {
            remote_id: text("abc-123"),
            name: text("Sender Firm Name"),
        }),
        recipient_firm: Some(PlannrFirm {
            remote_id: text("def-456"),
            name: text("Recipient Firm Name"),
        }),
        sender_account: None,
        recipient_account: None,
        rejection_reason: text("Unable to take on new clients."),
    };
    let referral = referral(row).unwrap();
    assert_eq!(referral, expected);
    assert_eq!(details(&referral), expected_details);
}

#[test]
fn every_field_of_the_published_connection_arrives() {
    let row = published(CONNECTION);
    let expected = Connection {
        vendor: Vendor::Plannr,
        remote_id: "95cc9f56-a43d-4fab-a473-cc829f2dcf24".into(),
        status: ConnectionStatus::Pending,
        direction: Some(Direction::Sent),
        sender: Some(Party::Organization(firm("abc-123", "Sender Firm Name"))),
        recipient: Some(Party::Organization(firm("def-456", "Recipient Firm Name"))),
        created_at: Some("2026-01-20T17:51:29Z".parse().unwrap()),
        updated_at: Some("2026-01-20T17:51:29Z".parse().unwrap()),
        expires_at: Some("2026-02-19T17:51:29Z".parse().unwrap()),
        raw: Json::from(row.clone()),
    };
    assert_eq!(connection(row).unwrap(), expected);
}

#[test]
fn the_documentations_notes_are_warned_of_once_and_never_shown() {
    let log = logged(|| {
        referral(published(REFERRAL)).unwrap();
    });
    assert_eq!(log.matches("WARN").count(), 1, "{log}");
    assert!(!log.contains("Gareth") && !log.contains("John"), "{log}");
    let log = logged(|| {
        connection(published(CONNECTION)).unwrap();
    });
    assert_eq!(log.matches("WARN").count(), 1, "{log}");
}

#[test]
fn an_account_of_values_is_a_person_at_their_firm_and_nothing_is_warned_of() {
    let mut sample: Value = serde_json::from_str(REFERRAL).unwrap();
    sample["sender_account"] = ada();
    sample["recipient_account"] =
        json!({ "first_name": "Bo", "last_name": "Lind", "type": "robot", "role": 7 });
    let row = row(&sample);
    let mut read = None;
    let log = logged(|| read = Some(referral(row).unwrap()));
    assert_eq!(log, "");

    let referral = read.unwrap();
    let expected = Party::from(PersonTexts {
        remote_id: Some("3f6c"),
        name: Some("Ada Okoro"),
        first_name: Some("Ada"),
        last_name: Some("Okoro"),
        email: Some("ada@example.test"),
        phone: None,
        organization: Some(firm("abc-123", "Sender Firm Name")),
    });
    assert_eq!(referral.referrer, Some(expected));
    let recipient = referral.recipient.as_ref().unwrap();
    assert_eq!(recipient.name().as_deref(), Some("Bo Lind"));

    let details = details(&referral);
    let references: Box<RawValue> = serde_json::from_str(r#"[{"id":1.5}]"#).unwrap();
    let expected = PlannrAccount {
        remote_id: text("3f6c"),
        kind: Some(PlannrAccountType::Employee),
        role: Some(PlannrAccountRole::Admin),
        first_name: text("Ada"),
        last_name: text("Okoro"),
        name: text("Ada Okoro"),
        email: text("ada@example.test"),
        photo_url: text("https://example.test/ada.png"),
        created_at: Some("2026-01-05T09:00:00Z".parse().unwrap()),
        updated_at: Some("2026-06-05T08:00:00Z".parse().unwrap()),
        external_references: Some(Json::from(references)),
    };
    assert_eq!(details.sender_account, Some(expected));
    let recipient = details.recipient_account.as_ref().unwrap();
    assert_eq!(recipient.kind, Some(PlannrAccountType::Unrecognized));
    assert_eq!(recipient.role, Some(PlannrAccountRole::Unrecognized));
}

#[test]
fn one_note_among_values_costs_that_value_alone() {
    let mut account = ada();
    account["email"] =
        json!({ "example": "gareth@example.test", "description": "Email", "collection": false });
    account["external_references"] =
        json!({ "example": "App\\Resource", "description": "", "collection": true });
    let referral = referral(with("sender_account", account)).unwrap();
    let sender = details(&referral).sender_account.unwrap();
    assert_eq!(
        (sender.name.clone(), sender.email.clone()),
        (text("Ada Okoro"), None)
    );
    assert_eq!(sender.external_references, None);
}

#[test]
fn null_and_missing_are_the_same() {
    let sample: Value = serde_json::from_str(REFERRAL).unwrap();
    for field in sample
        .as_object()
        .unwrap()
        .keys()
        .filter(|key| *key != "uuid")
    {
        let mut missing = referral(without(field)).unwrap();
        let null = referral(with(field, Value::Null)).unwrap();
        missing.raw = null.raw.clone();
        assert_eq!(missing, null, "{field}");
    }
    let sample: Value = serde_json::from_str(CONNECTION).unwrap();
    for field in sample
        .as_object()
        .unwrap()
        .keys()
        .filter(|key| *key != "uuid")
    {
        let (mut missing, mut null) = (sample.clone(), sample.clone());
        missing.as_object_mut().unwrap().remove(field);
        null[field] = Value::Null;
        let mut missing = connection(row(&missing)).unwrap();
        let null = connection(row(&null)).unwrap();
        missing.raw = null.raw.clone();
        assert_eq!(missing, null, "{field}");
    }
}

#[test]
fn a_record_of_nothing_but_its_id_is_read() {
    let referral = referral(row(&json!({ "uuid": "r1" }))).unwrap();
    assert_eq!(&*referral.remote_id, "r1");
    assert_eq!(
        (referral.status, &referral.vendor_status),
        (ReferralStatus::Unrecognized, &None)
    );
    assert_eq!(
        (referral.referrer, referral.recipient, referral.expires_at),
        (None, None, None)
    );
    let connection = connection(row(&json!({ "uuid": "c1" }))).unwrap();
    assert_eq!(
        (connection.status, connection.sender),
        (ConnectionStatus::Unrecognized, None)
    );
}

#[test]
fn every_documented_status_has_its_meaning_and_another_keeps_its_text() {
    let status = |word: &str| {
        let referral = referral(with("status", json!(word))).unwrap();
        assert_eq!(referral.vendor_status.as_deref(), Some(word));
        referral.status
    };
    assert_eq!(status("pending"), ReferralStatus::Pending);
    assert_eq!(status("accepted"), ReferralStatus::Active);
    assert_eq!(status("rejected"), ReferralStatus::Declined);
    assert_eq!(status("expired"), ReferralStatus::Expired);
    assert_eq!(status("denied"), ReferralStatus::Unrecognized);
    let status = |word: &str| {
        connection(row(&json!({ "uuid": "c", "status": word })))
            .unwrap()
            .status
    };
    assert_eq!(status("pending"), ConnectionStatus::Pending);
    assert_eq!(status("accepted"), ConnectionStatus::Accepted);
    assert_eq!(status("denied"), ConnectionStatus::Denied);
    assert_eq!(status("expired"), ConnectionStatus::Expired);
    assert_eq!(status("rejected"), ConnectionStatus::Unrecognized);
}

#[test]
fn only_what_was_received_and_waits_can_be_decided() {
    let actions = |direction: &str, status: &str| {
        let row = row(&json!({ "uuid": "r", "direction": direction, "status": status }));
        referral(row).unwrap().allowed_actions
    };
    let both = [ReferralAction::Approve, ReferralAction::Deny];
    assert_eq!(*actions("received", "pending"), both);
    for (direction, status) in [
        ("sent", "pending"),
        ("received", "accepted"),
        ("sideways", "pending"),
    ] {
        assert!(
            actions(direction, status).is_empty(),
            "{direction} {status}"
        );
    }
}

#[test]
fn every_documented_word_is_known_and_no_other() {
    let words = [
        "investments",
        "protection",
        "mortgages",
        "estate_planning",
        "other",
        "pensions",
        "tax",
    ];
    let known: Vec<_> = words.iter().map(|word| advice_type(word)).collect();
    assert!(!known.contains(&AdviceType::Unrecognized));
    assert_eq!(advice_type("crypto"), AdviceType::Unrecognized);

    let words = json!([
        "basic_details",
        "contact_details",
        "income",
        "expenditure",
        "dependants",
        "investments_and_plans",
        "pensions",
        "liabilities",
        "protection",
        "cash_accounts",
        "goals",
        "notes",
        "shoe_size",
        null,
        5,
    ]);
    let referral = referral(with("shared_data", words)).unwrap();
    let shared = &details(&referral).shared_data;
    let unknown = shared
        .iter()
        .filter(|word| **word == SharedDataCategory::Unrecognized);
    assert_eq!((shared.len(), unknown.count()), (14, 2));
}

#[test]
fn oddly_typed_values_that_say_the_same_are_read() {
    let mut sample: Value = serde_json::from_str(REFERRAL).unwrap();
    sample["duration_months"] = json!("6");
    sample["sla_deadline"] = json!("2026-02-28T00:00:00+00:00");
    sample["cloned_clients"] = json!({});
    sample["expires_at"] = json!("");
    let referral = referral(row(&sample)).unwrap();
    assert_eq!(details(&referral).duration_months, Some(6));
    assert_eq!(
        details(&referral).sla_deadline.unwrap().to_string(),
        "2026-02-28"
    );
    assert!(details(&referral).cloned_clients.is_empty());
    assert_eq!(referral.expires_at, None);
}

#[test]
fn an_account_is_read_the_same_beside_a_number_that_is_kept_as_it_is_written() {
    let account = |uuid: &str| {
        let json = format!(
            r#"{{"uuid":{uuid},"name":{{"example":"Ada","nested":[1.5]}},"first_name":"B\u00f6","email":null}}"#
        );
        let account: wire::Account<'_> = decode(json.as_bytes()).unwrap();
        person(&account)
    };
    let expected = |uuid| {
        Person::from(PersonTexts {
            remote_id: Some(uuid),
            first_name: Some("Bö"),
            ..PersonTexts::default()
        })
    };
    for (written, uuid) in [
        (r#""a1""#, "a1"),
        ("7", "7"),
        ("7.50", "7.50"),
        ("true", "true"),
    ] {
        assert_eq!(account(written), expected(uuid));
    }
}

#[test]
fn an_unreadable_record_tells_where_and_not_what() {
    let failure = referral(with("created_at", json!("Monday, says Ada"))).unwrap_err();
    assert_eq!(failure.path, "created_at");
    assert!(!failure.problem.contains("Ada"), "{}", failure.problem);
    let failure = referral(with(
        "sender_account",
        json!({ "name": { "first": "Ada" } }),
    ))
    .unwrap_err();
    assert_eq!(failure.path, "sender_account.name");
    assert_eq!(failure.problem, "a value of another type than documented");
    assert!(
        referral(without("uuid"))
            .unwrap_err()
            .problem
            .contains("uuid")
    );
}

#[test]
fn a_client_account_is_a_person_whatever_form_its_relations_have() {
    let read = |email: Value, phone: Value| {
        let row = row(&json!({
            "uuid": "a1", "type": "client", "role": "individual", "first_name": "Sam", "last_name": "Reed", "name": null,
            "email": "old@example.test", "primary_email": email, "primary_phone_number": phone,
        }));
        person(&decode_row(&row).unwrap())
    };
    let expected = Person::from(PersonTexts {
        remote_id: Some("a1"),
        name: Some("Sam Reed"),
        first_name: Some("Sam"),
        last_name: Some("Reed"),
        email: Some("sam@example.test"),
        phone: Some("+44 20"),
        organization: None,
    });
    assert_eq!(read(json!("sam@example.test"), json!("+44 20")), expected);
    let objects = read(
        json!({ "email": "sam@example.test" }),
        json!({ "phone_number": "+44 20" }),
    );
    assert_eq!(objects, expected);
    let annotation = json!({ "example": "x", "email": "made@up.test" });
    let fallback = read(annotation.clone(), annotation);
    assert_eq!(
        (fallback.email(), fallback.phone()),
        (Some("old@example.test"), None)
    );
    assert_eq!(
        read(json!([1]), Value::Null).email(),
        Some("old@example.test")
    );
}
