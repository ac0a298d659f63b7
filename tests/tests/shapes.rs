//! Every shape of tokens against a sound server in another language, with its usual
//! library and strict settings: nothing is found, by a key set as by a handed key.

use conformance_tests::machine;
use conformance_tests::node;
use conformance_tests::told;
use rstest::rstest;

/// What a server of a shape is told besides issuer, audience and scope.
fn marks(shape: &str) -> Vec<(&'static str, &'static str)> {
    let at = |place, form| vec![("SCOPE_AT", place), ("SCOPE_AS", form)];
    let jwt = ("TYP", "JWT");
    match shape {
        "rfc9068" => [at("/scope", "text"), vec![("TYP", "at+jwt")]].concat(),
        "okta-org" => [at("/scp", "list"), vec![("TYP", "application/okta-internal-at+jwt")]].concat(),
        "auth0" => [at("/scope", "text"), vec![jwt]].concat(),
        "entra-v1" => [at("/roles", "list"), vec![jwt, ("MARKS", r#"{"ver":"1.0"}"#)]].concat(),
        "entra-v2" => [at("/roles", "list"), vec![jwt, ("MARKS", r#"{"ver":"2.0"}"#)]].concat(),
        "keycloak" => [at("/scope", "text"), vec![jwt, ("MARKS", r#"{"typ":"Bearer"}"#)]].concat(),
        "cognito" => {
            [at("/scope", "text"), vec![("AUDIENCE_AT", "/client_id"), ("MARKS", r#"{"token_use":"access"}"#)]].concat()
        }
        "google" => vec![jwt],
        "zitadel" => [at("/urn:zitadel:iam:org:project:roles", "names"), vec![jwt]].concat(),
        _ => at("/scp", "list"),
    }
}

#[rstest]
fn a_sound_server_of_a_shape_is_found_sound(
    #[values(
        "okta", "okta-org", "rfc9068", "auth0", "entra-v1", "entra-v2", "keycloak", "cognito", "google", "zitadel"
    )]
    shape: &str,
    #[values("jwks", "key")] verifies_by: &str,
) {
    if !machine::has_node() {
        return;
    }
    let app = node::packages("node-shapes").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let told = told::run(folder.path(), |command| {
        command.args(["--profile", "okta", "--strict", "--shape", shape, "--verifies-by", verifies_by]);
        command.args(["--refresh", "2", "--command", "exec node server.js"]).arg("--cwd").arg(&app);
        command.args(["--env", "JWKS_URI={jwks_uri}"]);
        if verifies_by == "key" {
            command.args(["--env", "KEY_FILE={public_key_file}"]);
        }
        for (name, value) in marks(shape) {
            command.arg("--env").arg(format!("{name}={value}"));
        }
    });
    let found = told.found();
    assert!(found.is_empty(), "{found:#?}");
    let judged = told.rows.iter().filter(|row| row.verdict == "pass").count();
    assert!(judged > 80, "{judged} rows were judged");
}

#[rstest]
#[case::a_realm_role("/realm_access/roles", "list")]
#[case::a_client_role("/resource_access/{audience}/roles", "list")]
#[case::a_flat_claim("roles", "list")]
fn the_permission_is_found_wherever_it_stands(#[case] place: &str, #[case] form: &str) {
    if !machine::has_node() {
        return;
    }
    let app = node::packages("node-shapes").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pointer = if place.starts_with('/') { place.to_owned() } else { format!("/{place}") };
    let run = |sound: bool| {
        told::run(folder.path(), |command| {
            command.args(["scope/*", "baseline/*", "--profile", "hardening", "--strict", "--shape", "keycloak"]);
            command.args(["--scope-claim", place, "--command", "exec node server.js"]).arg("--cwd").arg(&app);
            command.args(["--env", "JWKS_URI={jwks_uri}", "--env", "TYP=JWT", "--env", r#"MARKS={"typ":"Bearer"}"#]);
            if sound {
                command.arg("--env").arg(format!("SCOPE_AT={}", pointer.replace("{audience}", "{{audience}}")));
                command.arg("--env").arg(format!("SCOPE_AS={form}"));
            }
        })
    };
    assert!(run(true).found().is_empty(), "{:#?}", run(true).found());
    // The same server without a look at the permission.
    assert_eq!(run(false).verdict("scope/missing-required@other-scope"), "vulnerable");
}
