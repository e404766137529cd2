//! Moderation over many vendors: one step for each call that a vendor takes, and one answer for each decision.

use std::collections::{BTreeMap, HashMap};

use async_graphql::{Context, Error, ID, SimpleObject};

use super::hand_in::{check_key, problem_of, referral_id, submit};
use super::inputs::{ModerateReferralsInput, ModerationDecision};
use super::payload::UserError;
use crate::graphql::error::{from_vendor, mistake};
use crate::graphql::loaders;
use crate::graphql::types::enums::WriteOutcome;
use crate::graphql::types::{Operation, Referral};
use crate::ledger::{self, Answered, Asked, Refused, Step};
use crate::model::{self, Decision, Problem, ProblemCode, Vendor, Write};

/// How many decisions one mutation takes.
const MAX_DECISIONS: usize = 500;

/// The most characters that a reason may have.
const MAX_REASON: usize = 2_000;

/// What came of the decisions.
#[derive(SimpleObject)]
pub struct ModerateReferralsPayload {
    /// What came of each decision, in their order. Empty when `userErrors` says that none was looked at.
    pub results: Vec<ModerationResult>,
    /// The write itself, with its key; null when nothing was recorded, because all of it was refused before.
    pub operation: Option<Operation>,
    /// What was wrong with the whole: the number of decisions, or the key.
    pub user_errors: Vec<UserError>,
}

/// What came of one decision.
pub struct ModerationResult {
    referral_id: ID,
    known: Option<(Vendor, String)>,
    outcome: model::WriteOutcome,
    problems: Vec<Problem>,
}

/// What came of one decision.
#[async_graphql::Object]
impl ModerationResult {
    /// The referral's global id, as it was given.
    async fn referral_id(&self) -> &ID {
        &self.referral_id
    }

    /// The referral as it is now; null when there is no such one.
    async fn referral(&self, ctx: &Context<'_>) -> Option<Result<Referral, Error>> {
        let (vendor, id) = self.known.as_ref()?;
        let found = loaders(ctx).referral(*vendor, id).await.transpose()?;
        Some(
            found
                .map(Referral)
                .map_err(|error| from_vendor(ctx, &error)),
        )
    }

    /// What became of the decision by now.
    async fn outcome(&self) -> WriteOutcome {
        self.outcome.into()
    }

    /// Why it was rejected.
    async fn user_errors(&self) -> Vec<UserError> {
        self.problems.iter().cloned().map(Into::into).collect()
    }
}

/// A step, and which decisions of the input it is about, in its own order.
struct Batch {
    vendor: Vendor,
    places: Vec<usize>,
    decisions: Vec<Decision>,
}

/// Approves and denies.
pub async fn moderate(
    ctx: &Context<'_>,
    input: ModerateReferralsInput,
) -> Result<ModerateReferralsPayload, Error> {
    let ModerateReferralsInput {
        idempotency_key,
        decisions,
    } = input;
    let mut problems: Vec<Problem> = check_key(idempotency_key.as_deref()).into_iter().collect();
    if !(1..=MAX_DECISIONS).contains(&decisions.len()) {
        let message = format!("Make 1 to {MAX_DECISIONS} decisions at a time.");
        problems.push(Problem::invalid("input.decisions", message));
    }
    if !problems.is_empty() {
        return Ok(refused(problems));
    }
    let mut results: Vec<_> = decisions.iter().map(ModerationResult::of).collect();
    let batches = batches(ctx, decisions, &mut results);
    if batches.is_empty() {
        return Ok(ModerateReferralsPayload {
            results,
            operation: None,
            user_errors: Vec::new(),
        });
    }
    let steps = batches.iter().map(|batch| {
        let decisions = batch.decisions.clone();
        (batch.vendor, Write::Moderate { decisions })
    });
    let asked = Asked {
        key: idempotency_key,
        steps: steps.collect(),
    };
    let operation = match submit(ctx, asked).await {
        Ok(Answered { operation, .. }) => operation,
        Err(Refused::NotSent(error)) => {
            let problem = ledger::not_sent(&error);
            for place in batches.iter().flat_map(|batch| &batch.places) {
                results[*place].reject(at(*place, problem.clone()));
            }
            return Ok(ModerateReferralsPayload {
                results,
                operation: None,
                user_errors: Vec::new(),
            });
        }
        Err(other) => {
            let Some(problem) = problem_of(&other) else {
                let message = "The decisions could not be recorded, and so none was sent.";
                return Err(mistake(ctx, message));
            };
            return Ok(refused(vec![problem]));
        }
    };
    for (batch, step) in batches.iter().zip(&operation.steps) {
        tell(batch, step, &mut results);
    }
    Ok(ModerateReferralsPayload {
        results,
        operation: Some(Operation(operation)),
        user_errors: Vec::new(),
    })
}

