//! Steps at an authorization server, over the Rust API, without a socket.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use mock_idp::claims::TokenSettings;
use mock_idp::config::{AuthorizationServer, Config};
use mock_idp::forge::Forged;
use mock_idp::input::InputError;
use mock_idp::keys::{BuiltinKey, KeyName, builtin};
use mock_idp::mutation::Mutation;
use mock_idp::step::{Step, StepError};
use mock_idp::{Issuer, MintRequest, Request, Staging};
use rstest::rstest;
use serde_json::{Value, json};

const ISSUER: &str = "https://idp.test/oauth2/default";

fn issuer() -> Issuer {
    Issuer::new(&Config::default().with_server(AuthorizationServer::new("second"))).unwrap()
}

fn settings() -> TokenSettings {
    TokenSettings::new(ISSUER)
}

fn steps(steps: &Value) -> Result<Vec<Step>, InputError> {
    steps.as_array().unwrap().iter().map(Step::from_json).collect()
}

fn apply(issuer: &Issuer, what: &Value) -> u64 {
    issuer.apply("default", &steps(what).unwrap(), &settings()).unwrap().revision
}

fn jwks_text(issuer: &Issuer) -> String {
    let response = issuer.handle(&Request::get("/oauth2/default/v1/keys"));
    String::from_utf8(response.body.to_vec()).unwrap()
}

fn jwks(issuer: &Issuer) -> Vec<Value> {
    let document: Value = serde_json::from_str(&jwks_text(issuer)).unwrap();
    document["keys"].as_array().unwrap().clone()
}

fn kids(issuer: &Issuer) -> Vec<String> {
    jwks(issuer).iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn mint(issuer: &Issuer, edits: &Value) -> Forged {
    issuer.mint(&MintRequest::mutation(Mutation::from_json(edits).unwrap()).with_settings(&settings())).unwrap()
}

/// A token of that key, under the id that it is published under.
fn token_of(issuer: &Issuer, key: &str) -> Forged {
    mint(issuer, &json!([{ "header": "kid", "set": { "kid": key } }, { "sign": key }]))
}

/// Whether a resource server that fetches now accepts the token.
fn is_accepted(issuer: &Issuer, forged: &Forged) -> bool {
    let set: JwkSet = serde_json::from_str(&jwks_text(issuer)).unwrap();
    let Some(jwk) = forged.kid.as_deref().and_then(|kid| set.find(kid)) else { return false };
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["api://default"]);
    validation.set_issuer(&[ISSUER]);
    let key = DecodingKey::from_jwk(jwk).unwrap();
    jsonwebtoken::decode::<Value>(&forged.token.expose_text(), &key, &validation).is_ok()
}

#[test]
fn every_step_can_be_said_and_carried_out_and_said_again() {
    for step in [
        json!({"publish": "other-published"}),
        json!({"publish": "attacker", "kid": "{kid}", "first": true}),
        json!({"withdraw": "control"}),
        json!({"rotate": true}),
        json!({"jwk": "control", "set": {"use": "enc", "x5c": {"x5c": "attacker"}, "key_ops": ["sign"]}, "remove": ["alg"]}),
        json!({"add": "{\"kty\":\"AKP\",\"kid\":\"pq\"}", "first": true}),
        json!({"jwks": "{\"keys\":null}"}),
        json!({"jwks": {"hex": "ff"}}),
        json!({"fault": "jwks", "status": 500}),
        json!({"fault": "jwks", "by": "refuse"}),
        json!({"fault": "issuer", "by": "hang"}),
        json!({"fault": "jwks", "by": "truncate"}),
        json!({"fault": "jwks", "by": "untrusted-tls"}),
        json!({"fault": "metadata", "slow": 2.5}),
        json!({"fault": "jwks", "redirect": "{listener}/keys"}),
        json!({"fault": "jwks", "size": 52_428_800}),
        json!({"metadata": "issuer", "set": "https://evil.example"}),
    ] {
        let read = Step::from_json(&step).unwrap_or_else(|error| panic!("{step}: {error}"));
        assert_eq!(*read.to_json(), step);
        assert_eq!(Step::from_json(read.to_json()).unwrap(), read);
        let issuer = issuer();
        let before = jwks_text(&issuer);
        issuer.apply("default", &[read], &settings()).unwrap_or_else(|error| panic!("{step}: {error}"));
        assert_eq!(issuer.restore("default"), Some(3), "{step}");
        assert_eq!(jwks_text(&issuer), before, "{step}");
    }
}

