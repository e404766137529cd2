//! The vendor that a step is carried out at, as it is configured at the time: that may change while the step is under way.

use std::sync::Arc;
use std::time::Duration;

use super::desk::Desk;
use crate::load::{Kind, Registry};
use crate::model::Vendor;
use crate::vendor::Adapter;

/// A vendor, as it is configured.
pub(super) struct Target {
    vendor: Vendor,
    registry: Arc<Registry>,
    pub(super) adapter: Arc<dyn Adapter>,
    /// With which of the vendor's configurations the step was sent first.
    sent_with: u64,
}

impl Target {
    /// The vendor, if it is configured now.
    pub(super) fn of(desk: &Desk, vendor: Vendor) -> Option<Self> {
        let registry = desk.registry();
        Some(Self {
            vendor,
            adapter: registry.adapter(vendor)?.clone(),
            sent_with: registry.generation(vendor),
            registry,
        })
    }

    /// Goes on with the vendor as it is configured now, or as it was before it was no longer configured.
    pub(super) fn renew(&mut self, desk: &Desk) {
        let registry = desk.registry();
        if let Some(adapter) = registry.adapter(self.vendor) {
            self.adapter = adapter.clone();
            self.registry = registry;
        }
    }

    /// Notes that nothing was sent before.
    pub(super) fn is_first_sent_here(&mut self) {
        self.sent_with = self.registry.generation(self.vendor);
    }

    /// Whether the vendor was configured otherwise when the step was sent. Other credentials may be those of another
    /// account, where nothing is to be found of it, and sending it there would make it a second time.
    pub(super) fn may_be_elsewhere(&self) -> bool {
        self.registry.generation(self.vendor) != self.sent_with
    }

    /// How long a call may take.
    pub(super) fn call_budget(&self) -> Duration {
        self.registry.call_budget
    }

    /// Makes everyone in the workspace read anew what a write touched; also those who read with the configuration that has
    /// taken this one's place since.
    pub(super) fn note_write(&self, desk: &Desk, touched: &[(Kind, &str)]) {
        let scope = self.registry.scope(&*self.adapter);
        let cache = &self.registry.cache;
        cache.note_write(&scope, touched.iter().copied());
        let present = desk.registry();
        let adapter = present.adapter(self.vendor);
        let now = adapter.map(|adapter| present.scope(&**adapter));
        if let Some(now) = now.filter(|now| *now != scope) {
            present.cache.note_write(&now, touched.iter().copied());
        }
    }
}
