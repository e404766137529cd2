//! Adding people of the partner to a referral, and taking them from it. They are told apart by their e-mail addresses.

use serde::Deserialize;

use super::change::{Ending, Step};
use super::current::{Current, missing};
use super::found;
use super::json::Raw;
use super::patch::{Operation, member};
use crate::model::{Facilitator, Facilitators, TeamMember};
use crate::vendor::paging::read_again;
use crate::vendor::partner_center::map::{email_key, facilitator, member_key};
use crate::vendor::partner_center::schema::TeamMemberInput;
use crate::vendor::partner_center::{Adapter, whole, wire};
use crate::vendor::wire::list;
use crate::vendor::{Call, Effect, Rejection, Result, Sent, Settled, Written};

const TEAM: &str = "/team";

/// The people of a record as they came, fields that we do not know included.
#[derive(Deserialize)]
struct Team {
    #[serde(default, deserialize_with = "list")]
    team: Vec<Raw>,
}

impl Adapter {
    /// Appends to the team, on condition that nobody has added the same one since it was looked at.
    pub(super) async fn add_member(
        &self,
        call: &Call,
        id: &str,
        new: &TeamMember,
        sent: &Sent,
    ) -> Result<Written> {
        let key = email_key(&new.email);
        let decide = |current: &Current| {
            if is_in(&key, current) {
                return Step::Nothing;
            }
            let new = member(&input(new));
            // Where there is no list yet, there is nothing to append to.
            let patch = if current.record.team.is_empty() {
                Operation::set(Some(current), TEAM, &[new])
            } else {
                Operation::append("/team/-", &new)
            };
            Step::Patch(vec![patch])
        };
        Ok(match self.change(call, id, sent, decide).await? {
            Ending::Applied(effect) => Written::Applied(with_facilitator(effect, id, new)),
            Ending::WasSo(effect) => found(with_facilitator(effect, id, new), sent),
            Ending::Rejected(rejection) => Written::Rejected(rejection),
        })
    }

    pub(super) async fn settle_add(
        &self,
        call: &Call,
        id: &str,
        new: &TeamMember,
        sent: &Sent,
    ) -> Result<Settled> {
        let Some(current) = self.current(call, id).await? else {
            return Ok(Settled::Rejected(Rejection::of(missing())));
        };
        if is_in(&email_key(&new.email), &current) {
            let effect = with_facilitator(current.effect(), id, new);
            return Ok(Settled::Applied(effect));
        }
        Ok(self.not_yet(&current, sent))
    }

    /// Sends the team without this one: the vendor documents no operation that removes.
    pub(super) async fn remove_member(
        &self,
        call: &Call,
        id: &str,
        key: &str,
        sent: &Sent,
    ) -> Result<Written> {
        let decide = |current: &Current| {
            if !is_in(key, current) {
                return Step::Nothing;
            }
            let team: Team = read_again(&current.referral.raw);
            let members = current.record.team.iter().zip(team.team);
            let others = members.filter(|(member, _)| !has_key(member, key));
            let others: Vec<Raw> = others.map(|(_, as_it_came)| as_it_came).collect();
            Step::Patch(vec![Operation::set(Some(current), TEAM, &others)])
        };
        Ok(match self.change(call, id, sent, decide).await? {
            Ending::Applied(effect) => Written::Applied(effect),
            Ending::WasSo(effect) => found(effect, sent),
            Ending::Rejected(rejection) => Written::Rejected(rejection),
        })
    }

    pub(super) async fn settle_remove(
        &self,
        call: &Call,
        id: &str,
        key: &str,
        sent: &Sent,
    ) -> Result<Settled> {
        Ok(match self.current(call, id).await? {
            None => Settled::Rejected(Rejection::of(missing())),
            Some(current) if is_in(key, &current) => self.not_yet(&current, sent),
            Some(current) => Settled::Applied(current.effect()),
        })
    }

    /// The change of a team was conditional, unless the vendor gave no version: then it may still be on its way, and a
    /// second one would be made beside it.
    fn not_yet(&self, current: &Current, sent: &Sent) -> Settled {
        if current.version.is_some() {
            self.accepted.not_yet(sent)
        } else {
            Settled::Absent {
                may_be_sent_again: true,
            }
        }
    }
}

fn is_in(key: &str, current: &Current) -> bool {
    let mut members = current.record.team.iter();
    members.any(|member| has_key(member, key))
}

fn has_key(member: &whole::Member, key: &str) -> bool {
    member_key(member.email.as_deref()).is_some_and(|it| it == key)
}

/// The same effect with the one who was added: as the vendor tells it, else as they were given.
fn with_facilitator(mut effect: Box<Effect>, id: &str, new: &TeamMember) -> Box<Effect> {
    let key = email_key(&new.email);
    let told = effect.referral.as_ref().and_then(|referral| {
        let Facilitators::Embedded(rows) = &referral.facilitators else {
            return None;
        };
        rows.iter().find(|row| *row.key == key).cloned()
    });
    effect.facilitator = Some(told.unwrap_or_else(|| as_given(id, key, new)));
    effect
}

fn as_given(id: &str, key: String, new: &TeamMember) -> Facilitator {
    let member = wire::Member {
        first_name: Some((&*new.first_name).into()),
        last_name: Some((&*new.last_name).into()),
        phone_number: new.phone_number.as_deref().map(Into::into),
        email: Some((&*new.email).into()),
    };
    facilitator(id.into(), key, &member)
}

/// The same person as the schema's other inputs write one.
pub(in crate::vendor::partner_center) fn input(member: &TeamMember) -> TeamMemberInput {
    TeamMemberInput {
        first_name: member.first_name.clone(),
        last_name: member.last_name.clone(),
        email: member.email.clone(),
        phone_number: member.phone_number.clone(),
        title: member.title.clone(),
    }
}
