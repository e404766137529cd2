//! Bodies of writes, and what is noted about them.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use pretty_assertions::assert_eq;
use serde_json::json;

use crate::sandbox::{Document, Problems};

async fn document(headers: &[(&str, &str)], body: &str) -> (Document, Problems) {
    let problems = Problems::default();
    let mut request = Request::builder().extension(problems.clone());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let document = Document::from_request(request, &()).await.unwrap();
    (document, problems)
}

async fn json_document(body: &str) -> (Document, Problems) {
    document(&[("content-type", "application/json; charset=utf-8")], body).await
}

fn wrong(document: &Document) -> Vec<String> {
    let wrong = document.wrong().into_iter();
    wrong
        .map(|wrong| format!("{} {}", wrong.path, wrong.message))
        .collect()
}

#[tokio::test]
async fn fields_are_read_by_their_types_and_numbers_keep_their_digits() {
    let body = r#"{"name":"A \u2192 B","amount":12345678901234567.890,"count":3,"on":true,"tags":["x"],
        "id":"7d0f0000-0000-4000-8000-000000000001","side":"seeker","more":{"a":[1]}}"#;
    let (document, problems) = json_document(body).await;
    let fields = document.object();
    assert_eq!(fields.text_of("name", 1..=5).unwrap(), "A → B");
    assert_eq!(fields.number("amount").unwrap(), "12345678901234567.890");
    assert_eq!(
        (fields.integer("count"), fields.flag("on")),
        (Some(3), Some(true))
    );
    assert_eq!(fields.texts("tags").unwrap(), ["x"]);
    assert!(fields.uuid("id").is_some());
    assert_eq!(
        fields.one_of("side", &["seeker", "provider"]),
        Some("seeker")
    );
    assert_eq!(fields.any("more").unwrap(), json!({"a": [1]}));
    assert_eq!(fields.text("missing"), None);
    assert_eq!(problems.all(), [""; 0]);
}

#[tokio::test]
async fn undocumented_fields_are_noted_with_their_paths_and_are_not_wrong() {
    let body = r#"{"a":1,"party":{"id":"x","x":1},"rows":[{"y":1},{"z":1}]}"#;
    let (document, problems) = json_document(body).await;
    let fields = document.object();
    assert_eq!(fields.documented(&["party", "rows"]), ["a"]);
    fields.object("party").unwrap().documented(&["id"]);
    for row in fields.objects("rows").unwrap() {
        row.documented(&["y"]);
    }
    assert_eq!(
        problems.all(),
        [
            "undocumented field \"a\"",
            "undocumented field \"party.x\"",
            "undocumented field \"rows[1].z\"",
        ]
    );
    assert!(document.wrong().is_empty());
}

#[tokio::test]
async fn nulls_other_types_and_missing_fields_are_noted_and_wrong() {
    let body =
        r#"{"name":null,"amount":"1","side":"left","id":"7","rows":[1],"long":"abc","party":[]}"#;
    let (document, problems) = json_document(body).await;
    let fields = document.object();
    fields.required(&["name", "seeker"]);
    assert!(fields.is_null("name") && !fields.is_null("side"));
    assert_eq!(fields.text("name"), None);
    assert_eq!(fields.number("amount"), None);
    assert_eq!(fields.one_of("side", &["seeker", "provider"]), None);
    assert_eq!(fields.uuid("id"), None);
    assert_eq!(fields.text_of("long", 0..=2), None);
    assert!(fields.object("party").is_none());
    assert_eq!(fields.objects("rows").unwrap().len(), 1);
    assert_eq!(
        wrong(&document),
        [
            "seeker is required",
            "name must be a string",
            "amount must be a number",
            "side must be one of seeker, provider",
            "id must be a UUID",
            "long must have at most 2 characters",
            "party must be an object",
            "rows[0] must be an object",
        ]
    );
    assert_eq!(problems.all().len(), 8);
    assert_eq!(problems.all()[0], "seeker: is required");
}

#[tokio::test]
async fn a_body_of_another_form_is_wrong_as_a_whole() {
    for body in ["", "[]", "null", "{\"a\":", "{} {}"] {
        let (document, _) = json_document(body).await;
        assert!(!document.object().has("a"));
        assert_eq!(wrong(&document), [" must be an object"], "{body}");
    }
    let (document, _) = json_document("{}").await;
    assert!(document.objects().is_empty());
    assert_eq!(wrong(&document), [" must be an array"]);
    let (document, problems) = document_without_type("").await;
    assert!(!document.optional_object().has("a"));
    document.nothing();
    assert_eq!(problems.all(), [""; 0]);
}

async fn document_without_type(body: &str) -> (Document, Problems) {
    document(&[], body).await
}

#[tokio::test]
async fn headers_and_content_types_that_are_not_documented_are_noted() {
    let headers = [
        ("content-type", "text/plain"),
        ("user-agent", "test"),
        ("x-account", "1"),
        ("Idempotency-Key", "1"),
    ];
    let (sent, problems) = document(&headers, "{}").await;
    sent.headers(&["x-account"]);
    sent.object();
    sent.nothing();
    assert_eq!(
        problems.all(),
        [
            "undocumented header \"idempotency-key\"",
            "content-type \"text/plain\" where JSON is documented",
            "a body where none is documented",
        ]
    );
    let (sent, problems) = document_without_type("[]").await;
    sent.objects();
    assert_eq!(problems.all(), ["no content-type"]);
}
