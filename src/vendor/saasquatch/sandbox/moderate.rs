//! Referrals approved and denied, up to a hundred at a time: <https://docs.saasquatch.com/api/methods#moderate_referrals>.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::{self, Problem};
use super::query::Query;
use super::{SaaSquatch, referrals};
use crate::sandbox::{Document, Problems};

/// Each with the sides it is about and what these become.
const ACTIONS: [(&str, &[&str], &str); 6] = [
    ("APPROVED", &["referred", "referrer"], "APPROVED"),
    ("DENIED", &["referred", "referrer"], "DENIED"),
    ("REFERRER_APPROVED", &["referrer"], "APPROVED"),
    ("REFERRED_APPROVED", &["referred"], "APPROVED"),
    ("REFERRER_DENIED", &["referrer"], "DENIED"),
    ("REFERRED_DENIED", &["referred"], "DENIED"),
];
const NAMES: [&str; 6] = [
    ACTIONS[0].0,
    ACTIONS[1].0,
    ACTIONS[2].0,
    ACTIONS[3].0,
    ACTIONS[4].0,
    ACTIONS[5].0,
];
const MOST: usize = 100;

/// `POST /referrals/moderate`: 200 without a body.
pub(super) async fn moderate(
    State(app): State<SaaSquatch>,
    RawQuery(query): RawQuery,
    problems: Problems,
    document: Document,
) -> Response {
    document.headers(&[]);
    for note in Query::read(query.as_deref(), &[]).notes {
        problems.note(note);
    }
    if app.is("tenant", "ga") && app.is("moderate_on_ga", "refused") {
        return answer::refusal(&app, &answer::not_supported());
    }
    let done = read(&document).and_then(|actions| apply(&app, &actions));
    match done {
        Ok(()) => Response::new(Body::empty()),
        Err(problem) => answer::refusal(&app, &problem),
    }
}

fn read(document: &Document) -> Result<Vec<(String, &'static str)>, Problem> {
    let fields = document.object();
    fields.documented(&["actions"]);
    fields.required(&["actions"]);
    let actions = fields.objects("actions").unwrap_or_default();
    if fields.has("actions") && !(1..=MOST).contains(&actions.len()) {
        fields.complain("actions", format!("must have 1 to {MOST} items"));
    }
    let mut read = Vec::new();
    for action in &actions {
        action.documented(&["referralId", "action"]);
        action.required(&["referralId", "action"]);
        let id = action.text("referralId");
        read.extend(id.zip(action.one_of("action", &NAMES)));
    }
    answer::check(document)?;
    Ok(read)
}

/// In the order given, and all or none: whether a part can succeed is on no page.
fn apply(app: &SaaSquatch, actions: &[(String, &'static str)]) -> Result<(), Problem> {
    let now = app.setup.clock.now().as_millisecond();
    let mut state = app.state();
    let known = state.referrals.iter().enumerate();
    let known: HashMap<String, usize> = known
        .filter(|(_, record)| app.knows(record))
        .map(|(index, record)| (record.seed.id(), index))
        .collect();
    let mut changed: HashMap<usize, Value> = HashMap::new();
    for (id, action) in actions {
        let Some(index) = known.get(id).copied() else {
            if app.is("moderate_unknown", "partial") {
                continue;
            }
            return Err(referrals::missing());
        };
        let referral = changed
            .entry(index)
            .or_insert_with(|| state.referrals[index].referral().clone());
        let (_, sides, status) = ACTIONS
            .iter()
            .find(|(name, ..)| name == action)
            .expect("the body was checked");
        for side in *sides {
            decide(referral, side, status, now)?;
        }
        referral["moderationStatus"] = json!("ACTIONED");
        referral["dateModerated"] = json!(now);
        referral["dateModified"] = json!(now);
    }
    for (index, referral) in changed {
        state.referrals[index].rewrite(referral);
    }
    Ok(())
}

/// A denial cancels the side's reward, an approval takes that back or gives it in the first place.
fn decide(referral: &mut Value, side: &str, status: &str, now: i64) -> Result<(), Problem> {
    referral[format!("{side}ModerationStatus")] = json!(status);
    let Some(reward) = referral
        .get_mut(format!("{side}Reward"))
        .filter(|reward| reward.is_object())
    else {
        return Ok(());
    };
    let is_cancelled = reward["dateCancelled"].is_i64();
    if status == "APPROVED" {
        reward["dateCancelled"] = Value::Null;
        if reward["dateGiven"].is_null() && reward["dateScheduledFor"].is_null() {
            reward["dateGiven"] = json!(now);
        }
        return Ok(());
    }
    if is_cancelled {
        return Ok(());
    }
    if reward["cancellable"] != true {
        let status = StatusCode::BAD_REQUEST;
        let message = "The reward of the referral cannot be cancelled.";
        return Err(Problem::new(
            status,
            "REWARD_NOT_CANCELLABLE",
            None,
            message,
        ));
    }
    reward["dateCancelled"] = json!(now);
    Ok(())
}
