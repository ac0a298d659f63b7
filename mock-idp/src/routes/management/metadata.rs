//! The metadata of a client (RFC 7591, section 2), as apps and dynamic registration say them.

use std::sync::Arc;

use serde_json::Value;

use super::super::okta_error::invalid;
use super::body::Body;
use super::{Call, Refusal, org, refresh_token};
use crate::config::{ApplicationType, AuthMethod, Client, GrantType, Record, Secret};
use crate::issuer::ServerState;
use crate::json::Object;

/// Metadata that are told as they were said, whether they change anything or not.
pub(super) const SAID: [&str; 15] = [
    "client_uri",
    "logo_uri",
    "tos_uri",
    "policy_uri",
    "initiate_login_uri",
    "response_types",
    "jwks",
    "jwks_uri",
    "require_pushed_authorization_requests",
    "dpop_bound_access_tokens",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
    "request_object_signing_alg",
    "consent_method",
    "contacts",
];
/// The length of a secret at Okta.
const SECRET: usize = 40;

/// A client of that id with these metadata; it has a secret where its method needs one.
pub(super) fn client(id: &str, metadata: Body<'_>, method: AuthMethod) -> Result<Client, Refusal> {
    let mut client = match (method, metadata.get("jwks")) {
        (AuthMethod::None, _) => Client::public(id),
        (_, Some(jwks)) => Client::with_jwks(id, jwks).map_err(|error| invalid("jwks", error.message))?,
        (_, None) => Client::new(id, ""),
    };
    client.auth_methods = vec![method];
    client.jwks_uri = jwks_uri(metadata)?;
    if method == AuthMethod::PrivateKeyJwt && client.keys.is_empty() && client.jwks_uri.is_none() {
        return Err(invalid("jwks", "the keys of private_key_jwt are missing: say `jwks` or `jwks_uri`"));
    }
    let default = if method == AuthMethod::PrivateKeyJwt { ApplicationType::Service } else { ApplicationType::Web };
    client.application_type = metadata.word("application_type", &ApplicationType::ALL)?.unwrap_or(default);
    client.redirect_uris = metadata.texts("redirect_uris")?.unwrap_or_default();
    client.post_logout_redirect_uris = metadata.texts("post_logout_redirect_uris")?.unwrap_or_default();
    let grants = metadata.texts("grant_types")?.unwrap_or_else(|| vec![default_grant(&client).name().to_owned()]);
    client.grants = self::grants(&grants)?;
    refuse_no_redirects(&client)?;
    client.require_pushed_authorization_requests =
        metadata.flag("require_pushed_authorization_requests")?.unwrap_or(false);
    client.dpop_bound_access_tokens = metadata.flag("dpop_bound_access_tokens")?.unwrap_or(false);
    client.record = Record { said: metadata.only(&SAID), ..Record::default() };
    Ok(client)
}

/// Where the keys are fetched, instead of being said (RFC 7591, section 2: never both).
fn jwks_uri(metadata: Body<'_>) -> Result<Option<String>, Refusal> {
    let uri = metadata.text("jwks_uri")?.map(str::to_owned);
    match uri.is_some() && metadata.get("jwks").is_some() {
        true => Err(invalid("jwks_uri", "`jwks` holds the keys already: leave one of the two out")),
        false => Ok(uri),
    }
}

/// Puts a client with other metadata in the place of the one of its id, at each of these servers.
pub(super) fn put(call: &Call<'_>, servers: &[Arc<ServerState>], client: &Client) -> Result<(), Refusal> {
    org::change_each(call, servers, &client.id, |before: &mut Client| {
        *before = in_place_of(before, client.clone(), call.now());
        Ok(())
    })
}

/// The client that takes the place of one before: what no metadata say stays.
pub(super) fn in_place_of(before: &Client, mut client: Client, now: i64) -> Client {
    client.record.id.clone_from(&before.record.id);
    (client.record.created, client.record.updated) = (before.record.created, Some(now));
    client.is_active = before.is_active;
    client.scopes.clone_from(&before.scopes);
    client.networks.clone_from(&before.networks);
    client.answers.clone_from(&before.answers);
    client.any_loopback_redirect = before.any_loopback_redirect;
    refresh_token::keep(before, &mut client);
    client
}

