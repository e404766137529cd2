//! What each vendor can do, and how it is doing.

use async_graphql::{Context, Error, Object, SimpleObject};

use super::enums::{Capability, CircuitState, Vendor, VendorHealth};
use super::referral::Stage;
use crate::graphql::error::from_vendor;
use crate::graphql::loaders;
use crate::model::{self, DateTime};
use crate::vendor::{Kind, vitals};

/// A vendor, as the gateway sees it.
pub struct VendorStatus(pub model::Vendor);

/// A vendor: whether it is configured, what it can do, how it is doing.
#[Object]
impl VendorStatus {
    /// Which vendor.
    async fn vendor(&self) -> Vendor {
        self.0.into()
    }

    /// Whether the gateway has credentials for it.
    async fn configured(&self, ctx: &Context<'_>) -> bool {
        loaders(ctx).registry.adapter(self.0).is_some()
    }

    /// What it can do through this gateway; empty when it is not configured.
    async fn capabilities(&self, ctx: &Context<'_>) -> Vec<Capability> {
        let adapter = loaders(ctx).registry.adapter(self.0);
        adapter
            .map(|adapter| {
                adapter
                    .capabilities()
                    .iter()
                    .copied()
                    .map(Into::into)
                    .collect()
            })
            .unwrap_or_default()
    }

    /// How the last calls went, and whether it is asked at all.
    async fn health(&self, ctx: &Context<'_>) -> VendorHealth {
        let adapter = loaders(ctx).registry.adapter(self.0);
        adapter.map_or(VendorHealth::Unknown, |adapter| {
            adapter.vitals().health().into()
        })
    }

    /// What happens to the next call to it; null when it is not configured.
    async fn circuit(&self, ctx: &Context<'_>) -> Option<CircuitState> {
        let adapter = loaders(ctx).registry.adapter(self.0)?;
        Some(adapter.vitals().circuit().into())
    }

    /// Until when it wants to be left alone, because it was asked too often or is busy; null when it may be asked.
    async fn paused_until(&self, ctx: &Context<'_>) -> Option<DateTime> {
        let adapter = loaders(ctx).registry.adapter(self.0)?;
        adapter.vitals().paused_until().map(DateTime)
    }

    /// The median of its recent answers' times, in milliseconds; null before the first answer.
    async fn latency_ms(&self, ctx: &Context<'_>) -> Option<i32> {
        let latency = loaders(ctx).registry.adapter(self.0)?.vitals().latency()?;
        i32::try_from(latency.as_millis()).ok()
    }

    /// What it last said of its rate limit; null when it says nothing.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Option<RateLimit> {
        loaders(ctx)
            .registry
            .adapter(self.0)?
            .vitals()
            .rate_limit()
            .map(Into::into)
    }

    /// The stages of its referral pipeline, in order (Introzy); null where a vendor has none. Takes a call to the
    /// vendor.
    async fn stages(&self, ctx: &Context<'_>) -> Option<Result<Vec<Stage>, Error>> {
        let loaders = loaders(ctx);
        loaders.registry.adapter(self.0)?;
        match loaders.stages(self.0).await {
            Ok(stages) => {
                stages.map(|stages| Ok(stages.value.iter().cloned().map(Stage::from).collect()))
            }
            Err(error) if error.kind == Kind::Unsupported => None,
            Err(error) => Some(Err(from_vendor(ctx, &error))),
        }
    }
}

/// What a vendor last said of its rate limit.
#[derive(SimpleObject)]
pub struct RateLimit {
    /// How many calls it allows in its window.
    pub limit: Option<i32>,
    /// How many are left in it.
    pub remaining: Option<i32>,
    /// When the window starts anew.
    pub reset_at: Option<DateTime>,
}

impl From<vitals::RateLimit> for RateLimit {
    fn from(limit: vitals::RateLimit) -> Self {
        let number = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
        Self {
            limit: number(limit.limit),
            remaining: number(limit.remaining),
            reset_at: limit.reset_at.map(DateTime),
        }
    }
}
