//! A control that another issuer has signed.

use super::*;
use crate::keys::{Algorithm, SigningKey, hmac};

/// The token of an issuer whose signing key is not known here, with claims in an
/// order and a spacing of its own.
fn honest() -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{ "alg": "RS256", "kid": "abc" }"#);
    let payload = URL_SAFE_NO_PAD
        .encode(r#"{"sub":"marked-subject", "aud":"api://default","iss":"https://issuer.example","exp":1800003600}"#);
    let input = format!("{header}.{payload}");
    let signature = builtin(BuiltinKey::Issuer).sign(Algorithm::Rs256, input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn given() -> ForgeContext {
    let jwk = serde_json::from_str(&builtin(BuiltinKey::Issuer).public_jwk().to_text()).unwrap();
    let key = SigningKey::from_public_jwk("abc", &jwk, Algorithm::Rs256).unwrap();
    ForgeContext { keys: KeySet::new(key), given: Some(GivenToken::new(&honest()).unwrap()), ..context() }
}

fn made(context: &ForgeContext, edits: &Value) -> Result<Forged, ForgeError> {
    forge(context, &Mutation::from_json(edits).unwrap())
}

#[test]
fn a_given_control_is_sent_byte_for_byte() {
    assert_eq!(made(&given(), &json!([])).unwrap().token.expose_text(), honest());
}

#[test]
fn what_needs_no_signing_key_is_made_of_it() {
    let token = |edits| made(&given(), &edits).unwrap().token.expose_text();
    let original = honest();
    let [header, payload, signature] = original.split('.').collect::<Vec<_>>()[..] else { panic!("three") };
    assert_eq!(token(json!([{"signature": "strip"}])), format!("{header}.{payload}."));
    let tampered = token(json!([{"claim": "sub", "set": "admin"}, {"signature": "of-control"}]));
    assert!(tampered.starts_with(header) && tampered.ends_with(signature) && !tampered.contains(payload));
    // The secret is the real key's, in the very bytes.
    let edits = json!([{"header": "alg", "set": "HS256"}, {"sign": "hmac", "public-key": "spki-pem"}]);
    let confused = token(edits);
    let (input, mac) = confused.rsplit_once('.').unwrap();
    let secret = builtin(BuiltinKey::Issuer).public_form(crate::keys::PublicForm::SpkiPem).unwrap();
    let expected = hmac(Algorithm::Hs256, &secret, input.as_bytes());
    assert_eq!(mac, URL_SAFE_NO_PAD.encode(expected));
}

#[test]
fn what_its_issuer_would_have_to_sign_is_said_to_need_its_key() {
    for edits in [
        json!([{"claim": "exp", "set": {"now": -3600}}]),
        json!([{"text": "payload", "as": "pretty"}]),
        json!([{"signature": "of-another-token"}]),
    ] {
        let error = made(&given(), &edits).unwrap_err().to_string();
        assert!(error.starts_with("only the issuer has the private half of the key \"abc\""), "{edits}: {error}");
    }
}

#[test]
fn a_second_token_lends_its_signature() {
    let original = honest();
    let (input, _) = original.rsplit_once('.').unwrap();
    let second = GivenToken::new(&format!("{input}.c2Vjb25k")).unwrap();
    let given = ForgeContext { given: given().given.map(|first| first.with_second(&second)), ..given() };
    let token = made(&given, &json!([{"signature": "of-another-token"}])).unwrap().token.expose_text();
    assert_eq!(token, format!("{input}.c2Vjb25k"));
}

#[test]
fn a_difference_shows_nothing_that_the_control_says_of_its_holder() {
    let edits = json!([{"claim": "sub", "set": "admin"}, {"claim": "copy", "set": ["marked-subject", "x"]},
                       {"claim": "exp", "remove": true}, {"signature": "of-control"}]);
    let changes: Vec<String> = made(&given(), &edits).unwrap().changes.iter().map(ToString::to_string).collect();
    let expected = [
        "payload  - \"exp\": [as issued]",
        "payload  ~ \"sub\": [as issued] -> \"admin\"",
        "payload  + \"copy\": [\"[as issued]\",\"x\"]",
    ];
    assert_eq!(changes[..3], expected, "{changes:?}");
}

#[test]
fn of_an_opaque_token_nothing_is_made_but_other_tokens() {
    let context = ForgeContext { given: Some(GivenToken::new("2YotnFZFEjr1zCsicMWpAA").unwrap()), ..context() };
    assert_eq!(made(&context, &json!([])).unwrap().token.expose_text(), "2YotnFZFEjr1zCsicMWpAA");
    assert_eq!(made(&context, &json!([{"token": "x"}])).unwrap().token.expose_text(), "x");
    let error = made(&context, &json!([{"signature": "strip"}])).unwrap_err();
    assert!(matches!(error, ForgeError::Opaque), "{error}");
}

#[test]
fn a_public_key_that_is_not_known_is_said_to_be_missing() {
    let keys = KeySet::new(SigningKey::unknown("abc", Algorithm::Es256));
    let context = ForgeContext { keys, ..given() };
    let edits = json!([{"header": "alg", "set": "HS256"}, {"sign": "hmac", "public-key": "spki-pem"}]);
    let error = made(&context, &edits).unwrap_err();
    assert!(matches!(error, ForgeError::NoPublicKey), "{error}");
}
