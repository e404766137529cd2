//! The referral and the small things that only it has.

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::Connection;
use super::details::ReferralDetails;
use super::engagement::Engagement;
use super::enums::{
    Direction, ModerationProgress, ModerationStatus, ReferralAction, ReferralStatus, Vendor,
};
use super::facilitator::{Facilitator, Note};
use super::page::{self, FacilitatorPage, NotePage, Slice};
use super::party::Party;
use crate::graphql::error::{add, from_vendor, no_details};
use crate::graphql::loaders;
use crate::load::Loaded;
use crate::model::{self, DateTime, Decimal, GlobalId, Json};

/// A referral.
#[derive(Clone)]
pub struct Referral(pub Loaded<model::Referral>);

/// "REFERRER introduces REFERRED to RECIPIENT": one referral of one vendor. What a vendor cannot do is null; what it
/// failed to do is null with an error.
#[Object]
impl Referral {
    /// The global id: opaque, URL-safe and stable.
    pub async fn id(&self) -> ID {
        let record = &self.0.value;
        ID(GlobalId::text_of_referral(record.vendor, &record.remote_id))
    }

    /// Whose it is.
    async fn vendor(&self) -> Vendor {
        self.0.value.vendor.into()
    }

    /// The vendor's own id.
    async fn remote_id(&self) -> &str {
        &self.0.value.remote_id
    }

    /// What it is called (Introzy, Partner Center).
    async fn name(&self) -> Option<&str> {
        self.0.value.name.as_deref()
    }

    /// What it is about: Introzy's description, Plannr's note, Partner Center's notes.
    async fn description(&self) -> Option<&str> {
        self.0.value.description.as_deref()
    }

    /// Where it stands, in the same words for every vendor.
    async fn status(&self) -> ReferralStatus {
        self.0.value.status.into()
    }

    /// Where it stands in the vendor's own words, as in `accepted` or `Closed/Won`.
    async fn vendor_status(&self) -> Option<&str> {
        self.0.value.vendor_status.as_deref()
    }

    /// Where it stands in the vendor's pipeline: Introzy's stage, Partner Center's sales stage.
    async fn stage(&self) -> Option<Stage> {
        self.0.value.stage.clone().map(Into::into)
    }

    /// Which way it went, as seen from the account that the gateway uses (Plannr, Partner Center).
    async fn direction(&self) -> Option<Direction> {
        self.0.value.direction.map(Into::into)
    }

    /// What it is worth (Introzy, Partner Center).
    async fn value(&self) -> Option<Money<'_>> {
        self.0.value.value.as_ref().map(Money)
    }

    /// Who introduces.
    async fn referrer(&self, ctx: &Context<'_>) -> Option<Result<Party<'_>, Error>> {
        let record = match self.complete(ctx).await {
            Ok(record) => record,
            Err(error) => return Some(Err(error)),
        };
        let Some(record) = record else {
            return self.0.value.referrer.as_ref().map(|party| Ok(party.into()));
        };
        record.value.referrer.clone().map(|party| Ok(party.into()))
    }

    /// Who is introduced. Empty, with an error, when the vendor leaves people out of its lists and then fails to tell
    /// of this one.
    async fn referred(&self, ctx: &Context<'_>) -> Vec<Party<'_>> {
        match self.complete(ctx).await {
            Ok(None) => self.0.value.referred.iter().map(Into::into).collect(),
            Ok(Some(record)) => record
                .value
                .referred
                .iter()
                .cloned()
                .map(Into::into)
                .collect(),
            Err(error) => {
                add(ctx, error);
                Vec::new()
            }
        }
    }

    /// To whom; SaaSquatch has no recipients.
    async fn recipient(&self) -> Option<Party<'_>> {
        self.0.value.recipient.as_ref().map(Into::into)
    }

    /// Who helps it along. Null where the vendor has no facilitators (Plannr, SaaSquatch).
    async fn facilitators(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows, 1 to 100.", default = 20)] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<FacilitatorPage, Error>> {
        let rows = match &self.0.value.facilitators {
            model::Facilitators::Unsupported => return None,
            model::Facilitators::Embedded(rows) => rows.to_vec(),
            model::Facilitators::Separate => {
                match loaders(ctx)
                    .facilitators(self.0.value.vendor, &self.0.value.remote_id)
                    .await
                {
                    Ok(Some(rows)) => rows.value.to_vec(),
                    Ok(None) => Vec::new(),
                    Err(error) => return Some(Err(from_vendor(ctx, &error))),
                }
            }
        };
        let rows = rows.into_iter().map(Facilitator).collect();
        let cut = |first| Slice::cut(ctx, rows, first, after.as_deref());
        Some(
            page::first(ctx, first, 20)
                .and_then(cut)
                .map(FacilitatorPage),
        )
    }

    /// Its notes, newest first. Null where the vendor keeps no notes (all but Introzy).
    async fn notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows, 1 to 100.", default = 20)] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<NotePage, Error>> {
        if !self.0.value.has_notes {
            return None;
        }
        let rows = match loaders(ctx)
            .notes(self.0.value.vendor, &self.0.value.remote_id)
            .await
        {
            Ok(rows) => rows.map(|rows| rows.value.to_vec()).unwrap_or_default(),
            Err(error) => return Some(Err(from_vendor(ctx, &error))),
        };
        let rows = rows.into_iter().map(Note::from).collect();
        let cut = |first| Slice::cut(ctx, rows, first, after.as_deref());
        Some(page::first(ctx, first, 20).and_then(cut).map(NotePage))
    }

    /// The connection along which it was sent (Plannr).
    async fn connection(&self, ctx: &Context<'_>) -> Option<Result<Connection, Error>> {
        let id = self.0.value.connection_id.as_deref()?;
        let found = loaders(ctx)
            .connection(self.0.value.vendor, id)
            .await
            .transpose()?;
        Some(
            found
                .map(Connection)
                .map_err(|error| from_vendor(ctx, &error)),
        )
    }

    /// The engagement that it belongs to (Partner Center).
    async fn engagement(&self) -> Option<Engagement> {
        let remote_id = self.0.value.engagement_id.as_deref()?.to_owned();
        Some(Engagement {
            vendor: self.0.value.vendor,
            remote_id,
        })
    }

    /// Its moderation (SaaSquatch).
    async fn moderation(&self) -> Option<Moderation> {
        self.0.value.moderation.as_deref().copied().map(Into::into)
    }

    /// What the moderation, update, facilitator, convert and share mutations would accept now.
    async fn allowed_actions(&self) -> Vec<ReferralAction> {
        self.0
            .value
            .allowed_actions
            .iter()
            .copied()
            .map(Into::into)
            .collect()
    }

    /// Your own reference, as given when it was created (Partner Center).
    async fn external_reference(&self) -> Option<&str> {
        self.0.value.external_reference.as_deref()
    }

    /// When it was created.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.value.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> Option<DateTime> {
        self.0.value.updated_at
    }

    /// When it expires (Plannr, Partner Center); null for one that never does.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.value.expires_at
    }

    /// When it was closed or ended (Partner Center, SaaSquatch).
    async fn closed_at(&self) -> Option<DateTime> {
        self.0.value.closed_at
    }

    /// An opaque version for optimistic concurrency: give it back as `expectedVersion`. It changes whenever the record
    /// does: Partner Center's eTag, or a hash of the record.
    async fn version(&self) -> Option<String> {
        Some(version(&self.0.value))
    }

    /// When the gateway read this from the vendor.
    async fn fetched_at(&self) -> DateTime {
        DateTime(self.0.fetched_at)
    }

    /// True when the vendor could not be asked and this is an older answer.
    async fn stale(&self) -> bool {
        self.0.is_stale()
    }

    /// Everything that the vendor documents and the common fields do not carry. Where the vendor's JSON cannot be read as it is
    /// documented, all of it counts as missing, with an error at this path; `raw` has it as it came.
    async fn details(&self, ctx: &Context<'_>) -> ReferralDetails {
        let referral = &self.0.value;
        let details = ReferralDetails::of(referral);
        if let Some(problem) = details.problem {
            problem.warn(referral.vendor, "read_details");
            add(ctx, no_details(ctx, referral.vendor));
        }
        details.value
    }

    /// The vendor's own JSON, untouched. Needs the scope `raw:read` where callers are authenticated.
    async fn raw(&self) -> Option<Json> {
        Some(self.0.value.raw.clone())
    }
}

