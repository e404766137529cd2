//! A conditional change: read, decide, patch what was read, and begin again when it has changed in between.

use super::current::{Current, missing};
use super::patch::Operation;
use super::{refusal, unknown};
use crate::model::{Problem, ProblemCode};
use crate::vendor::http::Answer;
use crate::vendor::partner_center::{Adapter, single};
use crate::vendor::write::before_sending;
use crate::vendor::{Call, Effect, Rejection, Result, Sent};

/// How often a change is tried on a referral that others keep changing: once, and three times again.
const ATTEMPTS: usize = 4;

/// What is to be done about a referral as it is.
pub(super) enum Step {
    /// Nothing: it is as it is to be.
    Nothing,
    /// Nothing: it cannot be made so.
    Refuse(Problem),
    /// Nothing: whether an earlier attempt has changed it cannot be said.
    Leave,
    /// Change it.
    Patch(Vec<Operation>),
}

/// How a change ended.
pub(super) enum Ending {
    /// It was made.
    Applied(Box<Effect>),
    /// There was nothing to change.
    WasSo(Box<Effect>),
    /// It was not made.
    Rejected(Rejection),
}

/// How one patch ended.
pub(super) enum Patched {
    /// It took effect.
    Applied(Box<Effect>),
    /// The referral is in another version.
    Changed,
    /// The vendor does not want it.
    Refused(Problem),
}

impl Adapter {
    /// Changes a referral as `decide` says. Only the last of its patches is not known to have been refused.
    pub(super) async fn change(
        &self,
        call: &Call,
        id: &str,
        sent: &Sent,
        decide: impl Fn(&Current) -> Step + Send + Sync,
    ) -> Result<Ending> {
        for _ in 0..ATTEMPTS {
            let current = self.current(call, id).await.map_err(before_sending)?;
            let Some(current) = current else {
                return Ok(Ending::Rejected(missing().into()));
            };
            let patch = match decide(&current) {
                Step::Nothing => return Ok(Ending::WasSo(current.effect())),
                Step::Refuse(problem) => return Ok(Ending::Rejected(current.rejection(problem))),
                Step::Leave => return Err(unknown()),
                Step::Patch(patch) => patch,
            };
            let version = current.version.as_deref();
            match self.patch(call, id, version, &patch, sent).await? {
                Patched::Applied(effect) => return Ok(Ending::Applied(effect)),
                Patched::Refused(problem) => return Ok(Ending::Rejected(problem.into())),
                Patched::Changed => {}
            }
        }
        let message = "The referral is being changed by others all the time. Try again later.";
        let problem = Problem::new(ProblemCode::Conflict, message);
        Ok(Ending::Rejected(problem.into()))
    }

    /// Sends one patch. An error means that nobody knows what became of it.
    pub(super) async fn patch(
        &self,
        call: &Call,
        id: &str,
        version: Option<&str>,
        patch: &[Operation],
        sent: &Sent,
    ) -> Result<Patched> {
        let answered = self.client.patch_referral(call, id, version, patch).await;
        let error = match answered {
            // It has been taken in, and nothing says that it has been done.
            Ok(answer) if answer.status == 202 => {
                self.accepted.note(sent);
                return Err(answer.invalid("the change was accepted only"));
            }
            Ok(answer) => {
                let effect = self.after(call, id, &answer).await;
                return Ok(Patched::Applied(effect));
            }
            Err(error) => error,
        };
        if refusal::is_precondition(&error) {
            return Ok(Patched::Changed);
        }
        match refusal::problem(&error) {
            Some(problem) => Ok(Patched::Refused(problem)),
            None => Err(error),
        }
    }

    /// What a change left behind: as the vendor told it, or as it can be read now. It took effect even if neither is so.
    async fn after(&self, call: &Call, id: &str, answer: &Answer) -> Box<Effect> {
        let told = single(answer).ok();
        if let Some(referral) = told {
            return Effect::referral(referral);
        }
        match self.current(call, id).await {
            Ok(Some(current)) => current.effect(),
            _ => Box::new(Effect::on(id)),
        }
    }
}

/// Whether a text can stand for one version in `If-Match`. Not a list of several, nor `*`, which is any: either would
/// make a change that was meant for one version apply to others.
pub(in crate::vendor::partner_center) fn is_version(text: &str) -> bool {
    let is_graphic = text.chars().all(|c| c.is_ascii_graphic() && c != ',');
    is_graphic && text.len() <= 200 && !matches!(text, "" | "*")
}
