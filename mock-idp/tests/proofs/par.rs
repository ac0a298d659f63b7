//! Authorization requests that are pushed (RFC 9126).

use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use mock_idp::config::{AuthorizationServer, Config};
use mock_idp::dialect::{Dialect, Shape};
use reqwest::RequestBuilder;
use rstest::rstest;
use serde_json::Value;

use super::app::*;
use super::signed::Signed;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Pushes a request of `spa`, and gets its name.
async fn pushed(app: &App) -> String {
    name_of(app.public_form("par", &asked())).await
}

async fn name_of(request: RequestBuilder) -> String {
    json_of(request).await["request_uri"].as_str().unwrap().to_owned()
}

fn named<'a>(client: &'a str, uri: &'a str) -> Fields<'a> {
    vec![("client_id", client), ("request_uri", uri)]
}

#[tokio::test]
async fn a_pushed_request_gets_a_name_that_is_good_once() {
    let app = App::start().await;
    let answer = app.public_form("par", &asked()).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (201, "application/json")
    );
    assert_eq!(answer.headers()["cache-control"], "no-cache, no-store");
    let body = answer.text().await.unwrap();
    let name =
        body.strip_prefix(r#"{"request_uri":"urn:okta:"#).unwrap().strip_suffix(r#"","expires_in":3600}"#).unwrap();
    assert_eq!(name.len(), 59);

    let uri = format!("urn:okta:{name}");
    let answer = app.authorize(&named("spa", &uri)).await;
    let fields = fields_of(&answer);
    assert_eq!((fields["code"].len(), fields["state"].as_str()), (43, "s-1"));
    let body = json_of(app.public_form("token", &redeemed(&fields["code"]))).await;
    assert_eq!(body["scope"], "openid profile offline_access");
    assert_on_page(&app, &named("spa", &uri), "The authorize request_uri is invalid.").await;
}

#[tokio::test]
async fn only_what_was_pushed_counts() {
    let app = App::start().await;
    let uri = pushed(&app).await;
    let mut fields = named("spa", &uri);
    fields.extend([("state", "other"), ("scope", "openid"), ("redirect_uri", "http://localhost:4000/")]);
    let back = fields_of(&app.authorize(&fields).await);
    assert_eq!(back["state"], "s-1");
}

#[tokio::test]
async fn a_name_may_be_posted_to_the_authorization_endpoint() {
    let app = App::start().await;
    let uri = pushed(&app).await;
    let answer = app.public_form("authorize", &named("spa", &uri)).send().await.unwrap();
    assert!(fields_of(&answer).contains_key("code"));
}

/// Nobody knows where to send the user back to.
async fn assert_on_page(app: &App, fields: &Fields<'_>, text: &str) {
    let answer = app.authorize(fields).await;
    assert!(answer.headers().get("location").is_none());
    let page = answer.text().await.unwrap();
    assert!(page.contains(&text.replace('\'', "&#39;")), "{page}");
}

#[tokio::test]
async fn a_name_is_for_an_hour() {
    let app = App::start().await;
    let [first, second] = [pushed(&app).await, pushed(&app).await];
    app.clock.advance(3599);
    assert_eq!(app.authorize(&named("spa", &first)).await.status(), 302);
    app.clock.advance(1);
    assert_on_page(&app, &named("spa", &second), "The authorize request_uri is invalid.").await;
}

#[rstest]
#[case::another_client(
    "pushing",
    "The 'client_id' parameter does not match the expected value for the provided request_uri."
)]
#[case::nobody("nobody", "Invalid value for 'client_id' parameter.")]
#[case::no_client("", "Invalid value for 'client_id' parameter.")]
#[tokio::test]
async fn a_name_is_its_clients(#[case] client: &str, #[case] text: &str) {
    let app = App::start().await;
    let uri = pushed(&app).await;
    assert_on_page(&app, &named(client, &uri), text).await;
    assert_eq!(app.authorize(&named("spa", &uri)).await.status(), 302, "it is good still");
}

#[tokio::test]
async fn a_name_is_its_servers() {
    let app = App::start().await;
    let elsewhere = app.at("par").replace("/default/", "/other/");
    let uri = name_of(app.http.post(elsewhere).form(&asked())).await;
    assert_on_page(&app, &named("spa", &uri), "The request_uri was issued for another authorization server.").await;
}

