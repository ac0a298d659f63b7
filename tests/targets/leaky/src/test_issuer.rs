//! The key that every test issuer of this project signs with by default. Its private half is
//! public, so only a defect trusts it.

use crate::keys::Jwk;

/// The key, if it is meant.
pub(crate) fn key(kid: &str) -> Option<Vec<Jwk>> {
    let key: Jwk = serde_json::from_str(include_str!("test-issuer.jwk.json")).ok()?;
    (key.kid.as_deref() == Some(kid)).then(|| vec![key])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_by_its_own_kid_only() {
        assert!(key("mock-idp-test-key-1-public-never-trust-this").is_some_and(|keys| keys.len() == 1));
        assert!(key("x").is_none());
    }
}
