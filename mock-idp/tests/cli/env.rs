//! The settings of a program, as lines of a shell and as files.

use std::process::Command;

use rstest::rstest;

use crate::support::{run, state, text};

#[test]
fn env_prints_what_a_shell_can_take() {
    let state = state();
    let output = run(state.path(), &["env"]);
    let script = format!("{}printf '%s|%s|%s' \"$ISSUER\" \"$AUDIENCE\" \"$SCOPE\"", text(&output.stdout));
    let shell = Command::new("sh").arg("-c").arg(script).output().unwrap();
    assert_eq!(text(&shell.stdout), "https://127.0.0.1:9443/oauth2/default|api://default|test_scope");
    let ca = std::fs::read_to_string(state.path().join("ca.pem")).unwrap();
    let bundle = std::fs::read_to_string(state.path().join("ca-bundle.pem")).unwrap();
    assert!(bundle.ends_with(&ca));
}

#[test]
fn the_file_of_oktas_command_line_has_its_names_and_quotes() {
    let state = state();
    let output = run(state.path(), &["env", "--format", "okta"]);
    assert_eq!(
        text(&output.stdout),
        "export OKTA_OAUTH2_ISSUER=\"https://127.0.0.1:9443/oauth2/default\"\n\
         export OKTA_OAUTH2_CLIENT_ID=\"0oaBadpennyTestClien\"\n\
         export OKTA_OAUTH2_CLIENT_SECRET=\"badpenny-test-secret-public-by-intent-00\"\n"
    );
}

#[test]
fn a_dotenv_file_has_what_a_program_reads_and_says_what_it_is_too_late_for() {
    let state = state();
    let output = run(state.path(), &["env", "--format", "dotenv", "--issuer-scheme", "http"]);
    let lines = text(&output.stdout);
    assert!(
        lines.starts_with("ISSUER=http://127.0.0.1:9000/oauth2/default\nAUDIENCE=api://default\nSCOPE=test_scope\n"),
        "{lines}"
    );
    let (before, after) = lines.split_once("# Node and Java read theirs as they start").unwrap();
    assert!(before.contains("CLIENT_SECRET=") && after.contains("NODE_EXTRA_CA_CERTS="), "{lines}");
}

#[rstest]
#[case(&["env", "--format", "dotenv", "--write"])]
#[case(&["env", "--format", "okta", "--write"])]
#[case(&["init"])]
#[case(&["postman", "--environment", "-", "--collection"])]
fn a_file_that_is_there_is_replaced_by_force_only(#[case] arguments: &[&str]) {
    use std::os::unix::fs::PermissionsExt as _;
    let state = state();
    let file = state.path().join("file");
    let write = |more: &[&str]| run(state.path(), &[arguments, &[file.to_str().unwrap()], more].concat());
    assert!(write(&[]).status.success());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::write(&file, "mine").unwrap();
    let refused = write(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        text(&refused.stderr).ends_with("file is there already: replace it with --force, or name another file\n"),
        "{}",
        text(&refused.stderr)
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    assert!(write(&["--force"]).status.success());
    assert_ne!(std::fs::read_to_string(&file).unwrap(), "mine");
}
