//! The JSON as SaaSquatch documents it. Times are milliseconds since 1970. Newer answers lack fields that older ones have,
//! and the other way round; an empty text counts as none.

#![expect(
    clippy::struct_field_names,
    reason = "fields are named as the vendor names them"
)]

use std::borrow::Cow;
use std::mem::take;

use serde::Deserialize;

use crate::model::DateTime;
use crate::vendor::wire::{List, Row, epoch_millis, filled, id, integer, list, text};

/// A page of the list of referrals. Without `referrals` it is no list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReferralList {
    #[serde(deserialize_with = "list")]
    pub(super) referrals: Vec<Row>,
    /// How many referrals there are in all.
    #[serde(default, deserialize_with = "integer")]
    pub(super) total_count: Option<i64>,
}

impl List for ReferralList {
    const NAMES: &'static [&'static str] = &["referrals"];

    fn take_rows(&mut self) -> Vec<Row> {
        take(&mut self.referrals)
    }
}

/// A page of the list of users. Without `users` it is no list.
#[derive(Debug, Deserialize)]
pub(super) struct UserList {
    #[serde(deserialize_with = "list")]
    pub(super) users: Vec<Row>,
}

/// How an error is said.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Failure {
    #[serde(deserialize_with = "text")]
    pub(super) api_error_code: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) rs_code: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) message: Option<String>,
}

/// What of a referral its record is made of, and by which writes know it again; the rest of it is in
/// [`whole`](super::whole). <https://integrations.impact.com/brand-api-reference>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Referral<'a> {
    #[serde(deserialize_with = "id")]
    pub(super) id: Cow<'a, str>,
    #[serde(default)]
    pub(super) referred_user: Option<User<'a>>,
    #[serde(default)]
    pub(super) referrer_user: Option<User<'a>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) referral_code_used: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) moderation_status: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) referred_moderation_status: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) referrer_moderation_status: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_referral_started: Option<DateTime>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_referral_paid: Option<DateTime>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_referral_ended: Option<DateTime>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_moderated: Option<DateTime>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_converted: Option<DateTime>,
    #[serde(default, deserialize_with = "epoch_millis")]
    pub(super) date_modified: Option<DateTime>,
}

/// A user, within a referral or by itself. Only the two ids together address one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct User<'a> {
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "filled")]
    pub(super) account_id: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "filled")]
    pub(super) first_name: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "filled")]
    pub(super) last_name: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "filled")]
    pub(super) email: Option<Cow<'a, str>>,
}
