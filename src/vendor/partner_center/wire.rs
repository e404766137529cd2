//! The JSON as Microsoft documents it. Documented samples omit what is empty, real answers carry nulls: both read the
//! same. An empty text counts as none.

use std::borrow::Cow;
use std::mem::take;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use crate::model::{DateTime, Decimal};
use crate::vendor::wire::{List, Row, decimal, filled, integer, list, text, time};

/// A page of the list. Without `value` it is no list.
#[derive(Debug, Deserialize)]
pub(super) struct ReferralList {
    #[serde(deserialize_with = "list")]
    pub(super) value: Vec<Row>,
    #[serde(rename = "@odata.nextLink", default, deserialize_with = "filled")]
    pub(super) next_link: Option<String>,
}

impl List for ReferralList {
    const NAMES: &'static [&'static str] = &["value"];

    fn take_rows(&mut self) -> Vec<Row> {
        take(&mut self.value)
    }
}

/// What the token endpoint answers; its numbers are written as texts.
#[derive(Deserialize)]
pub(super) struct Grant {
    #[serde(default, deserialize_with = "secret")]
    pub(super) access_token: Option<SecretString>,
    #[serde(default, deserialize_with = "secret")]
    pub(super) refresh_token: Option<SecretString>,
    #[serde(default, deserialize_with = "integer")]
    pub(super) expires_in: Option<i64>,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(filled(deserializer)?.map(|text: String| text.into()))
}

/// How the token endpoint refuses.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    #[serde(deserialize_with = "text")]
    pub(super) error: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) error_description: Option<String>,
    #[serde(deserialize_with = "list")]
    pub(super) error_codes: Vec<ErrorCode>,
}

/// The number of a refusal, possibly written as a text like the numbers of a grant.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct ErrorCode {
    #[serde(deserialize_with = "integer")]
    pub(super) number: Option<i64>,
}

/// What of a referral its record is made of; the rest of it is in [`whole`](super::whole).
/// <https://learn.microsoft.com/partner-center/developer/referral-resources>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Referral<'a> {
    #[serde(deserialize_with = "crate::vendor::wire::id")]
    pub(super) id: Cow<'a, str>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) engagement_id: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) organization_id: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) organization_name: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) external_reference_id: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "time")]
    pub(super) created_date_time: Option<DateTime>,
    #[serde(default, deserialize_with = "time")]
    pub(super) updated_date_time: Option<DateTime>,
    #[serde(default, deserialize_with = "time")]
    pub(super) expiration_date_time: Option<DateTime>,
    #[serde(default, deserialize_with = "time")]
    pub(super) closed_date_time: Option<DateTime>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) substatus: Option<Cow<'a, str>>,
    #[serde(rename = "type", default, deserialize_with = "filled")]
    pub(super) kind: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) e_tag: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) sales_stage: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) direction: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "list")]
    pub(super) target: Vec<Target>,
    #[serde(default)]
    pub(super) customer_profile: Option<CustomerProfile<'a>>,
    #[serde(default)]
    pub(super) details: Option<Details<'a>>,
    #[serde(default)]
    pub(super) invite_context: Option<InviteContext>,
    #[serde(default, deserialize_with = "list")]
    pub(super) team: Vec<Member<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Target {
    #[serde(rename = "type", deserialize_with = "filled")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<String>,
}

/// The customer.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct CustomerProfile<'a> {
    #[serde(deserialize_with = "filled")]
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "list")]
    pub(super) team: Vec<Member<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Member<'a> {
    #[serde(deserialize_with = "filled")]
    pub(super) first_name: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "filled")]
    pub(super) last_name: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "filled")]
    pub(super) phone_number: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "filled")]
    pub(super) email: Option<Cow<'a, str>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Details<'a> {
    #[serde(deserialize_with = "filled")]
    pub(super) notes: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "decimal")]
    pub(super) deal_value: Option<Decimal>,
    #[serde(deserialize_with = "filled")]
    pub(super) currency: Option<Cow<'a, str>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct InviteContext {
    pub(super) invited_by: Option<InvitedBy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct InvitedBy {
    #[serde(deserialize_with = "filled")]
    pub(super) organization_id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) organization_name: Option<String>,
}
