//! One step: it is sent once, and after a call without an answer it is found out what became of it before anything else
//! is done.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::desk::Desk;
use super::operation::{Fingerprint, Step, StepAnswer, StepState};
use super::running::Running;
use super::target::Target;
use crate::load::Kind as Cached;
use crate::model::{Problem, ProblemCode, Write, WriteOutcome};
use crate::vendor::write::refusal;
use crate::vendor::{
    self, Call, Decided, Effect, Error, Kind, Rejection, Sent, Settled, Written, backoff,
};

/// How often a write is sent, in all, before a person must look.
const MOST_SENDS: u32 = 5;

/// How often it is tried to reach the vendor at all while somebody waits for it.
const MOST_TRIES: u32 = 3;

/// The waits between looks grow up to this.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// How a step ended, as far as this process gets.
pub(super) enum End {
    /// Its outcome is known, or a person must look.
    Settled,
    /// Nothing was sent, so that it may be asked for anew.
    NotSent(Error),
    /// Nothing was changed, for a reason that may be gone when it is asked for anew.
    Refused,
    /// It cannot be gone on with now: the process is to end.
    Left,
}

/// What a step is in its operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Without it nothing takes effect.
    Alone,
    /// Others take effect whatever becomes of it.
    OneOfMany,
    /// The step before it has taken effect, so that it must not be left out.
    Committed,
}

/// How an attempt went.
enum Attempt {
    /// The step has ended with it.
    Ended(End),
    /// Nobody knows, and it is looked at once.
    Lost,
    /// Nobody knows, and this long nothing is done about it.
    Resting(Duration),
}

/// What to do after a look.
enum After {
    Send,
    PauseAndSend(Duration),
    Look(Duration),
    End(End),
}

/// One step being carried out.
pub(super) struct Work<'a> {
    pub(super) desk: &'a Desk,
    pub(super) running: &'a Running,
    pub(super) target: Target,
    pub(super) operation: i64,
    pub(super) place: usize,
    pub(super) step: Step,
    pub(super) write: Write,
    pub(super) sent: Sent,
    /// Whether the ledger says already that it is about to be sent.
    pub(super) is_recorded: bool,
    pub(super) looks: u32,
    pub(super) request_id: Arc<str>,
    /// How many steps of the operation may be sent at once.
    pub(super) places: &'a Semaphore,
    /// Whether whoever asked can ask again and get this operation's answer.
    pub(super) may_begin_again: bool,
    pub(super) part: Part,
}

