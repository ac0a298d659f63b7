use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::traits::PublicKeyParts as _;
use serde_json::json;
use sha2::Digest as _;

use super::material::Material;
use super::{KeyKind, SigningKey};
use crate::json::{Object, quote};

impl SigningKey {
    /// The public key as a JWK, members in the order of Okta's JWKS:
    /// `kty`, `alg`, `kid`, `use`, `e`, `n` (RFC 7517, section 4).
    #[must_use]
    pub fn public_jwk(&self) -> Object {
        let (kty, tail) = self.key_members();
        let mut jwk = Object::new()
            .with("kty", kty)
            .with("alg", self.algorithm().name())
            .with("kid", self.kid())
            .with("use", "sig");
        jwk.members_mut().extend(tail.members().iter().cloned());
        jwk
    }

    /// The public key as a JWK with these members, in this order: those of
    /// [`SigningKey::public_jwk`], `x5c`, `x5t` and `x5t#S256` (RFC 7517, sections 4.7
    /// to 4.9). Those of the key's own kind are there whether they are named or not.
    #[must_use]
    pub(crate) fn jwk_with(&self, members: &[String]) -> Object {
        let whole = self.public_jwk();
        let certificate = if members.iter().any(|name| name.starts_with("x5")) { self.certificate() } else { None };
        let mut jwk = Object::new();
        for name in members {
            let value = match (name.as_str(), &certificate) {
                ("x5c", Some(certificate)) => json!([STANDARD.encode(certificate.der())]).to_string(),
                ("x5t", Some(certificate)) => {
                    quote(&encode(digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate.der()).as_ref()))
                }
                ("x5t#S256", Some(certificate)) => quote(&encode(&sha2::Sha256::digest(certificate.der()))),
                (name, _) => match whole.get(name) {
                    Some(value) => value.to_owned(),
                    None => continue,
                },
            };
            jwk.set(name, value);
        }
        for member in self.bare_jwk().members() {
            if jwk.get(&member.plain_name()).is_none() {
                jwk.members_mut().push(member.clone());
            }
        }
        jwk
    }

    /// The bare public key: `kty` and the key's own members, as in a `jwk` header.
    #[must_use]
    pub fn bare_jwk(&self) -> Object {
        let (kty, tail) = self.key_members();
        let mut jwk = Object::new().with("kty", kty);
        jwk.members_mut().extend(tail.members().iter().cloned());
        jwk
    }

    /// The thumbprint of the key: 43 characters (RFC 7638, section 3).
    ///
    /// That of a secret is as much of a trial for guesses as each token that it
    /// signs, and no more (RFC 7638, section 7).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        encode(&sha2::Sha256::digest(self.thumbprint_input()))
    }

    /// The required members in lexicographic order (RFC 7638, section 3.3).
    pub(super) fn thumbprint_input(&self) -> String {
        let mut jwk = self.bare_jwk();
        if let Some(secret) = self.expose_secret() {
            jwk = jwk.with("k", encode(secret));
        }
        jwk.members_mut().sort_by(|a, b| a.name.cmp(&b.name));
        jwk.to_text()
    }

    /// Nothing of a secret.
    fn key_members(&self) -> (&'static str, Object) {
        let kty = match self.kind() {
            KeyKind::Rsa => "RSA",
            KeyKind::Ec(_) => "EC",
            KeyKind::Ed25519 => "OKP",
            KeyKind::Secret => "oct",
        };
        let members = match self.material() {
            Material::Rsa(key) => {
                let private = key.private();
                Object::new().with("e", number(&private.e_bytes())).with("n", number(&private.n_bytes()))
            }
            Material::RsaExponentOne(private) => Object::new().with("e", "AQ").with("n", number(&private.n_bytes())),
            Material::Ec(key) => {
                let (x, y) = key.coordinates();
                Object::new().with("crv", key.curve.name()).with("x", encode(x)).with("y", encode(y))
            }
            Material::Ed25519(key) => Object::new().with("crv", "Ed25519").with("x", encode(key.public())),
            Material::Secret(_) => Object::new(),
            Material::Public(public) => public.members.clone(),
        };
        (kty, members)
    }
}

/// Base64urlUInt: no leading zero bytes (RFC 7518, section 2).
fn number(bytes: &[u8]) -> String {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len().saturating_sub(1));
    encode(&bytes[start..])
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::{Algorithm, BuiltinKey, Role, SigningKey, builtin};

    #[test]
    fn an_rsa_jwk_has_the_members_of_oktas_in_order() {
        let jwk = builtin(BuiltinKey::Issuer).public_jwk();
        let names: Vec<_> = jwk.members().iter().map(|member| member.plain_name().into_owned()).collect();
        assert_eq!(names, ["kty", "alg", "kid", "use", "e", "n"]);
        assert_eq!(jwk.get("e"), Some("\"AQAB\""));
        assert_eq!(jwk.get_str("n").unwrap().len(), 342);
    }

    #[test]
    fn a_thumbprint_is_of_the_members_in_lexicographic_order() {
        use sha2::Digest as _;
        let key = builtin(BuiltinKey::Issuer);
        let jwk = key.bare_jwk();
        let input = format!("{{\"e\":{},\"kty\":\"RSA\",\"n\":{}}}", jwk.get("e").unwrap(), jwk.get("n").unwrap());
        assert_eq!(key.thumbprint(), super::encode(&sha2::Sha256::digest(input)));
    }

    #[test]
    fn a_jwk_of_another_issuer_has_its_members_in_its_order() {
        let members = ["kid", "x5t", "kty", "x5c"].map(str::to_owned);
        let jwk = builtin(BuiltinKey::Issuer).jwk_with(&members);
        let names: Vec<_> = jwk.members().iter().map(|member| member.plain_name().into_owned()).collect();
        assert_eq!(names, ["kid", "x5t", "kty", "x5c", "e", "n"]);
        assert_eq!(jwk.get_str("x5t").unwrap().len(), 27);
    }

    #[test]
    fn a_jwk_states_the_algorithm_that_its_key_is_for() {
        let stated = |algorithm| Role::Issuer.key(algorithm).public_jwk().get_str("alg").unwrap();
        for (name, algorithm) in Algorithm::ALL {
            assert_eq!(stated(algorithm), name);
        }
    }

    #[test]
    fn a_jwk_shows_nothing_of_a_secret() {
        let key = SigningKey::from_secret("k", "hush").unwrap();
        assert_eq!(key.bare_jwk().to_text(), r#"{"kty":"oct"}"#);
        assert_ne!(key.thumbprint(), SigningKey::from_secret("k", "other").unwrap().thumbprint());
    }

    #[test]
    fn an_ec_jwk_splits_the_point_in_two_halves_of_32_bytes() {
        let jwk = builtin(BuiltinKey::AttackerP256).bare_jwk();
        assert_eq!(jwk.get_str("x").unwrap().len(), 43);
        assert_eq!(jwk.get_str("y").unwrap().len(), 43);
    }
}
