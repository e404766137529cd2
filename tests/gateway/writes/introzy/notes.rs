//! Notes.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{AUTHORIZATION, NOW, referral};
use crate::harness::World;
use crate::writes::{COMMON, assert_documented, body, mutate, operation, read, sent, sent_once};

async fn add(world: &World, key: &str, id: &Value, content: &str) -> Value {
    let input = json!({ "idempotencyKey": key, "referralId": id, "content": content });
    let note = "note { remoteId content createdAt updatedAt }";
    mutate(world, "addNote", input, &format!("{COMMON} {note}")).await
}

async fn notes(world: &World, id: &Value) -> Vec<Value> {
    let selection = "notes(first: 100) { nodes { remoteId content createdAt updatedAt } }";
    let referral = read(world, id.as_str().unwrap(), selection).await;
    referral["notes"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_note_is_sent_as_documented_and_there_at_once() {
    let world = World::start().await;
    let about = referral(&world).await;
    let before = notes(&world, &about["id"]).await;
    let content = "Called Ada.\n\"Maybe in spring\", says she: 日本語 🙂";
    let payload = add(&world, "note", &about["id"], content).await;

    let request = sent_once(&world, "introzy");
    let remote_id = about["remoteId"].as_str().unwrap();
    assert_eq!(request.method, "POST");
    assert_eq!(
        request.path,
        format!("/api/pipelines/referral/deals/{remote_id}/notes")
    );
    assert_eq!(request.header("authorization"), Some(AUTHORIZATION));
    assert_eq!(body(&request), json!({ "content": content }));
    assert_documented(&world);

    let note = &payload["note"];
    assert_eq!(
        payload,
        json!({
            "outcome": "APPLIED",
            "operation": { "idempotencyKey": "note", "state": "CONFIRMED" },
            "userErrors": [],
            "note": { "remoteId": note["remoteId"], "content": content, "createdAt": NOW, "updatedAt": NOW },
        })
    );
    let after = notes(&world, &about["id"]).await;
    assert_eq!(after.len(), before.len() + 1);
    assert!(
        after.contains(note),
        "the notes are from before the write: {after:#?}"
    );
    assert_eq!(
        operation(&world, "note").await["referral"]["id"],
        about["id"]
    );
}

#[tokio::test]
async fn the_same_text_under_two_keys_is_two_notes() {
    let world = World::start().await;
    let about = referral(&world).await;
    let before = notes(&world, &about["id"]).await.len();
    let first = add(&world, "first", &about["id"], "Again").await;
    let second = add(&world, "second", &about["id"], "Again").await;
    assert_eq!(
        (&first["outcome"], &second["outcome"]),
        (&json!("APPLIED"), &json!("APPLIED"))
    );
    assert_ne!(first["note"]["remoteId"], second["note"]["remoteId"]);
    assert_eq!(sent(&world, "introzy").len(), 2);
    assert_eq!(notes(&world, &about["id"]).await.len(), before + 2);
}

/// Introzy would tell whoever is mentioned.
#[tokio::test]
async fn a_text_that_looks_like_a_mention_mentions_nobody() {
    let world = World::start().await;
    let about = referral(&world).await;
    let people = super::people(&world).await;
    let content = format!("See [@Ada](person:{}).", people[0]);
    let payload = add(&world, "mention", &about["id"], &content).await;
    let sent = body(&sent_once(&world, "introzy"));
    assert!(!sent["content"].as_str().unwrap().contains("[@"));
    let shown = payload["note"]["content"].as_str().unwrap();
    assert_eq!(shown.replace('\u{2060}', ""), content);
    assert_documented(&world);
}

#[tokio::test]
async fn the_longest_text_is_taken() {
    let world = World::start().await;
    let about = referral(&world).await;
    let payload = add(&world, "long", &about["id"], &"ä".repeat(10_000)).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
}
