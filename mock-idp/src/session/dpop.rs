//! What a server remembers for DPoP (RFC 9449): the nonces that it gave out, and the
//! proofs that were used.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::store::Store;
use super::{CAPACITY, Handle};

/// How long a nonce is given out, in seconds: a day, as at Okta.
const RENEWED_AFTER: i64 = 86_400;
/// How long it is taken, in seconds: three days from when it was made, as at Okta.
const TAKEN_FOR: i64 = 259_200;

/// What one authorization server remembers.
#[derive(Debug)]
pub(crate) struct DpopMemory(Mutex<State>);

#[derive(Debug)]
struct State {
    /// The newest last: as many as are made in three days.
    nonces: VecDeque<Nonce>,
    used: Store<()>,
}

#[derive(Debug)]
struct Nonce {
    text: String,
    made: i64,
}

impl Default for DpopMemory {
    fn default() -> Self {
        Self(Mutex::new(State { nonces: VecDeque::new(), used: Store::new(CAPACITY) }))
    }
}

impl DpopMemory {
    /// The nonce that is given out now; `draw` makes a new one where it is time for it.
    pub(crate) fn nonce(&self, now: i64, draw: impl FnOnce() -> String) -> String {
        let mut state = self.lock();
        if let Some(current) = state.nonces.back().filter(|nonce| nonce.age(now) < RENEWED_AFTER) {
            return current.text.clone();
        }
        let text = draw();
        state.nonces.push_back(Nonce { text: text.clone(), made: now });
        state.nonces.retain(|nonce| nonce.age(now) < TAKEN_FOR);
        text
    }

    /// Whether a nonce was given out here and is taken still.
    pub(crate) fn takes(&self, nonce: &str, now: i64) -> bool {
        self.lock().nonces.iter().any(|known| known.text == nonce && known.age(now) < TAKEN_FOR)
    }

    /// Takes note that the holder of a key has used a proof, until it is too old anyway;
    /// false where it was used before.
    pub(crate) fn spend(&self, jkt: &str, id: &str, ends: i64, now: i64) -> bool {
        // A thumbprint has one length: no other pair makes the same text.
        let handle = Handle::of(&format!("{jkt}{id}"));
        self.lock().used.put_new(handle, (), now, ends.saturating_sub(now))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Nonce {
    fn age(&self, now: i64) -> i64 {
        now.saturating_sub(self.made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;

    #[test]
    fn a_nonce_is_renewed_after_a_day_and_taken_for_three() {
        let memory = DpopMemory::default();
        assert_eq!(memory.nonce(0, || "first".into()), "first");
        assert_eq!(memory.nonce(24 * HOUR - 1, || "early".into()), "first");
        assert_eq!(memory.nonce(24 * HOUR, || "second".into()), "second");
        assert!(memory.takes("first", 72 * HOUR - 1) && memory.takes("second", 24 * HOUR));
        assert!(!memory.takes("first", 72 * HOUR) && !memory.takes("early", 0));
    }

    #[test]
    fn nonces_that_are_over_are_dropped() {
        let memory = DpopMemory::default();
        for day in 0..10 {
            memory.nonce(day * 24 * HOUR, || day.to_string());
        }
        assert_eq!(memory.lock().nonces.len(), 3);
    }

    #[test]
    fn a_proof_is_used_once_by_each_key() {
        let memory = DpopMemory::default();
        assert!(memory.spend("a", "1", 300, 0) && memory.spend("b", "1", 300, 0));
        assert!(!memory.spend("a", "1", 300, 299));
        assert!(memory.spend("a", "1", 600, 300));
    }
}
