//! Callers' tokens, before an issuer with one key.

#![no_main]

use libfuzzer_sys::fuzz_target;
use referral_gateway::fuzzing;

/// What the key signed.
const SIGNED: [&str; 3] = [
    include_str!("../seeds/token/plain"),
    include_str!("../seeds/token/usual"),
    include_str!("../seeds/token/lists"),
];

fuzz_target!(|bytes: &[u8]| {
    fuzzing::token(bytes, &SIGNED);
});
