//! Writes: what each sends, and how it is found out what became of one that was not answered.
//!
//! A change of a referral is one JSON Patch on condition of the version that was read (`If-Match`), so that it can be
//! sent again whatever became of it. A new referral has no such condition: it carries a reference by which it is found.

mod accepted;
mod change;
mod create;
mod current;
mod json;
mod moderate;
mod patch;
mod refusal;
mod same;
mod share;
mod team;
mod update;

pub(super) use accepted::Accepted;
pub(super) use change::is_version;
pub(super) use create::engagement;
pub(super) use team::input as input_of;

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Adapter;
use super::schema::NewPartnerCenterReferral;
use crate::model::{FacilitatorParty, Vendor, Write};
use crate::vendor::{Call, Effect, Error, Kind, Rejection, Result, Sent, Settled, Written};

/// By how much the vendor's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_secs(10);

/// The connected referral that the input of a new one asks for.
pub(super) fn follow_up(write: &Write) -> Option<Write> {
    let Write::Create { input } = write else {
        return None;
    };
    let target = input.get("shareWith").filter(|target| !target.is_null())?;
    Some(Write::Share {
        referral: None,
        target: target.clone(),
    })
}

/// New referrals with one reference of the caller's cannot be told apart by it, and two shares with one party would
/// both find that there is none yet.
pub(super) fn twin_of(write: &Write) -> Option<String> {
    match write {
        Write::Create { input } => {
            let input: NewPartnerCenterReferral = read(input).ok()?;
            create::own_reference(&input).map(str::to_owned)
        }
        Write::Share {
            referral: Some(referral),
            target,
        } => Some(format!("share of {referral} with {target}")),
        _ => None,
    }
}

impl Adapter {
    pub(super) async fn make(&self, call: &Call, write: &Write, sent: &Sent) -> Result<Written> {
        match write {
            Write::Create { input } => self.create(call, &read(input)?, sent).await,
            Write::Update {
                referral,
                expected_version,
                patch,
            } => {
                let version = expected_version.as_deref();
                self.update(call, referral, version, &read(patch)?, sent)
                    .await
            }
            Write::Moderate { decisions } => match decisions.as_slice() {
                [decision] => self.moderate(call, decision, sent).await,
                _ => Err(impossible("only one decision can be sent at once")),
            },
            Write::AddFacilitator {
                referral,
                facilitator,
            } => match &facilitator.party {
                FacilitatorParty::TeamMember(member) => {
                    self.add_member(call, referral, member, sent).await
                }
                _ => Err(impossible("only team members can be added")),
            },
            Write::RemoveFacilitator { referral, key } => {
                self.remove_member(call, referral, key, sent).await
            }
            Write::Share {
                referral: Some(referral),
                target,
            } => self.share(call, referral, &read(target)?, sent).await,
            Write::Share { referral: None, .. } => {
                Err(impossible("there is no referral yet that could be shared"))
            }
            Write::RequestConnection { .. } | Write::Convert { .. } | Write::AddNote { .. } => {
                Err(Error::unsupported(Vendor::PartnerCenter, write.kind()))
            }
        }
    }

    pub(super) async fn find_out(
        &self,
        call: &Call,
        write: &Write,
        sent: &Sent,
    ) -> Result<Settled> {
        match write {
            Write::Create { input } => self.settle_create(call, &read(input)?, sent).await,
            Write::Update {
                referral,
                expected_version,
                patch,
            } => {
                let version = expected_version.as_deref();
                self.settle_update(call, referral, version, &read(patch)?, sent)
                    .await
            }
            Write::Moderate { decisions } => match decisions.as_slice() {
                [decision] => self.settle_moderation(call, decision, sent).await,
                _ => Err(impossible("only one decision can have been sent at once")),
            },
            Write::AddFacilitator {
                referral,
                facilitator,
            } => match &facilitator.party {
                FacilitatorParty::TeamMember(member) => {
                    self.settle_add(call, referral, member, sent).await
                }
                _ => Err(impossible("only team members can have been added")),
            },
            Write::RemoveFacilitator { referral, key } => {
                self.settle_remove(call, referral, key, sent).await
            }
            Write::Share {
                referral: Some(referral),
                target,
            } => {
                self.settle_share(call, referral, &read(target)?, sent)
                    .await
            }
            Write::Share { referral: None, .. } => {
                Err(impossible("there was no referral that could be shared"))
            }
            Write::RequestConnection { .. } | Write::Convert { .. } | Write::AddNote { .. } => {
                Err(Error::unsupported(Vendor::PartnerCenter, write.kind()))
            }
        }
    }
}

/// What a write left behind, of which it cannot be said that it was so before if an earlier attempt may have done it.
fn found(effect: Box<Effect>, sent: &Sent) -> Written {
    if sent.is_repeated {
        Written::Applied(effect)
    } else {
        Written::AlreadyApplied(effect)
    }
}

/// What a repeated attempt came to that was refused: an earlier one may be what it was refused for.
fn after_refusal(refusal: Rejection, settled: Result<Settled>) -> Result<Written> {
    match settled {
        Ok(Settled::Applied(effect)) => Ok(Written::Applied(effect)),
        Ok(Settled::Absent { .. }) => Ok(Written::Rejected(refusal)),
        _ => Err(unknown()),
    }
}

/// For an attempt of which it cannot be said what an earlier one did. It must not pass for a refusal.
fn unknown() -> Error {
    let detail = "what an earlier attempt did could not be found out";
    Error::new(Vendor::PartnerCenter, "write", Kind::Unavailable, detail)
}

/// Since when, by the vendor's clock, there may be something of a write.
fn earliest(sent: &Sent) -> Timestamp {
    sent.since.checked_sub(SKEW).unwrap_or(sent.since)
}

/// The vendor's own input, as it was checked before.
fn read<T: DeserializeOwned>(input: &Value) -> Result<T> {
    T::deserialize(input).map_err(|_| impossible("the input is not one of this vendor's"))
}

/// An error of a write that is never sent.
fn impossible(detail: &str) -> Error {
    let error = Error::new(Vendor::PartnerCenter, "write", Kind::Rejected, detail);
    crate::vendor::write::before_sending(error)
}
