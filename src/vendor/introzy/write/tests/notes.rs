//! Notes on referrals.

use serde_json::{Value, json};

use super::*;

const NOTES: &str = "/api/pipelines/referral/deals/deal-1/notes";

pub(super) fn noting(content: &str) -> Write {
    Write::AddNote {
        referral: "deal-1".to_owned(),
        content: content.to_owned(),
    }
}

fn note(id: &str, content: &str, created_at: Option<&str>) -> Value {
    json!({ "id": id, "content": content, "createdAt": created_at })
}

/// A vendor whose POST answers so, and which has these notes.
async fn vendor(posted: (u16, String), notes: Vec<Value>) -> World {
    World::start(move |asked| match asked.method.as_str() {
        "GET" => wrapped(200, &json!({ "notes": notes, "total": notes.len() })),
        _ => posted.clone(),
    })
    .await
}

fn id(effect: Effect) -> String {
    assert_eq!(effect.referral_id.as_deref(), Some("deal-1"));
    effect.note.unwrap().remote_id
}

#[tokio::test]
async fn a_note_is_sent_as_documented_and_mentions_nobody() {
    let world = vendor(wrapped(201, &note("n", "x", None)), vec![]).await;
    let content = format!("Ask [@Ada](person:{USER}) \"soon\"\n");
    assert_eq!(
        id(applied(world.write(&noting(&content), &first()).await)),
        "n"
    );
    let asked = world.sent();
    assert_eq!(asked.line(), format!("POST {NOTES}"));
    let expected = format!("Ask [\u{2060}@Ada](person:{USER}) \"soon\"\n");
    assert_eq!(body(&asked), json!({ "content": expected }));
    assert_eq!(world.lines().len(), 1);
}

#[tokio::test]
async fn a_success_without_the_note_is_looked_up() {
    for posted in [(201, ""), (204, ""), (200, r#"{"success":true}"#)] {
        let posted = (posted.0, posted.1.to_owned());
        let there = || note("n", "Hello", Some(JUST_SINCE));
        let world = vendor(posted.clone(), vec![there()]).await;
        assert_eq!(
            id(applied(world.write(&noting("Hello"), &first()).await)),
            "n"
        );

        let twice = note("m", "Hello", Some(SINCE));
        for notes in [vec![], vec![there(), twice]] {
            let world = vendor(posted.clone(), notes).await;
            unknown(world.write(&noting("Hello"), &first()).await);
            world.sent();
        }
    }
}

#[tokio::test]
async fn a_note_on_what_is_not_there_is_not_found() {
    let world = World::start(|_| refused(404)).await;
    let rejection = rejected(world.write(&noting("Hello"), &first()).await);
    let problem = (ProblemCode::NotFound, "referralId".to_owned());
    assert_eq!(says(&rejection.problems), [problem]);
    let settled = world.settle(&noting("Hello"), &first()).await.unwrap();
    assert!(matches!(settled, Settled::Rejected(_)));
}

#[tokio::test]
async fn one_new_note_of_the_same_text_settles_it() {
    let content = "See [@home]";
    let escaped = "See [\u{2060}@home] ";
    let notes = vec![
        note("older", escaped, Some(BEFORE)),
        note("mine", escaped, Some(JUST_SINCE)),
        note("plain", content, Some(SINCE)),
        note("claimed", escaped, Some(SINCE)),
    ];
    let world = vendor(refused(500), notes).await;
    let settled = world.settle(&noting(content), &claiming("claimed")).await;
    assert_eq!(id(settled_as_applied(settled)), "mine");
    assert_eq!(world.lines(), [format!("GET {NOTES}")]);
}

#[tokio::test]
async fn only_a_sure_absence_ends_it_and_of_what_is_new_nobody_can_tell() {
    let old = note("old", "Hello", Some(BEFORE));
    let new = |id: &str| note(id, "Hello", Some(SINCE));
    let timeless = note("timeless", "Hello", None);
    let other = |created_at| note("other", "hello", created_at);
    for (notes, is_absent) in [
        (vec![], true),
        (vec![old.clone(), other(Some(BEFORE))], true),
        (vec![old.clone(), other(Some(JUST_SINCE))], false),
        (vec![other(None)], false),
        (vec![json!({ "content": "unreadable" })], false),
        (vec![new("a"), new("b"), old], false),
        (vec![timeless.clone()], false),
        (vec![timeless, new("a")], false),
    ] {
        let world = vendor(refused(500), notes).await;
        match world.settle(&noting("Hello"), &first()).await.unwrap() {
            Settled::Absent {
                may_be_sent_again: false,
            } => assert!(is_absent),
            Settled::Ambiguous => assert!(!is_absent),
            _ => panic!("nothing was found"),
        }
    }
}

#[tokio::test]
async fn a_note_that_may_be_among_those_not_read_is_not_held_to_be_lost() {
    let world = World::start(|asked| {
        let id = asked.param("offset").unwrap();
        wrapped(
            200,
            &json!({ "notes": [note(id, "x", None)], "hasMore": true }),
        )
    })
    .await;
    let settled = world.settle(&noting("Hello"), &first()).await.unwrap();
    assert!(matches!(settled, Settled::Ambiguous));
}

#[tokio::test]
async fn a_note_is_known_by_its_words_whatever_becomes_of_the_white_space() {
    let asked = "Hello  there\n\nAda\n";
    for kept in [
        "Hello  there\r\n\r\nAda",
        "Hello there Ada",
        " Hello there\nAda",
    ] {
        let world = vendor(refused(500), vec![note("mine", kept, Some(SINCE))]).await;
        let settled = world.settle(&noting(asked), &first()).await;
        assert_eq!(id(settled_as_applied(settled)), "mine");
        let twin = |content| world.adapter.twin_of(&noting(content));
        assert_eq!(twin(asked), twin(kept));
    }
}

#[tokio::test]
async fn a_new_note_that_another_write_made_hides_none() {
    let notes = vec![note("claimed", "Another", Some(SINCE))];
    let world = vendor(refused(500), notes).await;
    let settled = world.settle(&noting("Hello"), &claiming("claimed")).await;
    assert!(matches!(settled.unwrap(), Settled::Absent { .. }));
}
