//! The operations of a JSON Patch, and what the schema's patch means in them.
//!
//! The vendor takes `replace` and `add` only, and shows `replace` for values. By RFC 6902 that needs something to
//! replace, while `add` sets a member whether it is there or not. So a value is replaced as documented, unless the record
//! is known to lack it: then it is added.

use serde::Serialize;

use super::current::Current;
use super::json::{Object, Raw, number, raw};
use crate::vendor::partner_center::map::words::Word;
use crate::vendor::partner_center::schema::{
    PartnerCenterPatch, PartnerCenterSolutionInput, TeamMemberInput,
};

/// One operation.
#[derive(Serialize)]
pub(super) struct Operation {
    op: &'static str,
    path: &'static str,
    value: Raw,
}

impl Operation {
    /// Sets a value, of a record that is known or not.
    pub(super) fn set(
        current: Option<&Current>,
        path: &'static str,
        value: &impl Serialize,
    ) -> Self {
        let is_absent = current.is_some_and(|current| !current.has(path));
        Self {
            op: if is_absent { "add" } else { "replace" },
            path,
            value: raw(value),
        }
    }

    /// Appends to a list, whose path ends with `/-`.
    pub(super) fn append(path: &'static str, value: &impl Serialize) -> Self {
        Self {
            op: "add",
            path,
            value: raw(value),
        }
    }

    /// Whether it needs something to replace.
    pub(super) fn is_replace(&self) -> bool {
        self.op == "replace"
    }
}

/// A patch in the vendor's operations, for a record that is known or not.
pub(super) fn operations(patch: &PartnerCenterPatch, current: Option<&Current>) -> Vec<Operation> {
    let status = patch.status.and_then(Word::word);
    let substatus = patch.substatus.and_then(Word::word);
    let consent = patch.consent_to_share_referral_with_microsoft_sellers;
    let team = patch.team.as_deref().map(members);
    let customer_team = patch.customer_team.as_deref().map(members);
    let solutions = patch.solutions.as_deref().map(solutions);
    let texts: [(&'static str, Option<&str>); 8] = [
        ("/status", status),
        ("/substatus", substatus),
        ("/statusReason", patch.status_reason.as_deref()),
        ("/details/notes", patch.notes.as_deref()),
        ("/externalReferenceId", patch.external_reference.as_deref()),
        ("/campaignId", patch.campaign_id.as_deref()),
        ("/referralProgram", patch.referral_program.as_deref()),
        ("/salesStage", patch.sales_stage.as_deref()),
    ];
    let texts = texts
        .into_iter()
        .map(|(path, text)| (path, text.map(|text| raw(&text))));
    let others = [
        ("/details/dealValue", patch.deal_value.as_ref().map(number)),
        (
            "/details/currency",
            patch.currency.as_deref().map(|it| raw(&currency(it))),
        ),
        (
            "/details/closingDateTime",
            patch.closing_date.map(|it| raw(&it)),
        ),
        (
            "/consent/consentToShareReferralWithMicrosoftSellers",
            consent.map(|it| raw(&it)),
        ),
        ("/team", team.map(|it| raw(&it))),
        ("/customerProfile/team", customer_team.map(|it| raw(&it))),
        (
            "/details/requirements/solutions",
            solutions.map(|it| raw(&it)),
        ),
    ];
    texts
        .chain(others)
        .filter_map(|(path, value)| Some(Operation::set(current, path, &value?)))
        .collect()
}

/// A currency as the vendor writes one.
pub(super) fn currency(text: &str) -> String {
    text.to_ascii_uppercase()
}

/// People as the vendor takes them.
pub(super) fn members(members: &[TeamMemberInput]) -> Vec<Object> {
    members.iter().map(member).collect()
}

/// Someone as the vendor takes them.
pub(super) fn member(member: &TeamMemberInput) -> Object {
    Object::default()
        .with("firstName", &member.first_name)
        .with("lastName", &member.last_name)
        .with("email", &member.email)
        .with_some("phoneNumber", member.phone_number.as_ref())
        .with_some("title", member.title.as_ref())
}

/// Solutions as the vendor takes them.
pub(super) fn solutions(solutions: &[PartnerCenterSolutionInput]) -> Vec<Object> {
    let solution = |it: &PartnerCenterSolutionInput| {
        Object::default()
            .with("id", &it.id)
            .with_some("name", it.name.as_ref())
            .with_some("type", it.kind.and_then(Word::word))
    };
    solutions.iter().map(solution).collect()
}
