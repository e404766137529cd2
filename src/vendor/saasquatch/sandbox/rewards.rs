//! Rewards of the seeded referrals: one of each documented type, in each of its states.

use serde_json::{Value, json};

use super::UserKey;
use crate::sandbox::world;

/// The types of the pages of 2020, the one that 2026 adds, and one that no page has.
const TYPES: [&str; 5] = [
    "CREDIT",
    "PCT_DISCOUNT",
    "FUELTANK",
    "INTEGRATION",
    "GIFT_CARD",
];

/// The reward of one side of a referral.
pub(super) fn reward(index: u32, side: &str, owner: &UserKey, referral: &Value) -> Value {
    // The unknown type is rare.
    let kind = if index == 33 {
        TYPES[4]
    } else {
        TYPES[index as usize / 2 % 4]
    };
    let started = referral["dateReferralStarted"].as_i64().unwrap_or_default();
    let is_denied = referral[format!("{side}ModerationStatus")] == "DENIED";
    let source = match (side, index % 11) {
        (_, 10) => "MANUAL",
        ("referred", _) => "REFERRED",
        _ => "FRIEND_SIGNUP",
    };
    let id = world::id("saasquatch/reward", &format!("{side}{index}"))
        .simple()
        .to_string();
    let mut reward = json!({
        "id": &id[..24],
        "type": kind,
        "accountId": owner.account,
        "userId": owner.user,
        "unit": "CENTS",
        "name": "Thank you",
        "cancellable": kind != "FUELTANK",
        "rewardSource": source,
        "uniqueId": null,
        "programId": referral["programId"],
        "programRewardKey": null,
        "globalRewardKey": null,
        "referralId": referral["id"],
        "currency": if index % 3 == 1 { json!(null) } else { json!("USD") },
        "redemptions": if index % 4 == 1 { json!(null) } else { json!([]) },
        "dateCreated": started + 2,
        "dateScheduledFor": null,
        "dateGiven": started + 2,
        "dateExpires": (index % 3 == 2).then_some(started + 31_536_000_000),
        "dateCancelled": is_denied.then_some(started + 86_400_000),
    });
    match kind {
        "CREDIT" => {
            reward["assignedCredit"] = json!(2_000);
            reward["redeemedCredit"] = json!(if index % 8 == 1 { 500 } else { 0 });
        }
        "PCT_DISCOUNT" => reward["discountPercent"] = json!(15),
        "FUELTANK" => {
            reward["amount"] = json!("25");
            reward["fuelTankCode"] = json!(format!("FUEL-{index:04}"));
            reward["fueltankType"] = json!(if index % 8 < 5 {
                "CREDIT"
            } else {
                "PCT_DISCOUNT"
            });
        }
        _ => reward["description"] = json!("A gift from our partner."),
    }
    reward
}
