//! Our vocabulary: plain structs that know no framework and no vendor's words. The clients map into them, the schema
//! shows them.

mod bytes;
pub mod connection;
pub mod filter;
pub mod id;
pub mod referral;
pub mod scalar;
pub mod scope;
mod texts;
pub mod vendor;
pub mod write;

pub use connection::{Connection, ConnectionStatus};
pub use filter::{ConnectionFilter, Order, OrderDirection, OrderField, ReferralFilter};
pub use id::{GlobalId, IdError};
pub use referral::{
    Direction, Facilitator, FacilitatorRole, FacilitatorSide, Facilitators, FeePreview, Moderation,
    ModerationProgress, ModerationStatus, Money, Note, Organization, Party, Person, PersonTexts,
    Referral, ReferralAction, ReferralStatus, Stage,
};
pub use scalar::{Date, DateTime, Decimal, Json};
pub use scope::{Scope, Scopes};
pub(crate) use texts::is_blank;
pub use vendor::{Capability, Vendor, Workspace};
pub use write::{
    AmountStructure, Conversion, Decision, FacilitatorParty, FinanceDeal, ModerationSide,
    NewFacilitator, Problem, ProblemCode, TeamMember, Verdict, Write, WriteOutcome,
};
