//! The root of all writes. Each is checked, handed in at the ledger, and answered with what came of it.

mod audit;
pub mod hand_in;
pub mod inputs;
pub mod moderate;
pub mod payload;

use async_graphql::{Context, Error, Object};

use super::error::bad_vendors;
use super::loaders;
use crate::model::{Capability, GlobalId, Problem, Vendor, Write};
use crate::model::{Conversion, NewFacilitator};
use hand_in::{Done, hand_in, referral_id};
use inputs::{
    AddFacilitatorInput, AddNoteInput, ConvertReferralInput, CreateReferralInput,
    ModerateReferralsInput, RemoveFacilitatorInput, RequestConnectionInput, ShareReferralInput,
    UpdateReferralInput, as_json,
};
use moderate::ModerateReferralsPayload;
use payload::{
    AddFacilitatorPayload, AddNotePayload, ConvertReferralPayload, CreateReferralPayload, Payload,
    RemoveFacilitatorPayload, RequestConnectionPayload, ShareReferralPayload,
    UpdateReferralPayload,
};

/// The root of all writes.
pub struct Mutation;

/// The root of all writes. What the gateway or a vendor refuses is told in `userErrors`; a vendor that is broken is an
/// error; a write whose outcome nobody knows is data, with the outcome UNKNOWN. With an idempotency key a write may be sent
/// any number of times and is made once.
#[Object]
impl Mutation {
    /// Create a referral: at Introzy between two people, at Plannr along an accepted connection, at Partner Center as a lead
    /// or co-sell deal, at SaaSquatch by registering a user who comes with a referral code.
    async fn create_referral(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to be.")] input: CreateReferralInput,
    ) -> Result<CreateReferralPayload, Error> {
        let (vendor, input_of_vendor) = input.referral.into_parts();
        let field = field_of(vendor);
        let write = Write::Create {
            input: input_of_vendor,
        };
        let within = ["input", "referral", &field];
        let done = hand_in(ctx, input.idempotency_key, vendor, write, &within, vec![]).await?;
        Ok(CreateReferralPayload(Payload {
            done,
            about: None,
            facilitator_id: None,
        }))
    }

    /// Change fields of a referral (Partner Center).
    async fn update_referral(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what is to change.")] input: UpdateReferralInput,
    ) -> Result<UpdateReferralPayload, Error> {
        let patch = as_json(&*input.partner_center);
        let payload = about_referral(
            ctx,
            input.idempotency_key,
            (&input.id, "input.id"),
            &["input", "partnerCenter"],
            |referral| Write::Update {
                referral,
                expected_version: input.expected_version,
                patch,
            },
        );
        payload.await.map(UpdateReferralPayload)
    }

