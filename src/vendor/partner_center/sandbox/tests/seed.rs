//! What the seeded referrals hold.

use std::collections::{BTreeMap, BTreeSet};

use pretty_assertions::assert_eq;

use super::*;
use crate::sandbox::world::{COMPANIES, PEOPLE};
use crate::vendor::partner_center::sandbox::tags;

#[tokio::test]
async fn the_seed_covers_the_vendors_lists() {
    let bench = Bench::new().await;
    let rows = bench.list(&[]).await;
    let values = |name: &str| texts(&rows, name).into_iter().collect::<BTreeSet<_>>();
    assert_eq!(values("id").len(), 72);
    assert_eq!(
        values("status"),
        BTreeSet::from(["Active", "Closed", "New", "None", "Paused"])
    );
    assert_eq!(
        values("substatus"),
        BTreeSet::from([
            "Accepted", "Declined", "Error", "Expired", "Lost", "None", "OnHold", "Pending",
            "Received", "Won"
        ])
    );
    assert_eq!(
        values("qualification"),
        BTreeSet::from(["Direct", "MarketingQualified", "None", "SalesQualified"])
    );
    assert_eq!(values("type"), BTreeSet::from(["Independent", "Shared"]));
    assert_eq!(
        values("direction"),
        BTreeSet::from(["Incoming", "Outgoing"])
    );
    assert!(values("salesStage").is_superset(&BTreeSet::from(["Develop", "100", ""])));
    let text = bench.get(LIST).await.text;
    let known = [
        &tags::SIZES[..11],
        &tags::ASSISTANCE,
        &tags::PRODUCTS,
        &tags::SERVICES,
        &tags::INDUSTRIES,
        &tags::CATEGORIES,
    ];
    for value in known.concat().into_iter().chain([
        "Category",
        "Name",
        "BusinessProfileLocation",
        "SolutionProfile",
        "Duns",
        "External",
    ]) {
        assert!(text.contains(&format!("\"{value}\"")), "{value}");
    }
    let countries: BTreeSet<_> = rows
        .iter()
        .filter_map(|row| row["customerProfile"]["address"]["country"].as_str())
        .collect();
    assert!(countries.contains("GB") && countries.contains("GBR"));
    let empty_ids: BTreeSet<_> = rows
        .iter()
        .map(|row| row["customerProfile"]["ids"].to_string())
        .collect();
    assert!(empty_ids.contains("{}") && empty_ids.contains("[]"));
    assert!(rows.iter().any(|row| row.get("team").is_none()));
}

#[tokio::test]
async fn the_seed_is_a_coherent_world() {
    let bench = Bench::new().await;
    let rows = bench.list(&[]).await;
    let mut engagements = BTreeMap::<_, Vec<_>>::new();
    for row in &rows {
        engagements
            .entry(row["engagementId"].as_str().unwrap())
            .or_default()
            .push(row);
        assert!(
            row["createdDateTime"].as_str().unwrap() <= row["updatedDateTime"].as_str().unwrap()
        );
        assert!(row["updatedDateTime"].as_str().unwrap() < "2026-10-30T16:20:01");
        assert_eq!(row["organizationName"], COMPANIES[0].name);
        let customer = row["customerProfile"]["name"].as_str().unwrap();
        assert!(
            COMPANIES[1..]
                .iter()
                .any(|company| company.name == customer)
        );
        for person in row["customerProfile"]["team"].as_array().unwrap() {
            let known = PEOPLE
                .iter()
                .find(|known| person["email"] == known.email())
                .unwrap();
            assert_eq!(known.company().name, customer);
        }
    }
    let mut states = BTreeSet::new();
    for row in &rows {
        let registration = &row["registrations"][0];
        if registration.is_null() {
            assert_eq!(row["registrationStatus"], "None");
            continue;
        }
        assert_eq!(registration["status"], row["registrationStatus"]);
        states.insert(registration["status"].as_str().unwrap());
        let history = registration["statusHistory"].as_object().unwrap().values();
        for time in history.filter_map(|time| time.as_str()) {
            assert!(row["createdDateTime"].as_str().unwrap() <= time);
            assert!(time <= row["updatedDateTime"].as_str().unwrap());
        }
    }
    assert_eq!(states.len(), 5);
    let sizes = engagements.values().map(Vec::len);
    assert_eq!(sizes.clone().filter(|size| *size == 2).count(), 30);
    assert_eq!(sizes.clone().filter(|size| *size == 3).count(), 1);
    assert_eq!(sizes.count(), 40);
    for related in engagements.values() {
        assert!(
            related
                .iter()
                .all(|row| row["customerProfile"]["name"] == related[0]["customerProfile"]["name"])
        );
    }
    assert_eq!(bench.list(&[]).await, rows);
}
