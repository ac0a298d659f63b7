use super::thread::ServerThread;
use super::{Bound, Listen, MockIdp};
use crate::dialect::IssuerPath;
use crate::error::StartError;
use crate::issuer::Issuer;

impl Issuer {
    /// Starts a further issuer beside this one, for a caller who needs an
    /// https door of its own: an untrusted certificate is shown by a whole door.
    ///
    /// It listens on free ports of the same address, and shows the same
    /// certificate: who trusts one trusts the other. It has the same clock, the
    /// same control token and the servers of the configuration that are still
    /// there, each with its honest key under a fresh `kid`, but no pinned issuer
    /// URL, and a journal of its own. With a seed its identifiers follow from
    /// the seed and its place among the issuers that were made beside this one.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let idp = mock_idp::MockIdp::start().await?;
    /// let other = idp.issuer().beside()?;
    /// assert_ne!(other.https(), idp.https());
    /// assert_eq!(other.ca_pem(), idp.ca_pem());
    /// # Ok::<(), mock_idp::StartError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`StartError::NotServed`] when this issuer listens nowhere,
    /// [`StartError`] when the operating system gives no port or thread.
    pub fn beside(&self) -> Result<MockIdp, StartError> {
        self.start_sibling(None)
    }

    /// As [`Issuer::beside`], with an issuer identifier of that path for `default`,
    /// such as one of which there can be only one at a host.
    ///
    /// # Errors
    ///
    /// As [`Issuer::beside`].
    pub fn beside_at(&self, path: &IssuerPath) -> Result<MockIdp, StartError> {
        self.start_sibling(Some(path))
    }

    fn start_sibling(&self, path: Option<&IssuerPath>) -> Result<MockIdp, StartError> {
        let served = self.served().ok_or(StartError::NotServed)?;
        let listen = Listen { bind: served.bind, ..Listen::default() };
        start(Bound::with_identity(self.sibling(path), listen, served.identity.clone())?)
    }
}

/// Serves what is bound in a thread of its own.
pub(super) fn start(bound: Bound) -> Result<MockIdp, StartError> {
    let (issuer, addresses, identity) = (bound.issuer().clone(), bound.addresses().clone(), bound.identity().clone());
    Ok(MockIdp::new(issuer, addresses, identity, ServerThread::start(bound)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn an_issuer_that_listens_nowhere_has_none_beside_it() {
        let error = Issuer::new(&Config::default()).unwrap().beside().unwrap_err();
        assert!(matches!(error, StartError::NotServed), "{error}");
        assert!(error.to_string().contains("`MockIdp::start`"), "{error}");
    }
}
