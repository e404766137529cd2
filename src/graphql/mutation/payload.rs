//! What the mutations answer. The parts that a vendor must be asked for are asked for only when they are selected.

use async_graphql::{Context, Error, ID, Object, SimpleObject};

use super::hand_in::Done;
use crate::graphql::error::from_vendor;
use crate::graphql::loaders;
use crate::graphql::query::facilitators_of;
use crate::graphql::types::enums::{UserErrorCode, WriteOutcome};
use crate::graphql::types::{Connection, Engagement, Facilitator, Note, Operation, Referral};
use crate::ledger::operation::Fingerprint;
use crate::load::Loaded;
use crate::model::{self, Decimal, Vendor};

/// Something that keeps a write from being made.
#[derive(Clone, SimpleObject)]
pub struct UserError {
    /// Of which kind.
    pub code: UserErrorCode,
    /// A sentence for people.
    pub message: String,
    /// Where in the mutation's arguments, beginning with `input`: names of fields, and places in lists counted from 0. Ends
    /// at what it is about as a whole; null where that is no part of the input.
    pub path: Option<Vec<String>>,
}

/// The deal that a referral was turned into.
#[derive(SimpleObject)]
pub struct FinanceDeal {
    /// Introzy's own id of it.
    pub remote_id: String,
    /// What it is called.
    pub name: Option<String>,
    /// What it is worth, in major units; Introzy names no currency here.
    pub amount: Option<Decimal>,
}

/// The fields that every payload has, in one place for all of them.
pub struct Payload {
    pub(super) done: Done,
    /// The referral that the write is about, where the input names one.
    pub(super) about: Option<(Vendor, String)>,
    /// The facilitator that the input names.
    pub(super) facilitator_id: Option<ID>,
}

impl Payload {
    fn outcome(&self) -> WriteOutcome {
        self.done.outcome.into()
    }

    fn user_errors(&self) -> Vec<UserError> {
        self.done.problems.iter().cloned().map(Into::into).collect()
    }

    fn operation(&self) -> Option<Operation> {
        self.done.operation.clone().map(Operation)
    }

    /// The referral of a step: as the vendor told it after the write, else as it is now.
    async fn referral(&self, ctx: &Context<'_>, place: usize) -> Option<Result<Referral, Error>> {
        let step = self.done.step(place);
        if let Some((step, effect)) = step
            && let Some(record) = &effect.referral
        {
            let now = || loaders(ctx).registry.clock.now();
            return Some(Ok(Referral(Loaded {
                value: record.clone(),
                fetched_at: step.settled_at.unwrap_or_else(now),
                failure: None,
            })));
        }
        let made = step.and_then(|(step, _)| Some((step.vendor, step.answer.referral.clone()?)));
        let about = self.about.clone().filter(|_| place == 0);
        let (vendor, id) = made.or(about)?;
        let found = loaders(ctx).referral(vendor, &id).await.transpose()?;
        Some(
            found
                .map(Referral)
                .map_err(|error| from_vendor(ctx, &error)),
        )
    }

    /// The referral that a step made or found there: not what it was to belong to, which a refusal may show.
    async fn made(&self, ctx: &Context<'_>, place: usize) -> Option<Result<Referral, Error>> {
        let (step, _) = self.done.step(place)?;
        let is_there = matches!(
            step.outcome(),
            model::WriteOutcome::Applied | model::WriteOutcome::AlreadyApplied
        );
        if !is_there {
            return None;
        }
        step.answer.referral.as_ref()?;
        self.referral(ctx, place).await
    }

    async fn facilitator(&self, ctx: &Context<'_>) -> Option<Result<Facilitator, Error>> {
        let (step, effect) = self.done.step(0)?;
        if let Some(facilitator) = &effect.facilitator {
            return Some(Ok(Facilitator(facilitator.clone())));
        }
        let hash = step.answer.facilitator?;
        let (vendor, referral) = self.about.as_ref()?;
        match facilitators_of(ctx, *vendor, referral).await? {
            Ok(rows) => rows
                .into_iter()
                .find(|row| Fingerprint::of(&row.key) == hash)
                .map(|row| Ok(Facilitator(row))),
            Err(error) => Some(Err(error)),
        }
    }

    async fn connection(&self, ctx: &Context<'_>) -> Option<Result<Connection, Error>> {
        let (step, effect) = self.done.step(0)?;
        if let Some(record) = &effect.connection {
            let now = || loaders(ctx).registry.clock.now();
            return Some(Ok(Connection(Loaded {
                value: record.clone(),
                fetched_at: step.settled_at.unwrap_or_else(now),
                failure: None,
            })));
        }
        let id = step.answer.connection.as_deref()?;
        let found = loaders(ctx).connection(step.vendor, id).await.transpose()?;
        Some(
            found
                .map(Connection)
                .map_err(|error| from_vendor(ctx, &error)),
        )
    }

    async fn note(&self, ctx: &Context<'_>) -> Option<Result<Note, Error>> {
        let (step, effect) = self.done.step(0)?;
        if let Some(note) = &effect.note {
            return Some(Ok(note.clone().into()));
        }
        let id = step.answer.note.as_deref()?;
        let (vendor, referral) = self.about.as_ref()?;
        let notes = loaders(ctx).notes(*vendor, referral).await.transpose()?;
        match notes {
            Ok(notes) => {
                let note = notes.value.iter().find(|note| note.remote_id == id);
                note.map(|note| Ok(note.clone().into()))
            }
            Err(error) => Some(Err(from_vendor(ctx, &error))),
        }
    }

