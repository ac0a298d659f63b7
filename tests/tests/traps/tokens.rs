//! Traps 1 to 8: what a token is made of.

use std::time::Duration;

use badpenny::engine::Minter;
use badpenny::scenario::{Access, Case, Level, Plan, Tier};
use badpenny::verdict::{Answered, ChallengeClass, Evidence, Held, Observation, VerdictKind, judge_case};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use leaky::{Defect, Quirk};
use mock_idp::mutation::Mutation;
use serde_json::json;

use crate::trial::{EVERYTHING, Trial, catalogue, issuer};

fn answer(status: u16, accepted: bool) -> Observation {
    let (challenge, elapsed) = (ChallengeClass::None, Duration::ZERO);
    Observation::Answered(Answered {
        status,
        accepted,
        challenge,
        elapsed,
        large: false,
        in_body: false,
        elsewhere: false,
    })
}

#[test]
fn trap_1_whoever_takes_a_forgery_is_bypassed_in_every_row_of_every_profile_and_a_wrong_refusal_is_low() {
    let catalogue = catalogue();
    let mut forgeries = 0;
    for profile in catalogue.profiles() {
        let plan = Plan::new(&catalogue, &profile.id, &[]).unwrap();
        for case in plan.cases.iter().filter(|case| case.is_forgery()) {
            let held = Held::of(case).unwrap();
            if held.expectation.access != Access::Refused {
                continue;
            }
            let evidence = Evidence { forged: true, ..Evidence::default() };
            let verdict = |seen: Observation| judge_case(&held, &seen, &evidence);
            let (taken, refused) = (verdict(answer(200, true)), verdict(answer(418, false)));
            assert_eq!((taken.kind, taken.tier), (VerdictKind::Vulnerable, Tier::Critical), "{}", case.name());
            assert_eq!((refused.kind, refused.tier), (VerdictKind::Deviates, Tier::Low), "{}", case.name());
            forgeries += 1;
        }
    }
    assert!(forgeries > 100, "{forgeries}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_1_a_forgery_that_is_served_is_critical_where_the_row_is_medium_and_one_answered_403_is_low() {
    let served = Trial::of(EVERYTHING, &["keys/unknown-kid-flood"]).defect(Defect::SkipsUnknownKeys).rows().await;
    let row = served.row("keys/unknown-kid-flood@short-burst");
    assert_eq!((row.verdict, row.level, row.tier), (VerdictKind::Vulnerable, Level::Must, Tier::Critical), "{served}");

    let forbidden = Trial::of(EVERYTHING, &["scope/authn-before-authz@foreign-key"]).defect(Defect::JudgesScopeFirst);
    let forbidden = forbidden.rows().await;
    let row = forbidden.row("scope/authn-before-authz@foreign-key");
    assert_eq!((row.verdict, row.tier), (VerdictKind::Deviates, Tier::Low), "{forbidden}");
}

#[tokio::test]
async fn trap_2_a_flipped_signature_differs_in_its_bytes_and_not_only_in_its_text() {
    let issuer = issuer().await;
    let minter = issuer.minter();
    let plan = Plan::new(&catalogue(), "core", &["signature/bit-flip".parse().unwrap()]).unwrap();
    for case in &plan.cases {
        let (flipped, honest) = signatures(&minter, case).await;
        assert_eq!(flipped.len(), honest.len(), "{}", case.name());
        let bits: u32 = flipped.iter().zip(&honest).map(|(one, other)| (one ^ other).count_ones()).sum();
        match case.variant.slug.as_str() {
            "of-another-token" => assert!(bits > 100, "{bits}"),
            _ => assert_eq!(bits, 1, "{}", case.name()),
        }
    }
    assert_eq!(plan.cases.len(), 4);
}

/// The signature of a case's token, and the right one for the same header and payload.
async fn signatures(minter: &Minter, case: &Case) -> (Vec<u8>, Vec<u8>) {
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let minted = minter.mint(&case.variant.token).await.unwrap();
    let same = json!([
        { "text": "header", "replace": { "hex": hex(&minted.header) } },
        { "text": "payload", "replace": { "hex": hex(&minted.payload) } },
    ]);
    let honest = minter.mint(&Mutation::from_json(&same).unwrap()).await.unwrap();
    let parts = |token: &[u8]| {
        let (signed, signature) = std::str::from_utf8(token).unwrap().rsplit_once('.').unwrap();
        (signed.to_owned(), URL_SAFE_NO_PAD.decode(signature).unwrap())
    };
    let ((signed, flipped), (signed_too, honest)) = (parts(minted.token.expose()), parts(honest.token.expose()));
    assert_eq!(signed, signed_too);
    (flipped, honest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_2_who_ignores_the_loose_bits_of_the_last_character_refuses_every_flip_and_gets_a_note() {
    let rows = ["signature/bit-flip", "structure/base64-noncanonical-tail"];
    let loose = Trial::of(EVERYTHING, &rows).quirk(Quirk::TakesLooseTailBits).rows().await;
    loose.assert_no_blame();
    loose.assert_all("signature/bit-flip", VerdictKind::Pass);
    loose.assert_all("structure/base64-noncanonical-tail", VerdictKind::Note);

    let blind = Trial::of(EVERYTHING, &rows).defect(Defect::IgnoresDigest).rows().await;
    blind.assert_found("signature/bit-flip", VerdictKind::Vulnerable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_3_of_a_member_that_stands_twice_the_last_may_count_and_the_first_may_not() {
    let rows = ["structure/duplicate-claim", "structure/duplicate-header-member"];
    let last = Trial::of(EVERYTHING, &rows).quirk(Quirk::LastMemberWins).rows().await;
    last.assert_no_blame();
    assert_eq!(last.row("structure/duplicate-claim@audience-first-bad").observed.status, Some(200), "{last}");
    let neither = Trial::of(EVERYTHING, &rows).rows().await;
    neither.assert_no_blame();
    assert_eq!(neither.row("structure/duplicate-claim@audience-first-bad").observed.status, Some(401), "{neither}");

    let first = Trial::of(EVERYTHING, &rows).defect(Defect::FirstMemberWins).rows().await;
    first.assert_found("structure/duplicate-claim", VerdictKind::Vulnerable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_4_the_type_may_be_compared_in_any_case_and_who_wants_it_byte_for_byte_breaks_nothing() {
    let rows = ["baseline/typ-at+jwt"];
    let any_case = Trial::of("rfc9068", &rows).env("SHAPE", "rfc9068").rows().await;
    any_case.assert_no_blame();
    any_case.assert_all("baseline/typ-at+jwt", VerdictKind::Pass);

    // The spelling of RFC 9068's own example is a recommendation; the prefix of a media type is demanded.
    let exact = Trial::of("rfc9068", &rows).defect(Defect::TypByteForByte).rows().await;
    let upper = exact.row("baseline/typ-at+jwt@upper");
    assert_eq!((upper.verdict, upper.level, upper.tier), (VerdictKind::Deviates, Level::Should, Tier::Low), "{exact}");
    assert_eq!(exact.row("baseline/typ-at+jwt@short").verdict, VerdictKind::Pass, "{exact}");
    assert_eq!(exact.row("baseline/typ-at+jwt@with-prefix").verdict, VerdictKind::Broken, "{exact}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_5_a_token_without_typ_is_okta_s_and_none_of_rfc_9068_and_a_wrong_typ_is_refused_by_both() {
    let okta = Trial::of(EVERYTHING, &["baseline/typ-absent", "token-type/wrong-typ"]).rows().await;
    okta.assert_no_blame();
    let by_the_book = Trial::of("rfc9068", &["baseline/typ-absent", "token-type/wrong-typ"]);
    by_the_book.env("SHAPE", "rfc9068").rows().await.assert_no_blame();

    // Each is right at home, so neither can pass the other's profile.
    let friendly = Trial::of("rfc9068", &["baseline/typ-absent"]).defect(Defect::TypOptional).rows().await;
    friendly.assert_all("baseline/typ-absent", VerdictKind::Vulnerable);
    let blind = Trial::of(EVERYTHING, &["token-type/wrong-typ"]).defect(Defect::IgnoresTyp).rows().await;
    blind.assert_found("token-type/wrong-typ", VerdictKind::Deviates);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_6_an_id_token_looks_like_an_access_token_and_audience_and_scope_alone_may_tell_them_apart() {
    let issuer = issuer().await;
    let plan = Plan::new(&catalogue(), "okta", &["token-type/id-token".parse().unwrap()]).unwrap();
    let control = issuer.minter().mint(&Mutation::control()).await.unwrap();
    for case in &plan.cases {
        let id_token = issuer.minter().mint(&case.variant.token).await.unwrap();
        assert_eq!(id_token.header, control.header, "{}", case.name());
    }

    let rows = ["token-type/id-token"];
    let plain = Trial::of("okta", &rows).quirk(Quirk::NeedsNoClient).rows().await;
    plain.assert_no_blame();
    assert_eq!(plain.row("token-type/id-token@okta-shape").observed.status, Some(401), "{plain}");
    assert_eq!(plain.row("token-type/id-token@api-as-audience").observed.status, Some(403), "{plain}");

    let open = Trial::of("okta", &rows).quirk(Quirk::NeedsNoClient).defect(Defect::IgnoresScope).rows().await;
    open.assert_found("token-type/id-token", VerdictKind::Vulnerable);
    let open = Trial::of("okta", &rows).defect(Defect::AcceptsIdTokens).rows().await;
    open.assert_all("token-type/id-token", VerdictKind::Vulnerable);
}

/// Rows whose tokens pass the grammar of RFC 6750, and no JWT's.
const ODD_BASE64: [&str; 3] =
    ["structure/base64-padding", "structure/base64-std-alphabet", "structure/base64-foreign-chars"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_7_what_the_grammar_of_the_header_lets_through_is_refused_as_a_token_and_not_as_a_request() {
    let sound = Trial::of(EVERYTHING, &ODD_BASE64).rows().await;
    sound.assert_no_blame();
    // `+ / ~` anywhere and `=` at the end are in the grammar of RFC 6750 2.1: only the token is wrong.
    for name in [
        "structure/base64-std-alphabet@signature",
        "structure/base64-foreign-chars@tilde-in-header",
        "structure/base64-foreign-chars@tilde-in-payload",
        "structure/base64-foreign-chars@tilde-in-signature",
        "structure/base64-padding@signature",
    ] {
        assert_eq!(sound.row(name).observed.status, Some(401), "{name}\n{sound}");
    }
    for name in ["structure/base64-foreign-chars@asterisk-in-signature", "structure/base64-padding@header"] {
        assert_eq!(sound.row(name).observed.status, Some(400), "{name}\n{sound}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_8_base64_is_judged_as_rfc_8725bis_has_it_and_not_by_vectors_that_contradict_each_other() {
    // Foreign characters must be refused, whatever a test vector calls valid.
    let lenient = Trial::of(EVERYTHING, &ODD_BASE64).defect(Defect::IgnoresForeignCharacters).rows().await;
    lenient.assert_all("structure/base64-foreign-chars@tilde", VerdictKind::Vulnerable);
    lenient.assert_all("structure/base64-padding", VerdictKind::Pass);
    let standard = Trial::of(EVERYTHING, &ODD_BASE64).defect(Defect::TakesStandardAlphabet).rows().await;
    standard.assert_all("structure/base64-std-alphabet", VerdictKind::Vulnerable);
    // Padding is a deviation and no bypass: the bytes are the same.
    let padded = Trial::of(EVERYTHING, &ODD_BASE64).defect(Defect::IgnoresPadding).rows().await;
    padded.assert_all("structure/base64-padding@signature", VerdictKind::Deviates);
    assert!(!padded.fails(), "{padded}");
    padded.assert_all("structure/base64-foreign-chars", VerdictKind::Pass);
}
