mod algorithms;
mod given;
mod shapes;
mod words;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::claims::TokenSettings;
use crate::dialect::Shape;
use crate::keys::{BuiltinKey, KeySet, builtin};
use crate::random::Random;

fn context() -> ForgeContext {
    ForgeContext {
        settings: TokenSettings::new("https://127.0.0.1:1/oauth2/default"),
        keys: KeySet::new(builtin(BuiltinKey::Issuer)).with_published(builtin(BuiltinKey::IssuerNext)),
        now: 1_800_000_000,
        random: Random::seeded(1),
        token_id: Random::seeded(2).base64url(43),
        given: None,
    }
}

fn forged(edits: &Value) -> Forged {
    forge(&context(), &Mutation::from_json(edits).unwrap()).unwrap()
}

fn text(edits: &Value) -> String {
    forged(edits).token.expose_text()
}

fn segments(token: &str) -> Vec<Vec<u8>> {
    token.split('.').map(|segment| URL_SAFE_NO_PAD.decode(segment).unwrap()).collect()
}

fn verifies(token: &str, algorithm: jsonwebtoken::Algorithm) -> bool {
    let (input, signature) = token.rsplit_once('.').unwrap();
    let jwk = builtin(BuiltinKey::Issuer).public_jwk();
    let key =
        jsonwebtoken::DecodingKey::from_rsa_components(&jwk.get_str("n").unwrap(), &jwk.get_str("e").unwrap()).unwrap();
    jsonwebtoken::crypto::verify(signature, input.as_bytes(), &key, algorithm).unwrap_or(false)
}

#[test]
fn the_control_is_an_okta_token_that_verifies() {
    let token = text(&json!([]));
    let parts = segments(&token);
    assert_eq!(parts[0], br#"{"kid":"mock-idp-test-key-1-public-never-trust-this","alg":"RS256"}"#);
    let claims: Value = serde_json::from_slice(&parts[1]).unwrap();
    assert_eq!(claims["exp"], 1_800_003_600);
    assert_eq!(claims["scp"], json!(["test_scope"]));
    assert!(verifies(&token, jsonwebtoken::Algorithm::RS256));
}

#[test]
fn a_seed_makes_the_same_bytes_again() {
    assert_eq!(text(&json!([])), text(&json!([])));
}

#[test]
fn a_changed_claim_is_signed_honestly_and_told() {
    let forged = forged(&json!([{"claim": "exp", "set": {"now": -3600}}, {"header": "crit", "set": ["x"]}]));
    assert!(verifies(&forged.token.expose_text(), jsonwebtoken::Algorithm::RS256));
    let changes: Vec<String> = forged.changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["header  + \"crit\": [\"x\"]", "payload  ~ \"exp\": 1800003600 -> 1799996400"]);
}

#[test]
fn tampered_claims_keep_the_signature_of_the_control() {
    let control = text(&json!([]));
    let tampered = text(&json!([{"claim": "sub", "set": "admin"}, {"signature": "of-control"}]));
    assert_eq!(control.rsplit('.').next(), tampered.rsplit('.').next());
    assert_ne!(control, tampered);
    assert!(!verifies(&tampered, jsonwebtoken::Algorithm::RS256));
}

#[test]
fn a_bit_flip_changes_exactly_one_bit_of_the_decoded_signature() {
    let control = segments(&text(&json!([])));
    for place in ["first", "middle", "last"] {
        let flipped = segments(&text(&json!([{"signature": {"flip-bit": place}}])));
        let bits: u32 = control[2].iter().zip(&flipped[2]).map(|(a, b)| (a ^ b).count_ones()).sum();
        assert_eq!((bits, control[..2] == flipped[..2]), (1, true), "{place}");
    }
}

#[test]
fn duplicates_stand_before_or_after_the_controls_own() {
    let first = forged(&json!([{"claim": "aud", "duplicate": "x", "as": "first"}])).payload;
    let last = forged(&json!([{"claim": "aud", "duplicate": "x", "as": "last"}])).payload;
    assert!(first.find("\"x\"") < first.find("api://default"), "{first}");
    assert!(last.find("\"x\"") > last.find("api://default"), "{last}");
    assert_eq!(last.matches("\"aud\"").count(), 2);
}

