//! The emulator over its router, without a network.

mod create;
mod list;
mod patch;
mod seed;
mod token;

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::HeaderMap;
use http_body_util::BodyExt;
use pretty_assertions::assert_eq;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::clock::{Clock, ClockHand};
use crate::sandbox::{Problems, Switches};

const LIST: &str = "/v1.0/engagements/referrals";

const JSON: (&str, &str) = ("content-type", "application/json");

/// The emulator with a client's token.
struct Bench {
    emulator: Arc<dyn Emulator>,
    switches: Switches,
    hand: ClockHand,
    token: String,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }
}

async fn send(router: Router, request: Request) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

impl Bench {
    async fn new() -> Self {
        let (clock, hand) = Clock::manual("2026-11-01T00:00:00Z".parse().unwrap());
        let switches = Switches::new(SWITCHES);
        let emulator = emulator(Setup {
            clock,
            switches: switches.clone(),
        });
        let mut bench = Self {
            emulator,
            switches,
            hand,
            token: String::new(),
        };
        bench.token = bench.redeem(REFRESH_TOKEN).await.json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        bench
    }

    async fn form(&self, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(TOKEN_PATH)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        send(self.emulator.router(), request).await
    }

    async fn redeem(&self, token: &str) -> Answer {
        self.form(&[
            ("grant_type", "refresh_token"),
            ("resource", RESOURCE),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("refresh_token", token),
        ])
        .await
    }

    async fn get(&self, uri: &str) -> Answer {
        self.get_as(&self.token, uri).await
    }

    async fn get_as(&self, token: &str, uri: &str) -> Answer {
        let request = Request::get(uri)
            .header("authorization", format!("Bearer {token}"))
            .header("client-request-id", "11111111-1111-4111-8111-111111111111")
            .header("host", "sandbox.test:9001")
            .body(Body::empty())
            .unwrap();
        send(self.emulator.router(), request).await
    }

    /// The rows of a list with these options.
    async fn list(&self, options: &[(&str, &str)]) -> Vec<Value> {
        let answer = self.get(&uri(options)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        rows(&answer.json())
    }

    /// All rows, following the links.
    async fn walk(&self, options: &[(&str, &str)]) -> Vec<Value> {
        let mut all = Vec::new();
        let mut next = Some(uri(options));
        while let Some(link) = next {
            let answer = self.get(&link).await;
            assert_eq!(answer.status, StatusCode::OK, "{link}: {}", answer.text);
            let body = answer.json();
            all.extend(rows(&body));
            next = body.get("@odata.nextLink").map(|link| {
                let link = link.as_str().unwrap();
                link.trim_start_matches("http://sandbox.test:9001")
                    .to_owned()
            });
        }
        all
    }

    /// A write, and what was noted about it.
    async fn write(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (Answer, Vec<String>) {
        let problems = Problems::default();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .extension(problems.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_string())).unwrap();
        let answer = send(self.emulator.router(), request).await;
        (answer, problems.all())
    }

    async fn create(&self, body: &Value) -> (Answer, Vec<String>) {
        self.write("POST", LIST, &[JSON], body).await
    }

    async fn patch(
        &self,
        id: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (Answer, Vec<String>) {
        let headers = [&[JSON], headers].concat();
        let path = format!("{LIST}/{id}");
        self.write("PATCH", &path, &headers, body).await
    }

    /// The referral with this id, without the context of a single one.
    async fn one(&self, id: &str) -> Value {
        let mut body = self.get(&format!("{LIST}/{id}")).await.json();
        let members = body.as_object_mut().unwrap();
        members.remove("@odata.context").unwrap();
        body
    }

    fn set(&self, name: &str, value: &str) {
        self.switches.set(name, value).unwrap();
    }
}

fn uri(options: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(options)
        .finish();
    format!("{LIST}?{query}")
}

fn rows(body: &Value) -> Vec<Value> {
    body["value"].as_array().unwrap().clone()
}

fn texts<'a>(rows: &'a [Value], name: &str) -> Vec<&'a str> {
    rows.iter().filter_map(|row| row[name].as_str()).collect()
}

#[tokio::test]
async fn a_referral_is_found_by_its_id_with_its_version() {
    let bench = Bench::new().await;
    let row = bench.list(&[("$top", "1")]).await.remove(0);
    let id = row["id"].as_str().unwrap();
    for path in [format!("{LIST}/{id}"), format!("{LIST}/{id}/")] {
        let answer = bench.get(&path).await;
        assert_eq!(answer.header("etag"), row["eTag"].as_str().unwrap());
        let mut body = answer.json();
        let context = body
            .as_object_mut()
            .unwrap()
            .remove("@odata.context")
            .unwrap();
        assert_eq!(
            context,
            "https://api.partner.microsoft.com/v1.0/engagments/referrals/$metadata#Referrals/$entity"
        );
        assert_eq!(body, row);
    }
    let missing = bench
        .get(&format!("{LIST}/00000000-0000-0000-0000-000000000000"))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.json()["error"]["code"], "itemNotFound");
    assert_eq!(missing.json()["error"]["target"], "referral");
    assert!(missing.json()["error"]["innerError"]["message"].is_string());
    assert_eq!(
        bench.get("/v1.0/engagements").await.status,
        StatusCode::NOT_FOUND
    );
    // The older form of an update is obsolete.
    for method in ["DELETE", "PUT"] {
        let path = format!("{LIST}/{id}");
        let (answer, _) = bench.write(method, &path, &[JSON], &row).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn throttling_is_in_the_gateways_form() {
    let bench = Bench::new().await;
    bench.set("throttle", "retry_after_57");
    let answer = bench.get(LIST).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header("retry-after"), "57");
    assert_eq!(
        answer.text,
        r#"{"message":"Rate limit is exceeded. Try again in 57 seconds.","statusCode":429}"#
    );
    bench.set("throttle", "http_date");
    assert_eq!(
        bench.get(LIST).await.header("retry-after"),
        "Sun, 01 Nov 2026 00:00:57 GMT"
    );
    bench.set("throttle", "no_header");
    assert!(!bench.get(LIST).await.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn nulls_roles_and_marketplace_leads_are_as_the_switches_say() {
    let bench = Bench::new().await;
    assert!(bench.get(LIST).await.text.contains(":null"));
    bench.set("nulls", "omitted");
    assert!(!bench.get(LIST).await.text.contains(":null"));
    bench.set("marketplace_leads", "hidden");
    let rows = bench.list(&[]).await;
    assert_eq!(rows.len(), 64);
    bench.set("role", "user");
    assert!(bench.list(&[]).await.len() < rows.len());
    bench.set("role", "none");
    assert_eq!(bench.get(LIST).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_environment_points_at_the_emulator() {
    let bench = Bench::new().await;
    let environment: BTreeMap<_, _> = bench
        .emulator
        .environment("http://127.0.0.1:1/pc")
        .into_iter()
        .collect();
    assert_eq!(
        environment["PARTNER_CENTER_BASE_URL"],
        "http://127.0.0.1:1/pc"
    );
    assert_eq!(
        environment["PARTNER_CENTER_TOKEN_URL"],
        "http://127.0.0.1:1/pc/common/oauth2/token"
    );
    assert_eq!(environment["PARTNER_CENTER_REFRESH_TOKEN"], REFRESH_TOKEN);
}