    fn deal(&self) -> Option<FinanceDeal> {
        let (step, _) = self.done.step(0)?;
        let model::FinanceDeal {
            remote_id,
            name,
            amount,
        } = step.answer.deal.clone()?;
        Some(FinanceDeal {
            remote_id,
            name,
            amount,
        })
    }
}

impl From<model::Problem> for UserError {
    fn from(problem: model::Problem) -> Self {
        let model::Problem {
            code,
            message,
            path,
        } = problem;
        Self {
            code: code.into(),
            message,
            path: Some(path).filter(|path| !path.is_empty()),
        }
    }
}

/// Declares a payload with the fields that all have, and its own.
macro_rules! payload {
    ($(#[doc = $doc:literal])* $name:ident { $($own:tt)* }) => {
        $(#[doc = $doc])*
        pub struct $name(pub Payload);

        $(#[doc = $doc])*
        #[Object]
        impl $name {
            $($own)*

            /// What became of the write by now.
            async fn outcome(&self) -> WriteOutcome {
                self.0.outcome()
            }

            /// The write itself, with its key; null when nothing was recorded, because it was refused before.
            async fn operation(&self) -> Option<Operation> {
                self.0.operation()
            }

            /// Why it was rejected: all reasons at once. Empty unless `outcome` is REJECTED or a further step failed.
            async fn user_errors(&self) -> Vec<UserError> {
                self.0.user_errors()
            }
        }
    };
}

payload! {
    /// What came of creating a referral.
    CreateReferralPayload {
        /// The new referral, or the one that stands in its way. Null while it is not known, and when there is none.
        async fn referral(&self, ctx: &Context<'_>) -> Option<Result<Referral, Error>> {
            self.0.referral(ctx, 0).await
        }

        /// The connected referral, where `shareWith` asked for one and it is there. `operation.state` tells whether it is
        /// still to come (SENDING, UNKNOWN) or not (PARTIAL).
        async fn shared_referral(&self, ctx: &Context<'_>) -> Option<Result<Referral, Error>> {
            self.0.made(ctx, 1).await
        }
    }
}

payload! {
    /// What came of changing a referral.
    UpdateReferralPayload {
        /// The referral as it is now, also when the changes were refused.
        async fn referral(&self, ctx: &Context<'_>) -> Option<Result<Referral, Error>> {
            self.0.referral(ctx, 0).await
        }
    }
}

payload! {
    /// What came of adding a facilitator.
    AddFacilitatorPayload {
        /// The facilitator; null unless it is there.
        async fn facilitator(&self, ctx: &Context<'_>) -> Option<Result<Facilitator, Error>> {
            self.0.facilitator(ctx).await
        }

        /// The referral as it is now.
        async fn referral(&self, ctx: &Context<'_>) -> Option<Result<Referral, Error>> {
            self.0.referral(ctx, 0).await
        }
    }
}

payload! {
    /// What came of removing a facilitator.
    RemoveFacilitatorPayload {
        /// The facilitator's global id, once it is gone.
        async fn removed_facilitator_id(&self) -> Option<&ID> {
            let is_gone = matches!(
                self.0.outcome(),
                WriteOutcome::Applied | WriteOutcome::AlreadyApplied
            );
            self.0.facilitator_id.as_ref().filter(|_| is_gone)
        }

        /// The referral as it is now.
        async fn referral(&self, ctx: &Context<'_>) -> Option<Result<Referral, Error>> {
            self.0.referral(ctx, 0).await
        }
    }
}

payload! {
    /// What came of asking for a connection.
    RequestConnectionPayload {
        /// The connection, which waits for the other firm's answer.
        async fn connection(&self, ctx: &Context<'_>) -> Option<Result<Connection, Error>> {
            self.0.connection(ctx).await
        }
    }
}

payload! {
    /// What came of sharing a referral.
    ShareReferralPayload {
        /// The connected referral for the second party; null unless it is there.
        async fn referral(&self, ctx: &Context<'_>) -> Option<Result<Referral, Error>> {
            self.0.made(ctx, 0).await
        }

        /// The engagement that both referrals belong to.
        async fn engagement(&self, ctx: &Context<'_>) -> Option<Result<Engagement, Error>> {
            match self.0.referral(ctx, 0).await? {
                Ok(referral) => {
                    let record = &referral.0.value;
                    let remote_id = record.engagement_id.as_deref()?.to_owned();
                    let vendor = record.vendor;
                    Some(Ok(Engagement { vendor, remote_id }))
                }
                Err(error) => Some(Err(error)),
            }
        }
    }
}

payload! {
    /// What came of turning a referral into a deal.
    ConvertReferralPayload {
        /// The deal, as far as Introzy told of it. Null also for a deal that was made although the answer was lost: Introzy
        /// has no call that shows it.
        async fn deal(&self) -> Option<FinanceDeal> {
            self.0.deal()
        }

        /// The referral as it is now.
        async fn referral(&self, ctx: &Context<'_>) -> Option<Result<Referral, Error>> {
            self.0.referral(ctx, 0).await
        }
    }
}

payload! {
    /// What came of adding a note.
    AddNotePayload {
        /// The note; null unless it is there.
        async fn note(&self, ctx: &Context<'_>) -> Option<Result<Note, Error>> {
            self.0.note(ctx).await
        }
    }
}
