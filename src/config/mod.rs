//! Configuration: one struct per concern, read from one TOML file and the environment. After this nothing else reads
//! the environment.

pub mod cors;
pub mod edge;
pub mod reader;
pub mod requests;
pub mod told;
pub mod workspaces;

mod callers;
mod tables;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use crate::http::guard::MAX_TOKENS;
use crate::http::persisted;
use crate::http::rate::Rate;
use crate::ledger::Rules;
use crate::load::Lifetimes;
use crate::model::Workspace;
use crate::vendor::http::Limits;
use cors::Cors;
use edge::Edge;
use reader::{Environment, Reader, Section, env_key, key};
use requests::Requests;
use told::Told;
use workspaces::OfWorkspace;

/// Everything that the gateway is told.
pub struct Config {
    /// How it is reached.
    pub server: Server,
    /// What one request may ask for.
    pub requests: Requests,
    /// How much each caller may ask for in a time; `None` where nobody is limited.
    pub rate: Option<Rate>,
    /// How much each vendor may take of it.
    pub limits: Limits,
    /// What it remembers.
    pub cache: Cache,
    /// Which documents may be named in place of being sent.
    pub documents: persisted::Rules,
    /// How patient it is with writes.
    pub writes: Rules,
    /// What it tells.
    pub log: Log,
    /// The customers, with their vendors.
    pub workspaces: Vec<OfWorkspace>,
    /// Who may call.
    pub callers: crate::callers::Rules,
    /// What all of this was made from, to tell another configuration from it.
    pub told: Told,
}

/// How the gateway is reached.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where what must outlive the process is kept.
    pub data_dir: Option<PathBuf>,
    /// Names by which it may be addressed, beside loopback's.
    pub allowed_hosts: Vec<String>,
    /// How long a request may take in all.
    pub request_timeout: Duration,
    /// How many bytes a request may have.
    pub max_request_bytes: usize,
    /// How many tokens a document may have.
    pub max_document_tokens: usize,
    /// How long running requests may take to finish at shutdown.
    pub shutdown_grace: Duration,
    /// Whether the console is served.
    pub console: bool,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// What its connections may take.
    pub edge: Edge,
    /// Which pages of other sites may ask.
    pub cors: Cors,
}

/// What the gateway remembers.
#[derive(Clone, Copy, Debug)]
pub struct Cache {
    /// How long what was read may be given out.
    pub lifetimes: Lifetimes,
    /// How many bytes all remembered records may weigh.
    pub max_bytes: u64,
    /// How many rows of one vendor are read for one list.
    pub max_scan: usize,
}

/// What the gateway tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// As text for people or as JSON for machines.
    pub json: bool,
    /// A filter in the form of `RUST_LOG`.
    pub filter: String,
}

impl Config {
    /// Reads everything, or tells everything that is wrong, one line each.
    pub fn read(file: Option<&str>, environment: Environment<'_>) -> Result<Self, Vec<String>> {
        let mut reader = Reader::new(file, environment);
        let mut config = Self::read_from(&mut reader);
        config.told = std::mem::take(&mut reader.told);
        let problems = reader.finish();
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(problems)
        }
    }

    /// The JSON Schema of the file.
    pub fn json_schema() -> serde_json::Value {
        let mut reader = Reader::new(None, &|_| None);
        Self::read_from(&mut reader);
        reader.json_schema()
    }

    fn read_from(reader: &mut Reader<'_>) -> Self {
        let workspaces = workspaces::read(reader);
        let callers = reader.section("callers", callers::ABOUT, |section| {
            callers::read(section, &workspaces)
        });
        let are_told_apart = callers.are_some() || reader.has_problems();
        let is_one =
            matches!(workspaces.as_slice(), [one] if one.workspace == Workspace::default());
        if !is_one && !are_told_apart {
            reader.problem("workspaces: nobody could be told whose data to see: callers must be configured, as in [[callers.keys]]");
        }
        Self {
            server: reader.section("server", "How the gateway is reached.", |section| {
                Server::read(section, callers.are_some())
            }),
            requests: reader.section(
                "requests",
                "What one request may ask for, and what its answer may have.",
                Requests::read,
            ),
            rate: reader.section(
                "rate",
                "How much each caller may ask for in a time.",
                requests::read_rate,
            ),
            limits: reader.section(
                "limits",
                "How much each vendor may take of the gateway.",
                read_limits,
            ),
            cache: reader.section("cache", "What the gateway remembers.", Cache::read),
            documents: reader.section(
                "documents",
                "Which documents may be named in place of being sent.",
                read_documents,
            ),
            writes: reader.section(
                "writes",
                "How patient the gateway is with writes.",
                read_writes,
            ),
            log: reader.section("log", "What the gateway tells.", Log::read),
            workspaces,
            callers,
            told: Told::default(),
        }
    }
}

