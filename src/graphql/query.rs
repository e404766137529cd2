//! The root of all reads.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Context, Error, ID, Interface, Object};
use futures_util::future::join_all;

use super::error::{bad_input, from_vendor, mistake};
use super::inputs::{ConnectionFilter, ReferralFilter, ReferralOrder};
use super::loaders;
use super::types::enums::Vendor;
use super::types::{
    Connection, ConnectionPage, Engagement, Facilitator, Operation, Person, Referral, ReferralPage,
    VendorStatus, list, page,
};
use crate::ledger::Desk;
use crate::model::{self, Capability, GlobalId};

/// How many ids one `nodes` may be given.
const MAX_NODES: usize = 200;

/// Anything with a global id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The global id: opaque, URL-safe and stable."
))]
pub enum Node {
    /// A referral.
    Referral(Referral),
    /// A facilitator of a referral.
    Facilitator(Facilitator),
    /// A connection between firms.
    Connection(Connection),
    /// An engagement.
    Engagement(Engagement),
}

/// The root of all reads.
pub struct Query;

/// The root of all reads.
#[Object]
impl Query {
    /// The thing with this global id; null when there is no such one.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global id.")] id: ID,
    ) -> Option<Result<Node, Error>> {
        find(ctx, &id).await
    }

    /// The things with these global ids, in their order; null, with an error at its place, for a malformed one, and
    /// null without an error for one that is not there.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, at most 200.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node, Error>>>, Error> {
        if ids.len() > MAX_NODES {
            return Err(bad_input(
                ctx,
                format!(
                    "ids has {} entries, but may have {MAX_NODES} at most.",
                    ids.len()
                ),
            ));
        }
        Ok(join_all(ids.iter().map(|id| find(ctx, id))).await)
    }

    /// One referral; null when there is no such one.
    async fn referral(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A referral's global id.")] id: ID,
    ) -> Option<Result<Referral, Error>> {
        find_referral(ctx, &id).await
    }

    /// The referrals of all vendors in one order. A vendor that fails costs its own rows and one entry in `sources`.
    async fn referrals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows, 1 to 100.", default = 20)] first: Option<i32>,
        #[graphql(
            desc = "The cursor after which the page begins; good for the same filter and order only."
        )]
        after: Option<String>,
        #[graphql(desc = "Which referrals; all when left out.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "In which order; the newest first when left out.")] order_by: Option<
            ReferralOrder,
        >,
    ) -> Result<ReferralPage, Error> {
        let filter = filter.unwrap_or_default().into_model(ctx)?;
        let order = order_by.map(Into::into).unwrap_or_default();
        list::referrals(ctx, first, after.as_deref(), filter, order).await
    }

    /// One connection; null when there is no such one.
    async fn connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A connection's global id.")] id: ID,
    ) -> Option<Result<Connection, Error>> {
        find_connection(ctx, &id).await
    }

    /// The connections of all vendors that have them (Plannr), newest first.
    async fn connections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows, 1 to 100.", default = 20)] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins; good for the same filter only.")]
        after: Option<String>,
        #[graphql(desc = "Which connections; all when left out.")] filter: Option<ConnectionFilter>,
    ) -> Result<ConnectionPage, Error> {
        list::connections(
            ctx,
            first,
            after.as_deref(),
            filter.unwrap_or_default().into(),
        )
        .await
    }

    /// One engagement; null when no referral has it.
    async fn engagement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An engagement's global id.")] id: ID,
    ) -> Option<Result<Engagement, Error>> {
        find_engagement(ctx, &id).await
    }

    /// The write with this idempotency key, as far as the gateway knows; null when it knows of none.
    async fn operation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key given with the write, or the one that the gateway gave it.")]
        idempotency_key: String,
    ) -> Option<Result<Operation, Error>> {
        loaders(ctx).freshness.note_volatile();
        let desk = ctx.data_unchecked::<Arc<Desk>>();
        match desk.find(&idempotency_key).await {
            Ok(found) => found.map(|operation| Ok(Operation(operation))),
            Err(_) => Some(Err(mistake(
                ctx,
                "The gateway could not look into its ledger.",
            ))),
        }
    }

    /// Every vendor: configured or not, what it can do, how it is doing.
    async fn vendors(&self, ctx: &Context<'_>) -> Vec<VendorStatus> {
        loaders(ctx).freshness.note_volatile();
        model::Vendor::ALL
            .iter()
            .copied()
            .map(VendorStatus)
            .collect()
    }

    /// A vendor's records that the create inputs ask for, found by name or e-mail address: Introzy's people, Plannr's
    /// client accounts, SaaSquatch's users. Null for a vendor whose people cannot be searched. How much of a name must
    /// be given, and whether an address may be partial, is up to the vendor. Needs the scope `people:read` where callers
    /// are authenticated.
    async fn people(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose people.")] vendor: Vendor,
        #[graphql(desc = "A name or e-mail address, 1 to 200 characters.")] search: String,
        #[graphql(desc = "How many, 1 to 100.", default = 10)] first: Option<i32>,
    ) -> Option<Result<Vec<Person<'_>>, Error>> {
        let first = match page::first(ctx, first, 10) {
            Ok(first) => first,
            Err(error) => return Some(Err(error)),
        };
        let search = search.trim();
        if search.is_empty() || search.chars().count() > 200 {
            return Some(Err(bad_input(ctx, "search must have 1 to 200 characters.")));
        }
        let vendor = model::Vendor::from(vendor);
        let loaders = loaders(ctx);
        if let Some(adapter) = loaders.registry.adapter(vendor)
            && !adapter.capabilities().contains(&Capability::People)
        {
            return None;
        }
        let found = loaders.people(vendor, search, first).await.transpose()?;
        let person = |person: &model::Person| Person(Cow::Owned(person.clone()));
        Some(match found {
            Ok(people) => Ok(people.value.iter().map(person).collect()),
            Err(error) => Err(from_vendor(ctx, &error)),
        })
    }

    /// For federation: a facilitator by its key.
    #[graphql(entity)]
    async fn find_facilitator(
        &self,
        ctx: &Context<'_>,
        #[graphql(key)] id: ID,
    ) -> Option<Result<Facilitator, Error>> {
        find_facilitator(ctx, &id).await
    }

    /// For federation: a connection by its key.
    #[graphql(entity)]
    async fn find_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(key)] id: ID,
    ) -> Option<Result<Connection, Error>> {
        find_connection(ctx, &id).await
    }

    /// For federation: an engagement by its key.
    #[graphql(entity)]
    async fn find_engagement(
        &self,
        ctx: &Context<'_>,
        #[graphql(key)] id: ID,
    ) -> Option<Result<Engagement, Error>> {
        find_engagement(ctx, &id).await
    }

    /// For federation: a referral by its key.
    #[graphql(entity)]
    async fn find_referral(
        &self,
        ctx: &Context<'_>,
        #[graphql(key)] id: ID,
    ) -> Option<Result<Referral, Error>> {
        find_referral(ctx, &id).await
    }
}

