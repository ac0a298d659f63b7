//! Servers that answer in a way of their own: errors in a 200, limits on the
//! rate, bodies in a content coding.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use badpenny::cargo_test::Conformance;
use badpenny::engine::{RunReport, RunSettings};
use badpenny::verdict::VerdictKind;
use conformance_tests::naive::{accepts, carries_jwt, refused, server};
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

fn served() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "sub": "alice" }))
}

fn verdicts(report: &RunReport) -> Vec<(String, VerdictKind, String)> {
    report.results.iter().map(|row| (row.name(), row.verdict, row.reason.clone())).collect()
}

fn all_are(report: &RunReport, kind: VerdictKind) {
    assert!(!report.results.is_empty());
    assert!(report.results.iter().all(|row| row.verdict == kind), "{:#?}", verdicts(report));
}

async fn judge(url: &str, settings: RunSettings, selectors: &[&str]) -> RunReport {
    let conformance = Conformance::start().await.settings(settings);
    selectors.iter().fold(conformance, |conformance, selector| conformance.only(selector)).report(url).await
}

/// 401 without a token, as a gateway does, and 200 with errors for a bad one.
async fn graphql() -> MockServer {
    server(|request| {
        let body = match accepts(request) {
            true => json!({ "data": { "me": { "id": "7", "name": "alice" } } }),
            false if !request.headers.contains_key("authorization") => return refused(),
            false => json!({ "data": null, "errors": [{ "message": "invalid token", "path": ["me"] }] }),
        };
        ResponseTemplate::new(200).set_body_json(body)
    })
    .await
}

#[tokio::test]
async fn errors_in_a_200_that_only_a_bad_token_gets_serve_nobody() {
    let rows = ["time/expired", "audience/other", "structure/not-a-jwt"];
    let report = judge(&graphql().await.uri(), RunSettings::default(), &rows).await;
    all_are(&report, VerdictKind::Deviates);
    let control = judge(&graphql().await.uri(), RunSettings::default(), &["baseline/valid"]).await;
    all_are(&control, VerdictKind::Pass);
}

#[tokio::test]
async fn who_takes_a_text_that_is_no_token_is_found_out() {
    let server =
        server(|request| if request.headers.contains_key("authorization") { served() } else { refused() }).await;
    let report = judge(&server.uri(), RunSettings::default(), &["time/expired", "structure/not-a-jwt"]).await;
    all_are(&report, VerdictKind::Vulnerable);
}

/// Lets one in three requests through.
async fn limiting(retry_after: impl Fn() -> String + Send + Sync + 'static) -> MockServer {
    let count = AtomicUsize::new(0);
    server(move |request| match (count.fetch_add(1, Ordering::Relaxed) % 3 == 2, accepts(request)) {
        (false, _) => ResponseTemplate::new(429).insert_header("Retry-After", retry_after().as_str()),
        (true, true) => served(),
        (true, false) => refused(),
    })
    .await
}

#[tokio::test]
async fn a_server_that_lets_one_in_three_requests_through_is_judged_all_the_same() {
    let rows = ["baseline/valid", "time/expired@one-hour", "audience/other"];
    let begin = Instant::now();
    let report = judge(&limiting(|| "1".to_owned()).await.uri(), RunSettings::default(), &rows).await;
    all_are(&report, VerdictKind::Pass);
    assert!(begin.elapsed() > Duration::from_secs(4), "it waits as it is asked to");
}

#[tokio::test]
async fn a_retry_after_may_be_a_date_and_is_waited_for_no_longer_than_is_allowed() {
    let settings = RunSettings { retry_after: Duration::from_millis(200), ..RunSettings::default() };
    let begin = Instant::now();
    let server = limiting(|| "Fri, 31 Dec 2999 23:59:59 GMT".to_owned()).await;
    let report = judge(&server.uri(), settings, &["time/expired@one-hour"]).await;
    all_are(&report, VerdictKind::Pass);
    assert!(begin.elapsed() > Duration::from_millis(400) && begin.elapsed() < Duration::from_secs(15));

    let past = limiting(|| "Sun, 06 Nov 1994 08:49:37 GMT".to_owned()).await;
    let begin = Instant::now();
    all_are(&judge(&past.uri(), RunSettings::default(), &["time/expired@one-hour"]).await, VerdictKind::Pass);
    assert!(begin.elapsed() < Duration::from_secs(8), "a date that has passed is not waited for");
}

#[tokio::test]
async fn a_server_error_that_others_cause_is_not_that_of_the_case() {
    let count = AtomicUsize::new(0);
    let server = server(move |request| {
        let breaks = carries_jwt(request) && !accepts(request) && count.fetch_add(1, Ordering::Relaxed) == 0;
        match accepts(request) {
            _ if breaks => ResponseTemplate::new(500),
            true => served(),
            false => refused(),
        }
    })
    .await;
    all_are(&judge(&server.uri(), RunSettings::default(), &["time/expired@one-hour"]).await, VerdictKind::Pass);
}

