use std::ops::Deref;
use std::sync::Arc;

use super::IssuerError;
use super::live::Live;
use super::streams::ServerStreams;
use crate::claims::{DEFAULT_CLIENT_ID, DEFAULT_SCOPE, TokenSettings};
use crate::config::{AuthorizationServer, ClaimContext, ClaimToken, DEFAULT_SERVER};
use crate::dialect::ServerPaths;
use crate::keys::{Role, SigningKey};

/// One authorization server that runs: its settings, and what lives on when they
/// are changed. A request sees one state from its beginning to its end.
#[derive(Debug)]
pub(crate) struct ServerState {
    pub(crate) config: AuthorizationServer,
    /// Where it has what.
    pub(crate) paths: ServerPaths,
    pub(super) live: Arc<Live>,
}

impl ServerState {
    /// One that is made at that time.
    pub(super) fn new(config: &AuthorizationServer, key: SigningKey, streams: ServerStreams, since: i64) -> Self {
        Self::of(config.clone(), Arc::new(Live::new(config, key, streams, (since, false))))
    }

    /// One that is there from the start.
    pub(super) fn configured(
        config: &AuthorizationServer,
        key: SigningKey,
        streams: ServerStreams,
        since: i64,
    ) -> Self {
        Self::of(config.clone(), Arc::new(Live::new(config, key, streams, (since, true))))
    }

    /// The same server with another configuration.
    pub(super) fn with_config(&self, config: AuthorizationServer) -> Self {
        Self::of(config, Arc::clone(&self.live))
    }

    fn of(config: AuthorizationServer, live: Arc<Live>) -> Self {
        Self { paths: config.paths(), config, live }
    }

    /// Whether both are the same server, however its configuration has changed.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.live, &other.live)
    }

    /// Its own claims of access tokens, for whom one is: names and JSON texts.
    pub(super) fn own_claims(&self, context: &ClaimContext<'_>) -> Vec<(String, String)> {
        let claims = self.config.claims_of(ClaimToken::Access);
        claims.filter_map(|claim| Some((claim.name.clone(), claim.value_for(context)?.to_string()))).collect()
    }

    /// What its honest tokens say, for the first client and scope.
    pub(crate) fn token_settings(&self, base: &str) -> TokenSettings {
        let config = &self.config;
        let client = config.clients.first().map_or(DEFAULT_CLIENT_ID, |client| client.id.as_str());
        let scope = config.scopes.first().map_or(DEFAULT_SCOPE, |scope| scope.name.as_str());
        let identifier = format!("{base}{}", self.paths.issuer);
        let mut settings = TokenSettings::with_dialect(identifier, config.dialect.clone());
        settings.audience.clone_from(&config.audience);
        client.clone_into(&mut settings.client_id);
        scope.clone_into(&mut settings.scope);
        settings.lifetime = config.lifetime;
        settings.claims = self.own_claims(&ClaimContext { user: None, client, scopes: &[scope] });
        settings
    }
}

impl Deref for ServerState {
    type Target = Live;

    fn deref(&self) -> &Live {
        &self.live
    }
}

/// The key of each server: its own, else the built-in one for `default`, and
/// one more for another server.
pub(super) fn keys(servers: &[AuthorizationServer]) -> Result<Vec<SigningKey>, IssuerError> {
    let mut spare = Some(Role::SecondIssuer);
    let mut take = |server: &AuthorizationServer| {
        let role = match &server.key {
            None if server.id != DEFAULT_SERVER => spare.take(),
            _ => Some(Role::Issuer),
        };
        let role = role.ok_or_else(|| IssuerError::NoKey { server: server.id.clone() })?;
        let key = server.key_or(role)?;
        Ok(match server.dialect.kid() {
            Some(kid) => key.with_kid(kid),
            None => key,
        })
    };
    servers.iter().map(&mut take).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Algorithm, BuiltinKey, builtin};

    #[test]
    fn the_third_server_without_a_key_is_told() {
        let servers = ["default", "a", "b"].map(AuthorizationServer::new);
        assert_ne!(keys(&servers[..2]).unwrap()[0].kid(), keys(&servers[..2]).unwrap()[1].kid());
        assert!(matches!(keys(&servers), Err(IssuerError::NoKey { server }) if server == "b"));
    }

    #[test]
    fn a_server_signs_with_the_algorithm_that_it_is_told() {
        let mut servers = ["default", "second"].map(AuthorizationServer::new);
        servers[0].algorithm = Some(Algorithm::Es384);
        servers[1].algorithm = Some(Algorithm::Rs512);
        servers[1].key = Some(builtin(BuiltinKey::IssuerNext));
        assert_eq!(
            keys(&servers).unwrap().iter().map(SigningKey::algorithm).collect::<Vec<_>>(),
            [Algorithm::Es384, Algorithm::Rs512]
        );
    }

    #[test]
    fn a_second_server_has_its_own_key_whatever_default_signs_with() {
        let mut servers = ["default", "second"].map(AuthorizationServer::new);
        servers[0].key = Some(builtin(BuiltinKey::Attacker3));
        assert_eq!(keys(&servers).unwrap()[1].kid(), BuiltinKey::SecondIssuer.kid());
    }
}
