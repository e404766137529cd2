//! Referrals approved and denied, many with one call. SaaSquatch says nothing of each: where it refuses a call, those that
//! it refuses it for are sought out, so that the others do not suffer. Who has been approved may be approved once more,
//! but what somebody has decided since is not undone by sending decisions again.

use std::collections::VecDeque;

use futures_util::stream::{self, StreamExt as _};

use super::said;
use super::split::{Group, Rest, apart, halves};
use super::standing::standing;
use crate::model::{Decision, Problem, ProblemCode, Referral, Verdict, WriteOutcome};
use crate::vendor::saasquatch::{Adapter, outgoing};
use crate::vendor::write::{after_sending, before_sending, refusal};
use crate::vendor::{Adapter as _, Call, Decided, Error, Kind, Result, Sent, Settled, Written};

/// The most that one call takes.
pub(in crate::vendor::saasquatch) const MAX_ACTIONS: usize = 100;

/// Refused groups of this size are looked up, and tried one by one: halving them further would take as many calls where
/// much of a batch is refused. A batch of a hundred so ends after some 120 calls at most.
const FEW: usize = 16;

/// How many calls are made at once, where one does not wait for the other.
const PARALLEL: usize = 8;

/// Of decisions that may have been sent before, only those are sent that nobody has decided since.
pub(super) async fn write(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    sent: &Sent,
) -> Result<Written> {
    let mut decided = if sent.is_repeated {
        let known = look(squatch, call, decisions, sent).await;
        known.map_err(before_sending)?
    } else {
        vec![Decided::unknown(); decisions.len()]
    };
    let count = |decided: &[Decided]| decided.iter().filter(|it| is_unknown(it)).count();
    let before = count(&decided);
    let Err(error) = send(squatch, call, decisions, &mut decided).await else {
        return Ok(Written::Each(decided));
    };
    let is_late = matches!(error.kind, Kind::Timeout | Kind::Deadline);
    let is_known = count(&decided) < before;
    // A vendor that refuses a repeated call for now is left alone for a while, which only an error makes happen.
    if is_known && (is_late || !sent.is_repeated) {
        return Ok(Written::Each(decided));
    }
    Err(error)
}

/// Those that are still to be made are sent again, and as long as there are none of them each has its own answer.
pub(super) async fn settle(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    sent: &Sent,
) -> Result<Settled> {
    let decided = look(squatch, call, decisions, sent).await?;
    Ok(if decided.iter().any(is_unknown) {
        Settled::SendAgain
    } else {
        Settled::Each(decided)
    })
}

/// What has become of each; it is unknown of those that are still to be made.
async fn look(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    sent: &Sent,
) -> Result<Vec<Decided>> {
    let places: Vec<usize> = (0..decisions.len()).collect();
    let referrals = read_all(squatch, call, decisions, &places).await;
    let decided = decisions.iter().zip(referrals).map(|(decision, referral)| {
        Ok(match referral? {
            None => Decided::rejected(no_such_referral()),
            Some(referral) => standing(&referral, decisions, &decision.referral, sent),
        })
    });
    decided.collect()
}

fn is_unknown(decided: &Decided) -> bool {
    decided.outcome == WriteOutcome::Unknown
}

/// Makes those that are unknown, as far as it gets.
async fn send(
    squatch: &Adapter,
    call: &Call,
    decisions: &[Decision],
    decided: &mut [Decided],
) -> Result<()> {
    let places = (0..decisions.len()).filter(|place| is_unknown(&decided[*place]));
    let places: Vec<usize> = places.collect();
    if places.is_empty() {
        return Ok(());
    }
    // Each is in one group until it has its answer.
    let mut settle = |places: &[usize], outcome: Decided| {
        for place in places {
            decided[*place] = outcome.clone();
        }
    };
    let mut waiting = VecDeque::from([Group {
        places,
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
                let mut failed = None;
                for (place, outcome) in one_by_one(squatch, call, decisions, places).await {
                    match outcome {
                        Ok(outcome) => settle(&[place], outcome),
                        Err(error) => failed = Some(error),
                    }
                }
                failed.map_or(Ok(()), Err)?;
            }
        }
    }
    Ok(())
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
) -> Vec<(usize, Result<Decided>)> {
    let attempts = places.into_iter().map(async |place| {
        let outcome = match moderate(squatch, call, decisions, &[place]).await {
            Ok(()) => Ok(Decided::applied()),
            Err(error) => match refusal_of_some(&error) {
                Some(problem) => {
                    let verdict = decisions[place].verdict;
                    Ok(Decided::rejected(explained(problem, &error, verdict)))
                }
                None => Err(after_sending(error)),
            },
        };
        (place, outcome)
    });
    let attempts: Vec<_> = attempts.collect();
    stream::iter(attempts).buffered(PARALLEL).collect().await
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
