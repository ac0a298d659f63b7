//! A `[[server.ID.client]]` table.

use std::path::Path;

use super::read::grants;
use super::{ApplicationType, AuthMethod, Client, read_jwks};
use crate::input::{InputError, Node, Table};

pub(super) fn client(node: &Node, folder: &Path) -> Result<Client, InputError> {
    let table = node.as_table()?;
    let keys = read_jwks::keys(&table, folder)?;
    let methods = match table.get("auth_methods") {
        Some(methods) => self::methods(methods)?,
        // Who has keys and no secret has one way to prove itself.
        None if !keys.is_empty() && table.get("secret").is_none() => vec![AuthMethod::PrivateKeyJwt],
        None => vec![AuthMethod::ClientSecretBasic],
    };
    let secret = secret(&table, &methods)?;
    let mut client = Client { keys, auth_methods: methods, ..Client::new(table.require("id")?.as_str()?, secret) };
    if let Some(kind) = table.get("application_type") {
        client.application_type = kind.as_choice(&ApplicationType::ALL)?;
    }
    if let Some(all) = table.get("grants") {
        client.grants = grants(all)?;
    }
    client.scopes = table.get("scopes").map(Node::as_texts).transpose()?;
    table.finish()?;
    Ok(client)
}

fn methods(node: &Node) -> Result<Vec<AuthMethod>, InputError> {
    node.as_array()?.iter().map(|each| each.as_choice(&AuthMethod::ALL)).collect()
}

/// Who only signs needs none.
fn secret<'a>(table: &Table<'a>, methods: &[AuthMethod]) -> Result<&'a str, InputError> {
    if methods == [AuthMethod::PrivateKeyJwt] {
        return Ok(table.text("secret")?.unwrap_or_default());
    }
    table.require("secret")?.as_str()
}
