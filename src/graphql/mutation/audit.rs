//! The audit trail: one line of the log when a write is asked for, and one when it is answered, for each referral that it
//! is about. They say who, in which workspace, what kind of write, on which referral, and what came of it; never what was
//! written. What becomes of a write after its answer, the ledger adds under the same operation.

use std::sync::Arc;

use async_graphql::Context;
use tracing::info;

use crate::callers::Caller;
use crate::graphql::loaders;
use crate::ledger::{Answered, Asked, Fingerprint, Refused, Step};
use crate::model::{GlobalId, Vendor, Write};

/// A write on its way into the log.
pub(super) struct Trail {
    caller: Arc<Caller>,
    request_id: Arc<str>,
    /// A hash of the idempotency key, once there is one.
    operation: String,
    steps: Vec<About>,
}

/// One step of it.
struct About {
    vendor: Vendor,
    kind: &'static str,
    referrals: Vec<String>,
}

impl About {
    fn of((vendor, write): &(Vendor, Write)) -> Self {
        let referrals = match write {
            Write::Create { .. }
            | Write::RequestConnection { .. }
            | Write::Share { referral: None, .. } => Vec::new(),
            Write::Moderate { decisions } => {
                decisions.iter().map(|it| it.referral.clone()).collect()
            }
            Write::Update { referral, .. }
            | Write::AddFacilitator { referral, .. }
            | Write::RemoveFacilitator { referral, .. }
            | Write::Share {
                referral: Some(referral),
                ..
            }
            | Write::Convert { referral, .. }
            | Write::AddNote { referral, .. } => vec![referral.clone()],
        };
        Self {
            vendor: *vendor,
            kind: write.kind(),
            referrals,
        }
    }
}

impl Trail {
    /// Notes what is asked for.
    pub(super) fn begin(ctx: &Context<'_>, asked: &Asked) -> Self {
        let key = asked.key.as_deref();
        let trail = Self {
            caller: ctx.data_unchecked::<Arc<Caller>>().clone(),
            request_id: loaders(ctx).call.request_id.clone(),
            operation: key.map(of_key).unwrap_or_default(),
            steps: asked.steps.iter().map(About::of).collect(),
        };
        for step in &trail.steps {
            trail.tell_each(step, &[], "ASKED");
        }
        trail
    }

    /// Notes that it was refused before anything was recorded.
    pub(super) fn refused(&self) {
        for step in &self.steps {
            self.tell_each(step, &[], "REFUSED");
        }
    }

    /// Notes what it was answered with.
    pub(super) fn end(mut self, answered: &Result<Answered, Refused>) {
        let operation = match answered {
            Ok(answered) => &answered.operation,
            Err(Refused::NotSent(_)) => {
                for step in &self.steps {
                    self.tell_each(step, &[], "NOT_SENT");
                }
                return;
            }
            Err(_) => return self.refused(),
        };
        self.operation = of_key(&operation.key);
        for (about, step) in self.steps.iter().zip(&operation.steps) {
            self.tell_each(about, &[step], "");
        }
    }

    fn tell_each(&self, about: &About, step: &[&Step], otherwise: &str) {
        let step = step.first();
        let made = step.and_then(|step| step.answer.referral.clone());
        let referrals: Vec<&String> = match about.referrals.as_slice() {
            [] => made.iter().collect(),
            known => known.iter().collect(),
        };
        let outcomes = step.map(|step| step.outcomes()).unwrap_or_default();
        for place in 0..referrals.len().max(1) {
            let outcome = outcomes.get(place).or(outcomes.first());
            let outcome = outcome.map_or(otherwise, |outcome| outcome.name());
            let referral = referrals
                .get(place)
                .map(|id| GlobalId::text_of_referral(about.vendor, id));
            self.tell(about, referral.as_deref().unwrap_or_default(), outcome);
        }
    }

    fn tell(&self, about: &About, referral: &str, outcome: &str) {
        info!(
            target: "audit",
            who = &*self.caller.name,
            workspace = self.caller.workspace.as_str(),
            request_id = &*self.request_id,
            operation = self.operation,
            vendor = about.vendor.key(),
            write = about.kind,
            referral,
            outcome,
            "write"
        );
    }
}

fn of_key(key: &str) -> String {
    Fingerprint::of(key).short()
}
