//! Referrals approved and denied.

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::model::{Decision, ModerationSide, Verdict, WriteOutcome};
use crate::vendor::Decided;

const MODERATE: &str = "POST /referrals/moderate";

pub(super) fn approving(ids: &[&str]) -> Write {
    let decisions = ids
        .iter()
        .map(|id| decision(id, Verdict::Approve, ModerationSide::Both));
    Write::Moderate {
        decisions: decisions.collect(),
    }
}

pub(super) fn decision(id: &str, verdict: Verdict, side: ModerationSide) -> Decision {
    Decision {
        referral: id.to_owned(),
        verdict,
        side,
        reason: Some("Ada Okoro said so".to_owned()),
    }
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("r{n}")).collect()
}

fn approving_all(ids: &[String]) -> Write {
    approving(&ids.iter().map(String::as_str).collect::<Vec<_>>())
}

pub(super) fn each(written: Result<Written, Error>) -> Vec<Decided> {
    match written.unwrap() {
        Written::Each(decided) => decided,
        _ => panic!("not one answer for each"),
    }
}

pub(super) fn ids(asked: &Asked) -> Vec<String> {
    let body = body(asked);
    let actions = body["actions"].as_array().unwrap().iter();
    actions
        .map(|action| action["referralId"].as_str().unwrap().to_owned())
        .collect()
}

pub(super) fn sides(referrer: &str, friend: &str) -> Value {
    json!({
        "id": "r", "moderationStatus": "ACTIONED",
        "referrerModerationStatus": referrer, "referredModerationStatus": friend,
    })
}

/// A vendor that refuses a call in which one of these is; the missing ones are not there either.
async fn vendor(missing: &'static [&'static str], stubborn: &'static [&'static str]) -> World {
    World::start(move |asked| {
        if asked.method == "GET" {
            let id = asked.path.rsplit('/').next().unwrap();
            if missing.contains(&id) {
                return refused(404, "REFERRAL_NOT_FOUND", None);
            }
            return (200, sides("PENDING", "PENDING").to_string());
        }
        let ids: BTreeSet<_> = ids(asked).into_iter().collect();
        if missing.iter().any(|id| ids.contains(*id)) {
            return refused(404, "REFERRAL_NOT_FOUND", None);
        }
        if stubborn.iter().any(|id| ids.contains(*id)) {
            return refused(400, "REWARD_NOT_CANCELLABLE", None);
        }
        (200, String::new())
    })
    .await
}

/// The places that were not applied, each with its code.
pub(super) fn failed(decided: &[Decided]) -> Vec<(usize, ProblemCode)> {
    let mut failed = Vec::new();
    for (place, decided) in decided.iter().enumerate() {
        if decided.outcome != WriteOutcome::Applied {
            assert_eq!(decided.outcome, WriteOutcome::Rejected);
            failed.push((place, decided.problems[0].code));
        }
    }
    failed
}

#[tokio::test]
async fn decisions_are_sent_as_documented_in_one_call_and_without_their_reasons() {
    use ModerationSide::{Both, Referred, Referrer};
    use Verdict::{Approve, Deny};
    let all = [
        ("a", Approve, Both, "APPROVED"),
        ("b", Deny, Both, "DENIED"),
        ("c", Approve, Referrer, "REFERRER_APPROVED"),
        ("d", Deny, Referrer, "REFERRER_DENIED"),
        ("e", Approve, Referred, "REFERRED_APPROVED"),
        ("f", Deny, Referred, "REFERRED_DENIED"),
    ];
    let decisions = all.map(|(id, verdict, side, _)| decision(id, verdict, side));
    let write = Write::Moderate {
        decisions: decisions.into(),
    };
    for answer in [(200, ""), (204, ""), (202, "<p>")] {
        let world = World::start(move |_| (answer.0, answer.1.to_owned())).await;
        let decided = each(world.write(&write, &first()).await);
        assert_eq!((decided.len(), failed(&decided)), (6, vec![]));
        assert_eq!(world.lines(), [MODERATE]);
        let actions = all.map(|(id, _, _, action)| json!({ "referralId": id, "action": action }));
        assert_eq!(body(&world.sent()[0]), json!({ "actions": actions }));
    }
}

#[tokio::test]
async fn a_referral_that_is_not_there_costs_no_other_its_decision() {
    let world = vendor(&["r42"], &[]).await;
    let ids = numbered(100);
    let decided = each(world.write(&approving_all(&ids), &first()).await);
    assert_eq!(failed(&decided), [(42, ProblemCode::NotFound)]);
    assert!(world.sent().len() < 10, "{}", world.sent().len());
    let reads = world.lines().len() - world.sent().len();
    assert!((1..=16).contains(&reads), "{reads}");
}

