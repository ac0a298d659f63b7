//! What the README shows: a run against a server with the usual mistakes.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;

use conformance_tests::{binary, machine, redact};

/// The report of `targets/node-usual`, as a person gets to see it.
fn report() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/node-usual");
    let output = binary::command("badpenny", &folder)
        .args(["run", "--profile", "core", "--command", "node server.js"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", binary::transcript(&output));
    redact::text(&String::from_utf8_lossy(&output.stdout))
}

#[test]
fn the_readme_shows_what_is_said_of_a_server_with_the_usual_mistakes() {
    if !machine::has_node() {
        return;
    }
    let report = report();
    insta::assert_snapshot!(report);
    let readme = include_str!("../../README.md");
    let sample = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(redact::text(sample).trim(), report.trim(), "the README's sample is not what a run prints");
}
