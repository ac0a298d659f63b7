//! Fifth step: the signature (RFC 7515 5.2). RS256 it is, whatever the header says.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

use crate::compact::{Compact, decode};
use crate::defect::{Defect, Switch};
use crate::jwks::Jwk;
use crate::public_key::{pkcs1_pem, recover, spki_pem};

/// The name of SHA-256 before the hash in a signature (RFC 8017 9.2, note 1).
const SHA256_PREFIX: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// How a token is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// With the issuer's key.
    Rs256,
    /// With the issuer's key as the secret: a defect.
    Hmac(hmac::Algorithm),
    /// Not at all: a defect.
    Unsecured,
}

impl Method {
    /// The method for the header's `alg`: RS256, or what a defect makes of it.
    pub(crate) fn of(alg: &str, defect: Switch) -> Option<Self> {
        if alg == "RS256" {
            return Some(Self::Rs256);
        }
        match defect.0? {
            Defect::AcceptsAlgNone if alg == "none" => Some(Self::Unsecured),
            Defect::AcceptsNoneMisspelt if alg != "none" && normalised(alg) == "none" => Some(Self::Unsecured),
            Defect::HmacWithSpkiPem | Defect::HmacWithPkcs1Pem | Defect::HmacWithIndentedPem => {
                hmac_algorithm(alg).map(Self::Hmac)
            }
            _ => None,
        }
    }

    /// Whether the signature of `token` is one by `key`.
    pub(crate) fn verifies(self, token: &Compact<'_>, key: &Jwk, defect: Switch) -> bool {
        match self {
            Self::Rs256 => rs256(token, key, defect),
            Self::Hmac(algorithm) => hmac_verifies(algorithm, token, key, defect).unwrap_or(false),
            Self::Unsecured => true,
        }
    }
}

fn rs256(token: &Compact<'_>, key: &Jwk, defect: Switch) -> bool {
    // Two segments get as far as this by a defect only.
    let Some(signature) = token.signature else { return true };
    if defect.has(Defect::IgnoresSignature) || defect.has(Defect::AcceptsEmptySignature) && signature.is_empty() {
        return true;
    }
    let (Some(signature), Some(n), Some(e)) = (decode(signature), decode(&key.n), decode(&key.e)) else {
        return false;
    };
    let is_as_long_as_the_key = signature.len() == n.len();
    if defect.has(Defect::ChecksSignatureLength) {
        return is_as_long_as_the_key;
    }
    if defect.has(Defect::IgnoresDigest) && is_as_long_as_the_key {
        return recover(key, &signature).is_some_and(|message| is_padded_sha256(&message));
    }
    let components = RsaPublicKeyComponents { n, e };
    components.verify(&RSA_PKCS1_2048_8192_SHA256, token.signed.as_bytes(), &signature).is_ok()
}

/// `00 01 ff ... ff 00`, the name of the hash, and any hash.
fn is_padded_sha256(message: &[u8]) -> bool {
    let Some((padded, _hash)) = message.split_last_chunk::<32>() else { return false };
    padded.starts_with(&[0, 1, 0xff]) && padded.ends_with(&SHA256_PREFIX)
}

fn hmac_verifies(algorithm: hmac::Algorithm, token: &Compact<'_>, key: &Jwk, defect: Switch) -> Option<bool> {
    let secret = match defect.0? {
        Defect::HmacWithSpkiPem => spki_pem(key)?,
        Defect::HmacWithPkcs1Pem => pkcs1_pem(key)?,
        Defect::HmacWithIndentedPem => format!(" {}", spki_pem(key)?),
        _ => return None,
    };
    let secret = hmac::Key::new(algorithm, secret.as_bytes());
    let tag = decode(token.signature?)?;
    Some(hmac::verify(&secret, token.signed.as_bytes(), &tag).is_ok())
}

fn hmac_algorithm(alg: &str) -> Option<hmac::Algorithm> {
    match alg {
        "HS256" => Some(hmac::HMAC_SHA256),
        "HS384" => Some(hmac::HMAC_SHA384),
        "HS512" => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}

fn normalised(alg: &str) -> String {
    alg.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rs256_is_the_only_method() {
        assert_eq!(Method::of("RS256", Switch(None)), Some(Method::Rs256));
        for alg in ["none", "HS256", "rs256", "RS384", ""] {
            assert_eq!(Method::of(alg, Switch(None)), None, "{alg}");
        }
    }

    #[test]
    fn a_blocklist_of_one_spelling_knows_no_other() {
        let defect = Switch(Some(Defect::AcceptsNoneMisspelt));
        assert_eq!(Method::of("none", defect), None);
        for alg in ["None", "nOnE", " none"] {
            assert_eq!(Method::of(alg, defect), Some(Method::Unsecured), "{alg}");
        }
    }

    #[test]
    fn padding_is_told_from_noise() {
        let mut message = vec![0, 1];
        message.extend([0xff; 202]);
        message.push(0);
        message.extend(SHA256_PREFIX);
        message.extend([7; 32]);
        assert!(is_padded_sha256(&message));
        message[0] = 1;
        assert!(!is_padded_sha256(&message));
        assert!(!is_padded_sha256(&[]));
    }
}
