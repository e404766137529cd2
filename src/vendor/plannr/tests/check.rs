//! What is told to be wrong with a write before anything is sent.

use pretty_assertions::assert_eq;

use super::writes::*;
use super::*;
use crate::model::{GlobalId, ModerationSide, ProblemCode};

/// Nothing answers there.
fn unreachable() -> Adapted {
    adapter("http://127.0.0.1:9")
}

fn problems(write: &Write) -> Vec<(ProblemCode, String)> {
    places(&unreachable().check_write(write))
}

fn invalid(paths: &[&str]) -> Vec<(ProblemCode, String)> {
    let invalid = paths
        .iter()
        .map(|path| (ProblemCode::Invalid, (*path).to_owned()));
    invalid.collect()
}

#[test]
fn a_referral_that_says_everything_or_no_more_than_it_must_is_in_order() {
    assert_eq!(problems(&create()), []);
    let least = json!({ "connectionId": "c", "clientIds": ["a"], "adviceType": "tax" });
    assert_eq!(problems(&Write::Create { input: least }), []);
    for months in [json!(1), json!(2), json!(3), json!(6), Value::Null] {
        assert_eq!(problems(&with("durationMonths", months)), []);
    }
    let longest = json!("é".repeat(10_000));
    assert_eq!(problems(&with("note", longest)), []);
    let most: Vec<_> = (0..100).map(|index| format!("client-{index}")).collect();
    assert_eq!(problems(&with("clientIds", json!(most))), []);
    let global = GlobalId::Connection(Vendor::Plannr, "c1".to_owned()).to_string();
    assert_eq!(problems(&with("connectionId", json!(global))), []);
}

