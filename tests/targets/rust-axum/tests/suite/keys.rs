//! How the issuer's keys are come by, kept and let go.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::forms::{OTHER_KEY, hmac};
use super::issuer::{JWKS, OTHER_JWK, OTHER_KID, is_clean};
use super::raw::request;
use super::token::{sign, sign_with};
use super::{Bench, Server, Shape};

impl<S: Server> Bench<S> {
    /// A good token but for its key, which is not published.
    pub(crate) fn by_other_key(&self) -> String {
        let header = self.issuer.header(json!({ "kid": OTHER_KID }));
        sign_with(OTHER_KEY, &header, &self.issuer.claims(json!({})))
    }

    /// A forged token that names a key which nobody has.
    fn by_unknown_key(&self, kid: &str) -> String {
        sign_with(OTHER_KEY, &self.issuer.header(json!({ "kid": kid })), &self.issuer.claims(json!({})))
    }

    /// Publishes these keys in place of all others.
    pub(crate) fn publish(&self, keys: &[&str]) {
        self.issuer.stage().keys = format!("{{\"keys\":[{}]}}", keys.join(","));
    }

    /// The status that `token` gets, once it isn't 401 or a second has passed.
    async fn status_soon(&self, token: &str) -> u16 {
        let until = Instant::now() + Duration::from_secs(1);
        loop {
            let status = self.bearer(token).await.status;
            if status == 200 || Instant::now() > until {
                return status;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The published key, alone and with these changes.
fn test_jwk(changes: Value) -> String {
    let set: Value = serde_json::from_str(JWKS).expect("a key set");
    super::token::changed(set["keys"][0].clone(), changes).to_string()
}

pub(crate) async fn a_new_key_is_found_and_a_withdrawn_one_is_gone<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start_with(shape, |setup| setup.cooldown = 50).await;
    bench.assert_control().await;
    let (old, new) = (bench.issuer.token(json!({})), bench.by_other_key());
    bench.assert_invalid("signature/foreign-key-own-kid", &new).await;

    bench.publish(&[&test_jwk(json!({})), OTHER_JWK]);
    assert_eq!(bench.status_soon(&new).await, 200, "keys/rotation-new-key");
    bench.assert_served("keys/rotation-overlap, baseline/any-published-key", &old).await;

    bench.publish(&[OTHER_JWK]);
    sleep(Duration::from_millis(60)).await;
    bench.assert_invalid("keys/unknown-kid-flood", &bench.by_unknown_key("x")).await;
    bench.assert_invalid("keys/removed-key", &old).await;
    bench.assert_served("keys/rotation-overlap", &new).await;
}

pub(crate) async fn unknown_keys_are_looked_up_once_in_a_cooldown<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    for kid in 0..20 {
        bench.assert_invalid("keys/unknown-kid-flood", &bench.by_unknown_key(&kid.to_string())).await;
        bench.assert_control().await;
    }
    assert_eq!(bench.issuer.stage().fetches, 1, "keys/unknown-kid-flood, keys/steady-state-fetches");
}

pub(crate) async fn an_empty_key_set_is_not_fetched_for_every_token<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    bench.publish(&[]);
    for kid in 0..20 {
        bench.assert_invalid("keys/unknown-kid-flood", &bench.by_unknown_key(&kid.to_string())).await;
    }
    assert_eq!(bench.issuer.stage().fetches, 1);
}

pub(crate) async fn keys_that_are_too_old_are_fetched_again<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start_with(shape, |setup| (setup.cooldown, setup.max_age) = (10, 200)).await;
    bench.assert_control().await;
    bench.publish(&[OTHER_JWK]);
    sleep(Duration::from_millis(1500)).await;
    bench.assert_invalid("keys/removed-key", &bench.issuer.token(json!({}))).await;
    bench.assert_served("keys/removed-key", &bench.by_other_key()).await;
}

pub(crate) async fn a_herd_of_first_requests_fetches_the_keys_once<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start_with(shape, |setup| setup.cooldown = 0).await;
    bench.issuer.stage().delay = Duration::from_millis(300);
    let (good, bad) = (bench.issuer.token(json!({})), bench.by_unknown_key("x"));
    let requests = tokio::join!(
        bench.bearer(&good),
        bench.bearer(&good),
        bench.bearer(&bad),
        bench.bearer(&good),
        bench.bearer(&good),
        bench.bearer(&bad),
        bench.bearer(&good),
        bench.bearer(&good),
    );
    let (a, b, c, d, e, f, g, h) = requests;
    assert_eq!([a, b, c, d, e, f, g, h].map(|answer| answer.status), [200, 200, 401, 200, 200, 401, 200, 200]);
    assert_eq!(bench.issuer.stage().fetches, 1, "keys/cold-start-herd");
}

