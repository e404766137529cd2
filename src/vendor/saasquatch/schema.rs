//! The GraphQL types that only this vendor has: a referral's own fields.

use async_graphql::{Enum, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::model::{DateTime, Decimal, Json};

/// A SaaSquatch referral's own fields. A field is null when SaaSquatch sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct SaasquatchReferral {
    /// The program that the referral belongs to; null in tenants with the one classic program.
    pub program_id: Option<String>,
    /// The referral code that the referred user came with.
    pub referral_code_used: Option<String>,
    /// The share link that the referred user came by.
    pub share_link_used: Option<String>,
    /// The referred side's moderation in SaaSquatch's own words, also where `moderation` has it as `UNRECOGNIZED`.
    pub referred_moderation_text: Option<String>,
    /// The referrer's side's moderation in SaaSquatch's own words, also where `moderation` has it as `UNRECOGNIZED`.
    pub referrer_moderation_text: Option<String>,
    /// What looked like fraud, one entry for each signal that was raised, in the order of their names.
    pub fraud_signals: Vec<SaasquatchFraudSignal>,
    /// Both sides' rewards, the referred side's first. Lists may lack them.
    pub rewards: Vec<SaasquatchReward>,
    /// The referred side's reward. Lists may lack it.
    pub referred_reward: Option<SaasquatchReward>,
    /// The referrer's reward. Lists may lack it.
    pub referrer_reward: Option<SaasquatchReward>,
    /// The user who was referred. Lists may lack them.
    pub referred_user: Option<SaasquatchUser>,
    /// The user who referred. Lists may lack them.
    pub referrer_user: Option<SaasquatchUser>,
    /// When the referral met its program's conditions.
    pub converted_at: Option<DateTime>,
    /// When the referred account became a paying one (classic programs).
    pub paid_at: Option<DateTime>,
    /// When the referral ended. The referral's `closedAt` is the same time.
    pub ended_at: Option<DateTime>,
    /// When one of its users last changed. SaaSquatch documents two meanings: a user was added or removed, or the referred
    /// user was modified.
    pub user_modified_at: Option<DateTime>,
}

/// Something about a SaaSquatch referral that looked like fraud.
/// A field is null when SaaSquatch sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct SaasquatchFraudSignal {
    /// What was compared: `name`, `ip`, `email` or `rate`; there may be others.
    pub name: String,
    /// What was found, in words.
    pub message: Option<String>,
    /// How much it weighs. The scale is not documented.
    pub score: Option<Decimal>,
}

/// A user of a SaaSquatch program, beyond what `referrer` and `referred` show.
/// A field is null when SaaSquatch sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct SaasquatchUser {
    /// The user's id, unique within the account. Often an e-mail address.
    pub remote_id: Option<String>,
    /// The account that the user belongs to. Both ids together address a user.
    pub account_id: Option<String>,
    /// The first letter of the family name.
    pub last_initial: Option<String>,
    /// The code with which the user refers others.
    pub referral_code: Option<String>,
    /// The MD5 of the e-mail address.
    pub email_hash: Option<String>,
    /// The address of a picture.
    pub image_url: Option<String>,
    /// The id of the user's cookie.
    pub cookie_id: Option<String>,
    /// The user's id at the payment provider.
    pub payment_provider_id: Option<String>,
    /// Language and region, such as `en_US`.
    pub locale: Option<String>,
    /// Country, ISO 3166 with two letters.
    pub country_code: Option<String>,
    /// How the user came, such as `DIRECT` or `UNKNOWN`; a domain in older records.
    pub referral_source: Option<String>,
    /// The IP address from which the user was first seen.
    #[graphql(name = "firstSeenIp")]
    pub first_seen_ip: Option<String>,
    /// The IP address from which the user was last seen.
    #[graphql(name = "lastSeenIp")]
    pub last_seen_ip: Option<String>,
    /// When the user was created.
    pub created_at: Option<DateTime>,
    /// When the user was blocked; null when not.
    pub blocked_at: Option<DateTime>,
    /// The user's share links as SaaSquatch writes them: their shape depends on the program.
    pub share_links: Option<Json>,
}

