//! What must get through.

use jsonwebtoken::get_current_timestamp;
use serde_json::{Value, json};

use super::forms::sign_bytes;
use super::token::sign;
use super::{Bench, Server, Shape};

pub(crate) async fn good_tokens_are_served_in_every_legal_form<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let issuer = &bench.issuer;
    bench.assert_control().await;
    for (scenario, changes) in [
        ("baseline/scope-superset-and-order", issuer.grant(&["test_scope", "a", "b", "c"])),
        ("baseline/scope-superset-and-order", issuer.grant(&["a", "b", "c", "test_scope"])),
        ("baseline/aud-array", json!({ "aud": ["api://default"] })),
        ("baseline/aud-array", json!({ "aud": ["https://other.example", "api://default"] })),
        ("baseline/unknown-members-ignored", json!({ "x": "a", "y": { "z": [1] }, "__proto__": {} })),
        ("baseline/non-ascii-claims", json!({ "name": "Zoë 測試 😀" })),
        ("time/exp-float", json!({ "exp": get_current_timestamp() as f64 + 300.75 })),
        ("time/exp-extreme", json!({ "exp": i64::MAX })),
        ("time/iat-anomalies", json!({ "iat": get_current_timestamp() - 31_536_000 })),
        ("dos/large-claims", issuer.grant(&[["s"; 4000].as_slice(), &["test_scope"]].concat())),
    ] {
        bench.assert_served(scenario, &issuer.token(changes)).await;
    }
    let extra = sign(&issuer.header(json!({ "x-badpenny": 1 })), &issuer.claims(json!({})));
    bench.assert_served("baseline/unknown-members-ignored", &extra).await;
    bench.assert_served("baseline/json-insignificant-whitespace", &spelled_oddly(&bench)).await;
    legal_lines(&bench).await;
}

/// White space between the members, and names in escapes.
fn spelled_oddly<S>(bench: &Bench<S>) -> String {
    let odd = |value: Value| {
        let pretty = serde_json::to_string_pretty(&value).expect("JSON");
        pretty.replace("\"kid\"", "\"\\u006bid\"").replace("\"aud\"", "\"\\u0061ud\"")
    };
    sign_bytes(odd(bench.issuer.header(json!({}))), odd(bench.issuer.claims(json!({}))))
}

async fn legal_lines<S: Server>(bench: &Bench<S>) {
    let token = bench.issuer.token(json!({}));
    for start in [
        "Authorization: bearer ",
        "Authorization: BEARER ",
        "Authorization: bEaReR ",
        "authorization: Bearer ",
        "AUTHORIZATION: Bearer ",
        "Authorization: Bearer   ",
    ] {
        let answer = bench.get(&[format!("{start}{token}")]).await;
        assert_eq!(answer.status, 200, "transport/scheme-case, transport/multiple-spaces: {start}");
    }
    let answer =
        bench.get(&[format!("Authorization: Bearer {token}"), "Connection: close, Authorization".into()]).await;
    assert_eq!(answer.status, 200, "http/hop-by-hop-strip");
}

pub(crate) async fn the_type_of_the_shape_is_taken_in_any_case<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let claims = bench.issuer.claims(json!({}));
    let known = match shape {
        Shape::Okta => ["JWT", "jwt", "application/jwt"],
        Shape::Rfc9068 => ["at+jwt", "at+JWT", "application/at+jwt"],
    };
    for typ in known {
        bench.assert_served("baseline/typ-at+jwt", &sign(&bench.issuer.header(json!({ "typ": typ })), &claims)).await;
    }
    let absent = sign(&bench.issuer.header(json!({ "typ": null })), &claims);
    match shape {
        Shape::Okta => bench.assert_served("baseline/typ-absent", &absent).await,
        Shape::Rfc9068 => bench.assert_invalid("baseline/typ-absent", &absent).await,
    }
}

pub(crate) async fn the_answer_names_the_caller<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    for sub in ["0oaTest", "Zoë \"測試\"\n"] {
        let answer = bench.bearer(&bench.issuer.token(json!({ "sub": sub }))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let body: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(body, json!({ "message": "Hello, world!", "sub": sub }));
    }
}

pub(crate) async fn each_route_and_method_needs_its_own_scopes<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let statuses = [
        ("GET /", [200, 403, 200]),
        ("HEAD /", [200, 403, 200]),
        ("POST /", [403, 200, 200]),
        ("GET /both", [403, 403, 200]),
    ];
    for (start, expected) in statuses {
        for (scopes, status) in
            [&["test_scope"][..], &["other_scope"], &["other_scope", "test_scope"]].iter().zip(expected)
        {
            let token = bench.issuer.token(bench.issuer.grant(scopes));
            let lines = [format!("Authorization: Bearer {token}"), "X-HTTP-Method-Override: GET".into()];
            let answer = bench.send(start, &lines).await;
            assert_eq!(answer.status, status, "scope/per-method, scope/conjunction: {start} {scopes:?}");
        }
    }
    let token = bench.issuer.token(json!({}));
    let answer = bench.send("GET /both", &[format!("Authorization: Bearer {token}")]).await;
    assert!(answer.field("www-authenticate").ends_with("scope=\"test_scope other_scope\""), "{answer:?}");
}

pub(crate) async fn what_everybody_may_read_needs_no_token<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    for lines in [&[][..], &["Authorization: Bearer abc"]] {
        let answer = bench.send("GET /public", lines).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"message":"Hello, everybody!"}"#));
    }
}

pub(crate) async fn only_known_clients_call_where_they_are_named<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start_with(shape, |setup| setup.clients = "0oaOther 0oaTest").await;
    bench.assert_control().await;
    let claim = if shape == Shape::Okta { "cid" } else { "client_id" };
    for client in ["0oaForeign", "0oa", "0oaOther 0oaTest"] {
        let token = bench.issuer.token(json!({ claim: client }));
        bench.assert_invalid("token-type/foreign-client", &token).await;
    }
}

pub(crate) async fn tokens_of_the_other_shape_are_refused<S: Server>(shape: Shape) {
    let mut bench = Bench::<S>::start(shape).await;
    bench.assert_control().await;
    bench.issuer.shape = match shape {
        Shape::Okta => Shape::Rfc9068,
        Shape::Rfc9068 => Shape::Okta,
    };
    bench.assert_invalid("token-type/wrong-typ", &bench.issuer.token(json!({}))).await;
}
