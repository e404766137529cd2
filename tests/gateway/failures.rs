//! A vendor that fails costs its own part, and no more.

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use crate::harness::{Options, World, codes};

pub const VENDORS: [(&str, &str); 4] = [
    ("introzy", "INTROZY"),
    ("plannr", "PLANNR"),
    ("partner-center", "PARTNER_CENTER"),
    ("saasquatch", "SAASQUATCH"),
];

/// A sound answer with this body.
fn answer(body: &Value) -> Kind {
    Kind::Status {
        status: 200,
        body: Some(body.to_string()),
        content_type: Some("application/json".to_owned()),
        headers: Default::default(),
    }
}

fn down(vendor: &'static str) -> Fault {
    Fault::new(vendor, Kind::status(503))
}

pub fn source<'a>(data: &'a Value, vendor: &str) -> &'a Value {
    let sources = data["referrals"]["sources"].as_array().unwrap();
    sources
        .iter()
        .find(|source| source["vendor"] == vendor)
        .unwrap()
}

pub fn count(data: &Value, vendor: &str) -> usize {
    data["referrals"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["vendor"] == vendor)
        .count()
}

#[tokio::test]
async fn a_vendor_that_is_down_costs_its_rows_and_one_source_entry() {
    for (path, vendor) in VENDORS {
        let world = World::start().await;
        world.sandbox.fault(down(path));
        let data = world.data("{ referrals(first: 100) { nodes { id vendor } sources { vendor status code message retryAfterSeconds } } }").await;
        for (_, other) in VENDORS {
            let expected = if other == vendor { "FAILED" } else { "OK" };
            assert_eq!(
                source(&data, other)["status"],
                expected,
                "{vendor} down: {data:#}"
            );
            assert_eq!(
                count(&data, other) > 0,
                other != vendor,
                "{vendor} down: {other}"
            );
        }
        assert_eq!(source(&data, vendor)["code"], "VENDOR_UNAVAILABLE");
        assert_eq!(data["referrals"]["sources"].as_array().unwrap().len(), 4);
    }
}

#[tokio::test]
async fn without_sources_a_vendor_that_is_down_is_one_error_beside_the_others_rows() {
    let world = World::start().await;
    world.sandbox.fault(down("plannr"));
    let answer = world
        .query("{ referrals(first: 100) { nodes { id vendor } } }")
        .await;
    assert_eq!(
        codes(&answer),
        [("referrals".to_owned(), "VENDOR_UNAVAILABLE".to_owned())]
    );
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["vendor"], "PLANNR");
    assert_eq!(error["extensions"]["retryable"], true);
    assert!(
        error["extensions"]["requestId"]
            .as_str()
            .is_some_and(|id| id.len() == 36),
        "{error:#}"
    );
    assert_eq!(count(&answer["data"], "PLANNR"), 0);
    assert!(count(&answer["data"], "INTROZY") > 0);
}

#[tokio::test]
async fn a_field_whose_vendor_is_down_is_null_with_an_error_and_its_neighbours_are_whole() {
    let world = World::start().await;
    world.sandbox.fault(Fault {
        path: Some("/api/v1/referral-connections".to_owned()),
        ..down("plannr")
    });
    let answer = world.query("{ referrals(first: 3, filter: { vendors: [PLANNR] }) { nodes { id status connection { id } } } }").await;
    let nodes = answer["data"]["referrals"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 3);
    for node in nodes {
        assert!(
            node["status"].is_string() && node["connection"].is_null(),
            "{node:#}"
        );
    }
    let expected: Vec<_> = (0..3)
        .map(|index| {
            (
                format!("referrals.nodes.{index}.connection"),
                "VENDOR_UNAVAILABLE".to_owned(),
            )
        })
        .collect();
    let mut errors = codes(&answer);
    errors.sort();
    assert_eq!(errors, expected);
}

