//! Faults, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::{Duration, Instant};

use mock_idp::MockIdp;
use mock_idp::claims::TokenSettings;
use mock_idp::step::Step;
use reqwest::redirect::Policy;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const KEYS: &str = "/oauth2/default/v1/keys";
const METADATA: &str = "/oauth2/default/.well-known/openid-configuration";
/// Far more than anything takes, far less than a hang.
const PATIENCE: Duration = Duration::from_secs(20);

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE).build().unwrap()
}

fn apply(idp: &MockIdp, step: &Value) {
    let steps = [Step::from_json(step).unwrap()];
    idp.issuer().apply("default", &steps, &TokenSettings::new(idp.http_issuer())).unwrap();
}

/// All bytes that come back on a connection of its own until it is closed.
async fn exchange(idp: &MockIdp, path: &str) -> Vec<u8> {
    let mut stream = connect(idp).await;
    send(&mut stream, path).await;
    read_all(&mut stream).await
}

async fn connect(idp: &MockIdp) -> TcpStream {
    TcpStream::connect(idp.http().trim_start_matches("http://")).await.unwrap()
}

async fn send(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: idp.test\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
}

async fn read_all(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A reset after the bytes is as good as an end.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap();
    bytes
}

/// Status line and headers, and the body.
fn split(answer: &[u8]) -> (String, Vec<u8>) {
    let at = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..at].to_vec()).unwrap(), answer[at + 4..].to_vec())
}

/// The word of the fault in the journal's last entry, and the status told.
fn last_fault(idp: &MockIdp) -> (Option<&'static str>, u16) {
    let entries = idp.journal().entries();
    let last = entries.last().unwrap();
    (last.fault, last.status)
}

#[rstest]
#[case(json!({ "fault": "jwks", "status": 500 }), KEYS, METADATA)]
#[case(json!({ "fault": "metadata", "status": 500 }), METADATA, KEYS)]
#[tokio::test]
async fn a_status_comes_from_the_endpoint_that_fails_and_from_no_other(
    #[case] step: Value,
    #[case] broken: &str,
    #[case] whole: &str,
) {
    let idp = MockIdp::start().await.unwrap();
    apply(&idp, &step);
    let status = async |path: &str| client().get(format!("{}{path}", idp.http())).send().await.unwrap().status();
    assert_eq!([status(whole).await.as_u16(), status(broken).await.as_u16()], [200, 500]);
    assert_eq!(last_fault(&idp), (Some("status"), 500));
    idp.issuer().restore("default");
    assert_eq!(status(broken).await, 200);
}

#[tokio::test]
async fn the_whole_issuer_can_fail_and_the_token_endpoint_stays() {
    let idp = MockIdp::start().await.unwrap();
    apply(&idp, &json!({ "fault": "issuer", "status": 503 }));
    for path in [KEYS, METADATA, "/.well-known/oauth-authorization-server/oauth2/default"] {
        assert_eq!(client().get(format!("{}{path}", idp.http())).send().await.unwrap().status(), 503);
    }
    let token = client().post(format!("{}/v1/token", idp.http_issuer())).send().await.unwrap();
    assert_eq!(token.status(), 400, "it answers in its own words");
}

#[tokio::test]
async fn a_refused_connection_ends_without_a_byte() {
    let idp = MockIdp::start().await.unwrap();
    apply(&idp, &json!({ "fault": "jwks", "by": "refuse" }));
    assert_eq!(exchange(&idp, KEYS).await, b"");
    assert_eq!(last_fault(&idp), (Some("refuse"), 0));
    assert!(client().get(format!("{}{KEYS}", idp.http())).send().await.is_err());
    assert!(idp.journal().hits("default", "keys") >= 2);
}

