//! Referrals: the list, one by its id, and the open list of one user's:
//! <https://integrations.impact.com/brand-api-reference/>.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::SaaSquatch;
use super::answer::{self, Answer, Answered, Problem};
use super::caller::Caller;
use super::memory::{Memory, Record, UserKey};
use super::query::{Query, Range};
use crate::sandbox::world;

const LIST: [&str; 8] = [
    "referringAccountId",
    "referringUserId",
    "dateReferralPaid",
    "dateReferralEnded",
    "referredModerationStatus",
    "referrerModerationStatus",
    "limit",
    "offset",
];
const OPEN_LIST: [&str; 6] = [
    "referringAccountId",
    "referringUserId",
    "referredAccountId",
    "referredUserId",
    "limit",
    "offset",
];
/// Filters of the open list in the pages of 2020, gone in those of 2026.
const OPEN_LIST_FULL: [&str; 11] = [
    "referringAccountId",
    "referringUserId",
    "referredAccountId",
    "referredUserId",
    "limit",
    "offset",
    "dateReferralStarted",
    "dateReferralPaid",
    "dateReferralEnded",
    "referredModerationStatus",
    "referrerModerationStatus",
];

/// What a list is narrowed to.
#[derive(Default)]
struct Filter<'a> {
    users: Vec<(UserField, &'a str)>,
    times: Vec<(&'static str, Range)>,
    moderation: Vec<(&'static str, &'a str)>,
}

type UserField = fn(&Record) -> &str;

/// The parameters that name a user of the referral.
const USER_FIELDS: [(&str, UserField); 4] = [
    ("referringAccountId", |record| &record.referrer.account),
    ("referringUserId", |record| &record.referrer.user),
    ("referredAccountId", |record| &record.referred.account),
    ("referredUserId", |record| &record.referred.user),
];

/// `GET /referrals`.
pub(super) async fn list(State(app): State<SaaSquatch>, RawQuery(query): RawQuery) -> Response {
    let query = Query::read(query.as_deref(), &LIST);
    let answer = Filter::read(&app, &query, &LIST).and_then(|filter| page(&app, &query, &filter));
    answer::send(&app, answer)
}

/// `GET /open/referrals`.
pub(super) async fn open_list(
    State(app): State<SaaSquatch>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Response {
    answer::send(&app, open_list_answer(&app, &caller, query.as_deref()))
}

fn open_list_answer(app: &SaaSquatch, caller: &Caller, query: Option<&str>) -> Answer {
    let documented: &[&str] = if app.is("open_list_filters", "full") {
        &OPEN_LIST_FULL
    } else {
        &OPEN_LIST
    };
    let query = Query::read(query, documented);
    let pair = |account: &str, user: &str| {
        Some(UserKey {
            account: query.text(account)?.to_owned(),
            user: query.text(user)?.to_owned(),
        })
    };
    let user = pair("referringAccountId", "referringUserId")
        .or_else(|| pair("referredAccountId", "referredUserId"));
    if user.is_none() && app.is("open_list_pair", "required") {
        let message = "Either the referring or the referred accountId and userId are needed.";
        return Err(Problem::invalid(message));
    }
    let is_server = matches!(caller, Caller::Server);
    if !is_server && !user.is_some_and(|user| caller.may_read(&user)) {
        let message = "The user token is not for this user.";
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            None,
            message,
        ));
    }
    let filter = Filter::read(app, &query, documented)?;
    page(app, &query, &filter)
}

/// `GET /referrals/{id}`.
pub(super) async fn lookup(
    State(app): State<SaaSquatch>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref(), &[]);
    let answer = {
        let state = app.state();
        let found = state
            .referrals
            .iter()
            .find(|record| record.referral()["id"] == id && app.knows(record));
        found
            .map(|record| whole(&app, &state, record))
            .ok_or_else(missing)
    };
    let notes = query.notes;
    answer::send(&app, answer.map(|body| Answered { body, notes }))
}

pub(super) fn missing() -> Problem {
    let status = StatusCode::NOT_FOUND;
    Problem::new(status, "REFERRAL_NOT_FOUND", None, "Referral not found.")
}

impl<'a> Filter<'a> {
    /// Reads those parameters that the endpoint has.
    fn read(app: &SaaSquatch, query: &'a Query, documented: &[&str]) -> Result<Self, Problem> {
        let mut filter = Self::default();
        let has = |name: &str| documented.contains(&name);
        for (name, field) in USER_FIELDS.into_iter().filter(|(name, _)| has(name)) {
            filter
                .users
                .extend(query.text(name).map(|text| (field, text)));
        }
        let times = [
            "dateReferralStarted",
            "dateReferralPaid",
            "dateReferralEnded",
        ];
        for name in times.into_iter().filter(|name| has(name)) {
            filter
                .times
                .extend(query.range(app, name)?.map(|range| (name, range)));
        }
        let moderation = ["referredModerationStatus", "referrerModerationStatus"];
        for name in moderation.into_iter().filter(|name| has(name)) {
            filter
                .moderation
                .extend(query.moderation(app, name)?.map(|status| (name, status)));
        }
        Ok(filter)
    }

    fn holds(&self, record: &Record) -> bool {
        let referral = record.referral();
        self.users
            .iter()
            .all(|(field, wanted)| field(record) == *wanted)
            && self
                .times
                .iter()
                .all(|(name, range)| range.holds(&referral[*name]))
            && self
                .moderation
                .iter()
                .all(|(name, wanted)| referral[*name] == **wanted)
    }
}

fn page(app: &SaaSquatch, query: &Query, filter: &Filter<'_>) -> Answer {
    let state = app.state();
    let mut records: Vec<_> = state
        .referrals
        .iter()
        .filter(|record| app.knows(record) && filter.holds(record))
        .collect();
    match app.setup.switches.get("order") {
        "shuffled" => {
            records.sort_by_cached_key(|record| world::id("saasquatch/order", &record.seed.id()));
        }
        order => {
            records.sort_by_key(|record| record.seed.started);
            if order == "newest" {
                records.reverse();
            }
        }
    }
    let write = |record: &&Record| {
        let mut row = whole(app, &state, record);
        if let Some(members) = row
            .as_object_mut()
            .filter(|_| app.is("list_users", "scalars"))
        {
            members.retain(|name, _| !name.ends_with("User") && !name.ends_with("Reward"));
        }
        row
    };
    let body = query.page(app, "referrals", &records, write)?;
    let notes = query.notes.clone();
    Ok(Answered { body, notes })
}

/// The referral with its users, as far as they still exist.
fn whole(app: &SaaSquatch, state: &Memory, record: &Record) -> Value {
    let mut referral = record.referral().clone();
    for (name, key) in [
        ("referrerUser", &record.referrer),
        ("referredUser", &record.referred),
    ] {
        if let Some(user) = state.user(key) {
            referral[name] = user.clone();
        }
    }
    if app.is("user_modified", "referred_user") {
        referral["dateUserModified"] = referral["dateModified"].clone();
    }
    if let Some(members) = referral
        .as_object_mut()
        .filter(|_| app.is("generation", "2020"))
    {
        for name in ["dateConverted", "dateModified", "dateUserModified"] {
            members.remove(name);
        }
    }
    referral
}
