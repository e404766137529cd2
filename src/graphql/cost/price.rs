//! What each field costs. A field that is not named here costs nothing by itself.

/// How a field is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Price {
    /// Nothing by itself.
    Free,
    /// The record that an id names.
    Node,
    /// The records that ids name.
    Nodes,
    /// The records that keys name.
    Entities,
    /// One referral by its id.
    Referral,
    /// One connection by its id.
    Connection,
    /// One engagement by its id, with all of its referrals.
    Engagement,
    /// The merged list of referrals.
    Referrals,
    /// The merged list of connections.
    Connections,
    /// The search of one vendor's people.
    People,
    /// Every vendor.
    Vendors,
    /// A vendor's stages.
    Stages,
    /// A connection's referrals: the vendor's list, filtered here.
    OfConnection,
    /// An engagement's referrals.
    OfEngagement,
    /// A referral's people.
    Parties,
    /// A referral's facilitators.
    Facilitators,
    /// A referral's notes.
    Notes,
    /// A referral's connection.
    ItsConnection,
    /// What converting a referral would cost.
    FeePreview,
    /// The rows of a page.
    Rows,
    /// One record, read anew after a write.
    Record,
    /// A facilitator, looked for after a write.
    Facilitator,
    /// A note, looked for after a write.
    Note,
    /// The operation of a write.
    Operation,
    /// A write.
    Write,
    /// A write of as many parts as its input has decisions.
    Moderation,
}

/// How a field of a type is paid for.
pub(super) fn of(object: &str, field: &str) -> Price {
    match (object, field) {
        ("Query", "node") => Price::Node,
        ("Query", "nodes") => Price::Nodes,
        ("Query", "_entities") => Price::Entities,
        ("Query", "referral") => Price::Referral,
        ("Query", "connection") => Price::Connection,
        ("Query", "engagement") => Price::Engagement,
        ("Query", "referrals") => Price::Referrals,
        ("Query", "connections") => Price::Connections,
        ("Query", "people") => Price::People,
        ("Query", "vendors") => Price::Vendors,
        ("Query", "operation") => Price::Operation,
        ("Mutation", "moderateReferrals") => Price::Moderation,
        ("Mutation", _) => Price::Write,
        ("VendorStatus", "stages") => Price::Stages,
        ("Connection", "referrals") => Price::OfConnection,
        ("Engagement", "referrals") => Price::OfEngagement,
        ("Referral", "referrer" | "referred") => Price::Parties,
        ("Referral", "facilitators") => Price::Facilitators,
        ("Referral", "notes") => Price::Notes,
        ("Referral", "connection") => Price::ItsConnection,
        (_, "feePreview") => Price::FeePreview,
        ("ReferralPage" | "ConnectionPage" | "FacilitatorPage" | "NotePage", "nodes" | "edges")
        | ("ModerateReferralsPayload", "results") => Price::Rows,
        (_, "referral" | "sharedReferral" | "connection") => Price::Record,
        (object, "facilitator") if object.ends_with("Payload") => Price::Facilitator,
        (object, "note") if object.ends_with("Payload") => Price::Note,
        _ => Price::Free,
    }
}
