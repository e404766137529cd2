//! A standing link between two firms, along which referrals may be sent.

use std::sync::Arc;

use super::{DateTime, Direction, GlobalId, Json, Party, Vendor};

/// One connection of one vendor.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Connection {
    /// Whose it is.
    pub vendor: Vendor,
    /// The vendor's own id.
    pub remote_id: Arc<str>,
    /// In our words.
    pub status: ConnectionStatus,
    /// As seen from the configured account.
    pub direction: Option<Direction>,
    /// Who asked for it.
    pub sender: Option<Party>,
    /// Who was asked.
    pub recipient: Option<Party>,
    /// When it was asked for.
    pub created_at: Option<DateTime>,
    /// When it last changed.
    pub updated_at: Option<DateTime>,
    /// When the request runs out.
    pub expires_at: Option<DateTime>,
    /// The record as the vendor sent it.
    pub raw: Json,
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionStatus {
    /// Not answered yet.
    Pending,
    /// In force.
    Accepted,
    /// Refused.
    Denied,
    /// Ran out of time.
    Expired,
    /// The vendor said something that we do not know.
    Unrecognized,
}

impl Connection {
    /// Its id in the schema.
    pub fn global_id(&self) -> GlobalId {
        GlobalId::Connection(self.vendor, self.remote_id.to_string())
    }
}
