//! The command line: arguments, configuration, log, then `serve`, `sandbox`, `schema`, `key` or `check`.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use listenfd::ListenFd;
use referral_gateway::callers::key;
use referral_gateway::clock::Clock;
use referral_gateway::config::workspaces::OfWorkspace;
use referral_gateway::config::{Config, Log};
use referral_gateway::gateway::Gateway;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::server;
use referral_gateway::random::Random;
use referral_gateway::sandbox::Sandbox;
use referral_gateway::vendor::Call;
use referral_gateway::{gateway, graphql, process, telemetry};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;
use tracing::info;
use zeroize::Zeroizing;

/// Answers are made of many small pieces of text, which this hands out faster than the system's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One GraphQL schema over four referral systems.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the gateway.
    Serve {
        /// The configuration file; without one, the environment and the defaults are used.
        #[arg(long)]
        config: Option<PathBuf>,
        /// Starts emulators of all vendors in the same process and uses them: no credentials, no network.
        #[arg(long)]
        sandbox: bool,
    },
    /// Starts the emulators of all vendors alone.
    Sandbox {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:4010")]
        listen: SocketAddr,
    },
    /// Prints the GraphQL schema.
    Schema,
    /// Prints the JSON Schema of the configuration file.
    ConfigSchema,
    /// Makes a key for a caller, and tells its hash, which the configuration is to have.
    Key,
    /// Checks the configuration.
    Check {
        /// The configuration file; without one, the environment and the defaults are checked.
        #[arg(long)]
        config: Option<PathBuf>,
        /// Makes one cheap authenticated read per vendor and says what is wrong.
        #[arg(long)]
        online: bool,
    },
}

/// What ends the process with a failure: lines for the person who started it.
type Failure = Vec<String>;

/// After so many turns of its tasks a thread looks for what has come in. Tokio's own 61 is made for turns that are short:
/// here some take a millisecond, and whoever is to be told to come back later would wait for dozens of them first
/// (`cargo bench --bench edge -- overload`).
const TURNS: u32 = 8;