impl Server {
    fn read(section: &mut Section<'_>, are_callers_told_apart: bool) -> Self {
        let listen_key = env_key(
            "listen",
            "REFERRAL_GATEWAY_LISTEN",
            "Address and port to listen on. Anything but loopback needs `callers`, or `insecure_network`.",
        );
        let listen = section.socket_or(listen_key, "127.0.0.1:4000");
        let insecure = section.flag_or(
            env_key(
                "insecure_network",
                "REFERRAL_GATEWAY_INSECURE_NETWORK",
                "Allows listening beyond loopback without `callers`: only where the network itself is trusted.",
            ),
            false,
        );
        if !listen.ip().is_loopback() && !insecure && !are_callers_told_apart {
            section.problem::<()>(listen_key, "is not a loopback address, and callers are not authenticated: configure callers, or set server.insecure_network = true where the network itself is trusted");
        }
        Self {
            listen,
            data_dir: section.path(env_key(
                "data_dir",
                "REFERRAL_GATEWAY_DATA_DIR",
                "Folder for what must outlive the process: the ledger of writes, and rotated refresh tokens. Without it both are kept in memory, and a write that was under way when the process ended is not taken up again.",
            )),
            allowed_hosts: section.texts(env_key(
                "allowed_hosts",
                "REFERRAL_GATEWAY_ALLOWED_HOSTS",
                "Host names by which the gateway may be addressed, beside localhost and loopback addresses; others are refused. Where `callers` are configured and this is not, every name is taken.",
            )),
            request_timeout: section.duration_or(
                key("request_timeout", "How long one request may take in all."),
                Duration::from_secs(10),
                Duration::from_millis(100)..=Duration::from_mins(2),
            ),
            max_request_bytes: small(section.number_or(
                key("max_request_bytes", "How many bytes the body of a request may have."),
                256 * 1024,
                1_024..=16 * 1024 * 1024,
            )),
            max_document_tokens: small(section.number_or(
                key("max_document_tokens", "How many tokens a GraphQL document may have. Parsing takes most of a microsecond for each, once per document."),
                MAX_TOKENS as u64,
                100..=20_000,
            )),
            shutdown_grace: section.duration_or(
                key("shutdown_grace", "How long running requests may take to finish at shutdown."),
                Duration::from_secs(10),
                Duration::ZERO..=Duration::from_mins(5),
            ),
            console: section
                .flag(key("console", "Whether the console is served, at / and the paths of its views. It is unless this says otherwise or `callers` are configured."))
                .unwrap_or(!are_callers_told_apart),
            graphiql: section
                .flag(key("graphiql", "Whether /graphiql is served. It is unless this says otherwise or `callers` are configured."))
                .unwrap_or(!are_callers_told_apart),
            edge: Edge::read(section),
            cors: Cors::read(section),
        }
    }
}

fn read_limits(section: &mut Section<'_>) -> Limits {
    Limits {
        timeout: section.duration_or(
            key("vendor_timeout", "How long one call to a vendor may take."),
            Duration::from_secs(5),
            Duration::from_millis(50)..=Duration::from_mins(1),
        ),
        concurrency: small(section.number_or(
            key(
                "vendor_concurrency",
                "How many calls to one vendor may be under way at once.",
            ),
            16,
            1..=256,
        )),
        retries: section
            .number_or(
                key(
                    "vendor_retries",
                    "How often a read that failed is made again: after a broken connection or an answer of 500 and above, within the request's time and a tenth of all calls. Writes are never made again on a guess.",
                ),
                2,
                0..=2,
            )
            .try_into()
            .unwrap_or_default(),
        max_body: small(section.number_or(
            key(
                "max_answer_bytes",
                "How many bytes of a vendor's answer are read, after decoding.",
            ),
            8 * 1024 * 1024,
            64 * 1024..=256 * 1024 * 1024,
        )),
    }
}

