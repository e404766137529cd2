//! Accepting and rejecting referrals, one at a time. What the answers show is not trusted: on the vendor's pages a referral
//! is still pending after either.

use super::lists::read_one;
use super::refused::{Refusals, unknown};
use super::{Adapter, map};
use crate::model::{
    Decision, Direction, Problem, ProblemCode, Referral, ReferralStatus, Vendor, Verdict,
    WriteOutcome,
};
use crate::vendor::write::{Decided, Sent, Settled, Written};
use crate::vendor::{Call, Error, Result, redact};

const REFUSALS: Refusals = Refusals {
    fields: &[("rejection_reason", "decisions.0.reason")],
    forbidden: "Plannr does not let this account decide on this referral.",
    missing: "Plannr does not offer this referral for a decision by this account.",
    conflict: "Plannr says that this conflicts with what is there.",
};

/// How a referral stands to a decision.
enum Standing {
    /// As the decision wants it.
    AsAsked,
    /// Still to be decided.
    Open,
    /// In a way that we do not know.
    Unrecognized(Problem),
    /// Beyond this decision.
    Otherwise(Problem),
}

impl Adapter {
    pub(super) async fn moderate(
        &self,
        call: &Call,
        decisions: &[Decision],
        sent: &Sent,
    ) -> Result<Written> {
        let decision = only(decisions)?;
        let Err(error) = self.decide(call, decision).await else {
            return Ok(Written::Each(vec![Decided::applied()]));
        };
        let Some(problems) = REFUSALS.problems(&error) else {
            return Err(error);
        };
        let refused = Decided {
            outcome: WriteOutcome::Rejected,
            problems,
        };
        let decided = match self.standing(call, decision).await {
            Ok(Standing::AsAsked) => Decided {
                outcome: WriteOutcome::AlreadyApplied,
                problems: Vec::new(),
            },
            Ok(Standing::Otherwise(problem) | Standing::Unrecognized(problem)) => {
                Decided::rejected(problem)
            }
            Err(_) if sent.is_repeated => return Err(unknown(error.operation)),
            Ok(Standing::Open) | Err(_) => refused,
        };
        Ok(Written::Each(vec![decided]))
    }

    /// A referral that is still pending can be decided again: of two decisions Plannr refuses the later.
    pub(super) async fn settle_moderation(
        &self,
        call: &Call,
        decisions: &[Decision],
    ) -> Result<Settled> {
        let decided = match self.standing(call, only(decisions)?).await? {
            Standing::AsAsked => Decided::applied(),
            Standing::Otherwise(problem) => Decided::rejected(problem),
            Standing::Open => {
                return Ok(Settled::Absent {
                    may_be_sent_again: true,
                });
            }
            Standing::Unrecognized(_) => return Ok(Settled::Ambiguous),
        };
        Ok(Settled::Each(vec![decided]))
    }

    async fn decide(&self, call: &Call, decision: &Decision) -> Result<()> {
        let uuid = &decision.referral;
        match decision.verdict {
            Verdict::Approve => self.client.accept_referral(call, uuid).await?,
            Verdict::Deny => {
                let reason = decision.reason.as_deref().unwrap_or_default();
                self.client.reject_referral(call, uuid, reason).await?
            }
        };
        Ok(())
    }

    async fn standing(&self, call: &Call, decision: &Decision) -> Result<Standing> {
        let row = self.client.referral(call, &decision.referral).await?;
        let referral = read_one("get_referral", row, map::referral)?;
        Ok(referral.map_or_else(missing, |it| standing(&it, decision.verdict)))
    }
}

/// One call of Plannr's takes one decision.
fn only(decisions: &[Decision]) -> Result<&Decision> {
    match decisions {
        [decision] => Ok(decision),
        _ => Err(Error::unsupported(Vendor::Plannr, "moderate_referrals")),
    }
}

fn missing() -> Standing {
    let problem = Problem::new(ProblemCode::NotFound, "Plannr has no such referral.");
    Standing::Otherwise(problem.at("decisions.0.referralId"))
}

fn standing(referral: &Referral, verdict: Verdict) -> Standing {
    let wanted = match verdict {
        Verdict::Approve => ReferralStatus::Active,
        Verdict::Deny => ReferralStatus::Declined,
    };
    let illegal = |message: String| {
        let problem = Problem::new(ProblemCode::IllegalTransition, message);
        problem.at("decisions.0.decision")
    };
    if referral.status == wanted {
        return Standing::AsAsked;
    }
    if referral.direction == Some(Direction::Sent) {
        let message = "Only the firm that a referral was sent to can decide on it.";
        return Standing::Otherwise(illegal(message.to_owned()));
    }
    let known = referral.vendor_status.as_deref();
    let word = known.filter(|word| redact::is_plain(word));
    let message = match word {
        Some(word) => format!("The referral is {word}; only a pending one can be decided."),
        None => "Only a pending referral can be decided.".to_owned(),
    };
    match referral.status {
        ReferralStatus::Pending => Standing::Open,
        ReferralStatus::Unrecognized => Standing::Unrecognized(illegal(message)),
        _ => Standing::Otherwise(illegal(message)),
    }
}
