//! The GraphQL types that only this vendor has.

use async_graphql::SimpleObject;

/// A referral's own fields at this vendor.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
pub struct PlannrReferral {
    /// Placeholder.
    pub placeholder: Option<String>,
}
