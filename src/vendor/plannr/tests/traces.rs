//! What became of a create or a request for a connection that was not answered.

use pretty_assertions::assert_eq;

use super::writes::*;
use super::*;

/// What was found out, and the record's id if there is one.
#[derive(Debug, PartialEq)]
enum Found {
    Applied(String),
    Absent { may_be_sent_again: bool },
    Ambiguous,
}

const ABSENT: Found = Found::Absent {
    may_be_sent_again: true,
};

async fn settle(adapter: &Adapted, write: &Write, sent: &Sent) -> Found {
    match adapter.settle(&call(), write, sent).await.unwrap() {
        Settled::Applied(effect) => {
            let connection = effect.connection.map(|it| it.remote_id.clone());
            Found::Applied(effect.referral_id.or(connection).unwrap().to_string())
        }
        Settled::Absent { may_be_sent_again } => Found::Absent { may_be_sent_again },
        Settled::Ambiguous => Found::Ambiguous,
        _ => panic!("something else was found out"),
    }
}

async fn settled(rows: Value, write: &Write, sent: &Sent) -> Found {
    let (_vendor, adapter) = plannr(move |_| json(&json!({ "data": rows }))).await;
    settle(&adapter, write, sent).await
}

fn it(uuid: &str) -> Found {
    Found::Applied(uuid.to_owned())
}

fn claiming(uuid: &str) -> Sent {
    let claimed = std::iter::once(uuid.to_owned()).collect();
    Sent {
        claimed: Arc::new(claimed),
        ..sent()
    }
}

fn changed(field: &str, value: Value) -> Value {
    let mut row = row("r9", SINCE);
    row[field] = value;
    row
}

#[tokio::test]
async fn a_referral_is_looked_for_among_those_sent_newest_first() {
    let (vendor, adapter) = plannr(|_| json(&json!({ "data": [row("r9", SINCE)] }))).await;
    assert_eq!(settle(&adapter, &create(), &sent()).await, it("r9"));
    assert_eq!(lines(&vendor), ["GET /api/v1/referrals"]);
    assert_eq!(
        vendor.asked()[0].question(),
        "sort=-created_at&filter[direction]=sent&per_page=100"
    );
    assert_headers(&vendor.asked()[0]);
}

#[tokio::test]
async fn none_is_absent_one_is_it_and_more_cannot_be_told_apart() {
    assert_eq!(settled(json!([]), &create(), &sent()).await, ABSENT);
    let two = json!([row("r9", SINCE), row("r8", SINCE)]);
    let found = settled(two.clone(), &create(), &sent()).await;
    assert_eq!(found, Found::Ambiguous);
    // What another write is known to have made is none of this one's.
    assert_eq!(settled(two, &create(), &claiming("r9")).await, it("r8"));
    let one = json!([row("r9", SINCE)]);
    assert_eq!(settled(one, &create(), &claiming("r9")).await, ABSENT);
}

#[tokio::test]
async fn a_referral_is_it_by_all_that_was_said_of_it() {
    for (field, value) in [
        ("direction", json!("received")),
        ("connection", json!({ "uuid": "connection-2" })),
        ("clients", json!([{ "uuid": "client-1" }])),
        (
            "clients",
            json!([{ "uuid": "client-1" }, { "uuid": "client-2" }, { "uuid": "client-3" }]),
        ),
        ("clients", json!([{ "uuid": "client-3" }, { "name": "Jo" }])),
        ("sender_account", json!({ "uuid": "account-2" })),
    ] {
        let rows = json!([changed(field, value.clone())]);
        let found = settled(rows, &create(), &sent()).await;
        assert_eq!(found, ABSENT, "{field} {value}");
    }
    for (field, value) in [
        ("status", json!("accepted")),
        ("note", json!(" Please call in  the morning.\r\n")),
        ("connection", json!({ "uuid": "CONNECTION-1" })),
        ("direction", Value::Null),
        ("sender_account", json!({ "uuid": " ACCOUNT-1" })),
        ("sender_account", json!({ "name": "Ada" })),
    ] {
        let rows = json!([changed(field, value)]);
        assert_eq!(settled(rows, &create(), &sent()).await, it("r9"), "{field}");
    }
}

