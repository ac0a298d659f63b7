//! Whether an issuer can be reached from other machines.
//!
//! It takes no key then that everybody has, at its start and later. Steps are
//! another matter: they publish twins, next keys and an attacker's for a while,
//! behind the control token, which an issuer off loopback must have. Whoever
//! holds that answers for it.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use super::{Inner, Issuer};
use crate::keys::{KeySet, is_builtin};

/// An issuer is served off loopback as long as this lives.
#[derive(Debug)]
pub(crate) struct Exposure(Issuer);

impl Issuer {
    /// From now on no built-in key is taken. Those that are there already are
    /// told by [`Issuer::trusts_builtin_keys`], which has to be asked
    /// afterwards: then none slips in between.
    pub(crate) fn expose(&self) -> Exposure {
        self.0.exposures.fetch_add(1, Ordering::SeqCst);
        Exposure(self.clone())
    }

    /// Whether a server signs with, or publishes, a built-in test key, under
    /// whatever `kid`.
    pub(crate) fn trusts_builtin_keys(&self) -> bool {
        self.0.servers().iter().any(|server| !builtin_keys(server.published().keys()).is_empty())
    }
}

impl Inner {
    /// Whether it is served off loopback.
    pub(crate) fn is_exposed(&self) -> bool {
        self.exposures.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Exposure {
    fn drop(&mut self) {
        self.0.0.exposures.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Thumbprints of the built-in keys that sign or are published.
pub(super) fn builtin_keys(keys: &KeySet) -> HashSet<String> {
    let published = keys.published();
    let all = published.iter().map(|entry| entry.key()).chain([keys.active()]);
    all.filter(|key| is_builtin(key)).map(crate::keys::SigningKey::thumbprint).collect()
}
