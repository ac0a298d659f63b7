//! Whom a request speaks of.

use super::ServerCall;
use crate::issuer::ServerState;

/// Whether a user is there and assigned to a client.
pub(super) fn is_assigned(call: &ServerCall<'_>, login: &str, client: &str) -> bool {
    call.server.config.user(login).is_some_and(|user| user.may_use(client))
}

/// The login here of the user whom `other`, which may be this server too, knows by that id.
pub(super) fn login_of(call: &ServerCall<'_>, other: &ServerState, id: &str) -> Option<String> {
    if let Some(own) = call.server.config.users.iter().find(|user| user.id == id) {
        return Some(own.login.clone());
    }
    let configured = other.config.users.iter().find(|user| user.id == id).map(|user| user.login.clone());
    let login = configured.or_else(|| other.sessions.login_of(id, call.issuer.now(other)))?;
    call.server.config.user(&login).map(|user| user.login.clone())
}
