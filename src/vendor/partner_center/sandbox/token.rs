//! The token endpoint of Azure AD, version 1, as the referrals pages use it:
//! <https://learn.microsoft.com/en-us/partner-center/developer/referral-api-authentication>.

use std::collections::{BTreeMap, BTreeSet};

use axum::Extension;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, EXPIRES, PRAGMA};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    CLIENT_ID, CLIENT_SECRET, PASSWORD, PartnerCenter, REFRESH_TOKEN, RESOURCE, USERNAME, answer,
};
use crate::sandbox::{Refusal, world};

/// The form's fields that a page shows.
const FIELDS: [&str; 8] = [
    "resource",
    "grant_type",
    "scope",
    "client_id",
    "client_secret",
    "username",
    "password",
    "refresh_token",
];
/// The audience of the other Partner Center host; its tokens exist, but the referrals API takes none of them.
const OTHER_RESOURCE: &str = "https://api.partnercenter.microsoft.com";

/// Tokens given out.
pub(super) struct Tokens {
    access: BTreeMap<String, Grant>,
    refresh: BTreeSet<String>,
    issued: u64,
}

/// What an access token allows.
#[derive(Clone)]
pub(super) struct Grant {
    /// The audience.
    pub(super) resource: &'static str,
    /// Whether no user stands behind it.
    pub(super) app_only: bool,
    expires: Timestamp,
}

