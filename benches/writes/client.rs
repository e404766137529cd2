//! A client of the gateway that creates referrals no other is like, and learns first what the inputs ask for.

use std::time::Duration;

use referral_gateway::sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Where each vendor takes a new referral.
pub(crate) const CREATES: [(&str, &str, &str); 4] = [
    ("introzy", "POST", "/api/referral-opps"),
    ("plannr", "POST", "/api/v1/referrals"),
    ("partner-center", "POST", "/v1.0/engagements/referrals"),
    ("saasquatch", "PUT", "/api/v1/*/open/account/*"),
];

/// A client, and what it knows.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) url: String,
    http: reqwest::Client,
    people: Vec<String>,
    connection: String,
    clients: Vec<String>,
    code: String,
}

impl Client {
    /// A client of the gateway at this address.
    pub(crate) async fn start(url: String) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "what is tested is tested from outside"
        )]
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()
            .expect("TLS can be set up");
        let mut client = Self {
            url,
            http,
            people: vec![],
            connection: String::new(),
            clients: vec![],
            code: String::new(),
        };
        client.learn().await;
        client
    }

    async fn learn(&mut self) {
        let query = "{
            introzy: people(vendor: INTROZY, search: \"e\", first: 100) { remoteId }
            plannr: people(vendor: PLANNR, search: \"e\", first: 100) { remoteId }
            connections(first: 100, filter: { status: [ACCEPTED], direction: SENT }) { nodes { remoteId } }
            referrals(first: 1, filter: { vendors: [SAASQUATCH] }) { nodes { details { ... on SaasquatchReferral { referralCodeUsed } } } }
        }";
        let answer = self.ask(query, json!({})).await;
        let data = &answer.expect("the gateway answers")["data"];
        let ids = |rows: &Value| -> Vec<String> {
            let rows = rows.as_array().into_iter().flatten();
            rows.filter_map(|row| Some(row["remoteId"].as_str()?.to_owned()))
                .collect()
        };
        self.people = ids(&data["introzy"]);
        self.clients = ids(&data["plannr"]);
        self.connection = ids(&data["connections"]["nodes"])
            .pop()
            .expect("the sandbox has an accepted connection");
        let code = &data["referrals"]["nodes"][0]["details"]["referralCodeUsed"];
        code.as_str()
            .expect("the sandbox has codes")
            .clone_into(&mut self.code);
        assert!(self.people.len() > 2 && !self.clients.is_empty());
    }

    /// A referral that no other is like.
    pub(crate) fn referral(&self, vendor: usize, number: usize) -> Value {
        let name = format!("Number {number}");
        match CREATES[vendor].0 {
            "introzy" => {
                let count = self.people.len();
                let turn = number / 4;
                let seeker = &self.people[turn % count];
                let provider = &self.people[(turn + 1 + turn / count % (count - 1)) % count];
                json!({ "introzy": {
                    "seekerId": seeker, "providerId": provider, "name": name,
                    "productId": format!("00000000-0000-4000-8000-{number:012}"),
                } })
            }
            "plannr" => json!({ "plannr": {
                "connectionId": self.connection, "clientIds": [self.clients[0]],
                "adviceType": "PENSIONS", "durationMonths": 3, "note": name,
            } }),
            "partner-center" => json!({ "partnerCenter": {
                "type": "INDEPENDENT", "name": name, "qualification": "SALES_QUALIFIED",
                "customerProfile": { "name": "Northwind", "address": { "city": "Reading", "country": "GB" } },
                "consent": { "consentToContact": true, "consentToShareInfoWithOthers": true },
                "details": { "notes": "Soak", "dealValue": "10.50", "currency": "GBP" },
            } }),
            _ => json!({ "saasquatch": {
                "accountId": format!("number-{number}"), "userId": format!("number-{number}"),
                "firstName": "Sam", "referralCode": self.code,
            } }),
        }
    }

    /// The gateway's answer; `None` when it ends before it has answered.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Option<Value> {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(&self.url);
        let request = request.header("content-type", "application/json");
        #[expect(
            clippy::disallowed_methods,
            reason = "what is tested is tested from outside"
        )]
        let response = request.body(body.to_string()).send().await.ok()?;
        serde_json::from_str(&response.text().await.ok()?).ok()
    }
}

/// How many referrals each vendor has.
pub(crate) fn counts(sandbox: &Sandbox) -> Vec<usize> {
    let count = |vendor: &str| {
        let mounted = sandbox.vendor(vendor).expect("it is mounted");
        mounted.emulator.count()
    };
    CREATES.iter().map(|(vendor, ..)| count(vendor)).collect()
}

/// Serves the emulators; gives back where.
pub(crate) async fn serve(sandbox: &Sandbox) -> String {
    // Plannr's documented limit would be met soon.
    let unlimited = sandbox.set_switch("plannr", "rate_limit", "off");
    unlimited.expect("there is such a switch");
    let listener = bind().await;
    let address = listener.local_addr().expect("it is bound");
    let emulators = sandbox.router();
    tokio::spawn(async move { axum::serve(listener, emulators).await });
    format!("http://{address}")
}

/// A free port of loopback.
pub(crate) async fn bind() -> TcpListener {
    let bound = TcpListener::bind("127.0.0.1:0").await;
    bound.expect("loopback has a free port")
}
