//! What a run knows and nobody else is to get: no process that it starts inherits
//! it, and no output shows it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::Redactor;

/// The variables that hold secrets, and the secrets that came out of them or were
/// issued since; a handle that is cheap to clone, whose copies know the same.
/// `Debug` shows the names of the variables only.
#[derive(Clone, Default)]
pub struct Withheld {
    variables: Vec<String>,
    texts: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Withheld {
    /// Nothing but these environment variables, so far.
    #[must_use]
    pub fn variables_of(variables: Vec<String>) -> Self {
        Self { variables, texts: Arc::default() }
    }

    /// The environment variables that no process which is started may have.
    #[must_use]
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// One more text that is to be shown nowhere.
    pub fn add(&self, text: &[u8]) {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if !texts.iter().any(|known| known == text) {
            texts.push(text.to_vec());
        }
    }

    /// What takes all that is known until now out of a text.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        Redactor::new(self.texts.lock().unwrap_or_else(PoisonError::into_inner).iter())
    }
}

impl fmt::Debug for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Withheld").field("variables", &self.variables).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_copy_learns_all_hide() {
        let withheld = Withheld::variables_of(vec!["STAGING_TOKEN".to_owned()]);
        let copy = withheld.clone();
        copy.add(b"opaque-4711-secret");
        let shown = withheld.redactor().text("got opaque-4711-secret");
        assert!(shown.starts_with("got [token sha256:"), "{shown}");
        assert!(!format!("{withheld:?}").contains("4711"));
    }
}
