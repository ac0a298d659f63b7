//! A `[[server.ID.client]]` table.

use super::read::grants;
use super::{AuthMethod, Client};
use crate::input::{InputError, Node};

pub(super) fn client(node: &Node) -> Result<Client, InputError> {
    let table = node.as_table()?;
    let mut client = Client::new(table.require("id")?.as_str()?, table.require("secret")?.as_str()?);
    if let Some(methods) = table.get("auth_methods") {
        client.auth_methods =
            methods.as_array()?.iter().map(|each| each.as_choice(&AuthMethod::ALL)).collect::<Result<_, _>>()?;
    }
    if let Some(all) = table.get("grants") {
        client.grants = grants(all)?;
    }
    client.scopes = table.get("scopes").map(Node::as_texts).transpose()?;
    table.finish()?;
    Ok(client)
}
