//! Idempotency keys, writes at once, writes whose caller leaves, and what is read while one is under way.

use futures_util::future::join_all;
use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use super::partner_center::{self, ONE, REFERRALS, least, some, text};
use super::{COMMON, assert_documented, assert_refused, operation, read, sent, sent_once, until};
use crate::harness::World;

const CREATE: &str = "mutation($input: CreateReferralInput!) { createReferral(input: $input) {
    referral { id version externalReference } outcome operation { idempotencyKey state startedAt settledAt } userErrors { code } } }";

/// Holds the answers to these requests, which the vendor has acted on.
fn hold(world: &World, method: &str, path: &str) {
    world.sandbox.fault(Fault {
        method: Some(method.to_owned()),
        path: Some(path.to_owned()),
        times: Some(1),
        ..Fault::new("partner-center", Kind::Hold)
    });
}

fn new_referral(key: &str) -> Value {
    json!({ "idempotencyKey": key, "referral": { "partnerCenter": least() } })
}

#[tokio::test]
async fn a_hundred_requests_with_one_key_are_one_write_and_one_answer() {
    let world = World::start().await;
    let variables = json!({ "input": new_referral("the same") });
    let all = (0..100).map(|_| world.data_with(CREATE, variables.clone()));
    let answers = join_all(all).await;
    assert_eq!(answers[0]["createReferral"]["outcome"], "APPLIED");
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    sent_once(&world, "partner-center");
    assert_documented(&world);
}

#[tokio::test]
async fn of_fifty_changes_of_one_version_exactly_one_is_made() {
    let world = World::start().await;
    let before = some(&world, "INDEPENDENT", "ACTIVE").await;
    let (id, version) = (text(&before["id"]), text(&before["version"]));
    let patches: Vec<Value> = (0..50)
        .map(|number| json!({ "notes": format!("change {number}") }))
        .collect();
    let keys: Vec<String> = (0..50).map(|number| format!("key {number}")).collect();
    let changes = keys.iter().zip(&patches);
    let changes =
        changes.map(|(key, patch)| partner_center::update(&world, key, id, Some(version), patch));
    let payloads = join_all(changes).await;
    let (applied, refused): (Vec<&Value>, Vec<&Value>) = payloads
        .iter()
        .partition(|payload| payload["outcome"] == "APPLIED");
    assert_eq!((applied.len(), refused.len()), (1, 49));
    let now = &applied[0]["referral"];
    for payload in refused {
        let expected = (
            "VERSION_MISMATCH".to_owned(),
            "input.expectedVersion".to_owned(),
        );
        assert_eq!(super::problems(payload), [expected]);
        assert_eq!(payload["referral"], *now);
    }
    assert_eq!(read(&world, id, partner_center::REFERRAL).await, *now);
    assert_documented(&world);
}

#[tokio::test]
async fn a_write_goes_on_when_its_caller_leaves() {
    let world = World::start().await;
    hold(&world, "POST", REFERRALS);
    let body = json!({ "query": CREATE, "variables": { "input": new_referral("left") } });
    let request = world
        .http
        .post(format!("{}/graphql", world.url))
        .header("content-type", "application/json")
        .body(body.to_string());
    let caller = tokio::spawn(crate::harness::send(request));
    world.sandbox.until_held(1).await;
    caller.abort();
    assert!(caller.await.is_err(), "the caller did not leave");
    assert_eq!(operation(&world, "left").await["state"], "SENDING");
    world.sandbox.release();
    let known = until(&world, "left", "CONFIRMED").await;
    let again = world
        .data_with(CREATE, json!({ "input": new_referral("left") }))
        .await;
    assert_eq!(again["createReferral"]["outcome"], "APPLIED");
    assert_eq!(
        again["createReferral"]["referral"]["id"],
        known["referral"]["id"]
    );
    sent_once(&world, "partner-center");
}

