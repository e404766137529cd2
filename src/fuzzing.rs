//! What comes from outside, read from whatever bytes: one function for each reader, which must not panic, and holds what
//! it gives to what it promises. Each says whether it took what it was given. The targets in `fuzz/` call these, and the
//! tests here call them many times.

#[cfg(test)]
mod seeds;
mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use url::{Host, Url};

use crate::clock::Clock;
use crate::graphql;
use crate::graphql::access::Access;
use crate::graphql::cost::PriceList;
use crate::http::documents::Documents;
use crate::http::edge::is_host;
use crate::http::guard::{self, Limits};
use crate::http::hosts::AllowedHosts;
use crate::http::question::Question;
use crate::http::variables;
use crate::load::cursor::{Cursor, Fingerprint};
use crate::load::{Cache, Flights, Lifetimes, Registry};
use crate::model::{GlobalId, Workspace};
use crate::vendor::VENDORS;

pub use token::{keys, token};

/// What fields need and cost, which the fuzzing has no use for, made once.
static ACCESS: LazyLock<Arc<Access>> = LazyLock::new(|| Arc::new(Access::new(&graphql::sdl())));
static PRICES: LazyLock<PriceList> = LazyLock::new(PriceList::new);

/// No vendors: what a document costs is worked out all the same.
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let clock = Clock::system();
    let cache = Arc::new(Cache::new(clock.clone(), 0, Lifetimes::default()));
    Registry {
        workspace: Workspace::default(),
        adapters: BTreeMap::new(),
        flights: Flights::new(cache.clone()),
        cache,
        clock,
        call_budget: std::time::Duration::ZERO,
        max_scan: 10_000,
        generations: BTreeMap::new(),
    }
});

/// A document: guarded, parsed, measured, weighed. What the guard tells before it is parsed holds for what was parsed.
pub fn document(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let limits = Limits {
        tokens: 20_000,
        ..Limits::default()
    };
    match Documents::new(limits, ACCESS.clone()).get(text) {
        Ok(document) => {
            assert!(guard::is_within_bounds(&document.parsed));
            PRICES.cost_alone(&REGISTRY, &document.parsed).is_ok()
        }
        Err(error) => {
            drop(error.told());
            false
        }
    }
}

/// A request: a body, and a query string.
pub fn question(bytes: &[u8]) -> bool {
    let parameters = String::from_utf8_lossy(bytes);
    let questions = [
        Question::of_body(bytes),
        Question::of_parameters(&parameters),
    ];
    let is_taken = questions.iter().any(Result::is_ok);
    for question in questions {
        let values = question.ok().and_then(|question| question.variables);
        if let Some(values) = values {
            drop(variables::check("variables", &values, 1_000));
        }
    }
    is_taken
}

/// A cursor. One that is taken is the one that would be given out for what it says.
pub fn cursor(bytes: &[u8]) -> bool {
    let list = Fingerprint::of(&"a list");
    let Ok(cursor) = Cursor::read(&String::from_utf8_lossy(bytes), list) else {
        return false;
    };
    let again = Cursor::read(&cursor.write(list), list);
    assert!(again.is_ok_and(|again| again.after == cursor.after));
    true
}

/// A global id. Exactly one text stands for one thing.
pub fn id(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Ok(id) = GlobalId::parse(&text) else {
        return false;
    };
    assert_eq!(id.to_string(), text);
    true
}

