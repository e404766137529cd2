//! `GET /v1.0/engagements/referrals/{id}`:
//! <https://learn.microsoft.com/en-us/partner-center/developer/get-a-referral-by-id>.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::json::Json;
use super::{PartnerCenter, answer, versioned};

pub(super) async fn referral(
    State(app): State<PartnerCenter>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let found = {
        let state = app.state();
        let place = state.place(&app, &id);
        place.map(|place| state.referrals[place].json().clone())
    };
    let Some(referral) = found else {
        return answer::not_found(&app.setup.switches);
    };
    let mut body = referral.clone();
    // "engagments" is the vendor's spelling.
    body.set(
        "@odata.context",
        Json::from("https://api.partner.microsoft.com/v1.0/engagments/referrals/$metadata#Referrals/$entity"),
    );
    let body = answer::json(StatusCode::OK, &app.rendered(body));
    let mut response = versioned(body, &referral);
    if request.uri().query().is_some_and(|query| !query.is_empty()) {
        answer::note(
            &mut response,
            "a query on a single referral is not documented",
        );
    }
    response
}
