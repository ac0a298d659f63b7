//! What belongs to the whole org at Okta, and to several authorization servers here: apps and users.

use std::sync::Arc;

use super::{Call, Refusal};
use crate::config::{AuthorizationServer, Client, User};
use crate::issuer::{ChangeServerError, ServerState};

/// The servers that a call is about: those that `?server=` names, several with commas
/// between, else all of them.
pub(super) fn servers(call: &Call<'_>) -> Result<Vec<Arc<ServerState>>, Refusal> {
    let Some(ids) = call.query.get("server") else { return Ok(call.issuer.servers()) };
    ids.split(',').map(|id| call.server_of(id)).collect()
}

/// Changes all of these servers, or none: each change is tried before the first is made.
pub(super) fn change(
    call: &Call<'_>,
    servers: &[Arc<ServerState>],
    change: impl Fn(&mut AuthorizationServer) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    for server in servers {
        let mut config = server.config.clone();
        change(&mut config)?;
        config.check().map_err(ChangeServerError::Config)?;
    }
    servers.iter().try_for_each(|server| call.issuer.change_config(&server.config.id, &change).map(drop))
}

/// A thing that several servers have under one id.
pub(super) trait OfOrg: Clone {
    /// Whether that is its id, or another name that it is found by.
    fn is(&self, id: &str) -> bool;
    /// Its own id.
    fn id(&self) -> &str;
    /// Those of a server.
    fn of(config: &AuthorizationServer) -> &Vec<Self>;
    /// The same, to be changed.
    fn of_mut(config: &mut AuthorizationServer) -> &mut Vec<Self>;
}

/// All of a kind at the servers that the call is about, each once.
pub(super) fn all<T: OfOrg>(call: &Call<'_>) -> Result<Vec<T>, Refusal> {
    let mut all: Vec<T> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for server in servers(call)? {
        all.extend(T::of(&server.config).iter().filter(|each| seen.insert(each.id().to_owned())).cloned());
    }
    Ok(all)
}

/// A thing, with the servers that have it.
type Found<T> = (T, Vec<Arc<ServerState>>);

/// The one that is found by that id.
pub(super) fn find<T: OfOrg>(call: &Call<'_>, id: &str) -> Result<Option<Found<T>>, Refusal> {
    let mut servers = servers(call)?;
    let found = servers.iter().find_map(|server| T::of(&server.config).iter().find(|each| each.is(id)).cloned());
    let Some(found) = found else { return Ok(None) };
    servers.retain(|server| T::of(&server.config).iter().any(|each| each.id() == found.id()));
    Ok(Some((found, servers)))
}

/// Changes the thing of that id at each of these servers, where it may be set up otherwise.
pub(super) fn change_each<T: OfOrg>(
    call: &Call<'_>,
    servers: &[Arc<ServerState>],
    id: &str,
    change: impl Fn(&mut T) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    self::change(call, servers, |config| {
        T::of_mut(config).iter_mut().filter(|each| each.id() == id).try_for_each(&change)
    })
}

impl OfOrg for Client {
    fn is(&self, id: &str) -> bool {
        self.id == id || self.record.id.as_deref() == Some(id)
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn of(config: &AuthorizationServer) -> &Vec<Self> {
        &config.clients
    }

    fn of_mut(config: &mut AuthorizationServer) -> &mut Vec<Self> {
        &mut config.clients
    }
}

impl OfOrg for User {
    fn is(&self, id: &str) -> bool {
        self.id == id || self.login == id
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn of(config: &AuthorizationServer) -> &Vec<Self> {
        &config.users
    }

    fn of_mut(config: &mut AuthorizationServer) -> &mut Vec<Self> {
        &mut config.users
    }
}
