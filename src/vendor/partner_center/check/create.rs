//! What is asked of a new referral.

use super::parts::{NAME, NOTES, Problems, REASON, SHORT};
use crate::model::id::addresses_a_record;
use crate::vendor::partner_center::schema::{
    CustomerProfileInput, InviteContextInput, NewPartnerCenterReferral,
    PartnerCenterAssistanceRequest, PartnerCenterCompanySize, PartnerCenterDetailsInput,
    PartnerCenterQualification, PartnerCenterReferralType,
};
use crate::vendor::partner_center::write::engagement;

pub(super) fn check(problems: &mut Problems, input: &NewPartnerCenterReferral) {
    if input.kind == PartnerCenterReferralType::Unrecognized {
        problems.add("type", "One of INDEPENDENT and SHARED.");
    }
    problems.at_most("name", input.name.as_deref(), NAME);
    let reference = input.external_reference.as_deref();
    problems.at_most("externalReference", reference, SHORT);
    customer_profile(problems, &input.customer_profile);
    details(problems, &input.details);
    problems.status(input.status, input.substatus);
    problems.at_most("statusReason", input.status_reason.as_deref(), REASON);
    // Co-sell deals may be of the qualification None: it is a word like the others.
    if input.qualification == Some(PartnerCenterQualification::Unrecognized) {
        let message = "One of NONE, DIRECT, MARKETING_QUALIFIED and SALES_QUALIFIED.";
        problems.add("qualification", message);
    }
    problems.team("team", input.team.as_deref());
    if let Some(context) = &input.invite_context {
        invitation(problems, context);
    }
    let targets = input.target.as_deref();
    problems.few("target", targets);
    for (index, target) in targets.unwrap_or_default().iter().enumerate() {
        problems.target(&format!("target.{index}"), target);
    }
    let engagement_id = input.engagement_id.as_ref();
    if engagement_id.is_some_and(|id| !is_engagement(id)) {
        let message = "Neither the global id of a Partner Center engagement nor its remoteId.";
        problems.add("engagementId", message);
    }
    if let Some(target) = &input.share_with {
        if input.kind != PartnerCenterReferralType::Shared {
            problems.add("shareWith", "Only a referral of type SHARED can be shared.");
        }
        problems.target("shareWith", target);
    }
}

fn is_engagement(id: &str) -> bool {
    engagement(id).is_some_and(|id| addresses_a_record(id.trim()) && id.len() <= SHORT)
}

fn customer_profile(problems: &mut Problems, profile: &CustomerProfileInput) {
    problems.required("customerProfile.name", &profile.name, NAME);
    if profile.size == Some(PartnerCenterCompanySize::Unrecognized) {
        problems.add("customerProfile.size", "A size that Microsoft knows.");
    }
    let address = &profile.address;
    for (field, line) in [
        ("addressLine1", &address.address_line1),
        ("addressLine2", &address.address_line2),
        ("city", &address.city),
        ("state", &address.state),
        ("postalCode", &address.postal_code),
        ("region", &address.region),
    ] {
        let path = format!("customerProfile.address.{field}");
        problems.at_most(&path, line.as_deref(), NAME);
    }
    problems.country("customerProfile.address.country", &address.country);
    problems.team("customerProfile.team", profile.team.as_deref());
}

fn details(problems: &mut Problems, details: &PartnerCenterDetailsInput) {
    problems.at_most("details.notes", details.notes.as_deref(), NOTES);
    problems.amount("details.dealValue", details.deal_value.as_ref());
    if details.deal_value.is_some() && details.currency.is_none() {
        problems.add("details.dealValue", "A value needs a currency.");
    }
    problems.currency("details.currency", details.currency.as_deref());
    let Some(requirements) = &details.requirements else {
        return;
    };
    for (field, tags) in [
        ("industries", &requirements.industries),
        ("products", &requirements.products),
        ("services", &requirements.services),
    ] {
        let path = format!("details.requirements.{field}");
        problems.tags(&path, tags.as_deref());
    }
    let solutions = requirements.solutions.as_deref();
    problems.solutions("details.requirements.solutions", solutions);
}

fn invitation(problems: &mut Problems, context: &InviteContextInput) {
    problems.at_most("inviteContext.notes", context.notes.as_deref(), NOTES);
    if context.assistance_request == Some(PartnerCenterAssistanceRequest::Unrecognized) {
        let message = "A request that Microsoft knows.";
        problems.add("inviteContext.assistanceRequest", message);
    }
}
