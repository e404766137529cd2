//! A client that costs little: connections kept alive, prepared bytes, and of an answer its status.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// A header that says who asks, and the end of its line; empty where nobody needs to say.
    authorization: String,
}

/// What came of a request.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Whether it tells of errors.
    pub(crate) has_errors: bool,
    pub(crate) took: Duration,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 << 10),
            authorization: String::new(),
        })
    }

    /// Asks with this key from now on.
    pub(crate) fn with_key(self, key: &str) -> Self {
        Self {
            authorization: format!("authorization: Bearer {key}\r\n"),
            ..self
        }
    }

    /// Sends a read. No two with different numbers are the same.
    pub(crate) async fn ask(&mut self, query: &str, number: u64) -> std::io::Result<Answer> {
        let body = format!("{{\"query\":\"{query}\",\"variables\":{{\"number\":{number}}}}}");
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{}\r\n{body}",
            body.len(),
            self.authorization
        );
        let sent = Instant::now();
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(status) = whole(&self.buffer) {
                let took = sent.elapsed();
                let errors = memchr::memmem::find(&self.buffer, b"\"errors\"");
                return Ok(Answer {
                    status,
                    has_errors: errors.is_some(),
                    took,
                });
            }
        }
    }
}

/// The status, once all of it is there.
fn whole(answer: &[u8]) -> Option<u16> {
    let head = answer.get(..answer.len().min(2_048))?;
    let end = head.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).expect("heads are ASCII");
    let (_, length) = head.split_once("content-length: ")?;
    let length: usize = length.split("\r\n").next()?.parse().ok()?;
    if answer.len() < end + 4 + length {
        return None;
    }
    head.get(9..12)?.parse().ok()
}

/// So many hundredths of these are no longer than this.
pub(crate) fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get(last * percent / 100).copied().unwrap_or_default()
}

/// Milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
