//! Introzy's JSON into the model. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::{schema, wire};
use crate::model::{
    Facilitator, FacilitatorRole, FacilitatorSide, Facilitators, FeePreview, Json, Money, Note,
    Organization, Party, Person, PersonTexts, Referral, ReferralAction, ReferralStatus, Stage,
    Vendor,
};
use crate::vendor::paging::{Partly, read_again};
use crate::vendor::wire::{Outcome, Unread, nonempty};

/// What the configuration says of stages. Introzy has no status, and every organization names its stages itself.
#[derive(Clone, Debug, Default)]
pub(super) struct StageStatus(BTreeMap<String, ReferralStatus>);

impl StageStatus {
    pub(super) fn new(by_label: BTreeMap<String, ReferralStatus>) -> Self {
        let folded = by_label
            .into_iter()
            .map(|(label, status)| (folded(&label), status));
        Self(folded.collect())
    }

    /// The status of a referral in the stage of this label.
    fn of(&self, label: Option<&str>) -> ReferralStatus {
        let mapped = label.and_then(|label| self.0.get(&folded(label)));
        mapped.copied().unwrap_or(ReferralStatus::Active)
    }

    /// Whether any stage could give this status.
    pub(super) fn may_give(&self, status: ReferralStatus) -> bool {
        status == ReferralStatus::Active || self.0.values().any(|mapped| *mapped == status)
    }
}

fn folded(label: &str) -> String {
    label.trim().to_lowercase()
}

/// Reads a referral.
pub(super) fn referral(row: Unread<'_>, statuses: &StageStatus) -> Option<Outcome<Referral>> {
    row.read(|opp, raw| of_opp(opp, raw, statuses))
}

fn of_opp(opp: wire::ReferralOpp<'_>, raw: Json, statuses: &StageStatus) -> Referral {
    let label = opp.stage.as_ref().and_then(|stage| stage.label.as_deref());
    let status = statuses.of(label);
    let id: Arc<str> = opp.id.into();
    let facilitators = match opp.facilitators {
        None => Facilitators::Separate,
        Some(rows) => {
            Facilitators::Embedded(rows.into_iter().map(|row| facilitator(&id, row)).collect())
        }
    };
    Referral {
        vendor: Vendor::Introzy,
        name: opp.name.map(Into::into),
        description: opp.description.map(Into::into),
        status,
        vendor_status: None,
        stage: opp.stage.and_then(stage),
        direction: None,
        value: opp.expected_value.and_then(|amount| {
            let currency = nonempty(opp.currency)?.into();
            Some(Money { amount, currency })
        }),
        referrer: opp.connector.map(party),
        referred: opp.seeker.map(party).into_iter().collect(),
        recipient: opp.provider.map(party),
        allowed_actions: allowed_actions(&facilitators),
        facilitators,
        has_notes: true,
        connection_id: None,
        engagement_id: None,
        moderation: None,
        external_reference: None,
        created_at: opp.created_at,
        updated_at: opp.updated_at,
        expires_at: None,
        closed_at: None,
        version: None,
        raw,
        complete: true,
        remote_id: id,
    }
}

/// The part of a referral that only Introzy has.
pub(crate) fn details(raw: &Json) -> Partly<schema::IntrozyReferral> {
    let opp: wire::ReferralOpp<'_> = read_again(raw);
    let stage = opp.stage.unwrap_or_default();
    schema::IntrozyReferral {
        pipeline_deal_id: nonempty(opp.pipeline_deal_id)
            .unwrap_or(opp.id)
            .into_owned(),
        owner: opp.owner.map(user_details),
        seeker: opp.seeker.map(party_details),
        provider: opp.provider.map(party_details),
        connector: opp.connector.map(user_details),
        stage_description: stage.description,
        stage_sort_order: stage.sort_order.and_then(|order| order.try_into().ok()),
    }
    .into()
}

fn allowed_actions(facilitators: &Facilitators) -> Box<[ReferralAction]> {
    let removable = matches!(facilitators, Facilitators::Embedded(rows) if !rows.is_empty());
    let mut actions = vec![ReferralAction::AddFacilitator];
    actions.extend(removable.then_some(ReferralAction::RemoveFacilitator));
    actions.extend([ReferralAction::AddNote, ReferralAction::Convert]);
    actions.into()
}

