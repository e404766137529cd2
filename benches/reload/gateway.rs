//! The gateway in a process of its own, and another in its place on the same socket.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

/// As systemd does: the socket becomes descriptor 3, and its number and the process's are told.
const WITH_SOCKET: &str = "exec 3<&0 </dev/null; LISTEN_FDS=1; LISTEN_PID=$$; export LISTEN_FDS LISTEN_PID; exec \"$0\" \"$@\"";

/// What outlives every process: the socket, the configuration's file, the data folder.
pub(crate) struct Site {
    socket: TcpListener,
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
    /// How long a process that ends waits for one more request on each connection.
    drain: &'static str,
}

/// A running gateway.
pub(crate) struct Gateway {
    child: Child,
    log: mpsc::UnboundedReceiver<String>,
}

impl Site {
    /// With a socket of its own, and these variables.
    pub(crate) fn new(environment: Vec<(&'static str, String)>, is_undrained: bool) -> Self {
        Self {
            socket: TcpListener::bind("127.0.0.1:0").expect("loopback has a free port"),
            folder: tempfile::tempdir().expect("a folder can be made"),
            environment,
            drain: if is_undrained { "0s" } else { "1s" },
        }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        let address = self.socket.local_addr().expect("it is bound");
        address.to_string()
    }

    /// Writes a sound configuration; no two that follow each other are the same. Every other one is another for a vendor,
    /// and every third makes all adapters anew.
    pub(crate) fn configure(&self, number: usize) {
        let stage = ["won", "lost"][number % 2];
        let timeout = ["5s", "4s", "3s"][number % 3];
        self.write(&format!(
            "[server]\ndrain_timeout = \"{}\"\n[requests]\nmax_cost = {}\n[introzy]\nstage_status = {{ Lead = \"{stage}\" }}\n[limits]\nvendor_timeout = \"{timeout}\"\n[writes]\nquiet = \"1s\"\n",
            self.drain,
            30_000 + number,
        ));
    }

    /// Writes a configuration that is refused.
    pub(crate) fn misconfigure(&self) {
        self.write("[requests]\nmax_cost = 1\n[server]\nlisten = \"nowhere\"\n");
    }

    /// As a whole: whoever reads it meanwhile reads the one before or this one.
    fn write(&self, text: &str) {
        let new = self.folder.path().join("gateway.toml.new");
        std::fs::write(&new, text).expect("the folder can be written to");
        std::fs::rename(new, self.config()).expect("the folder can be written to");
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("gateway.toml")
    }
}

impl Gateway {
    /// Starts one, and waits until it accepts connections.
    pub(crate) async fn start(site: &Site) -> Self {
        let socket = site.socket.try_clone().expect("there are descriptors");
        let mut child = Command::new("sh")
            .args(["-c", WITH_SOCKET])
            .arg(env!("CARGO_BIN_EXE_referral-gateway"))
            .args(["serve", "--config"])
            .arg(site.config())
            .stdin(Stdio::from(OwnedFd::from(socket)))
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .env(
                "RUST_LOG",
                "warn,referral_gateway=info,referral_gateway::http::entry=warn,audit=warn",
            )
            .env("REFERRAL_GATEWAY_DATA_DIR", site.folder.path().join("data"))
            .envs(site.environment.iter().map(|(name, value)| (name, value)))
            .kill_on_drop(true)
            .spawn()
            .expect("the gateway was built");
        let (tell, log) = mpsc::unbounded_channel();
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        tokio::spawn(read(stdout, tell.clone()));
        tokio::spawn(read(stderr, tell));
        let mut gateway = Self { child, log };
        gateway.until("GraphQL at http://").await;
        gateway
    }

    /// Lets it read its configuration again, and waits until it says what came of that.
    pub(crate) async fn reload(&mut self, says: &str) {
        self.signal("-HUP").await;
        self.until(says).await;
    }

    /// Starts another one, and ends this one once that accepts connections.
    pub(crate) async fn overlapped(self, site: &Site) -> Self {
        let next = Self::start(site).await;
        self.end().await;
        next
    }

    /// Ends this one, and then starts another: for a while nobody accepts connections.
    pub(crate) async fn replaced(self, site: &Site) -> Self {
        self.end().await;
        Self::start(site).await
    }

    /// Ends it as a supervisor does.
    pub(crate) async fn end(mut self) {
        self.signal("-TERM").await;
        let status = self.child.wait().await.expect("it is ours");
        assert!(status.success(), "it ended with {status}");
    }

    async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it still runs").to_string();
        let sent = Command::new("kill").args([name, &id]).status().await;
        assert!(sent.expect("there is kill").success(), "kill {name} {id}");
    }

    async fn until(&mut self, text: &str) {
        while let Some(line) = self.log.recv().await {
            if line.contains(text) {
                return;
            }
        }
        panic!("it ended without a word on {text}");
    }
}

/// Reads a log to its end. Nothing in it may go wrong while it is only reloaded and restarted.
async fn read(log: impl tokio::io::AsyncBufRead + Unpin, tell: mpsc::UnboundedSender<String>) {
    let mut lines = log.lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let is_about_configuration = line.contains("configuration refused");
        if (line.contains("WARN") || line.contains("ERROR")) && !is_about_configuration {
            eprintln!("{line}");
        }
        // Nobody reads what comes after the end.
        tell.send(line).ok();
    }
}