#[tokio::test]
async fn a_server_error_that_comes_again_is_that_of_the_case() {
    let server = server(|request| match (accepts(request), carries_jwt(request)) {
        (true, _) => served(),
        (false, true) => ResponseTemplate::new(500),
        (false, false) => refused(),
    })
    .await;
    let report = judge(&server.uri(), RunSettings::default(), &["time/expired@one-hour"]).await;
    assert_eq!(report.results[0].reason, "answered 500, expected 401");
}

#[tokio::test]
async fn a_server_that_asks_to_come_again_later_is_not_judged() {
    let server = server(|request| match (accepts(request), carries_jwt(request)) {
        (true, _) => served(),
        (false, true) => ResponseTemplate::new(503).insert_header("Retry-After", "0"),
        (false, false) => refused(),
    })
    .await;
    let report = judge(&server.uri(), RunSettings::default(), &["time/expired@one-hour"]).await;
    all_are(&report, VerdictKind::Inconclusive);
    assert!(report.results[0].reason.contains("503 and asks to come again later"), "{}", report.results[0].reason);
}

#[tokio::test]
async fn no_more_requests_a_second_are_sent_than_the_rate_allows() {
    const RATE: f64 = 20.0;
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let server = server(move |request| {
        seen.fetch_add(1, Ordering::Relaxed);
        if accepts(request) { served() } else { refused() }
    })
    .await;
    let settings = RunSettings { rate: Some(RATE), ..RunSettings::default() };
    let begin = Instant::now();
    let report = judge(&server.uri(), settings, &["time/*", "audience/*"]).await;
    assert!(report.results.iter().all(|row| row.verdict != VerdictKind::Inconclusive), "{:#?}", verdicts(&report));
    let sent = u32::try_from(count.load(Ordering::Relaxed)).unwrap();
    assert!(sent > 20);
    let least = Duration::from_secs_f64(f64::from(sent - 1) / RATE);
    assert!(begin.elapsed() >= least, "{sent} requests within {:?}", begin.elapsed());
}

#[tokio::test]
async fn requests_that_must_meet_are_not_sent_at_a_lower_rate() {
    let server = server(|request| if accepts(request) { served() } else { refused() }).await;
    let settings = RunSettings { rate: Some(2.0), ..RunSettings::default() };
    let conformance = Conformance::start().await.settings(settings).profile("hardening").only("concurrency/*");
    let report = conformance.report(&server.uri()).await;
    let skipped = report.results.iter().filter(|row| row.reason.contains("leave --rate out"));
    assert!(skipped.count() > 0, "{:#?}", verdicts(&report));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Compresses whatever it is asked for, and repeats a bad token.
async fn compressing() -> MockServer {
    server(|request| {
        let token = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (template, body) = match accepts(request) {
            true => (ResponseTemplate::new(200), json!({ "sub": mock_idp::claims::DEFAULT_CLIENT_ID }).to_string()),
            false => (refused(), format!("this is no good: {token}")),
        };
        template.insert_header("Content-Encoding", "gzip").set_body_bytes(gzip(body.as_bytes()))
    })
    .await
}

#[tokio::test]
async fn a_token_in_a_compressed_body_is_found() {
    let server = compressing().await;
    let conformance =
        Conformance::start().await.profile("hardening").only("time/expired").only("response/no-token-echo@body");
    let report = conformance.report(&server.uri()).await;
    let echo = report.results.iter().find(|row| row.id == "response/no-token-echo").unwrap();
    assert!(echo.reason.starts_with("the body repeats the token"), "{}", echo.reason);
    let asked = server.received_requests().await.unwrap();
    assert!(asked.iter().all(|request| request.headers["accept-encoding"] == "identity"));
}

#[tokio::test]
async fn an_identity_in_a_compressed_body_is_found() {
    let declared = ["identity=/sub".parse().unwrap()].into_iter().collect();
    let settings = RunSettings { declared, ..RunSettings::default() };
    let report = judge(&compressing().await.uri(), settings, &["baseline/valid", "time/expired@one-hour"]).await;
    all_are(&report, VerdictKind::Pass);
}

#[tokio::test]
async fn nothing_passes_in_a_body_that_cannot_be_read() {
    let server = server(|request| {
        let template = if accepts(request) { ResponseTemplate::new(200) } else { refused() };
        template.insert_header("Content-Encoding", "lz77-of-our-own").set_body_string("???")
    })
    .await;
    let conformance =
        Conformance::start().await.profile("hardening").only("time/expired").only("response/no-token-echo@body");
    let report = conformance.report(&server.uri()).await;
    let echo = report.results.iter().find(|row| row.id == "response/no-token-echo").unwrap();
    assert_eq!((echo.verdict, echo.reason.as_str()), (VerdictKind::Skipped, "nothing to judge"));
}
