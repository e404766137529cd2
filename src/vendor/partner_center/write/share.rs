//! Sharing a referral: a second one in the same engagement, addressed to the other party. What was made stays, whatever
//! comes after: a referral cannot be deleted.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::create::{all, effect, endless, is_before, targets};
use super::current::{Current, missing};
use super::json::{Object, Shape};
use super::{after_refusal, earliest};
use crate::model::{Problem, ProblemCode, Referral};
use crate::vendor::Adapter as _;
use crate::vendor::paging::read_again;
use crate::vendor::partner_center::map::words::Word;
use crate::vendor::partner_center::schema::ReferralTargetInput;
use crate::vendor::partner_center::{Adapter, wire};
use crate::vendor::write::before_sending;
use crate::vendor::{Call, Next, Rejection, Result, Sent, Settled, Written};

impl Adapter {
    /// <https://learn.microsoft.com/partner-center/developer/create-a-referral>
    pub(super) async fn share(
        &self,
        call: &Call,
        first: &str,
        target: &ReferralTargetInput,
        sent: &Sent,
    ) -> Result<Written> {
        let current = self.current(call, first).await.map_err(before_sending)?;
        let Some(current) = current else {
            return Ok(Written::Rejected(Rejection::of(missing())));
        };
        let engagement = match engagement_of(&current) {
            Ok(engagement) => engagement,
            Err(problem) => return Ok(Written::Rejected(current.rejection(problem))),
        };
        let found = self.shared_with(call, engagement, &current, target, sent);
        if let Some(second) = found.await.map_err(before_sending)? {
            let is_ours = sent.is_repeated && !is_before(&second, earliest(sent));
            let effect = effect(second);
            return Ok(if is_ours {
                Written::Applied(effect)
            } else {
                Written::AlreadyApplied(effect)
            });
        }
        let body = body(&current, engagement, target, sent);
        match self.post(call, &body).await? {
            Written::Rejected(refusal) if sent.is_repeated => {
                after_refusal(refusal, self.settle_share(call, first, target, sent).await)
            }
            written => Ok(written),
        }
    }

    pub(super) async fn settle_share(
        &self,
        call: &Call,
        first: &str,
        target: &ReferralTargetInput,
        sent: &Sent,
    ) -> Result<Settled> {
        let Some(current) = self.current(call, first).await? else {
            return Ok(Settled::Rejected(Rejection::of(missing())));
        };
        let engagement = match engagement_of(&current) {
            Ok(engagement) => engagement,
            Err(problem) => return Ok(Settled::Rejected(current.rejection(problem))),
        };
        let found = self.shared_with(call, engagement, &current, target, sent);
        Ok(match found.await? {
            Some(second) => Settled::Applied(effect(second)),
            None => Settled::Absent {
                may_be_sent_again: true,
            },
        })
    }

    /// The referral in this engagement that carries our reference, whoever it is said to be addressed to, else the oldest
    /// that is addressed to this party. An error where it cannot be said that there is none.
    async fn shared_with(
        &self,
        call: &Call,
        engagement: &str,
        first: &Current,
        target: &ReferralTargetInput,
        sent: &Sent,
    ) -> Result<Option<Arc<Referral>>> {
        let page = self.engagement(call, engagement).await?;
        let has_reference = |row: &Arc<Referral>| {
            let reference = row.external_reference.as_deref().map(str::trim);
            reference == Some(&*sent.reference)
        };
        let is_it = |row: &Arc<Referral>| {
            let is_first = row
                .remote_id
                .eq_ignore_ascii_case(&first.referral.remote_id);
            !is_first && (has_reference(row) || is_addressed_to(row, target))
        };
        let found: Vec<_> = page.rows.into_iter().filter(is_it).collect();
        if found.is_empty() && page.next != Next::End {
            return Err(endless());
        }
        let found = all(found, page.unreadable.first())?;
        Ok(found
            .into_iter()
            .min_by_key(|row| (!has_reference(row), row.created_at)))
    }
}

/// The engagement that the second referral is to join.
fn engagement_of(first: &Current) -> std::result::Result<&str, Problem> {
    let refuse = |message: &str| Err(Problem::new(ProblemCode::Invalid, message));
    if first.record.kind.as_deref() != Some("Shared") {
        return refuse("Only a referral of type SHARED can be shared.");
    }
    match first.record.engagement_id.as_deref() {
        Some(engagement) => Ok(engagement),
        None => refuse("The referral belongs to no engagement that another one could join."),
    }
}

