use mock_idp::config::{AuthorizationServer, Config};
use mock_idp::dialect::Dialect;
use mock_idp::keys::{BuiltinKey, builtin};
use mock_idp::{Issuer, MintRequest, catalogue};
use serde_json::json;

use super::*;

const ISSUER: &str = "https://127.0.0.1:9443/oauth2/default";

/// Scenarios each of whose tokens is explained by the scenario itself.
const TOLD_BY_NAME: &[&str] = &[
    "audience/array-without-match",
    "audience/joined-string",
    "audience/missing-or-typed",
    "audience/other",
    "audience/partial-match",
    "issuer/array",
    "issuer/missing-or-typed",
    "issuer/okta-org-vs-custom",
    "issuer/other",
    "scope/absent-or-empty",
    "scope/missing-required",
    "scope/odd-delimiters",
    "signature/alg-missing-or-typed",
    "signature/alg-none",
    "signature/alg-none-with-signature",
    "signature/alg-unknown-or-wrong-case",
    "signature/b64-false",
    "signature/embedded-jwk",
    "signature/foreign-key-own-kid",
    "signature/foreign-key-same-kid",
    "signature/stripped",
    "signature/x5c-self-signed",
    "structure/base64-foreign-chars",
    "structure/base64-noncanonical-tail",
    "structure/base64-padding",
    "structure/base64-std-alphabet",
    "structure/duplicate-claim",
    "structure/duplicate-header-member",
    "structure/header-not-object",
    "structure/jwe-claims",
    "structure/nested-jwt",
    "structure/not-a-jwt",
    "structure/payload-bad-json",
    "structure/payload-not-object",
    "structure/utf16-or-bom",
    "time/exp-missing",
    "time/exp-not-positive",
    "time/exp-past-as-string",
    "time/exp-wrong-type",
    "time/expired",
    "time/expired-beyond-leeway",
    "time/nbf-future",
    "time/nbf-future-wrong-type",
    "token-type/client-assertion",
    "token-type/id-token",
];

/// Of all bad tokens and odd ones, those that nothing speaks against: each is honest in
/// some eyes, or what is wrong is not in the token.
const LET_THROUGH: &[&str] = &[
    "signature/kid-missing",
    "time/leeway-probe",
    "time/exp-float",
    "time/exp-extreme",
    "time/expires-while-cached",
    "time/iat-anomalies",
    "scope/claim-form",
    "scope/conflicting-claims",
    "scope/typed-garbage",
    "scope/conjunction",
    "scope/per-method",
    "token-type/wrong-typ",
    "token-type/foreign-client",
    "token-type/client-credentials",
    "token-type/required-claims",
];

fn keys() -> Keys {
    let mut server = AuthorizationServer::new("default");
    server.key = Some(builtin(BuiltinKey::Issuer));
    Keys::of(&server)
}

/// The scenarios that explain a variant's token, for each variant that can be made
/// without a change at the issuer.
fn explained() -> Vec<(&'static str, Vec<&'static str>)> {
    let issuer = Issuer::new(&Config::default()).unwrap();
    let keys = keys();
    let explain = |name: &'static str| {
        let mut request = MintRequest::scenario(name).ok()?;
        request.issuer = Some(ISSUER.to_owned());
        let token = issuer.mint(&request).ok()?.token.expose_text();
        let reasons = judge(token.trim(), &keys, &expected()).1;
        Some((name, reasons.into_iter().map(|reason| reason.scenario).collect()))
    };
    catalogue::names().filter_map(explain).collect()
}

fn expected() -> Expected {
    Expected {
        issuers: vec![ISSUER.to_owned()],
        audience: "api://default".to_owned(),
        scopes: vec!["test_scope".to_owned()],
        dialect: Dialect::default(),
        leeway: 300,
        now: Clock::system().now(),
    }
}

fn scenario_of(name: &str) -> &str {
    name.split('@').next().unwrap()
}

#[test]
fn every_token_of_these_scenarios_is_explained_by_its_own() {
    let explained = explained();
    for scenario in TOLD_BY_NAME {
        let variants: Vec<_> = explained.iter().filter(|(name, _)| scenario_of(name) == *scenario).collect();
        assert!(!variants.is_empty(), "{scenario}");
        for (name, reasons) in variants {
            assert!(reasons.contains(scenario), "{name}: {reasons:?}");
        }
    }
}

#[test]
fn every_reason_is_a_scenario_of_the_catalogue() {
    for (name, reasons) in explained() {
        assert!(reasons.iter().all(|reason| catalogue::title(reason).is_some()), "{name}: {reasons:?}");
    }
}

#[test]
fn nothing_speaks_against_a_good_token() {
    for (name, reasons) in explained().iter().filter(|(name, _)| name.starts_with("baseline/")) {
        assert!(reasons.is_empty(), "{name}: {reasons:?}");
    }
}

#[test]
fn something_speaks_against_every_other_token() {
    let rooms = ["structure/", "signature/", "time/", "issuer/", "audience/", "scope/", "token-type/"];
    let is_bad =
        |name: &str| rooms.iter().any(|room| name.starts_with(room)) && !LET_THROUGH.contains(&scenario_of(name));
    for (name, reasons) in explained().iter().filter(|(name, _)| is_bad(name)) {
        assert!(!reasons.is_empty(), "{name}");
    }
}

/// The control token with those edits.
fn minted(edits: &serde_json::Value) -> String {
    let issuer = Issuer::new(&Config::default()).unwrap();
    let mut request = MintRequest::mutation(mock_idp::mutation::Mutation::from_json(edits).unwrap());
    request.issuer = Some(ISSUER.to_owned());
    issuer.mint(&request).unwrap().token.expose_text()
}

#[test]
fn a_token_that_was_changed_looks_as_one_of_another_key_and_the_words_say_both() {
    let (honest, other) = (minted(&json!([])), minted(&json!([{ "claim": "sub", "set": "eve" }])));
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let changed = [parts(&other)[..2].join("."), parts(&honest)[2].clone()].join(".");
    let own_kid = minted(&json!([{ "sign": "attacker" }]));
    let no_kid = minted(&json!([{ "sign": "attacker" }, { "header": "kid", "remove": true }]));
    let both = "another key made it, or the token was changed since, which look alike";
    for (token, whose) in [
        (changed, "the key that `kid` names"),
        (own_kid, "the key that `kid` names"),
        (no_kid, "any key of the issuer"),
    ] {
        let reasons = judge(&token, &keys(), &expected()).1;
        let expected =
            Reason::new("signature/foreign-key-same-kid", format!("its signature is not of {whose}: {both}"));
        assert_eq!(reasons, [expected]);
    }
}

#[test]
fn a_token_is_found_however_it_was_copied() {
    for given in ["a.b.c", " a.b.c\n", "Bearer a.b.c"] {
        assert_eq!(token(given).unwrap(), "a.b.c");
    }
    assert!(matches!(token(" "), Err(CliError::NoToken)));
}
