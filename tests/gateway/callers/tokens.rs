//! Tokens: sound ones are taken, and whatever is wrong with another, all it is told is the same.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::issuer::{AUDIENCE, ISSUER, Issuer, Key, NOW, QUERY, claims, encode, status};
use super::{Several, assert_own, codes_of};

const ID: &str = "one";

fn header(more: &Value) -> String {
    let mut header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": ID });
    for (name, value) in more.as_object().unwrap() {
        header[name] = value.clone();
        if value.is_null() {
            header.as_object_mut().unwrap().remove(name);
        }
    }
    header.to_string()
}

#[tokio::test]
async fn a_sound_token_of_any_kind_of_key_is_taken_for_its_workspace_and_scopes() {
    let keys = [Key::ed(), Key::ec(), Key::rsa()];
    let jwks: Vec<Value> = keys
        .iter()
        .zip(["a", "b", "c"])
        .map(|(key, id)| key.jwk(id))
        .collect();
    let issuer = Issuer::start(&jwks).await;
    let several = Several::with(&issuer.entry("")).await;
    for (key, id) in keys.iter().zip(["a", "b", "c"]) {
        for workspace in ["acme", "globex"] {
            let token = key.token(
                id,
                &json!({ "tenant": workspace, "scope": ["referrals:read", "people:read"] }),
            );
            let query = "{ referrals(first: 3, filter: { vendors: [PLANNR] }) { nodes { referred { ... on Person { name } } } } }";
            let answer = several.post(&token, &json!({ "query": query })).await;
            assert_own(workspace, &answer.json);
        }
    }
    let token = keys[0].token("a", &json!({}));
    let raw = json!({ "query": "{ referrals { nodes { raw } } }" });
    assert_eq!(
        codes_of(&several.post(&token, &raw).await.json),
        ["FORBIDDEN"]
    );
    assert_eq!(issuer.served.asked(), 1);
}

#[tokio::test]
async fn odd_but_sound_tokens_are_taken() {
    let key = Key::ed();
    let issuer = Issuer::start(&[key.jwk(ID)]).await;
    let several = Several::with(&issuer.entry("")).await;
    let sound = [
        (json!({}), json!({ "aud": ["other", AUDIENCE] })),
        (json!({ "typ": "at+jwt" }), json!({})),
        (json!({ "typ": null, "kid": null }), json!({})),
        (
            json!({ "x5t": "thumb" }),
            json!({ "nbf": NOW + 30, "iat": NOW + 30 }),
        ),
        (json!({}), json!({ "exp": NOW - 29 })),
        (json!({}), json!({ "exp": 1_793_523_600.5 })),
        (json!({}), json!({ "sub": null, "scope": null })),
    ];
    for (more, other) in sound {
        let token = key.token_of(&header(&more), &claims(&other).to_string());
        assert_eq!(status(&several, &token).await, 200, "{more} {other}");
    }
}

