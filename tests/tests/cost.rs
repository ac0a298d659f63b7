//! Each row on cost shows a server that works for whoever asks, and none that
//! does not; and it costs neither of them more than two seconds.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::{Path, PathBuf};
use std::process::Command;

use conformance_tests::standing::{Standing, free_port};
use conformance_tests::told::{self, Row};
use conformance_tests::{machine, node};

/// The faults of `targets/node-weak`, the row that shows each, and as what: a refusal is a MUST, and
/// that a token which may be accepted costs little is a SHOULD.
const FAULTS: [(&str, &str, &str); 7] = [
    ("copies-at-each-dot", "dos/many-dots@thousands", "broken"),
    ("compares-all-members", "dos/large-claims@thousands-of-groups", "deviates"),
    ("derives-keys", "dos/jwe-pbes2@rounds", "broken"),
    ("inflates-bombs", "dos/jwe-zip-bomb@direct", "broken"),
    ("uses-huge-keys", "dos/huge-key-in-header@jwk", "broken"),
    ("trims-with-a-pattern", "dos/regex-header@spaces", "broken"),
    ("matches-words-of-words", "dos/regex-header@letters", "broken"),
];

/// What a row cost the server in all, in seconds.
fn cost(row: &Row) -> f64 {
    let told = row.reason.split(", in all ").nth(1).unwrap_or_else(|| panic!("{}: {}", row.name, row.reason));
    told.split(' ').next().unwrap().parse().unwrap()
}

fn server() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/node-weak")
}

/// Runs these rows, with the target among the arguments.
fn run(rows: &[&str], arguments: &[&str]) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let told = told::run(folder.path(), |command| {
        command.args(rows).args(["--profile", "hardening", "--issuer-scheme", "http", "--one-bench"]).args(arguments);
    });
    told.rows
}

/// The rows on cost against the server with that fault, which the run starts.
fn started(fault: &str, rows: &[&str]) -> Vec<Row> {
    let (cwd, fault) = (server().display().to_string(), format!("FAULT={fault}"));
    run(rows, &["--command", "node server.js", "--cwd", &cwd, "--env", &fault])
}

#[test]
fn a_sound_server_takes_no_time_for_any_row_on_cost() {
    if !machine::has_node() {
        return;
    }
    for row in started("none", &FAULTS.map(|(_, row, _)| row)) {
        eprintln!("sound  {:38} {:7.3} s", row.name, cost(&row));
        assert_eq!(row.verdict, "pass", "{}: {}", row.name, row.reason);
        assert!(cost(&row) < 0.1, "{}: {}", row.name, row.reason);
    }
}

#[test]
fn each_fault_is_shown_by_its_row_and_costs_less_than_two_seconds() {
    if !machine::has_node() {
        return;
    }
    for (fault, name, due) in FAULTS {
        for row in started(fault, &[name]) {
            eprintln!("weak   {:38} {:7.3} s  {}", row.name, cost(&row), row.reason);
            assert_eq!(row.verdict, due, "{fault}: {}: {}", row.name, row.reason);
            assert!(row.reason.contains("s of CPU"), "{}: {}", row.name, row.reason);
            assert!(cost(&row) <= 2.0, "{}: {}", row.name, row.reason);
        }
    }
}

#[test]
fn of_a_server_that_the_run_did_not_start_the_time_until_the_answer_tells() {
    if !machine::has_node() {
        return;
    }
    let issuer = format!("127.0.0.1:{}", free_port());
    let mut command = Command::new(node::executable().unwrap());
    command.arg("server.js").current_dir(server());
    command.env("ISSUER", format!("http://{issuer}/oauth2/default")).env("FAULT", "derives-keys");
    let standing = Standing::start(&mut command);
    let url = standing.url();

    let rows = run(&["dos/jwe-pbes2@rounds", "dos/regex-header@letters"], &["--url", &url, "--issuer-addr", &issuer]);

    let told: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.verdict.as_str())).collect();
    assert_eq!(told, [("dos/regex-header@letters", "pass"), ("dos/jwe-pbes2@rounds", "broken")]);
    assert!(rows.iter().all(|row| row.reason.contains("until the answer")), "{}", rows[1].reason);
}
