//! What makes a client's way to prove itself impossible.

use super::check::{ensure, unique};
use super::redirect_uri::is_absolute;
use super::{AuthMethod, Client};
use crate::input::InputError;

/// The fewest characters of a secret that makes an HMAC, as at Okta.
const HMAC_SECRET: usize = 32;

pub(super) fn proof(client: &Client, path: &str) -> Result<(), InputError> {
    for method in &client.auth_methods {
        match method {
            AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost => secret(client, 1, *method, path)?,
            AuthMethod::ClientSecretJwt => secret(client, HMAC_SECRET, *method, path)?,
            AuthMethod::PrivateKeyJwt => ensure(!client.keys.is_empty() || client.jwks_uri.is_some(), path, || {
                "`jwks`, `jwks_file` or `jwks_uri` is missing: private_key_jwt checks assertions with its keys".into()
            })?,
            AuthMethod::None => {}
        }
    }
    if let Some(uri) = &client.jwks_uri {
        let is_fetchable = is_absolute(uri) && (uri.starts_with("http://") || uri.starts_with("https://"));
        ensure(is_fetchable, &format!("{path}.jwks_uri"), || {
            format!("\"{uri}\" is no URL that keys can be fetched from, such as https://client.example/jwks")
        })?;
    }
    key_ids(client, &format!("{path}.jwks"))
}

fn secret(client: &Client, shortest: usize, method: AuthMethod, path: &str) -> Result<(), InputError> {
    let length = client.secret.expose().chars().count();
    ensure(length > 0, &format!("{path}.secret"), || "must not be empty".into())?;
    ensure(length >= shortest, &format!("{path}.secret"), || {
        format!("{} needs {shortest} characters or more, and this has {length}", method.name())
    })
}

/// An assertion says by its `kid` which of several keys signed it.
fn key_ids(client: &Client, path: &str) -> Result<(), InputError> {
    let named = client.keys.iter().filter_map(|key| key.kid());
    ensure(client.keys.len() < 2 || named.clone().count() == client.keys.len(), path, || {
        "each of several keys needs a `kid`".into()
    })?;
    unique(named, &format!("{path}.keys"))
}
