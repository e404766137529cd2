//! Accepting and rejecting referrals.

use pretty_assertions::assert_eq;

use super::writes::*;
use super::*;
use crate::model::{Decision, ProblemCode, WriteOutcome};

/// A vendor that refuses to change anything with this status, and has this referral.
async fn refusing(status: u16, there: Option<Value>) -> (Stub, Adapted) {
    plannr(move |asked| match (asked.method.as_str(), &there) {
        ("POST", _) => (status, r#"{"message":"No."}"#.to_owned()),
        (_, Some(there)) => json(there),
        (_, None) => (404, "{}".to_owned()),
    })
    .await
}

#[expect(clippy::unnecessary_wraps, reason = "another may not be there")]
fn there(direction: &str, status: &str) -> Option<Value> {
    Some(json!({ "uuid": "r1", "direction": direction, "status": status }))
}

async fn decide(adapter: &Adapted, decision: Decision) -> (WriteOutcome, Vec<Problem>) {
    decided(adapter.write(&call(), &moderate(decision), &sent()).await)
}

#[tokio::test]
async fn an_approval_is_a_call_without_a_body_whose_answer_is_not_trusted() {
    let still_pending = there("received", "pending").unwrap().to_string();
    for answer in [still_pending, String::new()] {
        let (vendor, adapter) = plannr(move |_| (200, answer.clone())).await;
        let (outcome, problems) = decide(&adapter, approve()).await;
        assert_eq!((outcome, &*problems), (WriteOutcome::Applied, &[][..]));
        assert_eq!(lines(&vendor), ["POST /api/v1/referrals/r1/accept"]);
        let asked = &vendor.asked()[0];
        assert_headers(asked);
        assert_eq!(asked.body, "");
        assert_eq!(asked.header("content-length"), Some("0"));
    }
}

#[tokio::test]
async fn a_denial_gives_its_reason() {
    let (vendor, adapter) = plannr(|_| (200, REFERRAL.to_owned())).await;
    let (outcome, _) = decide(&adapter, deny("No room.")).await;
    assert_eq!(outcome, WriteOutcome::Applied);
    assert_eq!(lines(&vendor), ["POST /api/v1/referrals/r1/reject"]);
    let asked = &vendor.asked()[0];
    assert_headers(asked);
    assert_eq!(body(asked), json!({ "rejection_reason": "No room." }));
}

#[tokio::test]
async fn a_referral_that_stands_as_asked_was_decided_before() {
    for status in [403, 404, 409, 422] {
        for (decision, word) in [(approve(), "accepted"), (deny("No room."), "rejected")] {
            let (vendor, adapter) = refusing(status, there("received", word)).await;
            let (outcome, problems) = decide(&adapter, decision).await;
            let expected = (WriteOutcome::AlreadyApplied, &[][..]);
            assert_eq!((outcome, &*problems), expected, "{status} {word}");
            assert_eq!(lines(&vendor)[1], "GET /api/v1/referrals/r1");
        }
    }
}

#[tokio::test]
async fn a_referral_beyond_the_decision_is_an_illegal_transition_that_names_where_it_stands() {
    for status in [403, 404, 409, 422] {
        for (direction, word, hint) in [
            ("received", "rejected", "rejected"),
            ("received", "expired", "expired"),
            ("received", "in_review", "in_review"),
            ("received", "x@y", "pending"),
            ("sent", "pending", "sent to"),
        ] {
            let (_vendor, adapter) = refusing(status, there(direction, word)).await;
            let (outcome, problems) = decide(&adapter, approve()).await;
            assert_eq!(outcome, WriteOutcome::Rejected);
            let expected = (
                ProblemCode::IllegalTransition,
                "decisions.0.decision".to_owned(),
            );
            assert_eq!(places(&problems), [expected], "{status} {word}");
            assert!(problems[0].message.contains(hint), "{problems:?}");
        }
    }
}

#[tokio::test]
async fn a_referral_that_is_not_there_is_not_found() {
    let expected = [(ProblemCode::NotFound, "decisions.0.referralId".to_owned())];
    let (_vendor, adapter) = refusing(404, None).await;
    let (outcome, problems) = decide(&adapter, approve()).await;
    assert_eq!(outcome, WriteOutcome::Rejected);
    assert_eq!(places(&problems), expected);

    let (vendor, adapter) = plannr(|_| (200, REFERRAL.to_owned())).await;
    let nowhere = Decision {
        referral: "..".to_owned(),
        ..approve()
    };
    assert_eq!(places(&decide(&adapter, nowhere).await.1), expected);
    assert_eq!(vendor.asked().len(), 0);
}

#[tokio::test]
async fn a_referral_that_could_be_decided_leaves_the_refusal() {
    for (status, code) in [
        (403, ProblemCode::Forbidden),
        (404, ProblemCode::NotFound),
        (409, ProblemCode::Conflict),
        (422, ProblemCode::Invalid),
    ] {
        let (_vendor, adapter) = refusing(status, there("received", "pending")).await;
        let (outcome, problems) = decide(&adapter, approve()).await;
        assert_eq!(outcome, WriteOutcome::Rejected);
        assert_eq!(places(&problems), [(code, String::new())]);
    }
    let (_vendor, adapter) = plannr(|asked| match asked.method.as_str() {
        "POST" => (422, r#"{"errors":{"rejection_reason":["The rejection reason is too long.","Jo <jo@x.test>"]}}"#.to_owned()),
        _ => json(&there("received", "pending").unwrap()),
    })
    .await;
    let (_, problems) = decide(&adapter, deny("No room.")).await;
    let path = || "decisions.0.reason".to_owned();
    let expected = [
        (
            ProblemCode::Invalid,
            path(),
            "The rejection reason is too long.",
        ),
        (
            ProblemCode::Invalid,
            path(),
            "Plannr does not accept this reason.",
        ),
    ];
    assert_eq!(told(&problems), expected);
}

#[tokio::test]
async fn a_refusal_stands_when_the_referral_cannot_be_read_unless_an_earlier_attempt_was_made() {
    let answer = |asked: &Asked| match asked.method.as_str() {
        "POST" => (409, "{}".to_owned()),
        _ => (403, "{}".to_owned()),
    };
    let (_vendor, adapter) = plannr(answer).await;
    let (_, problems) = decide(&adapter, approve()).await;
    assert_eq!(problems[0].code, ProblemCode::Conflict);
    let write = moderate(approve());
    let failure = failed(adapter.write(&call(), &write, &repeated()).await);
    let told = (failure.kind, failure.status, failure.is_unsent());
    assert_eq!(told, (Kind::Unavailable, None, false));
}

#[tokio::test]
async fn a_decision_without_an_answer_is_settled_by_reading_the_referral_back() {
    for status in [401, 429, 500] {
        let (vendor, adapter) = plannr(move |_| (status, "{}".to_owned())).await;
        let written = adapter.write(&call(), &moderate(approve()), &sent()).await;
        assert_eq!(failed(written).status, Some(status));
        assert_eq!(vendor.asked().len(), 1);
    }
    let settle = async |there: Option<Value>, decision: Decision| {
        let (vendor, adapter) = refusing(500, there).await;
        let settled = adapter.settle(&call(), &moderate(decision), &sent()).await;
        assert_eq!(lines(&vendor), ["GET /api/v1/referrals/r1"]);
        settled.unwrap()
    };
    let each = |settled: Settled| match settled {
        Settled::Each(decided) => the_one(decided),
        _ => panic!("something else came of it"),
    };
    for (decision, word) in [(approve(), "accepted"), (deny("No room."), "rejected")] {
        let (outcome, _) = each(settle(there("received", word), decision).await);
        assert_eq!(outcome, WriteOutcome::Applied);
    }
    for (decision, word) in [
        (approve(), "rejected"),
        (deny("No room."), "accepted"),
        (approve(), "expired"),
    ] {
        let (outcome, problems) = each(settle(there("received", word), decision).await);
        assert_eq!(outcome, WriteOutcome::Rejected);
        assert_eq!(problems[0].code, ProblemCode::IllegalTransition);
        assert!(problems[0].message.contains(word));
    }
    let (_, problems) = each(settle(None, approve()).await);
    assert_eq!(problems[0].code, ProblemCode::NotFound);

    let pending = settle(there("received", "pending"), approve()).await;
    let again = Settled::Absent {
        may_be_sent_again: true,
    };
    assert_eq!(
        std::mem::discriminant(&pending),
        std::mem::discriminant(&again)
    );
    let odd = settle(there("received", "in_review"), approve()).await;
    assert!(matches!(odd, Settled::Ambiguous));
}
