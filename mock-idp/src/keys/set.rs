use std::sync::Arc;

use super::published::{Member, kid_of};
use super::{KeyKind, KeyName, PublishedKey, SigningKey};

/// The keys of one authorization server: those that it publishes, one of which
/// signs. Never empty of a signing key; the published set may be. Cheap to clone.
#[derive(Debug, Clone)]
pub struct KeySet {
    active: SigningKey,
    members: Arc<Vec<Member>>,
    /// Keys as they were last published, for tokens that outlive them.
    known: Arc<Vec<(KeyName, SigningKey)>>,
    /// Members beside `keys`, as JSON text.
    beside: Vec<(String, String)>,
    /// In place of the whole document.
    document: Option<Vec<u8>>,
    /// The members of published keys, in order; none: Okta's.
    key_members: &'static [String],
}

impl KeySet {
    /// One key, which signs and is published, unless it is a secret.
    #[must_use]
    pub fn new(active: SigningKey) -> Self {
        Self::with_members(active, &[])
    }

    /// The same with the members that an issuer's published keys have, in its order.
    pub(crate) fn with_members(active: SigningKey, key_members: &'static [String]) -> Self {
        let (members, known) = Default::default();
        let mut keys = Self { active: active.clone(), members, known, beside: Vec::new(), document: None, key_members };
        keys.insert_key(Some(KeyName::Control), active, false);
        keys
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
    pub fn published(&self) -> Vec<&PublishedKey> {
        self.members.iter().filter_map(Member::key).collect()
    }

    /// A published key other than the active one: `other-published`, else one
    /// that has no name, else the one that signed before.
    #[must_use]
    pub fn other(&self) -> Option<&SigningKey> {
        let named = |name| self.published().into_iter().find(|entry| entry.name() == name && !self.is_active(entry));
        let other = named(Some(KeyName::OtherPublished)).or_else(|| named(None));
        other.or_else(|| named(Some(KeyName::Previous))).map(PublishedKey::key)
    }

    /// Whether the JWKS states a key of that id.
    #[must_use]
    pub fn publishes(&self, kid: &str) -> bool {
        match &self.document {
            Some(document) => kids_of(document).iter().any(|known| known == kid),
            None => self.members.iter().any(|member| member.stated_kid().as_deref() == Some(kid)),
        }
    }

    /// Publishes a key; one of the same id is replaced. A secret never is.
    pub fn publish(&mut self, key: SigningKey) {
        self.withdraw(key.kid());
        self.insert(None, key, false);
    }

    /// Signs with `key` from now on, and publishes it; the key that signed
    /// before stays published.
    pub fn activate(&mut self, key: SigningKey) {
        for entry in Arc::make_mut(&mut self.members).iter_mut().filter_map(Member::key_mut) {
            match entry.name() {
                Some(KeyName::Control) => entry.rename(Some(KeyName::Previous)),
                Some(KeyName::Previous) => entry.rename(None),
                _ => {}
            }
        }
        let previous = std::mem::replace(&mut self.active, key.clone());
        self.remember(KeyName::Previous, previous);
        self.withdraw(key.kid());
        self.insert(Some(KeyName::Control), key, false);
    }

    /// Takes the key of that id out of the JWKS; tells whether it was there.
    pub fn withdraw(&mut self, kid: &str) -> bool {
        self.withdraw_where(|entry| entry.kid() == kid)
    }

    /// The JWKS document (RFC 7517, section 5), as compact JSON; bytes that
    /// are not UTF-8 are replaced.
    #[must_use]
    pub fn jwks(&self) -> String {
        String::from_utf8_lossy(&self.document()).into_owned()
    }

    /// The JWKS document.
    pub(crate) fn document(&self) -> Vec<u8> {
        if let Some(document) = &self.document {
            return document.clone();
        }
        let keys: Vec<String> = self.members.iter().map(Member::to_text).collect();
        let beside: String =
            self.beside.iter().map(|(name, value)| format!(",{}:{value}", serde_json::json!(name))).collect();
        format!("{{\"keys\":[{}]{beside}}}", keys.join(",")).into_bytes()
    }
}

/// What the steps need.
impl KeySet {
    /// One more key, whatever is there; `first` puts it before the others. Of a
    /// secret it is only known from then on.
    pub(crate) fn insert(&mut self, name: Option<KeyName>, key: SigningKey, first: bool) {
        if let Some(name) = name {
            self.remember(name, key.clone());
        }
        self.insert_key(name, key, first);
    }

    /// One more member of `keys`, any text.
    pub(crate) fn insert_raw(&mut self, text: String, first: bool) {
        self.insert_member(Member::Raw(text), first);
    }

    /// A member of the set beside `keys`: JSON text.
    pub(crate) fn set_member(&mut self, name: &str, value: &str) {
        self.beside.retain(|(known, _)| known != name);
        self.beside.push((name.to_owned(), value.to_owned()));
    }

    /// Takes every key of that name out of the JWKS.
    pub(crate) fn withdraw_named(&mut self, name: KeyName) {
        self.withdraw_where(|entry| entry.name() == Some(name));
    }

    /// These bytes in place of the document.
    pub(crate) fn replace_document(&mut self, document: Vec<u8>) {
        self.document = Some(document);
    }

    /// Whether other bytes stand in place of the document.
    pub(crate) fn is_replaced(&self) -> bool {
        self.document.is_some()
    }

