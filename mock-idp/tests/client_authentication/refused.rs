//! Each wrong proof, byte for byte.

use mock_idp::keys::{Algorithm, BuiltinKey, SigningKey, builtin};
use rstest::rstest;
use serde_json::json;

use super::maker::Assertion;
use super::{
    Change, NOW, SECRET, form, invalid_client, oauth_error, post, replaced, server, start, with_key_1, with_secret,
};

const UNKNOWN: &str = r#"{"errorCode":"invalid_client","errorSummary":"Invalid value for 'client_id' parameter.","errorLink":"invalid_client","errorId":"...","errorCauses":[]}"#;
const WRONG_METHOD: &str = "Client authentication failed. Either the client or the client credentials are invalid.";
const SEVERAL: &str = "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.";

#[rstest]
#[case::is_no_jwt(|_: Assertion| "abc".into(), "The parsing of the client_assertion failed.")]
#[case::has_an_extension(|it: Assertion| it.header("crit", json!(["b64"])).signed(), "The parsing of the client_assertion failed.")]
#[case::has_a_time_that_is_none(|it: Assertion| it.claim("iat", "now").signed(), "The parsing of the client_assertion failed.")]
#[case::has_an_id_that_is_no_text(|it: Assertion| it.claim("jti", 1).signed(), "The parsing of the client_assertion failed.")]
#[case::is_of_nobody(|it: Assertion| it.claim("iss", "nobody").signed(),
    "The issuer claim for client_assertion is not a valid client_id.")]
#[case::has_no_issuer(|it: Assertion| it.without("iss").signed(),
    "The issuer claim for client_assertion is not a valid client_id.")]
#[case::is_about_another_client(|it: Assertion| it.claim("sub", "two").signed(),
    "The subject claim for client_assertion is not a valid client_id.")]
#[case::is_about_nobody(|it: Assertion| it.without("sub").signed(),
    "The subject claim for client_assertion is not a valid client_id.")]
#[case::is_of_a_client_with_another_method(|it: Assertion| it.claim("iss", "basic").claim("sub", "basic").signed(), WRONG_METHOD)]
#[case::has_the_alg_none(|it: Assertion| it.header("alg", "none").signed(),
    "The client_assertion JWT signature algorithm is invalid.")]
#[case::has_an_hmac_where_a_signature_is_due(|it: Assertion| it.header("alg", "HS256").signed(),
    "The client_assertion JWT signature algorithm is invalid.")]
#[case::has_a_padding_that_okta_does_not_take(|it: Assertion| it.header("alg", "PS256").signed(),
    "The client_assertion JWT signature algorithm is invalid.")]
#[case::names_another_key(|it: Assertion| it.header("kid", "k2").signed(), "The client_assertion JWT kid is invalid.")]
#[case::names_none_of_two_keys(|it: Assertion| it.claim("iss", "two").claim("sub", "two").without("kid").signed(),
    "The client_assertion JWT kid is invalid.")]
#[case::is_signed_with_another_key(|it: Assertion| Assertion { key: builtin(BuiltinKey::Attacker), ..it }.signed(),
    "The client_assertion signature is invalid.")]
#[case::states_another_algorithm_than_its_key_has(
    |it: Assertion| Assertion { algorithm: Algorithm::Rs512, ..it }.header("alg", "RS512").signed(),
    "The client_assertion signature is invalid.")]
#[case::was_replaced(|it: Assertion| {
    let (honest, other) = (it.signed(), it.claim("exp", NOW + 61).signed());
    let payload = other.split('.').nth(1).unwrap().to_owned();
    let parts: Vec<&str> = honest.split('.').collect();
    format!("{}.{payload}.{}", parts[0], parts[2])
}, "The client_assertion signature is invalid.")]
#[case::has_no_signature(|it: Assertion| format!("{}.", it.signed().rsplit_once('.').unwrap().0),
    "The client_assertion signature is invalid.")]
#[case::is_for_the_issuer(|it: Assertion| {
    let issuer = it.claims["aud"].as_str().unwrap().replace("/v1/token", "");
    it.claim("aud", issuer).signed()
}, "The audience claim for client_assertion must be the endpoint invoked for the request.")]
#[case::is_for_nobody(|it: Assertion| it.without("aud").signed(),
    "The audience claim for client_assertion must be the endpoint invoked for the request.")]
#[case::never_expires(|it: Assertion| it.without("exp").signed(),
    "The client_assertion must contain the 'exp' claim as seconds since epoch.")]
