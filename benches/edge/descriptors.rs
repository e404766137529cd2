//! More connections than the gateway has file descriptors for.

use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::client::Connection;
use crate::gateway::Gateway;

const CONFIG: &str = "[server]\nheader_timeout = \"2s\"\n[cache]\nfresh = \"1h\"\n";

/// So many descriptors, and so many connections that want one.
const LIMIT: &str = "ulimit -n 64;";
const CONNECTIONS: usize = 300;

const QUERY: &str = "{ referrals(first: 20) { nodes { id } } }";

pub(crate) async fn run() {
    let mut gateway = Gateway::start(CONFIG, LIMIT, None).await;
    let address = gateway.address.clone();
    assert!(is_answered(&address, 0).await, "nothing is amiss yet");
    let began = Instant::now();
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS {
        open.extend(TcpStream::connect(&address).await);
    }
    let asked = Instant::now();
    let mut number = 1;
    while !is_answered(&address, number).await {
        assert!(gateway.is_alive(), "it ended");
        assert!(
            asked.elapsed() < Duration::from_mins(1),
            "it never answers again"
        );
        number += 1;
        sleep(Duration::from_millis(50)).await;
    }
    let answered = asked.elapsed();
    drop(open);
    sleep(Duration::from_secs(3)).await;
    let mut whole = 0;
    for number in 100..200 {
        whole += u32::from(is_answered(&address, number).await);
    }
    println!(
        "descriptors: {CONNECTIONS} silent connections at 64 descriptors: alive {}, a new request answered {:.1} s after them, {} warnings in {:.0} s; afterwards {whole} of 100 requests answered",
        gateway.is_alive(),
        answered.as_secs_f64(),
        gateway.warned(),
        began.elapsed().as_secs_f64()
    );
}

/// Whether a request on a connection of its own is answered.
async fn is_answered(address: &str, number: u64) -> bool {
    let ask = async {
        let mut connection = Connection::open(address).await?;
        connection.ask(QUERY, number).await
    };
    let answer = timeout(Duration::from_secs(20), ask).await;
    answer.is_ok_and(|answer| answer.is_ok_and(|answer| answer.status == 200))
}