impl Cache {
    fn read(section: &mut Section<'_>) -> Self {
        Self {
            lifetimes: read_lifetimes(section),
            max_bytes: section.number_or(
                key("max_bytes", "How many bytes all remembered records may weigh."),
                256 * 1024 * 1024,
                1024 * 1024..=64 * 1024 * 1024 * 1024,
            ),
            max_scan: small(section.number_or(
                key("max_scan", "How many rows of one vendor are read for one list; what lies beyond is not in the answer, which then says so."),
                10_000,
                100..=1_000_000,
            )),
        }
    }
}

fn read_lifetimes(section: &mut Section<'_>) -> Lifetimes {
    let usual = Lifetimes::default();
    Lifetimes {
        fresh: section.duration_or(
            key("fresh", "How long what was read from a vendor counts as fresh."),
            usual.fresh,
            Duration::ZERO..=Duration::from_hours(1),
        ),
        stale_while_revalidate: section.duration_or(
            key("stale_while_revalidate", "How old it may be and still be given out at once, while it is read anew."),
            usual.stale_while_revalidate,
            Duration::ZERO..=Duration::from_hours(24),
        ),
        stale_if_error: section.duration_or(
            key("stale_if_error", "How old it may be and still be given out, marked as stale, when it cannot be read anew."),
            usual.stale_if_error,
            Duration::ZERO..=Duration::from_hours(7 * 24),
        ),
        missing: section.duration_or(
            key("missing", "How long a record that the vendor does not have counts as missing."),
            usual.missing,
            Duration::ZERO..=Duration::from_mins(5),
        ),
    }
}

fn read_documents(section: &mut Section<'_>) -> persisted::Rules {
    let manifests = key(
        "manifests",
        "Files with trusted documents: manifests of @apollo/generate-persisted-query-manifest, or persisted-documents.json of graphql-codegen's client preset.",
    );
    let mode = key(
        "mode",
        "What is done with documents that are in no manifest: off takes them, log takes them and logs their hash, only refuses them.",
    );
    let mode = section.one_of(
        mode,
        &[
            ("off", persisted::Mode::Off),
            ("log", persisted::Mode::Log),
            ("only", persisted::Mode::Only),
        ],
    );
    let mut trusted = persisted::Trusted::new();
    for file in section.texts(manifests) {
        let read = std::fs::read_to_string(&file).map_err(|_| "cannot be read");
        let read = read.and_then(|text| {
            section.note_content(manifests, &text);
            persisted::read_manifest(&text)
        });
        match read {
            Ok(documents) => trusted.extend(documents),
            Err(problem) => {
                section.problem::<()>(manifests, format!("{file} {problem}"));
            }
        }
    }
    if mode == persisted::Mode::Only && trusted.is_empty() {
        section.problem::<()>(
            manifests,
            "must name a manifest with documents where mode is only",
        );
    }
    persisted::Rules {
        automatic: section.flag_or(
            key("automatic", "Whether clients may send a document once and then name it by its hash (automatic persisted queries). Never where mode is only."),
            true,
        ),
        mode,
        is_public: section.one_of(
            key("reuse", "Who may keep answers to GETs that name their document, for as long as their data counts as fresh: the client that asked (private), or caches that many clients share (public)."),
            &[("private", false), ("public", true)],
        ),
        trusted,
    }
}

fn read_writes(section: &mut Section<'_>) -> Rules {
    const DAY: Duration = Duration::from_hours(24);
    Rules {
        quiet: section.duration_or(
            key("quiet", "How long a write that was not answered may still be on its way: after that it counts as lost if the vendor has nothing of it, and is sent again where that is safe."),
            Duration::from_secs(30),
            Duration::from_secs(1)..=Duration::from_mins(10),
        ),
        give_up: section.duration_or(
            key("give_up", "How long it is tried to find out what became of a write that was not answered. After that a person must look."),
            DAY,
            Duration::from_mins(1)..=7 * DAY,
        ),
        kept: section.duration_or(
            key("kept", "How long the answer to an idempotency key is kept."),
            7 * DAY,
            7 * DAY..=90 * DAY,
        ),
    }
}

impl Log {
    fn read(section: &mut Section<'_>) -> Self {
        let json = section.one_of(
            key(
                "format",
                "How log lines look: text for people, json for machines.",
            ),
            &[("text", false), ("json", true)],
        );
        let filter_key = env_key(
            "filter",
            "RUST_LOG",
            "What is logged, as tracing's EnvFilter reads it.",
        );
        let filter = section.text_or(filter_key, "info");
        if EnvFilter::try_new(&filter).is_err() {
            section.problem::<()>(
                filter_key,
                "must be a filter such as info or info,referral_gateway=debug",
            );
        }
        Self { json, filter }
    }
}

fn small(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
