//! Randomness is a parameter: `--seed` makes every identifier repeatable.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use sha2::Digest as _;

/// A source of random bytes; clones share one stream. Not for keys: see
/// [`crate::keys::generate`].
#[derive(Clone)]
pub struct Random {
    stream: Arc<Mutex<ChaCha12Rng>>,
    /// What the stream began with, where it can be repeated.
    seed: Option<Seed>,
}

type Seed = [u8; 32];

impl Random {
    /// Seeded by the operating system.
    #[must_use]
    pub fn from_system() -> Self {
        Self { stream: Arc::new(Mutex::new(ChaCha12Rng::from_os_rng())), seed: None }
    }

    /// The same stream for the same seed, on every machine.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::repeatable(ChaCha12Rng::seed_from_u64(seed))
    }

    /// A stream of its own. Of a seeded source it follows from the seed and
    /// the name alone, whatever was drawn before: who draws from branches in
    /// any order gets the same from each. Of one that the operating system
    /// seeded it is seeded by that again.
    ///
    /// ```
    /// use mock_idp::random::Random;
    ///
    /// let (one, two) = (Random::seeded(7), Random::seeded(7));
    /// let _ = one.bytes(100);
    /// assert_eq!(one.branch("orders").hex(8), two.branch("orders").hex(8));
    /// assert_ne!(one.branch("orders").hex(8), one.branch("stock").hex(8));
    /// ```
    #[must_use]
    pub fn branch(&self, name: &str) -> Self {
        match &self.seed {
            Some(seed) => {
                let seed = sha2::Sha256::new().chain_update(seed).chain_update(name).finalize();
                Self::repeatable(ChaCha12Rng::from_seed(seed.into()))
            }
            None => Self::from_system(),
        }
    }

    fn repeatable(stream: ChaCha12Rng) -> Self {
        Self { seed: Some(stream.get_seed()), stream: Arc::new(Mutex::new(stream)) }
    }

    /// That many random bytes.
    #[must_use]
    pub fn bytes(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
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
        self.of_alphabet(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", characters)
    }

    /// Random capital consonants, of which no word comes (RFC 8628, section 6.1).
    #[must_use]
    pub fn consonants(&self, characters: usize) -> String {
        self.of_alphabet(b"BCDFGHJKLMNPQRSTVWXZ", characters)
    }

    fn of_alphabet(&self, alphabet: &[u8], characters: usize) -> String {
        self.bytes(characters).iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
    }

    /// A random UUID (RFC 9562, version 4).
    #[must_use]
    pub fn uuid(&self) -> String {
        let mut bytes = self.bytes(16);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    /// Random lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self, characters: usize) -> String {
        self.bytes(characters).iter().map(|byte| char::from(b"0123456789abcdef"[usize::from(byte & 15)])).collect()
    }
}

/// Shows neither the seed nor where the stream stands.
impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Random").finish_non_exhaustive()
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

    #[test]
    fn a_branch_follows_from_the_seed_and_the_name_alone() {
        let (drawn, fresh) = (Random::seeded(7), Random::seeded(7));
        let _ = drawn.bytes(1000);
        assert_eq!(drawn.branch("a").hex(32), fresh.branch("a").hex(32));
        assert_eq!(drawn.branch("a").branch("b").hex(32), fresh.branch("a").branch("b").hex(32));
        let others = [fresh.branch("b"), fresh.branch(""), fresh.clone(), Random::seeded(8).branch("a")];
        let a = fresh.branch("a").hex(32);
        assert!(others.iter().all(|other| other.hex(32) != a));
    }

    #[test]
    fn a_branch_of_the_system_is_never_repeated() {
        let system = Random::from_system();
        assert_ne!(system.branch("a").hex(32), system.branch("a").hex(32));
    }

    #[test]
    fn debug_shows_no_seed() {
        assert_eq!(format!("{:?}", Random::seeded(7)), "Random { .. }");
    }
}
