//! The crates openidconnect and oauth2, set up as their documentation shows.

mod metadata;

use std::env;

use oauth2::basic::BasicClient;
use openidconnect::core::*;
use openidconnect::reqwest::{self, Certificate, redirect::Policy};
use openidconnect::{AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, LoginHint};
use openidconnect::{Nonce, NonceVerifier, OAuth2TokenResponse as _, PkceCodeChallenge, RedirectUrl, Scope};
use openidconnect::{SubjectIdentifier, TokenIntrospectionResponse as _, TokenResponse as _};
use serde_json::{Value, json};

use self::metadata::Metadata;

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let bundle = Certificate::from_pem_bundle(&std::fs::read(env::var("SSL_CERT_FILE")?)?)?;
    let http = reqwest::ClientBuilder::new().redirect(Policy::none());
    let http = bundle.into_iter().fold(http, reqwest::ClientBuilder::add_root_certificate).build()?;
    let (id, secret) = (env::var("CLIENT_ID")?, env::var("CLIENT_SECRET")?);
    let (id, secret) = (ClientId::new(id), ClientSecret::new(secret));

    let metadata = Metadata::discover_async(IssuerUrl::new(env::var("ISSUER")?)?, &http).await?;
    let endpoints = metadata.additional_metadata().clone();
    let token_endpoint = metadata.token_endpoint().cloned().ok_or("no token endpoint")?;
    let client = CoreClient::from_provider_metadata(metadata, id.clone(), Some(secret.clone()))
        .set_redirect_uri(RedirectUrl::new("http://localhost:3000/callback".into())?)
        .set_introspection_url(endpoints.introspection_endpoint)
        .set_revocation_url(endpoints.revocation_endpoint)
        .set_device_authorization_url(endpoints.device_authorization_endpoint);
    tell("discovery", json!({}));

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["email", "offline_access"].map(|scope| Scope::new(scope.into())))
        .set_pkce_challenge(challenge)
        .set_login_hint(LoginHint::new("alice@example.com".into()))
        .url();
    let answer = http.get(url).send().await?;
    let back = reqwest::Url::parse(answer.headers().get("location").ok_or("no redirect")?.to_str()?)?;
    let field = |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(field("state").as_ref(), Some(state.secret()));
    let code = AuthorizationCode::new(field("code").ok_or("no code")?);
    let tokens = client.exchange_code(code)?.set_pkce_verifier(verifier).request_async(&http).await?;
    let (user, at_hash) = user(&client.id_token_verifier(), &tokens, &nonce)?;
    tell("code", json!({ "sub": user.as_str(), "at_hash": at_hash }));

    let info: CoreUserInfoClaims =
        client.user_info(tokens.access_token().clone(), Some(user.clone()))?.request_async(&http).await?;
    tell("userinfo", json!({ "email": info.email().map(|email| email.as_str()) }));

    let refresh = tokens.refresh_token().ok_or("no refresh token")?;
    let fresh = client.exchange_refresh_token(refresh)?.request_async(&http).await?;
    // OpenID Connect Core, section 12.2: the nonce may be there again, or not.
    let (again, _) = self::user(&client.id_token_verifier(), &fresh, |_: Option<&Nonce>| Ok(()))?;
    tell(
        "refresh",
        json!({ "fresh": fresh.access_token().secret() != tokens.access_token().secret(), "same": again == user }),
    );

    let active = client.introspect(fresh.access_token()).request_async(&http).await?.active();
    tell("introspection", json!({ "active": active }));
    client.revoke_token(fresh.access_token().clone().into())?.request_async(&http).await?;
    tell(
        "revocation",
        json!({ "active": client.introspect(fresh.access_token()).request_async(&http).await?.active() }),
    );

    let service = BasicClient::new(id).set_client_secret(secret).set_token_uri(token_endpoint);
    let token =
        service.exchange_client_credentials().add_scope(Scope::new(env::var("SCOPE")?)).request_async(&http).await?;
    tell("client-credentials", json!({ "type": token.token_type(), "scope": token.scopes() }));

    if env::args().any(|step| step == "device") {
        let asked: CoreDeviceAuthorizationResponse = client
            .exchange_device_code()
            .add_extra_param("login_hint", "alice@example.com")
            .request_async(&http)
            .await?;
        let tokens =
            client.exchange_device_access_token(&asked)?.request_async(&http, tokio::time::sleep, None).await?;
        tell("device", json!({ "uri": asked.verification_uri().as_str(), "type": tokens.token_type() }));
    }
    Ok(())
}

/// Of whom the ID Token is, once it is found to be in order, and whether it names the access token.
fn user(
    verifier: &CoreIdTokenVerifier<'_>,
    tokens: &CoreTokenResponse,
    nonce: impl NonceVerifier,
) -> Result<(SubjectIdentifier, bool), Failure> {
    let token = tokens.id_token().ok_or("no ID Token")?;
    let claims = token.claims(verifier, nonce)?;
    let hash = AccessTokenHash::from_token(tokens.access_token(), token.signing_alg()?, token.signing_key(verifier)?)?;
    Ok((claims.subject().clone(), claims.access_token_hash() == Some(&hash)))
}

fn tell(step: &str, mut told: Value) {
    (told["step"], told["ok"]) = (step.into(), true.into());
    println!("{told}");
}
