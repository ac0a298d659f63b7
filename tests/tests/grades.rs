//! Who could do it and what came of it decide how much a finding matters; what
//! has one cause is one finding.

use std::sync::atomic::{AtomicUsize, Ordering};

use badpenny::cargo_test::Conformance;
use badpenny::engine::RunReport;
use badpenny::findings::fold;
use badpenny::scenario::{Actor, Tier};
use badpenny::verdict::{Cause, VerdictKind};
use conformance_tests::naive::{accepts, refused, server, text};
use wiremock::{Request, ResponseTemplate};

/// The report of these rows in a profile, against a server that answers so.
async fn report_of(
    profile: &str,
    rows: &[&str],
    respond: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static,
) -> RunReport {
    let server = server(respond).await;
    let conformance = Conformance::start().await.profile(profile);
    rows.iter().fold(conformance, |conformance, row| conformance.only(row)).report(&server.uri()).await
}

#[tokio::test]
async fn a_refusal_without_a_challenge_fails_whatever_its_status() {
    for status in [401, 403, 302] {
        let rows = ["transport/no-credentials", "time/expired", "response/challenge-present"];
        let report = report_of("rfc6750", &rows, move |request| {
            ResponseTemplate::new(if accepts(request) { 200 } else { status })
        })
        .await;
        let row = report.results.iter().find(|row| row.id == "response/challenge-present").unwrap();
        assert_eq!((row.verdict, row.tier), (VerdictKind::Deviates, Tier::Low), "{status}: {}", row.reason);
        assert!(row.reason.starts_with(&format!("refused ({status}) without WWW-Authenticate")), "{}", row.reason);
        assert_eq!(report.finished.exit, 1, "{status}");
    }
}

#[tokio::test]
async fn whoever_verifies_no_signature_is_told_so_once() {
    let rows = ["signature/alg-none", "signature/payload-tampered", "signature/foreign-key-same-kid", "time/expired"];
    let answer = |request: &Request| if accepts(request) { ResponseTemplate::new(200) } else { refused() };
    let report = report_of("core", &rows, answer).await;
    let findings = fold(&report.results);
    assert_eq!(findings[0].cause, &Cause::Unverified, "{findings:#?}");
    assert_eq!((findings[0].tier, findings[0].who), (Tier::Critical, Actor::Anyone));
    let unfolded: Vec<_> = findings[1..].iter().filter(|finding| finding.kind == VerdictKind::Vulnerable).collect();
    assert!(unfolded.is_empty(), "{unfolded:#?}");
}

#[tokio::test]
async fn acceptance_that_comes_and_goes_is_one_finding_and_hides_no_bypass() {
    let (count, rows) = (AtomicUsize::new(0), ["baseline/*", "audience/other", "response/alive-after"]);
    let report = report_of("core", &rows, move |request| {
        let is_honest = accepts(request);
        let aud_ignored = !is_honest && request.headers.contains_key("authorization");
        match count.fetch_add(1, Ordering::Relaxed) % 4 {
            0 if is_honest => refused(),
            1 if aud_ignored => ResponseTemplate::new(200),
            _ if is_honest => ResponseTemplate::new(200),
            _ => refused(),
        }
    })
    .await;
    let findings = fold(&report.results);
    let broken: Vec<_> = findings.iter().filter(|finding| finding.kind == VerdictKind::Broken).collect();
    assert_eq!(broken.len(), 1, "{broken:#?}");
    assert_eq!((broken[0].cause, broken[0].tier), (&Cause::Intermittent, Tier::High));
    let bypass = report.results.iter().filter(|row| row.verdict == VerdictKind::Vulnerable);
    assert!(bypass.clone().all(|row| row.id == "audience/other"), "{broken:#?}");
}

#[tokio::test]
async fn a_scope_that_is_searched_as_a_text_is_one_finding_with_its_odd_delimiters() {
    let rows = ["scope/partial-match", "scope/odd-delimiters"];
    let report = report_of("okta", &rows, |request| {
        let token = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let payload = token.split('.').nth(1).unwrap_or_default();
        let found = text(payload).is_some_and(|claims| claims.contains("test_scope"));
        if found { ResponseTemplate::new(200) } else { refused() }
    })
    .await;
    let findings = fold(&report.results);
    let accepted: Vec<_> = findings.iter().filter(|finding| matches!(finding.cause, Cause::Accepted { .. })).collect();
    assert_eq!(accepted.len(), 1, "{accepted:#?}");
    assert!(accepted[0].results.iter().any(|row| row.id == "scope/odd-delimiters"), "{accepted:#?}");
    assert_eq!((accepted[0].kind, accepted[0].who), (VerdictKind::Vulnerable, Actor::AnyHolder));
}

#[tokio::test]
async fn an_audience_that_nobody_looks_at_is_one_finding() {
    let report = report_of("okta", &["audience/*"], |request| {
        let token = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if token.split('.').count() == 3 { ResponseTemplate::new(200) } else { refused() }
    })
    .await;
    let findings = fold(&report.results);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let ids: Vec<&str> = findings[0].results.iter().map(|row| row.id.as_str()).collect();
    assert!(ids[0] == "audience/other" && ids.contains(&"audience/missing-or-typed"), "{ids:?}");
    assert_eq!((findings[0].tier, findings[0].who), (Tier::Critical, Actor::AnyHolder));
}

#[tokio::test]
async fn a_server_that_must_trust_the_built_in_key_for_the_run_is_not_blamed_for_it() {
    let answer = |request: &Request| if accepts(request) { ResponseTemplate::new(200) } else { refused() };
    let report = report_of("okta", &["keys/test-issuer-trusted"], answer).await;
    let row = &report.results[0];
    assert_eq!(row.verdict, VerdictKind::Skipped, "{}", row.reason);
    assert!(row.reason.starts_with("the issuer of this run signs with the built-in key"), "{}", row.reason);
}

#[tokio::test]
async fn what_only_the_issuer_can_make_comes_behind_what_a_stranger_can() {
    let rows = ["time/exp-wrong-type", "transport/no-credentials", "signature/alg-none@none"];
    let report = report_of("okta", &rows, |request| {
        let value = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let unsigned = value.ends_with('.');
        if value.contains("eyJ") && !unsigned { ResponseTemplate::new(200) } else { ResponseTemplate::new(403) }
    })
    .await;
    let findings = fold(&report.results);
    let tiers: Vec<_> = findings.iter().map(|finding| finding.tier).collect();
    assert!(tiers.is_sorted_by(|a, b| a >= b), "{tiers:?}");
    let latent = findings.iter().find(|finding| matches!(finding.cause, Cause::Accepted { .. })).unwrap();
    assert_eq!((latent.tier, latent.who), (Tier::High, Actor::OnlyTheIssuer));
    // What converts a text and honours it is lenient, and no more.
    let as_text = report.results.iter().find(|row| row.variant == "number-as-string").unwrap();
    assert_eq!((as_text.verdict, as_text.tier), (VerdictKind::Vulnerable, Tier::Low));
}