#[tokio::test]
async fn a_single_record_of_a_vendor_that_is_down_is_null_with_one_error() {
    let world = World::start().await;
    world.sandbox.fault(down("introzy"));
    let id = GlobalId::Referral(
        Vendor::Introzy,
        "00000000-0000-4000-8000-000000000001".to_owned(),
    )
    .to_string();
    let answer = world
        .query_with(
            "query($id: ID!) { referral(id: $id) { id } vendors { vendor configured } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(answer["data"]["referral"], Value::Null);
    assert_eq!(answer["data"]["vendors"].as_array().unwrap().len(), 4);
    assert_eq!(
        codes(&answer),
        [("referral".to_owned(), "VENDOR_UNAVAILABLE".to_owned())]
    );
}

#[tokio::test]
async fn an_unknown_id_is_null_without_an_error_and_a_malformed_one_is_refused() {
    let world = World::start().await;
    let unknown = [
        GlobalId::Referral(
            Vendor::Introzy,
            "00000000-0000-4000-8000-000000000001".to_owned(),
        ),
        GlobalId::Referral(
            Vendor::Plannr,
            "00000000-0000-4000-8000-000000000001".to_owned(),
        ),
        GlobalId::Referral(
            Vendor::PartnerCenter,
            "00000000-0000-4000-8000-000000000001".to_owned(),
        ),
        GlobalId::Referral(Vendor::Saasquatch, "000000000000000000000001".to_owned()),
        GlobalId::Connection(
            Vendor::Plannr,
            "00000000-0000-4000-8000-000000000001".to_owned(),
        ),
        GlobalId::Connection(
            Vendor::Introzy,
            "00000000-0000-4000-8000-000000000001".to_owned(),
        ),
        GlobalId::Engagement(
            Vendor::PartnerCenter,
            "00000000-0000-4000-8000-000000000001".to_owned(),
        ),
        GlobalId::Engagement(Vendor::Saasquatch, "1".to_owned()),
        GlobalId::Facilitator {
            vendor: Vendor::Introzy,
            referral: "00000000-0000-4000-8000-000000000001".to_owned(),
            key: "1".to_owned(),
        },
        GlobalId::Facilitator {
            vendor: Vendor::PartnerCenter,
            referral: "00000000-0000-4000-8000-000000000001".to_owned(),
            key: "a@example.test".to_owned(),
        },
    ];
    for id in &unknown {
        let data = world
            .data_with(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({ "id": id.to_string() }),
            )
            .await;
        assert_eq!(data, json!({ "node": null }), "{id}");
    }

    let connection = unknown[4].to_string();
    for (field, id) in [
        ("referral", "nonsense"),
        ("connection", ""),
        ("engagement", "cmVmZXJyYWw"),
        ("node", "../.."),
        ("referral", &connection),
    ] {
        let answer = world
            .query_with(
                &format!("query($id: ID!) {{ {field}(id: $id) {{ id }} }}"),
                json!({ "id": id }),
            )
            .await;
        assert_eq!(
            codes(&answer),
            [(field.to_owned(), "BAD_USER_INPUT".to_owned())],
            "{field} {id}"
        );
        assert_eq!(answer["data"], json!({ field: null }));
    }

    let there = world.data("{ referrals(first: 1) { nodes { id } } }").await["referrals"]["nodes"]
        [0]["id"]
        .clone();
    let ids = json!({ "ids": [there, "nonsense", unknown[0].to_string()] });
    let answer = world
        .query_with("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids)
        .await;
    assert_eq!(
        answer["data"]["nodes"],
        json!([{ "id": there }, null, null])
    );
    assert_eq!(
        codes(&answer),
        [("nodes.1".to_owned(), "BAD_USER_INPUT".to_owned())]
    );
}

#[tokio::test]
async fn a_vendor_without_credentials_is_not_configured_and_everything_else_works() {
    let world = World::with(Options {
        without: vec!["saasquatch", "partner_center"],
        ..Options::default()
    })
    .await;
    let query = "{ referrals(first: 50) { nodes { vendor } sources { vendor status code } } vendors { vendor configured health capabilities } }";
    let data = world.data(query).await;
    assert_eq!(
        source(&data, "SAASQUATCH"),
        &json!({ "vendor": "SAASQUATCH", "status": "NOT_CONFIGURED", "code": "VENDOR_NOT_CONFIGURED" })
    );
    assert_eq!(source(&data, "INTROZY")["status"], "OK");
    assert_eq!(count(&data, "SAASQUATCH"), 0);
    let vendors = data["vendors"].as_array().unwrap();
    let configured: Vec<bool> = vendors
        .iter()
        .map(|vendor| vendor["configured"].as_bool().unwrap())
        .collect();
    assert_eq!(configured, [true, true, false, false]);

    let quiet = world.query("{ referrals { nodes { vendor } } }").await;
    assert_eq!(
        codes(&quiet),
        [],
        "a vendor that nobody asked for is no error"
    );
    let named = world
        .query("{ referrals(filter: { vendors: [SAASQUATCH] }) { nodes { vendor } } }")
        .await;
    assert_eq!(
        codes(&named),
        [("referrals".to_owned(), "VENDOR_NOT_CONFIGURED".to_owned())]
    );
}

#[tokio::test]
async fn one_unreadable_record_costs_itself_and_is_told_with_its_path() {
    let world = World::start().await;
    let row = |id: &str, created: Value| json!({ "uuid": id, "status": "pending", "direction": "sent", "created_at": created, "updated_at": "2026-01-20T17:51:29+00:00" });
    let body = json!({ "data": [
        row("11111111-1111-4111-8111-111111111111", json!("2026-01-20T17:51:29+00:00")),
        row("22222222-2222-4222-8222-222222222222", json!({ "surprise": "Ada Okoro" })),
        row("33333333-3333-4333-8333-333333333333", json!("2026-01-19T17:51:29+00:00")),
    ] });
    world.sandbox.fault(Fault {
        path: Some("/api/v1/referrals".to_owned()),
        ..Fault::new("plannr", answer(&body))
    });
    let query = "{ referrals(filter: { vendors: [PLANNR] }) { nodes { remoteId } sources { status code message } } }";
    let data = world.data(query).await;
    let ids: Vec<&str> = data["referrals"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["remoteId"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "11111111-1111-4111-8111-111111111111",
            "33333333-3333-4333-8333-333333333333"
        ]
    );
    let report = &data["referrals"]["sources"][0];
    assert_eq!(
        (&report["status"], &report["code"]),
        (&json!("PARTIAL"), &json!("VENDOR_INVALID_RESPONSE"))
    );
    let message = report["message"].as_str().unwrap();
    assert!(
        message.contains("created_at") && !message.contains("Ada"),
        "{message}"
    );
}

#[tokio::test]
async fn every_way_of_answering_wrongly_is_a_clear_error_of_that_vendor() {
    let cases = [
        (
            Kind::Html { status: 200 },
            "VENDOR_INVALID_RESPONSE",
            "FAILED",
        ),
        (Kind::Html { status: 502 }, "VENDOR_UNAVAILABLE", "FAILED"),
        (Kind::EmptyBody, "VENDOR_INVALID_RESPONSE", "FAILED"),
        (Kind::MalformedJson, "VENDOR_INVALID_RESPONSE", "FAILED"),
        (Kind::Truncate, "VENDOR_UNAVAILABLE", "FAILED"),
        (Kind::DropBefore, "VENDOR_UNAVAILABLE", "FAILED"),
        (Kind::status(401), "VENDOR_UNAUTHORIZED", "UNAUTHORIZED"),
        (Kind::status(403), "VENDOR_UNAUTHORIZED", "UNAUTHORIZED"),
        (Kind::status(429), "VENDOR_RATE_LIMITED", "RATE_LIMITED"),
        (Kind::status(302), "VENDOR_INVALID_RESPONSE", "FAILED"),
        (
            Kind::HugeBody { bytes: 3 << 20 },
            "VENDOR_INVALID_RESPONSE",
            "FAILED",
        ),
        (Kind::Hang, "VENDOR_TIMEOUT", "TIMED_OUT"),
    ];
    for (path, vendor) in VENDORS {
        for (kind, code, status) in cases.clone() {
            // Only the one that hangs is waited for: a huge body takes its time on a busy machine.
            let toml = match kind {
                Kind::Hang => "[limits]\nvendor_timeout = \"2s\"",
                _ => "[limits]\nmax_answer_bytes = 2000000",
            };
            let world = World::with(Options {
                toml,
                ..Options::default()
            })
            .await;
            let case = format!("{vendor} {kind:?}");
            // Signing in works, so that it is the list that fails.
            world
                .data(&format!(
                    "{{ people(vendor: {vendor}, search: \"x\") {{ name }} }}"
                ))
                .await;
            let paths = [
                "/api/referral-opps",
                "/api/v1/referrals",
                "/v1.0/engagements/referrals",
                "/api/v1/*/referrals",
            ];
            let index = VENDORS
                .iter()
                .position(|(known, _)| *known == path)
                .unwrap();
            world.sandbox.fault(Fault {
                path: Some(paths[index].to_owned()),
                ..Fault::new(path, kind)
            });
            let data = world.data("{ referrals(first: 100) { nodes { vendor } sources { vendor status code message } } }").await;
            assert_eq!(source(&data, vendor)["code"], code, "{case}");
            assert_eq!(source(&data, vendor)["status"], status, "{case}");
            assert!(
                source(&data, vendor)["message"]
                    .as_str()
                    .unwrap()
                    .contains(vendor),
                "{case}"
            );
            assert!(
                VENDORS
                    .iter()
                    .all(|(_, other)| (count(&data, other) > 0) == (*other != vendor)),
                "{case}"
            );
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_carries_no_credentials_away() {
    let world = World::start().await;
    let headers = [("location".to_owned(), format!("{}/graphql", world.url))]
        .into_iter()
        .collect();
    let kind = Kind::Status {
        status: 307,
        body: None,
        content_type: None,
        headers,
    };
    world.sandbox.fault(Fault::new("introzy", kind));
    let data = world
        .data("{ referrals(filter: { vendors: [INTROZY] }) { nodes { id } sources { status } } }")
        .await;
    assert_eq!(data["referrals"]["sources"][0]["status"], "FAILED");
    assert_eq!(world.asked("introzy").len(), 1);
}

#[tokio::test]
async fn a_vendor_that_hangs_costs_the_others_nothing_but_its_own_time() {
    let world = World::with(Options {
        toml: "[limits]\nvendor_timeout = \"2s\"",
        ..Options::default()
    })
    .await;
    world.sandbox.fault(Fault::new("saasquatch", Kind::Hang));
    let data = world.data("{ referrals(first: 100) { nodes { vendor } sources { vendor status } } vendors { vendor health latencyMs } }").await;
    assert_eq!(source(&data, "SAASQUATCH")["status"], "TIMED_OUT");
    assert!(
        count(&data, "INTROZY") > 0
            && count(&data, "PLANNR") > 0
            && count(&data, "PARTNER_CENTER") > 0
    );
}

#[tokio::test]
async fn the_request_has_a_time_of_its_own() {
    let toml = "[limits]\nvendor_timeout = \"10s\"\n[server]\nrequest_timeout = \"2s\"";
    let world = World::with(Options {
        toml,
        ..Options::default()
    })
    .await;
    world.sandbox.fault(Fault::new("plannr", Kind::Hang));
    let data = world
        .data("{ referrals(first: 100) { nodes { vendor } sources { vendor status code } } }")
        .await;
    assert_eq!(source(&data, "PLANNR")["code"], "DEADLINE_EXCEEDED");
    assert!(count(&data, "INTROZY") > 0);
}

#[tokio::test]
async fn a_call_that_hangs_costs_its_own_record_and_not_the_others_of_its_batch() {
    let toml = "[limits]\nvendor_timeout = \"30s\"\n[server]\nrequest_timeout = \"3s\"";
    let world = World::with(Options {
        toml,
        ..Options::default()
    })
    .await;
    let hang = Fault {
        path: Some("/api/pipelines/referral/deals/*".to_owned()),
        times: Some(3),
        ..Fault::new("introzy", Kind::Hang)
    };
    world.sandbox.fault(hang);
    let query = "{ referrals(first: 10, filter: { vendors: [INTROZY] }) { nodes { notes { totalCount } } } }";
    let answer = world.query(query).await;
    let nodes = answer["data"]["referrals"]["nodes"].as_array().unwrap();
    let told = nodes.iter().filter(|node| !node["notes"].is_null());
    assert_eq!(told.count(), 7, "{answer:#}");
    let codes: Vec<String> = codes(&answer).into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["DEADLINE_EXCEEDED"; 3]);
}

#[tokio::test]
async fn what_only_one_vendor_has_costs_itself_alone_where_it_cannot_be_read() {
    let cases = [
        (
            "partner-center",
            "/v1.0/engagements/referrals",
            json!({ "value": [
                { "id": "r1", "name": "one", "consent": { "consentToContact": "perhaps, says Ada Okoro" } },
                { "id": "r2", "name": "two", "mpnId": "7" },
            ] }),
            "... on PartnerCenterReferral { own: mpnId }",
        ),
        (
            "saasquatch",
            "/api/v1/*/referrals",
            json!({ "referrals": [
                { "id": "r1", "referrerReward": { "dateGiven": "when Ada Okoro comes" }, "programId": "lost" },
                { "id": "r2", "programId": "7" },
            ], "count": 2, "totalCount": 2 }),
            "... on SaasquatchReferral { own: programId }",
        ),
    ];
    for (vendor, path, body, own) in cases {
        let world = World::start().await;
        world.sandbox.fault(Fault {
            path: Some(path.to_owned()),
            ..Fault::new(vendor, answer(&body))
        });
        let (_, name) = VENDORS.into_iter().find(|(it, _)| *it == vendor).unwrap();
        let answer = world
            .query(&format!(
                "{{ referrals(filter: {{ vendors: [{name}] }}) {{ nodes {{ remoteId details {{ {own} }} }} sources {{ status }} }} }}"
            ))
            .await;
        let mut nodes = answer["data"]["referrals"]["nodes"]
            .as_array()
            .unwrap()
            .clone();
        nodes.sort_by_key(|node| node["remoteId"].to_string());
        assert_eq!(
            nodes,
            [
                json!({ "remoteId": "r1", "details": { "own": null } }),
                json!({ "remoteId": "r2", "details": { "own": "7" } }),
            ]
        );
        assert_eq!(
            answer["data"]["referrals"]["sources"],
            json!([{ "status": "OK" }])
        );
        let errors = answer["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{answer:#}");
        assert_eq!(errors[0]["path"][3], "details");
        assert_eq!(errors[0]["extensions"]["code"], "VENDOR_INVALID_RESPONSE");
        assert_eq!(errors[0]["extensions"]["vendor"], name);
        assert!(!answer.to_string().contains("Ada"), "{answer:#}");
        // Without the details nothing is amiss.
        let plain =
            format!("{{ referrals(filter: {{ vendors: [{name}] }}) {{ nodes {{ remoteId }} }} }}");
        assert_eq!(world.query(&plain).await["errors"], Value::Null);
    }
}