#[case::expires_at_a_text(|it: Assertion| it.claim("exp", "2027-01-15").signed(),
    "The client_assertion must contain the 'exp' claim as seconds since epoch.")]
#[case::is_expired(|it: Assertion| it.claim("exp", NOW).signed(), "The client_assertion token is expired.")]
#[case::lives_for_more_than_an_hour(|it: Assertion| it.claim("exp", NOW + 3601).signed(),
    "The client_assertion token has an expiration too far into the future.")]
#[case::is_in_milliseconds(|it: Assertion| it.claim("exp", (NOW + 60) * 1000).signed(),
    "The client_assertion token has an expiration too far into the future.")]
#[case::is_of_the_future(|it: Assertion| it.claim("iat", NOW + 1).signed(),
    "The client_assertion token must be issued before the current time.")]
#[case::is_not_valid_yet(|it: Assertion| it.claim("nbf", NOW + 1).signed(),
    "The client_assertion token must be issued before the current time.")]
#[tokio::test]
async fn an_assertion_is_refused_that(#[case] change: fn(Assertion) -> String, #[case] description: &str) {
    let idp = start(server()).await;
    let endpoint = format!("{}/v1/token", idp.http_issuer());
    let assertion = change(with_key_1(&endpoint));
    assert_eq!(post(&endpoint, &form(&assertion), None).await, invalid_client(description));
    let honest = with_key_1(&endpoint).signed();
    assert_eq!(post(&endpoint, &form(&honest), None).await.0, 200, "the refusal spent no id");
}

#[rstest]
#[case::has_a_wrong_tag(|it: Assertion| Assertion { key: SigningKey::from_secret("s", "another secret").unwrap(), ..it },
    "The client_assertion signature is invalid.")]
#[case::has_the_tag_of_another_hash(|it: Assertion| it.header("alg", "HS384"), "The client_assertion signature is invalid.")]
#[case::states_a_signature(|it: Assertion| it.header("alg", "RS256"), "The client_assertion JWT signature algorithm is invalid.")]
#[tokio::test]
async fn an_assertion_by_a_secret_is_refused_that(#[case] change: Change, #[case] description: &str) {
    let idp = start(server()).await;
    let endpoint = format!("{}/v1/token", idp.http_issuer());
    let assertion = change(with_secret(&endpoint, Algorithm::Hs256)).signed();
    assert_eq!(post(&endpoint, &form(&assertion), None).await, invalid_client(description));
}

#[rstest]
#[case::of_another_client(
    "client_id",
    "two",
    401,
    oauth_error("invalid_client", "The issuer claim for client_assertion is not a valid client_id.")
)]
#[case::of_nobody("client_id", "nobody", 400, UNKNOWN.to_owned())]
#[case::of_a_type_that_is_none(
    "client_assertion_type",
    "jwt",
    400,
    oauth_error("invalid_request", "The client_assertion_type is invalid.")
)]
#[case::of_no_type(
    "client_assertion_type",
    "",
    400,
    oauth_error("invalid_request", "The client_assertion_type is invalid.")
)]
#[case::beside_a_secret("client_secret", SECRET, 401, oauth_error("invalid_request", SEVERAL))]
#[tokio::test]
async fn an_honest_assertion_is_refused_in_a_form(
    #[case] name: &'static str,
    #[case] value: &str,
    #[case] status: u16,
    #[case] body: String,
) {
    let idp = start(server()).await;
    let endpoint = format!("{}/v1/token", idp.http_issuer());
    let form = replaced(form(&with_key_1(&endpoint).signed()), name, value);
    assert_eq!(post(&endpoint, &form, None).await, (status, body));
}

#[tokio::test]
async fn an_assertion_beside_a_header_is_one_proof_too_many() {
    let idp = start(server()).await;
    let endpoint = format!("{}/v1/token", idp.http_issuer());
    let form = form(&with_key_1(&endpoint).signed());
    let refused = (401, oauth_error("invalid_request", SEVERAL));
    assert_eq!(post(&endpoint, &form, Some(("basic", SECRET))).await, refused);
}

#[tokio::test]
async fn a_secret_is_the_wrong_method_for_a_client_of_assertions() {
    let idp = start(server()).await;
    let endpoint = format!("{}/v1/token", idp.http_issuer());
    let form = [("grant_type", "client_credentials".to_owned())];
    for id in ["one", "secret"] {
        assert_eq!(post(&endpoint, &form, Some((id, SECRET))).await, invalid_client(WRONG_METHOD), "{id}");
    }
}
