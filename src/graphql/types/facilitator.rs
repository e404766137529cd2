//! Facilitators and notes.

use async_graphql::{ID, Object, SimpleObject};

use super::enums::{FacilitatorRole, FacilitatorSide, Vendor};
use super::party::Party;
use crate::model::{self, DateTime};

/// Someone who helps a referral along.
#[derive(Clone)]
pub struct Facilitator(pub model::Facilitator);

/// Someone who helps a referral along: an Introzy facilitator, or a member of a Partner Center referral's team.
#[Object]
impl Facilitator {
    /// The global id: opaque, URL-safe and stable. It names the referral too, below which the vendor keeps it. Needs the
    /// scope `people:read` where callers are authenticated: Partner Center tells people apart by their e-mail addresses.
    pub async fn id(&self) -> ID {
        ID(self.0.global_id().to_string())
    }

    /// The vendor of the referral.
    async fn vendor(&self) -> Vendor {
        self.0.vendor.into()
    }

    /// The vendor's own id; null for Partner Center, which tells team members apart by e-mail address.
    async fn remote_id(&self) -> Option<&str> {
        self.0.remote_id.as_deref()
    }

    /// What they do.
    async fn role(&self) -> FacilitatorRole {
        self.0.role.into()
    }

    /// Whose side they are on; null where the vendor names none.
    async fn side(&self) -> Option<FacilitatorSide> {
        self.0.side.map(Into::into)
    }

    /// Who it is.
    async fn party(&self) -> Party<'_> {
        (&self.0.party).into()
    }

    /// When they were added. Introzy tells it only where the facilitator is read by itself (`node`), not in lists;
    /// Partner Center never.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.created_at
    }
}

/// A note on a referral (Introzy).
#[derive(Clone, SimpleObject)]
pub struct Note {
    /// The vendor's own id.
    pub remote_id: String,
    /// The text, with mentions as the vendor writes them: `[@Name](person:<id>)`.
    pub content: String,
    /// When it was written.
    pub created_at: Option<DateTime>,
    /// When it last changed.
    pub updated_at: Option<DateTime>,
}

impl From<model::Note> for Note {
    fn from(note: model::Note) -> Self {
        let model::Note {
            remote_id,
            content,
            created_at,
            updated_at,
        } = note;
        Self {
            remote_id,
            content,
            created_at,
            updated_at,
        }
    }
}
