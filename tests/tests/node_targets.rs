//! The app of the seed article, with the packages of 2021 and of today, and the
//! same app before it was secured.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;

use conformance_tests::machine::has_node;
use conformance_tests::node::{self, Script, Variant};
use conformance_tests::told::{self, Told};
use conformance_tests::{binary, outcomes, redact};
use rstest::rstest;

/// Runs core against a script of the app.
fn run(variant: Variant, script: Script) -> Told {
    run_with(variant, script, &["--profile", "core"])
}

fn run_with(variant: Variant, script: Script, arguments: &[&str]) -> Told {
    let app = node::installed(variant).unwrap();
    let folder = tempfile::tempdir().unwrap();
    told::run(folder.path(), |command| {
        command.args(["--name", "node-okta-express"]).args(arguments).arg("--command").arg(app.command_line(script));
        command.arg("--cwd").arg(app.dir()).envs(app.env());
    })
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
    let told = run(variant, Script::Secured);
    assert_eq!(told.output.status.code(), Some(1));
    assert_eq!((told.row(SHOWN[0]).status, told.verdict(SHOWN[0])), (Some(200), "pass"));
    for name in &SHOWN[1..] {
        assert_eq!((told.row(name).status, told.verdict(name)), (Some(500), "deviates"), "{name}");
    }
    assert_eq!(told.report["summary"]["inconclusive"], 0);

    let name = format!("node_{variant:?}").to_lowercase();
    outcomes::write(&told.report, &name);
    let summary = outcomes::summary(&told.report, &SHOWN);
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
    let told = run_with(variant, Script::Secured, &arguments);
    assert_eq!(told.report["summary"]["inconclusive"], 0);
    let reason = &told.row("keys/unknown-kid-flood@short-burst").reason;
    let (_, counted) = reason.split_once("; ").unwrap_or_else(|| panic!("{reason}"));
    let fetches: u64 = counted.split_whitespace().next().unwrap().parse().unwrap();
    assert!((1..=10).contains(&fetches), "{reason}");
}

#[test]
fn one_wrong_status_is_one_finding_however_many_variants_it_has() {
    if !has_node() {
        return;
    }
    let told = run(Variant::Current, Script::Secured);
    let text = String::from_utf8_lossy(&told.output.stdout).into_owned();
    assert_eq!(text.matches("answered 500, expected").count(), 1, "{text}");
}

#[test]
fn the_unsecured_app_is_one_finding() {
    if !has_node() {
        return;
    }
    let told = run(Variant::Current, Script::Unsecured);
    assert_eq!(told.output.status.code(), Some(1));
    let text = redact::text(&String::from_utf8_lossy(&told.output.stdout));
    assert_eq!(text.matches("VULNERABLE").count(), 1, "{text}");
    assert_eq!(told.verdict("transport/no-credentials@no-header"), "vulnerable");
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
