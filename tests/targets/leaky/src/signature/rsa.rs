//! RSA signatures (RFC 7518 3.3, RFC 8017 8.2).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
};

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};
use crate::keys::Jwk;
use crate::token::{Compact, JoseHeader, Part, decode, encode};

use super::forms::recover;

/// The name of SHA-256 before the hash in a signature (RFC 8017 9.2, note 1).
const SHA256_PREFIX: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// A way to sign with an RSA key that this issuer never uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
}

impl Way {
    /// The way of that name, where the defect lists it.
    pub(super) fn of(alg: &str, defect: Switch) -> Option<Self> {
        let takes_all = defect.has(Defect::TakesWhatKeyAllows);
        let takes_pss = takes_all || defect.has(Defect::TakesPss);
        let takes_hashes = takes_all || defect.has(Defect::TakesOtherHashes);
        match alg {
            "RS384" if takes_hashes => Some(Self::Rs384),
            "RS512" if takes_hashes => Some(Self::Rs512),
            "PS256" if takes_pss => Some(Self::Ps256),
            "PS384" if takes_pss => Some(Self::Ps384),
            "PS512" if takes_pss => Some(Self::Ps512),
            _ => None,
        }
    }

    /// Whether the defect takes it for this key.
    pub(super) fn is_for(self, key: &Jwk, defect: Switch) -> bool {
        key.alg.is_none() || !defect.has(Defect::TakesWhatKeyAllows)
    }

    pub(super) fn verifies(self, token: &Compact<'_>, key: &Jwk) -> bool {
        let parameters = match self {
            Self::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
            Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Self::Ps384 => &RSA_PSS_2048_8192_SHA384,
            Self::Ps512 => &RSA_PSS_2048_8192_SHA512,
        };
        let signature = token.signature.and_then(decode);
        signature.is_some_and(|signature| is_signed(parameters, token.signed, &signature, key))
    }
}

/// Whether `key` made the signature, with RSASSA-PKCS1-v1_5 and SHA-256.
pub(super) fn rs256(token: &Compact<'_>, key: &Jwk, defect: Switch) -> Result<bool, Refusal> {
    // Two segments get as far as this by a defect only.
    let Some(text) = token.signature else { return Ok(true) };
    if defect.has(Defect::IgnoresSignature) || defect.has(Defect::AcceptsEmptySignature) && text.is_empty() {
        return Ok(true);
    }
    let signature = Part(text).bytes(defect);
    if signature.is_none() && defect.has(Defect::CrashesOnOddBase64) {
        return Err(Refusal::CRASH);
    }
    let (Some(signature), Some(n)) = (signature, decode(&key.n)) else { return Ok(false) };
    let fits = signature.len() == n.len();
    if !fits && !signature.is_empty() && defect.has(Defect::CrashesOnSignatureLength) {
        return Err(Refusal::CRASH);
    }
    let signature = fitted(&signature, n.len(), defect);
    let genuine = is_signed(&RSA_PKCS1_2048_8192_SHA256, token.signed, signature, key);
    Ok(genuine || fits && is_taken_for_genuine(token, signature, key, defect))
}

fn is_signed(parameters: &RsaParameters, signed: &str, signature: &[u8], key: &Jwk) -> bool {
    let (Some(n), Some(e)) = (decode(&key.n), decode(&key.e)) else { return false };
    RsaPublicKeyComponents { n, e }.verify(parameters, signed.as_bytes(), signature).is_ok()
}

/// Cut to the length that it should have: only by defects.
fn fitted(signature: &[u8], length: usize, defect: Switch) -> &[u8] {
    let surplus = signature.len().saturating_sub(length);
    let cuts = defect.has(Defect::IgnoresBytesBehindSignature);
    if cuts { &signature[..signature.len() - surplus] } else { signature }
}

/// What is no signature of this token, and passes for one by a defect.
fn is_taken_for_genuine(token: &Compact<'_>, signature: &[u8], key: &Jwk, defect: Switch) -> bool {
    let recovered = || recover(key, signature).unwrap_or_default();
    let hash = || digest(&SHA256, token.signed.as_bytes());
    match defect.0 {
        Some(Defect::ChecksSignatureLength) => true,
        Some(Defect::IgnoresDigest) => is_padded_sha256(&recovered()),
        Some(Defect::IgnoresPaddingOfHash) => recovered().ends_with(hash().as_ref()),
        Some(Defect::IgnoresBytesBehindHash) => {
            let due = [&SHA256_PREFIX, hash().as_ref()].concat();
            let message = recovered();
            message.starts_with(&[0, 1, 0xff]) && message.windows(due.len()).any(|window| window == due)
        }
        Some(Defect::TakesWeakKeys | Defect::TakesExponentOne) => is_padded_right(&recovered(), hash().as_ref()),
        Some(Defect::ReserialisesHeader) => reserialised(token, defect)
            .is_some_and(|signed| is_signed(&RSA_PKCS1_2048_8192_SHA256, &signed, signature, key)),
        _ => false,
    }
}

/// `00 01 ff ... ff 00`, the name of the hash, and any hash.
fn is_padded_sha256(message: &[u8]) -> bool {
    let Some((padded, _hash)) = message.split_last_chunk::<32>() else { return false };
    padded.starts_with(&[0, 1, 0xff]) && padded.ends_with(&SHA256_PREFIX)
}

/// The whole of RFC 8017 9.2, for keys that the library refuses.
fn is_padded_right(message: &[u8], hash: &[u8]) -> bool {
    let filler = message.len().saturating_sub(3 + SHA256_PREFIX.len() + hash.len());
    message == [&[0, 1][..], &vec![0xff; filler], &[0], &SHA256_PREFIX, hash].concat()
}

/// What would be signed if the header had been written with the two members of Okta's alone.
fn reserialised(token: &Compact<'_>, defect: Switch) -> Option<String> {
    let header = JoseHeader::read(token.header, defect)?;
    let header = format!(r#"{{"kid":"{}","alg":"RS256"}}"#, header.kid()?);
    Some(format!("{}.{}", encode(header), token.payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_told_from_noise() {
        let mut message = vec![0, 1];
        message.extend([0xff; 202]);
        message.push(0);
        message.extend(SHA256_PREFIX);
        message.extend([7; 32]);
        assert!(is_padded_sha256(&message));
        assert!(is_padded_right(&message, &[7; 32]));
        assert!(!is_padded_right(&message, &[8; 32]));
        message[0] = 1;
        assert!(!is_padded_sha256(&message));
        assert!(!is_padded_right(&message, &[7; 32]));
        assert!(!is_padded_sha256(&[]));
        assert!(!is_padded_right(&[], &[7; 32]));
    }

    #[test]
    fn a_signature_of_another_length_is_cut_by_defects_only() {
        let long = [0, 1, 2];
        assert_eq!(fitted(&long, 2, Switch(None)), long);
        assert_eq!(fitted(&long, 2, Switch(Some(Defect::IgnoresBytesBehindSignature))), [0, 1]);
    }

    #[test]
    fn each_list_of_algorithms_is_too_long_in_its_own_way() {
        let hashes = Switch(Some(Defect::TakesOtherHashes));
        let pss = Switch(Some(Defect::TakesPss));
        assert_eq!(Way::of("RS512", hashes), Some(Way::Rs512));
        assert_eq!(Way::of("PS256", hashes), None);
        assert_eq!(Way::of("PS256", pss), Some(Way::Ps256));
        assert_eq!(Way::of("RS384", pss), None);
    }
}