#[tokio::test]
async fn a_name_beside_a_request_object_is_one_too_many() {
    let app = App::start().await;
    let uri = pushed(&app).await;
    let text = "The authorize request must not contain both a request object and a request uri.";
    assert_on_page(&app, &with(named("spa", &uri), "request", "e30."), text).await;
}

#[rstest]
#[case::a_name(
    "request_uri",
    "urn:okta:abc",
    400,
    "invalid_request",
    "The 'request_uri' parameter must not be present in the request."
)]
#[case::a_request_object(
    "request",
    "e30.",
    400,
    "request_not_supported",
    "The authorize request object is not supported by this client."
)]
#[case::no_redirect_uri("redirect_uri", "", 400, "missing_redirect_uri", "redirect_uri is missing.")]
#[case::a_foreign_redirect_uri(
    "redirect_uri",
    "https://evil.example/",
    400,
    "invalid_request",
    "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings."
)]
#[case::no_state("state", "", 400, "invalid_request", "The authentication request has an invalid 'state' parameter.")]
#[case::no_response_type(
    "response_type",
    "",
    400,
    "unsupported_response_type",
    "The response type is not supported by the authorization server. Configured response types: [code]."
)]
#[case::an_unknown_scope(
    "scope",
    "openid nope",
    400,
    "invalid_scope",
    "One or more scopes are not configured for the authorization server resource."
)]
#[case::no_challenge(
    "code_challenge",
    "",
    400,
    "invalid_request",
    "PKCE code challenge is required by the application."
)]
#[case::an_unknown_mode(
    "response_mode",
    "smoke",
    400,
    "unsupported_response_mode",
    "The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message]."
)]
#[case::no_client("client_id", "", 401, "invalid_client", "No client credentials found.")]
#[case::a_secret_of_a_public_client(
    "client_secret",
    "s",
    401,
    "invalid_client",
    "Client authentication failed. Either the client or the client credentials are invalid."
)]
#[tokio::test]
async fn a_request_is_refused_where_it_is_pushed_with(
    #[case] name: &str,
    #[case] value: &str,
    #[case] status: u16,
    #[case] error: &str,
    #[case] description: &str,
) {
    let app = App::start().await;
    let answer = send(app.public_form("par", &with(asked(), name, value))).await;
    assert_eq!(answer, oauth_error(status, error, description));
}

#[tokio::test]
async fn a_request_may_not_be_too_long_or_name_a_field_twice() {
    let app = App::start().await;
    let long = "s".repeat(16 * 1024);
    let answer = send(app.public_form("par", &with(asked(), "state", &long))).await;
    assert_eq!(answer, oauth_error(400, "invalid_request", "The authorization request is too long."));
    let mut twice = asked();
    twice.push(("state", "s-2"));
    let text = "The request contained multiple parameters with the same name.";
    assert_eq!(send(app.public_form("par", &twice)).await, oauth_error(400, "invalid_request", text));
}

#[tokio::test]
async fn a_confidential_client_proves_itself_as_at_the_token_endpoint() {
    let app = App::start().await;
    let fields = with(asked(), "client_id", DEFAULT_CLIENT_ID);
    let wrong = app.public_form("par", &fields).basic_auth(DEFAULT_CLIENT_ID, Some("wrong"));
    let text = "The client secret supplied for a confidential client is invalid.";
    assert_eq!(send(wrong).await, oauth_error(401, "invalid_client", text));

    let nameless = with(asked(), "client_id", "");
    for request in [app.form("par", &fields), app.form("par", &nameless)] {
        let uri = name_of(request).await;
        let code = fields_of(&app.authorize(&named(DEFAULT_CLIENT_ID, &uri)).await)["code"].clone();
        let redeemed = with(redeemed(&code), "client_id", "");
        assert_eq!(send(app.form("token", &redeemed)).await.0, 200);
    }
    let posted = with(fields, "client_secret", DEFAULT_CLIENT_SECRET);
    assert_eq!(send(app.public_form("par", &posted)).await.0, 201);
}

