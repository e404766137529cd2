//! Requests for a connection.

use pretty_assertions::assert_eq;

use super::writes::*;
use super::*;
use crate::model::ProblemCode;

#[tokio::test]
async fn a_connection_is_asked_for_by_the_advisers_key() {
    let (vendor, adapter) = plannr(|_| (200, CONNECTION.to_owned())).await;
    let effect = applied(adapter.write(&call(), &connect("AbCd1234"), &sent()).await);
    let connection = effect.connection.unwrap();
    assert_eq!(connection.status, ConnectionStatus::Pending);
    assert!(effect.referral.is_none() && effect.referral_id.is_none());

    assert_eq!(lines(&vendor), ["POST /api/v1/referral-connections"]);
    assert_headers(&vendor.asked()[0]);
    assert_eq!(
        body(&vendor.asked()[0]),
        json!({ "adviser_key": "AbCd1234" })
    );
}

#[tokio::test]
async fn a_key_that_plannr_refuses_is_told_at_its_field() {
    for errors in [
        json!(["The selected adviser key is invalid."]),
        json!("The selected adviser key is invalid."),
    ] {
        let body = json!({ "message": "x", "errors": { "adviser_key": errors } });
        let (_vendor, adapter) = plannr(move |_| (422, body.to_string())).await;
        let written = adapter.write(&call(), &connect("ABCD1234"), &sent()).await;
        let problems = rejected(written);
        let message = "The selected adviser key is invalid.";
        let expected = [(ProblemCode::Invalid, "adviserKey".to_owned(), message)];
        assert_eq!(told(&problems), expected);
    }
}

#[tokio::test]
async fn other_refusals_of_a_connection_say_what_they_usually_mean() {
    for (status, code, hint) in [
        (403, ProblemCode::Forbidden, "this connection"),
        (404, ProblemCode::NotFound, "no adviser"),
        (409, ProblemCode::Conflict, "already"),
    ] {
        let (_vendor, adapter) = plannr(move |_| (status, "{}".to_owned())).await;
        let written = adapter.write(&call(), &connect("ABCD1234"), &sent()).await;
        let problems = rejected(written);
        assert_eq!(places(&problems), [(code, String::new())]);
        assert!(problems[0].message.contains(hint), "{problems:?}");
    }
}

#[tokio::test]
async fn a_repeated_request_is_refused_for_the_connection_that_the_first_one_made() {
    let (_vendor, adapter) = plannr(|asked| match asked.method.as_str() {
        "POST" => (422, json!({ "errors": { "adviser_key": ["There is a connection with this adviser already."] } }).to_string()),
        _ => json(&json!({ "data": [{ "uuid": "c9", "direction": "sent", "status": "accepted", "created_at": SINCE }] })),
    })
    .await;
    let written = adapter
        .write(&call(), &connect("ABCD1234"), &repeated())
        .await;
    let connection = applied(written).connection.unwrap();
    assert_eq!(&*connection.remote_id, "c9");
}

#[tokio::test]
async fn an_unreadable_connection_leaves_the_outcome_unknown() {
    let (_vendor, adapter) = plannr(|_| (200, r#"{"status":"pending"}"#.to_owned())).await;
    let failure = failed(adapter.write(&call(), &connect("ABCD1234"), &sent()).await);
    let told = (failure.kind, failure.status, failure.is_unsent());
    assert_eq!(told, (Kind::InvalidResponse, Some(200), false));
}