pub(crate) async fn known_keys_hold_while_the_issuer_fails<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start_with(shape, |setup| setup.cooldown = 0).await;
    bench.assert_control().await;
    let elsewhere = bench.by_other_key();
    let big = format!("{{\"keys\":[{OTHER_JWK}],\"x\":\"{}\"}}", "x".repeat(1 << 20));
    let bodies = ["<html>", "", "[]", "{}", r#"{"keys":null}"#, r#"{"keys":{}}"#, r#"{"keys":["#, &big];
    for (status, keys) in
        [500, 404, 302, 307].map(|status| (status, OTHER_JWK)).into_iter().chain(bodies.map(|body| (200, body)))
    {
        (bench.issuer.stage().status, bench.issuer.stage().keys) = (status, keys.to_owned());
        let fetches = bench.issuer.stage().fetches;
        bench.assert_invalid("keys/jwks-outage-warm, keys/jwks-malformed, keys/jwks-transport", &elsewhere).await;
        assert_eq!(bench.issuer.stage().fetches, fetches + 1, "the server came: {status} {keys:.20}");
        bench.assert_control().await;
    }
    bench.issuer.stage().delay = Duration::from_secs(30);
    let before = Instant::now();
    bench.assert_invalid("keys/jwks-outage-warm", &elsewhere).await;
    assert!(before.elapsed() < Duration::from_millis(1900), "response/latency-bound: {:?}", before.elapsed());
    bench.assert_control().await;
}

pub(crate) async fn without_keys_nothing_is_judged_until_they_come<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start_with(shape, |setup| setup.cooldown = 50).await;
    bench.issuer.stage().status = 500;
    for token in [bench.issuer.token(json!({})), bench.by_other_key()] {
        let answer = bench.bearer(&token).await;
        assert_eq!(answer.status, 503, "keys/jwks-outage-cold: {answer:?}");
        assert_eq!(answer.field("www-authenticate"), "");
        assert!(!answer.body.contains("500") && !answer.body.contains("keys"), "{answer:?}");
    }
    bench.issuer.stage().status = 200;
    assert_eq!(bench.status_soon(&bench.issuer.token(json!({}))).await, 200, "keys/jwks-outage-cold");
}

pub(crate) async fn a_caller_who_hangs_up_does_not_end_the_fetch<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    bench.issuer.stage().delay = Duration::from_millis(400);
    let line = format!("Authorization: Bearer {}", bench.by_unknown_key("x"));
    let mut stream = TcpStream::connect(bench.address).await.expect("a connection");
    stream.write_all(&request("GET /", &[line], "")).await.expect("it is sent");
    while bench.issuer.stage().fetches == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    drop(stream);
    bench.assert_control().await;
    assert_eq!(bench.issuer.stage().fetches, 1);
}

pub(crate) async fn unusable_members_do_not_spoil_the_set<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let ec = r#"{"kty":"EC","kid":"badpenny-test-key","crv":"P-256","x":"AA","y":"AA"}"#;
    let akp = r#"{"kty":"AKP","kid":"pq","alg":"ML-DSA-44","pub":"AA"}"#;
    bench.publish(&[akp, r#"{"kty":"RSA","kid":"n"}"#, ec, r#""x""#, "null", &test_jwk(json!({ "alg": null }))]);
    bench.assert_control().await;
}

pub(crate) async fn keys_that_must_not_be_used_are_not<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start_with(shape, |setup| setup.cooldown = 0).await;
    let control = bench.issuer.token(json!({}));
    let twin = test_jwk(json!({ "kid": OTHER_KID }));
    let only = |changes| test_jwk(changes);
    for (scenario, keys) in [
        ("keys/jwk-use-enc", vec![only(json!({ "use": "enc" }))]),
        ("keys/jwk-use-enc", vec![only(json!({ "use": null, "key_ops": ["encrypt"] }))]),
        ("keys/jwk-use-enc", vec![only(json!({ "use": null, "key_ops": ["sign"] }))]),
        ("keys/jwk-alg-mismatch", vec![only(json!({ "alg": "PS256" }))]),
        ("keys/jwk-alg-mismatch", vec![only(json!({ "alg": "RS512" }))]),
        ("keys/weak-key", vec![only(json!({ "e": "AQ" }))]),
        ("keys/duplicate-kid", vec![OTHER_JWK.replace(OTHER_KID, "badpenny-test-key"), only(json!({}))]),
        ("keys/duplicate-kid", vec![only(json!({})), OTHER_JWK.replace(OTHER_KID, "badpenny-test-key")]),
    ] {
        // The other member shows that the server has seen this very set.
        let keys: Vec<&str> = keys.iter().map(String::as_str).chain([twin.as_str()]).collect();
        bench.publish(&keys);
        let seen = sign(&bench.issuer.header(json!({ "kid": OTHER_KID })), &bench.issuer.claims(json!({})));
        bench.assert_invalid(scenario, &bench.by_unknown_key("x")).await;
        bench.assert_served(scenario, &seen).await;
        bench.assert_invalid(scenario, &control).await;
    }
    bench.publish(&[r#"{"kty":"oct","kid":"badpenny-test-key","k":"c2VjcmV0"}"#]);
    let header = bench.issuer.header(json!({ "alg": "HS256" }));
    bench.assert_invalid("keys/jwk-oct-published", &hmac(&header, &bench.issuer.claims(json!({})), b"secret")).await;
}

pub(crate) async fn fetches_say_who_asks_and_nothing_else<S: Server>(shape: Shape) {
    let bench = Bench::<S>::start(shape).await;
    let line = format!("Authorization: Bearer {}", bench.issuer.token(json!({})));
    let answer = bench.get(&[line.as_str(), "Cookie: a=b", "User-Agent: x"]).await;
    assert_eq!(answer.status, 200);
    let fetched_with = bench.issuer.stage().fetched_with.clone();
    assert!(is_clean(&fetched_with), "keys/fetch-hygiene: {fetched_with:?}");
    assert_ne!(fetched_with["user-agent"], "x");
}
