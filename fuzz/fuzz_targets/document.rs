//! Documents, as the guard and the parser read them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| referral_gateway::fuzzing::document(bytes));
