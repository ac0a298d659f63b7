//! The app of the seed article, with the packages of 2021 and of today, and the
//! same app before it was secured.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;
use std::process::Output;

use conformance_tests::machine::has_node;
use conformance_tests::node::{self, Script, Variant};
use conformance_tests::{binary, outcomes, redact};
use rstest::rstest;
use serde_json::Value;

/// Runs core against a script of the app; the report in JSON, and what was said.
fn run(variant: Variant, script: Script) -> (Value, Output) {
    run_with(variant, script, &["--profile", "core"])
}

fn run_with(variant: Variant, script: Script, arguments: &[&str]) -> (Value, Output) {
    let app = node::installed(variant).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let output = binary::command("badpenny", folder.path())
        .args(["run", "--name", "node-okta-express"])
        .args(arguments)
        .arg("--command")
        .arg(app.command_line(script))
        .arg("--cwd")
        .arg(app.dir())
        .arg("--report")
        .arg(format!("json={}", report.display()))
        .envs(app.env())
        .output()
        .unwrap();
    let text =
        std::fs::read_to_string(&report).unwrap_or_else(|_| panic!("no report:\n{}", binary::transcript(&output)));
    (serde_json::from_str(&text).unwrap(), output)
}

fn row<'a>(report: &'a Value, name: &str) -> &'a Value {
    let (id, variant) = name.split_once('@').unwrap();
    let rows = report["results"].as_array().unwrap();
    rows.iter().find(|row| row["id"] == id && row["variant"] == variant).unwrap_or_else(|| panic!("no row {name}"))
}

fn verdict<'a>(report: &'a Value, name: &str) -> &'a str {
    row(report, name)["verdict"].as_str().unwrap()
}

/// The tokens of the article, and none at all.
const SHOWN: [&str; 6] = [
    "baseline/valid@control",
    "transport/no-credentials@no-header",
    "signature/foreign-key-same-kid@attacker-key",
    "time/expired@one-hour",
    "audience/other@sibling-api",
    "scope/missing-required@other-scope",
];

#[rstest]
#[case::packages_of_2021(Variant::Year2021)]
#[case::packages_of_today(Variant::Current)]
fn the_seed_app_is_found_out(#[case] variant: Variant) {
    if !has_node() {
        return;
    }
    let (report, output) = run(variant, Script::Secured);
    assert_eq!(output.status.code(), Some(1));
    let status = |name: &str| row(&report, name)["observed"]["status"].clone();

    assert_eq!((status(SHOWN[0]), verdict(&report, SHOWN[0])), (200.into(), "pass"));
    for name in &SHOWN[1..] {
        assert_eq!((status(name), verdict(&report, name)), (500.into(), "deviates"), "{name}");
    }
    assert_eq!(report["summary"]["inconclusive"], 0);

    let name = format!("node_{variant:?}").to_lowercase();
    outcomes::write(&report, &name);
    let summary = outcomes::summary(&report, &SHOWN);
    insta::assert_snapshot!(format!("{name}_outcomes"), summary);
}

/// Its verifier asks for keys ten times a minute at most.
#[rstest]
#[case::packages_of_2021(Variant::Year2021)]
#[case::packages_of_today(Variant::Current)]
fn its_own_limit_of_fetches_is_counted_and_leaves_nothing_open(#[case] variant: Variant) {
    if !has_node() {
        return;
    }
    let arguments = ["--profile", "hardening", "keys/unknown-kid-flood"];
    let (report, _) = run_with(variant, Script::Secured, &arguments);
    assert_eq!(report["summary"]["inconclusive"], 0);
    let reason = row(&report, "keys/unknown-kid-flood@short-burst")["reason"].as_str().unwrap();
    let (_, counted) = reason.split_once("; ").unwrap_or_else(|| panic!("{reason}"));
    let fetches: u64 = counted.split_whitespace().next().unwrap().parse().unwrap();
    assert!((1..=10).contains(&fetches), "{reason}");
}

#[test]
fn one_wrong_status_is_one_finding_however_many_variants_it_has() {
    if !has_node() {
        return;
    }
    let (_, output) = run(Variant::Current, Script::Secured);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text.matches("answered 500, expected").count(), 1, "{text}");
}

#[test]
fn the_unsecured_app_is_one_finding() {
    if !has_node() {
        return;
    }
    let (report, output) = run(Variant::Current, Script::Unsecured);
    assert_eq!(output.status.code(), Some(1));
    let text = redact::text(&String::from_utf8_lossy(&output.stdout));
    assert_eq!(text.matches("VULNERABLE").count(), 1, "{text}");
    assert_eq!(verdict(&report, "transport/no-credentials@no-header"), "vulnerable");
    insta::assert_snapshot!("node_unsecured_terminal", text);
}

#[test]
fn nothing_is_left_behind_when_badpenny_is_killed_in_the_middle_of_a_run() {
    if !has_node() {
        return;
    }
    for signal in [libc::SIGINT, libc::SIGKILL] {
        let marker = format!("badpenny-end-{}-{signal}", std::process::id());
        let app = node::installed(Variant::Current).unwrap();
        let mut child = start(&app, &marker);
        wait_for_target(&marker);
        let id = i32::try_from(child.id()).unwrap();
        // SAFETY: a signal to a child of this test that has not been waited for.
        #[expect(unsafe_code, reason = "std has no way to send a signal")]
        unsafe {
            libc::kill(id, signal);
        }
        let status = child.wait().unwrap();
        if signal == libc::SIGINT {
            assert_eq!(status.code(), Some(130));
        }
        let left = conformance_tests::processes::gone_within(&marker, std::time::Duration::from_secs(5));
        assert!(left.is_empty(), "left behind after signal {signal}: {left:?}");
    }
}

fn start(app: &node::NodeApp, marker: &str) -> std::process::Child {
    binary::command("badpenny", Path::new("."))
        .args(["run", "--jobs", "1", "--env", &format!("MARKER={marker}"), "--command"])
        .arg(app.command_line(Script::Secured))
        .arg("--cwd")
        .arg(app.dir())
        .envs(app.env())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

fn wait_for_target(marker: &str) {
    for _ in 0..200 {
        let found = conformance_tests::processes::with_marker(marker);
        // The harness itself, and what it started.
        if found.len() >= 2 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the target never started");
}
