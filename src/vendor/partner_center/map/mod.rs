//! From Microsoft's words to ours. Pure.

mod details;
pub(super) mod words;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod variants;

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::{schema, wire};
use crate::model::{
    Direction, Facilitator, FacilitatorRole, Facilitators, Json, Money, Organization, Party,
    PersonTexts, Referral, ReferralAction, ReferralStatus, Stage, Vendor,
};
use crate::vendor::paging::{Partly, Unreadable, read_more};
use crate::vendor::wire::{Outcome, Unread, read_row};

/// Reads one record.
pub(super) fn record(row: &RawValue) -> Result<Referral, Unreadable> {
    read_row(row, referral)
}

/// Reads a referral.
pub(super) fn referral(row: Unread<'_>) -> Option<Outcome<Referral>> {
    row.read(of_record)
}

/// The part of a record that only this vendor has.
pub(crate) fn details(raw: &Json) -> Partly<schema::PartnerCenterReferral> {
    read_more(raw).map(details::referral)
}

fn of_record(mut record: wire::Referral<'_>, raw: Json) -> Referral {
    let direction = direction(&record);
    let organization = own_organization(&record);
    let invited_by = record.invite_context.as_ref().and_then(invited_by);
    let id: Arc<str> = (&*record.id).into();
    let facilitators = facilitators(&id, &record);
    let details = record.details.as_ref();
    // Without a direction it is still the one who invited who introduces; to whom is then unknown.
    let (referrer, recipient) = match direction {
        Some(Direction::Received) => (invited_by, organization),
        Some(Direction::Sent) => (organization, target(&record)),
        None => (invited_by, None),
    };
    Referral {
        vendor: Vendor::PartnerCenter,
        name: record.name.take().map(Into::into),
        description: details.and_then(|details| details.notes.as_deref().map(Into::into)),
        status: status(&record),
        vendor_status: vendor_status(&record).map(Into::into),
        stage: record.sales_stage.as_deref().map(|label| Stage {
            remote_id: None,
            label: label.into(),
            color: None,
        }),
        direction,
        value: details.and_then(value),
        referrer: referrer.map(Party::Organization),
        referred: referred(record.customer_profile.as_ref()),
        recipient: recipient.map(Party::Organization),
        allowed_actions: allowed_actions(&record, !facilitators.is_empty()).into(),
        facilitators: Facilitators::Embedded(facilitators),
        has_notes: false,
        connection_id: None,
        engagement_id: record.engagement_id.take().map(Into::into),
        moderation: None,
        external_reference: record.external_reference_id.take().map(Into::into),
        created_at: record.created_date_time,
        updated_at: record.updated_date_time,
        expires_at: record.expiration_date_time,
        closed_at: record.closed_date_time,
        version: record.e_tag.map(Into::into),
        remote_id: id,
        raw,
        complete: true,
    }
}

fn status(record: &wire::Referral<'_>) -> ReferralStatus {
    match (record.status.as_deref(), record.substatus.as_deref()) {
        (Some("New"), _) => ReferralStatus::Pending,
        (Some("Active"), _) => ReferralStatus::Active,
        (Some("Closed"), Some("Won")) => ReferralStatus::Won,
        (Some("Closed"), Some("Lost")) => ReferralStatus::Lost,
        (Some("Closed"), Some("Declined")) => ReferralStatus::Declined,
        (Some("Closed"), Some("Expired")) => ReferralStatus::Expired,
        _ => ReferralStatus::Unrecognized,
    }
}

fn vendor_status(record: &wire::Referral<'_>) -> Option<String> {
    match (&record.status, &record.substatus) {
        (Some(status), Some(substatus)) => Some(format!("{status}/{substatus}")),
        (Some(only), None) | (None, Some(only)) => Some(only.as_ref().to_owned()),
        (None, None) => None,
    }
}

fn direction(record: &wire::Referral<'_>) -> Option<Direction> {
    match record.direction.as_deref()? {
        "Incoming" => Some(Direction::Received),
        "Outgoing" => Some(Direction::Sent),
        _ => None,
    }
}

