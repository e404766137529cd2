//! Users, accounts and referral codes: <https://integrations.impact.com/brand-api-reference/>.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answer::{self, Answer, Answered, Problem};
use super::caller::Caller;
use super::memory::{User, UserKey};
use super::query::Query;
use super::seed::PROGRAM;
use super::{SaaSquatch, TENANT_ALIAS};

/// `GET /account/{accountId}/user/{userId}`.
pub(super) async fn lookup(
    State(app): State<SaaSquatch>,
    Path((account, user)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let notes = Query::read(query.as_deref(), &[]).notes;
    let found = app.state().user(&UserKey { account, user }).cloned();
    let answer = found.ok_or_else(Problem::no_user);
    answer::send(&app, answer.map(|body| Answered { body, notes }))
}

/// `GET /account/{accountId}/user/{userId}/pii`: the user, and the referrals that brought them.
pub(super) async fn pii(
    State(app): State<SaaSquatch>,
    Path((account, user)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let notes = Query::read(query.as_deref(), &[]).notes;
    let key = UserKey { account, user };
    let answer = {
        let state = app.state();
        let referred_by: Vec<Value> = state
            .referrals
            .iter()
            .filter(|record| record.referred == key && app.knows(record))
            .map(|record| {
                let mut referral = record.referral().clone();
                referral["publicMeta"] = json!(null);
                referral["privateMeta"] = json!(null);
                referral
            })
            .collect();
        state.user(&key).map(|user| {
            let mut user = user.clone();
            user["referredByReferrals"] = json!(referred_by);
            user
        })
    };
    let answer = answer.ok_or_else(Problem::no_user);
    answer::send(&app, answer.map(|body| Answered { body, notes }))
}

/// `GET /user?referralCode=`.
pub(super) async fn by_code(State(app): State<SaaSquatch>, RawQuery(query): RawQuery) -> Response {
    let query = Query::read(query.as_deref(), &["referralCode"]);
    answer::send(&app, user_with_code(&app, query))
}

/// `GET /open/user?referralCode=`: only what anybody may know.
pub(super) async fn open_by_code(
    State(app): State<SaaSquatch>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref(), &["referralCode"]);
    let answer = user_with_code(&app, query).map(|mut answered| {
        let public = [
            "id",
            "accountId",
            "firstName",
            "lastInitial",
            "referralCode",
            "imageUrl",
        ];
        answered.body = only(answered.body, &public);
        answered
    });
    answer::send(&app, answer)
}

fn user_with_code(app: &SaaSquatch, query: Query) -> Answer {
    let Some(code) = query.text("referralCode") else {
        return Err(Problem::invalid("referralCode is required."));
    };
    let found = app.state().user_with_code(code).cloned();
    let body = found.ok_or_else(Problem::no_user)?;
    Ok(Answered {
        body,
        notes: query.notes,
    })
}

/// `GET /users`. What `query` searches is on no page: here names, e-mail addresses and ids.
pub(super) async fn list(State(app): State<SaaSquatch>, RawQuery(query): RawQuery) -> Response {
    let query = Query::read(query.as_deref(), &["query", "limit", "offset"]);
    let wanted = query.text("query").unwrap_or_default().to_lowercase();
    let rows: Vec<Value> = app
        .state()
        .users
        .all()
        .filter(|user| {
            let text = |name: &str| user[name].as_str().unwrap_or_default().to_owned();
            let name = format!("{} {}", text("firstName"), text("lastName"));
            [name, text("email"), text("id"), text("accountId")]
                .iter()
                .any(|text| text.to_lowercase().contains(&wanted))
        })
        .cloned()
        .collect();
    let answer = query.page(&app, "users", &rows, Value::clone);
    let notes = query.notes;
    answer::send(&app, answer.map(|body| Answered { body, notes }))
}

/// `GET /open/account/{accountId}/user/{userId}`.
pub(super) async fn open_lookup(
    State(app): State<SaaSquatch>,
    Extension(caller): Extension<Caller>,
    Path((account, user)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let key = UserKey { account, user };
    answer::send(
        &app,
        open_lookup_answer(&app, &caller, &key, query.as_deref()),
    )
}

fn open_lookup_answer(
    app: &SaaSquatch,
    caller: &Caller,
    key: &UserKey,
    query: Option<&str>,
) -> Answer {
    let query = Query::read(query, &["fields", "extraFields"]);
    if query.text("fields").is_some() && query.text("extraFields").is_some() {
        return Err(Problem::invalid("Use either fields or extraFields."));
    }
    if !caller.may_read(key) {
        let message = "The user token is not for this user.";
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            None,
            message,
        ));
    }
    let found = app.state().users.get(key).cloned();
    let mut body = open_user(&found.ok_or_else(Problem::no_user)?);
    if let Some(fields) = query.text("fields") {
        let fields: Vec<_> = fields.split(',').map(str::trim).collect();
        body = only(body, &fields);
    }
    Ok(Answered {
        body,
        notes: query.notes,
    })
}

