//! What becomes of Introzy's JSON, on the sample bodies that its pages publish and on variants of them.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::vendor::Unreadable;
use crate::vendor::introzy::schema::{IntrozyCompany, IntrozyParty, IntrozyPartyType, IntrozyUser};
use crate::vendor::wire::{Row, decode, decode_row, read_row};

const CREATED: &str = include_str!("fixtures/created.json");
const REFERRALS: &str = include_str!("fixtures/referrals.json");
const FACILITATORS: &str = include_str!("fixtures/facilitators.json");

#[expect(
    clippy::needless_pass_by_value,
    reason = "rows are made where they are read"
)]
fn referral(row: Row, statuses: &StageStatus) -> Result<Referral, Unreadable> {
    read_row(&row, |row| super::referral(row, statuses))
}

fn row(json: &Value) -> Row {
    serde_json::value::to_raw_value(json).unwrap()
}

fn published() -> Row {
    let envelope: wire::Envelope<wire::List> = decode(REFERRALS.as_bytes()).unwrap();
    envelope.data.unwrap().rows.remove(0)
}

/// The published sample with one field changed.
fn with(field: &str, value: Value) -> Row {
    let mut sample: Value = serde_json::from_str(published().get()).unwrap();
    sample[field] = value;
    row(&sample)
}

fn without(field: &str) -> Row {
    let mut sample: Value = serde_json::from_str(published().get()).unwrap();
    sample.as_object_mut().unwrap().remove(field);
    row(&sample)
}

fn read(row: Row) -> Referral {
    referral(row, &StageStatus::default()).unwrap()
}

fn details(referral: &Referral) -> schema::IntrozyReferral {
    super::details(&referral.raw).value
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what it is compared with may be missing"
)]
fn text<T: From<&'static str>>(text: &'static str) -> Option<T> {
    Some(text.into())
}

fn someone(id: &str, first: &str, last: &str, email: &str, company: Option<(&str, &str)>) -> Party {
    Party::from(PersonTexts {
        remote_id: Some(id),
        name: Some(&format!("{first} {last}")),
        first_name: Some(first),
        last_name: Some(last),
        email: Some(email),
        phone: None,
        organization: company.map(|(id, name)| Organization::new(Some(id), Some(name))),
    })
}

fn published_details() -> schema::IntrozyReferral {
    let acme = IntrozyCompany {
        remote_id: text("company-uuid"),
        name: text("Acme Inc"),
    };
    let cloudco = IntrozyCompany {
        remote_id: text("company-uuid-2"),
        name: text("CloudCo"),
    };
    schema::IntrozyReferral {
        pipeline_deal_id: "deal-uuid".to_owned(),
        owner: Some(IntrozyUser {
            remote_id: text("user-uuid"),
            first_name: text("Sales"),
            last_name: text("Rep"),
            email: text("sales@example.com"),
            company: None,
        }),
        seeker: Some(IntrozyParty {
            kind: Some(IntrozyPartyType::User),
            remote_id: text("seeker-uuid"),
            first_name: text("John"),
            last_name: text("Doe"),
            email: text("john@acme.com"),
            name: None,
            company: Some(acme),
        }),
        provider: Some(IntrozyParty {
            kind: Some(IntrozyPartyType::User),
            remote_id: text("provider-uuid"),
            first_name: text("Jane"),
            last_name: text("Smith"),
            email: text("jane@cloudco.com"),
            name: None,
            company: Some(cloudco),
        }),
        connector: Some(IntrozyUser {
            remote_id: text("connector-uuid"),
            first_name: text("Bob"),
            last_name: text("Jones"),
            email: text("bob@introzy.com"),
            company: None,
        }),
        stage_description: None,
        stage_sort_order: None,
    }
}

#[test]
fn every_field_of_the_published_referral_arrives() {
    let row = published();
    let raw = row.get().to_owned();
    let expected = Referral {
        vendor: Vendor::Introzy,
        remote_id: "deal-uuid".into(),
        name: text("Acme needs cloud migration help"),
        description: text("Acme is looking for a cloud migration partner"),
        status: ReferralStatus::Active,
        vendor_status: None,
        stage: Some(Stage {
            remote_id: text("stage-uuid"),
            label: "Introduction".into(),
            color: text("#3B82F6"),
        }),
        direction: None,
        value: Some(Money {
            amount: 50_000.into(),
            currency: "USD".into(),
        }),
        referrer: Some(someone(
            "connector-uuid",
            "Bob",
            "Jones",
            "bob@introzy.com",
            None,
        )),
        referred: [someone(
            "seeker-uuid",
            "John",
            "Doe",
            "john@acme.com",
            Some(("company-uuid", "Acme Inc")),
        )]
        .into(),
        recipient: Some(someone(
            "provider-uuid",
            "Jane",
            "Smith",
            "jane@cloudco.com",
            Some(("company-uuid-2", "CloudCo")),
        )),
        facilitators: Facilitators::Embedded(Box::default()),
        has_notes: true,
        connection_id: None,
        engagement_id: None,
        moderation: None,
        allowed_actions: [
            ReferralAction::AddFacilitator,
            ReferralAction::AddNote,
            ReferralAction::Convert,
        ]
        .into(),
        external_reference: None,
        created_at: Some("2024-01-15T10:00:00.000Z".parse().unwrap()),
        updated_at: Some("2024-01-20T15:30:00.000Z".parse().unwrap()),
        expires_at: None,
        closed_at: None,
        version: None,
        raw: Json::from(row.clone()),
        complete: true,
    };
    let referral = read(row);
    assert_eq!(referral, expected);
    assert_eq!(*referral.raw.0, *raw);
    assert_eq!(details(&referral), published_details());
}

