//! Any bytes as the values of an answer's `WWW-Authenticate` lines.
//!
//! Held: nothing panics, a line has one error at most, and what was read can be judged and shown.

#![no_main]

use badpenny::http::{Challenges, bearer_violations};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let found = Challenges::parse(lines.iter().copied());
    assert!(found.errors.len() <= lines.len(), "{:?}", found.errors);
    for error in &found.errors {
        assert!(!error.to_string().is_empty());
    }
    for challenge in &found.list {
        assert!(found.of_scheme(&challenge.scheme).any(|other| other == challenge));
        for violation in bearer_violations(challenge) {
            assert!(!violation.to_string().is_empty());
        }
        for name in challenge.duplicates() {
            assert!(challenge.params().iter().filter(|param| param.is(&name)).count() > 1);
        }
        for param in challenge.params() {
            assert!(challenge.param(&param.name).is_some() && challenge.text(&param.name).is_some());
        }
    }
});
