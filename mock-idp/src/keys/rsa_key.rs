use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RsaEncoding, RsaKeyPair};
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, PrivateKey};

/// An RSA key: as numbers for everything odd, and in the form of aws-lc-rs for
/// honest signatures.
pub(super) struct RsaKey {
    private: PrivateKey,
    /// Made at the first signature: its checks take longer than signing does,
    /// and many keys are read and never used.
    pair: OnceLock<Option<RsaKeyPair>>,
}

impl RsaKey {
    pub(super) fn new(private: PrivateKey) -> Self {
        Self { private, pair: OnceLock::new() }
    }

    pub(super) fn private(&self) -> &PrivateKey {
        &self.private
    }

    /// What aws-lc-rs signs with; `None` for the sizes that it refuses, such as
    /// those below 2048 bits.
    pub(super) fn pair(&self) -> Option<&RsaKeyPair> {
        let make = || RsaKeyPair::from_der(self.private.to_pkcs1_der().ok()?.as_bytes()).ok();
        self.pair.get_or_init(make).as_ref()
    }
}

/// The signature over `input`; `None` when the library refuses.
pub(super) fn sign(pair: &RsaKeyPair, encoding: &'static dyn RsaEncoding, input: &[u8]) -> Option<Vec<u8>> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), input, &mut signature).ok()?;
    Some(signature)
}

/// `padded^d mod n`, as wide as the modulus; `None` when `padded` is not below it.
pub(super) fn raw(private: &PrivateKey, padded: &[u8]) -> Option<Vec<u8>> {
    let message = BoxedUint::from_be_slice(padded, private.n().bits_precision()).ok()?;
    let signature = rsa::hazmat::rsa_decrypt_and_check(private, None::<&mut NoRandom>, &message).ok()?;
    let bytes = signature.to_be_bytes();
    let start = bytes.len().saturating_sub(private.size());
    Some(bytes[start..].to_vec())
}

/// DER of the SHA-256 `DigestInfo` up to the digest (RFC 8017, section 9.2, note 1).
pub(crate) const SHA256_DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// EMSA-PKCS1-v1_5 of a SHA-256 digest for a modulus of `size` bytes.
pub(super) fn pkcs1_padding(digest: &[u8], size: usize) -> Vec<u8> {
    let filler = size.saturating_sub(3 + SHA256_DIGEST_INFO.len() + digest.len());
    let mut padded = vec![0x00, 0x01];
    padded.resize(2 + filler, 0xff);
    padded.push(0x00);
    padded.extend_from_slice(&SHA256_DIGEST_INFO);
    padded.extend_from_slice(digest);
    padded
}

/// Stands for "no blinding" where the `rsa` crate wants a type of generator.
enum NoRandom {}

impl rsa::rand_core::TryRng for NoRandom {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        match *self {}
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        match *self {}
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
        match *self {}
    }
}

impl rsa::rand_core::TryCryptoRng for NoRandom {}
