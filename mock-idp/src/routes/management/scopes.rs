//! `/api/v1/authorizationServers/{id}/scopes`.

use super::super::okta_error::invalid;
use super::body::{self, Body};
use super::call::{created, limit, no_content, not_found, ok};
use super::list::{self, Item};
use super::{Call, OktaError, Refusal};
use crate::config::{AuthorizationServer, Record, Scope};
use crate::issuer::Response;
use crate::json::Object;

const KIND: &str = "OAuth2Scope";
/// Scopes that every server has besides its own.
const SYSTEM: [&str; 7] = ["openid", "profile", "email", "address", "phone", "offline_access", "device_sso"];
/// What may be said of a scope besides its settings.
const SAID: [&str; 5] = ["description", "displayName", "consent", "optional", "metadataPublish"];
/// Whether a user has to consent.
const CONSENT: [(&str, bool); 3] = [("IMPLICIT", false), ("REQUIRED", true), ("FLEXIBLE", false)];

pub(super) fn list(call: &Call<'_>) -> Result<Response, Refusal> {
    let server = call.server()?;
    let item = |scope: &Scope| {
        let words = vec![scope.name.clone()];
        Item { id: id_of(&server.config, scope), words, body: told(call, &server.config, scope) }
    };
    list::answer(call, system(&server.config).iter().chain(&server.config.scopes).map(item).collect())
}

pub(super) fn read(call: &Call<'_>) -> Result<Response, Refusal> {
    let server = call.server()?;
    let all: Vec<Scope> = system(&server.config).into_iter().chain(server.config.scopes.iter().cloned()).collect();
    let id = call.parameter(1);
    let scope = all.iter().find(|scope| id_of(&server.config, scope) == id).ok_or_else(|| not_found(id, KIND))?;
    ok(&told(call, &server.config, scope))
}

pub(super) fn add(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let mut scope = scope(Body::of(&body))?;
    scope.record.id = Some(call.draw_id("scp"));
    let server = call.change(|config| {
        limit(config.scopes.len(), "name")?;
        refuse_taken(config, &scope.name)?;
        config.scopes.push(scope.clone());
        Ok(())
    })?;
    created(&told(call, &server.config, &scope))
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response, Refusal> {
    let body = body::object(call.request)?;
    let mut scope = scope(Body::of(&body))?;
    let server = call.change(|config| {
        let at = position(call, config)?;
        let before = config.scopes[at].clone();
        // What is limited to it knows it by its name.
        if scope.name != before.name {
            return Err(invalid("name", "the name of a scope stays: remove it, and make another"));
        }
        scope.record.id = before.record.id;
        config.scopes[at] = scope.clone();
        Ok(())
    })?;
    ok(&told(call, &server.config, &scope))
}

/// Removes a scope, and what is limited to it loses it.
pub(super) fn remove(call: &Call<'_>) -> Result<Response, Refusal> {
    call.change(|config| {
        let at = position(call, config)?;
        let name = config.scopes.remove(at).name;
        let clients = config.clients.iter_mut().filter_map(|client| client.scopes.as_mut());
        let policies = config.policies.iter_mut().filter_map(|policy| policy.scopes.as_mut());
        clients.chain(policies).for_each(|scopes| scopes.retain(|scope| *scope != name));
        // A claim that was for that scope alone would be in every token.
        config.claims.retain(|claim| claim.scopes != [name.as_str()]);
        config.claims.iter_mut().for_each(|claim| claim.scopes.retain(|scope| *scope != name));
        Ok(())
    })?;
    no_content()
}

/// The scope that a body describes.
fn scope(body: Body<'_>) -> Result<Scope, Refusal> {
    let mut scope = Scope::new(body.require("name")?);
    scope.default = body.flag("default")?.unwrap_or(false);
    scope.needs_consent = body.word("consent", &CONSENT)?.unwrap_or(false);
    scope.record = Record { said: body.only(&SAID), ..Record::default() };
    Ok(scope)
}

fn refuse_taken(config: &AuthorizationServer, name: &str) -> Result<(), Refusal> {
    match config.has_scope(name) || SYSTEM.contains(&name) {
        true => Err(invalid("name", "An object with this field already exists")),
        false => Ok(()),
    }
}

/// Where the scope stands that the path names; those of the system stay.
fn position(call: &Call<'_>, config: &AuthorizationServer) -> Result<usize, Refusal> {
    let id = call.parameter(1);
    if system(config).iter().any(|scope| id_of(config, scope) == id) {
        return Err(OktaError::NOT_PERMITTED.plain().because("a scope of the system stays as it is"));
    }
    let at = config.scopes.iter().position(|scope| id_of(config, scope) == id);
    at.ok_or_else(|| not_found(id, KIND))
}

/// Those of the system, but for what a configuration has under the same name.
fn system(config: &AuthorizationServer) -> Vec<Scope> {
    SYSTEM.into_iter().filter(|name| !config.has_scope(name)).map(Scope::new).collect()
}

fn id_of(config: &AuthorizationServer, scope: &Scope) -> String {
    scope.record.id_or("scp", &format!("{}/{}", config.id, scope.name))
}

fn told(call: &Call<'_>, config: &AuthorizationServer, scope: &Scope) -> Object {
    let (id, is_system) = (id_of(config, scope), !config.has_scope(&scope.name));
    let consent = if scope.needs_consent { "REQUIRED" } else { scope.record.text("consent").unwrap_or("IMPLICIT") };
    let published = if is_system { "ALL_CLIENTS" } else { "NO_CLIENTS" };
    let said = |name: &str| scope.record.value(name).cloned();
    let methods: &[&str] = if is_system { &["GET"] } else { &["GET", "PUT", "DELETE"] };
    let path = format!("/api/v1/authorizationServers/{}/scopes/{id}", config.id);
    Object::new()
        .with("id", id)
        .with("name", scope.name.as_str())
        .with("description", said("description").unwrap_or_default())
        .with("system", is_system)
        .with("default", scope.default)
        .with_some("displayName", said("displayName"))
        .with("consent", consent)
        .with("optional", said("optional").unwrap_or(false.into()))
        .with("metadataPublish", said("metadataPublish").unwrap_or(published.into()))
        .with_object("_links", &Object::new().with("self", call.link(&path, methods)))
}
