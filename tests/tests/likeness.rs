//! Tokens of real issuers, read: the dialect that is written mints their like, which
//! a server that was set up for that issuer takes, and nobody's name is in it.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;
use std::process::{Command, Output};

use conformance_tests::{binary, machine, node, told};
use rstest::rstest;

/// What names somebody in the tokens: names, addresses and ids, in any spelling.
const OF_SOMEBODY: [&str; 6] = ["alice", "bob", "anary@", "Canary", "4711", "hx7Kd9"];

/// Tokens of an issuer for these subjects, each in a file of its own.
fn tokens(issuer: &str, subjects: &[&str], folder: &Path) -> Vec<String> {
    let app = node::packages("node-issuers").unwrap();
    let output = Command::new(node::executable().unwrap())
        .args(["issue.js", issuer])
        .args(subjects)
        .current_dir(app)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // A warning may stand before them.
    let tokens = text.lines().filter(|line| line.starts_with("eyJ"));
    let files: Vec<String> = tokens
        .enumerate()
        .map(|(number, token)| {
            let path = folder.join(format!("token-{number}"));
            std::fs::write(&path, token).unwrap();
            format!("file:{}", path.display())
        })
        .collect();
    assert_eq!(files.len(), subjects.len(), "{text}");
    files
}

fn likeness(folder: &Path, places: &[String]) -> Output {
    let places = places.iter().flat_map(|place| ["--like", place]);
    binary::command("badpenny", folder).arg("dialect").args(places).output().unwrap()
}

#[rstest]
fn the_like_of_a_real_token_is_accepted_and_names_nobody(
    #[values("oidc-provider", "oauth2-mock-server")] issuer: &str,
    #[values(&["alice"], &["alice", "alice"], &["alice", "bob"])] subjects: &[&str],
) {
    if !machine::has_node() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = likeness(folder.path(), &tokens(issuer, subjects, folder.path()));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{}", binary::transcript(&output));
    for name in OF_SOMEBODY {
        assert!(!text.contains(name), "{name} in\n{text}");
    }
    assert!(text.contains("audience = \"https://orders.canary.example\""), "the audience is kept:\n{text}");
    assert!(text.contains("org = ") && text.contains("employee_id = "), "names and types are kept:\n{text}");

    std::fs::write(folder.path().join("badpenny.toml"), &text).unwrap();
    let app = node::packages("node-shapes").unwrap();
    let typ = if issuer == "oidc-provider" { "at+jwt" } else { "JWT" };
    let told = told::run(folder.path(), |command| {
        command.args(["baseline/valid", "time/expired", "scope/missing-required", "--scope", "orders:read"]);
        command.args(["--verifies-by", "key", "--env", "KEY_FILE={public_key_file}", "--env", "ALG={alg}"]);
        command.args(["--env", "SCOPE_AT=/scope", "--env", "SCOPE_AS=text", "--env", &format!("TYP={typ}")]);
        command.args(["--command", "exec node server.js"]).arg("--cwd").arg(app);
    });
    assert!(told.found().is_empty(), "{:#?}", told.found());
    assert_eq!(told.verdict("baseline/valid@control"), "pass");
}

#[test]
fn a_token_is_no_argument_and_an_opaque_one_tells_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = likeness(folder.path(), &["eyJhbGciOiJub25lIn0.e30.".to_owned()]);
    let text = binary::transcript(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("env:NAME, file:PATH or cmd:COMMAND") && !text.contains("eyJ"), "{text}");
    let output = likeness(folder.path(), &["cmd:echo opaque-4711-token".to_owned()]);
    let text = binary::transcript(&output);
    assert!(text.contains("token 1 is opaque") && !text.contains("4711"), "{text}");
}
