//! What only this vendor has of a record. Lists are read without it ([`wire`](super::wire)).

#![expect(
    clippy::struct_field_names,
    reason = "fields are named as the vendor names them"
)]

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{DateTime, Decimal};
use crate::vendor::wire::{Row, decimal, epoch_millis, filled, flag};

/// A referral; <https://integrations.impact.com/brand-api-reference>.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Referral {
    #[serde(default)]
    pub(super) referred_user: Option<User>,
    #[serde(default)]
    pub(super) referrer_user: Option<User>,
    #[serde(default)]
    pub(super) referred_reward: Option<Reward>,
    #[serde(default)]
    pub(super) referrer_reward: Option<Reward>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) referral_code_used: Option<String>,
    #[serde(alias = "sharelinkUsed", default, deserialize_with = "filled")]
    pub(super) share_link_used: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) referred_moderation_status: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) referrer_moderation_status: Option<String>,
    #[serde(default)]
    pub(super) fraud_signals: Option<BTreeMap<String, Option<FraudSignal>>>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_referral_paid: Option<DateTime>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_referral_ended: Option<DateTime>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_converted: Option<DateTime>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_user_modified: Option<DateTime>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) program_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct FraudSignal {
    #[serde(deserialize_with = "filled")]
    pub(super) message: Option<String>,
    #[serde(deserialize_with = "decimal")]
    pub(super) score: Option<Decimal>,
}

/// A user, within a referral or by itself. Only the two ids together address one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct User {
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) account_id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) first_name: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) last_name: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) last_initial: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) email: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) referral_code: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) email_hash: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) image_url: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) cookie_id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) payment_provider_id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) locale: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) country_code: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) referral_source: Option<String>,
    #[serde(rename = "firstSeenIP", deserialize_with = "filled")]
    pub(super) first_seen_ip: Option<String>,
    #[serde(rename = "lastSeenIP", deserialize_with = "filled")]
    pub(super) last_seen_ip: Option<String>,
    #[serde(deserialize_with = "epoch_millis")]
    pub(super) date_created: Option<DateTime>,
    #[serde(deserialize_with = "epoch_millis")]
    pub(super) date_blocked: Option<DateTime>,
    pub(super) share_links: Option<Row>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Reward {
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<String>,
    #[serde(rename = "type", deserialize_with = "filled")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) reward_source: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) account_id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) user_id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) unit: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) currency: Option<String>,
    #[serde(deserialize_with = "decimal")]
    pub(super) assigned_credit: Option<Decimal>,
    #[serde(deserialize_with = "decimal")]
    pub(super) redeemed_credit: Option<Decimal>,
    #[serde(deserialize_with = "decimal")]
    pub(super) discount_percent: Option<Decimal>,
    #[serde(deserialize_with = "decimal")]
    pub(super) amount: Option<Decimal>,
    #[serde(deserialize_with = "filled")]
    pub(super) fuel_tank_code: Option<String>,
    #[serde(
        rename = "fueltankType",
        alias = "fuelTankType",
        deserialize_with = "filled"
    )]
    pub(super) fuel_tank_type: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) description: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub(super) cancellable: Option<bool>,
    #[serde(deserialize_with = "filled")]
    pub(super) unique_id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) program_id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) program_reward_key: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) global_reward_key: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) referral_id: Option<String>,
    pub(super) redemptions: Option<Row>,
    #[serde(deserialize_with = "epoch_millis")]
    pub(super) date_created: Option<DateTime>,
    #[serde(deserialize_with = "epoch_millis")]
    pub(super) date_scheduled_for: Option<DateTime>,
    #[serde(deserialize_with = "epoch_millis")]
    pub(super) date_given: Option<DateTime>,
    #[serde(deserialize_with = "epoch_millis")]
    pub(super) date_expires: Option<DateTime>,
    #[serde(deserialize_with = "epoch_millis")]
    pub(super) date_cancelled: Option<DateTime>,
}
