//! How the content of a JWE is encrypted (RFC 7518 5).

use aws_lc_rs::aead::{self, AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, AES_128, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{constant_time, hmac};

/// What was encrypted, as the last three segments have it.
pub(super) struct Sealed {
    pub(super) iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// One of the usual encryptions.
#[derive(Clone, Copy)]
pub(super) enum Encryption {
    Gcm(&'static aead::Algorithm),
    /// With the bytes of its key, half of which encrypt.
    CbcHmac(&'static cipher::Algorithm, hmac::Algorithm, usize),
}

impl Encryption {
    /// The encryption of that name.
    pub(super) fn of(enc: &str) -> Option<Self> {
        Some(match enc {
            "A128GCM" => Self::Gcm(&AES_128_GCM),
            "A256GCM" => Self::Gcm(&AES_256_GCM),
            "A128CBC-HS256" => Self::CbcHmac(&AES_128, hmac::HMAC_SHA256, 32),
            "A256CBC-HS512" => Self::CbcHmac(&AES_256, hmac::HMAC_SHA512, 64),
            _ => return None,
        })
    }

    /// How many bytes its key has.
    pub(super) fn key_length(self) -> usize {
        match self {
            Self::Gcm(algorithm) => algorithm.key_len(),
            Self::CbcHmac(_, _, length) => length,
        }
    }

    /// The plaintext; nothing where anything was changed.
    pub(super) fn opened(self, key: &[u8], aad: &[u8], sealed: Sealed) -> Option<Vec<u8>> {
        match self {
            Self::Gcm(algorithm) => gcm(algorithm, key, aad, sealed),
            Self::CbcHmac(algorithm, hash, _) => cbc_hmac(algorithm, hash, key, aad, sealed),
        }
    }
}

fn gcm(algorithm: &'static aead::Algorithm, key: &[u8], aad: &[u8], sealed: Sealed) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(&sealed.iv).ok()?;
    let mut text = [sealed.ciphertext, sealed.tag].concat();
    let length = key.open_in_place(nonce, Aad::from(aad), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

fn cbc_hmac(
    algorithm: &'static cipher::Algorithm,
    hash: hmac::Algorithm,
    key: &[u8],
    aad: &[u8],
    sealed: Sealed,
) -> Option<Vec<u8>> {
    let (mac_key, enc_key) = key.split_at_checked(key.len() / 2)?;
    let bits = (u64::try_from(aad.len()).ok()? * 8).to_be_bytes();
    let authentic = [aad, &sealed.iv, &sealed.ciphertext, &bits].concat();
    let due = hmac::sign(&hmac::Key::new(hash, mac_key), &authentic);
    constant_time::verify_slices_are_equal(due.as_ref().get(..mac_key.len())?, &sealed.tag).ok()?;
    let decrypting = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(algorithm, enc_key).ok()?).ok()?;
    let context = DecryptionContext::Iv128(FixedLength::try_from(sealed.iv.as_slice()).ok()?);
    let mut text = sealed.ciphertext;
    let length = decrypting.decrypt(&mut text, context).ok()?.len();
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
    }

    #[test]
    fn what_was_sealed_with_gcm_is_opened_with_the_same_key_only() {
        let (key, iv) = ([7; 32], vec![0; 12]);
        let mut ciphertext = b"inner".to_vec();
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("a key"));
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let tag = cipher.seal_in_place_separate_tag(nonce, Aad::from(b"h"), &mut ciphertext).expect("sealed");
        let sealed = || Sealed { iv: iv.clone(), ciphertext: ciphertext.clone(), tag: tag.as_ref().to_vec() };
        let encryption = Encryption::of("A256GCM").expect("a name");
        assert_eq!(encryption.opened(&key, b"h", sealed()).as_deref(), Some(&b"inner"[..]));
        assert_eq!(encryption.opened(&[8; 32], b"h", sealed()), None);
        assert_eq!(encryption.opened(&key, b"i", sealed()), None);
    }

    /// Computed by another implementation.
    #[test]
    fn what_was_sealed_with_cbc_is_opened_with_the_same_key_only() {
        let key: Vec<u8> = (0..32).collect();
        let sealed = |tag: &str| Sealed { iv: vec![1; 16], ciphertext: hex(CIPHERTEXT), tag: hex(tag) };
        let encryption = Encryption::of("A128CBC-HS256").expect("a name");
        assert_eq!(encryption.key_length(), key.len());
        assert_eq!(encryption.opened(&key, b"h", sealed(TAG)).as_deref(), Some(&b"inner"[..]));
        assert_eq!(encryption.opened(&key, b"i", sealed(TAG)), None);
        assert_eq!(encryption.opened(&key, b"h", sealed(&TAG.replace('a', "b"))), None);
    }

    const CIPHERTEXT: &str = "474b867812b22ae650116e6ba6270664";
    const TAG: &str = "a012220efc404f84575beddaadc96b20";
}
