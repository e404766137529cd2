//! The answers of one vendor.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| referral_gateway::fuzzing::vendor("saasquatch", bytes));
