//! What makes a client's way to prove itself impossible.

use super::check::{ensure, unique};
use super::{AuthMethod, Client};
use crate::input::InputError;

/// The fewest characters of a secret that makes an HMAC, as at Okta.
const HMAC_SECRET: usize = 32;

pub(super) fn proof(client: &Client, path: &str) -> Result<(), InputError> {
    for method in &client.auth_methods {
        match method {
            AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost => secret(client, 1, *method, path)?,
            AuthMethod::ClientSecretJwt => secret(client, HMAC_SECRET, *method, path)?,
            AuthMethod::PrivateKeyJwt => ensure(!client.keys.is_empty(), path, || {
                "`jwks` is missing: private_key_jwt checks assertions with its keys".into()
            })?,
            AuthMethod::None => {}
        }
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
    unique(named, path)
}
