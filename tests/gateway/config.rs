//! Configuration: every problem at once, one line each, and never a secret.

use std::collections::HashMap;

use pretty_assertions::assert_eq;
use referral_gateway::config::Config;
use referral_gateway::model::Vendor;

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let environment: HashMap<&str, &str> = environment.iter().copied().collect();
    Config::read(Some(file), &|name| {
        environment.get(name).map(|value| (*value).to_owned())
    })
}

fn configured(config: &Config) -> Vec<Vendor> {
    let [only] = config.workspaces.as_slice() else {
        panic!("there is one workspace");
    };
    only.vendors
        .iter()
        .filter(|(_, connector)| connector.is_some())
        .map(|(vendor, _)| *vendor)
        .collect()
}

#[test]
fn nothing_at_all_is_a_configuration() {
    let config = read("", &[]).ok().unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:4000");
    assert_eq!(configured(&config), []);
}

#[test]
fn the_environment_alone_configures_every_vendor() {
    let config = read(
        "",
        &[
            ("REFERRAL_GATEWAY_LISTEN", "127.0.0.1:5000"),
            ("REFERRAL_GATEWAY_DATA_DIR", "/var/lib/referral-gateway"),
            ("INTROZY_API_KEY", "introzy_0"),
            ("PLANNR_ACCESS_TOKEN", "t"),
            ("PLANNR_ACCOUNT_UUID", "a"),
            ("PARTNER_CENTER_CLIENT_ID", "c"),
            ("PARTNER_CENTER_CLIENT_SECRET", "s"),
            ("PARTNER_CENTER_REFRESH_TOKEN", "r"),
            ("SAASQUATCH_TENANT_ALIAS", "t"),
            ("SAASQUATCH_API_KEY", "k"),
            ("INTROZY_BASE_URL", "http://127.0.0.1:9001"),
            (
                "PARTNER_CENTER_TOKEN_URL",
                "http://127.0.0.1:9001/common/oauth2/token",
            ),
        ],
    )
    .ok()
    .unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:5000");
    assert_eq!(configured(&config), Vendor::ALL);
}

#[test]
fn every_problem_is_told_at_once_with_its_key() {
    let file = r#"
        [server]
        listen = "everywhere"
        max_request_bytes = 1
        colour = "blue"
        [limits]
        vendor_timeout = "soon"
        [log]
        filter = "a=b=c"
        [cache]
        fresh = "3000h"
        [introzy]
        api_key = { file = "/nowhere/key" }
        stage_status = { Lead = "won", Introduction = "happy" }
        [plannr]
        account_uuid = "a"
        base_url = "ftp://example.test"
        [partner_centre]
        client_id = "c"
    "#;
    let problems = read(file, &[("SAASQUATCH_API_KEY", "k")]).err().unwrap();
    let expected = [
        "server.listen",
        "server.max_request_bytes",
        "server.colour",
        "limits.vendor_timeout",
        "log.filter",
        "cache.fresh",
        "introzy.api_key",
        "introzy.stage_status",
        "plannr.access_token",
        "plannr.base_url",
        "saasquatch.tenant_alias",
        "partner_centre",
    ];
    for key in expected {
        let lines = problems.iter().filter(|line| {
            line.starts_with(&format!("{key}:")) || line.starts_with(&format!("{key} "))
        });
        assert_eq!(lines.count(), 1, "{key}: {problems:#?}");
    }
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    assert!(
        problems.iter().all(|line| !line.contains('\n')),
        "{problems:#?}"
    );
    let unknown = problems
        .iter()
        .find(|line| line.starts_with("server.colour"))
        .unwrap();
    assert!(
        unknown.contains("no such key; there are: ") && unknown.contains("listen"),
        "{unknown}"
    );
    let variable = problems
        .iter()
        .find(|line| line.starts_with("plannr.access_token"))
        .unwrap();
    assert!(variable.contains("PLANNR_ACCESS_TOKEN"), "{variable}");
}

#[test]
fn no_message_repeats_a_secret() {
    let files = [
        "[introzy]\napi_key = \"hunter2 with spaces\"",
        "[introzy]\napi_key = [\"hunter2\"]",
        "[introzy]\napi_key = { vault = \"hunter2\" }",
        "[introzy]\napi_key = \"hunter2",
        "[introzy]\nbase_url = \"http://user:hunter2@example.test\"\napi_key = \"x\"",
    ];
    for file in files {
        let problems = read(file, &[]).err().unwrap();
        assert!(
            !problems.is_empty() && problems.iter().all(|line| !line.contains("hunter2")),
            "{problems:#?}"
        );
    }
    let printed = format!(
        "{:?}",
        read("[server]\n", &[("INTROZY_API_KEY", "hunter2")])
            .ok()
            .map(|config| config.server)
    );
    assert!(!printed.contains("hunter2"));
}

#[test]
fn a_secret_comes_from_a_file_or_another_variable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "introzy_0\n").unwrap();
    let file = format!(
        "[introzy]\napi_key = {{ file = {:?} }}\n[plannr]\naccess_token = {{ env = \"MY_TOKEN\" }}\naccount_uuid = \"a\"",
        path.to_str().unwrap()
    );
    let config = read(&file, &[("MY_TOKEN", "t")]).ok().unwrap();
    assert_eq!(configured(&config), [Vendor::Introzy, Vendor::Plannr]);
}

#[test]
fn listening_beyond_loopback_must_be_asked_for() {
    let problems = read("", &[("REFERRAL_GATEWAY_LISTEN", "0.0.0.0:4000")])
        .err()
        .unwrap();
    assert!(
        problems[0].starts_with("server.listen (REFERRAL_GATEWAY_LISTEN): ")
            && problems[0].contains("insecure_network"),
        "{problems:?}"
    );
    let asked = [
        ("REFERRAL_GATEWAY_LISTEN", "0.0.0.0:4000"),
        ("REFERRAL_GATEWAY_INSECURE_NETWORK", "true"),
    ];
    assert!(read("", &asked).is_ok());
}

#[test]
fn origins_are_exact_and_all_of_them_get_no_credentials() {
    let problems = |toml: &str| {
        read(&format!("[server]\n{toml}"), &[])
            .err()
            .unwrap_or_default()
    };
    for sound in [
        "cors_origins = [\"https://app.example.com\", \"http://localhost:3000\"]\ncors_credentials = true",
        "cors_origins = [\"*\"]",
        "cors_origins = []",
    ] {
        assert_eq!(problems(sound), Vec::<String>::new(), "{sound}");
    }
    let both = problems("cors_origins = [\"*\"]\ncors_credentials = true");
    assert!(
        both.len() == 1 && both[0].starts_with("server.cors_credentials: must not be true"),
        "{both:?}"
    );
    let mixed = problems("cors_origins = [\"*\", \"https://app.example.com\"]");
    assert!(mixed.len() == 1 && mixed[0].contains("alone"), "{mixed:?}");
    for wrong in [
        "app.example.com",
        "https://app.example.com/",
        "https://app.example.com/path",
        "https://App.example.com",
        "https://app.example.com:443",
        "https://*.example.com",
        "null",
        "file:///tmp",
        "",
    ] {
        let told = problems(&format!("cors_origins = [{wrong:?}]"));
        assert!(
            told.len() == 1 && told[0].contains("must be an origin"),
            "{wrong}: {told:?}"
        );
    }
}
