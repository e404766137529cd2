//! What lists are asked with.

use async_graphql::{Context, Error, ID, InputObject};

use super::error::bad_input;
use super::types::enums::{
    ConnectionStatus, Direction, ModerationStatus, OrderDirection, ReferralOrderField,
    ReferralStatus, Vendor,
};
use crate::model::{self, DateTime, GlobalId};

/// Which referrals are wanted: every rule that is given must hold.
#[derive(Default, InputObject)]
pub struct ReferralFilter {
    /// Of these vendors.
    pub vendors: Option<Vec<Vendor>>,
    /// With one of these statuses.
    pub status: Option<Vec<ReferralStatus>>,
    /// Of this direction. Vendors without directions have nothing that passes and are not asked.
    pub direction: Option<Direction>,
    /// With this moderation status on either side of the referral (SaaSquatch).
    pub moderation: Option<ModerationStatus>,
    /// Created strictly after this time.
    pub created_after: Option<DateTime>,
    /// Created strictly before this time.
    pub created_before: Option<DateTime>,
    /// Updated strictly after this time.
    pub updated_after: Option<DateTime>,
    /// Updated strictly before this time.
    pub updated_before: Option<DateTime>,
    /// Some party has exactly this e-mail address, whatever its case. Needs the scope `people:read` where callers are
    /// authenticated.
    pub email: Option<String>,
    /// Occurs in the name, the description or a party's name, whatever its case. Needs the scope `people:read` where
    /// callers are authenticated.
    pub search: Option<String>,
    /// Sent along this connection: its global id.
    pub connection_id: Option<ID>,
    /// Part of this engagement: its global id.
    pub engagement_id: Option<ID>,
}

/// In which order referrals come.
#[derive(InputObject)]
pub struct ReferralOrder {
    /// By which time.
    #[graphql(default_with = "ReferralOrderField::CreatedAt")]
    pub field: ReferralOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

/// Which connections are wanted: every rule that is given must hold.
#[derive(Default, InputObject)]
pub struct ConnectionFilter {
    /// With one of these statuses.
    pub status: Option<Vec<ConnectionStatus>>,
    /// Of this direction.
    pub direction: Option<Direction>,
}

impl ReferralFilter {
    /// The filter in the model's words; an id that is none, or of another kind, is a wrong argument.
    pub fn into_model(self, ctx: &Context<'_>) -> Result<model::ReferralFilter, Error> {
        self.checked().map_err(|WrongId { name, kind }| {
            let article = if kind == "engagement" { "an" } else { "a" };
            let message =
                format!("filter.{name} is not the id of {article} {kind} of this gateway.");
            bad_input(ctx, message)
        })
    }

    /// The same, for whoever tells nobody what is wrong.
    pub(super) fn checked(self) -> Result<model::ReferralFilter, WrongId> {
        let id = |name, id: Option<ID>, kind| {
            let Some(id) = id else { return Ok(None) };
            match (kind, GlobalId::parse(&id)) {
                ("connection", Ok(GlobalId::Connection(vendor, id)))
                | ("engagement", Ok(GlobalId::Engagement(vendor, id))) => Ok(Some((vendor, id))),
                _ => Err(WrongId { name, kind }),
            }
        };
        Ok(model::ReferralFilter {
            vendors: self.vendors.map(into_all),
            status: self.status.map(into_all),
            direction: self.direction.map(Into::into),
            moderation: self.moderation.map(Into::into),
            created_after: self.created_after,
            created_before: self.created_before,
            updated_after: self.updated_after,
            updated_before: self.updated_before,
            email: self.email,
            search: self.search.filter(|text| !text.is_empty()),
            connection_id: id("connectionId", self.connection_id, "connection")?,
            engagement_id: id("engagementId", self.engagement_id, "engagement")?,
        })
    }
}

/// An id in a filter that is none, or of another kind.
pub(super) struct WrongId {
    name: &'static str,
    kind: &'static str,
}

impl From<ReferralOrder> for model::Order {
    fn from(order: ReferralOrder) -> Self {
        Self {
            field: order.field.into(),
            direction: order.direction.into(),
        }
    }
}

impl From<ConnectionFilter> for model::ConnectionFilter {
    fn from(filter: ConnectionFilter) -> Self {
        Self {
            status: filter.status.map(into_all),
            direction: filter.direction.map(Into::into),
        }
    }
}

fn into_all<T: Into<U>, U>(values: Vec<T>) -> Vec<U> {
    values.into_iter().map(Into::into).collect()
}
