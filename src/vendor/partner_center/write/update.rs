//! Changing fields of a referral.

use super::change::{Ending, Patched, Step};
use super::current::{Current, missing};
use super::patch::{Operation, operations};
use super::same::is_so;
use super::{earliest, found, unknown};
use crate::model::{Problem, ProblemCode};
use crate::vendor::partner_center::map::words::Word;
use crate::vendor::partner_center::schema::PartnerCenterPatch;
use crate::vendor::partner_center::{Adapter, whole};
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
            if sent.is_repeated && may_be_changed(current, sent) {
                return Step::Leave;
            }
            match illegal(patch, &current.record) {
                Some(problem) => Step::Refuse(problem),
                None => Step::Patch(operations(patch, Some(current))),
            }
        };
        Ok(match self.change(call, id, sent, decide).await? {
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
        let problem = match self.patch(call, id, Some(version), &first, sent).await? {
            Patched::Applied(effect) => return Ok(Written::Applied(effect)),
            Patched::Changed => return self.changed(call, id, patch, sent).await,
            Patched::Refused(problem) => problem,
        };
        if sent.is_repeated {
            // An earlier attempt may be what it was refused for.
            let settled = self
                .settle_update(call, id, Some(version), patch, sent)
                .await;
            match settled {
                Ok(Settled::Applied(effect)) => return Ok(Written::Applied(effect)),
                Ok(Settled::Ambiguous) | Err(_) => return Err(unknown()),
                Ok(_) => {}
            }
        }
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
        Ok(
            match self.patch(call, id, Some(version), &again, sent).await? {
                Patched::Applied(effect) => Written::Applied(effect),
                Patched::Changed => return self.changed(call, id, patch, sent).await,
                Patched::Refused(problem) => Written::Rejected(current.rejection(problem)),
            },
        )
    }

    /// The referral is in another version than the caller expects: shows it, unless that version is what an earlier
    /// attempt made. Where it may be so, nobody knows.
    async fn changed(
        &self,
        call: &Call,
        id: &str,
        patch: &PartnerCenterPatch,
        sent: &Sent,
    ) -> Result<Written> {
        let message = "The referral has changed since it was read: this is no longer its version.";
        let problem = Problem::new(ProblemCode::VersionMismatch, message).at("expectedVersion");
        match self.current(call, id).await {
            Ok(Some(current)) if sent.is_repeated && is_so(patch, &current.record) => {
                Ok(Written::Applied(current.effect()))
            }
            Ok(Some(current)) if sent.is_repeated && may_be_changed(&current, sent) => {
                Err(unknown())
            }
            Ok(Some(current)) => Ok(Written::Rejected(current.rejection(problem))),
            Err(_) if sent.is_repeated => Err(unknown()),
            _ => Ok(Written::Rejected(problem.into())),
        }
    }

    /// A change that is there in part, or is no longer there, cannot be told from one by somebody else, which a second
    /// attempt would undo. As long as nothing has changed, a second attempt is harmless: every change is conditional.
    pub(super) async fn settle_update(
        &self,
        call: &Call,
        id: &str,
        expected: Option<&str>,
        patch: &PartnerCenterPatch,
        sent: &Sent,
    ) -> Result<Settled> {
        let Some(current) = self.current(call, id).await? else {
            return Ok(Settled::Rejected(Rejection::of(missing())));
        };
        if is_so(patch, &current.record) {
            return Ok(Settled::Applied(current.effect()));
        }
        let is_expected = expected.is_some() && expected == current.version.as_deref();
        if !is_expected && may_be_changed(&current, sent) {
            return Ok(Settled::Ambiguous);
        }
        Ok(self.accepted.not_yet(sent))
    }
}

/// Whether it may have been changed since the first attempt began, by whomever.
fn may_be_changed(current: &Current, sent: &Sent) -> bool {
    let updated = current.record.updated_date_time;
    updated.is_none_or(|updated| updated.0 >= earliest(sent))
}

/// Why the status cannot become what the patch says; <https://learn.microsoft.com/partner-center/developer/referral-resources>.
fn illegal(patch: &PartnerCenterPatch, record: &whole::Referral) -> Option<Problem> {
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
