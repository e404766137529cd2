//! The schema's enums, each over the model's enum of the same name.

use async_graphql::Enum;

use crate::load::ReportStatus;
use crate::{ledger, model, vendor};

/// Declares a schema enum with the variants of a model enum, and the conversion between them.
macro_rules! mirror {
    ($of:path, $(#[doc = $doc:literal])* $name:ident { $( $(#[doc = $about:literal])* $variant:ident, )* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        pub enum $name { $( $(#[doc = $about])* $variant, )* }

        impl From<$of> for $name {
            fn from(value: $of) -> Self {
                match value { $( <$of>::$variant => Self::$variant, )* }
            }
        }

        impl From<$name> for $of {
            fn from(value: $name) -> Self {
                match value { $( $name::$variant => Self::$variant, )* }
            }
        }
    };
}

macro_rules! vendor_enum {
    ($( $(#[doc = $doc:literal])* $variant:ident = $name:literal, $path:literal, $module:ident, $details:ident, $input:ident; )*) => {
        mirror! {
            model::Vendor,
            /// One of the systems behind the gateway.
            Vendor { $( $(#[doc = $doc])* $variant, )* }
        }
    };
}

crate::vendor::vendors!(vendor_enum);

mirror! {
    model::ReferralStatus,
    /// Where a referral stands, in the same words for every vendor.
    ReferralStatus {
        /// Waits for an answer: Plannr pending, Partner Center New, SaaSquatch moderation pending.
        Pending,
        /// Accepted and being worked on: Introzy always (unless a stage is mapped otherwise), Plannr accepted, Partner
        /// Center Active, SaaSquatch when nothing else applies.
        Active,
        /// Ended with success: Partner Center Closed/Won, SaaSquatch converted or paid.
        Won,
        /// Ended without success: Partner Center Closed/Lost, SaaSquatch ended.
        Lost,
        /// Refused: Plannr rejected, Partner Center Closed/Declined, SaaSquatch denied on the referred side.
        Declined,
        /// Ran out of time: Plannr expired, Partner Center Closed/Expired.
        Expired,
        /// A value that the vendor does not document; its own word is in `vendorStatus`.
        Unrecognized,
    }
}

mirror! {
    model::Direction,
    /// Which way something went, as seen from the account that the gateway uses.
    Direction {
        /// From us.
        Sent,
        /// To us.
        Received,
    }
}

mirror! {
    model::ReferralAction,
    /// A write that a referral would accept now.
    ReferralAction {
        /// Can be approved or accepted.
        Approve,
        /// Can be denied, rejected or declined.
        Deny,
        /// Its fields can be changed.
        Update,
        /// A facilitator can be added.
        AddFacilitator,
        /// A facilitator can be removed.
        RemoveFacilitator,
        /// A note can be added.
        AddNote,
        /// Can be turned into a finance deal.
        Convert,
        /// Can be shared with a second party.
        Share,
    }
}

mirror! {
    model::FacilitatorRole,
    /// What a facilitator does for a referral.
    FacilitatorRole {
        /// Made the introduction (Introzy).
        Connector,
        /// Helps the deal along (Introzy).
        Facilitator,
        /// Is where the referral came from (Introzy).
        ReferralSource,
        /// Works on the referral (Partner Center).
        TeamMember,
        /// A role that the vendor does not document.
        Unrecognized,
    }
}

mirror! {
    model::FacilitatorSide,
    /// Whose side a facilitator is on.
    FacilitatorSide {
        /// The one who looks for help.
        Seeker,
        /// The one who gives it.
        Provider,
    }
}

mirror! {
    model::ConnectionStatus,
    /// Where a connection stands.
    ConnectionStatus {
        /// Not answered yet.
        Pending,
        /// In force: referrals may be sent along it.
        Accepted,
        /// Refused.
        Denied,
        /// The request ran out of time.
        Expired,
        /// A value that the vendor does not document.
        Unrecognized,
    }
}

mirror! {
    model::ModerationProgress,
    /// Whether moderation has taken place.
    ModerationProgress {
        /// Not yet.
        Pending,
        /// Decided, by a person or by the program's rules.
        Actioned,
        /// A value that the vendor does not document.
        Unrecognized,
    }
}

mirror! {
    model::ModerationStatus,
    /// What moderation said of one side of a referral.
    ModerationStatus {
        /// Nothing yet.
        Pending,
        /// Approved.
        Approved,
        /// Denied: this side's reward is cancelled.
        Denied,
        /// A value that the vendor does not document.
        Unrecognized,
    }
}

mirror! {
    model::OrderField,
    /// By which time referrals are ordered. Those without it come last, whichever way the list runs.
    ReferralOrderField {
        /// When the referral was created.
        CreatedAt,
        /// When it last changed.
        UpdatedAt,
    }
}

mirror! {
    model::OrderDirection,
    /// Which way a list runs. Ties are broken by vendor, then by the vendor's id.
    OrderDirection {
        /// Oldest first.
        Asc,
        /// Newest first.
        Desc,
    }
}

mirror! {
    model::Capability,
    /// What a vendor can do through this gateway.
    Capability {
        /// Its referrals appear in `referrals`.
        ListReferrals,
        /// One referral can be read by id.
        GetReferral,
        /// Referrals can be created.
        CreateReferral,
        /// Referrals can be changed.
        UpdateReferral,
        /// Referrals can be approved or denied.
        Moderate,
        /// Facilitators can be added and removed.
        ManageFacilitators,
        /// Referrals carry notes.
        Notes,
        /// It has standing connections between firms.
        Connections,
        /// It ties referrals together in engagements.
        Engagements,
        /// It turns a referral into a finance deal.
        Convert,
        /// Its people can be searched.
        People,
        /// It sends webhooks.
        Webhooks,
    }
}

mirror! {
    vendor::vitals::Health,
    /// How calls to a vendor have been going.
    VendorHealth {
        /// The last calls were answered.
        Healthy,
        /// Some of the last ten calls failed, or it wants to be left alone for now, or it is about to be seen whether it
        /// has recovered.
        Degraded,
        /// The last three calls all failed, or so many did that it is not asked for now.
        Down,
        /// Not asked since the gateway started, or not configured.
        Unknown,
    }
}

mirror! {
    vendor::breaker::Circuit,
    /// What the gateway does with the next call to a vendor.
    CircuitState {
        /// It is made.
        Closed,
        /// The vendor failed too often: one call at a time shows whether it has recovered, others fail at once.
        HalfOpen,
        /// The vendor failed too often and is left alone: calls fail at once.
        Open,
    }
}

/// What came of a vendor's part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SourceStatus {
    /// All its rows are there.
    Ok,
    /// The vendor could not be asked; its rows are from an older reading.
    Stale,
    /// Some of its rows are missing: unreadable ones, those beyond what is read for one list, or those after a call
    /// that failed midway.
    Partial,
    /// It failed; none of its rows are there.
    Failed,
    /// It did not answer in time; none of its rows are there.
    TimedOut,
    /// It was asked too often; none of its rows are there.
    RateLimited,
    /// It failed repeatedly and was not asked.
    CircuitOpen,
    /// It did not accept the gateway's credentials.
    Unauthorized,
    /// The gateway has no credentials for it.
    NotConfigured,
    /// Nothing that this vendor has can pass the filter; it was not asked.
    Unsupported,
}

mirror! {
    ledger::OperationState,
    /// How far a write has come.
    OperationState {
        /// On its way to the vendor.
        Sending,
        /// The vendor has all of it.
        Confirmed,
        /// The vendor, or the gateway, refused all of it. Nothing was changed.
        Rejected,
        /// No whole answer came; the gateway is finding out.
        Unknown,
        /// The vendor gives no way to find out: a person must look.
        NeedsReview,
        /// Part of it took effect, and no more will.
        Partial,
    }
}

mirror! {
    model::WriteOutcome,
    /// What became of a write by the time of the answer.
    WriteOutcome {
        /// It took effect.
        Applied,
        /// What it asks for was so before. Nothing was changed.
        AlreadyApplied,
        /// It has no effect; `userErrors` says why.
        Rejected,
        /// Nobody knows yet: the vendor did not answer. `operation`, asked with the idempotency key, tells once it is known.
        Unknown,
    }
}

mirror! {
    model::ProblemCode,
    /// What kind of thing keeps a write from being made.
    UserErrorCode {
        /// A value is not what it must be.
        Invalid,
        /// What it is about is not there.
        NotFound,
        /// Something else is there already, or is under way.
        Conflict,
        /// The vendor does not let the gateway's credentials do it.
        Forbidden,
        /// The vendor has no such thing.
        Unsupported,
        /// Not from where it stands now.
        IllegalTransition,
        /// It has changed since the version that was expected.
        VersionMismatch,
        /// The idempotency key was used for another write.
        IdempotencyMismatch,
        /// The vendor was asked too often. Nothing was changed.
        RateLimited,
        /// The vendor could not be asked, or did not answer and has nothing of it since. Nothing was changed.
        Unavailable,
    }
}

mirror! {
    model::Verdict,
    /// What a moderator decides.
    Decision {
        /// SaaSquatch approved, Plannr accepted, Partner Center Active/Accepted.
        Approve,
        /// SaaSquatch denied, Plannr rejected, Partner Center Closed/Declined.
        Deny,
    }
}

mirror! {
    model::ModerationSide,
    /// Whose part of a referral a decision is about.
    ModerationSide {
        /// Both; the only one that vendors other than SaaSquatch know.
        Both,
        /// Who introduces.
        Referrer,
        /// Who is introduced.
        Referred,
    }
}

mirror! {
    model::AmountStructure,
    /// How a deal's amount is paid.
    AmountStructure {
        /// At once.
        OneTime,
        /// Every month.
        Monthly,
        /// Every year.
        Annual,
        /// In another way.
        Custom,
    }
}

impl From<&ReportStatus> for SourceStatus {
    fn from(status: &ReportStatus) -> Self {
        use vendor::Kind;
        match status {
            ReportStatus::Ok => Self::Ok,
            ReportStatus::Stale(_) => Self::Stale,
            ReportStatus::Partial { .. } => Self::Partial,
            ReportStatus::NotConfigured => Self::NotConfigured,
            ReportStatus::Unsupported => Self::Unsupported,
            ReportStatus::Failed(error) => match error.kind {
                Kind::Timeout | Kind::Deadline => Self::TimedOut,
                Kind::RateLimited => Self::RateLimited,
                Kind::CircuitOpen => Self::CircuitOpen,
                Kind::Unauthorized => Self::Unauthorized,
                Kind::NotConfigured => Self::NotConfigured,
                Kind::NotFound
                | Kind::Unavailable
                | Kind::InvalidResponse
                | Kind::Rejected
                | Kind::Unsupported => Self::Failed,
            },
        }
    }
}
