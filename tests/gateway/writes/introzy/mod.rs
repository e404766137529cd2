//! Introzy's writes.

mod bad_inputs;
mod convert;
mod create;
mod facilitators;
mod notes;

pub use facilitators::stranger;

use serde_json::{Value, json};

use super::{newest, read};
use crate::harness::World;
use referral_gateway::model::Vendor;

/// With the sandbox's key.
const AUTHORIZATION: &str =
    "Bearer introzy_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// When the worlds of the tests begin.
const NOW: &str = "2026-11-01T09:00:00Z";

/// The global id of one of Introzy's referrals.
fn id(remote_id: &str) -> String {
    super::id(Vendor::Introzy, remote_id)
}

/// A new referral between two people.
pub fn filled(pair: &[String; 2]) -> Value {
    filled_with(pair, &json!({}))
}

/// The same, with some fields otherwise.
pub fn filled_with([seeker, provider]: &[String; 2], difference: &Value) -> Value {
    let mut input = json!({
        "seekerId": seeker, "providerId": provider, "name": "A → B", "description": "What it is about",
        "expectedValue": "12.5", "currency": "EUR",
    });
    let fields = input.as_object_mut().unwrap();
    fields.extend(difference.as_object().unwrap().clone());
    input
}

/// The ids of Introzy's people.
pub async fn people(world: &World) -> Vec<String> {
    let data = world
        .data("{ people(vendor: INTROZY, search: \"a\", first: 100) { remoteId } }")
        .await;
    let people = data["people"].as_array().unwrap().iter();
    people
        .map(|person| person["remoteId"].as_str().unwrap().to_owned())
        .collect()
}

/// Two people between whom there is no referral, in neither direction.
pub async fn pair(world: &World) -> [String; 2] {
    let sides = "details { ... on IntrozyReferral { seeker { remoteId } provider { remoteId } } }";
    let rows = newest(world, "INTROZY", 100, sides).await;
    let is_taken = |one: &String, other: &String| {
        rows.iter().any(|row| {
            let side = |name: &str| row["details"][name]["remoteId"].clone();
            let sides = [side("seeker"), side("provider")];
            sides == [json!(one), json!(other)] || sides == [json!(other), json!(one)]
        })
    };
    let people = people(world).await;
    for one in &people {
        for other in &people {
            if one != other && !is_taken(one, other) {
                return [one.clone(), other.clone()];
            }
        }
    }
    panic!("everybody has been introduced to everybody");
}

/// The id of a company.
pub async fn company(world: &World) -> String {
    let party = "details { ... on IntrozyReferral { seeker { company { remoteId } } } }";
    let rows = newest(world, "INTROZY", 50, party).await;
    let mut ids = rows
        .iter()
        .filter_map(|row| row["details"]["seeker"]["company"]["remoteId"].as_str());
    ids.next().unwrap().to_owned()
}

/// A referral that is not converted yet, with its ids.
pub async fn referral(world: &World) -> Value {
    for row in newest(world, "INTROZY", 20, "id remoteId").await {
        if !is_converted(world, row["id"].as_str().unwrap()).await {
            return row;
        }
    }
    panic!("all of them are converted");
}

/// Whether a referral has become a deal.
pub async fn is_converted(world: &World, id: &str) -> bool {
    let preview = "details { ... on IntrozyReferral { feePreview { isConverted } } }";
    let referral = read(world, id, preview).await;
    referral["details"]["feePreview"]["isConverted"] == true
}

/// Somebody with an employer, other than this one, and not yet referred to them.
async fn employed(world: &World, provider: &str) -> String {
    let sides = "details { ... on IntrozyReferral { seeker { remoteId company { remoteId } } provider { remoteId } } }";
    let rows = newest(world, "INTROZY", 100, sides).await;
    let mut seekers = rows.iter().map(|row| &row["details"]);
    let found = seekers.find(|row| {
        let seeker = &row["seeker"];
        let is_free = !rows.iter().any(|other| {
            let other = &other["details"];
            other["seeker"]["remoteId"] == seeker["remoteId"]
                && other["provider"]["remoteId"] == provider
        });
        seeker["company"]["remoteId"].is_string() && seeker["remoteId"] != provider && is_free
    });
    found.unwrap()["seeker"]["remoteId"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The facilitators of some referrals, each with its global id.
async fn all_facilitators(world: &World) -> Vec<String> {
    let rows = newest(
        world,
        "INTROZY",
        100,
        "facilitators(first: 100) { nodes { id } }",
    )
    .await;
    let lists = rows
        .iter()
        .map(|row| row["facilitators"]["nodes"].as_array().unwrap());
    lists
        .flatten()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

/// How many facilitators there are on all referrals.
pub async fn facilitators(world: &World) -> u64 {
    all_facilitators(world).await.len() as u64
}

/// Two facilitators who are there.
pub async fn removable(world: &World) -> [String; 2] {
    let mut all = all_facilitators(world).await.into_iter();
    [all.next().unwrap(), all.next().unwrap()]
}