/// What a request says it is addressed to. What is taken for this machine, or for a name that was allowed, every browser
/// takes for the same.
pub fn host(bytes: &[u8]) -> bool {
    let name = "gateway.example.test";
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    if !is_host(bytes) || !AllowedHosts::new(&[name.to_owned()]).allow(text) {
        return false;
    }
    let url = Url::parse(&format!("http://{text}/")).expect("what is taken is an address");
    let is_ours = match url.host().expect("addresses of the web have a host") {
        Host::Domain(domain) => domain == "localhost" || domain == name,
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    assert!(is_ours, "{url} is not ours");
    true
}

/// A vendor's answers, of whatever kind.
pub fn vendor(key: &str, bytes: &[u8]) {
    for entry in VENDORS.iter().filter(|entry| entry.vendor.key() == key) {
        (entry.read_anything)(bytes);
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::seeds::SIGNED;
    use super::*;
    use crate::load::Rank;
    use crate::model::Vendor;

    /// What the vendors show of their own answers.
    const SAMPLES: [&str; 6] = [
        include_str!("vendor/introzy/fixtures/referrals.json"),
        include_str!("vendor/introzy/fixtures/facilitators.json"),
        include_str!("vendor/plannr/fixtures/referral.json"),
        include_str!("vendor/plannr/fixtures/connection.json"),
        include_str!("vendor/partner_center/fixtures/list.json"),
        include_str!("vendor/saasquatch/fixtures/referral.json"),
    ];

    /// What stands in the place of something in a sample.
    const PIECES: [&str; 16] = [
        "",
        "null",
        "[]",
        "{}",
        "-1",
        "1e999",
        "\"\"",
        "true",
        "\"\\u0000\"",
        "[[[[",
        "}",
        ",",
        "99999999999999999999",
        "\"9999-99-99\"",
        "\u{202e}",
        "0.1",
    ];

    /// A sample with some of its parts replaced by something else.
    fn spoilt() -> impl Strategy<Value = String> {
        let changes = prop::collection::vec(
            (any::<prop::sample::Index>(), 0..60_usize, 0..PIECES.len()),
            1..6,
        );
        (0..SAMPLES.len(), changes).prop_map(|(sample, changes)| {
            let mut text = SAMPLES[sample].to_owned();
            for (at, length, piece) in changes {
                let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                if bounds.is_empty() {
                    break;
                }
                let from = at.index(bounds.len());
                let to = (from + length).min(bounds.len() - 1);
                text.replace_range(bounds[from]..bounds[to], PIECES[piece]);
            }
            text
        })
    }

    /// Whole values of JSON put in place of others: what comes is still JSON.
    fn reshaped() -> impl Strategy<Value = String> {
        (0..SAMPLES.len(), any::<u64>()).prop_map(|(sample, seed)| {
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut json = serde_json::from_str(SAMPLES[sample]).unwrap_or_default();
            reshape(&mut json, &mut rng);
            json.to_string()
        })
    }

    fn reshape(json: &mut serde_json::Value, rng: &mut fastrand::Rng) {
        if rng.u8(..12) == 0 {
            let piece = PIECES[rng.usize(..PIECES.len())];
            *json = serde_json::from_str(piece).unwrap_or_else(|_| piece.into());
            return;
        }
        match json {
            serde_json::Value::Array(items) => items.iter_mut().for_each(|it| reshape(it, rng)),
            serde_json::Value::Object(fields) => {
                fields.values_mut().for_each(|it| reshape(it, rng));
            }
            _ => {}
        }
    }

    /// What is in a cursor of the list that [`cursor`] reads.
    fn a_cursor() -> serde_json::Value {
        let after = Rank {
            time: None,
            vendor: Vendor::ALL[0],
            remote_id: "1".to_owned(),
        };
        let hints = Vec::new();
        let text = Cursor { after, hints }.write(Fingerprint::of(&"a list"));
        let json = URL_SAFE_NO_PAD.decode(text).expect("it is base64");
        serde_json::from_slice(&json).expect("it is JSON")
    }

    fn all(bytes: &[u8]) {
        document(bytes);
        question(bytes);
        cursor(bytes);
        id(bytes);
        host(bytes);
        token(bytes, &SIGNED);
        keys(bytes, &SIGNED);
        for entry in VENDORS {
            vendor(entry.vendor.key(), bytes);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_reader_panics_at_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            all(&bytes);
        }

        #[test]
        fn no_reader_panics_at_texts(text in "\\PC{0,200}") {
            all(text.as_bytes());
        }

        #[test]
        fn no_reader_panics_at_spoilt_samples(text in spoilt()) {
            all(text.as_bytes());
        }

        #[test]
        fn no_reader_panics_at_reshaped_samples(text in reshaped()) {
            all(text.as_bytes());
        }

        #[test]
        fn no_reader_panics_at_documents(text in "[{}()\\[\\]\"#\\\\\n\r,.:$@!a-d1-3 ]{0,200}") {
            all(text.as_bytes());
        }

        #[test]
        fn no_reader_panics_at_what_looks_like_an_id_or_a_cursor(
            kind in "[rfcex]",
            parts in prop::collection::vec("\\PC{0,20}", 0..4),
            time in prop::option::of("-?[0-9]{0,25}"),
        ) {
            let mut words = vec![kind, "PLANNR".to_owned()];
            words.extend(parts.clone());
            id(URL_SAFE_NO_PAD.encode(serde_json::json!(words).to_string()).as_bytes());
            let hints: Vec<_> = parts.iter().map(|part| ("plannr", part)).collect();
            let mut written = a_cursor();
            written["t"] = time.into();
            written["i"] = words[2..].concat().into();
            written["h"] = serde_json::json!(hints);
            cursor(URL_SAFE_NO_PAD.encode(written.to_string()).as_bytes());
        }

        #[test]
        fn no_reader_panics_at_what_looks_like_a_host(
            text in "[a-z]{0,2}\\[?(localhost|127\\.0\\.0\\.1|::1|gateway\\.example\\.test|[0-9a-f:.]{0,12})\\]?[.@:%a-z]{0,3}(:[0-9]{0,6})?",
        ) {
            host(text.as_bytes());
        }
    }
}
