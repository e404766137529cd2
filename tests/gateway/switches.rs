//! What the vendors' pages leave open: whichever way a vendor does it, the gateway gives the same referrals, or says
//! clearly why it cannot.

use std::collections::BTreeSet;
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::{Options, World, codes};

/// A switch's value that really makes the vendor answer something else: the status and code of the source, and whether
/// some of the referrals are there all the same. Every other value of every switch must change nothing.
const DIFFERENCES: [(&str, &str, &str, Difference); 18] = [
    (
        "introzy",
        "rate_limit",
        "refuse",
        Difference::Refused("RATE_LIMITED", "VENDOR_RATE_LIMITED"),
    ),
    (
        "introzy",
        "rate_limit",
        "refuse_with_retry_after",
        Difference::Refused("RATE_LIMITED", "VENDOR_RATE_LIMITED"),
    ),
    (
        "plannr",
        "rate_limit",
        "refuse",
        Difference::Refused("RATE_LIMITED", "VENDOR_RATE_LIMITED"),
    ),
    ("plannr", "rate_limit", "5_per_minute", Difference::Limited),
    // What the documentation prints in place of an account tells nobody's name.
    ("plannr", "account_shape", "artifact", Difference::Nameless),
    (
        "partner-center",
        "role",
        "none",
        Difference::Refused("UNAUTHORIZED", "VENDOR_UNAUTHORIZED"),
    ),
    ("partner-center", "role", "user", Difference::Fewer),
    (
        "partner-center",
        "throttle",
        "retry_after_57",
        Difference::Refused("RATE_LIMITED", "VENDOR_RATE_LIMITED"),
    ),
    (
        "partner-center",
        "throttle",
        "retry_after_1",
        Difference::Refused("RATE_LIMITED", "VENDOR_RATE_LIMITED"),
    ),
    (
        "partner-center",
        "throttle",
        "http_date",
        Difference::Refused("RATE_LIMITED", "VENDOR_RATE_LIMITED"),
    ),
    (
        "partner-center",
        "throttle",
        "no_header",
        Difference::Refused("RATE_LIMITED", "VENDOR_RATE_LIMITED"),
    ),
    (
        "partner-center",
        "marketplace_leads",
        "hidden",
        Difference::Fewer,
    ),
    ("saasquatch", "tenant", "classic", Difference::Fewer),
    ("saasquatch", "tenant", "ga", Difference::Fewer),
    (
        "saasquatch",
        "rate_limit",
        "429",
        Difference::Refused("RATE_LIMITED", "VENDOR_RATE_LIMITED"),
    ),
    (
        "saasquatch",
        "rate_limit",
        "403",
        Difference::Refused("RATE_LIMITED", "VENDOR_RATE_LIMITED"),
    ),
    // The configured key has no user part.
    (
        "saasquatch",
        "auth_form",
        "account_sid",
        Difference::Refused("UNAUTHORIZED", "VENDOR_UNAUTHORIZED"),
    ),
    // What has no time of its last change was updated after nothing, and without dateConverted some are not yet won.
    ("saasquatch", "generation", "2020", Difference::Untimed),
];

#[derive(Clone, Copy, Debug)]
enum Difference {
    /// Nothing comes; the source has this status and code.
    Refused(&'static str, &'static str),
    /// Some referrals are not shown to this caller.
    Fewer,
    /// The list comes; what follows it may be refused.
    Limited,
    /// The list comes; a filter by the time of the last change gives none of it.
    Untimed,
    /// The list comes; the parties are not told.
    Nameless,
}

/// What the gateway gives of one vendor.
#[derive(Debug, PartialEq)]
struct Seen {
    /// Id, status and names of the parties of each.
    referrals: BTreeSet<String>,
    statuses: BTreeSet<String>,
    codes: BTreeSet<String>,
    /// The ids that pass a filter which this vendor may serve itself.
    filtered: BTreeSet<String>,
    /// The ids that mention somebody.
    mentioning: BTreeSet<String>,
    /// The first one, read by itself in a gateway that knows nothing yet.
    single: Value,
    people: usize,
    errors: Vec<(String, String)>,
}

const FIELDS: &str = "id status direction createdAt expiresAt
    referrer { ...party } referred { ...party } recipient { ...party }
    facilitators { nodes { role party { ...party } } } connection { id status }
    details { __typename }";
const PARTY: &str =
    "fragment party on Party { __typename ... on Person { name } ... on Organization { name } }";

