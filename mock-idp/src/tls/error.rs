/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The kept authority is damaged, or an alias can't stand in a certificate.
    #[error("no certificate could be made: {0}; check the aliases, and delete a damaged ca-key.pem")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refused the certificate.
    #[error("the TLS server could not be set up: {0}")]
    Server(#[from] rustls::Error),
}
