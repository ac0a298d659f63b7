//! The same words in the shape of RFC 9068.

use super::*;
use crate::claims::TokenSettings;
use crate::dialect::{Dialect, Shape};

fn rfc9068(edits: &Value) -> Forged {
    let mut context = context();
    context.settings = context.settings.with_shape(Shape::Rfc9068);
    forge(&context, &Mutation::from_json(edits).unwrap()).unwrap()
}

fn members(json: &str) -> Vec<String> {
    // `serde_json::Value` sorts: the order is read from the text.
    let value: serde_json::Map<String, Value> = serde_json::from_str(json).unwrap();
    let mut names: Vec<String> = value.keys().cloned().collect();
    names.sort_by_key(|name| json.find(&format!("\"{name}\":")));
    names
}

#[test]
fn the_control_is_a_token_of_rfc_9068_that_verifies() {
    let control = rfc9068(&json!([]));
    assert_eq!(control.header, r#"{"typ":"at+jwt","alg":"RS256","kid":"mock-idp-test-key-1-public-never-trust-this"}"#);
    assert_eq!(members(&control.payload), ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"]);
    assert!(verifies(&control.token.expose_text(), jsonwebtoken::Algorithm::RS256));
    assert!(control.changes.is_empty());
}

#[test]
fn both_controls_carry_every_scope_of_the_setting() {
    for (shape, expected) in [(Shape::Okta, r#""scp":["a","b"]"#), (Shape::Rfc9068, r#""scope":"a b""#)] {
        let settings = TokenSettings { scope: "a b".into(), ..context().settings };
        let context = ForgeContext { settings: settings.with_shape(shape), ..context() };
        let payload = forge(&context, &Mutation::control()).unwrap().payload;
        assert!(payload.contains(expected), "{payload}");
    }
}

#[test]
fn every_kind_of_token_can_be_made() {
    let user = rfc9068(&json!([{"kind": "authorization-code"}]));
    assert!(user.header.contains("at+jwt") && user.payload.contains("auth_time"), "{user:?}");
    for kind in ["id-token", "client-assertion"] {
        let other = rfc9068(&json!([{ "kind": kind }]));
        assert!(other.header.contains(r#""typ":"JWT""#), "{kind}: {}", other.header);
        assert!(!other.payload.contains("client_id"), "{kind}");
    }
    let org = rfc9068(&json!([{"kind": "org-access-token"}]));
    assert_eq!(org.header.matches("typ").count(), 1);
    assert!(org.header.contains("okta-internal"), "{}", org.header);
}

#[test]
fn the_control_stays_the_one_that_a_tampered_token_was_made_of() {
    let tampered = rfc9068(&json!([{"claim": "sub", "set": "admin"}, {"signature": "of-control"}]));
    let control = rfc9068(&json!([]));
    let signature = |forged: &Forged| forged.token.expose_text().rsplit('.').next().unwrap().to_owned();
    assert_eq!(signature(&tampered), signature(&control));
}

#[test]
fn a_subject_of_the_dialect_is_the_users_as_well() {
    let mut context = context();
    context.settings.dialect = Dialect::default().with(&json!({ "subject": "alice" })).unwrap();
    for edits in [json!([]), json!([{"kind": "authorization-code"}])] {
        let payload = forge(&context, &Mutation::from_json(&edits).unwrap()).unwrap().payload;
        assert!(payload.contains(r#""sub":"alice""#), "{payload}");
    }
}
