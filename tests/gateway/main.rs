//! The gateway as its users meet it: HTTP to the real router, with the real sandbox behind it.

mod calls;
mod config;
mod engine;
mod failures;
mod fields;
mod harness;
mod hostile;
mod protocol;
mod schema;
mod tidy;
