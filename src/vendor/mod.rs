//! placeholder
pub mod introzy;
pub mod partner_center;
pub mod plannr;
pub mod saasquatch;
