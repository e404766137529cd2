//! From Microsoft's words to ours. Pure.

mod details;
mod words;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod variants;

use std::collections::HashSet;

use super::{schema, wire};
use crate::model::{
    Direction, Facilitator, FacilitatorRole, Facilitators, Json, Money, Organization, Party,
    Person, Referral, ReferralAction, ReferralStatus, Stage, Vendor,
};
use crate::vendor::paging::{Unreadable, read_again};
use crate::vendor::wire::{Row, decode_row};

/// Reads one record.
pub(super) fn record(row: Row) -> Result<Referral, Unreadable> {
    let record = decode_row::<wire::Referral>(&row)?;
    Ok(referral(record, Json(row.into())))
}

/// The part of a record that only this vendor has.
pub(crate) fn details(raw: &Json) -> schema::PartnerCenterReferral {
    details::referral(read_again(raw))
}

fn referral(mut record: wire::Referral, raw: Json) -> Referral {
    let direction = direction(&record);
    let organization = own_organization(&record);
    let invited_by = record.invite_context.as_ref().and_then(invited_by);
    let facilitators = facilitators(&record);
    let details = record.details.as_ref();
    // Without a direction it is still the one who invited who introduces; to whom is then unknown.
    let (referrer, recipient) = match direction {
        Some(Direction::Received) => (invited_by, organization),
        Some(Direction::Sent) => (organization, target(&record)),
        None => (invited_by, None),
    };
    Referral {
        vendor: Vendor::PartnerCenter,
        name: record.name.take(),
        description: details.and_then(|details| details.notes.clone()),
        status: status(&record),
        vendor_status: vendor_status(&record),
        stage: record.sales_stage.clone().map(|label| Stage {
            remote_id: None,
            label,
            color: None,
        }),
        direction,
        value: details.and_then(value),
        referrer: referrer.map(Party::Organization),
        referred: referred(record.customer_profile.as_ref()),
        recipient: recipient.map(Party::Organization),
        allowed_actions: allowed_actions(&record, !facilitators.is_empty()),
        facilitators: Facilitators::Embedded(facilitators),
        has_notes: false,
        connection_id: None,
        engagement_id: record.engagement_id.take(),
        moderation: None,
        external_reference: record.external_reference_id.take(),
        created_at: record.created_date_time,
        updated_at: record.updated_date_time,
        expires_at: record.expiration_date_time,
        closed_at: record.closed_date_time,
        version: record.e_tag,
        remote_id: record.id,
        raw,
        complete: true,
    }
}

fn status(record: &wire::Referral) -> ReferralStatus {
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

fn vendor_status(record: &wire::Referral) -> Option<String> {
    match (&record.status, &record.substatus) {
        (Some(status), Some(substatus)) => Some(format!("{status}/{substatus}")),
        (Some(only), None) | (None, Some(only)) => Some(only.clone()),
        (None, None) => None,
    }
}

fn direction(record: &wire::Referral) -> Option<Direction> {
    match record.direction.as_deref()? {
        "Incoming" => Some(Direction::Received),
        "Outgoing" => Some(Direction::Sent),
        _ => None,
    }
}

/// What the writes would accept: only a new referral can be answered, a closed one only be described better.
fn allowed_actions(record: &wire::Referral, has_facilitators: bool) -> Vec<ReferralAction> {
    let is_shared = record.kind.as_deref() == Some("Shared");
    let mut actions = match record.status.as_deref() {
        Some("New") => vec![
            ReferralAction::Approve,
            ReferralAction::Deny,
            ReferralAction::Update,
        ],
        Some("Active") => vec![ReferralAction::Update],
        Some("Closed") => return vec![ReferralAction::Update],
        _ => return Vec::new(),
    };
    actions.push(ReferralAction::AddFacilitator);
    if has_facilitators {
        actions.push(ReferralAction::RemoveFacilitator);
    }
    if is_shared {
        actions.push(ReferralAction::Share);
    }
    actions
}

fn value(details: &wire::Details) -> Option<Money> {
    Some(Money {
        amount: details.deal_value.clone()?,
        currency: details.currency.clone()?,
    })
}

fn own_organization(record: &wire::Referral) -> Option<Organization> {
    organization(
        record.organization_id.as_ref(),
        record.organization_name.as_ref(),
    )
}

fn invited_by(context: &wire::InviteContext) -> Option<Organization> {
    let by = context.invited_by.as_ref()?;
    organization(by.organization_id.as_ref(), by.organization_name.as_ref())
}

fn target(record: &wire::Referral) -> Option<Organization> {
    let ids = record.target.iter().filter_map(|target| target.id.as_ref());
    ids.into_iter()
        .next()
        .and_then(|id| organization(Some(id), None))
}

fn organization(id: Option<&String>, name: Option<&String>) -> Option<Organization> {
    (id.is_some() || name.is_some()).then(|| Organization {
        remote_id: id.cloned(),
        name: name.cloned(),
    })
}

/// The customer as an organization, then its people.
fn referred(profile: Option<&wire::CustomerProfile>) -> Vec<Party> {
    let Some(profile) = profile else {
        return Vec::new();
    };
    let company = organization(None, profile.name.as_ref());
    let people = profile.team.iter().map(|member| {
        Party::Person(Person {
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
fn facilitators(record: &wire::Referral) -> Vec<Facilitator> {
    let mut taken = HashSet::new();
    let mut rows = Vec::with_capacity(record.team.len());
    for (index, member) in record.team.iter().enumerate() {
        let email = member
            .email
            .as_deref()
            .map(|email| email.trim().to_lowercase());
        let key = email
            .filter(|email| taken.insert(email.clone()))
            .unwrap_or_else(|| format!("#{index}"));
        rows.push(Facilitator {
            vendor: Vendor::PartnerCenter,
            referral_id: record.id.clone(),
            key,
            remote_id: None,
            role: FacilitatorRole::TeamMember,
            side: None,
            party: Party::Person(person(member)),
            created_at: None,
        });
    }
    rows
}

fn person(member: &wire::Member) -> Person {
    Person {
        first_name: member.first_name.clone(),
        last_name: member.last_name.clone(),
        email: member.email.clone(),
        phone: member.phone_number.clone(),
        ..Person::default()
    }
    .with_full_name()
}
