//! How a referral stands to what was decided on it. Pure.

use super::is_since;
use crate::model::{
    Decision, ModerationSide, ModerationStatus, Problem, ProblemCode, Referral, Verdict,
};
use crate::vendor::paging::read_again;
use crate::vendor::saasquatch::wire;
use crate::vendor::{Decided, Sent};

/// What decisions on one referral make of its two sides: of several on one side the last counts.
#[derive(Clone, Copy, Default)]
struct Sides {
    referrer: Option<Verdict>,
    referred: Option<Verdict>,
}

/// What has become of the decisions on a referral that is there; unknown where they are still to be made.
pub(super) fn standing(
    referral: &Referral,
    decisions: &[Decision],
    id: &str,
    sent: &Sent,
) -> Decided {
    let ours = decisions.iter().filter(|decision| decision.referral == id);
    let mut wanted = Sides::default();
    // Where the call after it got lost, it is as one of ours has left it.
    let mut is_half_made = false;
    for decision in ours {
        wanted.take(decision);
        is_half_made |= wanted.are_in(referral);
    }
    if wanted.are_in(referral) {
        return Decided::applied();
    }
    let record: wire::Referral<'_> = read_again(&referral.raw);
    let times = [record.date_moderated, record.date_modified];
    let is_changed = times.into_iter().any(|time| is_since(sent, time));
    if is_half_made || !is_changed || !wanted.are_opposed_in(referral) {
        return Decided::unknown();
    }
    let message = "The referral was decided otherwise since.";
    Decided::rejected(Problem::new(ProblemCode::Conflict, message))
}

impl Sides {
    fn take(&mut self, decision: &Decision) {
        if decision.side != ModerationSide::Referred {
            self.referrer = Some(decision.verdict);
        }
        if decision.side != ModerationSide::Referrer {
            self.referred = Some(decision.verdict);
        }
    }

    fn are_in(self, referral: &Referral) -> bool {
        self.pairs(referral).is_some_and(|pairs| {
            let mut asked = pairs.into_iter();
            asked.all(|(asked, known)| asked.is_none_or(|asked| known == status(asked)))
        })
    }

    /// Whether a side has the other verdict. One that is pending, or that SaaSquatch does not show, nobody has decided as
    /// far as is known, whatever else of the referral has changed.
    fn are_opposed_in(self, referral: &Referral) -> bool {
        self.pairs(referral).is_some_and(|pairs| {
            let mut asked = pairs.into_iter();
            asked.any(|(asked, known)| match asked {
                Some(Verdict::Approve) => known == ModerationStatus::Denied,
                Some(Verdict::Deny) => known == ModerationStatus::Approved,
                None => false,
            })
        })
    }

    fn pairs(self, referral: &Referral) -> Option<[(Option<Verdict>, ModerationStatus); 2]> {
        let known = referral.moderation.as_deref()?;
        Some([
            (self.referrer, known.referrer),
            (self.referred, known.referred),
        ])
    }
}

fn status(verdict: Verdict) -> ModerationStatus {
    match verdict {
        Verdict::Approve => ModerationStatus::Approved,
        Verdict::Deny => ModerationStatus::Denied,
    }
}