    /// Approve or deny referrals, in whatever way the vendor means it; 1 to 500 decisions, any mix of vendors. Introzy has
    /// no such thing. What comes of one decision does not touch the others.
    async fn moderate_referrals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decisions.")] input: ModerateReferralsInput,
    ) -> Result<ModerateReferralsPayload, Error> {
        moderate::moderate(ctx, input).await
    }

    /// Give a referral another facilitator (Introzy, Partner Center).
    async fn add_facilitator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which referral, and who.")] input: AddFacilitatorInput,
    ) -> Result<AddFacilitatorPayload, Error> {
        let facilitator = NewFacilitator {
            party: input.party.into_model(),
            role: input.role.into(),
            side: input.side.map(Into::into),
        };
        let payload = about_referral(
            ctx,
            input.idempotency_key,
            (&input.referral_id, "input.referralId"),
            &["input"],
            |referral| Write::AddFacilitator {
                referral,
                facilitator,
            },
        );
        payload.await.map(AddFacilitatorPayload)
    }

    /// Take a facilitator from a referral (Introzy, Partner Center).
    async fn remove_facilitator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which facilitator.")] input: RemoveFacilitatorInput,
    ) -> Result<RemoveFacilitatorPayload, Error> {
        let id = input.facilitator_id;
        let payload = match GlobalId::parse(&id) {
            Ok(GlobalId::Facilitator {
                vendor,
                referral,
                key,
            }) => {
                let about = Some((vendor, referral.clone()));
                let write = Write::RemoveFacilitator { referral, key };
                let done = hand_in(
                    ctx,
                    input.idempotency_key,
                    vendor,
                    write,
                    &["input"],
                    vec![],
                );
                Payload {
                    done: done.await?,
                    about,
                    facilitator_id: Some(id),
                }
            }
            _ => refused(Problem::invalid(
                "input.facilitatorId",
                "This is not the id of a facilitator of this gateway.",
            )),
        };
        Ok(RemoveFacilitatorPayload(payload))
    }

    /// Ask another firm for a connection (Plannr). Its adviser gets an e-mail with links to accept or deny it.
    async fn request_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to ask.")] input: RequestConnectionInput,
    ) -> Result<RequestConnectionPayload, Error> {
        let mut adapters = loaders(ctx).registry.adapters.values();
        let Some(adapter) =
            adapters.find(|it| it.capabilities().contains(&Capability::Connections))
        else {
            return Err(bad_vendors(
                ctx,
                "No vendor with connections is configured.",
            ));
        };
        let write = Write::RequestConnection {
            adviser_key: input.adviser_key,
        };
        let vendor = adapter.vendor();
        let done = hand_in(
            ctx,
            input.idempotency_key,
            vendor,
            write,
            &["input"],
            vec![],
        )
        .await?;
        Ok(RequestConnectionPayload(Payload {
            done,
            about: None,
            facilitator_id: None,
        }))
    }

    /// Create the connected referral for a second party in the same engagement (Partner Center).
    async fn share_referral(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which referral, and with whom.")] input: ShareReferralInput,
    ) -> Result<ShareReferralPayload, Error> {
        let target = as_json(&input.target);
        let payload = about_referral(
            ctx,
            input.idempotency_key,
            (&input.referral_id, "input.referralId"),
            &["input"],
            |referral| Write::Share {
                referral: Some(referral),
                target,
            },
        );
        payload.await.map(ShareReferralPayload)
    }

    /// Turn a referral into a finance deal (Introzy).
    async fn convert_referral(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which referral, and what the deal is to be.")]
        input: ConvertReferralInput,
    ) -> Result<ConvertReferralPayload, Error> {
        let conversion = Conversion {
            deal_name: input.deal_name,
            deal_description: input.deal_description,
            trigger_fee_calculation: input.trigger_fee_calculation,
            amount_structure: input.amount_structure.map(Into::into),
            period_start: input.period_start,
            period_end: input.period_end,
        };
        let payload = about_referral(
            ctx,
            input.idempotency_key,
            (&input.referral_id, "input.referralId"),
            &["input"],
            |referral| Write::Convert {
                referral,
                conversion,
            },
        );
        payload.await.map(ConvertReferralPayload)
    }

    /// Add a note to a referral (Introzy).
    async fn add_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which referral, and what the note says.")] input: AddNoteInput,
    ) -> Result<AddNotePayload, Error> {
        let payload = about_referral(
            ctx,
            input.idempotency_key,
            (&input.referral_id, "input.referralId"),
            &["input"],
            |referral| Write::AddNote {
                referral,
                content: input.content,
            },
        );
        payload.await.map(AddNotePayload)
    }
}

/// Hands in a write about one referral, which the input names at this path.
async fn about_referral(
    ctx: &Context<'_>,
    key: Option<String>,
    (id, path): (&str, &str),
    within: &[&str],
    write: impl FnOnce(String) -> Write,
) -> Result<Payload, Error> {
    let (vendor, referral) = match referral_id(id, path) {
        Ok(found) => found,
        Err(problem) => return Ok(refused(problem)),
    };
    let about = Some((vendor, referral.clone()));
    let done = hand_in(ctx, key, vendor, write(referral), within, vec![]).await?;
    Ok(Payload {
        done,
        about,
        facilitator_id: None,
    })
}

fn refused(problem: Problem) -> Payload {
    Payload {
        done: Done::refused(vec![problem]),
        about: None,
        facilitator_id: None,
    }
}

/// The field of a new referral that is this vendor's: its name in the schema as fields are spelled.
fn field_of(vendor: Vendor) -> String {
    let mut field = String::new();
    for (place, word) in vendor.key().split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if place > 0 => field.extend(first.to_uppercase()),
            Some(first) => field.push(first),
            None => {}
        }
        field.push_str(letters.as_str());
    }
    field
}
