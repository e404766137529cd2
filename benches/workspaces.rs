//! Two workspaces whose vendors have the same ids, asked in turns by many callers at once while their vendors fail now and
//! then: nothing of one is ever seen by the other. `cargo bench --bench workspaces`, or with another number of requests
//! behind `--`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;
use futures_util::stream;
use referral_gateway::callers::key;
use referral_gateway::clock::Clock;
use referral_gateway::config::Config;
use referral_gateway::gateway;
use referral_gateway::http::live::Live;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::server;
use referral_gateway::random::Random;
use referral_gateway::sandbox::{Fault, Kind, Sandbox};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

/// How many requests, unless the command line says otherwise.
const REQUESTS: usize = 100_000;

const AT_ONCE: usize = 64;

/// It ends then, whatever is left.
const LONGEST: Duration = Duration::from_mins(20);

const WORKSPACES: [&str; 2] = ["acme", "globex"];

/// So short that most of what is read is read again and again, and much of it beside a fault.
const CONFIG: &str = "
[cache]
fresh = \"200ms\"
stale_while_revalidate = \"600ms\"
stale_if_error = \"2s\"
[limits]
vendor_timeout = \"700ms\"
";

const NAMES: &str = "id name referred { ... on Person { name } ... on Organization { name } } recipient { ... on Person { name } ... on Organization { name } }";

/// What came of all requests.
#[derive(Default)]
struct Seen {
    own: AtomicUsize,
    nothing: AtomicUsize,
    foreign: AtomicUsize,
}

#[tokio::main]
async fn main() {
    let requests = std::env::args().skip(1).find_map(|it| it.parse().ok());
    let requests: usize = requests.unwrap_or(REQUESTS);
    let (url, sandboxes) = start().await;
    let client = Client::new(url);
    let ids = client.ids().await;
    for sandbox in &sandboxes {
        break_things(sandbox);
    }
    let seen = Arc::new(Seen::default());
    let begun = Instant::now();
    stream::iter(0..requests)
        .take_while(|_| std::future::ready(begun.elapsed() < LONGEST))
        .for_each_concurrent(AT_ONCE, |number| {
            let (client, seen, ids) = (client.clone(), seen.clone(), &ids);
            async move {
                let place = number % WORKSPACES.len();
                // The same question of both, one right after the other.
                let answer = client.ask(place, &question(number / 2, ids)).await;
                let has = |workspace: &str| answer.contains(&mark(workspace));
                let is_foreign = has(WORKSPACES[1 - place]);
                let is_own = has(WORKSPACES[place]);
                let counted = match (is_foreign, is_own) {
                    (true, _) => &seen.foreign,
                    (false, true) => &seen.own,
                    (false, false) => &seen.nothing,
                };
                counted.fetch_add(1, Ordering::Relaxed);
            }
        })
        .await;
    let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    let (own, nothing, foreign) = (count(&seen.own), count(&seen.nothing), count(&seen.foreign));
    println!(
        "{} requests in {:.0} s: {own} with data of their own, {nothing} with none (their vendors failed), {foreign} with another's; target: 0",
        own + nothing + foreign,
        begun.elapsed().as_secs_f64()
    );
    assert_eq!(foreign, 0, "a workspace saw another's data");
    assert!(own > nothing, "too little was answered to tell anything");
}

/// A list, a record by its id in one of several ways, or a write's operation.
fn question(number: usize, ids: &[String]) -> Value {
    let id = &ids[number % ids.len()];
    match number % 5 {
        0 => {
            let first = 1 + number % 20;
            let query = format!("{{ referrals(first: {first}) {{ nodes {{ {NAMES} }} }} }}");
            json!({ "query": query })
        }
        1 => {
            let query =
                format!("query($id: ID!) {{ node(id: $id) {{ ... on Referral {{ {NAMES} }} }} }}");
            json!({ "query": query, "variables": { "id": id } })
        }
        2 => {
            let query = format!(
                "query($keys: [_Any!]!) {{ _entities(representations: $keys) {{ ... on Referral {{ {NAMES} raw }} }} }}"
            );
            let keys = [json!({ "__typename": "Referral", "id": id })];
            json!({ "query": query, "variables": { "keys": keys } })
        }
        _ => {
            let query = format!("query($id: ID!) {{ referral(id: $id) {{ {NAMES} version }} }}");
            json!({ "query": query, "variables": { "id": id } })
        }
    }
}