/// What the writes would accept: only a new referral can be answered, and a closed one is at its end.
fn allowed_actions(record: &wire::Referral<'_>, has_facilitators: bool) -> Vec<ReferralAction> {
    let status = record.status.as_deref();
    if status == Some("Closed") {
        return Vec::new();
    }
    let mut actions = Vec::new();
    if status == Some("New") {
        actions.extend([ReferralAction::Approve, ReferralAction::Deny]);
    }
    actions.extend([ReferralAction::Update, ReferralAction::AddFacilitator]);
    if has_facilitators {
        actions.push(ReferralAction::RemoveFacilitator);
    }
    if record.kind.as_deref() == Some("Shared") {
        actions.push(ReferralAction::Share);
    }
    actions
}

fn value(details: &wire::Details<'_>) -> Option<Money> {
    Some(Money {
        amount: details.deal_value.clone()?,
        currency: details.currency.as_deref()?.into(),
    })
}

fn own_organization(record: &wire::Referral<'_>) -> Option<Organization> {
    organization(
        record.organization_id.as_deref(),
        record.organization_name.as_deref(),
    )
}

fn invited_by(context: &wire::InviteContext) -> Option<Organization> {
    let by = context.invited_by.as_ref()?;
    organization(
        by.organization_id.as_deref(),
        by.organization_name.as_deref(),
    )
}

fn target(record: &wire::Referral<'_>) -> Option<Organization> {
    let ids = record
        .target
        .iter()
        .filter_map(|target| target.id.as_deref());
    ids.into_iter()
        .next()
        .and_then(|id| organization(Some(id), None))
}

fn organization(id: Option<&str>, name: Option<&str>) -> Option<Organization> {
    (id.is_some() || name.is_some()).then(|| Organization::new(id, name))
}

/// The customer as an organization, then its people.
fn referred(profile: Option<&wire::CustomerProfile<'_>>) -> Box<[Party]> {
    let Some(profile) = profile else {
        return Box::default();
    };
    let company = organization(None, profile.name.as_deref());
    let people = profile.team.iter().map(|member| {
        Party::from(PersonTexts {
            organization: company.clone(),
            ..person(member)
        })
    });
    company
        .clone()
        .map(Party::Organization)
        .into_iter()
        .chain(people)
        .collect()
}

/// The partner's people. The vendor tells them apart by e-mail address alone; one without it, or with an address that an
/// earlier one has, is addressed by its place.
fn facilitators(id: &Arc<str>, record: &wire::Referral<'_>) -> Box<[Facilitator]> {
    let mut taken = HashSet::new();
    let mut rows = Vec::with_capacity(record.team.len());
    for (index, member) in record.team.iter().enumerate() {
        let key = member_key(member.email.as_deref())
            .filter(|email| taken.insert(email.clone()))
            .unwrap_or_else(|| format!("#{index}"));
        rows.push(facilitator(id.clone(), key, member));
    }
    rows.into()
}

/// What tells a team member apart: the e-mail address.
pub(super) fn member_key(email: Option<&str>) -> Option<String> {
    email.map(email_key)
}

/// What of an e-mail address tells people apart.
pub(super) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// One of the partner's people.
pub(super) fn facilitator(
    referral_id: Arc<str>,
    key: String,
    member: &wire::Member<'_>,
) -> Facilitator {
    Facilitator {
        vendor: Vendor::PartnerCenter,
        referral_id,
        key: key.into(),
        remote_id: None,
        role: FacilitatorRole::TeamMember,
        side: None,
        party: person(member).into(),
        created_at: None,
    }
}

fn person<'a>(member: &'a wire::Member<'_>) -> PersonTexts<'a> {
    PersonTexts {
        first_name: member.first_name.as_deref(),
        last_name: member.last_name.as_deref(),
        email: member.email.as_deref(),
        phone: member.phone_number.as_deref(),
        ..PersonTexts::default()
    }
}
