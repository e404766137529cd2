//! What a new referral holds: as it is sent, and as it is known again among those that Plannr has. Plannr keeps no
//! reference of ours, so that nothing else tells them apart.

use serde_json::{Value, json};

use super::map;
use super::schema::{
    AdviceType, NewPlannrReferral, PlannrClient, PlannrReferral, SharedDataCategory,
};
use super::trace::Likeness;
use crate::model::id::addresses_a_record;
use crate::model::{Date, Direction, GlobalId, Referral, Vendor};

/// No system cuts texts that are shorter than this.
const SHORTEST_CUT: usize = 100;

/// No id of Plannr is nearly as long.
const MAX_ID: usize = 200;

/// A new referral.
pub(super) struct Content {
    connection: String,
    clients: Vec<String>,
    advice_type: AdviceType,
    duration_months: Option<i32>,
    shared_data: Option<Vec<SharedDataCategory>>,
    sla_deadline: Option<Date>,
    note: Option<String>,
}

impl Content {
    /// Reads the input of a create; `None` when it is none or names no connection.
    pub(super) fn of(input: &Value) -> Option<Self> {
        let input: NewPlannrReferral = serde_json::from_value(input.clone()).ok()?;
        Some(Self {
            connection: connection_uuid(&input.connection_id)?,
            clients: input.client_ids.iter().map(|id| id.to_string()).collect(),
            advice_type: input.advice_type,
            duration_months: input.duration_months,
            shared_data: input.shared_data,
            sla_deadline: input.sla_deadline,
            note: input.note,
        })
    }

    /// As Plannr takes it. "For life" is said by a null; what else was left out is left out.
    pub(super) fn body(&self) -> Value {
        let mut body = json!({
            "connection_uuid": self.connection,
            "client_uuids": self.clients,
            "advice_type": self.advice_type,
            "duration_months": self.duration_months,
        });
        if let Some(shared_data) = &self.shared_data {
            body["shared_data"] = json!(shared_data);
        }
        if let Some(sla_deadline) = self.sla_deadline {
            body["sla_deadline"] = json!(sla_deadline);
        }
        if let Some(note) = &self.note {
            body["note"] = json!(note);
        }
        body
    }

    /// How a referral of Plannr's is like what sending this would make. What Plannr may fill in by itself, where nothing
    /// was said of it, makes no difference. Nor is a referral of the same clients over the same connection another one
    /// because its texts or days are: Plannr may keep them in another form, and one that was not known again would be
    /// sent twice.
    pub(super) fn likeness(&self, referral: &Referral) -> Likeness {
        let details = map::details(&referral.raw).value;
        if referral.direction == Some(Direction::Received)
            || !self.may_have_made(referral, &details)
            || self.is_about_something_else(referral, &details)
        {
            return Likeness::Another;
        }
        if self.is_in(referral, &details) {
            Likeness::Same
        } else {
            Likeness::Doubtful
        }
    }

    /// Whether it is of the same clients over the same connection, as far as it tells.
    fn may_have_made(&self, referral: &Referral, details: &PlannrReferral) -> bool {
        let connection = referral.connection_id.as_deref().map(uuid);
        let wanted = uuids(self.clients.iter().map(String::as_str));
        let told = told_clients(details);
        let tells_all = !told.is_empty() && details.clients.iter().all(is_told);
        connection.is_none_or(|connection| connection == uuid(&self.connection))
            && (told == wanted || !tells_all && told.iter().all(|uuid| wanted.contains(uuid)))
    }

    /// Whether it is plainly another one of the same clients: of another kind of advice, or with a note that ours cannot have
    /// become by being left out or cut.
    fn is_about_something_else(&self, referral: &Referral, details: &PlannrReferral) -> bool {
        let is_other_advice = details
            .advice_type
            .is_some_and(|advice| advice != AdviceType::Unrecognized && advice != self.advice_type);
        let told = note(referral.description.as_deref());
        let wanted = note(self.note.as_deref());
        let is_cut = told.len() >= SHORTEST_CUT && wanted.starts_with(&told);
        is_other_advice || !(told == wanted || told.is_empty() || is_cut)
    }

    fn is_in(&self, referral: &Referral, details: &PlannrReferral) -> bool {
        let is_shared =
            |wanted: &Vec<SharedDataCategory>| is_same_set(wanted, &details.shared_data);
        referral.connection_id.is_some()
            && told_clients(details) == uuids(self.clients.iter().map(String::as_str))
            && details.advice_type == Some(self.advice_type)
            && details.duration_months == self.duration_months
            && note(referral.description.as_deref()) == note(self.note.as_deref())
            && self.shared_data.as_ref().is_none_or(is_shared)
            && self
                .sla_deadline
                .is_none_or(|day| details.sla_deadline == Some(day))
    }

    /// The same for any two contents of which one referral could be both.
    pub(super) fn key(&self) -> String {
        json!([
            uuid(&self.connection),
            uuids(self.clients.iter().map(String::as_str)),
            self.advice_type,
            self.duration_months,
            note(self.note.as_deref()),
        ])
        .to_string()
    }
}

/// Plannr's id of the connection that an input names by its global id or by Plannr's own. `None` for the id of anything
/// else.
pub(super) fn connection_uuid(text: &str) -> Option<String> {
    match GlobalId::parse(text) {
        Ok(GlobalId::Connection(Vendor::Plannr, uuid)) => Some(uuid),
        Ok(_) => None,
        Err(_) => is_remote_id(text).then(|| text.to_owned()),
    }
}

/// Whether this can be an id of Plannr's own.
pub(super) fn is_remote_id(text: &str) -> bool {
    addresses_a_record(text)
        && text.len() <= MAX_ID
        && !text.contains(char::is_whitespace)
        && GlobalId::parse(text).is_err()
}

/// Upper and lower case are the same in a uuid.
pub(super) fn uuid(text: &str) -> String {
    text.to_ascii_lowercase()
}

fn is_told(client: &PlannrClient) -> bool {
    client.remote_id.is_some()
}

fn told_clients(details: &PlannrReferral) -> Vec<String> {
    let clients = details.clients.iter();
    uuids(clients.filter_map(|client| client.remote_id.as_deref()))
}

/// In one order, whatever the order they came in.
fn uuids<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut uuids: Vec<String> = texts.map(uuid).collect();
    uuids.sort_unstable();
    uuids.dedup();
    uuids
}

fn is_same_set(one: &[SharedDataCategory], other: &[SharedDataCategory]) -> bool {
    let is_within = |inner: &[_], outer: &[_]| inner.iter().all(|item| outer.contains(item));
    is_within(one, other) && is_within(other, one)
}

/// Servers such as Plannr's trim texts before they keep them, and keep an empty one as none.
fn note(text: Option<&str>) -> String {
    let words = text.unwrap_or_default().split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}
