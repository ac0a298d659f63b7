//! `/v1/token` byte for byte, without a socket.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use mock_idp::config::{AuthMethod, AuthorizationServer, Client, Config, GrantType, Scope};
use mock_idp::{Issuer, Request, Response};
use rstest::rstest;

const TOKEN: &str = "/oauth2/default/v1/token";
const GRANT: &str = "grant_type=client_credentials&scope=test_scope";
const UNSUPPORTED: &str = "The authorization grant type is not supported by the authorization server. Configured grant \
                           types: [authorization_code, implicit, refresh_token, client_credentials, password, \
                           urn:ietf:params:oauth:grant-type:device_code, \
                           urn:ietf:params:oauth:grant-type:token-exchange, \
                           urn:ietf:params:oauth:grant-type:jwt-bearer].";
const GRANT_TYPES: &str = "authorization_code, refresh_token, client_credentials, password, \
urn:ietf:params:oauth:grant-type:device_code, urn:ietf:params:oauth:grant-type:token-exchange, \
urn:ietf:params:oauth:grant-type:jwt-bearer, urn:ietf:params:oauth:grant-type:saml2-bearer, interaction_code, \
urn:openid:params:grant-type:ciba, urn:okta:params:oauth:grant-type:otp, urn:okta:params:oauth:grant-type:oob, \
http://auth0.com/oauth/grant-type/mfa-otp, http://auth0.com/oauth/grant-type/mfa-oob";

/// The default client, and others that differ from it in one way each.
fn issuer() -> Issuer {
    let mut server = AuthorizationServer::new("default");
    server.scopes.extend([Scope::new("read"), Scope::new("write")]);
    server.clients.push(Client::new("basic", "secret"));
    let mut post = Client::new("post", "secret");
    post.auth_methods = vec![AuthMethod::ClientSecretPost];
    let mut narrow = Client::new("narrow", "secret");
    narrow.scopes = Some(vec!["read".into()]);
    let mut web = Client::new("web", "secret");
    web.grants = ["authorization_code", "refresh_token"].iter().filter_map(|name| GrantType::find(name)).collect();
    server.clients.extend([post, narrow, web]);
    let mut eager = AuthorizationServer::new("eager");
    eager.scopes = vec![Scope::granted_by_default("a"), Scope::new("b"), Scope::granted_by_default("c")];
    Issuer::new(&Config::default().with_server(server).with_server(eager)).unwrap()
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

fn default_basic() -> String {
    basic(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET)
}

fn post(target: &str, authorization: Option<&str>, form: &str) -> Response {
    let request = Request::post_form(target, form);
    issuer().handle(&match authorization {
        Some(value) => request.with_header("authorization", value),
        None => request,
    })
}

fn text(response: &Response) -> String {
    String::from_utf8(response.body.to_vec()).unwrap()
}

fn oauth_error(error: &str, description: &str) -> String {
    format!(r#"{{"error":"{error}","error_description":"{description}"}}"#)
}

/// Compares a body in Okta's own style, whose `errorId` is drawn.
fn assert_okta_error(response: &Response, status: u16, code: &str, summary: &str) {
    let body = text(response);
    let start = format!(r#"{{"errorCode":"{code}","errorSummary":"{summary}","errorLink":"{code}","errorId":""#);
    let id = body.strip_prefix(&start).unwrap_or_else(|| panic!("{body}"));
    let id = id.strip_suffix(r#"","errorCauses":[]}"#).unwrap_or_else(|| panic!("{body}"));
    assert!(id.starts_with("oae") && id.len() == 25, "{id}");
    assert_eq!(response.status, status);
}

#[rstest]
#[case::secret_in_header(Some(default_basic()), GRANT.to_owned())]
#[case::secret_in_form(None, format!("{GRANT}&client_id={DEFAULT_CLIENT_ID}&client_secret={DEFAULT_CLIENT_SECRET}"))]
#[case::header_and_the_same_id(Some(default_basic()), format!("{GRANT}&client_id={DEFAULT_CLIENT_ID}"))]
#[case::lower_case_scheme(Some(default_basic().replace("Basic", "basic")), GRANT.to_owned())]
fn the_right_secret_gets_a_token(#[case] authorization: Option<String>, #[case] form: String) {
    let response = post(TOKEN, authorization.as_deref(), &form);
    let body = text(&response);
    assert_eq!(response.status, 200, "{body}");
    let rest = body.strip_prefix(r#"{"token_type":"Bearer","expires_in":3600,"access_token":"ey"#).unwrap();
    assert!(rest.ends_with(r#"","scope":"test_scope"}"#), "{body}");
}

#[test]
fn a_token_answer_has_oktas_headers() {
    let response = post(TOKEN, Some(&default_basic()), GRANT);
    let header = |name: &str| response.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-");
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("cache-control"), "no-cache, no-store");
    assert_eq!(header("pragma"), "no-cache");
    assert_eq!(header("expires"), "0");
    assert_eq!([header("x-rate-limit-limit"), header("x-rate-limit-remaining")], ["1000", "999"]);
    assert!(header("x-rate-limit-reset").parse::<i64>().is_ok());
    assert_eq!(header("x-robots-tag"), "noindex,nofollow");
    assert_eq!(header("x-okta-request-id").len(), 32);
    assert_eq!(header("x-mock-idp"), "testing-only");
    assert_eq!(header("vary"), "-");
}

#[rstest]
#[case::asked_for("read write", "read write")]
#[case::in_the_order_asked_for("write read", "write read")]
#[case::a_double_counts_once("read read", "read")]
fn the_scopes_granted_are_those_asked_for(#[case] asked: &str, #[case] granted: &str) {
    let form = format!("grant_type=client_credentials&scope={}", asked.replace(' ', "+"));
    let body = text(&post(TOKEN, Some(&default_basic()), &form));
    assert!(body.ends_with(&format!(r#""scope":"{granted}"}}"#)), "{body}");
}

#[test]
fn without_a_scope_the_defaults_are_granted() {
    let body = text(&post("/oauth2/eager/v1/token", Some(&default_basic()), "grant_type=client_credentials"));
    assert!(body.ends_with(r#""scope":"a c"}"#), "{body}");
}

#[rstest]
#[case::wrong_secret(
    Some(basic("basic", "wrong")),
    GRANT,
    401,
    "invalid_client",
    "The client secret supplied for a confidential client is invalid."
)]
#[case::empty_secret(
    Some(basic("basic", "")),
    GRANT,
    401,
    "invalid_client",
    "The client secret supplied for a confidential client is invalid."
)]
#[case::wrong_secret_in_form(
    None,
    "grant_type=client_credentials&client_id=post&client_secret=x",
    401,
    "invalid_client",
    "The client secret supplied for a confidential client is invalid."
)]
#[case::form_for_a_basic_client(
    None,
    "grant_type=client_credentials&client_id=basic&client_secret=secret",
    401,
    "invalid_client",
    "Client authentication failed. Either the client or the client credentials are invalid."
)]
#[case::header_for_a_post_client(
    Some(basic("post", "secret")),
    GRANT,
    401,
    "invalid_client",
    "Client authentication failed. Either the client or the client credentials are invalid."
)]
#[case::id_without_secret(
    None,
    "grant_type=client_credentials&client_id=basic",
    401,
    "invalid_client",
    "Client authentication failed. Either the client or the client credentials are invalid."
)]
#[case::no_credentials(None, GRANT, 401, "invalid_client", "No client credentials found.")]
#[case::not_base64(Some("Basic ???".into()), GRANT, 401, "invalid_client",
    "Found Authentication header but was not valid client credentials.")]
