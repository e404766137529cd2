//! Carrying an operation out: each step is sent once, and after a call without an answer it is found out what became of
//! it before anything else is done.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::Instant;
use tracing::{Instrument as _, error, info, info_span, warn};

use super::desk::{Desk, Refused};
use super::operation::{Operation, Step, StepAnswer, StepState};
use super::running::{Progress, Running};
use crate::load::Kind as Cached;
use crate::model::{Problem, ProblemCode, Write, WriteOutcome};
use crate::vendor::write::refusal;
use crate::vendor::{
    Adapter, Call, Effect, Error, Kind, Rejection, Sent, Settled, Written, backoff,
};

/// How often a write is sent, in all, before a person must look.
const MOST_SENDS: u32 = 5;

/// How often it is tried to reach the vendor at all while somebody waits for it.
const MOST_TRIES: u32 = 3;

/// The waits between looks grow up to this.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// How a step ended, as far as this process gets.
enum End {
    /// Its outcome is known, or a person must look.
    Settled,
    /// Nothing was sent, so that it may be asked for anew.
    NotSent(Error),
    /// Nothing was changed, for a reason that may be gone when it is asked for anew.
    Refused,
    /// The process is to end.
    Left,
}

/// What to do after a look.
enum After {
    Send,
    Look(Duration),
    End,
}

/// One step being carried out.
struct Work<'a> {
    desk: &'a Desk,
    running: &'a Running,
    adapter: Arc<dyn Adapter>,
    operation: i64,
    place: usize,
    step: Step,
    write: Write,
    sent: Sent,
    sends: u32,
    looks: u32,
    request_id: Arc<str>,
    /// Whether whoever asked can ask again and get this operation's answer.
    may_begin_again: bool,
    /// Whether a step before it has taken effect, so that it must not be left out.
    is_committed: bool,
    /// Whether other steps take effect whatever becomes of this one.
    is_one_of_many: bool,
}

impl Desk {
    /// Carries out what is left of an operation.
    pub(super) async fn carry_out(
        &self,
        running: &Running,
        operation: Operation,
        request_id: &Arc<str>,
        is_resumed: bool,
    ) {
        running.set(Progress::going(&operation, None));
        let is_chain = operation.steps.iter().any(Step::needs_the_one_before);
        let mut ends = Vec::new();
        if is_chain {
            for place in 0..operation.steps.len() {
                let end = self
                    .carry_out_step(running, place, request_id, is_resumed)
                    .await;
                // What was to join something that was refused is refused as well.
                let goes_on = matches!(end, End::Settled | End::Refused);
                ends.push(end);
                if !goes_on {
                    break;
                }
            }
        } else {
            let places = 0..operation.steps.len();
            let steps =
                places.map(|place| self.carry_out_step(running, place, request_id, is_resumed));
            ends = join_all(steps).await;
        }
        self.close(running, operation.id, ends).await;
    }

    /// An operation of which nothing was changed is forgotten, so that its key may be used again.
    async fn close(&self, running: &Running, operation: i64, ends: Vec<End>) {
        let is_untouched = ends
            .iter()
            .all(|end| matches!(end, End::NotSent(_) | End::Refused));
        if is_untouched {
            let forgotten = self
                .with_store(move |store, _| store.forget(operation))
                .await;
            if let Err(broken) = forgotten {
                error!(%broken, "a write that was not sent stays in the ledger");
            }
        }
        let is_one_thing = ends.len() == 1;
        match ends.into_iter().next() {
            Some(End::NotSent(error)) if is_one_thing => {
                running.set(Progress::Refused(Arc::new(Refused::NotSent(error))));
            }
            _ => running.end(),
        }
    }

