//! A `[[server.ID.client]]` table.

use super::read::grants;
use super::{AuthMethod, Client, Secret};
use crate::input::{InputError, Node, Table};

pub(super) fn client(node: &Node) -> Result<Client, InputError> {
    let table = node.as_table()?;
    let id = table.require("id")?.as_str()?;
    let methods = table.get("auth_methods").map(methods).transpose()?;
    let mut client = match methods {
        Some(methods) if methods == [AuthMethod::None] => {
            Client { secret: Secret::new(table.text("secret")?.unwrap_or_default()), ..Client::public(id) }
        }
        methods => {
            let client = Client::new(id, table.require("secret")?.as_str()?);
            Client { auth_methods: methods.unwrap_or(client.auth_methods), ..client }
        }
    };
    if let Some(all) = table.get("grants") {
        client.grants = grants(all)?;
    }
    client.scopes = table.get("scopes").map(Node::as_texts).transpose()?;
    flows(&table, &mut client)?;
    table.finish()?;
    Ok(client)
}

fn methods(node: &Node) -> Result<Vec<AuthMethod>, InputError> {
    node.as_array()?.iter().map(|each| each.as_choice(&AuthMethod::ALL)).collect()
}

/// What only clients with users need.
fn flows(table: &Table<'_>, client: &mut Client) -> Result<(), InputError> {
    let texts = |name| table.get(name).map_or(Ok(Vec::new()), Node::as_texts);
    client.redirect_uris = texts("redirect_uris")?;
    client.post_logout_redirect_uris = texts("post_logout_redirect_uris")?;
    client.any_loopback_redirect = table.flag("any_loopback_redirect")?;
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