#[tokio::test]
async fn a_second_request_with_a_key_waits_for_the_first_and_gets_its_answer() {
    let world = World::start().await;
    hold(&world, "POST", REFERRALS);
    let variables = json!({ "input": new_referral("k") });
    let release = async {
        world.sandbox.until_held(1).await;
        let mut other = new_referral("k");
        other["referral"]["partnerCenter"]["name"] = json!("another");
        let refused = world.data_with(CREATE, json!({ "input": other })).await;
        assert_eq!(
            refused["createReferral"]["userErrors"],
            json!([{ "code": "IDEMPOTENCY_MISMATCH" }])
        );
        world.sandbox.release();
    };
    let (one, other, ()) = tokio::join!(
        world.data_with(CREATE, variables.clone()),
        world.data_with(CREATE, variables.clone()),
        release
    );
    assert_eq!(one, other);
    assert_eq!(one["createReferral"]["operation"]["state"], "CONFIRMED");
    sent_once(&world, "partner-center");
}

#[tokio::test]
async fn mutations_of_one_document_run_in_order_and_each_sees_what_those_before_did() {
    let world = World::start().await;
    let before = some(&world, "SHARED", "NEW").await;
    let id = &before["id"];
    let document = "mutation($id: ID!, $patch: PartnerCenterPatch!, $member: TeamMemberInput!) {
        one: updateReferral(input: { id: $id, partnerCenter: $patch }) { outcome referral { version description } }
        two: addFacilitator(input: { referralId: $id, party: { teamMember: $member }, role: TEAM_MEMBER }) {
            outcome referral { version description } }
        three: moderateReferrals(input: { decisions: [{ referralId: $id, decision: APPROVE }] }) {
            results { outcome referral { version description status facilitators { totalCount } } } }
        four: updateReferral(input: { id: $id, partnerCenter: { status: NEW, substatus: PENDING } }) {
            outcome userErrors { code } referral { version } }
    }";
    let variables =
        json!({ "id": id, "patch": { "notes": "first" }, "member": partner_center::grace() });
    let data = world.data_with(document, variables).await;
    let two = &data["two"]["referral"];
    assert_eq!(
        (&data["one"]["outcome"], &data["two"]["outcome"]),
        (&json!("APPLIED"), &json!("APPLIED"))
    );
    assert_eq!(
        (&data["one"]["referral"]["description"], &two["description"]),
        (&json!("first"), &json!("first"))
    );
    let three = &data["three"]["results"][0];
    assert_eq!(three["outcome"], "APPLIED");
    let people = before["facilitators"]["totalCount"].as_i64().unwrap() + 1;
    assert_eq!(three["referral"]["facilitators"]["totalCount"], people);
    assert_eq!(
        (
            &three["referral"]["status"],
            &three["referral"]["description"]
        ),
        (&json!("ACTIVE"), &json!("first"))
    );
    let four = &data["four"];
    assert_eq!(
        (&four["outcome"], &four["userErrors"]),
        (
            &json!("REJECTED"),
            &json!([{ "code": "ILLEGAL_TRANSITION" }])
        )
    );
    assert_eq!(four["referral"]["version"], three["referral"]["version"]);
    assert_eq!(sent(&world, "partner-center").len(), 3);
    assert_documented(&world);
}

#[tokio::test]
async fn a_key_has_one_to_two_hundred_characters() {
    let world = World::start().await;
    for key in [String::new(), "é".repeat(201)] {
        let payload = partner_center::create(&world, &key, &least()).await;
        assert_refused(&payload, &[("INVALID", "input.idempotencyKey")]);
        let decisions = json!([{ "referralId": "x", "decision": "APPROVE" }]);
        let input = json!({ "idempotencyKey": key, "decisions": decisions });
        let selection = "results { outcome } operation { state } userErrors { code message path }";
        let payload = super::mutate(&world, "moderateReferrals", input, selection).await;
        assert_eq!(
            (&payload["results"], &payload["operation"]),
            (&json!([]), &Value::Null)
        );
        assert_eq!(
            super::problems(&payload),
            [("INVALID".to_owned(), "input.idempotencyKey".to_owned())]
        );
    }
    assert_eq!(world.asked("partner-center").len(), 0);
    let longest = "é".repeat(200);
    let payload = partner_center::create(&world, &longest, &least()).await;
    assert_eq!(payload["operation"]["idempotencyKey"], longest);
    assert_eq!(operation(&world, &longest).await["state"], "CONFIRMED");
}

