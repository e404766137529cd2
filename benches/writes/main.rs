//! Writes over vendors that lose, delay and fail them, and over a gateway that is killed: `cargo bench --bench writes`, or
//! `-- soak` and `-- crash` for one of the two, with a number behind for fewer or more. Takes some minutes, sends traffic to
//! loopback only, and stops by itself. It fails when a referral was created twice, when one is lost, or when an operation
//! says something else than what the vendor has. docs/benchmarks.md says what each line means.

mod client;
mod crash;
mod soak;

#[tokio::main]
async fn main() {
    let asked_for = |name: &str| std::env::args().any(|argument| argument == name);
    if !asked_for("crash") {
        soak::run().await;
    }
    if !asked_for("soak") {
        crash::run().await;
    }
}

/// How much of something there is to be, unless a number follows its name on the command line.
fn amount(name: &str, usual: usize) -> usize {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    let told = arguments.nth(1);
    told.and_then(|text| text.parse().ok()).unwrap_or(usual)
}
