//! Cursors of lists.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| referral_gateway::fuzzing::cursor(bytes));
