//! `/api/v1/authorizationServers`.

use serde_json::json;

use super::super::okta_error::invalid;
use super::body::{self, Body};
use super::call::{created, no_content, ok};
use super::list::{self, Item};
use super::{Call, OktaError, Refusal};
use crate::config::{AuthorizationServer, DEFAULT_SERVER, Policy, Record};
use crate::issuer::{Response, ServerState, iso_date};
use crate::json::Object;

/// What Okta rotates keys after, in seconds.
const ROTATION: i64 = 90 * 86_400;

pub(super) fn list(call: &Call<'_>) -> Result<Response, Refusal> {
    let item = |server: &ServerState| {
        let words = vec![server.config.id.clone(), name(server).to_owned()];
        Item { id: server.config.id.clone(), words, body: told(call, server) }
    };
    list::answer(call, call.issuer.servers().iter().map(|server| item(server)).collect())
}

pub(super) fn read(call: &Call<'_>) -> Result<Response, Refusal> {
    let server = call.server()?;
    ok(&told(call, &server))
}

/// Adds a server of an id that is drawn. It knows the clients and users that `default` does,
/// as all servers of an org do, and permits them everything.
pub(super) fn add(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let id = call.draw_id("aus");
    let record = Record { created: Some(call.now()), updated: Some(call.now()), ..Record::default() };
    let server = call.issuer.add_changed_server(&id, DEFAULT_SERVER, |config| {
        config.record = record;
        (config.scopes, config.claims, config.policies) = (Vec::new(), Vec::new(), vec![Policy::default()]);
        // A client of an org is limited to no scopes.
        config.clients.iter_mut().for_each(|client| client.scopes = None);
        set(config, Body::of(&body))
    })?;
    created(&told(call, &server))
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let server = call.change(|config| {
        config.record.updated = Some(call.now());
        set(config, Body::of(&body))
    })?;
    ok(&told(call, &server))
}

pub(super) fn remove(call: &Call<'_>) -> Result<Response, Refusal> {
    let id = call.server()?.config.id.clone();
    if id == DEFAULT_SERVER {
        let cause = "the authorization server \"default\" is always there: remove another one";
        return Err(OktaError::NOT_PERMITTED.plain().because(cause));
    }
    call.issuer.remove_server(&id);
    no_content()
}

/// Sets what a body says of a server.
fn set(config: &mut AuthorizationServer, body: Body<'_>) -> Result<(), Refusal> {
    body.require("name")?;
    let audiences = body.texts("audiences")?.unwrap_or_default();
    let [audience] = audiences.as_slice() else {
        return Err(invalid("audiences", "must name exactly one audience"));
    };
    audience.clone_into(&mut config.audience);
    config.record.said = body.only(&["name", "description"]);
    Ok(())
}

fn name(server: &ServerState) -> &str {
    server.config.record.text("name").unwrap_or(&server.config.id)
}

fn told(call: &Call<'_>, server: &ServerState) -> Object {
    let config = &server.config;
    let made = config.record.created.unwrap_or(server.since);
    let signing = Object::new()
        .with("rotationMode", "AUTO")
        .with("lastRotated", iso_date(made))
        .with("nextRotation", iso_date(made.saturating_add(ROTATION)))
        .with("kid", server.published().keys().active().kid());
    Object::new()
        .with("id", config.id.as_str())
        .with("name", name(server))
        .with("description", config.record.text("description").unwrap_or_default())
        .with("audiences", [config.audience.as_str()].as_slice())
        .with("issuer", config.identifier(call.base()))
        .with("issuerMode", if call.issuer.base("").is_empty() { "DYNAMIC" } else { "ORG_URL" })
        .with("status", "ACTIVE")
        .with("created", iso_date(made))
        .with("lastUpdated", iso_date(config.record.updated.unwrap_or(made)))
        .with_object("credentials", &Object::new().with_object("signing", &signing))
        .with_object("_links", &links(call, server))
}

fn links(call: &Call<'_>, server: &ServerState) -> Object {
    let at = format!("/api/v1/authorizationServers/{}", server.config.id);
    let issuer = server.config.identifier("");
    let metadata = |name: &str| {
        let link = call.link(&format!("{issuer}/.well-known/{name}"), &["GET"]);
        json!({ "name": name, "href": link["href"], "hints": link["hints"] })
    };
    Object::new()
        .with("scopes", call.link(&format!("{at}/scopes"), &["GET"]))
        .with("claims", call.link(&format!("{at}/claims"), &["GET"]))
        .with("self", call.link(&at, &["GET", "DELETE", "PUT"]))
        .with("metadata", json!([metadata("oauth-authorization-server"), metadata("openid-configuration")]))
        .with("rotateKey", call.link(&format!("{at}/credentials/lifecycle/keyRotate"), &["POST"]))
}
