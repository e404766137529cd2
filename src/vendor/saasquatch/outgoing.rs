//! The bodies of SaaSquatch's writes as its pages document them, made of what was asked for. Pure. What was left out is
//! left out here too: SaaSquatch is sent no nulls.

use serde::Serialize;

use super::schema::NewSaasquatchReferral;
use crate::model::{Decision, ModerationSide, Verdict};

/// A user who comes with somebody's code.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User<'a> {
    pub(super) id: &'a str,
    pub(super) account_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country_code: Option<&'a str>,
    referred_by_codes: [&'a str; 1],
}

/// Referrals approved and denied.
#[derive(Serialize)]
pub(super) struct Moderation<'a> {
    actions: Vec<Action<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Action<'a> {
    referral_id: &'a str,
    action: &'static str,
}

impl<'a> From<&'a NewSaasquatchReferral> for User<'a> {
    fn from(input: &'a NewSaasquatchReferral) -> Self {
        Self {
            id: &input.user_id,
            account_id: &input.account_id,
            email: input.email.as_deref(),
            first_name: input.first_name.as_deref(),
            last_name: input.last_name.as_deref(),
            locale: input.locale.as_deref(),
            country_code: input.country_code.as_deref(),
            referred_by_codes: [&input.referral_code],
        }
    }
}

impl<'a> Moderation<'a> {
    /// In the order given. The reason stays here: SaaSquatch has no place for it.
    pub(super) fn new(decisions: impl Iterator<Item = &'a Decision>) -> Self {
        let actions = decisions.map(|decision| Action {
            referral_id: &decision.referral,
            action: match (decision.side, decision.verdict) {
                (ModerationSide::Both, Verdict::Approve) => "APPROVED",
                (ModerationSide::Both, Verdict::Deny) => "DENIED",
                (ModerationSide::Referrer, Verdict::Approve) => "REFERRER_APPROVED",
                (ModerationSide::Referrer, Verdict::Deny) => "REFERRER_DENIED",
                (ModerationSide::Referred, Verdict::Approve) => "REFERRED_APPROVED",
                (ModerationSide::Referred, Verdict::Deny) => "REFERRED_DENIED",
            },
        });
        Self {
            actions: actions.collect(),
        }
    }
}