pub(super) fn facilitator(referral_id: &Arc<str>, row: wire::Facilitator<'_>) -> Facilitator {
    let key: Arc<str> = row.id.into();
    Facilitator {
        vendor: Vendor::Introzy,
        referral_id: referral_id.clone(),
        role: match row.role.as_deref() {
            Some("connector") => FacilitatorRole::Connector,
            Some("facilitator") => FacilitatorRole::Facilitator,
            Some("referral_source") => FacilitatorRole::ReferralSource,
            _ => FacilitatorRole::Unrecognized,
        },
        side: match row.side.as_deref() {
            Some("seeker") => Some(FacilitatorSide::Seeker),
            Some("provider") => Some(FacilitatorSide::Provider),
            _ => None,
        },
        party: facilitating_party(row.user, row.company, row.user_id, row.company_id),
        created_at: row.created_at,
        remote_id: Some(key.clone()),
        key,
    }
}

/// Exactly one of user and company is documented, each possibly by its id alone.
fn facilitating_party<'a>(
    user: Option<wire::Party<'a>>,
    company: Option<wire::Company<'a>>,
    user_id: Option<Cow<'a, str>>,
    company_id: Option<Cow<'a, str>>,
) -> Party {
    let (user_id, company_id) = (nonempty(user_id), nonempty(company_id));
    let is_company = user.is_none() && user_id.is_none();
    if is_company && (company.is_some() || company_id.is_some()) {
        let mut company = company.unwrap_or_default();
        company.id = nonempty(company.id).or(company_id);
        return Party::Organization(organization(&company));
    }
    let mut user = user.unwrap_or_default();
    user.id = nonempty(user.id).or(user_id);
    user.company = user.company.or(company);
    Party::Person(person(&user))
}

pub(super) fn note(note: wire::Note) -> Note {
    Note {
        remote_id: note.id,
        content: note.content.unwrap_or_default(),
        created_at: note.created_at,
        updated_at: note.updated_at,
    }
}

pub(super) fn person(party: &wire::Party<'_>) -> Person {
    Person::from(PersonTexts {
        remote_id: party.id.as_deref(),
        name: party.name.as_deref(),
        first_name: party.first_name.as_deref(),
        last_name: party.last_name.as_deref(),
        email: party.email.as_deref(),
        phone: party.phone_number.as_deref(),
        organization: party.company.as_ref().map(organization),
    })
}

/// A stage without a label shows nothing, and counts as none.
pub(super) fn stage(stage: wire::Stage) -> Option<Stage> {
    Some(Stage {
        label: nonempty(stage.label)?.into(),
        remote_id: nonempty(stage.id).map(Into::into),
        color: nonempty(stage.color).map(Into::into),
    })
}

pub(super) fn fee_preview(preview: wire::FeePreview) -> Option<FeePreview> {
    Some(FeePreview {
        is_converted: preview.is_converted?,
        message: preview.message,
        organization_id: nonempty(preview.organization_id),
        deal_value: preview.deal_value,
        expected_value: preview.expected_value,
        estimated_chain_count: preview.estimated_chain_count,
        facilitator_count: preview.facilitator_count,
        connector_user_id: nonempty(preview.connector_user_id),
        fee_plans: preview.fee_plans.map(json),
        facilitators: preview.facilitators.map(json),
    })
}

fn party(party: wire::Party<'_>) -> Party {
    if party.kind.as_deref() != Some("COMPANY") {
        return Party::Person(person(&party));
    }
    let company = party.company.unwrap_or_default();
    Party::Organization(organization(&wire::Company {
        id: nonempty(party.id).or(company.id),
        name: nonempty(party.name).or(company.name),
    }))
}

fn organization(company: &wire::Company<'_>) -> Organization {
    Organization::new(company.id.as_deref(), company.name.as_deref())
}

fn party_details(party: wire::Party<'_>) -> schema::IntrozyParty {
    schema::IntrozyParty {
        kind: party.kind.as_deref().map(|kind| match kind {
            "USER" => schema::IntrozyPartyType::User,
            "COMPANY" => schema::IntrozyPartyType::Company,
            _ => schema::IntrozyPartyType::Unrecognized,
        }),
        remote_id: party.id.map(Cow::into_owned),
        first_name: party.first_name.map(Cow::into_owned),
        last_name: party.last_name.map(Cow::into_owned),
        email: party.email.map(Cow::into_owned),
        name: party.name.map(Cow::into_owned),
        company: party.company.map(company_details),
    }
}

fn user_details(user: wire::Party<'_>) -> schema::IntrozyUser {
    schema::IntrozyUser {
        remote_id: user.id.map(Cow::into_owned),
        first_name: user.first_name.map(Cow::into_owned),
        last_name: user.last_name.map(Cow::into_owned),
        email: user.email.map(Cow::into_owned),
        company: user.company.map(company_details),
    }
}

fn company_details(company: wire::Company<'_>) -> schema::IntrozyCompany {
    schema::IntrozyCompany {
        remote_id: company.id.map(Cow::into_owned),
        name: company.name.map(Cow::into_owned),
    }
}

fn json(raw: Box<RawValue>) -> Json {
    Json::from(raw)
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
