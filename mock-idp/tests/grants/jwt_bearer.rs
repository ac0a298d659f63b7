use rstest::rstest;

use super::bench::*;
use super::maker::Assertion;

fn form(assertion: &str) -> Fields<'_> {
    vec![("grant_type", JWT_BEARER), ("assertion", assertion), ("scope", "read")]
}

#[rstest]
#[case::by_login("default", ADA)]
#[case::by_login_of_a_known_user("closed", ADA)]
#[tokio::test]
async fn an_assertion_of_a_trusted_issuer_gets_an_access_token(#[case] server: &str, #[case] subject: &str) {
    let bench = Bench::start().await;
    let assertion = Assertion::about_ada(&bench.issuer(server)).claim("sub", subject).signed();
    let (status, body) = bench.token(server, "web", &form(&assertion)).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(names(&body), ["token_type", "expires_in", "access_token", "scope"]);
    let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
    let token = claims(&answer["access_token"]);
    assert_eq!((&token["sub"], &token["cid"], &token["auth_time"]), (&ADA.into(), &"web".into(), &NOW.into()));
}

#[tokio::test]
async fn a_user_is_found_by_id_and_by_address_too() {
    let bench = Bench::start().await;
    let id = claims(&bench.of_ada("closed", "web", "read").await["access_token"])["uid"].clone();
    let assertion = Assertion::about_ada(&bench.issuer("closed"));
    for assertion in [assertion.clone().claim("sub", id), assertion.claim("sub", "u-1").claim("email", ADA)] {
        let answer = bench.granted("closed", "web", &form(&assertion.claim("jti", ()).signed())).await;
        assert_eq!(claims(&answer["access_token"])["sub"], ADA);
    }
}

#[tokio::test]
async fn an_assertion_with_an_id_is_taken_once() {
    let bench = Bench::start().await;
    let audience = bench.issuer("default");
    let once = Assertion::about_ada(&audience).signed();
    let ever = Assertion::about_ada(&audience).claim("jti", ()).signed();
    for assertion in [&once, &ever, &ever] {
        bench.granted("default", "web", &form(assertion)).await;
    }
    let description = "The jti of the JWT Bearer Grant was already used.";
    assert_eq!(bench.token("default", "web", &form(&once)).await, refusal(400, "invalid_grant", description));
}

#[tokio::test]
async fn what_was_refused_is_not_used() {
    let bench = Bench::start().await;
    let assertion = Assertion::about_ada(&bench.issuer("default")).signed();
    assert_eq!(bench.token("default", "web", &with(form(&assertion), "scope", "nope")).await.0, 400);
    bench.granted("default", "web", &form(&assertion)).await;
}

type Change = fn(Assertion) -> Assertion;

#[rstest]
#[case::another_issuer(|a: Assertion| a.claim("iss", "https://other.example"), 401, "invalid_token",
    "The issuer of the token is not permitted to use the JWT Bearer Grant.")]
#[case::another_audience(|a: Assertion| a.claim("aud", "https://other.example"), 400, "invalid_grant",
    "The audience of the JWT Bearer Grant must match the the issuer of the authorization server.")]
#[case::another_key(Assertion::forged, 400, "invalid_grant", "The signature of the JWT Bearer Grant is invalid.")]
#[case::expired(|a: Assertion| a.claim("exp", NOW), 400, "invalid_grant", "The JWT Bearer Grant is expired.")]
#[case::early(|a: Assertion| a.claim("nbf", NOW + 1), 400, "invalid_grant",
    "The JWT Bearer Grant is issued in the future.")]
#[case::without_expiry(|a: Assertion| a.claim("exp", ()), 400, "invalid_grant", "Invalid grant")]
#[case::unknown_user(|a: Assertion| a.claim("sub", "nobody"), 400, "invalid_grant",
    "The 'sub' claim in the JWT Bearer Grant is no user of the authorization server.")]
#[case::not_assigned(|a: Assertion| a.claim("sub", "eve@example.com"), 400, "access_denied",
    "User is not assigned to the client application.")]
#[tokio::test]
async fn an_assertion_that_is_not_right_is_refused(
    #[case] change: Change,
    #[case] status: u16,
    #[case] error: &str,
    #[case] description: &str,
) {
    let bench = Bench::start().await;
    let assertion = change(Assertion::about_ada(&bench.issuer("closed"))).signed();
    assert_eq!(bench.token("closed", "web", &form(&assertion)).await, refusal(status, error, description));
}

#[rstest]
#[case::no_assertion("assertion", "", "invalid_request", "The required parameter 'assertion' is missing.")]
#[case::no_jwt("assertion", "a.b", "invalid_grant", "The JWT Bearer Grant can't be read as a JWT.")]
#[case::scopes_of_a_sign_in(
    "scope",
    "read openid email",
    "invalid_scope",
    "The following scopes are not allowed for this request: [openid, email]."
)]
#[case::consent("scope", "read delete", "consent_required", "The following scopes require user consent: [delete].")]
#[tokio::test]
async fn a_request_that_is_not_right_is_refused(
    #[case] name: &str,
    #[case] value: &str,
    #[case] error: &str,
    #[case] description: &str,
) {
    let bench = Bench::start().await;
    let assertion = Assertion::about_ada(&bench.issuer("default")).signed();
    let answer = bench.token("default", "web", &with(form(&assertion), name, value)).await;
    assert_eq!(answer, refusal(400, error, description));
}
