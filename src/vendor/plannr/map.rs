//! Plannr's JSON into the model. Pure.

use std::borrow::Cow;

use serde_json::value::RawValue;
use tracing::warn;

use super::schema::{AdviceType, PlannrAccountRole, PlannrAccountType, SharedDataCategory};
use super::{schema, wire};
use crate::model::{
    Connection, ConnectionStatus, Direction, Facilitators, Json, Organization, Party, Person,
    PersonTexts, Referral, ReferralAction, ReferralStatus, Vendor,
};
use crate::vendor::paging::{Partly, read_again};
use crate::vendor::wire::{Outcome, Unread, nonempty};

/// The statuses of a referral: Plannr's word, and ours.
const REFERRAL_STATUSES: [(&str, ReferralStatus); 4] = [
    ("pending", ReferralStatus::Pending),
    ("accepted", ReferralStatus::Active),
    ("rejected", ReferralStatus::Declined),
    ("expired", ReferralStatus::Expired),
];

/// The statuses of a connection: Plannr's word, and ours. A refused one is "denied", where a referral is "rejected".
const CONNECTION_STATUSES: [(&str, ConnectionStatus); 4] = [
    ("pending", ConnectionStatus::Pending),
    ("accepted", ConnectionStatus::Accepted),
    ("denied", ConnectionStatus::Denied),
    ("expired", ConnectionStatus::Expired),
];

/// The wanted statuses in Plannr's words, in one order whatever the order they were asked in.
pub(super) fn referral_status_words(wanted: &[ReferralStatus]) -> Vec<&'static str> {
    words(&REFERRAL_STATUSES, wanted)
}

/// The wanted statuses in Plannr's words, in one order whatever the order they were asked in.
pub(super) fn connection_status_words(wanted: &[ConnectionStatus]) -> Vec<&'static str> {
    words(&CONNECTION_STATUSES, wanted)
}

