//! Targets that could make a wrong verdict look right, or get a token into a
//! report: lock-outs, answers that break off, echoes.

use std::sync::atomic::{AtomicUsize, Ordering};

use badpenny::cargo_test::Conformance;
use badpenny::engine::RunSettings;
use badpenny::verdict::VerdictKind;
use conformance_tests::binary;
use conformance_tests::naive::{accepts, good_token};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

fn refused() -> ResponseTemplate {
    ResponseTemplate::new(401).insert_header("WWW-Authenticate", "Bearer realm=\"x\"")
}

#[tokio::test]
async fn a_lock_out_is_not_taken_for_a_refusal_of_bad_tokens() {
    const BEFORE: usize = 10;
    let server = MockServer::start().await;
    let failures = AtomicUsize::new(0);
    let answer = move |request: &Request| {
        if accepts(request) && failures.load(Ordering::Relaxed) < BEFORE {
            return ResponseTemplate::new(200).set_body_string("hello");
        }
        failures.fetch_add(1, Ordering::Relaxed);
        refused()
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;

    let hasty = RunSettings { recovery: std::time::Duration::from_millis(200), ..RunSettings::default() };
    let conformance = Conformance::start().await.settings(hasty);
    let report = conformance.only("signature/alg-none").only("time/*").only("audience/*").report(&server.uri()).await;

    let passed = report.results.iter().filter(|result| result.verdict == VerdictKind::Pass).count();
    assert!(passed < BEFORE, "{passed} rows pass, of which some were answered by the lock-out");
    let unjudged = report.results.iter().filter(|result| result.verdict == VerdictKind::Inconclusive).count();
    assert_eq!(passed + unjudged, report.results.len());
    assert_eq!(report.finished.exit, 1);
}

#[tokio::test]
async fn a_resource_that_breaks_off_was_served_all_the_same() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve_and_break_off(stream));
        }
    });

    let report = Conformance::start().await.only("time/expired@one-hour").report(&url).await;

    assert_eq!(report.results[0].verdict, VerdictKind::Vulnerable, "{}", report.results[0].reason);
}

/// The control gets the whole resource, a bad token the most of it.
async fn serve_and_break_off(mut stream: TcpStream) {
    let mut head = vec![0; 16 * 1024];
    let Ok(count) = stream.read(&mut head).await else { return };
    let head = String::from_utf8_lossy(&head[..count]).into_owned();
    let token = head.lines().find_map(|line| line.strip_prefix("Authorization: Bearer "));
    let answer = match token {
        None => "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        Some(token) if good_token(token) => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        Some(_) => "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\nhello",
    };
    let _ = stream.write_all(answer.as_bytes()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_the_target_echoes_gets_into_no_report_and_no_diagnosis() {
    for good in [true, false] {
        let server = MockServer::start().await;
        let answer = move |request: &Request| {
            let sent = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
            if good && accepts(request) {
                return ResponseTemplate::new(200).set_body_string(format!("hello {sent}"));
            }
            let challenge = format!("Bearer error=\"{sent}\"");
            ResponseTemplate::new(401).insert_header("WWW-Authenticate", challenge).set_body_string(sent)
        };
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let url = server.uri();

        let said = tokio::task::spawn_blocking(move || {
            let folder = tempfile::tempdir().unwrap();
            let snapshot = folder.path().join("outcomes.snap");
            let output = binary::command("badpenny", folder.path())
                .args(["run", "time/*", "--wait", "1", "--url", &url, "--report", "json"])
                .args(["--snapshot", "outcomes.snap", "--update-snapshot"])
                .output()
                .unwrap();
            let recorded = std::fs::read_to_string(snapshot).unwrap_or_default();
            format!("{}{}{recorded}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        })
        .await
        .unwrap();

        assert!(!said.contains("eyJ"), "{said}");
        assert!(!said.is_empty());
    }
}
