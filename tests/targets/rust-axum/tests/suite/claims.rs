//! What must be refused for what the token says.

use jsonwebtoken::get_current_timestamp;
use serde_json::json;

use super::forms::{OTHER_KEY, sign_bytes, with_text};
use super::token::sign_with;
use super::{Bench, Server, Shape};

pub(crate) async fn bad_claims_are_refused<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let now = get_current_timestamp();
    let id = bench.issuer.id.as_str();
    let times = ["exp", "nbf", "iat"].into_iter().flat_map(|name| {
        let values = ["9999999999".into(), "never".into(), json!(true), json!([now]), json!({})];
        values.map(|value| json!({ name: value }))
    });
    let fixed = [
        json!({ "exp": now - 3600 }),
        json!({ "exp": now - 10 }),
        json!({ "exp": 1 }),
        json!({ "exp": 0 }),
        json!({ "exp": -1 }),
        json!({ "exp": "1" }),
        json!({ "nbf": now + 3600 }),
        json!({ "iat": now + 3600 }),
        json!({ "iss": "https://other.example" }),
        json!({ "iss": format!("{id}/") }),
        json!({ "iss": &id[..id.len() - 1] }),
        json!({ "iss": id.to_uppercase() }),
        json!({ "iss": [id] }),
        json!({ "iss": ["https://other.example", id] }),
        json!({ "iss": 1 }),
        json!({ "aud": "api://other" }),
        json!({ "aud": "0oaTest" }),
        json!({ "aud": "api://default2" }),
        json!({ "aud": "api://defaul" }),
        json!({ "aud": " api://default" }),
        json!({ "aud": "API://DEFAULT" }),
        json!({ "aud": "x api://default" }),
        json!({ "aud": "*" }),
        json!({ "aud": "" }),
        json!({ "aud": [] }),
        json!({ "aud": ["x", "y"] }),
        json!({ "aud": [["api://default"]] }),
        json!({ "aud": ["api://default", 1] }),
        json!({ "aud": { "api://default": 1 } }),
        json!({ "sub": 1 }),
        json!({ "aud": "0oaTest", "scp": null, "scope": null, "cid": null, "client_id": null, "nonce": "n" }),
        json!({ "aud": ["0oaTest", "api://default"], "cid": null, "client_id": null, "nonce": "n" }),
        json!({ "iss": "0oaTest", "aud": format!("{id}/v1/token") }),
    ];
    for changes in fixed.into_iter().chain(times) {
        bench.assert_invalid("time/*, issuer/*, audience/*, token-type/*", &bench.issuer.token(changes)).await;
    }
    bench.assert_control().await;
}

pub(crate) async fn a_claim_that_the_shape_needs_is_missed<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let needed = match shape {
        Shape::Okta => &["iss", "aud", "exp", "sub", "cid"][..],
        Shape::Rfc9068 => &["iss", "aud", "exp", "sub", "client_id", "iat", "jti"],
    };
    for name in needed {
        bench.assert_invalid("time/exp-missing and others", &bench.issuer.token(json!({ *name: null }))).await;
    }
}

