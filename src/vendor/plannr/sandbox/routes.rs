//! Plannr's documented calls, and those that read.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Caller, Failure};
use super::listing::{self, Address, Filter, Form, Known, SortKey};
use super::records::Account;
use super::render;
use super::{Plannr, connect, send};
use crate::sandbox::{Base, Problems, Query};

type Answer = Result<Json<Value>, Failure>;

const DIRECTIONS: &[&str] = &["sent", "received"];
const SORTS: &[&str] = &["created_at", "updated_at", "status", "expires_at"];

/// <https://apidocs.plannrcrm.com/operation/operation-getapiv1referrals>
const REFERRALS: Known = Known {
    filters: &[
        ("uuid", &[]),
        ("status", &["pending", "accepted", "rejected", "expired"]),
        ("direction", DIRECTIONS),
    ],
    sorts: SORTS,
    default_sort: "-created_at",
    others: &[],
};

/// <https://apidocs.plannrcrm.com/operation/operation-getapiv1referralconnections>: the status `expired` exists, but
/// the filter does not list it.
const CONNECTIONS: Known = Known {
    filters: &[
        ("uuid", &[]),
        ("status", &["pending", "accepted", "denied"]),
        ("direction", DIRECTIONS),
        ("recipient_uuid", &[]),
    ],
    sorts: SORTS,
    default_sort: "-created_at",
    others: &[],
};

/// <https://apidocs.plannrcrm.com/operation/operation-getapiv1account>
const ACCOUNTS: Known = Known {
    filters: &[
        ("uuid", &[]),
        ("exclude_uuid", &[]),
        ("name", &[]),
        ("primary_email", &[]),
        ("primary_phone_number", &[]),
        ("email", &[]),
        ("type", &["client", "employee", "external"]),
        (
            "role",
            &[
                "individual",
                "joint",
                "trust",
                "business",
                "member",
                "owner",
                "admin",
                "introducer",
            ],
        ),
        ("created_after", &[]),
        ("created_before", &[]),
        ("inactive_after", &[]),
        ("inactive_before", &[]),
    ],
    sorts: &[
        "created_at",
        "updated_at",
        "first_name",
        "last_name",
        "email",
    ],
    default_sort: "first_name",
    others: &["include"],
};

/// <https://apidocs.plannrcrm.com/operation/operation-getapiv2webhooksubscriptions>
const WEBHOOKS: Known = Known {
    filters: &[("uuid", &[]), ("url", &[])],
    sorts: &["created_at", "updated_at"],
    default_sort: "-created_at",
    others: &[],
};

/// Values of `include` that are documented.
const INCLUDES: [&str; 14] = [
    "primary_phone_number",
    "primary_email",
    "primary_address",
    "assigned_adviser",
    "assigned_administrator",
    "assigned_paraplanner",
    "groups",
    "tags",
    "owners",
    "custom_fields",
    "external_references",
    "charge_split_schema",
    "circles",
    "business_unit",
];

pub(super) fn router() -> Router<Plannr> {
    Router::new()
        .route("/api/v1/referrals", get(referrals).post(send::create))
        .route("/api/v1/referrals/{uuid}", get(referral))
        .route("/api/v1/referrals/{uuid}/accept", post(send::accept))
        .route("/api/v1/referrals/{uuid}/reject", post(send::reject))
        .route(
            "/api/v1/referral-connections",
            get(connections).post(connect::create),
        )
        .route("/api/v1/referral-connections/{uuid}", get(connection))
        .route("/api/v1/logins", get(logins))
        .route("/api/v1/account", get(accounts))
        .route("/api/v1/account/{uuid}", get(account))
        .route("/api/v2/webhook-subscriptions", get(webhooks))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
}

async fn no_route() -> Failure {
    Failure::Plain(
        StatusCode::NOT_FOUND,
        "The route could not be found.".to_owned(),
    )
}

async fn no_method() -> Failure {
    let message = "The method is not supported for this route.".to_owned();
    Failure::Plain(StatusCode::METHOD_NOT_ALLOWED, message)
}

