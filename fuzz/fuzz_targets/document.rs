//! Documents, as the guard and the parser read them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use referral_gateway::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::document(bytes);
});
