//! Vendors that misbehave for longer: what they are asked meanwhile, what callers are told, and how it ends.

use std::time::Duration;

use futures_util::future::join_all;
use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use crate::harness::{Options, World, codes};
use crate::walks::VENDORS;

const SECOND: Duration = Duration::from_secs(1);

async fn without_retries() -> World {
    let toml = "[limits]\nvendor_retries = 0";
    World::with(Options {
        toml,
        ..Options::default()
    })
    .await
}

fn status(status: u16, headers: &[(&str, &str)], body: &str) -> Kind {
    let headers = headers.iter();
    Kind::Status {
        status,
        body: Some(body.to_owned()),
        content_type: None,
        headers: headers
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

/// The list of one vendor; what it says of its source.
async fn source(world: &World, vendor: &str) -> Value {
    let query = format!(
        "{{ referrals(filter: {{ vendors: [{vendor}] }}) {{ sources {{ status code retryAfterSeconds }} }} }}"
    );
    world.data(&query).await["referrals"]["sources"][0].take()
}

async fn vendor_status(world: &World, vendor: &str) -> Value {
    let query = "{ vendors { vendor health circuit pausedUntil } }";
    let mut data = world.data(query).await;
    let vendors = data["vendors"].as_array_mut().unwrap();
    let mut vendors = vendors.iter_mut();
    vendors
        .find(|known| known["vendor"] == vendor)
        .unwrap()
        .take()
}

/// A record that is not there, read by itself. Each number is another one, so that no two share a call.
async fn look_up(world: &World, vendor: Vendor, number: usize) -> Result<(), String> {
    let id = format!("00000000-0000-4000-8000-{number:012}");
    let variables = json!({ "id": GlobalId::Referral(vendor, id).to_string() });
    let query = "query($id: ID!) { referral(id: $id) { id } }";
    let answer = world.query_with(query, variables).await;
    match codes(&answer).pop() {
        None => Ok(()),
        Some((_, code)) => Err(code),
    }
}

#[tokio::test]
async fn a_vendor_that_fails_twice_costs_three_calls_and_no_rows() {
    for (vendor, name, path) in VENDORS {
        let world = World::start().await;
        world.sandbox.fault(Fault {
            path: Some(path.to_owned()),
            times: Some(2),
            ..Fault::new(vendor, Kind::status(503))
        });
        assert_eq!(source(&world, name).await["status"], "OK", "{vendor}");
        let failed = world.asked(vendor);
        let failed = failed.iter().filter(|asked| asked.status == Some(503));
        assert_eq!(failed.count(), 2, "{vendor}");
    }
}

#[tokio::test]
async fn a_vendor_that_fails_three_times_is_given_up() {
    for (vendor, name, path) in VENDORS {
        let world = World::start().await;
        world.sandbox.fault(Fault {
            path: Some(path.to_owned()),
            ..Fault::new(vendor, Kind::status(503))
        });
        let source = source(&world, name).await;
        assert_eq!(source["code"], "VENDOR_UNAVAILABLE", "{vendor}");
        assert_eq!(world.calls()[vendor], 3, "{vendor}");
    }
}

#[tokio::test]
async fn retries_can_be_turned_off() {
    let world = without_retries().await;
    let fault = Fault::new("plannr", Kind::status(503));
    world.sandbox.fault(fault);
    assert_eq!(source(&world, "PLANNR").await["status"], "FAILED");
    assert_eq!(world.calls()["plannr"], 1);
}

#[tokio::test]
async fn an_open_circuit_lets_nothing_through_then_one_probe_and_its_success_closes_it() {
    let world = without_retries().await;
    let fault = Fault::new("introzy", Kind::status(503));
    world.sandbox.fault(fault);
    for number in 0..10 {
        let read = look_up(&world, Vendor::Introzy, number).await;
        assert_eq!(read.unwrap_err(), "VENDOR_UNAVAILABLE");
    }
    assert_eq!(
        source(&world, "INTROZY").await,
        json!({ "status": "CIRCUIT_OPEN", "code": "VENDOR_CIRCUIT_OPEN", "retryAfterSeconds": 1 })
    );
    assert_eq!(world.calls()["introzy"], 10);
    let state = vendor_status(&world, "INTROZY").await;
    assert_eq!(
        (&state["health"], &state["circuit"]),
        (&json!("DOWN"), &json!("OPEN"))
    );
    assert_eq!(
        vendor_status(&world, "PLANNR").await["circuit"],
        json!("CLOSED")
    );

    world.sandbox.clear_faults();
    // Long enough for the others to come while the probe is under way.
    let slow = Fault::new("introzy", Kind::Delay { ms: 2_000 });
    world.sandbox.fault(slow);
    world.hand.advance(SECOND);
    let state = vendor_status(&world, "INTROZY").await;
    assert_eq!(
        (&state["health"], &state["circuit"]),
        (&json!("DEGRADED"), &json!("HALF_OPEN"))
    );
    let reads = (100..120).map(|number| look_up(&world, Vendor::Introzy, number));
    let (found, refused): (Vec<_>, Vec<_>) =
        join_all(reads).await.into_iter().partition(Result::is_ok);
    assert_eq!((found.len(), refused.len()), (1, 19));
    for refusal in refused {
        assert_eq!(refusal.unwrap_err(), "VENDOR_CIRCUIT_OPEN");
    }
    assert_eq!(world.calls()["introzy"], 11);

    world.sandbox.clear_faults();
    let state = vendor_status(&world, "INTROZY").await;
    assert_eq!(state["circuit"], "CLOSED");
    assert_eq!(source(&world, "INTROZY").await["status"], "OK");
}

#[tokio::test]
async fn a_rate_limit_in_any_vendors_form_is_kept_until_it_is_over() {
    let reset = "2026-11-01T09:00:40Z".parse::<jiff::Timestamp>().unwrap();
    let reset = reset.as_second().to_string();
    let words =
        r#"{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}"#;
    let code = r#"{"apiErrorCode":"RATE_LIMIT_EXCEEDED","rsCode":"RS033"}"#;
    let until = "Sun, 01 Nov 2026 09:00:30 GMT";
    let cases = [
        (0, status(429, &[], ""), 1),
        (0, status(429, &[("retry-after", "2")], ""), 2),
        (1, status(429, &[("retry-after", "7")], ""), 7),
        (1, status(429, &[("x-ratelimit-reset", &reset)], ""), 40),
        (2, status(429, &[], words), 57),
        (2, status(429, &[("retry-after", until)], words), 30),
        (3, status(403, &[], code), 1),
        (3, status(429, &[], code), 1),
    ];
    for (index, kind, seconds) in cases {
        let (vendor, name, path) = VENDORS[index];
        let case = format!("{vendor} {kind:?}");
        let world = World::start().await;
        world.sandbox.fault(Fault {
            path: Some(path.to_owned()),
            ..Fault::new(vendor, kind)
        });
        let limited = json!({ "status": "RATE_LIMITED", "code": "VENDOR_RATE_LIMITED", "retryAfterSeconds": seconds });
        assert_eq!(source(&world, name).await, limited, "{case}");
        assert_eq!(world.calls()[vendor], 1, "{case}");

        let query = "{ referrals(first: 100) { sources { vendor status } } }";
        let data = world.data(query).await;
        for source in data["referrals"]["sources"].as_array().unwrap() {
            let is_limited = source["vendor"] == name;
            let expected = if is_limited { "RATE_LIMITED" } else { "OK" };
            assert_eq!(source["status"], expected, "{case}: {source}");
        }
        let state = vendor_status(&world, name).await;
        assert_eq!(state["health"], "DEGRADED", "{case}");
        assert!(state["pausedUntil"].is_string(), "{case}");
        world
            .hand
            .advance(Duration::from_millis(seconds * 1_000 - 500));
        assert_eq!(source(&world, name).await["retryAfterSeconds"], 1, "{case}");
        assert_eq!(world.calls()[vendor], 1, "{case}");

        world.sandbox.clear_faults();
        world.hand.advance(SECOND / 2);
        assert_eq!(source(&world, name).await["status"], "OK", "{case}");
        let state = vendor_status(&world, name).await;
        assert_eq!(state["pausedUntil"], Value::Null, "{case}");
    }
}

#[tokio::test]
async fn a_busy_vendor_that_says_when_to_come_back_is_left_alone_until_then() {
    let world = World::start().await;
    let busy = status(503, &[("retry-after", "5")], "");
    world.sandbox.fault(Fault::new("plannr", busy));
    let expected =
        json!({ "status": "FAILED", "code": "VENDOR_UNAVAILABLE", "retryAfterSeconds": 5 });
    for _ in 0..2 {
        assert_eq!(source(&world, "PLANNR").await, expected);
    }
    assert_eq!(world.calls()["plannr"], 1);
}

#[tokio::test]
async fn a_window_that_is_used_up_is_waited_for_but_no_longer_than_a_minute() {
    let world = World::start().await;
    let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "600")];
    let last = status(200, &headers, r#"{"data":[]}"#);
    world.sandbox.fault(Fault {
        path: Some("/api/v1/referrals".to_owned()),
        times: Some(1),
        ..Fault::new("plannr", last)
    });
    assert_eq!(source(&world, "PLANNR").await["status"], "OK");
    let limited = look_up(&world, Vendor::Plannr, 1).await;
    assert_eq!(limited.unwrap_err(), "VENDOR_RATE_LIMITED");
    assert_eq!(world.calls()["plannr"], 1);
    world.hand.advance(Duration::from_mins(1));
    assert_eq!(look_up(&world, Vendor::Plannr, 1).await, Ok(()));
}

#[tokio::test]
async fn a_hung_vendor_holds_no_more_than_its_places_and_then_none() {
    let toml = "[limits]\nvendor_timeout = \"2s\"";
    let world = World::with(Options {
        toml,
        ..Options::default()
    })
    .await;
    world.sandbox.fault(Fault::new("introzy", Kind::Hang));
    let hung = join_all((0..40).map(|number| look_up(&world, Vendor::Introzy, number)));
    let others = world.data("{ referrals(first: 50, filter: { vendors: [PLANNR, SAASQUATCH] }) { sources { status } } }");
    let (hung, others) = tokio::join!(hung, others);
    for source in others["referrals"]["sources"].as_array().unwrap() {
        assert_eq!(source["status"], "OK");
    }
    let refused = Err("VENDOR_CIRCUIT_OPEN".to_owned());
    assert!(hung.contains(&refused), "{hung:?}");
    // Sixteen at once, and one in each place that was given back before the tenth failure opened the circuit.
    let calls = world.calls()["introzy"];
    assert!((10..=16 + 9).contains(&calls), "{calls}");
    assert_eq!(source(&world, "INTROZY").await["status"], "CIRCUIT_OPEN");
    assert_eq!(world.calls()["introzy"], calls);
}

#[tokio::test]
async fn when_all_vendors_fail_a_burst_of_requests_is_not_multiplied() {
    let world = World::start().await;
    for (vendor, _, path) in VENDORS {
        world.sandbox.fault(Fault {
            path: Some(path.to_owned()),
            ..Fault::new(vendor, Kind::status(500))
        });
    }
    let requests = 60;
    for _ in 0..requests {
        let query = "{ referrals { sources { status } } }";
        world.data(query).await;
        // Half of the requests find the circuits half open.
        world.hand.advance(SECOND / 2);
    }
    for (vendor, _, _) in VENDORS {
        let calls = world.calls()[vendor];
        assert!(calls * 10 <= requests * 11 + 100, "{vendor}: {calls}");
    }
}

const WRITES: [&str; 6] = [
    "CREATE_REFERRAL",
    "UPDATE_REFERRAL",
    "MODERATE",
    "MANAGE_FACILITATORS",
    "CONVERT",
    "WEBHOOKS",
];

#[tokio::test]
async fn vendors_claim_only_what_works_through_the_gateway() {
    let world = World::start().await;
    let data = world.data("{ vendors { vendor capabilities } }").await;
    let vendors = data["vendors"].as_array().unwrap().iter();
    let claimed: Vec<_> = vendors
        .map(|it| {
            let writes = it["capabilities"].as_array().unwrap().iter();
            let writes = writes.map(|it| it.as_str().unwrap());
            let writes: Vec<_> = writes.filter(|it| WRITES.contains(it)).collect();
            (it["vendor"].as_str().unwrap(), writes)
        })
        .collect();
    assert_eq!(
        claimed,
        [
            (
                "INTROZY",
                vec!["CREATE_REFERRAL", "MANAGE_FACILITATORS", "CONVERT"]
            ),
            ("PLANNR", vec!["CREATE_REFERRAL", "MODERATE"]),
            (
                "PARTNER_CENTER",
                vec![
                    "CREATE_REFERRAL",
                    "UPDATE_REFERRAL",
                    "MODERATE",
                    "MANAGE_FACILITATORS"
                ]
            ),
            ("SAASQUATCH", vec!["CREATE_REFERRAL", "MODERATE"]),
        ]
    );
}