impl Work<'_> {
    pub(super) async fn run(&mut self, was_sent: bool) -> End {
        let mut is_to_be_sent = !was_sent;
        if was_sent {
            // The process before may have ended in the middle of sending it, a moment ago.
            self.mark_lost().await;
        }
        loop {
            if is_to_be_sent {
                is_to_be_sent = false;
                match self.send().await {
                    Attempt::Ended(end) => return end,
                    Attempt::Lost => {}
                    Attempt::Resting(wait) => {
                        if let Some(end) = self.rest(wait).await {
                            return end;
                        }
                    }
                }
            }
            match self.look().await {
                After::End(end) => return end,
                After::Send => is_to_be_sent = true,
                After::PauseAndSend(wait) => {
                    if let Some(end) = self.rest(wait).await {
                        return end;
                    }
                    is_to_be_sent = true;
                }
                After::Look(wait) => {
                    if let Some(end) = self.rest(wait).await {
                        return end;
                    }
                }
            }
        }
    }

    /// Waits, unless it has taken too long already.
    async fn rest(&mut self, wait: Duration) -> Option<End> {
        if self.is_too_late() {
            return Some(self.review().await);
        }
        let next = Instant::now() + wait;
        self.running.tell(self.place, &self.step, None, Some(next));
        self.sleep(wait).await
    }

    async fn sleep(&self, wait: Duration) -> Option<End> {
        tokio::select! {
            () = self.desk.ending.cancelled() => Some(End::Left),
            () = self.desk.clock.sleep(wait) => None,
        }
    }

    /// Sends it.
    async fn send(&mut self) -> Attempt {
        let mut tries = 0;
        loop {
            if !self.mark_sending().await {
                return Attempt::Ended(End::Left);
            }
            self.target.renew(self.desk);
            if !self.sent.is_repeated {
                self.target.is_first_sent_here();
            }
            self.note_time();
            // Until what came of it is written down.
            let token = self.desk.sending.token();
            // One operation of many steps leaves room for others; its turn counts from when it comes.
            let place = self.places.acquire().await;
            let written = self
                .target
                .adapter
                .write(&self.call(), &self.write, &self.sent)
                .await;
            drop(place);
            let error = match written {
                Ok(written) => {
                    let may_change = !self.sent.is_repeated && written.is_forbidden();
                    return match self.written(written).await {
                        Attempt::Ended(End::Settled) if may_change => Attempt::Ended(End::Refused),
                        attempt => attempt,
                    };
                }
                Err(error) => error,
            };
            let is_refused = matches!(error.kind, Kind::RateLimited | Kind::NotConfigured)
                || error.status == Some(401);
            let is_not_sent = error.is_unsent() || is_refused;
            if self.sent.is_repeated {
                // What became of the attempts before is still to be found out, but not at once: nothing has changed.
                warn!(%error, "a write that was sent again was not answered either");
                self.step.sends -= u32::from(is_not_sent);
                self.mark_lost().await;
                return Attempt::Resting(self.wait_after(&error));
            }
            if !is_not_sent {
                if let Some(problem) = refusal(&error) {
                    let may_change = problem.code == ProblemCode::Forbidden;
                    return Attempt::Ended(match self.rejected(vec![problem], None).await {
                        End::Settled if may_change => End::Refused,
                        end => end,
                    });
                }
                warn!(%error, "a write was not answered");
                self.mark_lost().await;
                return Attempt::Lost;
            }
            drop(token);
            tries += 1;
            self.step.sends -= 1;
            let is_committed = self.part == Part::Committed;
            if is_committed && !self.is_too_late() {
                let wait = pause(tries).max(asked_wait(&error));
                self.mark_waiting(Instant::now() + wait).await;
                if let Some(end) = self.sleep(wait).await {
                    return Attempt::Ended(end);
                }
                continue;
            }
            let may_pass = matches!(error.kind, Kind::Unavailable | Kind::Timeout);
            if tries >= MOST_TRIES || !may_pass || is_committed {
                return Attempt::Ended(self.not_sent(error).await);
            }
            let wait = backoff::wait_before(tries - 1, self.desk.random.fraction());
            self.desk.clock.sleep(wait).await;
        }
    }

    /// Nothing was sent. Where other steps took effect, that is what came of this one.
    async fn not_sent(&mut self, error: Error) -> End {
        if self.part == Part::Alone {
            return End::NotSent(error);
        }
        match self.rejected(vec![not_sent(&error)], None).await {
            End::Left => End::Left,
            _ => End::NotSent(error),
        }
    }

    /// Finds out what became of it.
    async fn look(&mut self) -> After {
        let (vendor, since) = (self.step.vendor, self.first_sent());
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
        // What arrives while it is looked for may be missed.
        let quiet_left = self.quiet_left();
        let settled = self.settled().await;
        match settled {
            Ok(Settled::Applied(effect)) => {
                After::End(self.applied(WriteOutcome::Applied, &effect).await)
            }
            Ok(Settled::Rejected(Rejection { problems, effect })) => {
                After::End(self.rejected(problems, Some(&effect)).await)
            }
            Ok(Settled::SendAgain) => self.safely_again(quiet_left).await,
            Ok(Settled::Ambiguous) => After::End(self.review().await),
            Ok(Settled::Absent { may_be_sent_again }) => {
                self.absent(may_be_sent_again, quiet_left).await
            }
            Ok(Settled::Each(decided)) => {
                let is_known = decided.iter().all(is_known);
                let answer = StepAnswer::each(decided);
                if is_known {
                    return After::End(self.settle(StepState::Confirmed, answer, None).await);
                }
                self.step.answer = answer;
                After::Look(self.next_wait())
            }
            Err(error) => {
                warn!(%error, "it could not be found out what became of a write");
                After::Look(self.wait_after(&error))
            }
        }
    }

    async fn absent(&mut self, may_be_sent_again: bool, quiet_left: Duration) -> After {
        if !quiet_left.is_zero() {
            return After::Look(self.next_wait().min(quiet_left));
        }
        if self.target.may_be_elsewhere() {
            return After::End(self.review().await);
        }
        if may_be_sent_again && self.may_begin_again && !self.is_too_late() {
            return self.again().await;
        }
        let message = format!(
            "{} did not answer, and has nothing of it since: it took no effect.",
            self.step.vendor
        );
        let problem = Problem::new(ProblemCode::Unavailable, message);
        After::End(self.rejected(vec![problem], None).await)
    }

    /// What the vendor has of it, by the vendor's own clock: the first answer after a start tells how that goes.
    async fn settled(&mut self) -> vendor::Result<Settled> {
        self.target.renew(self.desk);
        self.note_time();
        let since = self.sent.since;
        let settled = self
            .target
            .adapter
            .settle(&self.call(), &self.write, &self.sent)
            .await;
        self.note_time();
        let is_found = matches!(
            settled,
            Ok(Settled::Applied(_) | Settled::Each(_) | Settled::Ambiguous) | Err(_)
        );
        if is_found || self.sent.since == since {
            return settled;
        }
        self.target
            .adapter
            .settle(&self.call(), &self.write, &self.sent)
            .await
    }

    /// Sending it again does no harm; but a vendor that has just failed is given time, and nobody waits any more for a write
    /// that came without a key before a restart.
    async fn safely_again(&mut self, quiet_left: Duration) -> After {
        if !self.may_begin_again {
            let may_be_there_in_part =
                matches!(&self.write, Write::Moderate { decisions } if decisions.len() > 1);
            if may_be_there_in_part && quiet_left.is_zero() {
                return After::End(self.review().await);
            }
            return self.absent(false, quiet_left).await;
        }
        if self.is_too_late() || self.target.may_be_elsewhere() {
            return After::End(self.review().await);
        }
        After::PauseAndSend(self.next_wait())
    }

    /// It may be sent again, unless that was done often enough.
    async fn again(&mut self) -> After {
        if self.step.sends >= MOST_SENDS || self.is_too_late() {
            return After::End(self.review().await);
        }
        After::Send
    }

    /// What is left of the time in which it may still be on its way.
    fn quiet_left(&self) -> Duration {
        let last = self.step.last_sent_at.unwrap_or_else(|| self.first_sent());
        self.desk.rules().quiet.saturating_sub(self.since(last))
    }

    /// By our own clock.
    fn first_sent(&self) -> Timestamp {
        self.step.sent_at.unwrap_or(self.sent.since)
    }

    /// Records at the vendor have its times: one whose clock goes wrong would seem to have nothing of the write, or to have
    /// had it before.
    fn note_time(&mut self) {
        let first = self.first_sent();
        let offset = self.target.adapter.vitals().clock_offset();
        self.sent.since = first.checked_add(offset).unwrap_or(first);
    }

    fn is_too_late(&self) -> bool {
        self.since(self.first_sent()) >= self.desk.rules().give_up
    }

    fn since(&self, time: Timestamp) -> Duration {
        let passed = self.desk.clock.now().duration_since(time);
        Duration::try_from(passed).unwrap_or_default()
    }

    fn next_wait(&mut self) -> Duration {
        self.looks += 1;
        // Between half of it and the whole, so that what failed at once does not come back at once.
        pause(self.looks).mul_f64(0.5 + self.desk.random.fraction() / 2.0)
    }

    fn wait_after(&mut self, error: &Error) -> Duration {
        self.next_wait().max(asked_wait(error))
    }

    fn call(&self) -> Call {
        Call {
            request_id: self.request_id.clone(),
            deadline: Instant::now() + self.target.call_budget(),
        }
    }

    async fn written(&mut self, written: Written) -> Attempt {
        Attempt::Ended(match written {
            Written::Applied(effect) => self.applied(WriteOutcome::Applied, &effect).await,
            Written::AlreadyApplied(effect) => {
                self.applied(WriteOutcome::AlreadyApplied, &effect).await
            }
            Written::Rejected(Rejection { problems, effect }) => {
                self.rejected(problems, Some(&effect)).await
            }
            Written::Each(decided) if decided.iter().all(is_known) => {
                let answer = StepAnswer::each(decided);
                self.settle(StepState::Confirmed, answer, None).await
            }
            Written::Each(decided) => {
                self.step.answer = StepAnswer::each(decided);
                self.mark_lost().await;
                return Attempt::Lost;
            }
        })
    }

    async fn applied(&mut self, outcome: WriteOutcome, effect: &Effect) -> End {
        let answer = StepAnswer::effect(outcome, effect);
        self.settle(StepState::Confirmed, answer, Some(effect))
            .await
    }

    async fn rejected(&mut self, problems: Vec<Problem>, effect: Option<&Effect>) -> End {
        let mut answer = StepAnswer::rejected(problems);
        answer.referral = effect
            .and_then(|effect| effect.referral_id.as_deref())
            .map(str::to_owned);
        self.settle(StepState::Rejected, answer, effect).await
    }

    /// What is known of some of its decisions stays known.
    async fn review(&mut self) -> End {
        let answer = std::mem::take(&mut self.step.answer);
        self.settle(StepState::NeedsReview, answer, None).await
    }

    async fn settle(
        &mut self,
        state: StepState,
        answer: StepAnswer,
        effect: Option<&Effect>,
    ) -> End {
        self.step.state = state;
        self.step.settled_at = Some(self.desk.clock.now());
        self.step.answer = answer;
        // Before anyone is told: whoever knows of the write reads what it did.
        self.note_write(effect);
        // What is told is never taken back, and so it is written down before.
        if !self.keep().await {
            return End::Left;
        }
        info!(outcome = ?self.step.outcome(), state = state.name(), "a write is settled");
        self.tell_audit();
        self.step.write = None;
        self.running.tell(self.place, &self.step, effect, None);
        End::Settled
    }

    /// Whoever asked may have been told that nobody knows; the line says of the same operation what came of it.
    fn tell_audit(&self) {
        info!(
            target: "audit",
            workspace = self.desk.workspace.as_str(),
            request_id = &*self.request_id,
            operation = Fingerprint::of(&self.running.key).short(),
            vendor = self.step.vendor.key(),
            write = self.write.kind(),
            outcome = self.step.outcome().name(),
            "write settled"
        );
    }

    /// Writes down how far it has come; `false` when the process is to end before.
    async fn keep(&self) -> bool {
        let (operation, place, step) = (self.operation, self.place, self.step.clone());
        self.desk
            .write_down(move |store, workspace| store.update(workspace, operation, place, &step))
            .await
    }

    /// Writes down how far it has come, if that can be done: what the ledger says without it makes whoever reads it more
    /// careful, and no less.
    async fn try_to_keep(&self) {
        let (operation, place, step) = (self.operation, self.place, self.step.clone());
        let kept = self
            .desk
            .with_store(move |store, workspace| store.update(workspace, operation, place, &step))
            .await;
        if let Err(broken) = kept {
            error!(%broken, "the ledger does not say how far a write has come");
        }
    }

    /// That it is about to be sent is in the ledger before; `false` when it must not be sent.
    async fn mark_sending(&mut self) -> bool {
        let now = self.desk.clock.now();
        self.step.sent_at.get_or_insert(now);
        self.step.last_sent_at = Some(now);
        if std::mem::take(&mut self.is_recorded) {
            return true;
        }
        self.step.sends += 1;
        if !self.sent.is_repeated {
            self.step.state = StepState::Sending;
        }
        if !self.keep().await {
            return false;
        }
        // Whoever waits for an outcome to be found out does not begin to wait anew.
        let next_look = self.sent.is_repeated.then(Instant::now);
        self.running.tell(self.place, &self.step, None, next_look);
        true
    }

    /// Nobody knows what became of it. It may have been sent up to this moment.
    async fn mark_lost(&mut self) {
        self.sent.is_repeated = true;
        self.step.state = StepState::Unknown;
        self.step.last_sent_at = Some(self.desk.clock.now());
        // It may have taken effect.
        self.note_write(None);
        self.try_to_keep().await;
        let now = Some(Instant::now());
        self.running.tell(self.place, &self.step, None, now);
    }

    /// Nothing of it was sent, but it will be.
    async fn mark_waiting(&mut self, until: Instant) {
        self.step.state = StepState::Waiting;
        self.try_to_keep().await;
        self.running.tell(self.place, &self.step, None, Some(until));
    }

    /// Makes everyone in the workspace read anew what the write touched.
    fn note_write(&self, effect: Option<&Effect>) {
        const TOUCHED: [Cached; 4] = [
            Cached::Referral,
            Cached::Facilitators,
            Cached::Notes,
            Cached::FeePreview,
        ];
        let made = effect.and_then(|effect| effect.referral_id.as_deref());
        let connection = effect
            .and_then(|effect| effect.connection.as_ref())
            .map(|connection| (Cached::Connection, &*connection.remote_id));
        let referrals = self.write.referrals().into_iter().chain(made);
        let touched = referrals
            .flat_map(|id| TOUCHED.map(|kind| (kind, id)))
            .chain(connection);
        let touched: Vec<_> = touched.collect();
        self.target.note_write(self.desk, &touched);
    }
}

fn is_known(decided: &Decided) -> bool {
    decided.outcome != WriteOutcome::Unknown
}

/// How long the vendor asked to be left alone, within reason.
fn asked_wait(error: &Error) -> Duration {
    error.retry_after.unwrap_or_default().min(LONGEST_WAIT)
}

/// How long to wait before the next look.
pub(super) fn pause(looks: u32) -> Duration {
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
