//! Introzy's JSON as its pages document it. Only what the gateway uses is named; the record itself is kept as `raw`.

use std::borrow::Cow;
use std::mem::take;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::model::{DateTime, Decimal};
use crate::vendor::wire::{self, Row};

/// What every answer comes in, those of `/api/pipeline-deals` excepted.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<T> {
    #[serde(default, deserialize_with = "wire::flag")]
    pub(super) success: Option<bool>,
    pub(super) data: Option<T>,
}

/// The `data` of every list. Each names its rows by what they are.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct List {
    #[serde(
        rename = "referralOpps",
        alias = "facilitators",
        alias = "notes",
        alias = "people",
        deserialize_with = "wire::list"
    )]
    pub(super) rows: Vec<Row>,
    #[serde(default, deserialize_with = "wire::integer")]
    pub(super) total: Option<i64>,
    #[serde(default, deserialize_with = "wire::integer")]
    pub(super) limit: Option<i64>,
    #[serde(default, deserialize_with = "wire::flag")]
    pub(super) has_more: Option<bool>,
}

impl wire::List for Envelope<List> {
    const NAMES: &'static [&'static str] =
        &["data", "referralOpps", "facilitators", "notes", "people"];

    fn take_rows(&mut self) -> Vec<Row> {
        let list = self.data.as_mut();
        list.map(|list| take(&mut list.rows)).unwrap_or_default()
    }
}

/// A referral opportunity.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct ReferralOpp<'a> {
    #[serde(deserialize_with = "wire::id")]
    pub(super) id: Cow<'a, str>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) pipeline_deal_id: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) description: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::decimal")]
    pub(super) expected_value: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) currency: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) stage: Option<Stage>,
    #[serde(default)]
    pub(super) owner: Option<Party<'a>>,
    #[serde(default)]
    pub(super) seeker: Option<Party<'a>>,
    #[serde(default)]
    pub(super) provider: Option<Party<'a>>,
    #[serde(default)]
    pub(super) connector: Option<Party<'a>>,
    #[serde(default)]
    pub(super) facilitators: Option<Vec<Facilitator<'a>>>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) created_at: Option<DateTime>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) updated_at: Option<DateTime>,
}

/// A stage, within a referral opportunity or a pipeline.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Stage {
    #[serde(deserialize_with = "wire::text")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) label: Option<String>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) color: Option<String>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) description: Option<String>,
    #[serde(deserialize_with = "wire::integer")]
    pub(super) sort_order: Option<i64>,
}

/// An owner, seeker, provider or connector, a facilitator's user, or a row of `/api/people`: each has some of these.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Party<'a> {
    #[serde(rename = "type", deserialize_with = "wire::text")]
    pub(super) kind: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) first_name: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) last_name: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) email: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) phone_number: Option<Cow<'a, str>>,
    pub(super) company: Option<Company<'a>>,
}

/// A company, wherever one is named.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Company<'a> {
    #[serde(deserialize_with = "wire::text")]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) name: Option<Cow<'a, str>>,
}

/// A facilitator, embedded (without `createdAt`) or from its own list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Facilitator<'a> {
    #[serde(deserialize_with = "wire::id")]
    pub(super) id: Cow<'a, str>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) user_id: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) company_id: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) role: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) side: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) user: Option<Party<'a>>,
    #[serde(default)]
    pub(super) company: Option<Company<'a>>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) created_at: Option<DateTime>,
}

/// A note on a deal.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Note {
    #[serde(deserialize_with = "wire::id")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) content: Option<String>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) created_at: Option<DateTime>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) updated_at: Option<DateTime>,
}

/// The `data` of one pipeline.
#[derive(Debug, Deserialize)]
pub(super) struct Pipeline {
    #[serde(deserialize_with = "wire::list")]
    pub(super) stages: Vec<Stage>,
}

/// What converting would cost. The shapes within `feePlans` and `facilitators` are not documented.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeePreview {
    /// The one key that both documented samples have. Without it the answer says nothing on which a conversion could
    /// be decided.
    #[serde(deserialize_with = "wire::flag")]
    pub(super) is_converted: Option<bool>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) message: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) organization_id: Option<String>,
    #[serde(default, deserialize_with = "wire::decimal")]
    pub(super) deal_value: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::decimal")]
    pub(super) expected_value: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::integer")]
    pub(super) estimated_chain_count: Option<i64>,
    #[serde(default, deserialize_with = "wire::integer")]
    pub(super) facilitator_count: Option<i64>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) connector_user_id: Option<String>,
    #[serde(default, deserialize_with = "wire::raw")]
    pub(super) fee_plans: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "wire::raw")]
    pub(super) facilitators: Option<Box<RawValue>>,
}

/// What a conversion made: the sample breaks off after the deal's amount.
#[derive(Debug, Deserialize)]
pub(super) struct Converted {
    pub(super) deal: Deal,
}

/// A finance deal.
#[derive(Debug, Deserialize)]
pub(super) struct Deal {
    #[serde(deserialize_with = "wire::id")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "wire::decimal")]
    pub(super) amount: Option<Decimal>,
}

/// A refusal, in its envelope or, as those of `/api/pipeline-deals` may be, without one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    pub(super) error: Option<FailureText>,
    #[serde(flatten)]
    pub(super) bare: FailureText,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FailureText {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}
