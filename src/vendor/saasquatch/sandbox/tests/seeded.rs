//! What the seeded users and referrals hold.

use pretty_assertions::assert_eq;

use super::*;

fn texts<'a>(rows: &'a [Value], pointer: &str) -> BTreeSet<&'a str> {
    rows.iter()
        .filter_map(|row| row.pointer(pointer)?.as_str())
        .collect()
}

#[tokio::test]
async fn the_seed_covers_the_vendors_lists() {
    let bench = Bench::new();
    let rows = bench.rows("/referrals?limit=100").await;
    assert_eq!(texts(&rows, "/id").len(), 72);
    let moderation: BTreeSet<_> = rows
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap();
            (
                text("moderationStatus"),
                text("referredModerationStatus"),
                text("referrerModerationStatus"),
            )
        })
        .collect();
    let sides: BTreeSet<_> = moderation
        .iter()
        .map(|(_, referred, referrer)| (*referred, *referrer))
        .collect();
    assert_eq!(sides.len(), 9 + 1);
    assert!(moderation.contains(&("ACTIONED", "PENDING", "APPROVED")));
    assert!(moderation.contains(&("PENDING", "PENDING", "PENDING")));
    assert_eq!(
        texts(&rows, "/referredReward/type")
            .union(&texts(&rows, "/referrerReward/type"))
            .copied()
            .collect::<BTreeSet<_>>(),
        BTreeSet::from([
            "CREDIT",
            "FUELTANK",
            "GIFT_CARD",
            "INTEGRATION",
            "PCT_DISCOUNT"
        ])
    );
    assert_eq!(
        texts(&rows, "/referredReward/rewardSource")
            .union(&texts(&rows, "/referrerReward/rewardSource"))
            .copied()
            .collect::<BTreeSet<_>>(),
        BTreeSet::from(["FRIEND_SIGNUP", "MANUAL", "REFERRED"])
    );
    for signal in ["name", "ip", "email", "rate"] {
        assert!(
            rows.iter()
                .any(|row| row["fraudSignals"][signal]["score"].is_i64()),
            "{signal}"
        );
    }
    for name in [
        "dateReferralPaid",
        "dateReferralEnded",
        "dateModerated",
        "dateConverted",
        "dateUserModified",
        "programId",
        "referralCodeUsed",
    ] {
        assert!(rows.iter().any(|row| row[name].is_null()), "{name}");
        assert!(rows.iter().any(|row| !row[name].is_null()), "{name}");
    }
    assert!(
        rows.iter()
            .any(|row| row["referredUser"]["id"] == row["referredUser"]["email"])
    );
    assert!(rows.iter().any(|row| row.get("referredReward").is_none()));
    assert!(rows.iter().any(|row| row.get("sharelinkUsed").is_some()));
}

#[tokio::test]
async fn the_seed_is_a_coherent_world() {
    let bench = Bench::new();
    let rows = bench.rows("/referrals?limit=100").await;
    let newest: jiff::Timestamp = "2026-10-30T16:20:00Z".parse().unwrap();
    let mut referred = BTreeSet::new();
    for row in &rows {
        let time = |name: &str| row[name].as_i64();
        let started = time("dateReferralStarted").unwrap();
        let modified = time("dateModified").unwrap();
        for name in [
            "dateModerated",
            "dateReferralPaid",
            "dateReferralEnded",
            "dateConverted",
        ] {
            assert!(
                time(name).is_none_or(|time| started <= time && time <= modified),
                "{name}"
            );
        }
        assert!(modified <= newest.as_millisecond() + 1_000);
        assert!(time("dateReferralPaid").is_none() || row["programId"].is_null());
        assert!(time("dateConverted").is_none() || row["programId"].is_string());
        for side in ["referredReward", "referrerReward"] {
            let reward = &row[side];
            let time = |name: &str| reward[name].as_i64();
            assert!(time("dateGiven").is_none_or(|given| given <= newest.as_millisecond() + 1_000));
            assert!(
                time("dateScheduledFor").is_none_or(|planned| Some(planned) > time("dateCreated"))
            );
            let redemption = &reward["redemptions"][0];
            assert_eq!(
                redemption.is_null(),
                reward["redeemedCredit"].as_i64().unwrap_or(0) == 0
            );
            if !redemption.is_null() {
                assert_eq!(redemption["amount"], reward["redeemedCredit"]);
                assert!(redemption["dateRedeemed"].as_i64() >= time("dateGiven"));
            }
        }
        for side in ["referredUser", "referrerUser"] {
            let email = row[side]["email"].as_str();
            assert!(email.is_none_or(|email| PEOPLE.iter().any(|person| person.email() == email)));
        }
        if let Some(email) = row["referredUser"]["email"].as_str() {
            assert_ne!(row["referrerUser"]["email"], email);
            assert!(
                referred.insert((email, row["programId"].as_str())),
                "{email}"
            );
        }
    }
    let by_time = |name: &str| {
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|row| row[name].as_i64());
        rows.iter()
            .map(|row| row["id"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_ne!(by_time("dateReferralStarted"), by_time("dateModified"));
    let body = bench.get("/users?limit=100").await.json();
    let users = body["users"].as_array().unwrap();
    assert_eq!(texts(users, "/referralCode").len(), users.len());
    assert!(
        texts(users, "/referralCode")
            .iter()
            .all(|code| code.len() <= 15)
    );
    bench.emulator.reset();
    assert_eq!(bench.rows("/referrals?limit=100").await, rows);
}
