//! Admission in metrics.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::Admission;
use super::controller::Lane;
use crate::http::metrics::{add, gauge};

/// What of admission is read for metrics.
pub(in crate::http) struct Readings(pub(in crate::http) Admission);

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (limit, working, waiting, admitted, shed) = {
            let state = self.0.state();
            let controller = &state.controller;
            let (working, waiting) = (controller.working(), controller.waiting());
            (
                whole(controller.limit()),
                working,
                waiting,
                state.admitted,
                state.shed,
            )
        };
        for (name, help, value) in [
            (
                "admission_limit",
                "How many requests may be in their first stretch of work",
                limit,
            ),
            ("admission_working", "How many are", u64::from(working)),
            (
                "admission_waiting",
                "How many requests wait for their turn",
                waiting as u64,
            ),
        ] {
            gauge(&mut encoder, name, help, [(value, [].as_slice())])?;
        }
        for (name, help, counts) in [
            (
                "admission_admitted",
                "Requests that got their turn",
                admitted,
            ),
            (
                "admission_shed",
                "Requests that were told to come back later",
                shed,
            ),
        ] {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for lane in Lane::ALL {
                add(&mut family, &[("lane", lane.name())], counts[lane as usize])?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readings")
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a limit lies between 1 and some ten thousand"
)]
fn whole(limit: f64) -> u64 {
    limit as u64
}
