//! What makes a claim wrong beyond its types.

use std::collections::HashSet;

use super::check::{ensure, is_visible};
use super::{AuthorizationServer, Claim, ClaimToken, User};
use crate::input::InputError;

/// What else the server says of itself in its tokens.
const OF_SERVER: [&str; 6] = ["cid", "uid", "scp", "cnf", "client_id", "scope"];
/// Scopes about a user, which every server has besides its own.
const OF_USER: [&str; 8] = ["openid", "profile", "email", "address", "phone", "offline_access", "groups", "device_sso"];

pub(super) fn claims(server: &AuthorizationServer, path: &str) -> Result<(), InputError> {
    server.claims.iter().enumerate().try_for_each(|(at, each)| claim(server, each, &format!("{path}.claim[{at}]")))?;
    let mut seen = HashSet::new();
    server.claims.iter().try_for_each(|claim| {
        let is_access = claim.token == ClaimToken::Access;
        ensure(seen.insert((is_access, claim.name.as_str())), &format!("{path}.claim"), || {
            let tokens = if is_access { "access tokens" } else { "ID Tokens" };
            format!("\"{}\" of {tokens} stands there twice", claim.name)
        })
    })
}

fn claim(server: &AuthorizationServer, claim: &Claim, path: &str) -> Result<(), InputError> {
    let name = claim.name.as_str();
    ensure(is_visible(name), &format!("{path}.name"), || "must be visible ASCII without spaces".into())?;
    let is_reserved = User::RESERVED.contains(&name) || OF_SERVER.contains(&name);
    ensure(!is_reserved, &format!("{path}.name"), || {
        format!("the server says \"{name}\" itself: choose another name")
    })?;
    claim.scopes.iter().try_for_each(|scope| {
        let is_known = OF_USER.contains(&scope.as_str()) || server.has_scope(scope);
        ensure(is_known, &format!("{path}.scopes"), || {
            format!("the server has no scope \"{scope}\": add it to server.{}.scopes", server.id)
        })
    })
}
