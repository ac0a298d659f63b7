use mock_idp::MintRequest;
use mock_idp::mutation::Mutation;
use rstest::rstest;
use serde_json::{Value, json};

use super::bench::*;

const INVALID: &str = "'subject_token' is invalid.";
const AUDIENCE: &str = "Token Exchange requests must include a valid audience of the authorization server.";

/// What is right but for its subject token.
fn form<'a>(token: &'a str, kind: &'a str) -> Fields<'a> {
    let subject = [("subject_token", token), ("subject_token_type", kind)];
    [("grant_type", EXCHANGE), ("audience", "api://default"), ("scope", "write")].into_iter().chain(subject).collect()
}

#[rstest]
#[case::no_audience("audience", "", "invalid_target", AUDIENCE)]
#[case::another_audience("audience", "api://other", "invalid_target", AUDIENCE)]
#[case::no_token("subject_token", "", "invalid_request", "The required parameter 'subject_token' is missing.")]
#[case::no_type("subject_token_type", "", "invalid_request", "The required parameter 'subject_token_type' is missing.")]
#[case::another_type(
    "subject_token_type",
    "urn:ietf:params:oauth:token-type:jwt",
    "invalid_request",
    "'subject_token_type' is invalid or not supported."
)]
#[case::no_id_token("subject_token_type", ID_TOKEN, "invalid_request", INVALID)]
#[case::no_refresh_token("subject_token_type", REFRESH_TOKEN, "invalid_request", INVALID)]
#[case::no_jwt("subject_token", "x", "invalid_request", INVALID)]
#[case::another_requested_type(
    "requested_token_type",
    ID_JAG,
    "invalid_request",
    "'requested_token_type' is invalid or not supported."
)]
#[case::unheard_of_requested_type(
    "requested_token_type",
    "x",
    "invalid_request",
    "'requested_token_type' is invalid or not supported."
)]
#[case::actor_without_a_type("actor_token", "x", "invalid_request", "'actor_token_type' is invalid or not supported.")]
#[case::type_without_an_actor("actor_token_type", ACCESS_TOKEN, "invalid_request", "'actor_token' is invalid.")]
#[case::scopes_of_a_sign_in(
    "scope",
    "write openid",
    "invalid_scope",
    "Can't request 'openid' scopes using the Token Exchange flow for a service app."
)]
#[case::unknown_scope(
    "scope",
    "nope",
    "invalid_scope",
    "One or more scopes are not configured for the authorization server resource."
)]
#[case::consent(
    "scope",
    "delete",
    "consent_required",
    "The following scopes require user consent: [delete]. To access protected scopes using the token_exchange password grant type, please uncheck 'Require consent' in the app settings or set the apps 'consent_method' to 'TRUSTED'."
)]
#[tokio::test]
async fn a_request_that_is_not_right_is_refused(
    #[case] name: &str,
    #[case] value: &str,
    #[case] error: &str,
    #[case] description: &str,
) {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "web", "openid read").await;
    let fields = with(form(tokens["access_token"].as_str().unwrap(), ACCESS_TOKEN), name, value);
    assert_eq!(bench.token("default", "service", &fields).await, refusal(400, error, description));
}

#[tokio::test]
async fn only_a_service_may_act_on_behalf() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "web", "read").await;
    let answer = bench.token("default", "web", &form(tokens["access_token"].as_str().unwrap(), ACCESS_TOKEN)).await;
    let description = "Only service clients may use on-behalf token exchange.";
    assert_eq!(answer, refusal(400, "invalid_request", description));
}

#[tokio::test]
async fn a_token_of_a_server_that_is_not_trusted_is_refused() {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("downstream", "web", "read").await;
    let answer = bench.token("default", "service", &form(tokens["access_token"].as_str().unwrap(), ACCESS_TOKEN)).await;
    let description = "The 'subject_token' issuer isn't a trusted authorization server.";
    assert_eq!(answer, refusal(403, "access_denied", description));
}

