//! A server whose configuration changes while it runs.

use std::sync::Arc;

use super::server::ServerState;
use super::{ChangeServerError, Inner, Issuer};
use crate::config::AuthorizationServer;

impl Issuer {
    /// Changes the configuration of an authorization server while it runs: its scopes,
    /// clients, users, policies, lifetimes. Requests from then on see all of the change;
    /// one that is being answered sees none of it. Keys, sign-ins, tokens, steps and the
    /// journal stay as they are.
    ///
    /// `change` may ask the issuer anything, but not change this server's configuration
    /// by another call: that waits until it returns.
    ///
    /// ```
    /// use mock_idp::config::{Config, Scope};
    /// use mock_idp::{Issuer, Request};
    ///
    /// let issuer = Issuer::new(&Config::default())?;
    /// issuer.change_server("default", |server| server.scopes.push(Scope::new("orders.read")))?;
    ///
    /// let form = "grant_type=client_credentials&scope=orders.read&client_id=0oaBadpennyTestClien\
    ///             &client_secret=badpenny-test-secret-public-by-intent-00";
    /// assert_eq!(issuer.handle(&Request::post_form("/oauth2/default/v1/token", form)).status, 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ChangeServerError`] when there is no such server, the change is wrong, or it is of
    /// something that stays: the id, the shape of its tokens, its key. Nothing has changed then.
    pub fn change_server(
        &self,
        server: &str,
        change: impl FnOnce(&mut AuthorizationServer),
    ) -> Result<(), ChangeServerError> {
        let change = |config: &mut AuthorizationServer| {
            change(config);
            Ok::<_, ChangeServerError>(())
        };
        self.0.change_config(server, change).map(drop)
    }
}

impl Inner {
    /// Changes the configuration of a server, all or nothing, and tells its new state.
    pub(crate) fn change_config<E: From<ChangeServerError>>(
        &self,
        id: &str,
        change: impl FnOnce(&mut AuthorizationServer) -> Result<(), E>,
    ) -> Result<Arc<ServerState>, E> {
        let unknown = || ChangeServerError::UnknownServer { server: id.to_owned(), known: self.server_ids() };
        let live = Arc::clone(&self.server(id).ok_or_else(unknown)?.live);
        let _turn = live.lock_changes();
        // As the change before this one has left it.
        let before = self.server(id).ok_or_else(unknown)?;
        let mut config = before.config.clone();
        change(&mut config)?;
        check(&before.config, &config)?;
        self.replace(&before, before.with_config(config)).ok_or_else(|| unknown().into())
    }

    /// Puts a new state in the place of the one before; `None` where that server is gone.
    fn replace(&self, before: &ServerState, after: ServerState) -> Option<Arc<ServerState>> {
        let after = Arc::new(after);
        let mut servers = self.write_servers();
        let place = servers.iter_mut().find(|server| server.is_same(before))?;
        *place = Arc::clone(&after);
        Some(after)
    }
}

/// Whether a server may become that while it runs.
fn check(before: &AuthorizationServer, after: &AuthorizationServer) -> Result<(), ChangeServerError> {
    let key = |config: &AuthorizationServer| config.key.as_ref().map(|key| (key.kid().to_owned(), key.thumbprint()));
    let fixed = [
        ("id", before.id != after.id),
        ("dialect", before.dialect != after.dialect),
        ("algorithm", before.algorithm != after.algorithm),
        ("key", key(before) != key(after)),
    ];
    if let Some((field, _)) = fixed.into_iter().find(|(_, is_changed)| *is_changed) {
        return Err(ChangeServerError::Fixed { server: before.id.clone(), field });
    }
    Ok(after.check()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Request;
    use crate::config::{Config, Scope};
    use crate::issuer::Delivery;

    const KEYS: &str = "/oauth2/orders/v1/keys";

    fn issuer() -> Issuer {
        let issuer = Issuer::new(&Config::default()).unwrap();
        issuer.add_server_like("orders", "default").unwrap();
        issuer
    }

    fn scopes(issuer: &Issuer) -> Vec<String> {
        issuer.0.server("orders").unwrap().config.scopes.iter().map(|scope| scope.name.clone()).collect()
    }

    #[test]
    fn a_change_is_made_whole_or_not_at_all() {
        let issuer = issuer();
        issuer.change_server("orders", |server| server.scopes.push(Scope::new("read"))).unwrap();
        let error = issuer
            .change_server("orders", |server| server.scopes = vec![Scope::new("write"), Scope::new("two words")])
            .unwrap_err();
        assert!(error.to_string().starts_with("server.orders.scopes[1]: "), "{error}");
        assert_eq!(scopes(&issuer), ["test_scope", "read"]);
        let error = issuer.change_server("nope", |_| ()).unwrap_err();
        assert!(error.to_string().ends_with("known are default, orders"), "{error}");
    }

    #[test]
    fn what_makes_a_server_itself_stays() {
        let issuer = issuer();
        let field = |change: fn(&mut AuthorizationServer)| match issuer.change_server("orders", change) {
            Err(ChangeServerError::Fixed { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(|server| server.id = "other".into()), "id");
        assert_eq!(field(|server| server.key = None), "key");
        assert_eq!(field(|server| server.algorithm = Some(crate::keys::Algorithm::Rs512)), "algorithm");
        let keycloak = |server: &mut AuthorizationServer| {
            server.dialect = crate::dialect::Dialect::of(crate::dialect::Shape::Keycloak);
        };
        assert_eq!(field(keycloak), "dialect");
    }

    #[test]
    fn keys_and_clock_and_holds_outlive_a_change() {
        let issuer = issuer();
        let before = issuer.0.server("orders").unwrap();
        before.advance_clock(60);
        let staged = issuer.rekid("orders").unwrap();
        issuer.hold("orders");
        let held = issuer.handle(&Request::get(KEYS));
        issuer.change_server("orders", |server| server.jwks_max_age = 5).unwrap();

        let after = issuer.0.server("orders").unwrap();
        assert!(after.is_same(&before) && !Arc::ptr_eq(&before, &after));
        assert_eq!((after.clock_offset(), after.published().revision), (60, staged.revision));
        assert!(matches!(issuer.handle(&Request::get(KEYS)).delivery, Delivery::Held { .. }));
        issuer.delivered(&held);
        assert_eq!(issuer.journal().last_revision_served("orders"), Some(staged.revision));
    }

    #[test]
    fn a_change_of_a_server_that_goes_meanwhile_brings_it_not_back() {
        let issuer = issuer();
        let again = issuer.clone();
        let error = issuer.change_server("orders", |_| assert!(again.remove_server("orders"))).unwrap_err();
        assert!(matches!(error, ChangeServerError::UnknownServer { .. }), "{error}");
        assert!(issuer.0.server("orders").is_none());
    }

    #[test]
    fn changes_at_the_same_time_are_all_made() {
        let issuer = issuer();
        std::thread::scope(|threads| {
            for thread in 0..4 {
                let issuer = &issuer;
                threads.spawn(move || {
                    for number in 0..25 {
                        let scope = Scope::new(format!("s-{thread}-{number}"));
                        issuer.change_server("orders", |server| server.scopes.push(scope)).unwrap();
                    }
                });
            }
        });
        assert_eq!(scopes(&issuer).len(), 101);
    }
}
