//! A `[[server.ID.client]]` table.

use std::path::Path;

use super::read::grants;
use super::{ApplicationType, AuthMethod, Client, Secret, read_jwks, read_trust};
use crate::answer::Answer;
use crate::input::{InputError, Node, Table};

pub(super) fn client(node: &Node, folder: &Path) -> Result<Client, InputError> {
    let table = node.as_table()?;
    let (keys, jwks_uri) = (read_jwks::keys(&table, folder)?, read_jwks::uri(&table)?);
    let methods = match table.get("auth_methods") {
        Some(methods) => self::methods(methods)?,
        // Who has keys and no secret has one way to prove itself.
        None if (!keys.is_empty() || jwks_uri.is_some()) && table.get("secret").is_none() => {
            vec![AuthMethod::PrivateKeyJwt]
        }
        None => vec![AuthMethod::ClientSecretBasic],
    };
    let secret = Secret::new(secret(&table, &methods)?);
    let id = table.require("id")?.as_str()?;
    let defaults = if methods == [AuthMethod::None] { Client::public(id) } else { Client::new(id, "") };
    let mut client = Client { secret, keys, jwks_uri, auth_methods: methods, ..defaults };
    if let Some(kind) = table.get("application_type") {
        client.application_type = kind.as_choice(&ApplicationType::ALL)?;
    }
    if let Some(all) = table.get("grants") {
        client.grants = grants(all)?;
    }
    client.dpop_bound_access_tokens = table.flag("dpop_bound_access_tokens")?;
    client.scopes = table.get("scopes").map(Node::as_texts).transpose()?;
    client.networks = table.get("networks").map(read_trust::networks).transpose()?;
    flows(&table, &mut client)?;
    if let Some(answers) = table.get("answer") {
        client.answers = answers.as_array()?.iter().map(Answer::from_node).collect::<Result<_, _>>()?;
    }
    table.finish()?;
    Ok(client)
}

fn methods(node: &Node) -> Result<Vec<AuthMethod>, InputError> {
    node.as_array()?.iter().map(|each| each.as_choice(&AuthMethod::ALL)).collect()
}

/// Who only signs needs none, nor does who is public.
fn secret<'a>(table: &Table<'a>, methods: &[AuthMethod]) -> Result<&'a str, InputError> {
    if matches!(methods, [AuthMethod::PrivateKeyJwt | AuthMethod::None]) {
        return Ok(table.text("secret")?.unwrap_or_default());
    }
    table.require("secret")?.as_str()
}

/// What only clients with users need.
fn flows(table: &Table<'_>, client: &mut Client) -> Result<(), InputError> {
    let texts = |name| table.get(name).map_or(Ok(Vec::new()), Node::as_texts);
    client.redirect_uris = texts("redirect_uris")?;
    client.post_logout_redirect_uris = texts("post_logout_redirect_uris")?;
    client.any_loopback_redirect = table.flag("any_loopback_redirect")?;
    client.require_pushed_authorization_requests = table.flag("require_pushed_authorization_requests")?;
    if let Some(node) = table.get("require_pkce") {
        client.require_pkce = node.as_bool()?;
    }
    if let Some(node) = table.get("rotate_refresh_tokens") {
        client.rotate_refresh_tokens = node.as_bool()?;
    }
    if let Some(node) = table.get("refresh_leeway") {
        client.refresh_leeway = node.as_integer()?;
    }
    Ok(())
}
