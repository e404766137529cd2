//! A gateway with its sandbox, as a process of its own.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

/// A running gateway. It ends with this.
pub(crate) struct Gateway {
    /// Host and port.
    pub(crate) address: String,
    /// Host and port of its sandbox.
    sandbox: String,
    process: Child,
    /// How often its log has told of connections that it could not accept.
    warned: Arc<AtomicU64>,
    _folder: TempDir,
}

impl Gateway {
    /// Starts one with this configuration, after this shell command, with so many threads if that is said.
    pub(crate) async fn start(config: &str, before: &str, threads: Option<u32>) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, config).expect("the folder can be written to");
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{before} exec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_referral-gateway"))
            .args(["serve", "--sandbox", "--config"])
            .arg(&file)
            .env("REFERRAL_GATEWAY_LISTEN", "127.0.0.1:0")
            .env(
                "RUST_LOG",
                "warn,referral_gateway=info,referral_gateway::http::entry=warn",
            )
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(threads) = threads {
            command.env("TOKIO_WORKER_THREADS", threads.to_string());
        }
        let mut process = command.spawn().expect("the gateway was built");
        let stderr = process.stderr.take().expect("it is piped");
        let warned = Arc::new(AtomicU64::new(0));
        let (tell, mut told) = mpsc::channel(2);
        let counted = warned.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if line.contains("cannot be accepted") {
                    counted.fetch_add(1, Ordering::Relaxed);
                }
                let places = ["sandbox at http://", "GraphQL at http://"];
                let place = places.iter().find_map(|place| line.split_once(place));
                if let Some((address, _)) = place.and_then(|(_, rest)| rest.split_once('/')) {
                    tell.try_send(address.to_owned()).ok();
                }
            }
        });
        let mut place = async || told.recv().await.expect("it says where it listens");
        let sandbox = place().await;
        Self {
            address: place().await,
            sandbox,
            process,
            warned,
            _folder: folder,
        }
    }

    /// Puts a fault in force in its sandbox.
    pub(crate) async fn fault(&self, fault: &serde_json::Value) {
        let body = fault.to_string();
        let request = format!(
            "POST /_sandbox/faults HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.sandbox,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.sandbox).await.expect("it listens");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it reads");
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .await
            .expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    }

    /// How often its log has told of connections that it could not accept.
    pub(crate) fn warned(&self) -> u64 {
        self.warned.load(Ordering::Relaxed)
    }

    /// The processor time that it has used, and the time that it was ready to run and had no processor.
    pub(crate) fn processor_time(&self) -> (Duration, Duration) {
        let mut sum = (0, 0);
        let tasks = format!("/proc/{}/task", self.process.id().unwrap_or_default());
        for task in std::fs::read_dir(tasks).into_iter().flatten().flatten() {
            let text = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
            let mut numbers = text.split_whitespace().map(|it| it.parse().unwrap_or(0));
            sum.0 += numbers.next().unwrap_or(0);
            sum.1 += numbers.next().unwrap_or(0);
        }
        (Duration::from_nanos(sum.0), Duration::from_nanos(sum.1))
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }
}
