//! Issuers' sets of keys.

#![no_main]

use libfuzzer_sys::fuzz_target;
use referral_gateway::fuzzing;

/// What another key signed.
const SIGNED: [&str; 3] = [
    include_str!("../seeds/token/plain"),
    include_str!("../seeds/token/usual"),
    include_str!("../seeds/token/lists"),
];

fuzz_target!(|bytes: &[u8]| {
    fuzzing::keys(bytes, &SIGNED);
});
