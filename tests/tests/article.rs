//! The article's way with `mock-idp` in Okta's place: the commands of the README, in their
//! order and as they stand there, beside the article's app.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;
use std::process::{Command, Output};

use conformance_tests::machine::has_node;
use conformance_tests::node::{self, Variant};
use conformance_tests::{binary, standing};
use rstest::rstest;

/// Where the README has the app listen.
const PORT: &str = "8080";

/// The commands of the README's section.
fn commands() -> Vec<String> {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mock-idp/README.md");
    let text = std::fs::read_to_string(readme).unwrap();
    let section = text.split("## The article's way").nth(1).unwrap().split("\n## ").next().unwrap();
    let block = section.split("```").nth(1).unwrap();
    block.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

/// One script of them. Where a person would wait until what was started answers, so
/// does the script; whatever it started ends with it.
fn script(commands: &[String], port: u16) -> String {
    let wait = |command: &str| match command {
        "mock-idp &" => "until mock-idp health; do sleep 0.05; done\n".to_owned(),
        "node index.js &" => format!("until (: </dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.05; done\n"),
        _ => String::new(),
    };
    let lines = commands.iter().map(|line| format!("{}\n{}", line.replace(PORT, &port.to_string()), wait(line)));
    format!("set -euo pipefail\ntrap 'kill $(jobs -p)' EXIT\n{}", lines.collect::<String>())
}

/// Runs a script in a folder with the article's app, where the commands are found.
fn run(folder: &Path, variant: Variant, script: &str) -> Output {
    let (app, newman) = (node::installed(variant).unwrap(), node::packages("newman").unwrap());
    for file in ["index.js", "auth.js"] {
        std::fs::copy(app.dir().join(file), folder.join(file)).unwrap();
    }
    let programs = [binary::path("mock-idp").parent().unwrap().to_owned(), newman.join("node_modules/.bin")];
    let found = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(programs.into_iter().chain(std::env::split_paths(&found))).unwrap();
    let ports = [(); 2].map(|()| standing::free_port().to_string());
    Command::new("timeout")
        .args(["120", "bash", "-c", script])
        .current_dir(folder)
        .env("PATH", path)
        .env("XDG_STATE_HOME", folder)
        .env("MOCK_IDP_PORT", &ports[0])
        .env("MOCK_IDP_HTTPS_PORT", &ports[1])
        .envs(app.env())
        .output()
        .unwrap()
}

/// All five requests were made, and nothing was found wrong with the answers.
fn assert_passed(output: &Output) {
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    for passed in [
        "a token is issued",
        "the token is accepted",
        "a request without a token is refused",
        "an expired token is made",
        "an expired token is refused",
    ] {
        assert!(told.contains(&format!("✓  {passed}")), "{told}");
    }
}

#[rstest]
#[case::packages_of_2021(Variant::Year2021)]
#[case::packages_of_today(Variant::Current)]
fn the_commands_of_the_readme_lead_from_nothing_to_a_called_api(#[case] variant: Variant) {
    if !has_node() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), variant, &script(&commands(), standing::free_port()));
    assert_passed(&output);
    let written = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(written(".okta.env").starts_with("export OKTA_OAUTH2_ISSUER=\"https://127.0.0.1:"));
    assert!(written(".env").contains("\nSCOPE=test_scope\n"));
}

#[test]
fn who_takes_tokens_over_https_trusts_the_authority() {
    if !has_node() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let with_trust = |line: String| match line.starts_with("newman") {
        true => format!("{line} --ssl-extra-ca-certs \"$NODE_EXTRA_CA_CERTS\""),
        false => line,
    };
    let commands: Vec<_> =
        commands().into_iter().filter(|line| !line.contains("ISSUER_SCHEME")).map(with_trust).collect();
    assert_passed(&run(folder.path(), Variant::Year2021, &script(&commands, standing::free_port())));
}