#[rstest]
#[case(json!({"pubish": "control"}), "`pubish` is not a step of the issuer (did you mean `publish`?)")]
#[case(json!({"publish": "contrl"}), "\"contrl\" is not known here (did you mean `control`?)")]
#[case(json!({"publish": "control", "kind": "x"}), "`kind` is not known here (did you mean `kid`?)")]
#[case(json!({"rotate": false}), "write `rotate = true`, or leave it out")]
#[case(json!({"fault": "jwks"}), "expected one of status, by, slow, redirect, size")]
#[case(json!({"fault": "jwks", "by": "hung"}), "\"hung\" is not known here (did you mean `hang`?)")]
#[case(json!({"fault": "jwks", "status": 100}), "expected a status from 200 to 599")]
#[case(json!({"fault": "jwks", "slow": -1}), "expected a number of seconds from 0 to 600")]
#[case(json!({"fault": "jwks", "size": 100_000_000}), "expected a number from 0 to 67108864")]
#[case(json!({"add": "{scop}"}), "{scop} is not a placeholder here (did you mean {scope}?)")]
#[case(json!({"metadata": "issuer"}), "`set` is missing")]
fn a_wrong_step_is_told_with_its_place(#[case] step: Value, #[case] message: &str) {
    let error = Step::from_json(&step).unwrap_err().to_string();
    assert!(error.starts_with("step") && error.ends_with(message), "{error}");
}

#[test]
fn a_published_key_signs_what_a_target_that_fetches_accepts() {
    for key in ["other-published", "second-issuer", "attacker", "builtin"] {
        let issuer = issuer();
        assert_eq!(apply(&issuer, &json!([{ "publish": key }])), 2);
        assert_eq!(kids(&issuer).len(), 2);
        let forged = token_of(&issuer, key);
        assert_eq!(forged.kid.as_ref(), kids(&issuer).last());
        assert!(!forged.may_cause_fetch() && is_accepted(&issuer, &forged), "{key}");
    }
}

#[test]
fn the_issuers_keys_get_a_fresh_kid_each_time_and_others_keep_theirs() {
    let kid = |key: &str| {
        let issuer = issuer();
        apply(&issuer, &json!([{ "publish": key }]));
        kids(&issuer).pop().unwrap()
    };
    for key in ["other-published", "twin", "issuer-p256", "issuer-p384"] {
        assert_ne!(kid(key), kid(key), "{key}");
        assert_eq!(kid(key).len(), 43);
    }
    assert_eq!(kid("attacker"), "badpenny-attacker-1");
    assert_eq!(kid("second-issuer"), BuiltinKey::SecondIssuer.kid());
}

#[test]
fn the_other_key_is_found_by_its_placeholder_too() {
    let issuer = issuer();
    assert_eq!(apply(&issuer, &json!([{ "publish": "other-published" }])), 2);
    let forged = mint(&issuer, &json!([{ "header": "kid", "set": "{other_kid}" }, { "sign": "other-published" }]));
    assert_eq!(forged.kid.as_deref(), Some(kids(&issuer)[1].as_str()));
    assert!(is_accepted(&issuer, &forged));
}

#[test]
fn a_key_may_take_the_id_of_another_and_stand_before_it() {
    let issuer = issuer();
    apply(&issuer, &json!([{ "publish": "attacker", "kid": "{kid}", "first": true }]));
    let found = kids(&issuer);
    assert_eq!(found[0], found[1]);
    let keys = issuer.keys("default").unwrap();
    assert_eq!(keys.published()[0].name(), Some(KeyName::Attacker));
    let forged = token_of(&issuer, "attacker");
    assert_eq!(forged.kid, Some(found[0].clone()));
    assert!(is_accepted(&issuer, &forged), "the first of two with that id");
}

