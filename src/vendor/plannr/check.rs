//! What can be told to be wrong with a write before it is sent.

use std::collections::HashSet;

use serde_json::Value;

use super::content::{connection_uuid, is_remote_id, uuid};
use super::schema::{AdviceType, NewPlannrReferral, SharedDataCategory};
use crate::model::{Decision, ModerationSide, Problem, ProblemCode, Verdict, Write};

/// Plannr documents no bound.
const MAX_CLIENTS: usize = 100;

/// How long a referral may last; none is for life.
const MONTHS: [i32; 4] = [1, 2, 3, 6];

/// Plannr documents no bound.
const MAX_NOTE: usize = 10_000;

/// Plannr documents no bound.
const MAX_REASON: usize = 2_000;

const ADVISER_KEY_LENGTH: usize = 8;

pub(super) fn write(write: &Write) -> Vec<Problem> {
    match write {
        Write::Create { input } => referral(input),
        Write::RequestConnection { adviser_key } => connection(adviser_key),
        Write::Moderate { decisions } => moderation(decisions),
        _ => {
            let message = "Plannr has no such write.";
            vec![Problem::new(ProblemCode::Unsupported, message)]
        }
    }
}

fn referral(input: &Value) -> Vec<Problem> {
    let Ok(input) = serde_json::from_value::<NewPlannrReferral>(input.clone()) else {
        let message = "This is not the input of a Plannr referral.";
        return vec![Problem::new(ProblemCode::Invalid, message)];
    };
    let mut problems = Vec::new();
    if connection_uuid(&input.connection_id).is_none() {
        let message = "Give the id of a Plannr connection, or Plannr's own id of it.";
        problems.push(Problem::invalid("connectionId", message));
    }
    let ids: Vec<&str> = input.client_ids.iter().map(|id| id.as_str()).collect();
    clients(&ids, &mut problems);
    if input.advice_type == AdviceType::Unrecognized {
        problems.push(unrecognized("adviceType"));
    }
    let is_offered = |months: i32| MONTHS.contains(&months);
    if !input.duration_months.is_none_or(is_offered) {
        let message = "A referral lasts 1, 2, 3 or 6 months, or for life when this is left out.";
        problems.push(Problem::invalid("durationMonths", message));
    }
    for (index, category) in input.shared_data.iter().flatten().enumerate() {
        if *category == SharedDataCategory::Unrecognized {
            problems.push(unrecognized(&format!("sharedData.{index}")));
        }
    }
    // Others are not written in the form that Plannr documents.
    if input.sla_deadline.is_some_and(|day| day.0.year() < 1) {
        let message = "This is not a day of our era.";
        problems.push(Problem::invalid("slaDeadline", message));
    }
    if input
        .note
        .is_some_and(|note| note.chars().count() > MAX_NOTE)
    {
        let message = "A note has at most 10,000 characters.";
        problems.push(Problem::invalid("note", message));
    }
    problems
}

fn clients(ids: &[&str], problems: &mut Vec<Problem>) {
    if ids.is_empty() || ids.len() > MAX_CLIENTS {
        let message = "Name between 1 and 100 clients.";
        problems.push(Problem::invalid("clientIds", message));
    }
    let mut seen = HashSet::new();
    // Of too many, no more is said than of as many as there may be.
    for (index, id) in ids.iter().enumerate().take(MAX_CLIENTS) {
        let message = if !is_remote_id(id) {
            "Give Plannr's own id of a client's account."
        } else if !seen.insert(uuid(id)) {
            "This client is named twice."
        } else {
            continue;
        };
        problems.push(Problem::invalid(&format!("clientIds.{index}"), message));
    }
}

fn connection(key: &str) -> Vec<Problem> {
    if key.len() == ADVISER_KEY_LENGTH && key.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Vec::new();
    }
    let message = "An adviser's key is 8 letters and digits.";
    vec![Problem::invalid("adviserKey", message)]
}

fn moderation(decisions: &[Decision]) -> Vec<Problem> {
    if decisions.is_empty() {
        return vec![Problem::invalid("decisions", "There is nothing to decide.")];
    }
    let mut problems = Vec::new();
    for (index, decision) in decisions.iter().enumerate() {
        if decision.side != ModerationSide::Both {
            let message = "Plannr's referrals have no sides: leave it at BOTH.";
            problems.push(Problem::invalid(
                &format!("decisions.{index}.side"),
                message,
            ));
        }
        if decision.verdict == Verdict::Deny && !is_reason(decision.reason.as_deref()) {
            let message = "Plannr wants a reason for a denial, of at most 2,000 characters.";
            problems.push(Problem::invalid(
                &format!("decisions.{index}.reason"),
                message,
            ));
        }
    }
    problems
}

fn is_reason(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty() && text.chars().count() <= MAX_REASON)
}

fn unrecognized(path: &str) -> Problem {
    Problem::invalid(path, "UNRECOGNIZED is found in answers only.")
}
