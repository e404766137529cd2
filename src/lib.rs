//! **referral-gateway**: one GraphQL schema over four referral systems.
//!
//! # Code map
//!
//! Dependencies point one way: [`http`] → [`graphql`] → [`ledger`] → [`load`] → [`vendor`] → [`model`]. The [`sandbox`]
//! hangs off `vendor` alone. [`config`], [`clock`], [`random`] and [`telemetry`] are plain tools; [`gateway`] puts everything together.
//!
//! # Invariants
//!
//! Each is held by a test in `tests/gateway/tidy.rs` or by clippy (`.clippy.toml`):
//!
//! - async-graphql is known in `graphql` and `http`, and to vendors' `schema` files, which only derive with it.
//! - HTTP is sent from `vendor/http/exchange.rs` alone (and `fetch.rs`, for the keys of those who sign tokens), moka is known in `load/cache.rs` alone, the dataloader crate in `load`,
//!   rusqlite in `ledger/store.rs` alone.
//! - A vendor never imports another; a sandbox never sees its vendor's client.
//! - A new vendor is a folder, a `mod` line and a row in `vendor/table.rs`; nothing else names a vendor.
//! - Time and randomness are passed in ([`clock::Clock`], [`random::Random`], [`http::request_id::RequestIds`]).
//! - A field that touches a vendor is `Option<Result<T>>`: one that fails is null by itself.
//! - Every cached record's key is made from a [`load::Scope`], which holds the workspace; whatever answers a request is reached
//!   through [`http::workspaces`] by its caller's workspace; the ledger is asked with one.
//! - A field that no line of the policy names can be selected by nobody ([`graphql::access`]).
//!
//! # Life of a query
//!
//! 1. [`http::entry`] takes the request, gives it a deadline, and cuts the body at the cap. A read that is being executed
//!    already is joined ([`http::shared`]); any other gets an id and is executed in a task of its own.
//! 2. [`http::guard`] looks at the document before the parser does; [`http::documents`] remembers parsed ones.
//! 3. A list field asks every vendor at once ([`load::list`]): page by page where the vendor serves the order
//!    ([`vendor::Plan::Paged`]), from a snapshot of the whole where it does not.
//!    Where all that is selected of its rows is at hand, they are written in one pass ([`graphql::projection`]).
//! 4. Fields of records load through [`load::Loaders`], one per vendor and kind: the cache, then a call under way
//!    ([`load::flight`]), then the vendor, in one call for many where it has such a call. The cache ([`load::cache`]) says
//!    whether what it keeps is given out as it is, while it is read anew, or only because that failed.
//! 5. A client ([`vendor::Adapter`]) makes the call through [`vendor::http`], decodes each row by itself and maps it
//!    into the [`model`]. Before a call goes out it is admitted by the vendor's compartment
//!    ([`vendor::http::Compartment`]): a turn among the calls under way, no open circuit ([`vendor::breaker`]), no pause
//!    that the vendor asked for ([`vendor::pause`]); a read that failed may be made again within a budget
//!    ([`vendor::budget`], [`vendor::backoff`]).
//! 6. What failed is one error with a code from a closed list ([`graphql::error`]), or one entry in `sources`.
//!
//! # Life of a configuration
//!
//! 1. [`config`] reads it, and notes a hash of what each key says ([`config::told`]).
//! 2. [`gateway`] makes an [`http::App`] from it, on what lasts as long as the process ([`http::lasting`]). [`http::live`] holds
//!    the one that answers; a request is answered to its end by the one that it found.
//! 3. Another one, read at a signal, is made in its place ([`gateway::Gateway::reload`]). What goes wrong with it leaves
//!    everything as it is. A workspace's [`ledger::Desk`] stays the same, so that no write is made twice; a vendor whose section
//!    says the same keeps its adapter and its records, any other gets a new generation of both ([`load::Registry::generation`]).
//!
//! # Life of a write
//!
//! 1. A mutation ([`graphql::mutation`]) turns its input into steps, each a [`model::Write`] at one vendor, and lets the
//!    adapter check them ([`vendor::Adapter::check_write`]): everything that is wrong is told at once, and nothing is sent.
//! 2. [`ledger::Desk`] records the intent under its idempotency key, on the disk, and carries the steps out in a task of
//!    its own: the client may leave. A key that is there already gets its own answer.
//! 3. The adapter makes one call that changes something ([`vendor::Adapter::write`]). Its answer settles the step; so does a
//!    refusal, or that nothing was sent. Anything else means that nobody knows.
//! 4. What nobody knows is found out from the vendor's own records ([`vendor::Adapter::settle`]), at growing intervals and
//!    after a restart too, and sent again only where the adapter says that this is safe.
//! 5. Before anyone is told of the outcome, the cache forgets what the write touched ([`load::Cache::note_write`]).

pub mod model;

pub mod vendor;

pub mod load;

pub mod ledger;

pub mod callers;

pub mod graphql;

pub mod http;

pub mod sandbox;

pub mod gateway;

pub mod clock;
pub mod config;
#[doc(hidden)]
pub mod fuzzing;
pub mod process;
pub mod random;
pub mod telemetry;
