//! An operation: what one mutation asked for, step by step, and how far it has come.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::{FinanceDeal, Problem, Vendor, Write, WriteOutcome};
use crate::vendor::{Decided, Effect};

/// What one mutation asked for. It has no `Debug`, since its writes have none.
#[derive(Clone)]
pub struct Operation {
    /// Its row in the ledger.
    pub id: i64,
    /// The idempotency key.
    pub key: Arc<str>,
    /// Whether the caller chose the key and can therefore ask again.
    pub has_own_key: bool,
    /// Of what was asked.
    pub fingerprint: Fingerprint,
    /// When its intent was recorded.
    pub started_at: Timestamp,
    /// At least one.
    pub steps: Vec<Step>,
}

/// One write of an operation.
#[derive(Clone)]
pub struct Step {
    /// At which vendor.
    pub vendor: Vendor,
    /// What is to be written. Forgotten once it is settled.
    pub write: Option<Write>,
    /// How far it has come.
    pub state: StepState,
    /// When it was first sent, or was about to be.
    pub sent_at: Option<Timestamp>,
    /// When it was last on its way, as far as that is known: until then it was being sent.
    pub last_sent_at: Option<Timestamp>,
    /// How often it was sent, or was about to be.
    pub sends: u32,
    /// Of what nobody could tell it from, afterwards.
    pub twin: Option<Fingerprint>,
    /// When its outcome became known.
    pub settled_at: Option<Timestamp>,
    /// What came of it.
    pub answer: StepAnswer,
}

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Not sent: the step before comes first.
    Waiting,
    /// Being sent. After a crash nobody knows whether it was.
    Sending,
    /// Sent, and not answered.
    Unknown,
    /// It took effect.
    Confirmed,
    /// It has no effect.
    Rejected,
    /// Nobody but a person can find out.
    NeedsReview,
}

/// How far an operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationState {
    /// Being sent.
    Sending,
    /// All of it took effect.
    Confirmed,
    /// None of it took effect.
    Rejected,
    /// Part of it was sent and not answered; it is being found out what became of that.
    Unknown,
    /// Nobody but a person can find out.
    NeedsReview,
    /// Part of it took effect, and no more will.
    Partial,
}

/// What is kept of a settled step, so that the same question gets the same answer: ids, no contents.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepAnswer {
    /// What became of it; of several decisions, what `each` says.
    pub outcome: Option<WriteOutcome>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// The referral that it made or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<String>,
    /// The connection that it asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// A hash of what tells the facilitator apart that it added: that may be an e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facilitator: Option<Fingerprint>,
    /// The note that it added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The deal that it made; the vendor has no call that shows it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal: Option<FinanceDeal>,
    /// What came of each of several decisions, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub each: Vec<DecisionAnswer>,
}

/// What is kept of one decision.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionAnswer {
    /// What became of it.
    pub outcome: WriteOutcome,
    /// Why it was rejected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// A hash by which the same is known again without being kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of a text.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Enough of it to find the same again in a log.
    pub fn short(&self) -> String {
        let (short, _) = self.0.split_at(8);
        let number = short
            .iter()
            .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        format!("{number:016x}")
    }

    /// Of what a mutation asks for.
    pub fn of_steps(steps: &[(Vendor, Write)]) -> Self {
        let mut hash = Sha256::new();
        for (vendor, write) in steps {
            hash.update(vendor.key());
            hash.update([0]);
            hash.update(json(write));
            hash.update([0]);
        }
        Self(hash.finalize().into())
    }
}

/// A write as the ledger keeps it.
pub(super) fn json(write: &Write) -> String {
    serde_json::to_string(write).expect("a write is texts, numbers and lists of them")
}

impl StepState {
    /// Whether nothing more will come of it.
    pub fn is_settled(self) -> bool {
        match self {
            Self::Waiting | Self::Sending | Self::Unknown => false,
            Self::Confirmed | Self::Rejected | Self::NeedsReview => true,
        }
    }

    /// As the ledger writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::NeedsReview => "needs_review",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [
            Self::Waiting,
            Self::Sending,
            Self::Unknown,
            Self::Confirmed,
            Self::Rejected,
            Self::NeedsReview,
        ];
        all.into_iter().find(|state| state.name() == name)
    }
}

