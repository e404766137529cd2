//! What reading from a vendor costs: calls, at the very most, when nothing is remembered. A vendor that fails, that gives
//! fewer rows at once than it is asked for, or whose lists change while they are read takes more; what then bounds the
//! calls is said where they are made.

/// How many calls it takes at most to read something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// How many rows one call for a list brings.
    pub page_rows: u64,
    /// A referral's facilitators; 0 where they come with the referral, or where there are none.
    pub facilitators: u64,
    /// A referral's notes.
    pub notes: u64,
    /// A referral's fee preview.
    pub fee_preview: u64,
    /// The referrals of an engagement.
    pub engagement: u64,
    /// The stages of the pipeline.
    pub stages: u64,
    /// Whether rows of its lists may lack people, who are then read referral by referral.
    pub lists_lack_people: bool,
}

impl Prices {
    /// Of a vendor that has nothing but referrals, in pages of a hundred.
    pub const PLAIN: Self = Self {
        page_rows: 100,
        facilitators: 0,
        notes: 0,
        fee_preview: 0,
        engagement: 0,
        stages: 0,
        lists_lack_people: false,
    };
}
