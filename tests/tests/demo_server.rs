//! The main job on a clean machine: `badpenny run` against the built-in demo server.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use conformance_tests::binary;

fn badpenny(arguments: &[&str]) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    binary::command("badpenny", folder.path()).args(arguments).output().unwrap()
}

#[test]
fn a_bare_run_passes_every_variant_of_okta_that_needs_no_word_of_its_owner() {
    let output = badpenny(&["run"]);
    insta::assert_snapshot!("bare_run", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_json_report_has_a_row_per_variant_that_says_how_to_repeat_it() {
    let output = badpenny(&["run", "--report", "json", "--seed", "1"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schema"], "badpenny/1");
    let results = report["results"].as_array().unwrap();
    let summed = |verdict: &str| report["summary"][verdict].as_u64().unwrap();
    assert_eq!(results.len() as u64, summed("pass") + summed("skipped"));
    for member in [
        "id",
        "variant",
        "category",
        "level",
        "tier",
        "verdict",
        "expected",
        "reason",
        "references",
        "duration_ms",
        "replay",
    ] {
        assert!(results.iter().all(|row| !row[member].is_null()), "{member}");
    }
    assert!(results[0]["replay"].as_str().unwrap().starts_with("badpenny replay baseline/valid@control"));
}

#[test]
fn no_report_holds_a_usable_token() {
    for format in ["terminal", "json", "junit", "markdown"] {
        let output = badpenny(&["run", "--report", format, "--all"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!text.contains("eyJ"), "{format} holds something like a token");
    }
}

#[test]
fn the_junit_report_is_xml_with_a_case_per_variant() {
    let output = badpenny(&["run", "time/*", "--report", "junit"]);
    insta::assert_snapshot!("junit", conformance_tests::redact::text(&String::from_utf8_lossy(&output.stdout)));
}

#[test]
fn the_markdown_report_sums_up() {
    let output = badpenny(&["run", "time/*", "--report", "markdown"]);
    insta::assert_snapshot!("markdown", conformance_tests::redact::text(&String::from_utf8_lossy(&output.stdout)));
}

#[test]
fn a_snapshot_is_written_then_holds_and_then_shows_drift() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outcomes.snap");
    let run = |more: &[&str]| {
        let mut command = binary::command("badpenny", folder.path());
        command.args(["run", "time/*", "--snapshot", "outcomes.snap"]).args(more).output().unwrap()
    };
    let made = run(&[]);
    assert_eq!(made.status.code(), Some(0));
    let told = String::from_utf8(made.stderr).unwrap();
    assert!(told.contains("snapshot outcomes.snap written: it was not there before"), "{told}");
    let first = std::fs::read_to_string(&file).unwrap();
    assert_eq!(run(&["--update-snapshot"]).status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    insta::assert_snapshot!("snapshot_file", conformance_tests::redact::text(&std::fs::read_to_string(&file).unwrap()));
    assert_eq!(run(&[]).status.code(), Some(0));

    let drifted = std::fs::read_to_string(&file).unwrap().replacen("401", "200", 1);
    std::fs::write(&file, drifted).unwrap();
    let output = run(&[]);
    insta::assert_snapshot!(
        "snapshot_drift",
        conformance_tests::redact::text(&String::from_utf8_lossy(&output.stderr))
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn every_report_tells_the_exit_code_of_a_run_that_drifted() {
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let mut command = binary::command("badpenny", folder.path());
        command.args(["run", "time/*", "--snapshot", "outcomes.snap"]).args(more).output().unwrap()
    };
    assert_eq!(run(&["--update-snapshot"]).status.code(), Some(0));
    let file = folder.path().join("outcomes.snap");
    let drifted = std::fs::read_to_string(&file).unwrap().replacen("401", "200", 1);
    std::fs::write(&file, drifted).unwrap();

    let output = run(&["--report", "json=run.json", "--report", "terminal"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).trim_end().ends_with("exit 1"));
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("run.json")).unwrap()).unwrap();
    assert_eq!(report["exit"], 1);
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_the_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("old.xml"), "old").unwrap();
    let output = binary::command("badpenny", folder.path())
        .args(["run", "--report", "junit=old.xml", "--report", "json=nowhere/run.json"])
        .output()
        .unwrap();
    insta::assert_snapshot!("report_to_nowhere", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(folder.path().join("old.xml")).unwrap(), "old");
}

#[test]
fn what_a_finding_cut_off_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.toml"), failing_and_waiting(5)).unwrap();
    let output = binary::command("badpenny", folder.path())
        .args(["run", "own/*", "--scenarios", "own.toml", "--fail-fast", "--jobs", "1"])
        .output()
        .unwrap();
    insta::assert_snapshot!("fail_fast", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(1));
}

/// A scenario whose first variant the demo server fails; the others wait their
/// turn, since an unknown key makes a server fetch.
fn failing_and_waiting(waiting: usize) -> String {
    let head = r#"[[scenario]]
id = "own/tenant"
title = "A token of another tenant is refused"
expect = "refused"
level = "must"
references = ["RFC 9068 4"]
why = "Tenants must not see each other."
[[scenario.variant]]
slug = "other"
token = [{ claim = "tenant", set = "evil" }]
"#;
    let variant =
        |number| format!("[[scenario.variant]]\nslug = \"n{number}\"\ntoken = [{{ header = \"kid\", set = \"k\" }}]\n");
    (0..waiting).fold(head.to_owned(), |text, number| text + &variant(number))
}

#[test]
fn replay_tells_one_case_in_full() {
    let output = badpenny(&["replay", "time/expired@one-hour"]);
    insta::assert_snapshot!("replay", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn replay_of_a_check_tells_the_check_and_over_how_much_it_judged() {
    let output = badpenny(&["replay", "response/alive-after@after-each-scenario", "--profile", "core"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(told.matches("verdict ").count(), 1, "{told}");
    assert!(told.starts_with("response/alive-after@after-each-scenario\n"), "{told}");
    let more = String::from_utf8(output.stderr).unwrap();
    assert!(more.contains("judged over the exchanges of "), "{more}");
}
