//! What the command line says, and the exit codes of wrong usage.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use conformance_tests::binary;
use rstest::rstest;

fn badpenny(arguments: &[&str]) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    binary::command("badpenny", folder.path()).args(arguments).output().unwrap()
}

#[rstest]
#[case::unknown_scenario("unknown_scenario", &["run", "time/expird"], 4)]
#[case::unknown_profile("unknown_profile", &["run", "--profile", "cor"], 2)]
#[case::unknown_report("unknown_report", &["run", "--report", "pdf"], 2)]
#[case::report_without_file("report_without_file", &["run", "--report", "json="], 2)]
#[case::url_that_is_none("url_that_is_none", &["run", "--url", "ftp://x"], 2)]
#[case::unknown_placeholder("unknown_placeholder", &["run", "--command", "true", "--env", "A={isuer}"], 2)]
#[case::missing_config("missing_config", &["run", "--config", "nowhere.toml"], 2)]
#[case::missing_key_file("missing_key_file", &["run", "--key-file", "nowhere.pem"], 2)]
#[case::mint_of_nothing("mint_of_nothing", &["mint", "time/expird@one-hour", "--issuer-url", "https://i.example"], 4)]
#[case::mint_ambiguous("mint_ambiguous", &["mint", "time/expired", "--issuer-url", "https://i.example"], 4)]
#[case::mutation_with_a_typo("mutation_with_a_typo", &["mint", "--mutation", "[{\"clam\":\"exp\"}]", "--issuer-url", "https://i.example"], 2)]
#[case::why_unknown("why_unknown", &["why", "time/expird"], 4)]
#[case::why("why", &["why", "signature/crit-unknown"], 0)]
#[case::list("list", &["list"], 0)]
#[case::list_selected("list_selected", &["list", "time/*"], 0)]
#[case::help("help", &["--help"], 0)]
#[case::run_help("run_help", &["run", "--help"], 0)]
fn the_command_line_says(#[case] name: &str, #[case] arguments: &[&str], #[case] code: i32) {
    let output = badpenny(arguments);
    insta::assert_snapshot!(name, binary::transcript(&output));
    assert_eq!(output.status.code(), Some(code));
}

#[test]
fn list_as_json_holds_every_id() {
    let output = badpenny(&["list", "--json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(rows.iter().any(|row| row["id"] == "time/expired"));
    assert_eq!(rows.len(), 26);
}

#[test]
fn mint_prints_a_token_and_explains_it_on_request() {
    let arguments = [
        "mint",
        "time/expired@one-hour",
        "--issuer-url",
        "https://i.example/oauth2/default",
        "--seed",
        "1",
        "--explain",
    ];
    let output = badpenny(&arguments);
    assert_eq!(output.status.code(), Some(0));
    let token = String::from_utf8(output.stdout).unwrap();
    assert_eq!(token.trim_end().split('.').count(), 3);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("\"exp\""), "{told}");
}

#[test]
fn a_settings_file_is_read_and_a_flag_wins_over_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("badpenny.toml"), "profile = 'nonsense'\n").unwrap();
    let run = |arguments: &[&str]| binary::command("badpenny", folder.path()).args(arguments).output().unwrap();
    assert_eq!(run(&["run", "issuer/other"]).status.code(), Some(2));
    assert_eq!(run(&["run", "issuer/other", "--profile", "core"]).status.code(), Some(0));

    std::fs::write(folder.path().join("badpenny.toml"), "profil = 'core'\n").unwrap();
    let output = run(&["run"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!("settings_with_a_typo", binary::transcript(&output));
}

/// A scenario of one's own, with a word in it that may be wrong.
fn own_scenario(word: &str) -> String {
    format!(
        r#"[[scenario]]
id = "own/tenant"
title = "A token of another tenant is refused"
expect = "refused"
level = "must"
tier = "critical"
references = ["RFC 9068 4"]
why = "Tenants must not see each other."

[[scenario.variant]]
slug = "other"
token = [{{ {word} = "tenant", set = "evil" }}]
"#
    )
}

#[test]
fn a_scenario_of_ones_own_runs_beside_the_others() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.toml"), own_scenario("claim")).unwrap();
    let output = binary::command("badpenny", folder.path())
        .args(["run", "own/tenant", "--scenarios", "own.toml"])
        .output()
        .unwrap();
    // The demo server knows no tenants, so it lets the token in: the scenario bites.
    insta::assert_snapshot!("own_scenario", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_mistake_in_a_scenario_file_is_shown_in_its_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.toml"), own_scenario("clam")).unwrap();
    let output = binary::command("badpenny", folder.path()).args(["list", "--scenarios", "own.toml"]).output().unwrap();
    insta::assert_snapshot!("scenario_with_a_typo", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(2));
}
