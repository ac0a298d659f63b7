//! `/api/v1/apps`: the clients of all servers, as apps of the org.

use serde_json::{Map, Value, json};

use super::super::okta_error::invalid;
use super::body::{self, Body};
use super::call::{done, limit, no_content, not_found, ok};
use super::list::{self, Item};
use super::{Call, OktaError, Refusal, metadata, org, refresh_token};
use crate::config::{Client, Secret};
use crate::issuer::{Response, iso_date};
use crate::json::Object;

const KIND: &str = "AppInstance";

pub(super) fn list(call: &Call<'_>) -> Result<Response, Refusal> {
    let item = |client: &Client| {
        let words = vec![metadata::name(client).to_owned()];
        Item { id: id_of(client).to_owned(), words, body: told(call, client) }
    };
    list::answer(call, org::all::<Client>(call)?.iter().map(item).collect())
}

pub(super) fn read(call: &Call<'_>) -> Result<Response, Refusal> {
    ok(&told(call, &find(call)?.0))
}

/// Adds a client to every server, or to those that `?server=` names.
pub(super) fn add(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let id = call.draw_id("0oa");
    let mut client = client(call, Body::of(&body), &id, None)?;
    client.record.id = Some(id);
    client.record.created = Some(call.now());
    client.is_active = call.flag("activate", true)?;
    org::change(call, &org::servers(call)?, |config| {
        limit(config.clients.len(), "label")?;
        config.clients.push(client.clone());
        Ok(())
    })?;
    ok(&told(call, &client))
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let (before, servers) = find(call)?;
    let client = client(call, Body::of(&body), &before.id, Some(&before.secret))?;
    if client.id != before.id {
        return Err(invalid("client_id", "the id of a client stays: remove the app, and make another"));
    }
    metadata::put(call, &servers, &client)?;
    ok(&told(call, &metadata::in_place_of(&before, client, call.now())))
}

/// Removes an app that is deactivated, as Okta does it; policies and users that know it forget it.
pub(super) fn remove(call: &Call<'_>) -> Result<Response, Refusal> {
    if find(call)?.0.is_active {
        let cause = "an active app is not deleted: POST to its lifecycle/deactivate first";
        return Err(OktaError::ACTIVE_APP.plain().because(cause));
    }
    remove_client(call)
}

/// Removes a client, active or not.
pub(super) fn remove_client(call: &Call<'_>) -> Result<Response, Refusal> {
    let (client, servers) = find(call)?;
    org::change(call, &servers, |config| {
        config.clients.retain(|each| each.id != client.id);
        let policies = config.policies.iter_mut().filter_map(|policy| policy.clients.as_mut());
        let users = config.users.iter_mut().filter_map(|user| user.clients.as_mut());
        policies.chain(users).for_each(|clients| clients.retain(|id| *id != client.id));
        Ok(())
    })?;
    no_content()
}

pub(super) fn activate(call: &Call<'_>) -> Result<Response, Refusal> {
    set_active(call, true)
}

/// From now on nobody knows the client, until it is activated.
pub(super) fn deactivate(call: &Call<'_>) -> Result<Response, Refusal> {
    set_active(call, false)
}

fn set_active(call: &Call<'_>, is_active: bool) -> Result<Response, Refusal> {
    let (client, servers) = find(call)?;
    org::change_each(call, &servers, &client.id, |client: &mut Client| {
        client.is_active = is_active;
        client.record.updated = Some(call.now());
        Ok(())
    })?;
    done()
}

/// The client that the path names, with the servers that know it.
pub(super) fn find(call: &Call<'_>) -> Result<(Client, Vec<std::sync::Arc<crate::issuer::ServerState>>), Refusal> {
    let id = call.parameter(0);
    org::find(call, id)?.ok_or_else(|| not_found(id, KIND))
}

