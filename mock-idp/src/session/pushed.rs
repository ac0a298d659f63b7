//! Authorization requests that clients have pushed (RFC 9126).

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Handle;
use super::store::Store;

/// How many of them: each holds a whole request.
const CAPACITY: usize = 1000;
/// How long one can be used, in seconds: as in Okta's description of its API.
pub(crate) const PUSHED_LIFETIME: i64 = 3600;

/// What one authorization server keeps of them, by `request_uri`.
#[derive(Debug)]
pub(crate) struct PushedRequests(Mutex<Store<Pushed>>);

#[derive(Debug)]
struct Pushed {
    client: String,
    fields: Vec<(String, String)>,
}

/// Why a `request_uri` is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PushedError {
    /// It was never given out here, is over, or was used before.
    Unknown,
    /// Another client has pushed it.
    OfAnotherClient,
}

impl Default for PushedRequests {
    fn default() -> Self {
        Self(Mutex::new(Store::new(CAPACITY)))
    }
}

impl PushedRequests {
    pub(crate) fn push(&self, uri: &str, client: &str, fields: Vec<(String, String)>, now: i64) {
        let pushed = Pushed { client: client.to_owned(), fields };
        self.lock().put(Handle::of(uri), pushed, now, PUSHED_LIFETIME);
    }

    /// The parameters behind a `request_uri`, once, and for the client that has pushed them.
    pub(crate) fn take(&self, uri: &str, client: &str, now: i64) -> Result<Vec<(String, String)>, PushedError> {
        let mut pushed = self.lock();
        let known = pushed.get(Handle::of(uri), now).ok_or(PushedError::Unknown)?;
        if known.client != client {
            return Err(PushedError::OfAnotherClient);
        }
        pushed.take(Handle::of(uri), now).map(|pushed| pushed.fields).ok_or(PushedError::Unknown)
    }

    pub(crate) fn has(&self, uri: &str, now: i64) -> bool {
        self.lock().get(Handle::of(uri), now).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Store<Pushed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pushed_request_is_good_once_for_its_client_and_its_time() {
        let pushed = PushedRequests::default();
        let fields = vec![("scope".to_owned(), "openid".to_owned())];
        pushed.push("urn:okta:a", "app", fields.clone(), 0);
        assert_eq!(pushed.take("urn:okta:a", "other", 0), Err(PushedError::OfAnotherClient));
        assert_eq!(pushed.take("urn:okta:a", "app", PUSHED_LIFETIME), Err(PushedError::Unknown));
        assert_eq!(pushed.take("urn:okta:a", "app", PUSHED_LIFETIME - 1), Ok(fields));
        assert_eq!(pushed.take("urn:okta:a", "app", 0), Err(PushedError::Unknown));
    }
}
