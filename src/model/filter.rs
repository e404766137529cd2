//! What a list is asked for. The rules are applied here to every row, whether or not a vendor applied them already, so
//! that the answer is the same either way.

use std::borrow::Cow;

use super::{
    Connection, ConnectionStatus, DateTime, Direction, ModerationStatus, Referral, ReferralStatus,
    Vendor,
};

/// Which referrals are wanted. Every rule that is present must hold.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub struct ReferralFilter {
    /// Of these vendors.
    pub vendors: Option<Vec<Vendor>>,
    /// With one of these statuses.
    pub status: Option<Vec<ReferralStatus>>,
    /// Of this direction.
    pub direction: Option<Direction>,
    /// With this moderation status on either side.
    pub moderation: Option<ModerationStatus>,
    /// Created strictly after.
    pub created_after: Option<DateTime>,
    /// Created strictly before.
    pub created_before: Option<DateTime>,
    /// Updated strictly after.
    pub updated_after: Option<DateTime>,
    /// Updated strictly before.
    pub updated_before: Option<DateTime>,
    /// Some party has exactly this e-mail address, whatever its case.
    pub email: Option<String>,
    /// Occurs in the name, the description or a party's name, whatever its case.
    pub search: Option<String>,
    /// Sent along this connection (the vendor's id).
    pub connection_id: Option<(Vendor, String)>,
    /// Part of this engagement (the vendor's id).
    pub engagement_id: Option<(Vendor, String)>,
}

/// Which connections are wanted.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub struct ConnectionFilter {
    /// With one of these statuses.
    pub status: Option<Vec<ConnectionStatus>>,
    /// Of this direction.
    pub direction: Option<Direction>,
}

/// In which order a list comes. Ties are broken by vendor, then by the vendor's id; records without the time come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// By which time.
    pub field: OrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// The times that a list can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderField {
    /// When it was created.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
}

/// Which way a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderDirection {
    /// Oldest first.
    Asc,
    /// Newest first.
    Desc,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            field: OrderField::CreatedAt,
            direction: OrderDirection::Desc,
        }
    }
}

impl ReferralFilter {
    /// Whether rows of this vendor could pass at all, before anything is known of them.
    pub fn may_include(&self, vendor: Vendor) -> bool {
        let listed = self
            .vendors
            .as_ref()
            .is_none_or(|vendors| vendors.contains(&vendor));
        let connected = self
            .connection_id
            .as_ref()
            .is_none_or(|(of, _)| *of == vendor);
        let engaged = self
            .engagement_id
            .as_ref()
            .is_none_or(|(of, _)| *of == vendor);
        listed && connected && engaged
    }

    /// Whether this referral passes.
    pub fn matches(&self, referral: &Referral) -> bool {
        self.may_include(referral.vendor)
            && self
                .status
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&referral.status))
            && self
                .direction
                .is_none_or(|wanted| referral.direction == Some(wanted))
            && self.moderation.is_none_or(|wanted| {
                referral
                    .moderation
                    .as_deref()
                    .is_some_and(|m| m.referrer == wanted || m.referred == wanted)
            })
            && within(referral.created_at, self.created_after, self.created_before)
            && within(referral.updated_at, self.updated_after, self.updated_before)
            && self
                .connection_id
                .as_ref()
                .is_none_or(|(_, id)| referral.connection_id.as_deref() == Some(id))
            && self
                .engagement_id
                .as_ref()
                .is_none_or(|(_, id)| referral.engagement_id.as_deref() == Some(id))
            && self
                .email
                .as_deref()
                .is_none_or(|email| has_email(referral, email))
            && self
                .search
                .as_deref()
                .is_none_or(|text| mentions(referral, text))
    }
}

impl ConnectionFilter {
    /// Whether this connection passes.
    pub fn matches(&self, connection: &Connection) -> bool {
        self.status
            .as_ref()
            .is_none_or(|wanted| wanted.contains(&connection.status))
            && self
                .direction
                .is_none_or(|wanted| connection.direction == Some(wanted))
    }
}

/// A record without the time is in no bounded span.
fn within(time: Option<DateTime>, after: Option<DateTime>, before: Option<DateTime>) -> bool {
    after.is_none_or(|bound| time.is_some_and(|time| time > bound))
        && before.is_none_or(|bound| time.is_some_and(|time| time < bound))
}

fn has_email(referral: &Referral, email: &str) -> bool {
    let wanted = email.trim().to_lowercase();
    referral
        .parties()
        .filter_map(super::Party::email)
        .any(|known| known.to_lowercase() == wanted)
}

fn mentions(referral: &Referral, text: &str) -> bool {
    let wanted = text.to_lowercase();
    let own = [referral.name.as_deref(), referral.description.as_deref()];
    let own = own.into_iter().map(|text| text.map(Cow::Borrowed));
    let names = referral.parties().map(super::Party::name);
    own.chain(names)
        .flatten()
        .any(|known| known.to_lowercase().contains(&wanted))
}
