//! How fast the gateway answers, beside a bare server and beside the vendors themselves, in one run:
//! `cargo bench --bench gateway`, or `-- cold` for the vendors' part alone, `-- page` for what of it is about a page of 52,
//! `-- long` for its last line. docs/benchmarks.md says what each line means.
//! `-- rounds 200` asks for so many cold pages and measures nothing, for whatever counts instructions from outside.

mod awake;
mod client;
mod cold;
mod long;
mod parts;
mod server;
mod speed;
mod vendors;
mod world;

use referral_gateway::process;
use tokio::runtime::Runtime;
use world::World;

/// As in the gateway's own binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    process::small_pages();
    let is_asked_for = |part| std::env::args().any(|argument| argument == part);
    if is_asked_for(awake::WORD) {
        return awake::stay();
    }
    let only_cold = is_asked_for("cold");
    let client = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made");
    if let Some(rounds) = rounds() {
        let world = World::of(1, |sandbox| cold::resize(sandbox, 13));
        return client.block_on(cold::repeat(&world, rounds));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if is_asked_for("long") {
        return client.block_on(long::run(&World::of(cores, long::prepare)));
    }
    if is_asked_for("page") {
        return pages(&client, cores);
    }
    let world = World::start(1);
    if !only_cold {
        speed::run(&world, &client);
        client.block_on(parts::run(&world));
    }
    client.block_on(cold::run(&world, "288 referrals, one thread"));
    let world = World::start(cores);
    let threads = format!("{cores} threads, as served");
    client.block_on(cold::run(&world, &format!("288 referrals, {threads}")));
    drop(world);
    pages(&client, cores);
    let long = World::of(cores, long::prepare);
    client.block_on(long::run(&long));
}

/// As many rows as the query asks for, or a few more.
fn pages(client: &Runtime, cores: usize) {
    let world = World::of(1, |sandbox| cold::resize(sandbox, 13));
    client.block_on(cold::run(&world, "52 referrals, one thread"));
    let world = World::of(cores, |sandbox| cold::resize(sandbox, 13));
    let threads = format!("52 referrals, {cores} threads, as served");
    client.block_on(cold::run(&world, &threads));
}

/// The number after the word.
fn rounds() -> Option<u32> {
    let mut rest = std::env::args().skip_while(|argument| argument != "rounds");
    rest.nth(1)?.parse().ok()
}
