//! Connections between firms.

use async_graphql::{Context, Error, ID, Object};

use super::enums::{ConnectionStatus, Direction, Vendor};
use super::list::{self, ReferralPage};
use super::party::Party;
use crate::load::Loaded;
use crate::model::{self, DateTime, Order, ReferralFilter};

/// A connection.
#[derive(Clone)]
pub struct Connection(pub Loaded<model::Connection>);

/// A standing link between two firms, along which referrals may be sent (Plannr).
#[Object]
impl Connection {
    /// The global id: opaque, URL-safe and stable.
    pub async fn id(&self) -> ID {
        ID(self.0.value.global_id().to_string())
    }

    /// Whose it is.
    async fn vendor(&self) -> Vendor {
        self.0.value.vendor.into()
    }

    /// The vendor's own id.
    async fn remote_id(&self) -> &str {
        &self.0.value.remote_id
    }

    /// Where it stands.
    async fn status(&self) -> ConnectionStatus {
        self.0.value.status.into()
    }

    /// Which way it was asked for, as seen from the account that the gateway uses.
    async fn direction(&self) -> Option<Direction> {
        self.0.value.direction.map(Into::into)
    }

    /// Who asked for it.
    async fn sender(&self) -> Option<Party<'_>> {
        self.0.value.sender.as_ref().map(Into::into)
    }

    /// Who was asked.
    async fn recipient(&self) -> Option<Party<'_>> {
        self.0.value.recipient.as_ref().map(Into::into)
    }

    /// When it was asked for.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.value.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> Option<DateTime> {
        self.0.value.updated_at
    }

    /// When the request for it runs out.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.value.expires_at
    }

    /// The referrals sent along it, newest first.
    async fn referrals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows, 1 to 100.", default = 20)] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ReferralPage, Error> {
        let connection_id = Some((self.0.value.vendor, self.0.value.remote_id.to_string()));
        let vendors = Some(vec![self.0.value.vendor]);
        let filter = ReferralFilter {
            vendors,
            connection_id,
            ..ReferralFilter::default()
        };
        list::referrals(ctx, first, after.as_deref(), filter, Order::default()).await
    }
}
