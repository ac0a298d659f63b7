//! What else a sound server may do, beside the numbered traps.

use badpenny::verdict::VerdictKind;
use leaky::{Defect, Quirk};

use super::trial::{EVERYTHING, Trial};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_knows_its_users_may_refuse_another_one_and_is_judged_without() {
    let rows = ["concurrency/interleaved", "response/cache-cross-serve"];
    Trial::of(EVERYTHING, &rows).quirk(Quirk::KnowsItsUsers).rows().await.assert_no_blame();

    let mixing = Trial::of(EVERYTHING, &rows).defect(Defect::KeepsCurrentUserInGlobal).rows().await;
    mixing.assert_found("concurrency/interleaved", VerdictKind::Vulnerable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_keeps_no_connection_has_nothing_to_show_on_a_second_request() {
    let rows = ["concurrency/keepalive-stickiness"];
    let closing = Trial::of(EVERYTHING, &rows).quirk(Quirk::ClosesAfterAnswer).rows().await;
    closing.assert_all("concurrency/keepalive-stickiness", VerdictKind::Skipped);
    Trial::of(EVERYTHING, &rows).rows().await.assert_no_blame();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbered_refusals_tell_nobody_which_check_a_token_failed() {
    let rows = ["structure/*", "time/expired", "response/no-internals"];
    let numbering = Trial::of(EVERYTHING, &rows).quirk(Quirk::NumbersRefusals).rows().await;
    numbering.assert_all("response/no-internals@tells-which-check", VerdictKind::Skipped);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_for_tokens_of_another_shape_is_told_which_profile_fits() {
    let diagnosis = Trial::of("rfc9068", &["baseline/*"]).diagnosis().await.to_string();
    assert!(diagnosis.contains("--profile okta"), "{diagnosis}");
    let fitting = Trial::of("okta", &["baseline/*"]).issuer_suffix("x").diagnosis().await.to_string();
    assert!(!fitting.contains("--profile"), "{fitting}");
}
