//! Traps 12 to 16 and 24: whom a token is of and for, and when.

use badpenny::scenario::{Level, Tier};
use badpenny::verdict::VerdictKind;
use leaky::{Defect, Quirk};

use crate::trial::{EVERYTHING, Trial};

const TIMES: [&str; 4] = ["time/expired", "time/expired-beyond-leeway", "time/nbf-future", "time/leeway-probe"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_12_five_minutes_of_leeway_are_measured_and_not_blamed_and_ten_are_too_many() {
    let generous = Trial::of(EVERYTHING, &TIMES).leeway(300).env("LEAKY_LEEWAY_S", "300").rows().await;
    generous.assert_no_blame();
    let probe = generous.row("time/leeway-probe@exp");
    let is_measured = ["299 s", "300 s", "301 s"].iter().any(|figure| probe.reason.ends_with(figure));
    assert!(probe.verdict == VerdictKind::Note && is_measured, "{generous}");
    // An hour is beyond any leeway.
    assert_eq!(generous.row("time/expired@one-hour").verdict, VerdictKind::Pass, "{generous}");

    let lax = Trial::of(EVERYTHING, &TIMES).leeway(300).defect(Defect::LeewayOfTenMinutes).rows().await;
    lax.assert_all("time/expired-beyond-leeway", VerdictKind::Vulnerable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_13_an_issuer_with_a_slash_too_many_is_diagnosed_before_anybody_is_blamed() {
    let says_slash = |hints: &[String]| hints.iter().any(|hint| hint.contains("ends in a slash is accepted"));
    let slashed = Trial::of("core", &["baseline/valid", "issuer/other"]).issuer_suffix("/").diagnosis().await;
    assert!(says_slash(&slashed.hints), "{slashed}");
    // It is no guess: where the cause is another one, nothing is said of slashes.
    let other = Trial::of("core", &["baseline/valid"]).env("AUDIENCE", "api://other").diagnosis().await;
    assert!(!says_slash(&other.hints) && !other.hints.is_empty(), "{other}");

    // Who takes both spellings is found.
    let lax = Trial::of(EVERYTHING, &["issuer/near-miss"]).defect(Defect::IgnoresSlashOfIssuer).rows().await;
    lax.assert_found("issuer/near-miss", VerdictKind::Vulnerable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_14_a_token_without_exp_is_a_demand_of_the_profiles_that_say_so_and_else_a_recommendation() {
    let trial = |profile| Trial::of(profile, &["time/exp-missing"]).defect(Defect::ExpiryOptional);
    let free = trial("rfc6750").rows().await;
    let row = free.row("time/exp-missing@absent");
    assert_eq!((row.verdict, row.level), (VerdictKind::Deviates, Level::Should), "{free}");
    assert!(!free.fails(), "{free}");
    let by_the_book = trial("rfc9068").env("SHAPE", "rfc9068").rows().await;
    for strict in [by_the_book, trial("okta").rows().await] {
        strict.assert_all("time/exp-missing", VerdictKind::Vulnerable);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_15_a_wrong_audience_answered_403_deviates_and_one_that_is_served_is_a_bypass() {
    let rows = ["audience/other", "audience/partial-match"];
    let forbidding = Trial::of(EVERYTHING, &rows).defect(Defect::ForbidsOtherAudience).rows().await;
    for row in forbidding.all() {
        assert_eq!((row.verdict, row.tier), (VerdictKind::Deviates, Tier::Low), "{forbidding}");
    }
    assert!(!forbidding.fails(), "{forbidding}");

    let open = Trial::of(EVERYTHING, &rows).defect(Defect::IgnoresAudience).rows().await;
    let row = open.row("audience/other@sibling-api");
    assert_eq!((row.verdict, row.tier), (VerdictKind::Vulnerable, Tier::Critical), "{open}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_16_a_token_of_the_future_may_be_refused_and_may_be_taken() {
    for profile in [EVERYTHING, "hardening"] {
        let refusing = Trial::of(profile, &["time/iat-anomalies"]).rows().await;
        refusing.assert_no_blame();
        refusing.assert_all("time/iat-anomalies@one-hour-ahead", VerdictKind::Pass);
        let taking = Trial::of(profile, &["time/iat-anomalies"]).quirk(Quirk::TakesFutureIssueTime).rows().await;
        taking.assert_no_blame();
        taking.assert_all("time/iat-anomalies@one-hour-ahead", VerdictKind::Note);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_24_an_expired_token_that_lacks_the_scope_is_due_401_and_403_deviates() {
    let rows = ["scope/authn-before-authz", "scope/missing-required"];
    Trial::of(EVERYTHING, &rows).rows().await.assert_no_blame();

    let hasty = Trial::of(EVERYTHING, &rows).defect(Defect::JudgesScopeFirst).rows().await;
    hasty.assert_all("scope/authn-before-authz", VerdictKind::Deviates);
    let row = hasty.row("scope/authn-before-authz@expired");
    assert_eq!((row.observed.status, row.tier), (Some(403), Tier::Low), "{hasty}");
    hasty.assert_all("scope/missing-required", VerdictKind::Pass);
}
