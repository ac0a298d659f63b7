use super::{KeyName, SigningKey};
use crate::json::Object;

/// A key as it stands in the JWKS.
#[derive(Debug, Clone)]
pub struct PublishedKey {
    name: Option<KeyName>,
    key: SigningKey,
    jwk: Object,
}

impl PublishedKey {
    /// A key with the members that the issuer publishes, in its order.
    pub(super) fn new(name: Option<KeyName>, key: SigningKey, members: &[String]) -> Self {
        let jwk = if members.is_empty() { key.public_jwk() } else { key.jwk_with(members) };
        Self { name, jwk, key }
    }

    /// The key's part in a scenario, where it has one.
    #[must_use]
    pub fn name(&self) -> Option<KeyName> {
        self.name
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The id that it was published under. What the JWK says may have been
    /// changed since: [`PublishedKey::stated_kid`].
    #[must_use]
    pub fn kid(&self) -> &str {
        self.key.kid()
    }

    /// The `kid` that its JWK states, if it is a string.
    #[must_use]
    pub fn stated_kid(&self) -> Option<String> {
        self.jwk.get_str("kid")
    }

    /// Its JWK as published.
    #[must_use]
    pub fn jwk(&self) -> &Object {
        &self.jwk
    }

    pub(super) fn rename(&mut self, name: Option<KeyName>) {
        self.name = name;
    }

    pub(super) fn jwk_mut(&mut self) -> &mut Object {
        &mut self.jwk
    }
}

/// One member of the array `keys`.
#[derive(Debug, Clone)]
pub(super) enum Member {
    Key(Box<PublishedKey>),
    /// Any text.
    Raw(String),
}

impl Member {
    pub(super) fn key(&self) -> Option<&PublishedKey> {
        match self {
            Self::Key(key) => Some(key),
            Self::Raw(_) => None,
        }
    }

    pub(super) fn key_mut(&mut self) -> Option<&mut PublishedKey> {
        match self {
            Self::Key(key) => Some(key),
            Self::Raw(_) => None,
        }
    }

    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Key(key) => key.jwk.to_text(),
            Self::Raw(text) => text.clone(),
        }
    }

    pub(super) fn stated_kid(&self) -> Option<String> {
        match self {
            Self::Key(key) => key.stated_kid(),
            Self::Raw(text) => kid_of(&serde_json::from_str(text).ok()?),
        }
    }
}

/// The `kid` of a JWK.
pub(super) fn kid_of(jwk: &serde_json::Value) -> Option<String> {
    jwk.get("kid")?.as_str().map(str::to_owned)
}
