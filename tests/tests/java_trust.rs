//! A Java program trusts the issuer without a word from its owner, whose own options
//! are kept.

use conformance_tests::{binary, machine};
use rstest::rstest;

/// What came of a run whose target is a Java program that fetches the key set and ends.
fn fetched(inherited: &[(&str, &str)], arguments: &[&str]) -> String {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/targets/java-fetch/Fetch.java");
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let output = binary::command("badpenny", folder.path())
        .args(["run", "--wait", "60", "--env", "JWKS_URI={jwks_uri}", "--command", &format!("java {source}")])
        .args(arguments)
        .envs(inherited.iter().copied())
        .output()
        .unwrap_or_else(|error| panic!("{error}"));
    binary::transcript(&output)
}

#[rstest]
#[case::inherited(&[("JAVA_TOOL_OPTIONS", "-Xmx96m")], &[])]
#[case::given(&[], &["--env", "JAVA_TOOL_OPTIONS=-Xmx96m"])]
fn a_virtual_machine_trusts_the_issuer_and_keeps_its_owners_options(
    #[case] inherited: &[(&str, &str)],
    #[case] arguments: &[&str],
) {
    if machine::has_java() {
        // It ends at once, which is told with what it wrote.
        let text = fetched(inherited, arguments);
        assert!(text.contains("fetched 200 with keys: true") && text.contains("heap 96"), "{text}");
    }
}

#[test]
fn a_trust_store_of_ones_own_is_left_alone() {
    if machine::has_java() {
        let text = fetched(&[], &["--env", "JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/nonexistent/store"]);
        assert!(!text.contains("fetched 200") && text.contains("PKIX path building failed"), "{text}");
    }
}
