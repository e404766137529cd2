//! The part of a referral that only this vendor has.

use super::words;
use crate::model::Json;
use crate::vendor::partner_center::{schema, whole, wire};
use crate::vendor::wire::{Row, decode_row};

pub(super) fn referral(record: whole::Referral) -> schema::PartnerCenterReferral {
    let details = record.details.unwrap_or_default();
    schema::PartnerCenterReferral {
        kind: words::referral_type(record.kind.as_ref()),
        type_text: record.kind,
        status: words::status(record.status.as_ref()),
        substatus: words::substatus(record.substatus.as_ref()),
        status_reason: record.status_reason,
        qualification: words::qualification(record.qualification.as_ref()),
        qualification_text: record.qualification,
        organization: organization(record.organization_id, record.organization_name),
        target: record.target.into_iter().map(target).collect(),
        customer_profile: record.customer_profile.map(customer_profile),
        consent: record.consent.as_ref().map(consent),
        deal_value: details.deal_value,
        currency: details.currency,
        closing_date: details.closing_date_time,
        customer_requested_contact: details.customer_requested_contact,
        customer_action: details.customer_action,
        incentive_level: details.incentive_level,
        requirements: details.requirements.map(requirements),
        team: record.team.into_iter().map(member).collect(),
        invite_context: record.invite_context.map(invite_context),
        sales_stage: record.sales_stage,
        e_tag: record.e_tag,
        accepted_date: record.accepted_date_time,
        campaign_id: record.campaign_id,
        favorite: record.favorite,
        quality: record.quality,
        is_spam: record.is_spam,
        mpn_id: record.mpn_id,
        referral_program: record.referral_program,
        deal_sensitivity: record.deal_sensitivity,
        created_via: record.created_via,
        last_modified_via: record.last_modified_via,
        last_run_id: record.last_run_id,
        tags: record.tags,
        registration_status: record.registration_status,
        registrations: record.registrations.into_iter().map(registration).collect(),
        tracking_info: record.tracking_info.map(tracking_info),
        referral_source: record.referral_source,
        call_to_action: record.call_to_action,
    }
}

fn organization(
    id: Option<String>,
    name: Option<String>,
) -> Option<schema::PartnerCenterOrganization> {
    (id.is_some() || name.is_some()).then_some(schema::PartnerCenterOrganization {
        remote_id: id,
        name,
    })
}

fn target(target: wire::Target) -> schema::PartnerCenterTarget {
    schema::PartnerCenterTarget {
        kind: words::target_type(target.kind.as_ref()),
        type_text: target.kind,
        remote_id: target.id,
    }
}

fn customer_profile(profile: whole::CustomerProfile) -> schema::PartnerCenterCustomerProfile {
    schema::PartnerCenterCustomerProfile {
        name: profile.name,
        size: words::company_size(profile.size.as_ref()),
        size_text: profile.size,
        is_matching_complete: profile.is_matching_complete,
        address: profile.address.map(address),
        team: profile.team.into_iter().map(member).collect(),
        ids: profile.ids.into_iter().map(customer_id).collect(),
    }
}

fn address(address: whole::Address) -> schema::PartnerCenterAddress {
    schema::PartnerCenterAddress {
        address_line1: address.address_line1,
        address_line2: address.address_line2,
        city: address.city,
        state: address.state,
        postal_code: address.postal_code,
        country: address.country,
        region: address.region,
    }
}

fn customer_id(id: whole::CustomerId) -> schema::PartnerCenterCustomerId {
    schema::PartnerCenterCustomerId {
        kind: words::customer_id_type(id.profile_type.as_ref()),
        type_text: id.profile_type,
        remote_id: id.id,
    }
}

fn member(member: whole::Member) -> schema::PartnerCenterMember {
    schema::PartnerCenterMember {
        first_name: member.first_name,
        last_name: member.last_name,
        phone_number: member.phone_number,
        email: member.email,
        title: member.title,
        contact_preference: member.contact_preference.map(|preference| {
            schema::PartnerCenterContactPreference {
                locale: preference.locale,
                disable_notifications: preference.disable_notifications,
            }
        }),
        email_validation_status: member.email_validation_status,
        phone_validation_status: member.phone_validation_status,
    }
}

fn consent(consent: &whole::Consent) -> schema::PartnerCenterConsent {
    schema::PartnerCenterConsent {
        share_info_with_others: consent.consent_to_to_share_info_with_others,
        contact: consent.consent_to_contact,
        share_with_microsoft_sellers: consent.consent_to_share_referral_with_microsoft_sellers,
        microsoft_may_contact_partners: consent.consent_to_microsoft_to_contact_specific_partners,
    }
}