#[test]
fn stated_and_used_algorithms_can_differ() {
    let token = text(&json!([{"header": "alg", "set": "HS256"}, {"sign": "control", "with": "RS512"}]));
    assert!(String::from_utf8(segments(&token)[0].clone()).unwrap().contains("HS256"));
    assert!(verifies(&token, jsonwebtoken::Algorithm::RS512));
}

#[test]
fn raw_json_may_be_what_no_json_value_can_hold() {
    assert!(forged(&json!([{"claim": "exp", "raw": "1e400"}])).payload.contains("\"exp\":1e400"));
}

#[test]
fn a_time_may_have_a_fraction_on_either_side_of_now() {
    for (seconds, text) in
        [(300.75, "1800000300.750"), (-30.5, "1799999969.500"), (0.9996, "1800000001"), (-1.0, "1799999999")]
    {
        let payload = forged(&json!([{"claim": "exp", "set": {"now": seconds}}])).payload;
        assert!(payload.contains(&format!("\"exp\":{text},")), "{seconds}: {payload}");
    }
}

#[test]
fn segments_can_be_dropped_added_and_emptied() {
    assert_eq!(text(&json!([{"segments": ["", "", ""]}])), "..");
    assert_eq!(text(&json!([{"segments": ["header", "payload"]}])).matches('.').count(), 1);
    assert!(text(&json!([{"signature": "strip"}])).ends_with('.'));
}

#[test]
fn loose_tail_bits_change_the_text_and_not_the_bytes() {
    let control = text(&json!([]));
    let loose = text(&json!([{"segment": "signature", "as": "loose-tail-bits"}]));
    assert_ne!(control, loose);
    let lenient = base64::engine::GeneralPurpose::new(
        &base64::alphabet::URL_SAFE,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone),
    );
    let bytes = |token: &str| lenient.decode(token.rsplit('.').next().unwrap()).unwrap();
    assert_eq!(bytes(&control), bytes(&loose));
}

#[test]
fn a_padded_segment_can_be_signed_as_it_stands() {
    let token = text(&json!([{"segment": "payload", "append": "==", "signed": true}]));
    assert!(token.split('.').nth(1).unwrap().ends_with("=="));
    assert!(verifies(&token, jsonwebtoken::Algorithm::RS256));
}

#[test]
fn only_a_kid_that_is_not_published_may_cause_a_fetch() {
    assert!(!forged(&json!([])).may_cause_fetch());
    assert!(forged(&json!([{"header": "kid", "set": "nope"}])).may_cause_fetch());
    assert!(!forged(&json!([{"header": "kid", "remove": true}])).may_cause_fetch());
    assert!(!forged(&json!([{"header": "kid", "set": "{other_kid}"}])).may_cause_fetch());
    assert!(!forged(&json!([{"token": "abc"}])).may_cause_fetch());
}

#[test]
fn ecdsa_changes_need_an_ecdsa_signature() {
    let mutation = Mutation::from_json(&json!([{"signature": "der"}])).unwrap();
    assert!(matches!(forge(&context(), &mutation), Err(ForgeError::NotEcdsa)));
    assert!(text(&json!([{"alg": "ES256"}, {"sign": "attacker-p256"}, {"signature": "der"}])).len() > 100);
}

#[test]
fn without_a_second_published_key_the_error_tells_how_to_get_one() {
    let context = ForgeContext { keys: KeySet::new(builtin(BuiltinKey::Issuer)), ..context() };
    let mutation = Mutation::from_json(&json!([{"sign": "other-published"}])).unwrap();
    let error = forge(&context, &mutation).unwrap_err();
    assert!(matches!(error, ForgeError::NoOtherKey));
    assert!(error.to_string().contains("Issuer::change_keys"), "{error}");
}

