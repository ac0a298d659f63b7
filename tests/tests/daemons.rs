//! Daemons that others wrote, each described in a few lines of `badpenny.toml`: the
//! honest token gets in, and no honest form is refused but for those that the page
//! names. What else a run finds of them is between it and their makers.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::{Path, PathBuf};

use conformance_tests::machine;
use conformance_tests::told::{self, Told};
use conformance_tests::{packages, pages};
use rstest::rstest;

/// The folder with all of them, and the page.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/daemons")
}

/// Where a daemon of Debian's is.
fn program(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "apache" => ("mod_oauth2", "/usr/lib/apache2/modules/mod_oauth2.so"),
        "docker-registry" => ("docker-registry", "/usr/bin/docker-registry"),
        "haproxy" => ("haproxy", "/usr/sbin/haproxy"),
        "influxdb" => ("influxdb", "/usr/bin/influxd"),
        "rabbitmq" => ("rabbitmq", "/usr/lib/rabbitmq/bin/rabbitmq-server"),
        _ => return None,
    })
}

/// A run with the settings of the daemon's folder; `None` where this machine lacks it.
fn run(name: &str) -> Option<Told> {
    let daemon = folder().join(name);
    let is_there = match program(name) {
        Some((name, path)) => machine::has(name, Path::new(path).is_file()),
        None => packages::ready(&daemon).unwrap(),
    };
    // A socket in it has a path of a hundred bytes at most.
    let scratch = tempfile::Builder::new().prefix("d").tempdir().unwrap();
    is_there.then(|| {
        told::run(scratch.path(), |command| {
            command.arg("--config").arg(daemon.join("badpenny.toml")).arg("--cwd").arg(&daemon);
            command.env("SCRATCH", scratch.path());
        })
    })
}

/// The forms that the page says a daemon declines.
fn declined(name: &str) -> Vec<String> {
    pages::last_cell(&folder().join("README.md"), name)
}

/// What is true of every daemon that its owner has described well.
fn assert_described(name: &str, told: &Told) {
    let of = |verdict: &str| {
        told.rows.iter().filter(|row| row.verdict == verdict).map(|row| row.name.as_str()).collect::<Vec<_>>()
    };
    let is_named = |row: &str| declined(name).iter().any(|form| row.split('@').next() == Some(form));
    let refused: Vec<&str> = of("broken").into_iter().filter(|row| !is_named(row)).collect();
    assert!(refused.is_empty(), "honest tokens are refused: {refused:?}");
    for form in declined(name) {
        let is_refused =
            told.rows.iter().any(|row| row.verdict == "broken" && row.name.starts_with(&format!("{form}@")));
        assert!(is_refused, "{form} is taken by now: take it off the page");
    }
    assert_eq!(of("inconclusive"), Vec::<&str>::new());
    assert!(of("pass").len() > 80, "{} rows passed", of("pass").len());
    let settings: toml::Table =
        toml::from_str(&std::fs::read_to_string(folder().join(name).join("badpenny.toml")).unwrap()).unwrap();
    let asks_for_none = settings.get("dialect").and_then(|dialect| dialect.get("scope-claim")) == Some(&false.into());
    let fetches_none = settings.contains_key("verifies-by") || settings.get("alg") == Some(&"HS256".into());
    let judged = |category: &str| {
        told.rows.iter().filter(|row| row.name.starts_with(category) && row.verdict != "skipped").count()
    };
    assert!(!asks_for_none || judged("scope/") == 0, "a permission is judged that nobody asks for");
    assert!(!fetches_none || judged("keys/rotation") == 0, "a fetch is judged where nothing is fetched");
}

#[rstest]
fn a_daemon_of_others_is_described_in_a_few_lines(
    #[values(
        "apache",
        "docker-registry",
        "haproxy",
        "influxdb",
        "kafka",
        "mcp-python",
        "oauth2-proxy",
        "otel-oidc",
        "rabbitmq",
        "synapse",
        "turborepo"
    )]
    name: &str,
) {
    if let Some(told) = run(name) {
        assert_described(name, &told);
    }
}

/// Hundreds of megabytes each, or minutes of compiling.
#[rstest]
#[ignore = "downloads and compiles for minutes: cargo test --test daemons -- --ignored"]
fn a_large_daemon_of_others_is_described_as_well(#[values("hive-gateway", "kubernetes", "openfga")] name: &str) {
    if let Some(told) = run(name) {
        assert_described(name, &told);
    }
}
