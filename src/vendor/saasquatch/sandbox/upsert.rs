//! Users who are created or changed, with their account, and referred on the way:
//! <https://integrations.impact.com/brand-api-reference/>.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answer::{self, Answer, Answered, Problem};
use super::caller::Caller;
use super::forms::{bad, is_code, well_formed};
use super::memory::{Memory, User, UserKey};
use super::query::Query;
use super::{SaaSquatch, refer, seed, users};
use crate::sandbox::{Document, Fields};

/// Of one account.
const MOST_USERS: usize = 1_000;

const FIELDS: [&str; 18] = [
    "id",
    "accountId",
    "firstName",
    "lastName",
    "email",
    "referable",
    "referralCode",
    "referralCodes",
    "paymentProviderId",
    "locale",
    "countryCode",
    "dateUsTaxFormSubmitted",
    "imageUrl",
    "segments",
    "shareLinks",
    "customFields",
    "referredByCodes",
    "cookies",
];
/// Strings that a user has under the same name.
const TEXTS: [&str; 7] = [
    "firstName",
    "lastName",
    "email",
    "paymentProviderId",
    "locale",
    "countryCode",
    "imageUrl",
];

/// What was asked for, in good form.
struct Wanted {
    /// Of [`TEXTS`].
    texts: Vec<(&'static str, String)>,
    /// The user's own.
    code: Option<String>,
    referable: Option<bool>,
    segments: Vec<String>,
    custom_fields: Map<String, Value>,
    referred_by: Vec<refer::By>,
}

/// `PUT /open/account/{accountId}/user/{userId}`.
pub(super) async fn put(
    State(app): State<SaaSquatch>,
    Extension(caller): Extension<Caller>,
    Path((account, user)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    document: Document,
) -> Response {
    let key = UserKey { account, user };
    let answer = upsert(&app, &caller, &key, query.as_deref(), &document);
    answer::send(&app, answer)
}

/// `POST /open/account/{accountId}/user/{userId}`: the same with another status.
pub(super) async fn post(
    State(app): State<SaaSquatch>,
    Extension(caller): Extension<Caller>,
    Path((account, user)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    document: Document,
) -> Response {
    let key = UserKey { account, user };
    let answer = upsert(&app, &caller, &key, query.as_deref(), &document);
    answer::send_as(&app, StatusCode::CREATED, answer)
}

fn upsert(
    app: &SaaSquatch,
    caller: &Caller,
    key: &UserKey,
    query: Option<&str>,
    document: &Document,
) -> Answer {
    document.headers(&["x-saasquatch-user-token"]);
    let notes = Query::read(query, &[]).notes;
    caller.check_write(key)?;
    let wanted = read(app, key, document)?;
    let body = apply(app, &mut app.state(), key, wanted)?;
    Ok(Answered { body, notes })
}

fn read(app: &SaaSquatch, key: &UserKey, document: &Document) -> Result<Wanted, Problem> {
    let fields = document.object();
    let mut documented = FIELDS.to_vec();
    if app.is("generation", "2020") {
        documented.push("referredBy");
    }
    fields.documented(&documented);
    fields.required(&["id", "accountId"]);
    let ids = [
        ("id", fields.text("id"), &key.user),
        ("accountId", fields.text("accountId"), &key.account),
    ];
    for (name, sent, expected) in ids {
        if sent.is_some_and(|sent| sent != *expected) {
            fields.complain(name, "must be the one in the path");
        }
    }
    let texts = TEXTS
        .iter()
        .filter_map(|name| Some((*name, fields.text(name)?)));
    let texts: Vec<_> = texts.collect();
    let custom_fields = fields.object("customFields");
    let wanted = Wanted {
        code: own_code(&fields),
        referable: fields.flag("referable"),
        segments: fields.texts("segments").unwrap_or_default(),
        custom_fields: custom_fields.map(|fields| fields.all()).unwrap_or_default(),
        referred_by: referred_by(app, &fields),
        texts,
    };
    fields.text("cookies");
    fields.integer("dateUsTaxFormSubmitted");
    fields.object("shareLinks");
    answer::check(document)?;
    for (name, text) in &wanted.texts {
        well_formed(name, text)?;
    }
    if wanted.code.as_ref().is_some_and(|code| !is_code(code)) {
        return Err(bad("RS034", "The referral code is invalid."));
    }
    Ok(wanted)
}

/// One for all programs, or the first of one for each: there is one program here that has codes.
fn own_code(fields: &Fields<'_>) -> Option<String> {
    let of_program = fields.object("referralCodes").and_then(|codes| {
        let name = codes.names().next()?.to_owned();
        codes.text(&name)
    });
    fields.text("referralCode").or(of_program)
}

/// Codes are for programs that are not classic, the object is for those that are.
fn referred_by(app: &SaaSquatch, fields: &Fields<'_>) -> Vec<refer::By> {
    let codes = fields.texts("referredByCodes").unwrap_or_default();
    let mut all: Vec<_> = codes.into_iter().map(refer::By::program).collect();
    if app.is("tenant", "classic") {
        all.clear();
    }
    if app.is("tenant", "ga") || !app.is("generation", "2020") {
        return all;
    }
    let object = fields.object("referredBy");
    all.extend(object.and_then(|object| {
        object.documented(&["code", "isConverted"]);
        Some(refer::By {
            code: object.text("code")?,
            program: None,
            is_converted: object.flag("isConverted").unwrap_or(false),
        })
    }));
    all
}

fn apply(
    app: &SaaSquatch,
    state: &mut Memory,
    key: &UserKey,
    wanted: Wanted,
) -> Result<Value, Problem> {
    let known = state.users.get(key).cloned();
    let is_new = known.is_none();
    if is_new && state.users.of_account(&key.account) >= MOST_USERS {
        return Err(bad("RS013", "The account has too many users."));
    }
    if let Some(code) = wanted.code.as_deref() {
        let owner = state.user_with_code(code).map(UserKey::of);
        if owner.is_some_and(|owner| owner != *key) {
            return Err(bad("RS034", "The referral code is in use already."));
        }
    }
    // All codes are looked at before anything is changed.
    let found = refer::referrers(app, state, &wanted.referred_by)?;
    let mut user = known.unwrap_or_else(|| User {
        shown: seed::new_user(key, app.setup.clock.now()),
        open: Map::new(),
    });
    for (name, text) in wanted.texts {
        user.shown[name] = json!(text);
        match name {
            "email" => user.shown["emailHash"] = json!(seed::email_hash(&text)),
            "lastName" => {
                user.shown["lastInitial"] = json!(text.chars().next().map(String::from));
            }
            _ => {}
        }
    }
    let takes_code = is_new || app.is("code_on_existing_user", "honoured");
    let code = wanted.code.filter(|_| takes_code);
    if let Some(code) = code.or_else(|| is_new.then(|| free_code(state, &user.shown))) {
        user.shown["shareLinks"] = seed::share_links(&code);
        user.shown["referralCode"] = json!(code);
    }
    open_fields(
        &mut user.open,
        wanted.referable,
        &wanted.segments,
        wanted.custom_fields,
    );
    if is_new || app.is("refer_existing_user", "honoured") {
        let mut codes = Vec::new();
        for (by, referrer) in found {
            if refer::refer(app, state, &by, referrer, key.clone()) {
                codes.push(by.code);
            }
        }
        if !codes.is_empty() {
            user.open.insert("referredByCodes".to_owned(), json!(codes));
        }
    }
    let body = users::open_user(&user);
    state.users.put(user);
    Ok(body)
}

fn open_fields(
    open: &mut Map<String, Value>,
    referable: Option<bool>,
    segments: &[String],
    custom_fields: Map<String, Value>,
) {
    if let Some(referable) = referable {
        open.insert("referable".to_owned(), json!(referable));
    }
    let kept = open.entry("segments").or_insert_with(|| json!([]));
    if let Some(kept) = kept.as_array_mut() {
        for segment in segments {
            // A tilde takes the user out of the segment.
            let name = segment.trim_start_matches('~');
            kept.retain(|one| one != name);
            if name == segment {
                kept.push(json!(name));
            }
        }
    }
    let kept = open.entry("customFields").or_insert_with(|| json!({}));
    if let Some(kept) = kept.as_object_mut() {
        kept.extend(custom_fields);
    }
}

/// Made from the name, and from a number where another user has it.
fn free_code(state: &Memory, user: &Value) -> String {
    let text = |name: &str| user[name].as_str().unwrap_or_default();
    let name = format!("{}{}", text("firstName"), text("lastName")).to_uppercase();
    let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect();
    let letters = if letters.is_empty() { "USER" } else { &letters };
    let short = |most: usize| &letters[..letters.len().min(most)];
    let plain = short(15).to_owned();
    if state.user_with_code(&plain).is_none() {
        return plain;
    }
    let users = state.users.all().count();
    (users..=users * 2)
        .map(|number| format!("{}{number:05}", short(8)))
        .find(|code| state.user_with_code(code).is_none())
        .expect("there are more numbers than users")
}