/// A form of the client `service`, with an assertion for that endpoint.
async fn with_assertion(app: &App, endpoint: &str, audience: &str, mut fields: Fields<'_>) -> (u16, String) {
    let assertion = Signed::assertion(&service_key(), &app.at(audience), NOW).signed();
    fields.extend([("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion.as_str())]);
    send(app.public_form(endpoint, &fields)).await
}

#[rstest]
#[case("par", 201)]
#[case("introspect", 200)]
#[case("revoke", 200)]
#[tokio::test]
async fn an_assertion_is_for_the_endpoint_that_is_called(#[case] endpoint: &str, #[case] status: u16) {
    let app = App::start().await;
    let mut fields = with(asked(), "client_id", "service");
    fields.push(("token", "abc"));
    assert_eq!(with_assertion(&app, endpoint, endpoint, fields.clone()).await.0, status);
    let text = "The audience claim for client_assertion must be the endpoint invoked for the request.";
    assert_eq!(with_assertion(&app, endpoint, "token", fields).await, oauth_error(401, "invalid_client", text));
}

#[tokio::test]
async fn a_client_that_must_push_is_sent_back_where_it_does_not() {
    let app = App::start().await;
    let fields = with(asked(), "client_id", "pushing");
    let back = fields_of(&app.authorize(&fields).await);
    let text = "A pushed authorization request is required by the application.";
    assert_eq!((back["error"].as_str(), back["error_description"].as_str()), ("invalid_request", text));
    assert_eq!(back["state"], "s-1");
    let uri = name_of(app.public_form("par", &fields)).await;
    assert!(fields_of(&app.authorize(&named("pushing", &uri)).await).contains_key("code"));
}

#[tokio::test]
async fn what_is_pushed_with_a_proof_is_for_the_key_of_it() {
    let app = App::start().await;
    let bare = app.proof(&es256(), "par").signed();
    let told = app.public_form("par", &asked()).header("dpop", bare).send().await.unwrap();
    assert_eq!(told.headers()["dpop-nonce"], app.nonce().await.as_str());
    assert!(told.text().await.unwrap().starts_with(r#"{"error":"use_dpop_nonce","#));

    let proof = app.fresh_proof(&es256(), "par").await;
    let uri = name_of(app.public_form("par", &asked()).header("dpop", proof)).await;
    let code = fields_of(&app.authorize(&named("spa", &uri)).await)["code"].clone();
    let wrong = app.fresh_proof(&rs256(), "token").await;
    let answer = send(app.public_form("token", &redeemed(&code)).header("dpop", wrong)).await;
    assert_eq!(answer, oauth_error(400, "invalid_dpop_proof", "The DPoP proof JWT is invalid."));
    let right = app.fresh_proof(&es256(), "token").await;
    assert_eq!(send(app.public_form("token", &redeemed(&code)).header("dpop", right)).await.0, 200);
}

#[tokio::test]
async fn the_key_of_a_proof_is_the_one_that_the_request_names() {
    let app = App::start().await;
    let jkt = rs256().thumbprint();
    let fields = with(asked(), "dpop_jkt", &jkt);
    let other = app.fresh_proof(&es256(), "par").await;
    let answer = send(app.public_form("par", &fields).header("dpop", other)).await;
    assert_eq!(answer, oauth_error(400, "invalid_dpop_proof", "The DPoP proof JWT is invalid."));
    let own = app.fresh_proof(&rs256(), "par").await;
    assert_eq!(send(app.public_form("par", &fields).header("dpop", own)).await.0, 201);
}

#[tokio::test]
async fn the_metadata_tell_where_to_push() {
    let app = App::start().await;
    let url = format!("{}/.well-known/openid-configuration", app.idp.http_issuer());
    let metadata: Value = app.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(metadata["pushed_authorization_request_endpoint"], app.at("par").as_str());
    let answer = app.http.request(reqwest::Method::OPTIONS, app.at("par")).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()["access-control-allow-methods"], "POST");
    assert_eq!(app.http.get(app.at("par")).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn the_org_server_takes_pushed_requests_beside_its_other_endpoints() {
    let mut org = AuthorizationServer::new("default");
    org.dialect = Dialect::of(Shape::OktaOrg);
    let app = App::with(Config::default().with_server(org)).await;
    let base = app.idp.http_issuer();
    let fields = with(asked(), "client_id", DEFAULT_CLIENT_ID);
    let request = app.http.post(format!("{base}/oauth2/v1/par")).form(&fields);
    let uri = name_of(request.basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET))).await;
    let url = reqwest::Url::parse_with_params(&format!("{base}/oauth2/v1/authorize"), named(DEFAULT_CLIENT_ID, &uri));
    assert!(fields_of(&app.http.get(url.unwrap()).send().await.unwrap()).contains_key("code"));
}