/// The form of a user at the open endpoints, made from the other one.
pub(super) fn open_user(user: &User) -> Value {
    let User { shown, open: own } = user;
    let shared = [
        "id",
        "accountId",
        "firstName",
        "lastName",
        "email",
        "imageUrl",
        "cookieId",
        "locale",
        "countryCode",
        "firstSeenIP",
        "lastSeenIP",
        "dateCreated",
    ];
    let mut open = only(shown.clone(), &shared);
    let code = shown["referralCode"].as_str().unwrap_or_default();
    let link = format!("https://ssqt.co/{TENANT_ALIAS}/{code}");
    open["referable"] = json!(shown["dateBlocked"].is_null());
    open["referralCodes"] = json!({ PROGRAM: code });
    open["programShareLinks"] = json!({ PROGRAM: {
        "cleanShareLink": link, "UNKNOWN": link, "EMAIL": link, "MOBILE": link, "EMBED": link, "POPUP": link,
        "HOSTED": link,
    }});
    open["customFields"] = json!({});
    open["segments"] = json!([]);
    open["referredByCodes"] = json!([]);
    for (name, value) in own {
        open[name] = value.clone();
    }
    open
}

/// `GET /open/code/{code}`, and the older `GET /code/{code}` with a key.
pub(super) async fn code(
    State(app): State<SaaSquatch>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let notes = Query::read(query.as_deref(), &[]).notes;
    let found = app.state().user_with_code(&code).cloned();
    let answer = found
        .ok_or_else(no_code)
        .map(|user| code_body(&code, &user));
    answer::send(&app, answer.map(|body| Answered { body, notes }))
}

/// A code and whose it is.
pub(super) fn code_body(code: &str, user: &Value) -> Value {
    let text = |name: &str| user[name].as_str().unwrap_or_default();
    json!({
        "code": code,
        "dateCreated": user["dateCreated"],
        "programId": PROGRAM,
        "referrerName": format!("{} {}", text("firstName"), text("lastInitial")),
        "reward": null,
    })
}

pub(super) fn no_code() -> Problem {
    let status = StatusCode::NOT_FOUND;
    let message = "Referral code not found.";
    Problem::new(status, "CODE_NOT_FOUND", Some("RS034"), message)
}

/// `GET /account/{accountId}`: classic programs only. No page shows the body; this is what the account call takes.
pub(super) async fn account(
    State(app): State<SaaSquatch>,
    Path(account): Path<String>,
) -> Response {
    if app.is("tenant", "ga") {
        return answer::refusal(&app, &answer::not_supported());
    }
    let known = app.state().users.of_account(&account) > 0;
    let answer = if known {
        let body = json!({"id": account, "subscription": {"status": "PAID"}, "referral": null, "currency": "USD"});
        Ok(Answered {
            body,
            notes: Vec::new(),
        })
    } else {
        let status = StatusCode::NOT_FOUND;
        Err(Problem::new(
            status,
            "ACCOUNT_NOT_FOUND",
            Some("RS041"),
            "Account not found.",
        ))
    };
    answer::send(&app, answer)
}

fn only(value: Value, names: &[&str]) -> Value {
    let Value::Object(members) = value else {
        return value;
    };
    let kept: Map<String, Value> = members
        .into_iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .collect();
    Value::Object(kept)
}