/// The steps that the sound decisions take. What is wrong with the others is told in their results.
fn batches(
    ctx: &Context<'_>,
    decisions: Vec<ModerationDecision>,
    results: &mut [ModerationResult],
) -> Vec<Batch> {
    let registry = &loaders(ctx).registry;
    let mut first = HashMap::new();
    let mut by_vendor: BTreeMap<Vendor, Vec<(usize, Decision)>> = BTreeMap::new();
    for (place, decision) in decisions.into_iter().enumerate() {
        let result = &mut results[place];
        let (vendor, id) = match referral_id(&decision.referral_id, "referralId") {
            Ok(found) => found,
            Err(problem) => {
                result.reject(at(place, problem));
                continue;
            }
        };
        result.known = Some((vendor, id.clone()));
        if let Some(earlier) = first.insert((vendor, id.clone()), place) {
            first.insert((vendor, id), earlier);
            let message =
                format!("This referral is decided on already, in input.decisions.{earlier}.");
            result.reject(at(place, Problem::invalid("referralId", message)));
            continue;
        }
        let is_long = |reason: &String| reason.chars().count() > MAX_REASON;
        if decision.reason.as_ref().is_some_and(is_long) {
            let message = format!("A reason has at most {MAX_REASON} characters.");
            result.reject(at(place, Problem::invalid("reason", message)));
            continue;
        }
        let Some(adapter) = registry.adapter(vendor) else {
            let message = format!("The gateway has no credentials for {vendor}.");
            result.reject(at(place, Problem::new(ProblemCode::Unavailable, message)));
            continue;
        };
        let decision = Decision {
            referral: id,
            verdict: decision.decision.into(),
            side: decision.side.into(),
            reason: decision.reason,
        };
        let write = Write::Moderate {
            decisions: vec![decision.clone()],
        };
        let found = adapter.check_write(&write);
        if found.is_empty() {
            by_vendor.entry(vendor).or_default().push((place, decision));
        }
        for mut problem in found {
            // The adapter knows of one decision, the first.
            problem.path.drain(..problem.path.len().min(2));
            result.reject(at(place, problem));
        }
    }
    let mut batches = Vec::new();
    for (vendor, decisions) in by_vendor {
        let limit = registry
            .adapter(vendor)
            .map_or(1, |adapter| adapter.moderation_limit().max(1));
        for chunk in decisions.chunks(limit) {
            let (places, decisions) = chunk.iter().cloned().unzip();
            batches.push(Batch {
                vendor,
                places,
                decisions,
            });
        }
    }
    batches
}

/// What a step says of its decisions.
fn tell(batch: &Batch, step: &Step, results: &mut [ModerationResult]) {
    for (index, place) in batch.places.iter().enumerate() {
        let result = &mut results[*place];
        let Some(answer) = step.answer.each.get(index) else {
            result.outcome = step.outcome();
            let problems = step.answer.problems.iter().cloned();
            result.problems = problems.map(|problem| at(*place, problem)).collect();
            continue;
        };
        result.outcome = answer.outcome;
        for mut problem in answer.problems.iter().cloned() {
            // The adapter counts the decisions of its own call.
            problem.path.drain(..problem.path.len().min(2));
            result.problems.push(at(*place, problem));
        }
    }
}

fn at(place: usize, problem: Problem) -> Problem {
    let place = place.to_string();
    problem.within(["input", "decisions", &place])
}

fn refused(problems: Vec<Problem>) -> ModerateReferralsPayload {
    ModerateReferralsPayload {
        results: Vec::new(),
        operation: None,
        user_errors: problems.into_iter().map(Into::into).collect(),
    }
}

impl ModerationResult {
    fn of(decision: &ModerationDecision) -> Self {
        Self {
            referral_id: decision.referral_id.clone(),
            known: None,
            outcome: model::WriteOutcome::Unknown,
            problems: Vec::new(),
        }
    }

    fn reject(&mut self, problem: Problem) {
        self.outcome = model::WriteOutcome::Rejected;
        self.problems.push(problem);
    }
}
