//! One published key, and whether it may verify (RFC 7517 4).

use serde::Deserialize;

use crate::accepts::{Accepts, Algorithm, Further};
use crate::defect::{Defect, Switch};
use crate::token::decode;

/// Below this an RSA key is too weak (RFC 7518 3.3).
const MIN_BITS: usize = 2048;
/// Above this it costs too much to use.
const MAX_BITS: usize = 8192;

/// A key as it is published, as far as the server looks at it. Numbers are in base64url.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Jwk {
    pub(crate) kty: String,
    pub(crate) kid: Option<String>,
    pub(crate) alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    /// The modulus of an RSA key.
    pub(crate) n: String,
    /// Its exponent.
    pub(crate) e: String,
    /// The curve of an EC key, and the point.
    pub(crate) crv: String,
    pub(crate) x: String,
    pub(crate) y: String,
    /// A secret.
    pub(crate) k: String,
}

impl Jwk {
    /// An RSA key with nothing but its numbers.
    pub(crate) fn rsa(n: String, e: String) -> Self {
        Self { kty: "RSA".to_owned(), n, e, ..Self::default() }
    }

    /// Whether its owner means it to verify, and it is strong enough to.
    pub(crate) fn is_usable(&self, accepts: Accepts, defect: Switch) -> bool {
        self.is_for_signatures(defect)
            && self.is_for_verifying(defect)
            && (self.is_of_own_kind(accepts.algorithm, defect)
                || accepts.takes.iter().any(|further| self.is_for(further, defect)))
            && self.is_of_the_usual_form(defect)
    }

    /// What a narrow reader wants of a key besides.
    fn is_of_the_usual_form(&self, defect: Switch) -> bool {
        match defect.0 {
            Some(Defect::WantsAlgInKeys) => self.alg.is_some(),
            Some(Defect::KeysOfOneSize) if self.kty == "RSA" => {
                self.e == "AQAB" && decode(&self.n).is_some_and(|n| bits(&n) == MIN_BITS)
            }
            _ => true,
        }
    }

    fn is_for_signatures(&self, defect: Switch) -> bool {
        defect.has(Defect::IgnoresKeyUse) || self.usage.as_ref().is_none_or(|usage| usage == "sig")
    }

    fn is_for_verifying(&self, defect: Switch) -> bool {
        defect.has(Defect::IgnoresKeyOps) || self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"))
    }

    /// Of the issuer's algorithm, and nothing else: one algorithm a key.
    fn is_of_own_kind(&self, own: Algorithm, defect: Switch) -> bool {
        match self.kty.as_str() {
            "RSA" => own == Algorithm::Rs256 && self.may_be_used_with("RS256", defect) && self.is_strong_rsa(defect),
            "EC" if defect.takes_ecdsa() => !self.x.is_empty(),
            "EC" => own == Algorithm::Es256 && self.is_for(Further::Es256, defect),
            "oct" => defect.has(Defect::TakesSecretKeys),
            _ => false,
        }
    }

    /// Of an algorithm that is taken besides.
    pub(crate) fn is_for(&self, further: Further, defect: Switch) -> bool {
        let is_of_kind = match further {
            Further::Es256 => self.kty == "EC" && self.crv == "P-256",
            Further::Es384 => self.kty == "EC" && self.crv == "P-384",
            Further::Ps256 => self.kty == "RSA" && self.is_strong_rsa(defect),
            Further::EdDsa | Further::Ed25519 => self.kty == "OKP" && self.crv == "Ed25519",
        };
        is_of_kind && self.may_be_used_with(further.name(), defect)
    }

    /// Whether its owner names no other algorithm.
    pub(crate) fn may_be_used_with(&self, name: &str, defect: Switch) -> bool {
        defect.has(Defect::IgnoresKeyAlg) || self.alg.as_deref().is_none_or(|alg| alg == name)
    }

