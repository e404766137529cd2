//! Answering a new referral: it becomes Active/Accepted or Closed/Declined.

use super::change::{Ending, Step};
use super::current::{Current, missing};
use super::earliest;
use super::patch::Operation;
use crate::model::{Decision, Problem, ProblemCode, Verdict, WriteOutcome};
use crate::vendor::partner_center::{Adapter, whole};
use crate::vendor::{Call, Decided, Result, Sent, Settled, Written};

impl Adapter {
    pub(super) async fn moderate(
        &self,
        call: &Call,
        decision: &Decision,
        sent: &Sent,
    ) -> Result<Written> {
        let (status, substatus) = wanted(decision.verdict);
        let decide = |current: &Current| {
            if is_decided(decision.verdict, &current.record) {
                return Step::Nothing;
            }
            if current.record.status.as_deref() != Some("New") {
                return Step::Refuse(too_late(&current.record));
            }
            let mut patch = vec![
                Operation::set(Some(current), "/status", &status),
                Operation::set(Some(current), "/substatus", &substatus),
            ];
            if let Some(reason) = &decision.reason {
                patch.push(Operation::set(Some(current), "/statusReason", reason));
            }
            Step::Patch(patch)
        };
        let ending = self.change(call, &decision.referral, sent, decide).await?;
        let decided = match ending {
            Ending::WasSo(_) if !sent.is_repeated => Decided {
                outcome: WriteOutcome::AlreadyApplied,
                problems: Vec::new(),
            },
            Ending::Applied(_) | Ending::WasSo(_) => Decided::applied(),
            Ending::Rejected(rejection) => Decided {
                outcome: WriteOutcome::Rejected,
                problems: rejection.problems,
            },
        };
        Ok(Written::Each(vec![decided]))
    }

    /// A referral that is still new can be answered again: whichever attempt comes second finds another version.
    pub(super) async fn settle_moderation(
        &self,
        call: &Call,
        decision: &Decision,
        sent: &Sent,
    ) -> Result<Settled> {
        let Some(current) = self.current(call, &decision.referral).await? else {
            return Ok(Settled::Each(vec![Decided::rejected(missing())]));
        };
        let record = &current.record;
        if record.status.as_deref() == Some("New") {
            return Ok(self.accepted.not_yet(sent));
        }
        // What was accepted by this decision may have been closed since.
        let since = earliest(sent);
        let was_accepted = decision.verdict == Verdict::Approve
            && record.accepted_date_time.is_some_and(|at| at.0 >= since);
        let is_applied = is_decided(decision.verdict, record) || was_accepted;
        let decided = if is_applied {
            Decided::applied()
        } else {
            Decided::rejected(too_late(record))
        };
        Ok(Settled::Each(vec![decided]))
    }
}

/// The status and substatus of a verdict.
fn wanted(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Approve => ("Active", "Accepted"),
        Verdict::Deny => ("Closed", "Declined"),
    }
}

fn is_decided(verdict: Verdict, record: &whole::Referral) -> bool {
    let is = (record.status.as_deref(), record.substatus.as_deref());
    let (status, substatus) = wanted(verdict);
    is == (Some(status), Some(substatus))
}

fn too_late(record: &whole::Referral) -> Problem {
    let message = match record.status.as_deref() {
        Some(status @ ("Active" | "Closed")) => {
            format!("The referral is {status}: only a new one can be approved or denied.")
        }
        _ => "Only a new referral can be approved or denied.".to_owned(),
    };
    Problem::new(ProblemCode::IllegalTransition, message)
}
