//! Referrals approved and denied, many with one call. SaaSquatch says nothing of each: where it refuses a call, those that
//! it refuses it for are sought out, so that the others do not suffer.

use std::collections::{HashMap, VecDeque};

use futures_util::stream::{self, StreamExt as _};

use super::vendors_code;
use crate::model::{
    Decision, Moderation, ModerationSide, ModerationStatus, Problem, ProblemCode, Referral,
    Verdict, WriteOutcome,
};
use crate::vendor::saasquatch::{Adapter, outgoing};
use crate::vendor::write::refusal;
use crate::vendor::{Adapter as _, Call, Decided, Error, Result, Settled, Written};

/// The most that one call takes.
pub(in crate::vendor::saasquatch) const MAX_ACTIONS: usize = 100;

/// So many calls at most are made to find out whom the vendor does not accept.
const MAX_CALLS: usize = 40;

/// Groups of this size that are refused are looked up.
const FEW: usize = 16;

/// How many referrals are read at once.
const PARALLEL: usize = 8;

/// Decisions that go into one call, by their places.
struct Group {
    places: Vec<usize>,
    /// Whether their referrals are known to be there.
    are_there: bool,
}

/// What the decisions on one referral make of its two sides.
#[derive(Clone, Copy, Default)]
struct Sides {
    referrer: Option<Verdict>,
    referred: Option<Verdict>,
}

pub(super) async fn write(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
) -> Result<Written> {
    let mut decided: Vec<Option<Decided>> = vec![None; decisions.len()];
    let mut settle = |places: &[usize], outcome: &Decided| {
        for place in places {
            decided[*place] = Some(outcome.clone());
        }
    };
    let mut waiting = VecDeque::from([Group {
        places: (0..decisions.len()).collect(),
        are_there: false,
    }]);
    let mut calls = 0;
    while let Some(group) = waiting.pop_front() {
        if calls == MAX_CALLS {
            for (place, outcome) in leftover(squatch, call, decisions, group.places).await {
                settle(&[place], &outcome);
            }
            continue;
        }
        calls += 1;
        let actions = group.places.iter().map(|place| &decisions[*place]);
        let moderation = outgoing::Moderation::new(actions);
        let Err(error) = squatch.client.moderate(call, &moderation).await else {
            settle(&group.places, &Decided::applied());
            continue;
        };
        let Some(problem) = refusal(&error) else {
            if calls == 1 {
                return Err(error);
            }
            // The rest is asked for later, by whoever settles what is unknown.
            break;
        };
        if problem.code == ProblemCode::Forbidden {
            settle(&group.places, &Decided::rejected(problem));
            continue;
        }
        let (rest, missing) = looked_up(squatch, call, decisions, group).await;
        settle(&missing, &Decided::rejected(no_such_referral()));
        match rest {
            Rest::Refused(place) => {
                let problem = explained(problem, &error, decisions[place].verdict);
                settle(&[place], &Decided::rejected(problem));
            }
            Rest::Groups(groups) => groups
                .into_iter()
                .rev()
                .for_each(|group| waiting.push_front(group)),
        }
    }
    let decided = decided.into_iter();
    Ok(Written::Each(
        decided
            .map(|it| it.unwrap_or_else(Decided::unknown))
            .collect(),
    ))
}

/// As soon as one of them is not as asked for, all are sent again: what is approved may be approved once more. Only where
/// there is nothing left to send does each get its own answer.
pub(super) async fn settle(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
) -> Result<Settled> {
    let places: Vec<usize> = (0..decisions.len()).collect();
    let referrals = read_all(squatch, call, decisions, &places).await;
    let wanted = wanted(decisions);
    let mut decided = Vec::with_capacity(decisions.len());
    for (decision, referral) in decisions.iter().zip(referrals) {
        let outcome = match referral? {
            None => Decided::rejected(no_such_referral()),
            Some(referral) if wanted[&*decision.referral].are_in(&referral) => Decided::applied(),
            Some(_) => return Ok(Settled::SendAgain),
        };
        decided.push(outcome);
    }
    Ok(Settled::Each(decided))
}

/// What is left of a group that was refused.
enum Rest {
    /// This one alone, and its referral may be there.
    Refused(usize),
    /// To be tried by themselves.
    Groups(Vec<Group>),
}

