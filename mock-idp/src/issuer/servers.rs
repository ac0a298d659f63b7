//! Authorization servers that come and go while the issuer runs.

use std::sync::{Arc, PoisonError, RwLockWriteGuard};

use super::server::ServerState;
use super::{AddServerError, Inner, Issuer};
use crate::config::{AuthorizationServer, DEFAULT_SERVER, Record};
use crate::keys::{Role, is_builtin};
use crate::step::fresh_kid;

impl Issuer {
    /// The most authorization servers that an issuer has at a time, where some
    /// are added while it runs.
    pub const MAX_SERVERS: usize = 1000;

    /// Adds an authorization server, which is served from now on. It must have
    /// a key: nothing waits until one is generated.
    ///
    /// With a seed its tokens and `kid`s follow from the seed and its id,
    /// whatever other servers do; a server that is added again under an id from
    /// before draws the same ones again.
    ///
    /// ```
    /// use mock_idp::config::{AuthorizationServer, Config};
    /// use mock_idp::keys::{BuiltinKey, builtin};
    /// use mock_idp::{Issuer, Request};
    ///
    /// let issuer = Issuer::new(&Config::default())?;
    /// let mut orders = AuthorizationServer::new("orders");
    /// orders.key = Some(builtin(BuiltinKey::IssuerNext));
    /// issuer.add_server(&orders)?;
    /// assert_eq!(issuer.handle(&Request::get("/oauth2/orders/v1/keys")).status, 200);
    ///
    /// assert!(issuer.remove_server("orders"));
    /// assert_eq!(issuer.handle(&Request::get("/oauth2/orders/v1/keys")).status, 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AddServerError`] when a field is wrong, the id is taken, the key is
    /// missing or may not be used here, or there are [`Issuer::MAX_SERVERS`].
    pub fn add_server(&self, server: &AuthorizationServer) -> Result<(), AddServerError> {
        self.0.add_server(server).map(drop)
    }

    /// Adds an authorization server with all that `like` has but its id: its
    /// audience, scopes, clients, grants and lifetimes, and the key that it
    /// signs with when no step is carried out, under a fresh `kid`.
    ///
    /// # Errors
    ///
    /// As [`Issuer::add_server`], and [`AddServerError::UnknownServer`] when
    /// there is no `like`.
    pub fn add_server_like(&self, id: &str, like: &str) -> Result<(), AddServerError> {
        self.0.add_server_like(id, like).map(drop)
    }

    /// Removes an authorization server with all that the journal has of it;
    /// whoever hangs on a fault of it, or is held, is let go. Tells whether
    /// there was one. `default` stays, always: false.
    pub fn remove_server(&self, id: &str) -> bool {
        self.0.remove_server(id)
    }
}

impl Inner {
    pub(crate) fn add_server(&self, config: &AuthorizationServer) -> Result<Arc<ServerState>, AddServerError> {
        config.check()?;
        let key = config.key.as_ref().ok_or_else(|| AddServerError::NoKey { server: config.id.clone() })?;
        let key = key.with_algorithm(config.algorithm())?;
        let mut servers = self.write_servers();
        if servers.iter().any(|known| known.config.id == config.id) {
            return Err(AddServerError::Exists { server: config.id.clone() });
        }
        if servers.len() >= Issuer::MAX_SERVERS {
            return Err(AddServerError::TooMany { limit: Issuer::MAX_SERVERS });
        }
        // Within the lock: whoever exposes the issuer looks at the servers afterwards.
        if self.is_exposed() && is_builtin(&key) {
            return Err(AddServerError::BuiltinKeyOffLoopback { server: config.id.clone() });
        }
        let server = Arc::new(ServerState::new(config, key, self.streams.of_server(&config.id), self.clock.now()));
        self.journal.open(&config.id);
        servers.push(Arc::clone(&server));
        Ok(server)
    }

    pub(crate) fn add_server_like(&self, id: &str, like: &str) -> Result<Arc<ServerState>, AddServerError> {
        self.add_changed_server(id, like, |_| Ok(()))
    }

