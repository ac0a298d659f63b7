//! APIs that listen in their own way, `targets/node-listens`: a sound one passes,
//! the same with one mistake is found by its row, and nothing runs into a deadline.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::{Path, PathBuf};
use std::process::Command;

use conformance_tests::standing::{Standing, free_port};
use conformance_tests::told::{self, Told};
use conformance_tests::{binary, machine};
use rstest::rstest;

fn server() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/node-listens")
}

/// A run against the server with these variables, which the run starts.
fn run(profile: &str, variables: &[&str], arguments: &[&str]) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let told = told::run(folder.path(), |command| {
        command.args(["--profile", profile, "--issuer-scheme", "http", "--command", "node server.js", "--cwd"]);
        command.arg(server()).args(arguments);
        for variable in variables {
            command.args(["--env", variable]);
        }
    });
    let longest = told.report["results"].as_array().unwrap().iter().filter_map(|row| row["duration_ms"].as_f64());
    assert!(longest.fold(0.0, f64::max) < 9000.0, "a row ran into the deadline of 10 s");
    told
}

/// The rows that tell of something wrong, a line each.
fn wrong(told: &Told) -> Vec<String> {
    let rows = told.found().into_iter().filter(|row| row.verdict != "note");
    rows.map(|row| format!("{} {}: {}", row.verdict, row.name, row.reason)).collect()
}

/// No part of the report is a token that can be used, in no encoding: `eyJ` and its
/// base64 behind a user name of that length.
fn assert_no_token(told: &Told) {
    for text in [told.report.to_string(), String::from_utf8_lossy(&told.output.stdout).into_owned()] {
        assert!(!text.contains("eyJ") && !text.contains("ZXlK"), "{text}");
    }
}

