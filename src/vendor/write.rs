//! How an adapter writes: what it is told, and what it tells. Whether a write may be made again, and when, is decided by
//! the ledger; what became of one is found out by the adapter that knows where to look.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::error::{Error, Kind};
use crate::model::{
    Connection, Facilitator, FinanceDeal, Note, Problem, ProblemCode, Referral, WriteOutcome,
};

/// What is known of the attempts to make a write.
#[derive(Clone)]
pub struct Sent {
    /// Names this one step of one operation, and no other: letters, digits and hyphens, at most 64. A vendor that keeps
    /// a reference of ours is given it, where the caller has none of their own, so that what was made can be found.
    pub reference: String,
    /// When the first attempt began, by the vendor's clock as far as its answers have told it.
    pub since: Timestamp,
    /// Whether an attempt may already have reached the vendor.
    pub is_repeated: bool,
    /// The vendor's ids of what other writes are known to have made: none of it is what this one made.
    pub claimed: Arc<HashSet<String>>,
}

/// How an attempt ended. An error means that there was no answer to it: unless [`Error::is_unsent`], or the vendor said
/// that it refuses all calls just now, nobody knows what became of it. A failed call before the one that changes anything
/// must therefore be marked by [`before_sending`].
pub enum Written {
    /// It took effect.
    Applied(Box<Effect>),
    /// What it asks for was so before.
    AlreadyApplied(Box<Effect>),
    /// The vendor refused it.
    Rejected(Rejection),
    /// What came of each of several decisions, in their order.
    Each(Vec<Decided>),
}

/// What was found out about an attempt that was not answered.
pub enum Settled {
    /// It took effect.
    Applied(Box<Effect>),
    /// It did not, and never can.
    Rejected(Rejection),
    /// There is nothing of it at the vendor. It may still be on its way: only after a quiet time is it held to be lost.
    Absent {
        /// Whether it may be sent again then. Where not, it has ended without effect.
        may_be_sent_again: bool,
    },
    /// Not all of it is at the vendor, and sending it again does no harm, even if it is still on its way.
    SendAgain,
    /// There are several that it may have made, and no way to tell them apart.
    Ambiguous,
    /// What came of each of several decisions, in their order; those still unknown are asked for again.
    Each(Vec<Decided>),
}

/// Why there will be no effect.
pub struct Rejection {
    /// At least one; paths within the write's own input.
    pub problems: Vec<Problem>,
    /// What is there instead, where that helps: the current record.
    pub effect: Box<Effect>,
}

/// What a write left behind, as far as it is known.
#[derive(Clone, Default)]
pub struct Effect {
    /// The vendor's id of the referral that it made or changed.
    pub referral_id: Option<Arc<str>>,
    /// That referral, if the vendor told it after the write.
    pub referral: Option<Arc<Referral>>,
    /// The facilitator that it added.
    pub facilitator: Option<Facilitator>,
    /// The connection that it asked for.
    pub connection: Option<Arc<Connection>>,
    /// The note that it added.
    pub note: Option<Note>,
    /// The deal that it made.
    pub deal: Option<FinanceDeal>,
}

/// What came of one decision.
#[derive(Clone)]
pub struct Decided {
    /// Its outcome.
    pub outcome: WriteOutcome,
    /// Why it was rejected.
    pub problems: Vec<Problem>,
}

impl Written {
    /// Whether all that keeps it from being made is that the credentials may not: somebody may give them the right.
    pub fn is_forbidden(&self) -> bool {
        let are_forbidden = |problems: &[Problem]| {
            let mut codes = problems.iter().map(|problem| problem.code);
            !problems.is_empty() && codes.all(|code| code == ProblemCode::Forbidden)
        };
        match self {
            Self::Rejected(rejection) => are_forbidden(&rejection.problems),
            Self::Each(decided) => {
                let is_forbidden = |it: &Decided| {
                    it.outcome == WriteOutcome::Rejected && are_forbidden(&it.problems)
                };
                !decided.is_empty() && decided.iter().all(is_forbidden)
            }
            _ => false,
        }
    }
}

impl Effect {
    /// The effect on a referral that the vendor told of.
    pub fn referral(referral: Referral) -> Box<Self> {
        Box::new(Self {
            referral_id: Some(referral.remote_id.clone()),
            referral: Some(Arc::new(referral)),
            ..Self::default()
        })
    }

    /// An effect on a referral that the vendor did not show.
    pub fn on(referral_id: &str) -> Self {
        Self {
            referral_id: Some(referral_id.into()),
            ..Self::default()
        }
    }
}

