//! Finding a referral that may have been made.

use pretty_assertions::assert_eq;

use super::create::{create, least, with};
use super::*;

/// A row of the list that is as the least referral was to be.
fn row(id: &str, reference: &str, created: &str) -> Value {
    json!({"id": id, "externalReferenceId": reference, "type": "Independent", "createdDateTime": created})
}

const NOW: &str = "2026-06-11T12:00:03Z";
const BEFORE: &str = "2026-06-11T11:59:49Z";

#[tokio::test]
async fn it_is_looked_for_among_what_changed_since_newest_first() {
    let rows = [row("r1", "other", NOW), row("r2", "op-1", NOW)];
    let stub = in_turn(vec![list(&rows)]).await;
    let told = settle(&stub, &create(&least()), &repeated()).await;
    assert_eq!((told.what, told.referral_id()), ("applied", Some("r2")));
    assert_eq!(lines(&stub), ["GET "]);
    assert_eq!(
        api_calls(&stub)[0].question(),
        "$orderby=createdDateTime desc&$filter=updatedDateTime gt 2026-06-11T11:59:50Z&$top=100"
    );
}

#[tokio::test]
async fn where_times_are_not_filtered_by_it_is_looked_for_until_what_is_too_old() {
    let mut page: Vec<Value> = (0..99)
        .map(|it| row(&format!("r{it}"), "other", NOW))
        .collect();
    page.push(row("old", "other", BEFORE));
    let stub = in_turn(vec![refusal(400, "invalidRequest"), list(&page)]).await;
    assert_eq!(
        settle(&stub, &create(&least()), &sent()).await.what,
        "absent"
    );
    let asked = api_calls(&stub);
    assert_eq!(asked.len(), 2, "what follows is older still");
    assert_eq!(asked[1].param("$filter"), None);
}

#[tokio::test]
async fn every_page_is_looked_through_and_a_row_seen_twice_is_one() {
    let mut first: Vec<Value> = (0..99)
        .map(|it| row(&format!("r{it}"), "other", NOW))
        .collect();
    first.push(row("it", "op-1", NOW));
    let second = [row("it", "op-1", NOW), row("r100", "other", NOW)];
    let stub = in_turn(vec![list(&first), list(&second)]).await;
    let told = settle(&stub, &create(&least()), &sent()).await;
    assert_eq!((told.what, told.referral_id()), ("applied", Some("it")));
    assert_eq!(api_calls(&stub).len(), 2);
}

#[tokio::test]
async fn none_is_absent_for_now_and_several_are_ambiguous() {
    let stub = in_turn(vec![list(&[])]).await;
    assert_eq!(
        settle(&stub, &create(&least()), &sent()).await.what,
        "absent"
    );
    let rows = [row("r1", "op-1", NOW), row("r2", "op-1", NOW)];
    let stub = in_turn(vec![list(&rows)]).await;
    assert_eq!(
        settle(&stub, &create(&least()), &sent()).await.what,
        "ambiguous"
    );
}

#[tokio::test]
async fn with_a_reference_of_the_callers_one_that_differs_is_neither_it_nor_absent() {
    let wanted = with(&json!({"externalReference": "CRM-7", "name": "Deal", "engagementId": "e1"}));
    let mut it = row("it", "CRM-7", NOW);
    it["name"] = "Deal".into();
    it["engagementId"] = "e1".into();
    let differing = [
        ("name", json!("Other"), "ambiguous"),
        ("type", json!("Shared"), "ambiguous"),
        ("engagementId", json!("e2"), "ambiguous"),
        ("createdDateTime", json!(BEFORE), "absent"),
        ("externalReferenceId", json!("CRM-8"), "absent"),
    ];
    for (field, value, expected) in differing {
        let mut other = it.clone();
        other[field] = value;
        other["id"] = "other".into();
        let stub = in_turn(vec![list(std::slice::from_ref(&other))]).await;
        assert_eq!(
            settle(&stub, &wanted, &sent()).await.what,
            expected,
            "{field}"
        );
        let stub = in_turn(vec![list(&[it.clone(), other])]).await;
        let told = settle(&stub, &wanted, &sent()).await;
        assert_eq!((told.what, told.referral_id()), ("applied", Some("it")));
    }
    let mut in_capitals = it.clone();
    in_capitals["engagementId"] = "E1".into();
    let stub = in_turn(vec![list(&[in_capitals])]).await;
    assert_eq!(settle(&stub, &wanted, &sent()).await.what, "applied");
    let stub = in_turn(vec![list(&[it])]).await;
    let told = settle(&stub, &wanted, &claiming("it")).await;
    assert_eq!(told.what, "absent", "another write made it");
}

#[tokio::test]
async fn a_repeated_attempt_that_is_refused_may_be_refused_for_the_first() {
    let write = create(&least());
    for status in [400, 409] {
        let refused = || refusal(status, "alreadyExists");
        let stub = in_turn(vec![refused(), list(&[row("it", "op-1", NOW)])]).await;
        let told = super::write(&stub, &write, &repeated()).await;
        assert_eq!((told.what, told.referral_id()), ("applied", Some("it")));
        assert_eq!(lines(&stub), ["POST ", "GET "]);

        let stub = in_turn(vec![refused(), list(&[])]).await;
        assert_eq!(
            super::write(&stub, &write, &repeated()).await.what,
            "rejected"
        );

        let several = [row("r1", "op-1", NOW), row("r2", "op-1", NOW)];
        for look in [list(&several), (500, NOTHING.to_owned())] {
            let stub = in_turn(vec![refused(), look]).await;
            let error = try_write(&stub, &write, &repeated()).await.err().unwrap();
            let told = (error.kind, error.status, error.is_unsent());
            assert_eq!(told, (Kind::Unavailable, None, false));
        }
    }
}

#[tokio::test]
async fn blanks_around_a_reference_make_no_other_one_of_it() {
    let stub = in_turn(vec![]).await;
    let twin = |reference: &str| {
        let write = with(&json!({ "externalReference": reference }));
        adapter(&stub).twin_of(&write)
    };
    assert_eq!(twin(" CRM-7 "), Some("CRM-7".to_owned()));
    assert_eq!(twin("CRM-7"), twin(" CRM-7 "));
    assert_eq!(twin("  "), None);
}

#[tokio::test]
async fn nothing_is_concluded_from_a_list_that_could_not_be_read() {
    let odd = json!({"id": "r1", "createdDateTime": "soon"});
    for answer in [list(std::slice::from_ref(&odd)), (500, NOTHING.to_owned())] {
        let stub = in_turn(vec![answer]).await;
        let write = create(&least());
        let settled = adapter(&stub).settle(&call(), &write, &sent()).await;
        assert!(settled.is_err());
    }
    let stub = in_turn(vec![list(&[odd, row("it", "op-1", NOW)])]).await;
    assert_eq!(
        settle(&stub, &create(&least()), &sent()).await.what,
        "applied"
    );
}
