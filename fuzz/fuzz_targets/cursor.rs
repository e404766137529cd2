//! Cursors of lists.

#![no_main]

use libfuzzer_sys::fuzz_target;
use referral_gateway::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::cursor(bytes);
});
