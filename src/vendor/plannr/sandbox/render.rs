//! Records as Plannr writes them: single ones bare, times in London's wall clock.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Plannr;
use super::answer::Caller;
use super::records::{Account, Connection, Login, Referral};
use super::state::State;
use crate::sandbox::world::{self, COMPANIES};

/// <https://apidocs.plannrcrm.com/operation/operation-postapiv1referrals>
pub(super) fn referral(app: &Plannr, state: &State, caller: &Caller, row: &Referral) -> Value {
    let mut body = json!({
        "uuid": row.uuid,
        "direction": row.direction(caller.firm),
        "connection": { "uuid": row.connection },
        "clients": clients(state, &row.clients),
        "advice_type": row.advice_type,
        "duration_months": row.duration_months,
        "shared_data": row.shared_data,
        "note": row.note,
        "sla_deadline": row.sla_deadline,
        "status": row.status,
        "sender_firm": firm(row.sender_firm),
        "recipient_firm": firm(row.recipient_firm),
        "sender_account": party(app, state, row.sender),
        "recipient_account": party(app, state, row.recipient),
        "created_at": time(row.created_at),
        "updated_at": time(row.updated_at),
    });
    let is_cloned = !row.cloned_clients.is_empty();
    match app.setup.switches.get("clones") {
        "absent" if !is_cloned => {}
        "on_accept" if !is_cloned => body["cloned_clients"] = json!([]),
        _ => body["cloned_clients"] = clones(state, row),
    }
    match row.expires_at {
        Some(at) => body["expires_at"] = json!(time(at)),
        None if app.is("lifetime_expires_at", "absent") => {}
        None => body["expires_at"] = Value::Null,
    }
    if row.rejection_reason.is_some() || app.is("rejection_reason", "null") {
        body["rejection_reason"] = json!(row.rejection_reason);
    }
    body
}

/// <https://apidocs.plannrcrm.com/operation/operation-postapiv1referralconnections>
pub(super) fn connection(app: &Plannr, state: &State, caller: &Caller, row: &Connection) -> Value {
    let is_answered = row.status == "accepted" || row.status == "denied";
    let expires_at = if is_answered && app.is("answered_expires_at", "null") {
        None
    } else {
        Some(time(row.expires_at))
    };
    json!({
        "uuid": row.uuid,
        "direction": row.direction(caller.firm),
        "status": row.status,
        "sender_firm": firm(row.sender_firm),
        "recipient_firm": firm(row.recipient_firm),
        "sender_account": party(app, state, row.sender),
        "recipient_account": party(app, state, row.recipient),
        "created_at": time(row.created_at),
        "updated_at": time(row.updated_at),
        "expires_at": expires_at,
    })
}

pub(super) fn login(app: &Plannr, state: &State, row: &Login) -> Option<Value> {
    let account = state.account(row.account)?;
    let mut body = json!({
        "uuid": row.uuid,
        "created_at": time(account.created_at),
        "updated_at": time(account.updated_at),
        "expires_at": null,
        "has_write_permission": true,
        "has_delete_permission": row.is_primary,
        "primary": row.is_primary,
        "receives_unread_notifications_email": false,
        "wealth_enabled": true,
        "goals_enabled": true,
        "factfind_enabled": true,
        "tasks_enabled": true,
        "welcome_enabled": false,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "email": account.email,
        "account": full_account(app, account, &[]),
        "firm": full_firm(account.firm),
    });
    if app.is("preferred_account", "login") {
        body["preferred_account_uuid"] = json!(super::account_uuid());
    }
    Some(body)
}

/// The account with its firm and what was asked to be included.
pub(super) fn full_account(app: &Plannr, row: &Account, includes: &[String]) -> Value {
    let mut body = account(app, row);
    let contact = |kind: &str, value: Option<&str>| match value {
        Some(value) if app.is("primary_email", "object") => {
            json!({ "uuid": world::id(kind, value), kind: value })
        }
        value => json!(value),
    };
    for include in includes {
        let value = match include.as_str() {
            "primary_email" => contact("email", row.email.as_deref()),
            "primary_phone_number" => contact("phone_number", row.phone.as_deref()),
            "external_references" => external_references(row),
            "groups" | "tags" | "owners" | "circles" => json!([]),
            "custom_fields" => json!({}),
            _ => Value::Null,
        };
        body.insert(include.clone(), value);
    }
    body.insert("firm".to_owned(), full_firm(row.firm));
    body.insert("inactive_at".to_owned(), Value::Null);
    body.insert("with_login".to_owned(), json!(row.phone.is_some()));
    body.insert("has_joint_account".to_owned(), json!(row.role == "joint"));
    Value::Object(body)
}

