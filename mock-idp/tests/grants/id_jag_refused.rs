use rstest::rstest;
use serde_json::{Value, json};

use super::bench::*;
use super::id_jag::form;
use super::maker::Assertion;

type Change = fn(Assertion) -> Assertion;

const LIFETIME: &str = "The lifetime of the id-jag must not exceed 5 minutes.";
const AUDIENCE: &str = "The audience of the JWT Bearer Grant must match the the issuer of the authorization server.";
const RESOURCE: &str = "The 'resource' claim in the id-jag is not valid for this authorization server.";

fn used(assertion: &str) -> Fields<'_> {
    vec![("grant_type", JWT_BEARER), ("assertion", assertion)]
}

#[tokio::test]
async fn an_id_jag_of_a_trusted_issuer_is_taken_once() {
    let bench = Bench::start().await;
    let id_jag = Assertion::id_jag(&bench.issuer("closed")).claim("exp", NOW + 300).signed();
    bench.granted("closed", "web", &used(&id_jag)).await;
    let answer = bench.token("closed", "web", &used(&id_jag)).await;
    assert_eq!(answer, refusal(400, "invalid_grant", "The id-jag was already used."));
}

#[rstest]
#[case::another_issuer(|a: Assertion| a.claim("iss", "https://other.example"),
    "The issuer of the id-jag is not a trusted authorization server.")]
#[case::another_key(Assertion::forged, "The signature of the id-jag is invalid.")]
#[case::another_audience(|a: Assertion| a.claim("aud", "https://other.example"), AUDIENCE)]
#[case::two_audiences(|a: Assertion| a.claim("aud", json!(["https://a.example", "https://b.example"])), AUDIENCE)]
#[case::expired(|a: Assertion| a.claim("iat", NOW - 60).claim("exp", NOW), "The id-jag is expired.")]
#[case::issued_in_future(|a: Assertion| a.claim("iat", NOW + 1), "The id-jag is issued in the future.")]
#[case::early(|a: Assertion| a.claim("nbf", NOW + 1), "The id-jag is issued in the future.")]
#[case::long(|a: Assertion| a.claim("exp", NOW + 301), LIFETIME)]
#[case::long_from_its_beginning(|a: Assertion| a.claim("iat", NOW - 290).claim("exp", NOW + 11), LIFETIME)]
#[case::another_client(|a: Assertion| a.claim("client_id", "service"),
    "The 'client_id' in the JWT Bearer Grant must match the 'client_id' used to authenticate the client.")]
#[case::unknown_user(|a: Assertion| a.claim("sub", "nobody"), "The 'sub' claim in the id-jag is invalid.")]
#[case::no_user(|a: Assertion| a.claim("sub", ()), "The 'sub' claim in the id-jag is invalid.")]
#[case::no_scope(|a: Assertion| a.claim("scope", ()), "The id-jag must include at least one scope.")]
#[case::blank_scope(|a: Assertion| a.claim("scope", " "), "The id-jag must include at least one scope.")]
#[case::no_id(|a: Assertion| a.claim("jti", ()), "Invalid grant")]
#[case::no_beginning(|a: Assertion| a.claim("iat", ()), "Invalid grant")]
#[tokio::test]
async fn an_id_jag_that_is_not_right_is_refused(#[case] change: Change, #[case] description: &str) {
    let bench = Bench::start().await;
    let id_jag = change(Assertion::id_jag(&bench.issuer("closed"))).signed();
    let answer = bench.token("closed", "web", &used(&id_jag)).await;
    assert_eq!(answer, refusal(400, "invalid_grant", description));
}

#[tokio::test]
async fn scopes_stand_in_the_id_jag_and_not_in_the_request() {
    let bench = Bench::start().await;
    let id_jag = Assertion::id_jag(&bench.issuer("closed")).signed();
    let answer = bench.token("closed", "web", &with(used(&id_jag), "scope", "read")).await;
    let description = "The id-jag request must not include a 'scope' parameter.";
    assert_eq!(answer, refusal(400, "invalid_request", description));
    let unknown = Assertion::id_jag(&bench.issuer("closed")).claim("scope", "read nope").signed();
    let description = "One or more scopes are not configured for the authorization server resource.";
    assert_eq!(bench.token("closed", "web", &used(&unknown)).await, refusal(400, "invalid_scope", description));
    bench.granted("closed", "web", &used(&id_jag)).await;
}

#[rstest]
#[case::another_than_asked(
    Some(MCP),
    FILES,
    "The 'resource' claim in the id-jag does not match the 'resource' parameter in the request."
)]
#[case::asked_but_not_told(
    None,
    MCP,
    "The 'resource' claim in the id-jag does not match the 'resource' parameter in the request."
)]
#[case::unknown(Some("https://other.example"), "", RESOURCE)]
#[tokio::test]
async fn a_resource_that_is_not_right_is_refused(
    #[case] claimed: Option<&str>,
    #[case] asked: &str,
    #[case] description: &str,
) {
    let bench = Bench::start().await;
    let id_jag = Assertion::id_jag(&bench.issuer("mcp")).claim("resource", claimed.map_or(Value::Null, Value::from));
    let id_jag = id_jag.signed();
    let answer = bench.token("mcp", "web", &with(used(&id_jag), "resource", asked)).await;
    assert_eq!(answer, refusal(400, "invalid_grant", description));
}

#[tokio::test]
async fn a_server_without_resources_passes_over_what_is_said_of_one() {
    let bench = Bench::start().await;
    let id_jag = Assertion::id_jag(&bench.issuer("closed")).claim("resource", MCP).signed();
    let answer = bench.granted("closed", "web", &with(used(&id_jag), "resource", MCP)).await;
    assert_eq!(claims(&answer["access_token"])["aud"], "api://default");
}

#[rstest]
#[case::another_audience(
    "audience",
    "https://other.example",
    "invalid_target",
    "Token Exchange requests must include a valid audience of the authorization server."
)]
#[case::no_requested_type(
    "requested_token_type",
    "",
    "invalid_request",
    "'requested_token_type' is invalid or not supported."
)]
#[case::access_token_is_requested(
    "requested_token_type",
    ACCESS_TOKEN,
    "invalid_request",
    "'requested_token_type' is invalid or not supported."
)]
#[case::another_resource(
    "resource",
    "https://other.example",
    "invalid_target",
    "'resource' is invalid or not supported."
)]
#[case::unknown_scope(
    "scope",
    "nope",
    "invalid_scope",
    "One or more scopes are not configured for the authorization server resource."
)]
#[tokio::test]
async fn the_org_server_refuses_in_oktas_words(
    #[case] name: &str,
    #[case] value: &str,
    #[case] error: &str,
    #[case] description: &str,
) {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("org", "web", "openid").await;
    let audience = bench.issuer("mcp");
    let fields = with(form(&tokens["id_token"], ID_TOKEN, &audience), name, value);
    assert_eq!(bench.token("org", "web", &fields).await, refusal(400, error, description));
}

#[tokio::test]
async fn a_clients_own_access_token_delegates_nothing() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "web", "read").await;
    let audience = bench.issuer("default");
    let answer = bench.token("org", "web", &form(&tokens["access_token"], ACCESS_TOKEN, &audience)).await;
    let description = "'subject_token' is invalid: no delegation policy authorizes this token.";
    assert_eq!(answer, refusal(400, "invalid_request", description));
}