fn requirements(requirements: whole::Requirements) -> schema::PartnerCenterRequirements {
    let additional = requirements.additional_requirements;
    // The object is free in form: attributes are shown where they are as seen, everything else as it is.
    let attributes = additional
        .as_deref()
        .and_then(|row| decode_row::<whole::AdditionalRequirements>(row).ok())
        .map(|known| known.attributes)
        .unwrap_or_default();
    schema::PartnerCenterRequirements {
        industries: tags(requirements.industries),
        products: tags(requirements.products),
        services: tags(requirements.services),
        solutions: requirements.solutions.into_iter().map(solution).collect(),
        offers: json(requirements.offers),
        sales_plays: json(requirements.sales_plays),
        attributes: attributes.into_iter().map(attribute).collect(),
        additional_requirements: json(additional),
    }
}

fn tags(tags: Vec<whole::Tag>) -> Vec<String> {
    tags.into_iter().filter_map(|tag| tag.id).collect()
}

/// An empty list says no more than a missing one.
fn json(row: Option<Row>) -> Option<Json> {
    let row = row.filter(|row| {
        !row.get()
            .chars()
            .all(|c| c.is_whitespace() || "[]{}".contains(c))
    });
    row.map(Json::from)
}

fn solution(solution: whole::Solution) -> schema::PartnerCenterSolution {
    schema::PartnerCenterSolution {
        remote_id: solution.id,
        name: solution.name,
        kind: words::solution_type(solution.kind.as_ref()),
        type_text: solution.kind,
        price: solution.price,
        quantity: solution.quantity,
        currency: solution.currency,
        publisher_name: solution.publisher_name,
        solution_type: solution.solution_type,
        closing_date: solution.closing_date_time,
    }
}

fn attribute(attribute: whole::Attribute) -> schema::PartnerCenterAttribute {
    schema::PartnerCenterAttribute {
        kind: attribute.kind,
        value: attribute.id,
    }
}

fn invite_context(context: whole::InviteContext) -> schema::PartnerCenterInviteContext {
    schema::PartnerCenterInviteContext {
        notes: context.notes,
        assistance_request: words::assistance_request(context.assistance_request_code.as_ref()),
        assistance_request_text: context.assistance_request_code,
        invited_mpn_id: context.invited_mpn_id,
        invited_by: context
            .invited_by
            .and_then(|by| organization(by.organization_id, by.organization_name)),
    }
}

fn tracking_info(info: whole::TrackingInfo) -> schema::PartnerCenterTrackingInfo {
    schema::PartnerCenterTrackingInfo {
        microsoft_msx_id: info.microsoft_msx_id,
        microsoft_us_fed_opportunity_id: info.microsoft_us_fed_opportunity_id,
        microsoft_us_fed_lead_id: info.microsoft_us_fed_lead_id,
        migrated_psc_deal_id: info.migrated_psc_deal_id,
        migrated_psc_partner_deal_id: info.migrated_psc_partner_deal_id,
    }
}

fn registration(registration: whole::Registration) -> schema::PartnerCenterRegistration {
    let solutions = registration.solution_details.into_iter();
    schema::PartnerCenterRegistration {
        remote_id: registration.id,
        kind: registration.kind,
        registered_at: registration.registration_date_time,
        status: registration.status,
        status_reason: registration.status_reason,
        contract: registration
            .contract
            .map(|contract| schema::PartnerCenterRegistrationContract {
                value: contract.value,
                currency: contract.currency,
                starts_at: contract.start_date_time,
                ends_at: contract.end_date_time,
                signed_at: contract.sign_date_time,
                term: contract.term,
            }),
        solutions: solutions.map(registered_solution).collect(),
        history: registration.status_history.as_ref().map(|history| {
            schema::PartnerCenterRegistrationHistory {
                review_pending_at: history.review_pending_date_time,
                action_required_at: history.action_required_date_time,
                passed_at: history.passed_date_time,
                failed_at: history.failed_date_time,
                approved_at: history.approved_date_time,
            }
        }),
    }
}

fn registered_solution(
    solution: whole::SolutionDetails,
) -> schema::PartnerCenterRegistrationSolution {
    let transaction = solution.marketplace_transaction_details.as_ref();
    schema::PartnerCenterRegistrationSolution {
        marketplace_transaction: transaction.map(|transaction| {
            schema::PartnerCenterMarketplaceTransaction {
                is_transacted: transaction.is_marketplace_transacted,
                transacted_at: transaction.marketplace_transaction_date_time,
            }
        }),
        remote_id: solution.id,
        name: solution.name,
        value: solution.value,
        currency: solution.currency,
        is_deployed_on_azure: solution.is_deployed_on_azure,
        primary_deployment_on: solution.primary_deployment_on,
        pricing_model: solution.pricing_model,
    }
}