#[case::no_colon(Some("Basic YWJj".into()), GRANT, 401, "invalid_client",
    "Found Authentication header but was not valid client credentials.")]
#[case::another_scheme(Some("Bearer abc".into()), GRANT, 401, "invalid_client",
    "Found Authentication header but was not valid client credentials.")]
#[case::header_and_form(
    Some(basic("basic", "secret")),
    "grant_type=client_credentials&client_id=basic&client_secret=secret",
    401,
    "invalid_request",
    "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body."
)]
#[case::header_and_another_id(
    Some(basic("basic", "secret")),
    "grant_type=client_credentials&client_id=post",
    401,
    "invalid_request",
    "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body."
)]
#[case::assertion_of_a_wrong_type(
    None,
    "grant_type=client_credentials&client_assertion=a.b.c&client_assertion_type=x",
    400,
    "invalid_request",
    "The client_assertion_type is invalid."
)]
#[case::duplicate(
    Some(default_basic()),
    "grant_type=client_credentials&scope=a&scope=b",
    400,
    "invalid_request",
    "The request contained multiple parameters with the same name."
)]
#[case::unsupported_grant(
    Some(default_basic()),
    "grant_type=interaction_code",
    400,
    "unsupported_grant_type",
    UNSUPPORTED
)]
#[case::unheard_of_grant(Some(default_basic()), "grant_type=x", 400, "unsupported_grant_type", UNSUPPORTED)]
#[case::grant_not_of_the_client(
    Some(basic("web", "secret")),
    GRANT,
    400,
    "unauthorized_client",
    "The client is not authorized to use the provided grant type. Configured grant types: [authorization_code, refresh_token]."
)]
#[case::no_scope(
    Some(default_basic()),
    "grant_type=client_credentials",
    400,
    "invalid_scope",
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
)]
#[case::unknown_scope(
    Some(default_basic()),
    "grant_type=client_credentials&scope=test_scope+nope",
    400,
    "invalid_scope",
    "One or more scopes are not configured for the authorization server resource."
)]
#[case::openid_scope(
    Some(default_basic()),
    "grant_type=client_credentials&scope=test_scope+openid",
    400,
    "invalid_scope",
    "Cannot request 'openid' scopes using client credentials."
)]
#[case::every_scope_rejected(
    Some(basic("narrow", "secret")),
    "grant_type=client_credentials&scope=write",
    400,
    "access_denied",
    "Policy evaluation succeeded, but all the requested scopes were rejected."
)]
#[case::some_scopes_denied(
    Some(basic("narrow", "secret")),
    "grant_type=client_credentials&scope=read+write",
    400,
    "access_denied",
    "Some of the requested scopes were denied by the policy. Denied scopes: [write]."
)]
fn a_refusal_reads_as_oktas(
    #[case] authorization: Option<String>,
    #[case] form: &str,
    #[case] status: u16,
    #[case] error: &str,
    #[case] description: &str,
) {
    let response = post(TOKEN, authorization.as_deref(), form);
    assert_eq!(text(&response), oauth_error(error, description));
    assert_eq!(response.status, status);
    assert_eq!(response.headers["cache-control"], "no-cache, no-store");
}

