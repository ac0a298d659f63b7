//! `/api/v1/authorizationServers/{id}/credentials`: the keys of a server.

use std::convert::Infallible;

use super::super::okta_error::invalid;
use super::body::Body;
use super::call::{not_found, ok};
use super::list::{self, Item};
use super::{Call, Refusal, body};
use crate::issuer::{Response, ServerState};
use crate::json::Object;
use crate::keys::{KeyName, KeySet, PublishedKey};
use crate::step::{fresh_kid, rotate as rotate_keys};

pub(super) fn list(call: &Call<'_>) -> Result<Response, Refusal> {
    let server = call.server()?;
    answer(call, &server)
}

pub(super) fn read(call: &Call<'_>) -> Result<Response, Refusal> {
    let (server, kid) = (call.server()?, call.parameter(1));
    let published = server.published();
    let keys = published.keys();
    let key = keys.published().into_iter().find(|key| key.kid() == kid).ok_or_else(|| not_found(kid, "JsonWebKey"))?;
    ok(&told(call, &server, keys, key))
}

/// The next key signs from now on, for good; the one before stays published, and the one
/// before that goes.
pub(super) fn rotate(call: &Call<'_>) -> Result<Response, Refusal> {
    let said = body::object(call.request)?;
    if Body::of(&said).require("use")? != "sig" {
        return Err(invalid("use", "must be sig"));
    }
    let server = call.server()?;
    let random = &server.streams.managed;
    let is_exposed = call.issuer.is_exposed();
    let change = |keys: &mut KeySet| {
        keys.withdraw_named(KeyName::Previous);
        match is_exposed {
            // Everybody has the built-in next one.
            true => keys.activate(keys.active().with_kid(fresh_kid(random))),
            false => rotate_keys(keys, random),
        }
        Ok::<_, Infallible>(())
    };
    let _ = server.change_keys(change);
    answer(call, &server)
}

fn answer(call: &Call<'_>, server: &ServerState) -> Result<Response, Refusal> {
    let published = server.published();
    let keys = published.keys();
    let item = |key: &PublishedKey| Item {
        id: key.kid().to_owned(),
        words: vec![key.kid().to_owned()],
        body: told(call, server, keys, key),
    };
    list::answer(call, keys.published().into_iter().map(item).collect())
}

fn told(call: &Call<'_>, server: &ServerState, keys: &KeySet, key: &PublishedKey) -> Object {
    let status = match key.name() {
        _ if key.kid() == keys.active().kid() => "ACTIVE",
        Some(KeyName::Previous) | None => "EXPIRED",
        Some(_) => "NEXT",
    };
    let mut told = Object::new().with("status", status);
    for name in ["alg", "e", "n", "crv", "x", "y", "kid", "kty", "use"] {
        if let Some(value) = key.jwk().get(name) {
            told.set(name, value.to_owned());
        }
    }
    let path = format!("/api/v1/authorizationServers/{}/credentials/keys/{}", server.config.id, key.kid());
    told.with_object("_links", &Object::new().with("self", call.link(&path, &["GET"])))
}
