//! Whether a record is as a patch would make it.

use super::patch::currency;
use crate::model::{DateTime, Decimal};
use crate::vendor::partner_center::map::words::Word;
use crate::vendor::partner_center::map::{email_key, member_key};
use crate::vendor::partner_center::schema::{
    PartnerCenterPatch, PartnerCenterSolutionInput, TeamMemberInput,
};
use crate::vendor::partner_center::whole;

/// The vendor's times have seven digits after the second.
const TICK: i128 = 100;

/// Whether a record has every value that the patch gives.
pub(super) fn is_so(patch: &PartnerCenterPatch, record: &whole::Referral) -> bool {
    let details = record.details.as_ref();
    let status = patch.status.and_then(Word::word);
    let substatus = patch.substatus.and_then(Word::word);
    let notes = details.and_then(|it| it.notes.as_deref());
    let texts = [
        (status, record.status.as_deref()),
        (substatus, record.substatus.as_deref()),
        (
            patch.status_reason.as_deref(),
            record.status_reason.as_deref(),
        ),
        (patch.notes.as_deref(), notes),
        (
            patch.external_reference.as_deref(),
            record.external_reference_id.as_deref(),
        ),
        (patch.campaign_id.as_deref(), record.campaign_id.as_deref()),
        (
            patch.referral_program.as_deref(),
            record.referral_program.as_deref(),
        ),
        (patch.sales_stage.as_deref(), record.sales_stage.as_deref()),
    ];
    let consent = record.consent.as_ref();
    let consent = consent.and_then(|it| it.consent_to_share_referral_with_microsoft_sellers);
    let wanted_consent = patch.consent_to_share_referral_with_microsoft_sellers;
    let profile = record.customer_profile.as_ref();
    let customer_team = profile.map_or(&[][..], |it| &it.team);
    texts.into_iter().all(|(wanted, is)| has_text(wanted, is))
        && has(wanted_consent, consent)
        && has_amount(patch, details)
        && has_time(
            patch.closing_date,
            details.and_then(|it| it.closing_date_time),
        )
        && has_members(patch.team.as_deref(), &record.team)
        && has_members(patch.customer_team.as_deref(), customer_team)
        && has_solutions(patch.solutions.as_deref(), details)
}

/// What is not asked for is as it should be.
fn has<T: Copy + PartialEq>(wanted: Option<T>, is: Option<T>) -> bool {
    wanted.is_none() || wanted == is
}

/// Cut or rounded to what the vendor keeps of a time, it is the same.
fn has_time(wanted: Option<DateTime>, is: Option<DateTime>) -> bool {
    let nanoseconds = |time: DateTime| time.0.as_nanosecond();
    wanted.is_none_or(|wanted| {
        is.is_some_and(|is| (nanoseconds(wanted) - nanoseconds(is)).abs() < TICK)
    })
}

/// A blank text and none are the same to the vendor.
fn has_text(wanted: Option<&str>, is: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| wanted.trim() == is.unwrap_or_default().trim())
}

fn has_amount(patch: &PartnerCenterPatch, details: Option<&whole::Details>) -> bool {
    let value: Option<&Decimal> = details.and_then(|it| it.deal_value.as_ref());
    let is = details.and_then(|it| it.currency.as_deref());
    has(patch.deal_value.as_ref(), value)
        && has_text(patch.currency.as_deref().map(currency).as_deref(), is)
}

/// In whatever order they are: people are told apart by their e-mail addresses.
fn has_members(wanted: Option<&[TeamMemberInput]>, are: &[whole::Member]) -> bool {
    let same = |wanted: &TeamMemberInput, is: &whole::Member| {
        let texts = [
            (Some(&wanted.first_name), is.first_name.as_ref()),
            (Some(&wanted.last_name), is.last_name.as_ref()),
            (wanted.phone_number.as_ref(), is.phone_number.as_ref()),
            (wanted.title.as_ref(), is.title.as_ref()),
        ];
        let mut texts = texts.into_iter();
        member_key(is.email.as_deref()) == Some(email_key(&wanted.email))
            && texts
                .all(|(wanted, is)| has_text(wanted.map(String::as_str), is.map(String::as_str)))
    };
    wanted.is_none_or(|wanted| {
        let is_there = |wanted| are.iter().any(|is| same(wanted, is));
        wanted.len() == are.len() && wanted.iter().all(is_there)
    })
}

fn has_solutions(
    wanted: Option<&[PartnerCenterSolutionInput]>,
    details: Option<&whole::Details>,
) -> bool {
    let requirements = details.and_then(|it| it.requirements.as_ref());
    let are = requirements.map_or(&[][..], |it| &it.solutions);
    let same = |(wanted, is): (&PartnerCenterSolutionInput, &whole::Solution)| {
        let kind = wanted.kind.and_then(Word::word);
        has_text(Some(&wanted.id), is.id.as_deref())
            && has_text(wanted.name.as_deref(), is.name.as_deref())
            && has_text(kind, is.kind.as_deref())
    };
    wanted.is_none_or(|wanted| wanted.len() == are.len() && wanted.iter().zip(are).all(same))
}
