//! What is accepted, known, left out, or run again because it failed.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;
use std::process::Output;

use badpenny::cargo_test::Conformance;
use conformance_tests::told::{self, Told};
use conformance_tests::{binary, naive};
use rstest::rstest;
use tokio::task::{LocalSet, spawn_local};

/// A server with that defect; with none where it is empty.
fn leaky(folder: &Path, defect: &str, arguments: &[&str]) -> Told {
    told::run(folder, |command| {
        let leaky = binary::path("leaky");
        command.arg("--command").arg(&leaky).args(["--env", &format!("LEAKY_DEFECT={defect}"), "--name", "leaky"]);
        command.args(["--profile", "core"]).args(arguments);
    })
}

const AUDIENCE: &str = "ignores-audience";

/// The built-in demo server, which does all of it right.
fn sound(folder: &Path, arguments: &[&str]) -> Told {
    told::run(folder, |command| {
        command.args(["--profile", "core"]).args(arguments);
    })
}

fn badpenny(folder: &Path, arguments: &[&str]) -> Output {
    binary::command("badpenny", folder).args(arguments).output().unwrap()
}

fn accept(folder: &Path, more: &[&str]) -> Output {
    badpenny(folder, &[&["accept", "audience/other", "--reason", "the gateway checks it"], more].concat())
}

/// An entry as a person writes it.
fn entry(id: &str, until: &str) -> String {
    format!("[[accept]]\nid = \"{id}\"\nreason = \"the gateway checks it\"\nuntil = {until}\n")
}

fn write(folder: &Path, file: &str, text: &str) {
    std::fs::write(folder.join(file), text).unwrap();
}

fn stdout(told: &Told) -> String {
    String::from_utf8_lossy(&told.output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn code(told: &Told) -> Option<i32> {
    told.output.status.code()
}

#[test]
fn what_is_accepted_shows_as_accepted_in_every_report_and_fails_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let reports = ["--report", "junit=run.xml", "--report", "markdown=run.md"];
    let only = ["audience/*", "scope/missing-required"];
    assert_eq!(code(&leaky(folder.path(), AUDIENCE, &only)), Some(1));

    let output = accept(folder.path(), &["--until", "2099-12-31", "--owner", "team-a"]);
    assert_eq!(output.status.code(), Some(0), "{}", binary::transcript(&output));
    let told = leaky(folder.path(), AUDIENCE, &[only.as_slice(), &reports].concat());
    assert_eq!(code(&told), Some(0), "{}", binary::transcript(&told.output));
    let excuse = "accepted by team-a until 2099-12-31: the gateway checks it";
    let text = stdout(&told);
    assert!(text.contains("ACCEPTED      audience/other (2 variants)   critical\n  got        vulnerable: "), "{text}");
    assert!(text.contains(&format!("\n  excused    {excuse}\n")), "{text}");
    assert!(text.contains("\n2 variants accepted: not failing the run\n"), "{text}");
    assert!(!text.contains("VULNERABLE"), "{text}");

    let row = &told.report["results"][0];
    assert_eq!(row["id"], "audience/other");
    assert_eq!((row["verdict"].as_str(), row["excuse"]["kind"].as_str()), (Some("vulnerable"), Some("accepted")));
    assert_eq!(row["excuse"]["until"], "2099-12-31");
    assert_eq!(told.report["outdated"].as_array().map(Vec::len), Some(0));
    let read = |file: &str| std::fs::read_to_string(folder.path().join(file)).unwrap();
    assert!(read("run.xml").contains(&format!("<skipped message=\"{excuse} (vulnerable: ")), "{}", read("run.xml"));
    assert!(read("run.xml").contains("failures=\"0\""), "{}", read("run.xml"));
    assert!(read("run.md").contains("\n2 variants accepted: not failing the run\n"), "{}", read("run.md"));
    assert!(read("run.md").contains(&format!("(accepted)\n\n{excuse}\n")), "{}", read("run.md"));
}

#[test]
fn an_entry_that_has_expired_fails_the_run_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "badpenny.toml", &entry("audience/other", "2020-01-31"));
    let told =
        leaky(folder.path(), AUDIENCE, &["audience/*", "--report", "junit=run.xml", "--report", "markdown=run.md"]);
    assert_eq!(code(&told), Some(1));
    let text = stdout(&told);
    let message = "audience/other was accepted until 2020-01-31: fix it, or set a later `until` in badpenny.toml";
    assert!(text.contains(&format!("ACCEPT        {message}\n")), "{text}");
    assert!(text.contains("\n1 outdated entry of [[accept]] fails the run\n"), "{text}");
    assert!(text.contains("VULNERABLE    audience/other (2 variants)"), "{text}");
    assert_eq!(told.report["outdated"][0]["why"], "expired");
    assert_eq!(told.report["outdated"][0]["message"], message);
    for file in ["run.xml", "run.md"] {
        let report = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(report.contains("was accepted until 2020-01-31"), "{file}: {report}");
    }
}

