//! The command line: arguments, configuration, log, then `serve`, `sandbox`, `schema` or `check`.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use referral_gateway::clock::Clock;
use referral_gateway::config::{Config, Log};
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::server;
use referral_gateway::random::Random;
use referral_gateway::sandbox::Sandbox;
use referral_gateway::vendor::Call;
use referral_gateway::{gateway, graphql, telemetry};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tracing::info;

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

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve { config, sandbox } => serve(config.as_deref(), sandbox).await,
        Command::Sandbox { listen } => run_sandbox(listen).await,
        Command::Schema => {
            print!("{}", graphql::sdl());
            Ok(())
        }
        Command::ConfigSchema => {
            println!("{:#}", Config::json_schema());
            Ok(())
        }
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

async fn serve(file: Option<&Path>, with_sandbox: bool) -> Result<(), Failure> {
    let clock = Clock::system();
    let environment = if with_sandbox {
        start_sandbox(&clock).await?
    } else {
        HashMap::new()
    };
    let mut config = read_config(file, &environment)?;
    if with_sandbox {
        // What is kept for the real vendors is no affair of the sandbox's.
        config.server.data_dir = config.server.data_dir.map(|folder| folder.join("sandbox"));
    }
    prepare(config.server.data_dir.as_deref())?;
    telemetry::start(&config.log);
    if config.server.data_dir.is_none() && !with_sandbox {
        tracing::warn!(
            "no server.data_dir (REFERRAL_GATEWAY_DATA_DIR): what was being written when the process ends is not taken up again"
        );
    }

    let app = gateway::build(&config, &clock, &Random::system(), RequestIds::random())
        .map_err(one_line)?;
    let listen = config.server.listen;
    let listener = server::listen(listen)
        .map_err(|error| vec![format!("cannot listen on {listen}: {error}")])?;
    let address = listener.local_addr().map_err(one_line)?;
    for (vendor, connector) in &config.vendors {
        let state = if connector.is_some() {
            "configured"
        } else {
            "not configured: no credentials"
        };
        info!(vendor = vendor.key(), "{state}");
    }
    info!(
        "GraphQL at http://{address}/graphql{}",
        if config.server.graphiql {
            ", GraphiQL at /graphiql"
        } else {
            ""
        }
    );
    if address.ip().is_loopback() {
        info!("callers are not authenticated: only this machine is answered");
    } else {
        tracing::warn!("callers are not authenticated, and the network can reach this gateway");
    }
    server::run(listener, app, config.server.shutdown_grace, asked_to_end())
        .await
        .map_err(one_line)
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
    let adapters =
        gateway::adapters(&config, &Clock::system(), &Random::system()).map_err(one_line)?;
    let mut failures = Vec::new();
    for (vendor, _) in &config.vendors {
        let Some(adapter) = adapters.get(vendor) else {
            println!("{}: not configured (no credentials)", vendor.key());
            continue;
        };
        if !online {
            println!("{}: configured", vendor.key());
            continue;
        }
        let call = Call {
            request_id: RequestIds::random().next(),
            deadline: Instant::now() + config.server.request_timeout,
        };
        match adapter.check(&call).await {
            Ok(seen) => println!("{}: ok: {seen}", vendor.key()),
            Err(error) => failures.push(error.to_string()),
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures)
    }
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
    Config::read(text.as_deref(), &environment)
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
        let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        signal.ok()?.recv().await
    };
    tokio::select! { _ = interrupt => {}, _ = terminate => {} }
}

fn one_line(error: impl std::fmt::Display) -> Failure {
    vec![error.to_string()]
}