#[tokio::test]
async fn a_hang_says_nothing_until_the_fault_is_gone() {
    let idp = MockIdp::start().await.unwrap();
    apply(&idp, &json!({ "fault": "jwks", "by": "hang" }));
    let mut stream = connect(&idp).await;
    send(&mut stream, KEYS).await;
    let mut byte = [0];
    let silence = tokio::time::timeout(Duration::from_millis(300), stream.read(&mut byte)).await;
    assert!(silence.is_err(), "nothing comes, not even an end");
    assert_eq!(last_fault(&idp), (Some("hang"), 0));

    idp.issuer().restore("default");
    assert_eq!(read_all(&mut stream).await, b"");
    assert!(exchange(&idp, KEYS).await.starts_with(b"HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_caller_who_gives_up_on_a_hang_leaves_nothing_behind() {
    let idp = MockIdp::start().await.unwrap();
    apply(&idp, &json!({ "fault": "jwks", "by": "hang" }));
    let impatient = reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(100)).build().unwrap();
    for _ in 0..3 {
        assert!(impatient.get(format!("{}{KEYS}", idp.http())).send().await.unwrap_err().is_timeout());
    }
    assert_eq!(idp.journal().hits("default", "keys"), 3);
    drop(idp);
}

#[tokio::test]
async fn a_slow_answer_is_whole_and_counts_as_sent_when_it_is() {
    let idp = MockIdp::start().await.unwrap();
    apply(&idp, &json!({ "fault": "jwks", "slow": 0.3 }));
    let begin = Instant::now();
    let fetch = tokio::spawn(client().get(format!("{}{KEYS}", idp.http())).send());
    while idp.journal().hits("default", "keys") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(idp.journal().last_revision_served("default"), None);
    let keys: Value = fetch.await.unwrap().unwrap().json().await.unwrap();
    assert!(begin.elapsed() >= Duration::from_millis(300));
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    assert_eq!(idp.journal().last_revision_served("default"), Some(2));
}

#[tokio::test]
async fn a_truncated_body_breaks_off_in_its_middle() {
    let idp = MockIdp::start().await.unwrap();
    let (_, whole) = split(&exchange(&idp, KEYS).await);
    apply(&idp, &json!({ "fault": "jwks", "by": "truncate" }));
    let (head, body) = split(&exchange(&idp, KEYS).await);
    assert!(head.contains(&format!("Content-Length: {}", whole.len())), "{head}");
    assert_eq!(body, whole[..whole.len() / 2]);
    assert!(client().get(format!("{}{KEYS}", idp.http())).send().await.unwrap().bytes().await.is_err());
    assert_eq!(idp.journal().last_revision_served("default"), Some(1), "no second one arrived whole");
}

#[tokio::test]
async fn a_redirect_leads_where_the_step_says() {
    let idp = MockIdp::start().await.unwrap();
    apply(&idp, &json!({ "fault": "jwks", "redirect": "{issuer}/elsewhere?{kid}" }));
    let answer = client().get(format!("{}{KEYS}", idp.http())).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let kid = idp.issuer().keys("default").unwrap().active().kid().to_owned();
    assert_eq!(answer.headers()["location"], format!("{}/elsewhere?{kid}", idp.http_issuer()));
}

#[tokio::test]
async fn a_large_body_is_a_document_with_white_space_behind() {
    let idp = MockIdp::start().await.unwrap();
    let size = 3_000_001_usize;
    apply(&idp, &json!({ "fault": "jwks", "size": size }));
    let (head, body) = split(&exchange(&idp, KEYS).await);
    assert!(head.contains(&format!("Content-Length: {size}")), "{head}");
    assert_eq!(body.len(), size);
    let document: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(document["keys"].as_array().unwrap().len(), 1);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_large_body_is_never_held_in_memory() {
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap().to_owned();
        line.split_ascii_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let idp = MockIdp::start().await.unwrap();
    apply(&idp, &json!({ "fault": "jwks", "size": 64 << 20 }));
    let mut stream = connect(&idp).await;
    send(&mut stream, KEYS).await;
    let before = peak();
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    loop {
        let count = stream.read(&mut buffer).await.unwrap();
        if count == 0 {
            break;
        }
        total += count;
    }
    assert!(total > 64 << 20);
    assert!(peak() - before < 16 * 1024, "grew by {} KiB", peak() - before);
}

#[tokio::test]
async fn the_last_step_for_an_endpoint_holds() {
    let idp = MockIdp::start().await.unwrap();
    apply(&idp, &json!({ "fault": "jwks", "by": "hang" }));
    apply(&idp, &json!({ "fault": "jwks", "status": 429 }));
    assert!(exchange(&idp, KEYS).await.starts_with(b"HTTP/1.1 429"));
}
