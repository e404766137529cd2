//! What converting a referral would cost (Introzy).

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Error, Object};

use crate::graphql::error::from_vendor;
use crate::graphql::loaders;
use crate::model::{self, Decimal, Json, Vendor};
use crate::vendor::introzy::schema::IntrozyReferral;

/// What turning a referral into a finance deal would cost.
pub struct FeePreview(pub Arc<model::FeePreview>);

/// What turning a referral into a finance deal would cost:
/// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/pipeline-deals-referral-hub>.
#[Object]
impl FeePreview {
    /// Whether it has been converted already; then everything but `message` is empty.
    async fn is_converted(&self) -> bool {
        self.0.is_converted
    }

    /// The vendor's remark, for one that has been converted.
    async fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The vendor's id of the organization that owns the deal.
    async fn organization_id(&self) -> Option<&str> {
        self.0.organization_id.as_deref()
    }

    /// The deal's value in major units; the vendor names no currency here.
    async fn deal_value(&self) -> Option<Decimal> {
        self.0.deal_value.clone()
    }

    /// The value expected, in major units; the vendor names no currency here.
    async fn expected_value(&self) -> Option<Decimal> {
        self.0.expected_value.clone()
    }

    /// How many fee chains a conversion would create.
    async fn estimated_chain_count(&self) -> Option<i32> {
        self.0
            .estimated_chain_count
            .and_then(|count| i32::try_from(count).ok())
    }

    /// How many facilitators would take part.
    async fn facilitator_count(&self) -> Option<i32> {
        self.0
            .facilitator_count
            .and_then(|count| i32::try_from(count).ok())
    }

    /// The vendor's id of the user who made the connection.
    async fn connector_user_id(&self) -> Option<&str> {
        self.0.connector_user_id.as_deref()
    }

    /// The fee plans as the vendor writes them: it does not document their shape.
    async fn fee_plans(&self) -> Option<Json> {
        self.0.fee_plans.clone()
    }

    /// The facilitators as the vendor writes them: it does not document their shape.
    async fn facilitators(&self) -> Option<Json> {
        self.0.facilitators.clone()
    }
}

#[ComplexObject]
impl IntrozyReferral {
    /// What turning this referral into a finance deal would cost. Each takes a call to the vendor of its own.
    async fn fee_preview(&self, ctx: &Context<'_>) -> Option<Result<FeePreview, Error>> {
        let found = loaders(ctx)
            .fee_preview(Vendor::Introzy, &self.pipeline_deal_id)
            .await
            .transpose()?;
        Some(
            found
                .map(|loaded| FeePreview(loaded.value))
                .map_err(|error| from_vendor(ctx, &error)),
        )
    }
}
