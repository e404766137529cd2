//! Kills the gateway while it writes, a hundred times at moments left to chance, and starts it again over the same ledger.
//! After that each referral must be there once, and each engagement must have its two.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use referral_gateway::clock::Clock;
use referral_gateway::sandbox::{Fault, Kind, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::amount;
use crate::client::{CREATES, Client, counts, serve};

/// How often it is killed, unless the command line says otherwise.
const ROUNDS: usize = 100;

/// Every write of a vendor takes so long: time enough to be killed in.
const WRITE_MS: u64 = 12;

/// It is killed at some moment of these milliseconds after the writes were handed in.
const WITHIN_MS: u64 = 90;

const PATIENCE: Duration = Duration::from_mins(1);

const CONFIG: &str = "
[limits]
vendor_timeout = \"2s\"
[writes]
quiet = \"1s\"
";

const CREATE: &str = "mutation ($input: CreateReferralInput!) { createReferral(input: $input) { operation { state } userErrors { code message path } } }";

const LOOK: &str = "query ($key: String!) { operation(idempotencyKey: $key) { state referral { engagement { referrals { nodes { id } } } } } }";

/// A gateway in a process of its own.
struct Gateway {
    process: Child,
    url: String,
}

pub(crate) async fn run() {
    let rounds = amount("crash", ROUNDS);
    let sandbox = Sandbox::new(&Clock::system());
    let origin = serve(&sandbox).await;
    for (vendor, method, path) in CREATES {
        sandbox.fault(Fault {
            vendor: vendor.to_owned(),
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            times: None,
            after: 0,
            one_in: None,
            seed: 0,
            answer: Kind::SlowCommit { ms: WRITE_MS },
        });
    }
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let config = folder.path().join("gateway.toml");
    std::fs::write(&config, CONFIG).expect("the folder can be written");
    let environment = sandbox.environment(&origin);
    let begin = async || Gateway::start(&config, folder.path(), &environment).await;

    let mut gateway = begin().await;
    let mut client = Client::start(gateway.url.clone()).await;
    let before = counts(&sandbox);
    let (mut found, mut odd) = (BTreeMap::<String, usize>::new(), Vec::new());
    let mut expected = vec![0; CREATES.len()];
    let started = Instant::now();
    for round in 0..rounds {
        let writes: Vec<_> = (0..=CREATES.len())
            .map(|place| write(&client, round, place))
            .collect();
        let asked: Vec<_> = writes
            .iter()
            .map(|(_, input)| {
                let (client, input) = (client.clone(), input.clone());
                tokio::spawn(async move { client.ask(CREATE, json!({ "input": input })).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(moment(round))).await;
        gateway.process.kill().await.expect("it is ours");
        join_all(asked).await;
        gateway = begin().await;
        client.url.clone_from(&gateway.url);
        for (place, (key, input)) in writes.iter().enumerate() {
            let at_start = state(&client, key).await.0;
            *found.entry(at_start).or_default() += 1;
            let (state, referrals) = settle(&client, key, input).await;
            let is_shared = place == CREATES.len();
            expected[place.min(2 + usize::from(place == 3))] += match (&*state, is_shared) {
                ("CONFIRMED", false) => 1,
                ("CONFIRMED", true) => 2,
                _ => 0,
            };
            if state != "CONFIRMED" || (is_shared && referrals != 2) {
                odd.push(format!(
                    "round {round}, {key}: {state}, {referrals} in the engagement"
                ));
            }
        }
    }
    gateway.process.kill().await.expect("it is ours");
    let after = counts(&sandbox);
    println!(
        "killed {rounds} times in {:.0} s; at the next start: {found:?}",
        started.elapsed().as_secs_f64()
    );
    for (vendor, (name, ..)) in CREATES.iter().enumerate() {
        let made = after[vendor] - before[vendor];
        println!(
            "{name}: {} referrals confirmed, the vendor has {made} more",
            expected[vendor]
        );
        if made != expected[vendor] {
            odd.push(format!("{name}: {made} in place of {}", expected[vendor]));
        }
    }
    assert!(odd.is_empty(), "not as it should be: {odd:#?}");
}

/// One create for each vendor, and one at Partner Center that is shared.
fn write(client: &Client, round: usize, place: usize) -> (String, Value) {
    let key = format!("crash-{round}-{place}");
    let number = round * 8 + place;
    let is_shared = place == CREATES.len();
    // Partner Center is the third.
    let mut referral = client.referral(if is_shared { 2 } else { place }, number);
    if is_shared {
        let fields = &mut referral["partnerCenter"];
        fields["type"] = json!("SHARED");
        fields["consent"]["consentToShareReferralWithMicrosoftSellers"] = json!(true);
        fields["customerProfile"]["team"] =
            json!([{ "firstName": "Ada", "lastName": "Okoro", "email": "ada@example.test" }]);
        fields["details"]["requirements"] =
            json!({ "solutions": [{ "id": "SOL-1", "name": "S", "type": "NAME" }] });
        fields["target"] = json!([{ "type": "SOLUTION_PROFILE", "id": "SOL-1" }]);
        fields["shareWith"] = json!({ "type": "BUSINESS_PROFILE_LOCATION", "id": "msft" });
    }
    let input = json!({ "idempotencyKey": key, "referral": referral });
    (key, input)
}

/// Asks for it until it is settled; what the gateway knows nothing of is handed in again.
async fn settle(client: &Client, key: &str, input: &Value) -> (String, usize) {
    let begun = Instant::now();
    loop {
        let (state, referrals) = state(client, key).await;
        let is_open = ["UNKNOWN", "SENDING", "unheard of"].contains(&&*state);
        if !is_open || begun.elapsed() > PATIENCE {
            return (state, referrals);
        }
        if state == "unheard of" {
            client.ask(CREATE, json!({ "input": input })).await;
        } else {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// How far it has come, and how many referrals its engagement has.
async fn state(client: &Client, key: &str) -> (String, usize) {
    let answer = client.ask(LOOK, json!({ "key": key })).await;
    let answer = answer.expect("the gateway answers");
    let operation = &answer["data"]["operation"];
    let state = operation["state"].as_str().unwrap_or("unheard of");
    let referrals = operation["referral"]["engagement"]["referrals"]["nodes"].as_array();
    (state.to_owned(), referrals.map_or(0, Vec::len))
}

/// Spread over the whole time, and the same in every run.
fn moment(round: usize) -> u64 {
    let turn = u64::try_from(round).unwrap_or(0);
    turn.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) % WITHIN_MS
}

impl Gateway {
    /// Starts one, and waits until it says where it listens.
    async fn start(config: &Path, data: &Path, environment: &[(&str, String)]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_referral-gateway"))
            .args(["serve", "--config"])
            .arg(config)
            .env("REFERRAL_GATEWAY_LISTEN", "127.0.0.1:0")
            .env("REFERRAL_GATEWAY_DATA_DIR", data)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the gateway was built");
        let (tell, mut told) = tokio::sync::mpsc::channel(1);
        let stdout = process.stdout.take().expect("it is piped");
        let stderr = process.stderr.take().expect("it is piped");
        tokio::spawn(read(BufReader::new(stdout), tell.clone()));
        tokio::spawn(read(BufReader::new(stderr), tell));
        let url = told.recv().await.expect("it says where it listens");
        Self { process, url }
    }
}

/// Reads a log to its end; tells the first address that it names for GraphQL.
async fn read(log: impl tokio::io::AsyncBufRead + Unpin, tell: tokio::sync::mpsc::Sender<String>) {
    let mut lines = log.lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let url = line.split_whitespace().find_map(|word| {
            let end = word.find("/graphql")? + "/graphql".len();
            word.get(..end).filter(|url| url.starts_with("http://"))
        });
        if let Some(url) = url {
            // Only the first is waited for.
            tell.try_send(url.to_owned()).ok();
        }
    }
}
