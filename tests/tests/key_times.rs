//! Time with keys: what a target does with its issuer's key set is measured and told,
//! of servers whose times are known.

use conformance_tests::binary;
use conformance_tests::told::{self, Told};
use serde_json::{Value, json};

/// A run of what is measured, of the demo server or of leaky with these variables.
fn measured(leaky: Option<&[&str]>, more: &[&str]) -> Told {
    let place = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    told::run(place.path(), |command| {
        command.args(["--profile", "interop", "keys/cache"]).args(more);
        if let Some(variables) = leaky {
            command.arg("--command").arg(binary::path("leaky"));
            for variable in variables {
                command.args(["--env", variable]);
            }
        }
    })
}

fn assert_about(span: &Value, seconds: f64) {
    let measured = span["seconds"].as_f64().unwrap_or_else(|| panic!("{span} is no time"));
    assert!((measured - seconds).abs() < seconds * 0.25 + 0.5, "{measured} s, expected {seconds} s");
}

#[test]
fn the_times_of_a_server_are_those_that_it_was_given() {
    let variables = ["LEAKY_COOLDOWN_MS=4000", "LEAKY_MAX_AGE_MS=8000"];
    let told = measured(Some(&variables), &["--slow", "--refresh", "1", "--exclude", "keys/cache@look-rate"]);
    let times = &told.report["key_times"];
    assert_about(&times["looks_after"], 4.0);
    assert_about(&times["second_look_after"], 4.0);
    assert_about(&times["kept"], 8.0);
    assert_about(&times["after_failure"], 4.0);
    assert_eq!(
        (&times["max_age"], &times["no_store"], &times["held"]),
        (&json!("ignored"), &json!("ignored"), &json!(true))
    );
    assert!(times["away"]["longer_than"].as_f64() > Some(9.0), "old keys serve on: {times}");
    assert_eq!(told.output.status.code(), Some(0), "nothing that is measured fails a run");
}

#[test]
fn a_server_that_keeps_nothing_is_told_as_that() {
    let variables = ["LEAKY_DEFECT=fetches-for-each-request"];
    let told = measured(Some(&variables), &[]);
    let times = &told.report["key_times"];
    assert_eq!(
        (&times["kept"], &times["max_age"], &times["no_store"]),
        (&json!({ "seconds": 0.0 }), &Value::Null, &Value::Null)
    );
    let text = String::from_utf8_lossy(&told.output.stdout).into_owned();
    assert!(text.contains("No key set was kept: each request fetched it."), "{text}");
}

#[test]
fn a_run_that_waits_for_nothing_says_longer_than() {
    let told = measured(None, &[]);
    let times = &told.report["key_times"];
    assert_eq!(times["looks_after"], json!({ "seconds": 0.0 }));
    assert!(times["kept"]["longer_than"].as_f64().is_some_and(|seconds| seconds < 60.0), "{times}");
    assert_eq!(told.row("keys/cache@look-rate").reason, "it takes a minute: add --slow");
    assert_eq!(times["looks_a_minute"], Value::Null);
}
