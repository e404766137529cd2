//! The shapes that Plannr's pages show, and the seeded firms.

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::*;

#[tokio::test]
async fn the_seed_covers_every_status_and_value() {
    let (_, router, _) = vendor();
    let all = rows(&router, ALL).await;
    assert_eq!(all.len(), 72);
    assert_eq!(
        values(&all, "status"),
        BTreeSet::from(["pending", "accepted", "rejected", "expired"])
    );
    assert_eq!(
        values(&all, "direction"),
        BTreeSet::from(["sent", "received"])
    );
    assert_eq!(values(&all, "advice_type").len(), 7);
    let pairs: BTreeSet<_> = all
        .iter()
        .map(|row| format!("{} {}", row["status"], row["direction"]))
        .collect();
    assert_eq!(pairs.len(), 8, "every status in every direction");
    let months: BTreeSet<_> = all
        .iter()
        .map(|row| row["duration_months"].to_string())
        .collect();
    assert_eq!(
        months,
        BTreeSet::from(["1", "2", "3", "6", "null"].map(str::to_owned))
    );
    let counts: BTreeSet<_> = all
        .iter()
        .map(|row| row["shared_data"].as_array().unwrap().len())
        .collect();
    assert!(counts.contains(&0) && counts.contains(&12));
    assert!(all.iter().any(|row| row["note"].is_null()));
    assert!(all.iter().any(|row| row["sla_deadline"].is_null()));
    assert!(
        all.iter()
            .any(|row| row["clients"].as_array().unwrap().len() > 2)
    );
    assert!(!all.is_sorted_by_key(|row| std::cmp::Reverse(row["updated_at"].to_string())));

    let connections = rows(&router, ALL_CONNECTIONS).await;
    assert!(connections.len() >= 12);
    let pairs: BTreeSet<_> = connections
        .iter()
        .map(|row| format!("{} {}", row["status"], row["direction"]))
        .collect();
    assert_eq!(pairs.len(), 8, "every status in every direction");
    let accepted: Vec<_> = connections
        .into_iter()
        .filter(|row| row["status"] == "accepted")
        .collect();
    let accepted = values(&accepted, "uuid");
    assert!(
        all.iter()
            .all(|row| accepted.contains(row["connection"]["uuid"].as_str().unwrap()))
    );
}

#[tokio::test]
async fn a_referral_has_the_documented_shape() {
    let (_, router, _) = vendor();
    for row in rows(&router, ALL).await {
        let mut expected = vec![
            "advice_type",
            "cloned_clients",
            "clients",
            "connection",
            "created_at",
            "direction",
            "duration_months",
            "expires_at",
            "note",
            "recipient_account",
            "recipient_firm",
            "sender_account",
            "sender_firm",
            "shared_data",
            "sla_deadline",
            "status",
            "updated_at",
            "uuid",
        ];
        if row["status"] == "rejected" {
            expected.push("rejection_reason");
        }
        expected.sort_unstable();
        assert_eq!(keys(&row), expected);
        assert_eq!(
            keys(&row["sender_account"]),
            [
                "created_at",
                "email",
                "external_references",
                "first_name",
                "last_name",
                "name",
                "photo_url",
                "role",
                "type",
                "updated_at",
                "uuid",
            ]
        );
        assert_eq!(
            row["expires_at"].is_null(),
            row["duration_months"].is_null()
        );
        assert_eq!(keys(&row["recipient_firm"]), ["name", "uuid"]);
        let clones = row["cloned_clients"].as_array().unwrap().len();
        match row["status"].as_str().unwrap() {
            "accepted" => assert_eq!(clones, row["clients"].as_array().unwrap().len()),
            "pending" | "rejected" => assert_eq!(clones, 0),
            _ => {}
        }
        let uuid = row["uuid"].as_str().unwrap();
        let one = get(&router, &format!("/api/v1/referrals/{uuid}"))
            .await
            .json;
        assert_eq!(one, row, "a single referral is bare");
    }
}

