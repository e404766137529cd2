//! Rewards of the seeded referrals: one of each documented type, in each of its states.

use serde_json::{Value, json};

use super::memory::UserKey;
use super::seed::SEAT;
use crate::sandbox::world;

/// The types of the pages of 2020, the one that 2026 adds, and one that no page has.
const TYPES: [&str; 5] = [
    "CREDIT",
    "PCT_DISCOUNT",
    "FUELTANK",
    "INTEGRATION",
    "GIFT_CARD",
];

/// Cents of a credit that were spent.
const REDEEMED: u32 = 500;
/// A fortnight to change one's mind, in milliseconds.
const SCHEDULED_AFTER: i64 = 14 * 86_400_000;

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
    let program = referral["programId"].as_str();
    let is_redeemed = kind == "CREDIT" && index % 8 == 1;
    let created = started + 2;
    let scheduled = (index % 9 == 4 && !is_redeemed).then_some(created + SCHEDULED_AFTER);
    // Nothing was given yet that is scheduled for a time after the newest record, or that was cancelled before.
    let newest = world::created_at(SEAT, 0).as_millisecond();
    let given = match scheduled {
        Some(time) => (time <= newest && !is_denied).then_some(time),
        None => Some(created),
    };
    let redemptions = match index % 8 {
        // Only the name of the field is known: this is what a redemption of credit has to say.
        _ if is_redeemed => json!([{
            "id": &world::id("saasquatch/redemption", &format!("{side}{index}")).simple().to_string()[..24],
            "amount": REDEEMED,
            "unit": "CENTS",
            "dateRedeemed": created + 10_800_000,
        }]),
        1 | 5 => Value::Null,
        _ => json!([]),
    };
    let mut reward = json!({
        "id": &id[..24],
        "type": kind,
        "accountId": owner.account,
        "userId": owner.user,
        "unit": "CENTS",
        "name": "Thank you",
        "cancellable": kind != "FUELTANK",
        "rewardSource": source,
        "uniqueId": (index % 7 == 3).then(|| world::id("saasquatch/unique", &format!("{side}{index}"))),
        "programId": referral["programId"],
        // A classic referral has no program that could have keys.
        "programRewardKey": program.map(|_| format!("{side}-reward")),
        "globalRewardKey": (program == Some("advocate-2026")).then_some("thank-you"),
        "referralId": referral["id"],
        "currency": if index % 3 == 1 { json!(null) } else { json!("USD") },
        "redemptions": redemptions,
        "dateCreated": created,
        "dateScheduledFor": scheduled,
        "dateGiven": given,
        "dateExpires": (index % 3 == 2).then_some(started + 31_536_000_000),
        "dateCancelled": is_denied.then_some(started + 86_400_000),
    });
    match kind {
        "CREDIT" => {
            reward["assignedCredit"] = json!(2_000);
            reward["redeemedCredit"] = json!(if is_redeemed { REDEEMED } else { 0 });
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
