//! Traps 17 to 20 and 23: what verifies a token.

use std::time::Duration;

use badpenny::scenario::{Level, Tier};
use badpenny::verdict::VerdictKind;
use leaky::{Defect, Quirk};

use crate::trial::{EVERYTHING, Trial};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_17_either_s_of_an_ecdsa_signature_is_right_and_zero_is_not() {
    let rows = [
        "signature/ecdsa-psychic@zero",
        "signature/ecdsa-der@der",
        "signature/ecdsa-length@bytes-behind",
        "signature/ecdsa-length@zero-before",
        "signature/ecdsa-length@last-byte-missing",
        "signature/ecdsa-length@other-s",
    ];
    let taking = Trial::of(EVERYTHING, &rows).env("LEAKY_TAKES", "ES256").rows().await;
    taking.assert_no_blame();
    let other_s = taking.row("signature/ecdsa-length@other-s");
    assert_eq!((other_s.observed.status, other_s.verdict), (Some(200), VerdictKind::Pass), "{taking}");

    let gullible = Trial::of(EVERYTHING, &rows[..1]).defect(Defect::TakesZeroSignatures).rows().await;
    gullible.assert_all("signature/ecdsa-psychic", VerdictKind::Vulnerable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_18_another_key_of_the_same_issuer_is_no_forgery_and_one_of_another_issuer_is() {
    let rows = ["signature/kid-of-other-published-key", "issuer/cross-issuer-key"];
    let trial = || Trial::of(EVERYTHING, &rows).declared("second-issuer").env("TRUST_SECOND", "1");
    let trying = trial().quirk(Quirk::TriesEveryKey).rows().await;
    trying.assert_no_blame();
    let row = trying.row("signature/kid-of-other-published-key@other-key");
    assert_eq!((row.observed.status, row.verdict), (Some(200), VerdictKind::Note), "{trying}");

    let sharing = trial().defect(Defect::SharesKeysAcrossIssuers).rows().await;
    // Only the other issuer could sign it.
    let row = sharing.row("issuer/cross-issuer-key@second-signs-for-first");
    assert_eq!((row.verdict, row.tier), (VerdictKind::Vulnerable, Tier::High), "{sharing}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_19_a_new_key_is_polled_for_as_long_as_a_cooldown_may_last() {
    // The tenth part of what libraries wait, on both sides.
    let rows = ["keys/rotation-new-key", "keys/rotation-overlap"];
    let resting = Trial::of(EVERYTHING, &rows).env("LEAKY_COOLDOWN_MS", "3000").refresh(6).rows().await;
    resting.assert_no_blame();
    assert!(resting.took() > Duration::from_secs(2), "{resting}");

    let deaf = Trial::of(EVERYTHING, &["keys/rotation-new-key"]).defect(Defect::KeysLoadedOnce).refresh(2).rows().await;
    deaf.assert_all("keys/rotation-new-key", VerdictKind::Broken);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_19_who_has_no_cooldown_is_told_of_the_flood_and_fails_under_strict_alone() {
    let rows = ["keys/unknown-kid-flood@short-burst"];
    Trial::of(EVERYTHING, &rows).rows().await.assert_no_blame();
    let flooding = Trial::of(EVERYTHING, &rows).defect(Defect::FetchesForEachUnknownKid).rows().await;
    let row = flooding.row(rows[0]);
    assert_eq!((row.verdict, row.level, row.tier), (VerdictKind::Deviates, Level::Should, Tier::Medium), "{flooding}");
    assert!(!flooding.fails(), "{flooding}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_20_a_server_error_without_any_keys_is_no_5xx_of_the_rule_and_never_serving_is_the_only_one() {
    let rows = [
        "keys/jwks-outage-cold@status-*",
        "keys/jwks-outage-cold@connection-refused",
        "time/expired",
        "response/no-5xx",
    ];
    let erring = Trial::of(EVERYTHING, &rows).quirk(Quirk::ErrsWithoutKeys).rows().await;
    erring.assert_no_blame();
    let row = erring.row("keys/jwks-outage-cold@status-500");
    assert_eq!(row.observed.status, Some(500), "{erring}");
    assert_eq!(erring.row("response/no-5xx@every-bad-credential").verdict, VerdictKind::Pass, "{erring}");

    let open = Trial::of(EVERYTHING, &rows).defect(Defect::FailsOpenInOutage).rows().await;
    open.assert_all("keys/jwks-outage-cold", VerdictKind::Vulnerable);
    let lost = Trial::of(EVERYTHING, &rows[..1]).defect(Defect::GivesUpAfterOutage).refresh(1).rows().await;
    lost.assert_found("keys/jwks-outage-cold", VerdictKind::Broken);
    // Of a bad token with the keys at hand, a server error is one.
    let crashing =
        Trial::of(EVERYTHING, &["structure/header-not-object", "response/no-5xx"]).defect(Defect::CrashesOnHeaderNull);
    crashing.rows().await.assert_all("response/no-5xx", VerdictKind::Deviates);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_23_only_an_unknown_extension_must_be_refused_and_what_binds_producers_is_a_note() {
    let rows = ["signature/crit-malformed", "signature/crit-unknown"];
    let lenient = Trial::of(EVERYTHING, &rows).quirk(Quirk::TakesProducersCrit).rows().await;
    lenient.assert_no_blame();
    lenient.assert_all("signature/crit-malformed@empty-list", VerdictKind::Note);
    lenient.assert_all("signature/crit-malformed@registered-name", VerdictKind::Note);
    Trial::of(EVERYTHING, &rows).rows().await.assert_no_blame();

    let blind = Trial::of(EVERYTHING, &rows).defect(Defect::IgnoresCrit).rows().await;
    blind.assert_all("signature/crit-unknown", VerdictKind::Vulnerable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_keeps_the_metadata_goes_by_the_address_that_they_gave_and_gets_a_note() {
    let rows = ["keys/metadata-issuer-mismatch", "keys/metadata-keys-elsewhere", "keys/rotation-new-key@new-key"];
    let keeping = Trial::of(EVERYTHING, &rows).quirk(Quirk::KeepsMetadata).rows().await;
    keeping.assert_no_blame();
    let elsewhere = keeping.row("keys/metadata-keys-elsewhere@plain-http");
    assert_eq!((elsewhere.verdict, elsewhere.level), (VerdictKind::Note, Level::May), "{keeping}");
    // It may have metadata that are its issuer's own, and no others.
    assert_eq!(keeping.row("keys/metadata-issuer-mismatch@keys-of-the-named-issuer").verdict, VerdictKind::Pass);

    let believing = Trial::of(EVERYTHING, &rows[..1]).defect(Defect::BelievesMetadataAddress).rows().await;
    believing.assert_found("keys/metadata-issuer-mismatch", VerdictKind::Vulnerable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_came_before_its_key_is_waited_for_and_a_miss_that_is_kept_is_told_from_deafness() {
    let rows = ["keys/unknown-kid-then-published"];
    Trial::of(EVERYTHING, &rows).env("LEAKY_COOLDOWN_MS", "1500").rows().await.assert_no_blame();
    let clock = Trial::of(EVERYTHING, &rows).quirk(Quirk::FetchesByTheClock).env("LEAKY_MAX_AGE_MS", "700");
    clock.rows().await.assert_no_blame();

    let stubborn = Trial::of(EVERYTHING, &rows).defect(Defect::RemembersUnknownKids).rows().await;
    stubborn.assert_all(rows[0], VerdictKind::Deviates);
    let deaf = Trial::of(EVERYTHING, &rows).defect(Defect::KeysLoadedOnce).refresh(2).rows().await;
    deaf.assert_all(rows[0], VerdictKind::Inconclusive);
    let open = Trial::of(EVERYTHING, &rows).defect(Defect::SkipsUnknownKeys).rows().await;
    open.assert_all(rows[0], VerdictKind::Skipped);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_rests_for_minutes_is_told_by_the_row_about_new_keys_and_by_no_other() {
    let rows = ["keys/test-issuer-trusted", "keys/removed-key@withdrawn", "keys/rotation-new-key@new-key"];
    let resting = Trial::of(EVERYTHING, &rows).env("LEAKY_COOLDOWN_MS", "300000").rows().await;
    for name in ["keys/test-issuer-trusted@built-in-key", "keys/removed-key@withdrawn"] {
        let row = resting.row(name);
        assert!(matches!(row.verdict, VerdictKind::Pass | VerdictKind::Skipped), "{resting}");
    }
    let told = resting.row(rows[2]);
    assert_eq!(told.verdict, VerdictKind::Broken, "{resting}");
    // For how long it was tried, what the server did meanwhile, and what it had been told.
    assert!(
        told.reason
            .contains("no fetch within 3 s: it did not look at the issuer's keys again, which it had fetched once"),
        "{}",
        told.reason
    );
    assert!(told.reason.contains("the issuer had allowed it to keep them for"), "{}", told.reason);
}
