//! `PATCH /v1.0/engagements/referrals/{id}`: <https://learn.microsoft.com/en-us/partner-center/developer/patch-a-referral>.

use axum::extract::{Path, State};
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::json::Json;
use super::pointer::{self, Operation, Standing};
use super::row::Row;
use super::shape::Report;
use super::{HEADERS, PartnerCenter, answer, registrations, seed, status, versioned};
use crate::sandbox::{Document, Fields, Problems, Times};

const SHARED: &str = "consentToShareReferralWithMicrosoftSellers";

const REPRESENTATION: &str = "return=representation";

/// One operation, checked.
struct Change {
    path: String,
    segments: Vec<String>,
    operation: Operation,
    value: Json,
}

/// Where a patch is wrong, and why.
type Fault = (String, String);

pub(super) async fn patch(
    State(app): State<PartnerCenter>,
    Path(id): Path<String>,
    headers: HeaderMap,
    problems: Problems,
    document: Document,
) -> Response {
    let switches = &app.setup.switches;
    document.headers(&[&HEADERS[..], &["if-match", "prefer"]].concat());
    let changes = read(&app, &document, &problems);
    let is_wanted = wants_representation(&headers, &problems);
    let now = app.now();
    let mut state = app.state();
    let Some(place) = state.place(&app, &id) else {
        return answer::not_found(switches);
    };
    let row = &state.referrals[place];
    if !is_version(&headers, row.json(), &problems) {
        return answer::mismatch(switches);
    }
    let after = changes.and_then(|changes| change(row.json(), &changes, now));
    let mut referral = match after {
        Ok(referral) => referral,
        Err((path, message)) => return answer::refused(switches, &path, &message),
    };
    let (id, created) = (row.id.clone(), row.times.created);
    let number = state.next_write().to_string();
    referral.set("eTag", Json::Text(seed::etag(&id, &number)));
    let times = Times {
        created,
        updated: now,
    };
    state.referrals[place] = Row::written(id, times, referral.clone());
    drop(state);

    if !is_wanted {
        let done = StatusCode::NO_CONTENT.into_response();
        if switches.is("patch_etag", "present") {
            return versioned(done, &referral);
        }
        return done;
    }
    let body = app.rendered(referral.clone());
    let mut response = versioned(answer::json(StatusCode::OK, &body), &referral);
    if switches.is("preference_applied", "present") {
        let value = HeaderValue::from_static(REPRESENTATION);
        let name = HeaderName::from_static("preference-applied");
        response.headers_mut().insert(name, value);
    }
    response
}

/// Whether the referral is to come back.
fn wants_representation(headers: &HeaderMap, problems: &Problems) -> bool {
    let Some(prefer) = headers.get("prefer") else {
        return false;
    };
    let is_wanted = prefer == REPRESENTATION;
    if !is_wanted {
        problems.note(format!("undocumented preference {prefer:?}"));
    }
    is_wanted
}

/// Whether the version is the one asked for, if one was. Versions are compared as they are, quotes and all.
fn is_version(headers: &HeaderMap, referral: &Json, problems: &Problems) -> bool {
    let Some(wanted) = headers.get(IF_MATCH) else {
        return true;
    };
    let wanted = String::from_utf8_lossy(wanted.as_bytes());
    if wanted == "*" {
        return true;
    }
    if !(wanted.len() > 1 && wanted.starts_with('"') && wanted.ends_with('"')) {
        problems.note(format!("{IF_MATCH} is not a quoted version as {ETAG} is"));
    }
    referral.text("eTag") == Some(&*wanted)
}

fn read(
    app: &PartnerCenter,
    document: &Document,
    problems: &Problems,
) -> Result<Vec<Change>, Fault> {
    let report = Report { document, problems };
    let mut changes = Vec::new();
    for (index, fields) in document.objects().iter().enumerate() {
        changes.extend(operation(app, fields, index, report));
    }
    if changes.is_empty() && document.wrong().is_empty() {
        document.complain("", "has no operations");
    }
    match document.wrong().into_iter().next() {
        Some(wrong) => Err((wrong.path, wrong.message)),
        None => Ok(changes),
    }
}

/// One operation; what is wrong with it goes to the report.
fn operation(
    app: &PartnerCenter,
    fields: &Fields<'_>,
    index: usize,
    report: Report<'_>,
) -> Option<Change> {
    fields.documented(&["op", "path", "value"]);
    fields.required(&["op", "path", "value"]);
    let operation = match fields.one_of("op", &["add", "replace"])? {
        "add" => Operation::Add,
        _ => Operation::Replace,
    };
    let path = fields.text("path")?;
    let value = fields.raw("value").and_then(Json::parse)?;
    let Some(segments) = pointer::segments(&path) else {
        fields.complain("path", "must begin with a slash");
        return None;
    };
    let shape = match pointer::standing(&path, &segments) {
        Standing::Listed(shape) => shape,
        Standing::Unlisted(_) if app.setup.switches.is("patch_paths", "connector") => {
            fields.complain("path", format!("{path} cannot be changed"));
            return None;
        }
        Standing::Unlisted(shape) => {
            let problem = format!("undocumented path {path:?} of a patch");
            report.problems.note(problem);
            shape
        }
        Standing::ReadOnly => {
            fields.complain("path", format!("{path} is read-only"));
            return None;
        }
        Standing::Unknown => {
            fields.complain("path", format!("{path} is not of a referral"));
            return None;
        }
    };
    let place = format!("[{index}].value");
    let value = shape.coerced(value, &place, report.problems);
    shape.check(&value, &place, report);
    Some(Change {
        path,
        segments,
        operation,
        value,
    })
}

/// The referral after all operations, which hold together or not at all.
fn change(before: &Json, changes: &[Change], now: Timestamp) -> Result<Json, Fault> {
    let mut after = before.clone();
    for change in changes {
        let mut value = change.value.clone();
        if change.path == "/registrations/-" {
            registrations::register(&mut after, &mut value, now);
        }
        pointer::apply(&mut after, &change.segments, change.operation, value)
            .map_err(|message| (change.path.clone(), message.to_owned()))?;
    }
    if is_shared(before) && !is_shared(&after) {
        let message = "Sharing with Microsoft's sellers cannot be undone.";
        return Err((format!("/consent/{SHARED}"), message.to_owned()));
    }
    let is_moved = |change: &Change| change.path == "/status" || change.path == "/substatus";
    if changes.iter().any(is_moved) {
        move_on(before, &mut after, now).map_err(|message| ("/status".to_owned(), message))?;
    }
    after.set("updatedDateTime", Json::Text(seed::stamp(now)));
    after.set("lastModifiedVia", Json::from("API"));
    Ok(after)
}

/// Checks the new status, and sets the times that go with it.
fn move_on(before: &Json, after: &mut Json, now: Timestamp) -> Result<(), String> {
    let text = |json: &Json, name: &str| json.text(name).unwrap_or_default().to_owned();
    let (from, to) = (text(before, "status"), text(after, "status"));
    status::transition(&from, &to, &text(after, "substatus"))?;
    let now = Json::Text(seed::stamp(now));
    if to != "New" {
        after.set("expirationDateTime", Json::Null);
    }
    if to == "Active" && after.text("acceptedDateTime").is_none() {
        after.set("acceptedDateTime", now.clone());
    }
    if to == "Closed" && from != "Closed" {
        after.set("closedDateTime", now);
    }
    Ok(())
}

fn is_shared(referral: &Json) -> bool {
    let consent = referral.get("consent");
    consent.and_then(|one| one.get(SHARED)) == Some(&Json::Bool(true))
}