fn main() -> ExitCode {
    process::small_pages();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .event_interval(TURNS)
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => {
            eprintln!("no threads can be had: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve { config, sandbox } => serve(config, sandbox).await,
        Command::Sandbox { listen } => run_sandbox(listen).await,
        Command::Schema => {
            print!("{}", graphql::sdl());
            Ok(())
        }
        Command::ConfigSchema => {
            println!("{:#}", Config::json_schema());
            Ok(())
        }
        Command::Key => make_key(),
        Command::Check { config, online } => check(config.as_deref(), online).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(lines) => {
            for line in lines {
                eprintln!("{line}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Reads the configuration, as often as it is asked to.
type ReadConfig = Arc<dyn Fn() -> Result<Config, Failure> + Send + Sync>;

async fn serve(file: Option<PathBuf>, with_sandbox: bool) -> Result<(), Failure> {
    // First of all: a signal that nobody waits for ends the process.
    let hangups = signal(SignalKind::hangup()).map_err(one_line)?;
    let clock = Clock::system();
    let mut environment = if with_sandbox {
        start_sandbox(&clock).await?
    } else {
        HashMap::new()
    };
    let given = given_listener()?;
    if let Some(listener) = &given {
        // Who may be answered without a key depends on it.
        let address = listener.local_addr().map_err(one_line)?;
        environment.insert("REFERRAL_GATEWAY_LISTEN", address.to_string());
    }
    let read: ReadConfig = Arc::new(move || {
        let mut config = read_config(file.as_deref(), &environment)?;
        if with_sandbox {
            // What is kept for the real vendors is no affair of the sandbox's.
            config.server.data_dir = config.server.data_dir.map(|folder| folder.join("sandbox"));
        }
        Ok(config)
    });
    let config = read()?;
    prepare(config.server.data_dir.as_deref())?;
    telemetry::start(&config.log);
    if config.server.data_dir.is_none() && !with_sandbox {
        tracing::warn!(
            "no server.data_dir (REFERRAL_GATEWAY_DATA_DIR): what was being written when the process ends is not taken up again"
        );
    }

    let listen = config.server.listen;
    let (has_console, has_graphiql) = (config.server.console, config.server.graphiql);
    tell_vendors(&config);
    let gateway =
        Gateway::start(config, &clock, &Random::system(), RequestIds::random()).map_err(lines)?;
    let live = gateway.live().clone();
    let are_callers_told_apart = live.app().callers.are_told_apart();
    let listener = match given {
        Some(listener) => {
            info!("the socket of LISTEN_FDS is used in place of server.listen");
            TcpListener::from_std(listener).map_err(one_line)?
        }
        None => server::listen(listen)
            .map_err(|error| vec![format!("cannot listen on {listen}: {error}")])?,
    };
    let address = listener.local_addr().map_err(one_line)?;
    info!(
        "GraphQL at http://{address}/graphql{}{}",
        if has_console {
            ", the console at /"
        } else {
            ""
        },
        if has_graphiql {
            ", GraphiQL at /graphiql"
        } else {
            ""
        }
    );
    if are_callers_told_apart {
        info!("callers need a key or token");
    } else if address.ip().is_loopback() {
        info!("callers are not authenticated: only this machine is answered");
    } else {
        tracing::warn!("callers are not authenticated, and the network can reach this gateway");
    }
    tokio::spawn(reload_at(hangups, gateway, read));
    server::run(listener, live, asked_to_end())
        .await
        .map_err(one_line)
}

/// The listening socket that whoever started the process has opened for it, as systemd does: it stays open while one
/// process takes another's place, and connections wait in it.
fn given_listener() -> Result<Option<std::net::TcpListener>, Failure> {
    let mut given = ListenFd::from_env();
    if given.len() > 1 {
        return Err(vec![format!(
            "LISTEN_FDS: {} sockets are given, and one is needed",
            given.len()
        )]);
    }
    let listener = given.take_tcp_listener(0);
    let listener = listener.map_err(|error| vec![format!("LISTEN_FDS: not usable: {error}")])?;
    if let Some(listener) = &listener {
        listener.set_nonblocking(true).map_err(one_line)?;
    }
    Ok(listener)
}

/// Reads the configuration anew at each of these signals. What comes of it is in the log.
async fn reload_at(mut signals: Signal, gateway: Gateway, read: ReadConfig) {
    while signals.recv().await.is_some() {
        let read = read.clone();
        gateway.reload(move || read()).await.ok();
    }
}

fn tell_vendors(config: &Config) {
    for of in &config.workspaces {
        for (vendor, connector) in &of.vendors {
            let state = if connector.is_some() {
                "configured"
            } else {
                "not configured: no credentials"
            };
            info!(workspace = %of.workspace, vendor = vendor.key(), "{state}");
        }
    }
}

async fn run_sandbox(listen: SocketAddr) -> Result<(), Failure> {
    telemetry::start(&Log {
        json: false,
        filter: "info".to_owned(),
    });
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| vec![format!("cannot listen on {listen}: {error}")])?;
    let address = listener.local_addr().map_err(one_line)?;
    let sandbox = Sandbox::new(&Clock::system());
    info!("sandbox at http://{address}/_sandbox/; start a gateway on it with:");
    for (name, value) in sandbox.environment(&format!("http://{address}")) {
        println!("export {name}={value}");
    }
    axum::serve(listener, sandbox.router())
        .with_graceful_shutdown(asked_to_end())
        .await
        .map_err(one_line)
}

/// Starts the emulators on a port of their own, and says how a gateway finds them.
async fn start_sandbox(clock: &Clock) -> Result<HashMap<&'static str, String>, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(one_line)?;
    let address = listener.local_addr().map_err(one_line)?;
    let sandbox = Sandbox::new(clock);
    let environment = sandbox
        .environment(&format!("http://{address}"))
        .into_iter()
        .collect();
    tokio::spawn(async move { axum::serve(listener, sandbox.router()).await });
    eprintln!("sandbox at http://{address}/_sandbox/");
    Ok(environment)
}

async fn check(file: Option<&Path>, online: bool) -> Result<(), Failure> {
    let config = read_config(file, &HashMap::new())?;
    prepare(config.server.data_dir.as_deref())?;
    let mut failures = Vec::new();
    for of in &config.workspaces {
        check_workspace(&config, of, online, &mut failures).await;
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures)
    }
}

async fn check_workspace(
    config: &Config,
    of: &OfWorkspace,
    online: bool,
    failures: &mut Vec<String>,
) {
    let (adapters, failed) = gateway::adapters(config, of, &Clock::system(), &Random::system());
    // Where there is one workspace, nobody needs to be told which.
    let place = match config.workspaces.as_slice() {
        [_] => String::new(),
        _ => format!("{}.", of.workspace),
    };
    failures.extend(failed.iter().map(|error| format!("{place}{error}")));
    for (vendor, connector) in &of.vendors {
        let vendor = vendor.key();
        let Some(adapter) = adapters.values().find(|it| it.vendor().key() == vendor) else {
            if connector.is_none() {
                println!("{place}{vendor}: not configured (no credentials)");
            }
            continue;
        };
        if !online {
            println!("{place}{vendor}: configured");
            continue;
        }
        let call = Call {
            request_id: RequestIds::random().next(),
            deadline: Instant::now() + config.server.request_timeout,
        };
        match adapter.check(&call).await {
            Ok(seen) => println!("{place}{vendor}: ok: {seen}"),
            Err(error) => failures.push(format!("{place}{error}")),
        }
    }
}

/// Makes a key. The key itself goes to standard output alone, so that it can be led into a file.
fn make_key() -> Result<(), Failure> {
    let mut chance = [0; 32];
    getrandom::fill(&mut chance).map_err(one_line)?;
    let made = key::new(chance);
    println!("{}", made.key.as_str());
    eprintln!(
        "Give the key above to the caller. It is shown once. What the configuration needs of it:\n"
    );
    eprintln!(
        "[[callers.keys]]\nname = \"\"\nscopes = [\"referrals:read\"]\nsha256 = \"{}\"",
        made.sha256
    );
    Ok(())
}

/// The values given here win over the environment, and the environment over the file.
fn read_config(
    file: Option<&Path>,
    given: &HashMap<&'static str, String>,
) -> Result<Config, Failure> {
    let text = match file {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path);
            Some(text.map_err(|error| {
                vec![format!(
                    "{}: cannot be read: {}",
                    path.display(),
                    error.kind()
                )]
            })?)
        }
    };
    let text = text.map(Zeroizing::new);
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the environment is read"
    )]
    let environment = |name: &str| {
        given
            .get(name)
            .cloned()
            .or_else(|| std::env::var(name).ok())
    };
    Config::read(text.as_deref().map(String::as_str), &environment)
}

/// Makes the data folder and tries to write there: the first rotated token would be a bad moment to learn of it.
fn prepare(data_dir: Option<&Path>) -> Result<(), Failure> {
    let Some(folder) = data_dir else {
        return Ok(());
    };
    let trial = folder.join(".writable");
    let tried = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&trial, ""))
        .and_then(|()| std::fs::remove_file(&trial));
    tried.map_err(|error| {
        let place = folder.display();
        vec![format!(
            "server.data_dir (REFERRAL_GATEWAY_DATA_DIR): cannot write to {place}: {}",
            error.kind()
        )]
    })
}

async fn asked_to_end() {
    let interrupt = async { tokio::signal::ctrl_c().await.ok() };
    let terminate = async {
        let signal = signal(SignalKind::terminate());
        signal.ok()?.recv().await
    };
    tokio::select! { _ = interrupt => {}, _ = terminate => {} }
}

fn lines(error: impl std::fmt::Display) -> Failure {
    error.to_string().lines().map(str::to_owned).collect()
}

fn one_line(error: impl std::fmt::Display) -> Failure {
    vec![error.to_string()]
}
