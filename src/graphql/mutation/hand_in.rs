//! From a mutation to the ledger and back: what is wrong with it comes back as data, a broken vendor as an error.

use std::sync::Arc;

use async_graphql::{Context, Error};

use super::audit::Trail;
use crate::graphql::error::{from_vendor, mistake};
use crate::graphql::loaders;
use crate::ledger::{Answered, Asked, Desk, Operation, Refused, Step};
use crate::model::{GlobalId, Problem, ProblemCode, Vendor, Write, WriteOutcome};
use crate::vendor::{self, Adapter, Effect};

/// The most characters that an idempotency key may have.
const MAX_KEY: usize = 200;

/// The field of the mutation's input that a write has beside the vendor's own part.
const VERSION: &str = "expectedVersion";

/// The field of a new referral that asks for the connected one.
const SHARE_WITH: &str = "shareWith";

/// What a payload is made from.
pub struct Done {
    /// The operation, if its intent was recorded.
    pub operation: Option<Operation>,
    /// What became of its first step.
    pub outcome: WriteOutcome,
    /// Why it was rejected; paths begin with `input`.
    pub problems: Vec<Problem>,
    /// What each step left behind, as far as the vendor has just told it.
    pub effects: Vec<Effect>,
}

impl Done {
    /// Nothing was sent, for these reasons.
    pub fn refused(problems: Vec<Problem>) -> Self {
        Self {
            operation: None,
            outcome: WriteOutcome::Rejected,
            problems,
            effects: Vec::new(),
        }
    }

    /// A step, and what it left behind.
    pub fn step(&self, place: usize) -> Option<(&Step, &Effect)> {
        let step = self.operation.as_ref()?.steps.get(place)?;
        Some((step, self.effects.get(place)?))
    }
}

/// Checks a write, hands it in, and waits for what comes of it. `within` is where in the input the write's own fields are.
pub async fn hand_in(
    ctx: &Context<'_>,
    key: Option<String>,
    vendor: Vendor,
    write: Write,
    within: &[&str],
    known: Vec<Problem>,
) -> Result<Done, Error> {
    let adapter = adapter(ctx, vendor)?;
    let mut problems = known;
    problems.extend(check_key(key.as_deref()));
    let found = adapter.check_write(&write);
    problems.extend(found.into_iter().map(|it| placed(it, 0, within)));
    if !problems.is_empty() {
        let steps = vec![(vendor, write)];
        Trail::begin(ctx, &Asked { key, steps }).refused();
        return Ok(Done::refused(problems));
    }
    let follow_up = adapter.follow_up(&write).map(|next| (vendor, next));
    let steps = std::iter::once((vendor, write)).chain(follow_up).collect();
    let answered = match submit(ctx, Asked { key, steps }).await {
        Ok(answered) => answered,
        Err(refused) => return refused_as_data(ctx, refused),
    };
    let Answered {
        operation, effects, ..
    } = answered;
    let steps = operation.steps.iter().enumerate();
    let problems = steps.flat_map(|(place, step)| {
        let problems = step.answer.problems.iter().cloned();
        problems.map(move |it| placed(it, place, within))
    });
    Ok(Done {
        outcome: operation
            .steps
            .first()
            .map_or(WriteOutcome::Unknown, Step::outcome),
        problems: problems.collect(),
        operation: Some(operation),
        effects,
    })
}

/// A problem of a step where the mutation's input has what it is about.
fn placed(mut problem: Problem, place: usize, within: &[&str]) -> Problem {
    let first = problem.path.first().map(String::as_str);
    if first == Some(VERSION) {
        return problem.within(within.first().copied());
    }
    let within = within.iter().copied();
    if place == 0 {
        return problem.within(within);
    }
    // The second step knows of its own input only, the target.
    problem.path.drain(..problem.path.len().min(1));
    problem.within(within.chain([SHARE_WITH]))
}

/// Hands in a checked write. What this request has read may be out of date from then on.
pub async fn submit(ctx: &Context<'_>, asked: Asked) -> Result<Answered, Refused> {
    let loaders = loaders(ctx);
    let desk = ctx.data_unchecked::<Arc<Desk>>();
    let trail = Trail::begin(ctx, &asked);
    let answered = desk.submit(&loaders.call, asked).await;
    trail.end(&answered);
    loaders.forget();
    answered
}

/// What is wrong with an idempotency key.
pub fn check_key(key: Option<&str>) -> Option<Problem> {
    let length = key?.chars().count();
    let is_fine = (1..=MAX_KEY).contains(&length);
    (!is_fine).then(|| {
        let message = format!("An idempotency key has 1 to {MAX_KEY} characters.");
        Problem::invalid("input.idempotencyKey", message)
    })
}

/// Why there is no operation, where the caller can do something about it.
pub fn problem_of(refused: &Refused) -> Option<Problem> {
    Some(match refused {
        Refused::Mismatch => Problem::new(
            ProblemCode::IdempotencyMismatch,
            "This key was used for another write. Nothing was sent.",
        )
        .at("input.idempotencyKey"),
        Refused::Twin => Problem::new(
            ProblemCode::Conflict,
            "The same was asked for a moment ago, and it is not known yet what became of it. Nothing was sent now.",
        ),
        Refused::NotSent(error) if error.kind == vendor::Kind::RateLimited => Problem::new(
            ProblemCode::RateLimited,
            format!("{} was asked too often. Nothing was changed.", error.vendor),
        ),
        Refused::NotSent(_) | Refused::Broken => return None,
    })
}

fn refused_as_data(ctx: &Context<'_>, refused: Refused) -> Result<Done, Error> {
    if let Some(problem) = problem_of(&refused) {
        return Ok(Done::refused(vec![problem]));
    }
    Err(match refused {
        Refused::NotSent(error) => from_vendor(ctx, &error),
        _ => mistake(
            ctx,
            "The write could not be recorded, and so it was not sent.",
        ),
    })
}

/// The adapter of a vendor, which must have credentials.
pub fn adapter<'a>(ctx: &Context<'a>, vendor: Vendor) -> Result<&'a Arc<dyn Adapter>, Error> {
    loaders(ctx).registry.adapter(vendor).ok_or_else(|| {
        let detail = "no credentials";
        let error = vendor::Error::new(vendor, "write", vendor::Kind::NotConfigured, detail);
        from_vendor(ctx, &error)
    })
}

/// Whose referral a global id names, and its id there.
pub fn referral_id(id: &str, path: &str) -> Result<(Vendor, String), Problem> {
    match GlobalId::parse(id) {
        Ok(GlobalId::Referral(vendor, id)) => Ok((vendor, id)),
        _ => Err(Problem::invalid(
            path,
            "This is not the id of a referral of this gateway.",
        )),
    }
}