/// Takes those whose referrals are not there out of a refused group, as soon as it is small enough to look all of them up.
async fn looked_up(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    group: Group,
) -> (Rest, Vec<usize>) {
    let Group { places, are_there } = group;
    if are_there || places.len() > FEW {
        return (halves(places, are_there), Vec::new());
    }
    let referrals = read_all(squatch, call, decisions, &places).await;
    let (there, missing): (Vec<_>, Vec<_>) = places
        .into_iter()
        .zip(referrals)
        .partition(|(_, referral)| !matches!(referral, Ok(None)));
    let place = |(place, _): (usize, _)| place;
    let there: Vec<usize> = there.into_iter().map(place).collect();
    let missing: Vec<usize> = missing.into_iter().map(place).collect();
    let rest = if missing.is_empty() {
        halves(there, true)
    } else {
        let are_some = !there.is_empty();
        let group = are_some.then_some(Group {
            places: there,
            are_there: true,
        });
        Rest::Groups(group.into_iter().collect())
    };
    (rest, missing)
}

fn halves(mut places: Vec<usize>, are_there: bool) -> Rest {
    if let [place] = places[..] {
        return Rest::Refused(place);
    }
    let second = places.split_off(places.len().div_ceil(2));
    let halves = [places, second];
    Rest::Groups(
        halves
            .into_iter()
            .map(|places| Group { places, are_there })
            .collect(),
    )
}

/// What becomes of decisions that were refused together with others, when there were too many calls to try them apart.
async fn leftover(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    places: Vec<usize>,
) -> Vec<(usize, Decided)> {
    let wanted = wanted(decisions);
    let referrals = read_all(squatch, call, decisions, &places).await;
    let outcome = |place: usize, referral: Result<Option<Referral>>| match referral {
        Err(_) => Decided::unknown(),
        Ok(None) => Decided::rejected(no_such_referral()),
        Ok(Some(referral)) if wanted[&*decisions[place].referral].are_in(&referral) => Decided {
            outcome: WriteOutcome::AlreadyApplied,
            problems: Vec::new(),
        },
        Ok(Some(_)) => {
            let message = "SaaSquatch refused this together with other decisions. Ask for it with fewer of them.";
            Decided::rejected(Problem::new(ProblemCode::Conflict, message))
        }
    };
    let each = places.into_iter().zip(referrals);
    each.map(|(place, referral)| (place, outcome(place, referral)))
        .collect()
}

/// The referrals of these decisions, in their order.
async fn read_all(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    places: &[usize],
) -> Vec<Result<Option<Referral>>> {
    let ids = places.iter().map(|place| &*decisions[*place].referral);
    let reads: Vec<_> = ids.map(|id| squatch.referral(call, id)).collect();
    stream::iter(reads).buffered(PARALLEL).collect().await
}

/// Per referral: of several decisions on one side the last counts.
fn wanted(decisions: &[Decision]) -> HashMap<&str, Sides> {
    let mut wanted: HashMap<&str, Sides> = HashMap::new();
    for decision in decisions {
        let sides = wanted.entry(&decision.referral).or_default();
        if decision.side != ModerationSide::Referred {
            sides.referrer = Some(decision.verdict);
        }
        if decision.side != ModerationSide::Referrer {
            sides.referred = Some(decision.verdict);
        }
    }
    wanted
}

impl Sides {
    fn are_in(self, referral: &Referral) -> bool {
        let is = |asked: Option<Verdict>, status: ModerationStatus| match asked {
            None => true,
            Some(Verdict::Approve) => status == ModerationStatus::Approved,
            Some(Verdict::Deny) => status == ModerationStatus::Denied,
        };
        referral.moderation.as_deref().is_some_and(
            |Moderation {
                 referrer, referred, ..
             }| is(self.referrer, *referrer) && is(self.referred, *referred),
        )
    }
}

fn no_such_referral() -> Problem {
    let problem = Problem::new(ProblemCode::NotFound, "SaaSquatch has no such referral.");
    problem.at("decisions.0.referralId")
}

/// Why one decision was refused. What keeps a referral that is there from being denied is documented.
fn explained(problem: Problem, error: &Error, verdict: Verdict) -> Problem {
    let code = vendors_code(error);
    if verdict == Verdict::Deny {
        let message = format!(
            "SaaSquatch does not deny this referral{code}: a reward of it may be one that cannot be cancelled."
        );
        return Problem::new(ProblemCode::IllegalTransition, message).at("decisions.0.decision");
    }
    let problem = problem.at("decisions.0.decision");
    Problem {
        message: format!("SaaSquatch does not approve this referral{code}."),
        ..problem
    }
}
