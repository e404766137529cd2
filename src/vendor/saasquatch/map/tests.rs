//! The mapping, on the documented sample, on what its generations differ in, and on what is odd or new.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::vendor::saasquatch::schema;
use crate::vendor::wire::{Row, read_list, sorted_out};

const SAMPLE: &str = include_str!("../fixtures/referral.json");

fn listed(record: &Value) -> Referral {
    let row: Row = serde_json::from_str(&record.to_string()).unwrap();
    read_row(&row, super::referral).unwrap()
}

/// The sample with some fields replaced.
fn sample_with(changes: Value) -> Referral {
    let mut record: Value = serde_json::from_str(SAMPLE).unwrap();
    let Value::Object(changes) = changes else {
        panic!("changes are an object")
    };
    for (field, value) in changes {
        record[field] = value;
    }
    listed(&record)
}

fn details(referral: &Referral) -> schema::SaasquatchReferral {
    super::details(&referral.raw).value
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every expected value is an option"
)]
fn text<T: From<&'static str>>(text: &'static str) -> Option<T> {
    Some(text.into())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every expected value is an option"
)]
fn moment(text: &str) -> Option<crate::model::DateTime> {
    Some(text.parse().unwrap())
}

fn user_of(id: &'static str, account: &'static str) -> schema::SaasquatchUser {
    schema::SaasquatchUser {
        remote_id: text(id),
        account_id: text(account),
        last_initial: None,
        referral_code: None,
        email_hash: None,
        image_url: None,
        cookie_id: None,
        payment_provider_id: None,
        locale: None,
        country_code: None,
        referral_source: None,
        first_seen_ip: None,
        last_seen_ip: None,
        created_at: None,
        blocked_at: None,
        share_links: None,
    }
}

fn reward_of(id: &'static str) -> schema::SaasquatchReward {
    schema::SaasquatchReward {
        remote_id: text(id),
        kind: Some(schema::SaasquatchRewardType::Credit),
        type_text: text("CREDIT"),
        source: None,
        source_text: None,
        account_id: None,
        user_id: None,
        name: None,
        unit: None,
        currency: None,
        assigned_credit: None,
        redeemed_credit: None,
        discount_percent: None,
        amount: None,
        fuel_tank_code: None,
        fuel_tank_type: None,
        description: None,
        cancellable: None,
        unique_id: None,
        program_id: None,
        program_reward_key: None,
        global_reward_key: None,
        referral_id: None,
        redemptions: None,
        created_at: None,
        scheduled_for: None,
        given_at: None,
        expires_at: None,
        cancelled_at: None,
    }
}

fn person_of(id: &str) -> Party {
    Party::from(PersonTexts {
        remote_id: Some(id),
        ..PersonTexts::default()
    })
}

#[test]
fn every_field_of_the_documented_sample_is_where_it_belongs() {
    let row: Row = serde_json::from_str(SAMPLE).unwrap();
    let raw = Json::from(row);
    let expected = Referral {
        vendor: Vendor::Saasquatch,
        remote_id: "6a17…29".into(),
        name: None,
        description: None,
        status: ReferralStatus::Active,
        vendor_status: text("ACTIONED"),
        stage: None,
        direction: None,
        value: None,
        referrer: Some(person_of("u1")),
        referred: [person_of("u2")].into(),
        recipient: None,
        facilitators: Facilitators::Unsupported,
        has_notes: false,
        connection_id: None,
        engagement_id: None,
        moderation: Some(Box::new(Moderation {
            status: ModerationProgress::Actioned,
            referrer: ModerationStatus::Approved,
            referred: ModerationStatus::Approved,
            moderated_at: moment("2026-05-27T15:12:32.099Z"),
        })),
        allowed_actions: [ReferralAction::Deny].into(),
        external_reference: None,
        created_at: moment("2026-05-27T15:12:32.097Z"),
        updated_at: moment("2026-05-27T15:12:32.494Z"),
        expires_at: None,
        closed_at: None,
        version: None,
        raw,
        complete: true,
    };
    assert_eq!(
        read_row(
            &serde_json::from_str::<Row>(SAMPLE).unwrap(),
            super::referral
        )
        .unwrap(),
        expected
    );
    assert_eq!(
        single(serde_json::from_str(SAMPLE).unwrap()).unwrap(),
        expected
    );
    let expected = schema::SaasquatchReferral {
        program_id: None,
        referral_code_used: text("BOBTESTERSON"),
        share_link_used: None,
        referred_moderation_text: text("APPROVED"),
        referrer_moderation_text: text("APPROVED"),
        fraud_signals: Vec::new(),
        rewards: vec![reward_of("…")],
        referred_reward: Some(reward_of("…")),
        referrer_reward: None,
        referred_user: Some(user_of("u2", "a2")),
        referrer_user: Some(user_of("u1", "a1")),
        converted_at: None,
        paid_at: None,
        ended_at: None,
        user_modified_at: None,
    };
    assert_eq!(
        details(
            &read_row(
                &serde_json::from_str::<Row>(SAMPLE).unwrap(),
                super::referral
            )
            .unwrap()
        ),
        expected
    );
}

