//! Changing fields of a referral.

use super::change::{Ending, Patched, Step};
use super::current::{Current, missing};
use super::found;
use super::patch::{Operation, currency, operations};
use crate::model::{Decimal, Problem, ProblemCode};
use crate::vendor::partner_center::map::words::Word;
use crate::vendor::partner_center::schema::{
    PartnerCenterPatch, PartnerCenterSolutionInput, TeamMemberInput,
};
use crate::vendor::partner_center::{Adapter, wire};
use crate::vendor::{Call, Rejection, Result, Sent, Settled, Written};

impl Adapter {
    /// <https://learn.microsoft.com/partner-center/developer/patch-a-referral>
    pub(super) async fn update(
        &self,
        call: &Call,
        id: &str,
        expected: Option<&str>,
        patch: &PartnerCenterPatch,
        sent: &Sent,
    ) -> Result<Written> {
        if let Some(version) = expected {
            return self.update_version(call, id, version, patch, sent).await;
        }
        let decide = |current: &Current| {
            if sent.is_repeated && is_so(patch, &current.record) {
                return Step::Nothing;
            }
            match illegal(patch, &current.record) {
                Some(problem) => Step::Refuse(problem),
                None => Step::Patch(operations(patch, Some(current))),
            }
        };
        Ok(match self.change(call, id, decide).await? {
            Ending::Applied(effect) => Written::Applied(effect),
            Ending::WasSo(effect) => found(effect, sent),
            Ending::Rejected(rejection) => Written::Rejected(rejection),
        })
    }

    /// Without a look before: the condition says all that must be so. Why it was refused is looked for afterwards.
    async fn update_version(
        &self,
        call: &Call,
        id: &str,
        version: &str,
        patch: &PartnerCenterPatch,
        sent: &Sent,
    ) -> Result<Written> {
        let first = operations(patch, None);
        let problem = match self.patch(call, id, Some(version), &first).await? {
            Patched::Applied(effect) => return Ok(Written::Applied(effect)),
            Patched::Changed => return Ok(self.changed(call, id, patch, sent).await),
            Patched::Refused(problem) => problem,
        };
        if problem.code != ProblemCode::Invalid {
            return Ok(Written::Rejected(problem.into()));
        }
        // It was refused whatever comes of this look.
        let Ok(Some(current)) = self.current(call, id).await else {
            return Ok(Written::Rejected(problem.into()));
        };
        if let Some(illegal) = illegal(patch, &current.record) {
            return Ok(Written::Rejected(current.rejection(illegal)));
        }
        let again = operations(patch, Some(&current));
        if again.iter().all(Operation::is_replace) {
            return Ok(Written::Rejected(current.rejection(problem)));
        }
        // There was nothing to replace in places. What was refused did nothing, so that it may be put in other words.
        Ok(match self.patch(call, id, Some(version), &again).await? {
            Patched::Applied(effect) => Written::Applied(effect),
            Patched::Changed => self.changed(call, id, patch, sent).await,
            Patched::Refused(problem) => Written::Rejected(current.rejection(problem)),
        })
    }

    /// The referral is in another version than the caller expects: shows it, unless that version is what an earlier
    /// attempt made.
    async fn changed(
        &self,
        call: &Call,
        id: &str,
        patch: &PartnerCenterPatch,
        sent: &Sent,
    ) -> Written {
        let message = "The referral has changed since it was read: this is no longer its version.";
        let problem = Problem::new(ProblemCode::VersionMismatch, message).at("expectedVersion");
        match self.current(call, id).await {
            Ok(Some(current)) if sent.is_repeated && is_so(patch, &current.record) => {
                Written::Applied(current.effect())
            }
            Ok(Some(current)) => Written::Rejected(current.rejection(problem)),
            _ => Written::Rejected(problem.into()),
        }
    }

    /// Every change is of values and conditional: made twice, it comes to the same or is refused.
    pub(super) async fn settle_update(
        &self,
        call: &Call,
        id: &str,
        patch: &PartnerCenterPatch,
    ) -> Result<Settled> {
        Ok(match self.current(call, id).await? {
            None => Settled::Rejected(Rejection::of(missing())),
            Some(current) if is_so(patch, &current.record) => Settled::Applied(current.effect()),
            Some(_) => Settled::SendAgain,
        })
    }
}

/// Why the status cannot become what the patch says; <https://learn.microsoft.com/partner-center/developer/referral-resources>.
fn illegal(patch: &PartnerCenterPatch, record: &wire::Referral) -> Option<Problem> {
    let wanted = patch.status.and_then(Word::word)?;
    let is_legal = match record.status.as_deref()? {
        "Active" => matches!(wanted, "Active" | "Closed"),
        "Closed" => wanted == "Closed",
        _ => true,
    };
    let now = record.status.as_deref().unwrap_or_default();
    let message = format!("The referral is {now} and cannot become {wanted}.");
    let problem = || Problem::new(ProblemCode::IllegalTransition, message).at("status");
    (!is_legal).then(problem)
}

/// Whether a record has every value that the patch gives.
fn is_so(patch: &PartnerCenterPatch, record: &wire::Referral) -> bool {
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
        && has(
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

/// A blank text and none are the same to the vendor.
fn has_text(wanted: Option<&str>, is: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| wanted.trim() == is.unwrap_or_default().trim())
}

fn has_amount(patch: &PartnerCenterPatch, details: Option<&wire::Details>) -> bool {
    let value: Option<&Decimal> = details.and_then(|it| it.deal_value.as_ref());
    let is = details.and_then(|it| it.currency.as_deref());
    has(patch.deal_value.as_ref(), value)
        && has_text(patch.currency.as_deref().map(currency).as_deref(), is)
}

fn has_members(wanted: Option<&[TeamMemberInput]>, are: &[wire::Member]) -> bool {
    let same = |(wanted, is): (&TeamMemberInput, &wire::Member)| {
        [
            (Some(&wanted.first_name), is.first_name.as_ref()),
            (Some(&wanted.last_name), is.last_name.as_ref()),
            (Some(&wanted.email), is.email.as_ref()),
            (wanted.phone_number.as_ref(), is.phone_number.as_ref()),
            (wanted.title.as_ref(), is.title.as_ref()),
        ]
        .into_iter()
        .all(|(wanted, is)| has_text(wanted.map(String::as_str), is.map(String::as_str)))
    };
    wanted.is_none_or(|wanted| wanted.len() == are.len() && wanted.iter().zip(are).all(same))
}

fn has_solutions(
    wanted: Option<&[PartnerCenterSolutionInput]>,
    details: Option<&wire::Details>,
) -> bool {
    let requirements = details.and_then(|it| it.requirements.as_ref());
    let are = requirements.map_or(&[][..], |it| &it.solutions);
    let same = |(wanted, is): (&PartnerCenterSolutionInput, &wire::Solution)| {
        let kind = wanted.kind.and_then(Word::word);
        has_text(Some(&wanted.id), is.id.as_deref())
            && has_text(wanted.name.as_deref(), is.name.as_deref())
            && has_text(kind, is.kind.as_deref())
    };
    wanted.is_none_or(|wanted| wanted.len() == are.len() && wanted.iter().zip(are).all(same))
}
