//! The content encryption of a JWE (RFC 7518, section 5).

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_192, AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{aead, cipher, hmac};

use super::context::ForgeError;
use crate::mutation::ContentEncryption;

/// What is authenticated and what is hidden, as the last segments have it.
pub(super) struct Sealed {
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// The two families: one algorithm for all, or one to encrypt and one to authenticate.
enum Family {
    Gcm(&'static aead::Algorithm),
    /// The key's halves: the first authenticates, the second encrypts.
    CbcHmac(&'static cipher::Algorithm, hmac::Algorithm),
}

fn family(encryption: ContentEncryption) -> Family {
    match encryption {
        ContentEncryption::A128Gcm => Family::Gcm(&AES_128_GCM),
        ContentEncryption::A192Gcm => Family::Gcm(&AES_192_GCM),
        ContentEncryption::A256Gcm => Family::Gcm(&AES_256_GCM),
        ContentEncryption::A128CbcHs256 => Family::CbcHmac(&AES_128, hmac::HMAC_SHA256),
        ContentEncryption::A192CbcHs384 => Family::CbcHmac(&AES_192, hmac::HMAC_SHA384),
        ContentEncryption::A256CbcHs512 => Family::CbcHmac(&AES_256, hmac::HMAC_SHA512),
    }
}

/// How many bytes its key has.
pub(super) fn key_length(encryption: ContentEncryption) -> usize {
    match encryption {
        ContentEncryption::A128Gcm => 16,
        ContentEncryption::A192Gcm => 24,
        ContentEncryption::A256Gcm | ContentEncryption::A128CbcHs256 => 32,
        ContentEncryption::A192CbcHs384 => 48,
        ContentEncryption::A256CbcHs512 => 64,
    }
}

/// How many bytes its initialization vector has.
pub(super) fn iv_length(encryption: ContentEncryption) -> usize {
    match family(encryption) {
        Family::Gcm(_) => aead::NONCE_LEN,
        Family::CbcHmac(..) => cipher::AES_CBC_IV_LEN,
    }
}

/// Encrypts `text`; `aad` is the protected header as it is sent (RFC 7516, section 5.1, step 14).
pub(super) fn seal(
    encryption: ContentEncryption,
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    text: Vec<u8>,
) -> Result<Sealed, ForgeError> {
    match family(encryption) {
        Family::Gcm(algorithm) => gcm(algorithm, key, iv, aad, text),
        Family::CbcHmac(cipher, hash) => cbc_hmac(cipher, hash, key, iv, aad, text),
    }
    .ok_or(ForgeError::Jwe)
}

fn gcm(algorithm: &'static aead::Algorithm, key: &[u8], iv: &[u8], aad: &[u8], mut text: Vec<u8>) -> Option<Sealed> {
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(iv).ok()?;
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut text).ok()?;
    Some(Sealed { ciphertext: text, tag: tag.as_ref().to_vec() })
}

/// RFC 7518, section 5.2.2.1.
fn cbc_hmac(
    cipher: &'static cipher::Algorithm,
    hash: hmac::Algorithm,
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    mut text: Vec<u8>,
) -> Option<Sealed> {
    let (mac_key, enc_key) = key.split_at_checked(key.len() / 2)?;
    let encrypting = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(cipher, enc_key).ok()?).ok()?;
    let context = EncryptionContext::Iv128(FixedLength::try_from(iv).ok()?);
    encrypting.less_safe_encrypt(&mut text, context).ok()?;
    let bits = u64::try_from(aad.len()).ok()? * 8;
    let mut authentic = hmac::Context::with_key(&hmac::Key::new(hash, mac_key));
    for part in [aad, iv, &text, &bits.to_be_bytes()] {
        authentic.update(part);
    }
    let tag = authentic.sign().as_ref().get(..mac_key.len())?.to_vec();
    Some(Sealed { ciphertext: text, tag })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518, appendix B: the same text for each of the three.
    #[test]
    fn the_vectors_of_rfc_7518_come_out() {
        let text = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of \
            the enemy without inconvenience";
        let iv = hex("1af38c2dc2b96ffdd86694092341bc04");
        for (encryption, first, tag) in [
            (ContentEncryption::A128CbcHs256, "c80edfa32ddf39d5ef00c0b468834279", "652c3fa36b0a7c5b3219fab3a30bc1c4"),
            (
                ContentEncryption::A192CbcHs384,
                "ea65da6b59e61edb419be62d19712ae5",
                "8490ac0e58949bfe51875d733f93ac2075168039ccc733d7",
            ),
            (
                ContentEncryption::A256CbcHs512,
                "4affaaadb78c31c5da4b1b590d10ffbd",
                "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5",
            ),
        ] {
            let key: Vec<u8> = (0..).take(key_length(encryption)).collect();
            let sealed =
                seal(encryption, &key, &iv, b"The second principle of Auguste Kerckhoffs", text.to_vec()).unwrap();
            assert_eq!(sealed.tag, hex(tag), "{encryption:?}");
            assert!(sealed.ciphertext.starts_with(&hex(first)), "{encryption:?}");
        }
    }

    #[test]
    fn a_key_or_a_vector_of_the_wrong_length_is_an_error() {
        for (_, encryption) in ContentEncryption::ALL {
            let (key, iv) = (vec![7; key_length(encryption)], vec![0; iv_length(encryption)]);
            let sealed = |key: &[u8], iv: &[u8]| seal(encryption, key, iv, b"", b"text".to_vec());
            assert!(sealed(&key, &iv).is_ok(), "{encryption:?}");
            assert!(sealed(&key[2..], &iv).is_err() && sealed(&key, &iv[1..]).is_err(), "{encryption:?}");
        }
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }
}