impl Rejection {
    /// For one reason, with nothing to show.
    pub fn of(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
            effect: Box::default(),
        }
    }
}

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Self::of(problem)
    }
}

impl Decided {
    /// A decision that took effect.
    pub fn applied() -> Self {
        Self {
            outcome: WriteOutcome::Applied,
            problems: Vec::new(),
        }
    }

    /// A decision of which nobody knows.
    pub fn unknown() -> Self {
        Self {
            outcome: WriteOutcome::Unknown,
            problems: Vec::new(),
        }
    }

    /// A decision that was refused.
    pub fn rejected(problem: Problem) -> Self {
        Self {
            outcome: WriteOutcome::Rejected,
            problems: vec![problem],
        }
    }
}

/// Marks the failure of a call that only looked: the write itself was not sent.
pub fn before_sending(error: Error) -> Error {
    error.unsent()
}

/// Marks the failure of a call that only looked, after the one that changed something: whatever its answer was, it says
/// nothing of the write.
pub fn after_sending(error: Error) -> Error {
    Error {
        kind: match error.kind {
            Kind::Timeout | Kind::Deadline | Kind::InvalidResponse => error.kind,
            _ => Kind::Unavailable,
        },
        status: None,
        unsent: false,
        ..error
    }
}

/// What an answer says that refuses a write for a reason which the caller can do something about. `None` where it says
/// nothing of this write: the vendor is broken, refuses every call for now, or does not accept the credentials.
pub fn refusal(error: &Error) -> Option<Problem> {
    let name = error.vendor;
    let (code, message) = match (error.status, error.kind) {
        // Some say it with a 403.
        (_, Kind::RateLimited) => return None,
        (_, Kind::NotFound) | (Some(410), _) => {
            (ProblemCode::NotFound, format!("{name} has no such record."))
        }
        (Some(403), _) => (
            ProblemCode::Forbidden,
            format!("{name} does not let the gateway's credentials do this."),
        ),
        (Some(409 | 423), _) => (
            ProblemCode::Conflict,
            format!("{name} says that this conflicts with what is there."),
        ),
        (Some(412), _) => (
            ProblemCode::VersionMismatch,
            "The referral has changed since it was read.".to_owned(),
        ),
        (_, Kind::Rejected) => (ProblemCode::Invalid, format!("{name} refuses this input.")),
        _ => return None,
    };
    Some(Problem::new(code, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Vendor;

    fn error(kind: Kind, status: u16) -> Error {
        Error {
            status: Some(status),
            ..Error::new(Vendor::ALL[0], "test", kind, "")
        }
    }

    #[test]
    fn a_vendor_that_wants_to_be_left_alone_refuses_no_write_whatever_its_status() {
        for status in [403, 409, 429] {
            assert!(refusal(&error(Kind::RateLimited, status)).is_none());
        }
        let forbidden = refusal(&error(Kind::Unauthorized, 403)).unwrap();
        assert_eq!(forbidden.code, ProblemCode::Forbidden);
    }

    #[test]
    fn a_write_is_forbidden_only_if_all_of_it_is() {
        let problem = |code| Problem::new(code, "No.");
        let forbidden = || Decided::rejected(problem(ProblemCode::Forbidden));
        for (decided, expected) in [
            (vec![forbidden()], true),
            (vec![forbidden(), forbidden()], true),
            (vec![forbidden(), Decided::applied()], false),
            (vec![forbidden(), Decided::unknown()], false),
            (
                vec![Decided::rejected(problem(ProblemCode::Conflict))],
                false,
            ),
            (Vec::new(), false),
        ] {
            assert_eq!(Written::Each(decided).is_forbidden(), expected);
        }
        let rejected = |code| Written::Rejected(problem(code).into());
        assert!(rejected(ProblemCode::Forbidden).is_forbidden());
        assert!(!rejected(ProblemCode::NotFound).is_forbidden());
        assert!(!Written::Applied(Box::default()).is_forbidden());
    }

    #[test]
    fn what_a_later_look_was_answered_says_nothing_of_the_write() {
        let kinds = [Kind::NotFound, Kind::Rejected, Kind::RateLimited];
        for kind in kinds {
            let error = after_sending(before_sending(error(kind, 404)));
            assert_eq!((error.kind, error.status), (Kind::Unavailable, None));
            assert!(!error.is_unsent() && refusal(&error).is_none());
        }
        let late = after_sending(error(Kind::Timeout, 200));
        assert_eq!(late.kind, Kind::Timeout);
    }
}
