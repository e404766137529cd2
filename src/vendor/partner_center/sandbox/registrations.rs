//! Deal registrations of the seeded referrals, one in each state that a registration's history has a time for.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::json::Json;
use super::seed::{Deal, stamp, turn};
use crate::sandbox::world;

/// `ReviewPending` was seen; the others are named after the times of `statusHistory`.
const STATUSES: [&str; 5] = [
    "ReviewPending",
    "ActionRequired",
    "Failed",
    "Approved",
    "Passed",
];

/// Where the deal's registration stands, if it has one.
pub(super) fn status(deal: &Deal) -> Option<&'static str> {
    (deal.index % 12 == 2).then(|| turn(&STATUSES, deal.index / 12))
}

pub(super) fn registrations(deal: &Deal) -> Value {
    let Some(status) = status(deal) else {
        return if deal.index.is_multiple_of(2) {
            json!(null)
        } else {
            json!([])
        };
    };
    let is_finite = deal.index % 24 != 2;
    let (term, deployment, pricing) = if is_finite {
        ("Finite", "Partner", "Other")
    } else {
        ("Perpetual", "Customer", "PayAsYouGo")
    };
    // All of it lies before the last change, which is seven hours or more after the creation of these deals.
    let after = |hours: i64| stamp(deal.born + SignedDuration::from_hours(hours));
    let reason = match status {
        "ActionRequired" => Some("The signed contract is missing."),
        "Failed" => Some("The solution is not eligible for IP co-sell."),
        _ => None,
    };
    let is_transacted = deal.index % 36 == 14;
    let mut solution = json!({
        "id": "SOL-34104-EBB", "name": "Harbour Claims", "value": 100, "isDeployedOnAzure": true,
        "primaryDeploymentOn": deployment, "pricingModel": pricing,
        "marketplaceTransactionDetails": {
            "isMarketplaceTransacted": is_transacted,
            "marketplaceTransactionDateTime": is_transacted.then_some(&deal.created),
        },
    });
    // Sent with a new registration, but missing where the vendor lists what is read.
    if is_finite {
        solution["currency"] = json!("USD");
    }
    json!([{
        "id": world::id("partner-center/registration", &deal.index.to_string()).to_string(),
        "type": "AzureIPCoSell",
        "registrationDateTime": after(1),
        "status": status,
        "statusReason": reason,
        "contract": {
            "value": 100, "currency": "USD", "startDateTime": deal.created,
            "endDateTime": is_finite.then(|| after(365 * 24)),
            "signDateTime": deal.created, "term": term,
        },
        "solutionDetails": [solution],
        "statusHistory": {
            "reviewPendingDateTime": after(1),
            "actionRequiredDateTime": matches!(status, "ActionRequired" | "Failed").then(|| after(3)),
            "passedDateTime": matches!(status, "Passed" | "Approved").then(|| after(5)),
            "failedDateTime": (status == "Failed").then(|| after(5)),
            "approvedDateTime": (status == "Approved").then(|| after(6)),
        },
    }])
}

/// What the vendor adds to a registration that is appended to a referral's.
pub(super) fn register(referral: &mut Json, registration: &mut Json, now: Timestamp) {
    let id = referral.text("id").unwrap_or_default().to_owned();
    let now = stamp(now);
    let added = json!({
        "id": world::id("partner-center/registration", &format!("{id}/{now}")).to_string(),
        "registrationDateTime": now,
        "status": STATUSES[0],
        "statusReason": null,
        "statusHistory": {
            "reviewPendingDateTime": now, "actionRequiredDateTime": null, "passedDateTime": null,
            "failedDateTime": null, "approvedDateTime": null,
        },
    });
    if let (Json::Object(members), Json::Object(added)) = (registration, Json::from(added)) {
        members.extend(added);
    }
    referral.set("registrationStatus", Json::from(STATUSES[0]));
}
