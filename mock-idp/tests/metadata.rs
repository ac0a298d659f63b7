//! JWKS and discovery documents, without a socket.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use mock_idp::config::{AuthorizationServer, Config};
use mock_idp::keys::{BuiltinKey, builtin};
use mock_idp::{Issuer, Request, Response};
use rstest::rstest;

const OPENID: &str = "/oauth2/default/.well-known/openid-configuration";
const OAUTH: &str = "/oauth2/default/.well-known/oauth-authorization-server";
const OAUTH_IN_FRONT: &str = "/.well-known/oauth-authorization-server/oauth2/default";
const KEYS: &str = "/oauth2/default/v1/keys";

fn issuer() -> Issuer {
    Issuer::new(&Config::default()).unwrap()
}

fn get(path: &str) -> Response {
    issuer().handle(&Request::get(path).with_header("host", "idp.test:9000"))
}

fn text(response: &Response) -> String {
    String::from_utf8(response.body.to_vec()).unwrap()
}

fn member_names(response: &Response) -> Vec<String> {
    // Every member of these documents is a string, a list or `true`, so that a
    // name is what a colon follows.
    let text = text(response);
    let parts: Vec<&str> = text.split('"').collect();
    parts.windows(2).filter(|pair| pair[1].starts_with(':')).map(|pair| pair[0].to_owned()).collect()
}

#[test]
fn the_openid_document_has_oktas_members_in_oktas_order() {
    let response = get(OPENID);
    assert_eq!(response.status, 200);
    assert_eq!(
        member_names(&response),
        [
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "userinfo_endpoint",
            "registration_endpoint",
            "jwks_uri",
            "response_types_supported",
            "response_modes_supported",
            "grant_types_supported",
            "subject_types_supported",
            "id_token_signing_alg_values_supported",
            "id_token_encryption_alg_values_supported",
            "id_token_encryption_enc_values_supported",
            "scopes_supported",
            "token_endpoint_auth_methods_supported",
            "claims_supported",
            "code_challenge_methods_supported",
            "introspection_endpoint",
            "introspection_endpoint_auth_methods_supported",
            "revocation_endpoint",
            "revocation_endpoint_auth_methods_supported",
            "end_session_endpoint",
            "request_parameter_supported",
            "request_object_signing_alg_values_supported",
            "device_authorization_endpoint",
            "pushed_authorization_request_endpoint",
            "backchannel_token_delivery_modes_supported",
            "backchannel_authentication_request_signing_alg_values_supported",
            "dpop_signing_alg_values_supported",
        ]
    );
}

#[test]
fn the_documents_of_one_server_point_at_the_address_that_was_called() {
    let document: serde_json::Value = serde_json::from_slice(&get(OPENID).body).unwrap();
    assert_eq!(document["issuer"], "http://idp.test:9000/oauth2/default");
    assert_eq!(document["jwks_uri"], "http://idp.test:9000/oauth2/default/v1/keys");
    assert_eq!(document["registration_endpoint"], "http://idp.test:9000/oauth2/v1/clients");
}

#[test]
fn the_oauth_document_stands_at_both_places_and_tells_client_credentials() {
    let response = get(OAUTH);
    assert_eq!(text(&response), text(&get(OAUTH_IN_FRONT)));
    let document: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert!(document["grant_types_supported"].as_array().unwrap().contains(&"client_credentials".into()));
    assert!(document.get("userinfo_endpoint").is_none());
}

#[test]
fn a_pinned_issuer_is_told_wherever_it_was_called() {
    let mut config = Config::default();
    config.issuer_url = Some("https://idp.example".into());
    let response = Issuer::new(&config).unwrap().handle(&Request::get(OPENID).with_header("host", "localhost:9000"));
    let document: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(document["issuer"], "https://idp.example/oauth2/default");
}

#[test]
fn an_unknown_client_gets_no_document() {
    let response = get(&format!("{OPENID}?client_id=nobody"));
    assert_eq!(response.status, 400);
    assert!(text(&response).starts_with(
        r#"{"errorCode":"invalid_client","errorSummary":"Invalid value for 'client_id' parameter.","errorLink":"invalid_client","errorId":"oae"#
    ));
    assert_eq!(get(&format!("{OPENID}?client_id=0oaBadpennyTestClien")).status, 200);
}