#[rstest]
#[case::at_its_end(true)]
#[case::by_revocation(false)]
#[tokio::test]
async fn a_token_that_is_over_is_told_as_such(#[case] by_time: bool) {
    let bench = Bench::start().await;
    let tokens = bench.of_ada("default", "web", "openid read").await;
    let token = tokens["access_token"].as_str().unwrap();
    if by_time {
        bench.clock.advance(3600);
    } else {
        let request = bench.http.post(bench.at("default", "revoke")).basic_auth("web", Some(SECRET));
        request.form(&[("token", token)]).send().await.unwrap();
    }
    let description = "The 'subject_token' either expired or the session associated with it was terminated.";
    let answer = bench.token("default", "service", &form(token, ACCESS_TOKEN)).await;
    assert_eq!(answer, refusal(400, "invalid_grant", description));
}

#[tokio::test]
async fn an_id_token_of_another_client_is_refused_and_one_that_is_over() {
    let bench = Bench::start().await;
    let others = bench.of_ada("default", "web", "openid").await;
    let answer = bench.token("default", "service", &form(others["id_token"].as_str().unwrap(), ID_TOKEN)).await;
    assert_eq!(answer, refusal(400, "invalid_request", INVALID));
    let own = bench.of_ada("default", "service", "openid").await;
    bench.clock.advance(3600);
    let answer = bench.token("default", "service", &form(own["id_token"].as_str().unwrap(), ID_TOKEN)).await;
    let description = "The 'subject_token' either expired or the session associated with it was terminated.";
    assert_eq!(answer, refusal(400, "invalid_grant", description));
}

#[tokio::test]
async fn a_token_without_a_user_is_no_subject() {
    let bench = Bench::start().await;
    let fields = vec![("grant_type", "client_credentials"), ("scope", "read")];
    let tokens = bench.granted("default", "service", &fields).await;
    let answer = bench.token("default", "service", &form(tokens["access_token"].as_str().unwrap(), ACCESS_TOKEN)).await;
    assert_eq!(answer, refusal(400, "invalid_request", INVALID));
}

#[tokio::test]
async fn a_user_must_be_assigned_to_the_service() {
    let bench = Bench::start().await;
    let fields = by_password("eve@example.com", "right", "openid read");
    let tokens = bench.granted("closed", "service", &fields).await;
    let fields = form(tokens["access_token"].as_str().unwrap(), ACCESS_TOKEN);
    bench.granted("closed", "service", &fields).await;
    let description = "'subject_token' is invalid: the user is not assigned to the client application.";
    let answer = bench.token("closed", "second-service", &fields).await;
    assert_eq!(answer, refusal(400, "invalid_request", description));
}

#[rstest]
#[case::too_many(
    json!({ "sub": "a", "act": { "sub": "b", "act": { "sub": "c", "act": { "sub": "d", "act": { "sub": "e" } } } } }),
    "The 'subject_token' 'act' claim contains too many nested actors."
)]
#[case::nameless(json!({ "sub": "a", "act": {} }), "The 'subject_token' 'act' claim is malformed.")]
#[case::no_object(json!("a"), "The 'subject_token' 'act' claim is malformed.")]
#[tokio::test]
async fn who_acts_is_looked_at(#[case] act: Value, #[case] description: &str) {
    let bench = Bench::start().await;
    let edits = json!([{ "claim": "act", "raw": act.to_string() }]);
    let mut request = MintRequest::mutation(Mutation::from_json(&edits).unwrap());
    request.subject = Some(ADA.into());
    let subject = bench.idp.mint(&request).unwrap().token.expose_text();
    let actor = bench.of_ada("default", "web", "read").await;
    let fields = with(form(&subject, ACCESS_TOKEN), "actor_token", actor["access_token"].as_str().unwrap());
    let fields = with(fields, "actor_token_type", ACCESS_TOKEN);
    let answer = bench.token("default", "service", &fields).await;
    assert_eq!(answer, refusal(400, "invalid_request", description));
}
