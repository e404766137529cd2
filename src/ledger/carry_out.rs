//! Carrying an operation out, step by step: at once, or one after the other where a step needs the one before.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tracing::{Instrument as _, error, info_span};

use super::desk::{Desk, Refused};
use super::operation::{Fingerprint, Operation, Step, StepAnswer, StepState};
use super::running::{Progress, Running};
use super::target::Target;
use super::work::{End, Part, Work};
use crate::model::{Workspace, Write};
use crate::vendor::{Error, Kind, Sent};

/// How many steps of one operation may be sent at once: half of what a vendor is asked at once by default.
const AT_ONCE: usize = 8;

impl Desk {
    /// Carries out what is left of an operation.
    pub(super) async fn carry_out(
        &self,
        running: &Running,
        operation: Operation,
        request_id: &Arc<str>,
        is_resumed: bool,
    ) -> Result<(), Refused> {
        running.set(Progress::going(&operation, None, is_resumed));
        let is_chain = operation.steps.iter().any(Step::needs_the_one_before);
        let places = 0..operation.steps.len();
        let at_once = Semaphore::new(AT_ONCE);
        let mut ends = Vec::new();
        if is_chain {
            for place in places {
                let end = self
                    .carry_out_step(running, place, &at_once, request_id, is_resumed)
                    .await;
                // After a refusal the steps that it leaves nothing to join are refused as well.
                let goes_on = matches!(end, End::Settled | End::Refused);
                ends.push(end);
                if !goes_on {
                    break;
                }
            }
        } else {
            let steps = places
                .map(|place| self.carry_out_step(running, place, &at_once, request_id, is_resumed));
            ends = join_all(steps).await;
        }
        self.close(operation.id, ends).await
    }

    /// An operation of which nothing was changed is forgotten, so that its key may be used again.
    async fn close(&self, operation: i64, ends: Vec<End>) -> Result<(), Refused> {
        let is_untouched = ends
            .iter()
            .all(|end| matches!(end, End::NotSent(_) | End::Refused));
        if is_untouched {
            // Before anyone is told that nothing was sent: nothing may be sent any more.
            let is_forgotten = self
                .write_down(move |store, workspace| store.forget(workspace, operation))
                .await;
            if !is_forgotten {
                return Ok(());
            }
        }
        let is_one_thing = ends.len() == 1;
        match ends.into_iter().next() {
            Some(End::NotSent(error)) if is_one_thing => Err(Refused::NotSent(error)),
            _ => Ok(()),
        }
    }

    async fn carry_out_step(
        &self,
        running: &Running,
        place: usize,
        at_once: &Semaphore,
        request_id: &Arc<str>,
        is_resumed: bool,
    ) -> End {
        let Progress::Going { operation, .. } = running.now() else {
            return End::Left;
        };
        let mut step = operation.steps[place].clone();
        if step.state.is_settled() {
            return End::Settled;
        }
        let before = place.checked_sub(1).map(|before| &operation.steps[before]);
        if let (Some(Write::Share { referral, .. }), Some(before)) = (&mut step.write, before)
            && referral.is_none()
            && before.state == StepState::Confirmed
        {
            referral.clone_from(&before.answer.referral);
        }
        if step.needs_the_one_before() {
            // What it was to join was not made.
            step.state = StepState::Rejected;
            step.settled_at = Some(self.clock.now());
            step.answer = StepAnswer::rejected(Vec::new());
            let kept = step.clone();
            let id = operation.id;
            let is_kept = self
                .write_down(move |store, workspace| store.update(workspace, id, place, &kept))
                .await;
            if !is_kept {
                return End::Left;
            }
            running.tell(place, &step, None, None);
            return End::Refused;
        }
        let needs_the_one_before = matches!(step.write, Some(Write::Share { .. })) && place > 0;
        let is_committed = needs_the_one_before
            && before.is_some_and(|before| before.state == StepState::Confirmed);
        let part = match operation.steps.len() {
            _ if is_committed => Part::Committed,
            1 => Part::Alone,
            _ if operation.steps.iter().any(Step::needs_the_one_before) => Part::Alone,
            _ => Part::OneOfMany,
        };
        let was_sent = is_resumed && step.state != StepState::Waiting;
        let target = Target::of(self, step.vendor);
        let (Some(target), Some(write)) = (target, step.write.clone()) else {
            if was_sent || is_committed {
                // What became of it is found out once the vendor is configured again.
                error!(
                    vendor = step.vendor.key(),
                    "a write cannot be gone on with: its vendor has no credentials"
                );
                return End::Left;
            }
            let (vendor, kind) = (step.vendor, Kind::NotConfigured);
            return End::NotSent(Error::new(vendor, "write", kind, "no credentials"));
        };
        let span = info_span!(
            "write",
            vendor = step.vendor.key(),
            kind = write.kind(),
            request_id = &**request_id
        );
        let mut work = Work {
            desk: self,
            running,
            target,
            operation: operation.id,
            place,
            sent: Sent {
                reference: reference(&self.workspace, &operation, place),
                since: step.sent_at.unwrap_or(operation.started_at),
                is_repeated: was_sent,
                claimed: Arc::default(),
            },
            is_recorded: !was_sent && step.state == StepState::Sending,
            looks: 0,
            places: at_once,
            step,
            write,
            request_id: request_id.clone(),
            may_begin_again: operation.has_own_key || !is_resumed,
            part,
        };
        work.run(was_sent).instrument(span).await
    }
}

/// A reference that no other step has: short, and without a trace of what the caller chose.
pub(super) fn reference(workspace: &Workspace, operation: &Operation, place: usize) -> String {
    let text = format!(
        "{}\n{}\n{}",
        workspace.as_str(),
        operation.key,
        operation.started_at.as_microsecond()
    );
    let hash = Fingerprint::of(&text);
    let (half, _) = hash.0.split_at(16);
    let number = half
        .iter()
        .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    format!("rg-{number:032x}-{place}")
}