#[rstest]
#[case(OPENID, "max-age=86400, must-revalidate")]
#[case(OAUTH, "max-age=86400, must-revalidate")]
#[case(KEYS, "max-age=3885115, must-revalidate")]
fn a_document_tells_how_long_it_keeps(#[case] path: &str, #[case] cache_control: &str) {
    let response = get(path);
    assert_eq!(response.headers["cache-control"], cache_control);
    assert_eq!(response.headers["vary"], "Origin");
    assert!(response.headers["expires"].to_str().unwrap().ends_with(" GMT"));
    assert!(response.headers.get("x-rate-limit-limit").is_none());
}

#[test]
fn the_jwks_is_oktas_in_shape() {
    let kid = BuiltinKey::Issuer.kid();
    let n = builtin(BuiltinKey::Issuer).public_jwk().get_str("n").unwrap();
    assert_eq!(
        text(&get(KEYS)),
        format!(r#"{{"keys":[{{"kty":"RSA","alg":"RS256","kid":"{kid}","use":"sig","e":"AQAB","n":"{n}"}}]}}"#)
    );
}

#[test]
fn a_new_key_is_a_new_revision_in_the_journal() {
    let issuer = issuer();
    let _ = issuer.handle(&Request::get(KEYS));
    assert_eq!(issuer.change_keys("default", |keys| keys.activate(builtin(BuiltinKey::IssuerNext))), Some(2));
    let response = issuer.handle(&Request::get(KEYS));
    assert!(text(&response).contains(BuiltinKey::IssuerNext.kid()));
    let revisions: Vec<_> = issuer.journal().entries().iter().map(|entry| entry.jwks_revision).collect();
    assert_eq!(revisions, [Some(1), Some(2)]);
    assert_eq!(issuer.journal().counters().kids[BuiltinKey::Issuer.kid()].served, 2);
    assert_eq!(issuer.journal().counters().kids[BuiltinKey::IssuerNext.kid()].served, 1);
}

#[test]
fn servers_have_keys_of_their_own() {
    let issuer = Issuer::new(&Config::default().with_server(AuthorizationServer::new("orders"))).unwrap();
    let kid = |server| issuer.keys(server).unwrap().active().kid().to_owned();
    assert_ne!(kid("default"), kid("orders"));
    assert!(issuer.keys("nope").is_none());
}

#[test]
fn a_browser_may_ask_from_any_origin() {
    let preflight = Request::new(hyper::Method::OPTIONS, "/oauth2/default/v1/token")
        .with_header("origin", "http://localhost:3000")
        .with_header("access-control-request-headers", "authorization");
    let response = issuer().handle(&preflight);
    assert_eq!(response.status, 204);
    assert_eq!(response.headers["access-control-allow-origin"], "http://localhost:3000");
    assert_eq!(response.headers["access-control-allow-methods"], "POST");
    assert_eq!(response.headers["access-control-allow-headers"], "authorization");
    assert_eq!(response.headers["access-control-max-age"], "3600");
    assert_eq!(response.headers["vary"], "Origin");
    let read = issuer().handle(&Request::get(KEYS).with_header("origin", "http://localhost:3000"));
    assert_eq!(read.headers["access-control-allow-origin"], "http://localhost:3000");
}

#[test]
fn the_same_seed_and_clock_make_the_same_token() {
    let token = || {
        let mut config = Config::default();
        config.seed = Some(7);
        let issuer = Issuer::new(&config).unwrap();
        // What is asked in between draws from another stream.
        let _ = issuer.handle(&Request::get(KEYS));
        issuer.mint(&mock_idp::MintRequest::control()).unwrap().payload
    };
    let jti = |payload: String| serde_json::from_str::<serde_json::Value>(&payload).unwrap()["jti"].clone();
    assert_eq!(jti(token()), jti(token()));
}