/// The account inside a referral or connection.
fn party(app: &Plannr, state: &State, uuid: Uuid) -> Value {
    let Some(row) = state.account(uuid) else {
        return Value::Null;
    };
    if app.is("account_shape", "artifact") {
        return artifact(row);
    }
    Value::Object(account(app, row))
}

fn account(app: &Plannr, row: &Account) -> Map<String, Value> {
    let email = match app.setup.switches.get("account_email") {
        "null" => None,
        _ => row.email.as_deref(),
    };
    let fields = [
        ("uuid", json!(row.uuid)),
        ("created_at", json!(time(row.created_at))),
        ("updated_at", json!(time(row.updated_at))),
        ("type", json!(row.kind.name())),
        ("role", json!(row.role)),
        ("first_name", json!(row.first_name)),
        ("last_name", json!(row.last_name)),
        ("name", json!(row.name)),
        ("email", json!(email)),
        ("photo_url", json!(photo_url(&row.name))),
        ("external_references", external_references(row)),
    ];
    let mut body: Map<_, _> = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    if app.is("external_references", "absent") {
        body.remove("external_references");
    }
    body
}

/// The form of an item is not documented: a client must not rely on this one.
fn external_references(row: &Account) -> Value {
    let references = row.external_reference.iter().map(|reference| {
        let id = world::id("plannr.reference", &format!("{}/{reference}", row.uuid));
        json!({ "uuid": id, "provider": "back_office", "reference": reference })
    });
    references.collect()
}

/// What the documentation's generator prints in place of an account: its own notes on every field, with made-up
/// examples that tell nothing about the account.
fn artifact(row: &Account) -> Value {
    let time = time(row.created_at);
    let fields = [
        (
            "uuid",
            "a4890f86-e45b-498c-b1d5-b0d88eb0c6f3",
            "The UUID of the resource.",
        ),
        (
            "created_at",
            &time,
            "The timestamp of when the resource was created.",
        ),
        (
            "updated_at",
            &time,
            "The timestamp of when the resource was updated.",
        ),
        ("type", "client", "Account type"),
        ("role", "client", "Account role"),
        ("first_name", "Gareth", "First name"),
        ("last_name", "Thompson", "Last name"),
        ("name", "Gareth Thompson", "Name"),
        (
            "email",
            "gareth@example.test",
            "(Deprecated - Please use the primary email of the account instead). The email of the account.",
        ),
        (
            "photo_url",
            "https://eu.ui-avatars.com/api/?name=Gareth+Thompson",
            "The photo URL of the client",
        ),
        (
            "external_references",
            "App\\Http\\Resources\\ExternalReferenceResource",
            "The external references that have been added to the client.",
        ),
    ];
    let body: Map<_, _> = fields
        .into_iter()
        .map(|(name, example, description)| {
            let is_collection = name == "external_references";
            let note = json!({ "example": example, "description": description, "collection": is_collection });
            (name.to_owned(), note)
        })
        .collect();
    Value::Object(body)
}

fn clients(state: &State, uuids: &[Uuid]) -> Value {
    let rows = uuids.iter().filter_map(|uuid| state.account(*uuid));
    rows.map(|row| json!({ "uuid": row.uuid, "name": row.name }))
        .collect()
}

/// A clone has the name of its original.
fn clones(state: &State, row: &Referral) -> Value {
    let rows = row.clients.iter().zip(row.future_clones());
    rows.filter_map(|(original, uuid)| {
        let name = &state.account(*original)?.name;
        Some(json!({ "uuid": uuid, "name": name }))
    })
    .collect()
}

fn firm(index: usize) -> Value {
    json!({ "uuid": super::seed::firm_uuid(index), "name": COMPANIES[index].name })
}

fn full_firm(index: usize) -> Value {
    let mut body = firm(index);
    body["address"] = json!({ "line_1": "1 Harbour Street", "country": COMPANIES[index].country });
    body["branding"] = json!({ "primary_colour": "#0f766e", "logo_url": null });
    body
}

fn photo_url(name: &str) -> String {
    let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("https://eu.ui-avatars.com/api/?name={name}")
}

/// London's wall clock with its offset, in seconds: `2026-06-11T13:19:55+01:00`.
pub(super) fn time(at: Timestamp) -> String {
    at.to_zoned(london())
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

pub(super) fn london() -> TimeZone {
    TimeZone::get("Europe/London").expect("the time zone database is compiled in")
}