    async fn carry_out_step(
        &self,
        running: &Running,
        place: usize,
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
        let mut write = step.write.clone();
        if let (Some(Write::Share { referral, .. }), Some(before)) = (&mut write, before)
            && referral.is_none()
        {
            referral.clone_from(&before.answer.referral);
            step.write.clone_from(&write);
        }
        let is_committed = before.is_some_and(|before| before.state == StepState::Confirmed);
        let adapter = self.registry.adapter(step.vendor).cloned();
        let (Some(adapter), Some(write)) = (adapter, write) else {
            let vendor = step.vendor;
            let error = Error::new(vendor, "write", Kind::NotConfigured, "no credentials");
            return End::NotSent(error);
        };
        if matches!(&write, Write::Share { referral: None, .. }) {
            // What it was to join was not made.
            step.state = StepState::Rejected;
            step.settled_at = Some(self.registry.clock.now());
            step.answer = StepAnswer::rejected(Vec::new());
            self.keep(running, operation.id, place, &step, None, None)
                .await;
            return End::Refused;
        }
        let span = info_span!(
            "write",
            vendor = step.vendor.key(),
            kind = write.kind(),
            request_id = &**request_id
        );
        let was_sent = is_resumed && step.state != StepState::Waiting;
        let mut work = Work {
            desk: self,
            running,
            adapter,
            operation: operation.id,
            place,
            sent: Sent {
                reference: reference(self, &operation, place),
                since: step.sent_at.unwrap_or(operation.started_at),
                is_repeated: was_sent,
                claimed: Arc::default(),
            },
            sends: u32::from(was_sent),
            looks: 0,
            step,
            write,
            request_id: request_id.clone(),
            may_begin_again: operation.has_own_key || !is_resumed,
            is_committed,
            is_one_of_many: operation.steps.len() > 1
                && !operation.steps.iter().any(Step::needs_the_one_before),
        };
        work.run(was_sent).instrument(span).await
    }

    /// Writes down how far a step has come, and tells whoever waits.
    async fn keep(
        &self,
        running: &Running,
        operation: i64,
        place: usize,
        step: &Step,
        effect: Option<&Effect>,
        next_look: Option<Instant>,
    ) {
        let kept = step.clone();
        let updated = self
            .with_store(move |store, _| store.update(operation, place, &kept))
            .await;
        if let Err(broken) = updated {
            // What it says there is that nobody knows, which is safe.
            error!(%broken, "the ledger does not say what became of a write");
        }
        let mut told = step.clone();
        if told.state.is_settled() {
            told.write = None;
        }
        running.tell(place, &told, effect, next_look);
    }
}