pub(crate) async fn claims_that_can_not_be_read_are_refused<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let header = bench.issuer.header(json!({})).to_string();
    let claims = bench.issuer.claims(json!({}));
    let text = claims.to_string();
    let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let with = |members: &str| with_text(&claims, members).into_bytes();
    let nested = bench.issuer.token(json!({}));
    for (scenario, payload) in [
        ("structure/payload-not-object", b"[]".to_vec()),
        ("structure/payload-not-object", b"\"sub\"".to_vec()),
        ("structure/payload-not-object", b"42".to_vec()),
        ("structure/payload-not-object", b"null".to_vec()),
        ("structure/payload-not-object", Vec::new()),
        ("structure/payload-not-object", b"{}".to_vec()),
        ("structure/payload-bad-json", text.as_bytes()[..text.len() - 1].to_vec()),
        ("structure/payload-bad-json", format!("{text}}}x").into()),
        ("structure/payload-bad-json", format!("{text}{{\"sub\":\"admin\"}}").into()),
        ("structure/payload-bad-json", with("'x':1")),
        ("structure/payload-bad-json", with("\"x\":1/* x */")),
        ("structure/payload-bad-json", with("\"x\":NaN")),
        ("structure/payload-bad-json", with("\"x\":Infinity")),
        ("time/exp-extreme", with("\"x\":1e400")),
        ("structure/duplicate-claim", with("\"aud\":\"api://default\"")),
        ("structure/duplicate-claim", with("\"\\u0069ss\":\"https://other.example\"")),
        ("structure/duplicate-claim", with("\"exp\":1")),
        ("structure/duplicate-claim", with("\"sub\":\"admin\"")),
        ("structure/duplicate-claim", with("\"x\":1,\"scp\":[],\"scope\":\"\",\"scp\":[],\"scope\":\"\"")),
        ("structure/duplicate-claim", with("\"x\":{\"y\":1,\"y\":2}")),
        ("structure/utf16-or-bom", utf16(u16::to_le_bytes)),
        ("structure/utf16-or-bom", utf16(u16::to_be_bytes)),
        ("structure/utf16-or-bom", format!("\u{feff}{text}").into()),
        ("structure/utf16-or-bom", [&with("\"x\":\"")[..], b"\xff\"}"].concat()),
        ("dos/deep-json", with(&format!("\"x\":{}{}", "[".repeat(5000), "]".repeat(5000)))),
        ("structure/nested-jwt", nested.into()),
    ] {
        bench.assert_invalid(scenario, &sign_bytes(&header, payload)).await;
    }
    bench.assert_control().await;
}

pub(crate) async fn a_missing_scope_is_forbidden_and_named<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let grants = match shape {
        Shape::Okta => vec![
            json!({ "scp": null }),
            json!({ "scp": [] }),
            json!({ "scp": [""] }),
            json!({ "scp": ["other_scope"] }),
            json!({ "scp": ["test_scope_x", "x_test_scope", "test", "Test_Scope", "test_scope:read", "*", "testXscope"] }),
            json!({ "scp": ["other_scope test_scope"] }),
            json!({ "scp": "test_scope" }),
            json!({ "scp": { "test_scope": true } }),
            json!({ "scp": [["test_scope"]] }),
            json!({ "scp": 1 }),
            json!({ "scp": [null, 1] }),
            json!({ "scp": null, "scope": "test_scope" }),
            json!({ "scp": ["other_scope"], "scope": "test_scope", "roles": ["test_scope"] }),
        ],
        Shape::Rfc9068 => vec![
            json!({ "scope": null }),
            json!({ "scope": "" }),
            json!({ "scope": "other_scope" }),
            json!({ "scope": "test_scope_x x_test_scope test Test_Scope test_scope:read * testXscope" }),
            json!({ "scope": "other_scope,test_scope" }),
            json!({ "scope": "other_scope\ttest_scope" }),
            json!({ "scope": "other_scope\ntest_scope" }),
            json!({ "scope": "other_scope+test_scope" }),
            json!({ "scope": ["test_scope"] }),
            json!({ "scope": { "test_scope": true } }),
            json!({ "scope": 1 }),
            json!({ "scope": null, "scp": ["test_scope"] }),
            json!({ "scope": "other_scope", "scp": ["test_scope"], "roles": ["test_scope"] }),
        ],
    };
    let challenge = format!(
        "Bearer realm=\"{}\", error=\"insufficient_scope\", \
         error_description=\"the access token does not grant the scope\", scope=\"test_scope\"",
        S::REALM
    );
    for grant in grants {
        let answer = bench.bearer(&bench.issuer.token(grant.clone())).await;
        assert_eq!(answer.status, 403, "scope/*: {grant}");
        assert_eq!(answer.field("www-authenticate"), challenge);
    }
}

pub(crate) async fn a_bad_token_without_the_scope_is_a_bad_token<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let issuer = &bench.issuer;
    let none = json!({ "scp": null, "scope": null, "exp": 1 });
    bench.assert_invalid("scope/authn-before-authz", &issuer.token(none)).await;
    let claims = issuer.claims(json!({ "scp": null, "scope": null }));
    bench.assert_invalid("scope/authn-before-authz", &sign_with(OTHER_KEY, &issuer.header(json!({})), &claims)).await;
}
