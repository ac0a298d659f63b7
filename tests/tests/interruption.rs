//! Ctrl-C in the midst of a run leaves an issuer that outlives it as it was.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use conformance_tests::binary;
use leaky::{Leaky, Settings};
use mock_idp::{MockIdp, Request};

/// Longer than this nothing takes on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the issuer answers requests for its keys, asked without a network.
fn is_whole(idp: &MockIdp) -> bool {
    idp.issuer().handle(&Request::get("/oauth2/default/v1/keys")).status == 200
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn run(idp: &MockIdp, server: &Leaky) -> Child {
    binary::command("badpenny", Path::new("."))
        .args(["run", "keys/jwks-outage-cold", "--profile", "hardening", "--idp", idp.http()])
        .args(["--issuer-scheme", "http", "--url", &format!("{}/", server.url())])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_run_leaves_the_issuer_whole() {
    let idp = MockIdp::builder().start().await.unwrap();
    let settings = Settings::of(idp.http_issuer(), leaky::http_client().unwrap(), &|_| None).unwrap();
    // Dropped first, as long as the issuer is there: it may be waiting for an answer.
    let server = Leaky::start(settings, None).unwrap();
    let mut child = run(&idp, &server);
    until("a scenario broke the issuer", || !is_whole(&idp)).await;
    let id = i32::try_from(child.id()).unwrap();
    // SAFETY: a signal to a child of this test that has not been waited for.
    #[expect(unsafe_code, reason = "std has no way to send a signal")]
    unsafe {
        libc::kill(id, libc::SIGINT);
    }
    let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(is_whole(&idp), "the fault stands after the run has ended");
}