#[tokio::test]
async fn a_referral_of_the_same_clients_in_another_form_is_never_held_to_be_absent() {
    for (field, value) in [
        ("connection", Value::Null),
        ("clients", json!([])),
        ("clients", json!([{ "uuid": "client-1" }, { "name": "Jo" }])),
        ("advice_type", Value::Null),
        ("advice_type", json!("cryptocurrencies")),
        ("duration_months", Value::Null),
        ("duration_months", json!(3)),
        ("shared_data", json!(["income"])),
        (
            "shared_data",
            json!(["income", "investments_and_plans", "goals"]),
        ),
        ("sla_deadline", json!("2026-07-02")),
        ("sla_deadline", Value::Null),
        ("note", Value::Null),
    ] {
        let rows = json!([changed(field, value.clone())]);
        let found = settled(rows, &create(), &sent()).await;
        assert_eq!(found, Found::Ambiguous, "{field} {value}");
        let other = changed(field, value);
        // Beside one that is it, it is another; so it is when it was there before, or another write made it.
        let rows = json!([other, row("r8", SINCE)]);
        assert_eq!(settled(rows, &create(), &sent()).await, it("r8"), "{field}");
        let rows = json!([other]);
        assert_eq!(settled(rows, &create(), &claiming("r9")).await, ABSENT);
        let mut old = other;
        old["created_at"] = json!("2026-06-11T11:59:49Z");
        assert_eq!(settled(json!([old]), &create(), &sent()).await, ABSENT);
    }
}

#[tokio::test]
async fn a_referral_with_another_note_or_of_another_kind_of_advice_is_another_one() {
    for (field, value) in [
        ("advice_type", json!("tax")),
        ("note", json!("Please call.")),
        ("note", json!("Please")),
    ] {
        let rows = json!([changed(field, value.clone())]);
        let found = settled(rows, &create(), &sent()).await;
        assert_eq!(found, ABSENT, "{field} {value}");
    }
}

#[tokio::test]
async fn a_list_that_breaks_off_says_of_no_write_that_there_is_nothing_of_it() {
    let another = || {
        let mut row = row("r12", "2026-06-11T12:05:00Z");
        row["connection"] = json!({ "uuid": "connection-2" });
        row
    };
    let old = || row("r1", "2026-06-11T11:00:00Z");
    let elsewhere = json!({ "next": "https://evil.example/api/v1/referrals?page=2" });
    let cursor = json!({ "next": "/api/v1/referrals?cursor=abc" });
    let circle = json!({ "next": "/api/v1/referrals?page=1" });
    for (rows, links, meta, found) in [
        (vec![another()], &elsewhere, json!({}), Found::Ambiguous),
        (vec![another()], &cursor, json!({}), Found::Ambiguous),
        (
            vec![another()],
            &circle,
            json!({ "last_page": 9 }),
            Found::Ambiguous,
        ),
        (vec![another()], &cursor, json!({ "last_page": 1 }), ABSENT),
        (vec![another(), old()], &cursor, json!({}), ABSENT),
        (
            vec![another(), row("r9", SINCE)],
            &cursor,
            json!({}),
            it("r9"),
        ),
        (vec![], &cursor, json!({}), ABSENT),
    ] {
        let body = json!({ "data": rows, "links": links, "meta": meta });
        let (_vendor, adapter) = plannr(move |_| json(&body)).await;
        assert_eq!(settle(&adapter, &create(), &sent()).await, found, "{links}");
    }
}

#[tokio::test]
async fn what_plannr_filled_in_by_itself_makes_no_difference() {
    for field in ["sharedData", "slaDeadline"] {
        let rows = json!([row("r9", SINCE)]);
        let write = with(field, Value::Null);
        assert_eq!(settled(rows, &write, &sent()).await, it("r9"), "{field}");
    }
    let rows = json!([changed("note", Value::Null)]);
    let found = settled(rows, &with("note", json!("  ")), &sent()).await;
    assert_eq!(found, it("r9"));
}

#[tokio::test]
async fn what_was_there_before_the_write_began_is_not_it() {
    for (time, found) in [
        ("2026-06-11T13:30:00+01:00", it("r9")),
        ("2026-06-11T12:59:50+01:00", it("r9")),
        ("2026-06-11T12:59:49+01:00", ABSENT),
    ] {
        let rows = json!([row("r9", time)]);
        assert_eq!(settled(rows, &create(), &sent()).await, found, "{time}");
    }
}

