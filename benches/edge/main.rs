//! What the edge stands: `cargo bench --bench edge`, or one of `-- slow`, `-- descriptors`, `-- overload`, `-- flood`.
//! docs/reliability.md says what each line means. Takes about a minute, sends traffic to loopback only, and stops by itself.

mod client;
mod descriptors;
mod flood;
mod gateway;
mod overload;
mod slow;

#[tokio::main]
async fn main() {
    // cargo adds `--bench`, or `--test` nothing.
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if let [linger, address] = named.as_slice()
        && linger == "linger"
    {
        return slow::linger_all(address).await;
    }
    let wants = |name: &str| named.is_empty() || named.iter().any(|it| it == name);
    if wants("slow") {
        slow::run().await;
    }
    if wants("descriptors") {
        descriptors::run().await;
    }
    if wants("overload") {
        overload::run().await;
    }
    if wants("flood") {
        flood::run().await;
    }
}
