//! Clients that others wrote, each as its users set it up, pass their whole flows
//! against the issuer: `clients`.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use conformance_tests::{clients, redact};
use mock_idp::MockIdp;
use mock_idp::config::{AuthorizationServer, Client};
use rstest::rstest;
use serde_json::{Value, json};

/// An issuer with its test client, and one client more that signs its assertions.
async fn issuer() -> MockIdp {
    let key = include_str!("../clients/node-openid-client/service.jwk.json");
    let mut key: Value = serde_json::from_str(key).unwrap();
    key.as_object_mut().unwrap().remove("d");
    let mut server = AuthorizationServer::new("default");
    server.clients.push(Client::with_jwks("service", &json!({ "keys": [key] })).unwrap());
    MockIdp::builder().server(server).start().await.unwrap()
}

#[rstest]
#[case::openid_client(
    "node-openid-client",
    "discovery code userinfo refresh introspection revocation hybrid par dpop dpop-userinfo dpop-refresh device \
     logout client-credentials private-key-jwt"
)]
#[case::express_openid_connect("node-express-openid-connect", "stranger sign-in profile refresh logout stranger")]
#[case::auth_js("node-auth-js", "stranger sign-in sign-out")]
#[case::okta_jwt_verifier("node-okta-jwt-verifier", "access-token-2 access-token-4 id-token-2 id-token-4")]
#[case::authlib("python-authlib", "code userinfo refresh introspection revocation client-credentials")]
#[case::okta_jwt_verifier_of_python("python-okta-jwt-verifier", "access-token id-token")]
#[case::openidconnect(
    "rust-openidconnect",
    "discovery code userinfo refresh introspection revocation client-credentials device"
)]
#[case::go_oidc("go-oidc", "discovery code userinfo refresh client-credentials device")]
#[case::okta_jwt_verifier_of_go("go-okta-jwt-verifier", "access-token id-token")]
#[case::okta_jwt_verifier_of_java("java-okta-jwt-verifier", "access-token id-token")]
#[case::spring_security("java-spring", "sign-in refresh api api-refusal logout")]
#[case::okta_sdk("node-okta-sdk", "scope claim client server user")]
#[case::okta_sdk_of_python("python-okta-sdk", "scope claim client")]
#[tokio::test]
async fn a_client_passes_its_whole_flow(#[case] name: &str, #[case] steps: &str) {
    let steps: Vec<&str> = steps.split(' ').collect();
    let Some(told) = clients::take(name, &steps, &issuer().await) else { return };

    let done: Vec<&str> = told.iter().filter(|step| step.ok).map(|step| step.step.as_str()).collect();
    assert_eq!(done, steps);
    let lines = told.iter().map(|step| format!("{}: {}\n", step.step, json!(step.told)));
    insta::assert_snapshot!(name, redact::text(&lines.collect::<String>()));
}
