//! What became of decisions that were not answered, and which of them are sent again.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::create::JUST_SINCE;
use super::moderate::{approving, decision, each, failed, ids, sides};
use super::*;
use crate::model::{Decision, ModerationSide, Verdict, WriteOutcome};

/// What the ledger is told of these decisions when each referral's sides are so; `None` for one that is not there.
async fn settled(decisions: Vec<Decision>, shown: &[(&'static str, Option<Value>)]) -> Settled {
    let shown = shown.to_vec();
    let world = World::start(move |asked| {
        assert_eq!(asked.method, "GET");
        let id = asked.path.rsplit('/').next().unwrap();
        let row = shown.iter().find(|(known, _)| *known == id).unwrap();
        match &row.1 {
            Some(row) => (200, row.to_string()),
            None => refused(404, "X", None),
        }
    })
    .await;
    let write = Write::Moderate { decisions };
    world.settle(&write, &first()).await.unwrap()
}

#[tokio::test]
async fn decisions_are_settled_by_the_sides_as_they_are() {
    use ModerationSide::{Both, Referred, Referrer};
    use Verdict::{Approve, Deny};
    let decisions = || {
        vec![
            decision("a", Approve, Both),
            decision("b", Deny, Referrer),
            decision("c", Deny, Both),
            decision("c", Approve, Referred),
            decision("gone", Approve, Both),
        ]
    };
    let as_asked = [
        ("a", Some(sides("APPROVED", "APPROVED"))),
        ("b", Some(sides("DENIED", "PENDING"))),
        ("c", Some(sides("DENIED", "APPROVED"))),
        ("gone", None),
    ];
    let Settled::Each(decided) = settled(decisions(), &as_asked).await else {
        panic!("each has its own answer");
    };
    assert_eq!(failed(&decided), [(4, ProblemCode::NotFound)]);

    for (place, row) in [
        (0, sides("APPROVED", "PENDING")),
        (1, sides("PENDING", "DENIED")),
        (2, sides("DENIED", "DENIED")),
        (2, json!({ "id": "c" })),
    ] {
        let mut shown = as_asked.clone();
        shown[place].1 = Some(row);
        let settled = settled(decisions(), &shown).await;
        assert!(matches!(settled, Settled::SendAgain));
    }
}

#[tokio::test]
async fn a_read_that_fails_settles_no_decision() {
    let world = World::start(|_| refused(500, "X", None)).await;
    let settled = world.settle(&approving(&["a", "b"]), &first()).await;
    assert_eq!(settled.err().unwrap().kind, Kind::Unavailable);
    assert!(world.sent().is_empty());
}

/// Sides that somebody has given their verdicts at a time.
fn changed(mut row: Value, field: &str, at: i64) -> Value {
    row[field] = json!(at);
    row
}

#[tokio::test]
async fn what_was_decided_otherwise_since_is_a_conflict_and_not_sent_again() {
    for field in ["dateModerated", "dateModified"] {
        let denied = |at| changed(sides("APPROVED", "DENIED"), field, at);
        let write = || approving(&["mine", "theirs"]);
        let Write::Moderate { decisions } = write() else {
            unreachable!("it was made as one");
        };
        let mine = ("mine", Some(sides("APPROVED", "APPROVED")));
        let theirs = |at| ("theirs", Some(denied(at)));
        let shown = [mine.clone(), theirs(JUST_SINCE)];
        let Settled::Each(decided) = settled(decisions.clone(), &shown).await else {
            panic!("nothing is left to send");
        };
        assert_eq!(failed(&decided), [(1, ProblemCode::Conflict)]);
        let message = &decided[1].problems[0].message;
        assert!(message.contains("decided otherwise since"), "{message}");

        let shown = [mine, theirs(JUST_SINCE - 1)];
        let settled = settled(decisions, &shown).await;
        assert!(matches!(settled, Settled::SendAgain));
    }
}

#[tokio::test]
async fn what_nobody_has_decided_is_sent_again_whatever_else_has_changed() {
    use ModerationSide::{Both, Referrer};
    use Verdict::{Approve, Deny};
    let halves = || vec![decision("r", Deny, Both), decision("r", Approve, Referrer)];
    for (decisions, row) in [
        (
            vec![decision("r", Approve, Both)],
            sides("PENDING", "PENDING"),
        ),
        (
            vec![decision("r", Approve, Both)],
            sides("APPROVED", "PENDING"),
        ),
        (vec![decision("r", Approve, Both)], json!({ "id": "r" })),
        (halves(), sides("DENIED", "DENIED")),
    ] {
        let row = changed(row, "dateModified", JUST_SINCE);
        let settled = settled(decisions, &[("r", Some(row))]).await;
        assert!(matches!(settled, Settled::SendAgain));
    }
}

#[tokio::test]
async fn only_what_is_still_to_be_made_is_sent_again() {
    let world = World::start(|asked| match asked.path.rsplit('/').next().unwrap() {
        "moderate" => (200, String::new()),
        "made" => (200, sides("APPROVED", "APPROVED").to_string()),
        "theirs" => {
            let row = changed(sides("DENIED", "DENIED"), "dateModerated", JUST_SINCE);
            (200, row.to_string())
        }
        "gone" => refused(404, "X", None),
        _ => (200, sides("PENDING", "PENDING").to_string()),
    })
    .await;
    let write = approving(&["made", "theirs", "lost", "gone"]);
    let decided = each(world.write(&write, &repeated()).await);
    let expected = [(1, ProblemCode::Conflict), (3, ProblemCode::NotFound)];
    assert_eq!(failed(&decided), expected);
    let sent: Vec<_> = world.sent().iter().map(ids).collect();
    assert_eq!(sent, [["lost"]]);

    let decided = each(world.write(&approving(&["made"]), &repeated()).await);
    assert_eq!(failed(&decided), []);
    assert_eq!(world.sent().len(), 1);
}

#[tokio::test]
async fn without_a_look_nothing_is_sent_again() {
    let world = World::start(|_| refused(500, "X", None)).await;
    let error = world.write(&approving(&["a"]), &repeated()).await.err();
    assert!(error.unwrap().is_unsent());
    assert!(world.sent().is_empty());
}

/// A vendor that refuses more than one at once, and where one decision is met by such an answer.
async fn stumbling(answer: (u16, String)) -> World {
    World::start(move |asked| match asked.method.as_str() {
        "GET" => (200, sides("PENDING", "PENDING").to_string()),
        _ if ids(asked).len() > 1 => refused(400, "X", None),
        _ if ids(asked) == ["b"] => answer.clone(),
        _ => (200, String::new()),
    })
    .await
}

#[tokio::test]
async fn what_is_known_when_a_batch_is_left_in_the_middle_is_told() {
    let write = approving(&["a", "b", "c"]);
    let world = stumbling(refused(500, "X", None)).await;
    let decided = each(world.write(&write, &first()).await);
    let outcomes: Vec<_> = decided.iter().map(|it| it.outcome).collect();
    let (applied, unknown_yet) = (WriteOutcome::Applied, WriteOutcome::Unknown);
    assert_eq!(outcomes, [applied, unknown_yet, applied]);
    // A vendor that has been asked again is left alone for a while.
    let world = stumbling(refused(429, "X", None)).await;
    unknown(world.write(&write, &repeated()).await);
}
