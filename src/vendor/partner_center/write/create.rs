//! Making a referral, and finding one that may have been made.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::json::{Object, number};
use super::patch::{currency, members, solutions};
use super::{after_refusal, earliest, refusal};
use crate::model::{GlobalId, Referral, Vendor};
use crate::vendor::paging::read_again;
use crate::vendor::partner_center::map::words::Word;
use crate::vendor::partner_center::query::{self, Place};
use crate::vendor::partner_center::schema::{
    CustomerAddressInput, CustomerProfileInput, InviteContextInput, NewPartnerCenterReferral,
    PartnerCenterDetailsInput, PartnerCenterRequirementsInput, ReferralTargetInput,
};
use crate::vendor::partner_center::{Adapter, single, wire};
use crate::vendor::{Call, Effect, Error, Kind, Next, Result, Sent, Settled, Written};

/// How many pages are looked through for a referral: more than can have changed since it was made.
const PAGES: usize = 50;

impl Adapter {
    pub(super) async fn create(
        &self,
        call: &Call,
        input: &NewPartnerCenterReferral,
        sent: &Sent,
    ) -> Result<Written> {
        match self.post(call, &body(input, sent)).await? {
            Written::Rejected(refusal) if sent.is_repeated => {
                after_refusal(refusal, self.settle_create(call, input, sent).await)
            }
            written => Ok(written),
        }
    }

    /// Any answer of success counts that shows the referral: which one it is, the documentation does not say.
    pub(super) async fn post(&self, call: &Call, body: &Object) -> Result<Written> {
        match self.client.create_referral(call, body).await {
            Ok(answer) => Ok(Written::Applied(Effect::referral(single(&answer)?))),
            Err(error) => match refusal::problem(&error) {
                Some(problem) => Ok(Written::Rejected(problem.into())),
                None => Err(error),
            },
        }
    }

    /// Looks for it by its reference. One of the caller's own may be that of other referrals: it is held to be this one
    /// only if it is like it in other things as well, and to be none of ours only if it was there before.
    pub(super) async fn settle_create(
        &self,
        call: &Call,
        input: &NewPartnerCenterReferral,
        sent: &Sent,
    ) -> Result<Settled> {
        let since = earliest(sent);
        let is_it = |referral: &Referral| {
            if sent.claimed.contains(&*referral.remote_id) {
                return false;
            }
            let reference = referral.external_reference.as_deref().map(str::trim);
            match own_reference(input) {
                None => reference == Some(&*sent.reference),
                Some(own) => reference == Some(own) && !is_before(referral, since),
            }
        };
        let found = self.changed_since(call, since, is_it).await?;
        if found.is_empty() {
            return Ok(Settled::Absent {
                may_be_sent_again: true,
            });
        }
        let is_sure =
            |referral: &Arc<Referral>| own_reference(input).is_none() || is_like(input, referral);
        let mut sure = found.into_iter().filter(is_sure);
        Ok(match (sure.next(), sure.next()) {
            (Some(one), None) => Settled::Applied(effect(one)),
            _ => Settled::Ambiguous,
        })
    }

    /// The referrals among those changed since this time that are as asked. An error where a row that cannot be read may
    /// be one of them, or the list does not end.
    async fn changed_since(
        &self,
        call: &Call,
        since: Timestamp,
        is_it: impl Fn(&Referral) -> bool,
    ) -> Result<Vec<Arc<Referral>>> {
        let native = query::changed_after(since);
        let mut found = BTreeMap::new();
        let mut unreadable = None;
        let mut position = None;
        for _ in 0..PAGES {
            let place = Place::parse(position.as_ref())?;
            let page = self.page(call, &native, &place).await?;
            unreadable = unreadable.or(page.unreadable.into_iter().next());
            // Newest first, also where the vendor does not filter by time: what follows was there before.
            let is_past = page.rows.last().is_some_and(|last| is_before(last, since));
            let rows = page.rows.into_iter().filter(|row| is_it(row));
            found.extend(rows.map(|row| (row.remote_id.clone(), row)));
            position = match page.next {
                Next::Then(next) if !is_past => Some(next),
                _ => return all(found.into_values().collect(), unreadable.as_ref()),
            };
        }
        Err(endless())
    }
}

/// What was found, unless more may have been.
pub(super) fn all(
    found: Vec<Arc<Referral>>,
    unreadable: Option<&crate::vendor::Unreadable>,
) -> Result<Vec<Arc<Referral>>> {
    match unreadable {
        Some(unreadable) if found.is_empty() => Err(Error::unreadable(
            Vendor::PartnerCenter,
            "list_referrals",
            unreadable,
        )),
        _ => Ok(found),
    }
}

/// The list was not read to its end.
pub(super) fn endless() -> Error {
    let detail = "the list is too long to be looked through";
    let kind = Kind::InvalidResponse;
    Error::new(Vendor::PartnerCenter, "list_referrals", kind, detail)
}

/// A referral that was found.
pub(super) fn effect(referral: Arc<Referral>) -> Box<Effect> {
    Box::new(Effect {
        referral_id: Some(referral.remote_id.clone()),
        referral: Some(referral),
        ..Effect::default()
    })
}

/// Whether it was made before this time, by the vendor's clock.
pub(super) fn is_before(referral: &Referral, time: Timestamp) -> bool {
    referral.created_at.is_some_and(|created| created.0 < time)
}