async fn find(ctx: &Context<'_>, id: &str) -> Option<Result<Node, Error>> {
    match GlobalId::parse(id) {
        Ok(GlobalId::Referral(..)) => find_referral(ctx, id)
            .await
            .map(|found| found.map(Node::Referral)),
        Ok(GlobalId::Facilitator { .. }) => find_facilitator(ctx, id)
            .await
            .map(|found| found.map(Node::Facilitator)),
        Ok(GlobalId::Connection(..)) => find_connection(ctx, id)
            .await
            .map(|found| found.map(Node::Connection)),
        Ok(GlobalId::Engagement(..)) => find_engagement(ctx, id)
            .await
            .map(|found| found.map(Node::Engagement)),
        Err(error) => Some(Err(bad_input(ctx, format!("id is {error}.")))),
    }
}

async fn find_referral(ctx: &Context<'_>, id: &str) -> Option<Result<Referral, Error>> {
    let Ok(GlobalId::Referral(vendor, id)) = GlobalId::parse(id) else {
        return Some(Err(bad_input(
            ctx,
            "id is not the id of a referral of this gateway.",
        )));
    };
    let found = loaders(ctx).referral(vendor, &id).await.transpose()?;
    Some(
        found
            .map(Referral)
            .map_err(|error| from_vendor(ctx, &error)),
    )
}

async fn find_connection(ctx: &Context<'_>, id: &str) -> Option<Result<Connection, Error>> {
    let Ok(GlobalId::Connection(vendor, id)) = GlobalId::parse(id) else {
        return Some(Err(bad_input(
            ctx,
            "id is not the id of a connection of this gateway.",
        )));
    };
    if lacks(ctx, vendor, Capability::Connections) {
        return None;
    }
    let found = loaders(ctx).connection(vendor, &id).await.transpose()?;
    Some(
        found
            .map(Connection)
            .map_err(|error| from_vendor(ctx, &error)),
    )
}

async fn find_engagement(ctx: &Context<'_>, id: &str) -> Option<Result<Engagement, Error>> {
    let Ok(GlobalId::Engagement(vendor, remote_id)) = GlobalId::parse(id) else {
        return Some(Err(bad_input(
            ctx,
            "id is not the id of an engagement of this gateway.",
        )));
    };
    if lacks(ctx, vendor, Capability::Engagements) {
        return None;
    }
    let found = loaders(ctx)
        .engagement(vendor, &remote_id)
        .await
        .transpose()?;
    Some(
        found
            .map(|_| Engagement { vendor, remote_id })
            .map_err(|error| from_vendor(ctx, &error)),
    )
}

/// A facilitator is found below its referral: in the referral's record, or by a call of its own.
async fn find_facilitator(ctx: &Context<'_>, id: &str) -> Option<Result<Facilitator, Error>> {
    let Ok(GlobalId::Facilitator {
        vendor,
        referral,
        key,
    }) = GlobalId::parse(id)
    else {
        return Some(Err(bad_input(
            ctx,
            "id is not the id of a facilitator of this gateway.",
        )));
    };
    match facilitators_of(ctx, vendor, &referral).await? {
        Ok(rows) => rows
            .into_iter()
            .find(|row| *row.key == key)
            .map(|row| Ok(Facilitator(row))),
        Err(error) => Some(Err(error)),
    }
}

/// A referral's facilitators, by a call of their own where there is one.
pub(super) async fn facilitators_of(
    ctx: &Context<'_>,
    vendor: model::Vendor,
    referral: &str,
) -> Option<Result<Vec<model::Facilitator>, Error>> {
    let loaders = loaders(ctx);
    match loaders.facilitators(vendor, referral).await {
        Err(error) if error.kind == crate::vendor::Kind::Unsupported => {
            match loaders.referral(vendor, referral).await {
                Ok(found) => match found?.value.facilitators.clone() {
                    model::Facilitators::Embedded(rows) => Some(Ok(rows.into_vec())),
                    _ => None,
                },
                Err(error) => Some(Err(from_vendor(ctx, &error))),
            }
        }
        Ok(found) => Some(Ok(found?.value.to_vec())),
        Err(error) => Some(Err(from_vendor(ctx, &error))),
    }
}

/// Whether a configured vendor cannot have such a thing at all.
fn lacks(ctx: &Context<'_>, vendor: model::Vendor, capability: Capability) -> bool {
    let adapter = loaders(ctx).registry.adapter(vendor);
    adapter.is_some_and(|adapter| !adapter.capabilities().contains(&capability))
}