#[test]
fn a_withdrawn_key_is_gone_and_its_tokens_are_still_made() {
    let issuer = issuer();
    apply(&issuer, &json!([{ "publish": "other-published" }, { "withdraw": "control" }]));
    assert_eq!(kids(&issuer).len(), 1);
    let control = mint(&issuer, &json!([]));
    assert!(control.may_cause_fetch() && !is_accepted(&issuer, &control));
    apply(&issuer, &json!([{ "publish": "control" }]));
    assert!(is_accepted(&issuer, &control), "it comes back under its own id");
}

#[test]
fn a_rotation_signs_with_the_next_key_and_keeps_the_old_one() {
    let issuer = issuer();
    let old = mint(&issuer, &json!([]));
    apply(&issuer, &json!([{ "rotate": true }]));
    let new = mint(&issuer, &json!([]));
    assert_ne!(old.kid, new.kid);
    for forged in [&old, &new, &token_of(&issuer, "previous")] {
        assert!(is_accepted(&issuer, forged));
    }
    apply(&issuer, &json!([{ "withdraw": "previous" }]));
    let late = token_of(&issuer, "previous");
    assert_eq!(late.kid, old.kid);
    assert!(!is_accepted(&issuer, &late) && is_accepted(&issuer, &new));
    issuer.restore("default");
    assert_eq!(mint(&issuer, &json!([])).kid, old.kid);
}

#[test]
fn a_rotation_takes_the_key_that_was_published_before_and_a_second_one_leads_back() {
    let issuer = issuer();
    apply(&issuer, &json!([{ "publish": "other-published" }]));
    let announced = kids(&issuer).pop();
    apply(&issuer, &json!([{ "rotate": true }]));
    assert_eq!(mint(&issuer, &json!([])).kid, announced);
    apply(&issuer, &json!([{ "rotate": true }]));
    let back = issuer.keys("default").unwrap().active().clone();
    assert_eq!(back.thumbprint(), builtin(BuiltinKey::Issuer).thumbprint());
    assert_eq!(kids(&issuer).len(), 3);
    assert!(is_accepted(&issuer, &mint(&issuer, &json!([]))));
}