    /// Adds a server like another, changed before it is there. A change of what it signs
    /// with may leave it without a key: then it has a built-in one.
    pub(crate) fn add_changed_server<E: From<AddServerError>>(
        &self,
        id: &str,
        like: &str,
        change: impl FnOnce(&mut AuthorizationServer) -> Result<(), E>,
    ) -> Result<Arc<ServerState>, E> {
        let unknown = || AddServerError::UnknownServer { server: like.to_owned(), known: self.server_ids() };
        let like = self.server(like).ok_or_else(unknown)?;
        // Not the stream itself, from whose beginning the steps of the server draw.
        let fresh = || fresh_kid(&self.streams.of_server(id).kids.branch("first key"));
        let kid = like.config.dialect.kid().map_or_else(fresh, str::to_owned);
        let mut config = AuthorizationServer {
            id: id.to_owned(),
            key: Some(like.honest_key().with_kid(kid.as_str())),
            dialect: like.config.dialect.beside(id).unwrap_or_default(),
            record: Record::default(),
            ..like.config.clone()
        };
        // Its own tokens it takes anyway.
        config.trusted_servers.retain(|trusted| trusted != id);
        change(&mut config)?;
        if config.key.is_none() {
            config.key = Some(Role::SecondIssuer.key(config.algorithm()).with_kid(kid));
        }
        Ok(self.add_server(&config)?)
    }

    /// The server of that id; where touching makes servers, one like `default` if there
    /// is none and may be one.
    pub(crate) fn touched(&self, id: &str) -> Option<Arc<ServerState>> {
        let known = self.server(id);
        if known.is_some() || !self.touch {
            return known;
        }
        // Another request may have made it meanwhile.
        self.add_server_like(id, DEFAULT_SERVER).ok().or_else(|| self.server(id))
    }

    pub(crate) fn remove_server(&self, id: &str) -> bool {
        if id == DEFAULT_SERVER {
            return false;
        }
        let mut servers = self.write_servers();
        let Some(at) = servers.iter().position(|server| server.config.id == id) else { return false };
        // Whoever waits for a change of it wakes when the last hold on it goes.
        servers.remove(at);
        // Within the lock, so that a server of that id which comes next has its own.
        self.journal.forget(id);
        drop(servers);
        self.update_tls();
        true
    }

    pub(super) fn write_servers(&self) -> RwLockWriteGuard<'_, Vec<Arc<ServerState>>> {
        self.servers.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::issuer::Settings;
    use crate::keys::{BuiltinKey, SigningKey, builtin};
    use crate::{MintRequest, Request};

    fn issuer() -> Issuer {
        Issuer::new(&Config::default()).unwrap()
    }

    fn seeded() -> Issuer {
        let config = Config { seed: Some(7), issuer_url: Some("https://idp.test".into()), ..Config::default() };
        let clock = crate::clock::Clock::fixed(1_800_000_000);
        let streams = crate::issuer::Streams::new(config.seed);
        Issuer::with_settings(&config, Settings { clock, streams }).unwrap()
    }

    fn orders() -> AuthorizationServer {
        let mut orders = AuthorizationServer::new("orders");
        orders.key = Some(builtin(BuiltinKey::IssuerNext));
        orders
    }

    fn token(issuer: &Issuer, server: &str) -> String {
        let mut request = MintRequest::control();
        server.clone_into(&mut request.server);
        issuer.mint(&request).unwrap().token.expose_text()
    }

    fn own_key() -> SigningKey {
        SigningKey::from_pem("own", include_str!("../../tests/keys/own.pem")).unwrap()
    }

    #[test]
    fn an_added_server_is_checked_as_the_configuration_is() {
        let mut wrong = orders();
        wrong.id = "two words".into();
        assert!(matches!(issuer().add_server(&wrong), Err(AddServerError::Config(_))));
        let keyless = AuthorizationServer { key: None, ..orders() };
        let error = issuer().add_server(&keyless).unwrap_err();
        assert!(error.to_string().contains("`AuthorizationServer::key`"), "{error}");
        let issuer = issuer();
        issuer.add_server(&orders()).unwrap();
        assert!(matches!(issuer.add_server(&orders()), Err(AddServerError::Exists { server }) if server == "orders"));
    }

    #[test]
    fn there_are_never_more_than_a_thousand_servers() {
        let issuer = issuer();
        for number in 1..Issuer::MAX_SERVERS {
            issuer.add_server_like(&format!("s{number}"), "default").unwrap();
        }
        let error = issuer.add_server_like("one-more", "default").unwrap_err();
        assert!(matches!(error, AddServerError::TooMany { limit: 1000 }), "{error}");
        assert!(issuer.remove_server("s1"));
        issuer.add_server_like("one-more", "default").unwrap();
    }

    #[test]
    fn with_a_seed_the_first_key_of_a_server_has_another_kid_than_its_next_one() {
        let issuer = Issuer::new(&Config { seed: Some(1), ..Config::default() }).unwrap();
        issuer.add_server_like("bench", DEFAULT_SERVER).unwrap();
        let first = issuer.keys("bench").unwrap().active().kid().to_owned();
        issuer.rekid("bench").unwrap();
        assert_ne!(issuer.keys("bench").unwrap().active().kid(), first);
    }