impl Referral {
    /// The whole record where this is a list row that lacks its people; `None` where the row has them.
    async fn complete(&self, ctx: &Context<'_>) -> Result<Option<Loaded<model::Referral>>, Error> {
        if self.0.value.complete {
            return Ok(None);
        }
        let found = loaders(ctx)
            .referral(self.0.value.vendor, &self.0.value.remote_id)
            .await;
        found.map_err(|error| from_vendor(ctx, &error))
    }
}

/// The vendor's own version of a record, or a hash of it.
pub fn version(record: &model::Referral) -> String {
    let own = record.version.as_deref();
    own.map_or_else(|| hash(&record.raw.0), str::to_owned)
}

/// A hash of the record whose order of keys does not matter.
fn hash(raw: &str) -> String {
    let sorted = serde_json::from_str::<serde_json::Value>(raw).map(|value| value.to_string());
    let digest = Sha256::digest(sorted.as_deref().unwrap_or(raw));
    URL_SAFE_NO_PAD.encode(&digest[..16])
}

/// An amount in a currency.
pub struct Money<'a>(&'a model::Money);

/// An amount in a currency.
#[Object]
impl Money<'_> {
    /// The exact amount in major units, as the vendor wrote it.
    async fn amount(&self) -> &Decimal {
        &self.0.amount
    }

    /// The currency's ISO 4217 code.
    async fn currency(&self) -> &str {
        &self.0.currency
    }
}

/// A step of a vendor's pipeline.
#[derive(SimpleObject)]
pub struct Stage {
    /// The vendor's own id; null for Partner Center, whose stages are words or percentages.
    pub remote_id: Option<String>,
    /// What people call it.
    pub label: String,
    /// Its colour, `#RRGGBB` (Introzy).
    pub color: Option<String>,
}

/// Where a referral's moderation stands (SaaSquatch).
#[derive(SimpleObject)]
pub struct Moderation {
    /// Whether it was decided.
    pub status: ModerationProgress,
    /// The referrer's side.
    pub referrer: ModerationStatus,
    /// The referred side.
    pub referred: ModerationStatus,
    /// When it was last decided, also when the program's rules decided by themselves.
    pub moderated_at: Option<DateTime>,
}

impl From<model::Stage> for Stage {
    fn from(stage: model::Stage) -> Self {
        Self {
            remote_id: stage.remote_id.map(Into::into),
            label: stage.label.into(),
            color: stage.color.map(Into::into),
        }
    }
}

impl From<model::Moderation> for Moderation {
    fn from(moderation: model::Moderation) -> Self {
        Self {
            status: moderation.status.into(),
            referrer: moderation.referrer.into(),
            referred: moderation.referred.into(),
            moderated_at: moderation.moderated_at,
        }
    }
}
