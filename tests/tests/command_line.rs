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
#[case::key_file_that_is_none("key_file_that_is_none", &["run", "--key-file", "/dev/null"], 2)]
#[case::issuer_addr_off_loopback("issuer_addr_off_loopback", &["run", "--issuer-addr", "192.0.2.1:9443"], 2)]
#[case::two_reports_on_stdout("two_reports_on_stdout", &["run", "--report", "json", "--report", "junit"], 2)]
#[case::two_reports_in_one_file("two_reports_in_one_file", &["run", "--report", "json=x", "--report", "junit=x"], 2)]
#[case::update_of_no_snapshot("update_of_no_snapshot", &["run", "--update-snapshot"], 2)]
#[case::url_and_command("url_and_command", &["run", "--url", "http://127.0.0.1:1/", "--command", "true"], 2)]
#[case::path_of_the_demo("path_of_the_demo", &["run", "--path", "/orders"], 2)]
#[case::cwd_of_no_command("cwd_of_no_command", &["run", "--cwd", "/"], 2)]
#[case::scheme_of_no_command("scheme_of_no_command", &["run", "--scheme", "https"], 2)]
#[case::rate_of_nothing("rate_of_nothing", &["run", "--rate", "0"], 2)]
#[case::env_of_no_command("env_of_no_command", &["run", "--env", "A=b"], 2)]
#[case::control_token_of_no_idp("control_token_of_no_idp", &["run", "--control-token", "hush"], 2)]
#[case::header_authorization("header_authorization", &["run", "--header", "authorization: Bearer x"], 2)]
#[case::header_of_two_lines("header_of_two_lines", &["run", "--header", "X: a\r\nY: b"], 2)]
#[case::list_of_nothing("list_of_nothing", &["list", "nonsense/x", "time/expired"], 4)]
#[case::mint_without_issuer("mint_without_issuer", &["mint", "time/expired@one-hour"], 2)]
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

#[rstest]
#[case::strict(&[("BADPENNY_STRICT", "1")], &["run", "issuer/other"], 0)]
#[case::a_flag_wins_over_a_target(&[("BADPENNY_URL", "http://127.0.0.1:1/")], &["run", "--command", "exit 7", "--wait", "9"], 3)]
#[case::a_flag_wins_over_an_issuer(&[("BADPENNY_IDP", "http://127.0.0.1:1/")], &["run", "issuer/other", "--issuer-addr", "127.0.0.1:0"], 0)]
#[case::a_token_without_its_issuer(&[("BADPENNY_CONTROL_TOKEN", "hush")], &["run", "issuer/other"], 0)]
#[case::two_variables(&[("BADPENNY_URL", "http://127.0.0.1:1/"), ("BADPENNY_COMMAND", "true")], &["run"], 2)]
fn variables_give_way_to_flags(#[case] variables: &[(&str, &str)], #[case] arguments: &[&str], #[case] code: i32) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = binary::command("badpenny", folder.path());
    let output = command.envs(variables.iter().copied()).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", binary::transcript(&output));
}

#[test]
fn a_key_that_is_none_is_wrong_usage_of_mint_too() {
    let output =
        badpenny(&["mint", "time/expired@one-hour", "--issuer-url", "https://i.example", "--key-file", "/dev/null"]);
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn mint_takes_the_identifier_of_the_scheme_that_is_asked_for() {
    let idp = mock_idp::MockIdp::builder().start().await.unwrap();
    let http = idp.http_issuer();
    let base = http.trim_end_matches("/oauth2/default");
    for (scheme, issuer) in [("http", idp.http_issuer()), ("https", idp.https_issuer())] {
        let output =
            badpenny(&["mint", "time/expired@one-hour", "--idp", base, "--issuer-scheme", scheme, "--explain"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(&format!("\"iss\":\"{issuer}\"")), "{scheme}: {told}");
    }
}

#[test]
fn a_full_disk_is_no_success() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let folder = tempfile::tempdir().unwrap();
    let status = binary::command("badpenny", folder.path()).arg("list").stdout(full).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn list_as_json_holds_every_id() {
    let output = badpenny(&["list", "--json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(rows.iter().any(|row| row["id"] == "time/expired"));
    assert_eq!(rows.len(), 184);
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

#[rstest]
#[case::header("[headers]\nAuthorization = 'Bearer x'\n", "cannot be set")]
#[case::two_lines("[headers]\nX = \"a\\nb\"\n", "one line")]
#[case::two_targets("url = 'http://127.0.0.1:1/'\ncommand = 'true'\n", "`url` and `command` exclude each other")]
#[case::two_issuers("idp = 'http://127.0.0.1:1'\nkey-file = 'x'\n", "`idp` and `key-file` exclude each other")]
#[case::jobs("jobs = 0\n", "from 1 to 256")]
#[case::path_of_the_demo("path = '/orders'\n", "--path needs")]
#[case::snapshot("snapshot = '.'\n", ". cannot be read")]
#[case::number("timeout = 'x'\n", "found a text, expected a number")]
#[case::port("port = 'x'\n", "expected a whole number from 0 to 65535")]
#[case::large_port("port = 70000\n", "found the integer `70000`, expected a whole number from 0 to 65535")]
#[case::flag("strict = 1\n", "expected true or false")]
#[case::list("resolve = 'x'\n", "expected a list")]
#[case::table("headers = ['x']\n", "expected a table")]
#[case::address("issuer-addr = 9000\n", "expected an address such as")]
#[case::time("max-time = true\n", "expected seconds, or a text such as")]
#[case::rate("rate = 0\n", "from 0.01 to 10000")]
#[case::scheme_of_a_url("url = 'https://127.0.0.1:1/'\nscheme = 'https'\n", "--scheme needs --command")]
#[case::resolve("resolve = ['x']\n", "HOST:PORT:ADDRESS")]
#[case::scenarios("scenarios = ['missing.toml']\n", "missing.toml cannot be read")]
fn a_settings_file_is_held_to_the_same_rules(#[case] text: &str, #[case] told: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("badpenny.toml"), text).unwrap();
    let output = binary::command("badpenny", folder.path()).arg("run").output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains(told), "{error}");
    assert_eq!(output.status.code(), Some(2));
}

/// A scenario of one's own, with a word in it that may be wrong.
fn own_scenario(word: &str) -> String {
    format!(
        r#"[[scenario]]
id = "own/tenant"
title = "A token of another tenant is refused"
expect = "refused"
level = "must"
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
fn a_scenario_of_ones_own_is_listed_in_every_profile() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.toml"), own_scenario("claim")).unwrap();
    let arguments = ["list", "--scenarios", "own.toml", "--profile", "core", "own/*"];
    let output = binary::command("badpenny", folder.path()).args(arguments).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("own/tenant@other"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_mistake_in_a_scenario_file_is_shown_in_its_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.toml"), own_scenario("clam")).unwrap();
    let output = binary::command("badpenny", folder.path()).args(["list", "--scenarios", "own.toml"]).output().unwrap();
    insta::assert_snapshot!("scenario_with_a_typo", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(2));
}