/// What is wrong with each, and the token.
fn forged(key: &Key, stranger: &Key, rsa: &Key, rsa_jwk: &Value) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let good = claims(&json!({})).to_string();
    let mut add = |what: &str, token: String| all.push((what.to_owned(), token));

    // The header.
    let unsigned = format!(
        "{}.{}.",
        encode(header(&json!({ "alg": "none" }))),
        encode(&good)
    );
    add("unsigned", unsigned);
    let odd = [
        json!({ "alg": "none" }),
        json!({ "alg": "None" }),
        json!({ "alg": "NONE" }),
        json!({ "alg": "" }),
        json!({ "alg": null }),
        json!({ "alg": ["EdDSA"] }),
        json!({ "alg": "eddsa" }),
        json!({ "alg": 1 }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "ES256" }),
        json!({ "alg": "PS256" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "ES384" }),
        json!({ "kid": "two" }),
        json!({ "kid": 1 }),
        json!({ "kid": "" }),
        json!({ "kid": "x".repeat(300) }),
        json!({ "kid": "../../jwks" }),
        json!({ "typ": "JWE" }),
        json!({ "typ": 1 }),
        json!({ "typ": "logout+jwt" }),
        json!({ "crit": ["exp"] }),
        json!({ "b64": false }),
        json!({ "jku": "https://evil.example/jwks" }),
        json!({ "x5u": "https://evil.example/cert" }),
        json!({ "x5c": ["MIIB"] }),
        json!({ "jwk": stranger.jwk(ID) }),
    ];
    for more in odd {
        let name = format!("header {more}");
        add(&name, key.token_of(&header(&more), &good));
    }
    add(
        "header twice alg",
        key.token_of(r#"{"alg":"none","alg":"EdDSA","kid":"one"}"#, &good),
    );
    add(
        "header twice kid",
        key.token_of(r#"{"alg":"EdDSA","kid":"one","kid":"one"}"#, &good),
    );
    add("header a list", key.token_of("[]", &good));
    add("header no JSON", key.token_of("EdDSA", &good));

    // The signature.
    let token = key.token(ID, &json!({}));
    let (message, signature) = token.rsplit_once('.').unwrap();
    add("a stranger's signature", stranger.token(ID, &json!({})));
    let embedded = header(&json!({ "jwk": stranger.jwk(ID) }));
    add(
        "a stranger's signature and key",
        stranger.token_of(&embedded, &good),
    );
    add("no signature", format!("{message}."));
    add(
        "half a signature",
        format!("{message}.{}", &signature[..40]),
    );
    add(
        "another's signature",
        format!("{message}.{}", encode([0; 64])),
    );
    add("padded signature", format!("{token}=="));
    add("four parts", format!("{token}.x"));
    add("two parts", message.to_owned());
    add("one part", message.replace('.', ""));
    add("dots", "..".to_owned());
    let elsewhere = claims(&json!({ "tenant": "globex" })).to_string();
    let swapped = format!(
        "{}.{}.{signature}",
        encode(header(&json!({}))),
        encode(elsewhere)
    );
    add("other claims under it", swapped);
    // The public key as a secret: who takes the algorithm from the token takes this.
    let modulus = rsa_jwk["n"].as_str().unwrap();
    for secret in [modulus.as_bytes(), rsa_jwk.to_string().as_bytes()] {
        let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
        let header = header(&json!({ "alg": "HS256", "kid": "rsa" }));
        let message = format!("{}.{}", encode(header), encode(&good));
        let tag = aws_lc_rs::hmac::sign(&hmac, message.as_bytes());
        add(
            "HS256 with the public key",
            format!("{message}.{}", encode(tag)),
        );
    }
    let header_of_rsa = header(&json!({ "alg": "PS256", "kid": "rsa" }));
    add(
        "PS256 with a key for RS256",
        rsa.token_of(&header_of_rsa, &good),
    );
    let weak = header(&json!({ "alg": "RS256", "kid": "encrypt" }));
    add("a key for encryption", rsa.token_of(&weak, &good));

    // The claims.
    let odd = [
        json!({ "iss": "https://evil.example/" }),
        json!({ "iss": ISSUER.trim_end_matches('/') }),
        json!({ "iss": null }),
        json!({ "iss": [ISSUER] }),
        json!({ "aud": "other" }),
        json!({ "aud": null }),
        json!({ "aud": [] }),
        json!({ "aud": ["other"] }),
        json!({ "aud": [AUDIENCE, 1] }),
        json!({ "aud": { "a": AUDIENCE } }),
        json!({ "exp": null }),
        json!({ "exp": NOW - 30 }),
        json!({ "exp": 0 }),
        json!({ "exp": -1 }),
        json!({ "exp": (NOW + 600).to_string() }),
        json!({ "exp": [NOW + 600] }),
        json!({ "exp": true }),
        json!({ "exp": 1e300 }),
        json!({ "nbf": NOW + 31 }),
        json!({ "nbf": "soon" }),
        json!({ "iat": NOW + 31 }),
        json!({ "tenant": null }),
        json!({ "tenant": "nobody" }),
        json!({ "tenant": ["acme"] }),
        json!({ "tenant": "ACME" }),
        json!({ "scope": 1 }),
        json!({ "scope": ["admin", 1] }),
        json!({ "scope": { "admin": true } }),
        json!({ "sub": 1 }),
    ];
    for more in odd {
        let name = format!("claims {more}");
        add(&name, key.token(ID, &more));
    }
    let twice = good.replacen('{', r#"{"tenant":"globex","#, 1);
    add(
        "claims twice tenant",
        key.token_of(&header(&json!({})), &twice),
    );
    add("claims a list", key.token_of(&header(&json!({})), "[]"));
    add("claims no JSON", key.token_of(&header(&json!({})), "acme"));

    // The whole.
    let huge = claims(&json!({ "padding": "x".repeat(9_000) })).to_string();
    add("huge", key.token_of(&header(&json!({})), &huge));
    add("not base64", format!("{message}.!"));
    add("base64 of another kind", format!("{message}.+/+/"));
    add("garbage", "x".repeat(43));
    all
}

#[tokio::test]
async fn whatever_is_wrong_with_a_token_it_is_told_the_same_and_no_vendor_is_asked() {
    let (key, stranger, rsa) = (Key::ed(), Key::ed(), Key::rsa());
    let rsa_jwk = rsa.jwk("rsa");
    let mut for_encryption = rsa.jwk("encrypt");
    for_encryption["use"] = json!("enc");
    let issuer = Issuer::start(&[key.jwk(ID), rsa_jwk.clone(), for_encryption]).await;
    let several = Several::with(&issuer.entry("")).await;
    let good = key.token(ID, &json!({}));
    assert_eq!(status(&several, &good).await, 200);
    assert_eq!(status(&several, &rsa.token("rsa", &json!({}))).await, 200);
    let forged = forged(&key, &stranger, &rsa, &rsa_jwk);
    assert!(forged.len() >= 60, "{}", forged.len());
    let mut seen = None;
    for (what, token) in forged {
        let answer = several.post(&token, &json!({ "query": QUERY })).await;
        assert_eq!(answer.status, 401, "{what}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer", "{what}");
        let id = answer.headers["x-request-id"].to_str().unwrap();
        let text = answer.json.to_string().replace(id, "");
        let first = seen.get_or_insert_with(|| text.clone());
        assert_eq!(&text, first, "{what}");
    }
    assert!(several.calls().values().all(|calls| *calls == 0));
    // Not even one that names another key makes the issuer be asked over and over.
    assert!(issuer.served.asked() <= 2, "{}", issuer.served.asked());
}

#[tokio::test]
async fn values_of_claims_mean_what_the_tables_say_and_nothing_else() {
    let key = Key::ed();
    let issuer = Issuer::start(&[key.jwk(ID)]).await;
    let tables = "scopes_claim = \"roles\"\nscopes = { reader = \"referrals:read\", boss = [\"referrals:read\", \"raw:read\"] }\nworkspaces = { \"org-1\" = \"globex\" }\n";
    let several = Several::with(&issuer.entry(tables)).await;
    let raw = json!({ "query": "{ referrals(first: 1, filter: { vendors: [PLANNR] }) { nodes { raw } } }" });
    let ask = async |tenant: &str, roles: Value| {
        let token = key.token(ID, &json!({ "tenant": tenant, "roles": roles }));
        several.post(&token, &raw).await
    };
    let boss = ask("org-1", json!(["boss", "unheard-of"])).await;
    assert_own("globex", &boss.json);
    for roles in [
        json!(["reader"]),
        json!("reader"),
        json!("admin"),
        json!(["raw:read", "referrals:read"]),
    ] {
        let answer = ask("org-1", roles).await;
        assert_eq!(codes_of(&answer.json), ["FORBIDDEN"]);
    }
    assert_eq!(ask("globex", json!(["boss"])).await.status, 401);
}
