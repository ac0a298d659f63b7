//! Traps 9 to 11, 25 and 26: how a token travels, and what comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use badpenny::cargo_test::Conformance;
use badpenny::scenario::{Level, Tier};
use badpenny::verdict::VerdictKind;
use conformance_tests::naive::{accepts, carries_jwt};
use leaky::{Defect, Quirk};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::trial::{EVERYTHING, Trial};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_9_of_two_authorization_lines_the_first_may_be_seen_alone_as_long_as_no_forged_identity_is_served() {
    let rows = ["transport/two-authorization-headers"];
    let first = Trial::of(EVERYTHING, &rows).quirk(Quirk::FirstAuthorizationLineWins).rows().await;
    first.assert_no_blame();
    let served = first.row("transport/two-authorization-headers@valid-and-forged");
    assert_eq!(served.observed.status, Some(200), "{first}");
    Trial::of(EVERYTHING, &rows).rows().await.assert_no_blame();

    let mixed = Trial::of(EVERYTHING, &rows).defect(Defect::VerifiesFirstLine).rows().await;
    let row = mixed.row("transport/two-authorization-headers@valid-and-forged");
    assert_eq!((row.verdict, row.tier), (VerdictKind::Vulnerable, Tier::Critical), "{mixed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_10_a_token_in_the_query_is_a_note_in_rfc6750_and_a_failure_in_hardening() {
    let row = "transport/query-token@access-token";
    let trial = |profile| Trial::of(profile, &["transport/query-token"]).defect(Defect::TakesQueryToken).rows();
    let (noted, hardened) = (trial("rfc6750").await, trial("hardening").await);
    noted.assert_no_blame();
    assert_eq!(noted.row(row).verdict, VerdictKind::Note, "{noted}");
    let failed = hardened.row(row);
    assert_eq!((failed.verdict, failed.level), (VerdictKind::Deviates, Level::Should), "{hardened}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_10_a_query_token_may_be_refused_with_400_or_401_or_414() {
    for status in [400, 401, 414] {
        let server = MockServer::start().await;
        let respond = move |request: &Request| match accepts(request) {
            true => ResponseTemplate::new(200).set_body_string("hello"),
            false if request.url.query().is_some() => ResponseTemplate::new(status),
            false => ResponseTemplate::new(401),
        };
        Mock::given(any()).respond_with(respond).mount(&server).await;
        let conformance = Conformance::start().await.profile("hardening").only("transport/query-token");
        let report = conformance.report(&server.uri()).await;
        assert!(report.results.iter().all(|row| row.verdict == VerdictKind::Pass), "{status}: {:?}", report.results);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_11_a_challenge_without_a_parameter_is_a_note_and_none_at_all_is_a_failure() {
    let rows = [
        "transport/no-credentials",
        "transport/other-scheme",
        "time/expired",
        "response/challenge-present",
        "response/challenge-syntax",
        "response/no-error-without-credentials",
        "response/invalid-token-code",
    ];
    let bare = Trial::of(EVERYTHING, &rows).quirk(Quirk::BareChallenge).rows().await;
    bare.assert_no_blame();
    assert_eq!(bare.row("response/challenge-syntax@parameter").verdict, VerdictKind::Note, "{bare}");

    let silent = Trial::of(EVERYTHING, &rows).defect(Defect::NoChallenge).rows().await;
    silent.assert_all("response/challenge-present", VerdictKind::Deviates);
    assert!(silent.fails(), "{silent}");
    // SHOULD NOT: told, and only --strict fails.
    let talkative = Trial::of(EVERYTHING, &rows).defect(Defect::ErrorWithoutCredentials).rows().await;
    talkative.assert_all("response/no-error-without-credentials", VerdictKind::Deviates);
    assert!(!talkative.fails(), "{talkative}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_25_a_server_that_limits_the_rate_and_recovers_is_judged_all_the_same_and_never_blamed() {
    let rows = ["baseline/valid", "time/*", "audience/*", "response/no-5xx", "response/alive-after"];
    let limited = Trial::of("core", &["baseline/*", "signature/alg-none", "audience/*", "response/alive-after"]);
    let limited = limited.quirk(Quirk::LimitsRate).rows().await;
    for row in limited.all() {
        let is_fair = match row.verdict {
            VerdictKind::Pass => true,
            VerdictKind::Inconclusive => row.reason.contains("429"),
            _ => false,
        };
        assert!(is_fair, "{limited}");
    }
    assert!(limited.all().iter().any(|row| row.verdict == VerdictKind::Pass), "{limited}");
    // Above eight a second it was sent away, and waited.
    assert!(limited.took() > Duration::from_secs(1), "{limited}");
    // The plain neighbour is judged on the very rows.
    Trial::of(EVERYTHING, &rows).rows().await.assert_no_blame();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_25_a_rate_limit_that_stays_is_tried_once_more_after_a_pause_and_then_inconclusive() {
    let tries = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tries);
    let server = MockServer::start().await;
    let respond = move |request: &Request| match accepts(request) {
        true => ResponseTemplate::new(200).set_body_string("hello"),
        false if !carries_jwt(request) => ResponseTemplate::new(401),
        false => {
            counter.fetch_add(1, Ordering::Relaxed);
            ResponseTemplate::new(429).insert_header("Retry-After", "1")
        }
    };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    let report = Conformance::start().await.only("time/expired@one-hour").report(&server.uri()).await;
    let verdicts: Vec<_> = report.results.iter().map(|row| row.verdict).collect();
    assert_eq!(verdicts, [VerdictKind::Inconclusive]);
    assert_eq!(tries.load(Ordering::Relaxed), 2, "once, and once more");
    assert!(report.finished.duration_ms >= 1000.0, "it waits as it is asked to");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_26_a_connection_that_is_closed_on_a_large_head_is_a_refusal_if_the_server_lives_on() {
    let rows = ["transport/oversized-header", "dos/many-dots", "dos/large-claims", "response/alive-after"];
    let closing = Trial::of(EVERYTHING, &rows).quirk(Quirk::ClosesOnLargeHead).rows().await;
    closing.assert_no_blame();
    closing.assert_all("transport/oversized-header@64-kb", VerdictKind::Pass);
    // Above 192 KB a plain one answers 431.
    let answering = Trial::of(EVERYTHING, &rows).rows().await;
    answering.assert_no_blame();
    assert_eq!(answering.row("transport/oversized-header@256-kb").observed.status, Some(431), "{answering}");

    let dying = Trial::of(EVERYTHING, &rows).defect(Defect::DiesOfLargeHeader).rows().await;
    dying.assert_found("transport/oversized-header", VerdictKind::Broken);
    let crashing = Trial::of(EVERYTHING, &rows).defect(Defect::CrashesOnText).rows().await;
    let row = crashing.row("transport/oversized-header@64-kb");
    assert_eq!((row.verdict, row.tier), (VerdictKind::Deviates, Tier::Medium), "{crashing}");
}
