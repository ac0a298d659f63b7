//! What must be refused for how the token is made: signature, header, segments.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::forms::{OTHER_KEY, TEST_KEY, encode, hmac, sign_bytes, sign_segments, with_text};
use super::issuer::{JWKS, OTHER_JWK};
use super::token::{KID, segment, sign, sign_with, signed};
use super::{Bench, Server, Shape};

pub(crate) async fn a_token_that_was_not_signed_as_it_stands_is_refused<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let issuer = &bench.issuer;
    let (good, header, claims) = (issuer.token(json!({})), issuer.header(json!({})), issuer.claims(json!({})));
    let (message, signature) = good.rsplit_once('.').expect("three segments");
    let (head, payload) = message.split_once('.').expect("three segments");
    let admin = issuer.claims(json!({ "sub": "admin" }));
    let bytes = URL_SAFE_NO_PAD.decode(signature).expect("a signature");
    let resigned = |bytes: &[u8]| format!("{message}.{}", encode(bytes));
    let flip = |index: usize| {
        let mut bytes = bytes.clone();
        bytes[index] ^= 1;
        resigned(&bytes)
    };
    let alg = |alg: Value| issuer.header(json!({ "alg": alg }));
    let unsigned = |name: &str| format!("{}.{}.", segment(&alg(json!(name))), segment(&admin));
    let jwk: Value = serde_json::from_str(OTHER_JWK).expect("a key");
    let with_jwk = |kid: Value| issuer.header(json!({ "jwk": jwk, "kid": kid }));
    for token in [
        "abc".to_owned(),
        "..".to_owned(),
        message.to_owned(),
        head.to_owned(),
        format!("{message}."),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!("{good}.{payload}.{signature}"),
        format!(".{good}"),
        format!(".{payload}.{signature}"),
        format!("{head}..{signature}"),
        format!("{head}.{}.{signature}", segment(&admin)),
        format!("{}.{payload}.{signature}", encode(with_text(&header, "\"x\":1"))),
        unsigned("none"),
        unsigned("nOnE"),
        format!("{}{signature}", unsigned("none")),
        flip(0),
        flip(128),
        flip(255),
        resigned(&bytes[..255]),
        resigned(&bytes[..128]),
        resigned(&[&bytes[..], b"\0"].concat()),
        resigned(&[b"\0", &bytes[..]].concat()),
        resigned(&[0; 256]),
        sign_with(OTHER_KEY, &header, &claims),
        sign_with(OTHER_KEY, &with_jwk(header["kid"].clone()), &claims),
        sign_with(OTHER_KEY, &with_jwk(Value::Null), &claims),
        hmac(&alg(json!("HS256")), &admin, b""),
        hmac(&alg(json!("HS256")), &admin, b"secret"),
        hmac(&alg(json!("HS256")), &admin, JWKS.as_bytes()),
        hmac(&header, &admin, b"secret"),
        signed(TEST_KEY, &format!("{}.{payload}", segment(&alg(json!("PS256")))), Algorithm::PS256),
        signed(TEST_KEY, &format!("{}.{payload}", segment(&alg(json!("RS512")))), Algorithm::RS512),
        signed(TEST_KEY, message, Algorithm::RS512),
        format!("{}.{payload}.{}", segment(&alg(json!("ES256"))), encode([0; 64])),
    ] {
        bench.assert_invalid("signature/*, structure/segment-count, structure/empty-segments", &token).await;
    }
    bench.assert_control().await;
}

pub(crate) async fn headers_that_are_not_understood_are_refused<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let issuer = &bench.issuer;
    let claims = issuer.claims(json!({}));
    let foreign_types = match shape {
        Shape::Okta => ["at+jwt", "logout+jwt", "secevent+jwt", "dpop+jwt"],
        Shape::Rfc9068 => ["JWT", "logout+jwt", "token-introspection+jwt", "dpop+jwt"],
    };
    let changed = [
        json!({ "crit": ["x-badpenny"], "x-badpenny": 1 }),
        json!({ "crit": ["exp"] }),
        json!({ "crit": [] }),
        json!({ "crit": "x" }),
        json!({ "b64": false }),
        json!({ "b64": false, "crit": ["b64"] }),
        json!({ "cty": "JWT" }),
        json!({ "enc": "A256GCM", "zip": "DEF" }),
        json!({ "alg": null }),
        json!({ "alg": "rs256" }),
        json!({ "alg": "RS256 " }),
        json!({ "alg": ["RS256"] }),
        json!({ "alg": 0 }),
        json!({ "typ": 1 }),
        json!({ "kid": null }),
        json!({ "kid": 1 }),
        json!({ "kid": [KID] }),
        json!({ "kid": "" }),
        json!({ "kid": "__proto__" }),
        json!({ "kid": "a\r\nX: y" }),
    ];
    let types = foreign_types.map(|typ| json!({ "typ": typ }));
    for changes in changed.into_iter().chain(types) {
        bench.assert_invalid("signature/*, token-type/wrong-typ", &sign(&issuer.header(changes), &claims)).await;
    }
    let header = issuer.header(json!({}));
    let text = header.to_string();
    for bytes in [
        b"[]".to_vec(),
        b"\"x\"".to_vec(),
        b"1".to_vec(),
        b"null".to_vec(),
        b"{".to_vec(),
        format!("\u{feff}{text}").into(),
        format!("{text}x").into(),
        with_text(&header, "\"typ\":null,\"typ\":null").into(),
        with_text(&header, "\"crit\":null").into(),
        with_text(&header, "\"alg\":\"RS256\"").into(),
        with_text(&header, "\"\\u006bid\":\"x\"").into(),
        [with_text(&header, "\"x\":\"").trim_end_matches('}').as_bytes(), b"\xff\"}"].concat(),
    ] {
        bench.assert_invalid("structure/header-not-object", &sign_bytes(bytes, claims.to_string())).await;
    }
    bench.assert_control().await;
}

pub(crate) async fn segments_that_are_not_strict_are_refused<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let good = bench.issuer.token(json!({}));
    let segments: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = segments[..] else { panic!("three segments") };
    let (most, last) = signature.split_at(signature.len() - 1);
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = alphabet.iter().position(|byte| last.as_bytes() == [*byte]).expect("base64url");
    let loose = char::from(alphabet[place + 1]);
    for (scenario, token) in [
        ("structure/base64-padding", sign_segments(&format!("{header}=="), payload)),
        ("structure/base64-padding", format!("{good}==")),
        ("structure/base64-foreign-chars", sign_segments(&format!("{header}~"), payload)),
        ("structure/base64-foreign-chars", sign_segments(header, &format!("~{payload}"))),
        ("structure/base64-foreign-chars", format!("{good}~")),
        ("structure/base64-std-alphabet", good.replace('-', "+").replace('_', "/")),
        ("structure/base64-noncanonical-tail", format!("{header}.{payload}.{most}{loose}")),
    ] {
        // Where `=` stands before the end, the line holds no bearer token at all.
        if token.trim_end_matches('=').contains('=') {
            assert_eq!(bench.bearer(&token).await.status, 400, "{scenario}");
        } else {
            bench.assert_invalid(scenario, &token).await;
        }
    }
    for bad in ['*', '?', '#', ' ', '"', '{'] {
        let answer = bench.bearer(&format!("{header}.{payload}.{most}{bad}{last}")).await;
        assert_eq!(answer.status, 400, "structure/base64-foreign-chars, structure/json-serialization: {bad}");
    }
    bench.assert_control().await;
}