/// The client that a body describes; an app may choose its id and its secret.
fn client(call: &Call<'_>, body: Body<'_>, id: &str, secret: Option<&Secret>) -> Result<Client, Refusal> {
    if body.text("name")?.is_some_and(|name| name != "oidc_client") {
        return Err(invalid("name", "only oidc_client is known here"));
    }
    let label = body.require("label")?;
    body.word("signOnMode", &[("OPENID_CONNECT", ())])?;
    let credentials = body.object("credentials")?.object("oauthClient")?;
    let id = credentials.text("client_id")?.unwrap_or(id);
    let settings = body.object("settings")?.object("oauthClient")?;
    let mut client = metadata::client(id, settings, metadata::method(credentials)?)?;
    refresh_token::read(settings, &mut client)?;
    client.require_pkce = credentials.flag("pkce_required")?.unwrap_or(client.require_pkce);
    client.record.said.insert("client_name".to_owned(), label.into());
    let chosen = credentials.text("client_secret")?.map(Secret::new);
    Ok(metadata::with_secret(call, client, chosen.as_ref().or(secret)))
}

fn id_of(client: &Client) -> &str {
    client.record.id.as_deref().unwrap_or(&client.id)
}

fn told(call: &Call<'_>, client: &Client) -> Object {
    let made = client.record.created.unwrap_or_else(|| call.since());
    Object::new()
        .with("id", id_of(client))
        .with("name", "oidc_client")
        .with("label", metadata::name(client))
        .with("status", if client.is_active { "ACTIVE" } else { "INACTIVE" })
        .with("lastUpdated", iso_date(client.record.updated.unwrap_or(made)))
        .with("created", iso_date(made))
        .with("accessibility", json!({ "selfService": false, "errorRedirectUrl": null, "loginRedirectUrl": null }))
        .with("visibility", visibility())
        .with("features", Vec::<Value>::new())
        .with("signOnMode", "OPENID_CONNECT")
        .with_object("credentials", &credentials(client))
        .with_object("settings", &settings(client))
        .with_object("_links", &links(call, client))
}

fn visibility() -> Value {
    json!({
        "autoLaunch": false,
        "autoSubmitToolbar": false,
        "hide": { "iOS": true, "web": true },
        "appLinks": { "oidc_client_link": true },
    })
}

fn credentials(client: &Client) -> Object {
    let own = Object::new()
        .with("autoKeyRotation", true)
        .with("client_id", client.id.as_str())
        .with_some("client_secret", client.given_secret().map(Secret::expose))
        .with("token_endpoint_auth_method", metadata::method_name(client))
        .with("pkce_required", client.require_pkce);
    Object::new()
        .with("userNameTemplate", json!({ "template": "${source.login}", "type": "BUILT_IN" }))
        .with("signing", Map::new())
        .with_object("oauthClient", &own)
}

fn settings(client: &Client) -> Object {
    let own = Object::new()
        .with("client_uri", metadata::said(client, "client_uri"))
        .with("logo_uri", metadata::said(client, "logo_uri"))
        .with("redirect_uris", client.redirect_uris.as_slice())
        .with("post_logout_redirect_uris", client.post_logout_redirect_uris.as_slice())
        .with("response_types", metadata::response_types(client))
        .with("grant_types", metadata::grant_names(client).as_slice())
        .with("application_type", metadata::application_type(client))
        .with("consent_method", client.record.text("consent_method").unwrap_or("TRUSTED"))
        .with("issuer_mode", "DYNAMIC")
        .with_some("refresh_token", refresh_token::told(client));
    Object::new().with("app", Map::new()).with_object("oauthClient", &metadata::with_rest(own, client))
}

fn links(call: &Call<'_>, client: &Client) -> Object {
    let at = format!("/api/v1/apps/{}", id_of(client));
    let step = if client.is_active { "deactivate" } else { "activate" };
    Object::new()
        .with("self", call.link(&at, &["GET", "PUT", "DELETE"]))
        .with(step, call.link(&format!("{at}/lifecycle/{step}"), &["POST"]))
}