/// Some of what each vendor is asked fails, hangs or breaks off.
fn break_things(sandbox: &Sandbox) {
    for vendor in ["introzy", "plannr", "partner-center", "saasquatch"] {
        let kinds = [
            Kind::status(503),
            Kind::DropBefore,
            Kind::Truncate,
            Kind::Delay { ms: 250 },
        ];
        for (place, kind) in kinds.into_iter().enumerate() {
            let mut fault = Fault::new(vendor, kind);
            fault.one_in = Some(29);
            fault.seed = place as u64;
            sandbox.fault(fault);
        }
    }
}

#[derive(Clone)]
struct Client {
    url: String,
    http: reqwest::Client,
    keys: [String; 2],
}

fn made(place: u8) -> String {
    key::new([place; 32]).key.to_string()
}

impl Client {
    fn new(url: String) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "what is tested is tested from outside"
        )]
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()
            .expect("TLS can be set up");
        Self {
            url,
            http,
            keys: [made(0), made(1)],
        }
    }

    async fn ask(&self, place: usize, body: &Value) -> String {
        #[expect(
            clippy::disallowed_methods,
            reason = "what is tested is tested from outside"
        )]
        let answer = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.keys[place]))
            .body(body.to_string())
            .send()
            .await;
        let answer = answer.expect("the gateway answers");
        answer.text().await.expect("the answer is whole")
    }

    /// Ids that both have.
    async fn ids(&self) -> Vec<String> {
        let query = json!({ "query": "{ referrals(first: 100) { nodes { id } } }" });
        let mut lists = Vec::new();
        for place in 0..2 {
            let answer: Value =
                serde_json::from_str(&self.ask(place, &query).await).expect("it is JSON");
            lists.push(answer["data"]["referrals"]["nodes"].clone());
        }
        assert_eq!(lists[0], lists[1], "both have the same ids");
        let nodes = lists[0].as_array().expect("it is a list");
        let ids = nodes.iter().filter_map(|node| node["id"].as_str());
        ids.map(str::to_owned).collect()
    }
}

fn mark(workspace: &str) -> String {
    format!("{workspace}~")
}

async fn start() -> (String, Vec<Sandbox>) {
    let clock = Clock::system();
    let (mut lines, mut sandboxes) = (vec![CONFIG.to_owned()], Vec::new());
    for (place, workspace) in (0..).zip(WORKSPACES) {
        let sandbox = Sandbox::new(&clock);
        // Plannr's documented limit would be met after 500 calls.
        let unlimited = sandbox.set_switch("plannr", "rate_limit", "off");
        unlimited.expect("there is such a switch");
        let origin = serve(marked(sandbox.router(), workspace)).await;
        let environment = sandbox.environment(&origin);
        for vendor in ["introzy", "plannr", "partner_center", "saasquatch"] {
            lines.push(format!("[workspaces.{workspace}.{vendor}]"));
            let prefix = format!("{}_", vendor.to_uppercase());
            let own = environment
                .iter()
                .filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?, value)));
            for (key, value) in own {
                lines.push(format!("{} = {value:?}", key.to_lowercase()));
            }
        }
        let sha256 = key::hex(&Sha256::digest(made(place)));
        lines.push(format!(
            "[[callers.keys]]\nname = \"{workspace}\"\nworkspace = \"{workspace}\"\nscopes = [\"admin\"]\nsha256 = \"{sha256}\""
        ));
        sandboxes.push(sandbox);
    }
    let config =
        Config::read(Some(&lines.join("\n")), &|_| None).expect("the configuration is sound");
    let app = gateway::build(config, &clock, &Random::system(), RequestIds::random())
        .expect("the adapters can be made");
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has a free port");
    let url = format!(
        "http://{}/graphql",
        listener.local_addr().expect("it is bound")
    );
    let never = std::future::pending();
    tokio::spawn(server::run(listener, Live::new(app), never));
    (url, sandboxes)
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has a free port");
    let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

/// The same emulators, with the workspace's name before every name that they give out.
fn marked(router: Router, workspace: &'static str) -> Router {
    router.layer(axum::middleware::from_fn(move |request, next| {
        write_names(workspace, request, next)
    }))
}

async fn write_names(workspace: &str, request: Request, next: Next) -> Response {
    let (mut head, body) = next.run(request).await.into_parts();
    head.headers.remove("content-length");
    // What breaks off here breaks off there.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(head, Body::from("{"));
    };
    let mut text = String::from_utf8_lossy(&body).into_owned();
    for name in ["name", "firstName", "first_name"] {
        let open = format!("\"{name}\":\"");
        text = text.replace(&open, &format!("{open}{}", mark(workspace)));
    }
    Response::from_parts(head, Body::from(text))
}
