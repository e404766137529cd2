//! One GraphQL schema over four referral systems.

pub mod clock;
pub mod config;
pub mod graphql;
pub mod load;
pub mod model;
pub mod sandbox;
pub mod vendor;
