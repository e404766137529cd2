//! Plannr's emulator, against the vendor's pages.

mod access;
mod answers;
mod connections;
mod records;
mod referrals;

use std::collections::BTreeSet;

use axum::Router;
use serde_json::Value;

use super::{ACCESS_TOKEN, account_uuid, second_account_uuid};
use crate::clock::{Clock, ClockHand};
use crate::sandbox::Sandbox;
use crate::sandbox::probe::{Answer, send};

fn vendor() -> (Sandbox, Router, ClockHand) {
    let (clock, hand) = Clock::manual("2026-11-02T09:00:00Z".parse().unwrap());
    let sandbox = Sandbox::new(&clock);
    let router = sandbox.vendor_router("plannr").unwrap();
    (sandbox, router, hand)
}

async fn get_as(router: &Router, account: &str, target: &str) -> Answer {
    send_as(router, account, "GET", target, "").await
}

async fn send_as(router: &Router, account: &str, method: &str, target: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {ACCESS_TOKEN}");
    let headers = [
        ("host", "127.0.0.1:9002"),
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("authorization", &bearer),
        ("X-PLANNR-ACCOUNT-UUID", account),
    ];
    // Without an account the last header is left out.
    let count = if account.is_empty() { 4 } else { 5 };
    send(router, method, target, &headers[..count], body).await
}

async fn post(router: &Router, target: &str, body: &Value) -> Answer {
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    send_as(router, &account_uuid().to_string(), "POST", target, &body).await
}

async fn get(router: &Router, target: &str) -> Answer {
    get_as(router, &account_uuid().to_string(), target).await
}

async fn rows(router: &Router, target: &str) -> Vec<Value> {
    get(router, target).await.json["data"]
        .as_array()
        .unwrap()
        .clone()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

fn values<'a>(rows: &'a [Value], key: &str) -> BTreeSet<&'a str> {
    rows.iter().filter_map(|row| row[key].as_str()).collect()
}

/// What was noted about the last request.
fn problems(sandbox: &Sandbox) -> Vec<String> {
    sandbox.requests("plannr").pop().unwrap().problems
}

const ALL: &str = "/api/v1/referrals?per_page=500";
const ALL_CONNECTIONS: &str = "/api/v1/referral-connections?per_page=500";