/// The caller's own reference as it is compared and sent; a blank one tells nothing apart.
pub(super) fn own_reference(input: &NewPartnerCenterReferral) -> Option<&str> {
    let reference = input.external_reference.as_deref().map(str::trim);
    reference.filter(|reference| !reference.is_empty())
}

/// The vendor's id of the engagement to join, from its global id or as it is. `None` for the global id of anything else.
pub(in crate::vendor::partner_center) fn engagement(id: &str) -> Option<String> {
    match GlobalId::parse(id) {
        Ok(GlobalId::Engagement(Vendor::PartnerCenter, id)) => Some(id),
        Ok(_) => None,
        Err(_) => Some(id.to_owned()),
    }
}

fn is_like(input: &NewPartnerCenterReferral, referral: &Referral) -> bool {
    let record: wire::Referral<'_> = read_again(&referral.raw);
    let engagement_id = input.engagement_id.as_ref().and_then(|id| engagement(id));
    let is = |wanted: Option<&str>, is: Option<&str>| {
        let is = is.unwrap_or_default().trim();
        wanted.is_none_or(|wanted| wanted.trim().eq_ignore_ascii_case(is))
    };
    is(input.name.as_deref(), record.name.as_deref())
        && is(input.kind.word(), record.kind.as_deref())
        && is(engagement_id.as_deref(), record.engagement_id.as_deref())
}

/// The new referral as <https://learn.microsoft.com/partner-center/developer/create-a-referral> describes it.
fn body(input: &NewPartnerCenterReferral, sent: &Sent) -> Object {
    let consent = &input.consent;
    let consent = Object::default()
        .with(
            "consentToToShareInfoWithOthers",
            consent.consent_to_share_info_with_others,
        )
        .with("consentToContact", consent.consent_to_contact)
        .with_some(
            "consentToShareReferralWithMicrosoftSellers",
            consent.consent_to_share_referral_with_microsoft_sellers,
        );
    let engagement_id = input.engagement_id.as_ref().and_then(|id| engagement(id));
    let reference = own_reference(input).unwrap_or(&sent.reference);
    Object::default()
        .with_some("name", input.name.as_ref())
        .with("externalReferenceId", reference)
        .with_some("type", input.kind.word())
        .with_some("engagementId", engagement_id)
        .with_some("status", input.status.and_then(Word::word))
        .with_some("substatus", input.substatus.and_then(Word::word))
        .with_some("statusReason", input.status_reason.as_ref())
        .with_some("qualification", input.qualification.and_then(Word::word))
        .with_some("target", input.target.as_deref().map(targets))
        .with("customerProfile", customer_profile(&input.customer_profile))
        .with("consent", consent)
        .with("details", details(&input.details))
        .with_some("team", input.team.as_deref().map(members))
        .with_some(
            "inviteContext",
            input.invite_context.as_ref().map(invitation),
        )
}

/// To whom it is addressed, as the vendor takes it.
pub(super) fn targets(targets: &[ReferralTargetInput]) -> Vec<Object> {
    let target = |it: &ReferralTargetInput| {
        Object::default()
            .with_some("type", it.kind.word())
            .with("id", &it.id)
    };
    targets.iter().map(target).collect()
}

fn customer_profile(profile: &CustomerProfileInput) -> Object {
    Object::default()
        .with("name", &profile.name)
        .with_some("size", profile.size.and_then(Word::word))
        .with("address", address(&profile.address))
        .with_some("team", profile.team.as_deref().map(members))
}

/// Microsoft asks for a country of two letters, and writes them large.
fn address(address: &CustomerAddressInput) -> Object {
    Object::default()
        .with_some("addressLine1", address.address_line1.as_ref())
        .with_some("addressLine2", address.address_line2.as_ref())
        .with_some("city", address.city.as_ref())
        .with_some("state", address.state.as_ref())
        .with_some("postalCode", address.postal_code.as_ref())
        .with("country", address.country.to_ascii_uppercase())
        .with_some("region", address.region.as_ref())
}

fn details(details: &PartnerCenterDetailsInput) -> Object {
    Object::default()
        .with_some("notes", details.notes.as_ref())
        .with_some("dealValue", details.deal_value.as_ref().map(number))
        .with_some("currency", details.currency.as_deref().map(currency))
        .with_some("closingDateTime", details.closing_date)
        .with_some(
            "requirements",
            details.requirements.as_ref().map(requirements),
        )
}

fn requirements(requirements: &PartnerCenterRequirementsInput) -> Object {
    let tags = |ids: &Option<Vec<String>>| {
        let tag = |id| Object::default().with("id", id);
        let ids = ids.as_ref()?;
        Some(ids.iter().map(tag).collect::<Vec<_>>())
    };
    Object::default()
        .with_some("industries", tags(&requirements.industries))
        .with_some("products", tags(&requirements.products))
        .with_some("services", tags(&requirements.services))
        .with_some(
            "solutions",
            requirements.solutions.as_deref().map(solutions),
        )
}

fn invitation(context: &InviteContextInput) -> Object {
    let request = context.assistance_request.and_then(Word::word);
    Object::default()
        .with_some("notes", context.notes.as_ref())
        .with_some("assistanceRequestCode", request)
        .with_some("invitedMpnId", context.invited_mpn_id.as_ref())
}