#[test]
fn members_of_a_jwk_are_set_and_removed_and_its_kid_is_followed() {
    let issuer = issuer();
    apply(&issuer, &json!([{ "jwk": "control", "set": { "use": "enc", "kid": "odd" }, "remove": ["alg"] }]));
    let key = &jwks(&issuer)[0];
    assert_eq!([&key["use"], &key["kid"], &key["alg"]], [&json!("enc"), &json!("odd"), &Value::Null]);
    let forged = mint(&issuer, &json!([{ "claim": "x", "set": { "kid": "control" } }]));
    assert!(forged.payload.contains(r#""x":"odd""#), "{}", forged.payload);
    assert!(forged.may_cause_fetch(), "the token names the id of before");
}

#[test]
fn a_key_whose_members_are_changed_is_published_if_it_is_not() {
    let issuer = issuer();
    apply(&issuer, &json!([{ "jwk": "issuer-p256", "set": { "x": { "control": "y" } } }]));
    let key = &jwks(&issuer)[1];
    assert_eq!((&key["kty"], &key["x"]), (&json!("EC"), &key["y"]));
}

#[test]
fn any_text_can_stand_among_the_keys() {
    let issuer = issuer();
    let add = json!([{ "add": "{\"kty\":\"AKP\",\"kid\":\"{audience}\"}", "first": true }, { "add": "null" }]);
    apply(&issuer, &add);
    let text = jwks_text(&issuer);
    assert!(text.starts_with(r#"{"keys":[{"kty":"AKP","kid":"api://default"},{"kty":"RSA""#), "{text}");
    assert!(text.ends_with(",null]}"), "{text}");
}

#[test]
fn the_whole_document_can_be_other_bytes() {
    let issuer = issuer();
    apply(&issuer, &json!([{ "jwks": { "join": ["[", { "hex": "ff" }, "{kid}"] } }]));
    let body = issuer.handle(&Request::get("/oauth2/default/v1/keys")).body;
    assert_eq!(body[..2], [b'[', 0xff]);
    assert!(mint(&issuer, &json!([])).may_cause_fetch(), "no kid is published");
}

#[test]
fn a_member_of_both_discovery_documents_lies() {
    let issuer = issuer();
    apply(&issuer, &json!([{ "metadata": "jwks_uri", "set": "{listener}/keys" }, { "metadata": "x", "set": [1] }]));
    for path in ["openid-configuration", "oauth-authorization-server"] {
        let response = issuer.handle(&Request::get(&format!("/oauth2/default/.well-known/{path}")));
        let document: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!([&document["jwks_uri"], &document["x"]], [&json!("http://127.0.0.1:9/keys"), &json!([1])]);
    }
    issuer.restore("default");
    let response = issuer.handle(&Request::get("/oauth2/default/.well-known/openid-configuration"));
    assert!(String::from_utf8_lossy(&response.body).contains("/oauth2/default/v1/keys"));
}

#[test]
fn the_twin_is_published_with_the_steps_in_one_revision() {
    let issuer = issuer();
    let steps = steps(&json!([{ "withdraw": "control" }])).unwrap();
    let staging = Staging { steps: &steps, twin: true, rekid: true };
    assert_eq!(issuer.stage("default", staging, &settings()).unwrap().revision, 2);
    let twin = token_of(&issuer, "twin");
    assert!(is_accepted(&issuer, &twin));
    assert_eq!(kids(&issuer), [twin.kid.clone().unwrap()]);
    assert_eq!(issuer.publish_twin("default").unwrap().revision, 3);
    assert_eq!(kids(&issuer).len(), 1, "the old one is gone");
    assert_ne!(token_of(&issuer, "twin").kid, twin.kid);
}

#[test]
fn where_an_endpoint_is_broken_there_is_no_room_for_a_twin() {
    for step in [
        json!({"jwks": "{}"}),
        json!({"fault": "jwks", "status": 500}),
        json!({"fault": "metadata", "slow": 1}),
        json!({"metadata": "issuer", "set": "x"}),
    ] {
        let issuer = issuer();
        let steps = [Step::from_json(&step).unwrap()];
        assert!(steps[0].breaks_endpoint(), "{step}");
        let staging = Staging { steps: &steps, twin: true, rekid: false };
        assert!(matches!(issuer.stage("default", staging, &settings()), Err(StepError::NoRoomForTwin)), "{step}");
        assert_eq!(apply(&issuer, &json!([step])), 2, "nothing had changed");
        assert!(matches!(issuer.publish_twin("default"), Err(StepError::NoRoomForTwin)), "{step}");
    }
}

#[test]
fn a_new_kid_can_not_be_known_from_before_and_signs_from_now_on() {
    let issuer = issuer();
    let before = kids(&issuer);
    assert_eq!(issuer.rekid("default").unwrap().revision, 2);
    assert_ne!(kids(&issuer), before);
    let control = mint(&issuer, &json!([]));
    assert_eq!(kids(&issuer), [control.kid.clone().unwrap()]);
    assert!(is_accepted(&issuer, &control));
    issuer.restore("default");
    assert_eq!(kids(&issuer), before);
}

#[test]
fn a_step_knows_the_placeholders_that_it_uses() {
    let uses = |step: Value, name: &str| Step::from_json(&step).unwrap().uses(name);
    assert!(uses(json!({"fault": "jwks", "redirect": "{listener}/keys"}), "listener"));
    assert!(uses(json!({"metadata": "jwks_uri", "set": "{second_issuer}/v1/keys"}), "second_issuer"));
    assert!(uses(json!({"jwk": "control", "set": {"x5u": "{listener}/a.pem"}}), "listener"));
    assert!(uses(json!({"publish": "attacker", "kid": "{kid}"}), "kid"));
    assert!(uses(json!({"add": "{\"kid\":\"{other_kid}\"}"}), "other_kid"));
    assert!(!uses(json!({"jwks": "{issuer}"}), "listener"));
}

#[test]
fn servers_do_not_disturb_each_other() {
    let issuer = issuer();
    let second = |issuer: &Issuer| issuer.handle(&Request::get("/oauth2/second/v1/keys"));
    let before = second(&issuer).body;
    apply(&issuer, &json!([{ "fault": "issuer", "status": 500 }, { "publish": "attacker" }]));
    assert_eq!((second(&issuer).status.as_u16(), second(&issuer).body), (200, before));
    issuer.apply("second", &steps(&json!([{ "withdraw": "control" }])).unwrap(), &settings()).unwrap();
    assert_eq!(second(&issuer).body, r#"{"keys":[]}"#);
    assert_eq!(issuer.restore("second"), Some(3));
    let unknown = issuer.apply("nope", &[], &settings()).unwrap_err().to_string();
    assert_eq!(unknown, "there is no authorization server \"nope\": known are default, second");
    assert_eq!(issuer.restore("nope"), None);
}

#[test]
fn the_second_server_is_the_one_that_tokens_can_speak_of() {
    let mut own = AuthorizationServer::new("default");
    own.key = Some(builtin(BuiltinKey::Attacker3).with_kid("own"));
    let mut second = AuthorizationServer::new("second");
    second.key = Some(builtin(BuiltinKey::Attacker2).with_kid("seconds-own"));
    let with = |second: AuthorizationServer| {
        let config = Config::default().with_server(own.clone()).with_server(second);
        let forged = mint(
            &Issuer::new(&config).unwrap(),
            &json!([
                { "claim": "iss", "set": "{second_issuer}" },
                { "header": "kid", "set": "{second_kid}" },
                { "sign": "second-issuer" },
            ]),
        );
        assert!(forged.payload.contains("https://idp.test/oauth2/second"), "{}", forged.payload);
        forged.kid.unwrap()
    };
    assert_eq!(with(AuthorizationServer::new("second")), BuiltinKey::SecondIssuer.kid());
    assert_eq!(with(second), "seconds-own");
}

#[test]
fn the_journal_counts_per_server_and_knows_what_was_sent_whole() {
    let issuer = issuer();
    let journal = || issuer.journal();
    let _ = issuer.handle(&Request::get("/oauth2/default/v1/keys?kid=x").with_header("cookie", "a=b"));
    let _ = issuer.handle(&Request::get("/oauth2/nope/v1/keys"));
    assert_eq!((journal().hits("default", "keys"), journal().last_revision_served("default")), (1, Some(1)));
    let entry = journal().entries()[0].clone();
    assert_eq!((entry.query.as_deref(), entry.cookie, entry.fault), (Some("kid=x"), true, None));

    apply(&issuer, &json!([{ "fault": "issuer", "by": "refuse" }]));
    for path in ["/oauth2/default/v1/keys", "/.well-known/oauth-authorization-server/oauth2/default"] {
        let _ = issuer.handle(&Request::get(path));
    }
    assert_eq!((journal().hits("default", "keys"), journal().hits("default", "metadata")), (2, 1));
    assert_eq!(journal().last_revision_served("default"), Some(1), "the second one never went out");
    let entry = journal().entries().pop().unwrap();
    assert_eq!((entry.fault, entry.status, entry.jwks_revision), (Some("refuse"), 0, None));
    assert_eq!((journal().hits("second", "keys"), journal().hits("default", "token")), (0, 0));
}

#[test]
fn a_seed_makes_the_same_steps_again_and_steps_change_no_token() {
    let seeded = |with_step: bool| {
        let mut config = Config::default();
        config.seed = Some(7);
        let issuer = Issuer::new(&config).unwrap();
        if with_step {
            apply(&issuer, &json!([{ "publish": "other-published" }]));
        }
        let kid = kids(&issuer).pop();
        issuer.restore("default");
        let claims: Value = serde_json::from_str(&mint(&issuer, &json!([])).payload).unwrap();
        (kid, claims["jti"].clone())
    };
    assert_eq!(seeded(true), seeded(true));
    assert_eq!(seeded(true).1, seeded(false).1);
}