#[tokio::test]
async fn times_are_londons_wall_clock() {
    let (_, router, _) = vendor();
    let all = rows(&router, ALL).await;
    let offsets: BTreeSet<_> = values(&all, "created_at")
        .into_iter()
        .map(|at| at[19..].to_owned())
        .collect();
    assert_eq!(
        offsets,
        BTreeSet::from(["+00:00", "+01:00"].map(str::to_owned))
    );
    for row in all.iter().filter(|row| row["duration_months"] == 3) {
        let created = row["created_at"].as_str().unwrap();
        let expires = row["expires_at"].as_str().unwrap();
        assert_eq!(
            created[10..19],
            expires[10..19],
            "the wall clock shows the same time of day"
        );
    }
}

#[tokio::test]
async fn switches_change_what_is_absent_or_null() {
    let (sandbox, router, _) = vendor();
    let path = "/api/v1/referrals?filter[status]=pending&per_page=500";
    for (name, value) in [
        ("rejection_reason", "null"),
        ("lifetime_expires_at", "absent"),
        ("clones", "always"),
        ("account_shape", "artifact"),
    ] {
        sandbox.set_switch("plannr", name, value).unwrap();
    }
    for row in rows(&router, path).await {
        assert_eq!(row.get("rejection_reason"), Some(&Value::Null));
        assert_eq!(
            row.get("expires_at").is_none(),
            row["duration_months"].is_null()
        );
        let names = |key: &str| -> Vec<_> {
            let rows = row[key].as_array().unwrap().iter();
            rows.map(|row| row["name"].clone()).collect()
        };
        assert_eq!(names("clients"), names("cloned_clients"));
        assert_eq!(
            keys(&row["sender_account"]["uuid"]),
            ["collection", "description", "example"]
        );
    }
    sandbox.set_switch("plannr", "clones", "absent").unwrap();
    sandbox
        .set_switch("plannr", "account_shape", "flat")
        .unwrap();
    sandbox
        .set_switch("plannr", "account_email", "null")
        .unwrap();
    sandbox
        .set_switch("plannr", "external_references", "absent")
        .unwrap();
    for row in rows(&router, path).await {
        assert!(row.get("cloned_clients").is_none());
        assert!(row["sender_account"]["email"].is_null());
        assert!(row["sender_account"].get("external_references").is_none());
    }
    sandbox
        .set_switch("plannr", "answered_expires_at", "null")
        .unwrap();
    for row in rows(&router, ALL_CONNECTIONS).await {
        let is_answered = row["status"] == "accepted" || row["status"] == "denied";
        assert_eq!(row["expires_at"].is_null(), is_answered);
    }
}

#[tokio::test]
async fn direction_is_relative_to_the_firm_of_the_account() {
    let (_, router, _) = vendor();
    let second = second_account_uuid().to_string();
    let theirs = get_as(&router, &second, ALL).await.json;
    let theirs = theirs["data"].as_array().unwrap();
    let mut shared = 0;
    for row in rows(&router, ALL).await {
        let Some(other) = theirs.iter().find(|other| other["uuid"] == row["uuid"]) else {
            continue;
        };
        assert_ne!(row["direction"], other["direction"]);
        assert_eq!(row["sender_firm"], other["sender_firm"]);
        shared += 1;
    }
    assert!(shared > 0);
    assert!(
        theirs.len() > shared,
        "and it sees referrals that the first does not"
    );
    let hidden = theirs
        .iter()
        .find(|row| {
            row["sender_firm"]["name"] != "Harbour & Pine"
                && row["recipient_firm"]["name"] != "Harbour & Pine"
        })
        .unwrap();
    let path = format!("/api/v1/referrals/{}", hidden["uuid"].as_str().unwrap());
    assert_eq!(get(&router, &path).await.status, 404);
    assert_eq!(get_as(&router, &second, &path).await.status, 200);
}