fn words<T: PartialEq>(known: &[(&'static str, T)], wanted: &[T]) -> Vec<&'static str> {
    let wanted = known.iter().filter(|(_, status)| wanted.contains(status));
    wanted.map(|(word, _)| *word).collect()
}

fn meaning<T: Copy>(known: &[(&str, T)], word: Option<&str>) -> Option<T> {
    let found = known.iter().find(|(known, _)| Some(*known) == word);
    found.map(|(_, meaning)| *meaning)
}

pub(super) fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Sent => "sent",
        Direction::Received => "received",
    }
}

fn direction(word: Option<&str>) -> Option<Direction> {
    match word {
        Some("sent") => Some(Direction::Sent),
        Some("received") => Some(Direction::Received),
        _ => None,
    }
}

/// Reads a referral.
pub(super) fn referral(row: Unread<'_>) -> Option<Outcome<Referral>> {
    row.read(of_referral)
}

fn of_referral(referral: wire::Referral<'_>, raw: Json) -> Referral {
    warn_of_annotations([&referral.sender_account, &referral.recipient_account]);
    let status = meaning(&REFERRAL_STATUSES, referral.status.as_deref())
        .unwrap_or(ReferralStatus::Unrecognized);
    let direction = direction(referral.direction.as_deref());
    let (sender, recipient) = (referral.sender_account, referral.recipient_account);
    let (sender_firm, recipient_firm) = (referral.sender_firm, referral.recipient_firm);
    let referred = referral.clients.iter().map(referred);
    let answerable = status == ReferralStatus::Pending && direction == Some(Direction::Received);
    Referral {
        vendor: Vendor::Plannr,
        name: None,
        description: referral.note.map(Into::into),
        status,
        vendor_status: referral.status.map(Into::into),
        stage: None,
        direction,
        value: None,
        referrer: party(sender.as_ref(), sender_firm.as_ref()),
        referred: referred.collect(),
        recipient: party(recipient.as_ref(), recipient_firm.as_ref()),
        facilitators: Facilitators::Unsupported,
        has_notes: false,
        connection_id: referral
            .connection
            .and_then(|link| nonempty(link.uuid).map(Into::into)),
        engagement_id: None,
        moderation: None,
        allowed_actions: if answerable {
            [ReferralAction::Approve, ReferralAction::Deny].into()
        } else {
            Box::default()
        },
        external_reference: None,
        created_at: referral.created_at,
        updated_at: referral.updated_at,
        expires_at: referral.expires_at,
        closed_at: None,
        version: None,
        raw,
        complete: true,
        remote_id: referral.uuid.into(),
    }
}

/// The part of a referral that only Plannr has.
pub(crate) fn details(raw: &Json) -> Partly<schema::PlannrReferral> {
    let referral: wire::Referral = read_again(raw);
    schema::PlannrReferral {
        advice_type: nonempty(referral.advice_type).map(|word| advice_type(&word)),
        duration_months: referral.duration_months.and_then(|n| n.try_into().ok()),
        shared_data: categories(referral.shared_data),
        sla_deadline: referral.sla_deadline,
        clients: referral.clients.into_iter().map(client).collect(),
        cloned_clients: referral.cloned_clients.into_iter().map(client).collect(),
        sender_firm: referral.sender_firm.map(firm),
        recipient_firm: referral.recipient_firm.map(firm),
        sender_account: referral.sender_account.as_ref().and_then(account),
        recipient_account: referral.recipient_account.as_ref().and_then(account),
        rejection_reason: nonempty(referral.rejection_reason).map(Cow::into_owned),
    }
    .into()
}

/// Reads a connection.
pub(super) fn connection(row: Unread<'_>) -> Option<Outcome<Connection>> {
    row.read(of_connection)
}

fn of_connection(connection: wire::Connection<'_>, raw: Json) -> Connection {
    warn_of_annotations([&connection.sender_account, &connection.recipient_account]);
    let status = meaning(&CONNECTION_STATUSES, connection.status.as_deref());
    let (sender, recipient) = (connection.sender_account, connection.recipient_account);
    Connection {
        vendor: Vendor::Plannr,
        remote_id: connection.uuid.into(),
        status: status.unwrap_or(ConnectionStatus::Unrecognized),
        direction: direction(connection.direction.as_deref()),
        sender: party(sender.as_ref(), connection.sender_firm.as_ref()),
        recipient: party(recipient.as_ref(), connection.recipient_firm.as_ref()),
        created_at: connection.created_at,
        updated_at: connection.updated_at,
        expires_at: connection.expires_at,
        raw,
    }
}

/// A client account, as people are searched.
pub(super) fn person(account: &wire::Account<'_>) -> Person {
    let primary_email = relation(account.primary_email, &["email", "value"]);
    let phone = ["phone_number", "number", "value"];
    Person::from(PersonTexts {
        remote_id: account.uuid.text(),
        name: account.name.text(),
        first_name: account.first_name.text(),
        last_name: account.last_name.text(),
        email: primary_email.as_deref().or(account.email.text()),
        phone: relation(account.primary_phone_number, &phone).as_deref(),
        organization: None,
    })
}

/// The text of a relation. Plannr's pages say it is a string, as they say of relations that are none: the text of an
/// object is taken from the first of these keys.
fn relation(raw: Option<&RawValue>, keys: &[&str]) -> Option<String> {
    let raw = raw.filter(|raw| !wire::is_annotation(raw))?;
    let value = match serde_json::from_str(raw.get()).ok()? {
        serde_json::Value::Object(mut fields) => keys.iter().find_map(|key| fields.remove(*key))?,
        value => value,
    };
    nonempty(value.as_str().map(str::to_owned))
}

/// Someone who acts for a firm; of an account that tells nothing, the firm remains.
fn party(account: Option<&wire::Account<'_>>, firm: Option<&wire::Named<'_>>) -> Option<Party> {
    let organization =
        firm.map(|firm| Organization::new(firm.uuid.as_deref(), firm.name.as_deref()));
    let Some(account) = account.filter(|account| account.tells_who()) else {
        return organization.map(Party::Organization);
    };
    Some(Party::from(PersonTexts {
        remote_id: account.uuid.text(),
        name: account.name.text(),
        first_name: account.first_name.text(),
        last_name: account.last_name.text(),
        email: account.email.text(),
        phone: None,
        organization,
    }))
}

/// All of an account; `None` when nothing in it tells who it is.
fn account(account: &wire::Account<'_>) -> Option<schema::PlannrAccount> {
    if !account.tells_who() {
        return None;
    }
    let owned = |field: &wire::Flat<'_>| field.text().map(ToOwned::to_owned);
    let time = |field: &wire::Flat<'_>| field.text().and_then(|text| text.parse().ok());
    let references = account.external_references;
    Some(schema::PlannrAccount {
        remote_id: owned(&account.uuid),
        kind: account.kind.text().map(account_type),
        role: account.role.text().map(account_role),
        first_name: owned(&account.first_name),
        last_name: owned(&account.last_name),
        name: owned(&account.name),
        email: owned(&account.email),
        photo_url: owned(&account.photo_url),
        created_at: time(&account.created_at),
        updated_at: time(&account.updated_at),
        external_references: references
            .filter(|raw| raw.get().starts_with('['))
            .map(|raw| Json(raw.get().into())),
    })
}

fn warn_of_annotations(accounts: [&Option<wire::Account<'_>>; 2]) {
    let mut accounts = accounts.into_iter().flatten();
    if accounts.any(wire::Account::has_annotations) {
        warn!(
            vendor = "plannr",
            "notes of the documentation came in place of an account's values; they count as missing"
        );
    }
}

fn referred(client: &wire::Named<'_>) -> Party {
    Party::from(PersonTexts {
        remote_id: client.uuid.as_deref(),
        name: client.name.as_deref(),
        ..PersonTexts::default()
    })
}

fn client(client: wire::Named<'_>) -> schema::PlannrClient {
    schema::PlannrClient {
        remote_id: client.uuid.map(Cow::into_owned),
        name: client.name.map(Cow::into_owned),
    }
}

fn firm(firm: wire::Named<'_>) -> schema::PlannrFirm {
    schema::PlannrFirm {
        remote_id: firm.uuid.map(Cow::into_owned),
        name: firm.name.map(Cow::into_owned),
    }
}

fn categories(words: Vec<wire::Word<'_>>) -> Vec<SharedDataCategory> {
    let words = words.into_iter().filter_map(|word| nonempty(word.text));
    words.map(|word| category(&word)).collect()
}

fn advice_type(word: &str) -> AdviceType {
    match word {
        "investments" => AdviceType::Investments,
        "protection" => AdviceType::Protection,
        "mortgages" => AdviceType::Mortgages,
        "estate_planning" => AdviceType::EstatePlanning,
        "other" => AdviceType::Other,
        "pensions" => AdviceType::Pensions,
        "tax" => AdviceType::Tax,
        _ => AdviceType::Unrecognized,
    }
}

fn category(word: &str) -> SharedDataCategory {
    match word {
        "basic_details" => SharedDataCategory::BasicDetails,
        "contact_details" => SharedDataCategory::ContactDetails,
        "income" => SharedDataCategory::Income,
        "expenditure" => SharedDataCategory::Expenditure,
        "dependants" => SharedDataCategory::Dependants,
        "investments_and_plans" => SharedDataCategory::InvestmentsAndPlans,
        "pensions" => SharedDataCategory::Pensions,
        "liabilities" => SharedDataCategory::Liabilities,
        "protection" => SharedDataCategory::Protection,
        "cash_accounts" => SharedDataCategory::CashAccounts,
        "goals" => SharedDataCategory::Goals,
        "notes" => SharedDataCategory::Notes,
        _ => SharedDataCategory::Unrecognized,
    }
}

fn account_type(word: &str) -> PlannrAccountType {
    match word {
        "client" => PlannrAccountType::Client,
        "employee" => PlannrAccountType::Employee,
        "external" => PlannrAccountType::External,
        _ => PlannrAccountType::Unrecognized,
    }
}

fn account_role(word: &str) -> PlannrAccountRole {
    match word {
        "individual" => PlannrAccountRole::Individual,
        "joint" => PlannrAccountRole::Joint,
        "trust" => PlannrAccountRole::Trust,
        "business" => PlannrAccountRole::Business,
        "member" => PlannrAccountRole::Member,
        "owner" => PlannrAccountRole::Owner,
        "admin" => PlannrAccountRole::Admin,
        "introducer" => PlannrAccountRole::Introducer,
        _ => PlannrAccountRole::Unrecognized,
    }
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
