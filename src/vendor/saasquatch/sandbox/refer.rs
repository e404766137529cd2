//! How a referral comes into being: somebody is registered with, or applies, the code of somebody else.

use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::{self, Answer, Answered, Problem};
use super::caller::Caller;
use super::memory::{Memory, Record, UserKey};
use super::query::Query;
use super::rewards::reward;
use super::seed::{PROGRAM, Seed};
use super::{SaaSquatch, users};
use crate::sandbox::Document;

/// How long a referral takes to come to light where it does not do so at once.
const APPEARS_AFTER: Duration = Duration::from_secs(2);

/// What refers somebody.
#[derive(Clone)]
pub(super) struct By {
    pub(super) code: String,
    /// None for the classic one.
    pub(super) program: Option<&'static str>,
    pub(super) is_converted: bool,
}

impl By {
    /// A code of the program that has codes.
    pub(super) fn program(code: String) -> Self {
        Self {
            code,
            program: Some(PROGRAM),
            is_converted: false,
        }
    }
}

/// `POST /open/code/{code}/account/{accountId}/user/{userId}`, for a user who is there.
pub(super) async fn apply_code(
    State(app): State<SaaSquatch>,
    Extension(caller): Extension<Caller>,
    Path((code, account, user)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    document: Document,
) -> Response {
    let key = UserKey { account, user };
    let answer = apply_code_answer(&app, &caller, code, key, query.as_deref(), &document);
    answer::send(&app, answer)
}

fn apply_code_answer(
    app: &SaaSquatch,
    caller: &Caller,
    code: String,
    key: UserKey,
    query: Option<&str>,
    document: &Document,
) -> Answer {
    document.headers(&["x-saasquatch-user-token"]);
    let notes = Query::read(query, &[]).notes;
    caller.check_write(&key)?;
    document.object().documented(&[]);
    answer::check(document)?;
    let mut state = app.state();
    let Some(referrer) = state.user_with_code(&code).cloned() else {
        return Err(users::no_code());
    };
    let Some(mut user) = state.users.get(&key).cloned() else {
        return Err(Problem::no_user());
    };
    let by = By::program(code);
    if refer(app, &mut state, &by, UserKey::of(&referrer), key) {
        let codes = json!([by.code]);
        user.open.insert("referredByCodes".to_owned(), codes);
        state.users.put(user);
    }
    let body = users::code_body(&by.code, &referrer);
    Ok(Answered { body, notes })
}

/// Who has these codes. Of a code that nobody has the pages say only that there is an error for bad ones.
pub(super) fn referrers<'a>(
    app: &SaaSquatch,
    state: &Memory,
    codes: impl IntoIterator<Item = &'a By>,
) -> Result<Vec<(By, UserKey)>, Problem> {
    let mut found = Vec::new();
    for by in codes {
        match state.user_with_code(&by.code) {
            Some(user) => found.push((by.clone(), UserKey::of(user))),
            None if app.is("unknown_code", "ignored") => {}
            None => {
                let status = StatusCode::BAD_REQUEST;
                let message = "The referral code does not exist.";
                let code = "VALIDATION_FAILED";
                return Err(Problem::new(status, code, Some("RS034"), message));
            }
        }
    }
    Ok(found)
}

/// Makes the referral, unless the account was referred before or would refer itself; tells whether it did.
#[expect(clippy::similar_names, reason = "the vendor's words for the two sides")]
pub(super) fn refer(
    app: &SaaSquatch,
    state: &mut Memory,
    by: &By,
    referrer: UserKey,
    referred: UserKey,
) -> bool {
    let is_once = app.is("referred_once", "per_account");
    let was_referred = state.referrals.iter().any(|record| {
        record.referred.account == referred.account
            && (is_once || record.seed.program() == by.program)
    });
    if was_referred || referrer.account == referred.account {
        return false;
    }
    let now = app.setup.clock.now();
    let seed = Seed::written(state.made, now, by.program);
    state.made += 1;
    let referral = referral(app, seed, by, &referrer, &referred);
    let mut record = Record::seeded(seed, referrer, referred);
    record.rewrite(referral);
    record.appears = app
        .is("referral_appears", "later")
        .then(|| later(now, APPEARS_AFTER));
    // Referrals can be from the future, in worlds that have grown.
    let rows = &mut state.referrals;
    let position = rows.partition_point(|record| record.seed.started > now);
    rows.insert(position, record);
    true
}

#[expect(clippy::similar_names, reason = "the vendor's words for the two sides")]
fn referral(
    app: &SaaSquatch,
    seed: Seed,
    by: &By,
    referrer: &UserKey,
    referred: &UserKey,
) -> Value {
    let started = seed.started.as_millisecond();
    let is_pending = app.is("auto_moderation", "pending");
    let side = if is_pending { "PENDING" } else { "APPROVED" };
    let mut referral = json!({
        "id": seed.id(),
        "referralCodeUsed": by.code,
        "shareLinkUsed": null,
        "moderationStatus": if is_pending { "PENDING" } else { "ACTIONED" },
        "referredModerationStatus": side,
        "referrerModerationStatus": side,
        "fraudSignals": null,
        "dateReferralStarted": started,
        "dateReferralPaid": by.is_converted.then_some(started),
        "dateReferralEnded": null,
        "dateModerated": (!is_pending).then_some(started + 2),
        "dateConverted": null,
        "dateModified": started + if is_pending { 0 } else { 2 },
        "dateUserModified": null,
        "programId": by.program,
    });
    for (side, owner) in [("referred", referred), ("referrer", referrer)] {
        let mut reward = reward(seed.index(), side, owner, &referral);
        // Nothing of it can be spent yet.
        reward["redemptions"] = json!([]);
        if reward.get("redeemedCredit").is_some() {
            reward["redeemedCredit"] = json!(0);
        }
        if is_pending {
            reward["dateGiven"] = Value::Null;
        }
        referral[format!("{side}Reward")] = reward;
    }
    referral
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by)
        .expect("the result is within jiff's range")
}
