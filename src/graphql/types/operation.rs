//! Writes, as far as the gateway knows of them.

use async_graphql::SimpleObject;

use super::enums::OperationState;
use super::{Connection, Referral};
use crate::model::DateTime;

/// A write, from the moment its intent was recorded.
#[derive(Clone, SimpleObject)]
pub struct Operation {
    /// The key that was given with it, or that the gateway gave it.
    pub idempotency_key: String,
    /// How far it has come.
    pub state: OperationState,
    /// When its intent was recorded.
    pub started_at: DateTime,
    /// When its outcome became known.
    pub settled_at: Option<DateTime>,
    /// The referral that it created or changed.
    pub referral: Option<Referral>,
    /// The connection that it asked for.
    pub connection: Option<Connection>,
}
