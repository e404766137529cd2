//! What the configuration takes of workspaces and callers, and what it says of the rest.

use referral_gateway::config::Config;

fn problems(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let find = |name: &str| {
        let mut all = environment.iter();
        all.find(|(known, _)| *known == name)
            .map(|(_, it)| (*it).to_owned())
    };
    Config::read(Some(file), &find).err().unwrap_or_default()
}

fn assert_told(file: &str, environment: &[(&str, &str)], words: &[&str]) {
    let problems = problems(file, environment);
    let is_told = problems
        .iter()
        .any(|line| words.iter().all(|word| line.contains(word)));
    assert!(is_told, "{words:?}: {problems:#?}");
    assert!(
        problems.iter().all(|line| !line.contains("hunter2")),
        "{problems:#?}"
    );
}

const KEY: &str = "[[callers.keys]]\nname = \"web\"\nworkspace = \"acme\"\nscopes = [\"admin\"]\nsha256 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n";
const ACME: &str = "[workspaces.acme.introzy]\napi_key = \"hunter2\"\n";

#[test]
fn workspaces_with_callers_are_a_configuration() {
    let file = format!("{ACME}{KEY}[server]\nlisten = \"0.0.0.0:4000\"\n");
    assert_eq!(problems(&file, &[]), Vec::<String>::new());
    let secret = format!("[workspaces.acme.introzy]\napi_key = {{ env = \"ACME\" }}\n{KEY}");
    assert_eq!(problems(&secret, &[("ACME", "k")]), Vec::<String>::new());
}

#[test]
fn vendors_beside_workspaces_are_told_where_to_go() {
    let section = format!("[introzy]\napi_key = \"hunter2\"\n{ACME}{KEY}");
    assert_told(
        &section,
        &[],
        &["introzy: is a section", "[workspaces.default.introzy]"],
    );
    let file = format!("{ACME}{KEY}");
    let variables = [("INTROZY_API_KEY", "hunter2")];
    assert_told(
        &file,
        &variables,
        &["introzy: is set by variables", "{ env = \"NAME\" }"],
    );
}

#[test]
fn workspaces_without_callers_and_odd_names_are_refused() {
    assert_told(ACME, &[], &["workspaces:", "[[callers.keys]]"]);
    for name in ["Acme", "a.b", "-a", "a/b", "ä"] {
        let file = format!("[workspaces.{name:?}.introzy]\napi_key = \"hunter2\"\n{KEY}");
        assert_told(&file, &[], &[name, "lower-case"]);
    }
    assert_told(
        &format!("{ACME}colour = 1\n{KEY}"),
        &[],
        &["workspaces.acme.introzy.colour"],
    );
    assert_told(
        &format!("{ACME}[workspaces.acme.intrzy]\n{KEY}"),
        &[],
        &["workspaces.acme.intrzy", "no such section"],
    );
    let incomplete = format!("[workspaces.acme.plannr]\naccess_token = \"hunter2\"\n{KEY}");
    assert_told(
        &incomplete,
        &[],
        &["workspaces.acme.plannr.account_uuid", "is missing"],
    );
}

#[test]
fn what_is_wrong_with_a_key_is_told_with_its_place() {
    let cases = [
        (
            "workspace = \"globex\"",
            &["callers.keys[0].workspace", "globex", "acme"][..],
        ),
        (
            "scopes = [\"everything\"]",
            &["callers.keys[0].scopes", "referrals:read"],
        ),
        ("scopes = []", &["callers.keys[0].scopes", "at least one"]),
        ("sha256 = \"hunter2\"", &["callers.keys[0].sha256", "64"]),
        ("name = \"a b\"", &["callers.keys[0].name"]),
        ("expires = \"soon\"", &["callers.keys[0].expires"]),
        ("colour = 1", &["callers.keys[0].colour", "no such key"]),
    ];
    for (line, words) in cases {
        let name = line.split(' ').next().unwrap();
        let key: String = KEY
            .lines()
            .filter(|known| !known.starts_with(&format!("{name} ")))
            .map(|known| format!("{known}\n"))
            .collect();
        assert_told(&format!("{ACME}{key}{line}\n"), &[], words);
    }
    assert_told(
        &format!("{ACME}{KEY}{KEY}"),
        &[],
        &["callers.keys", "twice"],
    );
}

#[test]
fn what_is_wrong_with_an_issuer_is_told_with_its_place() {
    let whole = "[[callers.jwt]]\nname = \"sso\"\nissuer = \"https://i\"\naudience = \"us\"\njwks_url = \"https://i/jwks\"\nworkspace = \"acme\"\n";
    assert_eq!(
        problems(&format!("{ACME}{whole}"), &[]),
        Vec::<String>::new()
    );
    let cases = [
        (
            "jwks_url = \"http://i/jwks\"",
            &["callers.jwt[0].jwks_url", "https"][..],
        ),
        (
            "jwks_url = \"https://u:hunter2@i/jwks\"",
            &["callers.jwt[0].jwks_url"],
        ),
        (
            "algorithms = [\"HS256\"]",
            &["callers.jwt[0].algorithms", "RS256"],
        ),
        ("algorithms = [\"none\"]", &["callers.jwt[0].algorithms"]),
        (
            "workspace_claim = \"tenant\"",
            &["callers.jwt[0].workspace", "workspace_claim"],
        ),
        (
            "workspaces = { a = \"acme\" }",
            &["callers.jwt[0].workspaces", "workspace_claim"],
        ),
        (
            "scopes = { a = \"everything\" }",
            &["callers.jwt[0].scopes"],
        ),
        ("leeway = \"1h\"", &["callers.jwt[0].leeway"]),
        ("audience = []", &["callers.jwt[0].audience"]),
    ];
    for (line, words) in cases {
        let name = line.split(' ').next().unwrap();
        let issuer: String = whole
            .lines()
            .filter(|known| !known.starts_with(&format!("{name} ")))
            .map(|known| format!("{known}\n"))
            .collect();
        assert_told(&format!("{ACME}{issuer}{line}\n"), &[], words);
    }
    assert_told(
        &format!("{ACME}{whole}{whole}"),
        &[],
        &["callers.jwt", "twice"],
    );
}
