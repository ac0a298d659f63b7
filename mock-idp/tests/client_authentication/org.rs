//! The org authorization server.

use mock_idp::config::{ApplicationType, AuthorizationServer, Scope};
use mock_idp::dialect::{Dialect, Shape};
use mock_idp::keys::Algorithm;
use rstest::rstest;

use super::maker::Assertion;
use super::{SECRET, form, invalid_client, key_1, oauth_error, post, replaced, server, start, with_secret};

/// Okta's org authorization server, with its own scopes.
fn org() -> AuthorizationServer {
    let mut server = server();
    server.dialect = Dialect::of(Shape::OktaOrg);
    server.scopes = ["okta.users.read", "okta.apps.read"].map(Scope::new).to_vec();
    let mut narrow = server.clients[0].clone();
    narrow.id = "narrow".into();
    narrow.scopes = Some(vec!["okta.users.read".into()]);
    let mut web = server.clients[0].clone();
    web.id = "web".into();
    web.application_type = ApplicationType::Web;
    server.clients.extend([narrow, web]);
    server
}

const ORG_TOKEN: &str = r#"{"token_type":"Bearer","expires_in":3600,"access_token":"...","scope":"okta.users.read"}"#;

#[rstest]
#[case::a_service_gets_a_token("one", "okta.users.read", 200, ORG_TOKEN.to_owned())]
#[case::scopes_that_were_not_granted_are_passed_over("narrow", "okta.apps.read okta.users.read", 200, ORG_TOKEN.to_owned())]
#[case::no_scope_that_was_granted(
    "narrow",
    "okta.apps.read",
    400,
    oauth_error("consent_required", "You are not allowed any of the requested scopes.")
)]
#[case::no_scope("one", "", 400, oauth_error("invalid_scope", "No scopes were requested."))]
#[case::an_unknown_scope(
    "one",
    "okta.users.write",
    400,
    oauth_error("invalid_scope", "One or more scopes are not configured for the authorization server resource.")
)]
#[case::an_application_that_is_no_service(
    "web",
    "okta.users.read",
    401,
    oauth_error(
        "invalid_client",
        "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server."
    )
)]
#[tokio::test]
async fn at_the_org_server(#[case] client: &str, #[case] scope: &str, #[case] status: u16, #[case] body: String) {
    let idp = start(org()).await;
    let endpoint = format!("{}/oauth2/v1/token", idp.http());
    let assertion = Assertion::of(client, &key_1(), Algorithm::Rs256, &endpoint).signed();
    let answer = post(&endpoint, &replaced(form(&assertion), "scope", scope), None).await;
    assert_eq!(answer, (status, body));
}

#[rstest]
#[case::in_the_header("basic", None)]
#[case::as_an_hmac("secret", Some(()))]
#[tokio::test]
async fn the_org_server_takes_no_secret(#[case] client: &str, #[case] assertion: Option<()>) {
    let idp = start(org()).await;
    let endpoint = format!("{}/oauth2/v1/token", idp.http());
    let answer = match assertion {
        Some(()) => post(&endpoint, &form(&with_secret(&endpoint, Algorithm::Hs256).signed()), None).await,
        None => {
            let form = [("grant_type", "client_credentials".to_owned()), ("scope", "okta.users.read".to_owned())];
            post(&endpoint, &form, Some((client, SECRET))).await
        }
    };
    let description = "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.";
    assert_eq!(answer, invalid_client(description));
}
