//! From SaaSquatch's words to ours. Pure.

mod details;

#[cfg(test)]
mod tests;

use serde_json::value::RawValue;

use super::{schema, wire};
use crate::model::{
    Facilitators, Json, Moderation, ModerationProgress, ModerationStatus, Party, Person,
    PersonTexts, Referral, ReferralAction, ReferralStatus, Vendor,
};
use crate::vendor::paging::{Partly, Unreadable, read_more};
use crate::vendor::wire::{Outcome, Unread, read_row};

/// Reads one record that was asked for by itself: it has all there is.
pub(super) fn single(row: &RawValue) -> Result<Referral, Unreadable> {
    Ok(Referral {
        complete: true,
        ..read_row(row, referral)?
    })
}

/// A user who was searched for; none without an id to be addressed by.
pub(super) fn user(user: &wire::User<'_>) -> Option<Person> {
    user.id.is_some().then(|| person(user))
}

/// The part of a record that only this vendor has.
pub(crate) fn details(raw: &Json) -> Partly<schema::SaasquatchReferral> {
    read_more(raw).map(details::referral)
}

/// Reads a referral.
pub(super) fn referral(row: Unread<'_>) -> Option<Outcome<Referral>> {
    row.read(of_record)
}

fn of_record(record: wire::Referral<'_>, raw: Json) -> Referral {
    let moderation = moderation(&record);
    let person = |user: &wire::User<'_>| Party::Person(person(user));
    Referral {
        vendor: Vendor::Saasquatch,
        name: None,
        description: None,
        status: status(&record, moderation),
        vendor_status: record.moderation_status.map(Into::into),
        stage: None,
        direction: None,
        value: None,
        referrer: record.referrer_user.as_ref().map(person),
        referred: record.referred_user.iter().map(person).collect(),
        recipient: None,
        facilitators: Facilitators::Unsupported,
        has_notes: false,
        connection_id: None,
        engagement_id: None,
        moderation: moderation.map(Box::new),
        allowed_actions: allowed_actions(moderation),
        external_reference: None,
        created_at: record.date_referral_started,
        updated_at: record.date_modified,
        expires_at: None,
        closed_at: record.date_referral_ended,
        version: None,
        complete: record.referred_user.is_some() && record.referrer_user.is_some(),
        remote_id: record.id.into(),
        raw,
    }
}

/// The first rule that applies decides.
fn status(record: &wire::Referral<'_>, moderation: Option<Moderation>) -> ReferralStatus {
    let is_converted = record.date_converted.is_some() || record.date_referral_paid.is_some();
    if moderation.is_some_and(|moderation| moderation.referred == ModerationStatus::Denied) {
        return ReferralStatus::Declined;
    }
    if record.date_referral_ended.is_some() {
        return ReferralStatus::Lost;
    }
    if is_converted {
        return ReferralStatus::Won;
    }
    let Some(moderation) = moderation else {
        return ReferralStatus::Active;
    };
    if moderation.status == ModerationProgress::Pending {
        return ReferralStatus::Pending;
    }
    let is_unknown = moderation.status == ModerationProgress::Unrecognized
        || is_unknown(record.referred_moderation_status.as_deref())
        || is_unknown(record.referrer_moderation_status.as_deref());
    if is_unknown {
        ReferralStatus::Unrecognized
    } else {
        ReferralStatus::Active
    }
}

/// None where the vendor says nothing at all (its newer programs). What is missing beside what is there is concluded from
/// that: only one side pending keeps the whole pending.
fn moderation(record: &wire::Referral<'_>) -> Option<Moderation> {
    let overall = record.moderation_status.as_deref();
    let referrer = record.referrer_moderation_status.as_deref();
    let friend = record.referred_moderation_status.as_deref();
    if overall.is_none() && referrer.is_none() && friend.is_none() {
        return None;
    }
    let is_pending = [referrer, friend].contains(&Some("PENDING"));
    let status = match overall {
        Some("PENDING") => ModerationProgress::Pending,
        Some("ACTIONED") => ModerationProgress::Actioned,
        Some(_) => ModerationProgress::Unrecognized,
        None if is_pending => ModerationProgress::Pending,
        None => ModerationProgress::Actioned,
    };
    let side = |word: Option<&str>| match word {
        Some("PENDING") => ModerationStatus::Pending,
        Some("APPROVED") => ModerationStatus::Approved,
        Some("DENIED") => ModerationStatus::Denied,
        None if status == ModerationProgress::Pending => ModerationStatus::Pending,
        None | Some(_) => ModerationStatus::Unrecognized,
    };
    Some(Moderation {
        status,
        referrer: side(referrer),
        referred: side(friend),
        moderated_at: record.date_moderated,
    })
}

/// Moderating again is allowed, but what both sides say already changes nothing.
fn allowed_actions(moderation: Option<Moderation>) -> Box<[ReferralAction]> {
    let are_both = |status| {
        moderation.is_some_and(|sides| sides.referrer == status && sides.referred == status)
    };
    let approve = (!are_both(ModerationStatus::Approved)).then_some(ReferralAction::Approve);
    let deny = (!are_both(ModerationStatus::Denied)).then_some(ReferralAction::Deny);
    approve.into_iter().chain(deny).collect()
}

fn is_unknown(side: Option<&str>) -> bool {
    side.is_some_and(|word| !matches!(word, "PENDING" | "APPROVED" | "DENIED"))
}

fn person(user: &wire::User<'_>) -> Person {
    Person::from(PersonTexts {
        remote_id: user.id.as_deref(),
        first_name: user.first_name.as_deref(),
        last_name: user.last_name.as_deref(),
        email: user.email.as_deref(),
        ..PersonTexts::default()
    })
}
