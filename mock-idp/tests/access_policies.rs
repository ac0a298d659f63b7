//! Who gets what for client credentials or a sign-in, over real sockets, from a configuration file.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use mock_idp::MockIdp;
use mock_idp::config::Config;
use reqwest::Client;
use reqwest::redirect::Policy;
use rstest::rstest;
use serde_json::Value;

const CONFIG: &str = r#"
[server.default]
scopes = [
  "read",
  { name = "write", consent = "implicit" },
  { name = "list", default = true },
  { name = "delete", consent = "required" },
]

[[server.default.client]]
id = "narrow"
secret = "only-for-tests"
scopes = ["read"]

[[server.default.client]]
id = "limited"
secret = "only-for-tests"

[[server.default.client]]
id = "unassigned"
secret = "only-for-tests"

[[server.default.client]]
id = "of-another-grant"
secret = "only-for-tests"

[[server.default.policy]]
clients = ["limited"]
grants = ["client_credentials"]
scopes = ["read", "list", "delete"]

[[server.default.policy]]
clients = ["narrow", "limited"]

[[server.default.policy]]
grants = ["authorization_code"]

[[server.default.client]]
id = "of-users"
auth_methods = ["none"]
require_pkce = false
redirect_uris = ["http://localhost:3000/"]

[server.narrow]
scopes = ["read", "write"]

[[server.narrow.client]]
id = "of-users"
auth_methods = ["none"]
require_pkce = false
redirect_uris = ["http://localhost:3000/"]

[[server.narrow.policy]]
grants = ["authorization_code"]
scopes = ["read"]

[server.careful]
scopes = [{ name = "all", default = true, consent = "required" }]

[[server.careful.client]]
id = "narrow"
secret = "only-for-tests"

[server.closed]
policy = []

[[server.closed.client]]
id = "of-users"
auth_methods = ["none"]
require_pkce = false
redirect_uris = ["http://localhost:3000/"]

[[server.closed.client]]
id = "narrow"
secret = "only-for-tests"
"#;

/// There are built-in keys for two servers.
async fn start(server: &str) -> MockIdp {
    let mut config = Config::parse(CONFIG, Path::new("")).unwrap();
    config.servers.retain(|known| ["default", server].contains(&known.id.as_str()));
    MockIdp::builder().config(config).start().await.unwrap()
}

async fn post(server: &str, client: &str, scope: &str) -> (u16, Value) {
    let idp = start(server).await;
    let http = Client::builder().no_proxy().build().unwrap();
    let request = http
        .post(format!("{}/oauth2/{server}/v1/token", idp.http()))
        .basic_auth(client, Some("only-for-tests"))
        .form(&[("grant_type", "client_credentials"), ("scope", scope)]);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[rstest]
#[case::all_that_its_policy_permits("limited", "read list", "read list")]
#[case::the_defaults("limited", "", "list")]
#[case::all_that_it_may_have("narrow", "read", "read")]
#[tokio::test]
async fn a_client_gets(#[case] client: &str, #[case] asked: &str, #[case] granted: &str) {
    let (status, body) = post("default", client, asked).await;
    assert_eq!((status, &body["scope"]), (200, &Value::from(granted)), "{body}");
}

#[rstest]
#[case::a_client_that_no_policy_is_for(
    "default",
    "unassigned",
    "read",
    401,
    "access_denied",
    "Policy evaluation failed for this request, please check the policy configurations."
)]
#[case::a_client_whose_policy_is_for_another_grant(
    "default",
    "of-another-grant",
    "read",
    401,
    "access_denied",
    "Policy evaluation failed for this request, please check the policy configurations."
)]
#[case::a_client_of_a_server_without_a_policy(
    "closed",
    "narrow",
    "test_scope",
    401,
    "access_denied",
    "Policy evaluation failed for this request, please check the policy configurations."
)]
#[case::a_scope_that_the_first_policy_lacks_though_the_second_has_it(
    "default",
    "limited",
    "write",
    400,
    "access_denied",
    "Policy evaluation succeeded, but all the requested scopes were rejected."
)]
#[case::a_scope_among_others_that_the_policy_lacks(
    "default",
    "limited",
    "read write list",
    400,
    "access_denied",
    "Some of the requested scopes were denied by the policy. Denied scopes: [write]."
)]
#[case::scopes_among_others_that_the_client_lacks(
    "default",
    "narrow",
    "write read list",
    400,
    "access_denied",
    "Some of the requested scopes were denied by the policy. Denied scopes: [write, list]."
)]
#[case::a_client_without_any_scope_by_default(
    "default",
    "narrow",
    "",
    400,
    "invalid_scope",
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
)]
#[case::a_scope_that_needs_consent(
    "default",
    "limited",
    "read delete",
    400,
    "consent_required",
    "The following scopes require user consent and cannot be granted for the client credentials grant type: [delete]."
)]
#[case::a_default_that_needs_consent(
    "careful",
    "narrow",
    "",
    400,
    "consent_required",
    "The following scopes require user consent and cannot be granted for the client credentials grant type: [all]."
)]
#[tokio::test]
async fn no_token_is_for(
    #[case] server: &str,
    #[case] client: &str,
    #[case] scope: &str,
    #[case] status: u16,
    #[case] error: &str,
    #[case] description: &str,
) {
    let expected = serde_json::json!({ "error": error, "error_description": description });
    assert_eq!(post(server, client, scope).await, (status, expected));
}

#[rstest]
#[case::a_client_that_a_policy_is_for("default", "openid read", "code=")]
#[case::a_scope_that_the_policy_permits("narrow", "openid read", "code=")]
#[case::a_scope_that_the_policy_lacks("narrow", "openid write", "error=access_denied")]
#[case::a_server_without_a_policy("closed", "openid", "error=access_denied")]
#[tokio::test]
async fn a_sign_in_goes_by_the_policy_of(#[case] server: &str, #[case] scope: &str, #[case] expected: &str) {
    let idp = start(server).await;
    let http = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let request = http.post(format!("{}/oauth2/{server}/v1/authorize", idp.http())).form(&[
        ("client_id", "of-users"),
        ("response_type", "code"),
        ("redirect_uri", "http://localhost:3000/"),
        ("scope", scope),
        ("state", "s"),
        ("login_hint", "ada"),
    ]);
    let answer = request.send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(&format!("http://localhost:3000/?{expected}")), "{location}");
}