#[tokio::test]
async fn a_referral_that_cannot_be_moderated_costs_no_other_its_decision() {
    let world = vendor(&["r3", "r70"], &["r5", "r99"]).await;
    let mut write = approving_all(&numbered(100));
    if let Write::Moderate { decisions } = &mut write {
        decisions[5].verdict = Verdict::Deny;
    }
    let decided = each(world.write(&write, &first()).await);
    assert_eq!(
        failed(&decided),
        [
            (3, ProblemCode::NotFound),
            (5, ProblemCode::IllegalTransition),
            (70, ProblemCode::NotFound),
            (99, ProblemCode::Invalid),
        ]
    );
    let message = &decided[5].problems[0].message;
    assert!(message.contains("(REWARD_NOT_CANCELLABLE)"), "{message}");
    assert!(!message.contains("ada"), "{message}");
}

#[tokio::test]
async fn a_single_decision_that_is_refused_is_explained() {
    for (missing, code) in [
        (&["r1"][..], ProblemCode::NotFound),
        (&[], ProblemCode::Invalid),
    ] {
        let world = vendor(missing, &["r1"]).await;
        let decided = each(world.write(&approving(&["r1"]), &first()).await);
        assert_eq!(failed(&decided), [(0, code)]);
        assert_eq!(world.lines(), [MODERATE, "GET /referrals/r1"]);
    }
}

#[tokio::test]
async fn a_vendor_that_refuses_everything_is_not_asked_for_ever() {
    let world = World::start(|asked| match asked.method.as_str() {
        "GET" => (200, sides("PENDING", "APPROVED").to_string()),
        _ => refused(400, "VALIDATION_FAILED", None),
    })
    .await;
    let write = approving_all(&numbered(100));
    let decided = each(world.write(&write, &first()).await);
    assert_eq!(failed(&decided).len(), 100);
    assert_eq!(world.sent().len(), 115);
}

#[tokio::test]
async fn decisions_on_one_referral_are_made_in_their_order() {
    let world = vendor(&[], &["bad"]).await;
    let decisions = vec![
        decision("a", Verdict::Deny, ModerationSide::Both),
        decision("bad", Verdict::Approve, ModerationSide::Both),
        decision("a", Verdict::Approve, ModerationSide::Referrer),
    ];
    let write = Write::Moderate { decisions };
    let decided = each(world.write(&write, &first()).await);
    assert_eq!(failed(&decided), [(1, ProblemCode::Invalid)]);
    let sent = world.sent();
    let applied = sent
        .iter()
        .map(ids)
        .filter(|ids| !ids.contains(&"bad".to_owned()));
    assert_eq!(applied.collect::<Vec<_>>(), [["a"], ["a"]]);
    assert!(sent.last().unwrap().body.contains("REFERRER_APPROVED"));
}

#[tokio::test]
async fn what_is_no_refusal_of_a_decision_stays_an_error_and_after_some_answers_the_rest_is_unknown()
 {
    for (status, kind) in [
        (401, Kind::Unauthorized),
        (403, Kind::Unauthorized),
        (429, Kind::RateLimited),
        (500, Kind::Unavailable),
    ] {
        let world = World::start(move |_| refused(status, "X", None)).await;
        let error = world.write(&approving(&["a", "b"]), &first()).await.err();
        let error = error.unwrap();
        assert_eq!((error.kind, error.is_unsent()), (kind, false));
        assert_eq!(world.lines(), [MODERATE]);
    }
    for status in [401, 403, 429, 500] {
        let world = World::start(move |asked| match ids(asked).len() {
            100 => refused(400, "X", None),
            _ if ids(asked)[0] == "r0" => (200, String::new()),
            _ => refused(status, "X", None),
        })
        .await;
        let decided = each(world.write(&approving_all(&numbered(100)), &first()).await);
        let outcomes: Vec<_> = decided.iter().map(|it| it.outcome).collect();
        assert_eq!(outcomes[..50], [WriteOutcome::Applied; 50]);
        assert_eq!(outcomes[50..], [WriteOutcome::Unknown; 50]);
        assert_eq!(world.sent().len(), 3);
    }
    let world = World::start(|asked| match asked.method.as_str() {
        "POST" if ids(asked).len() > 1 => refused(400, "X", None),
        "POST" => refused(429, "X", None),
        _ => (200, sides("PENDING", "PENDING").to_string()),
    })
    .await;
    unknown(world.write(&approving(&["a", "b"]), &first()).await);
}

#[tokio::test]
async fn a_failed_look_for_the_missing_leaves_the_answer_to_the_vendor() {
    let world = World::start(|asked| match asked.method.as_str() {
        "GET" => refused(500, "X", None),
        _ if ids(asked).contains(&"bad".to_owned()) => refused(400, "X", None),
        _ => (200, String::new()),
    })
    .await;
    let decided = each(world.write(&approving(&["a", "bad", "c"]), &first()).await);
    assert_eq!(failed(&decided), [(1, ProblemCode::Invalid)]);
}
