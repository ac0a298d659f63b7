use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use hyper::body::Bytes;

use super::IssuerError;
use crate::claims::{DEFAULT_CLIENT_ID, DEFAULT_SCOPE, TokenSettings};
use crate::config::AuthorizationServer;
use crate::keys::{BuiltinKey, KeySet, SigningKey, builtin};

/// One authorization server that runs: its settings, keys and clock.
#[derive(Debug)]
pub(crate) struct ServerState {
    pub(crate) config: AuthorizationServer,
    keys: RwLock<Arc<Published>>,
    clock_offset: AtomicI64,
}

/// The keys with their JWKS document, rendered once per change.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) keys: KeySet,
    pub(crate) jwks: Bytes,
    /// Grows by one at each change.
    pub(crate) revision: u64,
}

impl ServerState {
    pub(super) fn new(config: &AuthorizationServer, key: SigningKey) -> Self {
        Self {
            config: config.clone(),
            keys: RwLock::new(Arc::new(Published::new(KeySet::new(key), 1))),
            clock_offset: AtomicI64::new(0),
        }
    }

    /// The keys as they are now.
    pub(crate) fn published(&self) -> Arc<Published> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the keys; the next JWKS is a new revision, which is returned.
    pub(crate) fn change_keys(&self, change: impl FnOnce(&mut KeySet)) -> u64 {
        let mut slot = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut keys = slot.keys.clone();
        change(&mut keys);
        *slot = Arc::new(Published::new(keys, slot.revision + 1));
        slot.revision
    }

    /// How far this server's clock is from the issuer's, in seconds.
    pub(crate) fn clock_offset(&self) -> i64 {
        self.clock_offset.load(Ordering::Relaxed)
    }

    pub(crate) fn advance_clock(&self, seconds: i64) {
        let _ = self
            .clock_offset
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |offset| Some(offset.saturating_add(seconds)));
    }

    /// What its honest tokens say, for the first client and scope.
    pub(crate) fn token_settings(&self, base: &str) -> TokenSettings {
        let config = &self.config;
        let client = config.clients.first().map_or(DEFAULT_CLIENT_ID, |client| client.id.as_str());
        let scope = config.scopes.first().map_or(DEFAULT_SCOPE, |scope| scope.name.as_str());
        let mut settings = TokenSettings::new(format!("{base}/oauth2/{}", config.id));
        settings.audience.clone_from(&config.audience);
        client.clone_into(&mut settings.client_id);
        scope.clone_into(&mut settings.scope);
        settings.lifetime = config.lifetime;
        settings
    }
}

impl Published {
    fn new(keys: KeySet, revision: u64) -> Self {
        Self { jwks: Bytes::from(keys.jwks()), keys, revision }
    }
}

/// The key of each server: its own, else a built-in one.
pub(super) fn keys(servers: &[AuthorizationServer]) -> Result<Vec<SigningKey>, IssuerError> {
    let mut spare = [BuiltinKey::Issuer, BuiltinKey::SecondIssuer].into_iter();
    let mut take = |server: &AuthorizationServer| match &server.key {
        Some(key) => Ok(key.clone()),
        None => spare.next().map(builtin).ok_or_else(|| IssuerError::NoKey { server: server.id.clone() }),
    };
    servers.iter().map(&mut take).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_keys_is_a_new_revision() {
        let server = ServerState::new(&AuthorizationServer::new("default"), builtin(BuiltinKey::Issuer));
        assert_eq!(server.published().revision, 1);
        assert_eq!(server.change_keys(|keys| keys.publish(builtin(BuiltinKey::IssuerNext))), 2);
        let published = server.published();
        assert_eq!(published.jwks, published.keys.jwks());
        assert_eq!(published.keys.published().len(), 2);
    }

    #[test]
    fn the_third_server_without_a_key_is_told() {
        let servers = ["default", "a", "b"].map(AuthorizationServer::new);
        assert_ne!(keys(&servers[..2]).unwrap()[0].kid(), keys(&servers[..2]).unwrap()[1].kid());
        assert!(matches!(keys(&servers), Err(IssuerError::NoKey { server }) if server == "b"));
    }
}
