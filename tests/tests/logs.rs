//! What a server writes is its own doing, and what an address of ours leaves in
//! its access log is not.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;

use conformance_tests::machine;
use conformance_tests::told::{self, Row};
use rstest::rstest;

/// What is said of the log of `targets/node-logging`.
fn said_of(log: &str) -> Row {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/node-logging");
    let folder = tempfile::tempdir().unwrap();
    let told = told::run(folder.path(), |command| {
        command.args(["transport/query-token", "time/expired", "response/log-hygiene@no-token"]);
        command.args(["--profile", "hardening", "--command", "node server.js", "--issuer-scheme", "http"]);
        command.arg("--cwd").arg(server).args(["--env", &format!("LOG={log}")]);
    });
    assert_eq!(told.verdict("transport/query-token@access-token"), "pass");
    told.row("response/log-hygiene@no-token").clone()
}

#[rstest]
#[case::an_access_log("address", "pass", "")]
#[case::all_header_lines("headers", "vulnerable", "a usable token stands in the log")]
fn a_token_in_the_log_is_blamed_on_who_wrote_it_and_not_on_an_address_that_was_sent(
    #[case] log: &str,
    #[case] verdict: &str,
    #[case] reason: &str,
) {
    if !machine::has_node() {
        return;
    }
    let row = said_of(log);
    assert_eq!(row.verdict, verdict, "{}", row.reason);
    assert!(row.reason.starts_with(reason), "{}", row.reason);
}