#[test]
fn the_published_single_record_reads_like_the_row_of_the_list() {
    let envelope: wire::Envelope<Row> = decode(CREATED.as_bytes()).unwrap();
    let mut single = read(envelope.data.unwrap());
    let listed = read(published());
    assert_eq!(
        single.created_at.unwrap().to_string(),
        "2024-01-15T10:30:00Z"
    );
    single.created_at = listed.created_at;
    single.updated_at = listed.updated_at;
    single.raw = listed.raw.clone();
    assert_eq!(single, listed);
}

#[test]
fn every_field_of_the_published_facilitator_arrives() {
    let envelope: wire::Envelope<wire::List> = decode(FACILITATORS.as_bytes()).unwrap();
    let rows = envelope.data.unwrap().rows;
    let row = decode_row(&rows[0]).unwrap();
    let expected = Facilitator {
        vendor: Vendor::Introzy,
        referral_id: "deal-uuid".into(),
        key: "facilitator-uuid".into(),
        remote_id: text("facilitator-uuid"),
        role: FacilitatorRole::Connector,
        side: None,
        party: someone("user-uuid", "Bob", "Jones", "bob@introzy.com", None),
        created_at: Some("2024-01-15T10:00:00.000Z".parse().unwrap()),
    };
    assert_eq!(facilitator(&"deal-uuid".into(), row), expected);
}

#[test]
fn an_embedded_facilitator_known_by_an_id_alone_is_a_party_with_that_id() {
    let referral = read(with(
        "facilitators",
        json!([
            { "id": "f1", "userId": "u1", "companyId": null, "role": "referral_source", "side": "seeker", "user": null, "company": null },
            { "id": "f2", "userId": null, "companyId": "c1", "role": "facilitator", "side": "provider" },
            { "id": "f3", "companyId": "c2", "role": "mediator", "side": "both", "company": { "id": "c2", "name": "CloudCo" } },
        ]),
    ));
    let Facilitators::Embedded(rows) = &referral.facilitators else {
        panic!("the rows are embedded");
    };
    let seen: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                &*row.key,
                row.role,
                row.side,
                row.party.clone(),
                row.created_at,
            )
        })
        .collect();
    let person = Party::from(PersonTexts {
        remote_id: Some("u1"),
        ..PersonTexts::default()
    });
    let company =
        |id: &str, name: Option<&str>| Party::Organization(Organization::new(Some(id), name));
    let (seeker, provider) = (FacilitatorSide::Seeker, FacilitatorSide::Provider);
    assert_eq!(
        seen,
        [
            (
                "f1",
                FacilitatorRole::ReferralSource,
                Some(seeker),
                person,
                None
            ),
            (
                "f2",
                FacilitatorRole::Facilitator,
                Some(provider),
                company("c1", None),
                None
            ),
            (
                "f3",
                FacilitatorRole::Unrecognized,
                None,
                company("c2", text("CloudCo")),
                None
            ),
        ]
    );
    assert!(
        referral
            .allowed_actions
            .contains(&ReferralAction::RemoveFacilitator)
    );
}

#[test]
fn a_record_without_facilitators_has_them_elsewhere() {
    assert_eq!(
        read(without("facilitators")).facilitators,
        Facilitators::Separate
    );
}

#[test]
fn null_and_missing_are_the_same() {
    for field in [
        "pipelineDealId",
        "name",
        "description",
        "expectedValue",
        "currency",
        "stage",
        "owner",
        "seeker",
        "provider",
        "connector",
        "facilitators",
        "createdAt",
        "updatedAt",
    ] {
        let mut missing = read(without(field));
        let null = read(with(field, Value::Null));
        missing.raw = null.raw.clone();
        assert_eq!(missing, null, "{field}");
    }
}

#[test]
fn a_record_of_nothing_but_its_id_is_read() {
    let referral = read(row(&json!({ "id": "deal-uuid" })));
    assert_eq!(&*referral.remote_id, "deal-uuid");
    assert_eq!(details(&referral).pipeline_deal_id, "deal-uuid");
    assert_eq!((referral.value, referral.stage), (None, None));
    assert!(referral.referred.is_empty());
}

