//! The schema's output types, each over a record of the model.

pub mod connection;
pub mod details;
pub mod engagement;
pub mod enums;
pub mod facilitator;
pub mod fee_preview;
pub mod list;
pub mod operation;
pub mod page;
pub mod party;
pub mod referral;
pub mod vendor_status;

pub use connection::Connection;
pub use engagement::Engagement;
pub use facilitator::{Facilitator, Note};
pub use list::{ConnectionPage, ReferralPage};
pub use operation::Operation;
pub use party::{Organization, Party, Person};
pub use referral::Referral;
pub use vendor_status::VendorStatus;
