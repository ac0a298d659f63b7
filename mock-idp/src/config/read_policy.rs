//! A `[[server.ID.policy]]` table.

use super::Policy;
use super::read::grants;
use crate::input::{InputError, Node};

pub(super) fn policy(node: &Node) -> Result<Policy, InputError> {
    let table = node.as_table()?;
    let policy = Policy {
        clients: table.get("clients").map(Node::as_texts).transpose()?,
        grants: table.get("grants").map(grants).transpose()?,
        scopes: table.get("scopes").map(Node::as_texts).transpose()?,
    };
    table.finish()?;
    Ok(policy)
}