/// Gives a client the secret that it needs: the one before, else a fresh one.
pub(super) fn with_secret(call: &Call<'_>, mut client: Client, before: Option<&Secret>) -> Client {
    if needs_secret(&client) {
        let fresh = || Secret::new(call.random().base64url(SECRET));
        client.secret = before.filter(|secret| !secret.expose().is_empty()).cloned().unwrap_or_else(fresh);
    }
    client
}

pub(super) fn needs_secret(client: &Client) -> bool {
    client.auth_methods.iter().any(|method| !matches!(method, AuthMethod::PrivateKeyJwt | AuthMethod::None))
}

/// The method that a body names; Okta's default where it names none.
pub(super) fn method(body: Body<'_>) -> Result<AuthMethod, Refusal> {
    Ok(body.word("token_endpoint_auth_method", &AuthMethod::ALL)?.unwrap_or(AuthMethod::ClientSecretBasic))
}

/// The method that a client is told to have: the first of several.
pub(super) fn method_name(client: &Client) -> &'static str {
    client.auth_methods.first().map_or("none", |method| method.name())
}

pub(super) fn grant_names(client: &Client) -> Vec<&'static str> {
    client.grants.iter().map(|grant| grant.name()).collect()
}

pub(super) fn application_type(client: &Client) -> &'static str {
    let known = ApplicationType::ALL.iter().find(|(_, kind)| *kind == client.application_type);
    known.map_or("web", |(word, _)| word)
}

/// What was said of the response types, else what the grants mean.
pub(super) fn response_types(client: &Client) -> Value {
    let of_grants = || {
        let has_code = client.grants.contains(&GrantType::AUTHORIZATION_CODE);
        Value::from(vec![if has_code { "code" } else { "token" }])
    };
    client.record.value("response_types").cloned().unwrap_or_else(of_grants)
}

/// What a client is called.
pub(super) fn name(client: &Client) -> &str {
    client.record.text("client_name").unwrap_or(&client.id)
}

/// The member as it was said, `null` where it was not.
pub(super) fn said(client: &Client, name: &str) -> Value {
    client.record.value(name).cloned().unwrap_or_default()
}

/// Adds what was said and is not told yet.
pub(super) fn with_rest(mut told: Object, client: &Client) -> Object {
    for name in SAID {
        if let Some(value) = client.record.value(name).filter(|_| told.get(name).is_none()) {
            told.set(name, value.to_string());
        }
    }
    told
}

fn default_grant(client: &Client) -> GrantType {
    match client.application_type {
        ApplicationType::Service => GrantType::CLIENT_CREDENTIALS,
        ApplicationType::Web | ApplicationType::Native | ApplicationType::Browser => GrantType::AUTHORIZATION_CODE,
    }
}

fn grants(names: &[String]) -> Result<Vec<GrantType>, Refusal> {
    let known = |name: &str| GrantType::find(name).or(Some(GrantType::IMPLICIT).filter(|grant| grant.name() == name));
    let find =
        |name: &String| known(name).ok_or_else(|| invalid("grant_types", format_args!("\"{name}\" is not known here")));
    names.iter().map(find).collect()
}

/// Who sends users somewhere says where they come back to.
fn refuse_no_redirects(client: &Client) -> Result<(), Refusal> {
    let needs_one =
        [GrantType::AUTHORIZATION_CODE, GrantType::IMPLICIT].iter().any(|grant| client.grants.contains(grant));
    let needs_none = |grant: &GrantType| *grant == GrantType::CLIENT_CREDENTIALS || grant.name() == "password";
    if client.redirect_uris.is_empty() && needs_one && !client.grants.iter().any(needs_none) {
        return Err(invalid("redirect_uris", "name at least one: its grants send users back"));
    }
    Ok(())
}
