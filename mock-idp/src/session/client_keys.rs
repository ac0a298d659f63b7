//! The keys of clients that publish them themselves, as they were fetched.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Handle;
use super::store::Store;
use crate::keys::VerifyingKey;

/// How many key sets.
const CAPACITY: usize = 1000;
/// For how long one is taken as it was fetched, in seconds.
const FRESH: i64 = 300;
/// For how long nobody looks again for a key that was not there, in seconds.
const COOL_DOWN: i64 = 10;

/// What one authorization server has fetched, by address.
#[derive(Debug)]
pub(crate) struct ClientKeys(Mutex<Store<Known>>);

#[derive(Debug)]
struct Known {
    fetched: Fetched,
    /// When it was fetched for a key that is not in it.
    in_vain: Option<i64>,
}

/// What came of it.
pub(crate) type Fetched = Result<Arc<[VerifyingKey]>, KeySetError>;

/// Why a key set is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeySetError {
    /// It can't be fetched, or is none.
    Unavailable,
    /// No key in it checks a signature.
    Empty,
    /// Two keys have the same `kid`, or one of several has none.
    Ambiguous,
}

impl Default for ClientKeys {
    fn default() -> Self {
        Self(Mutex::new(Store::new(CAPACITY)))
    }
}

impl ClientKeys {
    /// Takes over what was found at an address where a key of that `kid` was looked for.
    pub(crate) fn learn(&self, uri: &str, kid: Option<&str>, fetched: Fetched, now: i64) {
        let is_in_vain = fetched.as_ref().is_ok_and(|keys| !has(keys, kid));
        let known = Known { fetched, in_vain: is_in_vain.then_some(now) };
        self.lock().put(Handle::of(uri), known, now, FRESH);
    }

    /// What is known of an address.
    pub(crate) fn known(&self, uri: &str, now: i64) -> Fetched {
        let known = self.lock();
        known.get(Handle::of(uri), now).map_or(Err(KeySetError::Unavailable), |known| known.fetched.clone())
    }

    /// Whether the address is to be asked for a key of that `kid`: where nothing is known
    /// of it, where it failed, and where it may have a new key. Who makes `kid`s up makes
    /// nobody fetch more often than every ten seconds.
    pub(crate) fn lacks(&self, uri: &str, kid: Option<&str>, now: i64) -> bool {
        let all = self.lock();
        let Some(Known { fetched: Ok(keys), in_vain }) = all.get(Handle::of(uri), now) else { return true };
        let is_cool = in_vain.is_none_or(|at| now.saturating_sub(at) >= COOL_DOWN);
        !has(keys, kid) && is_cool
    }

    fn lock(&self) -> MutexGuard<'_, Store<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a key of that `kid` is among them; any will do for who names none.
fn has(keys: &[VerifyingKey], kid: Option<&str>) -> bool {
    kid.is_none_or(|kid| keys.iter().any(|key| key.kid() == Some(kid)))
}

/// The keys of a JWK Set that check signatures (RFC 7517, section 5: others are passed over).
pub(crate) fn read_key_set(document: &[u8]) -> Fetched {
    let document: serde_json::Value = serde_json::from_slice(document).map_err(|_| KeySetError::Unavailable)?;
    let entries = document.get("keys").and_then(|keys| keys.as_array()).ok_or(KeySetError::Unavailable)?;
    let is_for_signatures = |jwk: &&serde_json::Value| jwk.get("use").is_none_or(|purpose| purpose == "sig");
    let keys = entries.iter().filter(is_for_signatures).filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok());
    let keys: Arc<[VerifyingKey]> = keys.collect();
    let mut ids: Vec<_> = keys.iter().map(VerifyingKey::kid).collect();
    ids.sort_unstable();
    let is_ambiguous = ids.len() > 1 && (ids.contains(&None) || ids.windows(2).any(|pair| pair[0] == pair[1]));
    match keys.len() {
        0 => Err(KeySetError::Empty),
        _ if is_ambiguous => Err(KeySetError::Ambiguous),
        _ => Ok(keys),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::{BuiltinKey, builtin};

    fn jwk(kid: &str, purpose: &str) -> Value {
        let text = builtin(BuiltinKey::IssuerP256).with_kid(kid).public_jwk().to_text();
        let mut jwk: Value = serde_json::from_str(&text).unwrap();
        jwk["use"] = purpose.into();
        jwk
    }

    fn read(document: &Value) -> Result<usize, KeySetError> {
        read_key_set(document.to_string().as_bytes()).map(|keys| keys.len())
    }

    #[rstest]
    #[case(json!({ "keys": [jwk("a", "sig"), jwk("b", "sig")] }), Ok(2))]
    #[case(json!({ "keys": [jwk("a", "sig"), jwk("a", "enc"), { "kty": "AKP" }] }), Ok(1))]
    #[case(json!({ "keys": [jwk("a", "enc")] }), Err(KeySetError::Empty))]
    #[case(json!({ "keys": [jwk("a", "sig"), jwk("a", "sig")] }), Err(KeySetError::Ambiguous))]
    #[case(json!({ "keys": {} }), Err(KeySetError::Unavailable))]
    #[case(json!([]), Err(KeySetError::Unavailable))]
    fn a_key_set_has_keys_that_can_be_told_apart(
        #[case] document: Value,
        #[case] expected: Result<usize, KeySetError>,
    ) {
        assert_eq!(read(&document), expected);
    }

    fn set() -> Fetched {
        read_key_set(json!({ "keys": [jwk("a", "sig")] }).to_string().as_bytes())
    }

    #[test]
    fn a_look_in_vain_is_not_repeated_for_ten_seconds() {
        let known = ClientKeys::default();
        known.learn("http://c", Some("b"), set(), 0);
        assert!(!known.lacks("http://c", Some("b"), COOL_DOWN - 1) && !known.lacks("http://c", Some("c"), 0));
        assert!(known.lacks("http://c", Some("b"), COOL_DOWN) && known.lacks("http://d", Some("b"), 0));
        known.learn("http://c", Some("a"), set(), COOL_DOWN);
        assert!(known.lacks("http://c", Some("b"), COOL_DOWN), "the last look was not in vain");
    }

    #[test]
    fn an_address_is_asked_again_for_a_new_key_and_after_five_minutes() {
        let known = ClientKeys::default();
        assert!(known.lacks("http://c", Some("a"), 0));
        known.learn("http://c", Some("a"), set(), 0);
        assert!(!known.lacks("http://c", Some("a"), FRESH - 1) && !known.lacks("http://c", None, 0));
        assert!(known.lacks("http://c", Some("b"), 0) && known.lacks("http://c", Some("a"), FRESH));
        known.learn("http://c", None, Err(KeySetError::Empty), 0);
        assert!(known.lacks("http://c", None, 0));
        assert_eq!(known.known("http://c", 0), Err(KeySetError::Empty));
    }
}