async fn referrals(
    State(app): State<Plannr>,
    caller: Caller,
    Base(base): Base,
    query: Query,
    problems: Problems,
) -> Answer {
    REFERRALS.check(&app, &query, &problems)?;
    let [uuid, status, direction] =
        ["uuid", "status", "direction"].map(|name| Filter::of(&query, name));
    let state = app.state();
    let mut rows: Vec<_> = state
        .referrals
        .iter()
        .filter(|row| row.concerns(caller.firm))
        .filter(|row| uuid.allows_id(row.uuid) && status.allows(row.status))
        .filter(|row| direction.allows(row.direction(caller.firm)))
        .collect();
    REFERRALS.order(&query, &mut rows, |row, field| match field {
        "updated_at" => SortKey::Time(Some(row.updated_at)),
        "status" => SortKey::Word(row.status),
        "expires_at" => SortKey::Time(row.expires_at),
        _ => SortKey::Time(Some(row.created_at)),
    });
    let address = Address {
        base: &base,
        path: "/api/v1/referrals",
    };
    Ok(Json(listing::body(
        app.form(),
        &query,
        &address,
        &rows,
        |row| render::referral(&app, &state, &caller, row),
    )))
}

/// <https://apidocs.plannrcrm.com/operation/operation-getapiv1referralsuuid>
async fn referral(State(app): State<Plannr>, caller: Caller, Path(uuid): Path<String>) -> Answer {
    let state = app.state();
    let mut rows = state.referrals.iter();
    let row = rows
        .find(|row| row.uuid.to_string() == uuid && row.concerns(caller.firm))
        .ok_or_else(|| Failure::not_found("Referral"))?;
    Ok(Json(render::referral(&app, &state, &caller, row)))
}

async fn connections(
    State(app): State<Plannr>,
    caller: Caller,
    Base(base): Base,
    query: Query,
    problems: Problems,
) -> Answer {
    CONNECTIONS.check(&app, &query, &problems)?;
    let [uuid, status, direction, recipient] =
        ["uuid", "status", "direction", "recipient_uuid"].map(|name| Filter::of(&query, name));
    let state = app.state();
    let mut rows: Vec<_> = state
        .connections
        .iter()
        .filter(|row| row.concerns(caller.firm))
        .filter(|row| uuid.allows_id(row.uuid) && status.allows(row.status))
        .filter(|row| direction.allows(row.direction(caller.firm)))
        .filter(|row| recipient.allows_id(row.recipient))
        .collect();
    CONNECTIONS.order(&query, &mut rows, |row, field| match field {
        "updated_at" => SortKey::Time(Some(row.updated_at)),
        "status" => SortKey::Word(row.status),
        "expires_at" => SortKey::Time(Some(row.expires_at)),
        _ => SortKey::Time(Some(row.created_at)),
    });
    let address = Address {
        base: &base,
        path: "/api/v1/referral-connections",
    };
    Ok(Json(listing::body(
        app.form(),
        &query,
        &address,
        &rows,
        |row| render::connection(&app, &state, &caller, row),
    )))
}

/// <https://apidocs.plannrcrm.com/operation/operation-getapiv1referralconnectionsreferralconnection_uuid>
async fn connection(State(app): State<Plannr>, caller: Caller, Path(uuid): Path<String>) -> Answer {
    let state = app.state();
    let mut rows = state.connections.iter();
    let row = rows
        .find(|row| row.uuid.to_string() == uuid && row.concerns(caller.firm))
        .ok_or_else(|| Failure::not_found("ReferralConnection"))?;
    Ok(Json(render::connection(&app, &state, &caller, row)))
}

/// Needs the token only: here the account for the header is found.
///
/// <https://apidocs.plannrcrm.com/operation/operation-getapiv1logins>
async fn logins(State(app): State<Plannr>) -> Json<Value> {
    let state = app.state();
    let rows = state.logins.iter();
    let rows: Vec<_> = rows
        .filter_map(|login| render::login(&app, &state, login))
        .collect();
    let mut body = json!({ "data": rows });
    if app.is("preferred_account", "root") {
        body["preferred_account_uuid"] = json!(super::account_uuid());
    }
    Json(body)
}

