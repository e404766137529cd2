//! What others do and no documented call does: a connection is answered by a link in an e-mail, and a referral that the
//! gateway's firm sent by another firm.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;

use super::Plannr;
use super::send::answer;

type Answer = Result<StatusCode, (StatusCode, &'static str)>;

pub(super) fn router() -> Router<Plannr> {
    Router::new()
        .route(
            "/_test/referral-connections/{uuid}/{answer}",
            post(connection),
        )
        .route("/_test/referrals/{uuid}/{answer}", post(referral))
}

async fn connection(
    State(app): State<Plannr>,
    Path((uuid, answer)): Path<(String, String)>,
) -> Answer {
    let status = match answer.as_str() {
        "accept" => "accepted",
        "deny" => "denied",
        "expire" => "expired",
        _ => return Err((StatusCode::NOT_FOUND, "there are: accept, deny, expire")),
    };
    let now = app.setup.clock.now();
    let mut state = app.state();
    let mut rows = state.connections.iter_mut();
    let Some(row) = rows.find(|row| row.uuid.to_string() == uuid) else {
        return Err((StatusCode::NOT_FOUND, "no such connection"));
    };
    if row.status != "pending" {
        return Err((StatusCode::CONFLICT, "the connection is not pending"));
    }
    row.status = status;
    row.updated_at = now;
    Ok(StatusCode::NO_CONTENT)
}

/// As its recipient.
async fn referral(
    State(app): State<Plannr>,
    Path((uuid, wanted)): Path<(String, String)>,
) -> Answer {
    let (status, reason) = match wanted.as_str() {
        "accept" => ("accepted", None),
        "reject" => (
            "rejected",
            Some("Unable to take on new clients.".to_owned()),
        ),
        "expire" => ("expired", None),
        _ => return Err((StatusCode::NOT_FOUND, "there are: accept, reject, expire")),
    };
    let mut state = app.state();
    let mut rows = state.referrals.iter();
    let Some(place) = rows.position(|row| row.uuid.to_string() == uuid) else {
        return Err((StatusCode::NOT_FOUND, "no such referral"));
    };
    if state.referrals[place].status != "pending" {
        return Err((StatusCode::CONFLICT, "the referral is not pending"));
    }
    answer(&app, &mut state, place, status, reason);
    Ok(StatusCode::NO_CONTENT)
}
