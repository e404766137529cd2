//! Writes, as far as the gateway knows of them.

use async_graphql::{Context, Error, Object};

use super::enums::OperationState;
use super::{Connection, Referral};
use crate::graphql::error::from_vendor;
use crate::graphql::loaders;
use crate::ledger;
use crate::model::DateTime;

/// A write.
pub struct Operation(pub ledger::Operation);

/// A write, from the moment its intent was recorded.
#[Object]
impl Operation {
    /// The key that was given with it, or that the gateway gave it.
    async fn idempotency_key(&self) -> &str {
        &self.0.key
    }

    /// How far it has come.
    async fn state(&self) -> OperationState {
        self.0.state().into()
    }

    /// When its intent was recorded.
    async fn started_at(&self) -> DateTime {
        DateTime(self.0.started_at)
    }

    /// When its outcome became known; null until then.
    async fn settled_at(&self) -> Option<DateTime> {
        self.0.settled_at().map(DateTime)
    }

    /// The referral that it created or changed, as it is now. Null for a write about several.
    async fn referral(&self, ctx: &Context<'_>) -> Option<Result<Referral, Error>> {
        let step = self.0.steps.first()?;
        let id = step.answer.referral.as_deref()?;
        let found = loaders(ctx).referral(step.vendor, id).await.transpose()?;
        Some(
            found
                .map(Referral)
                .map_err(|error| from_vendor(ctx, &error)),
        )
    }

    /// The connection that it asked for, as it is now.
    async fn connection(&self, ctx: &Context<'_>) -> Option<Result<Connection, Error>> {
        let step = self.0.steps.first()?;
        let id = step.answer.connection.as_deref()?;
        let found = loaders(ctx).connection(step.vendor, id).await.transpose()?;
        Some(
            found
                .map(Connection)
                .map_err(|error| from_vendor(ctx, &error)),
        )
    }
}
