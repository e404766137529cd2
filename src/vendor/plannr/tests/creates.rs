//! New referrals.

use pretty_assertions::assert_eq;

use super::writes::*;
use super::*;
use crate::model::{GlobalId, ProblemCode};

#[tokio::test]
async fn a_referral_is_sent_once_with_all_that_was_said_and_comes_back() {
    let (vendor, adapter) = plannr(|_| (200, row("r9", SINCE).to_string())).await;
    let effect = applied(adapter.write(&call(), &create(), &sent()).await);
    assert_eq!(effect.referral_id.as_deref(), Some("r9"));
    let referral = effect.referral.unwrap();
    assert_eq!(referral.connection_id.as_deref(), Some("connection-1"));

    assert_eq!(lines(&vendor), ["POST /api/v1/referrals"]);
    let asked = &vendor.asked()[0];
    assert_headers(asked);
    assert_eq!(asked.raw_query, "");
    let expected = json!({
        "connection_uuid": "Connection-1",
        "client_uuids": ["client-2", "client-1"],
        "advice_type": "estate_planning",
        "duration_months": 6,
        "shared_data": ["income", "investments_and_plans"],
        "sla_deadline": "2026-07-01",
        "note": "Please call in the morning.",
    });
    assert_eq!(body(asked), expected);
}

#[tokio::test]
async fn what_was_left_out_is_not_sent_but_for_life_is_said() {
    let (vendor, adapter) = plannr(|_| (201, REFERRAL.to_owned())).await;
    let connection = GlobalId::Connection(Vendor::Plannr, "c/1".to_owned()).to_string();
    let input = json!({ "connectionId": connection, "clientIds": ["a"], "adviceType": "tax", "durationMonths": null, "sharedData": null, "note": null });
    applied(
        adapter
            .write(&call(), &Write::Create { input }, &sent())
            .await,
    );
    let expected = json!({ "connection_uuid": "c/1", "client_uuids": ["a"], "advice_type": "tax", "duration_months": null });
    assert_eq!(body(&vendor.asked()[0]), expected);
}

