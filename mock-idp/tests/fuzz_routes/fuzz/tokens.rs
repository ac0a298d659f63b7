//! Tokens, assertions and proofs, good and bad: what no answer gives, and what a client signs itself.

use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::keys::{Algorithm, BuiltinKey, SigningKey, builtin};
use mock_idp::{Issuer, MintRequest, catalogue};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::dice::Dice;
use super::pool::Pool;
use super::{BASE, JWT_CLIENT, JWT_SECRET};

/// Fills the pool with fresh ones.
pub(crate) fn refill(pool: &mut Pool, issuer: &Issuer, now: i64, dice: &mut Dice) -> Result<(), Box<dyn Error>> {
    // The tokens that are meant to exhaust a server would only exhaust this.
    let names: Vec<&str> = catalogue::names().filter(|name| !name.starts_with("dos/")).collect();
    let name = dice.word(&names);
    pool.keep("", "scenario", name);
    for request in [MintRequest::control(), MintRequest::scenario(name)?] {
        // Some need what this issuer doesn't have, such as a second issuer.
        if let Ok(forged) = issuer.mint(&request) {
            pool.keep("default", "access_token", forged.token.expose_text());
        }
    }
    let endpoint = format!("{BASE}/oauth2/default/v1/token");
    let claims = json!({ "iss": JWT_CLIENT, "sub": JWT_CLIENT, "aud": endpoint, "iat": now, "jti": dice.bits().to_string(),
        "exp": now.saturating_add(300) });
    let secret = SigningKey::from_secret("", JWT_SECRET)?;
    pool.keep("default", "client_assertion", signed(&secret, Algorithm::Hs256, &json!({ "alg": "HS256" }), &claims)?);
    let claims = json!({ "iss": "https://trusted.example", "sub": "ada@example.com", "aud": format!("{BASE}/oauth2/default"),
        "iat": now, "exp": now.saturating_add(300), "jti": dice.bits().to_string() });
    let key = builtin(BuiltinKey::AttackerP256);
    pool.keep(
        "default",
        "assertion",
        signed(&key, Algorithm::Es256, &json!({ "alg": "ES256", "kid": key.kid() }), &claims)?,
    );
    Ok(())
}

/// A proof of possession for a request (RFC 9449, section 4.2).
pub(crate) fn proof(
    method: &str,
    url: &str,
    token: &str,
    nonce: Option<&str>,
    now: i64,
    dice: &mut Dice,
) -> Option<String> {
    let key = builtin(BuiltinKey::AttackerP256);
    let jwk: Value = serde_json::from_str(&key.bare_jwk().to_text()).ok()?;
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
    let mut claims = json!({ "htm": method, "htu": url, "iat": now, "jti": dice.bits().to_string() });
    if let (Some(members), false) = (claims.as_object_mut(), token.is_empty()) {
        members.insert("ath".into(), URL_SAFE_NO_PAD.encode(Sha256::digest(token)).into());
    }
    if let (Some(members), Some(nonce)) = (claims.as_object_mut(), nonce) {
        members.insert("nonce".into(), nonce.into());
    }
    signed(&key, Algorithm::Es256, &header, &claims).ok()
}

fn signed(key: &SigningKey, algorithm: Algorithm, header: &Value, claims: &Value) -> Result<String, Box<dyn Error>> {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(algorithm, input.as_bytes())?);
    Ok(format!("{input}.{signature}"))
}