#[test]
fn an_entry_for_a_scenario_that_was_renamed_is_pointed_at_with_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "badpenny.toml", &format!("profile = \"core\"\n\n{}", entry("audience/othr", "2099-12-31")));
    let output = badpenny(folder.path(), &["run", "time/*"]);
    insta::assert_snapshot!("renamed", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_entry_for_what_was_fixed_fails_the_run_until_it_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "accepts.toml", &entry("audience/other", "2099-12-31"));
    let told = sound(folder.path(), &["--accept-file", "accepts.toml"]);
    assert_eq!(code(&told), Some(1));
    let text = stdout(&told);
    let message = "audience/other is accepted, and nothing of it was found: remove the entry from accepts.toml";
    assert!(text.contains(&format!("ACCEPT        {message}\n")), "{text}");
    assert_eq!(told.report["outdated"][0]["message"], message);
    assert_eq!(told.report["exit"], 1);
}

#[rstest]
#[case::not_selected(&["time/*"])]
#[case::excluded(&["--exclude", "audience/other@client-id"])]
#[case::not_reached(&["--max-time", "0.01"])]
#[case::of_a_check_that_sees_a_part(&["time/*", "response/challenge-present"])]
fn an_entry_whose_rows_were_not_all_judged_is_not_outdated(#[case] arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let entries =
        ["audience/other", "dos/deep-json", "response/challenge-present"].map(|id| entry(id, "2099-12-31")).join("\n");
    write(folder.path(), "badpenny.toml", &entries);
    let told = sound(folder.path(), arguments);
    assert_eq!(told.report["outdated"].as_array().map(Vec::len), Some(0), "{}", stdout(&told));
}

#[test]
fn an_entry_for_another_target_says_nothing_of_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let of = |target: &str| format!("{}target = \"{target}\"\n", entry("audience/other", "2099-12-31"));
    write(folder.path(), "badpenny.toml", &of("orders"));
    let told = leaky(folder.path(), AUDIENCE, &["audience/*"]);
    assert_eq!(code(&told), Some(1), "{}", stdout(&told));
    assert_eq!(told.report["outdated"].as_array().map(Vec::len), Some(0));
    write(folder.path(), "badpenny.toml", &of("leaky"));
    assert_eq!(code(&leaky(folder.path(), AUDIENCE, &["audience/*"])), Some(0));
}

#[test]
fn one_accepted_variant_leaves_the_others_of_its_scenario_failing() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "badpenny.toml", &entry("audience/other@client-id", "2099-12-31"));
    let told = leaky(folder.path(), AUDIENCE, &["audience/*"]);
    let text = stdout(&told);
    assert!(text.contains("VULNERABLE    audience/other@sibling-api"), "{text}");
    assert!(text.contains("ACCEPTED      audience/other@client-id"), "{text}");
    assert_eq!(code(&told), Some(1));
}

#[test]
fn an_accepted_finding_does_not_stop_a_run_that_stops_at_the_first() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "badpenny.toml", &entry("audience/other", "2099-12-31"));
    let told = leaky(folder.path(), AUDIENCE, &["audience/*", "token-type/id-token", "--fail-fast", "--jobs", "1"]);
    assert!(told.rows.iter().all(|row| row.verdict != "skipped"), "{}", stdout(&told));
}

