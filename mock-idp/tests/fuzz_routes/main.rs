//! Whatever is asked at whatever path, there is an answer. `examples/fuzz_routes.rs` asks a million times.

mod fuzz;

#[test]
fn twenty_thousand_requests_to_all_routes_are_answered_without_a_panic_or_a_server_error() {
    let summary = fuzz::watched(20_000, 1).unwrap();
    let count = |status: u16| summary.0.get(&status).copied().unwrap_or_default();
    // The grammar reaches what lies behind the checks.
    assert!(count(200) > 2_000 && count(302) > 50 && count(400) > 500 && count(401) > 100, "{summary:?}");
}