async fn accounts(
    State(app): State<Plannr>,
    caller: Caller,
    Base(base): Base,
    query: Query,
    problems: Problems,
) -> Answer {
    ACCOUNTS.check(&app, &query, &problems)?;
    let includes = includes(&app, &query, &problems)?;
    let state = app.state();
    let mut rows: Vec<_> = state
        .accounts
        .iter()
        .filter(|row| row.firm == caller.firm)
        .filter(|row| is_account_wanted(&query, row))
        .collect();
    ACCOUNTS.order(&query, &mut rows, |row, field| match field {
        "created_at" => SortKey::Time(Some(row.created_at)),
        "updated_at" => SortKey::Time(Some(row.updated_at)),
        "last_name" => SortKey::Text(row.last_name.to_lowercase()),
        "email" => SortKey::Word(row.email.as_deref().unwrap_or_default()),
        _ => SortKey::Text(row.first_name.to_lowercase()),
    });
    let address = Address {
        base: &base,
        path: "/api/v1/account",
    };
    // Of this list alone the pages are documented.
    Ok(Json(listing::body(
        Form::Paginated,
        &query,
        &address,
        &rows,
        |row| render::full_account(&app, row, &includes),
    )))
}

/// <https://apidocs.plannrcrm.com/operation/operation-get-api-v1-account-parameter>
async fn account(
    State(app): State<Plannr>,
    caller: Caller,
    Path(uuid): Path<String>,
    query: Query,
    problems: Problems,
) -> Answer {
    let includes = includes(&app, &query, &problems)?;
    let state = app.state();
    let uuid = Uuid::parse_str(&uuid).map_err(|_| Failure::not_found("Account"))?;
    let row = state
        .account(uuid)
        .filter(|row| row.firm == caller.firm)
        .ok_or_else(|| Failure::not_found("Account"))?;
    Ok(Json(render::full_account(&app, row, &includes)))
}

async fn webhooks(
    State(app): State<Plannr>,
    _: Caller,
    query: Query,
    problems: Problems,
) -> Answer {
    WEBHOOKS.check(&app, &query, &problems)?;
    Ok(Json(json!({ "data": [] })))
}

impl Plannr {
    fn form(&self) -> Form {
        match self.setup.switches.get("list_body") {
            "fixed_pages" => Form::FixedPages,
            "data_only" => Form::DataOnly,
            _ => Form::Paginated,
        }
    }
}

fn includes(app: &Plannr, query: &Query, problems: &Problems) -> Result<Vec<String>, Failure> {
    let asked = query.get("include").unwrap_or_default().split(',');
    let asked: Vec<_> = asked
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect();
    for one in &asked {
        if INCLUDES.contains(&one.as_str()) {
            continue;
        }
        let problem = format!("undocumented include {one:?}");
        problems.note(problem.as_str());
        if app.is("strict_query", "on") {
            return Err(Failure::bad_query(problem));
        }
    }
    Ok(asked)
}

/// Name, e-mail and telephone filters match parts.
fn is_account_wanted(query: &Query, row: &Account) -> bool {
    let filter = |name: &str| query.get(&format!("filter[{name}]"));
    let holds = |name: &str, value: Option<&str>| {
        filter(name).is_none_or(|part| {
            value.is_some_and(|value| value.to_lowercase().contains(&part.to_lowercase()))
        })
    };
    let uuid = row.uuid.to_string();
    let is_excluded =
        filter("exclude_uuid").is_some_and(|all| all.split(',').any(|one| one == uuid));
    let email = row.email.as_deref();
    let is_matched = holds("name", Some(&row.name))
        && holds("primary_email", email)
        && holds("email", email)
        && holds("primary_phone_number", row.phone.as_deref());
    let time = |name: &str| filter(name).and_then(moment);
    let is_created_within = time("created_after").is_none_or(|after| row.created_at > after)
        && time("created_before").is_none_or(|before| row.created_at < before);
    // No account of the seed is inactive.
    let is_inactive_asked =
        filter("inactive_after").is_some() || filter("inactive_before").is_some();
    !is_excluded
        && !is_inactive_asked
        && is_matched
        && is_created_within
        && Filter::of(query, "uuid").allows(&uuid)
        && Filter::of(query, "type").allows(row.kind.name())
        && Filter::of(query, "role").allows(row.role)
}

/// A time with an offset, or the start of a day in London.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let day: Date = text.parse().ok()?;
    Some(day.to_zoned(render::london()).ok()?.timestamp())
}
