//! `POST /v1.0/engagements/referrals`: <https://learn.microsoft.com/en-us/partner-center/developer/create-a-referral>.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::json::Json;
use super::memory::Memory;
use super::row::Row;
use super::shape::{REFERRAL, Report};
use super::{HEADERS, PartnerCenter, answer, seed, status, versioned};
use crate::sandbox::world::{self, COMPANIES};
use crate::sandbox::{Document, Problems, Times};

const REQUIRED: [&str; 4] = ["type", "customerProfile", "consent", "details"];

/// How long a new referral waits for an answer.
const OPEN_HOURS: i64 = 14 * 24;

pub(super) async fn create(
    State(app): State<PartnerCenter>,
    problems: Problems,
    document: Document,
) -> Response {
    document.headers(&HEADERS);
    let switches = &app.setup.switches;
    let sent = match read(&document, &problems) {
        Ok(sent) => sent,
        Err((path, message)) => return answer::refused(switches, &path, &message),
    };
    if let Some((path, message)) = co_sell_fault(&sent)
        && switches.is("co_sell_rules", "enforced")
    {
        return answer::refused(switches, path, message);
    }
    let pair = match status::initial(sent.text("status"), sent.text("substatus")) {
        Ok((new, _)) if new == "New" && switches.is("created_status", "accepted") => {
            ("Active".to_owned(), "Accepted".to_owned())
        }
        Ok(pair) => pair,
        Err(message) => return answer::refused(switches, "status", &message),
    };
    let now = app.now();
    let mut state = app.state();
    if let Some(engagement) = sent.text("engagementId")
        && !state.has_engagement(engagement)
        && switches.is("unknown_engagement", "refused")
    {
        return answer::refused(switches, "engagementId", "There is no such engagement.");
    }
    let referral = state.store(sent, pair, now);
    drop(state);
    let mut body = referral.clone();
    if let Json::Object(members) = &mut body
        && let Some(Json::Object(details)) = members.get_mut("details")
        && switches.is("created_closing_date", "missing")
    {
        details.remove("closingDateTime");
    }
    let code = match switches.get("create_status") {
        "201" => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    versioned(answer::json(code, &app.rendered(body)), &referral)
}

/// What was sent of what is documented; or the first thing that is wrong with it, and where.
fn read(document: &Document, problems: &Problems) -> Result<Json, (String, String)> {
    let report = Report { document, problems };
    let fields = document.object();
    let names: Vec<_> = REFERRAL.iter().map(|(name, _)| *name).collect();
    fields.documented(&names);
    fields.required(&REQUIRED);
    let mut sent = BTreeMap::new();
    for (name, shape) in &REFERRAL {
        let Some(value) = fields.raw(name).and_then(Json::parse) else {
            continue;
        };
        if value == Json::Null && REQUIRED.contains(name) {
            fields.complain(name, "is required");
        } else {
            shape.check(&value, name, report);
        }
        sent.insert((*name).to_owned(), value);
    }
    match document.wrong().into_iter().next() {
        Some(wrong) => Err((wrong.path, wrong.message)),
        None => Ok(Json::Object(sent)),
    }
}

/// What a shared referral lacks of what Microsoft's sellers need.
fn co_sell_fault(sent: &Json) -> Option<(&'static str, &'static str)> {
    if sent.text("type") != Some("Shared") {
        return None;
    }
    let customer = sent.get("customerProfile")?;
    let is_empty =
        |list: Option<&Json>| !matches!(list, Some(Json::List(items)) if !items.is_empty());
    if is_empty(customer.get("team")) {
        return Some(("customerProfile.team", "needs a contact"));
    }
    let requirements = sent.get("details").and_then(|one| one.get("requirements"));
    if is_empty(requirements.and_then(|one| one.get("solutions"))) {
        return Some(("details.requirements.solutions", "needs a solution"));
    }
    let country = customer.get("address").and_then(|one| one.text("country"));
    if country.is_none_or(|country| country.len() != 2) {
        return Some(("customerProfile.address.country", "must have two letters"));
    }
    None
}

impl Memory {
    /// Adds what the vendor adds, and keeps the whole among those of its time.
    fn store(&mut self, sent: Json, (status, substatus): (String, String), now: Timestamp) -> Json {
        let number = self.next_write().to_string();
        let id = world::id("partner-center/written", &number).to_string();
        let engagement = match sent.text("engagementId") {
            Some(engagement) => engagement.to_owned(),
            None => world::id("partner-center/written-engagement", &number).to_string(),
        };
        let mut referral = Json::from(blank());
        for part in [sent, server(&id, &engagement, now)] {
            if let (Json::Object(members), Json::Object(part)) = (&mut referral, part) {
                members.extend(part);
            }
        }
        let stamp = Json::Text(seed::stamp(now));
        match status.as_str() {
            "New" => {
                let until = now + SignedDuration::from_hours(OPEN_HOURS);
                referral.set("expirationDateTime", Json::Text(seed::stamp(until)));
            }
            "Closed" => referral.set("closedDateTime", stamp),
            _ => {}
        }
        referral.set("status", Json::Text(status));
        referral.set("substatus", Json::Text(substatus));
        referral.set("eTag", Json::Text(seed::etag(&id, &number)));
        let times = Times {
            created: now,
            updated: now,
        };
        self.insert(Row::written(id, times, referral.clone()));
        referral
    }
}

/// What is there though it was not sent.
fn blank() -> serde_json::Value {
    json!({
        "name": null, "externalReferenceId": null, "expirationDateTime": null, "closedDateTime": null,
        "statusReason": null, "qualification": "None", "referralSource": null, "callToAction": null,
        "favorite": false, "campaignId": null, "salesStage": null, "quality": "Unknown", "isSpam": false,
        "mpnId": null, "referralProgram": null, "dealSensitivity": "None", "lastModifiedVia": null,
        "lastRunId": null, "tags": [], "registrationStatus": "None", "registrations": [], "target": [],
        "inviteContext": null, "team": [],
        "trackingInfo": {
            "microsoftMsxId": null, "microsoftUSFedOpportunityId": null, "microsoftUSFedLeadId": null,
            "migratedPSCDealId": null, "migratedPSCPartnerDealId": null,
        },
    })
}

/// What the vendor sets whatever was sent.
fn server(id: &str, engagement: &str, now: Timestamp) -> Json {
    let own = COMPANIES[0];
    let now = seed::stamp(now);
    // "engagments" is the vendor's spelling.
    let links = "https://api.partner.microsoft.com/v1.0/engagments/referrals";
    Json::from(json!({
        "id": id,
        "engagementId": engagement,
        "organizationId": seed::company_id(own),
        "organizationName": own.name,
        "createdDateTime": now,
        "updatedDateTime": now,
        // Documented as the time of creation for what the partner itself sent.
        "acceptedDateTime": now,
        "direction": "Outgoing",
        "createdVia": "API",
        "links": {
            "relatedReferrals": {
                "uri": format!("{links}?$filter=engagementId eq '{engagement}'"), "method": "GET",
            },
            "self": {"uri": format!("{links}/{id}"), "method": "GET"},
        },
    }))
}
