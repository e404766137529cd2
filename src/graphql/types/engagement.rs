//! Engagements: what ties together the referrals of one joint pursuit.

use async_graphql::{Context, Error, ID, Object};

use super::enums::Vendor;
use super::list::{self, ReferralPage};
use crate::graphql::loaders;
use crate::model::{self, GlobalId};

/// An engagement. A vendor has no record of it: it exists if a referral has it.
#[derive(Clone, Debug)]
pub struct Engagement {
    /// Whose it is.
    pub vendor: model::Vendor,
    /// The vendor's id.
    pub remote_id: String,
}

/// Ties together the referrals of one joint pursuit (Partner Center). It exists if a referral has it.
#[Object]
impl Engagement {
    /// The global id: opaque, URL-safe and stable.
    pub async fn id(&self) -> ID {
        GlobalId::Engagement(self.vendor, self.remote_id.clone())
            .to_string()
            .into()
    }

    /// Whose it is.
    async fn vendor(&self) -> Vendor {
        self.vendor.into()
    }

    /// The vendor's own id.
    async fn remote_id(&self) -> &str {
        &self.remote_id
    }

    /// Its referrals, newest first.
    async fn referrals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows, 1 to 100.", default = 20)] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ReferralPage, Error> {
        let rows = loaders(ctx).engagement(self.vendor, &self.remote_id).await;
        list::referrals_of(ctx, first, after.as_deref(), self, rows)
    }
}
