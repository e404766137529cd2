//! Referrals approved and denied, many with one call. SaaSquatch says nothing of each: where it refuses a call, those that
//! it refuses it for are sought out, so that the others do not suffer. Who has been approved may be approved once more,
//! so that nothing is lost by sending decisions again.

use std::collections::{HashMap, HashSet, VecDeque};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::said;
use crate::model::{
    Decision, Moderation, ModerationSide, ModerationStatus, Problem, ProblemCode, Referral, Verdict,
};
use crate::vendor::saasquatch::{Adapter, outgoing};
use crate::vendor::write::{after_sending, refusal};
use crate::vendor::{Adapter as _, Call, Decided, Error, Result, Settled, Written};

/// The most that one call takes.
pub(in crate::vendor::saasquatch) const MAX_ACTIONS: usize = 100;

/// Refused groups of this size are looked up, and tried one by one: halving them further would take as many calls where
/// much of a batch is refused. A batch of a hundred so ends after some 120 calls at most.
const FEW: usize = 16;

/// How many calls are made at once, where one does not wait for the other.
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
    // Each is in one group until it has its answer.
    let mut decided = vec![Decided::unknown(); decisions.len()];
    let mut settle = |places: &[usize], outcome: Decided| {
        for place in places {
            decided[*place] = outcome.clone();
        }
    };
    let mut waiting = VecDeque::from([Group {
        places: (0..decisions.len()).collect(),
        are_there: false,
    }]);
    let mut is_first = true;
    while let Some(group) = waiting.pop_front() {
        let Err(error) = moderate(squatch, call, decisions, &group.places).await else {
            settle(&group.places, Decided::applied());
            is_first = false;
            continue;
        };
        let Some(problem) = refusal_of_some(&error) else {
            // Of a call before some may have taken effect: then nobody knows it of them all.
            return Err(if is_first {
                error
            } else {
                after_sending(error)
            });
        };
        is_first = false;
        let (rest, missing) = looked_up(squatch, call, decisions, group).await;
        settle(&missing, Decided::rejected(no_such_referral()));
        match rest {
            Rest::Refused(place) => {
                let problem = explained(problem, &error, decisions[place].verdict);
                settle(&[place], Decided::rejected(problem));
            }
            Rest::Groups(groups) => groups
                .into_iter()
                .rev()
                .for_each(|group| waiting.push_front(group)),
            Rest::OneByOne(places) => {
                for (place, outcome) in one_by_one(squatch, call, decisions, places).await? {
                    settle(&[place], outcome);
                }
            }
        }
    }
    Ok(Written::Each(decided))
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
    /// Each to be tried by itself.
    Groups(Vec<Group>),
    /// Each to be tried alone.
    OneByOne(Vec<usize>),
}

async fn moderate(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    places: &[usize],
) -> Result<()> {
    let actions = places.iter().map(|place| &decisions[*place]);
    let moderation = outgoing::Moderation::new(actions);
    squatch.client.moderate(call, &moderation).await
}

/// What a refusal says that may be about some of the decisions only. One for want of rights is about them all, and no
/// answer for good: someone may mend that.
fn refusal_of_some(error: &Error) -> Option<Problem> {
    refusal(error).filter(|problem| problem.code != ProblemCode::Forbidden)
}

async fn one_by_one(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    places: Vec<usize>,
) -> Result<Vec<(usize, Decided)>> {
    let attempts = places.into_iter().map(async |place| {
        let outcome = match moderate(squatch, call, decisions, &[place]).await {
            Ok(()) => Decided::applied(),
            Err(error) => {
                let Some(problem) = refusal_of_some(&error) else {
                    return Err(after_sending(error));
                };
                let verdict = decisions[place].verdict;
                Decided::rejected(explained(problem, &error, verdict))
            }
        };
        Ok((place, outcome))
    });
    let attempts: Vec<_> = attempts.collect();
    stream::iter(attempts)
        .buffered(PARALLEL)
        .try_collect()
        .await
}

/// Takes those whose referrals are not there out of a refused group, as soon as it is small enough to look all of them up.
async fn looked_up(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    group: Group,
) -> (Rest, Vec<usize>) {
    let Group { places, are_there } = group;
    if places.len() > FEW {
        return (halves(places, are_there), Vec::new());
    }
    if are_there {
        return (apart(decisions, places), Vec::new());
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
        apart(decisions, there)
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

/// Several decisions on one referral keep their order, so they are not made side by side.
fn apart(decisions: &[Decision], places: Vec<usize>) -> Rest {
    let referrals: HashSet<&str> = places
        .iter()
        .map(|place| &*decisions[*place].referral)
        .collect();
    if places.len() > 1 && referrals.len() == places.len() {
        return Rest::OneByOne(places);
    }
    halves(places, true)
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
    let said = said(error);
    if verdict == Verdict::Deny {
        let message = format!(
            "A reward that cannot be cancelled keeps a referral from being denied. SaaSquatch refuses it{said}"
        );
        return Problem::new(ProblemCode::IllegalTransition, message).at("decisions.0.decision");
    }
    let problem = problem.at("decisions.0.decision");
    Problem {
        message: format!("SaaSquatch refuses to approve this referral{said}"),
        ..problem
    }
}
