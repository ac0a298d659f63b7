//! The sound Rust servers trip nothing: axum in this process, actix spawned.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::time::Duration;

use badpenny::cargo_test::Conformance;
use badpenny::engine::RunSettings;
use badpenny::issuer::IssuerSettings;
use badpenny::verdict::VerdictKind;
use conformance_tests::{binary, redact};

async fn axum_server(issuer: &str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut settings = rust_axum::Settings::new(issuer, rust_axum::http_client().unwrap());
    // Not started anew for cases about keys: the short pause is what they wait for.
    settings.jwks.cooldown = Duration::from_millis(300);
    tokio::spawn(rust_axum::serve(listener, settings));
    url
}

#[tokio::test]
async fn the_axum_server_passes_in_process_at_the_strictest() {
    let conformance = Conformance::start_with(IssuerSettings { https: false, ..IssuerSettings::default() }).await;
    let url = axum_server(&conformance.issuer()).await;
    let report = conformance.strict().report(&url).await;
    let failed: Vec<String> = report
        .results
        .iter()
        // What was not declared or is slow is not run.
        .filter(|result| !matches!(result.verdict, VerdictKind::Pass | VerdictKind::Skipped))
        .map(|result| format!("{} {}: {}", result.verdict, result.name(), result.reason))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(report.finished.exit, 0);
}

#[tokio::test]
async fn a_snapshot_in_cargo_test_is_written_once_and_then_held() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("axum.snap");
    for _ in 0..2 {
        let conformance = Conformance::start_with(IssuerSettings { https: false, ..IssuerSettings::default() }).await;
        let url = axum_server(&conformance.issuer()).await;
        conformance.only("scope/*").only("time/*").snapshot(&file).check(&url).await;
    }
    insta::assert_snapshot!("axum_outcomes", redact::text(&std::fs::read_to_string(&file).unwrap()));
}

#[tokio::test]
#[should_panic(expected = "the target does not accept the control token")]
async fn a_server_with_another_issuer_fails_with_a_diagnosis() {
    let conformance = Conformance::start_with(IssuerSettings { https: false, ..IssuerSettings::default() }).await;
    let url = axum_server("http://127.0.0.1:1/oauth2/default").await;
    let hasty = RunSettings { control_deadline: Duration::from_secs(1), ..RunSettings::default() };
    conformance.settings(hasty).check(&url).await;
}

#[test]
fn the_actix_server_passes_when_it_is_spawned() {
    let folder = tempfile::tempdir().unwrap();
    let output = binary::command("badpenny", folder.path())
        .args(["run", "--strict", "--name", "rust-actix", "--command"])
        .arg(binary::path("rust-actix"))
        .output()
        .unwrap();
    insta::assert_snapshot!("actix_terminal", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(0));
}