const JSON: [&str; 4] = ["--method", "POST", "--body", r#"{"type":"login","auth":{}}"#];

#[rstest]
#[case::scheme("scheme", "scheme:Token", &[])]
#[case::bare("bare", "bare", &[])]
#[case::field("field", "field:X-Api-Token", &[])]
#[case::basic("basic", "basic:token", &[])]
#[case::cookie("cookie", "cookie:sid", &[])]
#[case::json("json", "json:/auth/token", &JSON)]
#[case::form("form", "form:access_token", &["--method", "POST"])]
fn a_token_in_its_own_place_is_judged_as_any_other(
    #[case] place: &str,
    #[case] carrier: &str,
    #[case] arguments: &[&str],
) {
    if !machine::has_node() {
        return;
    }
    let place = format!("PLACE={place}");
    let arguments = [&["--carrier", carrier, "--declare", "identity=/sub"], arguments].concat();
    let sound = run("rfc6750", &[&place], &arguments);
    assert_eq!(wrong(&sound), Vec::<String>::new());
    assert_no_token(&sound);
    for followed in ["transport/no-credentials@no-header", "transport/two-authorization-headers@forged-and-valid"] {
        assert_eq!(sound.verdict(followed), "pass", "{}", sound.row(followed).reason);
    }
    let left_out = sound.row("transport/scheme-case@lower");
    assert_eq!(left_out.verdict, "skipped");
    assert!(left_out.reason.contains("the API takes its token as"), "{}", left_out.reason);

    let careless = run("rfc6750", &[&place, "MISTAKE=forgets-expiry"], &[&["time/expired"], &*arguments].concat());
    assert_eq!(careless.verdict("time/expired@one-hour"), "vulnerable");
    assert_no_token(&careless);
}

const GRAPHQL: [&str; 8] = [
    "--success",
    "graphql",
    "--method",
    "POST",
    "--body",
    r#"{"query":"{ me { sub } }"}"#,
    "--declare",
    "identity=/data/me/sub",
];
const RPC: [&str; 16] = [
    "--success",
    "json-rpc",
    "--method",
    "POST",
    "--body",
    r#"{"jsonrpc":"2.0","id":1,"method":"whoami"}"#,
    "--opening",
    "POST",
    "--opening-body",
    r#"{"jsonrpc":"2.0","id":0,"method":"initialize"}"#,
    "--opening-body",
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    "--session",
    "field:Mcp-Session-Id",
    "--declare",
    "identity=/result/sub",
];
const NOBODY: &str = "transport/no-credentials@no-header";

#[rstest]
#[case::websocket("websocket", &["--carrier", "websocket:chat, {token}"], "MISTAKE=upgrades-first", NOBODY)]
#[case::events("events", &["--success", "stream", "--declare", "identity=/sub"], "MISTAKE=opens-first", NOBODY)]
#[case::events_by_their_kind("events", &[], "MISTAKE=forgets-expiry", "time/expired@one-hour")]
#[case::graphql("graphql", &GRAPHQL, "MISTAKE=resolves-unverified", "signature/foreign-key-same-kid@attacker-key")]
#[case::json_rpc("rpc", &RPC, "MISTAKE=session-is-login", NOBODY)]
fn an_api_with_a_protocol_of_its_own_is_judged_by_it(
    #[case] kind: &str,
    #[case] arguments: &[&str],
    #[case] mistake: &str,
    #[case] found: &str,
) {
    if !machine::has_node() {
        return;
    }
    let kind = format!("KIND={kind}");
    let sound = run("core", &[&kind], arguments);
    assert_eq!(wrong(&sound), Vec::<String>::new());
    assert_no_token(&sound);
    assert_eq!(sound.verdict("time/expired@one-hour"), "pass");
    let weak = run("core", &[&kind, mistake], arguments);
    assert_eq!(weak.verdict(found), "vulnerable", "{:?}", wrong(&weak));
}

#[test]
fn a_stream_in_which_nothing_comes_is_judged_by_its_head() {
    if !machine::has_node() {
        return;
    }
    let told = run("core", &["KIND=events", "SILENT=1"], &["--success", "stream", "time/*", "baseline/valid"]);
    assert_eq!(wrong(&told), Vec::<String>::new());
}

#[test]
fn a_refusal_in_the_body_is_one_and_its_status_is_not_judged() {
    if !machine::has_node() {
        return;
    }
    let told = run("core", &["KIND=graphql"], &GRAPHQL);
    assert_eq!(told.row("scope/missing-required@other-scope").reason, "refused in the body (200)");
}

#[test]
fn a_session_that_knows_only_who_began_it_hides_no_fault_of_the_token() {
    if !machine::has_node() {
        return;
    }
    let run = |variables: &[&str]| run("okta", variables, &[&["issuer/*", "token-type/*"], &RPC[..]].concat());
    assert_eq!(wrong(&run(&["KIND=rpc"])), Vec::<String>::new());
    let careless = run(&["KIND=rpc", "MISTAKE=any-issuer"]);
    assert_eq!(careless.verdict("issuer/other@another-host"), "vulnerable", "{:?}", wrong(&careless));
}

#[test]
fn a_login_by_a_token_in_the_body_may_be_refused_with_403() {
    if !machine::has_node() {
        return;
    }
    let run = |place: &str, carrier: &str| {
        let place = format!("PLACE={place}");
        run("core", &[&place, "REFUSES=403"], &[&["time/*", "response/*", "--carrier", carrier], &JSON[..]].concat())
    };
    assert_eq!(wrong(&run("json", "json:/auth/token")), Vec::<String>::new());
    assert_eq!(run("bearer", "bearer").verdict("time/expired@one-hour"), "deviates");
}

#[test]
fn an_identity_that_is_no_subject_is_told_before_anything_is_judged() {
    if !machine::has_node() {
        return;
    }
    let said = complaint(&["PLACE=bearer"], &["--declare", "identity=/iss"]);
    assert!(said.contains("at /iss, the answer to the control says something else than the `sub`"), "{said}");
}

#[test]
fn a_session_that_the_target_forgets_is_begun_anew() {
    if !machine::has_node() {
        return;
    }
    let told = run("core", &["KIND=rpc", "LIFE=7"], &RPC);
    assert_eq!(wrong(&told), Vec::<String>::new());
}

/// What is said where the control does not get through.
fn complaint(variables: &[&str], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = binary::command("badpenny", folder.path());
    command.args(["run", "--profile", "core", "--issuer-scheme", "http", "--wait", "4", "--command", "node server.js"]);
    command.arg("--cwd").arg(server()).args(arguments);
    for variable in variables {
        command.args(["--env", variable]);
    }
    let output = command.output().unwrap();
    assert_ne!(output.status.code(), Some(0));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[rstest]
#[case::carrier(&["PLACE=bearer"], &["--carrier", "bare"], "leave --carrier bare out")]
#[case::basic(&["PLACE=basic"], &[], "add --carrier basic:USER")]
#[case::success(&["KIND=graphql"], &[&GRAPHQL[2..], &["--success", "json-rpc"]].concat(), "declare that in place of json-rpc")]
#[case::upgrade(&["KIND=plain"], &["--success", "upgrade"], "with 2xx in place of upgrade")]
#[case::session(&["KIND=rpc"], &[&RPC[..12], &["--session", "field:X-Session"]].concat(), "Mcp-Session-Id")]
#[case::body(&["PLACE=json"], &["--carrier", "json:/auth/token"], "add --method POST")]
fn a_wrong_declaration_is_told_what_would_be_right(
    #[case] variables: &[&str],
    #[case] arguments: &[&str],
    #[case] part: &str,
) {
    if !machine::has_node() {
        return;
    }
    let said = complaint(variables, arguments);
    assert!(said.contains(part), "{said}");
}

#[test]
fn a_session_is_begun_with_a_server_that_runs_already_and_again_when_it_forgets() {
    if !machine::has_node() {
        return;
    }
    let issuer = format!("127.0.0.1:{}", free_port());
    let mut node = Command::new("node");
    node.arg("server.js").current_dir(server()).env("ISSUER", format!("http://{issuer}/oauth2/default"));
    let standing = Standing::start(node.env("KIND", "rpc").env("LIFE", "20"));
    let folder = tempfile::tempdir().unwrap();
    let told = told::run(folder.path(), |command| {
        command.args(["--profile", "core", "--issuer-scheme", "http", "--issuer-addr", &issuer]);
        command.args(["--url", &standing.url()]).args(RPC);
    });
    assert_eq!(wrong(&told), Vec::<String>::new());
}
