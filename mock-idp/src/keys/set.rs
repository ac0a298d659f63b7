use super::SigningKey;

/// The keys of one authorization server: those that it publishes, one of which
/// signs. Never empty of a signing key; the published set may be.
#[derive(Debug, Clone)]
pub struct KeySet {
    active: SigningKey,
    published: Vec<SigningKey>,
}

impl KeySet {
    /// One key, which signs and is published.
    #[must_use]
    pub fn new(active: SigningKey) -> Self {
        Self { published: vec![active.clone()], active }
    }

    /// Publishes one more key without signing with it.
    #[must_use]
    pub fn with_published(mut self, key: SigningKey) -> Self {
        self.publish(key);
        self
    }

    /// The key that signs honest tokens.
    #[must_use]
    pub fn active(&self) -> &SigningKey {
        &self.active
    }

    /// The published keys, in the order of the JWKS.
    #[must_use]
    pub fn published(&self) -> &[SigningKey] {
        &self.published
    }

    /// A published key other than the active one.
    #[must_use]
    pub fn other(&self) -> Option<&SigningKey> {
        self.published.iter().find(|key| key.kid() != self.active.kid())
    }

    /// Whether a key of that id is published.
    #[must_use]
    pub fn publishes(&self, kid: &str) -> bool {
        self.published.iter().any(|key| key.kid() == kid)
    }

    /// Publishes a key; one of the same id is replaced.
    pub fn publish(&mut self, key: SigningKey) {
        self.published.retain(|known| known.kid() != key.kid());
        self.published.push(key);
    }

    /// Signs with `key` from now on, and publishes it.
    pub fn activate(&mut self, key: SigningKey) {
        self.publish(key.clone());
        self.active = key;
    }

    /// Takes the key of that id out of the JWKS; tells whether it was there.
    pub fn withdraw(&mut self, kid: &str) -> bool {
        let before = self.published.len();
        self.published.retain(|key| key.kid() != kid);
        self.published.len() < before
    }

    /// The JWKS document (RFC 7517, section 5), as compact JSON.
    #[must_use]
    pub fn jwks(&self) -> String {
        let keys: Vec<String> = self.published.iter().map(|key| key.public_jwk().to_text()).collect();
        format!("{{\"keys\":[{}]}}", keys.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BuiltinKey, builtin};
    use super::*;

    #[test]
    fn a_withdrawn_key_is_no_longer_published_and_can_still_sign() {
        let mut keys = KeySet::new(builtin(BuiltinKey::Issuer));
        assert!(keys.withdraw(BuiltinKey::Issuer.kid()));
        assert_eq!(keys.jwks(), "{\"keys\":[]}");
        assert_eq!(keys.active().kid(), BuiltinKey::Issuer.kid());
    }

    #[test]
    fn no_private_member_is_ever_published() {
        let keys = KeySet::new(builtin(BuiltinKey::Issuer)).with_published(builtin(BuiltinKey::AttackerP256));
        let document: serde_json::Value = serde_json::from_str(&keys.jwks()).unwrap();
        for key in document["keys"].as_array().unwrap() {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(key.get(private).is_none(), "{private} is published");
            }
        }
    }
}
