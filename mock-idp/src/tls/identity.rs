use std::sync::{Arc, OnceLock};

use rustls::ServerConfig;

use super::authority::leaf_params;
use super::{CertificateAuthority, TlsError};

/// What an https server proves itself with, made on first use: the crypto
/// library takes some 30 ms to gather its first random bytes, and many tests
/// never use https.
#[derive(Debug)]
pub struct Identity {
    authority: OnceLock<CertificateAuthority>,
    aliases: Vec<String>,
    server: OnceLock<Option<Arc<ServerConfig>>>,
    untrusted: OnceLock<Option<Arc<ServerConfig>>>,
}

impl Identity {
    /// An identity with an authority of its own, for this machine and every alias.
    ///
    /// # Errors
    ///
    /// [`TlsError`] when an alias can't stand in a certificate.
    pub fn new(aliases: &[String]) -> Result<Self, TlsError> {
        leaf_params(aliases)?;
        Ok(Self {
            authority: OnceLock::new(),
            aliases: aliases.to_vec(),
            server: OnceLock::new(),
            untrusted: OnceLock::new(),
        })
    }

    /// An identity from a kept authority.
    ///
    /// # Errors
    ///
    /// As [`Identity::new`].
    pub fn of(authority: CertificateAuthority, aliases: &[String]) -> Result<Self, TlsError> {
        Ok(Self { authority: OnceLock::from(authority), ..Self::new(aliases)? })
    }

    /// The certificate that clients must trust, as PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.authority().certificate_pem()
    }

    /// TLS settings of the server; `None` where the crypto library fails.
    #[must_use]
    pub fn server_config(&self) -> Option<Arc<ServerConfig>> {
        let make = || self.authority().server_config(&self.aliases).ok().map(Arc::new);
        self.server.get_or_init(make).clone()
    }

    /// TLS settings with a certificate for the same names from an authority
    /// that nobody has seen; `None` where the crypto library fails.
    pub(crate) fn untrusted_config(&self) -> Option<Arc<ServerConfig>> {
        let make = || CertificateAuthority::generate().ok()?.server_config(&self.aliases).ok().map(Arc::new);
        self.untrusted.get_or_init(make).clone()
    }

    fn authority(&self) -> &CertificateAuthority {
        #[expect(clippy::expect_used, reason = "fails only on a machine without any randomness")]
        self.authority.get_or_init(|| CertificateAuthority::generate().expect("a P-256 key can be generated"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_made_once() {
        let identity = Identity::new(&["idp.test".into()]).unwrap();
        assert_eq!(identity.ca_pem(), identity.ca_pem());
        let (first, second) = (identity.server_config().unwrap(), identity.server_config().unwrap());
        assert!(Arc::ptr_eq(&first, &second));
    }

    #[test]
    fn an_alias_that_is_no_name_is_refused_before_it_is_needed() {
        assert!(Identity::new(&["ünicode".into()]).is_err());
    }
}