async fn list(
    world: &World,
    filter: Value,
    fields: &str,
) -> (
    Vec<Value>,
    BTreeSet<String>,
    BTreeSet<String>,
    Vec<(String, String)>,
) {
    let query = format!(
        "query($filter: ReferralFilter, $after: String) {{ referrals(first: 50, after: $after, filter: $filter) {{
            nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} sources {{ status code message }}
        }} }} {}",
        if fields.contains("...party") { PARTY } else { "" }
    );
    let (mut nodes, mut statuses, mut causes, mut errors) =
        (Vec::new(), BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut after = Value::Null;
    loop {
        let answer = world
            .query_with(&query, json!({ "filter": filter, "after": after }))
            .await;
        errors.extend(codes(&answer));
        let page = &answer["data"]["referrals"];
        nodes.extend(page["nodes"].as_array().unwrap().iter().cloned());
        for source in page["sources"].as_array().unwrap() {
            statuses.insert(source["status"].as_str().unwrap().to_owned());
            causes.extend(source["code"].as_str().map(str::to_owned));
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return (nodes, statuses, causes, errors);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn ids(nodes: &[Value]) -> BTreeSet<String> {
    nodes
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Asks one vendor for all that it has, with a switch set beforehand.
async fn look(
    world: &World,
    path: &str,
    switch: Option<(&str, &str)>,
    single: Option<&str>,
) -> Seen {
    renew(world, path, switch);
    let vendor = path.to_uppercase().replace('-', "_");
    let (nodes, statuses, causes, mut errors) =
        list(world, json!({ "vendors": [vendor] }), FIELDS).await;
    assert_eq!(
        ids(&nodes).len(),
        nodes.len(),
        "{path} {switch:?}: a referral came twice"
    );
    let filter = json!({ "vendors": [vendor], "updatedAfter": "2026-06-01T00:00:00Z", "status": ["ACTIVE", "WON"] });
    let (filtered, _, _, more) = list(world, filter, "id").await;
    errors.extend(more);
    let filter = json!({ "vendors": [vendor], "search": "okoro" });
    let id = single.map_or_else(
        || nodes.first().map_or(Value::Null, |node| node["id"].clone()),
        |id| json!(id),
    );
    renew(world, path, switch);
    let mut read = Value::Null;
    if !id.is_null() {
        let query = format!(
            "query($id: ID!) {{ referral(id: $id) {{ {FIELDS} notes {{ totalCount }} }} }} {PARTY}"
        );
        let mut answer = world.query_with(&query, json!({ "id": id })).await;
        errors.extend(codes(&answer));
        read = answer["data"]["referral"].take();
    }
    let (mentioning, _, _, more) = list(world, filter, "id").await;
    errors.extend(more);
    let query = "query($vendor: Vendor!) { people(vendor: $vendor, search: \"ada\", first: 50) { name email } }";
    let found = world.query_with(query, json!({ "vendor": vendor })).await;
    errors.extend(codes(&found));
    errors.sort();
    Seen {
        referrals: nodes.iter().map(ToString::to_string).collect(),
        statuses,
        codes: causes,
        filtered: ids(&filtered),
        mentioning: ids(&mentioning),
        single: read,
        people: found["data"]["people"].as_array().map_or(0, Vec::len),
        errors,
    }
}

/// A gateway on this vendor alone.
async fn fresh(path: &str) -> World {
    let others = ["introzy", "plannr", "partner_center", "saasquatch"];
    let own = path.replace('-', "_");
    let without = others.into_iter().filter(|other| *other != own).collect();
    World::with(Options {
        without,
        ..Options::default()
    })
    .await
}

/// The start again, with a switch set, so long after all that was before that the gateway uses nothing of it.
fn renew(world: &World, path: &str, switch: Option<(&str, &str)>) {
    world.sandbox.reset();
    world.hand.advance(Duration::from_hours(24));
    if let Some((name, value)) = switch {
        world.sandbox.set_switch(path, name, value).unwrap();
    }
}

async fn every_value_changes_nothing_or_what_is_listed(path: &str) {
    let switches: Vec<_> = {
        let world = World::start().await;
        let mounted = world.sandbox.vendor(path).unwrap();
        mounted
            .switches
            .all()
            .into_iter()
            .map(|(switch, _)| switch)
            .collect()
    };
    assert!(switches.len() > 5);
    let world = fresh(path).await;
    let usual = look(&world, path, None, None).await;
    assert!(
        usual.referrals.len() > 30 && !usual.single.is_null(),
        "{usual:#?}"
    );
    assert_eq!(
        (usual.errors.len(), usual.statuses.len()),
        (0, 1),
        "{usual:#?}"
    );
    let first = usual.single["id"].as_str();
    for switch in switches {
        // The first value is the usual one.
        for value in &switch.values[1..] {
            let difference = DIFFERENCES
                .iter()
                .find(|(of, name, known, _)| (*of, *name, *known) == (path, switch.name, *value));
            let setting = Some((switch.name, *value));
            let seen = match difference {
                // Who is refused keeps away for a while, which is no matter of the next value.
                Some((.., Difference::Refused(..) | Difference::Limited)) => {
                    look(&fresh(path).await, path, setting, first).await
                }
                _ => look(&world, path, setting, first).await,
            };
            let case = format!("{path} {}={value} ({})", switch.name, switch.about);
            match difference.map(|(.., difference)| *difference) {
                None => assert_same(&seen, &usual, &case),
                Some(Difference::Refused(status, code)) => {
                    assert!(seen.referrals.is_empty() && seen.single.is_null(), "{case}");
                    assert_eq!(seen.statuses, BTreeSet::from([status.to_owned()]), "{case}");
                    assert_eq!(seen.codes, BTreeSet::from([code.to_owned()]), "{case}");
                    assert!(
                        seen.errors
                            .contains(&("referral".to_owned(), code.to_owned())),
                        "{case}: {:?}",
                        seen.errors
                    );
                }
                Some(Difference::Fewer) => {
                    assert_eq!(seen.statuses, usual.statuses, "{case}");
                    assert!(
                        seen.referrals.is_subset(&usual.referrals)
                            && seen.referrals.len() < usual.referrals.len(),
                        "{case}"
                    );
                    assert!(seen.filtered.is_subset(&usual.filtered), "{case}");
                }
                Some(Difference::Limited) => {
                    assert_eq!(seen.referrals, usual.referrals, "{case}");
                }
                Some(Difference::Untimed) => {
                    assert_eq!(addressed(&seen), addressed(&usual), "{case}");
                    assert_eq!(seen.statuses, usual.statuses, "{case}");
                    assert_eq!(seen.filtered, BTreeSet::new(), "{case}");
                }
                Some(Difference::Nameless) => {
                    assert_eq!(addressed(&seen), addressed(&usual), "{case}");
                    assert_eq!(seen.statuses, usual.statuses, "{case}");
                    assert_eq!(seen.filtered, usual.filtered, "{case}");
                    assert_eq!(seen.errors, usual.errors, "{case}");
                }
            }
        }
    }
}

/// The ids of the referrals.
fn addressed(seen: &Seen) -> BTreeSet<String> {
    let id = |text: &String| serde_json::from_str::<Value>(text).unwrap()["id"].to_string();
    seen.referrals.iter().map(id).collect()
}

fn assert_same(seen: &Seen, usual: &Seen, case: &str) {
    assert_eq!(addressed(seen), addressed(usual), "{case}");
    assert_eq!(
        (&seen.statuses, &seen.codes, &seen.errors),
        (&usual.statuses, &usual.codes, &usual.errors),
        "{case}"
    );
    assert_eq!(seen.filtered, usual.filtered, "{case}");
    assert_eq!(seen.mentioning, usual.mentioning, "{case}");
    assert_eq!(seen.single["id"], usual.single["id"], "{case}");
    assert_eq!(seen.people, usual.people, "{case}");
    // All that the common fields tell.
    assert_eq!(seen.referrals, usual.referrals, "{case}");
    assert_eq!(seen.single, usual.single, "{case}");
}

#[tokio::test]
async fn whatever_introzy_leaves_open_its_referrals_are_the_same() {
    every_value_changes_nothing_or_what_is_listed("introzy").await;
}

#[tokio::test]
async fn whatever_plannr_leaves_open_its_referrals_are_the_same() {
    every_value_changes_nothing_or_what_is_listed("plannr").await;
}

#[tokio::test]
async fn whatever_partner_center_leaves_open_its_referrals_are_the_same() {
    every_value_changes_nothing_or_what_is_listed("partner-center").await;
}

#[tokio::test]
async fn whatever_saasquatch_leaves_open_its_referrals_are_the_same() {
    every_value_changes_nothing_or_what_is_listed("saasquatch").await;
}

#[test]
fn every_listed_difference_is_of_a_switch_that_there_is() {
    let (clock, _) =
        referral_gateway::clock::Clock::manual("2026-11-01T09:00:00Z".parse().unwrap());
    let sandbox = referral_gateway::sandbox::Sandbox::new(&clock);
    for (path, name, value, _) in DIFFERENCES {
        sandbox.set_switch(path, name, value).unwrap();
    }
}
