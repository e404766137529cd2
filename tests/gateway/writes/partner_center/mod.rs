//! Partner Center's writes: new referrals, connected ones, changes on condition of a version, people and decisions.

mod changes;
mod create;
mod inputs;
mod moderate;
mod refusals;
mod settle;
mod share;
mod share_with;
mod team;
mod update;

use referral_gateway::sandbox::{Fault, Kind, Logged};
use serde_json::{Value, json};

use super::{COMMON, mutate, newest};
use crate::harness::World;

pub const REFERRALS: &str = "/v1.0/engagements/referrals";

pub const ONE: &str = "/v1.0/engagements/referrals/*";

/// What a payload and a later read are compared by.
pub const REFERRAL: &str = "id remoteId vendor name description status vendorStatus direction createdAt updatedAt expiresAt
    closedAt version stale allowedActions externalReference value { amount currency } engagement { id remoteId }
    facilitators { totalCount nodes { id role party { ... on Person { name email phone } } } }
    details { ... on PartnerCenterReferral {
        type status substatus statusReason qualification salesStage closingDate target { type remoteId }
        customerProfile { name size address { addressLine1 city postalCode country } team { firstName lastName email } }
        consent { shareInfoWithOthers contact shareWithMicrosoftSellers }
        requirements { solutions { remoteId name type } } inviteContext { notes assistanceRequest } team { email title }
    } }";

/// The least that a new referral can be.
pub fn least() -> Value {
    json!({
        "type": "INDEPENDENT",
        "customerProfile": { "name": "Northwind", "address": { "country": "US" } },
        "consent": { "consentToContact": true, "consentToShareInfoWithOthers": false },
        "details": {},
    })
}

/// The least that a shared referral can be.
pub fn shared() -> Value {
    let mut input = least();
    input["type"] = json!("SHARED");
    input["name"] = json!("Only once");
    input["customerProfile"]["team"] = json!([grace()]);
    input["details"] = json!({ "requirements": { "solutions": [{ "id": "SOL-1", "name": "S", "type": "NAME" }] } });
    input["target"] = json!([{ "type": "SOLUTION_PROFILE", "id": "SOL-1" }]);
    input
}

/// Microsoft as a second party.
pub fn microsoft() -> Value {
    json!({ "type": "BUSINESS_PROFILE_LOCATION", "id": "msft" })
}

/// The same, as answers have it.
pub fn at_microsoft() -> Value {
    json!({ "type": "BUSINESS_PROFILE_LOCATION", "remoteId": "msft" })
}

/// Someone who is on no seeded team of the partner's.
pub fn grace() -> Value {
    json!({ "firstName": "Grace", "lastName": "O'Neill", "email": "grace.oneill@example.test" })
}

/// Creates a referral, and gives back the payload.
pub async fn create(world: &World, key: &str, input: &Value) -> Value {
    let input = json!({ "idempotencyKey": key, "referral": { "partnerCenter": input } });
    let selection = format!("referral {{ {REFERRAL} }} sharedReferral {{ {REFERRAL} }} {COMMON}");
    mutate(world, "createReferral", input, &selection).await
}

/// Changes a referral, and gives back the payload.
pub async fn update(
    world: &World,
    key: &str,
    id: &str,
    version: Option<&str>,
    patch: &Value,
) -> Value {
    let input = json!({ "idempotencyKey": key, "id": id, "expectedVersion": version, "partnerCenter": patch });
    let selection = format!("referral {{ {REFERRAL} }} {COMMON}");
    mutate(world, "updateReferral", input, &selection).await
}

/// Shares a referral, and gives back the payload.
pub async fn share(world: &World, key: &str, id: &str, target: &Value) -> Value {
    let input = json!({ "idempotencyKey": key, "referralId": id, "target": target });
    let selection = format!(
        "referral {{ {REFERRAL} }} engagement {{ id remoteId referrals {{ nodes {{ id }} }} }} {COMMON}"
    );
    mutate(world, "shareReferral", input, &selection).await
}

/// Adds a member of the team, and gives back the payload.
pub async fn add(world: &World, key: &str, id: &str, member: &Value) -> Value {
    let party = json!({ "teamMember": member });
    let input =
        json!({ "idempotencyKey": key, "referralId": id, "party": party, "role": "TEAM_MEMBER" });
    let selection = format!(
        "facilitator {{ id vendor remoteId role side createdAt party {{ ... on Person {{ name email phone }} }} }}
        referral {{ {REFERRAL} }} {COMMON}"
    );
    mutate(world, "addFacilitator", input, &selection).await
}

/// Removes a member of the team, and gives back the payload.
pub async fn remove(world: &World, key: &str, id: &str) -> Value {
    let input = json!({ "idempotencyKey": key, "facilitatorId": id });
    let selection = format!("removedFacilitatorId referral {{ {REFERRAL} }} {COMMON}");
    mutate(world, "removeFacilitator", input, &selection).await
}

/// Decides on one referral, and gives back the payload.
pub async fn decide(world: &World, key: &str, id: &str, decision: &str) -> Value {
    let decision = json!({ "referralId": id, "decision": decision, "reason": "As agreed." });
    let input = json!({ "idempotencyKey": key, "decisions": [decision] });
    let selection = format!(
        "results {{ referralId outcome referral {{ {REFERRAL} }} userErrors {{ code message path }} }}
        operation {{ idempotencyKey state }} userErrors {{ code message path }}"
    );
    mutate(world, "moderateReferrals", input, &selection).await
}

/// The newest referral that is so.
pub async fn pick(world: &World, is_it: impl Fn(&Value) -> bool) -> Value {
    let rows = newest(world, "PARTNER_CENTER", 72, REFERRAL).await;
    rows.into_iter().find(|row| is_it(row)).unwrap()
}

/// The newest referral with this type and status.
pub async fn some(world: &World, kind: &str, status: &str) -> Value {
    let is_it = |row: &Value| row["details"]["type"] == kind && row["details"]["status"] == status;
    pick(world, is_it).await
}

/// A text of a record.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// How many referrals have this name.
pub async fn count_named(world: &World, name: &str) -> usize {
    let rows = newest(world, "PARTNER_CENTER", 100, "name").await;
    rows.iter().filter(|row| row["name"] == name).count()
}

/// The referrals of an engagement.
pub async fn engaged(world: &World, id: &Value) -> Vec<Value> {
    let query = "query($id: ID!) { engagement(id: $id) { referrals { nodes { id } } } }";
    let data = world.data_with(query, json!({ "id": id })).await;
    let nodes = data["engagement"]["referrals"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["id"].clone()).collect()
}

/// What went out with this method, tokens left out.
pub fn asked(world: &World, method: &str) -> Vec<Logged> {
    let mut asked = world.asked("partner-center");
    asked.retain(|request| request.method == method && !request.path.ends_with("/token"));
    asked
}

/// The next requests with this method meet this, after so many that do not.
pub fn fail(world: &World, method: &str, path: &str, after: u32, kind: Kind) {
    world.sandbox.fault(Fault {
        method: Some(method.to_owned()),
        path: Some(path.to_owned()),
        after,
        times: Some(1),
        ..Fault::new("partner-center", kind)
    });
}