impl Work<'_> {
    async fn run(&mut self, was_sent: bool) -> End {
        let mut is_to_be_sent = !was_sent;
        if was_sent {
            self.mark_unknown(None).await;
        }
        loop {
            if is_to_be_sent && let Some(end) = self.send().await {
                return end;
            }
            match self.look().await {
                After::End => return End::Settled,
                After::Send => {
                    if self.sends >= MOST_SENDS {
                        self.settle(StepState::NeedsReview, StepAnswer::default(), None)
                            .await;
                        return End::Settled;
                    }
                    is_to_be_sent = true;
                }
                After::Look(wait) => {
                    is_to_be_sent = false;
                    if self.is_too_late() {
                        self.settle(StepState::NeedsReview, StepAnswer::default(), None)
                            .await;
                        return End::Settled;
                    }
                    let next = Instant::now() + wait;
                    self.running.tell(self.place, &self.step, None, Some(next));
                    tokio::select! {
                        () = self.desk.ending.cancelled() => return End::Left,
                        () = self.desk.registry.clock.sleep(wait) => {}
                    }
                }
            }
        }
    }

    /// Sends it; `None` when nobody knows what became of it.
    async fn send(&mut self) -> Option<End> {
        let mut tries = 0;
        loop {
            self.mark_sending().await;
            let token = self.desk.sending.token();
            let written = self
                .adapter
                .write(&self.call(), &self.write, &self.sent)
                .await;
            drop(token);
            let error = match written {
                Ok(written) => {
                    let may_change = !self.sent.is_repeated && written.is_forbidden();
                    self.written(written).await;
                    return Some(if may_change {
                        End::Refused
                    } else {
                        End::Settled
                    });
                }
                Err(error) => error,
            };
            if self.sent.is_repeated {
                self.sends -= u32::from(error.is_unsent());
                // What became of the attempts before is still to be found out.
                warn!(%error, "a write that was sent again was not answered either");
                self.mark_unknown(None).await;
                return None;
            }
            let is_unsent = error.is_unsent();
            let is_refused = matches!(error.kind, Kind::RateLimited | Kind::NotConfigured)
                || error.status == Some(401);
            if !is_unsent && !is_refused {
                if let Some(problem) = refusal(&error) {
                    let may_change = problem.code == ProblemCode::Forbidden;
                    self.rejected(vec![problem], None).await;
                    return Some(if may_change {
                        End::Refused
                    } else {
                        End::Settled
                    });
                }
                warn!(%error, "a write was not answered");
                self.sent.is_repeated = true;
                self.mark_unknown(None).await;
                return None;
            }
            tries += 1;
            let may_pass = matches!(error.kind, Kind::Unavailable | Kind::Timeout);
            self.sends -= 1;
            let is_awaited = tries < MOST_TRIES && may_pass;
            let has_time = is_awaited || (self.is_committed && !self.is_too_late());
            if !has_time {
                if self.is_one_of_many || self.is_committed {
                    self.rejected(vec![not_sent(&error)], None).await;
                }
                return Some(End::NotSent(error));
            }
            let wait = if self.is_committed {
                error.retry_after.unwrap_or_default().max(pause(tries))
            } else {
                backoff::wait_before(tries - 1, self.desk.random.fraction())
            };
            if self.is_committed {
                self.mark_unknown(Some(Instant::now() + wait)).await;
            }
            tokio::select! {
                () = self.desk.ending.cancelled(), if self.is_committed => return Some(End::Left),
                () = self.desk.registry.clock.sleep(wait) => {}
            }
        }
    }

    /// Finds out what became of it.
    async fn look(&mut self) -> After {
        let (vendor, since) = (self.step.vendor, self.sent.since);
        let claimed = self
            .desk
            .with_store(move |store, workspace| store.claimed(workspace, vendor, since))
            .await;
        match claimed {
            Ok(claimed) => self.sent.claimed = Arc::new(claimed),
            Err(broken) => {
                // Without it, something that another write made could be taken for this one's.
                error!(%broken, "it cannot be found out what became of a write");
                return After::Look(self.next_wait());
            }
        }
        let settled = self
            .adapter
            .settle(&self.call(), &self.write, &self.sent)
            .await;
        match settled {
            Ok(Settled::Applied(effect)) => {
                self.applied(WriteOutcome::Applied, &effect).await;
                After::End
            }
            Ok(Settled::Rejected(rejection)) => {
                let Rejection { problems, effect } = rejection;
                self.rejected(problems, Some(&effect)).await;
                After::End
            }
            Ok(Settled::SendAgain) => After::Send,
            Ok(Settled::Ambiguous) => {
                self.settle(StepState::NeedsReview, StepAnswer::default(), None)
                    .await;
                After::End
            }
            Ok(Settled::Absent { may_be_sent_again }) => self.absent(may_be_sent_again).await,
            Ok(Settled::Each(decided)) => {
                let is_known =
                    |decided: &crate::vendor::Decided| decided.outcome != WriteOutcome::Unknown;
                if !decided.iter().all(is_known) {
                    return After::Look(self.next_wait());
                }
                self.settle(StepState::Confirmed, StepAnswer::each(decided), None)
                    .await;
                After::End
            }
            Err(error) => {
                warn!(%error, "it could not be found out what became of a write");
                let wait = self.next_wait();
                After::Look(wait.max(error.retry_after.unwrap_or_default().min(LONGEST_WAIT)))
            }
        }
    }

    async fn absent(&mut self, may_be_sent_again: bool) -> After {
        let left = self.quiet_left();
        if !left.is_zero() {
            return After::Look(self.next_wait().min(left));
        }
        if may_be_sent_again && self.may_begin_again {
            return After::Send;
        }
        let message = format!(
            "{} did not answer, and has nothing of it since: it took no effect.",
            self.step.vendor
        );
        let problem = Problem::new(ProblemCode::Unavailable, message);
        self.rejected(vec![problem], None).await;
        After::End
    }

    /// What is left of the time in which it may still be on its way.
    fn quiet_left(&self) -> Duration {
        let last = self.step.last_sent_at.unwrap_or(self.sent.since);
        self.desk.rules.quiet.saturating_sub(self.since(last))
    }

    fn is_too_late(&self) -> bool {
        self.since(self.sent.since) >= self.desk.rules.give_up
    }

    fn since(&self, time: Timestamp) -> Duration {
        let passed = self.desk.registry.clock.now().duration_since(time);
        Duration::try_from(passed).unwrap_or_default()
    }

    fn next_wait(&mut self) -> Duration {
        self.looks += 1;
        // Between half of it and the whole, so that what failed at once does not come back at once.
        pause(self.looks).mul_f64(0.5 + self.desk.random.fraction() / 2.0)
    }

    fn call(&self) -> Call {
        Call {
            request_id: self.request_id.clone(),
            deadline: Instant::now() + self.desk.registry.call_budget,
        }
    }

    async fn written(&mut self, written: Written) {
        match written {
            Written::Applied(effect) => self.applied(WriteOutcome::Applied, &effect).await,
            Written::AlreadyApplied(effect) => {
                self.applied(WriteOutcome::AlreadyApplied, &effect).await;
            }
            Written::Rejected(Rejection { problems, effect }) => {
                self.rejected(problems, Some(&effect)).await;
            }
            Written::Each(decided) => {
                self.settle(StepState::Confirmed, StepAnswer::each(decided), None)
                    .await;
            }
        }
    }

    async fn applied(&mut self, outcome: WriteOutcome, effect: &Effect) {
        let answer = StepAnswer::effect(outcome, effect);
        self.settle(StepState::Confirmed, answer, Some(effect))
            .await;
    }

    async fn rejected(&mut self, problems: Vec<Problem>, effect: Option<&Effect>) {
        let mut answer = StepAnswer::rejected(problems);
        answer.referral = effect
            .and_then(|effect| effect.referral_id.as_deref())
            .map(str::to_owned);
        self.settle(StepState::Rejected, answer, effect).await;
    }

    async fn settle(&mut self, state: StepState, answer: StepAnswer, effect: Option<&Effect>) {
        self.step.state = state;
        self.step.settled_at = Some(self.desk.registry.clock.now());
        self.step.answer = answer;
        // Before anyone is told: whoever knows of the write reads what it did.
        self.note_write(effect);
        info!(outcome = ?self.step.outcome(), state = state.name(), "a write is settled");
        let effect = effect.filter(|_| state != StepState::NeedsReview);
        self.desk
            .keep(
                self.running,
                self.operation,
                self.place,
                &self.step,
                effect,
                None,
            )
            .await;
    }

    async fn mark_sending(&mut self) {
        let now = self.desk.registry.clock.now();
        self.sends += 1;
        let is_first = self.sends == 1 && self.step.state == StepState::Sending;
        self.step.last_sent_at = Some(now);
        if self.step.sent_at.is_none() {
            self.step.sent_at = Some(now);
            self.sent.since = now;
        }
        if is_first {
            // The intent says so already.
            return;
        }
        if self.step.state == StepState::Waiting {
            self.step.state = StepState::Sending;
        }
        self.desk
            .keep(
                self.running,
                self.operation,
                self.place,
                &self.step,
                None,
                None,
            )
            .await;
    }

    async fn mark_unknown(&mut self, next_look: Option<Instant>) {
        self.step.state = StepState::Unknown;
        // It may have taken effect.
        self.note_write(None);
        self.desk
            .keep(
                self.running,
                self.operation,
                self.place,
                &self.step,
                None,
                next_look,
            )
            .await;
    }

    /// Makes everyone in the workspace read anew what the write touched.
    fn note_write(&self, effect: Option<&Effect>) {
        const TOUCHED: [Cached; 4] = [
            Cached::Referral,
            Cached::Facilitators,
            Cached::Notes,
            Cached::FeePreview,
        ];
        let registry = &self.desk.registry;
        let scope = registry.scope(&*self.adapter);
        let made = effect.and_then(|effect| effect.referral_id.as_deref());
        let connection = effect
            .and_then(|effect| effect.connection.as_ref())
            .map(|connection| (Cached::Connection, &*connection.remote_id));
        let referrals = self.write.referrals().into_iter().chain(made);
        let touched = referrals
            .flat_map(|id| TOUCHED.map(|kind| (kind, id)))
            .chain(connection);
        registry.cache.note_write(&scope, touched);
    }
}

/// A reference that no other step has: short, and without a trace of what the caller chose.
fn reference(desk: &Desk, operation: &Operation, place: usize) -> String {
    let text = format!(
        "{}\n{}\n{}",
        desk.registry.workspace.as_str(),
        operation.key,
        operation.started_at
    );
    let hash = super::operation::Fingerprint::of(&text);
    let bytes = hash.0.first_chunk().expect("32 bytes begin with 16");
    let number = u128::from_be_bytes(*bytes);
    format!("rg-{number:032x}-{place}")
}

/// How long to wait before the next look.
fn pause(looks: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(looks.saturating_sub(1).min(16));
    Duration::from_millis(500)
        .saturating_mul(doubled)
        .min(LONGEST_WAIT)
}

/// Why one of several writes was not made.
pub fn not_sent(error: &Error) -> Problem {
    let name = error.vendor;
    match error.kind {
        Kind::RateLimited => Problem::new(
            ProblemCode::RateLimited,
            format!("{name} was asked too often. Nothing was changed."),
        ),
        _ => Problem::new(
            ProblemCode::Unavailable,
            format!("{name} could not be asked. Nothing was changed."),
        ),
    }
}
