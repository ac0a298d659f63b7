use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::traits::PublicKeyParts as _;
use sha2::Digest as _;

use super::SigningKey;
use super::material::Material;
use crate::json::Object;

impl SigningKey {
    /// The public key as a JWK, members in the order of Okta's JWKS:
    /// `kty`, `alg`, `kid`, `use`, `e`, `n` (RFC 7517, section 4).
    #[must_use]
    pub fn public_jwk(&self) -> Object {
        let (kty, tail) = self.key_members();
        let mut jwk = Object::new()
            .with("kty", kty)
            .with("alg", self.default_algorithm().name())
            .with("kid", self.kid())
            .with("use", "sig");
        jwk.members_mut().extend(tail.members().iter().cloned());
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

    /// The thumbprint of the public key: 43 characters (RFC 7638, section 3).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        // Its own required members in lexicographic order.
        let mut members = self.bare_jwk().members().to_vec();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let mut input = Object::new();
        *input.members_mut() = members;
        encode(&sha2::Sha256::digest(input.to_text()))
    }

    fn key_members(&self) -> (&'static str, Object) {
        match self.material() {
            Material::Rsa(key) => {
                let private = key.private();
                ("RSA", Object::new().with("e", number(&private.e_bytes())).with("n", number(&private.n_bytes())))
            }
            Material::RsaExponentOne(private) => {
                ("RSA", Object::new().with("e", "AQ").with("n", number(&private.n_bytes())))
            }
            Material::Ec { curve, point, .. } => {
                let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len().saturating_sub(1) / 2);
                ("EC", Object::new().with("crv", *curve).with("x", encode(x)).with("y", encode(y)))
            }
            Material::Public(public) => (public.kty, public.members.clone()),
            Material::Ed25519 { public, .. } => ("OKP", Object::new().with("crv", "Ed25519").with("x", encode(public))),
        }
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
    use super::super::{BuiltinKey, builtin};

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
    fn an_ec_jwk_splits_the_point_in_two_halves_of_32_bytes() {
        let jwk = builtin(BuiltinKey::AttackerP256).bare_jwk();
        assert_eq!(jwk.get_str("x").unwrap().len(), 43);
        assert_eq!(jwk.get_str("y").unwrap().len(), 43);
    }
}
