//! Referrals sent, accepted and rejected: <https://apidocs.plannrcrm.com/operation/operation-postapiv1referrals>.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use jiff::civil::Date;
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Caller, Failure};
use super::records::{Kind, Referral};
use super::render::{self, london};
use super::seed::{ADVICE_TYPES, SHARED_DATA};
use super::state::State as Records;
use super::{ACCOUNT_HEADER, Plannr};
use crate::sandbox::{Document, Fields};

/// How long a referral may last; null is for life.
const MONTHS: [u8; 4] = [1, 2, 3, 6];

const FIELDS: [&str; 7] = [
    "connection_uuid",
    "client_uuids",
    "advice_type",
    "duration_months",
    "shared_data",
    "sla_deadline",
    "note",
];

/// A new referral as asked for.
struct Wanted {
    connection: Uuid,
    clients: Vec<Uuid>,
    advice_type: &'static str,
    duration_months: Option<u8>,
    shared_data: Vec<&'static str>,
    sla_deadline: Option<Date>,
    note: Option<String>,
}

/// `POST /api/v1/referrals`.
pub(super) async fn create(
    State(app): State<Plannr>,
    caller: Caller,
    document: Document,
) -> Result<(StatusCode, Json<Value>), Failure> {
    document.headers(&[ACCOUNT_HEADER]);
    let wanted = Wanted::read(&app, &document)?;
    let mut state = app.state();
    let now = app.now();
    let connections = &mut state.connections.iter();
    let connection = connections
        .find(|row| row.uuid == wanted.connection && row.concerns(caller.firm))
        .ok_or_else(|| {
            let message = "The selected connection uuid is invalid.";
            Failure::invalid("connection_uuid", message)
        })?;
    if connection.status != "accepted" {
        let message = "The connection must be accepted before referrals can be sent.";
        return Err(app.refusal("wrong_state", "connection_uuid", message));
    }
    // A referral goes either way along a connection, whoever asked for it.
    let (recipient_firm, recipient) = if connection.sender_firm == caller.firm {
        (connection.recipient_firm, connection.recipient)
    } else {
        (connection.sender_firm, connection.sender)
    };
    check_clients(&state, &caller, &wanted.clients)?;
    let row = Referral {
        uuid: state.next_uuid(),
        connection: wanted.connection,
        sender_firm: caller.firm,
        recipient_firm,
        sender: caller.uuid,
        recipient,
        clients: wanted.clients,
        cloned_clients: Vec::new(),
        advice_type: wanted.advice_type,
        duration_months: wanted.duration_months,
        shared_data: wanted.shared_data,
        note: wanted.note,
        sla_deadline: wanted.sla_deadline,
        status: "pending",
        rejection_reason: None,
        created_at: now,
        updated_at: now,
        expires_at: wanted
            .duration_months
            .map(|months| app.months_after(now, months)),
        is_written: true,
    };
    let body = render::referral(&app, &state, &caller, &row);
    state.send(row);
    Ok((app.created(), Json(body)))
}

/// <https://apidocs.plannrcrm.com/operation/operation-postapiv1referralsreferral_uuidaccept>
pub(super) async fn accept(
    State(app): State<Plannr>,
    caller: Caller,
    Path(uuid): Path<String>,
    document: Document,
) -> Result<Json<Value>, Failure> {
    document.headers(&[ACCOUNT_HEADER]);
    document.nothing();
    let mut state = app.state();
    let place = answerable(&app, &state, &caller, &uuid)?;
    answer(&app, &mut state, place, "accepted", None);
    let row = &state.referrals[place];
    Ok(Json(render::referral(&app, &state, &caller, row)))
}

/// <https://apidocs.plannrcrm.com/operation/operation-postapiv1referralsreferral_uuidreject>
pub(super) async fn reject(
    State(app): State<Plannr>,
    caller: Caller,
    Path(uuid): Path<String>,
    document: Document,
) -> Result<Json<Value>, Failure> {
    document.headers(&[ACCOUNT_HEADER]);
    let fields = document.object();
    fields.documented(&["rejection_reason"]);
    fields.required(&["rejection_reason"]);
    let reason = fields.text_of("rejection_reason", 1..=app.max_length());
    let mut state = app.state();
    // Laravel asks who may before it looks at the body.
    let place = answerable(&app, &state, &caller, &uuid)?;
    Failure::of(&document)?;
    answer(&app, &mut state, place, "rejected", reason);
    let row = &state.referrals[place];
    Ok(Json(render::referral(&app, &state, &caller, row)))
}

/// The recipient's answer to the pending referral in this place.
pub(super) fn answer(
    app: &Plannr,
    state: &mut Records,
    place: usize,
    status: &'static str,
    rejection_reason: Option<String>,
) {
    let now = app.now();
    let row = &mut state.referrals[place];
    row.status = status;
    row.updated_at = now;
    row.rejection_reason = rejection_reason;
    if status != "accepted" {
        return;
    }
    row.cloned_clients = row.future_clones();
    if let Some(months) = row.duration_months
        && app.is("accepted_expires_at", "restarted")
    {
        row.expires_at = Some(app.months_after(now, months));
    }
    let row = row.clone();
    if row.is_written {
        state.await_expiry(row.expires_at);
    }
    state.add_clones(&row);
}

