//! Requests for a connection: <https://apidocs.plannrcrm.com/operation/operation-postapiv1referralconnections>. The
//! vendor sends the recipient an e-mail with links to accept or deny; here, the test hooks answer.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use jiff::Span;
use serde_json::Value;

use super::answer::{Caller, Failure};
use super::records::Connection;
use super::term::wall_clock;
use super::{ACCOUNT_HEADER, Plannr, keys, render};
use crate::sandbox::Document;

const KEY: &str = "adviser_key";

/// How many characters an adviser's key has.
const KEY_LENGTH: usize = 8;

/// How long a request is open.
const DAYS: i32 = 30;

pub(super) async fn create(
    State(app): State<Plannr>,
    caller: Caller,
    document: Document,
) -> Result<(StatusCode, Json<Value>), Failure> {
    document.headers(&[ACCOUNT_HEADER]);
    let fields = document.object();
    fields.documented(&[KEY]);
    fields.required(&[KEY]);
    let key = fields.text_of(KEY, KEY_LENGTH..=KEY_LENGTH);
    Failure::of(&document)?;
    let key = key.unwrap_or_default();

    let invalid = || Failure::invalid(KEY, "The selected adviser key is invalid.");
    let is_case_ignored = app.is("adviser_key_case", "ignored");
    let (firm, recipient) = keys::adviser(&key, is_case_ignored).ok_or_else(invalid)?;
    if firm == caller.firm {
        let message = "You cannot connect with an adviser of your own firm.";
        return Err(Failure::invalid(KEY, message));
    }
    let mut state = app.state();
    let is_there = state.connections.iter().any(|row| {
        let parties = [row.sender, row.recipient];
        let is_open = row.status == "pending" || row.status == "accepted";
        is_open && parties.contains(&caller.uuid) && parties.contains(&recipient)
    });
    if is_there {
        let message = "There is a connection with this adviser already.";
        return Err(app.refusal("duplicate_connection", KEY, message));
    }
    let now = app.now();
    let row = Connection {
        uuid: state.next_uuid(),
        sender_firm: caller.firm,
        recipient_firm: firm,
        sender: caller.uuid,
        recipient,
        status: "pending",
        created_at: now,
        updated_at: now,
        expires_at: wall_clock(now, Span::new().days(DAYS)),
        is_written: true,
    };
    let body = render::connection(&app, &state, &caller, &row);
    state.connect(row);
    Ok((app.created(), Json(body)))
}

impl Plannr {
    /// 200 is documented, where others answer 201.
    pub(super) fn created(&self) -> StatusCode {
        if self.is("create_status", "201") {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        }
    }
}
