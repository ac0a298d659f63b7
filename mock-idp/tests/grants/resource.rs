//! `resource` (RFC 8707): which API an access token is for.

use rstest::rstest;
use serde_json::Value;

use super::bench::*;

/// The authorization request of `web` at `mcp`, for these resources.
fn asked<'a>(resources: &[&'a str]) -> Fields<'a> {
    let resources = resources.iter().map(|resource| ("resource", *resource));
    sign_in("web", "openid offline_access").into_iter().chain(resources).collect()
}

async fn code(bench: &Bench, server: &str, resources: &[&str]) -> String {
    let back = bench.authorize(server, &asked(resources)).await;
    let url = reqwest::Url::parse(&back).unwrap();
    url.query_pairs().find(|(name, _)| name == "code").unwrap_or_else(|| panic!("{back}")).1.into_owned()
}

fn redeemed<'a>(code: &'a str, resource: &'a str) -> Fields<'a> {
    let fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    with(fields, "resource", resource)
}

fn refreshed<'a>(tokens: &'a Value, resource: &'a str) -> Fields<'a> {
    let token = tokens["refresh_token"].as_str().unwrap();
    with(vec![("grant_type", "refresh_token"), ("refresh_token", token)], "resource", resource)
}

fn audience(answer: &Value) -> String {
    claims(&answer["access_token"])["aud"].as_str().unwrap().to_owned()
}

const OTHER: &str = "The 'resource' parameter does not match the resource used in the authorization request.";

#[tokio::test]
async fn a_refresh_token_for_several_resources_gets_access_tokens_for_one_each() {
    let bench = Bench::start().await;
    let code = code(&bench, "mcp", &[MCP, FILES]).await;
    let tokens = bench.granted("mcp", "web", &redeemed(&code, FILES)).await;
    assert_eq!(audience(&tokens), FILES);
    for resource in [MCP, FILES] {
        assert_eq!(audience(&bench.granted("mcp", "web", &refreshed(&tokens, resource)).await), resource);
    }
    let unsaid = bench.granted("mcp", "web", &refreshed(&tokens, "")).await;
    assert_eq!(audience(&unsaid), MCP, "the first that was asked for");
    assert_eq!(claims(&unsaid["id_token"])["aud"], "web");
}

#[tokio::test]
async fn a_refresh_may_not_reach_what_was_not_granted() {
    let bench = Bench::start().await;
    let code = code(&bench, "mcp", &[MCP]).await;
    let refused = bench.token("mcp", "web", &redeemed(&code, FILES)).await;
    assert_eq!(refused, refusal(400, "invalid_request", OTHER));
    let tokens = bench.granted("mcp", "web", &redeemed(&code, "")).await;
    assert_eq!(audience(&tokens), MCP);
    let refused = bench.token("mcp", "web", &refreshed(&tokens, FILES)).await;
    assert_eq!(refused, refusal(400, "invalid_request", OTHER));
}

#[tokio::test]
async fn who_names_none_gets_the_servers_audience() {
    let bench = Bench::start().await;
    let code = code(&bench, "mcp", &[]).await;
    let tokens = bench.granted("mcp", "web", &redeemed(&code, "api://default")).await;
    assert_eq!(audience(&tokens), "api://default");
    let refused = bench.token("mcp", "web", &refreshed(&tokens, MCP)).await;
    assert_eq!(refused, refusal(400, "invalid_request", OTHER));
}

#[tokio::test]
async fn a_server_that_has_no_resources_passes_them_over() {
    let bench = Bench::start().await;
    let code = code(&bench, "default", &[MCP, FILES]).await;
    let tokens = bench.granted("default", "web", &redeemed(&code, MCP)).await;
    assert_eq!(audience(&tokens), "api://default");
}

#[tokio::test]
async fn an_unknown_resource_is_told_at_the_client() {
    let bench = Bench::start().await;
    let back = bench.authorize("mcp", &asked(&[MCP, "https://other.example"])).await;
    let url = reqwest::Url::parse(&back).unwrap();
    let fields: Vec<_> = url.query_pairs().into_owned().map(|(_, value)| value).collect();
    let text = "The authorization server has rejected the 'resource' parameter: https://other.example";
    assert_eq!(fields, ["invalid_target", text, "s1"]);
}

#[rstest]
#[case::client_credentials("client_credentials")]
#[case::password("password")]
#[tokio::test]
async fn a_grant_without_a_sign_in_names_one(#[case] grant: &str) {
    let bench = Bench::start().await;
    let fields = with(by_password(ADA, "right", "read"), "grant_type", grant);
    let answer = bench.granted("mcp", "web", &with(fields.clone(), "resource", MCP)).await;
    assert_eq!(audience(&answer), MCP);
    let several: Fields<'_> = fields.iter().copied().chain([("resource", MCP), ("resource", FILES)]).collect();
    let description = "Too many 'resource' parameters in the request; maximum allowed is 1.";
    assert_eq!(bench.token("mcp", "web", &several).await, refusal(400, "invalid_target", description));
    let description = "The authorization server has rejected the 'resource' parameter: x";
    let unknown = bench.token("mcp", "web", &with(fields, "resource", "x")).await;
    assert_eq!(unknown, refusal(400, "invalid_target", description));
}

#[tokio::test]
async fn a_resource_stands_for_the_audience_of_an_exchange() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("mcp", "web", "read").await;
    let token = tokens["access_token"].as_str().unwrap();
    let subject = vec![("subject_token", token), ("subject_token_type", ACCESS_TOKEN), ("scope", "read")];
    let fields = with(with(subject, "grant_type", EXCHANGE), "resource", FILES);
    assert_eq!(audience(&bench.granted("mcp", "service", &fields).await), FILES);
}

#[tokio::test]
async fn a_token_for_a_resource_is_known_to_its_server() {
    let bench = Bench::start().await;
    let fields = with(by_password(ADA, "right", "openid email"), "resource", MCP);
    let tokens = bench.granted("mcp", "web", &fields).await;
    let request = bench.http.get(bench.at("mcp", "userinfo"));
    let answer = request.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}
