//! Honest assertions.

use mock_idp::config::Client;
use mock_idp::keys::{Algorithm, Role, SigningKey};
use rstest::rstest;
use serde_json::json;

use super::maker::Assertion;
use super::{Change, NOW, SECRET, TOKEN, form, jwk, key_1, key_2, post, replaced, server, start, with_key_1};

#[rstest]
#[case::a_signature_of_rs256("one", key_1(), Algorithm::Rs256)]
#[case::a_signature_of_rs512_by_a_key_without_alg("any", key_1(), Algorithm::Rs512)]
#[case::a_signature_of_rs384_by_a_key_without_alg("any", key_1(), Algorithm::Rs384)]
#[case::the_second_of_two_keys("two", key_2(), Algorithm::Es256)]
#[case::a_signature_of_es384("es384", Role::Issuer.key(Algorithm::Es384), Algorithm::Es384)]
#[case::a_signature_of_es512("es512", Role::Issuer.key(Algorithm::Es512), Algorithm::Es512)]
#[case::an_hmac_of_hs256("secret", SigningKey::from_secret("s", SECRET).unwrap(), Algorithm::Hs256)]
#[case::an_hmac_of_hs384("secret", SigningKey::from_secret("s", SECRET).unwrap(), Algorithm::Hs384)]
#[case::an_hmac_of_hs512("secret", SigningKey::from_secret("s", SECRET).unwrap(), Algorithm::Hs512)]
#[case::an_hmac_where_keys_would_do_too("both", SigningKey::from_secret("s", SECRET).unwrap(), Algorithm::Hs256)]
#[case::a_signature_where_a_secret_would_do_too("both", key_1(), Algorithm::Rs256)]
#[tokio::test]
async fn an_assertion_gets_a_token_by(#[case] client: &str, #[case] key: SigningKey, #[case] algorithm: Algorithm) {
    let mut server = server();
    let mut any = jwk(&key_1());
    any.as_object_mut().unwrap().remove("alg");
    for (id, jwk) in [
        ("any", any),
        ("es384", jwk(&Role::Issuer.key(Algorithm::Es384))),
        ("es512", jwk(&Role::Issuer.key(Algorithm::Es512))),
    ] {
        server.clients.push(Client::with_jwks(id, &json!({ "keys": [jwk] })).unwrap());
    }
    let idp = start(server).await;
    let endpoint = format!("{}/v1/token", idp.http_issuer());
    let assertion = Assertion::of(client, &key, algorithm, &endpoint).signed();
    assert_eq!(post(&endpoint, &form(&assertion), None).await, (200, TOKEN.to_owned()));
}

#[rstest]
#[case::names_no_key_where_there_is_but_one(|it: Assertion| it.without("kid"))]
#[case::has_no_id(|it: Assertion| it.without("jti"))]
#[case::does_not_tell_its_time(|it: Assertion| it.without("iat"))]
#[case::lives_for_an_hour(|it: Assertion| it.claim("exp", NOW + 3600))]
#[case::is_valid_from_now(|it: Assertion| it.claim("nbf", NOW))]
#[case::has_parts_of_seconds(|it: Assertion| it.claim("iat", 1_799_999_999.5).claim("exp", 1_800_000_060.5))]
#[case::is_for_others_besides(|it: Assertion| {
    let endpoint = it.claims["aud"].clone();
    it.claim("aud", json!(["https://other.example", endpoint]))
})]
#[case::says_more(|it: Assertion| it.header("x5t", "abc").claim("extra", json!({ "a": [1] })))]
#[tokio::test]
async fn an_assertion_is_taken_that(#[case] change: Change) {
    let idp = start(server()).await;
    let endpoint = format!("{}/v1/token", idp.http_issuer());
    let assertion = change(with_key_1(&endpoint)).signed();
    assert_eq!(post(&endpoint, &form(&assertion), None).await, (200, TOKEN.to_owned()));
    let named = replaced(form(&change(with_key_1(&endpoint).claim("jti", "other")).signed()), "client_id", "one");
    assert_eq!(post(&endpoint, &named, None).await, (200, TOKEN.to_owned()), "with its client_id");
}