#[tokio::test]
async fn pages_are_read_until_one_reaches_back_before_the_write() {
    let later = |uuid: &str| {
        let mut row = row(uuid, "2026-06-11T12:05:00Z");
        row["connection"] = json!({ "uuid": "connection-2" });
        row
    };
    let old = row("r1", "2026-06-11T11:00:00Z");
    let (vendor, adapter) = plannr(move |asked| {
        let rows = match asked.param("page") {
            None => vec![later("r12"), later("r11")],
            // A new one moved a row on to this page.
            Some("2") => vec![later("r11"), row("r9", SINCE)],
            Some("3") => vec![row("r9", SINCE), old.clone()],
            _ => vec![row("r0", SINCE)],
        };
        json(&json!({ "data": rows, "meta": { "last_page": 9 } }))
    })
    .await;
    assert_eq!(settle(&adapter, &create(), &sent()).await, it("r9"));
    let pages: Vec<_> = vendor
        .asked()
        .iter()
        .map(|asked| asked.param("page").map(str::to_owned))
        .collect();
    assert_eq!(pages, [None, Some("2".to_owned()), Some("3".to_owned())]);
}

#[tokio::test]
async fn what_cannot_be_told_keeps_it_from_being_sent_again() {
    let unreadable = json!({ "uuid": "r7", "created_at": "soon" });
    let old = row("r1", "2026-06-11T11:00:00Z");
    let rows = json!([unreadable, old]);
    let found = settled(rows, &create(), &sent()).await;
    assert_eq!(found, Found::Ambiguous);
    let rows = json!([changed("created_at", Value::Null)]);
    let found = settled(rows, &create(), &sent()).await;
    assert_eq!(found, Found::Ambiguous);
    // What is older than the write is no part of it, readable or not.
    let rows = json!([old, unreadable]);
    assert_eq!(settled(rows, &create(), &sent()).await, ABSENT);
    // Beside one that is it, what cannot be read is another.
    let rows = json!([unreadable, row("r9", SINCE)]);
    assert_eq!(settled(rows, &create(), &sent()).await, it("r9"));
}

#[tokio::test]
async fn a_list_that_cannot_be_read_settles_nothing() {
    for status in [401, 404, 500] {
        let (_vendor, adapter) = plannr(move |_| (status, "{}".to_owned())).await;
        assert!(adapter.settle(&call(), &create(), &sent()).await.is_err());
        let write = connect("ABCD1234");
        assert!(adapter.settle(&call(), &write, &sent()).await.is_err());
    }
}

#[tokio::test]
async fn a_connection_is_any_that_was_asked_for_since() {
    let row = |uuid: &str, direction: &str, status: &str, created_at: &str| json!({ "uuid": uuid, "direction": direction, "status": status, "created_at": created_at });
    let one = row("c9", "sent", "pending", SINCE);
    let answered = row("c8", "sent", "denied", SINCE);
    let received = row("c7", "received", "pending", SINCE);
    let old = row("c1", "sent", "pending", "2026-06-11T11:59:49Z");
    let mut of_a_colleague = one.clone();
    of_a_colleague["sender_account"] = json!({ "uuid": "account-2" });
    let write = connect("ABCD1234");
    for (rows, sent, found) in [
        (json!([]), sent(), ABSENT),
        (json!([one, received, old]), sent(), it("c9")),
        (json!([answered, old]), sent(), it("c8")),
        (json!([one, answered]), sent(), Found::Ambiguous),
        (json!([one, answered]), claiming("c8"), it("c9")),
        (json!([received, old]), sent(), ABSENT),
        (json!([of_a_colleague]), sent(), ABSENT),
        (json!([of_a_colleague, answered]), sent(), it("c8")),
    ] {
        let (vendor, adapter) = plannr(move |_| json(&json!({ "data": rows }))).await;
        assert_eq!(settle(&adapter, &write, &sent).await, found);
        assert_eq!(lines(&vendor), ["GET /api/v1/referral-connections"]);
        assert_eq!(
            vendor.asked()[0].question(),
            "sort=-created_at&filter[direction]=sent&per_page=100"
        );
    }
}