#[test]
fn a_value_takes_both_amount_and_currency() {
    assert_eq!(read(with("expectedValue", Value::Null)).value, None);
    assert_eq!(read(with("currency", json!(""))).value, None);
    let written_as_text = read(with("expectedValue", json!("12000.10")))
        .value
        .unwrap();
    assert_eq!(written_as_text.amount.to_string(), "12000.10");
}

#[test]
fn a_company_is_an_organization_by_its_own_name_or_its_companys() {
    let organization = |name: &str| Organization::new(Some("c3"), Some(name));
    let named = json!({ "type": "COMPANY", "id": "c3", "name": "Northwind", "company": { "id": "c9", "name": "Other" } });
    let nameless = json!({ "type": "COMPANY", "id": "c3", "name": null, "company": { "id": "c3", "name": "Northwind Ltd" } });
    let referral = read(with("seeker", named));
    assert_eq!(
        *referral.referred,
        [Party::Organization(organization("Northwind"))]
    );
    let seeker = details(&referral).seeker.unwrap();
    assert_eq!(seeker.kind, Some(IntrozyPartyType::Company));
    assert_eq!(seeker.name, text("Northwind"));
    let referral = read(with("provider", nameless));
    assert_eq!(
        referral.recipient,
        Some(Party::Organization(organization("Northwind Ltd")))
    );
}

#[test]
fn a_party_of_an_unknown_type_keeps_what_is_known() {
    let referral = read(with(
        "seeker",
        json!({ "type": "TEAM", "id": "t1", "name": "Blue" }),
    ));
    let person = Person::from(PersonTexts {
        remote_id: Some("t1"),
        name: Some("Blue"),
        ..PersonTexts::default()
    });
    assert_eq!(*referral.referred, [Party::Person(person)]);
    let seeker = details(&referral).seeker.unwrap();
    assert_eq!(seeker.kind, Some(IntrozyPartyType::Unrecognized));
}

#[test]
fn the_longer_documented_stage_is_read_too() {
    let stage = json!({ "id": "s", "label": "Lead", "color": "#000000", "description": "First talks", "sortOrder": 2 });
    let referral = read(with("stage", stage));
    assert_eq!(details(&referral).stage_description, text("First talks"));
    assert_eq!(details(&referral).stage_sort_order, Some(2));
    assert_eq!(read(with("stage", json!({ "id": "s" }))).stage, None);
}

#[test]
fn a_mapped_stage_gives_the_status_whatever_its_case() {
    let mapped = [("introduction".to_owned(), ReferralStatus::Pending)];
    let statuses = StageStatus::new(mapped.into());
    let read = |row| referral(row, &statuses).unwrap().status;
    assert_eq!(read(published()), ReferralStatus::Pending);
    assert_eq!(
        read(with("stage", json!({ "label": "Lead" }))),
        ReferralStatus::Active
    );
    assert_eq!(read(without("stage")), ReferralStatus::Active);
    assert!(statuses.may_give(ReferralStatus::Active));
    assert!(statuses.may_give(ReferralStatus::Pending));
    assert!(!statuses.may_give(ReferralStatus::Won));
}

#[test]
fn an_unreadable_record_tells_where_and_not_what() {
    let read = |row| referral(row, &StageStatus::default()).unwrap_err();
    let failure = read(with("createdAt", json!("Monday, says Ada")));
    assert_eq!(failure.path, "createdAt");
    assert!(!failure.problem.contains("Ada"), "{}", failure.problem);
    assert_eq!(
        read(with("seeker", json!({ "email": ["a"] }))).path,
        "seeker.email"
    );
    assert_eq!(read(with("id", json!(""))).path, "id");
    assert!(read(without("id")).problem.contains("id"));
}

#[test]
fn a_note_and_a_person_arrive_whole() {
    let row = row(&json!({
        "id": "n1", "content": "Called", "entityType": "USER", "entityId": "x", "dealId": "deal-uuid",
        "createdAt": "2026-02-03T04:05:06.789Z", "updatedAt": "2026-02-04T04:05:06.789Z",
    }));
    let expected = Note {
        remote_id: "n1".to_owned(),
        content: "Called".to_owned(),
        created_at: Some("2026-02-03T04:05:06.789Z".parse().unwrap()),
        updated_at: Some("2026-02-04T04:05:06.789Z".parse().unwrap()),
    };
    assert_eq!(note(decode_row(&row).unwrap()), expected);

    let row = self::row(&json!({
        "id": "p1", "email": "sam@example.test", "firstName": "Sam", "lastName": "Reed", "phoneNumber": "+44 20",
        "address": null, "isFullUser": true, "customFields": {}, "company": { "id": "c3", "name": "Northwind", "industry": "Trade" },
    }));
    let expected = Person::from(PersonTexts {
        remote_id: Some("p1"),
        name: Some("Sam Reed"),
        first_name: Some("Sam"),
        last_name: Some("Reed"),
        email: Some("sam@example.test"),
        phone: Some("+44 20"),
        organization: Some(Organization::new(Some("c3"), Some("Northwind"))),
    });
    assert_eq!(person(&decode_row(&row).unwrap()), expected);
}