/// What a user of a SaaSquatch program got for a referral.
/// A field is null when SaaSquatch sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct SaasquatchReward {
    /// SaaSquatch's own id of the reward.
    pub remote_id: Option<String>,
    /// What kind of reward it is.
    #[graphql(name = "type")]
    pub kind: Option<SaasquatchRewardType>,
    /// The type in SaaSquatch's own words, also where `type` is `UNRECOGNIZED`.
    pub type_text: Option<String>,
    /// What it was given for.
    pub source: Option<SaasquatchRewardSource>,
    /// The source in SaaSquatch's own words, also where `source` is `UNRECOGNIZED`.
    pub source_text: Option<String>,
    /// The account that got it.
    pub account_id: Option<String>,
    /// The user who got it.
    pub user_id: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// In what the credit is counted, such as a currency or points.
    pub unit: Option<String>,
    /// Its currency, where it has one.
    pub currency: Option<String>,
    /// `CREDIT`: how much was given, in `unit`.
    pub assigned_credit: Option<Decimal>,
    /// `CREDIT`: how much of it was used, in `unit`.
    pub redeemed_credit: Option<Decimal>,
    /// `PCT_DISCOUNT`: how many percent off.
    pub discount_percent: Option<Decimal>,
    /// `FUELTANK`: what the code is worth.
    pub amount: Option<Decimal>,
    /// `FUELTANK`: the code.
    pub fuel_tank_code: Option<String>,
    /// `FUELTANK`: what the code gives, `PCT_DISCOUNT` or `CREDIT`.
    pub fuel_tank_type: Option<String>,
    /// `INTEGRATION`: what it is, in words.
    pub description: Option<String>,
    /// Whether denying the referral can still cancel it.
    pub cancellable: Option<bool>,
    /// Another id that SaaSquatch gives it.
    pub unique_id: Option<String>,
    /// The program that gave it.
    pub program_id: Option<String>,
    /// Which of the program's rewards it is.
    pub program_reward_key: Option<String>,
    /// Which of the tenant's rewards it is.
    pub global_reward_key: Option<String>,
    /// The referral that it was given for.
    pub referral_id: Option<String>,
    /// How it was redeemed, as SaaSquatch writes it: the shape is not documented.
    pub redemptions: Option<Json>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// For when it is scheduled.
    pub scheduled_for: Option<DateTime>,
    /// When it was given.
    pub given_at: Option<DateTime>,
    /// When it runs out.
    pub expires_at: Option<DateTime>,
    /// When it was cancelled; null when not.
    pub cancelled_at: Option<DateTime>,
}

/// Kinds of SaaSquatch rewards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum SaasquatchRewardType {
    /// So many percent off.
    PctDiscount,
    /// An amount to spend.
    Credit,
    /// A code, in `fuelTankCode`.
    #[graphql(name = "FUELTANK")]
    FuelTank,
    /// A reward of an integration, told in `description`.
    Integration,
    /// A value that SaaSquatch does not document; its own word is in `typeText`.
    Unrecognized,
}

/// What a SaaSquatch reward was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum SaasquatchRewardSource {
    /// A friend signed up.
    FriendSignup,
    /// The user was referred.
    Referred,
    /// Someone gave it by hand.
    Manual,
    /// A value that SaaSquatch does not document; its own word is in `sourceText`.
    Unrecognized,
}

/// A new referral at SaaSquatch: a user who comes with somebody's referral code. The user is registered, or changed if
/// SaaSquatch knows them.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSaasquatchReferral {
    /// The referred user's account, 1 to 200 characters. An account can be referred once.
    pub account_id: String,
    /// The referred user, 1 to 200 characters; with impact.com the same as the account.
    pub user_id: String,
    /// The user's e-mail address.
    pub email: Option<String>,
    /// The user's given name, at most 200 characters.
    pub first_name: Option<String>,
    /// The user's family name, at most 200 characters.
    pub last_name: Option<String>,
    /// The user's language and country, as in `en_US`.
    pub locale: Option<String>,
    /// The user's country, two letters of ISO 3166.
    pub country_code: Option<String>,
    /// The referrer's code, 1 to 100 characters.
    pub referral_code: String,
}
