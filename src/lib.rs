//! One GraphQL schema over four referral systems.

pub mod clock;
pub mod config;
pub mod gateway;
pub mod graphql;
pub mod http;
pub mod load;
pub mod model;
pub mod sandbox;
pub mod telemetry;
pub mod vendor;
