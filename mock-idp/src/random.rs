//! Randomness is a parameter: `--seed` makes every identifier repeatable.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

/// A source of random bytes; clones share one stream. Not for keys: see
/// [`crate::keys::generate_rsa`].
#[derive(Debug, Clone)]
pub struct Random(Arc<Mutex<ChaCha12Rng>>);

impl Random {
    /// Seeded by the operating system.
    #[must_use]
    pub fn from_system() -> Self {
        Self(Arc::new(Mutex::new(ChaCha12Rng::from_os_rng())))
    }

    /// The same stream for the same seed, on every machine.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha12Rng::seed_from_u64(seed))))
    }

    /// That many random bytes.
    #[must_use]
    pub fn bytes(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// Random base64url text of exactly that many characters.
    #[must_use]
    pub fn base64url(&self, characters: usize) -> String {
        let mut text = URL_SAFE_NO_PAD.encode(self.bytes(characters * 3 / 4 + 1));
        text.truncate(characters);
        text
    }

    /// Random letters and digits, as in Okta's identifiers.
    #[must_use]
    pub fn alphanumeric(&self, characters: usize) -> String {
        const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        self.bytes(characters).iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
    }

    /// Random lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self, characters: usize) -> String {
        self.bytes(characters).iter().map(|byte| char::from(b"0123456789abcdef"[usize::from(byte & 15)])).collect()
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::from_system()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_stream() {
        assert_eq!(Random::seeded(7).base64url(43), Random::seeded(7).base64url(43));
        assert_ne!(Random::seeded(7).base64url(43), Random::seeded(8).base64url(43));
        assert_eq!(Random::seeded(7).base64url(43).len(), 43);
    }
}
