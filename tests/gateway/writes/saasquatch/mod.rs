//! SaaSquatch's new referrals.

mod bad_inputs;
mod create;

use serde_json::{Value, json};

use super::{COMMON, mutate, newest};
use crate::harness::World;

const REFERRAL: &str = "id vendor remoteId status vendorStatus direction value { amount }
    referred { ... on Person { remoteId name firstName lastName email } }
    moderation { status referrer referred } allowedActions createdAt fetchedAt stale
    details { ... on SaasquatchReferral { referralCodeUsed programId referredUser { remoteId accountId locale countryCode } } }";

/// Somebody's referral code.
pub async fn code(world: &World) -> String {
    let user = "details { ... on SaasquatchReferral { referrerUser { referralCode } } }";
    let rows = newest(world, "SAASQUATCH", 20, user).await;
    let mut codes = rows
        .iter()
        .filter_map(|row| row["details"]["referrerUser"]["referralCode"].as_str());
    codes.find(|code| !code.is_empty()).unwrap().to_owned()
}

async fn create(world: &World, key: &str, saasquatch: Value) -> Value {
    let input = json!({ "idempotencyKey": key, "referral": { "saasquatch": saasquatch } });
    let selection = format!("{COMMON} referral {{ {REFERRAL} }} sharedReferral {{ id }}");
    mutate(world, "createReferral", input, &selection).await
}

fn switch(world: &World, name: &str, value: &str) {
    world.sandbox.set_switch("saasquatch", name, value).unwrap();
}
