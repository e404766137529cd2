//! The architecture's rules, read off the sources: who may know what.

use std::fs;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;
use referral_gateway::clock::Clock;
use referral_gateway::sandbox::Sandbox;

const NOTHING: Vec<String> = Vec::new();

fn rust_files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!files.is_empty(), "no files below {folder}");
    files.sort();
    files
}

/// Lines of code, without comments, that hold one of the words, outside the files that may.
fn uses(words: &[&str], may: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in rust_files("src") {
        if may(&name) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{name}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    found
}

/// Whose folder a file is in; the client that all vendors share is nobody's.
fn vendor_of(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("src/vendor/")?;
    let (vendor, _) = rest.split_once('/')?;
    (vendor != "http").then_some(vendor)
}

#[test]
fn only_the_schema_and_the_entry_know_async_graphql() {
    let schema_types = |name: &str| {
        name.starts_with("src/vendor/")
            && (name.ends_with("/schema.rs") || name.contains("/schema/"))
    };
    let may = |name: &str| {
        name.starts_with("src/graphql/") || name.starts_with("src/http/") || schema_types(name)
    };
    assert_eq!(uses(&["async_graphql"], may), NOTHING);
}

#[test]
fn a_vendors_schema_types_derive_and_do_nothing_else() {
    let schema_types = |name: &str| {
        vendor_of(name).is_some() && (name.ends_with("/schema.rs") || name.contains("/schema/"))
    };
    let words = ["Context<", "#[Object", "ComplexObject", "async fn", "await"];
    assert_eq!(uses(&words, |name| !schema_types(name)), NOTHING);
}

#[test]
fn what_the_schema_gives_out_or_takes_cannot_be_formatted() {
    // Enums can: their values are the schema's own words.
    let derives = uses(&["derive(Debug", ", Debug"], |_| false);
    let of_objects = ["SimpleObject", "InputObject", "OneofObject"];
    let is_object = |line: &String| of_objects.iter().any(|word| line.contains(word));
    let found: Vec<String> = derives.into_iter().filter(is_object).collect();
    assert_eq!(found, NOTHING);
}

#[test]
fn only_one_folder_knows_the_http_library_and_two_files_of_it_send() {
    let may = |name: &str| name.starts_with("src/vendor/http/");
    assert_eq!(uses(&["reqwest"], may), NOTHING);
    let may = |name: &str| {
        let sends = ["exchange.rs", "fetch.rs"].map(|file| format!("src/vendor/http/{file}"));
        sends.contains(&name.to_owned()) || !name.starts_with("src/vendor")
    };
    let words = [".execute(", "reqwest::Client", "RequestBuilder"];
    assert_eq!(uses(&words, may), NOTHING);
}

#[test]
fn only_one_file_knows_moka() {
    assert_eq!(uses(&["moka"], |name| name == "src/load/cache.rs"), NOTHING);
}

#[test]
fn only_one_file_knows_rusqlite() {
    assert_eq!(
        uses(&["rusqlite"], |name| name == "src/ledger/store.rs"),
        NOTHING
    );
}

#[test]
fn only_the_loaders_know_the_dataloader_crate() {
    assert_eq!(
        uses(&["dataloader"], |name| name.starts_with("src/load/")),
        NOTHING
    );
}

#[test]
fn dependencies_point_one_way() {
    let layers = [
        (
            "src/model/",
            [
                "crate::load",
                "crate::graphql",
                "crate::http",
                "crate::config",
                "crate::sandbox",
            ]
            .as_slice(),
        ),
        (
            "src/vendor/",
            [
                "crate::load",
                "crate::ledger",
                "crate::graphql",
                "crate::http::",
            ]
            .as_slice(),
        ),
        (
            "src/ledger/",
            [
                "crate::graphql",
                "crate::http::",
                "crate::sandbox",
                "crate::config",
            ]
            .as_slice(),
        ),
        (
            "src/load/",
            [
                "crate::ledger",
                "crate::graphql",
                "crate::http::",
                "crate::sandbox",
                "crate::config",
            ]
            .as_slice(),
        ),
        (
            "src/graphql/",
            ["crate::http::", "crate::sandbox", "crate::config"].as_slice(),
        ),
        (
            "src/sandbox/",
            [
                "crate::load",
                "crate::graphql",
                "crate::http::",
                "crate::config",
            ]
            .as_slice(),
        ),
    ];
    for (layer, forbidden) in layers {
        assert_eq!(
            uses(forbidden, |name| !name.starts_with(layer)),
            NOTHING,
            "{layer}"
        );
    }
}

#[test]
fn vendors_never_know_each_other() {
    let vendors = ["introzy", "plannr", "partner_center", "saasquatch"];
    for vendor in vendors {
        let others: Vec<String> = vendors
            .iter()
            .filter(|other| **other != vendor)
            .flat_map(|other| [format!("vendor::{other}"), format!("super::{other}::")])
            .collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        assert_eq!(
            uses(&others, |name| vendor_of(name) != Some(vendor)),
            NOTHING
        );
    }
}

#[test]
fn a_sandbox_never_knows_its_vendors_client() {
    let sandbox = |name: &str| name.contains("/sandbox/") || name.ends_with("/sandbox.rs");
    let words = [
        "wire",
        "super::client",
        "super::map",
        "super::schema",
        "vendor::http",
    ];
    assert_eq!(
        uses(&words, |name| vendor_of(name).is_none() || !sandbox(name)),
        NOTHING
    );
}

#[test]
fn nothing_outside_the_table_names_a_vendor() {
    // A new vendor is a folder and a row: only its own folder, the table's mod lines, and what the schema adds to one
    // vendor's details may name it.
    let may = |name: &str| {
        vendor_of(name).is_some()
            || [
                "src/vendor/mod.rs",
                "src/vendor/table.rs",
                "src/graphql/types/fee_preview.rs",
            ]
            .contains(&name)
    };
    let tests = rust_files("src").into_iter().map(|(name, text)| {
        let code = text
            .split("#[cfg(test)]")
            .next()
            .unwrap_or_default()
            .to_owned();
        (name, code)
    });
    let mut found = Vec::new();
    for (name, code) in tests.filter(|(name, _)| !may(name) && !name.ends_with("tests.rs")) {
        for word in [
            "Vendor::Introzy",
            "Vendor::Plannr",
            "Vendor::PartnerCenter",
            "Vendor::Saasquatch",
            "vendor::introzy",
            "vendor::plannr",
        ] {
            if code.contains(word) {
                found.push(format!("{name}: {word}"));
            }
        }
    }
    assert_eq!(found, NOTHING);
}

#[test]
fn a_field_that_touches_a_vendor_is_an_option_of_a_result() {
    assert_eq!(
        uses(&["Result<Option<"], |name| !name
            .starts_with("src/graphql/types/")
            || name.ends_with("referral.rs")),
        NOTHING
    );
}

#[test]
fn every_file_says_what_it_is_and_has_one_subject() {
    let mut problems = Vec::new();
    for (name, text) in rust_files("src").into_iter().chain(rust_files("tests")) {
        if !text.starts_with("//! ") {
            problems.push(format!("{name}: does not begin with //!"));
        }
        let lines = text.lines().count();
        if lines > 600 {
            problems.push(format!("{name}: has {lines} lines"));
        }
    }
    assert_eq!(problems, NOTHING);
}

#[test]
fn vendors_are_called_vendors() {
    let words = ["upstream", "Upstream"];
    assert_eq!(uses(&words, |_| false), NOTHING);
}

/// What stands behind an @ is to cargo-deny one exact version, so that "@<2" bans nothing.
#[test]
fn every_ban_of_a_crate_says_why_and_those_of_versions_have_their_requirement_behind_a_colon() {
    let rules = fs::read_to_string(".deny.toml").unwrap();
    let bans = rules.lines().filter(|line| line.contains("{ crate = "));
    let bans: Vec<_> = bans.collect();
    assert!(
        bans.iter()
            .any(|ban| ban.contains("\"async-graphql:<8.0.0-rc.3\""))
    );
    for ban in bans {
        assert!(ban.contains(", reason = \""), "{ban}");
        let sign = ban
            .split_once('@')
            .and_then(|(_, version)| version.chars().next());
        assert!(sign.is_none_or(|sign| sign.is_ascii_digit()), "{ban}");
    }
}

#[test]
fn the_compose_file_points_the_gateway_at_the_sandbox() {
    let sandbox = Sandbox::new(&Clock::system());
    let compose = include_str!("../../docker-compose.yml");
    for (name, value) in sandbox.environment("http://sandbox:4010") {
        let line = format!("      {name}: {value}\n");
        assert!(compose.contains(&line), "docker-compose.yml lacks {line}");
    }
}