fn is_addressed_to(referral: &Referral, target: &ReferralTargetInput) -> bool {
    let record: wire::Referral<'_> = read_again(&referral.raw);
    record.target.iter().any(|it| {
        let id = it.id.as_deref().map(str::trim);
        it.kind.as_deref() == target.kind.word()
            && id.is_some_and(|id| id.eq_ignore_ascii_case(target.id.trim()))
    })
}

/// What the second referral takes over from the first: of what may be said of a new referral, not what the vendor adds.
const TAKEN_OVER: [(&str, Shape); 5] = [
    ("name", Shape::Whole),
    ("qualification", Shape::Whole),
    ("customerProfile", CUSTOMER_PROFILE),
    ("consent", CONSENT),
    ("details", DETAILS),
];

const CUSTOMER_PROFILE: Shape = Shape::Fields(&[
    ("name", Shape::Whole),
    ("size", Shape::Whole),
    ("address", ADDRESS),
    ("team", Shape::Each(&MEMBER)),
    ("ids", Shape::Each(&CUSTOMER_ID)),
]);

const ADDRESS: Shape = Shape::Fields(&[
    ("addressLine1", Shape::Whole),
    ("addressLine2", Shape::Whole),
    ("city", Shape::Whole),
    ("state", Shape::Whole),
    ("postalCode", Shape::Whole),
    ("country", Shape::Whole),
    ("region", Shape::Whole),
]);

const MEMBER: Shape = Shape::Fields(&[
    ("firstName", Shape::Whole),
    ("lastName", Shape::Whole),
    ("email", Shape::Whole),
    ("phoneNumber", Shape::Whole),
    ("title", Shape::Whole),
    ("contactPreference", PREFERENCE),
]);

const PREFERENCE: Shape = Shape::Fields(&[
    ("locale", Shape::Whole),
    ("disableNotifications", Shape::Whole),
]);

const CUSTOMER_ID: Shape = Shape::Fields(&[("profileType", Shape::Whole), ("id", Shape::Whole)]);

const CONSENT: Shape = Shape::Fields(&[
    ("consentToToShareInfoWithOthers", Shape::Whole),
    ("consentToContact", Shape::Whole),
    ("consentToShareReferralWithMicrosoftSellers", Shape::Whole),
]);

const DETAILS: Shape = Shape::Fields(&[
    ("notes", Shape::Whole),
    ("dealValue", Shape::Whole),
    ("currency", Shape::Whole),
    ("closingDateTime", Shape::Whole),
    ("customerRequestedContact", Shape::Whole),
    ("customerAction", Shape::Whole),
    ("requirements", REQUIREMENTS),
]);

const REQUIREMENTS: Shape = Shape::Fields(&[
    ("industries", Shape::Each(&TAG)),
    ("products", Shape::Each(&TAG)),
    ("services", Shape::Each(&TAG)),
    ("solutions", Shape::Each(&SOLUTION)),
    ("offers", Shape::Whole),
    ("salesPlays", Shape::Whole),
    ("additionalRequirements", ADDITIONAL),
]);

const ADDITIONAL: Shape = Shape::Fields(&[
    ("iot", Shape::Whole),
    ("attributes", Shape::Each(&ATTRIBUTE)),
]);

const ATTRIBUTE: Shape = Shape::Fields(&[("type", Shape::Whole), ("id", Shape::Whole)]);

const TAG: Shape = Shape::Fields(&[("id", Shape::Whole)]);

const SOLUTION: Shape = Shape::Fields(&[
    ("id", Shape::Whole),
    ("name", Shape::Whole),
    ("type", Shape::Whole),
]);

fn body(first: &Current, engagement: &str, target: &ReferralTargetInput, sent: &Sent) -> Object {
    let fields: HashMap<String, &RawValue> =
        serde_json::from_str(&first.referral.raw.0).unwrap_or_default();
    let object = Object::default()
        .with("type", "Shared")
        .with("externalReferenceId", &sent.reference)
        .with("engagementId", engagement)
        .with("target", targets(std::slice::from_ref(target)));
    TAKEN_OVER.iter().fold(object, |object, (name, shape)| {
        let part = fields.get(*name).and_then(|value| shape.of(value));
        object.with_some(name, part)
    })
}
