//! Targets that answer oddly, over real sockets: wiremock where an HTTP server
//! will do, a raw listener for what no HTTP server can do.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::process::Output;

use badpenny::cargo_test::Conformance;
use badpenny::verdict::VerdictKind;
use conformance_tests::binary;
use conformance_tests::naive::{accepts, carries_jwt, good_token};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wiremock::matchers::{any, header_exists, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

fn verdict_of(report: &badpenny::engine::RunReport, name: &str) -> VerdictKind {
    report.results.iter().find(|result| result.name() == name).unwrap_or_else(|| panic!("no {name}")).verdict
}

async fn judge(url: &str, selectors: &[&str]) -> badpenny::engine::RunReport {
    let conformance = Conformance::start().await;
    selectors.iter().fold(conformance, |conformance, selector| conformance.only(selector)).report(url).await
}

#[tokio::test]
async fn an_error_in_the_body_of_a_200_is_a_refusal_and_no_bypass() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(|request: &Request| {
            let body = if accepts(request) {
                serde_json::json!({"message": "hello", "items": [1, 2]})
            } else {
                serde_json::json!({"error": "unauthorized", "code": 401})
            };
            ResponseTemplate::new(200).set_body_json(body)
        })
        .mount(&server)
        .await;

    let report = judge(&server.uri(), &["baseline/valid", "time/expired", "transport/no-credentials"]).await;

    assert_eq!(verdict_of(&report, "baseline/valid@control"), VerdictKind::Pass);
    assert_eq!(verdict_of(&report, "time/expired@one-hour"), VerdictKind::Deviates);
    assert_eq!(verdict_of(&report, "transport/no-credentials@no-header"), VerdictKind::Deviates);
}

#[tokio::test]
async fn a_redirect_is_not_followed_so_that_the_token_stays_here() {
    let elsewhere = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&elsewhere).await;
    let server = MockServer::start().await;
    let login = format!("{}/login", elsewhere.uri());
    Mock::given(any())
        .respond_with(move |request: &Request| match accepts(request) {
            true => ResponseTemplate::new(200).set_body_string("hello"),
            false => ResponseTemplate::new(302).insert_header("Location", login.as_str()),
        })
        .mount(&server)
        .await;

    let report = judge(&server.uri(), &["time/expired@one-hour"]).await;

    assert_eq!(verdict_of(&report, "time/expired@one-hour"), VerdictKind::Deviates);
    elsewhere.verify().await;
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_once_and_then_leaves_the_case_inconclusive() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(|request: &Request| match accepts(request) {
            true => ResponseTemplate::new(200).set_body_string("hello"),
            false if !request.headers.contains_key("authorization") => ResponseTemplate::new(401),
            false => ResponseTemplate::new(429).insert_header("Retry-After", "0"),
        })
        .mount(&server)
        .await;

    let report = judge(&server.uri(), &["time/expired@one-hour"]).await;

    assert_eq!(verdict_of(&report, "time/expired@one-hour"), VerdictKind::Inconclusive);
    assert_eq!(report.finished.exit, 1);
    let sent = server.received_requests().await.unwrap();
    let refused = sent.iter().filter(|request| carries_jwt(request) && !accepts(request));
    assert_eq!(refused.count(), 2, "once, and once more");
}

#[tokio::test]
async fn a_resource_of_three_megabytes_is_read_and_compared() {
    let server = MockServer::start().await;
    let body = "x".repeat(3 * 1024 * 1024);
    Mock::given(path("/big"))
        .and(header_exists("authorization"))
        .respond_with(move |request: &Request| match accepts(request) {
            true => ResponseTemplate::new(200).set_body_string(body.as_str()),
            false => ResponseTemplate::new(401).insert_header("WWW-Authenticate", "Bearer realm=\"x\""),
        })
        .mount(&server)
        .await;
    Mock::given(any()).respond_with(ResponseTemplate::new(401)).mount(&server).await;

    let report = judge(&format!("{}/big", server.uri()), &["baseline/valid", "time/expired@one-hour"]).await;

    assert_eq!(verdict_of(&report, "baseline/valid@control"), VerdictKind::Pass);
    assert_eq!(verdict_of(&report, "time/expired@one-hour"), VerdictKind::Pass);
}

/// How a raw target treats a request that is not the control.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Hang,
    Reset,
    Drip,
    Garbage,
}

/// A target that accepts the control and treats all else in its manner.
async fn raw_target(manner: Manner) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, manner));
        }
    });
    url
}

async fn serve(mut stream: TcpStream, manner: Manner) {
    let mut head = Vec::new();
    while !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(count @ 1..) => head.extend_from_slice(&chunk[..count]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let token = head.lines().find_map(|line| line.strip_prefix("Authorization: Bearer ")).unwrap_or_default();
    if good_token(token) {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello").await;
        return;
    }
    if token.is_empty() {
        let _ = stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        return;
    }
    misbehave(stream, manner).await;
}

async fn misbehave(mut stream: TcpStream, manner: Manner) {
    let long = std::time::Duration::from_secs(30);
    match manner {
        Manner::Hang => tokio::time::sleep(long).await,
        #[expect(deprecated, reason = "a linger of zero is the way to a reset, and blocks nothing")]
        Manner::Reset => stream.set_linger(Some(std::time::Duration::ZERO)).unwrap(),
        Manner::Drip => {
            for byte in b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n".iter().cycle().take(300) {
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
        Manner::Garbage => {
            let _ = stream.write_all(b"\x00\xff this is not HTTP\r\n\r\n").await;
        }
    }
}

/// Runs the command line against a raw target, with a short deadline.
async fn run_against(manner: Manner) -> Output {
    let url = raw_target(manner).await;
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        binary::command("badpenny", folder.path())
            .args(["run", "time/expired@one-hour", "--timeout", "1", "--wait", "3", "--name", "raw", "--url", &url])
            .output()
            .unwrap()
    })
    .await
    .unwrap()
}

#[rstest::rstest]
#[case::hang(Manner::Hang)]
#[case::reset(Manner::Reset)]
#[case::drip(Manner::Drip)]
#[case::garbage(Manner::Garbage)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_without_manners_is_told_what_it_did(#[case] manner: Manner) {
    let output = run_against(manner).await;
    let name = format!("raw_{manner:?}").to_lowercase();
    insta::assert_snapshot!(name, binary::transcript(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_401_to_everything_is_not_called_safe() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let url = server.uri();

    let output = run_for(url).await;

    let text = binary::transcript(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(!text.contains("pass"), "{text}");
    assert!(text.contains("nothing was judged"), "{text}");
    assert!(text.contains("never asked the issuer for its keys"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_port_is_told_with_the_reason_within_the_wait() {
    let port = badpenny::target::free_port().unwrap();
    let begin = std::time::Instant::now();

    let output = run_for(format!("http://127.0.0.1:{port}/")).await;

    let text = binary::transcript(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("refused the connection"), "{text}");
    assert!(begin.elapsed() < std::time::Duration::from_secs(20), "waited {:?}", begin.elapsed());
}

async fn run_for(url: String) -> Output {
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        binary::command("badpenny", folder.path()).args(["run", "--wait", "3", "--url", &url]).output().unwrap()
    })
    .await
    .unwrap()
}

#[test]
fn a_command_that_ends_at_once_is_told_with_its_last_words() {
    let folder = tempfile::tempdir().unwrap();
    let output = binary::command("badpenny", folder.path())
        .args(["run", "--command", "echo no such setting >&2; exit 7"])
        .output()
        .unwrap();
    insta::assert_snapshot!("command_that_ends", binary::transcript(&output));
    assert_eq!(output.status.code(), Some(3));
}
