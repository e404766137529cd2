//! One write of each kind of Introzy's and SaaSquatch's, for what is the same with all of them.

use serde_json::{Value, json};

use super::{COMMON, introzy, mutate, read, saasquatch, sent, try_mutate};
use crate::harness::World;

/// The kinds of writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Create,
    Add,
    Remove,
    Convert,
    Note,
    Refer,
}

/// A write that has not been made yet.
pub struct Case {
    pub kind: Kind,
    /// The vendor's mount.
    pub vendor: &'static str,
    pub field: &'static str,
    /// Without a key.
    pub input: Value,
    /// The same, but for something else.
    pub other: Value,
    /// The payload's own fields.
    selection: &'static str,
    /// What it is about, where that is there before.
    referral: Option<String>,
}

pub const KINDS: [Kind; 6] = [
    Kind::Create,
    Kind::Add,
    Kind::Remove,
    Kind::Convert,
    Kind::Note,
    Kind::Refer,
];

impl Case {
    pub async fn of(kind: Kind, world: &World) -> Self {
        if kind == Kind::Refer {
            let code = saasquatch::code(world).await;
            let input = |user: &str| {
                let user = json!({ "accountId": "a1", "userId": user, "referralCode": code });
                json!({ "referral": { "saasquatch": user } })
            };
            return Self {
                kind,
                vendor: "saasquatch",
                field: "createReferral",
                input: input("u1"),
                other: input("u2"),
                selection: "referral { id }",
                referral: None,
            };
        }
        let about = introzy::referral(world).await;
        let id = about["id"].as_str().unwrap();
        let (field, input, difference, selection) = match kind {
            Kind::Create => {
                let pair = introzy::pair(world).await;
                let input = introzy::filled(&pair);
                let other = introzy::filled_with(&pair, &json!({ "name": "Other" }));
                (
                    "createReferral",
                    json!({ "referral": { "introzy": input } }),
                    json!({ "referral": { "introzy": other } }),
                    "referral { id }",
                )
            }
            Kind::Add => {
                let user = introzy::stranger(world, &about["id"]).await;
                (
                    "addFacilitator",
                    json!({ "referralId": id, "party": { "userId": user }, "role": "FACILITATOR" }),
                    json!({ "role": "CONNECTOR" }),
                    "facilitator { id remoteId role } referral { id }",
                )
            }
            Kind::Remove => {
                let [row, other] = introzy::removable(world).await;
                (
                    "removeFacilitator",
                    json!({ "facilitatorId": row }),
                    json!({ "facilitatorId": other }),
                    "removedFacilitatorId referral { id }",
                )
            }
            Kind::Convert => (
                "convertReferral",
                json!({ "referralId": id }),
                json!({ "dealName": "Other" }),
                "deal { remoteId name amount } referral { id }",
            ),
            Kind::Note | Kind::Refer => (
                "addNote",
                json!({ "referralId": id, "content": "A note" }),
                json!({ "content": "Another note" }),
                "note { remoteId content }",
            ),
        };
        let mut other = input.clone();
        let fields = difference.as_object().unwrap().clone();
        other.as_object_mut().unwrap().extend(fields);
        Self {
            kind,
            vendor: "introzy",
            field,
            input,
            other,
            selection,
            referral: Some(id.to_owned()),
        }
    }

    fn keyed(input: &Value, key: &str) -> Value {
        let mut input = input.clone();
        input["idempotencyKey"] = json!(key);
        input
    }

    /// Makes it, which must bring no error.
    pub async fn make(&self, world: &World, key: &str) -> Value {
        let selection = format!("{COMMON} {}", self.selection);
        mutate(world, self.field, Self::keyed(&self.input, key), &selection).await
    }

    /// Makes the other one.
    pub async fn make_other(&self, world: &World, key: &str) -> Value {
        let selection = format!("{COMMON} {}", self.selection);
        mutate(world, self.field, Self::keyed(&self.other, key), &selection).await
    }

    /// Makes it, and gives back `{data, errors}`.
    pub async fn try_make(&self, world: &World, key: &str) -> Value {
        try_mutate(world, self.field, Self::keyed(&self.input, key), COMMON).await
    }

    /// How many writes of its vendor were sent.
    pub fn sent(&self, world: &World) -> usize {
        sent(world, self.vendor).len()
    }

    /// How many records there are of what it makes, or takes away.
    pub async fn count(&self, world: &World) -> u64 {
        let (list, pointer) = match self.kind {
            Kind::Create | Kind::Refer => return total(world, self.vendor).await,
            Kind::Remove => return introzy::facilitators(world).await,
            Kind::Add => ("facilitators { totalCount }", "/facilitators/totalCount"),
            Kind::Note => ("notes { totalCount }", "/notes/totalCount"),
            Kind::Convert => {
                let id = self.referral.as_deref().unwrap();
                return introzy::is_converted(world, id).await.into();
            }
        };
        let referral = read(world, self.referral.as_deref().unwrap(), list).await;
        referral.pointer(pointer).unwrap().as_u64().unwrap()
    }

    /// How many records there are once it has taken effect.
    pub fn after(&self, before: u64) -> u64 {
        match self.kind {
            Kind::Remove => before - 1,
            _ => before + 1,
        }
    }
}

async fn total(world: &World, vendor: &str) -> u64 {
    let vendor = vendor.to_uppercase();
    let rows = super::newest(world, &vendor, 100, "id").await;
    rows.len() as u64
}