impl StepAnswer {
    /// That a write took effect, and what it left behind.
    pub fn effect(outcome: WriteOutcome, effect: &Effect) -> Self {
        Self {
            outcome: Some(outcome),
            referral: effect.referral_id.as_deref().map(str::to_owned),
            connection: effect
                .connection
                .as_ref()
                .map(|connection| connection.remote_id.to_string()),
            facilitator: effect
                .facilitator
                .as_ref()
                .map(|facilitator| Fingerprint::of(&facilitator.key)),
            note: effect.note.as_ref().map(|note| note.remote_id.clone()),
            deal: effect.deal.clone(),
            ..Self::default()
        }
    }

    /// That a write has no effect, and why.
    pub fn rejected(problems: Vec<Problem>) -> Self {
        Self {
            outcome: Some(WriteOutcome::Rejected),
            problems,
            ..Self::default()
        }
    }

    /// What came of several decisions.
    pub fn each(decided: Vec<Decided>) -> Self {
        let each = decided.into_iter().map(|it| DecisionAnswer {
            outcome: it.outcome,
            problems: it.problems,
        });
        Self {
            each: each.collect(),
            ..Self::default()
        }
    }

    /// The vendor's id of what the write made, where it made something. What was there before, or stands in its way, may
    /// have been made by another write that is still to find it.
    pub fn made(&self, write: &Write) -> Option<&str> {
        if self.outcome != Some(WriteOutcome::Applied) {
            return None;
        }
        match write {
            Write::Create { .. } | Write::Share { .. } => self.referral.as_deref(),
            Write::RequestConnection { .. } => self.connection.as_deref(),
            Write::AddNote { .. } => self.note.as_deref(),
            _ => None,
        }
    }
}

impl Operation {
    /// How far it has come.
    pub fn state(&self) -> OperationState {
        let states = || self.steps.iter().map(|step| step.state);
        if states().any(|state| state == StepState::Unknown) {
            return OperationState::Unknown;
        }
        if states().any(|state| state == StepState::Sending) {
            return OperationState::Sending;
        }
        if states().any(|state| state == StepState::NeedsReview) {
            return OperationState::NeedsReview;
        }
        if states().any(|state| state == StepState::Waiting) {
            return OperationState::Sending;
        }
        let outcomes: Vec<_> = self.steps.iter().flat_map(Step::outcomes).collect();
        let is_effective = |outcome: &WriteOutcome| {
            matches!(
                outcome,
                WriteOutcome::Applied | WriteOutcome::AlreadyApplied
            )
        };
        if outcomes.iter().all(is_effective) {
            OperationState::Confirmed
        } else if outcomes.iter().any(is_effective) {
            OperationState::Partial
        } else {
            OperationState::Rejected
        }
    }

    /// Whether nothing more will come of it.
    pub fn is_settled(&self) -> bool {
        self.steps.iter().all(|step| step.state.is_settled())
    }

    /// When all of it was known.
    pub fn settled_at(&self) -> Option<Timestamp> {
        let times: Option<Vec<_>> = self.steps.iter().map(|step| step.settled_at).collect();
        times?.into_iter().max()
    }
}

impl Step {
    /// A write that nothing was done about yet.
    pub fn new(vendor: Vendor, write: Write) -> Self {
        Self {
            vendor,
            write: Some(write),
            state: StepState::Waiting,
            sent_at: None,
            last_sent_at: None,
            sends: 0,
            twin: None,
            settled_at: None,
            answer: StepAnswer::default(),
        }
    }

    /// What became of it, of each of its decisions where it has several.
    pub fn outcomes(&self) -> Vec<WriteOutcome> {
        if !self.answer.each.is_empty() {
            return self.answer.each.iter().map(|it| it.outcome).collect();
        }
        vec![self.outcome()]
    }

    /// What became of it as a whole.
    pub fn outcome(&self) -> WriteOutcome {
        match self.state {
            StepState::Confirmed => self.answer.outcome.unwrap_or(WriteOutcome::Applied),
            StepState::Rejected => WriteOutcome::Rejected,
            StepState::Waiting
            | StepState::Sending
            | StepState::Unknown
            | StepState::NeedsReview => WriteOutcome::Unknown,
        }
    }

    /// Whether it cannot be sent before the step before it has made something.
    pub fn needs_the_one_before(&self) -> bool {
        matches!(self.write, Some(Write::Share { referral: None, .. }))
    }
}