#[rstest]
#[case::no_reason("no_reason", "[[accept]]\nid = \"audience/other\"\nuntil = \"2099-12-31\"\n")]
#[case::no_day("no_day", "[[accept]]\nid = \"audience/other\"\nreason = \"x\"\nuntil = \"soon\"\n")]
fn a_wrong_entry_is_pointed_at(#[case] name: &str, #[case] text: &str) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "accepts.toml", text);
    let output = badpenny(folder.path(), &["run", "time/*", "--accept-file", "accepts.toml"]);
    insta::assert_snapshot!(name, binary::transcript(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn accept_writes_behind_what_is_there_and_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "# mine\nprofile = \"core\"\n\n[headers]\nX-Tenant = \"a\" # kept";
    write(folder.path(), "badpenny.toml", settings);
    let output = accept(folder.path(), &["--until", "2099-12-31", "--target", "orders"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(told, "audience/other of orders is accepted until 2099-12-31: written to badpenny.toml\n");
    let written = std::fs::read_to_string(folder.path().join("badpenny.toml")).unwrap();
    assert!(written.starts_with(&format!("{settings}\n\n[[accept]]\nid = \"audience/other\"\n")), "{written}");

    let twice = accept(folder.path(), &["--until", "2099-12-31", "--target", "orders"]);
    assert_eq!(twice.status.code(), Some(2));
    assert!(stderr(&twice).contains("is accepted in badpenny.toml already, until 2099-12-31"), "{}", stderr(&twice));
    assert_eq!(std::fs::read_to_string(folder.path().join("badpenny.toml")).unwrap(), written);
    assert_eq!(accept(folder.path(), &["--until", "2099-12-31"]).status.code(), Some(0), "every other target");
}

#[test]
fn accept_makes_a_file_of_its_own_and_says_how_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let output = accept(folder.path(), &["--until", "2099-12-31", "--file", "accepts.toml"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stderr(&output).contains("--accept-file accepts.toml, or with accept-file = \"accepts.toml\" in badpenny.toml")
    );
    let told = leaky(folder.path(), AUDIENCE, &["audience/*", "--accept-file", "accepts.toml"]);
    assert_eq!(code(&told), Some(0), "{}", stdout(&told));
}

#[rstest]
#[case::past("past", &["audience/other", "--reason", "x", "--until", "2020-01-31"], 2)]
#[case::blank("blank", &["audience/other", "--reason", " ", "--until", "2099-12-31"], 2)]
#[case::no_date("no_date", &["audience/other", "--reason", "x", "--until", "soon"], 2)]
#[case::unknown("unknown", &["audience/othr", "--reason", "x", "--until", "2099-12-31"], 4)]
#[case::no_name("no_name", &["level:must", "--reason", "x", "--until", "2099-12-31"], 4)]
fn accept_writes_nothing_that_is_wrong(#[case] name: &str, #[case] arguments: &[&str], #[case] code: i32) {
    let folder = tempfile::tempdir().unwrap();
    let output = badpenny(folder.path(), &[&["accept"], arguments].concat());
    assert_eq!(output.status.code(), Some(code));
    let told = stderr(&output);
    let expected = match name {
        "past" => "error: --until 2020-01-31 has passed: today is 20",
        "blank" => "error: --reason: this is blank",
        "no_date" => "error: --until: \"soon\" is no day: write one such as 2027-01-31",
        "unknown" => "error: \"audience/othr\" names no scenario: did you mean \"audience/other\"?",
        _ => "error: \"level:must\" is no name: what is accepted is named: write an id",
    };
    assert!(told.starts_with(expected), "{told}");
    assert!(!folder.path().join("badpenny.toml").exists());
}

#[test]
fn only_what_the_snapshot_did_not_have_fails_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let run = |defect: &str, more: &[&str]| {
        leaky(
            folder.path(),
            defect,
            &[&["audience/*", "scope/missing-required", "--snapshot", "run.snap"], more].concat(),
        )
    };
    let missing = badpenny(folder.path(), &["run", "--only-new", "--snapshot", "run.snap"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr(&missing).contains("run.snap is not there: run once without it, which writes run.snap"));
    let nothing = badpenny(folder.path(), &["run", "--only-new"]);
    assert!(stderr(&nothing).contains("--only-new needs --snapshot FILE"), "{}", stderr(&nothing));

    assert_eq!(code(&run(AUDIENCE, &[])), Some(1));
    assert!(folder.path().join("run.snap").exists(), "written whatever was found");
    let told = run(AUDIENCE, &["--only-new"]);
    assert_eq!(code(&told), Some(0), "{}", stdout(&told));
    assert!(stdout(&told).contains("KNOWN         audience/other (2 variants)   critical\n"), "{}", stdout(&told));
    assert!(stdout(&told).contains("\n  excused    known: the snapshot had it before\n"), "{}", stdout(&told));
    assert_eq!(told.report["results"][0]["excuse"]["kind"], "known");

    let told = run("ignores-scope", &["--only-new"]);
    assert_eq!(code(&told), Some(1), "{}", stdout(&told));
    assert!(stdout(&told).contains("VULNERABLE    scope/missing-required"), "{}", stdout(&told));
    assert_eq!(code(&run("", &["--only-new"])), Some(0), "what is fixed fails nothing");
}

#[test]
fn what_failed_last_is_run_again_and_forgotten_when_it_passes() {
    let folder = tempfile::tempdir().unwrap();
    let names = |told: &Told| told.rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
    let nothing = badpenny(folder.path(), &["run", "--last-failed"]);
    assert_eq!(nothing.status.code(), Some(4));
    let told = stderr(&nothing);
    let expected =
        "error: no run of demo server with okta@1 that failed is remembered for this folder: run once without";
    assert!(told.starts_with(expected), "{told}");

    assert_eq!(code(&leaky(folder.path(), AUDIENCE, &["audience/*", "time/*"])), Some(1));
    let both = ["audience/other@sibling-api", "audience/other@client-id"];
    assert_eq!(names(&leaky(folder.path(), AUDIENCE, &["--last-failed"])), both);
    assert_eq!(names(&leaky(folder.path(), AUDIENCE, &["--last-failed", "*@client-id"])), both[1..]);
    let other = badpenny(folder.path(), &["run", "--last-failed", "--name", "other"]);
    assert_eq!(other.status.code(), Some(4), "another target failed nothing");

    assert_eq!(code(&leaky(folder.path(), "", &["--last-failed"])), Some(0));
    let command = binary::path("leaky").display().to_string();
    let arguments = ["run", "--last-failed", "--command", &command, "--name", "leaky", "--profile", "core"];
    let told = stderr(&badpenny(folder.path(), &arguments));
    assert!(told.starts_with("error: nothing of leaky with core@1 failed last: run without --last-failed"), "{told}");
}

#[test]
fn what_is_excluded_is_not_run_by_a_flag_or_by_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let told = leaky(folder.path(), AUDIENCE, &["audience/*", "scope/*", "--exclude", "audience/other"]);
    assert_eq!(code(&told), Some(0), "{}", stdout(&told));
    assert!(told.rows.iter().all(|row| !row.name.starts_with("audience/other@")));
    write(folder.path(), "badpenny.toml", "exclude = [\"rfc8725/3.9\", \"tag:slow\"]\n");
    assert_eq!(code(&leaky(folder.path(), AUDIENCE, &["audience/*", "scope/*"])), Some(0));
}

#[test]
fn a_profile_that_only_includes_another_runs() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "own.toml", "id = \"own@1\"\ntitle = \"own\"\ninclude = [\"rfc9068\"]\n");
    let output = badpenny(folder.path(), &["run", "rfc9068/2.1", "--profile", "own.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", binary::transcript(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("profile own@1"));
}

/// What a test says of a server that takes any token.
async fn check(folder: &Path, id: &str, until: &str) -> Result<(), String> {
    let answer = |request: &wiremock::Request| {
        if naive::carries_jwt(request) { wiremock::ResponseTemplate::new(200) } else { naive::refused() }
    };
    let server = naive::server(answer).await;
    write(folder, "accepts.toml", &entry(id, until));
    let snapshot = folder.join("outcomes.snap");
    let conformance = Conformance::start().await.profile("core").only("audience/other").only("scope/*");
    let conformance = conformance.exclude("scope/*").accept_file(folder.join("accepts.toml")).snapshot(snapshot);
    let uri = server.uri();
    let local = LocalSet::new();
    let checked = local.run_until(async { spawn_local(async move { conformance.check(&uri).await }).await });
    checked.await.map(drop).map_err(|error| {
        let panic = error.into_panic();
        panic.downcast_ref::<String>().cloned().unwrap_or_default()
    })
}

#[tokio::test]
async fn an_accepted_finding_fails_no_test_and_an_outdated_entry_does() {
    let folder = tempfile::tempdir().unwrap();
    let expired = check(folder.path(), "audience/other", "2020-01-31").await.unwrap_err();
    assert!(expired.contains("audience/other was accepted until 2020-01-31: fix it"), "{expired}");
    let snapshot = std::fs::read_to_string(folder.path().join("outcomes.snap")).unwrap();
    assert!(snapshot.contains("vulnerable"), "written whatever was found: {snapshot}");
    assert_eq!(check(folder.path(), "audience/other", "2099-12-31").await, Ok(()));
    let renamed = check(folder.path(), "audience/othr", "2099-12-31").await.unwrap_err();
    assert!(renamed.contains("accepts.toml:2:6: accept[0].id: \"audience/othr\" names no scenario"), "{renamed}");
}