#[tokio::test]
async fn filters_and_sorts_are_honoured() {
    let (_, router, _) = vendor();
    let all = rows(&router, ALL).await;
    assert!(all.is_sorted_by_key(|row| std::cmp::Reverse(row["created_at"].to_string())));
    let some = rows(
        &router,
        "/api/v1/referrals?filter%5Bstatus%5D=rejected,expired&per_page=500",
    )
    .await;
    assert_eq!(
        values(&some, "status"),
        BTreeSet::from(["rejected", "expired"])
    );
    let uuids = format!(
        "{},{}",
        all[3]["uuid"].as_str().unwrap(),
        all[9]["uuid"].as_str().unwrap()
    );
    let two = rows(
        &router,
        &format!("/api/v1/referrals?filter[uuid]={uuids}&sort=created_at"),
    )
    .await;
    assert_eq!(two, [all[9].clone(), all[3].clone()]);
    let updated = rows(&router, "/api/v1/referrals?sort=-updated_at&per_page=500").await;
    let times: Vec<_> = updated
        .iter()
        .map(|row| {
            row["updated_at"]
                .as_str()
                .unwrap()
                .parse::<jiff::Timestamp>()
                .unwrap()
        })
        .collect();
    assert!(times.is_sorted_by(|left, right| left >= right));

    let connections = rows(&router, ALL_CONNECTIONS).await;
    let recipient = connections[0]["recipient_account"]["uuid"]
        .as_str()
        .unwrap();
    let found = rows(
        &router,
        &format!("/api/v1/referral-connections?filter[recipient_uuid]={recipient}"),
    )
    .await;
    assert!(
        found
            .iter()
            .all(|row| row["recipient_account"]["uuid"] == recipient)
    );
    let uuid = connections[0]["uuid"].as_str().unwrap();
    let one = get(&router, &format!("/api/v1/referral-connections/{uuid}"))
        .await
        .json;
    assert_eq!(one, connections[0]);
}

#[tokio::test]
async fn accounts_are_those_of_the_firm() {
    let (sandbox, router, _) = vendor();
    let clients = rows(
        &router,
        "/api/v1/account?filter[type]=client&per_page=500&include=primary_email,groups",
    )
    .await;
    assert!(
        clients.len() > 22,
        "the clients and the clones that were received"
    );
    assert!(
        clients
            .iter()
            .all(|row| row["firm"]["name"] == "Harbour & Pine")
    );
    assert!(clients.iter().any(|row| row["primary_email"].is_string()));
    assert_eq!(
        values(&clients, "role"),
        BTreeSet::from(["individual", "joint", "trust", "business"])
    );
    let first_page = get(&router, "/api/v1/account").await.json;
    assert_eq!(first_page["data"].as_array().unwrap().len(), 15);

    let found = rows(&router, "/api/v1/account?filter[email]=JURGEN").await;
    assert!(
        found.is_empty(),
        "letters beyond ASCII are dropped from addresses"
    );
    let found = rows(
        &router,
        "/api/v1/account?filter[primary_email]=CHIARA.conti&filter[role]=individual",
    )
    .await;
    assert!(found.iter().all(|row| row["first_name"] == "Chiara") && !found.is_empty());
    let uuid = found[0]["uuid"].as_str().unwrap();
    let one = get(&router, &format!("/api/v1/account/{uuid}")).await.json;
    assert_eq!(one["name"], "Chiara Conti");
    let referral = rows(&router, ALL)
        .await
        .into_iter()
        .find(|row| row["direction"] == "sent")
        .unwrap();
    let client = referral["clients"][0]["uuid"].as_str().unwrap();
    assert_eq!(
        get(&router, &format!("/api/v1/account/{client}"))
            .await
            .json["type"],
        "client"
    );
    sandbox
        .set_switch("plannr", "primary_email", "object")
        .unwrap();
    let one = get(
        &router,
        &format!("/api/v1/account/{uuid}?include=primary_email"),
    )
    .await
    .json;
    assert_eq!(one["primary_email"]["email"], "chiara.conti@example.test");
    assert_eq!(get(&router, "/api/v1/account/x").await.status, 404);
    let path = "/api/v1/account?filter[created_after]=2026-06-01&per_page=500";
    let recent = rows(&router, path).await;
    let clones = referral_clones(&router).await;
    assert_eq!(
        values(&recent, "uuid"),
        clones.iter().map(String::as_str).collect()
    );
}

/// The clones that the gateway's own firm received.
async fn referral_clones(router: &Router) -> Vec<String> {
    let all = rows(router, ALL).await;
    let received = all.iter().filter(|row| row["direction"] == "received");
    received
        .flat_map(|row| row["cloned_clients"].as_array().unwrap())
        .map(|clone| clone["uuid"].as_str().unwrap().to_owned())
        .collect()
}