#[test]
fn users_are_read_in_full() {
    let user = json!({
        "id": "ada@example.test", "accountId": "a1", "firstName": "Ada", "lastName": "Okoro", "lastInitial": "O",
        "email": "ada@example.test", "referralCode": "ADA", "emailHash": "5d41", "imageUrl": "", "cookieId": "c",
        "paymentProviderId": "p", "locale": "en_US", "countryCode": "US", "referralSource": "DIRECT",
        "firstSeenIP": "192.0.2.1", "lastSeenIP": "192.0.2.2", "dateCreated": 1_779_894_752_097_u64, "dateBlocked": 1_779_894_752_099_u64,
        "shareLinks": {"shareLink": "https://example.test/1"},
    });
    let referral = sample_with(json!({ "referrerUser": user }));
    let person = PersonTexts {
        remote_id: Some("ada@example.test"),
        name: Some("Ada Okoro"),
        first_name: Some("Ada"),
        last_name: Some("Okoro"),
        email: Some("ada@example.test"),
        phone: None,
        organization: None,
    };
    assert_eq!(referral.referrer, Some(person.into()));
    let links: Row = serde_json::from_str(r#"{"shareLink":"https://example.test/1"}"#).unwrap();
    let expected = schema::SaasquatchUser {
        last_initial: text("O"),
        referral_code: text("ADA"),
        email_hash: text("5d41"),
        image_url: None,
        cookie_id: text("c"),
        payment_provider_id: text("p"),
        locale: text("en_US"),
        country_code: text("US"),
        referral_source: text("DIRECT"),
        first_seen_ip: text("192.0.2.1"),
        last_seen_ip: text("192.0.2.2"),
        created_at: moment("2026-05-27T15:12:32.097Z"),
        blocked_at: moment("2026-05-27T15:12:32.099Z"),
        share_links: Some(Json::from(links)),
        ..user_of("ada@example.test", "a1")
    };
    assert_eq!(details(&referral).referrer_user, Some(expected));
}

#[test]
fn rewards_are_read_in_full_the_referred_sides_first() {
    let reward = json!({
        "id": "w1", "type": "FUELTANK", "rewardSource": "FRIEND_SIGNUP", "accountId": "a1", "userId": "u1", "name": "Gift",
        "unit": "CENTS", "currency": "USD", "assignedCredit": 10, "redeemedCredit": "2.50", "discountPercent": 15, "amount": 0.1,
        "fuelTankCode": "F-1", "fueltankType": "CREDIT", "description": "A gift", "cancellable": true, "uniqueId": "q",
        "programId": "demo", "programRewardKey": "k", "globalRewardKey": "g", "referralId": "r", "redemptions": [1],
        "dateCreated": 1000, "dateScheduledFor": 2000, "dateGiven": 3000, "dateExpires": 4000, "dateCancelled": 5000,
    });
    let referral = sample_with(json!({ "referrerReward": reward }));
    let second = |second: u32| moment(&format!("1970-01-01T00:00:0{second}Z"));
    let number = |text: &str| Some(text.parse().unwrap());
    let redemptions: Row = serde_json::from_str("[1]").unwrap();
    let expected = schema::SaasquatchReward {
        remote_id: text("w1"),
        kind: Some(schema::SaasquatchRewardType::FuelTank),
        type_text: text("FUELTANK"),
        source: Some(schema::SaasquatchRewardSource::FriendSignup),
        source_text: text("FRIEND_SIGNUP"),
        account_id: text("a1"),
        user_id: text("u1"),
        name: text("Gift"),
        unit: text("CENTS"),
        currency: text("USD"),
        assigned_credit: number("10"),
        redeemed_credit: number("2.50"),
        discount_percent: number("15"),
        amount: number("0.1"),
        fuel_tank_code: text("F-1"),
        fuel_tank_type: text("CREDIT"),
        description: text("A gift"),
        cancellable: Some(true),
        unique_id: text("q"),
        program_id: text("demo"),
        program_reward_key: text("k"),
        global_reward_key: text("g"),
        referral_id: text("r"),
        redemptions: Some(Json::from(redemptions)),
        created_at: second(1),
        scheduled_for: second(2),
        given_at: second(3),
        expires_at: second(4),
        cancelled_at: second(5),
    };
    let details = details(&referral);
    assert_eq!(details.referrer_reward, Some(expected.clone()));
    assert_eq!(details.rewards, [reward_of("…"), expected]);
}

#[test]
fn the_other_times_and_texts_are_read() {
    let referral = sample_with(json!({
        "shareLinkUsed": "https://example.test/1", "programId": "demo", "dateReferralPaid": 1000, "dateReferralEnded": 2000,
        "dateConverted": "3000", "dateUserModified": 4000,
        "fraudSignals": {"rate": {"message": "Too fast", "score": 0.9}, "email": {"message": "Alike", "score": null}, "ip": null},
    }));
    assert_eq!(referral.closed_at, moment("1970-01-01T00:00:02Z"));
    let details = details(&referral);
    assert_eq!(details.share_link_used, text("https://example.test/1"));
    assert_eq!(details.program_id, text("demo"));
    assert_eq!(details.paid_at, moment("1970-01-01T00:00:01Z"));
    assert_eq!(details.ended_at, moment("1970-01-01T00:00:02Z"));
    assert_eq!(details.converted_at, moment("1970-01-01T00:00:03Z"));
    assert_eq!(details.user_modified_at, moment("1970-01-01T00:00:04Z"));
    let signals = [
        schema::SaasquatchFraudSignal {
            name: "email".to_owned(),
            message: text("Alike"),
            score: None,
        },
        schema::SaasquatchFraudSignal {
            name: "rate".to_owned(),
            message: text("Too fast"),
            score: Some("0.9".parse().unwrap()),
        },
    ];
    assert_eq!(details.fraud_signals, signals);
    let old = listed(&json!({"id": "r1", "sharelinkUsed": "https://example.test/2"}));
    assert_eq!(
        self::details(&old).share_link_used,
        text("https://example.test/2")
    );
}

#[test]
fn the_first_rule_that_applies_decides_the_status() {
    for (changes, expected) in [
        (
            json!({"referredModerationStatus": "DENIED", "dateReferralEnded": 1, "dateConverted": 1}),
            ReferralStatus::Declined,
        ),
        (
            json!({"referrerModerationStatus": "DENIED"}),
            ReferralStatus::Active,
        ),
        (
            json!({"dateReferralEnded": 1, "dateConverted": 1}),
            ReferralStatus::Lost,
        ),
        (
            json!({"dateConverted": 1, "moderationStatus": "PENDING"}),
            ReferralStatus::Won,
        ),
        (
            json!({"dateReferralPaid": 1, "moderationStatus": "ESCALATED"}),
            ReferralStatus::Won,
        ),
        (
            json!({"moderationStatus": "PENDING", "referrerModerationStatus": "ESCALATED"}),
            ReferralStatus::Pending,
        ),
        (
            json!({"moderationStatus": "ESCALATED"}),
            ReferralStatus::Unrecognized,
        ),
        (
            json!({"referredModerationStatus": "ESCALATED"}),
            ReferralStatus::Unrecognized,
        ),
        (
            json!({"referrerModerationStatus": "ESCALATED"}),
            ReferralStatus::Unrecognized,
        ),
        (
            json!({"referredModerationStatus": null}),
            ReferralStatus::Active,
        ),
        (json!({"moderationStatus": null}), ReferralStatus::Active),
        (
            json!({"moderationStatus": null, "referredModerationStatus": "PENDING"}),
            ReferralStatus::Pending,
        ),
    ] {
        assert_eq!(sample_with(changes.clone()).status, expected, "{changes}");
    }
}

#[test]
fn without_any_moderation_a_referral_is_active_and_has_none() {
    let bare = listed(&json!({"id": "r1"}));
    let mut nulls = json!({"id": "r1"});
    for field in [
        "referredUser",
        "referrerUser",
        "referredReward",
        "referrerReward",
        "referralCodeUsed",
        "shareLinkUsed",
        "moderationStatus",
        "referredModerationStatus",
        "referrerModerationStatus",
        "fraudSignals",
        "dateReferralStarted",
        "dateReferralPaid",
        "dateReferralEnded",
        "dateModerated",
        "dateConverted",
        "dateModified",
        "dateUserModified",
        "programId",
    ] {
        nulls[field] = Value::Null;
    }
    let nulls = listed(&nulls);
    assert_eq!(
        Referral {
            raw: bare.raw.clone(),
            ..nulls
        },
        bare
    );
    assert_eq!(
        (bare.status, bare.moderation),
        (ReferralStatus::Active, None)
    );
    assert_eq!((bare.vendor_status.as_ref(), bare.updated_at), (None, None));
    assert!(bare.referred.is_empty() && bare.referrer.is_none());
}

#[test]
fn a_word_that_is_in_no_list_is_unrecognized_and_stays_readable() {
    let referral = sample_with(json!({
        "moderationStatus": "ESCALATED", "referredModerationStatus": "ASKED", "referrerModerationStatus": "WAITING",
        "referrerReward": {"type": "POINTS", "rewardSource": "GIFT"},
    }));
    let moderation = referral.moderation.as_deref().unwrap();
    assert_eq!(moderation.status, ModerationProgress::Unrecognized);
    assert_eq!(
        (moderation.referrer, moderation.referred),
        (
            ModerationStatus::Unrecognized,
            ModerationStatus::Unrecognized
        )
    );
    assert_eq!(referral.vendor_status, text("ESCALATED"));
    let details = details(&referral);
    assert_eq!(details.referred_moderation_text, text("ASKED"));
    assert_eq!(details.referrer_moderation_text, text("WAITING"));
    let reward = details.referrer_reward.as_ref().unwrap();
    assert_eq!(
        reward.kind,
        Some(schema::SaasquatchRewardType::Unrecognized)
    );
    assert_eq!(
        reward.source,
        Some(schema::SaasquatchRewardSource::Unrecognized)
    );
    assert_eq!(
        (reward.type_text.as_deref(), reward.source_text.as_deref()),
        (Some("POINTS"), Some("GIFT"))
    );
}

#[test]
fn a_row_without_its_users_is_incomplete_until_it_is_read_by_itself() {
    assert!(sample_with(json!({})).complete);
    assert!(!sample_with(json!({"referredUser": null})).complete);
    assert!(!sample_with(json!({"referrerUser": null})).complete);
    assert!(
        single(serde_json::from_str(r#"{"id":"r1"}"#).unwrap())
            .unwrap()
            .complete
    );
}

#[test]
fn an_unreadable_row_costs_itself_alone() {
    let page = json!([{"id": "r1"}, {"id": "r2", "dateReferralStarted": "2026-05-27"}, {"programId": "no id"}, {"id": "r4", "referrerUser": {"email": {}}}, {"id": "r5"}]);
    let page = json!({ "referrals": page }).to_string();
    let listing = read_list::<wire::ReferralList, _>(page.as_bytes(), super::referral).unwrap();
    let (readable, unreadable) = sorted_out(listing.rows);
    let ids: Vec<&str> = readable.iter().map(|row| &*row.remote_id).collect();
    assert_eq!(ids, ["r1", "r5"]);
    let paths: Vec<&str> = unreadable.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["dateReferralStarted", ".", "referrerUser.email"]);
}

#[test]
fn what_both_sides_say_already_is_not_offered() {
    use ReferralAction::{Approve, Deny};
    for (referrer, friend, allowed) in [
        ("APPROVED", "APPROVED", &[Deny][..]),
        ("DENIED", "DENIED", &[Approve]),
        ("APPROVED", "DENIED", &[Approve, Deny]),
        ("PENDING", "PENDING", &[Approve, Deny]),
        ("", "", &[Approve, Deny]),
    ] {
        let record = serde_json::json!({
            "id": "r", "referrerModerationStatus": referrer, "referredModerationStatus": friend,
        });
        let record: Row = serde_json::from_str(&record.to_string()).unwrap();
        assert_eq!(
            *read_row(&record, super::referral).unwrap().allowed_actions,
            *allowed
        );
    }
}