    fn is_strong_rsa(&self, defect: Switch) -> bool {
        let (Some(n), Some(e)) = (decode(&self.n), decode(&self.e)) else { return false };
        let min = if defect.has(Defect::TakesWeakKeys) { 512 } else { MIN_BITS };
        let is_odd = e.last().is_some_and(|byte| byte % 2 == 1);
        let is_one = bits(&e) == 1 && !defect.has(Defect::TakesExponentOne);
        (min..=MAX_BITS).contains(&bits(&n)) && e.len() <= 4 && is_odd && !is_one
    }
}

fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let number = &number[zeros..];
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::token::encode;

    fn usable(changes: &Value, defect: Option<Defect>) -> bool {
        let mut key = json!({ "kty": "RSA", "n": encode([0x80; 256]), "e": "AQAB" });
        for (name, value) in changes.as_object().into_iter().flatten() {
            key[name] = value.clone();
        }
        let key: Jwk = serde_json::from_value(key).expect("a key");
        key.is_usable(Accepts::default(), Switch(defect))
    }

    #[test]
    fn a_key_is_for_what_is_taken_besides_where_it_is_of_that_kind() {
        let key = |text: Value| serde_json::from_value::<Jwk>(text).expect("a key");
        let ed25519 = key(json!({ "kty": "OKP", "crv": "Ed25519", "x": "AQ" }));
        assert!(ed25519.is_for(Further::EdDsa, Switch(None)) && ed25519.is_for(Further::Ed25519, Switch(None)));
        let p384 = key(json!({ "kty": "EC", "crv": "P-384", "x": "AQ" }));
        assert!(p384.is_for(Further::Es384, Switch(None)) && !p384.is_for(Further::Es256, Switch(None)));
        let rsa = json!({ "kty": "RSA", "n": encode([0x80; 256]), "e": "AQAB", "alg": "PS256" });
        let takes = |names: &str| Accepts { takes: names.parse().expect("known names"), ..Accepts::default() };
        assert!(key(rsa.clone()).is_usable(takes("PS256"), Switch(None)));
        assert!(!key(rsa).is_usable(takes("ES256"), Switch(None)));
    }

    #[test]
    fn only_strong_keys_that_are_meant_to_verify_are_usable() {
        for changes in [json!({}), json!({ "alg": "RS256", "use": "sig", "key_ops": ["verify"] }), json!({ "e": "Aw" })]
        {
            assert!(usable(&changes, None), "{changes}");
        }
        for (changes, defect) in [
            (json!({ "use": "enc" }), Defect::IgnoresKeyUse),
            (json!({ "key_ops": ["encrypt"] }), Defect::IgnoresKeyOps),
            (json!({ "key_ops": ["sign"] }), Defect::IgnoresKeyOps),
            (json!({ "alg": "PS256" }), Defect::IgnoresKeyAlg),
            (json!({ "n": encode([0x80; 128]) }), Defect::TakesWeakKeys),
            (json!({ "e": "AQ" }), Defect::TakesExponentOne),
            (json!({ "kty": "oct", "k": "AQAB" }), Defect::TakesSecretKeys),
            (json!({ "kty": "EC", "x": "AQ" }), Defect::TakesDerSignatures),
        ] {
            assert!(!usable(&changes, None), "{changes}");
            assert!(usable(&changes, Some(defect)), "{defect}");
        }
        for (changes, defect) in [
            (json!({}), Defect::WantsAlgInKeys),
            (json!({ "n": encode([0x80; 384]) }), Defect::KeysOfOneSize),
            (json!({ "e": "Aw" }), Defect::KeysOfOneSize),
        ] {
            assert!(usable(&changes, None) && !usable(&changes, Some(defect)), "{defect}");
        }
        for changes in [json!({ "e": "AA" }), json!({ "n": "" }), json!({ "kty": "AKP" }), json!({ "n": "=" })] {
            assert!(!usable(&changes, None), "{changes}");
        }
    }
}