#[tokio::test]
async fn without_a_key_the_gateway_gives_one_and_two_of_the_same_are_two() {
    let world = World::start().await;
    let mut input = new_referral("");
    input.as_object_mut().unwrap().remove("idempotencyKey");
    let selection = format!("referral {{ id }} {COMMON}");
    let one = super::mutate(&world, "createReferral", input.clone(), &selection).await;
    let other = super::mutate(&world, "createReferral", input, &selection).await;
    assert!(one["referral"]["id"] != other["referral"]["id"]);
    for payload in [one, other] {
        let known = operation(&world, text(&payload["operation"]["idempotencyKey"])).await;
        assert_eq!(
            (&known["state"], &known["referral"]),
            (&json!("CONFIRMED"), &payload["referral"])
        );
    }
    assert_eq!(sent(&world, "partner-center").len(), 2);
}

#[tokio::test]
async fn one_key_is_good_for_one_kind_of_write_only() {
    let world = World::start().await;
    let made = partner_center::create(&world, "k", &least()).await;
    let id = text(&made["referral"]["id"]);
    let update = partner_center::update(&world, "k", id, None, &json!({ "notes": "n" })).await;
    assert_refused(&update, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
    let add = partner_center::add(&world, "k", id, &partner_center::grace()).await;
    assert_refused(&add, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
    let asked = super::plannr::connect(&world, "k", "GR4CE0NL").await;
    assert_refused(&asked, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
    sent_once(&world, "partner-center");
    assert_eq!(world.calls()["plannr"], 0);
}

#[tokio::test]
async fn nothing_is_written_by_get() {
    let world = World::start().await;
    let query = "mutation { requestConnection(input: { adviserKey: \"GR4CE0NL\" }) { outcome } }";
    let answer = world.get(&[("query", query)]).await;
    assert_eq!(answer.status, 405, "{:#}", answer.json);
    assert_eq!(world.calls()["plannr"], 0);
}

#[tokio::test]
async fn a_read_under_way_when_a_write_ends_leaves_nothing_old_behind() {
    let world = World::start().await;
    let before = some(&world, "INDEPENDENT", "ACTIVE").await;
    let (id, version) = (text(&before["id"]), text(&before["version"]));
    // What was read so far is too old to be given out.
    world.hand.advance(std::time::Duration::from_hours(1));
    for (key, method, path, notes) in [("one", "GET", ONE, "one"), ("two", "GET", REFERRALS, "two")]
    {
        hold(&world, method, path);
        let is_record = path == ONE;
        let reader = async {
            if is_record {
                read(&world, id, "description").await
            } else {
                json!(super::newest(&world, "PARTNER_CENTER", 72, "id description").await)
            }
        };
        let writer = async {
            world.sandbox.until_held(1).await;
            let version = (key == "one").then_some(version);
            let payload =
                partner_center::update(&world, key, id, version, &json!({ "notes": notes })).await;
            assert_eq!(payload["outcome"], "APPLIED");
            world.sandbox.release();
        };
        tokio::join!(reader, writer);
        let now = read(&world, id, "id description").await;
        assert_eq!(now["description"], notes, "the record is old");
        let listed = super::newest(&world, "PARTNER_CENTER", 72, "id description").await;
        assert!(listed.contains(&now), "the list is old");
        world.hand.advance(std::time::Duration::from_hours(1));
    }
}