/// An error of the endpoint: status, `error`, the AADSTS number, and the description.
struct Refused(StatusCode, &'static str, u32, String);

impl Tokens {
    pub(super) fn seeded() -> Self {
        Self {
            access: BTreeMap::new(),
            refresh: BTreeSet::from([REFRESH_TOKEN.to_owned()]),
            issued: 0,
        }
    }

    /// Makes the first refresh token good again.
    pub(super) fn allow_seeded(&mut self) {
        self.refresh.insert(REFRESH_TOKEN.to_owned());
    }

    /// What this access token allows now.
    pub(super) fn grant(&self, token: &str, now: Timestamp) -> Option<Grant> {
        let grant = self.access.get(token)?;
        (now < grant.expires).then(|| grant.clone())
    }

    fn issue(&mut self, grant: Grant) -> (String, String) {
        self.issued += 1;
        let number = self.issued.to_string();
        let access = format!(
            "sandbox-access-{}",
            world::id("partner-center/access", &number).simple()
        );
        let refresh = format!(
            "sandbox-refresh-{}",
            world::id("partner-center/refresh", &number).simple()
        );
        self.access.insert(access.clone(), grant);
        self.refresh.insert(refresh.clone());
        (access, refresh)
    }
}

/// `POST /common/oauth2/token`.
pub(super) async fn redeem(
    State(app): State<PartnerCenter>,
    refusal: Option<Extension<Refusal>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    let is_form = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    let answered = match refusal {
        Some(Extension(Refusal::ExpiredToken)) => Err(expired()),
        Some(Extension(Refusal::RateLimited { .. })) => Err(too_many()),
        None if is_form => grant(&app, &form),
        None => Err(missing("grant_type")),
    };
    let mut response = match answered {
        Ok(body) => answer::json(StatusCode::OK, &body),
        Err(refused) => refused_answer(&app, &refused),
    };
    for (name, value) in [
        (CACHE_CONTROL, "no-cache, no-store"),
        (PRAGMA, "no-cache"),
        (EXPIRES, "-1"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    for field in form
        .keys()
        .filter(|field| !FIELDS.contains(&field.as_str()))
    {
        answer::note(
            &mut response,
            &format!("form field {field} is not documented"),
        );
    }
    response
}

fn grant(app: &PartnerCenter, form: &BTreeMap<String, String>) -> Result<Value, Refused> {
    let grant_type = field(form, "grant_type")?;
    check_client(form)?;
    let resource = match field(form, "resource")?.trim_end_matches('/') {
        RESOURCE => RESOURCE,
        OTHER_RESOURCE => OTHER_RESOURCE,
        other => {
            let text = format!("The resource principal named {other} was not found in the tenant.");
            return Err(bad_request("invalid_resource", 500_011, &text));
        }
    };
    check_grant(app, grant_type, form)?;
    let app_only = grant_type == "client_credentials";
    let now = app.setup.clock.now();
    let lifetime = if app.setup.switches.is("expires_in", "2") {
        2
    } else {
        3_600
    };
    let expires = now + SignedDuration::from_secs(lifetime);
    let grant = Grant {
        resource,
        app_only,
        expires,
    };
    let (access, refresh) = app.state().tokens.issue(grant);
    let number = |number: i64| {
        if app.setup.switches.is("token_numbers", "numbers") {
            return json!(number);
        }
        json!(number.to_string())
    };
    let mut body = json!({
        "token_type": "Bearer",
        "not_before": number(now.as_second() - 300),
        "resource": resource,
        "access_token": access,
    });
    if !app.setup.switches.is("expires_in", "missing") {
        body["expires_in"] = number(lifetime);
        body["ext_expires_in"] = number(lifetime);
        body["expires_on"] = number(expires.as_second());
    }
    if !app_only {
        body["scope"] = json!("user_impersonation");
        if app.setup.switches.is("refresh_token", "rotated") {
            body["refresh_token"] = json!(refresh);
        }
    }
    Ok(body)
}

fn check_client(form: &BTreeMap<String, String>) -> Result<(), Refused> {
    if field(form, "client_id")? != CLIENT_ID {
        let text = "Application was not found in the directory.";
        return Err(bad_request("unauthorized_client", 700_016, text));
    }
    if field(form, "client_secret")? != CLIENT_SECRET {
        let text = "Invalid client secret provided.".to_owned();
        return Err(Refused(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            7_000_215,
            text,
        ));
    }
    Ok(())
}

/// Checks what the client offers for a token, and uses up a refresh token if that is how they work.
fn check_grant(
    app: &PartnerCenter,
    grant_type: &str,
    form: &BTreeMap<String, String>,
) -> Result<(), Refused> {
    match grant_type {
        "refresh_token" => {
            let presented = field(form, "refresh_token")?;
            let refresh = &mut app.state().tokens.refresh;
            if !refresh.contains(presented) {
                return Err(expired());
            }
            let replaced = app.setup.switches.is("refresh_token", "rotated");
            if replaced && app.setup.switches.is("refresh_reuse", "refused") {
                refresh.remove(presented);
            }
            Ok(())
        }
        "password" => {
            if field(form, "username")? != USERNAME || field(form, "password")? != PASSWORD {
                let text = "Error validating credentials due to invalid username or password.";
                return Err(bad_request("invalid_grant", 50_126, text));
            }
            Ok(())
        }
        "client_credentials" => Ok(()),
        other => {
            let text = format!("The app requested an unsupported grant type '{other}'.");
            Err(bad_request("unsupported_grant_type", 70_003, &text))
        }
    }
}

fn field<'a>(form: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str, Refused> {
    form.get(name)
        .map(String::as_str)
        .ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Refused {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    bad_request("invalid_request", 900_144, &text)
}

fn expired() -> Refused {
    let text = "The provided grant has expired due to it being revoked, or is not valid.";
    bad_request("invalid_grant", 50_173, text)
}

/// No page of the referrals API tells of it: this is the number that the sign-in service has for it.
fn too_many() -> Refused {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let text = "Server is terminating the request because there are too many incoming requests.";
    Refused(status, "temporarily_unavailable", 90_055, text.to_owned())
}

fn bad_request(error: &'static str, number: u32, text: &str) -> Refused {
    Refused(StatusCode::BAD_REQUEST, error, number, text.to_owned())
}

/// The ordinary form of Azure AD's errors; the referrals pages show none.
fn refused_answer(app: &PartnerCenter, refused: &Refused) -> Response {
    let Refused(status, error, number, text) = refused;
    let now = app.setup.clock.now();
    let trace = world::id("partner-center/trace", &now.to_string()).to_string();
    let correlation = world::id("partner-center/correlation", &now.to_string()).to_string();
    let stamp = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let description = format!(
        "AADSTS{number}: {text}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {stamp}"
    );
    answer::json(
        *status,
        &json!({
            "error": error,
            "error_description": description,
            "error_codes": [number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
        }),
    )
}
