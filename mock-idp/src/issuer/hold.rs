use std::time::Duration;

use tokio::sync::watch;

use super::{Inner, Issuer};

/// Whether the answers of a JWKS endpoint are held back; every release wakes
/// those that wait, however soon a hold follows.
#[derive(Debug, Default)]
pub(super) struct Gate(watch::Sender<bool>);

/// Knows when an answer that is held back may go out.
#[derive(Debug, Clone)]
pub struct Hold(watch::Receiver<bool>);

impl Gate {
    pub(super) fn close(&self) {
        self.0.send_if_modified(|closed| !std::mem::replace(closed, true));
    }

    pub(super) fn open(&self) {
        self.0.send_if_modified(|closed| std::mem::replace(closed, false));
    }

    /// What an answer that comes now has to wait for.
    pub(super) fn wait(&self) -> Option<Hold> {
        let mut closed = self.0.subscribe();
        // Seen from here on: the next change is the release of this hold.
        let is_closed = *closed.borrow_and_update();
        is_closed.then_some(Hold(closed))
    }
}

impl Hold {
    /// The longest that an answer is held back.
    pub const LIMIT: Duration = Duration::from_secs(10);

    /// Waits until it is released or its server removed, at most [`Hold::LIMIT`].
    pub async fn over(self) {
        self.at_most(Self::LIMIT).await;
    }

    async fn at_most(mut self, limit: Duration) {
        let _ = tokio::time::timeout(limit, self.0.changed()).await;
    }
}

impl Issuer {
    /// Holds back every answer of an authorization server's JWKS endpoint from
    /// now on, until [`Issuer::release`], [`Issuer::restore`] or
    /// [`Issuer::remove_server`], each at most [`Hold::LIMIT`]. Tells whether
    /// there is such a server.
    ///
    /// The journal has a request when it comes: [`Journal::hits`] tells that
    /// one is held. What goes out then is what the server showed at that
    /// moment, and that it was sent is counted when it is. So a case has a
    /// fetch and other requests at the same time, for certain.
    ///
    /// [`Journal::hits`]: crate::journal::Journal::hits
    pub fn hold(&self, server: &str) -> bool {
        self.0.hold(server)
    }

    /// Lets the answers that [`Issuer::hold`] keeps back go out, and later ones
    /// at once. Tells whether there is such a server.
    pub fn release(&self, server: &str) -> bool {
        self.0.release(server)
    }
}

impl Inner {
    pub(crate) fn hold(&self, id: &str) -> bool {
        self.server(id).is_some_and(|server| {
            server.gate.close();
            true
        })
    }

    pub(crate) fn release(&self, id: &str) -> bool {
        self.server(id).is_some_and(|server| {
            server.gate.open();
            true
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Request;
    use crate::config::Config;
    use crate::issuer::Delivery;

    const KEYS: &str = "/oauth2/default/v1/keys";
    /// Far more than a wake-up takes, far less than the limit.
    const SOON: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn a_release_wakes_even_where_a_hold_follows_at_once() {
        let gate = Gate::default();
        assert!(gate.wait().is_none());
        gate.close();
        let held = gate.wait().unwrap();
        gate.close();
        gate.open();
        gate.close();
        tokio::time::timeout(SOON, held.over()).await.unwrap();
        let next = gate.wait().unwrap();
        drop(gate);
        tokio::time::timeout(SOON, next.over()).await.unwrap();
    }

    #[tokio::test]
    async fn no_answer_is_held_longer_than_the_limit() {
        let gate = Gate::default();
        gate.close();
        let over = gate.wait().unwrap().at_most(Duration::from_millis(1));
        tokio::time::timeout(SOON, over).await.unwrap();
        assert!(gate.wait().is_some(), "the hold itself stays");
    }

    #[test]
    fn a_held_answer_is_journaled_when_it_comes_and_counted_when_it_is_sent() {
        let issuer = Issuer::new(&Config::default()).unwrap();
        assert!(issuer.hold("default") && !issuer.hold("nope") && !issuer.release("nope"));
        let response = issuer.handle(&Request::get(KEYS));
        assert!(matches!(response.delivery, Delivery::Held { .. }));
        assert_eq!(issuer.journal().hits("default", "keys"), 1);
        assert_eq!(issuer.journal().entries()[0].jwks_revision, Some(1));
        assert_eq!(issuer.journal().last_revision_served("default"), None);
        issuer.delivered(&response);
        assert_eq!(issuer.journal().last_revision_served("default"), Some(1));
    }

    #[test]
    fn only_the_jwks_of_that_server_is_held_and_only_until_its_release() {
        let issuer = Issuer::new(&Config::default()).unwrap();
        issuer.add_server_like("orders", "default").unwrap();
        issuer.hold("default");
        let is_held = |path: &str| matches!(issuer.handle(&Request::get(path)).delivery, Delivery::Held { .. });
        assert!(is_held(KEYS));
        assert!(!is_held("/oauth2/orders/v1/keys"));
        assert!(!is_held("/oauth2/default/.well-known/openid-configuration"));
        issuer.release("default");
        assert!(!is_held(KEYS));
        issuer.hold("default");
        issuer.restore("default");
        assert!(!is_held(KEYS));
    }

    #[test]
    fn an_answer_with_a_fault_is_held_and_then_broken() {
        let issuer = Issuer::new(&Config::default()).unwrap();
        let steps = [crate::step::Step::from_json(&serde_json::json!({ "fault": "jwks", "by": "refuse" })).unwrap()];
        issuer.apply("default", &steps, &crate::claims::TokenSettings::new("https://idp.test")).unwrap();
        issuer.hold("default");
        let delivery = issuer.handle(&Request::get(KEYS)).delivery;
        assert!(matches!(&delivery, Delivery::Held { then, .. } if matches!(**then, Delivery::Refused)));
        assert!(!delivery.is_answer() && !delivery.is_intact());
    }
}
