use rstest::rstest;

use super::bench::*;

#[tokio::test]
async fn a_users_password_gets_what_a_sign_in_gets() {
    let bench = Bench::start().await;
    let (status, body) = bench.token("closed", "web", &by_password(ADA, "right", "openid offline_access read")).await;
    assert_eq!(status, 200, "{body}");
    let members = ["token_type", "expires_in", "access_token", "scope", "refresh_token", "id_token"];
    assert_eq!(names(&body), members);
    let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
    let (access_token, id_token) = (claims(&answer["access_token"]), claims(&answer["id_token"]));
    assert_eq!((&access_token["sub"], &access_token["cid"]), (&ADA.into(), &"web".into()));
    assert_eq!((&id_token["sub"], &id_token["auth_time"]), (&access_token["uid"], &NOW.into()));
    assert!(id_token.get("nonce").is_none());
}

#[tokio::test]
async fn the_refresh_token_of_a_password_is_as_any_other() {
    let bench = Bench::start().await;
    let first = bench.of_ada("closed", "web", "openid offline_access read").await;
    let refresh_token = first["refresh_token"].as_str().unwrap();
    let fields = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    let second = bench.granted("closed", "web", &fields).await;
    assert_eq!(second["scope"], "openid offline_access read");
    let revoked = bench.http.post(bench.at("closed", "revoke")).basic_auth("web", Some(SECRET));
    assert_eq!(revoked.form(&[("token", refresh_token)]).send().await.unwrap().status(), 200);
    assert_eq!(bench.token("closed", "web", &fields).await.0, 400);
}

#[tokio::test]
async fn where_anyone_may_sign_in_any_password_is_right() {
    let bench = Bench::start().await;
    for server in ["default", "org"] {
        let answer = bench.granted(server, "web", &by_password("bob", "x", "openid")).await;
        assert_eq!(claims(&answer["access_token"])["sub"], "bob");
    }
}

const WRONG: &str = "The credentials provided were invalid.";

#[rstest]
#[case::wrong_password("password", "wrong", 400, "invalid_grant", WRONG)]
#[case::unknown_user("username", "nobody", 400, "invalid_grant", WRONG)]
#[case::second_factor(
    "username",
    "max@example.com",
    400,
    "invalid_grant",
    "Resource owner password credentials cannot be used with MFA enabled."
)]
#[case::not_assigned(
    "username",
    "eve@example.com",
    400,
    "access_denied",
    "User is not assigned to the client application."
)]
#[case::no_username("username", "", 400, "invalid_request", "The required parameter 'username' is missing.")]
#[case::no_password("password", "", 400, "invalid_request", "The required parameter 'password' is missing.")]
#[case::no_scope(
    "scope",
    "",
    400,
    "invalid_scope",
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
)]
#[case::unknown_scope(
    "scope",
    "read nope",
    400,
    "invalid_scope",
    "One or more scopes are not configured for the authorization server resource."
)]
#[case::without_openid(
    "scope",
    "email",
    400,
    "invalid_scope",
    "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope."
)]
#[case::consent(
    "scope",
    "read delete",
    400,
    "consent_required",
    "The following scopes require user consent: [delete]. To access protected scopes using the resource owner password grant type, please uncheck 'Require consent' in the app settings or set the 'consent_method' to 'TRUSTED' through the apps API."
)]
#[tokio::test]
async fn a_refusal_reads_as_oktas(
    #[case] name: &str,
    #[case] value: &str,
    #[case] status: u16,
    #[case] error: &str,
    #[case] description: &str,
) {
    let bench = Bench::start().await;
    let fields = with(by_password(ADA, "right", "read"), name, value);
    assert_eq!(bench.token("closed", "web", &fields).await, refusal(status, error, description));
}
