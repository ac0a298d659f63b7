//! `/oauth2/v1/clients`: dynamic registration (RFC 7591, RFC 7592) as Okta has it, behind its
//! API token. A client is one of the org's, and an app of the management API at the same time.

use super::super::okta_error::invalid;
use super::body::{self, Body};
use super::call::{created, limit, ok};
use super::list::{self, Item};
use super::{Call, OktaError, Refusal, apps, metadata, org};
use crate::config::{Client, Secret};
use crate::issuer::Response;
use crate::json::Object;

pub(super) fn list(call: &Call<'_>) -> Result<Response, Refusal> {
    let item = |client: &Client| Item {
        id: client.id.clone(),
        words: vec![metadata::name(client).to_owned()],
        body: told(call, client, false),
    };
    list::answer(call, org::all::<Client>(call)?.iter().map(item).collect())
}

pub(super) fn read(call: &Call<'_>) -> Result<Response, Refusal> {
    ok(&told(call, &apps::find(call)?.0, true))
}

/// Adds a client to every server, or to those that `?server=` names.
pub(super) fn add(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let id = call.draw_id("0oa");
    let mut client = client(call, Body::of(&body), &id, None)?;
    client.record.created = Some(call.now());
    org::change(call, &org::servers(call)?, |config| {
        limit(config.clients.len(), "client_name")?;
        config.clients.push(client.clone());
        Ok(())
    })
    .map_err(as_metadata)?;
    created(&told(call, &client, true))
}

/// Puts other metadata in the place of all that a client had (RFC 7592, section 2.2).
pub(super) fn replace(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let (before, servers) = apps::find(call)?;
    if Body::of(&body).text("client_id")?.is_some_and(|id| id != before.id) {
        return Err(as_metadata(invalid("client_id", "must be that of the client")));
    }
    let client = client(call, Body::of(&body), &before.id, Some(&before.secret))?;
    metadata::put(call, &servers, &client).map_err(as_metadata)?;
    ok(&told(call, &metadata::in_place_of(&before, client, call.now()), true))
}

pub(super) fn remove(call: &Call<'_>) -> Result<Response, Refusal> {
    apps::remove_client(call)
}

/// Gives a client another secret; the one before is over at once.
pub(super) fn new_secret(call: &Call<'_>) -> Result<Response, Refusal> {
    let (client, servers) = apps::find(call)?;
    if !metadata::needs_secret(&client) {
        let cause = "this client proves itself without one";
        return Err(invalid("client_secret", cause));
    }
    let client = metadata::with_secret(call, client, None);
    org::change_each(call, &servers, &client.id, |each: &mut Client| {
        if metadata::needs_secret(each) {
            each.secret.clone_from(&client.secret);
        }
        Ok(())
    })?;
    ok(&told(call, &client, true))
}

fn client(call: &Call<'_>, body: Body<'_>, id: &str, secret: Option<&Secret>) -> Result<Client, Refusal> {
    let name = body.require("client_name").map_err(as_metadata)?;
    let method = metadata::method(body).map_err(as_metadata)?;
    let mut client = metadata::client(id, body, method).map_err(as_metadata)?;
    client.record.said.insert("client_name".to_owned(), name.into());
    Ok(metadata::with_secret(call, client, secret))
}

/// What is wrong with metadata, as RFC 7591 tells it (section 3.2.2).
fn as_metadata(refusal: Refusal) -> Refusal {
    let Some(cause) = refusal.cause() else { return refusal };
    let is_redirect = cause.starts_with("redirect_uris");
    let error = if is_redirect { &OktaError::REDIRECT_URI_METADATA } else { &OktaError::CLIENT_METADATA };
    error.about(cause)
}

fn told(call: &Call<'_>, client: &Client, with_secret: bool) -> Object {
    let secret = client.given_secret().filter(|_| metadata::needs_secret(client));
    let issued_at = client.record.created.unwrap_or_else(|| call.since());
    let told = Object::new()
        .with("client_id", client.id.as_str())
        .with_some("client_secret", secret.filter(|_| with_secret).map(Secret::expose))
        .with("client_id_issued_at", issued_at)
        .with_some("client_secret_expires_at", secret.map(|_| 0))
        .with("client_name", metadata::name(client))
        .with("client_uri", metadata::said(client, "client_uri"))
        .with("logo_uri", metadata::said(client, "logo_uri"))
        .with("application_type", metadata::application_type(client))
        .with("redirect_uris", client.redirect_uris.as_slice())
        .with("post_logout_redirect_uris", client.post_logout_redirect_uris.as_slice())
        .with("response_types", metadata::response_types(client))
        .with("grant_types", metadata::grant_names(client).as_slice())
        .with("token_endpoint_auth_method", metadata::method_name(client));
    metadata::with_rest(told, client)
}
