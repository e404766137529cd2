//! The GraphQL types that only this vendor has.

use async_graphql::SimpleObject;

/// A referral's own fields at this vendor.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
#[graphql(complex)]
pub struct IntrozyReferral {
    /// Placeholder.
    pub placeholder: Option<String>,
    pub pipeline_deal_id: String,
}