    #[test]
    fn a_server_like_another_has_its_honest_key_under_a_fresh_kid() {
        let mut config = Config::default();
        config.servers[0].audience = "api://orders".into();
        let issuer = Issuer::new(&config).unwrap();
        let steps = [crate::step::Step::from_json(&serde_json::json!({ "rotate": true })).unwrap()];
        let settings = crate::claims::TokenSettings::new("https://idp.test");
        issuer.apply("default", &steps, &settings).unwrap();
        issuer.add_server_like("like", "default").unwrap();
        let key = issuer.keys("like").unwrap().active().clone();
        assert_eq!(key.thumbprint(), builtin(BuiltinKey::Issuer).thumbprint());
        assert_eq!(key.kid().len(), 43);
        assert_ne!(key.kid(), BuiltinKey::Issuer.kid());
        assert_eq!(issuer.0.server("like").unwrap().config.audience, "api://orders");
        let error = issuer.add_server_like("more", "nope").unwrap_err();
        assert!(error.to_string().contains("known are default, like"), "{error}");
    }

    #[test]
    fn default_is_never_removed_and_another_only_once() {
        let issuer = issuer();
        issuer.add_server(&orders()).unwrap();
        let _ = issuer.handle(&Request::get("/oauth2/orders/v1/keys"));
        assert_eq!(issuer.journal().entries_of("orders", 0).len(), 1);
        let removed = ["default", "orders", "orders", "nope"].map(|id| issuer.remove_server(id));
        assert_eq!(removed, [false, true, false, false]);
        assert_eq!(issuer.journal().entries(), []);
        assert!(issuer.journal().counters().servers.is_empty());
    }

    #[test]
    fn the_same_seed_gives_each_server_the_same_whatever_the_order() {
        let (one, two) = (seeded(), seeded());
        for issuer in [&one, &two] {
            issuer.add_server_like("a", "default").unwrap();
        }
        one.add_server_like("b", "default").unwrap();
        let first = [token(&one, "default"), token(&one, "a"), token(&one, "b"), token(&one, "a")];
        one.rekid("a").unwrap();
        let second_a = token(&two, "a");
        two.rekid("default").unwrap();
        two.restore("default");
        two.add_server_like("b", "default").unwrap();
        let (b, again) = (token(&two, "b"), token(&two, "a"));
        assert_eq!(first, [token(&two, "default"), second_a, b, again]);
        two.rekid("a").unwrap();
        assert_eq!(one.keys("a").unwrap().active().kid(), two.keys("a").unwrap().active().kid());
    }

    #[test]
    fn default_draws_the_same_as_if_it_were_alone() {
        let (alone, busy) = (seeded(), seeded());
        busy.add_server_like("a", "default").unwrap();
        let _ = token(&busy, "a");
        busy.rekid("a").unwrap();
        assert_eq!(token(&alone, "default"), token(&busy, "default"));
        let kid = |issuer: &Issuer| {
            issuer.rekid("default").unwrap();
            issuer.keys("default").unwrap().active().kid().to_owned()
        };
        assert_eq!(kid(&alone), kid(&busy));
    }

    #[test]
    fn an_exposed_issuer_takes_no_builtin_key_under_any_kid() {
        let mut config = Config::default();
        config.servers[0].key = Some(own_key());
        let issuer = Issuer::new(&config).unwrap();
        let exposed = issuer.expose();
        let mut orders = orders();
        orders.key = Some(builtin(BuiltinKey::Attacker).with_kid("another"));
        let error = issuer.add_server(&orders).unwrap_err();
        assert!(matches!(error, AddServerError::BuiltinKeyOffLoopback { .. }), "{error}");
        issuer.add_server_like("like", "default").unwrap();

        let revision = issuer.change_keys("default", |keys| keys.publish(builtin(BuiltinKey::Issuer).with_kid("x")));
        assert_eq!(revision, None);
        assert!(!issuer.keys("default").unwrap().publishes("x"), "nothing has changed");
        assert!(issuer.change_keys("default", |keys| keys.activate(own_key().with_kid("y"))).is_some());
        // What a step publishes for a while does not keep keys from being changed.
        issuer.publish_twin("default").unwrap();
        assert!(issuer.change_keys("default", |keys| keys.activate(own_key().with_kid("z"))).is_some());

        drop(exposed);
        issuer.add_server(&orders).unwrap();
    }
}
