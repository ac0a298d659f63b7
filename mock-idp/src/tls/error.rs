/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A text is something else than a kept authority.
    #[error("this is not a private key and its certificate as PEM")]
    NotAnAuthority,
    /// An alias can't stand in a certificate.
    #[error("no certificate could be made: {0}; check the aliases")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refused the certificate.
    #[error("the TLS server could not be set up: {0}")]
    Server(#[from] rustls::Error),
}
