//! The records of the firms.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::seed::{clone_uuid, direction};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Client,
    Employee,
    External,
}

#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) uuid: Uuid,
    pub(super) firm: usize,
    pub(super) kind: Kind,
    pub(super) role: &'static str,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    /// What another system of the firm calls them.
    pub(super) external_reference: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// What lets the gateway's user into an account.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) uuid: Uuid,
    pub(super) account: Uuid,
    pub(super) is_primary: bool,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) uuid: Uuid,
    pub(super) sender_firm: usize,
    pub(super) recipient_firm: usize,
    pub(super) sender: Uuid,
    pub(super) recipient: Uuid,
    pub(super) status: &'static str,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) expires_at: Timestamp,
    /// Whether it came through the API. Seeded ones stand still, or the world would decay.
    pub(super) is_written: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Referral {
    pub(super) uuid: Uuid,
    pub(super) connection: Uuid,
    pub(super) sender_firm: usize,
    pub(super) recipient_firm: usize,
    pub(super) sender: Uuid,
    pub(super) recipient: Uuid,
    pub(super) clients: Vec<Uuid>,
    pub(super) cloned_clients: Vec<Uuid>,
    pub(super) advice_type: &'static str,
    pub(super) duration_months: Option<u8>,
    pub(super) shared_data: Vec<&'static str>,
    pub(super) note: Option<String>,
    pub(super) sla_deadline: Option<Date>,
    pub(super) status: &'static str,
    pub(super) rejection_reason: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// None for life.
    pub(super) expires_at: Option<Timestamp>,
    /// As of a connection.
    pub(super) is_written: bool,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Employee => "employee",
            Self::External => "external",
        }
    }
}

impl Connection {
    pub(super) fn concerns(&self, firm: usize) -> bool {
        self.sender_firm == firm || self.recipient_firm == firm
    }

    pub(super) fn direction(&self, firm: usize) -> &'static str {
        direction(self.sender_firm, firm)
    }
}

impl Referral {
    pub(super) fn concerns(&self, firm: usize) -> bool {
        self.sender_firm == firm || self.recipient_firm == firm
    }

    pub(super) fn direction(&self, firm: usize) -> &'static str {
        direction(self.sender_firm, firm)
    }

    /// The uuids that clones of the clients have, whether there are clones or not.
    pub(super) fn future_clones(&self) -> Vec<Uuid> {
        let clients = self.clients.iter();
        clients
            .map(|client| clone_uuid(self.uuid, *client))
            .collect()
    }
}