#[test]
fn a_missing_grant_type_is_told_with_the_valid_ones() {
    let response = post(TOKEN, Some(&default_basic()), "scope=test_scope");
    let description = format!("The token request must specify a 'grant_type'. Valid values: [{GRANT_TYPES}]");
    assert_eq!(text(&response), oauth_error("invalid_request", &description));
    assert_eq!(response.status, 400);
}

#[test]
fn credentials_in_the_query_are_refused() {
    let response = post(&format!("{TOKEN}?client_id=basic&client_secret=secret"), None, GRANT);
    let description = "Client credentials cannot be supplied via query parameters.";
    assert_eq!(text(&response), oauth_error("invalid_request", description));
    assert_eq!(response.status, 400);
}

#[test]
fn two_authorization_lines_are_malformed() {
    let request = Request::post_form(TOKEN, GRANT)
        .with_header("authorization", &default_basic())
        .with_header("authorization", &default_basic());
    let response = issuer().handle(&request);
    let description = "Found Authentication header but was not valid client credentials.";
    assert_eq!(text(&response), oauth_error("invalid_client", description));
}

#[rstest]
#[case::in_header(Some(basic("nobody", "secret")), GRANT, 401)]
#[case::in_form(None, "grant_type=client_credentials&client_id=nobody&client_secret=secret", 400)]
#[case::in_form_without_secret(None, "grant_type=client_credentials&client_id=nobody", 400)]
fn an_unknown_client_is_told_in_oktas_own_style(
    #[case] authorization: Option<String>,
    #[case] form: &str,
    #[case] status: u16,
) {
    let response = post(TOKEN, authorization.as_deref(), form);
    assert_okta_error(&response, status, "invalid_client", "Invalid value for 'client_id' parameter.");
}

#[test]
fn an_unknown_server_is_not_found() {
    let response = post("/oauth2/nope/v1/token", Some(&default_basic()), GRANT);
    assert_okta_error(&response, 404, "E0000007", "Not found: Resource not found: nope (AuthorizationServer)");
}

#[test]
fn an_unknown_path_is_not_found() {
    let response = issuer().handle(&Request::get("/oauth2/default/v1/nope"));
    assert_okta_error(&response, 404, "E0000008", "The requested path was not found");
}

#[test]
fn a_wrong_method_is_refused_and_the_right_one_is_told() {
    let response = issuer().handle(&Request::get(TOKEN));
    assert_okta_error(&response, 405, "E0000022", "The endpoint does not support the provided HTTP method");
    assert_eq!(response.headers["allow"], "POST");
}

#[test]
fn a_body_that_is_no_form_is_refused() {
    let response = issuer().handle(&Request::post_json(TOKEN, &serde_json::json!({ "grant_type": "x" })));
    let summary = "Bad request.  Accept and/or Content-Type headers likely do not match supported values.";
    assert_okta_error(&response, 400, "E0000021", summary);
}

#[test]
fn a_form_encoded_id_and_secret_are_taken_too() {
    let mut config = Config::default();
    config.servers[0].clients = vec![Client::new("a/client", "p%+s")];
    let issuer = Issuer::new(&config).unwrap();
    for authorization in [basic("a%2Fclient", "p%25%2Bs"), basic("a/client", "p%25%2Bs"), basic("a/client", "p%+s")] {
        let request = Request::post_form(TOKEN, GRANT).with_header("authorization", &authorization);
        assert_eq!(issuer.handle(&request).status, 200, "{authorization}");
    }
}

#[test]
fn debug_of_the_configuration_shows_no_secret() {
    assert!(!format!("{:?}", Config::default()).contains(DEFAULT_CLIENT_SECRET));
}
