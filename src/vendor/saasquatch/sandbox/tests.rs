//! The emulator over its router, without a network.

mod codes;
mod listing;
mod moderation;
mod seeded;
mod upserts;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use http_body_util::BodyExt;
use pretty_assertions::assert_eq;
use serde_json::json;
use tower::ServiceExt;

use super::memory::UserKey;
use super::*;
use crate::clock::{Clock, ClockHand};
use crate::sandbox::world::PEOPLE;
use crate::sandbox::{Problems, Switches};

struct Bench {
    emulator: Arc<dyn Emulator>,
    switches: Switches,
    hand: ClockHand,
}

struct Answer {
    status: u16,
    problems: Vec<String>,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Bench {
    fn new() -> Self {
        let (clock, hand) = Clock::manual("2026-11-01T00:00:00Z".parse().unwrap());
        let switches = Switches::new(SWITCHES);
        let emulator = emulator(Setup {
            clock,
            switches: switches.clone(),
        });
        Self {
            emulator,
            switches,
            hand,
        }
    }

    fn set(&self, name: &str, value: &str) {
        self.switches.set(name, value).unwrap();
    }

    async fn send(&self, method: &str, path: &str, header: Option<(&str, String)>) -> Answer {
        let headers: Vec<_> = header.into_iter().collect();
        self.send_all(method, path, &headers, String::new()).await
    }

    async fn send_all(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: String,
    ) -> Answer {
        let noted = Problems::default();
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request
            .extension(noted.clone())
            .body(Body::from(body))
            .unwrap();
        let response = self.emulator.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let problems = parts.headers.get_all("x-sandbox-problem");
        Answer {
            status: parts.status.as_u16(),
            problems: problems
                .iter()
                .map(|value| value.to_str().unwrap().to_owned())
                .chain(noted.all())
                .collect(),
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// With the key, below the tenant.
    async fn get(&self, path: &str) -> Answer {
        self.get_with(path, Some(("authorization", basic("", API_KEY))))
            .await
    }

    async fn get_with(&self, path: &str, header: Option<(&str, String)>) -> Answer {
        self.send("GET", &format!("/api/v1/{TENANT_ALIAS}{path}"), header)
            .await
    }

    /// A write with the key, below the tenant.
    async fn write(&self, method: &str, path: &str, body: &Value) -> Answer {
        let header = ("authorization", basic("", API_KEY));
        self.write_with(method, path, header, body).await
    }

    async fn write_with(
        &self,
        method: &str,
        path: &str,
        header: (&str, String),
        body: &Value,
    ) -> Answer {
        let path = format!("/api/v1/{TENANT_ALIAS}{path}");
        let headers = [header, ("content-type", "application/json".to_owned())];
        self.send_all(method, &path, &headers, body.to_string())
            .await
    }

    async fn rows(&self, path: &str) -> Vec<Value> {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.problems.is_empty(), "{:?}", answer.problems);
        answer.json()["referrals"].as_array().unwrap().clone()
    }
}

fn basic(user: &str, key: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{key}")))
}

fn jwt(claims: &Value, key: &str) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!(
        "{}.{}",
        part(&json!({"alg": "HS256", "typ": "JWT"})),
        part(claims)
    );
    let signature = caller::hmac_sha256(key.as_bytes(), signed.as_bytes());
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn the_hmac_is_the_one_of_rfc_4231() {
    let digest = caller::hmac_sha256(b"Jefe", b"what do ya want for nothing?");
    assert_eq!(digest[..4], [0x5b, 0xdc, 0xc1, 0x46]);
}

#[tokio::test]
async fn the_key_is_the_password_of_basic_with_any_user() {
    let bench = Bench::new();
    for (user, form, status) in [
        ("", "any", 200),
        ("IRsid", "any", 200),
        ("", "empty_user", 200),
        ("IRsid", "empty_user", 401),
        ("IRsid", "account_sid", 200),
        ("", "account_sid", 401),
    ] {
        bench.set("auth_form", form);
        let header = Some(("authorization", basic(user, API_KEY)));
        assert_eq!(
            bench.get_with("/referrals", header).await.status,
            status,
            "{user} {form}"
        );
    }
    bench.set("auth_form", "any");
    for header in [
        None,
        Some(("authorization", basic("", "wrong"))),
        Some(("authorization", basic(API_KEY, ""))),
        Some(("authorization", format!("Bearer {API_KEY}"))),
        Some(("authorization", "Basic".to_owned())),
    ] {
        assert_eq!(bench.get_with("/referrals", header).await.status, 401);
    }
    let refused = bench.get_with("/referrals", None).await;
    assert_eq!(
        refused.json(),
        json!({
            "message": "Missing or invalid authorization.", "statusCode": 401, "apiErrorCode": "UNAUTHORIZED",
            "rsCode": "RS045",
        })
    );
    bench.set("unauthorized", "empty");
    assert_eq!(bench.get_with("/referrals", None).await.text, "");
}

#[tokio::test]
async fn an_unknown_tenant_is_404_before_all_else() {
    let bench = Bench::new();
    let answer = bench.send("GET", "/api/v1/other/referrals", None).await;
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.text,
        r#"{"apiErrorCode":"TENANT_NOT_FOUND","message":"Missing or invalid tenant alias.","rsCode":"RS045","statusCode":404}"#
    );
    bench.set("tenant_rs_code", "RS015");
    assert_eq!(
        bench
            .send("GET", "/api/v1/other/referrals", None)
            .await
            .json()["rsCode"],
        "RS015"
    );
    bench.set("generation", "2020");
    assert!(
        bench
            .send("GET", "/", None)
            .await
            .json()
            .get("rsCode")
            .is_none()
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_in_the_error_form() {
    let bench = Bench::new();
    let key = || Some(("authorization", basic("", API_KEY)));
    assert_eq!(bench.get("/nothing").await.status, 404);
    let base = format!("/api/v1/{TENANT_ALIAS}");
    for path in ["/referrals", "/open/account/a/user/u"] {
        let answer = bench.send("DELETE", &format!("{base}{path}"), key()).await;
        assert_eq!(
            (answer.status, &answer.json()["statusCode"]),
            (405, &json!(405))
        );
    }
}

#[tokio::test]
async fn the_rate_limit_has_the_status_of_the_switch() {
    let bench = Bench::new();
    for (value, status) in [("429", 429), ("403", 403)] {
        bench.set("rate_limit", value);
        let answer = bench.get("/referrals").await;
        assert_eq!(
            (answer.status, &answer.json()["rsCode"]),
            (status, &json!("RS033"))
        );
    }
}

#[tokio::test]
async fn open_endpoints_can_be_off_and_take_the_users_own_token() {
    let bench = Bench::new();
    let email = PEOPLE[1].email();
    let own = format!("/open/account/{email}/user/{email}");
    let list = format!("/open/referrals?referredAccountId={email}&referredUserId={email}");
    let claims = json!({"user": {"id": email, "accountId": email}, "exp": 1_793_491_260});
    let good = || Some(("x-saasquatch-user-token", jwt(&claims, API_KEY)));
    for path in [&own, &list] {
        assert_eq!(bench.get(path).await.status, 200);
        assert_eq!(bench.get_with(path, None).await.status, 401);
        assert_eq!(bench.get_with(path, good()).await.status, 200);
        let bearer = Some(("authorization", format!("Bearer {}", jwt(&claims, API_KEY))));
        assert_eq!(bench.get_with(path, bearer).await.status, 200);
        let forged = Some(("x-saasquatch-user-token", jwt(&claims, "other")));
        assert_eq!(bench.get_with(path, forged).await.json()["rsCode"], "RS032");
    }
    assert_eq!(
        bench
            .get_with("/open/account/acct-100/user/user-100", good())
            .await
            .status,
        403
    );
    assert_eq!(
        bench
            .get_with(
                "/open/referrals?referringAccountId=acct-100&referringUserId=user-100",
                good()
            )
            .await
            .status,
        403
    );
    assert_eq!(bench.get_with("/referrals", good()).await.status, 401);
    bench.set("jwt_on_admin", "accepted");
    assert_eq!(bench.get_with("/referrals", good()).await.status, 200);
    bench.set("open_endpoints", "off");
    assert_eq!(bench.get(&own).await.status, 403);
    assert_eq!(
        bench.get_with("/open/code/ADAOKORO", None).await.status,
        403
    );
    bench.set("open_endpoints", "on");
    bench.hand.advance(std::time::Duration::from_mins(2));
    assert_eq!(bench.get_with(&own, good()).await.status, 401);
}

#[tokio::test]
async fn users_are_found_by_ids_and_by_code() {
    let bench = Bench::new();
    let email = PEOPLE[1].email();
    let encoded = email.replace('@', "%40");
    let user = bench
        .get(&format!("/account/{encoded}/user/{encoded}"))
        .await
        .json();
    assert_eq!(
        (&user["email"], &user["id"], &user["imageUrl"]),
        (&json!(email), &json!(email), &json!(""))
    );
    assert_eq!(
        bench.get("/account/acct-105/user/user%2F105").await.json()["firstName"],
        PEOPLE[5].first_name
    );
    assert_eq!(bench.get("/user?referralCode=BOBMARSH").await.json(), user);
    let missing = bench.get("/account/acct-121/user/user-121").await;
    assert_eq!(
        (missing.status, &missing.json()["rsCode"]),
        (404, &json!("RS042"))
    );
    assert_eq!(bench.get("/user").await.status, 400);
    assert_eq!(bench.get("/user?referralCode=NONE").await.status, 404);
    let pii = bench
        .get(&format!("/account/{email}/user/{email}/pii"))
        .await
        .json();
    assert_eq!(pii["referredByReferrals"].as_array().unwrap().len(), 3);

    let open = bench
        .get_with("/open/user?referralCode=BOBMARSH", None)
        .await
        .json();
    assert_eq!(
        open,
        json!({
            "id": email, "accountId": email, "firstName": "Bob", "lastInitial": "M", "referralCode": "BOBMARSH",
            "imageUrl": "",
        })
    );
    let open = bench
        .get(&format!("/open/account/{email}/user/{email}"))
        .await
        .json();
    assert_eq!(
        open["referralCodes"],
        json!({"customer-referral": "BOBMARSH"})
    );
    assert_eq!(open["referable"], true);
    let some = bench
        .get(&format!(
            "/open/account/{email}/user/{email}?fields=id,email"
        ))
        .await
        .json();
    assert_eq!(some, json!({"id": email, "email": email}));
    let both = bench
        .get(&format!(
            "/open/account/{email}/user/{email}?fields=id&extraFields=x"
        ))
        .await;
    assert_eq!(both.status, 400);
}

#[tokio::test]
async fn codes_and_accounts_are_found() {
    let bench = Bench::new();
    let code = bench.get_with("/open/code/BOBMARSH", None).await.json();
    assert_eq!(
        (&code["code"], &code["referrerName"]),
        (&json!("BOBMARSH"), &json!("Bob M"))
    );
    assert_eq!(bench.get("/code/BOBMARSH").await.json(), code);
    assert_eq!(bench.get_with("/code/BOBMARSH", None).await.status, 401);
    assert_eq!(bench.get("/code/NONE").await.json()["rsCode"], "RS034");
    assert_eq!(bench.get("/account/acct-100").await.status, 200);
    assert_eq!(bench.get("/account/none").await.json()["rsCode"], "RS041");
    bench.set("tenant", "ga");
    assert_eq!(
        bench.get("/account/acct-100").await.json()["apiErrorCode"],
        "API_REQUEST_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn the_environment_points_at_the_emulator() {
    let bench = Bench::new();
    let environment: BTreeMap<_, _> = bench
        .emulator
        .environment("http://127.0.0.1:1/s")
        .into_iter()
        .collect();
    assert_eq!(environment["SAASQUATCH_BASE_URL"], "http://127.0.0.1:1/s");
    assert_eq!(environment["SAASQUATCH_TENANT_ALIAS"], TENANT_ALIAS);
    assert_eq!(environment["SAASQUATCH_API_KEY"], API_KEY);
}

#[tokio::test]
async fn it_works_below_a_mount_point() {
    let bench = Bench::new();
    let mounted = Router::new().nest("/saasquatch", bench.emulator.router());
    for (tenant, status) in [(TENANT_ALIAS, 200), ("other", 404)] {
        let request = Request::get(format!("/saasquatch/api/v1/{tenant}/referrals"))
            .header("authorization", basic("", API_KEY))
            .body(Body::empty())
            .unwrap();
        let response = mounted.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
    }
}
