//! A token that is bound to a key, shown to the userinfo endpoint (RFC 9449, section 7).

use reqwest::{RequestBuilder, Response};
use rstest::rstest;
use serde_json::Value;

use super::app::*;
use super::signed::{Change, Signed};

const ALGORITHMS: &str = "RS256 RS384 RS512 ES256 ES384 ES512";

/// A user's token that is bound to [`es256`].
async fn bound(app: &App) -> String {
    let code = app.code(&asked()).await;
    let proof = app.fresh_proof(&es256(), "token").await;
    let body = json_of(app.public_form("token", &redeemed(&code)).header("dpop", proof)).await;
    body["access_token"].as_str().unwrap().to_owned()
}

fn shown(app: &App, scheme: &str, token: &str) -> RequestBuilder {
    app.http.get(app.at("userinfo")).header("authorization", format!("{scheme} {token}"))
}

/// An honest proof for it: no nonce is asked for here.
fn proof(app: &App, token: &str) -> Signed {
    Signed::proof(&es256(), "GET", &app.at("userinfo"), NOW).for_token(token)
}

async fn assert_refused(answer: Response, status: u16, error: &str, description: &str) {
    let challenge = format!(r#"DPoP error="{error}", error_description="{description}", algs="{ALGORITHMS}""#);
    assert_eq!(answer.headers()["www-authenticate"], challenge.as_str());
    let found = answer.status().as_u16();
    assert_eq!((found, answer.text().await.unwrap()), oauth_error(status, error, description));
}

#[rstest]
#[case("DPoP")]
#[case("dpop")]
#[tokio::test]
async fn a_bound_token_is_taken_with_a_proof(#[case] scheme: &str) {
    let app = App::start().await;
    let token = bound(&app).await;
    let answer = shown(&app, scheme, &token).header("dpop", proof(&app, &token).signed()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap()["preferred_username"], "ada@example.com");
}

#[rstest]
#[case::for_another_token(|it: Signed| it.for_token("other"), "'ath' claim in the DPoP proof does not match the presented access_token.")]
#[case::for_no_token(|it: Signed| it.without("ath"), "'ath' claim in the DPoP proof does not match the presented access_token.")]
#[case::for_another_method(|it: Signed| it.claim("htm", "POST"), "'htm' claim in the DPoP proof JWT is invalid.")]
#[case::that_is_old(|it: Signed| it.claim("iat", NOW - 301), "The DPoP proof JWT is issued more than five minutes in the past.")]
#[case::without_an_id(|it: Signed| it.without("jti"), "'jti' claim in the DPoP proof JWT is invalid.")]
#[tokio::test]
async fn a_proof_is_refused_here(#[case] change: Change, #[case] description: &str) {
    let app = App::start().await;
    let token = bound(&app).await;
    let proof = change(proof(&app, &token)).signed();
    let answer = shown(&app, "DPoP", &token).header("dpop", proof).send().await.unwrap();
    assert_refused(answer, 400, "invalid_dpop_proof", description).await;
}

#[tokio::test]
async fn another_keys_proof_is_refused() {
    let app = App::start().await;
    let token = bound(&app).await;
    let proof = Signed::proof(&rs256(), "GET", &app.at("userinfo"), NOW).for_token(&token).signed();
    let answer = shown(&app, "DPoP", &token).header("dpop", proof).send().await.unwrap();
    let text = "The access_token is not bound to the provided DPoP proof.";
    assert_refused(answer, 400, "invalid_dpop_proof", text).await;
}

#[tokio::test]
async fn a_proof_is_good_once_here_too() {
    let app = App::start().await;
    let token = bound(&app).await;
    let proof = proof(&app, &token).signed();
    let request = || shown(&app, "DPoP", &token).header("dpop", &proof).send();
    assert_eq!(request().await.unwrap().status(), 200);
    let text = "The DPoP proof JWT has already been used.";
    assert_refused(request().await.unwrap(), 400, "invalid_dpop_proof", text).await;
}

#[tokio::test]
async fn a_bound_token_needs_proof_and_scheme() {
    let app = App::start().await;
    let token = bound(&app).await;
    let answer = shown(&app, "DPoP", &token).send().await.unwrap();
    assert_refused(answer, 400, "invalid_request", "The resource request requires a DPoP proof.").await;
    let with_proof = shown(&app, "Bearer", &token).header("dpop", proof(&app, &token).signed());
    let text = "The resource request must use the DPoP authentication scheme when using a DPoP bound token.";
    assert_refused(with_proof.send().await.unwrap(), 400, "invalid_request", text).await;
}

#[tokio::test]
async fn a_bearer_token_is_not_taken_with_a_proof() {
    let app = App::start().await;
    let code = app.code(&asked()).await;
    let body = json_of(app.public_form("token", &redeemed(&code))).await;
    let token = body["access_token"].as_str().unwrap();
    let answer = shown(&app, "DPoP", token).header("dpop", proof(&app, token).signed()).send().await.unwrap();
    assert_refused(answer, 401, "invalid_token", "The presented access_token is not DPoP bound.").await;
    let answer = shown(&app, "DPoP", "abc").send().await.unwrap();
    let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert_eq!(answer.status(), 401);
    assert!(challenge.starts_with(r#"DPoP error="invalid_token""#), "{challenge}");
}
