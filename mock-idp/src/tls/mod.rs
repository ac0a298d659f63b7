//! The issuer's own certificate authority and the certificate for https.

mod authority;
mod error;
mod identity;

pub use authority::CertificateAuthority;
pub use error::TlsError;
pub use identity::Identity;
