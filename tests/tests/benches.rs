//! Where benches can't be had, and servers that look for keys in their own way:
//! the same verdicts as those of a server that makes it easy.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::collections::BTreeMap;
use std::path::Path;

use conformance_tests::binary;
use conformance_tests::standing::free_port;
use conformance_tests::told::{self, Told};

/// Runs a profile with these arguments; the server's command line stands among them.
fn run(folder: &Path, arguments: &[&str]) -> Told {
    told::run(folder, |command| {
        command.args(["--strict", "--env", "LEAKY_COOLDOWN_MS=300", "--declare", "identity=/sub"]).args(arguments);
    })
}

fn verdicts(told: &Told) -> BTreeMap<String, String> {
    told.rows.iter().map(|row| (row.name.clone(), row.verdict.clone())).collect()
}

fn stderr(told: &Told) -> String {
    String::from_utf8_lossy(&told.output.stderr).into_owned()
}

fn leaky() -> String {
    binary::path("leaky").display().to_string()
}

/// The verdicts of `okta` where benches stand side by side.
fn ordinary() -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let trial = run(folder.path(), &["--command", &leaky(), "--refresh", "6"]);
    assert!(trial.found().is_empty(), "{:?}", trial.found());
    verdicts(&trial)
}

#[test]
fn one_bench_or_many_the_verdicts_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let expected = ordinary();
    let command = leaky();
    for more in [&["--jobs", "1"][..], &["--jobs", "24"], &["--one-bench"]] {
        let arguments = [&["--command", &command, "--refresh", "6"], more].concat();
        assert_eq!(verdicts(&run(folder.path(), &arguments)), expected, "{more:?}");
    }
}

#[test]
fn another_identifier_of_the_issuer_is_for_who_can_be_started_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["interop/issuer@ends-in-a-slash", "interop/issuer@without-a-path"];
    let verdicts_of = |command: &str, more: &[&str]| {
        let arguments = ["--profile", "interop", "interop/issuer", "--command", command, "--refresh", "3"];
        let told = run(folder.path(), &[&arguments, more].concat());
        names.map(|name| (told.verdict(name).to_owned(), told.row(name).reason.clone()))
    };
    let verdicts_are = |rows: [(String, String); 2], due: [&str; 2]| {
        assert_eq!(rows.each_ref().map(|(verdict, _)| verdict.as_str()), due, "{rows:?}");
        rows.map(|(_, reason)| reason)
    };
    verdicts_are(verdicts_of(&leaky(), &[]), ["pass", "pass"]);
    let alone = verdicts_are(verdicts_of(&leaky(), &["--one-bench"]), ["skipped", "skipped"]);
    assert!(alone[0].contains("can't be started for an issuer with another identifier"), "{alone:?}");
    let cutting = ["--env", "LEAKY_DEFECT=cuts-slash-of-issuer"];
    verdicts_are(verdicts_of(&leaky(), &cutting), ["deviates", "pass"]);
    let picky = format!("case $ISSUER in */) exit 3;; esac; exec {}", leaky());
    let ended = verdicts_are(verdicts_of(&picky, &[]), ["broken", "pass"]);
    assert!(ended[0].contains("it does not start for the issuer"), "{ended:?}");
}

#[test]
fn a_server_on_a_port_of_its_own_choice_has_one_bench() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port().to_string();
    let command = format!("SERVER_PORT={port} exec {}", leaky());
    let trial = run(folder.path(), &["--command", &command, "--port", &port, "--refresh", "6"]);
    assert_eq!(verdicts(&trial), ordinary());
}

#[test]
fn a_server_of_which_only_one_can_be_there_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    // As a second port that is the same for all would.
    let command = format!("exec 9>only-one; flock --nonblock 9 || exit 3; exec {}", leaky());
    let trial = run(folder.path(), &["--command", &command, "--refresh", "6"]);
    assert_eq!(verdicts(&trial), ordinary());
    let said = stderr(&trial);
    assert!(said.contains("one bench for all cases: a second one does not start beside it"), "{said}");
}

#[test]
fn a_server_whose_issuer_is_written_into_it_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let command = format!("ISSUER=http://{address}/oauth2/default exec {}", leaky());
    let arguments = ["--command", &command, "--issuer-addr", &address, "--issuer-scheme", "http", "--refresh", "6"];
    let trial = run(folder.path(), &arguments);
    assert_eq!(verdicts(&trial), ordinary());
    assert!(stderr(&trial).contains("its issuer is its own"), "{}", stderr(&trial));
}

#[test]
fn a_server_that_keeps_state_is_brought_back_between_cases() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("refusals").display().to_string();
    let (lockout, reset) = (format!("LEAKY_LOCKOUT_FILE={file}"), format!("rm -f {file}"));
    let command = leaky();
    let keeping = ["--command", &command, "--env", &lockout, "--one-bench", "--refresh", "6"];
    let trial = run(folder.path(), &[&keeping[..], &["--reset", &reset]].concat());
    assert_eq!(verdicts(&trial), ordinary());
    // Without that it locks everybody out, which is no verdict on any case.
    std::fs::remove_file(&file).ok();
    let locked = run(folder.path(), &keeping);
    assert!(locked.rows.iter().any(|row| row.verdict == "inconclusive"), "{:?}", locked.rows);
}

#[test]
fn a_server_that_fetches_by_the_clock_passes_when_its_time_is_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let command = leaky();
    let clock = ["--command", &command, "--env", "LEAKY_QUIRKS=fetches-by-the-clock", "--env", "LEAKY_MAX_AGE_MS=4000"];
    let keys = ["keys/rotation-new-key", "keys/rotation-overlap", "keys/removed-key", "keys/test-issuer-trusted"];
    let trial = run(folder.path(), &[&keys[..], &clock, &["--refresh", "4"]].concat());
    let judged: Vec<_> = trial.rows.iter().filter(|row| row.verdict != "skipped").collect();
    assert!(judged.len() == 4 && judged.iter().all(|row| row.verdict == "pass"), "{judged:?}");
    let seconds = trial.report["duration_ms"].as_f64().unwrap() / 1000.0;
    assert!(seconds < 12.0, "all of them wait at the same time: {seconds} s");
}

#[test]
fn a_server_that_reads_its_keys_once_is_one_finding_and_a_refresh_too_short_proves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let command = leaky();
    let once = ["--command", &command, "--env", "LEAKY_DEFECT=keys-loaded-once"];
    let own = folder.path().join("quick.toml");
    std::fs::write(&own, "id = 'quick@1'\ntitle = 'okta with less patience'\ninclude = ['okta@1']\nscenarios = []\n[settings]\nleeway = 300\nrefresh = 3\n").unwrap();
    let trial = run(folder.path(), &[&once[..], &["--profile", own.to_str().unwrap()]].concat());
    assert_eq!(trial.found().len(), 1, "{:?}", trial.found());
    let told = trial.row("keys/rotation-new-key@new-key");
    assert_eq!(told.verdict, "broken");
    assert!(told.reason.contains("no fetch within 3 s"), "{}", told.reason);
    assert_eq!(trial.verdict("keys/removed-key@withdrawn"), "skipped");
    // What is about a key set that a target starts with is judged.
    assert_eq!(trial.verdict("keys/test-issuer-trusted@built-in-key"), "pass");

    let hurried = run(folder.path(), &[&once[..], &["--refresh", "1"]].concat());
    assert!(hurried.found().is_empty(), "{:?}", hurried.found());
    let reason = &hurried.row("keys/rotation-new-key@new-key").reason;
    assert!(reason.contains("raise --refresh"), "{reason}");
}