#[test]
fn every_field_of_a_referral_that_is_wrong_is_named() {
    let referral = GlobalId::Referral(Vendor::Plannr, "r1".to_owned()).to_string();
    let elsewhere = GlobalId::Connection(Vendor::Introzy, "c1".to_owned()).to_string();
    let too_many: Vec<_> = (0..101).map(|index| format!("client-{index}")).collect();
    let cases = [
        ("connectionId", json!(""), &["connectionId"][..]),
        ("connectionId", json!("a b"), &["connectionId"]),
        ("connectionId", json!(".."), &["connectionId"]),
        ("connectionId", json!(referral), &["connectionId"]),
        ("connectionId", json!(elsewhere), &["connectionId"]),
        ("connectionId", json!("c".repeat(201)), &["connectionId"]),
        ("clientIds", json!([]), &["clientIds"]),
        ("clientIds", json!(too_many), &["clientIds"]),
        ("clientIds", json!(["a", "", "b"]), &["clientIds.1"]),
        ("clientIds", json!(["a", "b", "A"]), &["clientIds.2"]),
        ("clientIds", json!([referral, "a"]), &["clientIds.0"]),
        ("adviceType", json!("unrecognized"), &["adviceType"]),
        ("durationMonths", json!(0), &["durationMonths"]),
        ("durationMonths", json!(4), &["durationMonths"]),
        ("durationMonths", json!(-1), &["durationMonths"]),
        (
            "sharedData",
            json!(["notes", "unrecognized"]),
            &["sharedData.1"],
        ),
        ("slaDeadline", json!("-000001-01-01"), &["slaDeadline"]),
        ("note", json!("é".repeat(10_001)), &["note"]),
    ];
    for (field, value, paths) in cases {
        let write = with(field, value);
        assert_eq!(problems(&write), invalid(paths), "{field}");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let input = json!({
        "connectionId": "", "clientIds": ["a", "a", ""], "adviceType": "unrecognized", "durationMonths": 5,
        "sharedData": ["unrecognized", "unrecognized"], "note": "x".repeat(10_001),
    });
    let paths = [
        "connectionId",
        "clientIds.1",
        "clientIds.2",
        "adviceType",
        "durationMonths",
        "sharedData.0",
        "sharedData.1",
        "note",
    ];
    assert_eq!(problems(&Write::Create { input }), invalid(&paths));
}

#[test]
fn what_is_no_input_of_a_referral_is_one_problem() {
    for input in [
        json!({}),
        json!(5),
        json!({ "connectionId": "c", "clientIds": ["a"], "adviceType": "magic" }),
    ] {
        assert_eq!(problems(&Write::Create { input }), invalid(&[""]));
    }
}

#[test]
fn an_advisers_key_is_eight_letters_and_digits() {
    assert_eq!(problems(&connect("ABCD1234")), []);
    assert_eq!(problems(&connect("abcd1234")), []);
    for key in [
        "",
        "ABCD123",
        "ABCD12345",
        "ABCD 123",
        "ABCD-123",
        "ÄBCD123",
        "١٢٣٤٥٦٧٨",
    ] {
        assert_eq!(problems(&connect(key)), invalid(&["adviserKey"]), "{key}");
    }
}

#[test]
fn a_decision_is_for_both_sides_and_a_denial_has_a_reason() {
    assert_eq!(problems(&moderate(approve())), []);
    assert_eq!(problems(&moderate(deny(&"é".repeat(2_000)))), []);
    let mut one_sided = approve();
    one_sided.side = ModerationSide::Referrer;
    let mut without = deny("");
    without.reason = None;
    without.side = ModerationSide::Referred;
    let decisions = vec![
        approve(),
        one_sided,
        without,
        deny(" \n"),
        deny(&"é".repeat(2_001)),
    ];
    let paths = [
        "decisions.1.side",
        "decisions.2.side",
        "decisions.2.reason",
        "decisions.3.reason",
        "decisions.4.reason",
    ];
    assert_eq!(problems(&Write::Moderate { decisions }), invalid(&paths));
    let nothing = Write::Moderate { decisions: vec![] };
    assert_eq!(problems(&nothing), invalid(&["decisions"]));
}

#[tokio::test]
async fn what_plannr_has_no_call_for_is_unsupported_and_never_sent() {
    let (vendor, adapter) = plannr(|_| (200, REFERRAL.to_owned())).await;
    for write in others() {
        let problems = adapter.check_write(&write);
        let expected = [(ProblemCode::Unsupported, String::new())];
        assert_eq!(places(&problems), expected);
        assert_eq!(adapter.twin_of(&write), None);
        let failure = failed(adapter.write(&call(), &write, &sent()).await);
        assert_eq!(failure.kind, Kind::Unsupported);
        assert!(failure.is_unsent());
        assert!(adapter.settle(&call(), &write, &sent()).await.is_err());
    }
    let decisions = vec![approve(), approve()];
    let two = Write::Moderate { decisions };
    let failure = failed(adapter.write(&call(), &two, &sent()).await);
    assert!(failure.is_unsent());
    let broken = Write::Create { input: json!({}) };
    let failure = failed(adapter.write(&call(), &broken, &sent()).await);
    assert!(failure.is_unsent());
    assert_eq!(lines(&vendor), Vec::<String>::new());
}

#[test]
fn twins_are_what_one_record_could_have_come_of() {
    let adapter = unreachable();
    let key = |write: &Write| adapter.twin_of(write).unwrap();
    let global = GlobalId::Connection(Vendor::Plannr, "CONNECTION-1".to_owned()).to_string();
    for twin in [
        with("connectionId", json!(global)),
        with("clientIds", json!(["CLIENT-1", "client-2"])),
        with("note", json!(" Please call\nin the morning. ")),
        with("slaDeadline", Value::Null),
        with("sharedData", json!(["goals"])),
    ] {
        assert_eq!(key(&twin), key(&create()));
    }
    for other in [
        with("connectionId", json!("connection-2")),
        with("clientIds", json!(["client-1"])),
        with("adviceType", json!("tax")),
        with("durationMonths", Value::Null),
        with("note", json!("Please call.")),
    ] {
        assert_ne!(key(&other), key(&create()));
    }
    assert_eq!(key(&connect("ABCD1234")), key(&connect("WXYZ9876")));
    assert_eq!(adapter.twin_of(&moderate(approve())), None);
}
