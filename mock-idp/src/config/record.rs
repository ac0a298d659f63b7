//! What the management API keeps of a thing besides its settings.

use serde_json::{Map, Value};
use sha2::Digest as _;

/// The letters of Okta's ids.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What is told of a scope, a claim, a client, a user or a server, and changes nothing
/// that it does: its id, its times, its label. All of it is empty where the
/// configuration made the thing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Record {
    /// Drawn when the API made it; `None`: it follows from its name.
    pub(crate) id: Option<String>,
    /// When the API made it, in seconds since the Unix epoch.
    pub(crate) created: Option<i64>,
    /// When the API changed it.
    pub(crate) updated: Option<i64>,
    /// What was said of it, told as it was said.
    pub(crate) said: Map<String, Value>,
}

impl Record {
    /// The text that was said under that name.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.said.get(name)?.as_str()
    }

    /// What was said under that name, but for `null`.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.said.get(name).filter(|value| !value.is_null())
    }

    /// Its id, else the one that follows from a name.
    pub(crate) fn id_or(&self, prefix: &str, name: &str) -> String {
        self.id.clone().unwrap_or_else(|| derived_id(prefix, name))
    }
}

/// An id as Okta's, a prefix and 17 letters and digits: always the same for a name.
pub(crate) fn derived_id(prefix: &str, name: &str) -> String {
    let digest = sha2::Sha256::digest(name);
    let letters = digest.iter().take(17).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]));
    format!("{prefix}{}", letters.collect::<String>())
}