    /// Signs with the same key under that id, which takes the place of its own.
    pub(crate) fn rekid(&mut self, kid: String) {
        self.active = self.active.with_kid(kid);
        let fresh = PublishedKey::new(Some(KeyName::Control), self.active.clone(), self.key_members);
        if let Some(entry) = self.find_mut(KeyName::Control) {
            *entry = fresh;
        }
    }

    /// The key of that name as it is published, the last one of several.
    pub(crate) fn find(&self, name: KeyName) -> Option<&PublishedKey> {
        self.members.iter().rev().filter_map(Member::key).find(|entry| entry.name() == Some(name))
    }

    /// The JWK of that key, to be changed.
    pub(crate) fn jwk_mut(&mut self, name: KeyName) -> Option<&mut crate::json::Object> {
        self.find_mut(name).map(PublishedKey::jwk_mut)
    }

    /// The key of that name as it was last published.
    pub(crate) fn known(&self, name: KeyName) -> Option<&SigningKey> {
        self.known.iter().find(|(known, _)| *known == name).map(|(_, key)| key)
    }

    fn find_mut(&mut self, name: KeyName) -> Option<&mut PublishedKey> {
        Arc::make_mut(&mut self.members)
            .iter_mut()
            .rev()
            .filter_map(Member::key_mut)
            .find(|entry| entry.name() == Some(name))
    }

    fn insert_key(&mut self, name: Option<KeyName>, key: SigningKey, first: bool) {
        if key.kind() != KeyKind::Secret {
            self.insert_member(Member::Key(Box::new(PublishedKey::new(name, key, self.key_members))), first);
        }
    }

    fn insert_member(&mut self, member: Member, first: bool) {
        let at = if first { 0 } else { self.members.len() };
        Arc::make_mut(&mut self.members).insert(at, member);
    }

    /// The same, where `second-issuer` is that key.
    pub(crate) fn with_second_issuer(&self, second: Option<&SigningKey>) -> Self {
        let mut keys = self.clone();
        if let Some(second) = second {
            keys.remember(KeyName::SecondIssuer, second.clone());
        }
        keys
    }

    fn remember(&mut self, name: KeyName, key: SigningKey) {
        let known = Arc::make_mut(&mut self.known);
        known.retain(|(known, _)| *known != name);
        known.push((name, key));
    }

    fn withdraw_where(&mut self, is_meant: impl Fn(&PublishedKey) -> bool) -> bool {
        let before = self.members.len();
        Arc::make_mut(&mut self.members).retain(|member| !member.key().is_some_and(&is_meant));
        self.members.len() < before
    }

    fn is_active(&self, entry: &PublishedKey) -> bool {
        entry.kid() == self.active.kid()
    }
}

/// The ids in a JWKS document, as far as it is one.
fn kids_of(document: &[u8]) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_slice(document).unwrap_or_default();
    document["keys"].as_array().map(|keys| keys.iter().filter_map(kid_of).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{Algorithm, BuiltinKey, Role, builtin};
    use super::*;

    fn named(keys: &KeySet) -> Vec<Option<KeyName>> {
        keys.published().iter().map(|entry| entry.name()).collect()
    }

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

    #[test]
    fn a_secret_is_never_published_and_signs_all_the_same() {
        let secret = Role::Issuer.key(Algorithm::Hs256);
        let mut keys = KeySet::new(secret.clone()).with_published(Role::Attacker.key(Algorithm::Hs512));
        keys.activate(Role::IssuerNext.key(Algorithm::Hs256));
        assert_eq!(keys.jwks(), "{\"keys\":[]}");
        assert_eq!(keys.active().kid(), Role::IssuerNext.key(Algorithm::Hs256).kid());
        assert_eq!(keys.known(KeyName::Previous).map(SigningKey::kid), Some(secret.kid()));
    }

    #[test]
    fn an_activation_makes_the_old_key_the_previous_one() {
        let mut keys = KeySet::new(builtin(BuiltinKey::Issuer));
        keys.activate(builtin(BuiltinKey::IssuerNext));
        assert_eq!(named(&keys), [Some(KeyName::Previous), Some(KeyName::Control)]);
        assert_eq!(keys.other().map(SigningKey::kid), Some(BuiltinKey::Issuer.kid()));
        keys.withdraw_named(KeyName::Previous);
        assert_eq!(keys.known(KeyName::Previous).map(SigningKey::kid), Some(BuiltinKey::Issuer.kid()));
        assert!(keys.other().is_none());
    }

    #[test]
    fn a_new_id_takes_the_place_of_the_old_one() {
        let mut keys = KeySet::new(builtin(BuiltinKey::Issuer)).with_published(builtin(BuiltinKey::IssuerNext));
        keys.rekid("fresh".into());
        assert_eq!(keys.published()[0].kid(), "fresh");
        assert_eq!(keys.active().kid(), "fresh");
        assert!(!keys.publishes(BuiltinKey::Issuer.kid()) && keys.publishes("fresh"));
    }

    #[test]
    fn what_is_published_follows_the_text_that_is_sent() {
        let mut keys = KeySet::new(builtin(BuiltinKey::Issuer));
        keys.insert_raw(r#"{"kty":"AKP","kid":"pq"}"#.into(), true);
        assert!(keys.publishes("pq") && keys.jwks().starts_with(r#"{"keys":[{"kty":"AKP""#));
        keys.jwk_mut(KeyName::Control).unwrap().remove("kid");
        assert!(!keys.publishes(BuiltinKey::Issuer.kid()));
        keys.replace_document(br#"{"keys":[{"kid":"only"}]}"#.to_vec());
        assert!(keys.publishes("only") && !keys.publishes("pq"));
    }
}
