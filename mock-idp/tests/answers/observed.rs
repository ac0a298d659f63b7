//! One whole sign-in as a client sees it, apart from what is another each time.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value, json};
use sha2::Digest as _;

use super::app::*;

const SCOPE: &str = "openid profile offline_access test_scope";

/// Discovery, a sign-in with code and refresh token, userinfo, the key set.
pub(crate) async fn sign_in(app: &App) -> Value {
    let metadata = app.http.get(format!("{}/.well-known/openid-configuration", app.idp.http_issuer()));
    let metadata = answer(metadata.send().await).await;
    let back = app.authorize(&with(asked(), "scope", SCOPE)).await;
    let fields: Map<String, Value> =
        fields_of(&back).into_iter().map(|(name, value)| (name, Value::from(value))).collect();
    let mut observed = json!({ "metadata": metadata });
    if let Some(code) = fields.get("code").and_then(Value::as_str) {
        observed["token"] = exchange(app, redeemed(code)).await;
        follow(app, &mut observed).await;
    }
    let fields =
        fields.into_iter().map(|(name, value)| (name.clone(), if name == "code" { "(code)".into() } else { value }));
    observed["authorize"] = Value::Object(fields.collect());
    observed["keys"] = answer(app.http.get(app.at("keys")).send().await).await;
    let jwks = jwks(app);
    for name in ["token", "refresh"] {
        blur(&mut observed, name, &jwks);
    }
    observed
}

/// What a client does with its tokens.
async fn follow(app: &App, observed: &mut Value) {
    let body = observed["token"]["body"].clone();
    if let Some(token) = body["refresh_token"].as_str() {
        let refreshed = exchange(app, vec![("grant_type", "refresh_token"), ("refresh_token", token)]).await;
        observed["refresh"] = refreshed;
        let is_same = observed["refresh"]["body"]["refresh_token"] == token;
        if observed["refresh"]["body"].get("refresh_token").is_some() {
            observed["refresh"]["body"]["refresh_token"] = if is_same { "(same)".into() } else { "(new)".into() };
        }
        observed["token"]["body"]["refresh_token"] = "(token)".into();
    }
    if let Some(token) = body["access_token"].as_str() {
        observed["userinfo"] = answer(app.http.get(app.at("userinfo")).bearer_auth(token).send().await).await;
    }
}

async fn exchange(app: &App, fields: Fields<'_>) -> Value {
    let request = app.http.post(app.at("token")).form(&fields);
    let credentials = (mock_idp::claims::DEFAULT_CLIENT_ID, mock_idp::claims::DEFAULT_CLIENT_SECRET);
    answer(request.basic_auth(credentials.0, Some(credentials.1)).send().await).await
}

/// Status and body; the body of a success as JSON where it is some.
async fn answer(answer: reqwest::Result<reqwest::Response>) -> Value {
    let Ok(answer) = answer else { return "no answer".into() };
    let status = answer.status();
    let Ok(text) = answer.text().await else { return "broken off".into() };
    let json = serde_json::from_str(&text).ok().filter(|_| status.is_success());
    json!({ "status": status.as_u16(), "body": json.unwrap_or(Value::from(text)) })
}

fn jwks(app: &App) -> JwkSet {
    serde_json::from_str(&app.idp.issuer().keys("default").unwrap().jwks()).unwrap()
}

/// Reads the tokens of an answer.
fn blur(observed: &mut Value, name: &str, jwks: &JwkSet) {
    let Some(body) = observed.get_mut(name).and_then(|answer| answer.get_mut("body")) else { return };
    let access_token = body["access_token"].as_str().unwrap_or_default().to_owned();
    for member in ["access_token", "id_token"] {
        if let Some(token) = body[member].as_str().map(str::to_owned) {
            body[member] = read(&token, &access_token, jwks);
        }
    }
}

fn read(token: &str, access_token: &str, jwks: &JwkSet) -> Value {
    let mut header: Value = serde_json::from_str(&part(token, 0)).unwrap();
    let mut claims: Value = serde_json::from_str(&part(token, 1)).unwrap();
    let algorithm: Option<Algorithm> = header["alg"].as_str().and_then(|name| name.parse().ok());
    let key = header["kid"].as_str().map(|kid| jwks.find(kid));
    let verified = algorithm.is_some_and(|algorithm| verifies(token, key, jwks, algorithm));
    if let Some(key) = key {
        header["kid"] = if key.is_some() { "(published)".into() } else { "(unknown)".into() };
    }
    claims["jti"] = "(id)".into();
    if claims.get("at_hash").is_some() {
        let is_right = claims["at_hash"] == hash(access_token, algorithm);
        claims["at_hash"] = if is_right { "(right)".into() } else { "(wrong)".into() };
    }
    json!({ "header": header, "claims": claims, "verified": verified })
}

fn verifies(token: &str, key: Option<Option<&Jwk>>, jwks: &JwkSet, algorithm: Algorithm) -> bool {
    let keys = match key {
        Some(key) => key.into_iter().collect::<Vec<_>>(),
        None => jwks.keys.iter().collect(),
    };
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let verifies = |key: &Jwk| {
        jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &DecodingKey::from_jwk(key).unwrap(), algorithm)
    };
    keys.into_iter().any(|key| verifies(key).unwrap_or(false))
}

fn hash(access_token: &str, algorithm: Option<Algorithm>) -> String {
    let hash = match algorithm {
        Some(Algorithm::EdDSA) => sha2::Sha512::digest(access_token).to_vec(),
        _ => sha2::Sha256::digest(access_token).to_vec(),
    };
    URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}

/// The paths at which two trees differ.
pub(crate) fn differences(before: &Value, after: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    compare("", before, after, &mut found);
    found
}

fn compare(path: &str, before: &Value, after: &Value, found: &mut BTreeSet<String>) {
    let (Some(one), Some(two)) = (before.as_object(), after.as_object()) else {
        if before != after {
            found.insert(path.to_owned());
        }
        return;
    };
    for name in one.keys().chain(two.keys()) {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        compare(&path, &before[name], &after[name], found);
    }
}
