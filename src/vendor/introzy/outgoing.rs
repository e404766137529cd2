//! The bodies of Introzy's writes as its pages document them, made of what was asked for. Pure. What was left out is left
//! out here too: Introzy is sent no nulls.

use serde::Serialize;
use serde_json::value::RawValue;

use super::schema;
use crate::model::{
    self, AmountStructure, Decimal, FacilitatorParty, FacilitatorRole, FacilitatorSide,
    NewFacilitator,
};

/// A new referral opportunity.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReferralOpp<'a> {
    seeker_id: &'a str,
    provider_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    connector_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_value: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_id: Option<&'a str>,
}

/// A new facilitator. Roles and sides are lower case.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facilitator<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_id: Option<&'a str>,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<&'static str>,
}

/// What a deal is to be. The form of its days is not documented; they are sent as `YYYY-MM-DD`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conversion<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    deal_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deal_description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger_fee_calculation: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_structure: Option<AmountStructure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period_start: Option<model::Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period_end: Option<model::Date>,
}

/// A new note.
#[derive(Serialize)]
pub(super) struct Note<'a> {
    pub(super) content: &'a str,
}

impl<'a> From<&'a schema::NewIntrozyReferral> for ReferralOpp<'a> {
    fn from(input: &'a schema::NewIntrozyReferral) -> Self {
        Self {
            seeker_id: &input.seeker_id,
            provider_id: &input.provider_id,
            connector_id: input.connector_id.as_ref().map(|id| id.as_str()),
            name: input.name.as_deref(),
            description: input.description.as_deref(),
            expected_value: input.expected_value.as_ref().map(number),
            currency: input.currency.as_deref(),
            product_id: input.product_id.as_ref().map(|id| id.as_str()),
        }
    }
}

impl<'a> Facilitator<'a> {
    /// `None` for what Introzy has no facilitators of, which the check refuses.
    pub(super) fn new(facilitator: &'a NewFacilitator) -> Option<Self> {
        let (user_id, company_id) = match &facilitator.party {
            FacilitatorParty::User(id) => (Some(id.as_str()), None),
            FacilitatorParty::Company(id) => (None, Some(id.as_str())),
            FacilitatorParty::TeamMember(_) => return None,
        };
        Some(Self {
            user_id,
            company_id,
            role: match facilitator.role {
                FacilitatorRole::Connector => "connector",
                FacilitatorRole::Facilitator => "facilitator",
                FacilitatorRole::ReferralSource => "referral_source",
                FacilitatorRole::TeamMember | FacilitatorRole::Unrecognized => return None,
            },
            side: facilitator.side.map(|side| match side {
                FacilitatorSide::Seeker => "seeker",
                FacilitatorSide::Provider => "provider",
            }),
        })
    }
}

impl<'a> From<&'a model::Conversion> for Conversion<'a> {
    fn from(conversion: &'a model::Conversion) -> Self {
        Self {
            deal_name: conversion.deal_name.as_deref(),
            deal_description: conversion.deal_description.as_deref(),
            trigger_fee_calculation: conversion.trigger_fee_calculation,
            amount_structure: conversion.amount_structure,
            period_start: conversion.period_start,
            period_end: conversion.period_end,
        }
    }
}

/// The digits as they are, as a number: no float in between rounds them.
fn number(decimal: &Decimal) -> Box<RawValue> {
    RawValue::from_string(decimal.to_string()).expect("a decimal's digits are a number of JSON")
}

/// What keeps `[@` from beginning a mention.
const WORD_JOINER: char = '\u{2060}';

/// A note's text in which nothing is a mention. Introzy makes one of every `[@Name](person:…)` and `[@Name](company:…)`,
/// whoever wrote it. A word joiner after the bracket keeps it from doing so; it has no width and breaks no line, so
/// people read the text as it was written.
pub(super) fn without_mentions(text: &str) -> String {
    text.replace("[@", &format!("[{WORD_JOINER}@"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_all_its_digits_and_needs_no_quotes() {
        for digits in [
            "0",
            "50000",
            "0.1",
            "12345678901234567.89",
            "9007199254740993",
        ] {
            assert_eq!(number(&digits.parse().unwrap()).get(), digits);
        }
        assert_eq!(number(&"1.5e3".parse().unwrap()).get(), "1500");
    }

    #[test]
    fn a_text_forms_no_mention_and_keeps_every_character() {
        let text =
            "See [@Ada](person:0f8fad5b-d9cb-469f-a165-70867728950e), [[@x] and a@b [link](x).";
        let escaped = without_mentions(text);
        assert!(!escaped.contains("[@"), "{escaped}");
        assert_eq!(escaped.replace(WORD_JOINER, ""), text);
        assert_eq!(without_mentions("a@b [link](x)"), "a@b [link](x)");
    }
}
