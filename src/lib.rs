//! One GraphQL schema over four referral systems.
#![allow(missing_docs, reason = "placeholder")]
pub mod clock;
pub mod sandbox;
pub mod vendor;
