//! What is asked of changes.

use super::parts::{NOTES, Problems, REASON, SHORT};
use crate::model::{Problem, ProblemCode};
use crate::vendor::partner_center::schema::PartnerCenterPatch;

pub(super) fn check(problems: &mut Problems, patch: &PartnerCenterPatch) {
    if *patch == PartnerCenterPatch::default() {
        let message = "There is nothing to change: give at least one field.";
        let problem = Problem::new(ProblemCode::Invalid, message);
        problems.found.push(problem);
    }
    problems.status(patch.status, patch.substatus);
    for (field, text, most) in [
        ("statusReason", &patch.status_reason, REASON),
        ("notes", &patch.notes, NOTES),
        ("externalReference", &patch.external_reference, SHORT),
        ("campaignId", &patch.campaign_id, SHORT),
        ("referralProgram", &patch.referral_program, SHORT),
        ("salesStage", &patch.sales_stage, SHORT),
    ] {
        problems.at_most(field, text.as_deref(), most);
    }
    problems.amount("dealValue", patch.deal_value.as_ref());
    problems.currency("currency", patch.currency.as_deref());
    if patch.consent_to_share_referral_with_microsoft_sellers == Some(false) {
        problems.add(
            "consentToShareReferralWithMicrosoftSellers",
            "This consent cannot be taken back: only true.",
        );
    }
    problems.team("team", patch.team.as_deref());
    problems.team("customerTeam", patch.customer_team.as_deref());
    problems.solutions("solutions", patch.solutions.as_deref());
}
