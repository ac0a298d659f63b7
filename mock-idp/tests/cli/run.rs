//! A command beside an issuer of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use rstest::rstest;

use crate::support::{command, run, state, text};

#[test]
fn a_command_is_told_all_that_it_needs_and_reaches_the_issuer() {
    let state = state();
    let script = "printf '%s %s %s %s ' \"$AUDIENCE\" \"$SCOPE\" \"$CLIENT_ID\" \"$CLIENT_SECRET\"; \
                  test -s \"$SSL_CERT_FILE\" && test -s \"$NODE_EXTRA_CA_CERTS\" && echo \"$ISSUER $JAVA_TOOL_OPTIONS\"";
    let output = run(state.path(), &["run", "--", "sh", "-c", script]);
    let told = text(&output.stdout);
    assert!(
        told.starts_with(
            "api://default test_scope 0oaBadpennyTestClien badpenny-test-secret-public-by-intent-00 https://127.0.0.1:"
        ),
        "{told}"
    );
    assert!(told.contains("-Djavax.net.ssl.trustStore=") && !told.contains("127.0.0.1:9443"), "{told}");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn the_issuer_answers_while_the_command_runs() {
    let state = state();
    // The binary itself is a client that every machine has.
    let binary = env!("CARGO_BIN_EXE_mock-idp");
    let script = format!("exec {binary} health --idp \"${{ISSUER%/oauth2/default}}\"");
    let output = run(state.path(), &["run", "--", "sh", "-c", &script]);
    assert!(text(&output.stdout).ends_with(" is well\n"), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[rstest]
#[case("exit 0", 0)]
#[case("exit 7", 7)]
#[case("kill -TERM $$", 143)]
fn the_commands_status_is_the_runs(#[case] script: &str, #[case] status: i32) {
    assert_eq!(run(state().path(), &["run", "--", "sh", "-c", script]).status.code(), Some(status));
}

#[rstest]
#[case("no-such-command", 127)]
#[case("/", 126)]
fn a_command_that_can_not_be_started_is_told_as_a_shell_tells_it(#[case] program: &str, #[case] status: i32) {
    let output = run(state().path(), &["run", "--", program]);
    assert_eq!(output.status.code(), Some(status));
    assert!(
        text(&output.stderr).contains(&format!("the command \"{program}\" cannot be started")),
        "{}",
        text(&output.stderr)
    );
}

#[rstest]
#[case("TERM")]
#[case("INT")]
#[case("HUP")]
fn a_signal_is_passed_on_and_the_command_decides(#[case] signal: &str) {
    let state = state();
    let script = format!("trap 'echo caught; exit 9' {signal}; echo ready; while :; do sleep 0.05; done");
    let mut run = command(state.path())
        .args(["run", "--", "sh", "-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    let sent = Command::new("kill").args(["-s", signal, &run.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(lines.next().unwrap().unwrap(), "caught");
    assert_eq!(run.wait().unwrap().code(), Some(9));
}
