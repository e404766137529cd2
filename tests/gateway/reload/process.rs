//! The program itself: what a signal makes it do, and how one process takes another's place.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use crate::harness::{client, send};

/// A gateway with its sandbox, in a process of its own.
struct Process {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    url: String,
}

/// As systemd does: the socket becomes descriptor 3, and its number and the process's are told.
const WITH_SOCKET: &str = "exec 3<&0 </dev/null; LISTEN_FDS=1; LISTEN_PID=$$; export LISTEN_FDS LISTEN_PID; exec \"$0\" \"$@\"";

impl Process {
    /// Starts one; with a socket, if there is one.
    async fn start(config: &Path, socket: Option<&TcpListener>) -> Self {
        let mut command = match socket {
            None => Command::new(env!("CARGO_BIN_EXE_referral-gateway")),
            Some(socket) => {
                let socket = OwnedFd::from(socket.try_clone().unwrap());
                let mut command = Command::new("sh");
                command
                    .args(["-c", WITH_SOCKET])
                    .arg(env!("CARGO_BIN_EXE_referral-gateway"))
                    .stdin(Stdio::from(socket));
                command
            }
        };
        let mut child = command
            .args(["serve", "--sandbox", "--config"])
            .arg(config)
            .env_remove("RUST_LOG")
            .env("REFERRAL_GATEWAY_LISTEN", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut process = Self {
            child,
            log,
            url: String::new(),
        };
        let line = process.until("GraphQL at http://").await;
        let (_, rest) = line.split_once("GraphQL at ").unwrap();
        let (url, _) = rest.split_once("/graphql").unwrap();
        process.url.push_str(url);
        process
    }

    /// Reads the log up to a line that holds this.
    async fn until(&mut self, text: &str) -> String {
        while let Some(line) = self.log.next_line().await.unwrap() {
            if line.contains(text) {
                return line;
            }
        }
        panic!("it ended without a word on {text}");
    }

    async fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args([name, &id]).status().await;
        assert!(sent.unwrap().success());
    }

    /// Ends it as a supervisor does.
    async fn end(mut self) {
        self.signal("-TERM").await;
        assert!(self.child.wait().await.unwrap().success());
    }

    async fn max_cost(&self) -> Value {
        let body = json!({ "query": "{ __typename }", "extensions": { "cost": true } });
        let request = client().post(format!("{}/graphql", self.url));
        let request = request.header("content-type", "application/json");
        let answer = send(request.body(body.to_string())).await;
        let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        answer["extensions"]["cost"]["limit"].clone()
    }
}

#[tokio::test]
async fn sighup_makes_it_read_its_configuration_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    write("[requests]\nmax_cost = 2000");
    let mut process = Process::start(&file, None).await;
    assert_eq!(process.max_cost().await, 2_000);
    write("[requests]\nmax_cost = 3000");
    process.signal("-HUP").await;
    let line = process.until("configuration taken").await;
    assert!(line.contains("requests.max_cost"), "{line}");
    assert_eq!(process.max_cost().await, 3_000);
    write("[requests]\nmax_cost = 1");
    process.signal("-HUP").await;
    process.until("configuration refused, and nothing").await;
    let line = process.until("configuration refused: ").await;
    assert!(line.contains("requests.max_cost: must be"), "{line}");
    assert_eq!(process.max_cost().await, 3_000);
    process.end().await;
}

#[tokio::test]
async fn a_connection_waits_in_a_given_socket_for_the_process_that_comes_next() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    std::fs::write(&file, "[requests]\nmax_cost = 2000").unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let first = Process::start(&file, Some(&socket)).await;
    let address = socket.local_addr().unwrap();
    assert_eq!(first.url, format!("http://{address}"));
    assert_eq!(first.max_cost().await, 2_000);
    let url = first.url.clone();
    first.end().await;
    // Nobody accepts now.
    let request = client().get(format!("{url}/health/live"));
    let (answer, second) = tokio::join!(send(request), Process::start(&file, Some(&socket)));
    assert_eq!(answer.status(), 200);
    assert_eq!(second.url, url);
    second.end().await;
}

#[tokio::test]
async fn a_given_socket_that_the_network_reaches_is_not_taken_without_callers() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    std::fs::write(&file, "").unwrap();
    let socket = TcpListener::bind("0.0.0.0:0").unwrap();
    let mut command = Command::new("sh");
    let output = command
        .args(["-c", WITH_SOCKET])
        .arg(env!("CARGO_BIN_EXE_referral-gateway"))
        .args(["serve", "--sandbox", "--config"])
        .arg(&file)
        .stdin(Stdio::from(OwnedFd::from(socket)))
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{told}");
    assert!(told.contains("server.listen"), "{told}");
}