/// Honest tokens: of the very kind that the control is, or with its scope for a route or a method
/// that needs another.
const SAME_AS_CONTROL: [&str; 6] = [
    "scope/conjunction@first-only",
    "scope/per-method@read-scope-writes",
    "token-type/client-credentials@machine",
    "http/method-override@header",
    "http/method-override@query",
    "http/method-override@form",
];

/// What an issuer that signs with RS256 can't make.
const FOR_OTHER_ALGORITHMS: &[&str] = &[
    "signature/hmac-secret@empty",
    "signature/hmac-secret@first-half",
    "signature/hmac-secret@all-but-last",
    "signature/hmac-secret@hs256",
    "signature/hmac-secret@hs384",
    "signature/hmac-secret@hs512",
    "signature/ed25519-names@family",
    "signature/ed25519-names@own-name",
    "signature/ecdsa-psychic@own-key-zero",
    "signature/ecdsa-psychic@own-key-zero-one",
    "signature/ecdsa-psychic@own-key-order",
    "signature/ecdsa-psychic@own-key-order-minus-one",
    "signature/ecdsa-der@own-key",
    "signature/ecdsa-length@own-key-other-s",
];

/// Whether an error says that the token is not for an issuer of that kind.
fn is_about_the_kind(error: &ForgeError) -> bool {
    matches!(
        error,
        ForgeError::NotEcdsa
            | ForgeError::NotRsa
            | ForgeError::NoSecret { .. }
            | ForgeError::NoPublicHalf { .. }
            | ForgeError::NoPublicForm { .. }
            | ForgeError::OtherKind { .. }
            | ForgeError::NoSpareBits
    )
}

#[test]
fn every_scenario_of_the_catalogue_can_be_minted_and_differs_from_the_control() {
    let (mut unchanged, mut for_others) = (Vec::new(), Vec::new());
    let issuer = crate::Issuer::new(&crate::config::Config::default()).unwrap();
    issuer.change_keys("default", |keys| keys.publish(builtin(BuiltinKey::IssuerNext)));
    for name in crate::catalogue::names() {
        let steps = crate::catalogue::steps(name).unwrap();
        issuer.apply("default", &steps, &context().settings).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mutation = crate::catalogue::find(name).unwrap();
        // What Okta's tokens never have can only be taken out of those of RFC 9068.
        let same = [Shape::Okta, Shape::Rfc9068].map(|shape| {
            // The same randomness for both.
            let context = || {
                let settings = context().settings.with_shape(shape);
                ForgeContext { settings, keys: issuer.keys("default").unwrap(), ..context() }
            };
            let token = match forge(&context(), &mutation) {
                Err(error) if is_about_the_kind(&error) => return None,
                token => token.unwrap_or_else(|error| panic!("{name}: {error}")),
            };
            let is_same = token.token == forge(&context(), &Mutation::control()).unwrap().token;
            // Who reads the changes must be able to tell.
            assert!(is_same || !token.changes.is_empty(), "{name}");
            Some(is_same)
        });
        if same == [Some(true), Some(true)] && !mutation.is_control() {
            unchanged.push(name);
        }
        if same == [None, None] {
            for_others.push(name);
        }
        issuer.restore("default");
    }
    assert_eq!(unchanged, SAME_AS_CONTROL);
    assert_eq!(for_others, FOR_OTHER_ALGORITHMS);
}

#[test]
fn a_payload_that_is_no_object_is_wrapped_as_it_is() {
    let token = text(&json!([{"text": "payload", "replace": "[]"}, {"serialization": "polyglot"}]));
    assert!(token.contains(&format!(".{}.", URL_SAFE_NO_PAD.encode("[]"))), "{token}");
}

#[test]
fn a_time_beyond_all_numbers_stops_at_the_last() {
    let most = i64::MAX;
    let forged = forged(&json!([{"claim": "exp", "set": {"now": 0, "leeways": most, "times": most}}]));
    assert!(forged.payload.contains("\"exp\":"), "{}", forged.payload);
}