/// Where the referral is, if the caller may answer it.
fn answerable(
    app: &Plannr,
    state: &Records,
    caller: &Caller,
    uuid: &str,
) -> Result<usize, Failure> {
    let mut rows = state.referrals.iter();
    let place = rows
        .position(|row| row.uuid.to_string() == uuid && row.concerns(caller.firm))
        .ok_or_else(|| Failure::not_found("Referral"))?;
    let row = &state.referrals[place];
    if row.recipient_firm != caller.firm {
        let message = "Only the recipient may answer a referral.";
        return Err(app.refusal("wrong_party", "referral", message));
    }
    if row.status != "pending" {
        let message = "Only a pending referral can be answered.";
        return Err(app.refusal("wrong_state", "status", message));
    }
    Ok(place)
}

/// Clients are those of the sender's firm.
fn check_clients(state: &Records, caller: &Caller, clients: &[Uuid]) -> Result<(), Failure> {
    let is_own = |uuid: &Uuid| {
        let account = state.account(*uuid);
        account.is_some_and(|row| row.firm == caller.firm && row.kind == Kind::Client)
    };
    let foreign = clients.iter().enumerate().filter(|(_, uuid)| !is_own(uuid));
    let wrong: Vec<_> = foreign
        .map(|(index, _)| {
            let field = format!("client_uuids.{index}");
            let message = format!("The selected {field} is invalid.");
            (field, message)
        })
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::Invalid(wrong))
}

impl Wanted {
    /// All that is wrong is told at once, as Laravel does.
    fn read(app: &Plannr, document: &Document) -> Result<Self, Failure> {
        let fields = document.object();
        fields.documented(&FIELDS);
        fields.required(match app.setup.switches.get("required_fields") {
            "with_shared_data" => &[
                "connection_uuid",
                "client_uuids",
                "advice_type",
                "shared_data",
            ],
            "first_two" => &["connection_uuid", "client_uuids"],
            _ => &["connection_uuid", "client_uuids", "advice_type"],
        });
        let connection = fields.uuid("connection_uuid");
        let clients = clients(&fields);
        let advice_type = fields.one_of("advice_type", &ADVICE_TYPES);
        let duration_months = duration(app, &fields);
        let shared_data = shared_data(&fields);
        let sla_deadline = deadline(app, &fields);
        let note = fields.text_of("note", 0..=app.max_length());
        Failure::of(document)?;
        Ok(Self {
            connection: connection.unwrap_or_default(),
            clients: clients.unwrap_or_default(),
            advice_type: advice_type.unwrap_or("other"),
            duration_months,
            shared_data: shared_data.unwrap_or_default(),
            sla_deadline,
            note,
        })
    }
}

fn clients(fields: &Fields<'_>) -> Option<Vec<Uuid>> {
    let texts = fields.texts("client_uuids")?;
    if texts.is_empty() {
        fields.complain("client_uuids", "is required");
    }
    let mut clients = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match Uuid::parse_str(text) {
            Ok(uuid) => clients.push(uuid),
            Err(_) => fields.complain(&format!("client_uuids[{index}]"), "must be a valid UUID"),
        }
    }
    Some(clients)
}

fn duration(app: &Plannr, fields: &Fields<'_>) -> Option<u8> {
    const NAME: &str = "duration_months";
    if !fields.has(NAME) && app.is("omitted_duration", "refused") {
        fields.complain(NAME, "is required");
    }
    if fields.is_null(NAME) {
        return None;
    }
    let months = fields.integer(NAME)?;
    let known = MONTHS.into_iter().find(|known| i64::from(*known) == months);
    if known.is_none() {
        fields.complain(NAME, "must be one of 1, 2, 3, 6");
    }
    known
}

fn shared_data(fields: &Fields<'_>) -> Option<Vec<&'static str>> {
    let texts = fields.texts("shared_data")?;
    let mut shared = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match SHARED_DATA.into_iter().find(|known| known == text) {
            Some(known) => shared.push(known),
            None => fields.complain(&format!("shared_data[{index}]"), "is invalid"),
        }
    }
    Some(shared)
}

/// `YYYY-MM-DD`.
fn deadline(app: &Plannr, fields: &Fields<'_>) -> Option<Date> {
    const NAME: &str = "sla_deadline";
    let text = fields.text_of(NAME, 10..=10)?;
    let Ok(day) = text.parse::<Date>() else {
        fields.complain(NAME, "must be a valid date");
        return None;
    };
    let today = app.now().to_zoned(london()).date();
    if day < today && app.is("past_sla_deadline", "refused") {
        fields.complain(NAME, "must be a date after or equal to today");
    }
    Some(day)
}

impl Plannr {
    fn max_length(&self) -> usize {
        match self.setup.switches.get("max_length") {
            "255" => 255,
            _ => usize::MAX,
        }
    }
}