#[tokio::test]
async fn an_answer_that_says_nothing_leaves_the_outcome_unknown() {
    for (status, body) in [
        (200, ""),
        (200, "{}"),
        (200, r#"{"data":{"uuid":"r1"}}"#),
        (200, r#"{"uuid":"r1","created_at":"soon"}"#),
        (204, ""),
        (302, ""),
        (500, "{}"),
        (502, "<html>"),
    ] {
        let (vendor, adapter) = plannr(move |_| (status, body.to_owned())).await;
        let failure = failed(adapter.write(&call(), &create(), &sent()).await);
        assert!(!failure.is_unsent(), "{status} {body}");
        let known = failure
            .status
            .is_some_and(|status| (400..500).contains(&status));
        assert!(!known, "{failure}");
        assert_eq!(vendor.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_vendor_that_refuses_all_calls_says_nothing_of_this_one() {
    for (status, kind) in [(401, Kind::Unauthorized), (429, Kind::RateLimited)] {
        let (_vendor, adapter) = plannr(move |_| (status, "{}".to_owned())).await;
        let failure = failed(adapter.write(&call(), &create(), &sent()).await);
        assert_eq!((failure.kind, failure.status), (kind, Some(status)));
    }
}

#[tokio::test]
async fn a_vendor_that_cannot_be_reached_got_nothing() {
    let adapter = adapter("http://127.0.0.1:9");
    let failure = failed(adapter.write(&call(), &create(), &sent()).await);
    assert!(failure.is_unsent());
}

#[tokio::test]
async fn a_refused_input_is_told_field_by_field_whichever_form_it_comes_in() {
    use ProblemCode::Invalid;
    let lists = json!({ "message": "The connection uuid is invalid. (and 4 more errors)", "errors": {
        "connection_uuid": ["The selected connection uuid is invalid."],
        "client_uuids": ["The client uuids field is required."],
        "client_uuids.1": ["The selected client is invalid.", "The client ada@example.test is unknown."],
        "advice_type": [], "duration_months": [7], "sla_deadline": ["The sla deadline must be a date after 2026-06-11."],
        "shared_data.0": ["The selected value is invalid."], "note": ["The note is too long."],
        "firm": ["The firm is suspended."], "x.y": ["Call 020 7946 0958."],
    }});
    let (_vendor, adapter) = plannr(move |_| (422, lists.to_string())).await;
    let problems = rejected(adapter.write(&call(), &create(), &sent()).await);
    let path = str::to_owned;
    let mut expected = [
        (
            Invalid,
            path("connectionId"),
            "The selected connection uuid is invalid.",
        ),
        (
            Invalid,
            path("clientIds"),
            "The client uuids field is required.",
        ),
        (
            Invalid,
            path("clientIds.1"),
            "The selected client is invalid.",
        ),
        (
            Invalid,
            path("clientIds.1"),
            "Plannr does not accept this clientIds.",
        ),
        (
            Invalid,
            path("adviceType"),
            "Plannr does not accept this adviceType.",
        ),
        (
            Invalid,
            path("durationMonths"),
            "Plannr does not accept this durationMonths.",
        ),
        (
            Invalid,
            path("slaDeadline"),
            "The sla deadline must be a date after 2026-06-11.",
        ),
        (
            Invalid,
            path("sharedData.0"),
            "The selected value is invalid.",
        ),
        (Invalid, path("note"), "The note is too long."),
        (Invalid, path(""), "The firm is suspended."),
        (Invalid, path(""), "Plannr refuses this input."),
    ];
    let mut told = told(&problems);
    let by_place = |one: &(ProblemCode, String, &str)| (one.1.clone(), one.2.to_owned());
    told.sort_by_key(by_place);
    expected.sort_by_key(by_place);
    assert_eq!(told, expected);

    let texts = json!({ "message": "x", "errors": { "note": "The note is too long.", "client_uuids.0": "See <b>here</b>" } });
    let (_vendor, adapter) = plannr(move |_| (422, texts.to_string())).await;
    let problems = rejected(adapter.write(&call(), &create(), &sent()).await);
    let expected = [
        (
            Invalid,
            path("clientIds.0"),
            "Plannr does not accept this clientIds.",
        ),
        (Invalid, path("note"), "The note is too long."),
    ];
    assert_eq!(super::writes::told(&problems), expected);
}

#[tokio::test]
async fn a_refusal_that_names_no_field_is_a_problem_of_the_whole() {
    let general = "Plannr refuses this input.";
    for (body, message) in [
        (
            r#"{"message":"The connection must be accepted.","errors":{}}"#,
            "The connection must be accepted.",
        ),
        (
            r#"{"message":"The connection must be accepted."}"#,
            "The connection must be accepted.",
        ),
        (r#"{"message":"Sam Reed <sam@example.test>"}"#, general),
        (r#"{"errors":["x"]}"#, general),
        ("<html>", general),
        ("", general),
        ("[]", general),
    ] {
        let (_vendor, adapter) = plannr(move |_| (422, body.to_owned())).await;
        let problems = rejected(adapter.write(&call(), &create(), &sent()).await);
        let expected = [(ProblemCode::Invalid, String::new(), message)];
        assert_eq!(told(&problems), expected, "{body}");
    }
}

#[tokio::test]
async fn other_refusals_say_what_they_usually_mean() {
    for (status, code, hint) in [
        (400, ProblemCode::Invalid, "refuses this input"),
        (403, ProblemCode::Forbidden, "connection is not accepted"),
        (404, ProblemCode::NotFound, "no such connection"),
        (409, ProblemCode::Conflict, "connection is not accepted"),
    ] {
        let body = r#"{"message":"This action is unauthorized."}"#;
        let (vendor, adapter) = plannr(move |_| (status, body.to_owned())).await;
        let problems = rejected(adapter.write(&call(), &create(), &sent()).await);
        assert_eq!(places(&problems), [(code, String::new())]);
        assert!(problems[0].message.contains(hint), "{problems:?}");
        assert_eq!(vendor.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_repeated_attempt_that_is_refused_may_be_refused_for_the_first() {
    let is_there = |there: bool| {
        let rows: Vec<_> = there.then(|| row("r9", SINCE)).into_iter().collect();
        json!({ "data": rows }).to_string()
    };
    for there in [true, false] {
        let (vendor, adapter) = plannr(move |asked| match asked.method.as_str() {
            "POST" => (409, "{}".to_owned()),
            _ => (200, is_there(there)),
        })
        .await;
        let written = adapter.write(&call(), &create(), &repeated()).await;
        if there {
            assert_eq!(applied(written).referral_id.as_deref(), Some("r9"));
        } else {
            assert_eq!(rejected(written)[0].code, ProblemCode::Conflict);
        }
        let expected = ["POST /api/v1/referrals", "GET /api/v1/referrals"];
        assert_eq!(lines(&vendor), expected);
    }
}

#[tokio::test]
async fn a_repeated_attempt_stays_unknown_while_the_first_cannot_be_looked_for() {
    for status in [401, 403, 429, 500] {
        let (_vendor, adapter) = plannr(move |asked| match asked.method.as_str() {
            "POST" => (422, "{}".to_owned()),
            _ => (status, "{}".to_owned()),
        })
        .await;
        let failure = failed(adapter.write(&call(), &create(), &repeated()).await);
        let told = (failure.kind, failure.status, failure.is_unsent());
        assert_eq!(told, (Kind::Unavailable, None, false));
    }
}
